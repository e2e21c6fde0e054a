"""What cells say, as text, moments, days and money: each converter made once for a list, then run for every row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from models.base import hundredths
from models.exchange.mapping import Rule
from models.fields import MOST, clean

Reader = Callable[[Sequence[str], int], str]
"""From the cells of a row and its number to a text."""

HOLE = re.compile(r"\{([^{}:]+)(?::0?(\d+))?\}")
ROW = "row"
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
"""A cell that a sheet was kept from running; the sign before it is not part of it."""
NOON = time(12)


class BadValue(Exception):
    """A cell that cannot be read as what it should be."""


class UnknownStage(BadValue):
    """A stage that the playbook has not."""


class UnknownOutcome(BadValue):
    """An outcome that the playbook has not."""


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tidy(text: str) -> str:
    """As `fields.clean`, and without the sign that guards a formula; quick for what is plain already."""
    text = text.strip() if text.isprintable() else clean(text)
    return text[1:].lstrip() if text.startswith(GUARDED) else text


class Readers:
    """Makes readers for the rules of one list."""

    def __init__(self, names: Sequence[str], made: Mapping[str, Rule]) -> None:
        self.places = {name.strip(): place for place, name in reversed(list(enumerate(names))) if name.strip()}
        self.width = len(names)
        self._rules = made
        self._made: dict[str, Reader] = {}

    def lacks(self, rule: Rule) -> str:
        """The first column that the rule names and the list has not."""
        named = [rule.column] if rule.column else [name for name, _ in HOLE.findall(rule.template) if name != ROW]
        named += [rule.code.column] if rule.code is not None and rule.code.column else []
        return next((name for name in named if not self._is_known(name)), "")

    def _is_known(self, name: str) -> bool:
        return name in self._rules or name in self.places or (name.isdecimal() and 1 <= int(name) <= max(self.width, 1))

    def reader(self, rule: Rule) -> Reader:
        """The reader of a rule."""
        read = self._source(rule)
        if rule.dates or rule.year_rolls is not None:
            read = _dated(read, Days(rule.dates, rule.year_rolls))
        return read

    def place(self, rule: Rule) -> int | None:
        """Where the column stands whose text a rule takes as it is; None for rules that do more."""
        if replace(rule, column="", unit="", code=None) != Rule() or not rule.column or rule.column in self._rules:
            return None
        return self.places[rule.column] if rule.column in self.places else int(rule.column) - 1

    def column(self, name: str) -> Reader:
        """The reader of a column of the list, or of one that the map makes."""
        if name in self._rules:
            if name not in self._made:
                self._made[name] = lambda cells, row: ""  # a column made of itself is empty
                self._made[name] = _remembered(self.reader(self._rules[name]))
            return self._made[name]
        place = self.places[name] if name in self.places else int(name) - 1
        return lambda cells, row: tidy(cells[place]) if place < len(cells) else ""

    def _source(self, rule: Rule) -> Reader:
        read = self._filled(rule.template) if rule.template else self.column(rule.column) if rule.column else None
        if read is None:
            constant = rule.default
            return lambda cells, row: constant
        steps = _steps(rule)
        if not steps:
            return read
        bare = read

        def stepped(cells: Sequence[str], row: int) -> str:
            text = bare(cells, row)
            for step in steps:
                text = step(text)
            return text

        return stepped

    def _filled(self, template: str) -> Reader:
        parts: list[str] = []
        holes: list[tuple[Reader | None, int]] = []
        at = 0
        for hole in HOLE.finditer(template):
            parts.append(template[at : hole.start()])
            holes.append((None if hole[1] == ROW else self.column(hole[1]), int(hole[2] or 0)))
            at = hole.end()
        tail = template[at:]
        needs_some = any(read is not None for read, _ in holes)

        def filled(cells: Sequence[str], row: int) -> str:
            said = [str(row) if read is None else read(cells, row) for read, _ in holes]
            if needs_some and not any(text for text, (read, _) in zip(said, holes, strict=True) if read is not None):
                return ""
            text = "".join(
                part + (one.zfill(width) if width and one else one)
                for part, one, (_, width) in zip(parts, said, holes, strict=True)
            )
            return " ".join((text + tail).split())

        return filled


def _remembered(read: Reader) -> Reader:
    """A made column is read once a row, however many rules ask for it: it may count the years."""
    seen: list[tuple[int, str]] = [(-1, "")]

    def remembered(cells: Sequence[str], row: int) -> str:
        if seen[0][0] != row:
            seen[0] = (row, read(cells, row))
        return seen[0][1]

    return remembered


def _steps(rule: Rule) -> list[Callable[[str], str]]:
    steps: list[Callable[[str], str]] = []
    if rule.split:
        apart = "/／" if rule.split == "/" else rule.split
        pattern = re.compile(f"[{re.escape(apart)}]" if len(apart) > 1 and rule.split == "/" else re.escape(apart))
        steps.append(lambda text: _part(pattern.split(text), rule.take))
    if rule.strip:
        steps.append(lambda text: text.strip(rule.strip).strip())
    if rule.case:
        steps.append({"upper": str.upper, "lower": str.lower, "title": str.title}[rule.case])
    if rule.values:
        meanings = {said.casefold(): meant for said, meant in rule.values.items()}
        steps.append(lambda text: meanings.get(text.casefold(), text))
    if rule.default:
        steps.append(lambda text: text or rule.default)
    return steps


def _part(parts: list[str], take: int) -> str:
    return parts[take - 1].strip() if take <= len(parts) else ""


def _dated(read: Reader, days: Days) -> Reader:
    def dated(cells: Sequence[str], row: int) -> str:
        text = read(cells, row)
        return days.iso(text) if text else ""

    return dated


# ── moments and days ──────────────────────────────────────────────────────────────────────────────────────────────────

ISO = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.\d+)?)?)?(Z?)"
)
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
TURNED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


class Days:
    """Dates in the forms of one list, in the order of its rows."""

    def __init__(self, forms: Sequence[str], year_rolls: int | None) -> None:
        self.forms = forms
        self.year = year_rolls
        self.month = 0

    def iso(self, text: str) -> str:
        """The date, ISO; with a clock where it has one."""
        for form in self.forms:
            try:
                read = _parsed(text, form, is_whole=self.year is None)
            except ValueError:
                continue
            return self._with_year(read)
        if self.forms:
            raise BadValue(text)
        return _iso(usual(text))

    def _with_year(self, read: datetime) -> str:
        if self.year is not None:
            self.year += read.month < self.month
            self.month = read.month
            try:
                read = read.replace(year=self.year)
            except ValueError:
                raise BadValue(_iso(read)) from None
        return _iso(read)


@lru_cache(maxsize=65_536)
def _parsed(text: str, form: str, *, is_whole: bool) -> datetime:
    """Without its year a date is read in a leap year, so that 29 February is one."""
    return datetime.strptime(text if is_whole else f"{text} 2000", form if is_whole else f"{form} %Y")  # noqa: DTZ007


def _iso(read: datetime) -> str:
    return read.date().isoformat() if read.time() == time() else read.isoformat(" ", "seconds")


@lru_cache(maxsize=65_536)
def usual(text: str) -> datetime:
    """A moment or day in the forms that cannot be mistaken, without zone; midnight where no clock is said.

    >>> usual("2024年3月5日"), usual("31/12/2024")
    (datetime.datetime(2024, 3, 5, 0, 0), datetime.datetime(2024, 12, 31, 0, 0))
    """
    try:
        if found := ISO.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC if found[7] else None)
        if found := COMPACT.fullmatch(text):
            return datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001
        if found := TURNED.fullmatch(text):
            first, second_, year = int(found[1]), int(found[2]), int(found[3])
            if first > 12 or second_ > 12 or first == second_:
                day, month = (first, second_) if first > 12 else (second_, first)
                hour, minute, second = (int(found[part] or 0) for part in (4, 5, 6))
                return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(text) from None


def moments(zone: tzinfo, clock: str = "") -> Callable[[str], int]:
    """Reads UTC seconds of what was said on that clock; days without a time get one."""
    at = time.fromisoformat(clock.rjust(5, "0")) if clock else NOON

    @lru_cache(maxsize=65_536)
    def read(text: str) -> int:
        said = usual(text)
        if said.tzinfo is None:
            if said.time() == time():
                said = datetime.combine(said.date(), at)
            said = said.replace(tzinfo=zone)
        try:
            stamp = int(said.timestamp())
        except (OverflowError, ValueError):
            raise BadValue(text) from None
        if stamp < EARLIEST:
            raise BadValue(text)
        return stamp

    return read


EARLIEST = int(datetime(1970, 1, 2, tzinfo=UTC).timestamp())


def day(text: str) -> str:
    """An ISO day."""
    return usual(text).date().isoformat()


# ── money and counts ──────────────────────────────────────────────────────────────────────────────────────────────────

WORTH = {"": Decimal(1), "元": Decimal(1), "万": Decimal(10_000), "万元": Decimal(10_000), "亿": Decimal(100_000_000)}
MONEY = re.compile(
    r"(?:人民币|rmb|cny|usd|eur|gbp|[¥￥$€£])?\s*(-?[\d.,，' ]+)\s*(亿|万元|万|元|rmb|cny|usd|eur|gbp|[¥￥$€£])?元?"
)
THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d{1,2}")


def money(unit: str) -> Callable[[str], int]:
    """Reads whole hundredths; what the cell says itself ('50万') goes before the column's unit."""
    worth = WORTH.get(unit) or Decimal(unit)

    @lru_cache(maxsize=65_536)
    def read(text: str) -> int:
        found = MONEY.fullmatch(text.strip().lower())
        if found is None:
            raise BadValue(text)
        digits = found[1].replace(" ", "").replace("'", "").replace("，", ",")
        digits = digits.replace(".", "").replace(",", ".") if THOUSANDS.fullmatch(digits) else digits.replace(",", "")
        try:
            amount = hundredths(Decimal(digits) * WORTH.get(found[2], worth))
        except InvalidOperation:
            raise BadValue(text) from None
        if amount is None or not 0 <= amount <= MOST:
            raise BadValue(text)
        return amount

    return read


def whole(text: str) -> int:
    """A count."""
    try:
        number = int(Decimal(text.replace(",", "")))
    except (InvalidOperation, ValueError, OverflowError):
        raise BadValue(text) from None
    if not 0 <= number < 1 << 31:
        raise BadValue(text)
    return number


def is_day(text: str) -> bool:
    """Whether a text can be read as a day."""
    try:
        return isinstance(usual(text).date(), date)
    except BadValue:
        return False
