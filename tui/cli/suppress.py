"""The suppression list: numbers that nobody may call, by any path."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click

from models.errors import Refused
from tui.cli.shared import asking, now, open_floor, token
from tui.i18n import _, counted
from tui.plain import plain


@click.group()
def suppress() -> None:
    """Numbers that nobody may call, by no path."""


@suppress.command("add")
@click.argument("numbers", nargs=-1)
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_context
def add(context: click.Context, numbers: tuple[str, ...], reason: str) -> None:
    """Put NUMBERS on the list; their leads are barred at once.

    Without one it is asked for, so that others on the server do not read it among what runs there.
    """
    from models import suppress as listing

    person = asking(open_floor(context))
    numbers = numbers or (click.prompt(_("Number")),)
    new = listing.add([_number(text) for text in numbers], reason=reason, agent_id=person.id, token=token(), now=now())
    click.echo(counted("{count} number is new on the list.", "{count} numbers are new on the list.", new))


@suppress.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_context
def import_numbers(context: click.Context, file: Path, reason: str) -> None:
    """Put the numbers of a file on the list: the first cell of each line that is one."""
    from models import suppress as listing

    person = asking(open_floor(context))
    unread: list[int] = []
    new = listing.add(
        _numbers_of(file, unread), reason=reason or file.name, agent_id=person.id, token=token(), now=now()
    )
    click.echo(counted("{count} number is new on the list.", "{count} numbers are new on the list.", new))
    if unread:
        click.echo(
            counted("{count} line has no number", "{count} lines have no number", len(unread))
            + f": {', '.join(map(str, unread[:10]))}{' …' if len(unread) > 10 else ''}",
            err=True,
        )


@suppress.command("list")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(min=1))
@click.pass_context
def list_numbers(context: click.Context, limit: int) -> None:
    """Print the list, newest first."""
    from models import suppress as listing
    from models.people import require_manager

    require_manager(asking(open_floor(context, read_only=True)).id)
    for line in listing.listed(limit=limit):
        click.echo(f"+{line.number}\t{line.at:%Y-%m-%d}\t{plain(line.agent)}\t{plain(line.reason)}")


@suppress.command("remove")
@click.argument("number")
@click.option("--reason", required=True, help="Why it may be called again, for the record.")
@click.pass_context
def remove(context: click.Context, number: str, reason: str) -> None:
    """Take a number off the list: a manager's right."""
    from models import suppress as listing

    person = asking(open_floor(context))
    if not listing.remove(_number(number), reason=reason, agent_id=person.id, token=token(), now=now()):
        raise Refused("not_suppressed", number=number)
    click.echo(_("{number} may be called again.").format(number=plain(number)))


def _number(text: str) -> int:
    from models.numbers import parse_number
    from models.views import floor

    number = parse_number(text, floor().region)
    if number is None:
        raise Refused("bad_number", number=text)
    return number.number


def _numbers_of(file: Path, unread: list[int]) -> Iterator[int]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for place, row in enumerate(csv.reader(line.replace("\0", "") for line in lines), 1):
            found = next((number for cell in row if (number := _number_or_none(cell)) is not None), None)
            if found is not None:
                yield found
            elif any(cell.strip() for cell in row):
                unread.append(place)


def _number_or_none(text: str) -> int | None:
    try:
        return _number(text)
    except Refused:
        return None
