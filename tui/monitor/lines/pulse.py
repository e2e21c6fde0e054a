"""The live funnel: stages with bars and what goes on, the four vital signs, the shape in one word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.cells import cell_len

import funnel
from models.watching.cards import Pulse
from tui import money, words
from tui.clocks import MONTHS
from tui.i18n import _, said
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.panel import bar, change_of
from tui.lines.text import Line, Piece, crop, cut, ends, fit, fit_right, wrap
from tui.plain import plain

SHAPES = {
    funnel.Shape.DRAINING: (
        N_("draining"),
        "lost",
        N_("Orders will fall: bring in new leads now, and move leads and contacted ones on."),
    ),
    funnel.Shape.CLOGGED: (N_("clogged"), "stuck", N_("Turn the middle into orders soon, and refill the top.")),
    funnel.Shape.GAP_AHEAD: (
        N_("gap ahead"),
        "stuck",
        N_("After these orders there is nothing: turn the many leads into talks quickly."),
    ),
    funnel.Shape.IDEAL: (N_("in proportion"), "won", N_("Top every level up in proportion.")),
}
"""Name, style and advice of each shape; a playbook's own advice goes before ours."""
SIGN, BAR = 8, 9
GOOD, FAIR = Fraction(4, 5), Fraction(1, 2)


def pulse_lines(
    pulse: Pulse, scopes: Sequence[tuple[str, bool]], playbook: funnel.Playbook, frame: Frame, width: int
) -> list[Line]:
    """The pane, top to bottom.

    Args:
        pulse: the figures.
        scopes: names of whose funnel can be shown, and whether it is this one.
        playbook: of the campaign.
        frame: this moment.
        width: cells.
    """
    left: list[Piece] = []
    for name, is_this in scopes:
        left += [(" · ", "dim")] if left else []
        left.append((name, "strong" if is_this else "dim"))
    lines: list[Line] = [ends(left, [(_(MONTHS[pulse.panel.month % 12]), "dim")], width), ()]
    lines += _stages(pulse, playbook, frame, width)
    lines += [(), *_vitals(pulse.vitals, width), ()]
    return lines + list(_shape(pulse, width))


def _stages(pulse: Pulse, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    """A level on a line: its bar, how many stand there, the share that went on from the one above, its worth."""
    figures = pulse.panel.funnel
    most = max([stage.open.count for stage in figures.stages] + [1])
    tags = min(max([cell_len(words.stage_tag(stage.stage)) for stage in figures.stages] + [3]), 9)
    room = max(4, width - tags - 1 - 7 - 9 - 8)
    before: funnel.StageFigures | None = None
    for stage in figures.stages:
        is_won = _is_won(playbook, stage.stage)
        tally = figures.won if is_won else stage.open
        style = "won" if is_won else "accent"
        yield crop(
            (
                (fit(cut(words.stage_tag(stage.stage), tags), tags) + " ", style if is_won else ""),
                (fit(bar(tally.count, most, room), room), style),
                (fit_right(f"{tally.count:,}", 7), "strong" if is_won else ""),
                *_share(pulse, before),
                (fit_right(frame.short(tally.amount) if tally.amount else "", 8), "strong won" if is_won else "dim"),
            ),
            width,
        )
        before = stage


def _share(pulse: Pulse, above: funnel.StageFigures | None) -> Line:
    """The share that went on from the level above, and its change against the month before."""
    if above is None or above.conversion is None:
        return ((" " * 9, ""),)
    change = change_of(pulse.panel, above)
    sign = f"{'▲' if change > 0 else '▼'}{abs(change)}" if change else ""
    style = "lost" if change < 0 else "won" if change > 0 else "dim"
    return ((fit_right(money.per_cent(above.conversion), 6), "lost" if change < 0 else "dim"), (fit(sign, 3), style))


def _is_won(playbook: funnel.Playbook, code: str) -> bool:
    try:
        return playbook.kind(code) is funnel.Kind.WON
    except KeyError:
        return False


def _vitals(vitals: funnel.Vitals, width: int) -> Iterator[Line]:
    """Width, slope, evenness, flow: a bar, its colour, and in words what is behind it."""
    for name, share, text in (
        _width(vitals.width),
        _slope(vitals.slope),
        _evenness(vitals.evenness),
        _flow(vitals.flow),
    ):
        style = "dim" if share is None else "won" if share >= GOOD else "stuck" if share >= FAIR else "lost"
        filled = "" if share is None else bar(int(min(share, Fraction(1)) * 100), 100, BAR)
        sign = "" if share is None else "✓ " if share >= GOOD else "! "
        yield crop(((fit(name, SIGN), "dim"), (fit(filled, BAR) + " ", style), (sign, style), (text, "")), width)


Sign = tuple[str, Fraction | None, str]
"""Name, how good it is (1: as it should be), and the fact behind it."""


def _width(width: funnel.Width) -> Sign:
    if width.ratio is not None:
        text = _("{times}× what is missing").format(times=f"{float(width.ratio):.1f}")
        return _("width"), width.ratio, text
    return (
        _("width"),
        None if width.missing is None else Fraction(1),
        _("no target is set") if width.missing is None else _("target reached"),
    )


def _slope(slope: funnel.Slope) -> Sign:
    weakest = slope.weakest
    if weakest is None or weakest.ratio is None:
        return _("slope"), None, _("too few left to tell")
    tags = f"{words.stage_tag(weakest.stage)}→{words.stage_tag(weakest.to)}"
    return _("slope"), weakest.ratio, _("{step} weakest").format(step=tags)


def _evenness(even: funnel.Evenness) -> Sign:
    thinnest = even.thinnest
    if thinnest is None or even.ratio is None:
        return _("even"), None, _("nothing in it")
    is_even = even.ratio >= GOOD
    return (
        _("even"),
        even.ratio,
        _("in proportion") if is_even else _("{stage} is thin").format(stage=words.stage_tag(thinnest.stage)),
    )


def _flow(flow: funnel.Flow) -> Sign:
    if flow.median is None:
        return _("flow"), None, _("nothing won yet")
    text = _("{days} d").format(days=flow.median.days)
    if flow.change is None or flow.before is None:
        return _("flow"), Fraction(1), text
    change = flow.change.days
    sign = f"  {'▲' if change > 0 else '▼'}{abs(change)}" if change else ""
    seconds = max(1, int(flow.median.total_seconds()))
    return (
        _("flow"),
        Fraction(max(1, int(flow.before.total_seconds())), seconds),
        text + (_("{change} d").format(change=sign) if sign else ""),
    )


def _shape(pulse: Pulse, width: int) -> Iterator[Line]:
    if pulse.shape is None:
        return
    name, style, ours = SHAPES[pulse.shape]
    yield ((_(name), f"strong {style}"),)
    advice = plain(said(pulse.advice)) or _(ours)
    for line in wrap(advice, width, most=4):
        yield ((line, "dim"),)


def strip_line(pulse: Pulse, width: int) -> Line:
    """The shape and the four vital signs in one line, for small terminals."""
    pieces: list[Piece] = []
    if pulse.shape is not None:
        name, style, _ours = SHAPES[pulse.shape]
        pieces += [(f" {_(name)}", f"strong {style}"), ("  ", "")]
    vitals = pulse.vitals
    for name, share, text in (
        _width(vitals.width),
        _slope(vitals.slope),
        _evenness(vitals.evenness),
        _flow(vitals.flow),
    ):
        style = "dim" if share is None else "" if share >= GOOD else "stuck" if share >= FAIR else "lost"
        pieces += [(f" {name} ", "dim"), (text, style), (" ", "")]
    return crop(pieces, width)
