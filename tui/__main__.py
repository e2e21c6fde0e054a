"""The command `callfloor`. Nothing heavy is imported before a command is chosen."""

from __future__ import annotations

import sys

import click

from tui.cli import VERSION, CommandTable
from tui.cli.shared import Session


@click.group(cls=CommandTable, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config_file", type=click.Path(), help="Read this configuration instead of your own.")
@click.option("--language", help="en or zh_CN; else as configured, else the terminal's.")
@click.version_option(VERSION, prog_name="callfloor")
@click.pass_context
def callfloor(context: click.Context, config_file: str | None, language: str | None) -> None:
    """A telesales floor in the terminal: who to call next, what was said, where every lead stands.

    Without a command it opens your desk; the monitor, where you supervise.
    """
    session = context.ensure_object(Session)
    session.name(file=config_file, language=language)
    if context.invoked_subcommand is None:
        from tui.cli.desk import open_own

        open_own(context)


def main() -> None:
    """What the entry point calls. What nobody foresaw is named by a reference: its own text may tell of a customer."""
    try:
        sys.exit(callfloor(prog_name="callfloor"))
    except Exception as error:  # noqa: BLE001  click tells of its own; nothing else is foreseen
        from tui import mishap

        click.echo(mishap.sentence(error), err=True)
        sys.exit(mishap.UNFORESEEN)


if __name__ == "__main__":
    main()
