"""`callfloor demo`: a floor to try things on, with made-up people, opened at the desk of one of its agents."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from tui.cli.desk import open_desk
from tui.cli.monitor import open_monitor
from tui.cli.shared import configured, now, session_of
from tui.i18n import _
from tui.plain import plain

COMPANY = 3
"""So many colleagues come with `--alive`."""
UNHURRIED = 18.0
"""Seconds between two steps of one of a whole floor: it moves every second, and states grow old enough to be read."""


@click.command()
@click.option("--alive", is_flag=True, help="Colleagues work on it too while your desk is open.")
@click.option("--agent", "login", default="li.wei", show_default=True, metavar="LOGIN", help="Whose desk to open.")
@click.option(
    "--monitor", "is_watched", is_flag=True, help="Open the monitor in place of a desk, with colleagues at work."
)
@click.option("--fresh", is_flag=True, help="Make it anew; what was done on the old one is gone.")
@click.option(
    "--where",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep it in this file; else among your cached ones.",
)
@click.pass_context
def demo(context: click.Context, alive: bool, login: str, is_watched: bool, fresh: bool, where: Path | None) -> None:
    """Try it: a floor with made-up people, three thousand leads and six months of history.

    It is made when it is not there yet, or older than a day.
    """
    from models.demo import crew, making
    from models.demo.alive import colleagues

    path = (where or _usual_place()).expanduser().resolve()
    session_of(context).name(db=str(path))
    configured(context)
    is_new = _make(path, fresh=fresh) or making.is_untouched(path)
    if is_watched:
        with colleagues(
            str(path), [agent.login for agent in crew.AGENTS], pace=UNHURRIED, to_a_process=len(crew.AGENTS)
        ):
            open_monitor(context, crew.MANAGER.login)
    with _colleagues(path, login) if alive else nullcontext():
        open_desk(context, login, is_new=is_new)


def _usual_place() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("callfloor") / "demo.db"


def _make(path: Path, *, fresh: bool) -> bool:
    """Makes the floor where there is none of today; says whether it did."""
    from models.demo import making

    if path.exists() and making.made_at(path) is None:
        # Somebody's own floor, or another file: a demo never takes its place.
        raise click.UsageError(_("{file} is no demo floor; name another file.").format(file=plain(str(path))))
    if not fresh and making.is_alive(path, now()):
        return False
    click.echo(_("Making a floor with made-up people and six months of calls …"), err=True)
    try:
        making.make(path, now())
    except OSError as error:
        text = _("The demo floor cannot be kept in {file}: {why}.")
        raise click.ClickException(text.format(file=plain(str(path)), why=error.strerror or "?")) from error
    return True


def _colleagues(path: Path, login: str) -> AbstractContextManager[object]:
    from models.demo import alive, crew

    others = [colleague for colleague in crew.COLLEAGUES if colleague != login]
    return alive.colleagues(str(path), others[:COMPANY])
