"""The record: whatever is altered, deleted, inserted, swapped or cut off is found and named; what was not is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import peewee as pw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import check, crew, ledger, queue
from models.base import new_token, proxy, rows_of
from models.connect import snapshot
from models.errors import Refused
from models.record import anchors, audit
from tests.models.store import floors, lives
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

TABLES = ("journal", "touch", "stage_move", "transfer", "link")
TEXTS = {"token", "verb", "detail", "kind", "outcome", "purpose", "note", "feedback", "tags", "bring", "way", "reason"}
FOLLOWS = {"transfer": {"stage_id", "amount"}}
DAY = timedelta(days=1)


def faults() -> dict[str, tuple[int, tuple[str, ...]]]:
    """What the record alone says."""
    with snapshot():
        return audit.Audit().run()


def history(made: MadeFloor, random: Random, steps: int) -> None:
    """Some days of a floor, with everything that can come on record."""
    lives.people_it(made, random, 5)
    life = lives.Life(made, random)
    for _ in range(steps):
        life.passes()
        random.choices((life.step, life.turn, life.manage, life.undo), (6, 3, 2, 1))[0]()
    lead = made.lead()
    made.log(made.take("boss", lead, life.now), "talked", life.now, note="asked for an offer", feedback="likes it")
    (touch,) = rows_of("SELECT MAX(id) FROM touch")[0]
    ledger.correct_note(touch, "asked for two", agent_id=made.boss, token=new_token(), now=life.now)
    crew.move_team("south", to="north", by=made.boss, token=new_token(), now=life.now)
    anchors.anchor(made.boss, life.now)


@dataclass
class Tampering:
    """One thing that nobody may do, on rows that a seed chooses."""

    random: Random

    def do(self) -> set[int]:
        """Does it; returns the journal ids one of which has to be named, or nothing where the record itself is gone."""
        deed = self.random.choice((self.alter, self.alter, self.delete, self.insert, self.swap, self.cut))
        return deed()

    def alter(self) -> set[int]:
        """Any column of any row that is on record; what follows from the rest of it is counted anew by `check`."""
        table, row = self._row()
        column = self.random.choice(sorted(row.keys() - FOLLOWS.get(table, set())))
        value = row[column]
        other = f"'{value or ''}x'" if column in TEXTS or isinstance(value, str) else (value or 0) + 1_000
        if value is None and column in ("salt", "erased"):
            other = "'x'"
        floors.tamper(f"UPDATE {table} SET {column} = {other} WHERE {self._key(table, row)}")
        # Of a row that was never voided no record tells, until one is named.
        return self._named(table, row) | ({1_000} if column == "voided_by" and value is None else set())

    def delete(self) -> set[int]:
        """Any row."""
        table, row = self._row()
        floors.tamper(f"DELETE FROM {table} WHERE {self._key(table, row)}")
        return self._named(table, row)

    def insert(self) -> set[int]:
        """A copy of any row of history."""
        table, row = self._row(without=("link",))
        columns = [name for name in row if name not in ("id", "token")]
        more = ("token", "'made up'") if table == "journal" else ("", "")
        names, values = ", ".join([*columns, *more[:1]]).rstrip(", "), ", ".join([*columns, *more[1:]]).rstrip(", ")
        floors.tamper(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {self._key(table, row)}")
        if table != "journal":
            return self._named(table, row)
        return {rows_of("SELECT MAX(id) FROM journal")[0][0]}

    def swap(self) -> set[int]:
        """Two rows of the journal change places in time."""
        first, second = self.random.sample(rows_of("SELECT id, at, agent_id, verb FROM journal ORDER BY id"), 2)
        if first[1:] == second[1:]:
            return self.delete()
        for number, (_, at, agent, verb) in ((first[0], second), (second[0], first)):
            agent = "NULL" if agent is None else agent
            floors.tamper(f"UPDATE journal SET at = {at}, agent_id = {agent}, verb = '{verb}' WHERE id = {number}")
        return {first[0], second[0]}

    def cut(self) -> set[int]:
        """The last records of a chain, with all they wrote and all that tells of them but the day's anchor."""
        chain, place = self.random.choice(rows_of("SELECT chain, place FROM chain_head WHERE chain > 0 ORDER BY chain"))
        first = self.random.randrange(1, place + 1)
        gone = f"SELECT journal_id FROM link WHERE chain = {chain} AND place >= {first}"
        for table in ("touch", "stage_move", "transfer"):
            floors.tamper(f"DELETE FROM {table} WHERE journal_id IN ({gone})")
        floors.tamper(f"DELETE FROM journal WHERE id IN ({gone})")
        floors.tamper(f"DELETE FROM link WHERE chain = {chain} AND place >= {first}")
        rest = f"(SELECT MAX(head) FROM link WHERE chain = {chain} AND place = {first - 1})"
        floors.tamper(f"UPDATE chain_head SET place = {first - 1}, head = COALESCE({rest}, '') WHERE chain = {chain}")
        return set()

    def _row(self, without: tuple[str, ...] = ()) -> tuple[str, dict[str, Any]]:
        table = self.random.choice(
            [name for name in TABLES if name not in without and rows_of(f"SELECT 1 FROM {name}")]
        )
        names = sorted(column.name for column in proxy.get_columns(table))
        order = "chain, place" if table == "link" else "id"
        rows = rows_of(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        return table, dict(zip(names, self.random.choice(rows), strict=True))

    @staticmethod
    def _key(table: str, row: dict[str, Any]) -> str:
        if table == "link":
            return f"chain = {row['chain']} AND place = {row['place']}"
        return f"id = {row['id']}"

    @staticmethod
    def _named(table: str, row: dict[str, Any]) -> set[int]:
        if table == "journal":
            return {row["id"]}
        return {row["journal_id"]} | ({row["voided_by"]} if row.get("voided_by") else set())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32))
def test_whatever_is_tampered_with_is_found(anew: Anew, seed: int) -> None:
    """And named by number, verb and time; before that nothing was found."""
    with anew() as made:
        random = Random(seed)
        history(made, random, random.randrange(1, 25))
        assert faults() == {}
        wanted = Tampering(random).do()
        found = faults()
        assert found
        named = {int(text.split()[0]) for code in found for text in found[code][1] if text.split()[0].isdigit()}
        assert not wanted or named & wanted
        assert "asked for" not in str(found)
        assert "Company" not in str(found)


@pytest.mark.parametrize("column", sorted(FOLLOWS["transfer"]))
def test_what_follows_from_the_record_is_counted_anew(made: MadeFloor, column: str) -> None:
    """Where a lead stood when it was handed over, and what it was worth."""
    made.lead(owner="cid", amount="100")
    crew.move_team("south", to="north", by=made.boss, token=new_token(), now=NOW + DAY)
    assert not check.check(NOW + DAY)
    floors.tamper(f"UPDATE transfer SET {column} = {column} + 1")
    assert [one.code for one in check.check(NOW + DAY)] == ["flow", "flow_by_lead"]


def test_the_record_is_named(made: MadeFloor) -> None:
    """By its number, what it was and when, in the check itself."""
    made.lead()
    made.log(made.next("ann"), "talked", note="wants two")
    (number,) = rows_of("SELECT id FROM journal WHERE verb = 'log'")[0]
    floors.tamper("UPDATE touch SET note = 'wants none'")
    assert [(one.code, one.count, one.examples) for one in check.check(NOW)] == [
        ("altered", 1, (f"{number} log 2026-03-02 10:00Z",))
    ]


def test_a_digest_that_was_noted_holds_as_long_as_nothing_was_rewritten(made: MadeFloor) -> None:
    """Also against somebody who can compute a whole chain anew."""
    made.lead()
    made.log(made.next("ann"), "talked")
    digest = anchors.anchor(made.boss, NOW)
    made.log(made.take("ann", 1, NOW + DAY), "talked", NOW + DAY)
    assert check.check(NOW + DAY, digest) == ()
    (fault,) = check.check(NOW + DAY, digest[:-1] + ("0" if digest[-1] != "0" else "1"))
    assert fault.code == "anchor"
    with pytest.raises(Refused, match="managers_only"):
        anchors.anchor(made.people["ann"], NOW)


def test_every_day_is_anchored_once(made: MadeFloor) -> None:
    """By the first that claims on it; the day on which the floor was set up needs none."""
    made.lead()
    for hours in (0, 1, 20, 21, 30, 50):
        queue.claim_next(made.people["ann"], NOW + timedelta(hours=hours))
    days = rows_of("SELECT at FROM journal WHERE verb = 'anchor' ORDER BY id")
    assert [at - int(NOW.timestamp()) for (at,) in days] == [20 * 3600, 50 * 3600]
    assert check.check(NOW + timedelta(hours=50)) == ()


GUARDED = (
    *(f"DELETE FROM {table}" for table in TABLES),
    "UPDATE journal SET detail = '{}'",
    "UPDATE journal SET verb = 'sleep'",
    "UPDATE touch SET salt = 'x' WHERE salt IS NOT NULL",
    "UPDATE touch SET note = '', erased = 'x', outcome = 'talked'",
    "UPDATE transfer SET to_owner_id = 1",
    "UPDATE link SET head = 'x'",
)


@pytest.mark.parametrize("statement", GUARDED)
def test_what_is_on_record_cannot_be_altered(made: MadeFloor, statement: str) -> None:
    """By anybody who has not taken the guards away first."""
    lead = made.lead(owner="ann")
    made.log(made.take("ann", lead), "no_answer", note="rang")
    crew.move_agent("ann", team="south", by=made.boss, token="t", now=NOW)
    before = floors.dump()
    with pytest.raises(pw.DatabaseError), proxy.atomic():
        proxy.execute_sql(statement)
    assert floors.dump() == before
