"""`callfloor cost`: set by a manager, shown to everybody here, refused in words."""

from __future__ import annotations

from tests.tui.cli.conftest import Floor


def test_a_cost_is_set_shown_and_taken_away(floor: Floor) -> None:
    """By the source's code, name or alias; two months beside each other."""
    assert "2026-03" in floor("cost", "set", "2026-03", "展会推广", "12,000").output
    floor("cost", "set", "2026-02", "exhibition", "900.50")
    shown = floor("cost", "show").output
    assert "12,000.00" in shown
    assert "900.50" in shown
    assert shown.index("2026-03") < shown.index("2026-02")
    assert "900.50" not in floor("cost", "show", "2026-03").output
    floor("cost", "set", "2026-03", "展会推广", "--unknown")
    assert "12,000" not in floor("cost", "show").output


def test_what_is_wrong_is_said(floor: Floor) -> None:
    """No such source, no amount, none that is one."""
    assert "exhibition" in floor("cost", "set", "2026-03", "newspaper", "5", code=2).output
    assert "--unknown" in floor("cost", "set", "2026-03", "exhibition", code=2).output
    assert "200000" in floor("cost", "set", "2026-03", "exhibition", "much", code=2).output
