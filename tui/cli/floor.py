"""The floor itself: set it up, recount it, say its figures."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import click

from models.errors import Refused
from tui.cli.shared import asking, caller, connect_until_closed, now, open_reports, session_of, token
from tui.i18n import _
from tui.plain import plain

if TYPE_CHECKING:
    import funnel
    from models.campaigns import Book

STATUS_VERSION = 1
"""Of the JSON that `status` prints; it goes up when a key changes its meaning."""


@click.command()
@click.option("--name", default="", help="The floor's name.")
@click.option("--zone", help="IANA time zone of the floor's day; else the machine's.")
@click.option("--region", help="ISO country of numbers without a country code; else the language's.")
@click.option("--currency", help="ISO code; else the country's.")
@click.option("--playbook", "chosen", default="telesales", help="A shipped playbook, or a file.")
@click.pass_context
def init(
    context: click.Context, name: str, zone: str | None, region: str | None, currency: str | None, chosen: str
) -> None:
    """Set a new floor up, with you as its first manager; bring an older one up to date."""
    from models import connect, floor, schema, views

    config = session_of(context).config
    path = connect.sqlite_path(config.db)
    if path is not None:
        path.expanduser().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Agents reach the file through the program alone, or as the same service account.
        os.umask(0o077)
    connect_until_closed(context, config.db)
    if brought := schema.bring_up_to_date():
        click.echo(_("The floor is up to date now: {names}").format(names=", ".join(brought)))
        return
    from tui.cli.playbooks import playbook_text

    region = (region or _region()).upper()
    login = caller(config)
    floor.init(
        name=name.strip() or _("Our floor"),
        zone=_zone(zone),
        region=_checked_region(region),
        currency=(currency or _currency(region)).upper(),
        playbook=playbook_text(chosen),
        login=login,
        agent=login,
        token=token(),
        now=now(),
    )
    made = views.floor()
    click.echo(
        _(
            "{name} is set up: zone {zone}, country {region}, currency {currency}; you ({login}) are its manager."
        ).format(name=plain(made.name), zone=made.zone, region=made.region, currency=made.currency, login=plain(login))
    )
    click.echo(_("Next: callfloor team add, callfloor agent add, callfloor import."))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--all", "all_time", is_flag=True, help="Everything that ever was.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last.")
@click.option("--campaign", "name", help="Its name; else the first.")
@click.pass_context
def status(
    context: click.Context,
    as_json: bool,
    all_time: bool,
    since: datetime | None,
    until: datetime | None,
    name: str | None,
) -> None:
    """The funnel's figures of this month, of a period, or of everything."""
    from models import views
    from tui.cli.playbooks import campaign_named

    asking(open_reports(context))
    campaign = campaign_named(name)
    card = views.floor()
    first, last = period(ZoneInfo(card.zone), since, until, all_time=all_time)
    moment = now()
    figures = _figures(campaign, card.zone, first, last, moment)
    if as_json:
        click.echo(json.dumps(_as_json(campaign, card.currency, first, last, figures), ensure_ascii=False, indent=2))
    else:
        is_over = last is not None and datetime.combine(last, time(), ZoneInfo(card.zone)) <= moment
        _print_table(campaign, figures, first, last, is_over=is_over)


def period(
    zone: ZoneInfo, since: datetime | None, until: datetime | None, *, all_time: bool
) -> tuple[date | None, date | None]:
    """First day and the day after the last, of the floor's clock; None, None for everything.

    Raises:
        Refused: `period_twice`, `period_empty`.
    """
    if all_time:
        if since or until:
            raise Refused("period_twice")
        return None, None
    today = now().astimezone(zone).date()
    first = since.date() if since else (until.date() - timedelta(days=1) if until else today).replace(day=1)
    last = until.date() if until else max(_month_after(first), _month_after(today) if since else first)
    if first >= last:
        raise Refused("period_empty")
    return first, last


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _figures(campaign: Book, zone: str, first: date | None, last: date | None, moment: datetime) -> funnel.Funnel:
    from models import figures

    clock = ZoneInfo(zone)
    if first is None or last is None:
        return figures.period_figures(campaign.campaign_id, None, None)
    since, until = (datetime.combine(day, time(), clock) for day in (first, last))
    return figures.period_figures(campaign.campaign_id, since, until, moment)


def _as_json(
    campaign: Book, currency: str, first: date | None, last: date | None, figures: funnel.Funnel
) -> dict[str, object]:
    def tally(one: funnel.Tally) -> dict[str, object]:
        return {"count": one.count, "amount": _number(one.amount)}

    stages = [
        {
            "stage": row.stage,
            "name": {"en": words.en, "zh": words.zh},
            "count": row.open.count,
            "amount": _number(row.open.amount),
            "entered": row.entered,
            "left": row.left,
            "conversion": _share(row.conversion),
        }
        for row in figures.stages
        for words in [campaign.playbook.stage(row.stage).name]
    ]
    return {
        "version": STATUS_VERSION,
        "campaign": campaign.name,
        "playbook": campaign.playbook.code,
        "currency": currency,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
        "stages": stages,
        "won": tally(figures.won),
        "lost": tally(figures.lost),
        "invalid": tally(figures.invalid),
        "target": tally(figures.target) if figures.target else None,
        "weighted": _number(figures.weighted),
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _share(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 6)


def _print_table(
    campaign: Book, figures: funnel.Funnel, first: date | None, last: date | None, *, is_over: bool
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from tui.i18n import said
    from tui.words import open_heading

    table = Table(box=None, pad_edge=False)
    for heading in (_("stage"), open_heading(is_over=is_over), _("amount"), _("entered"), _("left"), _("conversion")):
        table.add_column(heading, justify="left" if not table.columns else "right")
    for row in figures.stages:
        name = f"{row.stage} {plain(said(campaign.playbook.stage(row.stage).name))}"
        share = "–" if row.conversion is None else f"{float(row.conversion):.1%}"
        cells = (f"{row.open.count:,}", f"{row.open.amount:,.0f}", f"{row.entered:,}", f"{row.left:,}", share)
        table.add_row(Text(name), *cells)
    console = Console(highlight=False, markup=False)
    console.print(f"{plain(campaign.name)} · {first or '…'} – {last or '…'}")
    console.print(table)
    for label, tally in ((_("won"), figures.won), (_("lost"), figures.lost), (_("invalid"), figures.invalid)):
        console.print(f"{label}  {tally.count:,} · {tally.amount:,.0f}")
    if figures.target:
        console.print(f"{_('target')}  {figures.target.count:,} · {figures.target.amount:,.0f}")
    console.print(f"{_('weighted')}  {figures.weighted:,.0f}")


# ── what a new floor is asked, answered by the machine where nobody says ──────────────────────────────────────────────


def _zone(said: str | None) -> str:
    if said is None:
        return _machine_zone()
    try:
        return ZoneInfo(said).key
    except (ZoneInfoNotFoundError, ValueError):
        from difflib import get_close_matches

        near = get_close_matches(said, available_timezones(), 3, 0.4)
        raise Refused("unknown_zone", zone=said, allowed=tuple(near)) from None


def _machine_zone() -> str:
    named = os.environ.get("TZ", "").lstrip(":") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return named if named in available_timezones() else "UTC"


def _region() -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.default().territory or "US"
    except (UnknownLocaleError, ValueError):
        return "US"


def _checked_region(region: str) -> str:
    import phonenumbers

    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise Refused("unknown_region", region=region)
    return region


def _currency(region: str) -> str:
    from babel.numbers import get_territory_currencies

    return next(iter(get_territory_currencies(region)), "USD")
