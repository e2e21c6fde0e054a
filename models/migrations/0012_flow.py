"""Every change of an amount on record, where a lead stood when it changed hands, and what flows into and out of stages.

`flow` is to the history what `stock` is to the leads: kept by triggers, so that what stood where at any past moment is
a sum over days, and over the spans of 32 days that these make up. What the history did not tell so far is filled in: an
amount that two moves differ in was changed at the later one, one that came after the last move when the lead was edited
last.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import peewee as pw

TABLES = """
CREATE TABLE amount_change (id {serial}, journal_id BIGINT NOT NULL, lead_id BIGINT NOT NULL REFERENCES lead (id),
    at BIGINT NOT NULL, stage_id INTEGER NOT NULL, team_id INTEGER, owner_id INTEGER, before BIGINT, after BIGINT,
    salt TEXT, erased TEXT, voided_by BIGINT);
CREATE TABLE flow (width INTEGER NOT NULL, span INTEGER NOT NULL, stage_id INTEGER NOT NULL,
    team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL, line TEXT NOT NULL, is_voided INTEGER NOT NULL,
    n INTEGER NOT NULL, amount BIGINT NOT NULL,
    PRIMARY KEY (width, span, stage_id, team_id, owner_id, line, is_voided)){without_rowid};
ALTER TABLE transfer ADD COLUMN stage_id INTEGER;
ALTER TABLE transfer ADD COLUMN amount BIGINT;
ALTER TABLE transfer ADD COLUMN voided_by BIGINT;
CREATE INDEX amount_change_at ON amount_change (at);
CREATE INDEX amount_change_lead ON amount_change (lead_id);
CREATE INDEX transfer_lead ON transfer (lead_id)
"""

THEN = """(SELECT m.{column} FROM stage_move m WHERE m.lead_id = transfer.lead_id AND m.voided_by IS NULL
    AND m.at <= transfer.at ORDER BY m.at DESC, m.id DESC LIMIT 1)"""
LAST = (
    """(SELECT {column} FROM {table} o WHERE o.lead_id = l.id AND {condition} ORDER BY o.at DESC, o.id DESC LIMIT 1)"""
)
MOVE_STANDS, IS_EDIT = "o.voided_by IS NULL", "o.verb = 'edit'"
KNOWN = f"""
UPDATE transfer SET stage_id = COALESCE({THEN.format(column="to_stage_id")},
    (SELECT l.stage_id FROM lead l WHERE l.id = transfer.lead_id)), amount = {THEN.format(column="amount")};
UPDATE transfer SET voided_by = (SELECT MAX(m.voided_by) FROM stage_move m WHERE m.lead_id = transfer.lead_id)
    WHERE lead_id IN (SELECT id FROM lead WHERE voided_at IS NOT NULL);
INSERT INTO amount_change (journal_id, lead_id, at, stage_id, team_id, owner_id, before, after)
    SELECT journal_id, lead_id, at, from_stage_id, team_id, owner_id, was, amount FROM (
        SELECT m.*, LAG(m.amount) OVER (PARTITION BY m.lead_id ORDER BY m.at, m.id) AS was
        FROM stage_move m WHERE m.voided_by IS NULL) AS told
    WHERE from_stage_id IS NOT NULL AND amount IS DISTINCT FROM was ORDER BY journal_id, id;
INSERT INTO amount_change (journal_id, lead_id, at, stage_id, team_id, owner_id, before, after)
    SELECT COALESCE({LAST.format(column="o.id", table="journal", condition=IS_EDIT)}, moved_under), id,
        {{greatest}}(moved_at,
            COALESCE({LAST.format(column="o.at", table="journal", condition=IS_EDIT)}, 0),
            COALESCE((SELECT MAX(t.at) FROM transfer t WHERE t.lead_id = l.id), 0)),
        stage_id, team_id, owner_id, was, amount
    FROM (SELECT l.*, {LAST.format(column="o.amount", table="stage_move", condition=MOVE_STANDS)} AS was,
            {LAST.format(column="o.at", table="stage_move", condition=MOVE_STANDS)} AS moved_at,
            {LAST.format(column="o.journal_id", table="stage_move", condition=MOVE_STANDS)} AS moved_under
        FROM lead l WHERE l.voided_at IS NULL) AS l
    WHERE moved_at IS NOT NULL AND amount IS DISTINCT FROM was ORDER BY id;
INSERT INTO unsealed (kind, after, upto) SELECT 'amount_change', 0, MAX(id) FROM amount_change HAVING COUNT(*) > 0;
INSERT INTO unsealed (kind, after, upto) SELECT 'voided-transfer', 0, MAX(id) FROM transfer
    WHERE voided_by IS NOT NULL HAVING COUNT(*) > 0;
INSERT INTO unsealed (kind, after, upto) SELECT 'journal', MAX(id), MAX(id) FROM journal WHERE 1 = 1
    HAVING COUNT(*) > 0 ON CONFLICT (kind) DO NOTHING
"""

CAME = """CASE WHEN {row}.from_stage_id IS NULL AND {row}.intake_id IS NOT NULL THEN 'imported'
    WHEN {row}.way IN ('back', 'reopen') THEN 'returned' ELSE 'entered' END"""
WENT = """CASE WHEN {row}.way IN ('lost', 'invalid') THEN {row}.way
    WHEN {row}.way IN ('back', 'reopen') THEN 'back' ELSE 'advanced' END"""
GROWN = "COALESCE({row}.after, 0) - COALESCE({row}.before, 0)"
LEGS = (
    ("stage_move", "came", "1 = 1", "to_stage_id", "team_id", "owner_id", CAME, "COALESCE({row}.amount, 0)"),
    ("stage_move", "went", "{row}.from_stage_id IS NOT NULL", "from_stage_id", "team_id", "owner_id", WENT,
     "COALESCE({row}.amount, 0)"),
    ("transfer", "given", "1 = 1", "stage_id", "from_team_id", "from_owner_id", "'handed_over'",
     "COALESCE({row}.amount, 0)"),
    ("transfer", "taken", "1 = 1", "stage_id", "to_team_id", "to_owner_id", "'taken_over'",
     "COALESCE({row}.amount, 0)"),
    ("amount_change", "grown", "1 = 1", "stage_id", "team_id", "owner_id", "'edited'", GROWN),
)  # fmt: skip
"""Table, name, condition, stage, team, owner, line of the bridge, money."""
IS_VOIDED = "CASE WHEN {row}.voided_by IS NULL THEN 0 ELSE 1 END"
COUNT = """INSERT INTO flow (width, span, stage_id, team_id, owner_id, line, is_voided, n, amount)
    VALUES (1, {row}.at / 86400, {row}.{stage}, COALESCE({row}.{team}, 0), COALESCE({row}.{owner}, 0), {line},
        {is_voided}, {sign}1, {sign}({amount})),
        (32, {row}.at / 2764800, {row}.{stage}, COALESCE({row}.{team}, 0), COALESCE({row}.{owner}, 0), {line},
        {is_voided}, {sign}1, {sign}({amount}))
    ON CONFLICT (width, span, stage_id, team_id, owner_id, line, is_voided)
    DO UPDATE SET n = flow.n + excluded.n, amount = flow.amount + excluded.amount;"""
RECOUNT = """INSERT INTO flow (width, span, stage_id, team_id, owner_id, line, is_voided, n, amount)
    SELECT {width}, at / ({width} * 86400), stage_id, team_id, owner_id, line, is_voided, COUNT(*), SUM(amount)
    FROM ({legs}) AS legs GROUP BY at / ({width} * 86400), stage_id, team_id, owner_id, line, is_voided"""
LEG = """SELECT r.at, r.{stage} AS stage_id, COALESCE(r.{team}, 0) AS team_id,
    COALESCE(r.{owner}, 0) AS owner_id, {line} AS line, {is_voided} AS is_voided, {amount} AS amount
    FROM {table} r WHERE {condition}"""


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    words = {
        "serial": "INTEGER PRIMARY KEY" if is_sqlite else "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "without_rowid": " WITHOUT ROWID" if is_sqlite else "",
    }
    for statement in TABLES.format(**words).split(";"):
        db.execute_sql(statement)
    for statement in KNOWN.format(greatest="MAX" if is_sqlite else "GREATEST").split(";"):
        db.execute_sql(statement)
    for width in (1, 32):
        db.execute_sql(RECOUNT.format(width=width, legs=" UNION ALL ".join(_leg(*leg) for leg in LEGS)))
    for leg in LEGS:
        _count(db, *leg, is_sqlite)
    _guard(db, is_sqlite)


def _leg(table: str, _: str, condition: str, stage: str, team: str, owner: str, line: str, amount: str) -> str:
    words = {"condition": condition, "line": line, "is_voided": IS_VOIDED, "amount": amount}
    told = {name: text.format(row="r") for name, text in words.items()}
    return LEG.format(table=table, stage=stage, team=team, owner=owner, **told)


def _count(
    db,
    table: str,
    name: str,
    condition: str,
    stage: str,
    team: str,
    owner: str,
    line: str,
    amount: str,
    is_sqlite: bool,
) -> None:
    def counted(sign: str, is_voided: str) -> str:
        told = {"line": line.format(row="NEW"), "amount": amount.format(row="NEW")}
        return COUNT.format(
            row="NEW", stage=stage, team=team, owner=owner, sign=sign, is_voided=is_voided.format(row="NEW"), **told
        )

    condition = condition.format(row="NEW")
    is_taken_back = f"OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL AND {condition}"
    triggers = (
        (f"{table}_{name}", "AFTER INSERT", condition, counted("", IS_VOIDED)),
        (f"{table}_not_{name}", "AFTER UPDATE OF voided_by", is_taken_back, counted("-", "0") + counted("", "1")),
    )
    for trigger, when, told, body in triggers:
        if is_sqlite:
            db.execute_sql(f"CREATE TRIGGER {trigger} {when} ON {table} WHEN {told} BEGIN {body} END")
            continue
        db.execute_sql(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN {body} RETURN NULL; END $body$"
        )
        db.execute_sql(
            f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH ROW WHEN ({told}) EXECUTE FUNCTION {trigger}()"
        )


def _guard(db, is_sqlite: bool) -> None:
    """Nothing of it is altered or deleted; the one thing that may be added, once, is what voided it."""
    rest = ", ".join(column.name for column in db.get_columns("amount_change") if column.name != "voided_by")
    is_voided = "OLD.voided_by IS NOT NULL"
    guards = (
        ("amount_change", "kept", f"BEFORE UPDATE OF {rest}", "1 = 1"),
        ("amount_change", "voided_once", "BEFORE UPDATE OF voided_by", is_voided),
        ("amount_change", "stays", "BEFORE DELETE", "1 = 1"),
        ("transfer", "stood", "BEFORE UPDATE OF stage_id, amount", "1 = 1"),
        ("transfer", "voided_once", "BEFORE UPDATE OF voided_by", is_voided),
    )
    if not is_sqlite:
        db.execute_sql(
            "CREATE FUNCTION amount_change_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$body$ BEGIN RAISE EXCEPTION 'amount_change is append-only'; END $body$"
        )
    for table, name, when, condition in guards:
        head = f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH ROW WHEN"
        if is_sqlite:
            db.execute_sql(f"{head} {condition} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            db.execute_sql(f"{head} ({condition}) EXECUTE FUNCTION {table}_stands()")
