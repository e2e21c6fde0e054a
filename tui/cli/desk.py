"""`callfloor desk`: an agent's own desk."""

from __future__ import annotations

import click

from tui.cli.shared import caller, session_of


@click.command()
@click.option("--theme", help="dark, light, terminal, or one of your own.")
@click.pass_context
def desk(context: click.Context, theme: str | None) -> None:
    """Open your desk."""
    session = session_of(context)
    session.name(theme=theme)
    open_desk(context, caller(session.config))


def open_own(context: click.Context) -> None:
    """Opens what its caller works with: a desk, or the monitor for those who watch."""
    from tui import opening

    config = session_of(context).config
    login = caller(config)
    context.exit(opening.watch(config, login) if opening.is_watcher(config, login) else opening.run(config, login))


def open_desk(context: click.Context, login: str, *, is_new: bool = False) -> None:
    """Opens the desk of that agent and stays until it is left; `demo` calls it with an agent of its own."""
    from tui import opening

    context.exit(opening.run(session_of(context).config, login, is_new=is_new))
