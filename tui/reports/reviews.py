"""The weekly review: every lead of each agent, what was done, how far it came, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from models.errors import Refused
from models.people import Role
from models.reports.sheets.whom import agents_of
from models.watching.cards import ReviewLine, Selection
from models.watching.review import review
from tui import words
from tui.i18n import _
from tui.monitor.lines.leads import PROBLEMS, progress
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Group, Kind, Report, Row, Sheet

PAGE = 500


def weekly(asked: Asked) -> Report:
    """Agent by agent, closed leads of the week before the open ones."""
    if asked.viewer.role is Role.AGENT:
        raise Refused("supervisors_review")
    return asked.report([Sheet("weekly", asked.title, columns(), _rows(asked))])


def columns() -> list[Column]:
    """Done this week, progress, problem."""
    return [
        Column("code", _("Lead no."), most=16, is_uncut=True, rank=8),
        Column("company", _("Company"), most=32),
        Column("stage", _("Lead stage"), most=20),
        Column("days", _("Days in stage"), Kind.COUNT, rank=5),
        Column("amount", _("Expected amount"), Kind.MONEY, rank=4),
        Column("calls", _("Calls"), Kind.COUNT, rank=2),
        Column("talks", _("Talks"), Kind.COUNT, rank=3),
        Column("others", _("Other contacts"), Kind.COUNT, rank=9),
        Column("progress", _("Progress"), most=24, rank=1),
        Column("problem", _("Problem"), most=24),
        Column("outcome", _("Last outcome"), most=20, rank=7),
        Column("note", _("Last note"), most=50, rank=6),
    ]


def _rows(asked: Asked) -> Iterator[Row]:
    people = agents_of(asked.slice)
    for agent_id, name in people:
        is_named = len(people) == 1
        for line in _lines(asked, agent_id):
            if not is_named:
                yield Group(name)
                is_named = True
            yield _row(line, asked)


def _lines(asked: Asked, agent_id: int) -> Iterator[ReviewLine]:
    selection = Selection(asked.slice.team_id, agent_id, asked.campaign.campaign_id)
    after = None
    while True:
        page = review(
            asked.viewer_id,
            agent_id,
            selection,
            asked.now,
            since=asked.period.since,
            until=asked.period.until,
            after=after,
            limit=PAGE,
            mask=asked.mask,
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].lead.place


def _row(line: ReviewLine, asked: Asked) -> list[Cell]:
    playbook, lead = asked.campaign.playbook, line.lead
    return [
        lead.code,
        lead.company or lead.person,
        words.stage_name(playbook, lead.stage),
        lead.days_in_stage,
        lead.amount,
        line.calls,
        line.talks,
        line.others,
        progress(line),
        _(PROBLEMS[line.problem][0]) if line.problem else "",
        words.outcome_name(playbook, line.last_outcome) if line.last_outcome else "",
        line.note,
    ]
