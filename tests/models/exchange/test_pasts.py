"""A funnel from another system arrives with its past: stages with their dates, ends, touches, owners, money."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import funnel
from models import figures, queue
from models.base import NEVER, moment, rows_of
from models.exchange import revealing
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet

BANK = Path(__file__).parents[3] / "docs" / "maps" / "bank.toml"
ZONE = ZoneInfo("Asia/Shanghai")


def test_a_bank_s_campaigns(site: Site) -> None:
    """Every row in its stage at its date, as an independent count says; the years roll where the months fall back."""
    rows = made.bank()
    path = site.folder / "bank.csv"
    path.write_bytes(made.written(rows, separator=";"))
    result = site.take(path, map=str(BANK))
    sold = Counter(row[-1] for row in rows[1:])
    assert result.taken == len(rows) - 1
    everything = figures.period_figures(1, NOW - timedelta(days=9_000), NOW)
    assert (everything.won.count, everything.lost.count, everything.invalid.count) == (sold["yes"], sold["no"], 0)
    first = everything.stages[0]
    assert (first.entered, first.left, first.forward, first.open.count) == (400, 400, sold["yes"], 0)
    assert rows_of("SELECT COUNT(*), SUM(is_talk) FROM touch") == [(sum(int(row[5]) for row in rows[1:]), 400)]
    talked = rows_of("SELECT seconds FROM touch WHERE seconds IS NOT NULL ORDER BY lead_id")
    assert [row[0] for row in talked] == [int(row[4]) for row in rows[1:]]
    closed = [moment(row[0]).astimezone(ZONE) for row in rows_of("SELECT stage_since FROM lead ORDER BY id")]
    assert (closed[0].year, closed[0].month, closed[-1].year, closed[-1].month) == (2008, 5, 2009, 6)
    assert [date.day for date in closed] == [int(row[2]) for row in rows[1:]]
    assert rows_of("SELECT COUNT(DISTINCT number) FROM phone") == [(400,)]
    assert queue.claim_next(site.agent, NOW) is None


def tracking(**cells: str) -> list[list[str]]:
    """A tracking sheet of one row."""
    row = dict.fromkeys(made.TRACKING, "") | {"客户名称/联系人": "A公司/王经理", "联系电话": "13800138000"} | cells
    return [list(made.TRACKING), list(row.values())]


def test_the_tracking_sheet(site: Site) -> None:
    """Stage, first and last touch, days in the stage, owner, money in ten thousands."""
    site.take(site.written(tracking(
        线索编号="LF2024001", 线索来源="展会推广", 所属阶段="意向客户", 首次接触时间="2024-03-15",
        最近跟进时间="2024-05-20", 跟进方式="面谈", 跟进内容摘要="有异议", 预计成交日期="2024-06-30",
        **{"预计成交金额(万元)": "50", "当前阶段停留时长(天)": "35", "负责人": "李伟"},
    )))  # fmt: skip
    ((company, code, amount, owner, since, touched, wake),) = site.leads(
        "company, code, amount, owner_id, stage_since, touched_at, wake_at"
    )
    assert (company, code, amount, owner, wake) == ("A公司", "LF2024001", 50_000_000, site.agent, None)
    assert moment(touched) == datetime(2024, 5, 20, 12, tzinfo=ZONE)
    assert moment(since) == datetime(2024, 4, 15, 12, tzinfo=ZONE)
    moves = rows_of("SELECT s.code, m.way, m.at FROM stage_move m JOIN stage s ON s.id = m.to_stage_id ORDER BY m.id")
    assert [(code, way) for code, way, _ in moves] == [("E", "enter"), ("B", "skip")]
    assert moment(moves[0][2]) == datetime(2024, 3, 15, 12, tzinfo=ZONE)
    assert rows_of("SELECT kind, note, outcome, agent_id FROM touch") == [("meeting", "有异议", "talked", site.agent)]


@pytest.mark.parametrize(
    ("stage", "code", "kind", "wakes"),
    [
        ("", "E", funnel.Kind.OPEN, None),
        ("潜在客户", "E", funnel.Kind.OPEN, None),
        ("Intends", "B", funnel.Kind.OPEN, None),
        ("成交", "won", funnel.Kind.WON, NEVER),
        ("丢单", "lost", funnel.Kind.LOST, NEVER),
        ("无效线索", "invalid", funnel.Kind.INVALID, NEVER),
    ],
)
def test_stages_by_their_names(site: Site, stage: str, code: str, kind: funnel.Kind, wakes: int | None) -> None:
    """In both languages; who is closed is not called."""
    site.take(site.written(tracking(所属阶段=stage, 首次接触时间="2024-03-15")))
    assert rows_of("SELECT s.code, s.kind, l.wake_at FROM lead l JOIN stage s ON s.id = l.stage_id") == [
        (code, kind, wakes)
    ]


def test_what_a_past_may_not_say(site: Site) -> None:
    """A stage that the playbook has not, a day that is none."""
    for cells, code in (({"所属阶段": "商务谈判"}, "unknown_stage"), ({"最近跟进时间": "neulich"}, "bad_history")):
        planned = site.plan(site.written(tracking(**cells)))
        assert planned.rejected == {code: 1}
        planned.close()


MAP = """
[fields]
company = "name"
number = "phone"
owner = "who"
[history]
stage = "stage"
reason = "why"
next_at = "again"
[history.entered]
D = "d"
C = "c"
closed = "end"
[[history.touches]]
at = { column = "call", dates = ["%d.%m.%y %H:%M"] }
outcome = "how"
count = { column = "calls", default = "1" }
"""
HEAD = ["name", "phone", "who", "stage", "why", "again", "d", "c", "end", "call", "how", "calls"]


def mapped(site: Site, *cells: str) -> None:
    path = site.folder / "map.toml"
    path.write_text(MAP, "utf-8")
    site.take(site.written([HEAD, ["A", "13800138000", "li.wei", *cells]]), map=str(path))


def test_stages_with_their_dates(site: Site) -> None:
    """A chain from the first stage on, in the order of the dates, with its end and reason."""
    mapped(site, "lost", "嫌价格高", "", "2026-02-01", "2026-03-01", "2026-03-09", "05.01.26 10:30", "无人接听", "3")
    moves = rows_of(
        "SELECT COALESCE(f.code, ''), t.code, m.way, m.reason, m.month FROM stage_move m "
        "JOIN stage t ON t.id = m.to_stage_id LEFT JOIN stage f ON f.id = m.from_stage_id ORDER BY m.id"
    )
    assert moves == [
        ("", "E", "enter", "", 24312), ("E", "D", "forward", "", 24313), ("D", "C", "forward", "", 24314),
        ("C", "lost", "lost", "price", 24314),
    ]  # fmt: skip
    assert rows_of("SELECT tries, misses, tries_on_day, tried_on FROM lead") == [(3, 3, 3, "2026-01-05")]
    assert rows_of("SELECT COUNT(*), COUNT(DISTINCT at) FROM touch WHERE outcome = 'no_answer'") == [(3, 3)]


def test_a_promise_is_kept(site: Site) -> None:
    """One that is still to come sleeps until then in its owner's lane; a past one is no promise."""
    mapped(site, "D", "", "2026-11-24 10:00", "", "", "", "", "", "")
    ((wake, due, whose, lane),) = site.leads("wake_at, due_at, due_agent_id, lane")
    assert moment(wake) == datetime(2026, 11, 24, 10, tzinfo=ZONE)
    assert (wake, whose, lane) == (due, site.agent, site.agent)
    site.take(
        site.written([HEAD, ["B", "13800138001", "", "D", "", "2026-01-01", *[""] * 6]]),
        map=str(site.folder / "map.toml"),
    )
    assert site.leads("wake_at, due_at", "company = 'B'") == [(None, None)]


def test_a_dialler_s_list(site: Site) -> None:
    """Its country codes make the numbers; short ones are given back."""
    rows = made.dialler(28)
    planned = site.plan(site.written(rows), map="dialler", duplicates="skip")
    assert set(planned.rejected) == set()
    assert planned.new + planned.twins == 28
    revealing.apply(planned, NOW, quiet)
    planned.close()
    assert {str(number)[:1] for number in site.phones()} <= set("14567")
    assert site.leads("company")[0] == ("John Q Πάπ00",)
