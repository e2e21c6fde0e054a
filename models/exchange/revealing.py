"""A planned list becomes leads: some at a time, in transactions so short that nobody at a desk waits for them.

The statements are written once, as selections from the staged rows: SQLite runs them as they are, with the staging file
attached; PostgreSQL gets their results by COPY.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import crew
from models.base import month_of, proxy, rows_among, rows_of, seconds
from models.connect import is_postgres, locked, transact, translated
from models.errors import FloorError, Refused
from models.exchange import intakes, taking_back
from models.exchange.intakes import DONE, HOLD, REST, REVEALING
from models.exchange.merging import merge_all
from models.exchange.planning import Plan, Progress
from models.exchange.staging import LATE, NEW
from models.exchange.taking_back import Undone
from models.journal import Journal, MoveRow, TouchRow
from models.lead import Intake
from models.numbers import Whereabouts
from models.people import Agent, Team, require_manager
from models.record import chain
from models.zones import zone_id

LEAST, MOST, BEGIN = 50, 4_000, 200
"""Leads of one transaction."""
IN_ORDER, BLOCK = 100_000, 50_000
"""Up to so many leads stand in the store in the order of the list; of longer lists each block does, and is written in
the order of its numbers, which spares the index of numbers most of the work."""

LEAD_COLUMNS = (
    "id, campaign_id, stage_id, owner_id, team_id, zone_id, code, company, industry, source, need, product, "
    "amount, margin, "
    "units, expected_on, profile, obtained_at, entered_at, stage_since, touched_at, fresh_until, tries, tries_on_day, "
    "tried_on, misses, lane, key, rekey_at, wake_at, due_at, due_agent_id, intake_id, barred"
)
LEAD_VALUES = (
    ":lead + q.seq, :campaign, r.stage_id, r.owner_id, r.team_id, z.zone_id, r.code, r.company, r.industry, r.source, "
    "r.need, r.product, r.amount, r.margin, r.units, r.expected_on, r.profile, r.obtained_at, r.entered_at, "
    "r.stage_since, "
    "r.touched_at, r.fresh_until, r.tries, r.tries_on_day, r.tried_on, r.misses, r.lane, r.key, r.rekey_at, r.wake_at, "
    "r.due_at, r.due_agent_id, :intake, 0"
)
FROM = "FROM {at}queue q CROSS JOIN {at}row r ON r.n = q.n"
SOME = f"WHERE q.seq > :after AND q.seq <= :upto AND r.fate = {NEW}"
SALT = "CASE WHEN {} <> '' THEN LOWER(HEX(RANDOMBLOB(16))) END"
"""A text goes on record by a salted digest (`models.record.chain`)."""
SAID = "t.note || t.purpose || t.feedback"
TOUCH = "kind, outcome, is_talk, seconds, note, purpose, feedback"
STATEMENTS: tuple[tuple[str, str, str], ...] = (
    ("lead", LEAD_COLUMNS, f"SELECT {LEAD_VALUES} {FROM} CROSS JOIN {{at}}zone z ON z.name = r.zone {SOME}"),
    (
        "contact",
        "id, lead_id, name, title, part, email, intake_id",
        f"SELECT :contact + q.seq, :lead + q.seq, r.person, r.title, r.part, r.email, :intake {FROM} {SOME}",
    ),
    (
        "phone",
        "lead_id, contact_id, number, extension",
        f"SELECT :lead + q.seq, :contact + q.seq, r.number, r.extension {FROM} {SOME} AND r.number IS NOT NULL",
    ),
)
PLAIN_MOVE = (
    "stage_move",
    "journal_id, lead_id, to_stage_id, way, at, month, agent_id, owner_id, team_id, amount, reason, sign_seen, "
    "intake_id",
    "SELECT :journal, :lead + q.seq, r.stage_id, 'enter', r.stage_since, :month, :by, r.owner_id, r.team_id, "
    "r.amount, '', 0, "
    f":intake {FROM} {SOME}",
)
MORE: dict[str, tuple[str, str, str]] = {
    "move": (
        "stage_move",
        "journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, owner_id, team_id, amount, reason, "
        "sign_seen, intake_id, salt",
        "SELECT :journal, :lead + q.seq, m.from_stage_id, m.to_stage_id, m.way, m.at, m.month, "
        "COALESCE(r.owner_id, :by), "
        f"r.owner_id, r.team_id, m.amount, m.reason, 0, :intake, {SALT.format('m.reason')} {FROM} "
        f"CROSS JOIN {{at}}move m ON m.n = q.n {SOME} "
        "ORDER BY q.seq, m.place",
    ),
    "touch": (
        "touch",
        f"journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, {TOUCH}, intake_id, salt",
        "SELECT :journal, :lead + q.seq, t.stage_id, t.at, r.owner_id, r.owner_id, r.team_id, "
        f"{', '.join('t.' + name for name in TOUCH.split(', '))}, :intake, {SALT.format(SAID)} {FROM} "
        f"CROSS JOIN {{at}}touch t ON t.n = q.n {SOME} "
        "ORDER BY q.seq, t.place",
    ),
    "extra": (
        "phone",
        "lead_id, contact_id, number, extension",
        f"SELECT :lead + q.seq, :contact + q.seq, e.number, e.extension {FROM} CROSS JOIN {{at}}extra e ON e.n "
        f"= q.n {SOME} "
        "ORDER BY q.seq, e.rowid",
    ),
    "person": (
        "contact",
        "lead_id, name, title, part, email, intake_id",
        f"SELECT :lead + q.seq, p.name, p.title, p.part, p.email, :intake {FROM} CROSS JOIN {{at}}person p ON "
        f"p.n = q.n {SOME} "
        "ORDER BY q.seq, p.rowid",
    ),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did."""

    intake_id: int
    taken: int
    merged: int
    late: int = 0
    """Rows that were new in the plan and were not any more when their turn came."""


class Interrupted(Exception):
    """The import was stopped while it ran, or the database gave up; what it had revealed was taken back."""

    def __init__(self, undone: Undone | None, cause: BaseException | None) -> None:
        super().__init__("interrupted")
        self.undone = undone
        self.cause = cause


def apply(plan: Plan, now: datetime, progress: Progress, is_stopped: Callable[[], bool] = lambda: False) -> Result:
    """Carries a plan out. Also takes back, first, what an import before it left halfway.

    Raises:
        Refused: `managers_only`, `import_running`.
        Interrupted: it was stopped; nothing of it stays, but what agents have worked meanwhile.
    """
    by = plan.order.by
    with translated():
        require_manager(by)
        with intakes.alone():
            taking_back.recover(by, now, progress)
            return _Reveal(plan, now, progress, is_stopped).run()


class _Reveal:
    """One import under way."""

    def __init__(self, plan: Plan, now: datetime, progress: Progress, is_stopped: Callable[[], bool]) -> None:
        self.plan, self.now, self.progress, self.is_stopped = plan, now, progress, is_stopped
        self.staging = plan.staging
        self.by = plan.order.by
        self.merged = 0
        self.args: dict[str, int] = {"campaign": plan.setting.book.campaign_id, "by": self.by}
        self.args["month"] = month_of(now.astimezone(plan.setting.zone).date())
        more = [MORE[name] for name in ("extra", "person", "touch") if self._has(name)]
        self.statements = (*STATEMENTS, MORE["move"] if self._has("move") else PLAIN_MOVE, *more)
        self.recorded = (MoveRow, TouchRow) if self._has("touch") else (MoveRow,)
        told = self.staging.run("SELECT DISTINCT owner_id, team_id FROM row")
        self.whose = ({row[0] for row in told} - {None}, {row[1] for row in told} - {None})
        self.has_codes = bool(self.staging.one("SELECT EXISTS (SELECT 1 FROM row WHERE code IS NOT NULL)"))

    def _has(self, table: str) -> bool:
        return bool(self.staging.one(f"SELECT EXISTS (SELECT 1 FROM {table})"))

    def run(self) -> Result:
        """Reveals everything, or nothing."""
        total = self._line_up()
        self.args["intake"], self.args["journal"] = transact(self._begin)
        intake = self.args["intake"]
        try:
            with _writing(self.plan):
                is_whole = self._reveal(total)
            if is_whole:
                self.merged = merge_all(
                    self.staging, self.plan.order.duplicates, intake, self.by, self.now, self.is_stopped
                )
        except (FloorError, OSError, KeyboardInterrupt) as error:
            raise Interrupted(self._taken_back(intake), error) from error
        if self.is_stopped():
            raise Interrupted(self._taken_back(intake), None)
        late = self.staging.one(f"SELECT COUNT(*) FROM row WHERE fate = {LATE}")
        taken = total - late
        transact(lambda: self._end(taken))
        return Result(intake, taken, self.merged, late)

    def _taken_back(self, intake: int) -> Undone | None:
        """None where the database is gone: the desks take it back when they are there again, or the next import."""
        with suppress(FloorError):
            return taking_back.take_back(intake, self.by, self.now, self.progress)
        return None

    def _line_up(self) -> int:
        """The order in which rows are revealed. Returns how many there are."""
        count = self.staging.one(f"SELECT COUNT(*) FROM row WHERE fate = {NEW}")
        order = "n" if count <= IN_ORDER else f"n / {BLOCK}, number"
        self.staging.run("CREATE TABLE IF NOT EXISTS queue (seq INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
        self.staging.run("DELETE FROM queue")
        self.staging.run(f"INSERT INTO queue (n) SELECT n FROM row WHERE fate = {NEW} ORDER BY {order}")
        if self._has("extra"):
            self.staging.run("CREATE INDEX IF NOT EXISTS extra_row ON extra (n)")
        self.staging.run("CREATE INDEX IF NOT EXISTS person_row ON person (n)")
        return count

    def _begin(self) -> tuple[int, int]:
        intakes.require_alone()
        self._require_people()
        plan = self.plan
        campaign = plan.setting.book.campaign_id
        intake = Intake.insert(
            file=plan.listing.name, digest=plan.digest, at=seconds(self.now), agent_id=self.by, campaign_id=campaign,
            state=REVEALING, rows=plan.rows, rejected=sum(plan.rejected.values()) + plan.suppressed,
        ).execute()  # fmt: skip
        last = int(rows_of("SELECT COALESCE(MAX(id), 0) FROM lead")[0][0])
        detail = {"file": plan.listing.name, "rows": plan.rows, "new": plan.new, "intake": int(intake), "after": last}
        journal = Journal.add(
            token=f"import-{intake}", at=seconds(self.now), agent_id=self.by, verb="import",
            detail=json.dumps(detail, ensure_ascii=False),
        )  # fmt: skip
        zones = [name for (name,) in self.staging.run("SELECT name FROM zone")]
        ids = [(zone_id(Whereabouts(*name.split("|")), self.now), name) for name in zones]
        self.staging.many("UPDATE zone SET zone_id = ? WHERE name = ?", ids)
        return int(intake), journal

    def _require_people(self) -> None:
        """Who was here when it was planned may have left since, and nobody would call what comes to them."""
        owners, teams = self.whose
        for agent in locked(Agent.select().where(Agent.id.in_(owners)).order_by(Agent.id)):
            if agent.left_at is not None:
                raise Refused("unknown_agent", login=agent.login)
        for team in locked(Team.select().where(Team.id.in_(teams)).order_by(Team.id)):
            if team.closed_at is not None:
                raise Refused("unknown_team", team=team.name, allowed=tuple(line.name for line in crew.teams()))

    def _end(self, taken: int) -> None:
        intakes.require_alone()
        Intake.update(state=DONE, taken=taken, merged=self.merged).where(Intake.id == self.args["intake"]).execute()

    # ── some at a time ────────────────────────────────────────────────────────────────────────────────────────────────

    def _reveal(self, total: int) -> bool:
        done, size, written_back = 0, BEGIN, time.perf_counter()
        while done < total:
            if self.is_stopped():
                return False
            began = time.perf_counter()
            upto = min(done + size, total)
            transact(lambda after=done, upto=upto: self._some(after, upto))  # type: ignore[misc]
            held = time.perf_counter() - began
            done = upto
            self.progress("reveal", done, total)
            size = max(LEAST, min(MOST, int(size * min(2.0, HOLD / held))))
            if time.perf_counter() - written_back > CHECKPOINT_SECONDS:
                _checkpoint()
                written_back = time.perf_counter()
            time.sleep(held * REST)
        return True

    def _some(self, after: int, upto: int) -> None:
        intakes.require_alone()
        lead, contact = _next_ids("lead", upto - after), _next_ids("contact", upto - after)
        args = {**self.args, "after": after, "upto": upto, "lead": lead - after, "contact": contact - after}
        self._drop_late(args)
        before = [(model, chain.last_id(model)) for model in self.recorded]
        with _counted_at_the_end(lead, lead + upto - after):
            for table, columns, select in self.statements:
                if is_postgres():
                    self._copy(table, columns, select, args)
                else:
                    _run(f"INSERT INTO {table} ({columns}) {select.format(at=AT)}", args)
        for model, last in before:
            chain.note_since(model, args["journal"], last)

    def _copy(self, table: str, columns: str, select: str, args: dict[str, int]) -> None:
        with proxy.obj.connection().cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            named = {name: args[name] for name in HOLE.findall(select)}
            for row in self.staging.each(select.format(at=""), named):
                copy.write_row(row)

    def _drop_late(self, args: dict[str, int]) -> None:
        """What came to the floor, or on the suppression list, since the plan was made stays out."""
        some = {name: args[name] for name in ("after", "upto")}
        if is_postgres():
            self._drop_late_on_server(some)
            return
        for (row,) in _run(
            " UNION ".join(f"SELECT r.n {FROM} {join} {SOME}" for join in LATE_JOINS).format(at=AT), some
        ):
            _run(f"UPDATE {AT}row SET fate = {LATE} WHERE n = :n", {"n": row})
        if self.has_codes:
            for (row,) in _run(f"SELECT r.n {FROM} {LATE_CODE} {SOME}".format(at=AT), some):
                _run(f"UPDATE {AT}row SET code = NULL WHERE n = :n", {"n": row})

    def _drop_late_on_server(self, some: dict[str, int]) -> None:
        rows = self.staging.run(f"SELECT r.number, r.code {FROM} {SOME}".format(at=""), some)
        numbers = [number for number, _ in rows if number is not None]
        late = [
            (int(row[0]),)
            for sql in (
                "SELECT p.number FROM phone p JOIN lead l ON l.id = p.lead_id WHERE p.voided_at IS NULL "
                "AND l.voided_at IS NULL AND p.number IN ({numbers})",
                "SELECT number FROM suppression WHERE number IN ({numbers})",
            )
            for row in rows_among(numbers, sql)
        ]
        self.staging.many(f"UPDATE row SET fate = {LATE} WHERE fate = {NEW} AND number = ?", late)
        codes = [code for _, code in rows if code is not None]
        if codes:
            sql = "SELECT code FROM lead WHERE voided_at IS NULL AND code IN (SELECT UNNEST(?::text[]))"
            self.staging.many("UPDATE row SET code = NULL WHERE code = ?", rows_of(sql, (codes,)))


AT = "staged."
LATE_JOINS = (
    "CROSS JOIN phone p ON p.number = r.number AND p.voided_at IS NULL CROSS JOIN lead l ON l.id = p.lead_id "
    "AND l.voided_at IS NULL",
    "CROSS JOIN suppression s ON s.number = r.number",
)
LATE_CODE = "CROSS JOIN lead l ON l.code = r.code AND l.voided_at IS NULL"
HOLE = re.compile(r":(\w+)")


def _run(sql: str, args: dict[str, int]) -> list[tuple[Any, ...]]:
    """A statement with named places, straight to SQLite's driver."""
    return list(proxy.obj.connection().cursor().execute(sql, {name: args[name] for name in HOLE.findall(sql)}))


def _next_ids(table: str, count: int) -> int:
    """The id before the next `count` ones, which are this transaction's."""
    if not is_postgres():
        return int(rows_of(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0])
    while True:
        ids = rows_of(
            f"SELECT MIN(n), MAX(n) FROM (SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS n "
            "FROM generate_series(1, ?)) AS next",
            (count,),
        )
        first, last = ids[0]
        if last - first == count - 1:  # nobody else took one in between
            return int(first) - 1


@contextmanager
def _counted_at_the_end(after: int, upto: int) -> Iterator[None]:
    """New leads of these ids, (after, upto], and their moves are counted together (migration 0016).

    PostgreSQL, where others write meanwhile, counts them as they come.
    """
    if is_postgres():
        yield
        return
    rows_of("INSERT INTO counted_later (after, upto) VALUES (?, ?)", (after, upto))
    yield
    rows_of("DELETE FROM counted_later")


CHECKPOINT_SECONDS = 0.1
CACHE_KB = 96_000


@contextmanager
def _writing(plan: Plan) -> Iterator[None]:
    """SQLite while it takes a list: the staged rows attached, no waiting for the disk at each commit.

    The floor's own commits still wait for it, and with them all that was written before; the last commit of the import
    does so too. What the log gathers is written back outside the gate.
    """
    if is_postgres():
        yield
        return
    kept = {name: rows_of(f"PRAGMA main.{name}")[0][0] for name in ("synchronous", "wal_autocheckpoint", "cache_size")}
    _pragmas({"synchronous": 1, "wal_autocheckpoint": 0, "cache_size": -CACHE_KB})
    _run_with("ATTACH ? AS staged", (str(plan.staging.path),))
    _run_with(f"PRAGMA staged.cache_size = -{CACHE_KB}", ())
    try:
        yield
    finally:
        _run_with("DETACH staged", ())
        _pragmas(kept)


def _pragmas(values: dict[str, Any]) -> None:
    for name, value in values.items():
        _run_with(f"PRAGMA main.{name} = {value}", ())


def _run_with(sql: str, args: tuple[str, ...]) -> None:
    list(proxy.obj.connection().cursor().execute(sql, args))


def _checkpoint() -> None:
    """Writes the log back while others may write: it stops nobody, and takes what it can."""
    if not is_postgres():
        _run_with("PRAGMA wal_checkpoint(PASSIVE)", ())
