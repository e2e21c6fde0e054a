"""The configuration: flags over environment over files over defaults, and which of them said what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from models.errors import Refused
from tui.i18n import marked as N_

if TYPE_CHECKING:
    from textual.theme import Theme

SYSTEM = Path("/etc/callfloor/config.toml")
PASSWORD = re.compile(r"(?<=://)(?P<user>[^:/?#@]*:)[^/?#]+(?=@)|(?<=[?&]password=)[^&]+")


class Identity(Struct, frozen=True):
    """Who may say who they are."""

    account: str = ""
    """The service account whose forced commands name the agent. Only the system's own file can say it."""


class Dial(Struct, frozen=True):
    """How a number is handed over to the telephone."""

    way: str = "both"
    """link, clipboard, both, command or none."""
    command: tuple[str, ...] = ()
    """Program and arguments; '{number}' is the number. Never run through a shell."""


NUMBERS = ("full", "masked", "hidden")
"""How customers' numbers may be shown to who watches, the widest first."""


class Monitor(Struct, frozen=True):
    """What the monitor may show."""

    numbers: str = NUMBERS[0]
    """Of a customer's numbers: all of them, their ends, or nothing. The machine's file says how much, one's own file
    may only narrow it."""


class Glass(Struct, frozen=True):
    """Whether supervisors may see an agent's screen. Only the machine's own file can say it: nobody opts in or out."""

    allowed: bool = False
    folder: str = ""
    """Where the desks' sockets lie; empty: beside a SQLite floor, else where `deploy/` makes it."""


class Config(Struct, frozen=True):
    """What was configured."""

    language: str = ""
    """en or zh_CN; empty: the terminal's."""
    theme: str = "dark"
    zone: str = ""
    """Where the agent sits, by the name of its time zone; empty: where the floor is."""
    db: str = ""
    read_db: str = ""
    """A replica of the floor, for what only reads; empty: the floor itself is read."""
    identity: Identity = Identity()
    dial: Dial = Dial()
    monitor: Monitor = Monitor()
    glass: Glass = Glass()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id → key, where it is not the usual one."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Setting → where its value comes from: a file, a variable, a flag; not there: the default."""

    @property
    def reports_db(self) -> str:
        """Where screens and reports read that never write."""
        return self.read_db or self.db


TEXT, TRUTH, WORDS = N_("text"), N_("true or false"), N_("a list of texts")
SETTINGS = {
    "language": TEXT,
    "theme": TEXT,
    "zone": TEXT,
    "db": TEXT,
    "read_db": TEXT,
    "identity.account": TEXT,
    "dial.way": TEXT,
    "dial.command": WORDS,
    "monitor.numbers": TEXT,
    "glass.allowed": TRUTH,
    "glass.folder": TEXT,
}
"""Every setting and what it holds; `keys.*` holds a text for each command."""

OF_MACHINE = frozenset({"identity.account", "glass.allowed", "glass.folder"})
"""What somebody's own file says in vain."""

CHOICES = {
    "language": ("", "en", "zh_CN"),
    "dial.way": ("link", "clipboard", "both", "command", "none"),
    "monitor.numbers": NUMBERS,
}
VARIABLES = {
    "CALLFLOOR_DB": "db",
    "CALLFLOOR_READ_DB": "read_db",
    "CALLFLOOR_LANGUAGE": "language",
    "CALLFLOOR_THEME": "theme",
    "CALLFLOOR_ZONE": "zone",
}


def load(flags: Mapping[str, str], environ: Mapping[str, str], *, system: Path = SYSTEM) -> Config:
    """The configuration of this run.

    Args:
        flags: what the command line said; `file` names a configuration in place of the user's own.
        environ: the environment.
        system: the file that the whole machine shares.

    Raises:
        Refused: `config_unread`, `config_unknown`, `config_type`, `config_choice`, `config_zone`, with file, line and
            key; `dial_no_command`.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def take(found: Mapping[str, Any], source: str) -> None:
        if "db" in found:  # another floor: what was said of a replica was said of the one before
            values.pop("read_db", None)
            sources.pop("read_db", None)
        values.update(found)
        sources.update(dict.fromkeys(found, source))

    if place := _place(environ.get("TZ", "")):
        take({"zone": place}, "TZ")
    if system.is_file():
        take(_read(system), str(system))
    path = user_file(flags, environ)
    if is_named(flags, environ) or path.is_file():
        take({name: value for name, value in _read(path).items() if _may_say(name, value, values)}, str(path))
    for variable, name in VARIABLES.items():
        if environ.get(variable):
            take({name: _checked(name, environ[variable], variable, 0)}, variable)
    for name, value in flags.items():
        if name in SETTINGS:
            take({name: _checked(name, value, f"--{name}", 0)}, f"--{name}")
    return _config(values, sources)


def _may_say(name: str, value: Any, of_machine: Mapping[str, Any]) -> bool:
    """Whether somebody's own file may say this: it gives nobody more rights than the machine's file does."""
    if name == "monitor.numbers":
        return NUMBERS.index(value) >= NUMBERS.index(of_machine.get(name, NUMBERS[0]))
    return name not in OF_MACHINE


def _place(zone: str) -> str:
    """The place that a session's TZ names; UTC and its like are a machine's clock, not where somebody sits."""
    name = zone.removeprefix(":")
    return name if "/" in name and not name.startswith("Etc/") and _is_zone(name) else ""


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _config(values: Mapping[str, Any], sources: Mapping[str, str]) -> Config:
    def under(table: str) -> dict[str, Any]:
        return {name.removeprefix(f"{table}."): value for name, value in values.items() if name.startswith(f"{table}.")}

    dial = Dial(**under("dial"))
    if dial.way == "command" and not (dial.command and dial.command[0]):
        raise Refused("dial_no_command", file=sources["dial.way"])
    return Config(
        language=values.get("language", ""),
        theme=values.get("theme", "dark"),
        zone=values.get("zone", ""),
        db=values.get("db") or default_database(),
        read_db=values.get("read_db", ""),
        identity=Identity(**under("identity")),
        dial=dial,
        monitor=Monitor(**under("monitor")),
        glass=Glass(**under("glass")),
        keys=under("keys"),
        sources=sources,
    )


def default_database() -> str:
    """The floor of a machine where nobody configured one: a file among the user's own."""
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('callfloor') / 'floor.db'}"


def without_password(url: str) -> str:
    """A database's URL as it may be shown.

    >>> without_password("postgresql://li:a:b@floor/callfloor?sslmode=require&password=c")
    'postgresql://li:***@floor/callfloor?sslmode=require&password=***'
    """
    return PASSWORD.sub(r"\g<user>***", url)


def is_named(flags: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Whether somebody said which file is the user's; then it has to be there."""
    return bool(flags.get("file") or environ.get("CALLFLOOR_CONFIG"))


def user_file(flags: Mapping[str, str], environ: Mapping[str, str]) -> Path:
    """The user's own file: the one that a flag or a variable names, else the one in the usual place."""
    if named := flags.get("file") or environ.get("CALLFLOOR_CONFIG"):
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("callfloor") / "config.toml"


def known_themes() -> dict[str, Theme]:
    """The themes that there are by name: those that ship, and the user's own, which may replace them.

    Raises:
        Refused: `theme_bad`, with the file and what is wrong in it.
    """
    from platformdirs import user_config_path

    import themes

    own = user_config_path("callfloor") / "themes"
    try:
        return themes.load([own] if own.is_dir() else [])
    except themes.ThemeFault as fault:
        raise Refused("theme_bad", file=fault.file, why=fault.why) from fault


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("config_unread", file=str(path), why=str(error)) from error
    from models import toml_lines

    lines = toml_lines.lines(text)
    return {
        name: _checked(name, value, str(path), toml_lines.line_of(place, lines)) for name, place, value in _flat(table)
    }


def _flat(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Settings by their dotted names, with the keys that lead to them; `desk.quit` under `[keys]` needs no quotes."""
    for key, value in table.items():
        place = (*above, key)
        if isinstance(value, dict):
            yield from _flat(value, place)
        else:
            yield ".".join(place), place, value


def _checked(name: str, value: Any, file: str, line: int) -> Any:
    kind = TEXT if name.startswith("keys.") else SETTINGS.get(name)
    if kind is None:
        raise Refused("config_unknown", file=file, line=line, key=name, allowed=", ".join(SETTINGS))
    is_right = {
        TEXT: isinstance(value, str),
        TRUTH: isinstance(value, bool),
        WORDS: isinstance(value, list) and all(isinstance(one, str) for one in value),
    }[kind]
    if not is_right:
        raise Refused("config_type", file=file, line=line, key=name, kind=kind)
    if name in CHOICES and value not in CHOICES[name]:
        allowed = ", ".join(choice for choice in CHOICES[name] if choice)
        raise Refused("config_choice", file=file, line=line, key=name, found=value, allowed=allowed)
    if name == "zone" and value and not _is_zone(value):
        raise Refused("config_zone", file=file, line=line, key=name, found=value)
    return tuple(value) if kind is WORDS else value
