"""What lies on each desk: drafts, presence, spells. On SQLite they lie in a second file beside the floor's."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

from models.desks.shelf import STEPS


def up(migrator, db) -> None:
    if isinstance(db, pw.SqliteDatabase):
        return
    for statement in STEPS[0].format(without_rowid="").split(";"):
        if statement.strip():
            db.execute_sql(statement)
