"""The forecast from the tables: by hand, through the commands, and a second time in plain Python on random floors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

import funnel
from funnel import Danger, Hope, Outlook, Tally
from models import ledger
from models.base import money, rows_of
from models.campaigns import book
from models.errors import Refused
from models.reports.forecasts import Forecast, forecasts, prospects
from models.reports.periods import PeriodKind, period
from models.reports.rates import history, steps
from models.reports.slices import By, Slice
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
DAY = timedelta(days=1)
MARCH = 2026 * 12 + 2
DAYS = ("2025-12-31", "2026-03-01", "2026-03-31", "2026-04-01", "2027-02-28", "2027-03-01", None)


def stands(made: MadeFloor, stage: str, amount: str, expected: str | None, *, owner: str = "ann") -> int:
    """An open lead in a stage, expected on a day."""
    lead = made.lead(owner=owner, amount=amount)
    if stage != "new":
        made.move(made.take("boss", lead), stage)
    if expected:
        claim = made.take("boss", lead)
        ledger.edit(claim, {"expected_on": expected}, token=made.token(), now=NOW)
    return lead


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_by_month_commit_and_best_case(made: MadeFloor) -> None:
    """Probabilities of 10, 50 and 80 %; nothing is measured, so that each step counts as planned: one half."""
    stands(made, "deal", "1000", "2026-03-31")
    stands(made, "offer", "400", "2026-03-01")
    stands(made, "new", "200.50", "2026-05-05")
    stands(made, "offer", "70", "2026-02-28")
    stands(made, "offer", "90", "2027-03-01")
    stands(made, "new", "30", None)
    seen = forecasts(made.boss, ALL, NOW).whole
    march, may = seen.months[0], seen.months[2]
    assert (seen.month, len(seen.months)) == (MARCH, 12)
    assert (march.best, march.commit) == (Tally(2, Decimal(1400)), Tally(1, Decimal(1000)))
    assert (march.weighted, march.deals) == (Decimal(1000), Fraction(13, 10))
    assert (march.measured, march.measured_deals) == (Fraction(600), Fraction(3, 4))
    assert (may.weighted, may.measured) == (Decimal("20.05"), Fraction("200.5") / 8)
    assert [own.best.amount for own in (seen.past, seen.later, seen.undated)] == [70, 90, 30]
    assert seen.whole.best == Tally(6, Decimal("1790.50"))
    assert seen.ahead(1) == march
    assert seen.ahead(6) == march + may
    assert seen.quarters[0] == (MARCH - 2, march)
    assert [first for first, _ in seen.quarters] == [MARCH - 2 + 3 * at for at in range(5)]


def test_closed_leads_are_in_no_forecast(made: MadeFloor) -> None:
    for to in ("won", "lost"):
        lead = stands(made, "deal", "1000", "2026-03-31")
        made.move(made.take("boss", lead), to, reason="price")
    seen = forecasts(made.boss, ALL, NOW)
    assert seen.whole.whole == Outlook()
    assert prospects(made.boss, ALL, period(PeriodKind.MONTH, NOW), NOW).rows == ()


def test_an_empty_floor_has_months_of_nothing(made: MadeFloor) -> None:
    seen = forecasts(made.boss, ALL, NOW, By.AGENT)
    assert (seen.whole.months, seen.parts) == ((Outlook(),) * 12, ())


def test_who_sees_which_forecast(made: MadeFloor) -> None:
    """A manager all, a supervisor the team, an agent the own leads, a stranger nothing."""
    for owner, amount in (("ann", "1"), ("bob", "20"), ("cid", "300")):
        stands(made, "new", amount, "2026-03-31", owner=owner)

    def best(viewer: int) -> Decimal:
        return forecasts(viewer, ALL, NOW).whole.whole.best.amount

    assert [best(who) for who in (made.boss, made.watcher, made.people["ann"])] == [321, 21, 1]
    with pytest.raises(Refused, match="not_found"):
        forecasts(made.people["ann"], Slice(1, agent_id=made.people["bob"]), NOW)
    rows = prospects(made.people["ann"], ALL, period(PeriodKind.MONTH, NOW), NOW).rows
    assert [row.owner for row in rows] == ["Ann"]


def test_which_will_be_won_and_which_are_in_danger(made: MadeFloor) -> None:
    later, march = NOW + 3 * DAY, period(PeriodKind.MONTH, NOW)
    sure = stands(made, "deal", "500", "2026-03-31")
    open_still = stands(made, "offer", "400", "2026-03-31")
    overdue = stands(made, "deal", "300", "2026-02-01")
    back = stands(made, "deal", "200", "2026-03-20")
    made.move(made.take("boss", back), "offer", later)
    stands(made, "deal", "900", "2026-04-01")
    seen = prospects(made.boss, ALL, march, later)
    assert [(row.lead_id, row.hope, row.dangers) for row in seen.rows] == [
        (sure, Hope.WILL_BE_WON, ()),
        (open_still, Hope.IN_DANGER, (Danger.PAST_DWELL,)),
        (overdue, Hope.IN_DANGER, (Danger.DATE_PAST,)),
        (back, Hope.IN_DANGER, (Danger.MOVED_BACK,)),
    ]
    assert seen.worth(Hope.WILL_BE_WON) == Tally(1, Decimal(500))
    assert seen.worth(Hope.IN_DANGER) == Tally(3, Decimal(900))
    assert seen.outlook.commit == Tally(2, Decimal(800))
    assert not seen.is_cut
    assert [row.hope for row in prospects(made.boss, ALL, march, NOW).rows][1] is Hope.OPEN  # before it stood too long
    april = prospects(made.boss, ALL, march.after(), NOW)
    assert [row.amount for row in april.rows] == [900]  # what was due before is not due again then


# ── the second way ────────────────────────────────────────────────────────────────────────────────────────────────────


def dated(made: MadeFloor, random: Random) -> None:
    """A written floor whose leads are expected some day or none."""
    second_way.written(made, random, leads=60)
    for (lead,) in rows_of("SELECT id FROM lead ORDER BY id"):
        rows_of("UPDATE lead SET expected_on = ? WHERE id = ? RETURNING id", (random.choice(DAYS), lead))


def chances_by_hand(found: second_way.Raw, chosen: Slice, now: datetime) -> dict[str, Fraction]:
    """Products of the steps' rates; the playbook plans one half for each, and wants twenty leavers to hear history."""
    span, playbook = history(now), book(1).playbook
    mine = {row["id"] for row in second_way.moves_of(found, chosen)}
    exits = [row for row in second_way.leavers(found, span.since, span.until) if row["id"] in mine]
    chances, chance = {}, Fraction(1)
    for level in reversed(funnel.levels(playbook)):
        own = [row for row in exits if row["origin"] == level.code]
        forward = sum(row["way"] in ("forward", "skip") for row in own)
        chance *= Fraction(forward, len(own)) if len(own) >= 20 else Fraction(1, 2)
        chances[level.code] = chance
    return chances


def outlook_by_hand(rows: list[dict[str, Any]], chances: dict[str, Fraction]) -> Outlook:
    playbook, total = book(1).playbook, Outlook()
    for row in rows:
        code = book(1).stage_codes[row["stage_id"]]
        if playbook.kind(code) is not funnel.Kind.OPEN:
            continue
        amount, probability = money(row["amount"]) or Decimal(0), playbook.probability(code)
        one = Tally(1, amount)
        total += Outlook(
            one,
            one if code == "deal" else Tally(),
            Fraction(probability, 100),
            amount * probability / 100,
            chances[code],
            Fraction(amount) * chances[code],
        )
    return total


def spans_by_hand(rows: list[dict[str, Any]], chances: dict[str, Fraction]) -> list[Outlook]:
    """Past, twelve months, later, undated, as of March 2026."""
    spans: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        on = row["expected_on"] and date.fromisoformat(row["expected_on"])
        ahead = 13 if on is None else (on.year - 2026) * 12 + on.month - 3
        spans[13 if on is None else max(-1, min(12, ahead))].append(row)
    return [outlook_by_hand(spans[at], chances) for at in range(-1, 14)]


def spans(found: Forecast) -> list[Outlook]:
    return [found.past, *found.months, found.later, found.undated]


SLICES: dict[str, Callable[[MadeFloor], Slice]] = {
    "all": lambda made: ALL,
    "team": lambda made: Slice(1, made.teams["north"]),
    "agent": lambda made: Slice(1, agent_id=made.people["ann"]),
    "source": lambda made: Slice(1, source="web"),
    "industry and amount": lambda made: Slice(1, industry="steel", amount_from=Decimal(100), amount_to=Decimal(50_000)),
}


@pytest.mark.parametrize("by", [by for by in By if by is not By.MONTH])
@pytest.mark.parametrize("name", SLICES)
def test_the_same_as_from_every_row(anew: Anew, name: str, by: By) -> None:
    with anew() as made:
        random = Random(f"{name}{by}")
        dated(made, random)
        chosen, found = SLICES[name](made), second_way.raw()
        rows, chances = second_way.leads_of(found, chosen), chances_by_hand(found, chosen, NOW)
        seen = forecasts(made.boss, chosen, NOW, by)
        assert funnel.chances(seen.steps) == chances
        assert spans(seen.whole) == spans_by_hand(rows, chances)
        column = {By.TEAM: "team_id", By.AGENT: "owner_id"}.get(by, by.value)
        for part in seen.parts:
            own = [row for row in rows if (row[column] or (0 if by in (By.TEAM, By.AGENT) else "")) == part.key]
            assert spans(part) == spans_by_hand(own, chances)
        if by is not By.NOTHING:
            assert sum((part.whole for part in seen.parts), Outlook()) == seen.whole.whole


@pytest.mark.parametrize("name", SLICES)
def test_prospects_are_all_that_are_due(anew: Anew, name: str) -> None:
    with anew() as made:
        dated(made, Random(name))
        chosen, found = SLICES[name](made), second_way.raw()
        rows, chances = second_way.leads_of(found, chosen), chances_by_hand(found, chosen, NOW)
        due = [
            row
            for row in rows
            if row["expected_on"] is not None
            and row["expected_on"] < "2026-04-01"
            and book(1).kind(row["stage_id"]) is funnel.Kind.OPEN
        ]
        seen = prospects(made.boss, chosen, period(PeriodKind.MONTH, NOW), NOW)
        assert {row.lead_id for row in seen.rows} == {row["id"] for row in due}
        assert seen.outlook == outlook_by_hand(due, chances)
        last: dict[int, str] = {}
        for move in found.moves:
            last[move["lead_id"]] = move["way"]
        assert {row.lead_id for row in seen.rows if Danger.MOVED_BACK in row.dangers} == {
            row["id"] for row in due if last.get(row["id"]) == "back"
        }
        assert sum((seen.worth(hope) for hope in Hope), Tally()) == seen.outlook.best


def test_history_is_half_a_year_with_this_month(made: MadeFloor) -> None:
    """Whole months, which the counters answer."""
    span = history(NOW)
    assert (span.since.date(), span.until.date()) == (date(2025, 10, 1), date(2026, 4, 1))
    assert len(span.months) == 6


def test_planned_rates_serve_until_history_speaks(made: MadeFloor) -> None:
    for at in range(20):
        lead = made.lead(owner="ann")
        made.move(made.take("boss", lead), "offer" if at < 4 else "lost", reason="price")
        rates = {step.stage: (step.rate, step.measured) for step in steps(ALL, NOW)}
        wanted = (Fraction(1, 5), Fraction(1, 5)) if at == 19 else (Fraction(1, 2), None)
        assert rates["new"] == wanted
