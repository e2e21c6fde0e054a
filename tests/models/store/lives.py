"""Random days of a floor, from a seed, through the real commands; and what a full search would hand out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import funnel
from models import crew, ledger, queue, suppress
from models.base import NEVER, moment, moment_or_none, money, rows_of, seconds
from models.campaigns import book
from models.cards import Claim
from models.connect import transact
from models.errors import Refused, Stale
from models.journal import MoveRow, record, void
from models.lead import Lead, Zone
from models.people import Agent, Role
from models.zones import clock
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

WHO = ("ann", "bob", "cid", "dee", "boss")
REASONS = {funnel.LOST: "price", funnel.INVALID: "wrong_number"}


def stages() -> tuple[str, ...]:
    """Wherever a lead may stand."""
    return (*(stage.code for stage in book(1).playbook.stages), funnel.LOST, funnel.INVALID)


def people_it(made: MadeFloor, random: Random, count: int) -> None:
    """Leads of every sort: owners, pools, places, values, fresh or not, waiting for longer or shorter."""
    for _ in range(count):
        came = NOW - timedelta(minutes=random.choice((0, 5, 90, 5_000)))
        values = {"amount": str(random.randrange(1, 10**6))} if random.random() < 0.7 else {}
        if random.random() < 0.3:
            values["margin"] = str(random.randrange(1, 10**5))
        if random.random() < 0.1:
            values["number"] = ""
        made.lead(
            owner=random.choice((None, None, *WHO)),
            team=random.choice((None, "north", "south")),
            place=random.choice(tuple(floors.NUMBERS)),
            now=came,
            obtained=came if random.random() < 0.3 else came - timedelta(days=1),
            **values,
        )


@dataclass
class Life:
    """A floor that lives: each step somebody asks for the next lead, and something is done with it."""

    made: MadeFloor
    random: Random
    now: datetime = NOW

    def passes(self) -> None:
        """Time goes on: mostly minutes, now and then a night or a weekend."""
        minutes = self.random.choices((1, 7, 45, 600, 2_900), (60, 25, 10, 4, 1))[0]
        self.now += timedelta(minutes=minutes, seconds=self.random.randrange(60))

    def step(self) -> None:
        """Somebody's next lead, or one that was looked up, and what is done with it."""
        who = self.made.people[self.random.choice(WHO)]
        claim = queue.claim_next(who, self.now)
        if self.random.random() < 0.35:
            claim = self._looked_up(who) or claim
        if claim is not None:
            self.work(claim)

    def turn(self) -> None:
        """Any lead, closed ones too, moves some way."""
        claim = self._looked_up(self.made.boss)
        if claim is None:
            return
        try:
            self.random.choice((self._move, self._move, self._edit, self._log))(claim)
        except Refused:
            queue.release(claim, self.now)

    def work(self, claim: Claim) -> None:
        """One random command; what is refused leaves the lead in hand."""
        deed = self.random.choices(
            (self._log, self._move, self._sleep, self._edit, self._release, self._nothing), (50, 25, 6, 8, 6, 5)
        )[0]
        try:
            deed(claim)
        except Refused:
            queue.release(claim, self.now)

    def manage(self) -> None:
        """Now and then somebody moves, leaves and comes back, or a number goes on the list."""
        boss, login = self.made.boss, self.random.choice(WHO[:-1])
        draw, token = self.random.random(), self.made.token()
        if draw < 0.02:
            crew.move_agent(login, team=self.random.choice(("north", "south")), by=boss, token=token, now=self.now)
        elif draw < 0.03:
            heir = self.random.choice([None, *(name for name in WHO if name != login)])
            crew.leave(login, to=heir, by=boss, token=token, now=self.now)
            role, team = Role.AGENT, self.random.choice(("north", "south"))
            crew.add_agent(
                login, name=login.title(), role=role, team=team, by=boss, token=self.made.token(), now=self.now
            )
        elif draw < 0.05:
            number = self.random.choice(rows_of("SELECT number FROM phone ORDER BY id"))[0]
            suppress.add([number], reason="asked", agent_id=boss, token=token, now=self.now)
        elif draw < 0.06 and (listed := list(suppress.listed())):
            number = self.random.choice(listed).number
            suppress.remove(number, reason="slip", agent_id=boss, token=token, now=self.now)

    def undo(self) -> None:
        """Voids a lead's last move, if nothing came after it: the move is marked, the lead stands where it stood."""
        rows = rows_of(
            "SELECT MAX(id) FROM stage_move m WHERE voided_by IS NULL AND NOT EXISTS (SELECT 1 FROM transfer t "
            "WHERE t.lead_id = m.lead_id AND t.at >= m.at) AND NOT EXISTS (SELECT 1 FROM amount_change c "
            "WHERE c.lead_id = m.lead_id AND c.at >= m.at) GROUP BY lead_id HAVING COUNT(*) > 1"
        )
        if not rows:
            return
        (last,) = self.random.choice(sorted(rows))
        lead_id, origin = rows_of("SELECT lead_id, from_stage_id FROM stage_move WHERE id = ?", (last,))[0]

        def command() -> None:
            by = record(self.made.token(), "undo", self.made.boss, self.now, undoes=last)
            void(MoveRow, by, [last])
            lead = Lead.get_by_id(lead_id)
            lead.stage_id, campaign = origin, book(1)
            lead.wake_at = lead.holder_id = lead.held_since = lead.token = lead.slept_until = None
            if lead.barred or not queue.is_in_funnel(lead, campaign):
                lead.wake_at = NEVER
            queue.put_in_place(lead, campaign, self.now)
            lead.save()

        transact(command)

    def _looked_up(self, who: int) -> Claim | None:
        lead = self.random.choice(rows_of("SELECT id FROM lead ORDER BY id"))[0]
        try:
            return queue.take(who, lead, self.now)
        except (Refused, Stale):
            return None

    def _log(self, claim: Claim) -> None:
        random = self.random
        outcome = random.choices(
            ("no_answer", "talked", "callback", "refused", "wrong", "banned"), (45, 20, 20, 8, 5, 2)
        )[0]
        ahead = self.now + timedelta(minutes=random.choice((10, 60, 300, 1_500)))
        self.made.log(
            claim,
            outcome,
            self.now,
            next_at=ahead if outcome == "callback" else None,
            sleep_until=ahead if outcome == "talked" and random.random() < 0.5 else None,
            reason="price" if outcome == "refused" else "",
            kind=random.choice((funnel.TouchKind.CALL, funnel.TouchKind.CALL, funnel.TouchKind.EMAIL)),
        )

    def _move(self, claim: Claim) -> None:
        for _ in range(self.random.choice((1, 1, 2, 3))):
            to = self.random.choice(stages())
            self.made.move(claim, to, self.now, reason=REASONS.get(to, "because"))
            if to in REASONS:
                return
        queue.release(claim, self.now)

    def _sleep(self, claim: Claim) -> None:
        until = self.now + timedelta(minutes=self.random.choice((5, 500, 5_000)))
        ledger.sleep(claim, until, token=self.made.token(), now=self.now)

    def _edit(self, claim: Claim) -> None:
        values = {"amount": str(self.random.randrange(10**6)), "need": "x"}
        ledger.edit(claim, values, token=self.made.token(), now=self.now)
        self._log(claim)

    def _release(self, claim: Claim) -> None:
        queue.release(claim, self.now)

    def _nothing(self, claim: Claim) -> None:
        """The line breaks: the claim runs out by itself."""


# ── the oracle ────────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep(now: datetime) -> None:
    """All that time has changed: what the floor does in small batches beside its claims."""

    def command() -> None:
        for _ in range(4):
            queue.wake(now)
            queue.tidy(now)

    transact(command)


def best(agent_id: int, now: datetime) -> dict[int, int]:
    """The leads that may be handed out to an agent first, with their key: a full search over all, straight from facts.

    Never looks at what is kept for speed: lane, key, opening hours.
    """
    campaign, agent = book(1), Agent.get_by_id(agent_id)
    zones = {zone.id: zone.name for zone in Zone.select()}
    is_open = {
        number: (span := funnel.next_span(campaign.playbook.windows, clock(name, "Europe/Berlin"), now)) is not None
        and now in span
        for number, name in zones.items()
    }
    places = {}
    for lead in Lead.select().where(Lead.voided_at.is_null(), Lead.barred == 0):
        if not is_open[lead.zone_id] or not _is_awake(lead, seconds(now)):
            continue
        whose = lead.owner_id if lead.due_at is None else lead.due_agent_id
        if whose == agent_id or (whose is None and lead.team_id in (None, agent.team_id)):
            places[lead.id] = _key(lead, now)
    first = min(places.values(), default=0)
    return {number: key for number, key in places.items() if key == first}


def _is_awake(lead: Lead, stamp: int) -> bool:
    """Ready, or its time has come; a claim that ran out gives back what stood before."""
    if lead.wake_at is None:
        return True
    return lead.wake_at <= stamp and (lead.slept_until is None or lead.slept_until <= stamp)


def _key(lead: Lead, now: datetime) -> int:
    """Its place; a closed lead that somebody promised queues like one at the funnel's top."""
    playbook, code = book(1).playbook, book(1).stage_codes[lead.stage_id]
    is_closed = code in (funnel.LOST, funnel.INVALID)
    worth = lead.margin if lead.margin is not None else lead.amount
    standing = funnel.Standing(
        stage=playbook.stages[0].code if is_closed else code,
        stage_since=now if is_closed else moment(lead.stage_since),
        waiting_since=moment(lead.entered_at if lead.touched_at is None else lead.touched_at),
        value=money(worth) if worth is not None else Decimal(0),
        fresh_until=None if is_closed else moment_or_none(lead.fresh_until),
        promised_at=moment_or_none(lead.due_at),
        is_promise_personal=lead.due_agent_id is not None,
    )
    return funnel.place_in_queue(playbook, standing, now).key
