"""Campaigns and the playbooks they are worked by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import Refused
from tui.cli.shared import REFUSED, asking, configured, now, open_floor, token
from tui.i18n import _, counted, said
from tui.plain import plain

if TYPE_CHECKING:
    import funnel
    from models.campaigns import Book
    from models.changes import Change

CHOSEN = click.argument("chosen", metavar="NAME|FILE")


@click.group()
def playbook() -> None:
    """Playbooks: stages, rules, outcomes, hours, as TOML that a manager edits."""


@playbook.command("check")
@CHOSEN
@click.pass_context
def check(context: click.Context, chosen: str) -> None:
    """Read a playbook and name every mistake with its line."""
    read = read_checked(context, chosen)
    parts = [
        counted("{count} layer", "{count} layers", len(read.layers)) if read.layers else "",
        counted("{count} stage", "{count} stages", len(read.stages)) if read.takes_leads else "",
        counted("{count} outcome", "{count} outcomes", len(read.outcomes)) if read.takes_leads else "",
    ]
    click.echo(
        _("{name}: no mistake; {parts}.").format(name=plain(said(read.name)), parts=", ".join(filter(None, parts)))
    )


@playbook.command("list")
@click.pass_context
def list_playbooks(context: click.Context) -> None:
    """List the playbooks that ship with this program."""
    from models.playbook import read_playbook, shipped, shipped_text

    configured(context)
    for name in shipped():
        click.echo(f"{name}  {plain(said(read_playbook(shipped_text(name)).name))}")


@playbook.command("show")
@CHOSEN
def show(chosen: str) -> None:
    """Print a playbook's text, to begin your own from."""
    click.echo(playbook_text(chosen), nl=False)


@playbook.command("diff")
@CHOSEN
@click.option("--campaign", "name", help="The campaign's name; else the first.")
@click.pass_context
def diff(context: click.Context, chosen: str, name: str | None) -> None:
    """Say what a changed playbook would do to open leads, and change nothing."""
    asking(open_floor(context, read_only=True))
    _show_change(context, chosen, campaign_named(name))


@playbook.command("apply")
@CHOSEN
@click.option("--campaign", "name", help="The campaign's name; else the first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def apply(context: click.Context, chosen: str, name: str | None, yes: bool) -> None:
    """Give a campaign a changed playbook, once it is said what that does to open leads.

    Refused while leads stand in a stage that goes.
    """
    from models import floor

    config = open_floor(context)
    campaign, by = campaign_named(name), asking(config)
    text, found = _show_change(context, chosen, campaign)
    if found.stranded:
        raise Refused("stage_in_use", stages=found.stranded)
    if not yes and not click.confirm(_("Go on?"), default=False, err=True):
        click.echo(_("Nothing was changed."), err=True)
        context.exit(REFUSED)
    floor.apply_playbook(campaign.campaign_id, text, edition=found.edition, by=by.id, token=token(), now=now())
    click.echo(
        _("Campaign {campaign} is worked by {playbook} now.").format(campaign=plain(campaign.name), playbook=chosen)
    )


def _show_change(context: click.Context, chosen: str, campaign: Book) -> tuple[str, Change]:
    """Says what the playbook would do; with the text that was looked at."""
    from models import changes
    from tui.cli import changing

    after, text = read_checked(context, chosen), playbook_text(chosen)
    found = changes.look(campaign.campaign_id, after, now())
    for line in changing.change(campaign, after, found):
        click.echo(line)
    return text, found


@click.group()
def campaign() -> None:
    """Campaigns: leads that are worked by one playbook."""


@campaign.command("add")
@click.argument("name")
@click.option("--playbook", "chosen", default="telesales", show_default=True, help="A shipped playbook, or a file.")
@click.pass_context
def add_campaign(context: click.Context, name: str, chosen: str) -> None:
    """Add a campaign."""
    from models import floor

    config = open_floor(context)
    read_checked(context, chosen)
    floor.add_campaign(name, playbook_text(chosen), by=asking(config).id, token=token(), now=now())
    click.echo(_("Campaign {campaign} is there.").format(campaign=plain(name)))


@campaign.command("list")
@click.pass_context
def list_campaigns(context: click.Context) -> None:
    """List the campaigns and their playbooks."""
    from models.campaigns import every_book

    asking(open_floor(context, read_only=True))
    for book in every_book():
        click.echo(f"{plain(book.name)}  {plain(book.playbook.code)}  {plain(said(book.playbook.name))}")


def playbook_text(chosen: str) -> str:
    """The text of a shipped playbook or of a file.

    Raises:
        Refused: `unknown_playbook` with those that ship, `not_utf8`.
    """
    from models.playbook import shipped, shipped_text

    if chosen in shipped():
        return shipped_text(chosen)
    try:
        return Path(chosen).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused("not_utf8", file=chosen) from None
    except OSError:
        raise Refused("unknown_playbook", playbook=chosen, allowed=shipped()) from None


def read_checked(context: click.Context, chosen: str) -> funnel.Playbook:
    """A playbook without mistakes; else every mistake is said and the command ends."""
    from models.playbook import PlaybookFault, read_playbook
    from tui import words
    from tui.keys import RESERVED

    configured(context)
    try:
        return read_playbook(playbook_text(chosen), file=chosen, reserved_keys=RESERVED)
    except PlaybookFault as fault:
        for line in words.faults(fault):
            click.echo(line, err=True)
        context.exit(2)


def campaign_named(name: str | None, *, counts: bool = False) -> Book:
    """The campaign of that name, else the first, or with `counts` the first that has layers.

    Raises:
        Refused: `unknown_campaign` with those there are, `no_campaign`, `no_counting_campaign`.
    """
    from models.campaigns import every_book

    all_books = every_book()
    fitting = [book for book in all_books if (book.playbook.layers if counts else book.playbook.takes_leads)]
    if name is None:
        if not fitting:
            raise Refused("no_counting_campaign" if counts else "no_campaign")
        return fitting[0]
    for book in all_books:
        if book.name == name.strip():
            return book
    raise Refused("unknown_campaign", campaign=name, allowed=tuple(book.name for book in all_books))
