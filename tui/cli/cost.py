"""`callfloor cost`: what was spent on a source in a month, so that a lead and a deal have their cost."""

from __future__ import annotations

from datetime import datetime

import click

from tui.cli.people import print_table
from tui.cli.shared import asking, now, open_floor, sum_of_money, token
from tui.i18n import _, said
from tui.plain import plain

MONTH = click.DateTime(["%Y-%m"])


@click.group()
def cost() -> None:
    """What was spent on a source in a month."""


@cost.command("set")
@click.argument("month", type=MONTH)
@click.argument("source")
@click.argument("amount", required=False)
@click.option("--campaign", "name", help="The campaign; else the first.")
@click.option("--unknown", is_flag=True, help="Take the amount away: nobody knows it.")
@click.pass_context
def set_cost(
    context: click.Context, month: datetime, source: str, amount: str | None, name: str | None, unknown: bool
) -> None:
    """Set what a source cost in a month; setting it again replaces it."""
    from models import costs
    from models.base import month_of
    from tui.cli.playbooks import campaign_named

    if (amount is None) != unknown:
        raise click.UsageError(_("Give an amount, or --unknown."))
    person = asking(open_floor(context))
    costs.set_cost(
        campaign_named(name).campaign_id, source, month_of(month.date()),
        None if amount is None else sum_of_money(amount), by=person.id, token=token(), now=now(),
    )  # fmt: skip
    click.echo(_("The cost of {source} in {month} is set.").format(source=plain(source), month=month.strftime("%Y-%m")))


@cost.command("show")
@click.argument("month", type=MONTH, required=False)
@click.option("--campaign", "name", help="The campaign; else the first.")
@click.pass_context
def show(context: click.Context, month: datetime | None, name: str | None) -> None:
    """Show what was entered for a month; else for all."""
    from models import costs
    from models.base import NO_MONTH, month_of, month_starts
    from tui.cli.playbooks import campaign_named

    asking(open_floor(context, read_only=True))
    campaign = campaign_named(name)
    since = month_of(month.date()) if month else 0
    lines = costs.spent(campaign.campaign_id, since, since + 1 if month else NO_MONTH)
    names = {source.code: plain(said(source.name)) for source in campaign.playbook.sources}
    print_table(
        (_("month"), _("source"), _("amount")),
        [
            (
                month_starts(line.month).strftime("%Y-%m"),
                names.get(line.source, plain(line.source)),
                f"{line.amount:,.2f}",
            )
            for line in lines
        ],
    )
