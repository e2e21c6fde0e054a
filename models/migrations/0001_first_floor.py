"""The first floor: tables, the queue's partial indexes, append-only history, counters kept by triggers.

Frozen: a later change of the schema is a later file. Plain SQL, because partial indexes and triggers have no other
form, in one text for both databases where they agree.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

TABLES = """
CREATE TABLE floor (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, zone TEXT NOT NULL, region TEXT NOT NULL,
    currency TEXT NOT NULL, tidied_at BIGINT NOT NULL DEFAULT 0);
CREATE TABLE team (id {serial}, name TEXT NOT NULL UNIQUE, closed_at BIGINT);
CREATE TABLE agent (id {serial}, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'manager')), team_id INTEGER REFERENCES team (id),
    left_at BIGINT, seen_at BIGINT NOT NULL DEFAULT 0);
CREATE TABLE target (month INTEGER NOT NULL, team_id INTEGER NOT NULL, agent_id INTEGER NOT NULL, deals INTEGER,
    amount BIGINT, PRIMARY KEY (month, team_id, agent_id));
CREATE TABLE campaign (id {serial}, name TEXT NOT NULL UNIQUE, playbook TEXT NOT NULL, edition TEXT NOT NULL,
    closed_at BIGINT);
CREATE TABLE stage (id {serial}, campaign_id INTEGER NOT NULL REFERENCES campaign (id), code TEXT NOT NULL,
    position INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost', 'invalid')),
    probability INTEGER NOT NULL, retired_at BIGINT, UNIQUE (campaign_id, code));
CREATE TABLE zone (id {serial}, name TEXT NOT NULL, country TEXT NOT NULL, UNIQUE (name, country));
CREATE TABLE hours (campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    zone_id INTEGER NOT NULL REFERENCES zone (id),
    opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL, PRIMARY KEY (campaign_id, zone_id)){without_rowid};
CREATE TABLE seat (agent_id INTEGER NOT NULL REFERENCES agent (id),
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    lane INTEGER NOT NULL, PRIMARY KEY (agent_id, campaign_id, lane)){without_rowid};
CREATE TABLE intake (id {serial}, file TEXT NOT NULL, digest TEXT NOT NULL, at BIGINT NOT NULL,
    agent_id INTEGER NOT NULL REFERENCES agent (id), campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    state TEXT NOT NULL CHECK (state IN ('revealing', 'done', 'undone')), rows INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0);
CREATE TABLE lead (id {serial}, campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    stage_id INTEGER NOT NULL REFERENCES stage (id), owner_id INTEGER REFERENCES agent (id),
    team_id INTEGER REFERENCES team (id), zone_id INTEGER NOT NULL REFERENCES zone (id), code TEXT,
    company TEXT NOT NULL DEFAULT '', industry TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '',
    need TEXT NOT NULL DEFAULT '', product TEXT NOT NULL DEFAULT '', amount BIGINT, margin BIGINT, units INTEGER,
    expected_on TEXT, profile TEXT NOT NULL DEFAULT '', obtained_at BIGINT NOT NULL, entered_at BIGINT NOT NULL,
    stage_since BIGINT NOT NULL, touched_at BIGINT, fresh_until BIGINT, tries INTEGER NOT NULL DEFAULT 0,
    tries_on_day INTEGER NOT NULL DEFAULT 0, tried_on TEXT, misses INTEGER NOT NULL DEFAULT 0, lane INTEGER NOT NULL,
    key BIGINT NOT NULL, rekey_at BIGINT, wake_at BIGINT, slept_until BIGINT, due_at BIGINT,
    due_agent_id INTEGER REFERENCES agent (id), holder_id INTEGER REFERENCES agent (id), held_since BIGINT, token TEXT,
    barred INTEGER NOT NULL DEFAULT 0, intake_id INTEGER REFERENCES intake (id), voided_at BIGINT);
CREATE TABLE contact (id {serial}, lead_id BIGINT NOT NULL REFERENCES lead (id), name TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '', part TEXT NOT NULL DEFAULT '', email TEXT NOT NULL DEFAULT '', intake_id INTEGER,
    voided_at BIGINT);
CREATE TABLE phone (id {serial}, lead_id BIGINT NOT NULL REFERENCES lead (id), contact_id BIGINT NOT NULL,
    number BIGINT NOT NULL, extension TEXT NOT NULL DEFAULT '', voided_at BIGINT);
CREATE TABLE suppression (number BIGINT PRIMARY KEY, reason TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL,
    agent_id INTEGER NOT NULL REFERENCES agent (id));
CREATE TABLE journal (id {serial}, token TEXT NOT NULL UNIQUE, at BIGINT NOT NULL, agent_id INTEGER, verb TEXT NOT NULL,
    lead_id BIGINT, team_id INTEGER, owner_id INTEGER, detail TEXT NOT NULL DEFAULT '');
CREATE TABLE touch (id {serial}, journal_id BIGINT NOT NULL, lead_id BIGINT NOT NULL REFERENCES lead (id),
    stage_id INTEGER NOT NULL, at BIGINT NOT NULL, agent_id INTEGER, owner_id INTEGER, team_id INTEGER,
    kind TEXT NOT NULL, is_inbound INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL,
    is_talk INTEGER NOT NULL DEFAULT 0,
    purpose TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', feedback TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '', bring TEXT NOT NULL DEFAULT '', next_at BIGINT, answers_at BIGINT,
    lacks_next_step INTEGER NOT NULL DEFAULT 0, seconds INTEGER, corrects_id BIGINT REFERENCES touch (id),
    intake_id INTEGER, voided_by BIGINT);
CREATE TABLE stage_move (id {serial}, journal_id BIGINT NOT NULL, lead_id BIGINT NOT NULL REFERENCES lead (id),
    from_stage_id INTEGER, to_stage_id INTEGER NOT NULL, way TEXT NOT NULL, at BIGINT NOT NULL, month INTEGER NOT NULL,
    agent_id INTEGER, owner_id INTEGER, team_id INTEGER, amount BIGINT, reason TEXT NOT NULL DEFAULT '',
    sign_seen INTEGER NOT NULL DEFAULT 0, intake_id INTEGER, voided_by BIGINT);
CREATE TABLE transfer (id {serial}, journal_id BIGINT NOT NULL, lead_id BIGINT NOT NULL REFERENCES lead (id),
    at BIGINT NOT NULL, from_owner_id INTEGER, to_owner_id INTEGER, from_team_id INTEGER, to_team_id INTEGER);
CREATE TABLE stock (stage_id INTEGER NOT NULL, team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL, n INTEGER NOT NULL,
    amount BIGINT NOT NULL, PRIMARY KEY (stage_id, team_id, owner_id)){without_rowid};
CREATE TABLE entered (month INTEGER NOT NULL, stage_id INTEGER NOT NULL, team_id INTEGER NOT NULL,
    owner_id INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (month, stage_id, team_id, owner_id)){without_rowid};
CREATE TABLE leaver (lead_id BIGINT NOT NULL, month INTEGER NOT NULL, stage_id INTEGER NOT NULL,
    to_stage_id INTEGER NOT NULL, way TEXT NOT NULL, team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL,
    amount BIGINT NOT NULL, is_final INTEGER NOT NULL, PRIMARY KEY (lead_id, month, stage_id)){without_rowid};
CREATE TABLE left_stage (month INTEGER NOT NULL, stage_id INTEGER NOT NULL, to_stage_id INTEGER NOT NULL,
    way TEXT NOT NULL, is_final INTEGER NOT NULL, team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL,
    n INTEGER NOT NULL, amount BIGINT NOT NULL,
    PRIMARY KEY (month, stage_id, to_stage_id, way, is_final, team_id, owner_id)){without_rowid};

CREATE INDEX lead_ready ON lead (campaign_id, lane, zone_id, key) WHERE wake_at IS NULL;
CREATE INDEX lead_asleep ON lead (wake_at) WHERE wake_at IS NOT NULL AND wake_at < 4611686018427387904;
CREATE INDEX lead_resting ON lead (lane, wake_at, holder_id)
    WHERE wake_at IS NOT NULL AND wake_at < 4611686018427387904;
CREATE INDEX lead_promised ON lead (wake_at) WHERE due_at IS NOT NULL AND wake_at IS NOT NULL;
CREATE INDEX lead_due ON lead (due_agent_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX lead_rekey ON lead (rekey_at) WHERE rekey_at IS NOT NULL;
CREATE INDEX lead_held ON lead (holder_id) WHERE holder_id IS NOT NULL;
CREATE UNIQUE INDEX lead_code ON lead (code) WHERE code IS NOT NULL AND voided_at IS NULL;
CREATE INDEX lead_owner ON lead (owner_id, stage_id) WHERE owner_id IS NOT NULL;
CREATE INDEX lead_intake ON lead (intake_id) WHERE intake_id IS NOT NULL;
CREATE INDEX contact_lead ON contact (lead_id);
CREATE INDEX phone_lead ON phone (lead_id);
CREATE INDEX phone_number ON phone (number);
CREATE INDEX hours_close ON hours (closes_at);
CREATE INDEX journal_lead ON journal (lead_id);
CREATE INDEX touch_lead ON touch (lead_id, at);
CREATE INDEX touch_agent ON touch (agent_id, at);
CREATE INDEX touch_corrects ON touch (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX move_lead ON stage_move (lead_id, month, at);
CREATE INDEX transfer_at ON transfer (at);
CREATE INDEX move_agent ON stage_move (agent_id, at);
CREATE INDEX move_at ON stage_move (at)
"""

HISTORY = ("touch", "stage_move")

COUNT_STOCK = """INSERT INTO stock (stage_id, team_id, owner_id, n, amount)
    VALUES ({row}.stage_id, COALESCE({row}.team_id, 0), COALESCE({row}.owner_id, 0), {sign}1,
        {sign}COALESCE({row}.amount, 0))
    ON CONFLICT (stage_id, team_id, owner_id)
    DO UPDATE SET n = stock.n + excluded.n, amount = stock.amount + excluded.amount;"""
COUNT_ENTRY = """INSERT INTO entered (month, stage_id, team_id, owner_id, n)
    VALUES ({row}.month, {row}.to_stage_id, COALESCE({row}.team_id, 0), COALESCE({row}.owner_id, 0), {sign}1)
    ON CONFLICT (month, stage_id, team_id, owner_id) DO UPDATE SET n = entered.n + excluded.n;"""
COUNT_LEAVER = """INSERT INTO left_stage (month, stage_id, to_stage_id, way, is_final, team_id, owner_id, n, amount)
    VALUES ({row}.month, {row}.stage_id, {row}.to_stage_id, {row}.way, {row}.is_final, {row}.team_id, {row}.owner_id,
        {sign}1, {sign}{row}.amount)
    ON CONFLICT (month, stage_id, to_stage_id, way, is_final, team_id, owner_id)
    DO UPDATE SET n = left_stage.n + excluded.n, amount = left_stage.amount + excluded.amount;"""
FIND_LEAVERS = """DELETE FROM leaver WHERE lead_id = NEW.lead_id AND month = NEW.month;
    INSERT INTO leaver (lead_id, month, stage_id, to_stage_id, way, team_id, owner_id, amount, is_final)
    SELECT m.lead_id, m.month, m.from_stage_id, m.to_stage_id, m.way, COALESCE(m.team_id, 0), COALESCE(m.owner_id, 0),
        COALESCE(m.amount, 0),
        CASE WHEN EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.month = m.month
            AND o.voided_by IS NULL AND (o.at > m.at OR (o.at = m.at AND o.id > m.id))) THEN 0 ELSE 1 END
    FROM stage_move m
    WHERE m.lead_id = NEW.lead_id AND m.month = NEW.month AND m.voided_by IS NULL AND m.from_stage_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.month = m.month
            AND o.voided_by IS NULL AND (o.at > m.at OR (o.at = m.at AND o.id > m.id))
            AND (o.from_stage_id = m.from_stage_id OR o.to_stage_id = m.from_stage_id));"""
STOCK_COLUMNS = "stage_id, team_id, owner_id, amount, voided_at"


def counters() -> list[tuple[str, str, str, str, str]]:
    """Triggers as (name, moment, table, condition, body); the same bodies serve both databases."""
    new, old = {"row": "NEW", "sign": ""}, {"row": "OLD", "sign": "-"}
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    uncounted = COUNT_ENTRY.format(**old) + FIND_LEAVERS
    return [
        ("lead_came", "AFTER INSERT", "lead", "NEW.voided_at IS NULL", COUNT_STOCK.format(**new)),
        ("lead_was", f"AFTER UPDATE OF {STOCK_COLUMNS}", "lead", "OLD.voided_at IS NULL", COUNT_STOCK.format(**old)),
        ("lead_is", f"AFTER UPDATE OF {STOCK_COLUMNS}", "lead", "NEW.voided_at IS NULL", COUNT_STOCK.format(**new)),
        ("lead_gone", "AFTER DELETE", "lead", "OLD.voided_at IS NULL", COUNT_STOCK.format(**old)),
        ("move_entered", "AFTER INSERT", "stage_move", "NEW.voided_by IS NULL", COUNT_ENTRY.format(**new)),
        ("move_left", "AFTER INSERT", "stage_move", "NEW.from_stage_id IS NOT NULL", FIND_LEAVERS),
        ("move_voided", "AFTER UPDATE OF voided_by", "stage_move", is_voided, uncounted),
        ("leaver_came", "AFTER INSERT", "leaver", "1 = 1", COUNT_LEAVER.format(**new)),
        ("leaver_gone", "AFTER DELETE", "leaver", "1 = 1", COUNT_LEAVER.format(**old)),
    ]


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    words = {
        "serial": "INTEGER PRIMARY KEY" if is_sqlite else "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "without_rowid": " WITHOUT ROWID" if is_sqlite else "",
    }
    for statement in TABLES.format(**words).split(";"):
        if statement.strip():
            db.execute_sql(statement)
    for name, when, table, condition, body in counters():
        if is_sqlite:
            db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN {body} END")
        else:
            _postgres_trigger(db, name, when, table, condition, body)
    for table in HISTORY:
        _append_only(db, table, is_sqlite)


def _postgres_trigger(db, name: str, when: str, table: str, condition: str, body: str) -> None:
    db.execute_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
    db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")


def _append_only(db, table: str, is_sqlite: bool) -> None:
    """History is never altered; the one thing that may be added, once, is what voided it."""
    rest = ", ".join(column.name for column in db.get_columns(table) if column.name != "voided_by")
    guards = {
        "kept": (f"BEFORE UPDATE OF {rest}", "1 = 1"),
        "voided_once": ("BEFORE UPDATE OF voided_by", "OLD.voided_by IS NOT NULL"),
        "stays": ("BEFORE DELETE", "1 = 1"),
    }
    if not is_sqlite:
        db.execute_sql(
            f"CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $body$"
        )
    for name, (when, condition) in guards.items():
        head = f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH ROW WHEN"
        if is_sqlite:
            db.execute_sql(f"{head} {condition} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            db.execute_sql(f"{head} ({condition}) EXECUTE FUNCTION {table}_stands()")
