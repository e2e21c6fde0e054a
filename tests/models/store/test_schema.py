"""The schema on both databases: its age, its guards, and a floor that is made once."""

from __future__ import annotations

import peewee as pw
import pytest

from models import connect, crew, ledger, schema, undoing
from models.base import proxy, rows_of
from models.errors import Refused, Unavailable
from models.journal import MoveRow, TouchRow
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor


def test_migrating_again_changes_nothing(database_url: str) -> None:
    """The first run makes the floor, every later one finds it."""
    with floors.opened(database_url):
        assert schema.migrate() == sorted(path.stem for path in schema.MIGRATIONS.glob("[0-9]*.py"))
        before = floors.dump()
        assert schema.migrate() == []
        assert floors.dump() == before
        schema.require_current()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DROP TABLE schema_migration", "not_a_floor"),
        ("DELETE FROM schema_migration", "older"),
        ("UPDATE schema_migration SET name = '9999_from_the_future' WHERE name = '0001_first_floor'", "newer"),
    ],
)
def test_a_floor_of_another_age_is_refused(made: MadeFloor, statement: str, code: str) -> None:
    """A program never works on a floor that it does not know, and says which way it differs."""
    proxy.execute_sql(statement)
    with pytest.raises(Unavailable) as caught:
        schema.require_current()
    assert caught.value.code == code


def test_an_empty_database_is_no_floor(database_url: str) -> None:
    """What was never set up says so."""
    with floors.opened(database_url), pytest.raises(Unavailable, match="not_a_floor"):
        schema.require_current()


def test_a_refusal_leaves_the_connection_usable(database_url: str) -> None:
    """After a question that failed, the same connection sets the floor up."""
    with floors.opened(database_url):
        with pytest.raises(Unavailable):
            schema.require_current()
        assert floors.make(database_url).boss


def test_a_floor_is_made_once(made: MadeFloor) -> None:
    """Setting it up again is refused and changes nothing."""
    before = floors.dump()
    with pytest.raises(Refused, match="already_a_floor"):
        floors.make(made.url)
    assert floors.dump() == before


def history(made: MadeFloor) -> tuple[int, int]:
    """A touch and a move on record."""
    made.lead()
    made.log(made.next("ann"), "no_answer")
    return TouchRow.select().get().id, MoveRow.select().get().id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE touch SET note = 'never said'",
        "UPDATE touch SET at = at + 1",
        "UPDATE touch SET corrects_id = id",
        "DELETE FROM touch",
        "UPDATE stage_move SET to_stage_id = to_stage_id + 1",
        "UPDATE stage_move SET amount = 1",
        "UPDATE stage_move SET month = month - 1",
        "DELETE FROM stage_move",
    ],
)
def test_history_cannot_be_altered(made: MadeFloor, statement: str) -> None:
    """Not even past the commands."""
    history(made)
    before = floors.dump()
    with pytest.raises(pw.DatabaseError), proxy.atomic():
        proxy.execute_sql(statement)
    assert floors.dump() == before


@pytest.mark.parametrize("table", ["touch", "stage_move"])
def test_a_record_is_voided_once(made: MadeFloor, table: str) -> None:
    """What took it back stays on record too."""
    history(made)
    proxy.execute_sql(f"UPDATE {table} SET voided_by = 1")
    for other in ("NULL", "2", "1"):
        with pytest.raises(pw.DatabaseError), proxy.atomic():
            proxy.execute_sql(f"UPDATE {table} SET voided_by = {other}")
    assert rows_of(f"SELECT DISTINCT voided_by FROM {table}") == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE amount_change SET after = 1",
        "UPDATE amount_change SET at = at + 1",
        "DELETE FROM amount_change",
        "UPDATE amount_change SET voided_by = 1",
        "UPDATE transfer SET stage_id = 1",
        "UPDATE transfer SET amount = 1",
        "DELETE FROM transfer",
    ],
)
def test_amounts_and_hands_cannot_be_altered(made: MadeFloor, statement: str) -> None:
    """What a lead was worth, and where it stood when it was handed on; what took an edit back took it back once."""
    claim = made.take("ann", made.lead(owner="ann"))
    ledger.edit(claim, {"amount": "5"}, token="edit", now=NOW)
    undoing.undo(made.people["ann"], "edit", token="undo", now=NOW)
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=NOW)
    before = floors.dump()
    with pytest.raises(pw.DatabaseError), proxy.atomic():
        proxy.execute_sql(statement)
    assert floors.dump() == before


def test_a_floor_opened_for_reading_cannot_be_written(made: MadeFloor) -> None:
    """By the database's own means, whatever the program tries."""
    made.lead()
    proxy.close()
    database = connect.use(made.url, read_only=True)
    try:
        before = floors.dump()
        with pytest.raises(Unavailable, match="read_only"):
            made.next("ann", NOW)
        assert floors.dump() == before
    finally:
        database.close()
