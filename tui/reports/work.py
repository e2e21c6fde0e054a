"""Work and what it comes to: calls, talks and time by who did them, where a gap comes from, what each stage takes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import funnel
from models.errors import Unavailable
from models.reports.funnels import names_of
from models.reports.hours import hours
from models.reports.passages import Key
from models.reports.slices import By
from models.reports.work import Doing, Doings
from models.reports.work import work as worked
from tui import words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.plain import plain
from tui.reports.asking import Asked
from tui.reports.funnels import heading, name_of
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Report, Sheet


def work(asked: Asked) -> Report:
    """Efficiency and performance driver part by part, and effort by stage."""
    found = worked(asked.viewer_id, asked.slice, asked.period, By(asked.by))
    sheets = [work_sheet(found, asked, asked.title), effort_sheet(found, asked)]
    # Where nobody ever opened a desk, or their file is away, the rest is told all the same.
    with suppress(Unavailable):
        sheets.append(hours_sheet(hours(asked.viewer_id, asked.slice, asked.period), names_of(By.AGENT)))
    return asked.report(sheets)


def work_sheet(found: Doings, asked: Asked, title: str) -> Sheet:
    """A row for each part: amount = calls × contact rate × conversion × deal size, and the gap to the average."""
    columns = [
        Column("part", heading(found.by), most=24),
        Column("calls", _("calls"), Kind.COUNT),
        Column("contact_rate", _("contact rate"), Kind.SHARE, rank=1),
        Column("talks", _("talks"), Kind.COUNT, rank=4),
        Column("talk_time", _("talk time"), Kind.SECONDS, rank=5),
        Column("conversion", _("deals of talks"), Kind.SHARE, rank=2),
        Column("won", _("won"), Kind.COUNT),
        Column("size", _("deal size"), Kind.MONEY, rank=3),
        Column("amount", _("amount"), Kind.MONEY),
        Column("calls_per_deal", _("calls per deal"), Kind.NUMBER, rank=6),
        Column("talks_per_deal", _("talks per deal"), Kind.NUMBER, rank=7),
        Column("others", _("other follow-ups"), Kind.COUNT, rank=13),
    ]
    has_gaps = any(part.gap for part in found.parts)
    if has_gaps:
        columns += [
            Column("gap", _("above the average"), Kind.MONEY, rank=8),
            Column("gap_calls", _("of it by calls"), Kind.MONEY, rank=9),
            Column("gap_contact", _("by contact rate"), Kind.MONEY, rank=10),
            Column("gap_conversion", _("by conversion"), Kind.MONEY, rank=11),
            Column("gap_size", _("by deal size"), Kind.MONEY, rank=12),
        ]
    playbook = asked.campaign.playbook
    rows = [_row(part, name_of(part.key, part.name, found.by, playbook), has_gaps=has_gaps) for part in found.parts]
    total = _row(found.whole, _("all together"), has_gaps=has_gaps)
    charts = [Chart(Figure.COLUMN, title, "part", ("calls", "talks"))]
    return Sheet("work", title, columns, rows, total, charts=charts)


def _row(part: Doing, name: str, *, has_gaps: bool) -> list[Cell]:
    done, gap = part.performance, part.gap
    gaps: list[Cell] = [gap.whole, gap.calls, gap.contact, gap.conversion, gap.size] if gap else [None] * 5
    return [
        name,
        done.work.calls,
        done.work.contact_rate,
        done.work.talks,
        done.work.talk_seconds,
        done.conversion,
        done.won.count,
        done.size,
        done.won.amount,
        done.calls_per_deal,
        done.talks_per_deal,
        done.work.touches - done.work.calls,
        *(gaps if has_gaps else ()),
    ]


def effort_sheet(found: Doings, asked: Asked) -> Sheet:
    """What each stage took: touches, talk time and days, for each lead that left it and for each deal won."""
    playbook = asked.campaign.playbook
    columns = [
        Column("stage", _("stage"), most=24),
        Column("touches", _("follow-ups"), Kind.COUNT),
        Column("talk_time", _("talk time"), Kind.SECONDS),
        Column("left", _("left"), Kind.COUNT, rank=1),
        Column("touches_per_lead", _("follow-ups per lead"), Kind.NUMBER),
        Column("minutes_per_lead", _("minutes per lead"), Kind.NUMBER, rank=3),
        Column("days_per_lead", _("mean days"), Kind.DAYS, rank=2),
        Column("touches_per_deal", _("follow-ups per deal"), Kind.NUMBER),
        Column("minutes_per_deal", _("minutes per deal"), Kind.NUMBER, rank=4),
        Column("days_per_deal", _("days per deal"), Kind.DAYS, rank=5),
    ]
    rows = [_effort(one, words.stage_title(playbook, one.stage)) for one in found.efforts]
    charts = [Chart(Figure.COLUMN, _("Effort by stage"), "stage", ("touches_per_deal",))]
    return Sheet("effort", _("Effort by stage"), columns, rows, charts=charts)


def _effort(one: funnel.Effort, name: str) -> list[Cell]:
    return [name, one.work.touches, one.work.talk_seconds, one.left, *one.per_lead(), *one.per_deal()]


HOURS = {
    "talking": N_("talking"),
    "preparing": N_("preparing"),
    "writing": N_("writing down"),
    "waiting": N_("waiting"),
    "pausing": N_("pausing"),
}
"""What time at a desk goes into: fields of `funnel.Hours`, and their headings."""


def hours_sheet(spent: Mapping[int, funnel.Hours], names: Mapping[Key, str]) -> Sheet:
    """Where each agent's time at the desk went, and the share of it that sells: talks, and what prepares them."""
    columns = [
        Column("agent", _("agent"), most=24),
        Column("whole", _("at work"), Kind.SECONDS),
        Column("selling", _("selling time"), Kind.SHARE),
        *(Column(part, _(heading), Kind.SECONDS, rank=at) for at, (part, heading) in enumerate(HOURS.items(), 1)),
    ]
    rows = [_hours(plain(names.get(agent, "")), one) for agent, one in spent.items()]
    whole = sum(spent.values(), funnel.Hours())
    return Sheet("hours", _("Where the day went"), columns, rows, _hours(_("all together"), whole))


def _hours(name: str, one: funnel.Hours) -> list[Cell]:
    return [name, _whole(one.whole), one.selling, *(_whole(getattr(one, part)) for part in HOURS)]


def _whole(length: timedelta) -> int:
    return length // timedelta(seconds=1)
