"""`callfloor import`: a list comes in, is looked at first, and can be taken back."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.errors import FloorError, Refused, Unavailable
from tui.cli import list_words as say
from tui.cli.shared import REFUSED, UNAVAILABLE, asking, now, open_floor
from tui.i18n import _
from tui.plain import plain

if TYPE_CHECKING:
    from models.exchange.planning import Order, Plan, Progress
    from models.exchange.taking_back import Undone

STOPPED = 130
"""Exit code after Ctrl+C."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EXAMPLE_CELLS = 48


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--map", "map_", default="", metavar="MAP", help="A map file, or a shipped one: dialler.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and stop there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--team", default="", help="The leads go to this team's pool.")
@click.option("--owner", default="", metavar="LOGIN", help="The leads go to this agent.")
@click.option("--pool", is_flag=True, help="The leads go to the floor's pool (as without a word).")
@click.option("--source", default="", help="The source of rows that name none.")
@click.option("--campaign", default="", help="The campaign that works them; else the floor's first.")
@click.option(
    "--duplicates",
    default="merge",
    show_default=True,
    type=click.Choice(["skip", "merge", "contact"]),
    help="Rows whose number is known: leave out, fill empty fields, or add as a contact.",
)
@click.option("--sheet", default="", help="The sheet of a spreadsheet; else its first that is not empty.")
@click.option("--encoding", default="", help="The encoding, where it is guessed wrong.")
@click.option("--separator", default="", help="The separator, where it is guessed wrong.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of which it tells: days in a stage are counted back from there, else from the last touch.",
)
@click.option("--rejected", type=click.Path(path_type=Path), help="Where rows go that are not taken.")
@click.option("--list", "is_list", is_flag=True, help="Show all imports.")
@click.option("--undo", metavar="ID", type=int, help="Take an import back where nothing has been worked on.")
@click.pass_context
def import_list(context: click.Context, /, file: Path | None, is_list: bool, undo: int | None, **options: Any) -> None:
    """Take a list of leads in: CSV of any kind, xlsx, xls or ods.

    It shows what it understood and what it will do, and asks.
    """
    with refusals_in_words():
        by = asking(open_floor(context, sweeps=False)).id
        if is_list:
            _show_all(by)
        elif undo is not None:
            _take_back(undo, by)
        elif file is None:
            raise click.UsageError(_("Say which list: callfloor import FILE"))
        else:
            _run(_order(file, by, options), options)


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Refusals that only the import knows, in its own words."""
    from models.playbook import PlaybookFault
    from tui import words

    try:
        yield
    except FloorError as error:
        click.echo(say.refusal(error), err=True)
        sys.exit(UNAVAILABLE if isinstance(error, Unavailable) else REFUSED)
    except PlaybookFault as fault:
        click.echo("\n".join(words.faults(fault)), err=True)
        sys.exit(REFUSED)


def _order(file: Path, by: int, options: dict[str, Any]) -> Order:
    from models.base import rows_of
    from models.exchange.planning import Order

    if sum(map(bool, (options["team"], options["owner"], options["pool"]))) > 1:
        raise click.UsageError(_("Say one of --team, --owner and --pool."))
    campaign = None
    if options["campaign"]:
        found = rows_of("SELECT id FROM campaign WHERE name = ? AND closed_at IS NULL", (options["campaign"],))
        if not found:
            raise Refused("no_campaign")
        campaign = found[0][0]
    names = ("sheet", "encoding", "duplicates", "source", "team", "owner")
    separator = options["separator"].encode().decode("unicode_escape")
    if len(separator) > 1:
        raise click.UsageError(_("A separator is one sign."))
    as_of = options["as_of"].date() if options["as_of"] else None
    own = {name: options[name] for name in names}
    return Order(file, by, options["map_"], separator=separator, campaign_id=campaign, as_of=as_of, **own)


def _run(order: Order, options: dict[str, Any]) -> None:
    from models.exchange.planning import Stopped, plan
    from models.exchange.rejects import write
    from models.exchange.taking_back import tidy

    with _progress() as progress:
        for undone in tidy(order.by, now(), progress):
            click.echo(_("An import had stopped halfway."), err=True)
            _say_undone(undone)
    with _progress() as progress, _stopping() as is_stopped:
        try:
            made = plan(order, now(), progress, is_stopped)
        except Stopped:
            click.echo(_("Stopped. Nothing was taken in."), err=True)
            sys.exit(STOPPED)
    try:
        _show(made)
        playbook = made.setting.book.playbook
        if options["dry_run"]:
            click.echo(_("This was a dry run: nothing was taken in."))
            return
        if not options["yes"] and not click.confirm(_("Go on?"), default=False, err=True):
            click.echo(_("Nothing was taken in."), err=True)
            sys.exit(REFUSED)
        _apply(made)
        path = write(made, lambda one: say.reason(playbook, one), _("reason"), options["rejected"])
        if path is not None:
            click.echo(_("Rows that were not taken, each with its reason: {file}").format(file=plain(str(path))))
    finally:
        made.close()


def _apply(made: Plan) -> None:
    from models.exchange.revealing import Interrupted, apply

    with _progress() as progress, _stopping() as is_stopped:
        try:
            result = apply(made, now(), progress, is_stopped)
        except Interrupted as stop:
            click.echo(_("Stopped."), err=True)
            if stop.undone is not None:
                _say_undone(stop.undone)
            else:
                click.echo(
                    _("What was taken in until then is taken back by the desks, or by the next import."), err=True
                )
            if isinstance(stop.cause, FloorError):
                raise stop.cause from stop
            sys.exit(STOPPED)
    done = (
        _("Import {id}: {taken} taken in, {merged} of the floor's own filled up. Back: callfloor import --undo {id}")
        if result.merged
        else _("Import {id}: {taken} taken in. Back: callfloor import --undo {id}")
    )
    click.echo(done.format(id=result.intake_id, taken=say.leads(result.taken), merged=say.leads(result.merged)))
    _catalogue()


def _catalogue() -> None:
    """What came in or went is found or not found from now on. Where this stops, the desks go on with it."""
    from models.search.catalogue import catch_up

    with _progress() as progress, _stopping() as is_stopped:
        catch_up(progress, is_stopped)


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _show(made: Plan) -> None:
    listing = made.listing
    how = _("sheet {name}").format(name=plain(listing.sheet)) if listing.sheet else listing.encoding
    click.echo(
        _("{file}: {rows}, {how}, {header}").format(
            file=plain(listing.name),
            rows=say.rows(made.rows),
            how=how,
            header=_("with headings") if made.has_header else _("without headings"),
        )
    )
    playbook = made.setting.book.playbook
    for one in made.meanings:
        samples = " · ".join(plain(text, EXAMPLE_CELLS) for text in one.samples if text)
        click.echo(
            f"  {say.meaning(playbook, one.target)} ← {say.origin(one.rule, made.names, made.how.columns)}"
            + (f"   {samples}" if samples else "")
        )
    if made.unused:
        click.echo(_("  not taken: {columns}").format(columns=", ".join(plain(name) for name in made.unused)))
    if not made.has_header and not made.order.map:
        click.echo(_("  other columns: name a map of them, as --map dialler for lists that diallers keep"))
    for number, at in made.before:
        click.echo(_("This very file came in already: import {id}, {day}.").format(id=number, day=f"{at:%Y-%m-%d}"))
    _show_counts(made)


def _show_counts(made: Plan) -> None:
    from tui import words

    playbook = made.setting.book.playbook
    stages = ", ".join(f"{words.stage_name(playbook, code)} {count:,}" for code, count in made.stages.items())
    click.echo(_("New: {leads}").format(leads=say.leads(made.new)) + (f" ({stages})" if stages else ""))
    policy = {
        "skip": _("left out"),
        "merge": _("empty fields are filled from them"),
        "contact": _("their people are added as contacts"),
    }[made.order.duplicates]
    for count, text in (
        (made.twins, _("{rows} with a number that stands earlier in the list: {policy}")),
        (made.known, _("{rows} with a number that the floor has: {policy}")),
        (made.suppressed, _("{rows} with a number on the suppression list: left out")),
    ):
        if count:
            click.echo(text.format(rows=say.rows(count), policy=policy))
    for code, count in made.rejected.items():
        click.echo(_("{rows} rejected: {reason}").format(rows=say.rows(count), reason=say.rejected(code)))
    for code, count in made.notes.items():
        click.echo(_("{rows}: {note}").format(rows=say.rows(count), note=say.note(code, made.setting.source)))


def _show_all(by: int) -> None:
    from models.exchange.intakes import listed

    for line in listed(by):
        counts = _("{rows}: {taken} taken in, {merged} filled up, {rejected} rejected").format(
            rows=say.rows(line.rows), taken=line.taken, merged=line.merged, rejected=line.rejected
        )
        state = _(say.STATES[line.state])
        click.echo(f"{line.id}\t{line.at:%Y-%m-%d %H:%M}\t{plain(line.agent)}\t{plain(line.file)}\t{counts}\t{state}")


def _take_back(intake: int, by: int) -> None:
    from models.exchange.taking_back import undo

    with _progress() as progress:
        _say_undone(undo(intake, by, now(), progress))
    _catalogue()


def _say_undone(undone: Undone) -> None:
    click.echo(_("Import {id}: {leads} taken back.").format(id=undone.intake_id, leads=say.leads(undone.voided)))
    if undone.restored:
        click.echo(_("{leads} of the floor's own are as they were before.").format(leads=say.leads(undone.restored)))
    if undone.stay:
        names = ", ".join(plain(name) for name in undone.examples) + (
            " …" if undone.stay > len(undone.examples) else ""
        )
        click.echo(
            _("{leads} stay, because somebody has worked on them: {names}").format(
                leads=say.leads(undone.stay), names=names
            )
        )
    if undone.kept:
        click.echo(_("Fields that were changed since stay as they are: {count}").format(count=undone.kept))


# ── while it runs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _progress() -> Iterator[Progress]:
    """A line on stderr: a bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _plain_progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(_(say.PHASES[phase]), total=None)
            bar.update(tasks[phase], completed=done, total=total or None)

        yield show


def _plain_progress() -> Progress:
    tenths: dict[str, int] = {}

    def show(phase: str, done: int, total: int) -> None:
        tenth = done * 10 // total if total else done // 100_000
        if tenths.get(phase, 0) < tenth:
            tenths[phase] = tenth
            click.echo(f"{_(say.PHASES[phase])}: {done:,}" + (f" / {total:,}" if total else ""), err=True)

    return show


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """A signal asks the import to end where it can end well, instead of breaking it off."""
    asked: list[int] = []
    before = {one: signal.signal(one, lambda number, _frame: asked.append(number)) for one in SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
