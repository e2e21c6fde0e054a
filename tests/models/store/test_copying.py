"""A floor moved to another database and back is the same, row for row; a copy that broke off is nobody's floor."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress as without_objection
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from models import check, desks, queue, schema, suppress
from models.base import proxy, rows_of
from models.copies import copying, sides
from models.desks.draft import Draft
from models.desks.presence import State
from models.errors import Refused, Unavailable
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def lived_in(tmp_path: Path) -> str:
    """A floor in a file on which somewhat of everything happened."""
    url = str(tmp_path / "given.db")
    with floors.opened(url):
        live(floors.make(url), Random(7))
        desks.close()
    return url


def live(made: MadeFloor, random: Random, deeds: int = 60) -> None:
    """Work of many kinds, drawn by chance."""
    now, outcomes = NOW, ("talked", "no_answer", "refused", "banned")
    for _ in range(12):
        owner, place = random.choice((None, "ann", "bob")), random.choice(list(floors.NUMBERS))
        made.lead(owner=owner, place=place, company="东方 Ltd")
    for _ in range(deeds):
        now += timedelta(minutes=random.randint(0, 9))
        claim = queue.claim_next(made.people[random.choice(("ann", "bob"))], now)
        if claim is None:
            made.lead(now=now)
            continue
        with without_objection(Refused):  # it stands there already, or something is missing
            if random.random() < 0.4:
                made.move(claim, random.choice(("offer", "deal")), now)
                continue
            outcome, wakes = random.choice(outcomes), now + timedelta(minutes=random.randint(1, 90))
            reason = "price" if outcome == "refused" else ""
            made.log(claim, outcome, now, note="说好了 ☎", reason=reason, sleep_until=wakes)
    made.move(made.take("boss", made.lead(now=now, amount="5"), now), "won", now)
    suppress.add([4917012345678], reason="asked", agent_id=made.boss, token=made.token(), now=now)
    ann = made.people["ann"]
    desks.log_in(ann, now)
    desks.keep(ann, Draft(1, "log talked", "half a s", 3, True, now), now)
    desks.enter(ann, State.PAUSE, code="tea", now=now + timedelta(minutes=3))
    desks.enter(ann, State.OFF, now=now + timedelta(minutes=9))


@contextmanager
def side(url: str) -> Iterator[sides.Side]:
    """A database as a copy sees it."""
    with floors.opened(url):
        found = sides.side_of(proxy.obj)
        found.attach_desks()
        yield found


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is copied."""
    with side(url) as found:
        return {name: found.run(found.select(table)) for name, table in found.tables().items()}


def test_there_and_back_every_row_is_the_same(lived_in: str, fresh_postgres: str, tmp_path: Path) -> None:
    given = content(lived_in)
    there = copying.copy(lived_in, fresh_postgres, LATER)
    assert content(fresh_postgres) == given
    back = copying.copy(fresh_postgres, str(tmp_path / "back.db"), LATER)
    assert content(str(tmp_path / "back.db")) == given
    assert there == back == copying.Copied({name: len(rows) for name, rows in given.items()}, ())
    assert all(
        given[name]
        for name in ("lead", "touch", "stage_move", "passage", "sale", "stock", "draft", "presence", "spell")
    )


def test_no_table_of_the_schema_is_left_out(lived_in: str, fresh_postgres: str) -> None:
    """Whatever a later migration adds is copied too; what is not has a reason that stands here."""
    made_anew = {"catalogue", "uncatalogued"}
    rows = copying.copy(lived_in, fresh_postgres, LATER).rows
    with floors.opened(fresh_postgres):
        assert set(proxy.get_tables()) == rows.keys() | made_anew | {"schema_migration"}


@pytest.mark.parametrize("way", ["to a server", "to a file"])
def test_work_goes_on_where_it_stopped(way: str, lived_in: str, fresh_postgres: str, tmp_path: Path) -> None:
    """New rows get new ids, triggers count again, what was found is found."""
    copying.copy(lived_in, fresh_postgres, LATER)
    url = fresh_postgres
    if way == "to a file":
        url = str(tmp_path / "back.db")
        copying.copy(fresh_postgres, url, LATER)
    with floors.opened(url):
        people = {login: number for number, login in rows_of("SELECT id, login FROM agent")}
        made = MadeFloor(url, people["boss"], people=people, teams={"north": 1, "south": 2}, _serial=count(1_000))
        leads = rows_of("SELECT MAX(id) FROM lead")[0][0]
        assert made.lead(now=LATER, number="+493099999991") > leads
        made.lead(now=LATER)
        made.log(made.next("ann", LATER), "no_answer", LATER)
        made.move(made.next("ann", LATER), "offer", LATER)
        assert check.check(LATER) == ()
        with pytest.raises(Exception, match="append-only"):
            floors.write("DELETE FROM touch")


def test_only_into_what_is_empty(lived_in: str, fresh_postgres: str, tmp_path: Path) -> None:
    copying.copy(lived_in, fresh_postgres, LATER)
    for target in (fresh_postgres, lived_in):
        with pytest.raises(Refused, match=r"copy_occupied|copy_same"):
            copying.copy(lived_in, target, LATER)
    with pytest.raises(Unavailable, match="not_a_floor"):
        copying.copy(str(tmp_path / "none.db"), fresh_postgres, LATER)
    assert not (tmp_path / "none.db").exists()


def test_not_while_somebody_works(lived_in: str, fresh_postgres: str) -> None:
    with floors.opened(lived_in):
        desks.log_in(rows_of("SELECT id FROM agent WHERE login = 'bob'")[0][0], LATER)
        desks.close()
    with pytest.raises(Refused, match="copy_logged_in") as caught:
        copying.copy(lived_in, fresh_postgres, LATER)
    assert caught.value.fields == {"names": ("Bob",)}
    assert copying.copy(lived_in, fresh_postgres, LATER, anyway=True).faults == ()


def test_desks_that_cannot_be_read_are_not_left_behind(lived_in: str, fresh_postgres: str) -> None:
    """Who copies is told, instead of losing what lies on them."""
    with sqlite3.connect(f"{lived_in}-desks") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Unavailable, match="newer"):
        copying.copy(lived_in, fresh_postgres, LATER)
    with pytest.raises(Unavailable, match="newer"):
        copying.copy(lived_in, fresh_postgres, LATER, anyway=True)


KILLED = """
import os, signal, sys
from models.copies import copying
from tests.models.store.test_copying import LATER
def progress(table, done, total):
    if table == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
copying.copy(sys.argv[1], sys.argv[2], LATER, progress=progress)
"""


@pytest.mark.parametrize("table", ["team", "touch", "catalogue"])
def test_a_copy_that_was_killed_is_refused_and_begun_again(
    table: str, lived_in: str, fresh_postgres: str, tmp_path: Path
) -> None:
    given, url = content(lived_in), lived_in
    for target in (fresh_postgres, str(tmp_path / "back.db")):
        root = Path(__file__).parents[3]
        killed = subprocess.run([sys.executable, "-c", KILLED, url, target, table], cwd=root, check=False)
        assert killed.returncode == -9
        with floors.opened(target), pytest.raises(Unavailable, match="unfinished"):
            schema.require_current()
        assert copying.copy(url, target, LATER).faults == ()
        assert content(target) == given
        url = target


def test_what_arrives_otherwise_is_not_called_finished(
    lived_in: str, fresh_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are lost on the way are missed."""

    def lossy(side: sides.Side, table: sides.Table, size: int, rows: Any = sides.SqliteSide.rows) -> Any:
        yield from (batch[1:] if table.name == "touch" else batch for batch in rows(side, table, size))

    monkeypatch.setattr(sides.SqliteSide, "rows", lossy)
    with pytest.raises(Refused, match="copy_differs") as caught:
        copying.copy(lived_in, fresh_postgres, LATER)
    assert caught.value.fields == {"table": "touch"}
    with floors.opened(fresh_postgres), pytest.raises(Unavailable, match="unfinished"):
        schema.require_current()
