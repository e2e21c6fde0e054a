"""`callfloor manual`: the stage manual of a campaign, or of a playbook before any has it."""

from __future__ import annotations

import sys

import click

from tui.cli.shared import asking, open_reports, session_of


@click.command()
@click.option("--campaign", "name", help="Its name; else the first.")
@click.option(
    "--playbook", "chosen", metavar="NAME|FILE", help="A shipped playbook, or a file, instead of a campaign's."
)
@click.option("--language", type=click.Choice(["en", "zh_CN"]), help="Else yours.")
@click.pass_context
def manual(context: click.Context, name: str | None, chosen: str | None, language: str | None) -> None:
    """Print the stage manual: paged in a terminal, Markdown into a pipe or a file."""
    from tui.cli.playbooks import campaign_named, read_checked
    from tui.manual import manual as written

    session_of(context).name(language=language)
    if chosen is not None:
        playbook = read_checked(context, chosen)
    else:
        asking(open_reports(context))
        playbook = campaign_named(name).playbook
    text = written(playbook)
    if sys.stdout.isatty():
        click.echo_via_pager(_rendered(text), color=True)
    else:
        click.echo(text, nl=False)


def _rendered(text: str) -> str:
    """Markdown as a terminal shows it best."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True)
    with console.capture() as capture:
        console.print(Markdown(text))
    return capture.get()
