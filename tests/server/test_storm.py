"""Ten agents over ssh, a supervisor who watches, and everything that ends a session: the short form of `make storm`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.server.conftest import FORMS
from tests.server.machine import Machine
from tests.server.storm import serve, storm

pytestmark = pytest.mark.xdist_group("server")


@pytest.mark.parametrize("form", FORMS)
def test_ten_sessions_and_a_monitor_in_a_storm(bare: Callable[[], Machine], form: str) -> None:
    left = asyncio.run(storm(form, serve(form, bare(), leads=200), rounds=1, pause=0.5, seed=1))
    assert left.faults == ()
    assert left.acknowledged >= 10
    assert set(left.struck.values()) == {1}
    assert {"client killed", "line cut", "tmux killed", "desk killed", "line stalled"} < set(left.struck)
