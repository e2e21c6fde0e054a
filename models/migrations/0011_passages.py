"""Passages: when a lead entered and left a stage, when it came back and when it went on. Days of work. Costs.

They take the place of the leavers of single months: from a passage every period is counted in one pass, and from the
counters any whole months. Of two moves of a lead, the later one is that with the later moment, else with the later id.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

FOREVER = 4611686018427387904
NO_MONTH = 999999
TABLES = """
CREATE TABLE passage (move_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, stage_id INTEGER NOT NULL,
    to_stage_id INTEGER NOT NULL, way TEXT NOT NULL, team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL,
    amount BIGINT NOT NULL, since BIGINT, at BIGINT NOT NULL, month INTEGER NOT NULL, back_at BIGINT NOT NULL,
    back_month INTEGER NOT NULL, next_at BIGINT NOT NULL, next_month INTEGER NOT NULL,
    PRIMARY KEY (at, move_id)){without_rowid};
CREATE TABLE passed (month INTEGER NOT NULL, owner_id INTEGER NOT NULL, team_id INTEGER NOT NULL,
    stage_id INTEGER NOT NULL, to_stage_id INTEGER NOT NULL, way TEXT NOT NULL, back_month INTEGER NOT NULL,
    next_month INTEGER NOT NULL, n INTEGER NOT NULL, amount BIGINT NOT NULL,
    PRIMARY KEY (month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month)){without_rowid};
CREATE TABLE stayed (month INTEGER NOT NULL, owner_id INTEGER NOT NULL, team_id INTEGER NOT NULL,
    stage_id INTEGER NOT NULL, back_month INTEGER NOT NULL, days INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (month, owner_id, team_id, stage_id, back_month, days)){without_rowid};
CREATE TABLE worked (day INTEGER NOT NULL, agent_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, kind TEXT NOT NULL,
    n INTEGER NOT NULL, talks INTEGER NOT NULL, talk_seconds BIGINT NOT NULL,
    PRIMARY KEY (day, agent_id, stage_id, kind)){without_rowid};
CREATE TABLE cost (campaign_id INTEGER NOT NULL REFERENCES campaign (id), source TEXT NOT NULL, month INTEGER NOT NULL,
    amount BIGINT NOT NULL, journal_id BIGINT NOT NULL, PRIMARY KEY (campaign_id, source, month)){without_rowid}
"""

LATER = "(o.at > m.at OR (o.at = m.at AND o.id > m.id))"
EARLIER = "(o.at < m.at OR (o.at = m.at AND o.id < m.id))"
OTHER = "FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND"
TOUCHES_IT = "(o.from_stage_id = m.from_stage_id OR o.to_stage_id = m.from_stage_id)"
# Plus nothing: a lead's few moves are read, not all that ever went to the stage.
PASSAGES = f"""INSERT INTO passage (move_id, lead_id, stage_id, to_stage_id, way, team_id, owner_id, amount, since, at,
        month, back_at, back_month, next_at, next_month)
    SELECT m.id, m.lead_id, m.from_stage_id, m.to_stage_id, m.way, COALESCE(m.team_id, 0), COALESCE(m.owner_id, 0),
        COALESCE(m.amount, 0),
        (SELECT MAX(o.at) {OTHER} o.to_stage_id + 0 = m.from_stage_id AND {EARLIER}), m.at, m.month,
        COALESCE((SELECT MIN(o.at) {OTHER} {LATER} AND {TOUCHES_IT}), {FOREVER}),
        COALESCE((SELECT MIN(o.month) {OTHER} {LATER} AND {TOUCHES_IT}), {NO_MONTH}),
        COALESCE((SELECT MIN(o.at) {OTHER} {LATER}), {FOREVER}),
        COALESCE((SELECT MIN(o.month) {OTHER} {LATER}), {NO_MONTH})
    FROM stage_move m WHERE m.from_stage_id IS NOT NULL AND m.voided_by IS NULL"""

WAS_BEFORE = "lead_id = NEW.lead_id AND (at < NEW.at OR (at = NEW.at AND move_id < NEW.id))"
WAS_AFTER = "lead_id = NEW.lead_id AND (at > NEW.at OR (at = NEW.at AND move_id > NEW.id))"
ADD_MOVE = f"""UPDATE passage SET next_at = NEW.at, next_month = NEW.month WHERE {WAS_BEFORE} AND next_at > NEW.at;
    UPDATE passage SET back_at = NEW.at, back_month = NEW.month WHERE {WAS_BEFORE} AND back_at > NEW.at
        AND (stage_id = NEW.to_stage_id OR stage_id = NEW.from_stage_id);
    UPDATE passage SET since = NEW.at WHERE {WAS_AFTER} AND stage_id = NEW.to_stage_id
        AND (since IS NULL OR since < NEW.at);
    {PASSAGES} AND m.id = NEW.id;"""
FIND_AGAIN = f"DELETE FROM passage WHERE lead_id = NEW.lead_id; {PASSAGES} AND m.lead_id = NEW.lead_id;"

COUNT_PASSED = """INSERT INTO passed (month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month, n,
        amount)
    VALUES ({row}.month, {row}.owner_id, {row}.team_id, {row}.stage_id, {row}.to_stage_id, {row}.way, {row}.back_month,
        {row}.next_month, {sign}1, {sign}{row}.amount)
    ON CONFLICT (month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month)
    DO UPDATE SET n = passed.n + excluded.n, amount = passed.amount + excluded.amount;"""
COUNT_STAYED = """INSERT INTO stayed (month, owner_id, team_id, stage_id, back_month, days, n)
    VALUES ({row}.month, {row}.owner_id, {row}.team_id, {row}.stage_id, {row}.back_month,
        ({row}.at - {row}.since) / 86400, {sign}1)
    ON CONFLICT (month, owner_id, team_id, stage_id, back_month, days) DO UPDATE SET n = stayed.n + excluded.n;"""
COUNT_WORKED = """INSERT INTO worked (day, agent_id, stage_id, kind, n, talks, talk_seconds)
    VALUES ({row}.at / 86400, COALESCE({row}.agent_id, 0), {row}.stage_id, {row}.kind, {sign}1, {sign}{row}.is_talk,
        {sign}({row}.is_talk * COALESCE({row}.seconds, 0)))
    ON CONFLICT (day, agent_id, stage_id, kind) DO UPDATE SET n = worked.n + excluded.n,
        talks = worked.talks + excluded.talks, talk_seconds = worked.talk_seconds + excluded.talk_seconds;"""

FILL = (
    PASSAGES + " ORDER BY m.at, m.id",  # as they are stored: one after the other, not here and there
    "INSERT INTO passed (month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month, n, amount) "
    "SELECT month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month, COUNT(*), SUM(amount) "
    "FROM passage GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
    "INSERT INTO stayed (month, owner_id, team_id, stage_id, back_month, days, n) SELECT month, owner_id, team_id, "
    "stage_id, back_month, (at - since) / 86400, COUNT(*) FROM passage WHERE since IS NOT NULL "
    "GROUP BY 1, 2, 3, 4, 5, 6",
    "INSERT INTO worked (day, agent_id, stage_id, kind, n, talks, talk_seconds) SELECT at / 86400, "
    "COALESCE(agent_id, 0), stage_id, kind, COUNT(*), SUM(is_talk), SUM(is_talk * COALESCE(seconds, 0)) FROM touch "
    "WHERE voided_by IS NULL GROUP BY 1, 2, 3, 4",
)
INDEXES = (
    "CREATE INDEX passage_lead ON passage (lead_id)",
    "CREATE INDEX move_came ON stage_move (at) WHERE from_stage_id IS NULL",
)


def counters() -> list[tuple[str, str, str, str, str]]:
    """Triggers as (name, moment, table, condition, body); the same bodies serve both databases."""
    new, old = {"row": "NEW", "sign": ""}, {"row": "OLD", "sign": "-"}
    recount_passed = COUNT_PASSED.format(**old) + COUNT_PASSED.format(**new)
    other_months = "OLD.back_month <> NEW.back_month OR OLD.next_month <> NEW.next_month"
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    return [
        ("passage_moved", "AFTER INSERT", "stage_move", "NEW.voided_by IS NULL", ADD_MOVE),
        ("passage_voided", "AFTER UPDATE OF voided_by", "stage_move", is_voided, FIND_AGAIN),
        ("passage_came", "AFTER INSERT", "passage", "1 = 1", COUNT_PASSED.format(**new)),
        ("passage_gone", "AFTER DELETE", "passage", "1 = 1", COUNT_PASSED.format(**old)),
        ("passage_known", "AFTER UPDATE OF back_month, next_month", "passage", other_months, recount_passed),
        ("stay_came", "AFTER INSERT", "passage", "NEW.since IS NOT NULL", COUNT_STAYED.format(**new)),
        ("stay_gone", "AFTER DELETE", "passage", "OLD.since IS NOT NULL", COUNT_STAYED.format(**old)),
        ("stay_was", "AFTER UPDATE OF since, back_month", "passage", "OLD.since IS NOT NULL",
            COUNT_STAYED.format(**old)),
        ("stay_is", "AFTER UPDATE OF since, back_month", "passage", "NEW.since IS NOT NULL",
            COUNT_STAYED.format(**new)),
        ("touch_worked", "AFTER INSERT", "touch", "NEW.voided_by IS NULL", COUNT_WORKED.format(**new)),
        ("touch_unworked", "AFTER UPDATE OF voided_by", "touch", is_voided, COUNT_WORKED.format(**old)),
    ]  # fmt: skip


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    words = {"without_rowid": " WITHOUT ROWID" if is_sqlite else ""}
    for name in ("move_left", "leaver_came", "leaver_gone", "move_voided"):
        _drop_trigger(db, name, is_sqlite)
    for table in ("leaver", "left_stage"):
        db.execute_sql(f"DROP TABLE {table}")
    for statement in (*TABLES.format(**words).split(";"), *FILL, *INDEXES):
        db.execute_sql(statement)
    for name, when, table, condition, body in (*counters(), _uncounted()):
        if is_sqlite:
            db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN {body} END")
        else:
            _postgres_trigger(db, name, when, table, condition, body)
    if not is_sqlite:
        db.execute_sql(RIGHTS)


RIGHTS = """DO $rights$ DECLARE f regprocedure; g name; BEGIN
    -- On a floor where everybody has an account of their own, what is new has the rights of what was there.
    IF (SELECT prosecdef FROM pg_proc WHERE oid = 'move_entered'::regproc) THEN
        FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_proc o ON o.oid = 'move_entered'::regproc
            WHERE p.pronamespace = o.pronamespace AND p.prorettype = 'trigger'::regtype AND NOT p.prosecdef LOOP
            EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER SET search_path = %%I, pg_temp', f, current_schema());
        END LOOP;
    END IF;
    FOR g IN SELECT r.rolname FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'stock'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT SELECT ON passage, passed, stayed, worked, cost TO %%I', g);
    END LOOP;
    FOR g IN SELECT r.rolname FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'target'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT ALL ON cost TO %%I', g);
    END LOOP;
END $rights$"""


def _uncounted() -> tuple[str, str, str, str, str]:
    """What is left of the trigger that found the leavers again: a move that was taken back is no entry."""
    body = """INSERT INTO entered (month, stage_id, team_id, owner_id, n)
        VALUES (OLD.month, OLD.to_stage_id, COALESCE(OLD.team_id, 0), COALESCE(OLD.owner_id, 0), -1)
        ON CONFLICT (month, stage_id, team_id, owner_id) DO UPDATE SET n = entered.n + excluded.n;"""
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    return "move_voided", "AFTER UPDATE OF voided_by", "stage_move", is_voided, body


TABLE_OF = {"move_left": "stage_move", "move_voided": "stage_move", "leaver_came": "leaver", "leaver_gone": "leaver"}


def _drop_trigger(db, name: str, is_sqlite: bool) -> None:
    if is_sqlite:
        db.execute_sql(f"DROP TRIGGER {name}")
    else:
        db.execute_sql(f"DROP TRIGGER {name} ON {TABLE_OF[name]}")
        db.execute_sql(f"DROP FUNCTION {name}()")


def _postgres_trigger(db, name: str, when: str, table: str, condition: str, body: str) -> None:
    db.execute_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
    db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
