"""What became of a lead is read from the index of its moves alone: its rows lie as far apart as its calls."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

# SQLite has a row's id in every index.
COLUMNS = "lead_id, month, at, to_stage_id, from_stage_id, voided_by"


def up(migrator, db) -> None:
    columns = COLUMNS if isinstance(db, pw.SqliteDatabase) else f"{COLUMNS}, id"
    db.execute_sql("DROP INDEX move_lead")
    db.execute_sql(f"CREATE INDEX move_lead ON stage_move ({columns})")
