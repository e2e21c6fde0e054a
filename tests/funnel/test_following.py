"""What follows a touch: a promise, a sleep, the cadence within its caps, or the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import LOST, Aftermath, Caps, Flag, Kind, Outcome, TouchKind, Tries, follow
from tests.funnel.making import BANNED, BOOK, NO_ANSWER, NOW, REFUSED, TALKED, WRONG, ahead, outcome

TODAY, YESTERDAY = date(2026, 3, 4), date(2026, 3, 3)
FIRST = Tries(in_all=1, on_day=1, day=TODAY, misses=1)


# ── counting tries ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_calls_count_and_misses_run_until_a_talk() -> None:
    tries = Tries().after(NO_ANSWER, TouchKind.CALL, TODAY)
    assert tries == Tries(1, 1, TODAY, 1)
    tries = tries.after(NO_ANSWER, TouchKind.CALL, TODAY)
    assert tries == Tries(2, 2, TODAY, 2)
    tries = tries.after(TALKED, TouchKind.CALL, TODAY)
    assert tries == Tries(3, 3, TODAY, 0)


def test_a_new_day_begins_a_new_count() -> None:
    tries = Tries(5, 3, YESTERDAY, 4)
    assert tries.after(NO_ANSWER, TouchKind.CALL, TODAY) == Tries(6, 1, TODAY, 5)


@pytest.mark.parametrize("kind", [kind for kind in TouchKind if kind is not TouchKind.CALL])
def test_other_touches_are_no_tries_but_their_talks_end_a_run_of_misses(kind: TouchKind) -> None:
    tries = Tries(5, 3, YESTERDAY, 4)
    assert tries.after(NO_ANSWER, kind, TODAY) == tries
    assert tries.after(TALKED, kind, TODAY) == Tries(5, 3, YESTERDAY, 0)


def test_somebody_else_on_the_line_is_still_a_miss() -> None:
    gatekeeper = outcome("gatekeeper", "g", Flag.HUMAN)
    assert Tries().after(gatekeeper, TouchKind.CALL, TODAY).misses == 1


# ── the cadence ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("misses", "minutes"), [(0, 30), (1, 30), (2, 120), (3, 1440), (4, 1440), (9, 1440)])
def test_the_pause_grows_with_the_misses_and_the_last_one_repeats(misses: int, minutes: int) -> None:
    after = follow(BOOK, "need", NO_ANSWER, FIRST._replace(misses=misses), NOW, UTC)
    assert after == Aftermath(ahead(minutes=minutes))


def test_a_talk_without_a_next_step_is_flagged_and_comes_back() -> None:
    after = follow(BOOK, "need", TALKED, FIRST._replace(misses=0), NOW, UTC)
    assert after == Aftermath(ahead(days=2), lacks_next_step=True)


def test_a_promise_is_kept_to_the_minute_whatever_the_caps_say() -> None:
    worn = Tries(99, 99, TODAY, 99)
    after = follow(BOOK, "need", NO_ANSWER, worn, NOW, UTC, promised_at=ahead(minutes=7))
    assert after == Aftermath(ahead(minutes=7), promised_at=ahead(minutes=7))


def test_a_promise_goes_before_a_sleep() -> None:
    after = follow(BOOK, "need", TALKED, FIRST, NOW, UTC, promised_at=ahead(days=1), sleep_until=ahead(days=9))
    assert after == Aftermath(ahead(days=1), promised_at=ahead(days=1))
    assert not after.lacks_next_step


def test_a_sleep_of_the_agent_s_choice_is_a_next_step_and_no_promise() -> None:
    after = follow(BOOK, "need", TALKED, FIRST, NOW, UTC, sleep_until=ahead(days=90))
    assert after == Aftermath(ahead(days=90))


def test_at_the_end_of_the_funnel_a_lead_rests_unless_somebody_promised() -> None:
    assert follow(BOOK, "won", TALKED, FIRST, NOW, UTC) == Aftermath(None)
    assert follow(BOOK, LOST, NO_ANSWER, Tries(99, 9, TODAY, 99), NOW, UTC) == Aftermath(None)
    assert follow(BOOK, "won", TALKED, FIRST, NOW, UTC, promised_at=ahead(days=1)).promised_at == ahead(days=1)
    assert follow(BOOK, "won", TALKED, FIRST, NOW, UTC, sleep_until=ahead(days=30)).wake_at == ahead(days=30)


# ── the caps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_the_tries_of_a_day_it_is_tomorrow_s_turn() -> None:
    after = follow(BOOK, "need", NO_ANSWER, Tries(3, 3, TODAY, 1), NOW, UTC)
    assert after.wake_at == datetime(2026, 3, 5, tzinfo=UTC)
    one_less = follow(BOOK, "need", NO_ANSWER, Tries(2, 2, TODAY, 1), NOW, UTC)
    assert one_less.wake_at == ahead(minutes=30)


def test_a_longer_pause_than_to_tomorrow_stays() -> None:
    after = follow(BOOK, "need", NO_ANSWER, Tries(3, 3, TODAY, 3), NOW, UTC)
    assert after.wake_at == ahead(minutes=1440)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        (ZoneInfo("Asia/Shanghai"), datetime(2026, 3, 4, 16, tzinfo=UTC)),
        (ZoneInfo("America/New_York"), datetime(2026, 3, 5, 5, tzinfo=UTC)),
        (timezone(timedelta(hours=14)), datetime(2026, 3, 4, 10, tzinfo=UTC)),
    ],
)
def test_tomorrow_begins_at_the_customer_s_own_midnight(zone: ZoneInfo, midnight: datetime) -> None:
    tries = Tries(3, 3, NOW.astimezone(zone).date(), 1)
    assert follow(BOOK, "need", NO_ANSWER, tries, NOW, zone).wake_at == midnight


def test_yesterday_s_tries_do_not_count_today() -> None:
    mail = outcome("sent", "S", retry=(60,))
    after = follow(BOOK, "need", mail, Tries(3, 3, YESTERDAY, 3), NOW, UTC)
    assert after.wake_at == ahead(minutes=60)


def test_a_lead_that_used_up_its_tries_is_invalid() -> None:
    book = replace(BOOK, caps=Caps(3, 5, "wrong_number"))
    worn = follow(book, "need", NO_ANSWER, Tries(5, 1, TODAY, 5), NOW, UTC)
    assert worn == Aftermath(None, closes=Kind.INVALID, reason="wrong_number")
    assert follow(book, "need", NO_ANSWER, Tries(4, 1, TODAY, 4), NOW, UTC).closes is None


def test_a_customer_who_was_spoken_to_is_not_given_up_for_the_calls_before() -> None:
    book = replace(BOOK, caps=Caps(3, 5))
    assert follow(book, "need", NO_ANSWER, Tries(30, 1, TODAY, 1), NOW, UTC).closes is None
    assert follow(book, "need", TALKED, Tries(30, 1, TODAY, 0), NOW, UTC).closes is None


def test_a_chosen_moment_keeps_a_worn_lead_alive() -> None:
    after = follow(BOOK, "need", NO_ANSWER, Tries(99, 1, TODAY, 99), NOW, UTC, sleep_until=ahead(days=30))
    assert after == Aftermath(ahead(days=30))


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ending", "kind", "reason", "suppresses"),
    [
        (REFUSED, Kind.LOST, "price", False),
        (WRONG, Kind.INVALID, "wrong_number", False),
        (BANNED, Kind.INVALID, "wrong_number", True),
    ],
)
def test_an_outcome_can_end_the_lead(ending: Outcome, kind: Kind, reason: str, suppresses: bool) -> None:
    after = follow(BOOK, "need", ending, FIRST, NOW, UTC)
    assert after == Aftermath(None, closes=kind, reason=reason, suppresses=suppresses)


def test_a_sale_stays_a_sale_whatever_the_customer_says_of_the_next_call() -> None:
    assert follow(BOOK, "won", REFUSED, Tries(), NOW, UTC).closes is None
    banned = follow(BOOK, "won", BANNED, Tries(), NOW, UTC)
    assert (banned.closes, banned.suppresses, banned.wake_at) == (None, True, None)


def test_a_reason_of_the_agent_s_choice_goes_before_that_of_the_outcome() -> None:
    assert follow(BOOK, "need", REFUSED, FIRST, NOW, UTC, reason="rival").reason == "rival"


def test_what_is_ended_wakes_for_no_promise() -> None:
    after = follow(BOOK, "need", BANNED, FIRST, NOW, UTC, promised_at=ahead(days=1), sleep_until=ahead(days=2))
    assert (after.wake_at, after.promised_at, after.lacks_next_step) == (None, None, False)


calls = st.lists(st.tuples(st.sampled_from([TALKED, NO_ANSWER]), st.integers(0, 3)), min_size=1, max_size=40)


@given(calls, st.integers(1, 4), st.integers(1, 9))
def test_no_lead_is_called_more_often_than_the_caps_allow(
    history: list[tuple[Outcome, int]], a_day: int, in_all: int
) -> None:
    book = replace(BOOK, caps=Caps(a_day, in_all))
    now, tries, made, missed = NOW, Tries(), dict[date, int](), 0
    for ending, hours_late in history:
        tries = tries.after(ending, TouchKind.CALL, now.date())
        made[now.date()] = made.get(now.date(), 0) + 1
        missed = 0 if ending is TALKED else missed + 1
        after = follow(book, "need", ending, tries, now, UTC)
        if after.wake_at is None:
            assert missed == in_all
            break
        assert after.wake_at > now
        now = after.wake_at + timedelta(hours=hours_late)
    assert max(made.values()) <= a_day
    assert missed <= in_all
