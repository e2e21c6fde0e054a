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
from tui.lines.text import Line, Piece, crop, cut, ends, fit, fit_right
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
    lines += _stages(panel.funnel, playbook, frame, width)
    lines += [(), *_target(panel.funnel, frame, width)]
    lines.append(())
    lines += [happening_line(one, playbook, frame, width) for one in panel.happenings]
    return lines


def _stages(figures: funnel.Funnel, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    most = max([stage.open.count for stage in figures.stages] + [1])
    tag_width = max([len(words.stage_tag(stage.stage)) for stage in figures.stages] + [3])
    tag_width = min(tag_width, 9)
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
            text = f"{money.per_cent(stage.conversion)} ↓"
            yield ((" " * (tag_width + 1) + fit_right(text, bar_width), "dim"),)


def _is_won(playbook: funnel.Playbook, code: str) -> bool:
    try:
        return playbook.kind(code) is funnel.Kind.WON
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
    """What just happened: who, with whom, what, how long ago."""
    tail = fit_right(clocks.ago(one.at, frame.now), 5)
    what, style = _event(one, playbook)
    who = fit(plain(one.agent), 9)
    company = plain(one.company)
    return ends(
        (
            (f"{what[0]} ", style),
            (f"{who} ", "dim"),
            (cut(company, 10) + " " if company else "", ""),
            (what[1:], "dim"),
        ),
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


def panel_line(panel: Panel, frame: Frame, width: int) -> Line:
    """The funnel in one line, for small terminals: 'mine  E 412 49 %▸ D 203 … won 12 ¥1.4M'."""
    pieces: list[Piece] = [(f" {scope_name(panel.scope)}  ", "strong")]
    for stage in panel.funnel.stages[:-1]:
        pieces += [(f"{words.stage_tag(stage.stage)} ", "dim"), (f"{stage.open.count:,}", "")]
        share = money.per_cent(stage.conversion).replace(" ", "")
        pieces.append((f" {share}▸ ", "dim"))
    won = panel.funnel.won
    pieces += [(_("won") + " ", "won"), (f"{won.count:,} {frame.short(won.amount)}", "strong won")]
    right: list[Piece] = []
    if panel.funnel.attainment is not None:
        right = [(_("target") + " ", "dim"), (money.per_cent(panel.funnel.attainment) + " ", "strong")]
    return ends(pieces, right, width)
