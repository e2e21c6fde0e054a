"""What is wanted of the floor, its teams and its agents in a month: set, shown, shared out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from models.errors import Refused
from tui.cli.people import print_table
from tui.cli.shared import asking, now, open_floor, sum_of_money, token
from tui.i18n import _
from tui.plain import plain

if TYPE_CHECKING:
    from models.targets import Goal

MONTH = click.DateTime(["%Y-%m"])
NUMBER = click.IntRange(min=0)


@click.group()
def target() -> None:
    """What is wanted in a month, of the floor, a team or an agent."""


@target.command("set")
@click.argument("month", type=MONTH)
@click.option("--amount", help="Money to win; with --stage, of the leads that enter it.")
@click.option("--deals", type=NUMBER, help="Deals to win.")
@click.option("--calls", type=NUMBER, help="Calls to make.")
@click.option("--talks", type=NUMBER, help="Talks to have.")
@click.option("--team", "team_name", help="Of this team alone.")
@click.option("--agent", "login", help="Of this agent alone.")
@click.option("--stage", help="Code of the stage that is to be entered.")
@click.option("--leads", type=NUMBER, help="With --stage: how many leads are to enter it.")
@click.option("--campaign", "name", help="With --stage: the campaign; else the first.")
@click.pass_context
def set_target(
    context: click.Context,
    /,
    month: datetime,
    amount: str | None,
    team_name: str | None,
    login: str | None,
    stage: str | None,
    leads: int | None,
    name: str | None,
    **numbers: int | None,
) -> None:
    """Set a month's target; setting it again replaces it."""
    from models import targets
    from models.base import month_of
    from tui.cli.playbooks import campaign_named

    config = open_floor(context)
    if team_name and login:
        raise Refused("target_of_both")
    by, money, at = asking(config).id, None if amount is None else sum_of_money(amount), month_of(month.date())
    if stage:
        if (leads is None and amount is None) or any(number is not None for number in numbers.values()):
            raise Refused("stage_target_empty")
        targets.set_stage_target(
            at, stage, campaign_id=campaign_named(name).campaign_id, team=team_name, login=login, leads=leads,
            amount=money, by=by, token=token(), now=now(),
        )  # fmt: skip
    else:
        if leads is not None or (amount is None and all(number is None for number in numbers.values())):
            raise Refused("target_empty")
        targets.set_target(
            at, team=team_name, login=login, amount=money, **numbers, by=by, token=token(), now=now()
        )  # fmt: skip
    click.echo(_("The target of {month} is set.").format(month=month.strftime("%Y-%m")))


@target.command("show")
@click.argument("month", type=MONTH, required=False)
@click.pass_context
def show(context: click.Context, month: datetime | None) -> None:
    """Show the targets of a month; else of all."""
    _show(context, month)


@target.command("list", hidden=True)
@click.argument("month", type=MONTH, required=False)
@click.pass_context
def list_targets(context: click.Context, month: datetime | None) -> None:
    """The older name of `show`."""
    _show(context, month)


def _show(context: click.Context, month: datetime | None) -> None:
    from models import targets
    from models.base import month_of, month_starts

    asking(open_floor(context, read_only=True))
    lines = targets.listed(month_of(month.date()) if month else None)
    print_table(
        (_("month"), _("of"), _("stage"), _("deals"), _("amount"), _("calls"), _("talks")),
        [
            (month_starts(line.month).strftime("%Y-%m"), line.of or _("the floor"), line.stage or "", *_goal(line.goal))
            for line in lines
        ],
    )


@target.command("share")
@click.argument("month", type=MONTH)
@click.option("--team", "team_name", required=True, help="The team whose target is shared out.")
@click.option("--months", type=click.IntRange(1, 24), default=3, help="Full months before it that count; else 3.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def share(context: click.Context, month: datetime, team_name: str, months: int, yes: bool) -> None:
    """Share a team's target out among its agents by what each has shown."""
    from models import targets
    from models.base import month_of
    from tui.cli.shared import REFUSED

    config = open_floor(context)
    by = asking(config).id
    sharing = targets.shared(by, month_of(month.date()), team_name, now(), months)
    headings = (_("deals"), _("amount"), _("calls"), _("talks"))
    print_table(
        ("", *headings, *(_("{what} before").format(what=heading) for heading in headings)),
        [
            *((part.name, *_goal(part.goal), *_goal(part.shown)) for part in sharing.parts),
            (_("together"), *_goal(sharing.whole), "", "", "", ""),
        ],
    )
    if not yes and not click.confirm(_("Go on?"), default=False, err=True):
        click.echo(_("Nothing was changed."), err=True)
        context.exit(REFUSED)
    targets.share(sharing, by=by, token=token(), now=now())
    click.echo(
        _("The target of team {team} in {month} is shared out.").format(
            team=plain(team_name), month=month.strftime("%Y-%m")
        )
    )


def _goal(goal: Goal) -> tuple[str, ...]:
    numbers = (goal.deals, goal.amount, goal.calls, goal.talks)
    return tuple("–" if number is None else f"{number:,.0f}" for number in numbers)
