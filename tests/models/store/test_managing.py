"""Managers' commands: repeated they are harmless; teams move and close, and every lead of theirs goes somewhere."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import psycopg
import pytest

from models import check, connect, crew, feed, floor, lists, queue, suppress, targets, views
from models.base import proxy, rows_of
from models.errors import Refused
from models.people import Agent, Role, Team
from tests.models.store import floors
from tests.models.store.floors import HOUR, NOW, PLAYBOOK, MadeFloor
from tests.models.store.test_repeats import beside, until_somebody_waits

NUMBERS = range(493_055_500_000, 493_055_501_000)

COMMANDS: dict[str, Callable[..., object]] = {
    "add team": partial(crew.add_team, "west"),
    "add agent": partial(crew.add_agent, "eve", name="Eve", role=Role.AGENT, team="north"),
    "move agent": partial(crew.move_agent, "ann", team="south"),
    "agent leaves": partial(crew.leave, "ann", to="cid"),
    "move team": partial(crew.move_team, "north", to="south"),
    "close team": partial(crew.close_team, "north", to="south"),
    "target": partial(targets.set_target, 24_314, team="north", login=None, deals=3, amount=Decimal(5)),
    "add campaign": partial(floor.add_campaign, "second", PLAYBOOK),
    "apply playbook": partial(floor.apply_playbook, 1, PLAYBOOK.replace("probability = 10\n", "probability = 20\n")),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_repeated(made: MadeFloor, name: str) -> None:
    """The second time gives the same answer and changes nothing, though the rule that it passed has changed."""
    made.lead(owner="ann")
    made.lead()
    command = partial(COMMANDS[name], by=made.boss, token="same", now=NOW)
    before = floors.dump()
    first = command()
    after = floors.dump()
    assert after != before
    assert command() == first
    assert floors.dump() == after
    assert check.check(NOW) == ()


def test_the_same_command_with_another_token_is_another(made: MadeFloor) -> None:
    """Who adds a team twice is refused, as who leaves twice."""
    crew.add_team("west", by=made.boss, token="first", now=NOW)
    with pytest.raises(Refused, match="taken"):
        crew.add_team("west", by=made.boss, token="second", now=NOW)


def test_a_floor_that_is_made_twice_with_one_token(database_url: str) -> None:
    """The line broke after it was made: its manager is told again, and the floor is the same."""
    with floors.opened(database_url):
        make = partial(
            floor.init, name="Floor", zone="Europe/Berlin", region="DE", currency="EUR", playbook=PLAYBOOK,
            login="boss", agent="Boss", now=NOW,
        )  # fmt: skip
        boss = make(token="same")
        before = floors.dump()
        assert make(token="same") == boss
        assert floors.dump() == before
        with pytest.raises(Refused, match="already_a_floor"):
            make(token="another")


def test_suppression_that_is_repeated(made: MadeFloor) -> None:
    """Batch by batch: what was taken off the list meanwhile does not come back."""
    lead = made.lead(number=f"+{NUMBERS[0]}")
    add = partial(suppress.add, NUMBERS, reason="asked", agent_id=made.boss, token="on", now=NOW)
    assert add() == len(NUMBERS)
    assert floors.row(lead).barred
    assert rows_of("SELECT token, detail FROM journal WHERE verb = 'suppress' ORDER BY id") == [
        (f"on-{batch}", f'{{"reason": "asked", "result": {new}}}') for batch, new in enumerate((400, 400, 200))
    ]
    remove = partial(suppress.remove, NUMBERS[0], reason="slip", agent_id=made.boss, token="off", now=NOW)
    assert remove()
    before = floors.dump()
    assert (add(), remove()) == (len(NUMBERS), True)
    assert floors.dump() == before
    assert not floors.row(lead).barred
    assert check.check(NOW) == ()


def test_a_long_list_that_broke_off_goes_on(made: MadeFloor) -> None:
    """The same token again: the batches that are there stay, the others follow."""
    suppress.add(NUMBERS[:400], reason="asked", agent_id=made.boss, token="on", now=NOW)
    assert suppress.add(NUMBERS, reason="asked", agent_id=made.boss, token="on", now=NOW) == len(NUMBERS)
    assert len(list(suppress.listed(limit=2_000))) == len(NUMBERS)


def test_who_asks_what_changed_hears_of_suppression(made: MadeFloor) -> None:
    """Also where there is no bell: a desk that looks at the version sees that a lead was barred."""
    made.lead(number=f"+{NUMBERS[0]}")
    reader = connect.database_of(made.url, read_only=True)
    writer = proxy.obj
    reader.connect()
    seen = []
    for deed in (
        lambda: None,
        lambda: suppress.add([NUMBERS[0]], reason="", agent_id=made.boss, token="on", now=NOW),
        lambda: suppress.remove(NUMBERS[0], reason="slip", agent_id=made.boss, token="off", now=NOW),
    ):
        deed()
        proxy.initialize(reader)
        seen.append(feed.version())
        proxy.initialize(writer)
    reader.close()
    assert len(set(seen)) == 3


def test_a_repeat_waits_for_the_first(fresh_postgres: str) -> None:
    """On another line, while the first has not ended: one team, and both are told its id."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        answers: list[int] = []
        add = partial(crew.add_team, "west", by=made.boss, token="same", now=NOW)
        second = beside(lambda: answers.append(add()))

        def first() -> int:
            team = add()
            second.start()
            with psycopg.connect(made.url, autocommit=True) as looking:
                until_somebody_waits(looking)
            return team

        team = connect.transact(first)
        second.join()
        assert answers == [team]


# ── teams ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def at_work(made: MadeFloor) -> dict[str, int]:
    """Leads of the north: Ann's own, one of the pool, one in Bob's hands, one that Cid of the south promised."""
    leads = {name: made.lead(owner="ann" if name == "own" else None) for name in ("own", "pool", "held", "promised")}
    leads["elsewhere"] = made.lead(team="south")
    made.log(made.take("boss", leads["promised"]), "callback", next_at=NOW + HOUR)
    cid = made.people["cid"]
    floors.write(f"UPDATE lead SET due_agent_id = {cid}, lane = {cid} WHERE id = {leads['promised']}")
    made.take("bob", leads["held"])
    return leads


def test_a_team_moves_with_everything_it_has(made: MadeFloor) -> None:
    """Agents, their leads and the pool; the team stays, empty, and its pool is called by those who took over."""
    leads = at_work(made)
    assert crew.move_team("north", to="south", by=made.boss, token="t", now=NOW) == 4
    north, south = made.teams["north"], made.teams["south"]
    assert {line.name: (line.agents, line.pool) for line in crew.teams()} == {"north": (0, 0), "south": (5, 4)}
    lanes = {name: floors.row(lead).lane for name, lead in leads.items()}
    ann, cid = made.people["ann"], made.people["cid"]
    assert lanes == {"own": ann, "pool": -south, "held": -south, "promised": cid, "elsewhere": -south}
    told = rows_of("SELECT lead_id, from_owner_id, to_owner_id, from_team_id, to_team_id FROM transfer ORDER BY 1")
    assert told == [
        (leads[name], *((ann, ann) if name == "own" else (None, None)), north, south)
        for name in ("own", "pool", "held", "promised")
    ]
    held = queue.held(made.people["bob"], NOW)
    assert held is not None
    made.log(held, "no_answer")
    assert {row.lead_id for row in lists.queue(cid, NOW).rows} == {leads["pool"], leads["elsewhere"]}
    assert {row.lead_id for row in lists.queue(ann, NOW).rows} == {leads["own"], leads["pool"], leads["elsewhere"]}
    assert check.check(NOW + HOUR) == ()


def test_a_team_with_people_is_not_closed(made: MadeFloor) -> None:
    """Their names are said, and nothing is changed."""
    made.lead()
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        crew.close_team("north", to=None, by=made.boss, token="t", now=NOW)
    assert caught.value.code == "team_not_empty"
    assert caught.value.fields == {"team": "north", "count": 3, "agents": ("Ann", "Bob", "Wim")}
    assert floors.dump() == before


def test_a_team_that_closes_hands_everything_on(made: MadeFloor) -> None:
    """To another team; nobody can be put into it any more, and what it did stays on record."""
    leads = at_work(made)
    assert crew.close_team("north", to="south", by=made.boss, token="t", now=NOW) == 4
    assert [line.name for line in crew.teams()] == ["south"]
    assert {floors.row(lead).team_id for lead in leads.values()} == {made.teams["south"]}
    assert Agent.get_by_id(made.watcher).team_id == made.teams["south"]
    with pytest.raises(Refused, match="unknown_team"):
        crew.move_agent("ann", team="north", by=made.boss, token="t2", now=NOW)
    assert check.check(NOW + HOUR) == ()


def test_an_empty_team_leaves_its_pool_to_the_floor(made: MadeFloor) -> None:
    """Everybody may call it then."""
    lead = made.lead()
    for who in ("ann", "bob", "wim"):
        crew.move_agent(who, team="south", by=made.boss, token=made.token(), now=NOW)
    assert crew.close_team("north", to=None, by=made.boss, token="t", now=NOW) == 1
    stored = floors.row(lead)
    assert (stored.team_id, stored.owner_id, stored.lane) == (None, None, 0)
    assert made.next("cid").lead_id == lead
    assert check.check(NOW) == ()


def test_a_team_that_comes_back_is_the_same(made: MadeFloor) -> None:
    """With its figures, and empty."""
    crew.close_team("north", to="south", by=made.boss, token="t", now=NOW)
    assert crew.add_team("north", by=made.boss, token="again", now=NOW) == made.teams["north"]
    assert {line.name: line.agents for line in crew.teams()} == {"north": 0, "south": 5}
    assert Team.get_by_id(made.teams["north"]).closed_at is None


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("same_team", partial(crew.move_team, "north", to="north")),
        ("same_team", partial(crew.close_team, "north", to=" north")),
        ("unknown_team", partial(crew.move_team, "west", to="north")),
        ("unknown_team", partial(crew.move_team, "north", to="west")),
        ("unknown_team", partial(crew.close_team, "north", to="west")),
    ],
)
def test_what_cannot_be_done_with_a_team(made: MadeFloor, code: str, command: Callable[..., object]) -> None:
    """Each is refused for what it is, and nothing is changed."""
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        command(by=made.boss, token="t", now=NOW)
    assert caught.value.code == code
    assert floors.dump() == before


def test_only_managers_command(made: MadeFloor) -> None:
    """Agents and supervisors are refused everywhere."""
    before = floors.dump()
    for by in (made.people["ann"], made.watcher):
        for command in COMMANDS.values():
            with pytest.raises(Refused, match="managers_only"):
                command(by=by, token="t", now=NOW)
        with pytest.raises(Refused, match="managers_only"):
            suppress.remove(NUMBERS[0], reason="slip", agent_id=by, token="t", now=NOW)
    assert floors.dump() == before


def test_what_moved_is_seen_by_the_new_team(made: MadeFloor) -> None:
    """And by the old one no more: one filter, after the hand-over too."""
    lead = made.lead(company="moved")
    crew.move_agent("bob", team="south", by=made.boss, token="b", now=NOW)
    crew.move_team("north", to="south", by=made.boss, token="t", now=NOW)
    crew.move_agent("ann", team="north", by=made.boss, token="a", now=NOW)
    assert views.lead(made.people["bob"], lead, NOW).company == "moved"
    with pytest.raises(Refused, match="not_found"):
        views.lead(made.people["ann"], lead, NOW)
