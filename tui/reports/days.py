"""An agent's day: the daily call plan 每日电话计划表 and the daily report 每日工作报告表 (日清单)."""

from __future__ import annotations

from collections.abc import Iterator

import funnel
from models.reports.periods import Period
from models.reports.sheets import days
from models.reports.sheets.days import Done, Planned
from models.reports.sheets.whom import agents_of
from tui import words
from tui.i18n import _, counted
from tui.plain import plain
from tui.reports import cells
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Group, Kind, Report, Row, Sheet


def call_plan(asked: Asked) -> Report:
    """The calls of a day, agent by agent: promises as they stood in the morning, then the queue."""
    is_today = asked.period.since <= asked.now < asked.period.until
    notes = [
        _("Promises as they stood at 08:00 by the floor's clock, those of earlier days that nobody kept among them.")
    ]
    if is_today:
        clock = asked.frame.clock(asked.now)
        notes.append(_("Behind them the queue in the order of calling, as it stands at {time}.").format(time=clock))
    return asked.report([Sheet("callplan", asked.title, plan_columns(), _planned(asked, asked.period), notes=notes)])


def plan_columns() -> list[Column]:
    """When, whom, about what."""
    return [
        Column("number", _("No."), Kind.COUNT, rank=2),
        Column("at", _("Promised for"), Kind.MOMENT),
        Column("company", _("Company"), most=32),
        Column("person", _("Contact"), most=16, rank=1),
        Column("phone", _("Phone"), most=24, is_uncut=True),
        Column("address", _("Address"), most=32, rank=9),
        Column("stage", _("Lead stage"), most=18, rank=5),
        Column("about", _("About what"), most=40, rank=3),
        Column("said", _("Said last"), most=40, rank=7),
        Column("amount", _("Expected amount"), Kind.MONEY, rank=6),
    ]


def _planned(asked: Asked, day: Period) -> Iterator[Row]:
    people = agents_of(asked.slice)
    playbook = asked.campaign.playbook
    for agent_id, name in people:
        plan = days.plan(asked.viewer_id, agent_id, asked.campaign, asked.slice, day, asked.now, mask=asked.mask)
        calls = (*plan.promised, *plan.queued)
        if calls and len(people) > 1:
            yield Group(name)
        for number, one in enumerate(calls, 1):
            yield _call(number, one, playbook)


def _call(number: int, one: Planned, playbook: funnel.Playbook) -> list[Cell]:
    to = one.whom
    about = " · ".join(filter(None, (one.bring, to.need)))
    stage = words.stage_name(playbook, to.stage)
    return [number, one.at, to.company, to.person, to.number, to.address, stage, about, one.said, to.amount]


# ── the evening ───────────────────────────────────────────────────────────────────────────────────────────────────────


def daily(asked: Asked) -> Report:
    """What was done, follow-up by follow-up, what is open, and what is promised for the day after."""
    found = days.done(asked.viewer_id, asked.campaign, asked.slice, asked.period, mask=asked.mask)
    people = [(agent_id, name) for agent_id, name in agents_of(asked.slice) if agent_id in found]
    every = [one for agent_id, _name in people for one in found[agent_id]]
    return asked.report(
        [
            Sheet("done", asked.title, done_columns(), _done(asked, people, found), notes=[_summed(every)]),
            Sheet("tomorrow", _("Tomorrow's plan"), plan_columns(), _planned(asked, asked.period.after())),
        ]
    )


def done_columns() -> list[Column]:
    """Where, whom, about what, what came of it, what is open, what help is needed."""
    return [
        Column("at", _("Time"), Kind.CLOCK),
        Column("where", _("Where"), most=14, rank=4),
        Column("company", _("Company"), most=32),
        Column("person", _("Contact"), most=16, rank=2),
        Column("address", _("Address"), most=32, rank=9),
        Column("phone", _("Phone"), most=24, is_uncut=True, rank=3),
        Column("about", _("About what"), most=30, rank=6),
        Column("came", _("What came of it"), most=50),
        Column("open", _("What is open"), most=30, rank=1),
        Column("help", _("Help needed"), most=30, rank=7),
    ]


def _done(asked: Asked, people: list[tuple[int, str]], found: dict[int, tuple[Done, ...]]) -> Iterator[Row]:
    for agent_id, name in people:
        if len(people) > 1:
            yield Group(f"{plain(name)} · {_summed(found[agent_id])}")
        for one in found[agent_id]:
            yield _follow_up(one, asked)


def _follow_up(one: Done, asked: Asked) -> list[Cell]:
    playbook, to = asked.campaign.playbook, one.whom
    where = words.kind_name(one.kind) + (_(", they called") if one.is_inbound else "")
    came = " · ".join(filter(None, (words.outcome_name(playbook, one.outcome), one.note, one.feedback)))
    still = ""
    if one.next_at is not None:
        moment = cells.text(one.next_at, Kind.MOMENT, asked.frame, grouped=False)
        still = _("promised {moment}").format(moment=moment)
    elif one.lacks_next_step:
        still = _("no next step agreed")
    about = one.purpose or words.stage_name(playbook, to.stage)
    # Objections of this talk, and what is known to stand in the way of the deal.
    wanted = " · ".join(filter(None, (one.tags, to.obstacle)))
    return [one.at, where, to.company, to.person, to.address, to.number, about, came, still, wanted]


def _summed(every: tuple[Done, ...] | list[Done]) -> str:
    calls = sum(one.kind is funnel.TouchKind.CALL for one in every)
    talks = sum(one.is_talk for one in every)
    minutes = sum(one.seconds or 0 for one in every if one.is_talk) // 60
    return " · ".join(
        (
            counted("{count} call", "{count} calls", calls),
            counted("{count} talk", "{count} talks", talks),
            counted("{count} minute talked", "{count} minutes talked", minutes),
            counted("{count} other", "{count} others", len(every) - calls),
        )
    )
