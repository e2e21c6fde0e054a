"""An agent's day on both databases: promises and what became of them, the month's target, what waits tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from funnel import Tally
from models import targets
from models.base import month_of, rows_of
from models.cards import Word
from models.day import day
from tests.models.store.floors import NOW, MadeFloor

MONTH = month_of(NOW.date())
HOUR = timedelta(hours=1)


def words(made: MadeFloor, who: str = "ann", now: datetime = NOW) -> list[tuple[int, Word]]:
    return [(promise.lead_id, promise.word(now)) for promise in day(made.people[who], now).promises]


def promise(made: MadeFloor, lead: int, at: datetime, who: str = "ann", now: datetime = NOW) -> None:
    made.log(made.take(who, lead, now), "talked", now, next_at=at)


def test_what_became_of_each_promise(made: MadeFloor) -> None:
    before = NOW - timedelta(days=1)
    early, in_time, too_late, over, ahead = (made.lead(owner="ann", now=before) for _ in range(5))
    promise(made, early, NOW - 4 * HOUR, now=before)
    promise(made, in_time, NOW - 2 * HOUR, now=before)
    promise(made, too_late, NOW - 3 * HOUR, now=before)
    promise(made, over, NOW - HOUR, now=before)
    promise(made, ahead, NOW + HOUR, now=before)
    for lead, delay in ((early, -5), (in_time, 15), (too_late, 16)):
        due = {early: 4, in_time: 2, too_late: 3}[lead]
        at = NOW - due * HOUR + timedelta(minutes=delay)
        made.log(made.take("ann", lead, at), "no_answer", at)
    assert words(made) == [
        (early, Word.KEPT),
        (too_late, Word.KEPT_LATE),
        (in_time, Word.KEPT),
        (over, Word.LATE),
        (ahead, Word.OPEN),
    ]
    found = day(made.people["ann"], NOW)
    assert (found.today.promises_kept, found.today.promises_open, found.late(NOW)) == (2, 2, 1)
    assert found.today.promises_late == 1


def test_old_promises_are_of_today_until_somebody_calls(made: MadeFloor) -> None:
    lead = made.lead(owner="ann")
    promise(made, lead, NOW - timedelta(days=3), now=NOW - timedelta(days=4))
    assert words(made) == [(lead, Word.LATE)]
    made.log(made.take("ann", lead), "no_answer")
    assert words(made) == [(lead, Word.KEPT_LATE)]
    assert words(made, now=NOW + timedelta(days=1)) == []


def test_tomorrow_is_the_next_day_on_which_the_floor_calls(made: MadeFloor) -> None:
    friday = datetime(2026, 3, 6, 10, tzinfo=UTC)
    monday, tuesday, asleep = (made.lead(owner="ann") for _ in range(3))
    promise(made, monday, friday + timedelta(days=3), now=friday)
    promise(made, tuesday, friday + timedelta(days=4), now=friday)
    made.log(made.take("ann", asleep, friday), "talked", friday, sleep_until=friday + timedelta(days=3))
    found = day(made.people["ann"], friday)
    assert found.next_day == date(2026, 3, 9)
    assert [one.lead_id for one in found.tomorrow] == [monday]
    assert (found.promises, found.wakes) == ((), 1)


def test_the_floors_last_hour_ends_the_day(made: MadeFloor) -> None:
    closes = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 18:00 in Berlin
    found = day(made.people["ann"], NOW)
    assert found.closes_at == closes
    assert not found.is_over(closes - timedelta(seconds=1))
    assert found.is_over(closes)
    sunday = datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert day(made.people["ann"], sunday).is_over(sunday)


def test_won_against_the_target_and_the_days_that_are_left(made: MadeFloor) -> None:
    ann = made.people["ann"]
    assert day(ann, NOW).target is None
    assert day(ann, NOW).missing is None
    targets.set_target(
        MONTH, team=None, login="ann", deals=2, amount=Decimal(1000), by=made.boss, token=made.token(), now=NOW
    )
    lead = made.lead(owner="ann", amount="1300")
    claim = made.take("ann", lead)
    made.move(claim, "won")
    found = day(ann, NOW)
    assert (found.won, found.target) == (Tally(1, Decimal(1300)), Tally(2, Decimal(1000)))
    assert found.missing == Tally(1, Decimal(0))
    assert found.days_left == 22  # the working days of March 2026 from the 2nd
    assert day(ann, NOW + 9 * HOUR).days_left == 21
    assert day(made.people["bob"], NOW).won == Tally()
    assert day(ann, datetime(2026, 3, 31, 18, tzinfo=UTC)).days_left == 0


def test_what_an_agent_may_not_see_is_not_named(made: MadeFloor) -> None:
    lead = made.lead(owner="ann")
    promise(made, lead, NOW - HOUR, now=NOW - 2 * HOUR)
    made.log(made.take("ann", lead), "no_answer")
    assert words(made) == [(lead, Word.KEPT_LATE)]
    rows_of("UPDATE lead SET owner_id = ?, team_id = ?, lane = ? WHERE id = ? RETURNING id",
            (made.people["cid"], made.teams["south"], made.people["cid"], lead))  # fmt: skip
    assert words(made) == []
    assert words(made, "cid") == []
