"""The funnel: stages, moves and their rules, order of calling, figures, forecast.

This file reads like the handbook of the trade and knows nothing of databases, screens or clocks: frozen values come in,
frozen values go out, `now` is an argument, a refusal is a value with a code and the field that would mend it. No
sentence meant for a person is written here; the screens say in their own language what the codes mean. What a playbook
holds are dataclasses; what is found by it are named tuples, which every desk's start makes in a fifth of the time.

Top to bottom: words and playbook · faults of a playbook · what a move needs · what follows a touch · calling windows ·
order of calling · figures · bridge · counts above the leads · forecast · vital signs and shape · backward planning ·
the day the orders dry up · the stall twin · work, effort and performance.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, product
from math import ceil, exp, factorial, floor, log, log1p, prod, sqrt
from operator import getitem
from types import MappingProxyType
from typing import NamedTuple

# ── words and playbook ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the playbook in both languages of the floor."""

    en: str
    zh: str

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)


NO_WORDS = Words("", "")


class Kind(StrEnum):
    """What it means for a lead to stand in a stage."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    INVALID = "invalid"


LOST, INVALID = "lost", "invalid"
"""Codes of the two stages that every playbook has below its own: lost deals 丢单 and invalid leads 无效线索."""


class TouchKind(StrEnum):
    """Ways to touch a customer; only calls count as tries."""

    CALL = "call"
    VISIT = "visit"
    MEETING = "meeting"
    EMAIL = "email"
    SMS = "sms"
    FAX = "fax"
    CHAT = "chat"


class Flag(StrEnum):
    """What an outcome means, so that no figure depends on its label."""

    HUMAN = "human"
    """Somebody answered, whoever it was."""
    CONTACT = "contact"
    """The customer was spoken to: a talk."""
    CALLBACK = "callback"
    """A next moment was promised: the desk asks for it."""
    REFUSED = "refused"
    """The customer said no: the lead is lost, with a reason."""
    UNWORKABLE = "unworkable"
    """Nobody can be reached this way, ever: the lead is invalid, with a reason."""
    DO_NOT_CALL = "do_not_call"
    """The number goes on the suppression list and the lead is invalid."""
    MACHINE = "machine"
    """An answering machine or a fax took the call."""


@dataclass(frozen=True, slots=True)
class TouchRule:
    """Touches that a stage wants since the lead entered it: '2 calls with the outcome talked, purpose recorded'."""

    count: int = 1
    kind: TouchKind | None = None
    """Any kind when not given."""
    outcomes: tuple[str, ...] = ()
    """Codes of outcomes; any when empty."""
    with_purpose: bool = False
    with_feedback: bool = False

    def is_met_by(self, touch: Touch) -> bool:
        """Whether one touch counts towards this rule."""
        return (
            (self.kind is None or touch.kind == self.kind)
            and (not self.outcomes or touch.outcome in self.outcomes)
            and (not self.with_purpose or bool(touch.purpose))
            and (not self.with_feedback or bool(touch.feedback))
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the stage's walk, and the field that its answer fills."""

    text: Words
    field: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A named step of the funnel. Whatever it asks for is asked before a lead may go on *from* it."""

    code: str
    name: Words
    probability: int
    """Win probability 赢率 of a lead that stands here, per cent."""
    promotion_rate: int
    """Planned promotion rate 升迁率, per cent; used until history speaks."""
    is_won: bool = False
    """Entering this stage, or one below it from above, is the sale. Stages may follow it (delivery, buying again)."""
    purpose: Words = NO_WORDS
    whom: Words = NO_WORDS
    actions: Words = NO_WORDS
    strategy: Words = NO_WORDS
    advice: Words = NO_WORDS
    """What to do when too few go on from here."""
    script: Words = NO_WORDS
    """What to say, with merge fields: '{person}', '{company}', '{agent}', or any field of the lead."""
    questions: tuple[Question, ...] = ()
    entry: Words = NO_WORDS
    """Entry criteria 进入标准."""
    exit: Words = NO_WORDS
    """Exit criteria 退出标准."""
    sign: Words = NO_WORDS
    """Sign of promotion 阶段升迁标志; who promotes confirms that it was seen."""
    required_fields: tuple[str, ...] = ()
    required_touches: tuple[TouchRule, ...] = ()
    tasks: tuple[Words, ...] = ()
    expected_days: int | None = None
    dwell_days: int | None = None
    """Past this many days here the owner is reminded to look at why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a touch ended 通话结果, with its key on the desk and what follows it."""

    code: str
    name: Words
    key: str
    flags: frozenset[Flag] = frozenset()
    retry_minutes: tuple[int, ...] = ()
    """Pause before the next try, after the first, second … miss in a row; the last one repeats."""
    reason: str = ""
    """Loss or invalid reason that this outcome implies, when it closes the lead by itself."""

    @property
    def is_talk(self) -> bool:
        """The customer was spoken to, so a note and a next step are expected."""
        return Flag.CONTACT in self.flags

    @property
    def closes(self) -> Kind | None:
        """The kind of stage that this outcome leads to, if it ends the lead."""
        if Flag.REFUSED in self.flags:
            return Kind.LOST
        if self.flags & {Flag.UNWORKABLE, Flag.DO_NOT_CALL}:
            return Kind.INVALID
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list that managers keep: a reason, a field's value."""

    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class Source:
    """Where leads come from 线索来源."""

    code: str
    name: Words
    aliases: tuple[str, ...] = ()
    is_fresh: bool = False
    """Leads of this source came by themselves: their first-call clock runs from when they were obtained."""
    cost: Decimal | None = None
    """Cost of one lead, where it is known."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a low layer may point to, and where to look."""

    code: str
    name: Words
    look: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of counts above the leads, as of search marketing: a number a day and a channel, no leads of its own."""

    code: str
    name: Words
    benchmark: Decimal | None = None
    """Of the trade, the manager's to enter: per cent of the layer above; of the first layer, how many a day."""
    aliases: tuple[str, ...] = ()
    """Other headings that files have for it."""
    low: tuple[Hint, ...] = ()
    """What it points to when it stays below its benchmark."""


@dataclass(frozen=True, slots=True)
class Field:
    """A profile field that this playbook adds to those every lead has."""

    code: str
    name: Words
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """What an agent leaves the calls for 示忙, and for how long that is nobody's concern."""

    code: str
    name: Words
    limit_minutes: int | None = None
    """None: as long as it takes."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How often a lead may be tried."""

    tries_a_day: int = 3
    tries_in_all: int = 12
    """Without a talk: every talk begins a new count."""
    exhausted: str = "unreachable"
    """The invalid reason of a lead that used up its tries without a talk."""


class Day(StrEnum):
    """Days of the week, Monday first as `date.weekday()` counts them."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS = tuple(Day)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the customer's own day in which calls are permitted."""

    days: frozenset[Day]
    opens: time
    closes: time


class Shape(StrEnum):
    """What the fill of the levels and the orders say together of a funnel."""

    DRAINING = "draining"
    """Orders come, but the upper levels are thin: orders will fall."""
    CLOGGED = "clogged"
    """Few orders, few new leads, a bulge in the middle."""
    GAP_AHEAD = "gap_ahead"
    """Good orders and many leads, but a thin middle 青黄不接: after the present orders there is nothing."""
    IDEAL = "ideal"
    """Every level in proportion."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the vital signs and the shape of a funnel go by. The trade names no figures; these are ours."""

    thin_percent: int = 50
    """A level that is filled less than so much as another is, against the ideal, is thin."""
    orders_percent: int = 80
    """Orders come where so much is sold of what should be by now."""
    enough_leavers: int = 20
    """A measured conversion speaks once so many leads left the stage; until then the planned rate does."""
    dry_days: int = 14
    """Orders have dried up where over so many days fewer come than a thin share of the usual."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about each shape, in the manager's own words; empty where the program's own will do."""

    draining: Words = NO_WORDS
    clogged: Words = NO_WORDS
    gap_ahead: Words = NO_WORDS
    ideal: Words = NO_WORDS

    def on(self, shape: Shape) -> Words:
        """The advice on a shape."""
        words: Words = getattr(self, shape.value)
        return words


class Criterion(StrEnum):
    """What the order of calling looks at."""

    PROMISE = "promise"
    FRESH = "fresh"
    INTENT = "intent"
    DWELL = "dwell"
    VALUE = "value"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Playbook:
    """The whole definition of one funnel 漏斗方案, as its manager wrote it."""

    code: str
    name: Words
    stages: tuple[Stage, ...]
    outcomes: tuple[Outcome, ...]
    loss_reasons: tuple[Choice, ...]
    invalid_reasons: tuple[Choice, ...]
    sources: tuple[Source, ...]
    windows: tuple[Window, ...]
    description: Words = NO_WORDS
    layers: tuple[Layer, ...] = ()
    """Counts above the leads, top to bottom; with them a playbook may do without stages, and takes no leads then."""
    fields: tuple[Field, ...] = ()
    caps: Caps = Caps()
    order: tuple[Criterion, ...] = tuple(Criterion)
    """Order of calling, most important first; waiting closes it, since it leaves no ties."""
    may_skip: bool = True
    """Whether a lead may pass over stages, with a reason."""
    respects_holidays: bool = True
    """Whether public holidays of the customer's country are closed days."""
    first_call_minutes: int = 120
    """How long a lead that came by itself stays fresh, from when it was obtained."""
    promise_grace_minutes: int = 15
    """A personal promise whose owner is away becomes the pool's after this."""
    claim_minutes: int = 10
    """How long a lead stays in an agent's hands without a sign of work."""
    grace_minutes: int = 5
    """How long the lead of a session whose line was lost waits for its agent; never longer than `claim_minutes`."""
    pauses: tuple[Pause, ...] = ()
    wrap_up_seconds: int = 120
    """How long the work after a call may take before somebody looks. The trade names no figure; this one is ours."""
    silence_days: int = 14
    """A lead on its way that nobody touched for so long, and that is promised nothing, is looked at. Ours too."""
    bounds: Bounds = Bounds()
    advice: Advice = Advice()
    required_fields: tuple[str, ...] = ("company", "person", "number", "source")
    """What a lead needs to be taken in."""

    def stage(self, code: str) -> Stage:
        """The stage of that code; KeyError if there is none (lost and invalid are none)."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(code)

    def position(self, code: str) -> int:
        """Place of a stage from the top, 0 first; lost and invalid stand behind all others."""
        for place, stage in enumerate(self.stages):
            if stage.code == code:
                return place
        if code in (LOST, INVALID):
            return len(self.stages)
        raise KeyError(code)

    @property
    def takes_leads(self) -> bool:
        """Whether leads are worked by it; else it only counts."""
        return bool(self.stages) or not self.layers

    @property
    def sale(self) -> int:
        """Place of the stage whose entering is the sale; behind all others where there is none."""
        return next((place for place, stage in enumerate(self.stages) if stage.is_won), len(self.stages))

    def kind(self, code: str) -> Kind:
        """What it means to stand in that stage; a customer who waits for delivery, or for the next need, is won."""
        if code in (LOST, INVALID):
            return Kind(code)
        return Kind.WON if self.position(code) >= self.sale else Kind.OPEN

    def is_sale(self, origin: str | None, to: str) -> bool:
        """Whether a move is the sale; one between stages after the sale is not, nor is being taken in as a customer."""
        return origin is not None and self.kind(to) is Kind.WON and self.kind(origin) is not Kind.WON

    def probability(self, code: str) -> int:
        """Win probability of that stage, per cent; nothing for lost and invalid."""
        return 0 if code in (LOST, INVALID) else self.stage(code).probability

    def after(self, code: str) -> Stage | None:
        """The next stage down the funnel."""
        place = self.position(code) + 1
        return self.stages[place] if place < len(self.stages) else None

    def rests(self, code: str) -> bool:
        """Whether a lead there is called only where somebody promised it or chose a moment: the end of the funnel."""
        return code in (LOST, INVALID) or (self.kind(code) is Kind.WON and self.after(code) is None)

    def outcome(self, code: str) -> Outcome:
        """The outcome of that code; KeyError if there is none."""
        for outcome in self.outcomes:
            if outcome.code == code:
                return outcome
        raise KeyError(code)

    def reasons(self, kind: Kind) -> tuple[Choice, ...]:
        """The reasons that a lead may be closed with."""
        return {Kind.LOST: self.loss_reasons, Kind.INVALID: self.invalid_reasons}.get(kind, ())

    def source(self, said: str) -> Source | None:
        """The source of that code, name or alias, however it is written."""
        wanted = said.strip().casefold()
        for source in self.sources:
            names = (source.code, source.name.en, source.name.zh, *source.aliases)
            if wanted in (name.casefold() for name in names):
                return source
        return None


LEAD_FIELDS = (
    "code",
    "company",
    "person",
    "title",
    "number",
    "email",
    "industry",
    "source",
    "need",
    "product",
    "amount",
    "margin",
    "units",
    "expected_on",
    "address",
    "business",
    "budget",
    "systems",
    "competitor",
    "obstacle",
    "plan",
    "decider",
)
"""Fields that every lead has; a playbook may add its own."""

MERGE_FIELD = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9_-]*)\}")
MERGE_ONLY = ("agent", "team", "stage")
"""What a script may merge beside the fields of the lead."""


def merged(text: str, values: Mapping[str, object]) -> str:
    """A script with its merge fields filled; what is not known stays visible as '{field}'.

    >>> merged("Hello {person} of {company}", {"person": "Li {company}", "company": ""})
    'Hello Li {company} of {company}'
    """
    return MERGE_FIELD.sub(lambda mark: str(values[mark[1]] if is_filled(values.get(mark[1])) else mark[0]), text)


# ── faults of a playbook ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in a playbook: where it stands, what is wrong and what would be right."""

    path: tuple[str | int, ...]
    """Keys and places from the top, as in the file: ('stages', 2, 'probability')."""
    code: str
    found: str = ""
    allowed: tuple[str, ...] = ()


def faults(playbook: Playbook, reserved_keys: Container[str] = ()) -> Iterator[Fault]:
    """Every mistake that types alone do not show, top to bottom.

    Args:
        playbook: what was read.
        reserved_keys: keys of the desk that no outcome may take.
    """
    yield from _entry_faults((), (playbook,))
    yield from _stage_faults(playbook)
    yield from _outcome_faults(playbook, reserved_keys)
    yield from _list_faults(playbook)
    known = {*LEAD_FIELDS, *(field.code for field in playbook.fields)}
    yield from _unknown(("required_fields",), playbook.required_fields, known)
    if sorted(playbook.order) != sorted(Criterion) or playbook.order[-1] != Criterion.WAITING:
        yield Fault(("order",), "order_incomplete", ", ".join(playbook.order), tuple(Criterion))
    for name in ("first_call_minutes", "promise_grace_minutes", "claim_minutes", "wrap_up_seconds", "silence_days"):
        if getattr(playbook, name) < 1:
            yield Fault((name,), "not_positive", str(getattr(playbook, name)), ("1",))
    for name in ("enough_leavers", "dry_days"):
        if (bound := getattr(playbook.bounds, name)) < 1:
            yield Fault(("bounds", name), "not_positive", str(bound), ("1",))
    for name in ("thin_percent", "orders_percent"):
        if not 0 <= (percent := getattr(playbook.bounds, name)) <= 100:
            yield Fault(("bounds", name), "not_per_cent", str(percent), ("0", "100"))
    if playbook.grace_minutes < 0:
        yield Fault(("grace_minutes",), "negative", str(playbook.grace_minutes))


def _stage_faults(playbook: Playbook) -> Iterator[Fault]:
    known = (*LEAD_FIELDS, *(field.code for field in playbook.fields))
    talks = tuple(outcome.code for outcome in playbook.outcomes)
    if playbook.takes_leads and not any(stage.is_won for stage in playbook.stages):
        yield Fault(("stages",), "no_won_stage")
    if playbook.stages and playbook.stages[0].is_won:
        yield Fault(("stages", 0, "is_won"), "first_stage_is_won")
    for place, stage in enumerate(playbook.stages):
        path = ("stages", place)
        if stage.is_won and 0 < playbook.sale < place:
            yield Fault((*path, "is_won"), "second_sale", stage.code, (playbook.stages[playbook.sale].code,))
        if stage.code in (LOST, INVALID):
            yield Fault((*path, "code"), "reserved", stage.code)
        for name in ("probability", "promotion_rate"):
            if not 0 <= getattr(stage, name) <= 100:
                yield Fault((*path, name), "not_per_cent", str(getattr(stage, name)), ("0", "100"))
        for name in ("expected_days", "dwell_days"):
            if (days := getattr(stage, name)) is not None and days < 1:
                yield Fault((*path, name), "not_positive", str(days), ("1",))
        yield from _unknown((*path, "required_fields"), stage.required_fields, known)
        for number, rule in enumerate(stage.required_touches):
            at = (*path, "required_touches", number)
            if rule.count < 1:
                yield Fault((*at, "count"), "not_positive", str(rule.count), ("1",))
            yield from _unknown((*at, "outcomes"), rule.outcomes, talks)
        for number, question in enumerate(stage.questions):
            asked = (question.field,) if question.field else ()
            yield from _unknown((*path, "questions", number, "field"), asked, known)
        for language in ("en", "zh"):
            merges = MERGE_FIELD.findall(getattr(stage.script, language))
            yield from _unknown((*path, "script", language), merges, (*known, *MERGE_ONLY))


def _outcome_faults(playbook: Playbook, reserved_keys: Container[str]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for place, outcome in enumerate(playbook.outcomes):
        path = ("outcomes", place)
        if len(outcome.key) != 1 or not outcome.key.isprintable() or outcome.key.isspace():
            yield Fault((*path, "key"), "not_a_key", outcome.key)
        elif outcome.key in reserved_keys:
            yield Fault((*path, "key"), "key_of_the_desk", outcome.key)
        elif outcome.key in taken:
            yield Fault((*path, "key"), "key_taken", outcome.key, (taken[outcome.key],))
        taken.setdefault(outcome.key, outcome.code)
        if any(minutes < 1 for minutes in outcome.retry_minutes):
            yield Fault((*path, "retry_minutes"), "not_positive", str(min(outcome.retry_minutes)), ("1",))
        if outcome.closes is None and not outcome.retry_minutes:
            yield Fault((*path, "retry_minutes"), "no_cadence", outcome.code)
        if outcome.closes and outcome.reason:
            allowed = tuple(choice.code for choice in playbook.reasons(outcome.closes))
            yield from _unknown((*path, "reason"), (outcome.reason,), allowed)


def _list_faults(playbook: Playbook) -> Iterator[Fault]:
    needed = (
        ("stages", "outcomes", "loss_reasons", "invalid_reasons", "sources") if playbook.takes_leads else ("sources",)
    )
    for name in ("stages", "outcomes", "loss_reasons", "invalid_reasons", "sources", "fields", "pauses", "layers"):
        entries = getattr(playbook, name)
        if not entries and name in needed:
            yield Fault((name,), "empty")
        yield from _entry_faults((name,), entries)
    for place, own in enumerate(playbook.fields):
        yield from _entry_faults(("fields", place, "choices"), own.choices)
        if own.code in (*LEAD_FIELDS, *MERGE_ONLY):
            yield Fault(("fields", place, "code"), "reserved", own.code)
    for place, layer in enumerate(playbook.layers):
        yield from _entry_faults(("layers", place, "low"), layer.low)
        if place and layer.benchmark is not None and layer.benchmark > 100:
            yield Fault(("layers", place, "benchmark"), "not_per_cent", str(layer.benchmark), ("0", "100"))
    for place, pause in enumerate(playbook.pauses):
        if pause.limit_minutes is not None and pause.limit_minutes < 1:
            yield Fault(("pauses", place, "limit_minutes"), "not_positive", str(pause.limit_minutes), ("1",))
    if not playbook.windows and playbook.takes_leads:
        yield Fault(("windows",), "empty")
    for place, window in enumerate(playbook.windows):
        if not window.opens < window.closes:
            yield Fault(("windows", place, "closes"), "closes_before_opens", window.closes.isoformat())
        if not window.days:
            yield Fault(("windows", place, "days"), "empty", "", tuple(Day))
    caps = playbook.caps
    for name in ("tries_a_day", "tries_in_all"):
        if getattr(caps, name) < 1:
            yield Fault(("caps", name), "not_positive", str(getattr(caps, name)), ("1",))
    if playbook.takes_leads:
        invalid = tuple(choice.code for choice in playbook.invalid_reasons)
        yield from _unknown(("caps", "exhausted"), (caps.exhausted,), invalid)


def _entry_faults(
    path: tuple[str | int, ...], entries: Iterable[Playbook | Stage | Outcome | Choice | Pause | Layer | Hint]
) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        at = (*path, place) if path else path
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", entry.code):
            yield Fault((*at, "code"), "not_a_code", entry.code)
        if entry.code in seen:
            yield Fault((*at, "code"), "twice", entry.code)
        seen.add(entry.code)
        if not (entry.name.en and entry.name.zh):
            yield Fault((*at, "name"), "name_missing", entry.code)


def _unknown(path: tuple[str | int, ...], found: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    allowed = tuple(known)
    for name in found:
        if name not in allowed:
            yield Fault(path, "unknown", name, tuple(sorted(allowed)))


# ── what a move needs ─────────────────────────────────────────────────────────────────────────────────────────────────


class Way(StrEnum):
    """Which way a move goes. Forward ways count as conversion."""

    ENTER = "enter"
    FORWARD = "forward"
    SKIP = "skip"
    BACK = "back"
    LOST = "lost"
    INVALID = "invalid"
    REOPEN = "reopen"

    @property
    def is_forward(self) -> bool:
        """On to the next stage or past it, the sale included."""
        return self in (Way.FORWARD, Way.SKIP)


class Rule(StrEnum):
    """Codes of what a move can lack."""

    STAGE_UNKNOWN = "stage_unknown"
    ALREADY_THERE = "already_there"
    NO_SKIPPING = "no_skipping"
    FIELD_EMPTY = "field_empty"
    TOUCHES_MISSING = "touches_missing"
    SIGN_MISSING = "sign_missing"
    REASON_MISSING = "reason_missing"
    REASON_UNKNOWN = "reason_unknown"


class Touch(NamedTuple):
    """One recorded follow-up 跟进, as far as rules look at it."""

    kind: TouchKind
    outcome: str
    purpose: str = ""
    feedback: str = ""


class Facts(NamedTuple):
    """What is on record when a move is asked for."""

    fields: Mapping[str, object]
    touches: Sequence[Touch] = ()
    """Since the lead entered its present stage, voided ones left out."""
    reason: str = ""
    """For back, skip and reopen any text; for lost and invalid a code of the playbook."""
    is_sign_seen: bool = False
    """Whoever promotes has confirmed the stage's sign of promotion."""


class Point(NamedTuple):
    """One rule looked at: its code, the field that would mend it, and how far it is met."""

    rule: Rule
    field: str = ""
    need: int = 1
    have: int = 0
    touches: TouchRule | None = None

    @property
    def is_met(self) -> bool:
        """Nothing is missing here."""
        return self.have >= self.need


class Verdict(NamedTuple):
    """Whether a move may be made, with every rule that was looked at."""

    way: Way
    to: str
    points: tuple[Point, ...]

    @property
    def unmet(self) -> tuple[Point, ...]:
        """The rules that are missing, in the playbook's order."""
        return tuple(point for point in self.points if not point.is_met)

    @property
    def is_allowed(self) -> bool:
        """No rule is missing."""
        return not self.unmet


def way_of(playbook: Playbook, origin: str | None, to: str) -> Way:
    """Which way a move from `origin` (None: taken in) to `to` goes."""
    if origin is None:
        return Way.ENTER
    if to == LOST:
        return Way.LOST
    if to == INVALID:
        return Way.INVALID
    if origin in (LOST, INVALID):
        return Way.REOPEN
    step = playbook.position(to) - playbook.position(origin)
    if step < 0:
        return Way.BACK
    return Way.FORWARD if step <= 1 else Way.SKIP


def may_move(playbook: Playbook, origin: str, to: str, facts: Facts) -> Verdict:
    """Whether a lead may go from its stage to another: every rule with how far it is met.

    Going on asks for the stage's fields, its touches and its sign of promotion; passing over stages asks for their
    fields too and for a reason; going back and reopening ask for a reason; closing asks for a reason of the list.
    """
    stages = (*(stage.code for stage in playbook.stages), LOST, INVALID)
    if to not in stages:
        return Verdict(Way.FORWARD, to, (Point(Rule.STAGE_UNKNOWN, to),))
    way = way_of(playbook, origin, to)
    if origin == to:
        return Verdict(way, to, (Point(Rule.ALREADY_THERE, to),))
    if way in (Way.LOST, Way.INVALID):
        return Verdict(way, to, (_reason_of_list(playbook, Kind(to), facts.reason),))
    if way in (Way.BACK, Way.REOPEN):
        return Verdict(way, to, (_reason(facts.reason),))
    passed = playbook.stages[playbook.position(origin) : playbook.position(to)]
    wanted = dict.fromkeys(name for stage in passed for name in stage.required_fields)
    points = [Point(Rule.FIELD_EMPTY, name, have=int(is_filled(facts.fields.get(name)))) for name in wanted]
    for rule in passed[0].required_touches:
        have = sum(rule.is_met_by(touch) for touch in facts.touches)
        points.append(Point(Rule.TOUCHES_MISSING, "touches", rule.count, have, rule))
    if passed[0].sign:
        points.append(Point(Rule.SIGN_MISSING, "sign", have=int(facts.is_sign_seen)))
    if way is Way.SKIP:
        points.append(_reason(facts.reason) if playbook.may_skip else Point(Rule.NO_SKIPPING, to))
    return Verdict(way, to, tuple(points))


def is_filled(value: object) -> bool:
    """Whether a field holds something; nothing, blanks and an empty list do not."""
    value = value.strip() if isinstance(value, str) else value
    return value is not None and not (isinstance(value, Sized) and len(value) == 0)


def _reason(reason: str) -> Point:
    return Point(Rule.REASON_MISSING, "reason", have=int(bool(reason.strip())))


def _reason_of_list(playbook: Playbook, kind: Kind, reason: str) -> Point:
    known = any(choice.code == reason for choice in playbook.reasons(kind))
    return Point(Rule.REASON_UNKNOWN if reason else Rule.REASON_MISSING, "reason", have=int(known))


# ── calling windows ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time [opens_at, closes_at), in UTC."""

    opens_at: datetime
    closes_at: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at


LOOK_AHEAD_DAYS = 31
"""No calling window opens later than this: a longer closure is a mistake or a country on strike."""


def next_span(windows: Iterable[Window], zone: tzinfo, after: datetime, days_off: Container[date] = ()) -> Span | None:
    """The span that is open at `after`, else the next to open, by the customer's own clock and day.

    Windows that touch or overlap on a day are one span. A window that daylight saving swallows is left out.

    Returns:
        The span, or None when none opens within `LOOK_AHEAD_DAYS`.
    """
    ordered = sorted(windows, key=lambda window: window.opens)
    first = after.astimezone(zone).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        if day in days_off:
            continue
        spans = [_span(window, day, zone) for window in ordered if DAYS[day.weekday()] in window.days]
        for span in _joined(spans):
            if span.closes_at > after:
                return span
    return None


def _span(window: Window, day: date, zone: tzinfo) -> Span:
    """Where daylight saving leaves a clock time two readings, the later one opens and the earlier one closes."""

    def readings(clock: time) -> list[datetime]:
        return [datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]

    return Span(max(readings(window.opens)), min(readings(window.closes)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in spans:
        if span.closes_at <= span.opens_at:
            continue
        if current is None:
            current = span
        elif span.opens_at <= current.closes_at:
            current = Span(current.opens_at, max(current.closes_at, span.closes_at))
        else:
            yield current
            current = span
    if current is not None:
        yield current


# ── what follows a touch ──────────────────────────────────────────────────────────────────────────────────────────────


class Tries(NamedTuple):
    """How often a lead has been called. Days are the customer's own."""

    in_all: int = 0
    on_day: int = 0
    day: date | None = None
    misses: int = 0
    """Calls in a row that did not reach the customer."""

    def after(self, outcome: Outcome, kind: TouchKind, day: date) -> Tries:
        """The count with one more touch; only calls count as tries, any talk ends a run of misses."""
        misses = 0 if outcome.is_talk else self.misses + (kind is TouchKind.CALL)
        if kind is not TouchKind.CALL:
            return Tries(self.in_all, self.on_day, self.day, misses)
        return Tries(self.in_all + 1, 1 + (self.on_day if self.day == day else 0), day, misses)


class Aftermath(NamedTuple):
    """What a touch leads to."""

    wake_at: datetime | None
    """Asleep until then; None when the lead is closed."""
    promised_at: datetime | None = None
    closes: Kind | None = None
    reason: str = ""
    suppresses: bool = False
    """The number goes on the suppression list."""
    lacks_next_step: bool = False
    """A talk that ended without an agreed next step: said at once, and on record."""


def follow(
    playbook: Playbook,
    stage: str,
    outcome: Outcome,
    tries: Tries,
    now: datetime,
    zone: tzinfo,
    *,
    promised_at: datetime | None = None,
    sleep_until: datetime | None = None,
    reason: str = "",
) -> Aftermath:
    """What follows a touch that is already counted in `tries`: a promise, a sleep, the cadence, or the end.

    Args:
        playbook: its cadence and caps.
        stage: where the lead stands; at the end of the funnel it rests.
        outcome: how the touch ended.
        tries: the count with this touch.
        now: when it ended.
        zone: the customer's clock, whose midnight ends a day's tries.
        promised_at: the moment agreed with the customer.
        sleep_until: a moment chosen by the agent alone.
        reason: why the lead is closed, where the outcome closes it and the agent chose.
    """
    suppresses = Flag.DO_NOT_CALL in outcome.flags
    if outcome.closes:
        # A sale stays a sale, whatever the customer says of the next call.
        stays = playbook.rests(stage) or playbook.kind(stage) is Kind.WON
        closes = None if stays else outcome.closes
        return Aftermath(None, closes=closes, reason=reason or outcome.reason, suppresses=suppresses)
    if promised_at:
        return Aftermath(promised_at, promised_at)
    lacks = outcome.is_talk and sleep_until is None
    if sleep_until:
        return Aftermath(sleep_until)
    if playbook.rests(stage):
        return Aftermath(None)
    if not outcome.is_talk and tries.misses >= playbook.caps.tries_in_all:
        return Aftermath(None, closes=Kind.INVALID, reason=playbook.caps.exhausted)
    pauses = outcome.retry_minutes
    wake_at = now + timedelta(minutes=pauses[min(max(tries.misses, 1), len(pauses)) - 1])
    today = now.astimezone(zone).date()
    if tries.day == today and tries.on_day >= playbook.caps.tries_a_day:
        tomorrow = datetime.combine(today + timedelta(days=1), time(), zone)
        wake_at = max(wake_at, tomorrow.astimezone(UTC))
    return Aftermath(wake_at, lacks_next_step=lacks)


# ── order of calling ──────────────────────────────────────────────────────────────────────────────────────────────────


class Standing(NamedTuple):
    """What the order of calling needs to know of a lead."""

    stage: str
    stage_since: datetime
    waiting_since: datetime
    """The last touch, or when it was taken in."""
    value: Decimal | None = None
    """Expected margin where it is known, else amount."""
    fresh_until: datetime | None = None
    """End of the first-call clock; None for leads that did not come by themselves or were called."""
    promised_at: datetime | None = None
    is_promise_personal: bool = False


BITS = {
    Criterion.PROMISE: 2,
    Criterion.FRESH: 1,
    Criterion.INTENT: 7,
    Criterion.DWELL: 1,
    Criterion.VALUE: 6,
    Criterion.WAITING: 32,
}
"""Width of each criterion in the queue key: 49 bits in all, smaller is called first."""


class Place(NamedTuple):
    """A lead's place in the queue."""

    key: int
    """Smaller is called first."""
    ranks: tuple[tuple[Criterion, int], ...]
    """The criteria in the playbook's order, each with its rank: 0 is best."""
    changes_at: datetime | None
    """When time alone will change the key: the first-call clock runs out, the dwell limit passes."""

    def decides(self, other: Place) -> Criterion:
        """The first criterion in which this place is not like the other one: why it comes first."""
        for (criterion, mine), (_, theirs) in zip(self.ranks, other.ranks, strict=True):
            if mine != theirs:
                return criterion
        return Criterion.WAITING


def place_in_queue(playbook: Playbook, lead: Standing, now: datetime) -> Place:
    """Where a lead stands in the order of calling at `now`.

    A promise is ranked from the moment it is made, since the lead sleeps until it is due: what stands below the promise
    in the playbook's order then counts no more, and promises go by the moment they are due.
    """
    stage = playbook.stage(lead.stage)
    dwell_ends = lead.stage_since + timedelta(days=stage.dwell_days) if stage.dwell_days else None
    is_fresh = lead.fresh_until is not None and now < lead.fresh_until
    is_past_dwell = dwell_ends is not None and dwell_ends <= now
    rank = {
        Criterion.PROMISE: 2 if lead.promised_at is None else int(not lead.is_promise_personal),
        Criterion.FRESH: int(not is_fresh),
        Criterion.INTENT: 100 - stage.probability,
        Criterion.DWELL: int(not is_past_dwell),
        Criterion.VALUE: value_rank(lead.value),
        Criterion.WAITING: int((lead.promised_at or lead.waiting_since).timestamp()),
    }
    if lead.promised_at is not None:
        for below in playbook.order[playbook.order.index(Criterion.PROMISE) + 1 : -1]:
            rank[below] = 0
    key = 0
    for criterion in playbook.order:
        key = key << BITS[criterion] | min(max(rank[criterion], 0), (1 << BITS[criterion]) - 1)
    changes = [lead.fresh_until if is_fresh else None, None if is_past_dwell else dwell_ends]
    return Place(
        key,
        tuple((criterion, rank[criterion]) for criterion in playbook.order),
        min((moment for moment in changes if moment is not None), default=None),
    )


def value_rank(value: Decimal | None) -> int:
    """Logarithmic, three steps to two doublings, so that a little more money does not outweigh a long wait.

    >>> [value_rank(Decimal(amount)) for amount in (0, 1_000, 50_000, 500_000, 10**12)]
    [63, 48, 40, 35, 3]
    """
    if value is None or value <= 0:
        return 63
    whole = int(value * value * value)
    return max(0, 63 - whole.bit_length() // 2)


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much."""

    count: int = 0
    amount: Decimal = NOTHING

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.amount + other.amount)


class Move(NamedTuple):
    """One move on record; voided ones are not shown to the heart."""

    lead: int
    at: datetime
    origin: str | None
    """None: the lead was taken in."""
    to: str
    way: Way
    amount: Decimal = NOTHING


class Exit(NamedTuple):
    """A lead's last leaving of a stage in a period, after which it did not come back in that period."""

    lead: int
    stage: str
    to: str
    way: Way
    amount: Decimal = NOTHING
    is_final: bool = False
    """No other move of the lead followed in the period."""
    days: int | None = None
    """Whole days since it had entered the stage; None where that is on no record."""


def last_exits(moves: Iterable[Move], since: datetime, until: datetime) -> list[Exit]:
    """The leavers of every stage over [since, until): each lead once for a stage, by its last exit.

    A lead that stands in the stage again at the period's end has not left it. Moves come in the order of their record,
    those before the period too: they say when a lead entered the stage that it left.
    """
    exits = []
    for own in _by_lead(move for move in moves if move.at < until).values():
        last: dict[str, tuple[Move, int | None]] = {}
        entered: dict[str, datetime] = {}
        for move in own:
            if move.origin is not None and since <= move.at:
                begun = entered.get(move.origin)
                last[move.origin] = (move, None if begun is None else days_between(begun, move.at))
            last.pop(move.to, None)
            entered[move.to] = move.at
        exits += [
            Exit(move.lead, stage, move.to, move.way, move.amount, move is own[-1], days)
            for stage, (move, days) in last.items()
        ]
    return exits


def _by_lead(moves: Iterable[Move]) -> dict[int, list[Move]]:
    of_lead: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        of_lead[move.lead].append(move)
    return of_lead


def days_between(since: datetime, until: datetime) -> int:
    """Whole days from one moment to another, as a lead's dwell is counted: of 24 hours, whatever clocks are set to."""
    return (until.astimezone(UTC) - since.astimezone(UTC)).days


class StageFigures(NamedTuple):
    """One stage over a period. Money is the sum of the leads' expected amounts."""

    stage: str
    open: Tally = Tally()
    """Open leads in the stage now."""
    entered: int = 0
    """Entries in the period; a lead that bounces counts once for each."""
    exits: Mapping[Way, int] = MappingProxyType({})
    """Leavers by way, each lead once."""

    @property
    def left(self) -> int:
        """Leads that left the stage in the period, each once."""
        return sum(self.exits.values())

    @property
    def forward(self) -> int:
        """Leavers that went on to any later stage, the sale included."""
        return sum(count for way, count in self.exits.items() if way.is_forward)

    @property
    def back(self) -> int:
        """Leavers that went back to an earlier stage."""
        return self.exits.get(Way.BACK, 0)

    @property
    def lost(self) -> int:
        """Leavers that were closed as lost 丢单."""
        return self.exits.get(Way.LOST, 0)

    @property
    def invalid(self) -> int:
        """Leavers that turned out to be no leads."""
        return self.exits.get(Way.INVALID, 0)

    @property
    def conversion(self) -> Fraction | None:
        """Stage conversion 阶段转化率; None when nobody left."""
        return share(self.forward, self.left)

    @property
    def loss(self) -> Fraction | None:
        """Loss rate 线索流失率, over the same leavers: those that went back, were lost, or were no leads."""
        return None if self.conversion is None else 1 - self.conversion

    @property
    def lost_rate(self) -> Fraction | None:
        """Lost rate 丢单率, over the same leavers."""
        return share(self.lost, self.left)

    @property
    def interval(self) -> Interval | None:
        """Where the conversion may really lie; None when nobody left."""
        return interval(self.forward, self.left)


def share(part: int, whole: int) -> Fraction | None:
    """Part ÷ whole; None where there is nothing to divide by."""
    return Fraction(part, whole) if whole else None


class Interval(NamedTuple):
    """Between what a share that was measured on few may really lie."""

    low: float
    high: float


NINETY_FIVE = 1.959963984540054
"""How many standard deviations hold 95 of 100 cases."""


def interval(part: int, whole: int) -> Interval | None:
    """Wilson's interval of a measured share, which holds the real one in 95 of 100 cases; None where nothing was.

    It is wide where there are few, and never below nothing or above all.

    >>> f"{interval(8, 10).low:.2f} – {interval(8, 10).high:.2f}"
    '0.49 – 0.94'
    """
    if not whole:
        return None
    rate, squared = part / whole, NINETY_FIVE**2
    middle = (rate + squared / (2 * whole)) / (1 + squared / whole)
    spread = NINETY_FIVE * sqrt(rate * (1 - rate) / whole + squared / (4 * whole**2)) / (1 + squared / whole)
    return Interval(max(0.0, middle - spread) if part else 0.0, min(1.0, middle + spread) if part < whole else 1.0)


class Funnel(NamedTuple):
    """The panel's figures: stages top to bottom, what was closed in the period, target and forecast."""

    stages: tuple[StageFigures, ...]
    won: Tally
    lost: Tally
    invalid: Tally
    weighted: Decimal
    """Weighted forecast 加权预测 of all open leads."""
    target: Tally | None = None
    """Deals and money wanted in the period; None where nobody set one."""

    @property
    def won_of_closed(self) -> Fraction | None:
        """Overall conversion of the period: won ÷ all that was closed in it."""
        return share(self.won.count, self.won.count + self.lost.count + self.invalid.count)

    @property
    def attainment(self) -> Fraction | None:
        """Won amount ÷ target amount."""
        return Fraction(self.won.amount) / Fraction(self.target.amount) if self.target and self.target.amount else None

    @property
    def coverage(self) -> Fraction | None:
        """Open weighted amount ÷ what is missing to target; None where nothing is missing."""
        missing = self.target.amount - self.won.amount if self.target else NOTHING
        return Fraction(self.weighted) / Fraction(missing) if missing > 0 else None


def figures(
    playbook: Playbook,
    stock: Mapping[str, Tally],
    entries: Mapping[str, int],
    exits: Mapping[tuple[str, Way], int],
    closed: Mapping[Kind, Tally],
    target: Tally | None = None,
) -> Funnel:
    """The funnel from counts that somebody kept: the database's counters, or `counted` over raw moves.

    Args:
        playbook: whose stages are shown.
        stock: open leads by stage, now.
        entries: entries by stage in the period.
        exits: leavers by stage and way, each lead once for a stage.
        closed: leads that were closed in the period and stayed so, by kind.
        target: what is wanted in the period.
    """
    ways: dict[str, dict[Way, int]] = defaultdict(dict)
    for (stage, way), count in exits.items():
        ways[stage][way] = count
    rows = tuple(
        StageFigures(stage.code, stock.get(stage.code, Tally()), entries.get(stage.code, 0), ways[stage.code])
        for stage in playbook.stages
    )
    won, lost, invalid = (closed.get(kind, Tally()) for kind in (Kind.WON, Kind.LOST, Kind.INVALID))
    return Funnel(rows, won, lost, invalid, weighted_forecast(playbook, stock), target)


def counted(
    playbook: Playbook,
    stock: Mapping[str, Tally],
    moves: Sequence[Move],
    since: datetime,
    until: datetime,
    target: Tally | None = None,
) -> Funnel:
    """The funnel counted from raw moves: the definition that every faster way is held against."""
    entries = Counter(move.to for move in moves if since <= move.at < until)
    leavers = last_exits(moves, since, until)
    exits = Counter((exit.stage, exit.way) for exit in leavers)
    closed: dict[Kind, Tally] = defaultdict(Tally)
    for exit in leavers:
        if exit.is_final and exit.to in (LOST, INVALID):
            closed[Kind(exit.to)] += Tally(1, exit.amount)
    closed[Kind.WON] = sum((Tally(1, move.amount) for move in sales(playbook, moves, since, until)), Tally())
    return figures(playbook, stock, entries, exits, closed, target)


def sales(playbook: Playbook, moves: Iterable[Move], since: datetime, until: datetime) -> list[Move]:
    """The sales of [since, until): a lead's last one, where the lead is a customer still at the period's end.

    What follows the sale on the way down, delivery or buying again, neither undoes it nor is another one.
    """
    sold: dict[int, Move] = {}
    for move in moves:
        if since <= move.at < until:
            if playbook.is_sale(move.origin, move.to):
                sold[move.lead] = move
            elif playbook.kind(move.to) is not Kind.WON:
                sold.pop(move.lead, None)
    return list(sold.values())


def won_cycles(playbook: Playbook, moves: Iterable[Move], since: datetime, until: datetime) -> list[timedelta]:
    """The cycle of each deal won in [since, until), and still won at its end: whole days from entering the funnel."""
    moves = list(moves)
    entered: dict[int, datetime] = {}
    for move in moves:
        entered.setdefault(move.lead, move.at)
    return [timedelta(days=days_between(entered[move.lead], move.at)) for move in sales(playbook, moves, since, until)]


def median(spans: Sequence[timedelta]) -> timedelta | None:
    """The middle of several times, or the mean of the two in the middle.

    >>> median([timedelta(days=9), timedelta(days=2), timedelta(days=4), timedelta(days=3)])
    datetime.timedelta(days=3, seconds=43200)
    """
    ordered, middle = sorted(spans), len(spans) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in whole days; None where there was nothing."""

    count: int = 0
    total: int = 0
    """Days of all together."""
    median: Fraction | None = None
    p90: int | None = None
    """The days within which nine of ten were through."""

    @property
    def mean(self) -> Fraction | None:
        """The average, exact."""
        return share(self.total, self.count)


def times(counts: Mapping[int, int]) -> Times:
    """What counts of whole days say: so many were through after so many days.

    >>> times({2: 1, 3: 1, 4: 1, 9: 1})
    Times(count=4, total=18, median=Fraction(7, 2), p90=9)
    """
    days = sorted(counts)
    passed = list(accumulate(counts[one] for one in days))
    if not passed or not passed[-1]:
        return Times()
    count = passed[-1]

    def place(wanted: int) -> int:
        """The days of the one in that place, 1 first."""
        return days[bisect_left(passed, wanted)]

    middle = Fraction(place((count + 1) // 2) + place(count // 2 + 1), 2)
    return Times(count, sum(one * counts[one] for one in days), middle, place(-(-count * 9 // 10)))


def stage_times(exits: Iterable[Exit]) -> dict[str, Times]:
    """Stage time 平均阶段耗时: how long the leavers of each stage had been in it."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for exit in exits:
        if exit.days is not None:
            counts[exit.stage][exit.days] += 1
    return {stage: times(own) for stage, own in counts.items()}


@dataclass(frozen=True, slots=True)
class Reach:
    """Reach of a stage (step ratio): what became of the leads that entered it in a period, each once, until now."""

    entered: int = 0
    reached: int = 0
    """Entered a later stage since."""
    open: int = 0
    """Did not, and still may: they are on their way."""
    won: int = 0
    """Are customers now."""

    def __add__(self, other: Reach) -> Reach:
        return Reach(
            self.entered + other.entered, self.reached + other.reached, self.open + other.open, self.won + other.won
        )

    @property
    def ratio(self) -> Fraction | None:
        """Reached ÷ entered; None when nobody entered."""
        return share(self.reached, self.entered)

    @property
    def won_ratio(self) -> Fraction | None:
        """Won ÷ entered: of the first stage, the overall conversion of this cohort."""
        return share(self.won, self.entered)


def reaches(playbook: Playbook, moves: Iterable[Move], since: datetime, until: datetime) -> dict[str, Reach]:
    """The reach of every stage over those that entered it in [since, until), from all that was on record since."""
    found = {stage.code: Reach() for stage in playbook.stages}
    order = list(found)
    for own in _by_lead(moves).values():
        stands = own[-1].to
        is_won = stands in found and playbook.kind(stands) is Kind.WON
        is_open = stands not in (LOST, INVALID) and not is_won
        for code in {move.to for move in own if since <= move.at < until} & found.keys():
            first = next(place for place, move in enumerate(own) if move.to == code and since <= move.at)
            later = order[order.index(code) + 1 :]
            has_reached = any(move.to in later for move in own[first + 1 :])
            found[code] += Reach(1, has_reached, is_open and not has_reached, is_won)
    return found


def worst(playbook: Playbook, funnel: Funnel) -> StageFigures | None:
    """The stage on the way to the sale with the highest loss rate; of equals the one that more left, then the upper."""
    rows = [row for row in funnel.stages if row.left and playbook.kind(row.stage) is Kind.OPEN]
    return max(rows, key=lambda row: (row.loss, row.left), default=None)


def lost_rate(playbook: Playbook, funnel: Funnel) -> Fraction | None:
    """Lost rate 丢单率 of a whole funnel: of all that left a stage on the way to the sale, those closed as lost."""
    rows = [row for row in funnel.stages if playbook.kind(row.stage) is Kind.OPEN]
    return share(sum(row.lost for row in rows), sum(row.left for row in rows))


# ── bridge ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Line(StrEnum):
    """A line of the bridge between two moments: why a stage's leads, or their money, are not what they were."""

    ENTERED = "entered"
    """Came new, or on from a stage above."""
    RETURNED = "returned"
    """Came back from a stage below, or was opened again."""
    IMPORTED = "imported"
    """Came new with a list."""
    TAKEN_OVER = "taken_over"
    """Transferred in: from somebody outside of the selection."""
    HANDED_OVER = "handed_over"
    """Transferred out: to somebody outside of it."""
    ADVANCED = "advanced"
    """Went on, the sale included."""
    BACK = "back"
    """Went back; a closed one was opened again."""
    LOST = "lost"
    INVALID = "invalid"
    VOIDED = "voided"
    """All that the other lines hold and that was taken back since."""
    EDITED = "edited"
    """Expected amounts that were changed: money alone."""

    @property
    def sign(self) -> int:
        """1 for what comes into a stage, -1 for what goes out of it."""
        return -1 if self in GOING else 1


GOING = frozenset({Line.HANDED_OVER, Line.ADVANCED, Line.BACK, Line.LOST, Line.INVALID, Line.VOIDED})
COMES_BY = {Way.BACK: Line.RETURNED, Way.REOPEN: Line.RETURNED}
GOES_BY = {Way.BACK: Line.BACK, Way.REOPEN: Line.BACK, Way.LOST: Line.LOST, Way.INVALID: Line.INVALID}


class Change(NamedTuple):
    """What one event changes in one stage: a move changes the one that it leaves and the one that it enters."""

    at: datetime
    stage: str
    line: Line
    tally: Tally
    """Leads and money that come or go; of an edit nobody, and by how much the money grew."""
    is_voided: bool = False
    """The event was taken back since."""


def moved(move: Move, *, is_imported: bool = False, is_voided: bool = False) -> Iterator[Change]:
    """What a move changes."""
    tally = Tally(1, move.amount)
    if move.origin is not None:
        yield Change(move.at, move.origin, GOES_BY.get(move.way, Line.ADVANCED), tally, is_voided)
    is_new = move.origin is None and is_imported
    yield Change(move.at, move.to, Line.IMPORTED if is_new else COMES_BY.get(move.way, Line.ENTERED), tally, is_voided)


def handed(
    at: datetime, stage: str, amount: Decimal, *, was_in: bool, is_in: bool, is_voided: bool = False
) -> Iterator[Change]:
    """What a lead changes that goes from hand to hand: nothing, where both are in the selection or neither is."""
    if was_in != is_in:
        yield Change(at, stage, Line.TAKEN_OVER if is_in else Line.HANDED_OVER, Tally(1, amount), is_voided)


def edited(at: datetime, stage: str, before: Decimal, after: Decimal, *, is_voided: bool = False) -> Change:
    """What another expected amount changes."""
    return Change(at, stage, Line.EDITED, Tally(0, after - before), is_voided)


@dataclass(frozen=True, slots=True)
class StageBridge:
    """One stage between two moments."""

    stage: str
    opening: Tally = Tally()
    lines: Mapping[Line, Tally] = field(default_factory=dict)
    """What came and went, without its sign; `EDITED` and `VOIDED` may be below nothing. A line without events is not
    in it."""

    def line(self, line: Line) -> Tally:
        """What it holds; nothing, where nothing happened."""
        return self.lines.get(line, Tally())

    @property
    def closing(self) -> Tally:
        """Opening + all that came - all that went ± what was edited."""
        count, amount = self.opening.count, self.opening.amount
        for line, tally in self.lines.items():
            count, amount = count + line.sign * tally.count, amount + line.sign * tally.amount
        return Tally(count, amount)

    def __add__(self, other: StageBridge) -> StageBridge:
        lines = {line: self.line(line) + other.line(line) for line in (*self.lines, *other.lines)}
        return StageBridge(self.stage, self.opening + other.opening, lines)


class Bridge(NamedTuple):
    """What stood in each stage at one moment, what happened, and what stood there at the next.

    It counts events: a lead that bounces has entered as often as it came in.
    """

    stages: tuple[StageBridge, ...]
    """The playbook's, top to bottom, then lost and invalid, then stages that are no more and once held leads."""

    @property
    def whole(self) -> StageBridge:
        """All stages together; what went on from one has entered another."""
        return sum(self.stages, StageBridge(""))


def bridge(
    playbook: Playbook,
    changes: Iterable[Change],
    since: datetime,
    until: datetime,
    *,
    shows_voided: bool = False,
) -> Bridge:
    """The bridge over [since, until).

    What was taken back since has happened neither before nor in the period: opening and closing are without it. The
    lines are without it, too, or hold it and take it back in one of their own, as is asked for; both close alike.

    Args:
        playbook: whose stages are shown.
        changes: everything on record of the selection, or at least all that was before `until`.
        since: the opening's moment.
        until: the closing's moment.
        shows_voided: whether the lines hold what was taken back.
    """
    openings: dict[str, Tally] = defaultdict(Tally)
    lines: dict[str, dict[Line, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for change in changes:
        if change.at >= until:
            continue
        if change.at < since:
            if not change.is_voided:
                openings[change.stage] += _signed(change)
        elif not change.is_voided or shows_voided:
            lines[change.stage][change.line] += change.tally
            if change.is_voided:
                lines[change.stage][Line.VOIDED] += _signed(change)
    return bridged(playbook, openings, lines)


def bridged(playbook: Playbook, openings: Mapping[str, Tally], lines: Mapping[str, Mapping[Line, Tally]]) -> Bridge:
    """The bridge from sums that somebody kept, by stage."""
    known = (*(stage.code for stage in playbook.stages), LOST, INVALID)
    gone = sorted({code for code in (*openings, *lines) if code not in known})
    rows = [StageBridge(code, openings.get(code, Tally()), lines.get(code, {})) for code in (*known, *gone)]
    return Bridge(tuple(row for row in rows if row.stage in known or row.lines or row.opening != Tally()))


def stood(changes: Iterable[Change], until: datetime) -> dict[str, Tally]:
    """The leads in each stage at a moment, what happens at it left out; stages where nobody stands are not in it."""
    stock: dict[str, Tally] = defaultdict(Tally)
    for change in changes:
        if change.at < until and not change.is_voided:
            stock[change.stage] += _signed(change)
    return {stage: tally for stage, tally in stock.items() if tally != Tally()}


def _signed(change: Change) -> Tally:
    sign = change.line.sign
    return Tally(sign * change.tally.count, sign * change.tally.amount)


# ── counts above the leads ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LayerFigures:
    """One layer over a period, against its benchmark."""

    layer: str
    count: int | None
    """None where nobody counted it."""
    rate: Fraction | None
    """Of the layer above; of the first layer, how many a day. None where there is nothing to divide by."""
    benchmark: Fraction | None

    @property
    def is_low(self) -> bool:
        """Below the benchmark; what nobody counted is not."""
        return self.rate is not None and self.benchmark is not None and self.rate < self.benchmark


def head(playbook: Playbook, counts: Mapping[str, int], days: int) -> tuple[LayerFigures, ...]:
    """The head of a funnel, layer by layer, from the counts of a period.

    Args:
        playbook: its layers.
        counts: by the layer's code.
        days: on how many days each channel was counted, all channels together.
    """
    found, above = [], Fraction(days)
    for place, layer in enumerate(playbook.layers):
        count = counts.get(layer.code)
        benchmark = None if layer.benchmark is None else Fraction(layer.benchmark) / (100 if place else 1)
        rate = Fraction(count) / above if count is not None and above else None
        found.append(LayerFigures(layer.code, count, rate, benchmark))
        above = Fraction(count or 0)
    return tuple(found)


# ── forecast ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def weighted_forecast(playbook: Playbook, stock: Mapping[str, Tally]) -> Decimal:
    """Σ amount × win probability over the open stages; sold, lost and invalid leads are in no forecast."""
    return sum(
        (
            stock[stage.code].amount * stage.probability / 100
            for stage in playbook.stages
            if stage.code in stock and playbook.kind(stage.code) is Kind.OPEN
        ),
        NOTHING,
    )


def chances(steps: Iterable[Step]) -> dict[str, Fraction]:
    """The chance of a sale from each level by the steps' rates: the product of the rates from there down.

    Steps that are not measured count with their planned rate.
    """
    found, chance = {}, Fraction(1)
    for step in reversed(tuple(steps)):
        chance *= step.rate
        found[step.stage] = chance
    return found


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the open leads that are expected in one span are worth. The looks of several spans, or of parts, add up."""

    best: Tally = Tally()
    """Best case: all that is open."""
    commit: Tally = Tally()
    """What stands in the last level before the sale."""
    deals: Fraction = Fraction(0)
    """Σ win probability, by the playbook."""
    weighted: Decimal = NOTHING
    """Σ amount × win probability 加权预测, by the playbook."""
    measured_deals: Fraction = Fraction(0)
    """Σ chance by measured conversion."""
    measured: Fraction = Fraction(0)
    """Σ amount × chance by measured conversion."""

    def __add__(self, other: Outlook) -> Outlook:
        return Outlook(
            self.best + other.best,
            self.commit + other.commit,
            self.deals + other.deals,
            self.weighted + other.weighted,
            self.measured_deals + other.measured_deals,
            self.measured + other.measured,
        )


def outlook(playbook: Playbook, stock: Mapping[str, Tally], chances: Mapping[str, Fraction]) -> Outlook:
    """The forecast of some leads by the stages that they stand in; sold, lost and invalid ones are in none.

    Args:
        playbook: its probabilities, and which of its stages are open.
        stock: leads by stage, those of one expected month for instance.
        chances: by level, as `chances` has them from measured conversion.
    """
    open_leads = {code: tally for code, tally in stock.items() if playbook.kind(code) is Kind.OPEN}
    last = levels(playbook)[-1:]
    return Outlook(
        best=sum(open_leads.values(), Tally()),
        commit=sum((open_leads.get(stage.code, Tally()) for stage in last), Tally()),
        deals=sum(
            (Fraction(tally.count * playbook.probability(code), 100) for code, tally in open_leads.items()), Fraction(0)
        ),
        weighted=weighted_forecast(playbook, open_leads),
        measured_deals=sum((tally.count * chances[code] for code, tally in open_leads.items()), Fraction(0)),
        measured=sum((Fraction(tally.amount) * chances[code] for code, tally in open_leads.items()), Fraction(0)),
    )


class Danger(StrEnum):
    """Why an open lead may not be won when it is expected."""

    DATE_PAST = "date_past"
    """The day on which the deal was expected is over."""
    PROMISE_MISSED = "promise_missed"
    """A promise to the customer is past, and nobody kept it."""
    PAST_DWELL = "past_dwell"
    """Longer in its stage than the playbook allows."""
    SILENCE = "silence"
    """Nobody touched it for the playbook's silent days, and nothing is promised."""
    MOVED_BACK = "moved_back"
    """Its last move was back."""


class Hope(StrEnum):
    """What to expect of an open lead."""

    WILL_BE_WON = "will_be_won"
    """It stands in the last level, and nothing endangers it."""
    IN_DANGER = "in_danger"
    OPEN = "open"
    """On its way, and nothing endangers it."""


class Prospect(NamedTuple):
    """An open lead as the forecast looks at it."""

    stage: str
    stage_since: datetime
    expected_on: date | None = None
    touched_at: datetime | None = None
    promised_at: datetime | None = None
    has_moved_back: bool = False
    """Whether its last move was back."""


def dangers(playbook: Playbook, lead: Prospect, now: datetime, today: date) -> tuple[Danger, ...]:
    """Everything that endangers an open lead, the worst first; nothing where all goes its way.

    Args:
        playbook: its dwell limits and silent days.
        lead: the lead.
        now: this moment.
        today: the floor's day.
    """
    dwell, last = playbook.stage(lead.stage).dwell_days, lead.touched_at or lead.stage_since
    is_silent = lead.promised_at is None and now - last >= timedelta(days=playbook.silence_days)
    found = {
        Danger.DATE_PAST: lead.expected_on is not None and lead.expected_on < today,
        Danger.PROMISE_MISSED: lead.promised_at is not None and lead.promised_at < now,
        Danger.PAST_DWELL: dwell is not None and now - lead.stage_since >= timedelta(days=dwell),
        Danger.SILENCE: is_silent,
        Danger.MOVED_BACK: lead.has_moved_back,
    }
    return tuple(danger for danger, is_there in found.items() if is_there)


def hope(playbook: Playbook, stage: str, found: Collection[Danger]) -> Hope:
    """What to expect of an open lead in a stage, with the dangers that were found."""
    if found:
        return Hope.IN_DANGER
    return Hope.WILL_BE_WON if levels(playbook)[-1].code == stage else Hope.OPEN


# ── vital signs and shape ─────────────────────────────────────────────────────────────────────────────────────────────


class Width(NamedTuple):
    """Width 粗细: whether the funnel holds enough for what the target still wants."""

    promised: Decimal
    """What the open leads are worth by their probabilities: money, or deals where the target names no money."""
    missing: Decimal | None
    """To the target, never less than nothing; None where nobody set one."""
    is_money: bool

    @property
    def ratio(self) -> Fraction | None:
        """Promised ÷ missing; None where nothing is missing, or nothing wanted."""
        return Fraction(self.promised) / Fraction(self.missing) if self.missing else None


class Step(NamedTuple):
    """The step from one level to the next: how many leavers go on, against the plan."""

    stage: str
    to: str
    planned: Fraction
    measured: Fraction | None
    """None while too few left to tell."""

    @property
    def rate(self) -> Fraction:
        """The planned rate until history speaks."""
        return self.planned if self.measured is None else self.measured

    @property
    def ratio(self) -> Fraction | None:
        """Measured ÷ planned; None where either is not known."""
        return self.measured / self.planned if self.measured is not None and self.planned else None


class Slope(NamedTuple):
    """Slope 斜率: how conversion falls from level to level, which shows skill."""

    steps: tuple[Step, ...]

    @property
    def weakest(self) -> Step | None:
        """The step furthest below its plan, the upper one of equals; None while none is measured."""
        return min((step for step in self.steps if step.ratio is not None), key=_ratio, default=None)


def _ratio(step: Step) -> Fraction:
    assert step.ratio is not None
    return step.ratio


class Bottleneck(NamedTuple):
    """The step that holds a funnel up, and what shows it."""

    step: Step
    """Measured, and below its plan."""
    leavers: StageFigures
    """Who left its level, and which way."""

    @property
    def missed(self) -> Fraction:
        """Leads that would have gone on too if the step were as planned."""
        return self.step.planned * self.leavers.left - self.leavers.forward


def bottleneck(playbook: Playbook, funnel: Funnel) -> Bottleneck | None:
    """The step furthest below its plan; None while too few left to tell, and where every step is as planned."""
    step = Slope(steps(playbook, funnel)).weakest
    if step is None or _ratio(step) >= 1:
        return None
    return Bottleneck(step, next(row for row in funnel.stages if row.stage == step.stage))


@dataclass(frozen=True, slots=True)
class Level:
    """A level of open leads, and how many there would be if all were in proportion."""

    stage: str
    count: int
    ideal: Fraction

    @property
    def fill(self) -> Fraction:
        """Count ÷ ideal; nothing in an empty funnel."""
        return self.count / self.ideal if self.ideal else Fraction(0)


class Evenness(NamedTuple):
    """Evenness 均匀: how the levels are filled against the ideal, each smaller than the one above by its conversion."""

    levels: tuple[Level, ...]

    @property
    def thinnest(self) -> Level | None:
        """The level with the least of what it should hold, the upper one of equals; None in an empty funnel."""
        return min(self.levels, key=lambda level: level.fill) if any(level.count for level in self.levels) else None

    @property
    def ratio(self) -> Fraction | None:
        """Fill of the thinnest level ÷ that of the fullest: 1 in proportion, 0 where a level is empty."""
        thinnest = self.thinnest
        return thinnest.fill / max(level.fill for level in self.levels) if thinnest else None


class Flow(NamedTuple):
    """Flow 流速: how fast deals are won."""

    median: timedelta | None
    """From entering the funnel to the sale, over the deals won in the period; None where none was."""
    before: timedelta | None
    """The same of the period before."""

    @property
    def change(self) -> timedelta | None:
        """How much longer a deal takes now; less than nothing where it is faster."""
        return self.median - self.before if self.median is not None and self.before is not None else None


class Vitals(NamedTuple):
    """The four vital signs of a funnel over a period."""

    width: Width
    slope: Slope
    evenness: Evenness
    flow: Flow


def vitals(
    playbook: Playbook, funnel: Funnel, cycles: Sequence[timedelta] = (), before: Sequence[timedelta] = ()
) -> Vitals:
    """The four vital signs from the figures of a period and the cycles of the deals won in it and in the one before."""
    slope = Slope(steps(playbook, funnel))
    return Vitals(width(playbook, funnel), slope, evenness(playbook, funnel), Flow(median(cycles), median(before)))


def levels(playbook: Playbook) -> tuple[Stage, ...]:
    """The stages on the way to the first sale, top to bottom; what follows it is no way to an order."""
    return playbook.stages[: playbook.sale]


def width(playbook: Playbook, funnel: Funnel) -> Width:
    """What the open leads promise against what is missing to the target."""
    target = funnel.target
    if target is None or target.amount:
        missing = None if target is None else max(NOTHING, target.amount - funnel.won.amount)
        return Width(funnel.weighted, missing, is_money=True)
    deals = sum(row.open.count * playbook.probability(row.stage) for row in funnel.stages if _is_open(playbook, row))
    return Width(Decimal(deals) / 100, Decimal(max(0, target.count - funnel.won.count)), is_money=False)


def _is_open(playbook: Playbook, row: StageFigures) -> bool:
    return playbook.kind(row.stage) is Kind.OPEN


def steps(playbook: Playbook, funnel: Funnel) -> tuple[Step, ...]:
    """The steps from level to level down to the sale, measured where enough leads left."""
    enough, of_stage = playbook.bounds.enough_leavers, {row.stage: row for row in funnel.stages}
    found = []
    for stage in levels(playbook):
        row, following = of_stage[stage.code], playbook.after(stage.code)
        measured = row.conversion if row.left >= enough else None
        found.append(
            Step(stage.code, following.code if following else "", Fraction(stage.promotion_rate, 100), measured)
        )
    return tuple(found)


SCARCE = Fraction(1, 100)
"""A step that nobody passes counts as this, else the levels below it would be ideal when empty."""


def evenness(playbook: Playbook, funnel: Funnel) -> Evenness:
    """The open leads of each level, and the same number of leads spread in the ratio of the conversion rates.

    Rates of 50 % and 20 % make 10 : 5 : 1.
    """
    open_leads = {row.stage: row.open.count for row in funnel.stages}
    part, parts = Fraction(1), []
    for step in steps(playbook, funnel):
        parts.append((step.stage, part))
        part *= max(step.rate, SCARCE)
    each = Fraction(sum(open_leads[code] for code, _ in parts)) / sum(share for _, share in parts) if parts else part
    return Evenness(tuple(Level(code, open_leads[code], share * each) for code, share in parts))


def shape(playbook: Playbook, funnel: Funnel, passed: Fraction) -> Shape | None:
    """Which shape the funnel has, by the levels' fill and the orders; None where no one word says it.

    The levels are seen in three parts: the middle one (C of E…A), what is above and what is below. An upper half that
    is thin against the lower one drains; a middle that is thin against the top is a gap; a middle against which top
    and lower half are thin is clogged; and where no level is thin against any other, the funnel is ideal.

    Args:
        playbook: its levels and bounds.
        funnel: the figures of the period so far.
        passed: the share of the period that is over, 0 to 1: so much of the target should be sold by now.
    """
    even = evenness(playbook, funnel)
    if even.ratio is None:
        return None
    middle, thin = len(even.levels) // 2, Fraction(playbook.bounds.thin_percent, 100)
    top, bulge, upper = (
        _fill(part) for part in (even.levels[:1], even.levels[middle : middle + 1], even.levels[: middle + 1])
    )
    lower = _fill(even.levels[middle + 1 :])
    if not orders_come(playbook, funnel, passed):
        return Shape.CLOGGED if top < thin * bulge and lower <= thin * bulge else None
    if upper < thin * lower:
        return Shape.DRAINING
    if bulge < thin * top:
        return Shape.GAP_AHEAD
    return Shape.IDEAL if even.ratio >= thin else None


def _fill(part: Sequence[Level]) -> Fraction:
    ideal = sum(level.ideal for level in part)
    return Fraction(sum(level.count for level in part)) / ideal if ideal else Fraction(0)


def orders_come(playbook: Playbook, funnel: Funnel, passed: Fraction) -> bool:
    """Whether as much is sold as should be by now; without a target, as the last level lets expect."""
    wanted, sold = Fraction(0), Fraction(funnel.won.count)
    if funnel.target is None:
        *_, last = evenness(playbook, funnel).levels
        wanted = last.count * max(steps(playbook, funnel)[-1].rate, SCARCE)
    elif funnel.target.amount:
        wanted, sold = Fraction(funnel.target.amount), Fraction(funnel.won.amount)
    else:
        wanted = Fraction(funnel.target.count)
    return sold >= wanted * passed * Fraction(playbook.bounds.orders_percent, 100)


# ── backward planning ─────────────────────────────────────────────────────────────────────────────────────────────────


def deals_wanted(missing: Tally, size: Fraction | None) -> Fraction | None:
    """How many deals bring what is missing to a target, in deals and in money, whichever takes more.

    Args:
        missing: to the target; nothing where it names no such thing.
        size: what a deal brings; None where none was ever won.

    Returns:
        None where money is wanted and nobody knows what a deal brings.
    """
    if missing.amount <= 0:
        return Fraction(max(0, missing.count))
    if not size:
        return None
    return max(Fraction(missing.count), Fraction(missing.amount) / size)


class Need(NamedTuple):
    """What a level must hold so that the target's orders come of it 倒推法."""

    stage: str
    rate: Fraction
    """The conversion that was reckoned with."""
    is_measured: bool
    """Else it is the playbook's planned rate."""
    needed: Fraction | None
    """Leads; None where nobody goes on from this level or one below, so that no number is enough."""
    stock: int
    """Open leads in the level now."""

    @property
    def gap(self) -> int | None:
        """Whole leads that are lacking."""
        return None if self.needed is None else max(0, ceil(self.needed) - self.stock)


def needs(steps: Sequence[Step], stock: Mapping[str, Tally], deals: Fraction) -> tuple[Need, ...]:
    """Backward planning 倒推法: need(level) = need(next level) ÷ conversion(level), from the orders up.

    Args:
        steps: from level to level down to the sale, planned rates where nothing is measured.
        stock: open leads by stage.
        deals: orders that are wanted still.
    """
    found: list[Need] = []
    needed: Fraction | None = deals
    for step in reversed(steps):
        if needed:
            needed = needed / step.rate if step.rate else None
        held = stock.get(step.stage, Tally()).count
        found.append(Need(step.stage, step.rate, step.measured is not None, needed, held))
    return tuple(reversed(found))


class Range(NamedTuple):
    """A whole number that is likely, and between which it may lie by what was measured."""

    least: int
    likely: int
    most: int


def needs_between(
    steps: Sequence[Step], intervals: Mapping[str, Interval], deals: Fraction
) -> dict[str, tuple[float, float]]:
    """The least and the most that each level may have to hold, by how sure the conversions are.

    The steps' intervals are joined as those of a product are, by the squares of their distances on a logarithmic scale,
    since all of them are hardly ever wrong to the same side. Levels that no number fills are left out.

    Args:
        steps: as for `needs`.
        intervals: of the conversions, by level; a step that is not measured is taken as planned.
        deals: orders that are wanted still.
    """
    found: dict[str, tuple[float, float]] = {}
    needed, above, below = float(deals), 0.0, 0.0
    for step in reversed(steps):
        if not step.rate:
            break
        rate, interval = float(step.rate), intervals.get(step.stage)
        if step.measured is not None and interval is not None:
            above += log(interval.high / rate) ** 2
            below += log(rate / interval.low) ** 2
        needed /= rate
        found[step.stage] = (needed * exp(-sqrt(above)), needed * exp(sqrt(below)))
    return found


def _ranged(likely: Fraction, between: tuple[float, float], stock: int, days: int) -> Range:
    """What is lacking to a need on each of some days, in whole leads."""
    low, middle, high = (
        max(0, ceil((needed - stock) / days)) for needed in (Fraction(between[0]), likely, Fraction(between[1]))
    )
    return Range(min(low, middle), middle, max(middle, high))


class Daily(NamedTuple):
    """What is to be done each day that is left."""

    calls: Range | None
    """None where nothing was won yet."""
    to: Mapping[str, Range | None]
    """Leads to bring into each level, new ones into the first; None for a level that no number fills."""

    @property
    def thinnest(self) -> str:
        """The level below the first that lacks most; the one closest to the sale of equals, empty where none does."""
        below = [
            (found.likely, place, stage) for place, (stage, found) in enumerate(self.to.items()) if place and found
        ]
        likely, _, stage = max(below, default=(0, 0, ""))
        return stage if likely else ""


def daily(
    steps: Sequence[Step],
    intervals: Mapping[str, Interval],
    stock: Mapping[str, Tally],
    deals: Fraction,
    calls: tuple[int, int],
    days: int,
) -> Daily:
    """The plan of a day: what is lacking, spread evenly over the days that are left, with how sure that is.

    Args:
        steps: as for `needs`, as are stock and deals.
        intervals: of the measured conversions.
        stock: open leads by stage.
        deals: orders that are wanted still.
        calls: deals won, and the calls that they took.
        days: working days that are left, this one included; 1 at least.
    """
    between, to = needs_between(steps, intervals, deals), dict[str, Range | None]()
    for need in needs(steps, stock, deals):
        likely, nothing = need.needed, (0.0, 0.0)
        to[need.stage] = None if likely is None else _ranged(likely, between.get(need.stage, nothing), need.stock, days)
    sure = interval(*calls) if calls[0] else None
    if sure is None:
        return Daily(None, to)
    wanted = (float(deals) / sure.high, float(deals) / sure.low)
    return Daily(_ranged(deals / Fraction(*calls), wanted, 0, days), to)


def spread(whole: int, days: Sequence[int]) -> tuple[int, ...]:
    """A number of leads over the weeks that are left, by the working days of each; the parts make the whole exactly.

    What does not divide falls to the earlier weeks.

    >>> spread(10, (5, 5, 5)), spread(7, (2, 5)), spread(3, ())
    ((4, 3, 3), (2, 5), ())
    """
    total, before, passed, parts = sum(days), 0, 0, []
    for own in days:
        passed += own
        reached = ceil(Fraction(whole * passed, total)) if total else whole
        parts.append(reached - before)
        before = reached
    return tuple(parts)


class Week(NamedTuple):
    """One week of a plan: what was wanted of it when it began, and what came."""

    days: int
    """Working days of it in the period."""
    wanted: Fraction
    """Deals or money, as the target: of what was missing when it began, the share of its days in those left then."""
    done: Fraction

    @property
    def completion(self) -> Fraction | None:
        """Done ÷ wanted; None where nothing was wanted any more."""
        return self.done / self.wanted if self.wanted else None


def course(target: Fraction, weeks: Sequence[tuple[int, Fraction]]) -> tuple[Week, ...]:
    """The weeks of a period, each planned anew from what was missing when it began.

    Args:
        target: of the period, deals or money.
        weeks: working days and what was done, in order.
    """
    missing, left, found = target, sum(days for days, _ in weeks), []
    for days, done in weeks:
        wanted = max(Fraction(0), missing) * (Fraction(days, left) if left else 1)
        found.append(Week(days, wanted, done))
        missing, left = missing - done, left - days
    return tuple(found)


def shared(whole: int, shown: Sequence[Fraction], unit: int = 1) -> tuple[int, ...]:
    """A team's target shared out by what each has shown; the parts make the whole exactly.

    What does not divide goes to whom it is nearest; where nobody has shown anything, all get the same, the first more.

    Args:
        whole: of the team.
        shown: what each did before, nothing less than 0.
        unit: the parts are multiples of it, but for the one of who has shown most.

    >>> shared(100, [Fraction(3), Fraction(1), Fraction(0)])
    (75, 25, 0)
    >>> shared(10, [Fraction(0)] * 3), shared(105, [Fraction(1)] * 2, 10)
    ((4, 3, 3), (55, 50))
    """
    if not shown:
        return ()
    weights = shown if any(shown) else [Fraction(1)] * len(shown)
    units, total = whole // unit, sum(weights)
    exact = [units * weight / total for weight in weights]
    parts = [floor(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_rest[: units - sum(parts)]:
        parts[place] += 1
    parts = [part * unit for part in parts]
    parts[max(range(len(parts)), key=lambda place: (weights[place], -place))] += whole - sum(parts)
    return tuple(parts)


# ── the day the orders dry up ─────────────────────────────────────────────────────────────────────────────────────────

HORIZON = 365
"""Days that the stock is rolled forward."""
UNKNOWN_DAYS = 7
"""What a level takes of which the playbook says nothing."""


class Passage(NamedTuple):
    """How leads pass a level: how many go on, and after how many days."""

    stage: str
    rate: Fraction
    days: Mapping[int, int]
    """Whole days in the level → leads that went on after so many; any weights will do."""

    @property
    def mean_days(self) -> Fraction:
        """What it takes on average."""
        return Fraction(sum(day * count for day, count in self.days.items()), sum(self.days.values()))


def planned_days(stage: Stage) -> dict[int, int]:
    """The days of a `Passage` while history is silent: evenly from none to twice what the playbook expects.

    Where it expects nothing, half of the dwell limit is taken, and a week where there is none.
    """
    days = stage.expected_days
    if days is None:
        days = UNKNOWN_DAYS if stage.dwell_days is None else stage.dwell_days // 2
    return dict.fromkeys(range(2 * days + 1), 1)


Ages = Mapping[int, int]
"""Whole days in the level so far → leads."""
Draws = Sequence[Sequence[Sequence[float]]]
"""Numbers of [0, 1), `HORIZON` of them for each run: such runs for each level from the top, and once more."""


class Drought(NamedTuple):
    """When orders have dried up: over `days` fewer come than `least`."""

    days: int
    least: int

    def begins(self, orders: Sequence[int]) -> int:
        """The first day of a drought in the orders of each day; as many as there are days where none is seen whole."""
        within = sum(orders[: self.days])
        for day in range(len(orders) - self.days + 1):
            if within < self.least:
                return day
            within += sum(orders[day + self.days : day + self.days + 1]) - orders[day]
        return len(orders)


def drought(bounds: Bounds, pace: Fraction) -> Drought:
    """The drought of a floor that sells so many a day: less than a thin share of it, in any case none at all."""
    return Drought(bounds.dry_days, max(1, ceil(pace * bounds.dry_days * bounds.thin_percent / 100)))


class Push(NamedTuple):
    """More leads in one level, and when the orders would dry up then."""

    stage: str
    leads: int
    """As many as bring the least orders of a drought's days."""
    day: int | None


class DryDay(NamedTuple):
    """The day the orders dry up 断单日 if nobody refills the funnel, in days from today; None: not within `HORIZON`."""

    early: int | None
    """One run in ten is over by then."""
    day: int | None
    """The middle one of all runs."""
    late: int | None
    """Nine runs in ten are over by then."""
    cause: str
    """The level that lacks most of what would bring orders then."""
    drought: Drought
    orders: tuple[float, ...]
    """Expected for each day."""
    pushes: tuple[Push, ...]
    """What would move the day, level by level."""


def dry_day(
    passages: Sequence[Passage], stock: Mapping[str, Ages], pace: Fraction, bounds: Bounds, draws: Draws
) -> DryDay:
    """Rolls the stock forward, level by level down to the sale, once for each run of the draws.

    A lead goes on with its level's rate, after the days that others took; one that is there already takes what is left
    of them, and one that outstayed everybody takes as long again as a new one. Who does not go on is gone.

    Args:
        passages: the levels from the top down to the sale.
        stock: open leads by level.
        pace: orders a day that are usual, or wanted.
        bounds: of the playbook.
        draws: chance itself; the same draws give the same days, and more leads never an earlier one.
    """
    limit, roads = drought(bounds, pace), _roads(passages)
    held = [stock.get(passage.stage, {}) for passage in passages]
    counts, arrivals = [sum(ages.values()) for ages in held], list(map(_arrivals, passages, held, roads[1:]))
    runs = [[0] * HORIZON for _ in draws[0]]
    for count, chances, own in zip(counts, arrivals, draws, strict=False):
        runs = _with_orders(runs, count, chances, own)
    days = sorted(map(limit.begins, runs))
    orders = [[count * chance for chance in chances] for count, chances in zip(counts, arrivals, strict=True)]
    return DryDay(
        _day(days, 1),
        _day(days, 5),
        _day(days, 9),
        _cause(passages, orders, roads, max(pace, Fraction(limit.least, limit.days)), limit, days[len(days) // 2]),
        limit,
        tuple(map(sum, zip(*orders, strict=True))),
        tuple(_pushes(passages, runs, roads, limit, draws[len(passages)])),
    )


def _pushes(
    passages: Sequence[Passage],
    runs: Sequence[Sequence[int]],
    roads: Sequence[Sequence[float]],
    limit: Drought,
    draws: Sequence[Sequence[float]],
) -> Iterator[Push]:
    for passage, road in zip(passages, roads, strict=False):
        if chance := _chance_from(passages, passage.stage):
            leads = ceil(limit.least / chance)
            days = sorted(map(limit.begins, _with_orders(runs, leads, road, draws)))
            yield Push(passage.stage, leads, _day(days, 5))


def _day(days: Sequence[int], tenth: int) -> int | None:
    found = days[len(days) * tenth // 10]
    return None if found >= HORIZON else found


def _chance_from(passages: Sequence[Passage], stage: str) -> Fraction:
    chance, is_below = Fraction(1), False
    for passage in passages:
        is_below = is_below or passage.stage == stage
        chance *= passage.rate if is_below else 1
    return chance


def _roads(passages: Sequence[Passage]) -> list[list[float]]:
    """For each level, and for the sale itself: how likely a lead that enters it is sold on which day from then."""
    road = [1.0] + [0.0] * (HORIZON - 1)
    roads = [road]
    for passage in reversed(passages):
        road = _after(_shares(passage.days), road, float(passage.rate))
        roads.append(road)
    return roads[::-1]


def _arrivals(passage: Passage, ages: Mapping[int, float], road: Sequence[float]) -> list[float]:
    """How likely one of the leads that stand in a level is sold on which day from today, by the road from its end."""
    times, left = _shares(passage.days), [0.0] * HORIZON
    beyond, whole = _beyond(times), sum(ages.values())
    for age, count in ages.items():
        since = age if age < len(times) else 0
        for day in range(since, min(len(times), since + HORIZON)):
            left[day - since] += count / whole * times[day] / beyond[since]
    return _after(left, road, float(passage.rate))


def _beyond(times: Sequence[float]) -> list[float]:
    """The shares that take so many days or more."""
    return list(accumulate(reversed(times)))[::-1]


def _shares(days: Mapping[int, int]) -> list[float]:
    whole = sum(days.values())
    return [days.get(day, 0) / whole for day in range(max(days) + 1)]


def _after(wait: Sequence[float], road: Sequence[float], rate: float) -> list[float]:
    """A road that begins after a wait, for the share of leads that take it."""
    found = [0.0] * HORIZON
    for day, share in enumerate(wait[:HORIZON]):
        if share:
            for further in range(HORIZON - day):
                found[day + further] += rate * share * road[further]
    return found


def _with_orders(
    runs: Sequence[Sequence[int]], count: int, chances: Sequence[float], draws: Sequence[Sequence[float]]
) -> list[list[int]]:
    """The orders of each day in each run, and those that some leads more bring, each on one day or never."""
    shares, left = [], 1.0
    for chance in chances:
        shares.append(min(1.0, chance / left) if left > 0 else 0.0)
        left -= chance
    return [
        [before + own for before, own in zip(run, _orders(count, shares, own), strict=True)]
        for run, own in zip(runs, draws, strict=True)
    ]


def _orders(count: int, shares: Sequence[float], draws: Sequence[float]) -> Iterator[int]:
    for share, draw in zip(shares, draws, strict=True):
        sold = binomial(count, share, draw)
        count -= sold
        yield sold


EXACT = 100
"""A spread of so many leads squared, and more, is that of a normal distribution as far as anybody sees."""
HARDLY = 1e-12
"""What is rarer than this does not happen; sums of so many shares are no closer to 1."""


def binomial(count: int, chance: float, draw: float) -> int:
    """How many of some leads do what each does with a chance: the quantile of that binomial distribution.

    Of one lead more as many do it, or one more, by the same draw.

    >>> [binomial(10, 0.5, draw) for draw in (0.0, 0.1, 0.5, 0.9, 0.999999)], binomial(10_000, 0.5, 0.5)
    ([0, 3, 5, 7, 10], 5000)
    """
    if not count or chance <= 0:
        return 0
    draw = min(max(draw, HARDLY), 1 - HARDLY)
    if chance > 0.5:
        return count - binomial(count, 1 - chance, 1 - draw) if chance < 1 else count
    spread = count * chance * (1 - chance)
    if spread > EXACT:
        from statistics import NormalDist  # which no desk's start needs

        above = NormalDist().inv_cdf(draw)
        return min(count, max(0, round(count * chance + above * sqrt(spread))))
    sold, mass = 0, exp(count * log1p(-chance))
    reached = mass
    while reached < draw and sold < count:
        mass *= (count - sold) / (sold + 1) * chance / (1 - chance)
        sold += 1
        reached += mass
    return sold


def _cause(
    passages: Sequence[Passage],
    orders: Sequence[Sequence[float]],
    roads: Sequence[Sequence[float]],
    pace: Fraction,
    limit: Drought,
    day: int,
) -> str:
    """The level that lacks most of the orders of a drought, against a funnel in which the pace goes on for ever.

    Such a funnel holds in each level what enters it a day times the days that it stays, of every age. A level that
    nobody passes is the cause whatever it holds; where no level reaches so far, nobody has brought new leads in.
    """
    blocked = [passage.stage for passage in passages if not passage.rate]
    if blocked:
        return blocked[-1]
    lacks = []
    for passage, own, road in zip(passages, orders, roads[1:], strict=True):
        ages = dict(enumerate(_beyond(_shares(passage.days))[1:]))
        steady = _arrivals(passage, ages, road) if ages else [0.0] * HORIZON
        held = float(pace / _chance_from(passages, passage.stage) * passage.mean_days)
        then = slice(day, day + limit.days)
        lacks.append(held * sum(steady[then]) - sum(own[then]))
    worst = max(range(len(lacks)), key=lambda place: (lacks[place], -place))
    return passages[worst if lacks[worst] > 0 else 0].stage


# ── the stall twin ────────────────────────────────────────────────────────────────────────────────────────────────────


class Traits(NamedTuple):
    """By what leads of one playbook are alike; empty, or None, where nobody knows it."""

    source: str = ""
    industry: str = ""
    product: str = ""
    amount: Decimal | None = None


def distance(one: Traits, other: Traits) -> tuple[int, int]:
    """How far two leads are from being alike: traits that differ or are not known, then steps between their amounts.

    >>> distance(Traits("fair", "steel", amount=Decimal(50_000)), Traits("fair", "trade", amount=Decimal(45_000)))
    (2, 0)
    """
    names = ("source", "industry", "product")
    alike = sum(bool(getattr(one, name)) and getattr(one, name) == getattr(other, name) for name in names)
    return len(names) - alike, abs(value_rank(one.amount) - value_rank(other.amount))


class Deeds(NamedTuple):
    """What was done with a lead in a stage, and what was known of it then."""

    touches: Mapping[TouchKind, int] = MappingProxyType({})
    talks: int = 0
    fields: frozenset[str] = frozenset()
    """Fields that are filled."""
    parts: frozenset[str] = frozenset()
    """Parts in the decision of which somebody is known."""
    contacts: int = 0
    days: int = 0
    """In the stage."""


class Deed(StrEnum):
    """What may have been done there and is missing here."""

    TALK = "talk"
    TOUCH = "touch"
    PART = "part"
    CONTACT = "contact"
    FIELD = "field"


class Missing(NamedTuple):
    """Something that most of the leads that passed had, and that the one that sticks has not."""

    deed: Deed
    what: str
    """Kind of touch, part in the decision, or field; empty for talks and contacts."""
    here: int
    there: int
    """How often, or how many, at half of the twins and more."""
    twins: int
    """How many of them had more than there is here."""


def missing(here: Deeds, twins: Sequence[Deeds]) -> tuple[Missing, ...]:
    """What was done at the twins of a lead that sticks and is missing here, what most of them had first.

    Something counts where half of the twins and more had it, so often as half of them and more.
    """
    found = []
    for deed, what in _deeds(twins):
        counts = sorted(_times(one, deed, what) for one in twins)
        own, usual = _times(here, deed, what), counts[(len(counts) - 1) // 2]
        if usual > own:
            found.append(Missing(deed, what, own, usual, sum(count > own for count in counts)))
    places = {deed: place for place, deed in enumerate(Deed)}
    return tuple(sorted(found, key=lambda one: (-one.twins, places[one.deed], one.what)))


def _deeds(twins: Sequence[Deeds]) -> set[tuple[Deed, str]]:
    found = {(Deed.TALK, ""), (Deed.CONTACT, "")} if twins else set()
    for one in twins:
        found |= {(Deed.TOUCH, kind.value) for kind in one.touches}
        found |= {(Deed.PART, part) for part in one.parts} | {(Deed.FIELD, name) for name in one.fields}
    return found


def _times(one: Deeds, deed: Deed, what: str) -> int:
    return {
        Deed.TALK: one.talks,
        Deed.CONTACT: one.contacts,
        Deed.TOUCH: one.touches.get(TouchKind(what), 0) if deed is Deed.TOUCH else 0,
        Deed.PART: int(what in one.parts),
        Deed.FIELD: int(what in one.fields),
    }[deed]


# ── work, effort and performance ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Work:
    """What was done, by one person or by several."""

    touches: int = 0
    """Of every kind."""
    calls: int = 0
    talks: int = 0
    """Touches of any kind in which the customer was spoken to."""
    talk_seconds: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.touches + other.touches,
            self.calls + other.calls,
            self.talks + other.talks,
            self.talk_seconds + other.talk_seconds,
        )

    def __sub__(self, other: Work) -> Work:
        return Work(
            self.touches - other.touches,
            self.calls - other.calls,
            self.talks - other.talks,
            self.talk_seconds - other.talk_seconds,
        )

    @property
    def contact_rate(self) -> Fraction | None:
        """Contact rate 接通率: talks ÷ calls."""
        return share(self.talks, self.calls)

    @property
    def talk_minutes(self) -> Fraction:
        """Talk time in minutes, exact."""
        return Fraction(self.talk_seconds, 60)


class Performance(NamedTuple):
    """What work came to: amount = calls × contact rate × conversion × deal size."""

    work: Work
    won: Tally

    @property
    def conversion(self) -> Fraction | None:
        """Deals ÷ talks."""
        return share(self.won.count, self.work.talks)

    @property
    def size(self) -> Fraction | None:
        """Amount ÷ deals."""
        return Fraction(self.won.amount) / self.won.count if self.won.count else None

    @property
    def calls_per_deal(self) -> Fraction | None:
        """How many calls a deal took."""
        return share(self.work.calls, self.won.count)

    @property
    def talks_per_deal(self) -> Fraction | None:
        """How many talks a deal took."""
        return share(self.work.talks, self.won.count)


class Gap(NamedTuple):
    """Where a person's amount differs from the team's average, and how much of it each factor makes: the parts add up
    to the whole exactly."""

    calls: Fraction
    contact: Fraction
    conversion: Fraction
    size: Fraction

    @property
    def whole(self) -> Fraction:
        """The person's amount less the average of the team; less than nothing where it is below."""
        return self.calls + self.contact + self.conversion + self.size


ORDERS = (6, 2, 2, 6)
"""Of the 24 orders of four factors, those in which certain others, none to three of them, go before one."""


def gap(own: Performance, team: Performance, people: int) -> Gap | None:
    """What a person's amount is above or below the average of a team, split over the four factors.

    A factor's part is what the amount changes when the person's takes the place of the team's, on the mean of all the
    orders in which the four can do so: no factor is favoured, and nothing is left over. A rate that a person has
    nothing to divide by is the team's: without calls, all of the gap is the calls'.

    Args:
        own: the person's.
        team: of all its people together, the person too.
        people: how many they are.

    Returns:
        None where an amount is no product of the four: deals without a talk on record, or talks without a call.
    """
    average = _factors(team, people)
    mine = None if average is None else _factors(own, 1, average)
    if average is None or mine is None:
        return None
    # Whole numbers over one denominator: the team's factor, and the person's in its place.
    pairs = [
        (before.numerator * after.denominator, after.numerator * before.denominator)
        for before, after in zip(average, mine, strict=True)
    ]
    under = prod(one.denominator for one in (*average, *mine))
    parts = []
    for place, (before, after) in enumerate(pairs):
        others = pairs[:place] + pairs[place + 1 :]
        taken = product((0, 1), repeat=3)  # which of the others are the person's already
        mixed = sum(ORDERS[sum(one)] * prod(map(getitem, others, one)) for one in taken)
        parts.append(Fraction((after - before) * mixed, factorial(4) * under))
    return Gap(*parts)


def _factors(one: Performance, people: int, instead: Sequence[Fraction] = (Fraction(0),) * 4) -> list[Fraction] | None:
    rates = (one.work.contact_rate, one.conversion, one.size)
    found = [Fraction(one.work.calls, people) if people else Fraction(0)]
    found += [other if rate is None else rate for rate, other in zip(rates, instead[1:], strict=True)]
    return found if prod(found) * people == Fraction(one.won.amount) else None


class Effort(NamedTuple):
    """What a stage took in a period: the work in it and the days in it, against the leads that went through."""

    stage: str
    work: Work
    stays: Times
    """Of those that left it."""
    left: int
    """Leads that left it, each once."""
    deals: int
    """Deals won in the period, out of whichever stage."""

    def per_lead(self) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
        """Touches, talk minutes and days for each lead that left the stage; days on the mean of those known."""
        return share(self.work.touches, self.left), share(self.work.talk_seconds, 60 * self.left), self.stays.mean

    def per_deal(self) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
        """Touches, talk minutes and days in this stage for each deal that was won."""
        minutes = share(self.work.talk_seconds, 60 * self.deals)
        return share(self.work.touches, self.deals), minutes, share(self.stays.total, self.deals)


@dataclass(frozen=True, slots=True)
class Hours:
    """What the time at work went into."""

    waiting: timedelta = timedelta(0)
    preparing: timedelta = timedelta(0)
    """Studying the customer whose lead is in hand."""
    talking: timedelta = timedelta(0)
    writing: timedelta = timedelta(0)
    """Writing down what was said 话后处理."""
    pausing: timedelta = timedelta(0)

    def __add__(self, other: Hours) -> Hours:
        return Hours(
            self.waiting + other.waiting,
            self.preparing + other.preparing,
            self.talking + other.talking,
            self.writing + other.writing,
            self.pausing + other.pausing,
        )

    @property
    def whole(self) -> timedelta:
        """From logging in to leaving."""
        return self.waiting + self.preparing + self.talking + self.writing + self.pausing

    @property
    def selling(self) -> Fraction | None:
        """Selling time as a share of the day: talks and what prepares them. None where nobody was at work."""
        second = timedelta(microseconds=1)
        return share((self.preparing + self.talking) // second, self.whole // second)
