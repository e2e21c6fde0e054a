"""What screens and reports are given: frozen values, read once, free of the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

import funnel
from funnel import StageFigures
from models.people import Role


class Person(Struct, frozen=True):
    """Who is at this desk."""

    id: int
    login: str
    name: str
    role: Role
    team_id: int | None
    team: str
    is_new: bool = False
    """Nothing was done on this floor by this person yet."""


class FloorCard(Struct, frozen=True):
    """The floor's own facts."""

    name: str
    zone: str
    region: str
    currency: str


class Claim(Struct, frozen=True):
    """The right of one agent to work one lead now. Whatever changes the lead names it."""

    lead_id: int
    agent_id: int
    token: str
    until: datetime
    """When it runs out by itself, unless renewed."""
    since: datetime


class QueueRow(Struct, frozen=True):
    """One waiting lead, as far as a list shows it."""

    lead_id: int
    company: str
    person: str
    stage: str
    amount: Decimal | None
    promised_at: datetime | None
    is_mine: bool
    """A personal promise, or an own lead; else the pool's."""
    fresh_until: datetime | None
    """None once the first-call clock has run out."""
    is_past_dwell: bool
    days_in_stage: int


class QueueCard(Struct, frozen=True):
    """The next leads in the order in which they will be handed out, and what is not handed out now.

    Counts stop at `COUNT_LIMIT`, so that a pool of a million costs no more than a small one.
    """

    rows: tuple[QueueRow, ...]
    ready: int
    outside_hours: int
    asleep: int
    held: int
    next_at: datetime | None
    """When the next lead wakes or the next zone opens; for the empty state."""
    next_zone: str
    """The zone that opens then; empty when a lead wakes."""


COUNT_LIMIT = 10_000


class PhoneCard(Struct, frozen=True):
    """A number of a contact."""

    number: int
    """E.164 without its plus."""
    extension: str
    is_suppressed: bool
    shown: str = ""
    """All that may be shown of it, where that is not the whole; then the number is 0."""


class ContactCard(Struct, frozen=True):
    """A person at the lead."""

    id: int
    name: str
    title: str
    part: str
    email: str
    phones: tuple[PhoneCard, ...]


class TouchLine(Struct, frozen=True):
    """One follow-up of the history."""

    id: int
    at: datetime
    agent: str
    kind: funnel.TouchKind
    outcome: str
    note: str
    purpose: str
    feedback: str
    tags: str
    bring: str
    next_at: datetime | None
    seconds: int | None
    is_inbound: bool
    lacks_next_step: bool
    corrects: int | None
    """The record that this one says better; voided ones are not in the list."""


class MoveLine(Struct, frozen=True):
    """One move of the history."""

    id: int
    at: datetime
    agent: str
    origin: str | None
    to: str
    way: funnel.Way
    reason: str


class LeadCard(Struct, frozen=True):
    """Everything the desk shows of one lead."""

    id: int
    code: str
    campaign_id: int
    company: str
    contacts: tuple[ContactCard, ...]
    stage: str
    kind: funnel.Kind
    stage_since: datetime
    obtained_at: datetime
    amount: Decimal | None
    margin: Decimal | None
    fields: Mapping[str, object]
    """Every filled field by its code (`funnel.LEAD_FIELDS` and the playbook's own), as text, Decimal or int."""
    source: str
    owner: str
    team: str
    promised_at: datetime | None
    promised_by: str
    fresh_until: datetime | None
    tries: int
    zone: str
    """The customer's zone; the floor's when `zone_is_known` is False."""
    zone_is_known: bool
    hours: funnel.Span | None
    """The calling hours that are open now, else the next to open; None when none comes."""
    holder: str
    """Whose hands it is in, by name; empty when free."""
    held_until: datetime | None
    is_barred: bool
    """On the suppression list with all its numbers."""
    history: tuple[TouchLine | MoveLine, ...]
    """Newest first."""
    verdict: funnel.Verdict | None
    """What the next stage asks for; None when there is none. The sign of promotion counts as not yet seen."""


class Scope(StrEnum):
    """Whose funnel the panel shows."""

    MINE = "mine"
    TEAM = "team"
    FLOOR = "floor"


class Happening(Struct, frozen=True):
    """Something that just happened on the floor, free of customers' data the viewer may not see."""

    id: int
    at: datetime
    agent: str
    verb: str
    """log, move, import, …"""
    lead_id: int | None
    company: str
    """Empty where the viewer may not see the lead."""
    origin: str
    to: str
    outcome: str
    amount: Decimal | None


class Panel(Struct, frozen=True):
    """The live funnel of one campaign."""

    scope: Scope
    campaign_id: int
    month: int
    """`base.month_of` the floor's month."""
    funnel: funnel.Funnel
    happenings: tuple[Happening, ...] = ()
    last: Mapping[str, StageFigures] = field(default_factory=dict)
    """Who left each stage in the month before."""


class Today(Struct, frozen=True):
    """One agent's day so far, by the floor's clock."""

    calls: int = 0
    talks: int = 0
    promises_kept: int = 0
    promises_open: int = 0
    """Promised for today and not kept yet."""
    promises_late: int = 0
    """Promised for today and answered too late to count as kept."""
    won: funnel.Tally = field(default_factory=funnel.Tally)


ON_TIME = timedelta(minutes=15)
"""A promise that is answered this much after its moment counts as kept."""


class Word(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    KEPT_LATE = "kept late"
    OPEN = "open"
    LATE = "late"


class Promise(Struct, frozen=True):
    """One promised call."""

    lead_id: int
    company: str
    person: str
    due_at: datetime
    answered_at: datetime | None
    """None: not yet."""
    zone: str
    """The customer's zone; empty where nobody knows it."""

    def word(self, now: datetime) -> Word:
        """Whether it was kept, or is still open."""
        if self.answered_at is not None:
            return Word.KEPT if self.answered_at <= self.due_at + ON_TIME else Word.KEPT_LATE
        return Word.LATE if self.due_at <= now else Word.OPEN


class DayPlan(Struct, frozen=True):
    """What each day that is left of the month has to bring of an agent, by the playbook that the agent works."""

    daily: funnel.Daily
    playbook: funnel.Playbook


class Day(Struct, frozen=True):
    """One agent's day by the floor's clock."""

    today: Today
    promises: tuple[Promise, ...]
    """Those of today, and older ones that are still open or were answered today; earliest first."""
    tomorrow: tuple[Promise, ...]
    """Those of the next day on which the floor calls, and of the days off before it."""
    next_day: date
    wakes: int
    """Own leads that wake by themselves until the end of that day."""
    won: funnel.Tally
    """This month, of the leads that the agent owned."""
    target: funnel.Tally | None
    """What is wanted of the agent this month; None where nobody said."""
    days_left: int
    """Days of this month on which the floor still calls, today among them while it does."""
    closes_at: datetime | None
    """The end of today's last calling hour by the floor's own clock; None on a day off."""
    plan: DayPlan | None = None
    """None where nobody set the agent a target, no day is left, or nobody knows what a deal brings."""

    def is_over(self, now: datetime) -> bool:
        """Whether the floor calls nobody any more today."""
        return self.closes_at is None or now >= self.closes_at

    def late(self, now: datetime) -> int:
        """Promises whose moment has come and that nobody answered yet."""
        return sum(promise.word(now) is Word.LATE for promise in self.promises)

    @property
    def missing(self) -> funnel.Tally | None:
        """What is still missing to the target, never less than nothing."""
        if self.target is None:
            return None
        return funnel.Tally(
            max(0, self.target.count - self.won.count), max(funnel.NOTHING, self.target.amount - self.won.amount)
        )


class Reason(Struct, frozen=True):
    """Why a lead stands before another: the criterion that decides, and the fact behind it."""

    criterion: funnel.Criterion
    promised_at: datetime | None = None
    fresh_until: datetime | None = None
    stage: str = ""
    probability: int = 0
    dwell_days: int = 0
    value: Decimal | None = None
    is_margin: bool = False
    """The value is the expected margin, not the amount."""
    waiting_since: datetime | None = None


class Rival(Struct, frozen=True):
    """One of the next in the queue, and the first criterion in which it is behind."""

    lead_id: int
    company: str
    lacks: Reason
    """The criterion that decides, with the rival's own fact."""


class Why(Struct, frozen=True):
    """Why this lead is first: its facts in the playbook's order, and what the next ones lack."""

    lead_id: int
    company: str
    reasons: tuple[Reason, ...]
    rivals: tuple[Rival, ...]


class Booked(Struct, frozen=True):
    """Another promise of the same agent."""

    lead_id: int
    company: str
    """Its contact's name where it has no company."""
    at: datetime


class Slot(Struct, frozen=True):
    """A moment that is about to be promised, as the customer's day and the agent's have it."""

    at: datetime
    is_open: bool
    """Inside the customer's calling hours."""
    opens_at: datetime | None
    """When those hours open next, where they are closed then; None when none comes."""
    holiday: str
    """The customer's public holiday on that day, by its name."""
    booked: tuple[Booked, ...]
    """What else the agent promised around it, soonest first."""

    @property
    def is_free(self) -> bool:
        """Nothing speaks against it."""
        return self.is_open and not self.holiday and not self.booked
