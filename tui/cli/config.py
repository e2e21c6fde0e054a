"""`callfloor config`: every setting, its value, and which file, variable or flag said so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click
from rich.cells import cell_len

from tui.cli.shared import padded, session_of
from tui.config import SETTINGS, SYSTEM, Config, known_themes, user_file, without_password
from tui.i18n import _
from tui.i18n import marked as N_
from tui.plain import plain

DEFAULT = N_("default")
MOST = 44
"""A value that is longer pushes only its own line."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it stands in this run."""

    name: str
    value: object
    source: str
    """A file, a variable, a flag, or `DEFAULT`."""


@click.group()
def config() -> None:
    """What is configured here, and who said so."""


@config.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_context
def show(context: click.Context, as_json: bool) -> None:
    """Print every setting, its value, and which file, variable or flag set it."""
    session = session_of(context)
    found = session.config
    _refuse_what_is_unknown(found)
    settings = list(_settings(found, os.environ))
    files = _files(session.flags, os.environ)
    if as_json:
        rows = [{"name": one.name, "value": one.value, "from": one.source} for one in settings]
        click.echo(json.dumps({"files": files, "settings": rows}, ensure_ascii=False, indent=2))
        return
    names, values = (
        min(MOST, max(map(cell_len, column)))
        for column in zip(*((one.name, _shown(one.value)) for one in settings), strict=True)
    )
    for one in settings:
        source = _(DEFAULT) if one.source == DEFAULT else plain(one.source)
        click.echo("  ".join((padded(one.name, names), padded(_shown(one.value), values), source)))
    click.echo()
    click.echo(_("Read in this order, a later one wins: files, variables, flags. The files:"))
    for path, is_there in files.items():
        click.echo(f"  {plain(path)}" + ("" if is_there else "  " + _("(not there)")))


def _settings(found: Config, environ: Mapping[str, str]) -> Iterator[Setting]:
    from tui import i18n
    from tui.commands import DESK
    from tui.figures.commands import FIGURES
    from tui.monitor.commands import MONITOR

    for name in SETTINGS:
        value, source = _value(found, name), found.sources.get(name, DEFAULT)
        if name in ("db", "read_db"):
            value = without_password(str(value))
        elif name == "language" and not value:
            value = i18n.chosen("", environ)
            source = next((one for one in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(one)), DEFAULT)
        yield Setting(name, value, source)
    keys = {command.id: command.key for command in (*DESK, *MONITOR, *FIGURES)} | dict(found.keys)
    for command, key in keys.items():
        yield Setting(f"keys.{command}", key, found.sources.get(f"keys.{command}", DEFAULT))


def _value(found: Config, name: str) -> object:
    value: object = found
    for part in name.split("."):
        value = getattr(value, part)
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return plain(" ".join(map(str, value))) or "–"
    return plain(str(value)) or "–"


def _files(flags: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, bool]:
    own = user_file(flags, environ)
    return {str(path): path.is_file() for path in (SYSTEM, own)}


def _refuse_what_is_unknown(found: Config) -> None:
    """As the desk would: themes and keys by name. Keys of outcomes are the playbook's to know."""
    from models.errors import Refused
    from tui import keys
    from tui.commands import DESK
    from tui.figures.commands import keymap as figure_keys
    from tui.monitor.commands import MONITOR

    themes = known_themes()
    if found.theme not in themes:
        raise Refused("theme_unknown", theme=found.theme, allowed=tuple(sorted(themes)))
    own = {name: key for name, key in found.keys.items() if not name.startswith("desk.log-")}
    for commands in (DESK, MONITOR):
        figure_keys(keys.keymaps(commands, {0: ()}, own)[0], own)
