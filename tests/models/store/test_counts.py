"""Counts above the leads: read from what a search engine exports, kept once for each day and channel, journalled."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from models import check, counts, floor, taking_in
from models.base import rows_of
from models.campaigns import book, books, every_book
from models.counts import DayCount, Taken
from models.errors import Refused
from models.playbook import read_playbook, shipped_text
from tests.models.store.floors import NOW, MadeFloor

SEARCH = shipped_text("search-marketing")
PLAYBOOK = read_playbook(SEARCH)
FILE = """日期,渠道,展现量,点击量,访问,咨询,订单
2026/3/1,百度推广,"12,000",300,270,12,1
2026-03-01,自然搜索,5000,90,80,3,
2026年3月2日,online_ads,8000,240,200,9,2
"""


@pytest.fixture
def campaign(made: MadeFloor) -> int:
    """A campaign that counts, beside the one with leads."""
    return floor.add_campaign("online", SEARCH, by=made.boss, token=made.token(), now=NOW)


def read(tmp_path: Path, text: str = FILE, **more: str) -> tuple[DayCount, ...]:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="gb18030")
    return counts.read(path, PLAYBOOK, NOW, **more)


def keep(made: MadeFloor, campaign: int, rows: tuple[DayCount, ...]) -> Taken:
    taken = counts.compare(campaign, rows)
    counts.keep(campaign, rows, file="counts.csv", by=made.boss, token=made.token(), now=NOW)
    return taken


def kept() -> list[tuple[object, ...]]:
    return rows_of("SELECT campaign_id, day, channel, layer, n FROM channel_count ORDER BY 1, 2, 3, 4")


def test_a_file_as_it_is_exported(made: MadeFloor, tmp_path: Path) -> None:
    layers = [layer.code for layer in PLAYBOOK.layers]
    assert [(one.day, one.channel, [one.counts.get(layer) for layer in layers]) for one in read(tmp_path)] == [
        ("2026-03-01", "online_ads", [12_000, 300, 270, 12, 1]),
        ("2026-03-01", "internet", [5_000, 90, 80, 3, None]),
        ("2026-03-02", "online_ads", [8_000, 240, 200, 9, 2]),
    ]
    assert read(tmp_path, "Day;Clicks\n2026-03-01;7\n", channel="SEM") == (
        DayCount("2026-03-01", "online_ads", {"clicks": 7}),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FILE.replace("300", "many"), "counts_row"),
        (FILE.replace("300", "-3"), "counts_row"),
        (FILE.replace("2026/3/1", "someday"), "counts_row"),
        (FILE.replace("百度推广", "抖音"), "unknown_channel"),
        (FILE.replace("2026年3月2日", "2026年3月3日"), "counts_future"),
        (FILE.replace("自然搜索", "SEM"), "counts_twice"),
        (FILE.replace("日期", "周"), "counts_day"),
        (FILE.replace("渠道", "谁"), "counts_channel"),
        ("日期,渠道,温度\n2026-03-01,SEM,20\n", "counts_layers"),
        ("", "list_empty"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(made: MadeFloor, tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert refused.value.code == code


def test_the_same_again_changes_nothing_and_a_correction_replaces(
    made: MadeFloor, campaign: int, tmp_path: Path
) -> None:
    rows = read(tmp_path)
    assert keep(made, campaign, rows) == Taken(new=3)
    before = kept()
    assert len(before) == 14
    assert keep(made, campaign, rows) == Taken(same=3)
    assert kept() == before
    corrected = read(tmp_path, FILE.replace("300", "310").replace("3,\n", "3,1\n"))
    assert keep(made, campaign, corrected) == Taken(changed=2, same=1)
    assert [row[4] for row in kept() if row[2:4] == ("online_ads", "clicks")] == [310, 240]
    assert len(kept()) == 15
    told = [json.loads(row[0]) for row in rows_of("SELECT detail FROM journal WHERE verb = 'counts' ORDER BY id")]
    assert [one["rows"] for one in told] == [3, 0, 2]
    assert ["2026-03-01", "online_ads"] in [one[:2] for one in told[2]["was"]]
    assert told[2]["was"][0][2]["clicks"] in (90, 300)
    assert check.check(NOW) == ()


def test_a_repeated_command_counts_once(made: MadeFloor, campaign: int, tmp_path: Path) -> None:
    command = partial(counts.keep, campaign, read(tmp_path), file="f", by=made.boss, token="same", now=NOW)
    command()
    command()
    assert rows_of("SELECT COUNT(*) FROM journal WHERE verb = 'counts'") == [(1,)]


def test_only_managers_bring_counts(made: MadeFloor, campaign: int, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="managers_only"):
        counts.keep(campaign, read(tmp_path), file="f", by=made.people["ann"], token=made.token(), now=NOW)
    assert kept() == []


def test_the_head_of_a_period_by_channel(made: MadeFloor, campaign: int, tmp_path: Path) -> None:
    keep(made, campaign, read(tmp_path))
    together, first, second = counts.heads(campaign, date(2026, 3, 1), date(2026, 3, 3))
    assert [(head.channel, head.days) for head in (together, first, second)] == [
        ("", 3), ("online_ads", 2), ("internet", 1),
    ]  # fmt: skip
    assert [row.count for row in together.layers] == [25_000, 630, 550, 24, 3]
    assert together.layers[0].rate == Fraction(25_000, 3)
    assert first.layers[1].rate == Fraction(540, 20_000)
    assert first.layers[1].is_low, "2.7 of 100 where 3 are usual"
    assert not first.layers[0].is_low
    assert second.layers[4].count is None
    (only,) = counts.heads(campaign, date(2026, 3, 2), None)
    assert (only.channel, only.days) == ("online_ads", 1)
    assert counts.heads(campaign, date(2027, 1, 1), None)[0].days == 0


def test_a_campaign_that_counts_takes_no_leads_and_stands_in_no_agents_way(made: MadeFloor, campaign: int) -> None:
    assert [one.campaign_id for one in books()] == [1]
    assert [one.campaign_id for one in every_book()] == [1, campaign]
    with pytest.raises(Refused, match="takes_no_leads"):
        taking_in.take_in(campaign, {"company": "X"}, by=made.boss, token=made.token(), now=NOW)
    lead = made.lead()
    assert made.next("ann").lead_id == lead
    assert not book(campaign).playbook.takes_leads
    assert check.check(NOW) == ()
