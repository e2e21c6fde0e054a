"""The past that a row brings: where it stands, how it came there, how it was touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import funnel
from models.base import NEVER, month_of, seconds
from models.campaigns import Book
from models.exchange.mapping import CLOSED, History, Rule, TouchRule
from models.exchange.values import BadValue, Reader, Readers, UnknownOutcome, UnknownStage, moments, whole

DAY = 86_400
APART = 60
"""Seconds between touches of which only the number is known."""
MOST_TOUCHES = 500
KINDS = {
    "call": "call phone 电话 电话沟通 去电 telephone",
    "visit": "visit 拜访 上门 上门拜访 实地拜访",
    "meeting": "meeting 面谈 会议 见面 当面",
    "email": "email mail 邮件 邮箱 电子邮件",
    "sms": "sms text 短信",
    "fax": "fax 传真",
    "chat": "chat wechat 微信 qq 在线沟通 企业微信",
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
WON_WORDS = "won win closedwon 成交 已成交 赢单 签约 已签约 成交客户"
LOST_WORDS = "lost loss closedlost 丢单 失败 输单 战败 流失 已流失"
INVALID_WORDS = "invalid 无效 无效线索 无效客户 作废"

Move = tuple[int, int | None, int, str, int, int, int | None, str]
"""Place, from, to, way, at, month, amount, reason."""
Touch = tuple[int, int, int, str, str, int, int | None, str, str, str]
"""Place, stage, at, kind, outcome, is_talk, seconds, note, purpose, feedback."""


@dataclass(frozen=True, slots=True)
class Past:
    """A row's past, in the forms of the store."""

    stage: str
    stage_since: int
    moves: tuple[Move, ...]
    entered_at: int | None = None
    touches: tuple[Touch, ...] = ()
    touched_at: int | None = None
    tries: int = 0
    tries_on_day: int = 0
    tried_on: str | None = None
    misses: int = 0
    wake_at: int | None = None
    due_at: int | None = None


class Pasts:
    """Reads the past of each row of one list."""

    def __init__(
        self,
        book: Book,
        history: History,
        readers: Readers,
        zone: ZoneInfo,
        now: datetime,
        as_of: datetime | None = None,
    ) -> None:
        self.book = book
        self.playbook = book.playbook
        self.zone = zone
        self.now = seconds(now)
        self.as_of = None if as_of is None else seconds(as_of)
        self.first = self.playbook.stages[0].code
        self._positions = {code: self.playbook.position(code) for code in book.stage_ids}
        self._month = lru_cache(maxsize=65_536)(self._month_of)
        self._stages = self._labels()
        self._outcomes = {
            label.casefold(): one.code
            for one in self.playbook.outcomes
            for label in (one.code, one.name.en, one.name.zh)
        }
        self._is_past = history != History()
        self.plain = Past(self.first, self.now, ())
        """The past of whoever has none."""
        self._stage = readers.reader(history.stage) if history.stage else None
        self._days = readers.reader(history.days) if history.days else None
        self._reason = readers.reader(history.reason) if history.reason else None
        self._entered = [(code, self._clocked(readers, rule)) for code, rule in history.entered.items()]
        self._next_at = self._clocked(readers, history.next_at) if history.next_at else None
        self._touches = [_TouchReader(self, readers, rule) for rule in history.touches]

    def of(self, cells: Sequence[str], row: int, amount: int | None, obtained_at: int | None) -> Past:
        """The past of one row; without any, the lead enters the first stage now, and no move is told."""
        if not self._is_past:
            return self.plain
        touches = sorted(touch for reader in self._touches for touch in reader.of(cells, row))
        entered = {code: stamp for code, read in self._entered if (stamp := read(cells, row)) is not None}
        steps = self._steps(self._said_stage(cells, row), entered, touches, self._stay(cells, row), obtained_at)
        stage, since = steps[-1][1], steps[-1][0]
        moves = tuple(self._moves(steps, amount, self._why(cells, row, stage)))
        counted = self._counted(touches)
        due_at = self._next_at(cells, row, ahead=True) if self._next_at else None
        rests = self.playbook.rests(stage)
        due_at = None if rests or due_at is None or due_at <= self.now else due_at
        return Past(
            stage, since, moves, steps[0][0],
            tuple(self._standing(place, touch, steps) for place, touch in enumerate(touches)),
            touches[-1][0] if touches else None, *counted,
            wake_at=NEVER if rests else due_at, due_at=due_at,
        )  # fmt: skip

    # ── stages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _labels(self) -> dict[str, str]:
        won = next(stage.code for stage in self.playbook.stages if stage.is_won)
        labels = dict.fromkeys(WON_WORDS.split(), won)
        labels |= dict.fromkeys(LOST_WORDS.split(), funnel.LOST)
        labels |= dict.fromkeys(INVALID_WORDS.split(), funnel.INVALID)
        for stage in self.playbook.stages:
            labels |= {
                label.casefold().replace(" ", ""): stage.code for label in (stage.name.en, stage.name.zh, stage.code)
            }
        return labels

    def _said_stage(self, cells: Sequence[str], row: int) -> str:
        text = self._stage(cells, row) if self._stage else ""
        if not text:
            return ""
        code = self._stages.get(text.casefold().replace(" ", ""))
        if code is None:
            raise UnknownStage(text)
        return code

    def _steps(
        self,
        stage: str,
        entered: dict[str, int],
        touches: Sequence[RawTouch],
        stay: int | None,
        obtained_at: int | None,
    ) -> list[tuple[int, str]]:
        """Moments and stages in the order in which they were entered, the first stage first."""
        closed = entered.pop(CLOSED, None)
        known = [*entered.values(), *(touch[0] for touch in touches)]
        known += [stamp for stamp in (closed, obtained_at) if stamp is not None]
        began = min([entered.pop(self.first, self.now), *known])
        stage = stage or max(entered, key=lambda code: (entered[code], self._positions[code]), default=self.first)
        last = touches[-1][0] if touches else None
        is_closed = self.playbook.kind(stage) is not funnel.Kind.OPEN
        until = next(stamp for stamp in (self.as_of, last, self.now) if stamp is not None)
        stayed = None if stay is None else until - stay * DAY
        if stayed is not None and stayed < began and (stage == self.first or self._day(stayed) == self._day(began)):
            began = stayed  # it stood there before anybody called; or of that day no time was said
        guesses = (entered.pop(stage, None), closed if is_closed else None, stayed, last, obtained_at)
        ended = next((stamp for stamp in guesses if stamp is not None), began)
        between = sorted((stamp, self._positions[code], code) for code, stamp in entered.items() if stamp <= ended)
        steps = [(began, self.first), *((stamp, code) for stamp, _, code in between)]
        if stage != steps[-1][1]:
            steps.append((max(ended, steps[-1][0]), stage))
        return steps

    def _day(self, at: int) -> date:
        return datetime.fromtimestamp(at, self.zone).date()

    def _moves(self, steps: Sequence[tuple[int, str]], amount: int | None, reason: str) -> Iterator[Move]:
        origin: str | None = None
        for place, (at, code) in enumerate(steps):
            way = funnel.way_of(self.playbook, origin, code)
            ids = self.book.stage_ids
            why = reason if place == len(steps) - 1 else ""
            yield place, ids[origin] if origin else None, ids[code], way.value, at, self._month(at), amount, why
            origin = code

    def _why(self, cells: Sequence[str], row: int, stage: str) -> str:
        if self._reason is None or stage not in (funnel.LOST, funnel.INVALID):
            return ""
        text = self._reason(cells, row)
        for choice in self.playbook.reasons(funnel.Kind(stage)):
            if text.casefold() in (choice.code.casefold(), choice.name.en.casefold(), choice.name.zh):
                return choice.code
        return text

    def _stay(self, cells: Sequence[str], row: int) -> int | None:
        text = self._days(cells, row).removesuffix("天").strip() if self._days else ""
        return whole(text) if text else None

    # ── touches ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _standing(self, place: int, touch: RawTouch, steps: Sequence[tuple[int, str]]) -> Touch:
        """A touch with the stage in which it was made: what closes a lead is said before it is closed."""
        at, kind, outcome, is_talk, talked, note, purpose, feedback = touch
        stage = next((code for since, code in reversed(steps) if since < at), steps[0][1])
        stage_id = self.book.stage_ids[stage]
        return place, stage_id, at, kind, outcome, is_talk, talked, note, purpose, feedback

    def _counted(self, touches: Sequence[RawTouch]) -> tuple[int, int, str | None, int]:
        tries = funnel.Tries()
        for touch in touches:
            local = datetime.fromtimestamp(touch[0], self.zone).date()
            tries = tries.after(self.playbook.outcome(touch[2]), funnel.TouchKind(touch[1]), local)
        return tries.in_all, tries.on_day, tries.day.isoformat() if tries.day else None, tries.misses

    def outcome(self, text: str, otherwise: str) -> str:
        """The code of an outcome by code or name; nothing said is the usual one."""
        if not text:
            return otherwise
        code = self._outcomes.get(text.casefold())
        if code is None:
            raise UnknownOutcome(text)
        return code

    # ── moments ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _month_of(self, at: int) -> int:
        return month_of(datetime.fromtimestamp(at, self.zone).date())

    def _clocked(self, readers: Readers, rule: Rule) -> Moment:
        return Moment(readers.reader(rule), moments(self.zone, rule.clock), self.now)

    def moment(self, readers: Readers, rule: Rule) -> Moment:
        """Reads moments by a rule."""
        return self._clocked(readers, rule)


class Moment:
    """Reads one moment of a row; what is past cannot be later than now."""

    def __init__(self, read: Reader, stamp: Callable[[str], int], now: int) -> None:
        self.read, self.stamp, self.now = read, stamp, now

    def __call__(self, cells: Sequence[str], row: int, *, ahead: bool = False) -> int | None:
        text = self.read(cells, row)
        if not text:
            return None
        stamp = self.stamp(text)
        return stamp if ahead else min(stamp, self.now)


RawTouch = tuple[int, str, str, int, int | None, str, str, str]
"""At, kind, outcome, is_talk, seconds, note, purpose, feedback."""


class _TouchReader:
    def __init__(self, pasts: Pasts, readers: Readers, rule: TouchRule) -> None:
        self.pasts = pasts
        self.at = pasts.moment(readers, rule.at)
        self.count, self.kind, self.outcome, self.seconds, self.note, self.purpose, self.feedback = (
            readers.reader(one)
            for one in (rule.count, rule.kind, rule.outcome, rule.seconds, rule.note, rule.purpose, rule.feedback)
        )
        outcomes = pasts.playbook.outcomes
        self.talk = next((one.code for one in outcomes if one.is_talk and not one.closes), outcomes[0].code)
        missed = next((one.code for one in outcomes if not one.flags), outcomes[0].code)
        self.earlier = rule.earlier or missed
        self.is_talk = {one.code: int(one.is_talk) for one in outcomes}

    def of(self, cells: Sequence[str], row: int) -> Iterator[RawTouch]:
        """The touches that a row carries, oldest first."""
        count_said = self.count(cells, row)
        count = min(whole(count_said), MOST_TOUCHES) if count_said else 0
        at = self.at(cells, row)
        if at is None or count == 0:
            return
        said = self.kind(cells, row)
        kind = KIND_OF.get(said.casefold(), "" if said else "call")
        if not kind:
            raise BadValue(said)
        for before in range(count - 1, 0, -1):
            yield at - before * APART, kind, self.earlier, self.is_talk[self.earlier], None, "", "", ""
        outcome = self.pasts.outcome(self.outcome(cells, row), self.talk)
        talked = self.seconds(cells, row)
        texts = (read(cells, row) for read in (self.note, self.purpose, self.feedback))
        note, purpose, feedback = texts
        yield at, kind, outcome, self.is_talk[outcome], whole(talked) if talked else None, note, purpose, feedback
