"""A map made from the list itself: by its headings, and where it has none by what stands in its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import funnel
from models.exchange import headings
from models.exchange.headings import meaning
from models.exchange.mapping import CLOSED, History, ListMap, Rule, TouchRule

LOOKED_AT = 200
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
PHONE = re.compile(r"\(?[+＋]?\(?\d[\d ()./-]{5,20}\d(?:\s*(?:x|ext\.?|转|#)\s*\d{1,6})?", re.IGNORECASE)
DAY = re.compile(r"(19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.](19|20)\d\d.*")
NUMERIC = re.compile(r"[-+]?[\d.,]+%?")
COMPANY = re.compile(
    r"公司|集团|厂|店|中心|有限|工作室|合作社|银行|医院|学校|\b(inc|ltd|llc|gmbh|corp|co|plc|company|group|ag|s\.?a)\b\.?",
    re.IGNORECASE,
)
CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·*]{2,4}")
LATIN_NAME = re.compile(r"[A-Z][\w'’-]+( [A-Z][\w.'’-]*){1,3}")
MOSTLY = 0.7


def has_header(rows: Sequence[list[str]], own: Iterable[str] = ()) -> bool:
    """Whether the first row names the columns.

    Known headings say yes, a number or an address in it says no; between unknown words and data the rows below decide.
    """
    if not rows:
        return False
    first = [cell.strip() for cell in rows[0]]
    known = sum(1 for cell in first if cell and (meaning(cell) or headings.both(cell) or cell in own))
    looks = sum(1 for cell in first if EMAIL.fullmatch(cell) or DAY.fullmatch(cell) or NUMERIC.fullmatch(cell))
    if known and known >= looks:
        return True
    if looks or len(rows) < 2:
        return False
    below = [cell.strip() for row in rows[1:20] for cell in row]
    return any(EMAIL.fullmatch(cell) or DAY.fullmatch(cell) or NUMERIC.fullmatch(cell) for cell in below)


def guess(names: Sequence[str], rows: Sequence[list[str]], playbook: funnel.Playbook) -> ListMap:
    """The map of a list from its headings (empty texts where it has none) and its first rows."""
    found = _by_heading(names, playbook)
    unknown = [place for place, name in enumerate(names) if not name.strip()]
    if "number" not in found:
        unknown = [place for place, name in enumerate(names) if _key(names, place) not in _used(found)]
    for place, target in _by_content(unknown, rows, found).items():
        found.setdefault(target, Rule(column=_key(names, place)))
    first = playbook.stages[0].code
    fields, history = _split(found, first)
    return ListMap(fields=fields, history=history)


def _by_heading(names: Sequence[str], playbook: funnel.Playbook) -> dict[str, Rule]:
    own = {label.casefold(): one.code for one in playbook.fields for label in (one.code, one.name.en, one.name.zh)}
    found: dict[str, Rule] = {}
    for place, name in enumerate(names):
        if not name.strip():
            continue
        key = _key(names, place)
        if pair := headings.both(name):
            for take, target in enumerate(pair, 1):
                found.setdefault(target, Rule(column=key, split="/", take=take))
            continue
        target = meaning(name) or own.get(name.strip().casefold(), "")
        if target in ("number", "number2") and target in found:
            target = next((one for one in ("number2", "number3") if one not in found), "")
        if target:
            found.setdefault(target, Rule(column=key, unit=headings.unit(name)))
    return found


def _key(names: Sequence[str], place: int) -> str:
    """How a rule names a column: by its heading, where that is the only one of its kind, else by its number."""
    name = names[place].strip()
    return name if name and [one.strip() for one in names].count(name) == 1 else str(place + 1)


def _used(found: Mapping[str, Rule]) -> set[str]:
    return {rule.column for rule in found.values()}


def _by_content(places: Sequence[int], rows: Sequence[list[str]], found: Mapping[str, Rule]) -> dict[int, str]:
    """Columns that show by what is in them what they are."""
    meant: dict[int, str] = {}
    numbers = [one for one in ("number", "number2", "number3") if one not in found]
    for place in places:
        cells = [row[place].strip() for row in rows[:LOOKED_AT] if place < len(row) and row[place].strip()]
        target = _kind(cells)
        if target == "number":
            target = numbers.pop(0) if numbers else ""
        if target and target not in found and target not in meant.values():
            meant[place] = target
    return meant


def _kind(cells: Sequence[str]) -> str:
    if not cells:
        return ""

    def share(pattern: re.Pattern[str], *, whole: bool = True) -> float:
        return sum(1 for one in cells if (pattern.fullmatch(one) if whole else pattern.search(one))) / len(cells)

    if share(EMAIL) >= MOSTLY:
        return "email"
    if share(DAY) >= MOSTLY:
        return ""
    digits = [sum(sign.isdigit() for sign in one) for one in cells]
    if share(PHONE) >= MOSTLY and sum(1 for count in digits if 7 <= count <= 15) >= len(cells) * MOSTLY:
        return "number"
    if share(COMPANY, whole=False) >= MOSTLY / 2:
        return "company"
    return "person" if max(share(CHINESE_NAME), share(LATIN_NAME)) >= MOSTLY else ""


def _split(found: dict[str, Rule], first_stage: str) -> tuple[dict[str, Rule], History]:
    """What was found, as fields of the lead and as its past."""
    take = found.pop
    names = [take(one, None) for one in (headings.FIRST_NAME, headings.MIDDLE_NAME, headings.LAST_NAME)]
    if "person" not in found and any(names):
        found["person"] = _joined(names)
    parts = [take(one, None) for one in headings.ADDRESS_PARTS]
    if "address" not in found and any(parts):
        found["address"] = _joined(parts)
    code = take(headings.PHONE_CODE, None)
    if code is not None:
        for one in ("number", "number2", "number3"):
            if one in found:
                found[one] = replace(found[one], code=code)
    take(headings.IGNORED, None)
    entered = {}
    if (began := take(headings.FIRST_TOUCH, None)) is not None:
        entered[first_stage] = began
        found.setdefault("obtained_at", began)
    if (closed := take(headings.CLOSED_AT, None)) is not None:
        entered[CLOSED] = closed
    plain = {one: take(one, None) for one in ("stage", "days", "reason", "next_at")}
    return found, History(entered=entered, touches=_touch(found), **plain)


def _touch(found: dict[str, Rule]) -> tuple[TouchRule, ...]:
    at = found.pop(headings.LAST_TOUCH, None)
    rules: dict[str, Any] = {
        name: rule
        for name, key in (
            ("kind", headings.TOUCH_KIND),
            ("note", headings.TOUCH_NOTE),
            ("outcome", headings.TOUCH_OUTCOME),
            ("seconds", headings.TOUCH_SECONDS),
        )
        if (rule := found.pop(key, None)) is not None
    }
    return (TouchRule(at=at, **rules),) if at is not None else ()


def _joined(rules: Iterable[Rule | None]) -> Rule:
    return Rule(template=" ".join(f"{{{rule.column}}}" for rule in rules if rule is not None))
