"""The catalogue by which leads are found, and the list of leads that it does not know as they are now.

Triggers write that list, whoever changes a lead, a contact, a number or a note; `models.search.catalogue` works it off.
What is there already is put on it.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import string

import peewee as pw

CATALOGUE = """CREATE VIRTUAL TABLE catalogue USING fts5 (terms, content = '', contentless_delete = 1, detail = none,
    tokenize = "ascii tokenchars '{marks}'")"""
SETTINGS = {"automerge": 0, "usermerge": 8, "crisismerge": 200}
"""Nothing is merged by the way, which would take tens of milliseconds at times: `models.search.catalogue` does it."""

ON_SQLITE = """
CREATE TABLE uncatalogued (lead_id INTEGER PRIMARY KEY, can_wait INTEGER NOT NULL)
"""
ON_POSTGRES = """
CREATE TABLE catalogue (lead_id BIGINT PRIMARY KEY, terms INTEGER[] NOT NULL);
CREATE INDEX catalogue_terms ON catalogue USING gin (terms) WITH (gin_pending_list_limit = 1024);
CREATE TABLE uncatalogued (lead_id BIGINT NOT NULL, can_wait INTEGER NOT NULL);
CREATE INDEX uncatalogued_lead ON uncatalogued (lead_id)
"""
ON_BOTH = """
CREATE INDEX uncatalogued_first ON uncatalogued (lead_id) WHERE can_wait = 0;
CREATE INDEX intake_revealing ON intake (state) WHERE state = 'revealing'
"""

OF_A_LIST = "CASE WHEN {row}.intake_id IS NULL THEN 0 ELSE 1 END"
DURING_A_LIST = "CASE WHEN EXISTS (SELECT 1 FROM intake WHERE state = 'revealing') THEN 1 ELSE 0 END"
HAS_SAID = "({row}.note <> '' OR {row}.feedback <> '')"
IS_OTHER = "OLD.{0} IS DISTINCT FROM NEW.{0}"


def came() -> list[tuple[str, str, str, str]]:
    """New rows, as (table, key of the lead, condition, whether they can wait)."""
    return [
        ("lead", "id", "{row}.voided_at IS NULL", OF_A_LIST),
        ("contact", "lead_id", "({row}.name <> '' OR {row}.email <> '')", OF_A_LIST),
        ("phone", "lead_id", "1 = 1", DURING_A_LIST),
        ("touch", "lead_id", HAS_SAID, OF_A_LIST),
    ]


def changed() -> list[tuple[str, str, str, str, tuple[str, ...], str]]:
    """Changed rows, as (name, table, key of the lead, further condition, columns, whether they can wait).

    Who may see a lead changes for many at once, when a team or an agent goes, and an import takes many back at once.
    """
    return [
        ("renamed", "lead", "id", "1 = 1", ("company", "code"), "0"),
        ("handed", "lead", "id", "1 = 1", ("owner_id", "team_id", "lane", "voided_at"), "1"),
        ("renamed", "contact", "lead_id", "1 = 1", ("name", "email"), "0"),
        ("voided", "contact", "lead_id", "1 = 1", ("voided_at",), DURING_A_LIST),
        ("renumbered", "phone", "lead_id", "1 = 1", ("number",), "0"),
        ("voided", "phone", "lead_id", "1 = 1", ("voided_at",), DURING_A_LIST),
        ("taken_back", "touch", "lead_id", HAS_SAID, ("voided_by",), OF_A_LIST),
    ]


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    if is_sqlite:
        marks = string.punctuation.replace("'", "''''").replace('"', '""')
        db.execute_sql(CATALOGUE.format(marks=marks))
        for name, value in SETTINGS.items():
            db.execute_sql(f"INSERT INTO catalogue (catalogue, rank) VALUES ('{name}', {value})")
    for statement in [*(ON_SQLITE if is_sqlite else ON_POSTGRES).split(";"), *ON_BOTH.split(";")]:
        db.execute_sql(statement)
    for table, key, condition, can_wait in came():
        _watch_new(db, table, key, condition, can_wait, is_sqlite)
    for name, table, key, condition, columns, can_wait in changed():
        is_other = " OR ".join(IS_OTHER.format(column) for column in columns)
        condition = f"({is_other}) AND {condition.format(row='NEW')}"
        head = (f"{table}_{name}", f"AFTER UPDATE OF {', '.join(columns)} ON {table}")
        _watch_row(db, *head, condition, f"NEW.{key}", can_wait.format(row="NEW"), is_sqlite)
    db.execute_sql("INSERT INTO uncatalogued (lead_id, can_wait) SELECT id, 1 FROM lead WHERE voided_at IS NULL")


def _watch_new(db, table: str, key: str, condition: str, can_wait: str, is_sqlite: bool) -> None:
    if is_sqlite:
        condition, can_wait = condition.format(row="NEW"), can_wait.format(row="NEW")
        _watch_row(db, f"{table}_new", f"AFTER INSERT ON {table}", condition, f"NEW.{key}", can_wait, is_sqlite)
        return
    # Once for a statement: a list comes in some thousand rows at a time.
    condition, can_wait = condition.format(row="came"), can_wait.format(row="came")
    note = (
        f"INSERT INTO uncatalogued (lead_id, can_wait) SELECT DISTINCT {key}, {can_wait} FROM came WHERE {condition};"
    )
    _function(db, f"{table}_new", note)
    db.execute_sql(
        f"CREATE TRIGGER {table}_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS came "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_new()"
    )


def _watch_row(db, name: str, when: str, condition: str, key: str, can_wait: str, is_sqlite: bool) -> None:
    note = f"INSERT INTO uncatalogued (lead_id, can_wait) VALUES ({key}, {can_wait})"
    if is_sqlite:
        note += " ON CONFLICT (lead_id) DO UPDATE SET can_wait = 0 WHERE excluded.can_wait < uncatalogued.can_wait"
        db.execute_sql(f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN {note}; END")
        return
    # No conflict on PostgreSQL, where a row more is cheaper than waiting for who works the list off.
    _function(db, name, f"{note};")
    db.execute_sql(f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")


def _function(db, name: str, body: str) -> None:
    db.execute_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
