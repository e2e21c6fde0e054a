"""Stories of the way down the funnel: what is missing and how one gets there, stages passed over, the sale."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

import funnel
from models import floor, ledger, queue
from models.base import new_token, rows_of
from models.cards import MoveLine, TouchLine
from models.playbook import shipped_text
from tests.tui.floors import NOW, at, lead_of, log, seated, set_up
from tui import errands

SIZES = pytest.mark.parametrize("size", [(80, 24), (146, 35)])
BEFORE = NOW - timedelta(minutes=30)
KNOWN = {
    "need": "a fifth less", "budget": "100k", "decider": "Mr Li", "product": "Presses", "expected_on": "2026-12-31",
    "address": "1 Road",
}  # fmt: skip


def stands_in(url: str, stage: str, company: str = "Acme Tools", *, login: int | None = None, **known: str) -> int:
    """A floor whose first lead stands in a stage; returns the agent."""
    team = set_up(url)
    agent = login or team.agent
    with at(url):
        lead = rows_of("SELECT id FROM lead WHERE company = ?", (company,))[0][0]
        claim = queue.take(agent, lead, BEFORE)
        ledger.log_touch(
            claim, ledger.Entry("talked", note="yes", next_at=NOW), keep=True, token=new_token(), now=BEFORE
        )
        if stage != "E":
            ledger.edit(claim, KNOWN, token=new_token(), now=BEFORE)
            ledger.move(claim, stage, reason="well known", is_sign_seen=True, token=new_token(), now=BEFORE)
            ledger.edit(claim, {name: known.get(name, "") for name in KNOWN}, token=new_token(), now=BEFORE)
        queue.release(claim, BEFORE)
    return agent


@SIZES
async def test_all_met_is_one_key(fresh_sqlite: str, size: tuple[int, int]) -> None:
    stands_in(fresh_sqlite, "E")
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "p")
        assert "✓ Acme Tools → Contacted" in seat.said


@SIZES
async def test_the_sign_is_the_one_question_and_on_record(fresh_sqlite: str, size: tuple[int, int]) -> None:
    agent = stands_in(fresh_sqlite, "D", need="a fifth less")
    log(fresh_sqlite, agent, "Acme Tools", "talked", NOW - timedelta(minutes=1), feedback="too dear", next_at=NOW)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "p")
        assert "Was the sign of promotion seen?" in seat.card
        await seat.press("enter")
        assert "✓ Acme Tools → Agrees" in seat.said
    with at(fresh_sqlite):
        assert rows_of("SELECT sign_seen FROM stage_move ORDER BY id DESC LIMIT 1")[0][0] == 1


@SIZES
async def test_a_number_takes_to_the_field_and_comes_back(fresh_sqlite: str, size: tuple[int, int]) -> None:
    agent = stands_in(fresh_sqlite, "C")
    for minute in (3, 2, 1):
        log(
            fresh_sqlite, agent, "Acme Tools", "talked", NOW - timedelta(minutes=minute), purpose="p", feedback="f",
            next_at=NOW,
        )  # fmt: skip
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "p")
        assert "1 ✗ budget is known" in seat.card
        assert "2 ✗ decider is known" in seat.card
        await seat.press("2")
        await seat.type("Mr Li")
        await seat.press("enter")
        assert "✓ decider is known" in seat.card
        assert "1 ✗ budget is known" in seat.card
        await seat.press("enter")
        await seat.type("100k")
        await seat.press("enter")
        assert "Was the sign of promotion seen?" in seat.card
        await seat.press("enter")
        assert "✓ Acme Tools → Intends" in seat.said


@SIZES
async def test_a_number_takes_to_the_touch_that_counts(fresh_sqlite: str, size: tuple[int, int]) -> None:
    stands_in(fresh_sqlite, "D", need="a fifth less")
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "p")
        assert "1 ✗ 1 × Talked, with what they said (<)" in seat.card
        await seat.press("1")
        assert "Talked" in seat.said
        assert "wants <what they said" in seat.said
        await seat.type("met again @fri 10am")
        await seat.press("enter")
        assert "The stage wants <what they said. Enter again stores it without." in seat.said
        await seat.type(" <too dear")
        assert "wants" not in seat.said
        await seat.press("tab")
        assert "Was the sign of promotion seen?" in seat.card
        await seat.press("enter")
        assert "✓ Acme Tools → Agrees" in seat.said
    touch = next(line for line in lead_of(fresh_sqlite, "Acme Tools").history if isinstance(line, TouchLine))
    assert (touch.note, touch.feedback) == ("met again", "too dear")


async def test_a_touch_of_another_kind_counts_as_what_it_was(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    rule = '{ count = 1, kind = "email", outcomes = ["sent"] }'
    text = shipped_text("telesales").replace('{ count = 1, kind = "call", outcomes = ["talked", "callback"] }', rule)
    with at(fresh_sqlite):
        floor.apply_playbook(1, text, by=team.manager, token=new_token(), now=BEFORE)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "p", "1")
        assert "email: Message sent" in seat.said
        await seat.type("case study 3")
        await seat.press("tab")
        assert "✓ Acme Tools → Contacted" in seat.said
    touch = lead_of(fresh_sqlite, "Acme Tools").history[1]
    assert isinstance(touch, TouchLine)
    assert (touch.kind, touch.note) == (funnel.TouchKind.EMAIL, "case study 3")


# ── past stages ───────────────────────────────────────────────────────────────────────────────────────────────────────


@SIZES
async def test_a_skip_wants_a_reason_and_what_the_passed_stages_ask(fresh_sqlite: str, size: tuple[int, int]) -> None:
    stands_in(fresh_sqlite, "E")
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", ">")
        assert "1 C Agrees" in seat.card
        await seat.press("enter", "enter")
        assert "A reason is needed." in seat.said
        await seat.type("they called us")
        await seat.press("enter")
        assert "1 ✗ need is known" in seat.card
        await seat.press("enter")
        await seat.type("a fifth less")
        await seat.press("enter")
        assert "✓ Acme Tools → Agrees · they called us" in seat.said
        move = lead_of(fresh_sqlite, "Acme Tools").history[0]
        assert isinstance(move, MoveLine)
        assert (move.way, move.reason) == (funnel.Way.SKIP, "they called us")
        await seat.press("-", "x", "enter", "-", "y", "enter", ">", "enter")
        assert "skip to Agrees: why?" in seat.said  # and what was written for the first time is not there again
        assert "they called us" not in seat.said


async def test_where_nothing_may_be_skipped_it_is_said(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    with at(fresh_sqlite):
        text = shipped_text("telesales").replace("may_skip = true ", "may_skip = false")
        floor.apply_playbook(1, text, by=team.manager, token=new_token(), now=BEFORE)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", ">")
        assert "This playbook passes over no stage: p goes to the next." in seat.said


async def test_before_the_sale_there_is_nothing_to_skip(fresh_sqlite: str) -> None:
    stands_in(fresh_sqlite, "A")
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", ">")
        assert "No stage to pass over: p goes to the next." in seat.said


# ── back ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lost_lead_goes_back_to_where_it_stood(fresh_sqlite: str) -> None:
    agent = stands_in(fresh_sqlite, "C")
    log(fresh_sqlite, agent, "Acme Tools", "refused", NOW - timedelta(minutes=1), reason="price")
    lead = lead_of(fresh_sqlite, "Acme Tools").id
    async with seated(fresh_sqlite) as seat:
        seat.desk.put(await seat.app.store.run(errands.take_lead, agent, lead, NOW))
        for key in (">", "p"):
            await seat.press("?", "escape", key)
            assert "This lead is closed: - opens it again." in seat.said
        await seat.press("-")
        assert "back to Agrees: why?" in seat.said
        await seat.type("found money")
        await seat.press("enter")
        assert "✓ Acme Tools → Agrees · found money" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "C"


# ── the sale ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def ready_to_sign(url: str) -> None:
    """Everything that the last stage asks for is there."""
    agent = stands_in(url, "A", address="1 Road")
    log(url, agent, "Acme Tools", "talked", NOW - timedelta(minutes=1), feedback="send it", next_at=NOW)


@SIZES
async def test_a_sale_is_confirmed_with_two_enters(fresh_sqlite: str, size: tuple[int, int]) -> None:
    ready_to_sign(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "p", "enter")
        assert "won for 500000" in seat.said
        assert "will be ¥500,000" in seat.said
        await seat.press("enter")
        assert "won on 2026-11-23" in seat.said
        assert "will be today 23 Nov" in seat.said
        await seat.press("enter")
        assert "✓ Acme Tools → Won · ¥500,000" in seat.said
    card = lead_of(fresh_sqlite, "Acme Tools")
    assert (card.kind, card.amount, card.fields["expected_on"]) == (funnel.Kind.WON, Decimal(500_000), "2026-11-23")


async def test_an_impossible_amount_or_day_is_said_with_an_example(fresh_sqlite: str) -> None:
    ready_to_sign(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "p", "enter", "ctrl+u", "enter")
        assert "expected cannot be read; an example: 120000.50" in seat.said
        await seat.type("a lot")
        await seat.press("enter")
        assert "expected cannot be read; an example: 120000.50" in seat.said
        assert "a lot" in seat.said
        await seat.press("ctrl+u")
        await seat.type("48万")
        await seat.press("enter", "ctrl+u")
        await seat.type("30 feb")
        await seat.press("enter")
        assert "no day; as in 2026-12-31" in seat.said
        assert "30 feb" in seat.said
        await seat.press("ctrl+u")
        await seat.type("fri")
        await seat.press("enter")
        assert "Fri 27 Nov is still to come; sold was today or before, as in 2026-11-23" in seat.said
        await seat.press("up")
        assert "won for 48万" in seat.said
        await seat.press("enter", "ctrl+u")
        await seat.type("yesterday")
        await seat.press("enter")
        assert "✓ Acme Tools → Won · ¥480,000" in seat.said
    card = lead_of(fresh_sqlite, "Acme Tools")
    assert (card.amount, card.fields["expected_on"]) == (Decimal(480_000), "2026-11-22")


async def test_a_tail_of_enters_is_no_sale(fresh_sqlite: str) -> None:
    ready_to_sign(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "p", "enter")
        seat.desk.breath = 60
        await seat.press("enter", "enter", "enter")
        assert "won for 500000" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "A"


async def test_a_sale_that_was_begun_is_no_sale(fresh_sqlite: str) -> None:
    ready_to_sign(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "p", "enter", "enter", "escape")
        assert "A Ready" in seat.card
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "A"
