"""The chain of the journal: links, heads, salts; guards for every table that is on record.

What is there already is put on a list, `unsealed`, which `models.record.sealing` works off in short transactions.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import json

import peewee as pw

TABLES = """
CREATE TABLE link (chain INTEGER NOT NULL, place BIGINT NOT NULL, journal_id BIGINT NOT NULL, scope TEXT NOT NULL,
    digest TEXT NOT NULL, head TEXT NOT NULL, PRIMARY KEY (chain, place)){without_rowid};
CREATE TABLE chain_head (chain INTEGER PRIMARY KEY, place BIGINT NOT NULL, head TEXT NOT NULL);
CREATE TABLE unsealed (kind TEXT PRIMARY KEY, after BIGINT NOT NULL, upto BIGINT NOT NULL){without_rowid};
ALTER TABLE journal ADD COLUMN salt TEXT;
ALTER TABLE journal ADD COLUMN erased TEXT;
ALTER TABLE touch ADD COLUMN salt TEXT;
ALTER TABLE touch ADD COLUMN erased TEXT;
ALTER TABLE stage_move ADD COLUMN salt TEXT;
ALTER TABLE stage_move ADD COLUMN erased TEXT;
ALTER TABLE transfer ADD COLUMN salt TEXT;
ALTER TABLE transfer ADD COLUMN erased TEXT;
ALTER TABLE floor ADD COLUMN anchored_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE intake ADD COLUMN reach TEXT NOT NULL DEFAULT '';
INSERT INTO unsealed (kind, after, upto) SELECT 'journal', 0, COALESCE(MAX(id), 0) FROM journal;
INSERT INTO unsealed (kind, after, upto) SELECT 'touch', 0, COALESCE(MAX(id), 0) FROM touch;
INSERT INTO unsealed (kind, after, upto) SELECT 'stage_move', 0, COALESCE(MAX(id), 0) FROM stage_move;
INSERT INTO unsealed (kind, after, upto) SELECT 'transfer', 0, COALESCE(MAX(id), 0) FROM transfer;
INSERT INTO unsealed (kind, after, upto) SELECT 'voided-touch', 0, COALESCE(MAX(id), 0) FROM touch;
INSERT INTO unsealed (kind, after, upto) SELECT 'voided-move', 0, COALESCE(MAX(id), 0) FROM stage_move
"""

TEXTS = {
    "journal": ("detail",),
    "touch": ("purpose", "note", "feedback", "bring"),
    "stage_move": ("reason",),
    "transfer": (),
    "link": (),
}
HISTORY = ("touch", "stage_move")
"""Guarded by the first floor already, which knew nothing of erasing."""
ADDED = ("salt", "erased", "voided_by")
SALTED_TWICE = "OLD.erased IS NOT NULL OR (OLD.salt IS NOT NULL AND NEW.erased IS NULL)"


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    for statement in TABLES.format(without_rowid=" WITHOUT ROWID" if is_sqlite else "").split(";"):
        db.execute_sql(statement)
    for table, texts in TEXTS.items():
        _guard(db, table, texts, is_sqlite)
    _carry_reach(db)


def _guard(db, table: str, texts: tuple[str, ...], is_sqlite: bool) -> None:
    """Nothing on record is altered or deleted; texts go only when their digest takes their place, once."""
    columns = [column.name for column in db.get_columns(table) if column.name not in ADDED]
    same = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns if name not in texts]
    erasing = " AND ".join(["OLD.erased IS NULL", "NEW.erased IS NOT NULL", *same])
    guards = [("kept", f"BEFORE UPDATE OF {', '.join(columns)}", f"NOT ({erasing})" if texts else "1 = 1")]
    if table in HISTORY:
        db.execute_sql(f"DROP TRIGGER {table}_kept" + ("" if is_sqlite else f" ON {table}"))
    else:
        guards.append(("stays", "BEFORE DELETE", "1 = 1"))
        if not is_sqlite:
            db.execute_sql(
                f"CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS "
                f"$body$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $body$"
            )
    if texts:
        guards.append(("salted_once", "BEFORE UPDATE OF salt, erased", SALTED_TWICE))
    for name, when, condition in guards:
        head = f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH ROW WHEN"
        if is_sqlite:
            db.execute_sql(f"{head} {condition} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            db.execute_sql(f"{head} ({condition}) EXECUTE FUNCTION {table}_stands()")


def _carry_reach(db) -> None:
    """How far an import was taken back stood in the journal, which is not altered any more."""
    hole = db.param
    rows = list(db.execute_sql("SELECT id, detail FROM journal WHERE verb = 'import-undo' ORDER BY id"))
    for record, detail in rows:
        reach = json.loads(detail)
        kept = json.dumps({"record": record, "reach": reach})
        db.execute_sql(f"UPDATE intake SET reach = {hole} WHERE id = {hole}", (kept, reach["intake"]))
