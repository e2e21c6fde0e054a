"""`callfloor grants`: the SQL for an account each on PostgreSQL."""

from __future__ import annotations

import click

from tui.cli.shared import open_floor


@click.command()
@click.pass_context
def grants(context: click.Context) -> None:
    """Print the SQL that gives everybody an account of the database: callfloor grants | psql"""
    from models import access

    open_floor(context, read_only=True)
    click.echo(access.grants(), nl=False)
