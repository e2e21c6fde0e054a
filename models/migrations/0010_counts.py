"""Counts above the leads: a number for each day, channel and layer of a campaign that counts."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

TABLE = """
CREATE TABLE channel_count (campaign_id INTEGER NOT NULL REFERENCES campaign (id), day TEXT NOT NULL,
    channel TEXT NOT NULL, layer TEXT NOT NULL, n BIGINT NOT NULL, journal_id BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, day, channel, layer)){without_rowid}
"""


def up(migrator, db) -> None:
    db.execute_sql(TABLE.format(without_rowid=" WITHOUT ROWID" if isinstance(db, pw.SqliteDatabase) else ""))
