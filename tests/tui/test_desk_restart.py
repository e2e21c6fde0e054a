"""A server that is restarted under a desk at work: what is typed meanwhile is answered once, in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from models import check
from models.cards import TouchLine
from tests import postgres
from tests.tui.floors import NOW, at, lead_of, seated, set_up


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """A server that nobody else uses."""
    with postgres.running() as made:
        yield made


async def test_keys_typed_while_the_server_restarts(server: postgres.Server) -> None:
    set_up(server.url)
    async with seated(server.url) as seat:
        await seat.press("enter", "t")
        await seat.type("half a day @fri 10am")
        restarting = asyncio.create_task(asyncio.to_thread(server.do, "restart"))
        await seat.pilot.press("enter", "n", "t", *"then")
        await restarting
        await seat.until(lambda: seat.company == "Lin Logistics" and "then" in seat.said)
        await seat.until(lambda: "✗" not in seat.desk.status.text)
    told = {company: lead_of(server.url, company).history for company in ("Acme Tools", "东方纸业", "Lin Logistics")}
    logs = {
        company: [(line.outcome, line.note) for line in lines if isinstance(line, TouchLine)]
        for company, lines in told.items()
    }
    assert {company: [note for _, note in log] for company, log in logs.items()} == {
        "Acme Tools": ["half a day"], "东方纸业": [""], "Lin Logistics": [],
    }  # fmt: skip
    with at(server.url):
        assert check.check(NOW) == ()
