"""The made floor: alive in every figure, true to the rules, the same from the same seed."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

import funnel
from models import check, connect, figures, lists, zones
from models.base import moment, month_of, rows_of, seconds
from models.cards import Scope
from models.demo import making
from models.demo.crew import AGENTS, DESK, MEMBERS
from models.demo.hours import FLOOR_ZONE
from models.demo.playbook import demo_text, office_text
from models.demo.rates import SOURCES
from models.numbers import Whereabouts
from models.playbook import read_playbook
from tests.models.demo.conftest import NOW

pytestmark = pytest.mark.xdist_group("demo")

MONTH = month_of(NOW.astimezone(ZoneInfo(FLOOR_ZONE)).date())
LEVELS = ("E", "D", "C", "B", "A")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def agent_id(login: str) -> int:
    return int(rows_of("SELECT id FROM agent WHERE login = ?", (login,))[0][0])


def counted(sql: str, *args: object) -> int:
    return int(rows_of(sql, args)[0][0])


# ── true ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("whole")
def test_everything_agrees() -> None:
    """Counters, keys, lanes and history, by the floor's own recount."""
    assert check.check(NOW) == ()


@pytest.mark.usefixtures("whole")
def test_nothing_happens_in_the_future_and_the_journal_is_in_order() -> None:
    """Ids follow time, in every table of the history."""
    for table in ("journal", "touch", "stage_move"):
        stamps = [row[0] for row in rows_of(f"SELECT at FROM {table} ORDER BY id")]
        assert stamps == sorted(stamps), table
        assert stamps[-1] <= seconds(NOW), table
    assert counted("SELECT COUNT(*) FROM lead WHERE entered_at > ? OR obtained_at > entered_at", seconds(NOW)) == 0


@pytest.mark.usefixtures("whole")
def test_calls_keep_to_the_customers_office_hours() -> None:
    """On weekdays, by the customer's clock and holidays; only the day it is made has the demo's own hours."""
    office, wide = read_playbook(office_text()), read_playbook(demo_text())
    today = datetime.combine(NOW.astimezone(ZoneInfo(FLOOR_ZONE)).date(), datetime.min.time(), ZoneInfo(FLOOR_ZONE))
    calls = rows_of(
        "SELECT t.at, z.name, z.country FROM touch t JOIN lead l ON l.id = t.lead_id JOIN zone z ON z.id = l.zone_id "
        "WHERE t.kind = 'call' AND t.is_inbound = 0"
    )
    assert len(calls) > 5_000
    for stamp, zone, country in calls:
        at = moment(stamp)
        playbook, where = (office, Whereabouts(zone, country)) if at < today else (wide, Whereabouts(zone, ""))
        span = zones.span_of(playbook, where, FLOOR_ZONE, at)
        # A promise may be answered a few minutes early, and a queue of calls may run a few minutes over.
        assert span is not None
        assert at in span, (at, zone)


@pytest.mark.usefixtures("whole")
def test_no_agent_is_in_two_calls_at_once() -> None:
    """The talk before is over when the next call begins."""
    rows = rows_of(
        "SELECT agent_id, at, COALESCE(seconds, 0) FROM touch WHERE kind = 'call' AND is_inbound = 0 ORDER BY 1, 2"
    )
    for (agent, at, lasted), (next_agent, next_at, _) in pairwise(rows):
        assert agent != next_agent or at + lasted <= next_at


@pytest.mark.usefixtures("whole")
def test_moves_go_by_the_rules_of_the_playbook() -> None:
    """Whoever went on from C has budget and decider on record, and talked twice since entering."""
    passed = rows_of(
        "SELECT m.lead_id, m.at, (SELECT MAX(o.at) FROM stage_move o WHERE o.lead_id = m.lead_id AND o.id < m.id) "
        "FROM stage_move m JOIN stage s ON s.id = m.from_stage_id WHERE s.code = 'C' AND m.way = 'forward'"
    )
    assert len(passed) > 50
    for lead, at, since in passed:
        talks = counted(
            "SELECT COUNT(*) FROM touch WHERE lead_id = ? AND at >= ? AND at <= ? AND outcome = 'talked'",
            lead,
            since,
            at,
        )
        assert talks >= 2
        profile = json.loads(rows_of("SELECT profile FROM lead WHERE id = ?", (lead,))[0][0])
        assert profile["budget"]
        assert profile["decider"]


@pytest.mark.usefixtures("whole")
def test_numbers_are_valid_and_nobodys() -> None:
    """Every number parses; American and British ones are from the ranges that are kept for fiction."""
    numbers = [row[0] for row in rows_of("SELECT number FROM phone UNION SELECT number FROM suppression")]
    assert len(numbers) > 3_000
    for number in numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}")), number
        if str(number).startswith("1"):
            assert re.fullmatch(r"1\d{3}55501\d\d", str(number))
        if str(number).startswith("44"):
            assert re.fullmatch(r"44(207946|121496|161496)0\d{3}", str(number))
    assert counted("SELECT COUNT(*) - COUNT(DISTINCT number) FROM phone") == 0
    assert counted("SELECT COUNT(*) FROM contact WHERE email NOT LIKE '%.example'") == 0


# ── alive ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("whole")
def test_people() -> None:
    """Twelve agents in two teams, two supervisors and a manager."""
    rows = rows_of("SELECT a.login, a.role, t.name FROM agent a LEFT JOIN team t ON t.id = a.team_id ORDER BY a.id")
    assert [(member.login, member.role.value, member.team) for member in MEMBERS] == [tuple(row) for row in rows]
    assert len(AGENTS) == 12
    assert counted("SELECT COUNT(*) FROM lead") == making.LEADS


@pytest.mark.usefixtures("whole")
def test_the_funnel_has_its_shape() -> None:
    """Each level is smaller than the one above, every one converts, and some dozens a month are won."""
    panel = figures.panel(agent_id(DESK.login), Scope.FLOOR, 1, NOW)
    open_now = [stage.open.count for stage in panel.funnel.stages if stage.stage in LEVELS]
    assert open_now == sorted(open_now, reverse=True)
    assert open_now[-1] > 0
    whole = figures.period_figures(1, NOW - timedelta(days=190), NOW)
    rates = [stage.conversion or Fraction(0) for stage in whole.stages if stage.stage in LEVELS]
    assert all(Fraction(3, 10) < rate < Fraction(19, 20) for rate in rates), rates
    assert whole.won.count > 80
    assert whole.lost.count > 0
    assert whole.invalid.count > 0
    for month in range(MONTH - 3, MONTH + 1):
        assert figures.month_figures(1, month, month + 1).won.count >= 8


@pytest.mark.usefixtures("whole")
def test_targets_are_within_reach() -> None:
    """Floor and teams stand at some two thirds; every agent has one."""
    for column, value in (("", 0), ("team_id", 1), ("team_id", 2)):
        attainment = figures.month_figures(1, MONTH, MONTH + 1, column, value).attainment
        assert attainment is not None
        assert Fraction(50, 100) < attainment < Fraction(85, 100)
    assert counted("SELECT COUNT(*) FROM target WHERE month = ? AND agent_id > 0", MONTH) == len(AGENTS)


@pytest.mark.usefixtures("whole")
def test_every_source_and_reason_has_life() -> None:
    """Sources differ: a referral is worth more than a cold call."""
    won = dict(
        rows_of(
            "SELECT l.source, 1.0 * SUM(CASE WHEN s.kind = 'won' THEN 1 ELSE 0 END) / COUNT(*) FROM lead l "
            "JOIN stage s ON s.id = l.stage_id WHERE s.kind <> 'open' GROUP BY l.source"
        )
    )
    assert set(won) == set(SOURCES)
    assert won["referral"] > won["cold_call"]
    playbook = read_playbook(office_text())
    lost = {row[0] for row in rows_of("SELECT reason FROM stage_move WHERE way = 'lost'")}
    assert lost == {choice.code for choice in playbook.loss_reasons}
    invalid = {row[0] for row in rows_of("SELECT reason FROM stage_move WHERE way = 'invalid'")}
    assert invalid == {choice.code for choice in playbook.invalid_reasons}
    ways = {row[0] for row in rows_of("SELECT way FROM stage_move")}
    assert ways == {way.value for way in funnel.Way}
    assert {row[0] for row in rows_of("SELECT outcome FROM touch")} == {outcome.code for outcome in playbook.outcomes}


@pytest.mark.usefixtures("whole")
def test_agents_differ() -> None:
    """Each has a success of their own."""
    since = month_of((NOW - timedelta(days=120)).date())
    rates = []
    for member in AGENTS:
        months = [
            figures.month_figures(1, at, at + 1, "owner_id", agent_id(member.login)) for at in range(since, MONTH)
        ]
        left = sum(stage.left for month in months for stage in month.stages)
        rates.append(Fraction(sum(stage.forward for month in months for stage in month.stages), left))
    assert len(set(rates)) == len(AGENTS)
    assert max(rates) > min(rates) * Fraction(5, 4)


@pytest.mark.usefixtures("whole")
def test_the_desk_has_work_at_once() -> None:
    """Promises due and to come, fresh leads, stuck ones, retries, some of them the pool's."""
    desk, stamp = agent_id(DESK.login), seconds(NOW)
    card = lists.queue(desk, NOW, limit=200)
    assert card.ready >= 60
    assert card.outside_hours > 0
    assert card.asleep > 0
    assert counted("SELECT COUNT(*) FROM lead WHERE due_agent_id = ? AND due_at <= ?", desk, stamp) >= 5
    assert counted("SELECT COUNT(*) FROM lead WHERE due_agent_id = ? AND due_at > ?", desk, stamp) >= 5
    assert counted("SELECT COUNT(*) FROM lead WHERE due_agent_id IS NULL AND due_at <= ?", stamp) >= 5
    assert sum(row.fresh_until is not None for row in card.rows) >= 10
    assert sum(row.is_past_dwell for row in card.rows) >= 10
    assert counted("SELECT COUNT(*) FROM lead WHERE wake_at IS NULL AND misses > 0") >= 200
    assert counted("SELECT COUNT(*) FROM suppression") >= 50
    day = figures.today(desk, NOW)
    assert day.calls > 5
    assert day.promises_open > 5


@pytest.mark.usefixtures("whole")
def test_both_languages_are_spoken() -> None:
    """Notes are in the language of the customer."""
    rows = rows_of(
        "SELECT t.note, z.country FROM touch t JOIN lead l ON l.id = t.lead_id JOIN zone z ON z.id = l.zone_id "
        "WHERE t.note <> ''"
    )
    chinese = [bool(CHINESE.search(note)) for note, country in rows if country == "CN"]
    others = [bool(CHINESE.search(note)) for note, country in rows if country != "CN"]
    assert len(chinese) > 1_000
    assert len(others) > 1_000
    assert all(chinese)
    assert not any(others)


@pytest.mark.usefixtures("whole")
def test_promises_are_kept_mostly() -> None:
    """And sometimes missed."""
    kept = counted("SELECT COUNT(*) FROM touch WHERE answers_at IS NOT NULL AND at <= answers_at + 900")
    late = counted("SELECT COUNT(*) FROM touch WHERE answers_at IS NOT NULL AND at > answers_at + 900")
    assert kept > 3 * late > 0


# ── whenever it is made ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_somebody_can_be_called_at_any_hour(whole: Path, hour: int) -> None:
    """At night in China, Europe or America is awake: the same leads, asked at each hour of a Sunday."""
    del whole
    at = datetime(2026, 6, 21, hour, 30, tzinfo=UTC)
    wide, desk = read_playbook(demo_text()), agent_id(DESK.login)
    ready = rows_of(
        "SELECT z.name, COUNT(*) FROM lead l JOIN seat s ON s.lane = l.lane JOIN zone z ON z.id = l.zone_id "
        "WHERE s.agent_id = ? AND l.wake_at IS NULL GROUP BY z.name",
        (desk,),
    )
    spans = {zone: zones.span_of(wide, Whereabouts(zone, ""), FLOOR_ZONE, at) for zone, _ in ready}
    assert sum(count for zone, count in ready if (span := spans[zone]) is not None and at in span) >= 60


def test_the_same_seed_makes_the_same_floor(small_pattern: Path, tmp_path: Path) -> None:
    """Row by row, but for the names of commands and the salt of texts."""
    again = tmp_path / "again.db"
    making.make(again, NOW, leads=240)
    assert contents(small_pattern) == contents(again)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    database = connect.use(str(path))
    tables = ("lead", "contact", "phone", "touch", "stage_move", "suppression", "target", "intake", "stock")
    told = {name: ", ".join(one.name for one in database.get_columns(name) if one.name != "salt") for name in tables}
    found = {table: rows_of(f"SELECT {told[table]} FROM {table} ORDER BY 1, 2, 3") for table in tables}
    found["journal"] = rows_of("SELECT id, at, agent_id, verb, lead_id, detail FROM journal ORDER BY id")
    database.close()
    return found


@pytest.mark.parametrize("now", [datetime(2026, 3, 1, 15, tzinfo=UTC), datetime(2026, 11, 1, 3, tzinfo=UTC)])
def test_any_day_will_do(tmp_path: Path, now: datetime) -> None:
    """A month's first hours, a Sunday, a clock change: everything agrees, and there is work."""
    making.make(tmp_path / "floor.db", now, leads=400)
    database = connect.use(str(tmp_path / "floor.db"))
    assert check.check(now) == ()
    assert lists.queue(agent_id(DESK.login), now).ready > 5
    database.close()


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_known_as_a_demo(small_pattern: Path, tmp_path: Path) -> None:
    """By its journal; a file that is something else is not."""
    assert making.made_at(small_pattern) == NOW
    assert making.is_alive(small_pattern, NOW + timedelta(hours=23))
    assert not making.is_alive(small_pattern, NOW + timedelta(hours=25))
    (tmp_path / "letter.txt").write_text("dear floor")
    assert making.made_at(tmp_path / "letter.txt") is None
    assert making.made_at(tmp_path / "nothing.db") is None


def test_an_interrupted_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither half a floor nor the files of one."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "write_history", interrupted)
    with pytest.raises(KeyboardInterrupt):
        making.make(tmp_path / "made" / "floor.db", NOW, leads=100)
    assert list((tmp_path / "made").iterdir()) == []


def test_what_a_killed_making_left_is_swept(tmp_path: Path) -> None:
    """An hour later; a making that is under way stays."""
    place = tmp_path / "made"
    old, new = place / f"{making.LEFTOVER}old", place / f"{making.LEFTOVER}new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    stamp = (NOW - timedelta(hours=2)).timestamp()
    os.utime(old, (stamp, stamp))
    making.make(place / "floor.db", NOW, leads=60)
    assert sorted(path.name for path in place.iterdir()) == [new.name, "floor.db"]
