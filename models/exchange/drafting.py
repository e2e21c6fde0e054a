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
from models.numbers import Number

T = TypeVar("T")

SEVERAL = re.compile(r"[/／;；、,，|\n]+")
"""What stands between numbers in one cell."""
LEAST_DIGITS = 7
"""Of a part that is a number by itself, not an extension."""
NUMBERS = ("number", "number2", "number3")
OF_CONTACT = ("person", "title", "email", "part")
APART = {*COLUMNS, *OF_CONTACT, *NUMBERS, "owner", "obtained_at"}
"""Fields that have a column of their own; the others make the profile."""


NO_ZONE = "|"
"""The zone of who has no number: 'zone|country', both not known."""
MOST_ALIKE = 100_000
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
    as_of: datetime | None = None
    """When the list was true; days in a stage are counted back from there, else from the last touch."""
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

    def add(self, more: Rows) -> None:
        """Takes over what another one gathered."""
        self.leads += more.leads
        self.numbers += more.numbers
        self.touches += more.touches
        self.moves += more.moves
        self.rejected += more.rejected


class Drafter:
    """Drafts one list, row by row, in its order."""

    def __init__(self, setting: Setting, how: ListMap, names: Sequence[str], *, has_header: bool) -> None:
        self.setting = setting
        self.playbook = setting.book.playbook
        self.rows = Rows()
        self.notes: Counter[str] = Counter()
        """How often something was decided that the plan should tell."""
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
        self._pasts = Pasts(setting.book, how.history, readers, setting.zone, setting.now, setting.as_of)
        self._places = Places(setting.book, setting.now)
        self._now = seconds(setting.now)
        self._empty = dict.fromkeys((*sorted(APART), *how.fields), "")
        self._others = [name for name in how.fields if name not in APART]
        self._required = [name for name in self.playbook.required_fields if name not in ("company", "person", "source")]
        self._is_one_number = (
            "number" in how.fields and not self._codes and not {"number2", "number3"} & set(how.fields)
        )
        self._alike: dict[object, tuple[object, ...]] = {}
        self._sources: dict[str, str] = {}
        self._width = len(names) if has_header else 0
        self._choices = {
            one.code: {label.casefold(): choice.code for choice in one.choices for label in _labels(choice)}
            for one in self.playbook.fields
            if one.choices
        }

    @staticmethod
    def _require_columns(readers: Readers, how: ListMap) -> None:
        for rule in how.rules():
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
        said["source"] = self._source(said["source"])
        for name in self._required:
            # Without a number it may be a lead of the floor, by its lead number: that is seen where the floor is.
            if not (numbers or said["code"] if name == "number" else said.get(name)):
                raise Rejected("field_missing", name)
        amount, margin = self._amount(said, "amount"), self._amount(said, "margin")
        obtained_at = self._read(said["obtained_at"], "obtained_at", self._moment)
        try:
            past = self._pasts.of(cells, row, amount, obtained_at)
        except BadValue as bad:
            raise Rejected(BAD_PAST.get(type(bad), "bad_history"), found=str(bad)) from None
        entered_at = past.entered_at if past.entered_at is not None else self._now
        number, extension = (numbers[0].number, numbers[0].extension) if numbers else (None, "")
        self.rows.leads.append(
            (
                row, number, extension, said["person"], said["title"], said["part"], said["email"], said["company"],
                said["industry"], said["need"], said["product"], said["source"], said["code"] or None, amount, margin,
                self._read(said["units"], "units", whole), self._read(said["expected_on"], "expected_on", day),
                self._profile(said), entered_at if obtained_at is None else obtained_at, entered_at,
                NO_ZONE if number is None else self._zone(number),
                *self._standing(self._owner(said["owner"]), amount if margin is None else margin, past,
                                self._fresh(said["source"], obtained_at, past)),
            )
        )  # fmt: skip
        if len(numbers) > 1:
            self.rows.numbers += [(row, one.number, one.extension) for one in numbers[1:]]
        if past.moves:
            self.rows.moves += [(row, *move) for move in past.moves]
            self.rows.touches += [(row, *touch) for touch in past.touches]

    def _zone(self, number: int) -> str:
        where = self._telephones.whereabouts(number)
        return f"{where.zone}|{where.country}"

    def _standing(
        self, owner: tuple[int | None, int | None], value: int | None, past: Past, fresh_until: int | None
    ) -> tuple[object, ...]:
        """Whose it is, where it stands and in which place of the queue: alike for most rows of most lists."""
        key = (owner, value, fresh_until)
        if past is self._pasts.plain and key in self._alike:
            return self._alike[key]
        owner_id, team_id = owner
        due_agent = owner_id if past.due_at is not None else None
        entered_at = past.entered_at if past.entered_at is not None else self._now
        waiting = past.touched_at if past.touched_at is not None else entered_at
        place = self._places.of(past.stage, past.stage_since, waiting, value, fresh_until, past.due_at, due_agent)
        stands = (
            owner_id, team_id, self.setting.book.stage_ids[past.stage], past.stage_since, past.touched_at, fresh_until,
            past.tries, past.tries_on_day, past.tried_on, past.misses,
            due_agent if due_agent is not None else lane_of(owner_id, team_id), *place, past.wake_at, past.due_at,
            due_agent,
        )  # fmt: skip
        if past is self._pasts.plain and len(self._alike) < MOST_ALIKE:
            self._alike[key] = stands
        return stands

    def _plain(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields that are a column as it stands, most of most lists; looked at together when all is plain text."""
        whole = "".join(cells)
        if whole.isprintable() and "'" not in whole and len(whole) <= LONGEST:
            width = len(cells)
            said = self._empty.copy()
            for name, place in self._columns:
                if place < width:
                    said[name] = cells[place].strip()
            return said
        said = self._empty | {name: tidy(cells[place]) for name, place in self._columns if place < len(cells)}
        for name, text in said.items():
            if len(text) > LONGEST:
                raise Rejected("too_long", name, str(LONGEST))
        return said

    # ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _numbers(self, said: Mapping[str, str], cells: Sequence[str], row: int) -> list[Number]:
        text = said["number"]
        if self._is_one_number and text.isascii() and not SEVERAL.search(text):
            number = self._telephones.number(text) if text else None
            if number is not None:
                return [number]
        found: dict[int, Number] = {}
        bad = ""
        for name in NUMBERS:
            if not (text := said[name]):
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
        if not found and not said["email"] and not said["code"]:
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
        company, person = said["company"], said["person"]
        if not company and not person:
            self.notes["unnamed"] += 1
            company = f"+{numbers[0].number}" if numbers else said["email"]
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
        return self._read(said[name], name, self._money[name]) if name in self._money else None

    @staticmethod
    def _read(text: str, name: str, read: Callable[[str], T]) -> T | None:
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
        if not self._others:
            return ""
        more = {name: said[name] for name in self._others if said[name]}
        for name in more.keys() & self._choices.keys():
            more[name] = self._choices[name].get(more[name].casefold(), more[name])
        return json.dumps(more, ensure_ascii=False) if more else ""


def _labels(choice: funnel.Choice) -> tuple[str, ...]:
    return choice.code, choice.name.en, choice.name.zh
