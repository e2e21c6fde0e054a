"""The four vital signs of a funnel and its shape, in words: a bar and a colour never say it alone."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import funnel
from tui import words
from tui.i18n import _, said
from tui.i18n import marked as N_
from tui.lines.panel import bar
from tui.lines.text import Line, crop, fit, wrap
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


def vital_lines(vitals: funnel.Vitals, playbook: funnel.Playbook, width: int) -> Iterator[Line]:
    """Width, slope, evenness, flow: a bar, its colour, and in words what is behind it."""
    for name, share, text in signs(vitals, playbook):
        style = "dim" if share is None else "won" if share >= GOOD else "stuck" if share >= FAIR else "lost"
        filled = "" if share is None else bar(int(min(share, Fraction(1)) * 100), 100, BAR)
        sign = "" if share is None else "✓ " if share >= GOOD else "! "
        yield crop(((fit(name, SIGN), "dim"), (fit(filled, BAR) + " ", style), (sign, style), (text, "")), width)


Sign = tuple[str, Fraction | None, str]
"""Name, how good it is (1: as it should be), and the fact behind it."""


def signs(vitals: funnel.Vitals, playbook: funnel.Playbook) -> tuple[Sign, ...]:
    """Width, slope, evenness, flow, each with what is behind it."""
    return (
        _width(vitals.width),
        _slope(vitals.slope, playbook),
        _evenness(vitals.evenness, playbook),
        _flow(vitals.flow),
    )


def _width(width: funnel.Width) -> Sign:
    if width.ratio is not None:
        text = _("{times}× what is missing").format(times=f"{float(width.ratio):.1f}")
        return _("width"), width.ratio, text
    return (
        _("width"),
        None if width.missing is None else Fraction(1),
        _("no target is set") if width.missing is None else _("target reached"),
    )


def _slope(slope: funnel.Slope, playbook: funnel.Playbook) -> Sign:
    weakest = slope.weakest
    if weakest is None or weakest.ratio is None:
        return _("slope"), None, _("too few left to tell")
    step = "→".join(words.stage_brief(playbook, stage) for stage in (weakest.stage, weakest.to))
    return _("slope"), weakest.ratio, _("{step} weakest").format(step=step)


def _evenness(even: funnel.Evenness, playbook: funnel.Playbook) -> Sign:
    thinnest = even.thinnest
    if thinnest is None or even.ratio is None:
        return _("even"), None, _("nothing in it")
    is_even = even.ratio >= GOOD
    return (
        _("even"),
        even.ratio,
        _("in proportion")
        if is_even
        else _("{stage} is thin").format(stage=words.stage_brief(playbook, thinnest.stage)),
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


def shape_lines(shape: funnel.Shape | None, advice: funnel.Words, width: int) -> Iterator[Line]:
    """The shape in one word, and what to do about it: the playbook's advice, else ours."""
    if shape is None:
        return
    name, style, ours = SHAPES[shape]
    yield ((_(name), f"strong {style}"),)
    for line in wrap(plain(said(advice)) or _(ours), width, most=4):
        yield ((line, "dim"),)
