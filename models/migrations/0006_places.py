"""Where each agent sits, beside what they do. On SQLite it lies in the second file."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

from models.desks.shelf import STEPS


def up(migrator, db) -> None:
    if not isinstance(db, pw.SqliteDatabase):
        db.execute_sql(STEPS[1])
