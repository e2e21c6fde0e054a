"""`callfloor report`: every figure and sheet, to read here or as a file."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.errors import Refused
from tui.cli.shared import asking, now, open_reports, session_of
from tui.i18n import _
from tui.plain import plain

if TYPE_CHECKING:
    from models.cards import Person
    from models.reports.periods import Period
    from models.reports.slices import Slice
    from tui.config import Config
    from tui.reports.asking import Asked
    from tui.reports.catalogue import Entry
    from tui.reports.sheet import Report

KINDS = ("day", "week", "month", "quarter", "year")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name", required=False)
@click.option("--list", "as_list", is_flag=True, help="Every report, with what it can be split by.")
@click.option(
    "--period", "kind", type=click.Choice(KINDS), help="The day, week, month … in which --from lies; else now."
)
@click.option("--from", "since", type=DAY, help="First day.")
@click.option("--to", "until", type=DAY, help="The day after the last.")
@click.option("--all", "all_time", is_flag=True, help="Everything that ever was.")
@click.option("--by", default="", help="What it is split by; --list says what each can be.")
@click.option("--campaign", help="Its name; else the first.")
@click.option("--team", help="Its name.")
@click.option("--agent", metavar="LOGIN", help="One agent alone.")
@click.option("--source", help="Leads of one source alone, by its code or name.")
@click.option("--industry", help="Leads of one industry alone.")
@click.option("--product", help="Leads of one product alone.")
@click.option("--amount-from", metavar="AMOUNT", help="Leads that are expected to bring at least this much.")
@click.option("--amount-to", metavar="AMOUNT", help="Leads that are expected to bring less than this.")
@click.option("--format", "form", help="table, csv, json, xlsx or md; else what the file's name says, else a table.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; - for the output.")
@click.option("--more", is_flag=True, help="The tracking sheet with phone, e-mail, title, industry and product.")
@click.option("--language", type=click.Choice(["en", "zh_CN"]), help="Else yours.")
@click.pass_context
def report(context: click.Context, /, name: str | None, as_list: bool, **said: Any) -> None:
    """Print a report, or write it to a file: figures, plans and the sheets that the trade keeps.

    Without --from and --to it goes over the period in which this moment lies: mostly a month, a day or a week for
    reports of those.
    """
    from models.connect import snapshot
    from tui.reports.catalogue import entry

    session_of(context).name(language=said.pop("language"))
    config = open_reports(context)
    person = asking(config)
    if as_list or name is None:
        _list()
        return
    wanted = entry(name)
    form = _format(said.pop("form"), said["out"])
    out = said.pop("out")
    with snapshot():
        asked = _asked(name, wanted, person, config, **said)
        _write(wanted.make(asked), form, out, asked)


def _list() -> None:
    from tui.reports.catalogue import ENTRIES

    for name, one in sorted(ENTRIES.items()):
        by = f" [--by {'|'.join(one.by)}]" if one.by else ""
        click.echo(f"{name:<12} {_(one.title)}: {_(one.summary)}{by}")


def _format(said: str | None, out: Path | None) -> str:
    """The format that was asked for, or that the file's name asks for.

    Raises:
        Refused: `unknown_format`, `format_needs_file`.
    """
    from tui.reports import files

    is_file = out is not None and str(out) != "-"
    form = said or (files.format_of(out) if out is not None and is_file else "") or "table"
    if form not in files.FORMATS:
        raise Refused("unknown_format", format=form, allowed=files.FORMATS)
    if form == "xlsx" and not is_file and sys.stdout.isatty():
        raise Refused("format_needs_file", format=form)
    return form


def _write(made: Report, form: str, out: Path | None, asked: Asked) -> None:
    from tui.reports import files, printed

    if out is not None and str(out) != "-":
        files.put(made, form, asked.frame, out)
        click.echo(_("Saved: {file}").format(file=plain(str(out))), err=True)
        return
    stream = sys.stdout.buffer
    if form == "xlsx":  # a book is put together in more than one go
        whole = io.BytesIO()
        files.writer(form)(made, asked.frame, whole)
        stream.write(whole.getvalue())
    elif form == "table" and sys.stdout.isatty():
        import shutil

        printed.write(made, asked.frame, stream, width=shutil.get_terminal_size().columns)
    else:
        files.writer(form)(made, asked.frame, stream)
    stream.flush()


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(
    name: str,
    wanted: Entry,
    person: Person,
    config: Config,
    *,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    all_time: bool,
    by: str,
    campaign: str | None,
    more: bool,
    **narrower: str | None,
) -> Asked:
    from models import views
    from models.people import Role
    from models.reports.slices import narrowed
    from models.watching.masks import Mask
    from tui import clocks
    from tui.cli.playbooks import campaign_named
    from tui.lines.frame import Frame
    from tui.reports.asking import Asked

    card, at, book = views.floor(), now(), campaign_named(campaign)
    if by and by not in wanted.by:
        raise Refused("unknown_split", by=by, allowed=wanted.by)
    chosen = _slice(book.campaign_id, book.playbook, narrower)
    selection = {"campaign": book.name, **{code: said.strip() for code, said in narrower.items() if said is not None}}
    return Asked(
        name=name,
        title=_(wanted.title),
        viewer=person,
        campaign=book,
        period=_period(wanted, kind, since, until, at, all_time=all_time),
        slice=narrowed(person.id, chosen),
        selection=selection,
        now=at,
        frame=Frame(at, clocks.zone(card.zone), card.currency),
        by=by or (wanted.by[0] if wanted.by else ""),
        mask=Mask(config.monitor.numbers) if person.role is Role.SUPERVISOR else Mask.FULL,
        is_whole=more,
    )


def _period(
    wanted: Entry, kind: str | None, since: datetime | None, until: datetime | None, at: datetime, *, all_time: bool
) -> Period:
    """The period that was said, else the usual one of the report.

    Raises:
        Refused: `period_twice`, `period_empty`.
    """
    from models.reports import periods
    from models.zones import floor_zone

    if all_time:
        if since or until or kind:
            raise Refused("period_twice")
        return periods.on_record(at)
    usual = periods.PeriodKind(kind) if kind else wanted.period
    if until is None:
        day = since.date() if since else at.astimezone(floor_zone()).date()
        return periods.of_day(usual, day, floor_zone())
    if since is None:
        since = datetime.combine(
            periods.of_day(usual, until.date() - timedelta(days=1), None).since, datetime.min.time()
        )
    return periods.between(since.date(), until.date())


def _slice(campaign_id: int, playbook: Any, said: dict[str, str | None]) -> Slice:
    """The selection by names, as ids and codes.

    Raises:
        Refused: `unknown_team`, `unknown_agent`, `unknown_source`, `bad_amount`.
    """
    from models.crew import agent_of, team_id
    from models.reports.slices import Slice

    source = said["source"]
    known = playbook.source(source) if source else None
    if source and known is None:
        raise Refused("unknown_source", allowed=tuple(one.code for one in playbook.sources))
    return Slice(
        campaign_id,
        team_id=team_id(said["team"]) if said["team"] else None,
        agent_id=agent_of(said["agent"]).id if said["agent"] else None,
        source=known.code if known else source,
        industry=said["industry"],
        product=said["product"],
        amount_from=_amount(said["amount_from"]),
        amount_to=_amount(said["amount_to"]),
    )


def _amount(said: str | None) -> Decimal | None:
    try:
        found = Decimal(said.replace(",", "")) if said is not None else None
    except InvalidOperation:
        raise Refused("bad_amount", found=said) from None
    if found is not None and not (found.is_finite() and found >= 0):
        raise Refused("bad_amount", found=said)
    return found
