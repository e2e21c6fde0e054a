"""Backups: make one, put one back."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli.shared import now, open_floor, session_of
from tui.i18n import _, counted
from tui.plain import plain

KEEP, DAYS = 14, 30
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--to", "folder", type=FOLDER, metavar="DIR", help="Where to; else 'backups' beside the floor.")
@click.option("--keep", type=click.IntRange(1), default=KEEP, show_default=True, help="So many stay at most.")
@click.option("--days", type=click.IntRange(1), default=DAYS, show_default=True, help="Older ones go, but the newest.")
@click.pass_context
def backup(context: click.Context, folder: Path | None, keep: int, days: int) -> None:
    """Copy the floor while everybody works, prove the copy, and let old ones go."""
    from models.copies import backups

    config = open_floor(context, read_only=True)
    folder = (folder or backups.usual_folder(config.db)).expanduser().absolute()
    made = backups.back_up(config.db, folder, now())
    click.echo(
        _("Backed up and proved: {path} ({size} KB)").format(path=plain(str(made.path)), size=f"{made.size // 1024:,}")
    )
    if gone := backups.thin_out(folder, now(), keep=keep, days=days):
        click.echo(counted("{count} old backup is gone.", "{count} old backups are gone.", len(gone)))


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--to", "target", metavar="URL", help="The database; else the one that is configured.")
@click.option("--anyway", is_flag=True, help="Also over a floor that is there; a file is put aside.")
@click.pass_context
def restore(context: click.Context, source: Path, target: str | None, *, anyway: bool) -> None:
    """Put a backup in a floor's place. SOURCE is its folder."""
    from models.copies import backups

    aside = backups.restore(source.absolute(), target or session_of(context).config.db, now(), anyway=anyway)
    click.echo(_("The floor is as it was in {path}.").format(path=plain(str(source))))
    if aside is not None:
        click.echo(_("What was there before lies in {path}.").format(path=plain(str(aside))))
