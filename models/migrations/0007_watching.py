"""Indexes for those who watch: a day's touches, what lacks a next step, what stands too long, what was sold when."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

INDEXES = (
    "CREATE INDEX touch_at ON touch (at, agent_id)",
    "CREATE INDEX touch_lacks ON touch (at) WHERE lacks_next_step = 1",
    "CREATE INDEX touch_voided ON touch (voided_by) WHERE voided_by IS NOT NULL",
    "CREATE INDEX move_to ON stage_move (to_stage_id, at)",
    "CREATE INDEX lead_fresh ON lead (fresh_until) WHERE fresh_until IS NOT NULL",
    "CREATE INDEX lead_standing ON lead (stage_id, team_id, stage_since) WHERE voided_at IS NULL",
    "CREATE INDEX lead_silent ON lead (stage_id, team_id, touched_at) "
    "WHERE wake_at IS NULL AND touched_at IS NOT NULL AND voided_at IS NULL",
    "CREATE INDEX journal_slept ON journal (at) WHERE verb = 'sleep'",
)


def up(migrator, db) -> None:
    for statement in INDEXES:
        db.execute_sql(statement)
