"""Portfolio, weekly review, spot check and month: each counted a second time from the records in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

import funnel
from models import ledger, targets, undoing
from models.base import moment, money, month_of, seconds
from models.campaigns import book
from models.errors import Refused
from models.people import Agent
from models.watching.cards import EVERYTHING, Problem, Selection, Sign
from models.watching.masks import Mask
from models.watching.month import month
from models.watching.portfolio import portfolio
from models.watching.pulse import pulse
from models.watching.review import review, week_of
from models.watching.spot import draw, spot_check
from models.zones import month_span
from tests.models.store import watched
from tests.models.store.conftest import Anew
from tests.models.store.floors import HOUR, NOW, MadeFloor, write

DAY = timedelta(days=1)
OPEN = ("deal", "offer", "new")
CLOSED = ("won", "lost", "invalid")


def code_of(lead: dict[str, Any]) -> str:
    return book(1).stage_codes[lead["stage_id"]]


@pytest.mark.parametrize("seed", range(3))
def test_portfolio_and_review_are_those_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        lived = watched.Floor(made, Random(seed), leads=40)
        lived.goes_on(110)
        now = lived.now
        since, until = week_of(now)
        assert (since.weekday(), until - since) == (0, 7 * DAY)
        for who in watched.AGENTS:
            agent = made.people[who]
            own = [lead for lead in watched.rows("lead", f"owner_id = {agent}") if lead["voided_at"] is None]
            wanted = [lead["id"] for code in OPEN for lead in own if code_of(lead) == code]
            assert [row.lead_id for row in _pages(made, agent, now)] == wanted
            week = range(seconds(since), seconds(until))
            closed = [
                lead["id"] for code in CLOSED for lead in own if code_of(lead) == code and lead["stage_since"] in week
            ]
            lines = review(made.boss, agent, EVERYTHING, now, since=since, until=until)
            assert [line.lead.lead_id for line in lines] == closed + wanted
            for line in lines:
                _is_that_of_the_records(line, week, now)


def _pages(made: MadeFloor, agent: int, now: datetime) -> list[Any]:
    found: list[Any] = []
    while page := portfolio(made.boss, agent, EVERYTHING, now, after=found[-1].place if found else None, limit=2):
        found += page
    return found


def _is_that_of_the_records(line: Any, week: range, now: datetime) -> None:
    lead = watched.rows("lead", f"id = {line.lead.lead_id}")[0]
    touches = sorted(
        watched.rows("touch", f"lead_id = {lead['id']} AND voided_by IS NULL"), key=lambda t: (t["at"], t["id"])
    )
    weeks = [touch for touch in touches if touch["at"] in week]
    assert line.calls == sum(touch["kind"] == "call" for touch in weeks)
    assert line.others == sum(touch["kind"] != "call" for touch in weeks)
    assert line.talks == sum(touch["is_talk"] for touch in weeks)
    assert (line.last_outcome, line.note) == ((weeks[-1]["outcome"], weeks[-1]["note"]) if weeks else ("", ""))
    codes = book(1).stage_codes
    moves = [
        (codes.get(m["from_stage_id"], ""), codes[m["to_stage_id"]], m["way"])
        for m in watched.rows("stage_move", f"lead_id = {lead['id']} AND voided_by IS NULL")
        if m["at"] in week
    ]
    assert sorted(line.moves) == sorted(moves)
    assert line.problem == _problem(lead, touches, now)


def _problem(lead: dict[str, Any], touches: list[dict[str, Any]], now: datetime) -> Problem | None:
    code, stamp, playbook = code_of(lead), seconds(now), book(1).playbook
    dwell = playbook.stage(code).dwell_days if code in OPEN else None
    silent = lead["touched_at"] is not None and stamp - lead["touched_at"] >= 14 * 86_400
    found = {
        Problem.PROMISE_MISSED: lead["due_at"] is not None and lead["due_at"] < stamp,
        Problem.NEVER_CALLED: code in OPEN and lead["touched_at"] is None,
        Problem.PAST_DWELL: dwell is not None and stamp - lead["stage_since"] >= dwell * 86_400,
        Problem.NO_NEXT_STEP: code in OPEN and lead["due_at"] is None and touches and touches[-1]["lacks_next_step"],
        Problem.SILENCE: code in ("offer", "deal") and lead["due_at"] is None and silent,
    }
    return next((problem for problem, is_there in found.items() if is_there), None)


def test_a_portfolio_of_another_team_is_not_shown(made: MadeFloor) -> None:
    made.lead(owner="cid")
    for read in (
        lambda: portfolio(made.watcher, made.people["cid"], EVERYTHING, NOW),
        lambda: review(made.watcher, made.people["cid"], EVERYTHING, NOW, since=NOW, until=NOW),
    ):
        with pytest.raises(Refused, match="not_found"):
            read()
    assert len(portfolio(made.boss, made.people["cid"], EVERYTHING, NOW)) == 1
    assert portfolio(made.boss, made.people["cid"], Selection(campaign_id=2), NOW) == ()


def test_a_review_masks_what_was_written(made: MadeFloor) -> None:
    one = made.lead(owner="ann", company="Acme 13800138000")
    made.log(made.take("ann", one), "talked", note="now 13900139000")
    (line,) = review(made.boss, made.people["ann"], EVERYTHING, NOW, since=NOW - DAY, until=NOW + DAY, mask=Mask.HIDDEN)
    assert (line.lead.company, line.note) == ("Acme •••••••••••", "now •••••••••••")


# ── spot check ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_signs_are_those_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        lived = watched.Floor(made, Random(seed))
        lived.goes_on(120)
        since, until, now = NOW - DAY, lived.now - timedelta(hours=3), lived.now
        many = [lived.random.random() for _ in range(500)]
        touches = [
            touch for touch in watched.rows("touch", "voided_by IS NULL")
            if touch["at"] in range(seconds(since), seconds(until))
        ]  # fmt: skip
        plain = spot_check(made.boss, EVERYTHING, now, since=since, until=until, draws=many)
        assert {row.touch_id for row in plain.rows} == {touch["id"] for touch in touches}
        assert (plain.of, plain.by_sign) == (len(touches), {})
        aimed = spot_check(made.boss, EVERYTHING, now, since=since, until=until, draws=many, aimed=True)
        assert {row.touch_id: set(row.signs) for row in aimed.rows if row.touch_id} == _signs(touches, now)
        slept = {(seconds(row.at), row.lead_id) for row in aimed.rows if row.touch_id is None}
        assert slept == _slept(since, until)


def _signs(touches: list[dict[str, Any]], now: datetime) -> dict[int, set[Sign]]:
    every = watched.rows("touch", "voided_by IS NULL")
    found: dict[int, set[Sign]] = {}
    for touch in touches:
        later = [one for one in every if one["lead_id"] == touch["lead_id"] and one["at"] > touch["at"]]
        if touch["next_at"] is not None and touch["next_at"] <= seconds(now) and not later:
            found.setdefault(touch["id"], set()).add(Sign.PROMISE_WITHOUT_CALLBACK)
    return found


def _slept(since: datetime, until: datetime) -> set[tuple[int, int]]:
    every = watched.rows("touch", "voided_by IS NULL")
    return {
        (line["at"], line["lead_id"])
        for line in watched.rows("journal", "verb = 'sleep'")
        if line["at"] in range(seconds(since), seconds(until))
        and not any(
            line["at"] - 86_400 < touch["at"] <= line["at"] for touch in every if touch["lead_id"] == line["lead_id"]
        )
    }


def test_copies_and_talks_of_seconds_are_signs(made: MadeFloor) -> None:
    for note in ("Will call back.", "will  call back", "WILL CALL BACK", "ok", "ok", "ok"):
        made.log(made.take("ann", made.lead()), "talked", note=note)
        # Who did not answer said nothing that could be noted.
        made.log(made.take("cid", made.lead(team="south")), "no_answer", note="nobody picks up")
    made.log(made.take("bob", made.lead()), "talked", note="will call back")
    made.log(made.take("bob", made.lead()), "talked", note="wants an offer", seconds=5)
    made.log(made.take("bob", made.lead()), "talked", note="wants a visit", seconds=6)
    aimed = spot_check(made.watcher, EVERYTHING, NOW, since=NOW - DAY, until=NOW + DAY, draws=[0.5] * 99, aimed=True)
    assert Counter((row.agent, row.signs, row.copies) for row in aimed.rows) == {
        ("Ann", (Sign.COPIED_NOTE,), 2): 3,
        ("Bob", (Sign.SHORT_TALK,), 0): 1,
    }
    assert (aimed.of, aimed.by_sign[Sign.COPIED_NOTE], aimed.by_sign[Sign.SKIPPED]) == (4, 3, 0)


def test_a_sleep_that_was_undone_skipped_nothing(made: MadeFloor) -> None:
    one, token = made.lead(), made.token()
    ledger.sleep(made.take("ann", one), NOW + DAY, token=token, now=NOW)
    span: dict[str, Any] = {"since": NOW - DAY, "until": NOW + DAY}
    (row,) = spot_check(made.boss, EVERYTHING, NOW, **span, draws=[0], aimed=True).rows
    assert (row.signs, row.lead_id, row.agent, row.touch_id) == ((Sign.SKIPPED,), one, "Ann", None)
    undoing.undo(made.people["ann"], token, token=made.token(), now=NOW)
    assert spot_check(made.boss, EVERYTHING, NOW, **span, draws=[0], aimed=True).rows == ()


def test_what_proves_a_record_stands_beside_it(made: MadeFloor) -> None:
    one = made.lead(number="+493055500011")
    made.log(made.take("ann", one), "callback", note="call 13800138000", next_at=NOW + HOUR, seconds=90)
    made.log(made.take("ann", one, NOW + HOUR), "talked", NOW + HOUR)
    rows = spot_check(
        made.boss, Selection(agent_id=made.people["ann"]), NOW, since=NOW, until=NOW + DAY, draws=[0, 0],
        mask=Mask.MASKED,
    ).rows  # fmt: skip
    later, first = rows
    assert (first.next_at, first.answered_at, first.seconds) == (NOW + HOUR, NOW + HOUR, 90)
    assert (first.number, first.note, later.answered_at) == ("+49 •••11", "call •••••••••00", None)


def test_a_team_is_checked_by_its_own_supervisor(made: MadeFloor) -> None:
    made.log(made.take("ann", made.lead()), "talked"), made.log(made.take("cid", made.lead(team="south")), "talked")
    span: dict[str, Any] = {"since": NOW, "until": NOW + DAY, "draws": [0, 0, 0]}
    assert [row.agent for row in spot_check(made.watcher, EVERYTHING, NOW, **span).rows] == ["Ann"]
    assert spot_check(made.boss, Selection(campaign_id=2), NOW, **span).rows == ()
    assert spot_check(made.boss, EVERYTHING, NOW, **span).of == 2


def test_each_record_is_as_likely_as_any_other() -> None:
    records: list[Any] = list(range(7))
    chances = [at / 70 for at in range(70)]
    assert Counter(draw(records, [chance])[0] for chance in chances) == dict.fromkeys(records, 10)
    assert set(draw(records, [0.99] * 20)) == set(records)
    assert draw([], [0.5]) == []


# ── month ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_the_month_is_that_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        lived = watched.Floor(made, Random(seed))
        lived.goes_on(130)
        now, this = lived.now, month_of(lived.now.date())
        targets.set_target(
            this, team=None, login="ann", deals=4, amount=Decimal(1000), by=made.boss, token=made.token(), now=now
        )
        for which in (this, this - 1, month_of(NOW.date())):
            sheet = month(made.boss, EVERYTHING, which, now)
            assert [row.name for row in sheet.rows] == ["Ann", "Bob", "Cid", "Dee"]
            for row in sheet.rows:
                _is_counted(row, which, now)
            assert sheet.total.calls == sum(row.calls for row in sheet.rows)
            told = pulse(made.boss, EVERYTHING, month_span(which)[0])
            assert sheet.total.won == told.panel.funnel.won
            assert sheet.total.won.count == sum(row.won.count for row in (*sheet.rows, sheet.others))
            assert sheet.total.talk_seconds == sum(row.talk_seconds for row in sheet.rows)
        ann = month(made.boss, EVERYTHING, this, now).rows[0]
        assert ann.target == funnel.Tally(4, Decimal(1000))
        assert ann.attainment == ann.won.amount / Decimal(1000)


def test_a_sale_out_of_the_pool_is_in_the_month(made: MadeFloor) -> None:
    """Nobody owned it: it stands in a line of its own, of its team alone, and in the sum."""
    this = month_of(NOW.date())
    for team in ("north", "south"):
        made.move(made.take("ann" if team == "north" else "cid", made.lead(team=team, amount="500")), "won")
    for viewer, count in ((made.boss, 2), (made.watcher, 1)):
        sheet = month(viewer, EVERYTHING, this, NOW)
        assert (sheet.others.won.count, sheet.others.closed, sheet.total.won.count) == (count, count, count)
        assert {row.won.count for row in sheet.rows} == {0}
    assert month(made.boss, Selection(agent_id=made.people["ann"]), this, NOW).others.closed == 0


def _is_counted(row: Any, which: int, now: datetime) -> None:
    begins, ends = (seconds(at) for at in month_span(which))
    touches = [
        touch for touch in watched.rows("touch", "voided_by IS NULL")
        if touch["agent_id"] == row.agent_id and begins <= touch["at"] < ends
    ]  # fmt: skip
    answers = [touch for touch in touches if touch["answers_at"] is not None and begins <= touch["answers_at"] < ends]
    overdue = [
        lead for lead in watched.rows("lead", f"due_agent_id = {row.agent_id}")
        if lead["due_at"] is not None and begins <= lead["due_at"] < ends and lead["due_at"] <= seconds(now)
    ]  # fmt: skip
    assert row.calls == sum(touch["kind"] == "call" for touch in touches)
    assert row.talks == sum(touch["is_talk"] for touch in touches)
    assert row.talk_seconds == sum(touch["seconds"] or 0 for touch in touches if touch["is_talk"])
    assert row.kept == sum(touch["at"] <= touch["answers_at"] + 900 for touch in answers)
    assert row.promised == len(answers) + len(overdue)
    stored = sorted(watched.rows("stage_move", "voided_by IS NULL"), key=lambda m: (m["at"], m["id"]))
    mine = [m for m in stored if m["agent_id"] == row.agent_id and begins <= m["at"] < ends]
    assert row.moves == sum(m["way"] in ("forward", "skip") for m in mine)
    codes = book(1).stage_codes
    moves = [
        funnel.Move(
            m["id"], moment(m["at"]), codes.get(m["from_stage_id"]), codes[m["to_stage_id"]], funnel.Way(m["way"]),
            money(m["amount"]) or Decimal(0),
        )
        for m in stored
    ]  # fmt: skip
    owner_of = {(m["lead_id"], m["at"], codes[m["to_stage_id"]]): m["owner_id"] for m in stored}
    by_lead = [
        funnel.Move(m["lead_id"], move.at, move.origin, move.to, move.way, move.amount)
        for m, move in zip(stored, moves, strict=True)
    ]
    final = [
        exit for exit in funnel.last_exits(by_lead, moment(begins), moment(ends))
        if exit.is_final and book(1).playbook.kind(exit.to) is not funnel.Kind.OPEN
    ]  # fmt: skip
    last = {move.lead: move for move in by_lead if begins <= seconds(move.at) < ends}
    own = [e for e in final if owner_of[e.lead, seconds(last[e.lead].at), e.to] == row.agent_id]
    assert row.closed == len(own)
    won = [exit.amount for exit in own if exit.to == "won"]
    assert row.won == funnel.Tally(len(won), sum(won, Decimal(0)))


def test_a_supervisor_has_their_teams_month_and_its_target(made: MadeFloor) -> None:
    this = month_of(NOW.date())
    for team, login, deals in ((None, None, 9), ("north", None, 5), (None, "bob", 2)):
        targets.set_target(
            this, team=team, login=login, deals=deals, amount=None, by=made.boss, token=made.token(), now=NOW
        )
    sheet = month(made.watcher, EVERYTHING, this, NOW)
    assert [row.name for row in sheet.rows] == ["Ann", "Bob"]
    assert (sheet.total.target, sheet.rows[1].target) == (funnel.Tally(5), funnel.Tally(2))
    assert month(made.boss, EVERYTHING, this, NOW).total.target == funnel.Tally(9)
    assert month(made.boss, Selection(agent_id=made.people["bob"]), this, NOW).total.target == funnel.Tally(2)
    write(f"UPDATE agent SET left_at = 1 WHERE id = {made.people['bob']}")
    assert Agent.get_by_id(made.people["bob"]).left_at == 1
    assert [row.name for row in month(made.watcher, EVERYTHING, this, NOW).rows] == ["Ann"]
