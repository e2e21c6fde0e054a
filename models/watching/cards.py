"""What the monitor is given: frozen values, free of the database. Numbers in them are masked as far as was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field

import funnel
from models.cards import Panel
from models.desks.presence import State


class Selection(Struct, frozen=True):
    """Whose work is looked at; a supervisor's is always narrowed to their team."""

    team_id: int | None = None
    """Its agents, and its leads with what lies in the floor's pool: all that a supervisor of it would see."""
    agent_id: int | None = None
    campaign_id: int | None = None


EVERYTHING = Selection()


class Signal(StrEnum):
    """What somebody should look at."""

    PROMISE_MISSED = "promise_missed"
    """A promised moment is past and nobody has the lead in hand."""
    FIRST_CALL_LATE = "first_call_late"
    """The first-call clock of a fresh lead ran out before anybody called."""
    PAST_DWELL = "past_dwell"
    """Longer in its stage than the stage allows."""
    SILENCE = "silence"
    """On its way, promised nothing, and not touched for the playbook's days."""
    NO_NEXT_STEP = "no_next_step"
    """A talk of today ended without an agreed next step."""
    SLOW_WRAP_UP = "slow_wrap_up"
    LONG_PAUSE = "long_pause"
    LINE_LOST = "line_lost"


URGENCY = (
    Signal.PROMISE_MISSED,
    Signal.FIRST_CALL_LATE,
    Signal.LINE_LOST,
    Signal.SLOW_WRAP_UP,
    Signal.LONG_PAUSE,
    Signal.NO_NEXT_STEP,
    Signal.PAST_DWELL,
    Signal.SILENCE,
)
"""Most urgent first: a customer waits, then an agent is stuck, then a lead goes cold."""


class AgentRow(Struct, frozen=True):
    """One agent now, and their day so far by the floor's clock."""

    agent_id: int
    login: str
    name: str
    team: str
    state: State
    """`OFF` for who is not here."""
    code: str
    """Why they pause, by the playbook's code."""
    since: datetime | None
    """Of the state; None for who was never here."""
    limit: timedelta | None
    """How long this state is nobody's concern: of the pause, of the work after a call; None where there is no limit."""
    lead_id: int | None
    """In their hands, or on their screen; None where the viewer may not see it."""
    company: str
    """Its contact's name where it has no company; empty where the viewer may not see it."""
    stage: str
    calls: int
    talks: int
    talks_per_hour: Fraction | None
    """Talks ÷ hours logged in today; None for who was not."""
    kept: int
    """Promises of today's moments so far that were answered on time."""
    promised: int
    """Promises whose moment came today so far."""
    won: funnel.Tally
    """Sold today."""
    idle: Fraction | None
    """Waiting ÷ logged in."""
    signal: Signal | None
    """What of this agent should be looked at: slow wrap-up, long pause or a lost line."""


class Overview(Struct, frozen=True):
    """The floor at one moment; agents with a signal first, the others by name, who is off behind all others."""

    agents: tuple[AgentRow, ...]
    by_state: Mapping[State, int]
    """Agents in each state; states that nobody is in are there with 0."""
    calls: int
    talks: int
    is_presence_known: bool = True
    """False where nobody can say who is at work now: then all are off."""

    @property
    def contact_rate(self) -> Fraction | None:
        """Talks ÷ calls."""
        return funnel.share(self.talks, self.calls)

    @property
    def on(self) -> int:
        """Agents who are at work, a lost line among them."""
        return sum(count for state, count in self.by_state.items() if state is not State.OFF)


class Look(Struct, frozen=True):
    """One thing to look at."""

    signal: Signal
    at: datetime
    """The moment that passed: the promise's, the end of the clock or limit, the talk's, the last touch's."""
    lead_id: int | None
    """None where it is about an agent without a lead, or a lead that the viewer may not see."""
    company: str
    stage: str
    agent: str
    """Whose it is: who promised, who talked, who owns the lead, who pauses; empty for a pool's."""
    amount: Decimal | None = None
    since: datetime | None = None
    """When what lasts too long began: the stage, the silence, the state."""
    days: int | None = None
    """Whole days since then, for dwell and silence."""
    code: str = ""
    """Of the pause."""


class Looks(Struct, frozen=True):
    """What needs a look, most urgent first."""

    rows: tuple[Look, ...]
    count: int
    """How many there are in all; of one signal no more than `models.cards.COUNT_LIMIT` are counted."""
    by_signal: Mapping[Signal, int] = field(default_factory=dict)


class Event(Struct, frozen=True):
    """One thing that happened."""

    id: int
    """The journal's: a cursor for what happened since."""
    at: datetime
    agent_id: int | None
    agent: str
    verb: str
    """log, move, import, take-in."""
    lead_id: int | None
    """None where the viewer may not see it."""
    company: str
    stage: str
    """Where the lead stood when it was touched; where it stands now for the rest."""
    kind: str = ""
    """Of the touch, by `funnel.TouchKind`; empty where there was none."""
    outcome: str = ""
    tries: int = 0
    """How often the lead was tried by now."""
    seconds: int | None = None
    """How long they talked."""
    note: str = ""
    """The beginning of the note, on one line, its numbers masked."""
    next_at: datetime | None = None
    """When it goes on: the promise made, else the next try."""
    is_promised: bool = False
    """`next_at` was promised to the customer."""
    origin: str = ""
    to: str = ""
    amount: Decimal | None = None
    """Expected of the lead, where its stage moved."""
    probability: int | None = None
    """Of the stage that it moved to, per cent."""


class Pulse(Struct, frozen=True):
    """The live funnel of one campaign in this month, with its vital signs."""

    panel: Panel
    """Its happenings are left empty: `happenings` tells them."""
    vitals: funnel.Vitals
    shape: funnel.Shape | None
    """None where no one word says it."""
    advice: funnel.Words
    """The playbook's own on that shape; empty where it has none."""


class PortfolioRow(Struct, frozen=True):
    """One lead of an agent's portfolio."""

    lead_id: int
    code: str
    campaign_id: int
    company: str
    person: str
    stage: str
    kind: funnel.Kind
    amount: Decimal | None
    days_in_stage: int
    is_past_dwell: bool
    touched_at: datetime | None
    promised_at: datetime | None
    place: tuple[int, int] = (0, 0)
    """Its place in the list, for the page after it."""


class Problem(StrEnum):
    """What is wrong with a lead at a weekly review."""

    PROMISE_MISSED = "promise_missed"
    PAST_DWELL = "past_dwell"
    SILENCE = "silence"
    NO_NEXT_STEP = "no_next_step"
    """The last talk agreed on nothing, and nothing is promised."""
    NEVER_CALLED = "never_called"
    """Owned, and nobody ever touched it."""


class ReviewLine(Struct, frozen=True):
    """One lead at the weekly review: what was done, how far it came, what is wrong."""

    lead: PortfolioRow
    calls: int
    talks: int
    others: int
    """Touches of other kinds."""
    last_outcome: str
    """Of the last touch in the week; empty where there was none."""
    note: str
    """Of that touch, whole, its numbers masked."""
    moves: tuple[tuple[str, str, funnel.Way], ...]
    """From, to and way of each move in the week, oldest first."""
    problem: Problem | None


class Sign(StrEnum):
    """What makes a record worth checking."""

    COPIED_NOTE = "copied_note"
    """The same agent wrote the same note after other talks too."""
    SHORT_TALK = "short_talk"
    """A talk of a few seconds."""
    PROMISE_WITHOUT_CALLBACK = "promise_without_callback"
    """The moment that it promised is past, and nobody has touched the lead after it."""
    SKIPPED = "skipped"
    """The lead was put to sleep, though nobody had touched it for a day."""


class Sample(Struct, frozen=True):
    """One record to be checked, with what proves it."""

    touch_id: int | None
    """None where what is checked is a lead put to sleep without a touch."""
    at: datetime
    agent_id: int | None
    agent: str
    lead_id: int
    company: str
    number: str
    """The lead's first number as it may be shown, to call and ask; empty where there is none, or it is hidden."""
    stage: str
    outcome: str
    seconds: int | None
    note: str
    feedback: str
    next_at: datetime | None
    answered_at: datetime | None
    """The next touch of the lead after this one."""
    signs: tuple[Sign, ...]
    copies: int = 0
    """So many other records of the agent hold the same note."""


class Samples(Struct, frozen=True):
    """A spot check 抽查."""

    rows: tuple[Sample, ...]
    of: int
    """How many records it was drawn from."""
    by_sign: Mapping[Sign, int] = field(default_factory=dict)
    """How many records show each sign, in an aimed one."""


class MonthRow(Struct, frozen=True):
    """One agent's month: work by who did it, deals by who owned the lead then."""

    agent_id: int
    """0 for the line of all, and of the others."""
    name: str
    team: str
    calls: int
    talks: int
    talk_seconds: int
    kept: int
    promised: int
    """Promises whose moment was in the month, and is past."""
    moves: int
    """Forward moves."""
    won: funnel.Tally
    closed: int
    """Deals won, lost and invalid leads of the month."""
    target: funnel.Tally | None

    @property
    def contact_rate(self) -> Fraction | None:
        """Talks ÷ calls."""
        return funnel.share(self.talks, self.calls)

    @property
    def conversion(self) -> Fraction | None:
        """Won ÷ closed in the month."""
        return funnel.share(self.won.count, self.closed)

    @property
    def attainment(self) -> Fraction | None:
        """Won ÷ target: of the amount, or of the deals where the target names no amount."""
        if self.target is None:
            return None
        if self.target.amount:
            return Fraction(self.won.amount) / Fraction(self.target.amount)
        return funnel.share(self.won.count, self.target.count)


class MonthSheet(Struct, frozen=True):
    """The month, agent by agent."""

    month: int
    """`base.month_of`."""
    rows: tuple[MonthRow, ...]
    others: MonthRow
    """Deals that none of these owned: of the pool, of people who left. It has no work and no target."""
    total: MonthRow
    """All of the selection together; its target is the team's or the floor's own."""
