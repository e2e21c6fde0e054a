"""Undo: the last command on a lead taken back as a correction on record, and the lead in hand again as it was before.

Nothing is deleted: what the command wrote is voided and so leaves every figure and every history; its line in the
journal stays, and so does the undo's own, which names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import peewee as pw

import funnel
from models import contacts, queue, suppress
from models.base import Base, Rendered, mark, moment, moment_or_none, rows_of, seconds
from models.campaigns import book
from models.cards import Claim
from models.connect import transact
from models.errors import Refused, Stale
from models.journal import REPEATED, AmountChange, Journal, MoveRow, TouchRow
from models.lead import Contact, Lead, Phone
from models.ledger import Entry, write_journal
from models.people import Agent, require_worker
from models.record.chain import note_voided

UNDO_SECONDS = 10
ON_THE_WAY = 5
"""Seconds between the key and the commit that count for nobody."""
UNDONE = ("log", "move", "sleep", "edit", contacts.VERB)
"""Verbs of the commands that can be undone."""

Written = type[TouchRow] | type[MoveRow] | type[AmountChange]

TOUCH = Rendered(lambda: TouchRow.select().where(*_written(TouchRow)))
VOIDS = tuple(
    (table, Rendered(lambda table=table: _void_query(table)))  # type: ignore[misc]
    for table in (TouchRow, MoveRow, AmountChange)
)


def _void_query(table: Written) -> pw.ModelUpdate:
    return table.update(voided_by=mark("by")).where(*_written(table), table.voided_by.is_null()).returning(table.id)


def _written(table: Written) -> tuple[object, ...]:
    # By the lead: that is what history is indexed by.
    return table.lead_id == mark("lead"), table.journal_id == mark("journal")


@dataclass(frozen=True, slots=True)
class Undone:
    """A command that was taken back: the lead in hand again, and what had been typed, to be typed otherwise."""

    claim: Claim
    verb: str
    """log, move, sleep, edit, contact."""
    entry: Entry | None = None
    """Of a log."""
    to: str = ""
    """Of a move."""
    reason: str = ""
    """Of a move or a sleep."""
    until: datetime | None = None
    """Of a sleep."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Of an edit, or of a move with which they were confirmed: the texts by their fields."""


def undo(agent_id: int, undone: str, *, token: str, now: datetime) -> Undone:
    """Takes back an agent's last command on a lead, lets go of the lead that came next and takes the old one again.

    Args:
        agent_id: who gave the command.
        undone: its token.
        token: of this command; a repeat is harmless.
        now: this moment.

    Raises:
        Refused: `undo_nothing` (no such command, or undone already), `undo_too_late`, `undo_worked_on` (the agent has
            worked since, or somebody has this lead), and as for `take`; `stage_retired`.
        Stale: `held`, with the name of the colleague whose hands the lead is in.
        Unavailable: the database could not; nothing is changed.
    """

    def command() -> Undone:
        agent, done = require_worker(agent_id), Journal.read(REPEATED, token=undone)
        told = json.loads(done.detail) if done is not None and done.verb in UNDONE else {}
        # Where it does not tell what was there before, it was written when there was no undo yet.
        if done is None or done.agent_id != agent_id or not {"was", "added"} & told.keys():
            raise Refused("undo_nothing")
        lead = Lead.read(queue.LOCKED, lead=done.lead_id)
        assert lead is not None
        if (repeated := Journal.read(REPEATED, token=token)) is not None:
            return _told(done, told, _stored_claim(repeated, agent_id))
        if seconds(now) - done.at > UNDO_SECONDS + ON_THE_WAY:
            raise Refused("undo_too_late", seconds=UNDO_SECONDS)
        since = _let_go(lead, agent_id, now)
        _look_back(lead, done, told)
        _restore(lead, done, told, now)
        if not queue.is_seen(agent, lead.id):
            raise Refused("not_found")
        claim = queue.take_up(lead, agent_id, now, since)
        again = {"token": claim.token, "until": seconds(claim.until), "since": seconds(claim.since)}
        journal = write_journal(token, "undo", lead, agent_id, now, {"undoes": done.id, "claim": again})
        for table, void in VOIDS:
            note_voided(table, journal, [row[0] for row in void.rows(by=journal, lead=lead.id, journal=done.id)])
        return _told(done, told, claim)

    return transact(command)


def _let_go(lead: Lead, agent_id: int, now: datetime) -> datetime | None:
    """Nobody holds the lead, and its agent no other; since when it never left the agent's hands, if so.

    Raises:
        Stale: `held` by somebody else.
    """
    if lead.holder_id is not None and lead.wake_at is not None and lead.wake_at > seconds(now):
        since = moment_or_none(lead.held_since)
        if lead.holder_id != agent_id:
            raise Stale("held", by=Agent.get_by_id(lead.holder_id).name, at=since)
        return since
    if held := queue.held(agent_id, now):
        # Locked before anybody asks what was done meanwhile: a log of it that is being written now is waited for.
        Lead.read(queue.LOCKED, lead=held.lead_id)
        queue.let_go(held, now)
    return None


def _look_back(lead: Lead, done: Journal, told: Mapping[str, Any]) -> None:
    """Refuses what would take back more than the one command."""
    later = rows_of(
        "SELECT id, verb, detail FROM journal WHERE id > ? AND (lead_id = ? OR verb IN ('suppress', 'import-merge') "
        "OR (agent_id = ? AND lead_id IS NOT NULL AND verb <> 'correct'))",
        (done.id, lead.id, done.agent_id),
    )
    undone = {json.loads(text).get("undoes") for _, verb, text in later if verb == "undo"}
    if done.id in undone:
        raise Refused("undo_nothing")
    # Who puts a number on the list that is there already leaves no trace in it: it would be taken off for both.
    harmless = {"undo"} if "suppressed" in told else {"undo", "suppress"}
    # A list that came in filled other leads, or this one.
    harmless |= {"import-merge"}
    lists = (json.loads(text).get("leads", ()) for _, verb, text in later if verb == "import-merge")
    is_filled = any(str(lead.id) in leads for leads in lists)
    is_worked = is_filled or any(verb not in harmless and number not in undone for number, verb, _ in later)
    if is_worked or (lead.owner_id, lead.team_id) != (done.owner_id, done.team_id):
        raise Refused("undo_worked_on")


def _restore(lead: Lead, done: Journal, told: Mapping[str, Any], now: datetime) -> None:
    """Writes the lead as it would stand if it had been let go of instead."""
    if "suppressed" in told:
        suppress.lift(told["suppressed"], done.agent_id or 0, done.at)
    for table, rows in told.get("people", {}).items():
        for number, was in rows.items():
            _restore_row((Contact if table == "contact" else Phone).get_by_id(int(number)), was, now)
    slept_until = lead.sleeps_until
    if done.verb == contacts.VERB:  # which leaves the lead where it rests
        contacts.take_back(lead, told, now)
    else:
        slept_until = told["was"].get("slept_until")
    for name, value in told.get("was", {}).items():
        setattr(lead, name, value)
    lead.wake_at = slept_until if slept_until is not None and slept_until > seconds(now) else None
    lead.slept_until = lead.holder_id = lead.held_since = lead.token = None
    campaign = book(lead.campaign_id)
    if campaign.stage_codes[lead.stage_id] not in campaign.stage_ids:
        raise Refused("stage_retired", stage=campaign.stage_codes[lead.stage_id])
    if suppress.is_barred(lead.id):
        raise Refused("barred")
    queue.put_in_place(lead, campaign, now)
    lead.save()


def _restore_row(row: Base, was: Mapping[str, Any] | None, now: datetime) -> None:
    for name, value in ({"voided_at": seconds(now)} if was is None else was).items():
        setattr(row, name, value)
    row.save()


def _stored_claim(repeated: Journal, agent_id: int) -> Claim:
    claim = json.loads(repeated.detail)["claim"]
    return Claim(repeated.lead_id or 0, agent_id, claim["token"], moment(claim["until"]), moment(claim["since"]))


def _told(done: Journal, told: Mapping[str, Any], claim: Claim) -> Undone:
    """What the command's line in the journal tells of it."""
    match done.verb:
        case "log":
            return Undone(claim, "log", entry=_entry(done, told))
        case "move":
            return Undone(claim, "move", to=told["to"], reason=told["reason"], values=told.get("after", {}))
        case "sleep":
            return Undone(claim, "sleep", reason=told["why"], until=moment(told["until"]))
        case "edit":
            return Undone(claim, "edit", values=told["after"])
    return Undone(claim, done.verb)


def _entry(done: Journal, told: Mapping[str, Any]) -> Entry:
    touch = TouchRow.read(TOUCH, lead=done.lead_id, journal=done.id)
    assert touch is not None
    return Entry(
        touch.outcome,
        kind=funnel.TouchKind(touch.kind),
        note=touch.note,
        purpose=touch.purpose,
        feedback=touch.feedback,
        tags=touch.tags,
        bring=touch.bring,
        next_at=moment_or_none(touch.next_at),
        sleep_until=moment_or_none(told.get("sleep_until")),
        seconds=touch.seconds,
        reason=told.get("reason", ""),
        is_inbound=bool(touch.is_inbound),
    )
