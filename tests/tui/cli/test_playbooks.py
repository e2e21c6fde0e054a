"""`callfloor playbook diff` and `apply`: what a change would do is said before it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import taking_in
from models.base import new_token
from tests.tui import floors
from tests.tui.cli.conftest import Floor
from tui.cli.shared import now


def lead(floor: Floor, number: str, **values: str) -> None:
    with floors.at(floor.url):
        given = {"company": "Acme", "person": "Li", "source": "internet", "number": number, **values}
        taking_in.take_in(1, given, by=1, token=new_token(), now=now())


@pytest.fixture
def ours(floor: Floor, tmp_path: Path) -> Path:
    """A telesales playbook with a rule less, a rule more, another name and another probability."""
    text = floor("playbook", "show", "telesales").output
    text = text.replace(
        'name = { en = "Potential", zh = "潜在客户" }\nprobability = 4',
        'name = { en = "Cold", zh = "冷" }\nprobability = 8',
    )
    text = text.replace(
        'required_touches = [\n    { count = 1, kind = "call", outcomes = ["talked", "callback"] },\n]',
        'required_fields = ["industry"]',
        1,
    )
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_change_is_said_before_it_does(floor: Floor, ours: Path) -> None:
    lead(floor, "+862155510001", amount="1000")
    said = floor("playbook", "diff", str(ours)).output
    assert "~ E Cold (1 lead): was called Potential, probability 4 → 8, other rules" in said
    assert "Queue: another place for 1 lead." in said
    assert "Weighted forecast: 40 → 80 (+40)" in said
    assert "A 85 B 50 C 25 D 10 E 4 → A 85 B 50 C 25 D 10 E 8" in said
    assert "Potential" in floor("status").output, "nothing is changed"


def test_apply_says_the_same_and_asks(floor: Floor, ours: Path) -> None:
    lead(floor, "+862155510001", amount="1000")
    said = floor("playbook", "apply", str(ours), code=2, typed="n\n").output
    assert "Weighted forecast: 40 → 80" in said
    assert "Nothing was changed" in said
    assert "Potential" in floor("status").output
    floor("playbook", "apply", str(ours), typed="y\n")
    assert "Cold" in floor("status").output
    assert "Nothing would change" in floor("playbook", "diff", str(ours)).output


def test_what_would_strand_leads_is_refused_without_a_question(floor: Floor) -> None:
    lead(floor, "+862155510001")
    said = floor("playbook", "diff", "b2b").output
    assert "- E Potential: gone; 1 lead in it" in said
    assert "+ first-contact First contact" in said
    assert "cannot be applied" in said
    assert "E (1)" in floor("playbook", "apply", "b2b", "--yes", code=2).output
