"""The live funnel: stages with bars and what goes on, the four vital signs, the shape in one word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

import funnel
from models.watching.cards import Pulse
from tui import money, words
from tui.clocks import MONTHS
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.panel import bar, change_of
from tui.lines.text import Line, Piece, crop, cut, ends, fit, fit_right
from tui.lines.vitals import FAIR, GOOD, SHAPES, shape_lines, signs, vital_lines


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
    lines += [(), *vital_lines(pulse.vitals, playbook, width), ()]
    return lines + list(shape_lines(pulse.shape, pulse.advice, width))


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


def strip_line(pulse: Pulse, playbook: funnel.Playbook, width: int) -> Line:
    """The shape and the four vital signs in one line, for small terminals."""
    pieces: list[Piece] = []
    if pulse.shape is not None:
        name, style, _ours = SHAPES[pulse.shape]
        pieces += [(f" {_(name)}", f"strong {style}"), ("  ", "")]
    for name, share, text in signs(pulse.vitals, playbook):
        style = "dim" if share is None else "" if share >= GOOD else "stuck" if share >= FAIR else "lost"
        pieces += [(f" {name} ", "dim"), (text, style), (" ", "")]
    return crop(pieces, width)
