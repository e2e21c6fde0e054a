"""Find: any part of a name, a company, a number, a code or a note, among the leads that somebody may see.

The catalogue chooses whom to look at, the texts themselves decide. One letter may stand in a million leads: then those
whose company begins with it are looked at first, and always the newest, some pages of them and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice

from msgspec import Struct

import funnel
from models import sight
from models.base import Rendered, mark, rows_of, seconds
from models.campaigns import Book, book
from models.connect import snapshot
from models.lead import Lead, lane_of
from models.people import Agent, Role
from models.search import candidates, catalogue
from models.search.candidates import COLUMNS, PAGE, Candidate, Place, Rank
from models.search.terms import POOL, SHORT, TEAM, Clause, Sought

PAGES = 4
"""So many pages more of who may be meant are looked at, where those before gave too few."""
WAITING = 192
"""Leads that wait for the catalogue and are looked at one by one: what somebody just wrote is found at once."""
TOP = 1 << 62
"""A lead's number that none reaches."""


VIEWER = Rendered(lambda: Agent.select().where(Agent.id == mark("agent"), Agent.left_at.is_null()))


class Found(Struct, frozen=True):
    """A lead that was found, as a list shows it."""

    lead_id: int
    code: str
    company: str
    person: str
    """The contact that was found; else whom to ask for."""
    number: str
    """E.164 without its plus: the number that was found, else the first; empty where there is none."""
    stage: str
    campaign_id: int
    kind: funnel.Kind
    owner: str
    """Name of the agent whose lead it is; empty for a pool's."""
    holder: str
    """Name of the agent in whose hands it is now."""
    where: Place
    """Where it was found; with several words, the least telling of their places."""
    excerpt: str
    """The part of a note in which it was found; empty where no note was needed."""


def find(agent_id: int, text: str, now: datetime, *, limit: int = 50) -> tuple[Found, ...]:
    """The leads that have every word of a text, each anywhere in company, people, numbers, code or notes.

    Case, accents and width do not count, nor does how a number is grouped. One or two Latin letters are found where a
    word begins, one or two digits where a number does. First whose company is called so, then whose begins so, then
    company, person, number, code, note; open ones before closed ones, and the last that were worked or came.
    """
    if limit < 1 or Sought.of(text) is None:
        return ()
    with snapshot():
        viewer = Agent.read(VIEWER, agent=agent_id)
        return find_as(viewer, text, now, limit) if viewer is not None else ()


def find_as(viewer: Agent, text: str, now: datetime, limit: int) -> tuple[Found, ...]:
    """As `find`, with the eyes of a viewer, and inside the snapshot of whoever asks."""
    sought = Sought.of(text)
    return _Search(viewer, sought, now, limit).run() if sought is not None and limit > 0 else ()


# ── who is looked at ──────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8)
def _seen(agent_id: int, role: str, team_id: int | None) -> Rendered:
    """Those of a page of leads that this person may see."""
    viewer = Agent(id=agent_id, role=role, team_id=team_id)
    page = [mark(f"lead{place}") for place in range(PAGE)]
    columns = [getattr(Lead, name) for name in COLUMNS]
    return Rendered(lambda: Lead.select(*columns).where(Lead.id.in_(page), sight.seen_by(viewer)))


def _scope(viewer: Agent) -> tuple[Clause, ...]:
    """What the catalogue says of leads that this person may see; nothing, where that is all of them."""
    pool = f"{POOL}{lane_of(None, None)}"
    if viewer.role == Role.MANAGER:
        return ()
    if viewer.role == Role.SUPERVISOR:
        return (((f"{TEAM}{viewer.team_id}",), (pool,)),)
    own = {f"{POOL}{lane}" for lane in (viewer.id, lane_of(None, viewer.team_id))}
    return (((pool,), *((lane,) for lane in sorted(own - {pool}))),)


class _Search:
    """One search under way."""

    def __init__(self, viewer: Agent, sought: Sought, now: datetime, limit: int) -> None:
        self.viewer, self.sought, self.now, self.limit = viewer, sought, now, limit
        self.seen = _seen(viewer.id, viewer.role, viewer.team_id)
        self.scope = _scope(viewer)
        self.known: set[int] = set()
        """Leads that were looked at."""
        self.hits: list[Candidate] = []

    def run(self) -> tuple[Found, ...]:
        """Looks at as many as it takes."""
        self._look_at([*self._by_themselves(), *catalogue.waiting(WAITING)])
        self._choose()
        books = {number: book(number) for number in {hit.campaign_id for hit in self.hits}}

        def order(hit: Candidate) -> tuple[int, bool, int, int]:
            is_closed = books[hit.campaign_id].kind(hit.stage_id) is not funnel.Kind.OPEN
            return hit.rank, is_closed, -hit.last_at, -hit.id

        return tuple(_told(sorted(self.hits, key=order)[: self.limit], books, self.now))

    def _by_themselves(self) -> list[int]:
        """What the catalogue knows nothing of: the lead in hand, and one whose made-up code was typed."""
        found = [row[0] for row in rows_of("SELECT id FROM lead WHERE holder_id = ?", (self.viewer.id,))]
        for part in self.sought.parts:
            for word in part.words:
                digits = word.text.removeprefix("lf")[4:]
                if word.text.startswith("lf") and digits.isdecimal() and len(digits) < 18:
                    found.append(int(digits))
        return found

    def _choose(self) -> None:
        """Where all that may be meant fit on a page, that is all; else the likely ones are looked at first."""
        sought = self.sought
        is_short = len(sought.text) < SHORT
        if is_short and self._has_begun_so():
            return
        below = self._page(sought.anywhere(), TOP)
        if not below or (not is_short and self._has_begun_so()):
            return
        in_number = sought.in_number()
        if in_number and not self._page(in_number, TOP) and self.hits:
            return
        self._page(sought.on_card(), TOP)
        for _ in range(PAGES):
            if not below or len(self.hits) >= self.limit:
                return
            below = self._page(sought.anywhere(), below)

    def _has_begun_so(self) -> bool:
        """Looks at those whose company begins so; whether they are enough."""
        if self._page(self.sought.at_begin(), TOP):
            self._page(self.sought.whole(), TOP)
        return sum(hit.rank <= Rank.BEGINS for hit in self.hits) >= self.limit

    def _page(self, clauses: Sequence[Clause], below: int) -> int:
        """Looks at the newest of which the catalogue says so; returns the oldest of them, 0 if there are no more."""
        leads = catalogue.leads_with((*clauses, *self.scope), below, PAGE)
        self._look_at(leads)
        return leads[-1] if len(leads) == PAGE else 0

    def _look_at(self, leads: Iterable[int]) -> None:
        new = iter([lead for lead in dict.fromkeys(leads) if lead not in self.known])
        while page := list(islice(new, PAGE)):
            self.known.update(page)
            self.hits += candidates.matching(self.seen, page, self.sought)


def _told(hits: Sequence[Candidate], books: Mapping[int, Book], now: datetime) -> Iterator[Found]:
    """What a list shows of them."""
    stamp = seconds(now)
    holders = {hit.id: hit.holder_id for hit in hits if hit.wake_at is not None and hit.wake_at > stamp}
    agents = {number for hit in hits for number in (hit.owner_id, holders.get(hit.id)) if number is not None}
    holes = ", ".join("?" * len(agents)) or "NULL"
    names = dict(rows_of(f"SELECT id, name FROM agent WHERE id IN ({holes})", tuple(agents)))
    for hit in hits:
        own = books[hit.campaign_id]
        yield Found(
            lead_id=hit.id,
            code=hit.code,
            company=hit.company,
            person=hit.person,
            number=hit.number,
            stage=own.stage_codes[hit.stage_id],
            campaign_id=hit.campaign_id,
            kind=own.kind(hit.stage_id),
            owner=names.get(hit.owner_id, ""),
            holder=names.get(holders.get(hit.id), ""),
            where=hit.where,
            excerpt=hit.excerpt,
        )
