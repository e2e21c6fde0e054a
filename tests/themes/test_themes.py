"""Themes from TOML: what ships, inheritance, and mistakes with their file."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color

import themes


def test_what_ships() -> None:
    found = themes.load()
    assert set(found) >= {"dark", "light", "terminal"}
    assert found["dark"].dark
    assert not found["light"].dark
    assert found["terminal"].ansi


def luminance(color: Color) -> float:
    """As the guidelines for accessible pages define it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["background", "panel"])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_meaning_can_be_read(name: str, ground: str) -> None:
    """Level AA: on the panes, and on the first and the last line."""
    theme = themes.load()[name]
    meanings = {key: value for key, value in theme.variables.items() if key in themes.MEANINGS and key != "rule"}
    for meaning, colour in {**meanings, "accent": theme.accent, "foreground": theme.foreground}.items():
        assert contrast(Color.parse(getattr(theme, ground)), Color.parse(colour or "")) >= 4.5, meaning


def test_a_theme_says_only_what_is_different(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('inherits = "light"\n[colors]\nwon = "#006400"')
    own = themes.load([tmp_path])["own"]
    assert own.variables["won"] == "#006400"
    assert own.variables["lost"] == themes.load()["light"].variables["lost"]
    assert not own.dark


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('inherits = "nobody"', "no such theme"),
        ('inherits = "own"', "in a circle"),
        ('inherits = "dark"\n[colors]\nwon = "greenish"', "is no colour"),
        ('inherits = "dark"\n[colors]\nwins = "#00ff00"', "no such colour"),
        ('[colors]\nwon = "#00ff00"', "is missing"),
        ("[colors", "Expected"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(themes.ThemeFault) as fault:
        themes.load([tmp_path])
    assert fault.value.file.endswith("own.toml")
    assert why in fault.value.why
