"""`callfloor monitor`: the supervisor's screen."""

from __future__ import annotations

import click

from tui.cli.shared import caller, session_of


@click.command()
@click.option("--theme", help="dark, light, terminal, or one of your own.")
@click.pass_context
def monitor(context: click.Context, theme: str | None) -> None:
    """Watch the floor: who does what, what needs a look, the live funnel. It can change nothing."""
    session = session_of(context)
    session.name(theme=theme)
    open_monitor(context, caller(session.config))


def open_monitor(context: click.Context, login: str) -> None:
    """Opens the monitor of that person and stays until it is left; `demo` calls it with a supervisor of its own."""
    from tui import opening

    context.exit(opening.watch(session_of(context).config, login))
