"""A desk that tmux keeps without a line gives no sign of life and holds no lead, until somebody is there again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.floors import NOW, seated, set_up
from tests.tui.test_desk_calls import Clock


class Tmux:
    """Its socket, and what it does to it."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.attach()

    def attach(self) -> None:
        """Somebody comes."""
        self.socket.touch()
        self.socket.chmod(0o770)

    def detach(self) -> None:
        """Their line is gone."""
        self.socket.chmod(0o660)

    def move(self) -> None:
        """It is not where it was."""
        self.socket.unlink()


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tmux:
    """A tmux around the desk, with somebody attached."""
    monkeypatch.setenv("TMUX", f"{tmp_path / 'desk'},1,0")
    return Tmux(tmp_path / "desk")


async def test_who_is_not_attached_gives_no_sign_of_life(fresh_sqlite: str, tmux: Tmux) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.until(lambda: not seat.desk.keeping._due)
        tmux.detach()
        seat.desk.around._beat()
        assert not seat.desk.keeping._due
        tmux.attach()
        seat.desk.around._beat()
        assert list(seat.desk.keeping._due) == ["seen"]
        await seat.until(lambda: not seat.desk.keeping._due)
        tmux.move()
        seat.desk.around._beat()
        assert list(seat.desk.keeping._due) == ["seen"], "where nobody can tell, somebody is there"


async def test_who_is_not_attached_keeps_no_lead(fresh_sqlite: str, tmux: Tmux) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter")
        clock.go_on(minutes=5)
        tmux.detach()
        seat.desk.around._minute()
        assert not [worker for worker in seat.desk.workers if worker.group == "renew"]
        tmux.attach()
        seat.desk.around._minute()
        await seat.until(lambda: seat.desk.hand.claim.until > NOW + timedelta(minutes=11))  # type: ignore[union-attr]
