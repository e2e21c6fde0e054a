"""Floors made for a test through the real commands: two teams, a small playbook, customers in several zones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import funnel
from models import connect, crew, floor, ledger, queue, taking_in
from models.base import new_token, proxy, rows_of
from models.cards import Claim
from models.connect import is_postgres
from models.lead import Lead
from models.people import Role

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday: 11 in Berlin, 18 in Shanghai, 5 in New York."""
HOUR = timedelta(hours=1)

PLAYBOOK = """\
code = "trade"
name = { en = "Trade", zh = "销" }
respects_holidays = false
claim_minutes = 10
promise_grace_minutes = 15
required_fields = ["company", "source"]
loss_reasons = [{ code = "price", name = { en = "Price", zh = "价" } }]
invalid_reasons = [
    { code = "wrong_number", name = { en = "Wrong number", zh = "错" } },
    { code = "unreachable", name = { en = "Unreachable", zh = "空" } },
]
sources = [{ code = "web", name = { en = "Web", zh = "网" } }, { code = "fair", name = { en = "Fair", zh = "展" } }]

[caps]
tries_a_day = 3
tries_in_all = 5

[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = 08:00:00
closes = 18:00:00

[[outcomes]]
code = "talked"
name = { en = "Talked", zh = "谈" }
key = "t"
flags = ["human", "contact"]
retry_minutes = [2880]

[[outcomes]]
code = "callback"
name = { en = "Callback", zh = "约" }
key = "c"
flags = ["human", "contact", "callback"]
retry_minutes = [1440]

[[outcomes]]
code = "no_answer"
name = { en = "No answer", zh = "无" }
key = "n"
retry_minutes = [30, 120, 1440]

[[outcomes]]
code = "refused"
name = { en = "Refused", zh = "拒" }
key = "r"
flags = ["human", "contact", "refused"]

[[outcomes]]
code = "wrong"
name = { en = "Wrong number", zh = "错" }
key = "w"
flags = ["unworkable"]
reason = "wrong_number"

[[outcomes]]
code = "banned"
name = { en = "Do not call", zh = "禁" }
key = "x"
flags = ["human", "do_not_call"]
reason = "wrong_number"

[[stages]]
code = "new"
name = { en = "New", zh = "新" }
probability = 10
promotion_rate = 50

[[stages]]
code = "offer"
name = { en = "Offer", zh = "案" }
probability = 50
promotion_rate = 50
dwell_days = 2

[[stages]]
code = "deal"
name = { en = "Deal", zh = "订" }
probability = 80
promotion_rate = 50
dwell_days = 5
required_fields = ["amount"]

[[stages]]
code = "won"
name = { en = "Won", zh = "成" }
probability = 100
promotion_rate = 0
is_won = true
"""

NUMBERS = {"Berlin": "+4930", "Shanghai": "+8621", "London": "+4420", "New York": "+1212"}
"""How the numbers of a place begin; seven or eight digits follow."""


@dataclass
class MadeFloor:
    """A floor at work: its people by name, and short ways to say what they do."""

    url: str
    boss: int = 0
    watcher: int = 0
    people: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    def token(self) -> str:
        """A command's token that was not used before."""
        return f"test-{next(self._serial)}"

    def lead(
        self,
        *,
        owner: str | None = None,
        team: str | None = "north",
        place: str = "Berlin",
        now: datetime = NOW,
        obtained: datetime | None = None,
        **values: str,
    ) -> int:
        """Takes a lead in; not fresh unless it says when it was obtained."""
        serial = next(self._serial)
        number = f"{NUMBERS[place]}{5_550_000 + serial}{'' if place == 'New York' else '1'}"
        given = {"company": f"Company {serial}", "person": "P", "source": "web", "number": number, **values}
        return taking_in.take_in(
            1,
            given,
            by=self.boss,
            owner_id=self.people[owner] if owner else None,
            team_id=self.teams[team] if team and not owner else None,
            token=self.token(),
            now=now,
            obtained_at=obtained or now - timedelta(days=1),
        )

    def next(self, who: str, now: datetime = NOW) -> Claim:
        """The next lead of somebody whose queue is not empty."""
        claim = queue.claim_next(self.people[who], now)
        assert claim is not None
        return claim

    def take(self, who: str, lead_id: int, now: datetime = NOW) -> Claim:
        """A lead that somebody looked up."""
        return queue.take(self.people[who], lead_id, now)

    def log(self, claim: Claim, outcome: str, now: datetime = NOW, **entry: Any) -> funnel.Aftermath:
        """A follow-up."""
        return ledger.log_touch(claim, ledger.Entry(outcome, **entry), token=self.token(), now=now)

    def move(self, claim: Claim, to: str, now: datetime = NOW, *, reason: str = "because") -> funnel.Verdict:
        """A move."""
        return ledger.move(claim, to, reason=reason, is_sign_seen=True, token=self.token(), now=now)


@contextmanager
def opened(url: str) -> Iterator[None]:
    """The floor of this process, given back at the end."""
    database = connect.use(url)
    try:
        yield
    finally:
        if not database.is_closed():
            database.close()


def make(url: str, *, playbook: str = PLAYBOOK) -> MadeFloor:
    """A floor in Berlin: boss; ann, bob and the watching wim in the north, cid and dee in the south."""
    made = MadeFloor(url)
    made.boss = floor.init(
        name="Floor", zone="Europe/Berlin", region="DE", currency="EUR", playbook=playbook, login="boss", agent="Boss",
        token=new_token(), now=NOW,
    )  # fmt: skip
    for team in ("north", "south"):
        made.teams[team] = crew.add_team(team, by=made.boss, token=new_token(), now=NOW)
    for name, role, team in (
        ("ann", Role.AGENT, "north"),
        ("bob", Role.AGENT, "north"),
        ("cid", Role.AGENT, "south"),
        ("dee", Role.AGENT, "south"),
        ("wim", Role.SUPERVISOR, "north"),
    ):
        made.people[name] = crew.add_agent(
            name, name=name.title(), role=role, team=team, by=made.boss, token=new_token(), now=NOW
        )
    made.watcher = made.people["wim"]
    made.people["boss"] = made.boss
    return made


def write(sql: str) -> None:
    """Writes past the commands, as nobody should."""
    proxy.execute_sql(sql)


def tamper(sql: str) -> None:
    """Alters what is on record past every guard, as somebody with another program may."""
    if is_postgres():
        proxy.execute_sql("SET session_replication_role = replica")
        proxy.execute_sql(sql)
        proxy.execute_sql("SET session_replication_role = origin")
        return
    for table in ("journal", "touch", "stage_move", "transfer", "amount_change", "link"):
        for guard in ("kept", "stays", "stood", "voided_once", "salted_once"):
            proxy.execute_sql(f"DROP TRIGGER IF EXISTS {table}_{guard}")
    proxy.execute_sql("PRAGMA foreign_keys = 0")
    proxy.execute_sql(sql)
    proxy.execute_sql("PRAGMA foreign_keys = 1")


def row(lead_id: int) -> Lead:
    """A lead as it is stored."""
    return Lead.get_by_id(lead_id)


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, to see that nothing changed."""
    tables = [name for name in proxy.get_tables() if not name.startswith("sqlite_")]
    return {name: sorted(rows_of(f"SELECT * FROM {name}"), key=repr) for name in sorted(tables)}
