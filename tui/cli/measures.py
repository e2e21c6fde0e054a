"""`callfloor measure`: what was decided in a review, and what came of it."""

from __future__ import annotations

from datetime import datetime

import click

from tui import money, words
from tui.cli.people import print_table
from tui.cli.shared import asking, now, open_floor, open_reports, token
from tui.i18n import _


@click.group()
def measure() -> None:
    """What was decided in a review, and its effect since."""


@measure.command("add")
@click.argument("text")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it holds from; else today.")
@click.option("--stage", help="Code of the stage whose conversion it is to mend; else the whole way.")
@click.option("--team", help="Of this team alone.")
@click.option("--campaign", "name", help="Its name; else the first.")
@click.pass_context
def add(
    context: click.Context, /, text: str, day: datetime | None, stage: str | None, team: str | None, name: str | None
) -> None:
    """Write down a measure with its day."""
    from models import measures
    from models.zones import floor_zone
    from tui.cli.playbooks import campaign_named

    config = open_floor(context)
    at = now()
    on = day.date() if day else at.astimezone(floor_zone()).date()
    campaign = campaign_named(name)
    measures.decide(
        campaign.campaign_id, text, decided_on=on, team=team, stage=stage, by=asking(config).id, token=token(), now=at
    )
    click.echo(_("It is written down; its effect counts from {day} on.").format(day=on.isoformat()))


@measure.command("list")
@click.option("--campaign", "name", help="Its name; else the first.")
@click.pass_context
def list_measures(context: click.Context, name: str | None) -> None:
    """The measures, the latest first, with what went on as long before as after."""
    from models.reports.measures import Count, effects
    from models.reports.slices import Slice
    from tui.cli.playbooks import campaign_named

    person, campaign = asking(open_reports(context)), campaign_named(name)

    def count(found: Count) -> str:
        return f"{money.per_cent(found.rate)} ({found.passed:,}/{found.left:,})"

    print_table(
        (_("day"), _("team"), _("stage"), _("measure"), _("days"), _("before"), _("after"), ""),
        [
            (
                one.decided_on.isoformat(),
                one.team or _("all"),
                words.stage_name(campaign.playbook, one.stage) if one.stage else _("all"),
                one.text,
                str(one.days),
                count(one.before),
                count(one.after),
                _("sure") if one.is_sure else _("may be chance") if one.change is not None else "",
            )
            for one in effects(person.id, Slice(campaign.campaign_id), now())
        ],
    )
