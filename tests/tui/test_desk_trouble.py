"""A database that cannot: one clear sentence, what was typed stays, and work goes on when it is back."""

from __future__ import annotations

import os

import apsw
import psycopg
import pytest

from models import desks
from models.base import proxy
from models.cards import TouchLine
from models.desks.presence import State
from models.errors import Unavailable
from tests.tui.floors import Seat, at, lead_of, seated, set_up
from tui import words

NOTE = "half a day of typing"


def note_of(url: str, company: str) -> str:
    """What was noted of the last call."""
    touch = lead_of(url, company).history[0]
    return touch.note if isinstance(touch, TouchLine) else ""


async def on_the_desks_connection(seat: Seat, *statements: str) -> None:
    """Statements on the connection that the desk writes with."""

    def run() -> None:
        for statement in statements:
            proxy.execute_sql(statement)

    await seat.app.store.run(run)


async def type_a_talk(seat: Seat) -> None:
    """A talk that is written down and wants only its Enter."""
    await seat.press("enter", "t")
    await seat.type(f"{NOTE} @fri 10am")


async def goes_on(seat: Seat, url: str) -> None:
    """The text stood there all the time; entered again, it is on record once."""
    assert NOTE in seat.said or NOTE in seat.desk.composer.text
    assert seat.company == "Acme Tools"
    await seat.press("enter")
    assert seat.company == "东方纸业"
    await seat.until(lambda: "✗" not in seat.desk.status.text)
    assert note_of(url, "Acme Tools") == NOTE
    assert sum(isinstance(one, TouchLine) for one in lead_of(url, "Acme Tools").history) == 1


async def test_locked_by_a_stranger(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await type_a_talk(seat)
        await on_the_desks_connection(seat, "PRAGMA busy_timeout = 1")
        other = apsw.Connection(fresh_sqlite.removeprefix("sqlite:///"))
        other.execute("BEGIN IMMEDIATE")
        await seat.press("enter")
        assert "busy" in seat.said
        other.execute("ROLLBACK")
        await goes_on(seat, fresh_sqlite)


async def test_full(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await type_a_talk(seat)
        seat.desk.deeds.paste(" " + "字" * 3_800)  # more than the room that is left on a page
        await on_the_desks_connection(seat, "VACUUM", "PRAGMA max_page_count = 1")
        await seat.press("enter")
        assert "full" in seat.said
        await on_the_desks_connection(seat, "PRAGMA max_page_count = 1000000")
        await seat.press("enter")
        assert seat.company == "东方纸业"
    assert note_of(fresh_sqlite, "Acme Tools").startswith(NOTE)


async def test_read_only(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await type_a_talk(seat)
        await on_the_desks_connection(seat, "PRAGMA query_only = 1")
        await seat.press("enter")
        assert "can only be read" in seat.said
        await on_the_desks_connection(seat, "PRAGMA query_only = 0")
        await goes_on(seat, fresh_sqlite)


async def test_taken_away(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    path = fresh_sqlite.removeprefix("sqlite:///")
    async with seated(fresh_sqlite) as seat:
        await type_a_talk(seat)
        os.rename(path, f"{path}.away")
        await seat.press("enter")
        assert "cannot be reached" in seat.said
        assert not os.access(path, os.F_OK), "no empty floor is made in its place"
        os.rename(f"{path}.away", path)
        await goes_on(seat, fresh_sqlite)


def cut_all_lines(url: str) -> None:
    """As a server does that restarts."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )


async def test_whoever_quits_on_a_line_that_was_dropped_is_off_all_the_same(fresh_postgres: str) -> None:
    team = set_up(fresh_postgres)
    async with seated(fresh_postgres) as seat:
        await seat.desk.settle()
        await seat.until(lambda: not seat.desk.keeping._due)
        cut_all_lines(fresh_postgres)
        await seat.pilot.press("q")
        await seat.until(lambda: seat.desk.keeping.is_over)
    with at(fresh_postgres):
        (present,) = (one for one in desks.everybody() if one.agent_id == team.agent)
    assert present.state is State.OFF


async def test_a_server_that_drops_the_line(fresh_postgres: str) -> None:
    set_up(fresh_postgres)
    async with seated(fresh_postgres) as seat:
        await type_a_talk(seat)
        cut_all_lines(fresh_postgres)
        await seat.press("enter")
        assert seat.company == "东方纸业", "what passes by itself is tried again without a word"
    assert note_of(fresh_postgres, "Acme Tools") == NOTE


async def test_every_key_is_answered_while_nothing_can_be_written(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        await on_the_desks_connection(seat, "PRAGMA query_only = 1")
        for key in ("n", "p", "z", "escape", "e", "escape", "x", "escape", "w", "escape", "?", "escape", "f", "down"):
            await seat.press(key)
        assert "Acme Tools" in seat.card
        await on_the_desks_connection(seat, "PRAGMA query_only = 0")
        await seat.press("n")
        assert seat.company == "东方纸业"


async def test_newer_than_the_program(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    connection = apsw.Connection(fresh_sqlite.removeprefix("sqlite:///"))
    connection.execute("UPDATE schema_migration SET name = '9999_later' WHERE name = '0001_first_floor'")
    with pytest.raises(Unavailable) as caught:
        async with seated(fresh_sqlite):
            pass
    assert "newer callfloor" in words.refusal(caught.value)
