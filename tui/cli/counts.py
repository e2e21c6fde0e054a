"""`callfloor counts`: what came before the leads, by day and channel, and how it stands against the benchmarks."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tui import words
from tui.cli.floor import period
from tui.cli.shared import asking, now, open_floor, open_reports, token
from tui.i18n import _, counted, said
from tui.plain import plain

if TYPE_CHECKING:
    import funnel
    from models.counts import Head, Taken


@click.group()
def counts() -> None:
    """Impressions, clicks, visits … of a day and a channel, above the leads."""


@counts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--campaign", "name", help="The campaign that counts; else the first that has layers.")
@click.option("--channel", default="", help="The channel of all rows, where the file has no such column.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and stop there.")
@click.pass_context
def import_counts(context: click.Context, file: Path, name: str | None, channel: str, dry_run: bool) -> None:
    """Take counts in: CSV of any kind, xlsx, xls or ods, a row for each day and channel.

    The same day and channel again replaces what was kept for it.
    """
    from models import counts as kept
    from tui.cli.lists import refusals_in_words
    from tui.cli.playbooks import campaign_named

    person = asking(open_floor(context))
    campaign = campaign_named(name, counts=True)
    with refusals_in_words():
        rows = kept.read(file, campaign.playbook, now(), channel=channel)
    taken = kept.compare(campaign.campaign_id, rows)
    if not dry_run:
        kept.keep(campaign.campaign_id, rows, file=file.name, by=person.id, token=token(), now=now())
    click.echo(words.labelled(plain(campaign.name), _told(taken)))
    if dry_run:
        click.echo(_("This was a dry run: nothing was taken in."))


@counts.command("show")
@click.option("--campaign", "name", help="The campaign that counts; else the first that has layers.")
@click.option("--all", "all_time", is_flag=True, help="Everything that ever was.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last.")
@click.pass_context
def show(
    context: click.Context, name: str | None, all_time: bool, since: datetime | None, until: datetime | None
) -> None:
    """The head of the funnel, channel by channel: each layer against its benchmark, and what a low one points to."""
    from models import counts as kept
    from models import views
    from tui.cli.playbooks import campaign_named

    asking(open_reports(context))
    campaign = campaign_named(name, counts=True)
    first, last = period(ZoneInfo(views.floor().zone), since, until, all_time=all_time)
    click.echo(f"{plain(campaign.name)} · {first or '…'} – {last or '…'}")
    heads = kept.heads(campaign.campaign_id, first, last)
    if not any(head.days for head in heads):
        click.echo(_("Nothing was counted in this period: callfloor counts import FILE"))
        return
    for head in heads:
        _print_head(campaign.playbook, head)


def _told(taken: Taken) -> str:
    parts = (
        counted("{count} day of a channel is new", "{count} days of a channel are new", taken.new),
        counted("{count} changed", "{count} changed", taken.changed),
        counted("{count} as before", "{count} as before", taken.same),
    )
    return ", ".join(parts)


def _print_head(playbook: funnel.Playbook, head: Head) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    channel = playbook.source(head.channel)
    name = plain(said(channel.name)) if channel else plain(head.channel) or _("All channels")
    console.print()
    console.print(f"{name} · {counted('{count} day', '{count} days', head.days)}")
    table = Table(box=None, pad_edge=False)
    for heading in (_("layer"), _("count"), _("rate"), _("benchmark"), ""):
        table.add_column(heading, justify="right" if table.columns and heading else "left")
    layers = {layer.code: layer for layer in playbook.layers}
    for place, row in enumerate(head.layers):
        cells = (_number(row.count), _rate(row.rate, place), _rate(row.benchmark, place))
        table.add_row(Text(plain(said(layers[row.layer].name))), *cells, _("low") if row.is_low else "")
    console.print(table)
    for row in head.layers:
        if row.is_low and layers[row.layer].low:
            console.print(_("{layer} is low. Look at:").format(layer=plain(said(layers[row.layer].name))))
            for hint in layers[row.layer].low:
                console.print("  · " + words.labelled(plain(said(hint.name)), plain(said(hint.look))))


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _rate(rate: Fraction | None, place: int) -> str:
    """Of the first layer how many a day, of the others per cent of the one above."""
    if rate is None:
        return "–"
    return f"{float(rate):.1%}" if place else _("{count} a day").format(count=f"{float(rate):,.0f}")
