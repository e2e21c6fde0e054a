"""The live funnel as lines: what stands in it at every width, and that it tells a change from chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

import funnel
from funnel import StageFigures, Tally, Way
from models.cards import Happening, Panel, Scope
from models.playbook import read_playbook, shipped, shipped_text
from tests.tui.floors import NOW, call, lead_of, seated, set_up
from tui import i18n
from tui.lines.frame import Frame
from tui.lines.panel import panel_line, panel_lines
from tui.lines.text import Line, width_of

FRAME = Frame(NOW, UTC, "CNY")
PLAYBOOKS = [read_playbook(shipped_text(name)) for name in shipped()]
HAPPENINGS = (
    Happening(3, NOW - timedelta(hours=30), "Zhang Hua", "log", 1, "长江物流有限公司", "", "", "no_answer", None),
    Happening(2, NOW, "Li\x1b[31m Wei", "move", 1, "[red]Acme", "E", "D", "", None),
    Happening(1, NOW, "Anil", "take-in", None, "", "", "", "", None),
)


def panel(
    playbook: funnel.Playbook, *, forward: int = 30, lost: int = 20, before: tuple[int, int] = (20, 20), size: int = 1
) -> Panel:
    """A funnel in which every stage looks alike; `before` went on and were lost the month before."""
    stages = tuple(
        StageFigures(
            stage.code, Tally(size * 900, Decimal(size * 12_000)), size * 40, {Way.FORWARD: forward, Way.LOST: lost}
        )
        for stage in playbook.stages
    )
    won = Tally(size * 12, Decimal(size * 140_000))
    figures = funnel.Funnel(stages, won, Tally(21), Tally(4), Decimal(860_000), Tally(0, Decimal(size * 200_000)))
    last = {
        stage.code: StageFigures(stage.code, exits={Way.FORWARD: before[0], Way.LOST: before[1]})
        for stage in playbook.stages
    }
    return Panel(Scope.FLOOR, 1, 24322, figures, HAPPENINGS, last)


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda one: one.code)
def test_every_stage_stands_in_every_width(playbook: funnel.Playbook, language: str) -> None:
    i18n.use(language)
    for width in (26, 34, 36):
        lines = panel_lines(panel(playbook), playbook, FRAME, width)
        assert max(map(width_of, lines)) <= width
        assert "\x1b" not in "".join(map(text_of, lines))
    for width, size in ((80, 1), (100, 1), (109, 900)):
        line = panel_line(panel(playbook, size=size), FRAME, width)
        assert width_of(line) <= width
        assert text_of(line).count("▸") == max(0, len(playbook.stages) - 1)
        assert f"{12 * size:,}" in text_of(line).split("▸")[-1]


def test_a_small_line_lets_the_least_go_first() -> None:
    playbook = next(one for one in PLAYBOOKS if one.code == "telesales")
    shown = {width: text_of(panel_line(panel(playbook), FRAME, width)) for width in (130, 100, 80, 60)}
    assert "weighted ¥860k" in shown[130]
    assert "weighted" not in shown[100]
    assert "won 12 ¥140k" in shown[100]
    assert "60%▸" in shown[80]
    assert "%▸" not in shown[60]
    assert all("70 %" in line for line in shown.values())


@pytest.mark.parametrize(
    ("forward", "lost", "before", "said"),
    [(30, 20, (20, 20), "60 % ↓ ▲10"), (20, 30, (20, 20), "40 % ↓ ▼10"), (4, 1, (20, 20), ""), (21, 20, (20, 20), "")],
)
def test_a_change_is_said_where_it_is_none_of_chance(
    forward: int, lost: int, before: tuple[int, int], said: str
) -> None:
    playbook = PLAYBOOKS[0]
    lines = panel_lines(panel(playbook, forward=forward, lost=lost, before=before), playbook, FRAME, 36)
    text = "\n".join(map(text_of, lines))
    assert (said in text) if said else not {"▲10", "▼10"} & set(text.split())
    assert ("▲▼ points against Oct" in text) is bool(said)


def test_who_came_and_went_stands_between_the_stages() -> None:
    lines = panel_lines(panel(PLAYBOOKS[0]), PLAYBOOKS[0], FRAME, 36)
    assert "in 40 out 50" in text_of(lines[3])


async def test_the_panel_turns_from_mine_to_the_floors_and_hears_of_a_colleague(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(146, 35)) as seat:
        assert "no target is set" in seat.desk.panel.text
        await seat.press("f", "f")
        await seat.until(lambda: "6" in seat.desk.panel.text.splitlines()[3])
        await seat.app.store.run(call, team.colleague, "Acme Tools", "no_answer", NOW)
        await seat.until(lambda: "Zhao Lei" in seat.desk.panel.text)
        assert "Acme To… No answer" in " ".join(seat.desk.panel.text.split())
    assert lead_of(fresh_sqlite, "Acme Tools").tries == 1


def test_a_month_of_the_year_before() -> None:
    shown = Panel(Scope.MINE, 1, 12 * 2027, panel(PLAYBOOKS[0]).funnel, (), panel(PLAYBOOKS[0]).last)
    text = "\n".join(
        map(text_of, panel_lines(shown, PLAYBOOKS[0], Frame(datetime(2027, 1, 4, tzinfo=UTC), UTC, ""), 36))
    )
    assert "Jan" in text
    assert "against Dec" in text
