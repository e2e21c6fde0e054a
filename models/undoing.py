"""Undo: the last log or move of an agent is taken back, as a correction on record. Nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import funnel
from models import contacts, queue, suppress
from models.base import moment, moment_or_none, rows_of, seconds
from models.campaigns import book
from models.cards import Claim
from models.connect import transact
from models.errors import Refused, Stale
from models.fields import change
from models.journal import Journal, MoveRow, TouchRow, carried_out
from models.lead import Lead, Phone
from models.ledger import STANDING, Entry, write_journal
from models.people import Agent, Floor

UNDO_SECONDS = 10
ON_THE_WAY = 5
"""Seconds between the key and the commit that count for nobody."""
WORK = ("log", "move", "sleep", "edit", contacts.VERB)
"""What can be taken back."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and the lead in hand again."""

    claim: Claim
    verb: str
    """log, move, sleep, edit, contact."""
    entry: Entry | None
    """What had been logged, where something was."""


def undo(agent_id: int, undone: str, *, token: str, now: datetime) -> Undone:
    """Takes a command of this agent back and puts its lead into their hands again, in place of the one that came next.

    What it wrote is voided, the lead stands where it stood.

    Args:
        agent_id: who undoes; only one's own.
        undone: the token of the command to take back.
        token: of this command; a repeat is harmless.
        now: this moment.

    Raises:
        Refused: `undo_nothing`, `undo_too_late`, `undo_worked_on` (this lead or another was worked since).
        Stale: `held`, with the name of whoever has the lead by now.
    """

    def command() -> Undone:
        done = Journal.get_or_none(Journal.token == undone, Journal.agent_id == agent_id, Journal.verb.in_(WORK))
        if done is None:
            raise Refused("undo_nothing")
        lead = Lead.read(queue.LOCKED, lead=done.lead_id)
        assert lead is not None
        if carried_out(token) is None:
            _look(done, lead, agent_id, now)
            _take_back(done, lead, token, now)
            if mine := queue.held(agent_id, now):
                queue.let_go(mine, now)
            return Undone(queue.take_up(lead, agent_id, now), done.verb, _entry(done))
        claim = queue.held(agent_id, now)
        if claim is None or claim.lead_id != lead.id:
            raise Stale("stale")
        return Undone(claim, done.verb, _entry(done))

    return transact(command)


def _look(done: Journal, lead: Lead, agent_id: int, now: datetime) -> None:
    """Whether it can still be taken back."""
    if moment(done.at) + timedelta(seconds=UNDO_SECONDS + ON_THE_WAY) < now:
        raise Refused("undo_too_late", seconds=UNDO_SECONDS)
    for verb, detail in rows_of("SELECT verb, detail FROM journal WHERE id > ? AND lead_id = ?", (done.id, lead.id)):
        raise Refused(
            "undo_nothing" if verb == "undo" and json.loads(detail)["undoes"] == done.id else "undo_worked_on"
        )
    marks = ", ".join("?" * len(WORK))
    worked = f"SELECT 1 FROM journal WHERE id > ? AND agent_id = ? AND verb IN ({marks}, 'take-in', 'undo') LIMIT 1"
    if rows_of(worked, (done.id, agent_id, *WORK)):
        raise Refused("undo_worked_on")
    if lead.holder_id not in (None, agent_id) and lead.wake_at is not None and lead.wake_at > seconds(now):
        raise Stale("held", by=Agent.get_by_id(lead.holder_id).name, at=moment_or_none(lead.held_since))


def _take_back(done: Journal, lead: Lead, token: str, now: datetime) -> None:
    assert done.agent_id is not None
    detail: dict[str, Any] = json.loads(done.detail)
    journal = write_journal(token, "undo", lead, done.agent_id, now, {"undoes": done.id})
    for table in (TouchRow, MoveRow):
        table.update(voided_by=journal).where(table.journal_id == done.id, table.voided_by.is_null()).execute()
    campaign = book(lead.campaign_id)
    if detail.get("aftermath", {}).get("suppresses"):
        suppress.lift_bar_of(lead.id, done.agent_id, moment(done.at))
    if done.verb == contacts.VERB:
        contacts.take_back(lead, detail, now)
    if "before" in detail and done.verb != contacts.VERB:
        _refill(lead, detail["before"], detail["after"], campaign.playbook, now)
    for name, value in zip(STANDING, detail.get("stood", ()), strict=False):
        setattr(lead, name, value)
    if "stood" in detail or lead.holder_id is not None:
        lead.wake_at = lead.slept_until  # as if nobody had it in hand: where it slept before, it sleeps
    lead.slept_until = lead.holder_id = lead.held_since = lead.token = None
    queue.put_in_place(lead, campaign, now)
    lead.save()


def _refill(
    lead: Lead, before: Mapping[str, str], after: Mapping[str, str], playbook: funnel.Playbook, now: datetime
) -> None:
    """Fields as they were. A number that there was none before is voided: a lead without one is edited by nobody."""
    values = dict(before)
    if "number" in values and not values["number"]:
        del values["number"]
        typed = Phone.select().where(Phone.lead_id == lead.id, Phone.voided_at.is_null()).order_by(Phone.id.desc())
        Phone.update(voided_at=seconds(now)).where(Phone.id == typed.limit(1).get().id).execute()
    change(lead, playbook, values, Floor.get_by_id(1).region, now)


def _entry(done: Journal) -> Entry | None:
    touch = TouchRow.get_or_none(TouchRow.journal_id == done.id)
    if touch is None:
        return None
    return Entry(
        touch.outcome,
        kind=funnel.TouchKind(touch.kind),
        note=touch.note,
        purpose=touch.purpose,
        feedback=touch.feedback,
        tags=touch.tags,
        bring=touch.bring,
        next_at=moment_or_none(touch.next_at),
        seconds=touch.seconds,
        is_inbound=bool(touch.is_inbound),
    )
