"""Who is on the line: where everybody has an account of the database, its word counts and nobody else's.

And the SQL that makes those accounts, for an administrator to read and to run. What a role may do:

- a supervisor reads what belongs to the own team, and nothing can be written;
- an agent does what a desk does, in no other name than the own;
- a manager does everything but to change the tables themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from models import views
from models.base import rows_of
from models.cards import Person
from models.connect import is_postgres
from models.errors import Refused
from models.people import Role

MEMBERSHIP = """SELECT session_user, g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    JOIN pg_roles u ON u.oid = m.member
    WHERE u.rolname = session_user AND starts_with(g.rolname, current_database() || '_')"""

AGENTS_WRITE = {
    "lead": "INSERT, UPDATE",
    "contact": "INSERT, UPDATE",
    "phone": "INSERT, UPDATE",
    "journal": "INSERT, UPDATE (salt)",
    "touch": "INSERT, UPDATE (voided_by, salt)",
    "stage_move": "INSERT, UPDATE (voided_by, salt)",
    "amount_change": "INSERT, UPDATE (voided_by)",
    "transfer": "UPDATE (voided_by)",
    "suppression": "INSERT, DELETE",
    "zone": "INSERT",
    "hours": "INSERT, UPDATE",
    "floor": "UPDATE (tidied_at, anchored_until)",
    "agent": "UPDATE (seen_at)",
    "intake": "UPDATE (state, reach)",
    "catalogue": "INSERT, DELETE",
    "uncatalogued": "DELETE",
    "link": "INSERT",
    "chain_head": "INSERT, UPDATE",
    "unsealed": "UPDATE, DELETE",
    "cohort_order": "UPDATE (steps)",
    "draft": "INSERT, UPDATE, DELETE",
    "presence": "INSERT, UPDATE",
    "spell": "INSERT, UPDATE",
}
"""What a desk's commands write themselves; the rest is written by triggers, in the name of the tables' owner."""

KEPT = ("id", "campaign_id", "owner_id", "team_id", "intake_id", "entered_at", "obtained_at")
"""Columns of a lead that no command of a desk changes."""

MINE = "agent_id = (SELECT callfloor_me())"
MINE_OR_NOBODYS = f"({MINE} OR agent_id IS NULL)"
"""What is done in nobody's name, the floor does: what a broken import left is swept by whoever comes by."""
OF_TEAM = (
    "voided_at IS NULL AND (team_id IS NOT DISTINCT FROM (SELECT callfloor_team()) "
    "OR team_id IS NULL AND owner_id IS NULL)"
)
OF_LEAD = "EXISTS (SELECT FROM lead l WHERE l.id = lead_id)"
"""By the rows of leads that the same person may read."""

WATCHED = {
    "lead": OF_TEAM,
    "contact": OF_LEAD,
    "phone": OF_LEAD,
    "touch": OF_LEAD,
    "stage_move": OF_LEAD,
    "transfer": OF_LEAD,
    "amount_change": OF_LEAD,
    # What a list filled in names customers of every team.
    "journal": f"lead_id IS NULL AND verb <> 'import-merge' OR {OF_LEAD}",
    "draft": "false",
}
"""Table → the rows that a supervisor reads of it, as `sight` has it."""

OWN = {
    "journal": ("true", MINE_OR_NOBODYS, "true"),  # of which only a salt is ever added, once
    "touch": ("true", MINE_OR_NOBODYS, f"{MINE} OR intake_id IS NOT NULL"),
    "stage_move": ("true", MINE_OR_NOBODYS, f"{MINE} OR intake_id IS NOT NULL"),
    "suppression": ("true", MINE, MINE),
    "agent": ("true", "false", "id = (SELECT callfloor_me())"),
    "draft": (MINE, MINE, MINE),
    "presence": ("true", MINE, MINE),
    "spell": ("true", MINE, MINE),
}
"""Table → the rows that an agent reads, adds, and changes or takes away."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION callfloor_me() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = {schema}, pg_temp
    AS $$ SELECT id::integer FROM agent WHERE login = session_user AND left_at IS NULL $$;
CREATE OR REPLACE FUNCTION callfloor_team() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = {schema}, pg_temp
    AS $$ SELECT team_id FROM agent WHERE login = session_user AND left_at IS NULL $$;
CREATE OR REPLACE FUNCTION callfloor_hands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
        WHERE u.rolname = session_user AND g.rolname = {agents_text}) AND NEW.holder_id <> callfloor_me() THEN
        RAISE EXCEPTION 'a lead goes into no other hands than one''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS lead_hands ON lead;
CREATE TRIGGER lead_hands BEFORE UPDATE OF holder_id ON lead FOR EACH ROW
    WHEN (NEW.holder_id IS NOT NULL AND NEW.holder_id IS DISTINCT FROM OLD.holder_id)
    EXECUTE FUNCTION callfloor_hands();
-- Counters are kept in the owner's name: nobody else writes them.
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = {schema_text}::regnamespace
        AND p.prorettype = 'trigger'::regtype LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = {schema}, pg_temp', f);
    END LOOP;
END $$;"""


# ── who is on the line ────────────────────────────────────────────────────────────────────────────────────────────────


def account() -> str | None:
    """The login that the database itself vouches for; None where one account serves all.

    No variable and no flag changes it: it is the session's user, as the server let it in.
    """
    return next((login for login, _ in _memberships()), None)


def asking(login: str) -> Person:
    """Who asks: whom the database vouches for where everybody has an account of it, else the person of that login.

    Raises:
        Refused: `stranger`, nobody of that login works here.
    """
    login = account() or login
    person = views.person(login)
    if person is None:
        raise Refused("stranger", login=login)
    return person


def is_limited() -> bool:
    """Whether the database shows this session only a part of the floor, so that nothing can be recounted."""
    return any(group.endswith("_supervisor") for _, group in _memberships())


def _memberships() -> list[tuple[str, str]]:
    groups = tuple(f"_{role}" for role in Role)
    found = rows_of(MEMBERSHIP) if is_postgres() else []
    return [(login, group) for login, group in found if group.endswith(groups)]


# ── the SQL ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def grants() -> str:
    """The SQL that gives everybody of this floor an account with the rights of their role. Run again, it corrects.

    Raises:
        Refused: `grants_sqlite`; `grants_login` for a login that is too long to be an account.
    """
    if not is_postgres():
        raise Refused("grants_sqlite")
    return "\n".join(["BEGIN;", "SET LOCAL client_min_messages = error;", *_statements(), "COMMIT;", ""])


def _statements() -> Iterator[str]:
    database, schema, owner = rows_of(
        "SELECT current_database(), relnamespace::regnamespace::text, pg_get_userbyid(relowner) "
        "FROM pg_class WHERE oid = 'floor'::regclass"
    )[0]
    groups = {role: f"{database}_{role}" for role in Role}
    yield "-- The groups, and what each may."
    for group in groups.values():
        yield _unless(group, f"CREATE ROLE {name(group)} NOLOGIN")
    all_groups = ", ".join(map(name, groups.values()))
    yield f"REVOKE ALL ON DATABASE {name(database)} FROM PUBLIC;"
    yield f"REVOKE ALL ON SCHEMA {name(schema)} FROM PUBLIC;"
    yield f"GRANT CONNECT ON DATABASE {name(database)} TO {all_groups};"
    yield f"GRANT USAGE ON SCHEMA {name(schema)} TO {all_groups};"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {name(schema)} FROM PUBLIC, {all_groups};"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {name(schema)} TO {all_groups};"
    yield f"GRANT ALL ON ALL TABLES IN SCHEMA {name(schema)} TO {name(groups[Role.MANAGER])};"
    agents = name(groups[Role.AGENT])
    columns = [row[0] for row in _columns("lead") if row[0] not in KEPT]
    for table, rights in AGENTS_WRITE.items():
        if table == "lead":
            rights = f"INSERT, UPDATE ({', '.join(map(name, columns))})"
        yield f"GRANT {rights} ON {name(table)} TO {agents};"
    yield f"REVOKE ALL ON draft FROM {name(groups[Role.SUPERVISOR])};"
    words = {"schema": name(schema), "schema_text": text(schema), "agents_text": text(groups[Role.AGENT])}
    yield FUNCTIONS.format(**words)
    yield from _policies(groups)
    yield from _people(database, owner, groups)


def _columns(table: str) -> list[tuple[str, ...]]:
    sql = "SELECT attname FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped"
    return rows_of(sql, (table,))


def _policies(groups: dict[Role, str]) -> Iterator[str]:
    """Rows by role; `true` costs nothing: the planner leaves it out."""
    for table in sorted(WATCHED.keys() | OWN.keys()):
        yield f"ALTER TABLE {name(table)} ENABLE ROW LEVEL SECURITY;"
        reads, adds, changes = OWN.get(table, ("true", "true", "true"))
        rows = [
            ("manages", "ALL", Role.MANAGER, "USING (true)"),
            ("watches", "SELECT", Role.SUPERVISOR, f"USING ({WATCHED.get(table, 'true')})"),
            ("works", "SELECT", Role.AGENT, f"USING ({reads})"),
            ("adds", "INSERT", Role.AGENT, f"WITH CHECK ({adds})"),
            ("changes", "UPDATE", Role.AGENT, f"USING ({changes}) WITH CHECK ({changes})"),
            ("drops", "DELETE", Role.AGENT, f"USING ({changes})"),
        ]
        for verb, command, role, condition in rows:
            yield f"DROP POLICY IF EXISTS {verb} ON {name(table)};"
            yield f"CREATE POLICY {verb} ON {name(table)} FOR {command} TO {name(groups[role])} {condition};"


def _people(database: str, owner: str, groups: dict[Role, str]) -> Iterator[str]:
    yield "-- Everybody's own account. A password, where one is wanted: \\password NAME"
    above = {row[0] for row in rows_of("SELECT rolname FROM pg_roles WHERE rolsuper")} | {owner}
    for login, role, left_at in rows_of("SELECT login, role, left_at FROM agent ORDER BY id"):
        if len(login.encode()) > 63:
            raise Refused("grants_login", login=login)
        if login in above:
            continue  # holds everything already
        others = ", ".join(name(group) for one, group in groups.items() if left_at is not None or one != role)
        if left_at is None:
            yield _unless(login, f"CREATE ROLE {name(login)} LOGIN")
            yield f"GRANT {name(groups[Role(role)])} TO {name(login)};"
            yield f"REVOKE {others} FROM {name(login)};"
            reading = "SET default_transaction_read_only = on"
            is_reader = role == Role.SUPERVISOR
            setting = reading if is_reader else "RESET default_transaction_read_only"
            yield f"ALTER ROLE {name(login)} IN DATABASE {name(database)} {setting};"
        else:
            yield _if(login, f"REVOKE {others} FROM {name(login)}")
            yield (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = {text(database)} AND usename = {text(login)};"
            )


def _unless(role: str, statement: str) -> str:
    return _do(f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {text(role)}) THEN {statement}; END IF;")


def _if(role: str, statement: str) -> str:
    return _do(f"IF EXISTS (SELECT FROM pg_roles WHERE rolname = {text(role)}) THEN {statement}; END IF;")


def _do(block: str) -> str:
    return f"DO {text(f'BEGIN {block} END')};"


def name(identifier: str) -> str:
    """A name as SQL writes it, whatever is in it."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL writes it; with a backslash it is no escape."""
    return "'" + value.replace("'", "''") + "'"
