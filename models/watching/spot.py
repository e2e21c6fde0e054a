"""The spot check 抽查: a random sample of records with what proves each, or one aimed at signs.

Chance comes in as draws, so that the same draws give the same sample.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from models import lists, sight
from models.base import moment, moment_or_none, rows_of, seconds
from models.campaigns import book
from models.connect import snapshot
from models.lead import Lead
from models.people import Agent
from models.watching import masks
from models.watching.cards import Sample, Samples, Selection, Sign
from models.watching.eyes import eyes, of_agents
from models.watching.masks import Mask
from models.zones import floor_day

SHORT = 5
"""Seconds: nobody is talked into anything in less, or says what they need."""
COPIES = 3
"""A note that an agent wrote of so many talks in the time looked at was copied. Who did not answer says nothing."""
TELLING = 8
"""Characters of a note that say something of their own; 'called', '没人接' are no copies."""


class Record(Struct, frozen=True):
    """A touch, or a sleep without one, as far as signs show."""

    touch_id: int | None
    at: int
    agent_id: int | None
    lead_id: int
    signs: tuple[Sign, ...]
    copies: int = 0


def spot_check(
    viewer_id: int,
    selection: Selection,
    now: datetime,
    *,
    since: datetime,
    until: datetime,
    draws: Sequence[float],
    aimed: bool = False,
    mask: Mask = Mask.FULL,
) -> Samples:
    """A sample of what a selection's people recorded in [since, until), newest first.

    Args:
        viewer_id: who watches.
        selection: whose records.
        now: this moment; a promise is without callback once its moment is past.
        since: the first moment.
        until: the first moment after it.
        draws: chance in [0, 1), one for each record wanted; no record is drawn twice.
        aimed: draws among the records that show signs.
        mask: of numbers in notes, names and the lead's own.

    Raises:
        Refused: `supervisors_only`.
    """
    with snapshot():
        viewer, selection = eyes(viewer_id, selection)
        touches = _touches(selection, since, until)
        slept = _slept(selection, since, until) if aimed else []
        seen = _seen(viewer, selection, {row[3] for row in touches} | {row[2] for row in slept})
        touches = [row for row in touches if row[3] in seen]
        records = _aimed(touches, [row for row in slept if row[2] in seen], now) if aimed else _plain(touches)
        by_sign = Counter(sign for record in records for sign in record.signs)
        drawn = sorted(draw(records, draws), key=lambda record: (record.at, record.touch_id or 0), reverse=True)
        rows = _told(drawn, seen, mask)
    return Samples(tuple(rows), len(records), dict.fromkeys(Sign, 0) | by_sign if aimed else {})


def days_until(now: datetime, before: int) -> datetime:
    """The midnight of the floor's day so many days before today's."""
    return floor_day(now - timedelta(days=before))[0]


def draw(records: Iterable[Record], draws: Iterable[float]) -> list[Record]:
    """One record for each draw, while there are any; each as likely as any other."""
    left = list(records)
    drawn = []
    for chance in draws:
        if not left:
            break
        at = int(chance * len(left))
        left[at], left[-1] = left[-1], left[at]
        drawn.append(left.pop())
    return drawn


# ── what there is ─────────────────────────────────────────────────────────────────────────────────────────────────────

Touched = tuple[int, int, int | None, int, int, int | None, str, int | None]
"""Id, at, agent, lead, whether it was a talk, seconds, note, promised moment."""


def _touches(selection: Selection, since: datetime, until: datetime) -> list[Touched]:
    where, args = of_agents(selection)
    # Of people who left there is still what they wrote, for whoever watches all.
    people = "" if args == () else f" AND t.agent_id IN (SELECT a.id FROM agent a WHERE {where})"
    rows = rows_of(
        "SELECT t.id, t.at, t.agent_id, t.lead_id, t.is_talk, t.seconds, t.note, t.next_at FROM touch t "
        f"WHERE t.at >= ? AND t.at < ? AND t.voided_by IS NULL{people} ORDER BY t.at, t.id",
        (seconds(since), seconds(until), *args),
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]) for row in rows]


Slept = tuple[int, int | None, int]
"""Moment, agent and lead of a sleep."""


def _slept(selection: Selection, since: datetime, until: datetime) -> list[Slept]:
    """The sleeps that were not undone, where nobody had touched the lead for a day."""
    where, args = of_agents(selection)
    people = "" if args == () else f" AND j.agent_id IN (SELECT a.id FROM agent a WHERE {where})"
    rows = rows_of(
        "SELECT j.id, j.at, j.agent_id, j.lead_id FROM journal j WHERE j.verb = 'sleep' AND j.at >= ? AND j.at < ? "
        # Of who was erased nobody can tell any more what was undone.
        f"AND j.erased IS NULL AND j.lead_id IS NOT NULL{people} "
        "AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.lead_id = j.lead_id "
        "AND t.at > j.at - 86400 AND t.at <= j.at AND t.voided_by IS NULL) ORDER BY j.at, j.id",
        (seconds(since), seconds(until), *args),
    )
    undone = {
        json.loads(text[0])["undoes"]
        for some in _parts({row[3] for row in rows})
        for text in rows_of(f"SELECT detail FROM journal WHERE verb = 'undo' AND lead_id IN ({_holes(some)})", some)
    }
    return [(row[1], row[2], row[3]) for row in rows if row[0] not in undone]


def _seen(viewer: Agent, selection: Selection, leads: Iterable[int]) -> dict[int, Lead]:
    """Those that the viewer may see."""
    found: dict[int, Lead] = {}
    columns = Lead.id, Lead.company, Lead.stage_id, Lead.campaign_id
    for some in _parts(leads):
        query = Lead.select(*columns).where(Lead.id.in_(some), sight.seen_by(viewer))
        if selection.campaign_id is not None:
            query = query.where(Lead.campaign_id == selection.campaign_id)
        found |= {lead.id: lead for lead in query}
    return found


# ── signs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(touches: Iterable[Touched]) -> list[Record]:
    return [Record(row[0], row[1], row[2], row[3], ()) for row in touches]


def _aimed(touches: Sequence[Touched], slept: Iterable[Slept], now: datetime) -> list[Record]:
    """The records that show any sign."""
    copies = Counter((row[2], same_note(row[6])) for row in touches if row[4] and len(same_note(row[6])) >= TELLING)
    unkept = _unkept(touches, now)
    found = []
    for number, at, agent, lead, is_talk, talked, note, _ in touches:
        same = copies.get((agent, same_note(note)), 0) if is_talk else 0
        signs = {
            Sign.COPIED_NOTE: same >= COPIES,
            Sign.SHORT_TALK: bool(is_talk) and talked is not None and talked <= SHORT,
            Sign.PROMISE_WITHOUT_CALLBACK: number in unkept,
        }
        if any(signs.values()):
            shown = tuple(sign for sign, is_there in signs.items() if is_there)
            found.append(Record(number, at, agent, lead, shown, same - 1 if same >= COPIES else 0))
    return found + [Record(None, at, agent, lead, (Sign.SKIPPED,)) for at, agent, lead in slept]


def same_note(note: str) -> str:
    """A note as it is compared with others: case, blanks and full stops make no note of one's own.

    >>> same_note(" Will call  back. ") == same_note("will call back")
    True
    """
    return " ".join(note.casefold().split()).rstrip(".。!！ ")


def _unkept(touches: Iterable[Touched], now: datetime) -> set[int]:
    """Touches whose promised moment is past while nobody has touched the lead since."""
    promised = [row for row in touches if row[7] is not None and row[7] <= seconds(now)]
    last: dict[int, int] = {}
    for some in _parts({row[3] for row in promised}):
        last |= dict(
            rows_of(
                f"SELECT lead_id, MAX(at) FROM touch WHERE lead_id IN ({_holes(some)}) AND voided_by IS NULL "
                "GROUP BY lead_id",
                some,
            )
        )
    return {row[0] for row in promised if last.get(row[3], 0) <= row[1]}


def _parts(leads: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """A part at a time: a day's leads are more than one question has room for."""
    wanted = sorted(leads)
    return (wanted[start : start + size] for start in range(0, len(wanted), size))


def _holes(leads: Sequence[int]) -> str:
    return ", ".join("?" * len(leads)) or "NULL"


# ── told ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(records: Sequence[Record], seen: Mapping[int, Lead], mask: Mask) -> Iterator[Sample]:
    """With what proves each."""
    names = dict(rows_of("SELECT id, name FROM agent"))
    numbers = [record.lead_id for record in records]
    people = lists.contact_names(numbers)
    phones: dict[int, int] = dict(
        rows_of(
            f"SELECT lead_id, number FROM phone WHERE lead_id IN ({_holes(numbers)}) "
            "AND voided_at IS NULL ORDER BY id DESC",
            numbers,
        )
    )
    later = _next_touches(records)
    for record in records:
        lead, touch = seen[record.lead_id], _touch(record)
        phone = phones.get(lead.id)
        yield Sample(
            touch_id=record.touch_id,
            at=moment(record.at),
            agent_id=record.agent_id,
            agent=names.get(record.agent_id, ""),
            lead_id=lead.id,
            company=masks.text(lead.company or people.get(lead.id, ""), mask),
            number=masks.number(phone, mask) if phone and mask is not Mask.HIDDEN else "",
            stage=book(lead.campaign_id).stage_codes[touch[5] if touch else lead.stage_id],
            outcome=touch[0] if touch else "",
            seconds=touch[1] if touch else None,
            note=masks.text(touch[2], mask) if touch else "",
            feedback=masks.text(touch[3], mask) if touch else "",
            next_at=moment_or_none(touch[4]) if touch else None,
            answered_at=moment_or_none(later[record]),
            signs=record.signs,
            copies=record.copies,
        )


def _touch(record: Record) -> tuple[Any, ...] | None:
    rows = rows_of(
        "SELECT outcome, seconds, note, feedback, next_at, stage_id FROM touch WHERE id = ?", (record.touch_id or 0,)
    )
    return rows[0] if rows else None


def _next_touches(records: Iterable[Record]) -> dict[Record, int | None]:
    """When the lead of each record was touched next."""
    found: dict[Record, int | None] = {}
    for record in records:
        rows = rows_of(
            "SELECT MIN(at) FROM touch WHERE lead_id = ? AND voided_by IS NULL AND at >= ? AND id <> ? "
            "AND (at > ? OR id > ?)",
            (record.lead_id, record.at, record.touch_id or 0, record.at, record.touch_id or 0),
        )
        found[record] = rows[0][0]
    return found
