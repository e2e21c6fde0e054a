"""`callfloor copy`: a floor moved to another database."""

from __future__ import annotations

import os
import sys

import click

from tui.cli.shared import now, session_of
from tui.i18n import _
from tui.plain import plain


@click.command("copy")
@click.option("--from", "source", metavar="URL", help="The floor; else the one that is configured.")
@click.option("--to", "target", metavar="URL", required=True, help="An empty database, or a file to be made.")
@click.option("--anyway", is_flag=True, help="Also while people are logged in: what they then write stays behind.")
@click.pass_context
def copy(context: click.Context, source: str | None, target: str, *, anyway: bool) -> None:
    """Move a floor to another database, from SQLite to PostgreSQL or back, and count whether all arrived."""
    from models.copies import copying
    from tui.cli.record import tell_faults

    config = session_of(context).config
    os.umask(0o077)  # a file that is made is its maker's alone
    done = copying.copy(source or config.db, target, now(), anyway=anyway, progress=_tell)
    for name, rows in sorted(done.rows.items()):
        click.echo(f"{plain(name)}  {rows:,}")
    click.echo(
        _("Copied, counted and added up on both sides: {rows} rows.").format(rows=f"{sum(done.rows.values()):,}")
    )
    tell_faults(context, done.faults)


def _tell(table: str, done: int, total: int) -> None:
    """How far it is, on one line that is written over; nothing where nobody looks."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{table} {done:,} / {total:,}", err=True, nl=False)
        if done >= total:
            click.echo("\r\x1b[K", err=True, nl=False)
