"""What a changed playbook would do to a campaign's leads, before it does: counted in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import funnel
from funnel import Criterion, Playbook, Stage, TouchRule
from models.base import rows_of, seconds
from models.campaigns import EDITION, Book, book
from models.connect import is_postgres, snapshot
from models.fields import COLUMNS, MONEY, OF_CONTACT
from models.figures import stock_of

LISTS = ("outcomes", "loss_reasons", "invalid_reasons", "sources", "fields", "pauses", "layers")
"""What a playbook lists beside its stages."""
NUMBERS = (*MONEY, "units")


@dataclass(frozen=True, slots=True)
class StageChange:
    """One stage that is not as it was."""

    code: str
    before: Stage | None
    """None: it is new."""
    after: Stage | None
    """None: it is gone."""
    is_moved: bool
    """It stands elsewhere among the stages that stay."""
    leads: funnel.Tally
    """Who stands in it now; where it is gone, these forbid the change."""
    stuck: int = 0
    """Leads that have all that the stage asks for now, signs left out, and would lack something."""

    @property
    def is_renamed(self) -> bool:
        """Its name for people is another."""
        return self.before is not None and self.after is not None and self.before.name != self.after.name

    @property
    def probabilities(self) -> tuple[int, int] | None:
        """Win probability before and after, where it changes."""
        if self.before is None or self.after is None or self.before.probability == self.after.probability:
            return None
        return self.before.probability, self.after.probability

    @property
    def has_other_rules(self) -> bool:
        """Whether it asks for other fields, touches or another sign before a lead may go on."""
        return self.before is not None and self.after is not None and _rules(self.before) != _rules(self.after)


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed playbook would do."""

    stages: tuple[StageChange, ...]
    """Top to bottom as they will stand, those that go last."""
    sales: tuple[str, str] | None
    """Which stage was the sale and which will be, where that changes."""
    lists: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    """Codes that come and codes that go, by the list's name; lists that stay are not in it."""
    is_reordered: bool
    """The order of calling is another."""
    rekeyed: int
    """Leads whose place in the queue is another."""
    weighted: tuple[Decimal, Decimal]
    """Weighted forecast before and after."""
    is_same: bool
    """The text means what it meant."""
    edition: str
    """Of the campaign that was looked at."""

    @property
    def stranded(self) -> dict[str, int]:
        """Stages that go although leads stand in them, with their number: these forbid the change."""
        return {one.code: one.leads.count for one in self.stages if one.after is None and one.leads.count}

    def told(self) -> dict[str, object]:
        """What the journal keeps of it: codes and numbers."""
        return {
            "new": [one.code for one in self.stages if one.before is None],
            "gone": [one.code for one in self.stages if one.after is None],
            "renamed": [one.code for one in self.stages if one.is_renamed],
            "moved": [one.code for one in self.stages if one.is_moved],
            "probabilities": {one.code: one.probabilities for one in self.stages if one.probabilities},
            "rules": [one.code for one in self.stages if one.has_other_rules],
            "lists": {name: {"new": new, "gone": gone} for name, (new, gone) in self.lists.items()},
        }


def look(campaign_id: int, playbook: Playbook, now: datetime) -> Change:
    """What giving a campaign that playbook would do, all of one moment."""
    with snapshot():
        campaign = book(campaign_id)
        row = EDITION.row(campaign=campaign_id)
        return compared(campaign, playbook, now, edition=str(row[0]) if row else "", counts_leads=True)


def compared(campaign: Book, after: Playbook, now: datetime, *, edition: str = "", counts_leads: bool) -> Change:
    """As `look`, inside a transaction; leads are counted one by one only where that is asked for."""
    before, stock = campaign.playbook, stock_of(campaign)
    stages = tuple(_stages(campaign, after, stock, counts_leads=counts_leads))
    sales = tuple(one.stages[one.sale].code if one.sale < len(one.stages) else "" for one in (before, after))
    return Change(
        stages,
        (sales[0], sales[1]) if sales[0] != sales[1] else None,
        dict(_lists(before, after)),
        before.order != after.order,
        sum(_rekeyed(campaign, after, now)) if counts_leads else 0,
        (funnel.weighted_forecast(before, stock), funnel.weighted_forecast(after, stock)),
        before == after,
        edition,
    )


def _stages(
    campaign: Book, after: Playbook, stock: Mapping[str, funnel.Tally], *, counts_leads: bool
) -> Iterator[StageChange]:
    old, new = ({stage.code: stage for stage in one.stages} for one in (campaign.playbook, after))
    stay = [[code for code in one if code in other] for one, other in ((old, new), (new, old))]
    moved = {first for first, second in zip(*stay, strict=True) if first != second}
    for code in (*new, *(code for code in old if code not in new)):
        was, will = old.get(code), new.get(code)
        if was != will or code in moved:
            stuck = _stuck(campaign, was, will) if counts_leads and was and will else 0
            yield StageChange(code, was, will, code in moved, stock.get(code, funnel.Tally()), stuck)


def _lists(before: Playbook, after: Playbook) -> Iterator[tuple[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
    for name in LISTS:
        old, new = ([entry.code for entry in getattr(one, name)] for one in (before, after))
        come, go = (tuple(code for code in one if code not in other) for one, other in ((new, old), (old, new)))
        if come or go:
            yield name, (come, go)


def _rules(stage: Stage) -> tuple[object, ...]:
    return frozenset(stage.required_fields), stage.required_touches, stage.sign


# ── leads, counted where they lie ─────────────────────────────────────────────────────────────────────────────────────


def _rekeyed(campaign: Book, after: Playbook, now: datetime) -> Iterator[int]:
    """How many of each stage have another place in the queue by then. Who was promised a moment goes by that."""
    before = campaign.playbook
    for stage in after.stages:
        if stage.code not in campaign.stage_ids:
            continue
        was, conditions, args = before.stage(stage.code), "stage_id = ? AND voided_at IS NULL", list[object]()
        args.append(campaign.stage_ids[stage.code])
        decisive = Criterion.INTENT if was.probability != stage.probability else Criterion.DWELL
        if before.order == after.order:
            if decisive is Criterion.DWELL:
                cuts = [
                    seconds(now - timedelta(days=one.dwell_days)) if one.dwell_days else None for one in (was, stage)
                ]
                if cuts[0] == cuts[1]:
                    continue
                low, high = sorted(0 if cut is None else cut for cut in cuts)
                conditions, args = f"{conditions} AND stage_since > ? AND stage_since <= ?", [*args, low, high]
            if before.order.index(Criterion.PROMISE) < before.order.index(decisive):
                conditions += " AND due_at IS NULL"
        yield int(rows_of(f"SELECT COUNT(*) FROM lead WHERE {conditions}", args)[0][0])


def _stuck(campaign: Book, before: Stage, after: Stage) -> int:
    """How many leads could be promoted as far as fields and touches go, and could not any more."""
    added = [name for name in after.required_fields if name not in before.required_fields]
    other = [rule for rule in after.required_touches if rule not in before.required_touches]
    if not (added or other):
        return 0
    had, lacks = (
        [*map(_is_filled, fields), *map(_is_touched, rules)]
        for fields, rules in ((before.required_fields, before.required_touches), (added, other))
    )
    rows = rows_of(
        "SELECT COUNT(*) FROM lead l WHERE l.stage_id = ? AND l.voided_at IS NULL"
        + "".join(f" AND {condition}" for condition in had)
        + f" AND NOT ({' AND '.join(lacks)})",
        (campaign.stage_ids[before.code],),
    )
    return int(rows[0][0])


def _is_filled(field: str) -> str:
    """`funnel.is_filled` of a lead's field, as `fields.fields_of` finds it. A field's code is a name, never a text."""
    if field in NUMBERS:
        return f"l.{field} IS NOT NULL"
    if field == "number":
        return "EXISTS (SELECT 1 FROM phone p WHERE p.lead_id = l.id AND p.voided_at IS NULL)"
    if field in COLUMNS:
        text = f"l.{field}"
    elif field in OF_CONTACT:
        text = (
            f"(SELECT c.{OF_CONTACT[field]} FROM contact c WHERE c.lead_id = l.id AND c.voided_at IS NULL "
            "ORDER BY c.id LIMIT 1)"
        )
    else:
        within = f"l.profile::json ->> '{field}'" if is_postgres() else f"json_extract(l.profile, '$.\"{field}\"')"
        text = f"CASE WHEN l.profile = '' THEN '' ELSE {within} END"
    return f"TRIM(COALESCE({text}, '')) <> ''"


def _is_touched(rule: TouchRule) -> str:
    """`TouchRule.is_met_by`, often enough, among the touches that count since the lead entered its stage."""
    conditions = ["t.lead_id = l.id", "t.at >= l.stage_since", "t.stage_id = l.stage_id", "t.voided_by IS NULL"]
    if rule.kind is not None:
        conditions.append(f"t.kind = '{rule.kind}'")
    if rule.outcomes:
        conditions.append(f"t.outcome IN ({', '.join(repr(code) for code in rule.outcomes)})")
    conditions += ["t.purpose <> ''"] if rule.with_purpose else []
    conditions += ["t.feedback <> ''"] if rule.with_feedback else []
    return f"(SELECT COUNT(*) FROM touch t WHERE {' AND '.join(conditions)}) >= {rule.count:d}"
