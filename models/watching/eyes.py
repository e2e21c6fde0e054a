"""Who watches, and how much of the floor they look at."""

from __future__ import annotations

from models.base import rows_of
from models.errors import Refused
from models.people import Agent, Role
from models.watching.cards import Selection


def eyes(viewer_id: int, selection: Selection) -> tuple[Agent, Selection]:
    """The viewer as the filter of sight is to take them, and the selection narrowed to what they may look at.

    Who looks at a team sees what its supervisor sees, a manager too; so the one filter holds for every selection.

    Raises:
        Refused: `supervisors_only` for who works leads, or has left; `not_found` for an agent outside the team.
    """
    viewer = Agent.get_or_none(Agent.id == viewer_id, Agent.left_at.is_null())
    if viewer is None or viewer.role == Role.AGENT:
        raise Refused("supervisors_only")
    team = viewer.team_id if viewer.role == Role.SUPERVISOR else selection.team_id
    if viewer.role == Role.MANAGER and team is None:
        return viewer, selection
    # A supervisor without a team watches nobody: no team has this id.
    narrowed = Selection(team if team is not None else -1, selection.agent_id, selection.campaign_id)
    if selection.agent_id is not None and not _is_in(narrowed, selection.agent_id):
        raise Refused("not_found")
    return Agent(id=viewer.id, role=Role.SUPERVISOR, team_id=narrowed.team_id), narrowed


def looker(login: str, agent_id: int) -> str:
    """The name of a watcher who may look at all that an agent does; empty for everybody else."""
    viewer = Agent.get_or_none(Agent.login == login, Agent.left_at.is_null())
    try:
        if viewer is not None and eyes(viewer.id, Selection(agent_id=agent_id)):
            return str(viewer.name or login)
    except Refused:
        pass
    return ""


def _is_in(narrowed: Selection, agent_id: int) -> bool:
    return Agent.select().where(Agent.id == agent_id, Agent.team_id == narrowed.team_id).exists()


def teams(viewer_id: int) -> tuple[tuple[int, str], ...]:
    """The teams that a viewer may look at, ids with names, by name."""
    _, own = eyes(viewer_id, Selection())
    where, args = ("", ()) if own.team_id is None else (" AND id = ?", (own.team_id,))
    rows = rows_of(f"SELECT id, name FROM team WHERE closed_at IS NULL{where} ORDER BY name", args)
    return tuple((number, name) for number, name in rows)


def agents(viewer_id: int, selection: Selection) -> tuple[tuple[int, str], ...]:
    """The agents of a selection who are still here, ids with names, by name."""
    _, narrowed = eyes(viewer_id, selection)
    where, args = of_agents(narrowed)
    rows = rows_of(f"SELECT a.id, a.name FROM agent a WHERE a.role = 'agent' AND {where} ORDER BY a.name, a.id", args)
    return tuple((number, name) for number, name in rows)


def of_agents(selection: Selection) -> tuple[str, tuple[int, ...]]:
    """The people of a selection who are still here, as a condition on `agent a`."""
    wanted = {"a.team_id = ?": selection.team_id, "a.id = ?": selection.agent_id}
    given = {text: value for text, value in wanted.items() if value is not None}
    return " AND ".join(("a.left_at IS NULL", *given)), tuple(given.values())
