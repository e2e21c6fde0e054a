"""People of the floor: teams and agents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tui.cli.shared import asking, now, open_floor, token
from tui.i18n import _, counted
from tui.plain import plain

ROLES = ("agent", "supervisor", "manager")


@click.group()
def team() -> None:
    """Teams: agents that share a pool of leads."""


@team.command("add")
@click.argument("name")
@click.pass_context
def add_team(context: click.Context, name: str) -> None:
    """Add a team."""
    from models import crew

    config = open_floor(context)
    crew.add_team(name, by=asking(config).id, token=token(), now=now())
    click.echo(_("Team {team} is there.").format(team=plain(name)))


@team.command("list")
@click.pass_context
def list_teams(context: click.Context) -> None:
    """List the teams, with how many people and waiting leads they have."""
    from models import crew

    asking(open_floor(context, read_only=True))
    print_table(
        (_("team"), _("people"), _("pool")),
        [(line.name, str(line.agents), f"{line.pool:,}") for line in crew.teams()],
    )


@team.command("move")
@click.argument("name")
@click.option("--to", "heir", required=True, help="The team that takes over.")
@click.pass_context
def move_team(context: click.Context, name: str, heir: str) -> None:
    """Move all agents of a team, with their leads, and its pool to another team; it stays, empty."""
    from models import crew

    config = open_floor(context)
    leads = crew.move_team(name, to=heir, by=asking(config).id, token=token(), now=now())
    click.echo(
        _handed(leads)
        + " "
        + _("Team {team} is empty; its people are in {heir} now.").format(team=plain(name), heir=plain(heir))
    )


@team.command("leave")
@click.argument("name")
@click.option("--to", "heir", help="The team that takes its people and leads over; an empty team needs none.")
@click.pass_context
def close_team(context: click.Context, name: str, heir: str | None) -> None:
    """Close a team: its people and leads go to another; an empty team's pool goes to the floor's."""
    from models import crew

    config = open_floor(context)
    leads = crew.close_team(name, to=heir, by=asking(config).id, token=token(), now=now())
    click.echo(_handed(leads) + " " + _("Team {team} is closed.").format(team=plain(name)))


def _handed(leads: int) -> str:
    return counted("{count} lead was handed on.", "{count} leads were handed on.", leads)


@click.group()
def agent() -> None:
    """Who works here, in which team and part."""


@agent.command("add")
@click.argument("login")
@click.option("--name", default="", help="The name that colleagues see; else the login.")
@click.option("--team", "team_name", help="The team's name; managers need none.")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.pass_context
def add_agent(context: click.Context, login: str, name: str, team_name: str | None, role: str) -> None:
    """Add a person by the login of their system account; somebody who left comes back."""
    from models import crew
    from models.people import Role

    config = open_floor(context)
    crew.add_agent(
        login, name=name or login, role=Role(role), team=team_name, by=asking(config).id, token=token(), now=now()
    )
    click.echo(_("{login} works here now.").format(login=plain(login)))


@agent.command("list")
@click.pass_context
def list_agents(context: click.Context) -> None:
    """List everybody."""
    from models import crew

    asking(open_floor(context, read_only=True))
    parts = {"agent": _("agent"), "supervisor": _("supervisor"), "manager": _("manager")}
    rows = [
        (
            line.login,
            line.name,
            parts[line.role.value],
            line.team,
            f"{line.leads:,}",
            _("left") if line.has_left else "",
        )
        for line in crew.agents()
    ]
    print_table((_("login"), _("name"), _("part"), _("team"), _("leads"), ""), rows)


@agent.command("move")
@click.argument("login")
@click.option("--team", "team_name", required=True, help="The new team's name.")
@click.pass_context
def move_agent(context: click.Context, login: str, team_name: str) -> None:
    """Move an agent, with the own leads, to another team."""
    from models import crew

    config = open_floor(context)
    crew.move_agent(login, team=team_name, by=asking(config).id, token=token(), now=now())
    click.echo(_("{login} is in team {team} now.").format(login=plain(login), team=plain(team_name)))


@agent.command("leave")
@click.argument("login")
@click.option("--to", "heir", help="Who takes the leads and promises over; else the team's pool.")
@click.pass_context
def leave(context: click.Context, login: str, heir: str | None) -> None:
    """An agent leaves: leads and promises go to a colleague or to the team's pool."""
    from models import crew

    config = open_floor(context)
    handed = crew.leave(login, to=heir, by=asking(config).id, token=token(), now=now())
    click.echo(_handed(handed) + " " + _("{login} has left.").format(login=plain(login)))


def print_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A plain table; a sentence where it would be empty."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console(highlight=False, markup=False).print(table if rows else _("Nobody and nothing yet."))
