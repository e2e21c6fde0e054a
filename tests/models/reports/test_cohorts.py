"""Cohorts that are counted: by month what the rows say, and plain Python, however leads move and stages change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from random import Random

import peewee as pw
import pytest

import funnel
from models import check, cohorts, floor, queue
from models.base import month_of, proxy, rows_of, seconds
from models.campaigns import book
from models.connect import is_postgres, transact
from models.journal import MoveRow
from models.lead import Lead
from models.reports import periods, reaches
from models.reports.periods import Period, PeriodKind
from models.reports.slices import OF_THE_LEAD, By, Slice
from tests.models.reports import second_way
from tests.models.reports.second_way import SINCE, ZONE
from tests.models.reports.test_funnels import AFTER_SALE, kept_faults, leave_the_deal, plain_reach
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor, write

PERIODS = (
    *(periods.of_day(PeriodKind.MONTH, at.date(), ZONE) for at in second_way.EDGES[:2]),
    *(periods.of_day(PeriodKind.QUARTER, at.date(), ZONE) for at in second_way.EDGES[-2:]),
    periods.of_day(PeriodKind.YEAR, SINCE.date(), ZONE),
    Period(periods.midnight(second_way.EDGES[0].date(), ZONE), second_way.EDGES[-1], PeriodKind.CUSTOM),
)
SPLITS = (By.NOTHING, By.TEAM, By.AGENT, By.SOURCE, By.INDUSTRY, By.PRODUCT)


def slices(made: MadeFloor) -> tuple[Slice, ...]:
    """Of everybody, a team, a person, and of what leads are."""
    return (
        Slice(1), Slice(1, made.teams["north"]), Slice(1, agent_id=made.people["ann"]), Slice(1, 0, 0),
        Slice(1, source="web"), Slice(1, made.teams["south"], product=""),
    )  # fmt: skip


def agrees(made: MadeFloor) -> None:
    """Counters, rows and plain Python say the same of whole months, and the counters did say it."""
    campaign, found = book(1), second_way.raw()
    assert cohorts.are_counted(1)
    assert faults() == []
    answered = 0
    for chosen in slices(made):
        for period in PERIODS:
            for by in SPLITS:
                part = chosen.part(by)
                things = chosen.told | ({by} & set(OF_THE_LEAD))
                is_of_one = chosen.agent_id is not None or by is By.AGENT
                assert (part is None) == (len(things) + is_of_one > 1 and bool(things))
                if part is None:
                    continue
                kept = reaches._counted(chosen, period, by)
                counted = {row[:2]: tuple(map(int, row[2:])) for row in kept}
                told = reaches._recounted(campaign, chosen, period, by)
                assert counted == summed(told)
                answered += len(counted)
            if 0 in (chosen.team_id, chosen.agent_id):
                continue  # nobody's leads have no number in the rows
            report = reaches.cohorts(made.boss, chosen, period)
            assert report.whole == plain_reach(found, chosen, period, By.NOTHING, None)
    assert answered


def summed(rows: list[tuple[object, ...]]) -> dict[tuple[object, ...], tuple[int, ...]]:
    """Rows of one part and stage together."""
    sums: dict[tuple[object, ...], tuple[int, ...]] = {}
    for key, stage, *counts in rows:
        sums[key, stage] = tuple(a + int(str(b)) for a, b in zip(sums.get((key, stage), (0,) * 4), counts, strict=True))
    return sums


def faults() -> list[tuple[object, ...]]:
    """Counters that are not what the history says."""
    return rows_of(dict(check.QUESTIONS)["cohorts"])


@pytest.mark.parametrize("seed", range(4))
def test_counters_are_rows_are_plain_python(made: MadeFloor, seed: int) -> None:
    """On a floor with leads that bounce, within months and across them, and with moves that were taken back."""
    second_way.written(made, Random(seed), 30)
    agrees(made)
    moves = second_way.heart_moves(second_way.raw().moves)
    for period in PERIODS:
        told = funnel.reaches(book(1).playbook, moves, period.since, period.until)
        assert reaches.cohorts(made.boss, Slice(1), period).whole == told
        by_month = reaches.cohorts(made.boss, Slice(1), period, By.MONTH)
        for name, part in by_month.parts.items():
            month = periods.of_day(PeriodKind.MONTH, date.fromisoformat(f"{name}-01"), ZONE)
            assert part == funnel.reaches(book(1).playbook, moves, month.since, month.until)


STAND = (
    "UPDATE lead SET stage_id = COALESCE((SELECT m.to_stage_id FROM stage_move m WHERE m.lead_id = lead.id "
    "AND m.voided_by IS NULL ORDER BY m.at DESC, m.id DESC LIMIT 1), stage_id)"
)
"""Leads stand where their last moves went."""
STATEMENTS = (
    "UPDATE stage_move SET voided_by = 1 WHERE lead_id IN (2, 3) AND voided_by IS NULL",
    "UPDATE stage_move SET voided_by = 1 WHERE id IN (SELECT MAX(id) FROM stage_move WHERE voided_by IS NULL "
    "GROUP BY lead_id)",
    "UPDATE stage_move SET voided_by = 1 WHERE lead_id = 5 AND voided_by IS NULL",
    "UPDATE stage_move SET salt = 'x' WHERE lead_id = 6",
    "UPDATE lead SET source = 'fair', product = 'Z' WHERE id < 9",
    "UPDATE lead SET industry = source, source = industry",
    "UPDATE lead SET owner_id = 2, team_id = 1, lane = 2 WHERE due_at IS NULL",
    # Many moves of a lead in one statement, among those that were there, and of leads that had none left.
    "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, owner_id, team_id) "
    "SELECT 0, lead_id, from_stage_id, to_stage_id, way, at + 1, month, team_id, NULL FROM stage_move "
    "WHERE at - at / 60 * 60 <> 59",
    "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, voided_by) "
    "SELECT 0, lead_id, from_stage_id, to_stage_id, way, at, month, 1 FROM stage_move",
)


def test_counters_follow_whole_statements(made: MadeFloor) -> None:
    """Whatever a statement does to leads and moves at once, past all commands."""
    second_way.written(made, Random(5), 24)
    for statement in STATEMENTS:
        write(statement)
        write(STAND)
        agrees(made)


# ── the stages change ─────────────────────────────────────────────────────────────────────────────────────────────────

HEAD, NEW, OFFER, DEAL, WON = PLAYBOOK.split("[[stages]]")


def playbook(*stages: str) -> str:
    """The playbook with these stages in this order."""
    return "[[stages]]".join((HEAD, *stages))


EXTRA = NEW.replace('"new"', '"trial"')
CHANGES: dict[str, tuple[str, ...]] = {
    "reordered": (playbook(OFFER, NEW, DEAL, WON),),
    "retired": (playbook(NEW, OFFER, WON),),
    "retired and revived": (playbook(NEW, OFFER, WON), PLAYBOOK),
    "revived elsewhere": (playbook(NEW, OFFER, WON), playbook(DEAL, NEW, OFFER, WON)),
    "another kind": (playbook(NEW, OFFER, WON, DEAL),),
    "another kind, and back": (playbook(NEW, OFFER, WON, DEAL), PLAYBOOK),
    "one more, and reordered": (PLAYBOOK + AFTER_SALE, playbook(OFFER, EXTRA, NEW, DEAL, WON) + AFTER_SALE),
}


@pytest.mark.parametrize("texts", CHANGES.values(), ids=CHANGES)
def test_stages_change_in_the_middle(made: MadeFloor, texts: tuple[str, ...]) -> None:
    """Counted at once by the order that is now, and so goes on."""
    random = Random(7)
    second_way.written(made, random, 15)
    for text in texts:
        if '"deal"' not in text:
            transact(leave_the_deal)
        apply(made, text)
        agrees(made)
        second_way.written(made, random, 8)
        agrees(made)


def apply(made: MadeFloor, text: str) -> None:
    """The campaign gets a playbook."""
    floor.apply_playbook(1, text, by=made.boss, token=made.token(), now=NOW)


def state() -> tuple[int, int]:
    """How far the campaign is counted, and the steps that it took."""
    counted, steps = rows_of("SELECT counted_to, steps FROM cohort_order WHERE campaign_id = 1")[0]
    return counted, steps


@pytest.mark.parametrize(
    "text",
    [
        playbook(EXTRA, NEW, OFFER, DEAL, WON),
        playbook(NEW, OFFER, EXTRA, DEAL, WON),
        PLAYBOOK + AFTER_SALE,
        PLAYBOOK.replace("probability = 10\n", "probability = 20\n"),
    ],
)
def test_a_new_stage_has_nothing_counted_anew(made: MadeFloor, text: str) -> None:
    """Nobody has been there: what was counted holds, and whoever comes is counted with it."""
    random = Random(8)
    second_way.written(made, random, 15)
    before = state()
    apply(made, text)
    assert state() == before
    agrees(made)
    second_way.written(made, random, 8)
    agrees(made)


def test_a_large_campaign_is_counted_some_at_a_time(made: MadeFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command leaves it to those who claim; until it is over the rows answer, and at every step the rest agrees."""
    random = Random(9)
    second_way.written(made, random, 130)
    queue.tidy(NOW)
    monkeypatch.setattr(cohorts, "AT_ONCE", 0)
    apply(made, playbook(OFFER, NEW, DEAL, WON))
    month = PERIODS[1]
    seen = []
    while not cohorts.are_counted(1):
        seen.append(state()[0])
        assert faults() == []
        found = second_way.raw()
        report = reaches.cohorts(made.boss, Slice(1), month)
        assert report.whole == plain_reach(found, Slice(1), month, By.NOTHING, None)
        second_way.written(made, random, 1)
        write("UPDATE lead SET source = 'web' WHERE id - id / 7 * 7 = 3")
        write(
            "UPDATE stage_move SET voided_by = 1 WHERE id IN (SELECT MAX(id) FROM stage_move "
            "WHERE lead_id IN (7, 101) AND voided_by IS NULL GROUP BY lead_id)"
        )
        write(STAND)
        transact(lambda: queue.tidy(NOW))
    assert seen == [-1, 0, 100]
    agrees(made)
    assert rows_of("SELECT tidied_at FROM floor")[0][0] in (0, seconds(NOW))


def test_another_campaign_stays_counted(made: MadeFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes in one is nothing to the other, and each begins counted."""
    other = floor.add_campaign("other", PLAYBOOK, by=made.boss, token=made.token(), now=NOW)
    random = Random(10)
    for campaign in (1, other):
        second_way.written(made, random, 10, campaign=campaign)
    monkeypatch.setattr(cohorts, "AT_ONCE", 0)
    apply(made, playbook(OFFER, NEW, DEAL, WON))
    assert not cohorts.are_counted(1)
    assert cohorts.are_counted(other)
    assert faults() == []
    while transact(cohorts.step):
        pass
    agrees(made)
    assert {row[0] for row in rows_of("SELECT DISTINCT campaign_id FROM cohort")} == {1, other}


def test_a_floor_that_was_there_is_counted(anew: Anew) -> None:
    """Filling counts what the triggers count."""
    with anew() as made:
        second_way.written(made, Random(11), 20)
        kept = sorted(rows_of("SELECT * FROM cohort WHERE n <> 0 OR reached <> 0 OR waiting <> 0 OR won <> 0"))
        filled: Callable[[object], None] = import_module("models.migrations.0018_cohorts").fill
        transact(lambda: filled(proxy.obj))
        assert sorted(rows_of("SELECT * FROM cohort")) == kept


def test_leads_of_a_list_are_counted_at_once(made: MadeFloor) -> None:
    """With their past, and whoever else moves in the meantime; PostgreSQL counts them as they come."""
    random = Random(12)
    second_way.written(made, random, 12)
    names = Lead._meta.sorted_field_names
    moved = [name for name in MoveRow._meta.sorted_field_names if name not in ("id", "lead_id")]

    def command() -> None:
        if not is_postgres():
            write("INSERT INTO counted_later (after, upto) VALUES (1000, 2000)")
        second_way.written(made, random, 5)
        write(f"INSERT INTO lead (id, {', '.join(names[1:])}) SELECT id + 1000, {', '.join(names[1:])} FROM lead")
        write(
            f"INSERT INTO stage_move (lead_id, {', '.join(moved)}) SELECT lead_id + 1000, {', '.join(moved)} "
            "FROM stage_move WHERE voided_by IS NULL ORDER BY id"
        )
        if not is_postgres():
            with pytest.raises(pw.IntegrityError, match="counted first"):
                write("UPDATE lead SET source = 'fair' WHERE id = 1001")
        write("DELETE FROM counted_later")

    transact(command)
    agrees(made)
    assert kept_faults() == []


def test_a_lead_that_comes_back(made: MadeFloor) -> None:
    """Twice in a month it counts once; in the next month anew, but once for both months together."""
    lead = made.lead()
    write("UPDATE stage_move SET voided_by = 1")
    stages = book(1).stage_ids
    way = (("2026-02-03", "new", "offer"), ("2026-02-04", "offer", "new"), ("2026-02-05", "new", "offer"),
           ("2026-03-05", "offer", "new"), ("2026-03-06", "new", "offer"), ("2026-03-07", "offer", "deal"))  # fmt: skip
    for day, origin, to in way:
        at = periods.midnight(date.fromisoformat(day), ZONE) + timedelta(hours=9)
        write(
            "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month) VALUES "
            f"(0, {lead}, {stages[origin]}, {stages[to]}, 'forward', {seconds(at)}, {month_of(at.date())})"
        )
    february, march, quarter = PERIODS[0], PERIODS[1], PERIODS[2]
    assert quarter.since.month == 4
    whole = periods.of_day(PeriodKind.QUARTER, february.since.date(), ZONE)
    for period in (february, march, whole):
        told = reaches.cohorts(made.boss, Slice(1), period).whole
        assert told["offer"] == funnel.Reach(1, 1, 0, 0)
        assert told["new"] == funnel.Reach(1, 1, 0, 0)
    assert reaches.cohorts(made.boss, Slice(1), march).whole["deal"] == funnel.Reach(1, 0, 1, 0)
