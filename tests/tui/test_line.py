"""A desk that tmux keeps without a line gives no sign of life and holds no lead, until somebody is there again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.floors import NOW, seated, set_up
from tests.tui.test_desk_calls import Clock


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """tmux's, with somebody attached."""
    found = tmp_path / "desk"
    found.touch()
    found.chmod(0o770)
    monkeypatch.setenv("TMUX", f"{found},1,0")
    return found


async def test_who_is_not_attached_gives_no_sign_of_life(fresh_sqlite: str, socket: Path) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.until(lambda: not seat.desk.keeping._due)
        socket.chmod(0o660)
        seat.desk.around._beat()
        assert not seat.desk.keeping._due
        socket.chmod(0o770)
        seat.desk.around._beat()
        assert list(seat.desk.keeping._due) == ["seen"]
        await seat.until(lambda: not seat.desk.keeping._due)
        socket.unlink()
        seat.desk.around._beat()
        assert list(seat.desk.keeping._due) == ["seen"], "where nobody can tell, somebody is there"


async def test_who_is_not_attached_keeps_no_lead(fresh_sqlite: str, socket: Path) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter")
        clock.go_on(minutes=5)
        socket.chmod(0o660)
        seat.desk.around._minute()
        assert not [worker for worker in seat.desk.workers if worker.group == "renew"]
        socket.chmod(0o770)
        seat.desk.around._minute()
        await seat.until(lambda: seat.desk.hand.claim.until > NOW + timedelta(minutes=11))  # type: ignore[union-attr]
