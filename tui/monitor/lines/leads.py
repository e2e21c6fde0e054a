"""Leads in tables: an agent's portfolio, the weekly review."""

from __future__ import annotations

import funnel
from models.watching.cards import PortfolioRow, Problem, ReviewLine
from tui import clocks, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.table import Column
from tui.lines.text import Piece
from tui.plain import plain

PROBLEMS = {
    Problem.PROMISE_MISSED: (N_("promise missed"), "lost"),
    Problem.PAST_DWELL: (N_("past dwell"), "stuck"),
    Problem.SILENCE: (N_("silence"), "stuck"),
    Problem.NO_NEXT_STEP: (N_("no next step"), "stuck"),
    Problem.NEVER_CALLED: (N_("never called"), "lost"),
}

STAGES = {funnel.Kind.WON: "won", funnel.Kind.LOST: "lost", funnel.Kind.INVALID: "dim"}
"""The style of a stage where a lead has left the funnel."""


def portfolio_columns() -> tuple[Column, ...]:
    """Every lead of an agent."""
    return (
        Column(_("company"), 16, grow=3, most=36),
        Column(_("contact"), 8, grow=2, most=20, rank=4),
        Column(_("stage"), 10, grow=2, most=24),
        Column(_("days"), 5, is_right=True),
        Column(_("expected"), 8, is_right=True, rank=1),
        Column(_("last touch"), 14, rank=3),
        Column(_("promised"), 14, grow=1, most=18, rank=2),
    )


def portfolio_cells(row: PortfolioRow, playbook: funnel.Playbook, frame: Frame) -> tuple[Piece, ...]:
    """A lead of the portfolio."""
    is_open = row.kind is funnel.Kind.OPEN
    is_due = row.promised_at is not None and row.promised_at <= frame.now
    promise = frame.moment(row.promised_at) if row.promised_at else "–"
    return (
        (plain(row.company) or plain(row.person) or _("no name"), "strong" if is_open else "dim"),
        (plain(row.person) if row.company else "", "dim"),
        (words.stage_title(playbook, row.stage), STAGES.get(row.kind, "accent")),
        (f"{row.days_in_stage}{'!' if row.is_past_dwell else ''}", "stuck" if row.is_past_dwell else ""),
        (frame.short(row.amount), ""),
        (clocks.stamp(row.touched_at, frame.now, frame.zone) if row.touched_at else _("never"), "dim"),
        (promise + (" " + _("due") if is_due else ""), "promise" if row.promised_at else "dim"),
    )


def review_columns() -> tuple[Column, ...]:
    """The weekly review: done this week, progress, problem."""
    return (
        Column(_("company"), 14, grow=3, most=32),
        Column(_("stage"), 10, grow=2, most=24, rank=2),
        Column(_("done this week"), 18, grow=2, most=34),
        Column(_("progress"), 9, grow=1, most=16),
        Column(_("expected"), 8, is_right=True, rank=3),
        Column(_("problem"), 17, grow=1, most=24),
    )


def review_cells(line: ReviewLine, playbook: funnel.Playbook, frame: Frame) -> tuple[Piece, ...]:
    """A lead of the review."""
    lead = line.lead
    problem, style = PROBLEMS[line.problem] if line.problem else ("", "")
    days = " " + _("{days} d").format(days=lead.days_in_stage) if line.problem is Problem.PAST_DWELL else ""
    return (
        (
            plain(lead.company) or plain(lead.person) or _("no name"),
            "strong" if lead.kind is funnel.Kind.OPEN else "dim",
        ),
        (words.stage_title(playbook, lead.stage), STAGES.get(lead.kind, "accent")),
        (_done(line), "" if line.calls or line.others else "dim"),
        (progress(line), "won" if line.moves and line.moves[-1][2].is_forward else "dim"),
        (frame.short(lead.amount), ""),
        ((f"{'!' if style == 'lost' else '·'} {_(problem)}{days}") if problem else "–", style or "dim"),
    )


def _done(line: ReviewLine) -> str:
    if not (line.calls or line.others):
        return _("nothing")
    text = _("calls {calls} · talks {talks}").format(calls=line.calls, talks=line.talks)
    return text + (_(" · other {others}").format(others=line.others) if line.others else "")


def progress(line: ReviewLine) -> str:
    """The way that a lead went: 'D → C → B'; a dash where it went none."""
    if not line.moves:
        return "–"
    first = line.moves[0][0]
    tags = [words.stage_tag(first)] if first else []
    return " → ".join([*tags, *(words.stage_tag(to) for _from, to, _way in line.moves)])
