"""The monitor's stories: what a supervisor sees, opens, filters and saves; what moves by itself."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from models import taking_in
from models.base import new_token
from models.errors import Refused, Unavailable
from tests.tui.floors import LOGIN, NOW, at, set_up, stored
from tests.tui.watching import OTHER_SUPERVISOR, SUPERVISOR, busy_floor, watching, work
from tui import config as configuration
from tui import words
from tui.config import Config
from tui.monitor import errands
from tui.tables import TableSheet


def saved_rows(folder: Path) -> list[list[str]]:
    """The one table that was saved there."""
    (saved,) = folder.glob("callfloor-*.csv")
    with saved.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def saved_texts(folder: Path) -> str:
    """Everything that was saved there."""
    return "".join(path.read_text("utf-8") for path in folder.glob("callfloor-*"))


async def unreachable(*_: object, **__: object) -> None:
    """A database that went away for good."""
    raise Unavailable("gone")


async def test_the_floor_at_a_glance(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        assert "MONITOR read-only boss · all teams 2 on 1 talking 1 pause" in gallery.shown("status")
        assert "Li Wei north ● on call 04:00" in gallery.shown("floor")
        assert "Zhao Lei north ‖ pause 1:10:00 Lunch" in gallery.shown("floor")
        assert "over limit" in gallery.shown("floor")
        assert "Anil Kumar south off" in gallery.shown("floor")
        assert "promise missed 09:30 Nord Bearings Li Wei ¥31k 30m late" in gallery.shown("looks")
        assert "long pause" in gallery.shown("looks")
        assert "Zhao Lei 长江物流 Talked “will sign, call 138-0013-8000”" in gallery.shown("events")
        assert "slope" in gallery.shown("funnel")


@pytest.mark.parametrize("login", [SUPERVISOR, OTHER_SUPERVISOR])
async def test_a_supervisor_sees_the_own_team(fresh_sqlite: str, login: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite, login) as gallery:
        is_north = login == SUPERVISOR
        assert ("Li Wei" in gallery.shown("floor")) is is_north
        assert ("Nord Bearings" in gallery.shown("looks")) is is_north
        assert ("Anil Kumar" in gallery.shown("floor")) is not is_north
        assert ("north" if is_north else "south") in gallery.shown("status")
        await gallery.press("slash")
        await gallery.type("nord")
        await gallery.until(lambda: gallery.watch.composer.text.count("found") > 0)
        assert ("Nord Bearings" in gallery.shown("cover")) is is_north


@pytest.mark.parametrize(("login", "code"), [(LOGIN, "supervisors_only"), ("nobody", "stranger")])
def test_who_works_leads_is_refused(fresh_sqlite: str, login: str, code: str) -> None:
    set_up(fresh_sqlite)
    with stored(fresh_sqlite, read_only=True) as store:
        with pytest.raises(Refused) as refused:
            store.call(errands.opening, login, NOW, "full")
        assert refused.value.code == code
        assert words.refusal(refused.value)


async def test_another_sessions_call_is_seen_by_itself(fresh_sqlite: str) -> None:
    team = busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        before = gallery.watch.survey.overview.calls
        work(fresh_sqlite, team.colleague, "Acme Tools", "no_answer")
        await gallery.until(lambda: gallery.watch.survey.overview.calls == before + 1)
        await gallery.until(lambda: "Acme Tools No answer" in gallery.shown("events"))


async def test_clocks_run_and_nothing_else_is_painted(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    busy_floor(fresh_sqlite)
    moment = [NOW]
    async with watching(fresh_sqlite, clock=lambda: moment[0]) as gallery:
        watch = gallery.watch
        painted: list[tuple[str, int]] = []
        for part in (watch.status, watch.floor, watch.looks, watch.events, watch.funnel, watch.footer):

            def refresh(*regions: object, part: object = part, **_: object) -> None:
                painted.extend((part.id, region.width) for region in regions)  # type: ignore[attr-defined]

            monkeypatch.setattr(part, "refresh", refresh)
        watch.paint.all()
        assert painted == []
        moment[0] = NOW + timedelta(seconds=1)
        watch.paint.all()
        assert {name for name, _ in painted} == {"floor"}
        assert all(width <= 8 for _, width in painted), painted


async def test_a_lead_is_read_with_its_history(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await gallery.press("tab", "enter")
        assert "lead · only looked at" in gallery.shown("cover")
        assert "Nord Bearings" in gallery.shown("cover")
        assert "+86 138 0013 8004" in gallery.shown("cover")
        await gallery.press("escape")
        assert gallery.watch.sheet is None
        await gallery.press("tab", "l")
        assert "will sign" in gallery.shown("cover")


async def test_an_agents_portfolio_and_back(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await gallery.press("down", "enter")
        assert "portfolio · Li Wei" in gallery.shown("cover")
        assert "Kestrel Labs" in gallery.shown("cover")
        await gallery.press("enter")
        assert "history" in gallery.shown("cover")
        await gallery.press("escape")
        assert "portfolio · Li Wei" in gallery.shown("cover")
        await gallery.press("escape")
        assert gallery.watch.sheet is None


async def test_a_long_portfolio_is_read_page_by_page_and_saved_whole(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = busy_floor(fresh_sqlite)
    with at(fresh_sqlite):
        for number, company in enumerate(("Alder Ltd", "Birch Ltd")):
            own = {"company": company, "person": "Bo", "number": f"+1212555019{number}", "source": "cold_call"}
            taking_in.take_in(1, own, by=team.manager, owner_id=team.agent, team_id=1, token=new_token(), now=NOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(errands, "PAGE", 1)
    async with watching(fresh_sqlite) as gallery:
        monkeypatch.setattr(gallery.watch, "may_suspend", lambda: True)
        await gallery.press("down", "enter")
        sheet = gallery.watch.sheet
        assert isinstance(sheet, TableSheet)
        assert len(sheet.rows) == 1
        with monkeypatch.context() as outage:
            outage.setattr(gallery.watch.store, "run", unreachable)
            outage.setattr("tui.store.PAUSES", ())
            await gallery.press("down")
            assert "cannot be reached" in gallery.shown("footer")
        await gallery.press("down")
        assert len(sheet.rows) == 2
        assert all(row.cells[0][0] in gallery.shown("cover") for row in sheet.rows)
        await gallery.press("e")
        assert "save as" in gallery.shown("cover")
        await gallery.press("2")
        _head, *rows = saved_rows(tmp_path)
        assert {row[0] for row in rows} == {"Kestrel Labs", "Alder Ltd", "Birch Ltd"}


async def test_the_weekly_review(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await gallery.press("down", "r")
        assert "weekly review · Li Wei" in gallery.shown("cover")
        assert "Kestrel Labs" in gallery.shown("cover")
        assert "promise missed" in gallery.shown("cover")


async def test_spot_checks(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await gallery.press("k")
        assert "spot check · at random · all teams" in gallery.shown("cover")
        assert "“will sign, call 138-0013-8000”" in gallery.shown("cover")
        await gallery.press("k")
        assert "spot check · where signs point" in gallery.shown("cover")
        assert "no callback" in gallery.shown("cover")


async def test_the_month_turns(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await gallery.press("m")
        assert "Nov 2026 · all teams" in gallery.shown("cover")
        assert "all together" in gallery.shown("cover")
        await gallery.press("left")
        assert "Oct 2026" in gallery.shown("cover")
        await gallery.press("right", "right")
        assert "Nov 2026" in gallery.shown("cover")


async def test_one_team_alone_in_all_that_is_seen_and_saved(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_floor(fresh_sqlite)
    monkeypatch.chdir(tmp_path)
    async with watching(fresh_sqlite) as gallery:
        monkeypatch.setattr(gallery.watch, "may_suspend", lambda: True)
        await gallery.press("t")
        assert "everybody" in gallery.shown("cover")
        await gallery.press("3")
        await gallery.until(lambda: "south" in gallery.shown("status"))
        await gallery.until(lambda: "Li Wei" not in gallery.shown("floor"))
        assert "Nord Bearings" not in gallery.shown("looks")
        assert "长江物流" not in gallery.shown("events")
        await gallery.press("e", "2")
        assert "Saved:" in gallery.shown("footer")
        head, *rows = saved_rows(tmp_path)
        assert head[0] == "agent"
        assert [row[0] for row in rows] == ["Anil Kumar"]
        await gallery.press("escape")
        await gallery.until(lambda: "Li Wei" in gallery.shown("floor"))


async def test_numbers_are_masked_wherever_they_stand(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_floor(fresh_sqlite)
    monkeypatch.chdir(tmp_path)
    settings = Config(db=fresh_sqlite, monitor=configuration.Monitor("masked"))
    async with watching(fresh_sqlite, config=settings, size=(146, 60)) as gallery:
        monkeypatch.setattr(gallery.watch, "may_suspend", lambda: True)
        shown = gallery.shown("events")
        for keys in (("tab", "enter"), ("k",), ("tab", "tab", "l"), ("down", "enter"), ("r",)):
            await gallery.press(*["escape"] * 4, *keys)
            shown += gallery.shown("cover")
            await gallery.press("e", "3")
        await gallery.press(*["escape"] * 4, "slash")
        await gallery.type("138001380")
        await gallery.until(lambda: gallery.watch.composer.text.count("found") > 0)
        shown += gallery.shown("cover")
        shown += saved_texts(tmp_path)
    assert "•" in shown
    digits = "".join(letter for letter in shown if letter.isdigit())
    assert "13800138" not in digits
    assert "138 0013" not in shown
    assert "138-0013" not in shown


async def test_on_a_small_terminal_keys_turn_the_panes(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite, size=(80, 24)) as gallery:
        watch = gallery.watch
        assert watch.floor.size.height > 0
        assert watch.looks.size.height > 0
        assert watch.events.size.height == watch.funnel.size.height == 0
        await gallery.press("tab", "tab")
        assert watch.events.size.height > 15
        await gallery.press("tab")
        assert watch.funnel.size.height > 15
        assert "needs a look" in gallery.shown("strip")
        await gallery.press("escape")
        assert watch.pane == "floor"


async def test_the_funnel_turns_through_the_teams(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        whole = gallery.watch.survey.pulse.panel.funnel
        await gallery.press("f", "f")
        await gallery.until(lambda: gallery.watch.survey.pulse.panel.funnel != whole)
        assert gallery.watch.deeds.scope.team_id == 2


async def test_what_was_configured_is_the_key(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    settings = Config(db=fresh_sqlite, keys={"monitor.show-month": "M", "desk.quit": "f10"})
    async with watching(fresh_sqlite, config=settings) as gallery:
        await gallery.press("m")
        assert gallery.watch.sheet is None
        await gallery.press("M")
        assert "Nov 2026" in gallery.shown("cover")


@pytest.mark.parametrize(("key", "code"), [("r", "key_clash"), ("ctrl+b", "key_bad")])
async def test_a_key_that_would_mean_two_things_is_refused(fresh_sqlite: str, key: str, code: str) -> None:
    busy_floor(fresh_sqlite)
    with pytest.raises(Refused) as refused:
        async with watching(fresh_sqlite, config=Config(db=fresh_sqlite, keys={"monitor.show-month": key})):
            pass
    assert refused.value.code == code


async def test_a_server_that_drops_the_line_is_found_again(fresh_postgres: str) -> None:
    team = busy_floor(fresh_postgres)
    async with watching(fresh_postgres) as gallery:
        with psycopg.connect(fresh_postgres, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
        work(fresh_postgres, team.colleague, "Acme Tools", "no_answer")
        gallery.watch.around.stir(wholly=True)
        await gallery.until(lambda: "Acme Tools No answer" in gallery.shown("events"))
        await gallery.until(lambda: "✗" not in gallery.shown("status"))
