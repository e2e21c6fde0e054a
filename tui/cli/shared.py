"""What all commands share: the floor's database, who is asking, and refusals in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click

from models.errors import FloorError, Refused, Unavailable

if TYPE_CHECKING:
    from models.cards import Person
    from tui.config import Config

SWEEP_SECONDS = 0.5
LATE = timedelta(seconds=5)
"""A replica that is so far behind says so."""
REFUSED, UNAVAILABLE = 2, 3
"""Exit codes: a rule or bad input says no; the database cannot be used."""


@dataclass
class Session:
    """One run of the command: its flags, and the configuration once somebody asks."""

    flags: dict[str, str] = field(default_factory=dict)
    _config: Config | None = None

    def name(self, **flags: str | None) -> None:
        """Keeps the flags that were given."""
        self.flags |= {name: value for name, value in flags.items() if value is not None}

    @property
    def config(self) -> Config:
        """The configuration, read once."""
        if self._config is None:
            from tui import config, i18n

            self._config = config.load(self.flags, os.environ)
            i18n.use(i18n.chosen(self._config.language, os.environ))
        return self._config


def session_of(context: click.Context) -> Session:
    """The run that a command belongs to."""
    return context.ensure_object(Session)


def database_option() -> click.Option:
    """`--db`, understood before and after the command's name."""

    def keep(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        session_of(context).name(db=value)

    return click.Option(
        ["--db"], metavar="URL", expose_value=False, callback=keep, help="The floor's database: a file or a URL."
    )


def padded(text: str, width: int) -> str:
    """Text filled with blanks to so many cells, for a column."""
    from rich.cells import cell_len

    return text + " " * (width - cell_len(text))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def token() -> str:
    """A name for the command of this run: however often it is sent, it counts once."""
    from models.base import new_token

    return new_token()


def configured(context: click.Context) -> Config:
    """The configuration; from here on its language is spoken."""
    return session_of(context).config


def open_reports(context: click.Context) -> Config:
    """Opens what reports are read from, a replica where one is configured, and says so where it is behind.

    Raises:
        Unavailable: as for `open_floor`.
    """
    from models import feed
    from tui import clocks
    from tui.i18n import _

    config = open_floor(context, read_only=True, url=configured(context).reports_db)
    if (lag := feed.lag()) is not None and lag >= LATE:
        click.echo(_("The replica is behind: this is how it was {span} ago.").format(span=clocks.age(lag)), err=True)
    return config


def open_floor(context: click.Context, *, read_only: bool = False, sweeps: bool = True, url: str = "") -> Config:
    """Opens the floor's database on this thread and looks that it is of this program's age.

    Who may write also takes back some of what an import left whose process died; imports themselves do so in words.

    Raises:
        Unavailable: it is not there, no floor, or of another age.
    """
    from models import connect, schema

    config = configured(context)
    url = url or config.db
    path = connect.sqlite_path(url)
    if path is not None and not path.is_file():
        # SQLite would make an empty one.
        raise Unavailable("not_a_floor")
    connect_until_closed(context, url, read_only=read_only)
    schema.require_current()
    if not read_only and sweeps:
        from models.exchange import taking_back

        taking_back.sweep_for(SWEEP_SECONDS, now())
    return config


def connect_until_closed(context: click.Context, url: str, *, read_only: bool = False) -> None:
    """Opens a database on this thread for as long as the command runs."""
    from models import connect

    database = connect.use(url, read_only=read_only)
    context.call_on_close(database.close)


def caller(config: Config) -> str:
    """The login of whoever runs this: the system's user, or whom the service account's forced command names."""
    account = system_user()
    return (account == config.identity.account and os.environ.get("CALLFLOOR_AGENT")) or account


def system_user() -> str:
    """The login that the system knows this process by."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user without a name, as in some containers
        return str(os.getuid())


def asking(config: Config) -> Person:
    """The person of this floor who runs the command.

    Raises:
        Refused: `stranger`, nobody of that login works here.
    """
    from models import access

    return access.asking(caller(config))


@contextmanager
def spoken() -> Iterator[None]:
    """Says a refusal in one sentence on stderr and ends with its code; never a traceback with people's names."""
    try:
        yield
    except FloorError as error:
        from tui import words

        click.echo(words.refusal(error), err=True)
        sys.exit(UNAVAILABLE if isinstance(error, Unavailable) else REFUSED)


def sum_of_money(text: str) -> Decimal:
    """An amount as somebody typed it.

    Raises:
        Refused: `bad_value`.
    """
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        amount = Decimal(-1)
    if not 0 <= amount < 10**15:
        raise Refused("bad_value", field="amount", example="200000")
    return amount
