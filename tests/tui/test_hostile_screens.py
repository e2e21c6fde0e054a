"""Data is never markup and never a terminal code: naughty strings through every field and every screen of the desk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta

import pytest
from rich.cells import cell_len

from models import ledger, queue, taking_in
from models.base import new_token, rows_of
from models.fields import clean
from tests.naughty import MADE, naughty
from tests.tui.floors import COMPANIES, NOW, Seat, at, seated, set_up, strike

LEADS = 12
"""Leads that carry all naughty strings between them, some in every field."""
FIELDS = ("company", "person", "title", "industry", "need", "product", "address", "business", "competitor", "obstacle")
REORDERING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
READING = ("w", "s", "e", "C", "p", "x", "y", "?", "/", "ctrl+p", "v")
"""Keys that lay something over the card."""


def dealt(strings: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """All the strings, dealt out to the fields of a few leads."""
    for lead in range(LEADS):
        share = strings[lead::LEADS]
        values = {field: " ".join(share[place :: len(FIELDS)]) for place, field in enumerate(FIELDS)}
        yield {name: text[:9_000] for name, text in values.items()}


def furnish(url: str, agent: int) -> None:
    """Leads, notes and a team whose every text is naughty."""
    strings = naughty()
    with at(url):
        for place, values in enumerate(dealt(strings)):
            values |= {"number": f"+86138001390{place:02}", "source": "cold_call", "amount": "1000000"}
            values["company"] = values["company"] if clean(values["company"]) else "A"
            values["person"] = values["person"] if clean(values["person"]) else "B"
            lead = taking_in.take_in(1, values, by=agent, owner_id=agent, token=new_token(), now=NOW)
            claim = queue.take(agent, lead, NOW)
            note, said, bring = (" ".join(strings[shift::7])[:3_000] for shift in range(3))
            entry = ledger.Entry(
                "talked", note=note, feedback=said, bring=bring, purpose=note[:200], tags="a,[red]",
                next_at=NOW + timedelta(minutes=place + 1),
            )  # fmt: skip
            ledger.log_touch(claim, entry, token=new_token(), now=NOW)


def looks_harmless(seat: Seat) -> None:
    """Nothing on the screen steers a terminal, reorders its neighbours, or is wider than it has room for."""
    desk = seat.desk
    for part in (desk.status, desk.queue, desk.card, desk.panel, desk.strip, desk.composer, desk.footer):
        for line in part.text.split("\n"):
            assert cell_len(line) <= max(part.size.width, 0), line
            for sign in line:
                assert unicodedata.category(sign) not in ("Cc", "Cs"), repr(line)
                assert unicodedata.bidirectional(sign) not in (
                    "LRE",
                    "RLE",
                    "LRO",
                    "RLO",
                    "PDF",
                    "LRI",
                    "RLI",
                    "FSI",
                ), line


@pytest.mark.parametrize("size", [(80, 24), (146, 35)])
async def test_every_screen_shows_them_as_text(fresh_sqlite: str, size: tuple[int, int]) -> None:
    team = set_up(fresh_sqlite)
    furnish(fresh_sqlite, team.agent)
    async with seated(fresh_sqlite, size=size, clock=lambda: NOW + timedelta(hours=1)) as seat:
        looks_harmless(seat)
        await seat.press("enter")
        for _ in range(LEADS):
            looks_harmless(seat)
            for key in READING:
                await strike(seat.desk, key)
                await seat.pilot.pause()
                looks_harmless(seat)
                await strike(seat.desk, "escape", "escape")
            await seat.press("pagedown")
            looks_harmless(seat)
            await seat.press("n")
            looks_harmless(seat)


async def test_every_string_goes_through_the_composer_into_the_record(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite, companies=COMPANIES[:1])
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        for text in naughty():
            seat.desk.deeds.paste(text)
            await seat.pilot.pause()
            looks_harmless(seat)
            await strike(seat.desk, "ctrl+u")
        kept = [text for text in MADE if len(text) < 50 and not set(text) & set("@#<>!")]
        seat.desk.deeds.paste(" ".join(kept))
        await seat.press("space")
        await seat.type("@fri 10am")
        await seat.press("enter")
        assert "promised Fri 10:00" in seat.said
    with at(fresh_sqlite):
        note = rows_of("SELECT note FROM touch ORDER BY id DESC LIMIT 1")[0][0]
    for text in ("[red]red[/red]", "'; DROP TABLE lead; --", "=1+1", "{{person}}", "$(touch", "Ⅷ"):
        assert text in note
    assert "\x1b" not in note
