"""The live funnel as lines: stages with bars and the conversion between them, target, forecast, what just happened."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

import funnel
from models.cards import Happening, Panel, Scope
from tui import clocks, money, words
from tui.clocks import MONTHS
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, cut, ends, fit, fit_right, width_of
from tui.plain import plain

SCOPES = (Scope.MINE, Scope.TEAM, Scope.FLOOR)


def scope_name(scope: Scope) -> str:
    """Whose funnel it is."""
    return {Scope.MINE: _("mine"), Scope.TEAM: _("team"), Scope.FLOOR: _("floor")}[scope]


def panel_lines(panel: Panel, playbook: funnel.Playbook, frame: Frame, width: int) -> list[Line]:
    """The panel, top to bottom."""
    scopes: list[Piece] = []
    for scope in SCOPES:
        scopes += [(" · ", "dim")] if scopes else []
        scopes.append((scope_name(scope), "strong" if scope is panel.scope else "dim"))
    lines: list[Line] = [ends(scopes, [(_(MONTHS[panel.month % 12]), "dim")], width), ()]
    lines += _stages(panel, playbook, frame, width)
    lines += [(), *_target(panel.funnel, frame, width)]
    if any(change_of(panel, stage) for stage in panel.funnel.stages):
        month = _(MONTHS[(panel.month - 1) % 12])
        lines.append(crop(((_("▲▼ points against {month}").format(month=month), "dim"),), width))
    lines.append(())
    lines += [happening_line(one, playbook, frame, width) for one in panel.happenings]
    return lines


def _stages(panel: Panel, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    figures = panel.funnel
    most = max([stage.open.count for stage in figures.stages] + [1])
    tag_width = min(max([cell_len(words.stage_tag(stage.stage)) for stage in figures.stages] + [3]), 9)
    bar_width = max(4, width - tag_width - 1 - 6 - 8)
    for place, stage in enumerate(figures.stages):
        is_won = _is_won(playbook, stage.stage)
        count = figures.won.count if is_won else stage.open.count
        amount = figures.won.amount if is_won else stage.open.amount
        style = "won" if is_won else "accent"
        yield crop(
            (
                (fit(cut(words.stage_tag(stage.stage), tag_width), tag_width) + " ", style if is_won else ""),
                (fit(bar(count, most, bar_width), bar_width), style),
                (fit_right(f"{count:,}", 6), "strong" if is_won else ""),
                (fit_right(frame.short(amount) if amount else "", 8), "strong won" if is_won else ""),
            ),
            width,
        )
        if place + 1 < len(figures.stages) and not is_won:
            yield _between(panel, stage, tag_width + 1, bar_width + 6, width)


def _between(panel: Panel, stage: funnel.StageFigures, indent: int, room: int, width: int) -> Line:
    """From one stage to the next: who came and went this month, the share that went on, and its change."""
    share = f"{money.per_cent(stage.conversion)} ↓"
    flow = _("in {entered} out {left}").format(entered=f"{stage.entered:,}", left=f"{stage.left:,}")
    if cell_len(flow) + cell_len(share) + 1 > room:
        flow = ""
    change = change_of(panel, stage)
    sign = "▲" if change > 0 else "▼"
    return crop(
        (
            (" " * indent + flow, "dim"),
            (fit_right(share, room - cell_len(flow)), "lost" if change < 0 else "dim"),
            (f" {sign}{abs(change)}" if change else "", "won" if change > 0 else "lost"),
        ),
        width,
    )


ENOUGH, NOTED = 10, 3
"""Leavers in both months, and points of change, below which a change is chance."""


def change_of(panel: Panel, stage: funnel.StageFigures) -> int:
    """Points of conversion against the month before; nothing where that says nothing."""
    last = panel.last.get(stage.stage)
    if last is None or min(last.left, stage.left) < ENOUGH:
        return 0
    assert last.conversion is not None
    assert stage.conversion is not None
    points = round(float(stage.conversion - last.conversion) * 100)
    return points if abs(points) >= NOTED else 0


def _is_won(playbook: funnel.Playbook, code: str) -> bool:
    try:
        return playbook.stage(code).is_won
    except KeyError:
        return False


EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(count: int, most: int, width: int) -> str:
    """A bar in proportion; what is there at all shows at least a sliver."""
    if count <= 0 or most <= 0:
        return ""
    eighths = max(1, min(width * 8, round(width * 8 * count / most)))
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _target(figures: funnel.Funnel, frame: Frame, width: int) -> Iterator[Line]:
    if figures.target and figures.target.amount:
        share = money.per_cent(figures.attainment)
        label = f"{_('target')} {frame.short(figures.target.amount)} "
        room = max(4, width - cell_len(label) - 8)
        filled = bar(int(min(figures.won.amount, figures.target.amount)), int(figures.target.amount), room)
        rest = "░" * (room - len(filled))
        yield crop(((label, "dim"), (filled, "won"), (rest, "rule"), (f" {share}", "strong")), width)
    elif figures.target and figures.target.count:
        deals = _("{won} of {wanted} deals").format(won=figures.won.count, wanted=figures.target.count)
        yield crop(((_("target") + " ", "dim"), (deals, "strong")), width)
    else:
        yield crop(((_("no target is set"), "dim"),), width)
    pieces: list[Piece] = [(_("weighted") + " ", "dim"), (frame.short(figures.weighted), "strong")]
    if figures.coverage is not None:
        pieces += [("  " + _("cover") + " ", "dim"), (f"{float(figures.coverage):.1f}×", "")]
    yield crop(pieces, width)
    pieces = [(_("lost") + " ", "dim"), (f"{figures.lost.count:,}", "lost")]
    pieces += [("  " + _("invalid") + " ", "dim"), (f"{figures.invalid.count:,}", "")]
    yield crop(pieces, width)


VERBS = {"import": N_("a list came in"), "take-in": N_("new lead")}
"""What happens without an outcome or a stage."""


def happening_line(one: Happening, playbook: funnel.Playbook, frame: Frame, width: int) -> Line:
    """What just happened: who, with whom, what, how long ago. Whom is cut first, since the card tells it."""
    what, style = _event(one, playbook)
    sign, what = what[0], what[1:]
    tail = " " + clocks.ago(one.at, frame.now)
    who = cut(plain(one.agent), 9)
    room = width - 2 - cell_len(who) - 1 - cell_len(what) - 1 - cell_len(tail)
    company = cut(plain(one.company), room - 1) if room > 4 else ""
    return ends(
        ((f"{sign} ", style), (f"{who} ", "dim"), (f"{company} " if company else "", ""), (what, style)),
        [(tail, "dim")],
        width,
    )


def _event(one: Happening, playbook: funnel.Playbook) -> tuple[str, str]:
    if one.to:
        if _is_won(playbook, one.to):
            return "★" + words.stage_name(playbook, one.to), "won"
        if one.to in (funnel.LOST, funnel.INVALID):
            return "▼" + words.stage_name(playbook, one.to), "lost"
        return "▲→ " + words.stage_tag(one.to), "accent"
    if one.outcome:
        return "·" + words.outcome_name(playbook, one.outcome), "dim"
    return "·" + _(VERBS.get(one.verb, "")), "dim"


FOLDS = (
    (9, True, True, True),
    (9, True, True, False),
    (9, True, False, False),
    (4, False, False, False),
    (2, False, False, False),
    (0, False, False, False),
)
"""What the funnel in one line still shows: cells of a stage's name, shares, amount, forecast."""


def panel_line(panel: Panel, frame: Frame, width: int) -> Line:
    """The funnel in one line, for small terminals: 'mine  E 412 49%▸ D 203 … won 12 ¥1.4M'.

    Where there is no room for all of it the forecast goes first, then amounts, shares and names; the counts stay.
    """
    line: Line = ()
    for tag, has_shares, has_amount, has_forecast in FOLDS:
        pieces: list[Piece] = [(f" {scope_name(panel.scope)} ", "strong"), (" ", "")]
        for stage in panel.funnel.stages[:-1]:
            share = money.per_cent(stage.conversion).replace(" ", "")
            pieces += [(f"{cut(words.stage_tag(stage.stage), tag)} " if tag else "", "dim")]
            pieces += [(f"{stage.open.count:,}", "")]
            pieces += [(f" {share}▸ " if has_shares else " ▸ " if tag else "▸", "dim")]
        won = panel.funnel.won
        pieces += [(_("won") + " ", "won"), (f"{won.count:,}", "strong won")]
        pieces.append((f" {frame.short(won.amount)}" if has_amount else "", "strong won"))
        if has_forecast:
            pieces += [("   " + _("weighted") + " ", "dim"), (frame.short(panel.funnel.weighted), "strong")]
        right: list[Piece] = []
        if panel.funnel.attainment is not None:
            right = [(_("target") + " " if has_amount else "", "dim")]
            right.append((money.per_cent(panel.funnel.attainment) + " ", "strong"))
        line = ends(pieces, right, width)
        if width_of(pieces) + 1 + width_of(right) <= width:
            break
    return line
