"""A colleague on the demo floor: works the queue through the commands that people use, one small step at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models import campaigns, ledger, queue, taking_in, views, zones
from models.base import new_token
from models.cards import Claim, LeadCard
from models.demo import rates, talks
from models.demo.customers import Customer, Townsfolk, expected_on
from models.demo.hours import FLOOR_ZONE
from models.demo.places import PLACES
from models.errors import Refused, Stale
from models.numbers import Whereabouts
from models.people import Agent

NEW, NEW_WHEN_IDLE = 0.1, 0.5
"""Steps in which a new lead comes in; more of them when there is nobody to call."""
LIVELIER = 1.6
"""Customers pick up more often than in the history, so that there is something to see."""
FRESH = ("web_form", "inbound", "referral", "online_ads")


class Deed(Struct, frozen=True):
    """What was done in one step."""

    verb: str
    """took_in, claimed, logged, promoted, closed, rested (nothing to call), late (a colleague was faster)."""
    lead_id: int | None = None
    to: str = ""
    """The stage that was reached, or the outcome."""


def work_once(agent_id: int, now: datetime, rng: Random) -> Deed:
    """One step: whoever holds a lead works it and lets it go, whoever holds none takes the next."""
    try:
        claim = queue.held(agent_id, now)
        if claim is not None:
            return _work(claim, now, rng)
        if rng.random() < NEW:
            return _take_in(agent_id, now, rng)
        claim = queue.claim_next(agent_id, now)
    except Stale:
        return Deed("late")
    if claim is not None:
        return Deed("claimed", claim.lead_id)
    return _take_in(agent_id, now, rng) if rng.random() < NEW_WHEN_IDLE else Deed("rested")


def go_home(agent_id: int, now: datetime) -> None:
    """Gives back what the colleague still holds."""
    claim = queue.held(agent_id, now)
    if claim is not None:
        queue.release(claim, now)


def _take_in(agent_id: int, now: datetime, rng: Random) -> Deed:
    """Somebody called, or filled in the form; now and then it is somebody whom the floor has already."""
    here = tuple(place for place in PLACES if place.country in ("CN", "US", "GB"))
    customer = Townsfolk(rng).customer(rng.choice(FRESH), here)
    person, facts = customer.people[0], customer.facts
    values = {name: facts[name] for name in ("company", "person", "industry", "need")}
    values |= {"number": f"+{person.number}", "source": customer.source}
    agent = Agent.get_by_id(agent_id)
    owner = agent_id if rng.random() < 0.5 else None
    try:
        lead = taking_in.take_in(
            campaigns.books()[0].campaign_id,
            values,
            by=agent_id,
            owner_id=owner,
            team_id=agent.team_id,
            token=new_token(),
            now=now,
        )
    except Refused:
        return Deed("rested")
    return Deed("took_in", lead, customer.source)


# ── a call ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Call(Struct, frozen=True):
    """One lead in hand, with everything that the call needs."""

    claim: Claim
    card: LeadCard
    playbook: funnel.Playbook
    customer: Customer
    """A stand-in that knows what the record does not yet."""
    now: datetime
    rng: Random

    @property
    def facts(self) -> Mapping[str, object]:
        """What is on record, and what the customer would say about the rest."""
        return {**self.customer.facts, **self.card.fields}

    def log(self, outcome: str, **said: object) -> funnel.Aftermath:
        """Records the touch; the lead is out of the agent's hands then."""
        entry = replace(ledger.Entry(outcome), **said)
        return ledger.log_touch(self.claim, entry, token=new_token(), now=self.now)

    def short(self, outcome: str) -> str:
        """A note for a touch that was no talk."""
        return talks.short(outcome, self.facts, self.customer.is_chinese, self.rng)


def _work(claim: Claim, now: datetime, rng: Random) -> Deed:
    card = views.lead(claim.agent_id, claim.lead_id, now)
    is_chinese = str(card.fields.get("number", "")).startswith("+86")
    where = tuple(place for place in PLACES if place.is_chinese == is_chinese)
    customer = Townsfolk(rng).customer(rng.choice(FRESH), where)
    call = Call(claim, card, campaigns.book(card.campaign_id).playbook, customer, now, rng)
    reached = min(rates.REACHED.get(card.stage, 0.3) * LIVELIER, 0.9)
    if rng.random() >= (rates.REACHED_AS_PROMISED if card.promised_at else reached):
        code = rng.choices([code for code, _ in rates.MISSES], [weight for _, weight in rates.MISSES])[0]
        call.log(code, note=call.short(code))
        return Deed("logged", claim.lead_id, code)
    if card.stage not in rates.STAGES:
        note, feedback, _ = talks.talk("won", call.facts, is_chinese, rng)
        call.log("talked", note=note, feedback=feedback, sleep_until=now + timedelta(days=30))
        return Deed("logged", claim.lead_id, "talked")
    return _talk(call)


def _talk(call: Call) -> Deed:
    stage, rng = call.card.stage, call.rng
    odds = rates.STAGES[stage]
    lost = rates.REFUSED * 10 if stage == "E" else odds.lost
    wish = rng.choices(("forward", "lost", "stays"), (odds.forward, lost, odds.stays))[0]
    if wish == "lost":
        reason = rng.choice(rates.LOSSES[stage])[0] if stage in rates.LOSSES else ""
        call.log("refused", note=call.short("refused"), reason=reason, seconds=rng.randint(20, 150))
        return Deed("closed", call.claim.lead_id, funnel.LOST)
    _fill(call)
    note, feedback, tag = talks.talk(stage, call.facts, call.customer.is_chinese, rng)
    after = call.log(
        "talked",
        note=note,
        feedback=feedback,
        tags=tag,
        purpose=talks.pick(talks.PURPOSES[stage], call.customer.is_chinese, rng),
        seconds=rng.randint(40, 600),
        next_at=None if stage == "A" and wish == "forward" else _agreed(call),
    )
    to = call.playbook.after(stage)
    if wish == "forward" and to is not None and _promote(call, to.code, after):
        return Deed("promoted", call.claim.lead_id, to.code)
    return Deed("logged", call.claim.lead_id, "talked")


def _promote(call: Call, to: str, after: funnel.Aftermath) -> bool:
    """The move after the talk; the lead sleeps on until the moment that was agreed."""
    try:
        claim = queue.take(call.claim.agent_id, call.claim.lead_id, call.now)
    except Refused:
        return False  # a colleague's lead, whose promise was everybody's to keep: kept, it is out of sight again
    try:
        ledger.move(claim, to, is_sign_seen=True, token=new_token(), now=call.now)
    except Refused:
        queue.release(claim, call.now)
        return False
    if after.wake_at is None or call.playbook.rests(to):
        queue.release(claim, call.now)
    else:
        ledger.sleep(claim, after.wake_at, token=new_token(), now=call.now)
    return True


def _fill(call: Call) -> None:
    """What the stage asks for is asked, and written down."""
    card, rng = call.card, call.rng
    known = {
        **call.customer.facts,
        "amount": str(call.customer.amount),
        "expected_on": expected_on(call.now.date(), card.stage, rng).isoformat(),
    }
    wanted = [*call.playbook.stage(card.stage).required_fields, "amount"]
    values = {name: known[name] for name in wanted if name in known and not funnel.is_filled(card.fields.get(name))}
    if values:
        ledger.edit(call.claim, values, token=new_token(), now=call.now)


def _agreed(call: Call) -> datetime:
    """Within the hour or within days, when the customer may be called."""
    rng = call.rng
    wait = timedelta(minutes=rng.randint(10, 90)) if rng.random() < 0.3 else timedelta(days=rng.uniform(0.8, 4))
    moment = (call.now + wait).replace(second=0, microsecond=0)
    span = zones.span_of(call.playbook, Whereabouts(call.card.zone, ""), FLOOR_ZONE, moment)
    return moment if span is None or moment in span else span.opens_at + timedelta(minutes=15 * rng.randrange(1, 12))
