"""Who works on the demo floor: twelve agents in two teams, two supervisors, a manager."""

from __future__ import annotations

from dataclasses import dataclass

from models.people import Role

NORTH, SOUTH = "north", "south"
TEAMS = (NORTH, SOUTH)
"""北区 and 南区."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the floor, with what makes figures differ."""

    login: str
    name: str
    team: str | None
    role: Role = Role.AGENT
    skill: float = 1.0
    """Odds of moving a lead on, 1 is usual."""
    pace: float = 1.0
    """How soon work is done, and how much of it: more is quicker."""
    calls_east: bool = True
    calls_west: bool = False


MANAGER = Member("zhang.hua", "Zhang Hua", None, Role.MANAGER)
SUPERVISORS = (
    Member("sun.li", "Sun Li", NORTH, Role.SUPERVISOR),
    Member("k.brown", "Kate Brown", SOUTH, Role.SUPERVISOR),
)
AGENTS = (
    Member("li.wei", "Li Wei", NORTH, skill=1.10, pace=1.3, calls_west=True),
    Member("wang.fang", "Wang Fang", NORTH, skill=1.45, pace=1.1),
    Member("zhao.lei", "Zhao Lei", NORTH, skill=0.75, pace=1.2),
    Member("liu.yang", "Liu Yang", NORTH, skill=0.90, pace=0.8),
    Member("j.smith", "John Smith", NORTH, skill=1.05, calls_east=False, calls_west=True),
    Member("m.rossi", "Marta Rossi", NORTH, skill=0.85, pace=0.9, calls_east=False, calls_west=True),
    Member("chen.jie", "Chen Jie", SOUTH, skill=1.30, pace=1.1, calls_west=True),
    Member("huang.min", "Huang Min", SOUTH, skill=1.00),
    Member("zhou.tao", "Zhou Tao", SOUTH, skill=0.70, pace=0.9),
    Member("a.kumar", "Anil Kumar", SOUTH, skill=1.10, pace=1.1, calls_east=False, calls_west=True),
    Member("s.mueller", "Sabine Müller", SOUTH, skill=1.25, pace=0.8, calls_east=False, calls_west=True),
    Member("e.tan", "Ethan Tan", SOUTH, skill=0.95, calls_west=True),
)
DESK = AGENTS[0]
"""Whose desk the demo opens."""
COLLEAGUES = ("wang.fang", "zhao.lei", "chen.jie", "j.smith")
"""Who comes to life beside it: the first three that sit at no desk."""

MEMBERS = (MANAGER, *SUPERVISORS, *AGENTS)
BY_LOGIN = {member.login: member for member in MEMBERS}
