"""From the cells of a row to a lead as it will stand in the store: everything but the database is decided here."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import funnel
from models.base import seconds
from models.campaigns import Book
from models.errors import Refused
from models.exchange.mapping import ListMap
from models.exchange.pasts import Past, Pasts
from models.exchange.queueing import Places
from models.exchange.telephones import Telephones
from models.exchange.values import BadValue, Readers, UnknownOutcome, UnknownStage, day, moments, tidy, whole
from models.exchange.values import money as money_reader
from models.fields import COLUMNS, LONGEST
from models.lead import lane_of
from models.numbers import NOWHERE, Number, Whereabouts

T = TypeVar("T")

SEVERAL = re.compile(r"[/／;；、,，|\n]+")
"""What stands between numbers in one cell."""
LEAST_DIGITS = 7
"""Of a part that is a number by itself, not an extension."""
NUMBERS = ("number", "number2", "number3")
TEXTS = ("company", "industry", "need", "product")
OF_CONTACT = ("person", "title", "email", "part")
APART = {*COLUMNS, *OF_CONTACT, *NUMBERS, "owner", "obtained_at"}
"""Fields that have a column of their own; the others make the profile."""


BAD_PAST: dict[type[BadValue], str] = {UnknownStage: "unknown_stage", UnknownOutcome: "unknown_outcome"}
TURNED_TO = re.compile(r"\s*(?:转|分机|内线)\s*(\d{1,6})\s*$")
"""A Chinese extension."""


class Rejected(Exception):
    """A row that cannot be taken, and why."""

    def __init__(self, code: str, field: str = "", found: str = "") -> None:
        super().__init__(code)
        self.code, self.field, self.found = code, field, found[:200]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the floor is to a list: where it goes, and what its words mean here."""

    book: Book
    region: str
    zone: ZoneInfo
    now: datetime
    owner_id: int | None = None
    team_id: int | None = None
    source: str = ""
    """The source of rows that name none, or one that the playbook has not."""
    agents: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    """Log-in or name, in small letters → the agent and the agent's team."""


@dataclass(slots=True)
class Rows:
    """What was drafted and waits to be staged."""

    leads: list[tuple[object, ...]] = field(default_factory=list)
    numbers: list[tuple[object, ...]] = field(default_factory=list)
    """Further numbers: row, number, extension."""
    touches: list[tuple[object, ...]] = field(default_factory=list)
    moves: list[tuple[object, ...]] = field(default_factory=list)
    rejected: list[tuple[object, ...]] = field(default_factory=list)
    """Row, code, field, what was found."""


class Drafter:
    """Drafts one list, row by row, in its order."""

    def __init__(self, setting: Setting, how: ListMap, names: Sequence[str], *, has_header: bool) -> None:
        self.setting = setting
        self.playbook = setting.book.playbook
        self.rows = Rows()
        self.notes: Counter[str] = Counter()
        """How often something was decided that the plan should tell."""
        self.zones: dict[Whereabouts, int] = {NOWHERE: 0}
        self._telephones = Telephones(setting.region, setting.now)
        self._abroad: dict[str, Telephones] = {}
        readers = Readers(names, how.columns)
        self._require_columns(readers, how)
        plain = {name: place for name, rule in how.fields.items() if (place := readers.place(rule)) is not None}
        self._columns = list(plain.items())
        self._texts = [(name, readers.reader(rule)) for name, rule in how.fields.items() if name not in plain]
        self._codes = {
            name: readers.reader(rule.code) for name, rule in how.fields.items() if rule.code and name in NUMBERS
        }
        units = {name: how.fields[name].unit for name in ("amount", "margin") if name in how.fields}
        self._money = {name: money_reader(unit) for name, unit in units.items()}
        obtained = how.fields.get("obtained_at")
        self._moment = moments(setting.zone, obtained.clock if obtained else "")
        self._pasts = Pasts(setting.book, how.history, readers, setting.zone, setting.now)
        self._places = Places(setting.book, setting.now)
        self._sources: dict[str, str] = {}
        self._width = len(names) if has_header else 0
        self._choices = {
            one.code: {label.casefold(): choice.code for choice in one.choices for label in _labels(choice)}
            for one in self.playbook.fields
            if one.choices
        }

    @staticmethod
    def _require_columns(readers: Readers, how: ListMap) -> None:
        every = [*how.columns.values(), *how.fields.values(), *Pasts.rules(how.history)]
        for rule in every:
            if lacking := readers.lacks(rule):
                raise Refused("list_column", column=lacking, allowed=tuple(readers.places))

    def draft(self, cells: Sequence[str], row: int) -> None:
        """Drafts one row into `rows`: a lead, or a rejection with its reason."""
        try:
            if self._width and len(cells) > self._width and any(map(str.strip, cells[self._width :])):
                raise Rejected("too_many_cells", found=str(len(cells)))
            self._draft(cells, row)
        except Rejected as why:
            self.rows.rejected.append((row, why.code, why.field, why.found))

    def _draft(self, cells: Sequence[str], row: int) -> None:
        said = self._plain(cells)
        for name, read in self._texts:
            try:
                said[name] = text = read(cells, row)
            except BadValue as bad:
                raise Rejected("bad_value", name, str(bad)) from None
            if len(text) > LONGEST:
                raise Rejected("too_long", name, str(LONGEST))
        numbers = self._numbers(said, cells, row)
        self._name(said, numbers)
        said["source"] = self._source(said.get("source", ""))
        for name in self.playbook.required_fields:
            if not (numbers if name == "number" else said.get(name)):
                raise Rejected("field_missing", name)
        owner_id, team_id = self._owner(said.get("owner", ""))
        amount, margin = self._amount(said, "amount"), self._amount(said, "margin")
        obtained_at = self._read(said, "obtained_at", self._moment)
        try:
            past = self._pasts.of(cells, row, amount, obtained_at)
        except BadValue as bad:
            raise Rejected(BAD_PAST.get(type(bad), "bad_history"), found=str(bad)) from None
        self._stage(said, numbers, row, owner_id, team_id, amount, margin, obtained_at, past)

    def _stage(
        self,
        said: Mapping[str, str],
        numbers: list[Number],
        row: int,
        owner_id: int | None,
        team_id: int | None,
        amount: int | None,
        margin: int | None,
        obtained_at: int | None,
        past: Past,
    ) -> None:
        now = seconds(self.setting.now)
        first = numbers[0] if numbers else None
        fresh_until = self._fresh(said["source"], obtained_at, past)
        due_agent = owner_id if past.due_at is not None else None
        value = margin if margin is not None else amount
        entered_at = past.entered_at if past.entered_at is not None else now
        waiting = past.touched_at if past.touched_at is not None else entered_at
        key, rekey_at = self._places.of(
            past.stage, past.stage_since, waiting, value, fresh_until, past.due_at, due_agent
        )
        zone = self._telephones.whereabouts(first.number) if first else NOWHERE
        expected_on = self._read(said, "expected_on", day)
        self.rows.leads.append(
            (
                row, first.number if first else None, first.extension if first else "",
                said["person"], said.get("title", ""), said.get("part", ""), said.get("email", ""),
                *(said.get(name, "") for name in TEXTS), said["source"], said.get("code") or None, amount, margin,
                self._read(said, "units", whole), expected_on, self._profile(said),
                obtained_at if obtained_at is not None else entered_at, entered_at, owner_id, team_id,
                self.zones.setdefault(zone, len(self.zones)), self.setting.book.stage_ids[past.stage], past.stage_since,
                past.touched_at, fresh_until, past.tries, past.tries_on_day, past.tried_on, past.misses,
                due_agent if due_agent is not None else lane_of(owner_id, team_id), key, rekey_at,
                past.wake_at, past.due_at, due_agent,
            )
        )  # fmt: skip
        self.rows.numbers += [(row, one.number, one.extension) for one in numbers[1:]]
        self.rows.moves += [(row, *move) for move in past.moves]
        self.rows.touches += [(row, *touch) for touch in past.touches]

    def _plain(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields that are a column as it stands, most of most lists; looked at together when all is plain text."""
        whole = "".join(cells)
        if whole.isprintable() and "'" not in whole and len(whole) <= LONGEST:
            width = len(cells)
            return {name: cells[place].strip() if place < width else "" for name, place in self._columns}
        said = {name: tidy(cells[place]) if place < len(cells) else "" for name, place in self._columns}
        for name, text in said.items():
            if len(text) > LONGEST:
                raise Rejected("too_long", name, str(LONGEST))
        return said

    # ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _numbers(self, said: Mapping[str, str], cells: Sequence[str], row: int) -> list[Number]:
        found: dict[int, Number] = {}
        bad = ""
        for name in NUMBERS:
            if not (text := said.get(name, "")):
                continue
            code = tidy(self._codes[name](cells, row)) if name in self._codes else ""
            for number in self._in(text, code):
                if number is None:
                    bad = bad or text
                    if name != "number":
                        self.notes["number_unread"] += 1
                else:
                    found.setdefault(number.number, number)
        if not found and bad:
            raise Rejected("bad_number", "number", bad)
        if not found and not said.get("email"):
            raise Rejected("no_number", "number")
        return list(found.values())

    def _in(self, text: str, code: str) -> Iterator[Number | None]:
        parts = [part.strip() for part in SEVERAL.split(text)] if SEVERAL.search(text) else []
        whole = [part for part in parts if sum(map(str.isdigit, part)) >= LEAST_DIGITS]
        yield from (self._number(part, code) for part in (whole if len(whole) > 1 else (text,)))

    def _number(self, text: str, code: str) -> Number | None:
        if not text.isascii():
            text = TURNED_TO.sub(r" ext. \1", text)
        if not code or text.startswith(("+", "＋")):
            return self._telephones.number(text)
        digits = code.lstrip("+0")
        if digits.isdecimal():
            return self._telephones.number(f"+{digits}{text}")
        if code not in self._abroad:
            self._abroad[code] = Telephones(code.upper(), self.setting.now)
        return self._abroad[code].number(text)

    def _name(self, said: dict[str, str], numbers: Sequence[Number]) -> None:
        """Who has only a company, or only a person, is called by that; who has neither, by the number."""
        company, person = said.get("company", ""), said.get("person", "")
        if not company and not person:
            self.notes["unnamed"] += 1
            company = f"+{numbers[0].number}" if numbers else said.get("email", "")
        said["company"], said["person"] = company or person, person or company

    def _source(self, text: str) -> str:
        if text not in self._sources:
            known = self.playbook.source(text) if text else None
            self._sources[text] = known.code if known else ""
        code = self._sources[text]
        if not code:
            self.notes["source_unknown" if text else "source_none"] += 1
        return code or self.setting.source

    def _owner(self, text: str) -> tuple[int | None, int | None]:
        if text:
            if agent := self.setting.agents.get(text.casefold()):
                return agent
            self.notes["owner_unknown"] += 1
        return self.setting.owner_id, self.setting.team_id

    def _amount(self, said: Mapping[str, str], name: str) -> int | None:
        return self._read(said, name, self._money[name]) if name in self._money else None

    @staticmethod
    def _read(said: Mapping[str, str], name: str, read: Callable[[str], T]) -> T | None:
        text = said.get(name, "")
        try:
            return read(text) if text else None
        except BadValue:
            raise Rejected("bad_value", name, text) from None

    def _fresh(self, source: str, obtained_at: int | None, past: Past) -> int | None:
        """The end of the first-call clock of a lead that came by itself just now; a list of old leads has none."""
        if obtained_at is None or past.touched_at is not None:
            return None
        known = self.playbook.source(source)
        until = obtained_at + self.playbook.first_call_minutes * 60
        return until if known is not None and known.is_fresh and until > seconds(self.setting.now) else None

    def _profile(self, said: Mapping[str, str]) -> str:
        more = {name: text for name, text in said.items() if text and name not in APART}
        for name in more.keys() & self._choices.keys():
            more[name] = self._choices[name].get(more[name].casefold(), more[name])
        return json.dumps(more, ensure_ascii=False) if more else ""


def _labels(choice: funnel.Choice) -> tuple[str, ...]:
    return choice.code, choice.name.en, choice.name.zh
