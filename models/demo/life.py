"""One lead's life in memory: what the ledger would have written, touch by touch and move by move.

The rules are the heart's own (`funnel.follow`, `funnel.may_move`); this file only keeps what follows from them, as the
ledger does with its row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import funnel
from models.demo.customers import Customer
from models.demo.hours import FLOOR_ZONE
from models.ledger import EARLY, Entry
from models.zones import clock


@dataclass(frozen=True, slots=True)
class Moved:
    """A move on record."""

    at: datetime
    who: str
    origin: str | None
    to: str
    way: funnel.Way
    amount: Decimal | None = None
    reason: str = ""
    is_sign_seen: bool = False


@dataclass(slots=True)
class Touched:
    """A touch on record, with what followed from it."""

    at: datetime
    who: str
    stage: str
    entry: Entry
    outcome: funnel.Outcome
    after: funnel.Aftermath
    answers_at: datetime | None
    closing: Moved | None = None
    """The move that the outcome itself brought, under the same entry of the journal."""


@dataclass(slots=True)
class Life:
    """A lead from the day it came until now."""

    customer: Customer
    owner: str | None
    team: str | None
    obtained_at: datetime
    entered_at: datetime
    taken_in_by: str
    intake: int | None = None
    """The list that it came with."""
    is_waiting: bool = False
    """Came just now: nobody called yet."""
    stage: str = ""
    stage_since: datetime = field(init=False)
    fields: dict[str, object] = field(default_factory=dict)
    touches: list[funnel.Touch] = field(default_factory=list)
    """Since it entered its stage."""
    tries: funnel.Tries = field(default_factory=funnel.Tries)
    touched_at: datetime | None = None
    fresh_until: datetime | None = None
    wake_at: datetime | None = None
    """None: rests for good."""
    due_at: datetime | None = None
    due_to: str | None = None
    is_barred: bool = False
    events: list[Touched | Moved] = field(default_factory=list)

    @property
    def amount(self) -> Decimal | None:
        """The expected amount, once an agent has heard of one."""
        value = self.fields.get("amount")
        return value if isinstance(value, Decimal) else None

    @property
    def is_pool(self) -> bool:
        """Nobody's own."""
        return self.owner is None

    def enter(self, playbook: funnel.Playbook, *, is_fresh: bool) -> None:
        """Taken in: the first move, and the first-call clock where the lead came by itself."""
        first = playbook.stages[0].code
        self.stage, self.stage_since, self.wake_at = first, self.entered_at, self.entered_at
        if is_fresh:
            until = self.obtained_at + timedelta(minutes=playbook.first_call_minutes)
            self.fresh_until = until if until > self.entered_at else None
        person = self.customer.people[0]
        self.fields |= {"company": self.customer.company, "person": person.name, "number": f"+{person.number}"}
        self.fields["source"] = self.customer.source
        self.events.append(Moved(self.entered_at, self.taken_in_by, None, first, funnel.Way.ENTER, self.amount))

    def learn(self, *names: str) -> None:
        """The agent hears what the customer says about these fields."""
        for name in names:
            if name in self.customer.facts:
                self.fields.setdefault(name, self.customer.facts[name])

    def log(self, playbook: funnel.Playbook, at: datetime, who: str, entry: Entry) -> funnel.Aftermath:
        """One touch, as `ledger.log_touch` records it."""
        outcome = playbook.outcome(entry.outcome)
        standing = self.due_at if self.due_at is not None and self.due_at > at + EARLY else None
        answers_at = self.due_at if self.due_at is not None and self.due_at <= at + EARLY else None
        zone = clock(self.customer.place.zone, FLOOR_ZONE)
        self.tries = self.tries.after(outcome, entry.kind, at.astimezone(zone).date())
        after = funnel.follow(
            playbook,
            self.stage,
            outcome,
            self.tries,
            at,
            zone,
            promised_at=entry.next_at or standing,
            sleep_until=entry.sleep_until,
            reason=entry.reason,
        )
        touch = Touched(at, who, self.stage, entry, outcome, after, answers_at)
        self.events.append(touch)
        self.touches.append(funnel.Touch(entry.kind, outcome.code, entry.purpose, entry.feedback))
        self.touched_at, self.fresh_until = at, None
        if after.closes:
            touch.closing = self._moved(playbook, at, who, after.closes.value, after.reason, is_sign_seen=False)
        self.wake_at, self.due_at = after.wake_at, after.promised_at
        self.due_to = who if entry.next_at else (self.due_to if after.promised_at else None)
        self.is_barred = self.is_barred or after.suppresses
        return after

    def move(self, playbook: funnel.Playbook, at: datetime, who: str, to: str, reason: str = "") -> None:
        """A move by hand, which the playbook has to allow."""
        is_sign_seen = to not in (funnel.LOST, funnel.INVALID) and not reason
        self.events.append(self._moved(playbook, at, who, to, reason, is_sign_seen=is_sign_seen))
        if to in (funnel.LOST, funnel.INVALID):
            self.wake_at = self.due_at = self.due_to = None
        elif playbook.rests(to) and self.due_at is None:
            self.wake_at = None

    def may(self, playbook: funnel.Playbook, to: str, reason: str = "") -> bool:
        """Whether the playbook allows that move now, the sign of promotion seen."""
        return funnel.may_move(playbook, self.stage, to, self._facts(reason, is_sign_seen=True)).is_allowed

    def _facts(self, reason: str, *, is_sign_seen: bool) -> funnel.Facts:
        return funnel.Facts(self.fields, self.touches, reason, is_sign_seen)

    def _moved(
        self, playbook: funnel.Playbook, at: datetime, who: str, to: str, reason: str, *, is_sign_seen: bool
    ) -> Moved:
        verdict = funnel.may_move(playbook, self.stage, to, self._facts(reason, is_sign_seen=is_sign_seen))
        if not verdict.is_allowed:
            raise ValueError(f"the demo would break a rule: {self.stage} → {to}, {verdict.unmet}")
        moved = Moved(at, who, self.stage, to, verdict.way, self.amount, reason, is_sign_seen)
        self.stage, self.stage_since, self.touches = to, at, []
        return moved

    def standing(self) -> funnel.Standing:
        """As the order of calling sees it now."""
        value = self.fields.get("margin", self.amount)
        return funnel.Standing(
            stage=self.stage,
            stage_since=self.stage_since,
            waiting_since=self.touched_at or self.entered_at,
            value=value if isinstance(value, Decimal) else None,
            fresh_until=self.fresh_until,
            promised_at=self.due_at,
            is_promise_personal=self.due_to is not None,
        )
