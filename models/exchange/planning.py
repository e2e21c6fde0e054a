"""What an import will do, told before it does anything: the plan that a manager agrees to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import funnel
from models.base import moment, rows_of
from models.campaigns import book, books
from models.connect import translated
from models.crew import agent_of, team_id
from models.errors import Refused
from models.exchange import duplicates, guessing
from models.exchange.drafters import Drafters
from models.exchange.drafting import Rows, Setting
from models.exchange.mapfile import load_map
from models.exchange.mapping import ListMap, Rule
from models.exchange.reading import Listing, digest_of, open_list
from models.exchange.staging import KNOWN, NEW, SUPPRESSED, TWIN, Staging
from models.people import Agent, Floor, Role, require_manager
from models.zones import floor_zone

BATCH = 5_000
SAMPLES = 3

Progress = Callable[[str, int, int], None]
"""Phase, how much is done, of how much (0: not known)."""


class Stopped(Exception):
    """Whoever started it wants it to end; nothing of it is in the store."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a manager asks for."""

    path: Path
    by: int
    map: str = ""
    """A map's file, or the name of a shipped one; else the list is looked at."""
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    duplicates: str = duplicates.MERGE
    source: str = ""
    team: str = ""
    owner: str = ""
    campaign_id: int | None = None
    as_of: date | None = None
    """The day of which the list tells; else days in a stage are counted back from the last touch."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a rule of the map is for, where its text comes from, and what that gives for the first rows."""

    target: tuple[str, ...]
    """A field of the lead; or 'history' and a place in it, as `History.rules` names them."""
    rule: Rule
    samples: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """What will happen. Close it when it is over: its staged rows go with it."""

    order: Order
    listing: Listing
    setting: Setting
    how: ListMap
    has_header: bool
    names: tuple[str, ...]
    staging: Staging
    digest: str
    rows: int = 0
    fates: dict[int, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    """Code of a reason → how many rows."""
    notes: dict[str, int] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    """Where the new leads will stand."""
    meanings: tuple[Meaning, ...] = ()
    unused: tuple[str, ...] = ()
    """Columns that are not taken."""
    before: tuple[tuple[int, datetime], ...] = ()
    """Imports of the very same file: number and moment."""

    @property
    def new(self) -> int:
        """Leads that will be taken in."""
        return self.fates.get(NEW, 0)

    @property
    def twins(self) -> int:
        """Rows whose number stands in an earlier row."""
        return self.fates.get(TWIN, 0)

    @property
    def known(self) -> int:
        """Rows whose number the floor has."""
        return self.fates.get(KNOWN, 0)

    @property
    def suppressed(self) -> int:
        """Rows that may not be called."""
        return self.fates.get(SUPPRESSED, 0)

    def close(self) -> None:
        """Removes what was staged."""
        self.staging.close()


def plan(order: Order, now: datetime, progress: Progress, is_stopped: Callable[[], bool] = lambda: False) -> Plan:
    """Reads the list to its end and says what will happen to each row. Writes nothing to the floor.

    Raises:
        Refused: `managers_only`, what `open_list` and `load_map` refuse, `list_no_number`, `list_column`,
            `unknown_source`, `unknown_team`, `unknown_agent`, `supervisors_watch`, `no_campaign`.
        Stopped: it was to end.
    """
    with translated():
        require_manager(order.by)
        setting = _setting(order, now)
        how = load_map(order.map, setting.book.playbook) if order.map else ListMap()
        listing = open_list(
            order.path,
            sheet=order.sheet or how.sheet,
            encoding=order.encoding or how.encoding,
            separator=order.separator or how.separator,
            skip=how.skip,
        )
        names, has_header, how = _understood(listing, how, setting)
        drafters = Drafters(setting, how, names, has_header=has_header)
        made = Plan(order, listing, setting, how, has_header, names, Staging(), digest_of(order.path))
        try:
            _draft(made, drafters, progress, is_stopped)
            progress("duplicates", 0, 0)
            duplicates.find(made.staging, order.duplicates, setting.book, now)
            _count(made, drafters.notes)
        except BaseException:
            drafters.close()
            made.close()
            raise
    return made


def _setting(order: Order, now: datetime) -> Setting:
    open_books = books()
    if not open_books:
        raise Refused("no_campaign")
    campaign = open_books[0] if order.campaign_id is None else book(order.campaign_id)
    if not campaign.playbook.takes_leads:
        raise Refused("takes_no_leads", campaign=campaign.name)
    floor = Floor.get_by_id(1)
    owner = agent_of(order.owner) if order.owner else None
    if owner is not None and owner.role == Role.SUPERVISOR:
        raise Refused("supervisors_watch")
    source = campaign.playbook.source(order.source) if order.source else None
    if order.source and source is None:
        raise Refused("unknown_source", allowed=tuple(one.code for one in campaign.playbook.sources))
    agents: dict[str, tuple[int, int | None]] = {}
    for agent in Agent.select().where(Agent.left_at.is_null(), Agent.role != Role.SUPERVISOR).order_by(Agent.id.desc()):
        agents |= {name.casefold(): (agent.id, agent.team_id) for name in (agent.name, agent.login)}
    zone = floor_zone()
    return Setting(
        campaign,
        floor.region,
        zone,
        now,
        as_of=None
        if order.as_of is None
        else min(now, datetime.combine(order.as_of + timedelta(days=1), time(), zone)),
        owner_id=owner.id if owner else None,
        team_id=owner.team_id if owner else team_id(order.team) if order.team else None,
        source=source.code if source else _usual_source(campaign.playbook.sources),
        agents=agents,
    )


def _usual_source(sources: tuple[funnel.Source, ...]) -> str:
    """The source of a list that names none: cold calls, else the first whose leads do not come by themselves."""
    listlike = [one.code for one in sources if not one.is_fresh]
    return "cold_call" if "cold_call" in listlike else listlike[0] if listlike else sources[0].code


def _understood(listing: Listing, how: ListMap, setting: Setting) -> tuple[tuple[str, ...], bool, ListMap]:
    """The names of the columns, whether the first row gives them, and the map: given, or guessed."""
    first = list(islice(listing.rows(), guessing.LOOKED_AT))
    named = {rule.column for rule in (*how.columns.values(), *how.fields.values())}
    has_header = guessing.has_header(first, named) if how.header is None else how.header
    width = max(listing.width, len(how.headings))
    names = tuple(cell.strip() for cell in first[0]) if has_header else how.headings
    while has_header and names and not names[-1] and len(names) > width:
        names = names[:-1]
    names += ("",) * (width - len(names))
    if not how.fields:
        guessed = guessing.guess(names, first[1:] if has_header else first, setting.book.playbook)
        how = replace(how, fields=guessed.fields, history=guessed.history)
    if not ({"number", "email"} & set(how.fields) or is_of_leads(how)):
        raise Refused("list_no_number", file=listing.name, columns=tuple(name for name in names if name)[:8])
    return names, has_header, how


def is_of_leads(how: ListMap) -> bool:
    """Whether a list tells where leads stand that it knows by their lead numbers, as the tracking sheet does."""
    return "code" in how.fields and how.history.stage is not None


def _draft(made: Plan, drafters: Drafters, progress: Progress, is_stopped: Callable[[], bool]) -> None:
    rows = made.listing.rows()
    if made.has_header:
        next(rows, None)
    counted = _Counted(rows)
    waiting, told = Rows(), 0
    while (drafted := drafters.draft(counted, counted.count)) is not None:
        waiting.add(drafted)
        if counted.count - told >= BATCH:
            made.staging.take(waiting)
            told = counted.count
            progress("read", told, 0)
        if is_stopped():
            raise Stopped
    waiting.add(drafters.finish())
    made.staging.take(waiting)
    made.rows = counted.count
    made.staging.finish()
    progress("read", made.rows, made.rows)


class _Counted:
    """Rows with their numbers, and how many there were."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        cells = next(self.rows)
        self.count += 1
        return self.count, cells


def _count(made: Plan, notes: Mapping[str, int]) -> None:
    staging = made.staging
    made.fates = {int(fate): int(count) for fate, count in staging.run("SELECT fate, COUNT(*) FROM row GROUP BY fate")}
    made.rejected = dict(staging.run("SELECT code, COUNT(*) FROM reject GROUP BY code ORDER BY 2 DESC, 1"))
    made.notes = dict(notes)
    codes = made.setting.book.stage_codes
    counted = staging.run(f"SELECT stage_id, COUNT(*) FROM row WHERE fate = {NEW} GROUP BY stage_id")
    made.stages = {codes[stage]: count for stage, count in counted}
    made.meanings = tuple(_meanings(made))
    made.unused = tuple(_unused(made))
    done = rows_of("SELECT id, at FROM intake WHERE digest = ? AND state = 'done' ORDER BY id", (made.digest,))
    made.before = tuple((int(number), moment(at)) for number, at in done)


def _meanings(made: Plan) -> list[Meaning]:
    from models.exchange.values import BadValue, Readers

    how = made.how
    rules = [
        *(((name,), rule) for name, rule in how.fields.items()),
        *((("history", *place), rule) for place, rule in how.history.rules()),
    ]
    readers = Readers(made.names, made.how.columns)
    rows = list(islice(made.listing.rows(), int(made.has_header), SAMPLES + int(made.has_header)))
    found = []
    for target, rule in rules:
        read = readers.reader(rule)
        samples = []
        for row, cells in enumerate(rows, 1):
            try:
                samples.append(read(cells, row))
            except BadValue as bad:
                samples.append(str(bad))
        found.append(Meaning(target, rule, tuple(samples)))
    return found


def _unused(made: Plan) -> list[str]:
    from models.exchange.values import HOLE

    every = list(made.how.rules())
    every += [rule.code for rule in every if rule.code is not None]
    used = {rule.column for rule in every} | {name for rule in every for name, _ in HOLE.findall(rule.template)}
    return [name for place, name in enumerate(made.names, 1) if name and name not in used and str(place) not in used]
