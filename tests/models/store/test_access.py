"""An account each on PostgreSQL: the printed SQL, run by its administrator, and real sessions of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from models import (
    access,
    check,
    cohorts,
    connect,
    contacts,
    crew,
    desks,
    feed,
    figures,
    ledger,
    lists,
    queue,
    sight,
    suppress,
    taking_in,
    undoing,
    views,
)
from models.base import Mark, new_token, proxy, rows_of
from models.cards import Scope
from models.desks.draft import Draft
from models.desks.presence import State
from models.errors import Refused, Unavailable
from models.journal import Journal
from models.lead import Lead
from models.people import Agent
from models.search import finding
from tests.models.store import floors
from tests.models.store.floors import HOUR, NOW, MadeFloor
from tui import errands
from tui.cli import shared
from tui.config import Config
from tui.monitor import errands as watching


def as_role(url: str, login: str) -> str:
    """The URL by which somebody's own account opens the floor."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{login}@").geturl()


def run_grants(url: str) -> None:
    """As an administrator does: the printed text goes into a session of its own."""
    with floors.opened(url):
        text = access.grants()
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute(text)


@pytest.fixture
def granted(fresh_postgres: str) -> Iterator[MadeFloor]:
    """A floor with leads of both teams and of nobody, and an account for everybody."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        for team in ("north", "south", None):
            made.lead(team=team)
        for owner in ("ann", "bob", "cid"):
            made.lead(owner=owner)
        closed = made.lead(team="north")
        made.log(made.take("bob", closed), "no_answer", sleep_until=NOW + HOUR, note="of the north")
    run_grants(fresh_postgres)
    yield made
    drop_roles(fresh_postgres)


def drop_roles(url: str) -> None:
    """Roles are the server's, which outlives the test."""
    with psycopg.connect(url, autocommit=True) as administrator:
        made = administrator.execute(
            "SELECT rolname FROM pg_roles WHERE rolname IN (SELECT login FROM agent) "
            "OR starts_with(rolname, current_database() || '_')"
        ).fetchall()
        for (role,) in made:
            quoted = sql.Identifier(role)
            administrator.execute(sql.SQL("DROP OWNED BY {}; DROP ROLE {}").format(quoted, quoted))


@contextmanager
def session(made: MadeFloor, login: str, *, read_only: bool = False) -> Iterator[None]:
    """Somebody's own session is this process's floor."""
    database = connect.use(as_role(made.url, login), read_only=read_only)
    try:
        yield
    finally:
        database.close()


def test_an_agent_does_all_that_a_desk_does(granted: MadeFloor) -> None:
    """Every command of a desk, by an account that has no right but an agent's; afterwards all agrees."""
    made = granted
    ann = made.people["ann"]
    with floors.opened(made.url):  # a playbook has changed
        floors.write("UPDATE cohort_order SET counted_to = -1")
        floors.write("UPDATE floor SET tidied_at = 0")
    with session(made, "ann"):
        assert access.account() == "ann"
        later = NOW + timedelta(minutes=1)
        claim = made.next("ann", later)
        queue.release(queue.renew(claim, later), later)
        claim = made.take("ann", 1, later)
        ledger.edit(claim, {"need": "boxes", "amount": "500"}, token=made.token(), now=later)
        contacts.add(claim, {"name": "Q", "number": "+441632960001"}, token=made.token(), now=later)
        made.move(claim, "offer", later)
        token = made.token()
        ledger.log_touch(claim, ledger.Entry("talked", note="well", sleep_until=later + HOUR), token=token, now=later)
        claim = undoing.undo(ann, token, token=made.token(), now=later).claim
        made.log(claim, "callback", later, next_at=later + HOUR, note="call me")
        touch = rows_of("SELECT MAX(id) FROM touch WHERE agent_id = ?", (ann,))[0][0]
        ledger.correct_note(touch, "call me at two", agent_id=ann, token=made.token(), now=later)
        token = made.token()
        ledger.log_touch(made.next("ann", later), ledger.Entry("banned"), token=token, now=later)
        undoing.undo(ann, token, token=made.token(), now=later)
        ledger.sleep(queue.held(ann, later) or made.next("ann", later), later + HOUR, token=made.token(), now=later)
        made_lead = taking_in.take_in(
            1, {"company": "New", "person": "P", "source": "web", "number": "+12125550123"}, by=ann,
            team_id=made.teams["north"], token=made.token(), now=later,
        )  # fmt: skip
        assert [one.lead_id for one in finding.find(ann, "New", later, limit=5)] == [made_lead]
        desks.log_in(ann, later)
        desks.keep(ann, Draft(1, "log talked", "half", 1, True, later), later)
        desks.enter(ann, State.PAUSE, code="tea", now=later + timedelta(seconds=9))
        desks.seen(ann, later + timedelta(seconds=19))
        assert [one.text for one in desks.drafts(ann)] == ["half"]
        assert desks.trouble() is None
        queue.claim_next(ann, later + timedelta(days=3))  # sweeps, wakes, moves hours on
        lists.queue(ann, later, limit=9)
        figures.panel(ann, Scope.MINE, 1, later)
        bell = feed.open_bell()
        assert bell is not None
        bell.close()
    with floors.opened(made.url):
        assert check.check(NOW + timedelta(days=3)) == ()
        assert cohorts.are_counted(1)


FORBIDDEN = {
    "another's name in the journal": "INSERT INTO journal (token, at, agent_id, verb) VALUES ('x', 0, {bob}, 'log')",
    "another's touch": "INSERT INTO touch (journal_id, lead_id, stage_id, at, agent_id, kind, outcome) "
    "VALUES (1, 1, 1, 0, {bob}, 'call', 'talked')",
    "a lead into another's hands": "UPDATE lead SET holder_id = {bob}, held_since = 0, token = 'x', wake_at = 99 "
    "WHERE id = 1",
    "a lead of another's to oneself": "UPDATE lead SET owner_id = {ann} WHERE id = 5",
    "a lead gone": "DELETE FROM lead",
    "a record reworded": "UPDATE journal SET detail = ''",
    "a touch reworded": "UPDATE touch SET note = ''",
    "a counter": "UPDATE stock SET n = 9",
    "what is counted": "UPDATE cohort_order SET counted_to = 0",
    "a role": "UPDATE agent SET role = 'manager' WHERE id = {ann}",
    "a colleague": "INSERT INTO agent (login, name, role) VALUES ('z', 'Z', 'agent')",
    "a target": "INSERT INTO target (month, team_id, agent_id, deals) VALUES (1, 0, 0, 1)",
    "a playbook": "UPDATE campaign SET playbook = ''",
    "another's presence": "INSERT INTO presence VALUES ({bob}, 'off', '', 0, NULL, NULL, 0, 0)",
    "a table": "CREATE TABLE mine (id INTEGER)",
    "the triggers": "ALTER TABLE lead DISABLE TRIGGER ALL",
    "another account": "SET SESSION AUTHORIZATION bob",
    "another's role": "SET ROLE bob",
    "the owner's role": "SET ROLE floor",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_an_agent_does_no_more(what: str, granted: MadeFloor) -> None:
    with psycopg.connect(as_role(granted.url, "ann"), autocommit=True) as mine:
        with pytest.raises(psycopg.Error) as caught:
            mine.execute(FORBIDDEN[what].format(**granted.people))
        assert caught.value.sqlstate == "42501", caught.value


def test_what_changes_no_row_of_anothers(granted: MadeFloor) -> None:
    """Rows of others are not there to be changed, nor are their drafts to be read."""
    with session(granted, "bob"):
        desks.log_in(granted.people["bob"], NOW)
        desks.keep(granted.people["bob"], Draft(1, "log talked", "bob's", 1, True, NOW), NOW)
    with psycopg.connect(as_role(granted.url, "ann"), autocommit=True) as mine:
        for statement in (
            "UPDATE presence SET state = 'off'",
            "UPDATE agent SET seen_at = 9",
            "UPDATE touch SET voided_by = 1",
        ):
            mine.execute(statement)
        assert mine.execute("SELECT COUNT(*) FROM draft").fetchone() == (0,)
    with floors.opened(granted.url):
        bob = granted.people["bob"]
        assert rows_of("SELECT state FROM presence WHERE agent_id = ?", (bob,)) == [("ready",)]
        assert rows_of("SELECT COUNT(*) FROM touch WHERE voided_by IS NOT NULL") == [(0,)]
        assert rows_of("SELECT COUNT(*) FROM agent WHERE seen_at = 9 AND login <> 'ann'") == [(0,)]


COMMANDS: dict[str, Callable[[MadeFloor], object]] = {
    "claim": lambda made: queue.claim_next(made.watcher, NOW),
    "claim for another": lambda made: queue.claim_next(made.people["ann"], NOW),
    "take": lambda made: queue.take(made.people["ann"], 1, NOW),
    "take in": lambda made: made.lead(),
    "team": lambda made: crew.add_team("x", by=made.boss, token=new_token(), now=NOW),
    "suppress": lambda made: suppress.add([49], reason="", agent_id=made.boss, token=new_token(), now=NOW),
    "anything": lambda made: connect.transact(lambda: rows_of("DELETE FROM uncatalogued RETURNING 1")),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("is_tricked", [False, True], ids=["as it comes", "told that it may write"])
def test_a_supervisor_writes_nothing(command: str, is_tricked: bool, granted: MadeFloor) -> None:
    """Not by a setting that could be taken off, but because no right was given."""
    with floors.opened(granted.url):
        before = floors.dump()
    with session(granted, "wim"):
        if is_tricked:
            proxy.execute_sql("SET default_transaction_read_only = off")
        with pytest.raises((Unavailable, Refused)) as caught:
            COMMANDS[command](granted)
        assert caught.value.code == "read_only"
    with floors.opened(granted.url):
        assert floors.dump() == before


def test_no_table_can_be_written_by_a_supervisor(granted: MadeFloor) -> None:
    """Asked of the server for every table there is and every right that there is."""
    question = (
        "SELECT relname, p FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', "
        "'TRIGGER']) AS p WHERE relkind IN ('r', 'S', 'v') AND relnamespace = 'public'::regnamespace "
        "AND CASE relkind WHEN 'S' THEN has_sequence_privilege('wim', oid, 'USAGE, UPDATE') ELSE "
        "has_table_privilege('wim', oid, p) OR (p IN ('INSERT', 'UPDATE') "
        "AND has_any_column_privilege('wim', oid, p)) END"
    )
    with psycopg.connect(granted.url) as administrator:
        assert administrator.execute(question).fetchall() == []
        assert administrator.execute(question.replace("wim", "ann")).fetchall() != []
        asked = (
            "SELECT has_schema_privilege('wim', 'public', 'CREATE'), "
            "has_database_privilege('wim', current_database(), 'TEMP')"
        )
        assert administrator.execute(asked).fetchone() == (False, False)


@pytest.mark.parametrize("login", ["wim", "ann", "boss"])
def test_what_each_role_reads_agrees_with_sight(login: str, granted: MadeFloor) -> None:
    """A supervisor's session reads the leads that `sight` lets them see, and what hangs on those; nothing else."""
    with floors.opened(granted.url):
        person = Agent.get_by_id(granted.people[login])
        seen = {row.id for row in Lead.select(Lead.id).where(sight.seen_by(person))}
        every = {row[0] for row in rows_of("SELECT id FROM lead")}
        touched = {row[0] for row in rows_of("SELECT lead_id FROM touch")}
    with session(granted, login):
        read = {row[0] for row in rows_of("SELECT id FROM lead")}
        on_leads = ("touch", "contact", "journal WHERE lead_id IS NOT NULL")
        histories = {row[0] for table in on_leads for row in rows_of(f"SELECT lead_id FROM {table}")}
    assert read == (seen if login == "wim" else every)
    assert histories <= read
    assert seen < every or login == "boss"
    assert touched & histories


def test_what_a_list_filled_in_is_not_a_supervisors_to_read(granted: MadeFloor) -> None:
    """One line of it tells of the customers of all teams."""
    with floors.opened(granted.url):
        told = '{"intake": 1, "leads": {"2": {"person": "Ottilie"}}}'
        connect.transact(lambda: Journal.add(token="fill", at=0, verb="import-merge", detail=told))
    lines = "SELECT detail FROM journal WHERE verb = 'import-merge'"
    with session(granted, "wim"):
        assert rows_of(lines) == []
        assert rows_of("SELECT 1 FROM journal WHERE lead_id IS NULL")
    with session(granted, "boss"):
        assert rows_of(lines) == [(told,)]


def test_a_supervisor_reads_what_a_monitor_shows(granted: MadeFloor) -> None:
    with session(granted, "wim", read_only=True):
        assert access.is_limited()
        views.lead(granted.watcher, 1, NOW)
        figures.panel(granted.watcher, Scope.TEAM, 1, NOW)
        lists.queue(granted.watcher, NOW, limit=9)
        assert finding.find(granted.watcher, "Company", NOW, limit=5)
        assert desks.everybody() == ()
        bell = feed.open_bell()
        assert bell is not None
        feed.version()
        bell.close()


def test_an_agents_rights_cost_a_claim_nothing(granted: MadeFloor) -> None:
    """The server plans what a desk asks most for an agent's account as it does for the owner's, to the last line."""
    values = {"agent": granted.people["ann"], "now": 0, "until": 0, "token": "'t'", "lead": 1}
    for statement in (queue.CLAIM, queue.WAKE, queue.WAKE_PROMISED, queue.HELD, queue.LOCKED, queue.LET_GO):
        plans = []
        for login in ("ann", "floor"):
            with session(granted, login):
                built, holes = statement.build().sql()
                given = [values[hole.name] if isinstance(hole, Mark) else hole for hole in holes]
                filled = ["NULL" if value is None else value for value in given]
                plans.append(rows_of("EXPLAIN (COSTS OFF) " + built % tuple(filled)))
        assert plans[0] == plans[1]


def test_whatever_the_surroundings_say_the_account_is_who_one_is(
    granted: MadeFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an account each, neither a variable nor the system's user makes anybody another."""
    monkeypatch.setattr(shared, "caller", lambda _config: "boss")
    with session(granted, "ann"):
        assert shared.asking(Config()).login == "ann"
        assert errands.opening("boss", NOW).person.login == "ann"
        with pytest.raises(Refused) as refused:
            watching.opening("boss", NOW, "full")
        assert refused.value.code == "supervisors_only", "an agent does not watch in a manager's name"
    with floors.opened(granted.url):
        assert shared.asking(Config()).login == "boss", "one account for all: the system says who it is"


def test_who_has_left_comes_in_no_more_and_who_changes_gets_other_rights(granted: MadeFloor) -> None:
    with floors.opened(granted.url):
        crew.leave("bob", to=None, by=granted.boss, token=new_token(), now=NOW)
        rows_of("UPDATE agent SET role = 'supervisor' WHERE login = 'cid' RETURNING 1")
    run_grants(granted.url)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(as_role(granted.url, "bob"))
    with psycopg.connect(as_role(granted.url, "cid"), autocommit=True) as cid:
        cid.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cid.execute("UPDATE lead SET need = ''")


def test_a_login_is_text_and_no_statement(fresh_postgres: str) -> None:
    evil = 'x"; DROP TABLE lead; --'
    with floors.opened(fresh_postgres):
        floors.make(fresh_postgres)
        rows_of("UPDATE agent SET login = ? WHERE login = 'dee' RETURNING 1", (evil,))
    try:
        run_grants(fresh_postgres)
        with psycopg.connect(fresh_postgres) as administrator:
            assert administrator.execute("SELECT COUNT(*) FROM lead").fetchone() == (0,)
            assert administrator.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (evil,)).fetchone() == (1,)
    finally:
        with psycopg.connect(fresh_postgres, autocommit=True) as administrator:
            database = administrator.info.dbname
            roles = [
                "ann",
                "bob",
                "cid",
                "boss",
                "wim",
                evil,
                *(f"{database}_{r}" for r in ("agent", "supervisor", "manager")),
            ]
            for role in roles:
                administrator.execute(f"DROP OWNED BY {access.name(role)}; DROP ROLE {access.name(role)}")


def test_on_a_file_there_are_no_accounts(fresh_sqlite: str) -> None:
    with floors.opened(fresh_sqlite):
        floors.make(fresh_sqlite)
        assert access.account() is None
        with pytest.raises(Refused, match="grants_sqlite"):
            access.grants()
