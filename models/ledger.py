"""Every command that an agent gives on a lead: log, move, sleep, edit. One transaction each.

The check and the write stand together, so that no rule is passed by a side door. Each command names its claim, whose
token refuses a stale screen, and a token of its own, made at the key press, which makes a repeat harmless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

import funnel
from models import detail, history, queue, suppress
from models.base import NEVER, Rendered, mark, moment_or_none, seconds
from models.campaigns import Book, book
from models.cards import Claim
from models.connect import transact
from models.errors import Refused
from models.fields import change, clean, fields_of
from models.journal import REPEATED, Journal, MoveRow, TouchRow, void
from models.lead import Lead, Zone
from models.people import Agent, Floor, Role
from models.zones import clock, floor_zone

TOUCHES = Rendered(
    lambda: TouchRow.select(TouchRow.kind, TouchRow.outcome, TouchRow.purpose, TouchRow.feedback).where(
        TouchRow.lead_id == mark("lead"),
        TouchRow.at >= mark("since"),
        TouchRow.stage_id == mark("stage"),
        TouchRow.voided_by.is_null(),
    )
)

EARLY = timedelta(minutes=15)
"""A call this long before a promised moment already answers it."""


class Entry(Struct, frozen=True):
    """One follow-up as the agent logs it."""

    outcome: str
    kind: funnel.TouchKind = funnel.TouchKind.CALL
    note: str = ""
    purpose: str = ""
    feedback: str = ""
    tags: str = ""
    bring: str = ""
    next_at: datetime | None = None
    """The moment promised to the customer."""
    sleep_until: datetime | None = None
    """A moment that the agent alone chose."""
    seconds: int | None = None
    """Talk time."""
    reason: str = ""
    """Loss or invalid reason, where the outcome closes the lead."""
    is_inbound: bool = False


def log_touch(claim: Claim, entry: Entry, *, keep: bool = False, token: str, now: datetime) -> funnel.Aftermath:
    """Records a follow-up, applies what follows from it, and ends the claim.

    Args:
        claim: the lead in hand.
        entry: what happened.
        keep: leaves an open lead in hand, so that it can be promoted after its talk; let go, it sleeps as it should.
        token: of this command; a repeat is harmless.
        now: this moment.

    Raises:
        Refused: `past_moment`, `needs_moment` (a callback without one), `unknown_outcome`, or `rules` with the verdict
            (a closing outcome without its reason).
        Stale: the claim is not the lead's any more.
        Unavailable: the database could not; nothing is recorded.
    """

    def command() -> funnel.Aftermath:
        lead, campaign, done = in_hand(claim, token)
        if done is not None:
            return detail.aftermath(json.loads(done.detail)["aftermath"])
        before = dict(lead.__data__)
        outcome = _outcome(campaign, entry, now)
        promised_at = entry.next_at or _standing_promise(lead, now)
        answers_at = lead.due_at if lead.due_at is not None and lead.due_at <= seconds(now + EARLY) else None
        zone = clock(Zone.get_by_id(lead.zone_id).name, floor_zone().key)
        tries = _count_try(lead, outcome, entry.kind, now.astimezone(zone))
        after = funnel.follow(
            campaign.playbook,
            campaign.stage_codes[lead.stage_id],
            outcome,
            tries,
            now,
            zone,
            promised_at=promised_at,
            sleep_until=entry.sleep_until,
            reason=entry.reason,
        )
        told = {"outcome": outcome.code, "aftermath": detail.followed(after), **_chosen(entry)}
        touch, move = history.touch_of(lead, claim.agent_id, entry, outcome, after, answers_at, now), None
        if after.closes:
            facts = funnel.Facts({}, reason=after.reason)
            move = _moved(lead, campaign, after.closes.value, facts, claim.agent_id, now)[1]
        if after.suppresses:
            told["suppressed"] = suppress.bar_numbers_of(lead.id, claim.agent_id, now)
            lead.barred = 1
        lead.touched_at, lead.fresh_until = seconds(now), None
        if entry.next_at is not None:
            lead.due_agent_id = claim.agent_id
        _rest(lead, campaign, after, now, keep=keep and after.closes is None)
        journal = write_journal(token, "log", lead, claim.agent_id, now, {**told, "was": detail.was(before, lead)})
        TouchRow.add(journal_id=journal, **touch)
        if move is not None:
            MoveRow.add(journal_id=journal, **move)
        return after

    return transact(command)


def move(
    claim: Claim,
    to: str,
    *,
    reason: str = "",
    is_sign_seen: bool = False,
    values: Mapping[str, str] | None = None,
    token: str,
    now: datetime,
) -> funnel.Verdict:
    """Moves a lead to another stage if the playbook allows it. An open lead stays in hand, a closed one is let go.

    Args:
        claim: the lead in hand.
        to: the stage's code.
        reason: for back, skip and reopen any text; for lost and invalid a code of the playbook.
        is_sign_seen: the stage's sign of promotion was seen.
        values: fields that are confirmed with it, as for `edit`: amount and day of a sale.
        token: of this command; a repeat is harmless.
        now: this moment.

    Raises:
        Refused: `rules`, with the verdict that says what is missing; as for `edit` where there are values.
        Stale, Unavailable: as for `log_touch`.
    """

    def command() -> funnel.Verdict:
        lead, campaign, done = in_hand(claim, token)
        if done is not None:
            origin = json.loads(done.detail)["from"]
            return funnel.Verdict(funnel.way_of(campaign.playbook, origin, to), to, ())
        before, origin, why = dict(lead.__data__), campaign.stage_codes[lead.stage_id], clean(reason)
        told: dict[str, object] = {"from": origin, "to": to, "reason": why}
        if values:
            told |= _fill(lead, campaign, values, now)
        verdict, move = _moved(lead, campaign, to, facts_of(lead, why, is_sign_seen), claim.agent_id, now)
        queue.put_in_place(lead, campaign, now)
        if to in (funnel.LOST, funnel.INVALID):
            _rest(lead, campaign, funnel.Aftermath(None), now)
        else:
            # Given back now, a reopened lead is ready at once, and a sold one rests; another goes back to its sleep.
            if campaign.playbook.rests(to) and lead.due_at is None:
                lead.slept_until = NEVER
            elif verdict.way is funnel.Way.REOPEN or campaign.playbook.rests(origin):
                lead.slept_until = lead.due_at
            lead.save()
        told["was"] = detail.was(before, lead)
        journal = write_journal(token, "move", lead, claim.agent_id, now, told)
        history.write_amount(before, lead, journal, now)
        MoveRow.add(journal_id=journal, **move)
        return verdict

    return transact(command)


def sleep(claim: Claim, until: datetime, *, why: str = "", token: str, now: datetime) -> None:
    """Puts a lead to sleep until a moment that the agent chose, and ends the claim. A promise stays where it was.

    Raises:
        Refused: `past_moment`.
        Stale, Unavailable: as for `log_touch`.
    """

    def command() -> None:
        lead, campaign, done = in_hand(claim, token)
        if done is not None:
            return
        if until <= now:
            raise Refused("past_moment", at=until)
        before, promised = dict(lead.__data__), moment_or_none(lead.due_at)
        kept = promised if promised is not None and now < promised else None
        wake_at = min(until, kept) if kept else until
        _rest(lead, campaign, funnel.Aftermath(wake_at, kept), now)
        told = {"until": seconds(until), "why": clean(why), "was": detail.was(before, lead)}
        write_journal(token, "sleep", lead, claim.agent_id, now, told)

    transact(command)


def edit(claim: Claim, values: Mapping[str, str], *, token: str, now: datetime) -> None:
    """Fills or empties fields of a lead, by their codes, from what a person typed.

    Raises:
        Refused: `bad_value` with the field and an example, `unknown_field`, `suppressed` for such a number.
        Stale, Unavailable: as for `log_touch`.
    """

    def command() -> None:
        lead, campaign, done = in_hand(claim, token)
        if done is not None:
            return
        before, told = dict(lead.__data__), _fill(lead, campaign, values, now)
        queue.put_in_place(lead, campaign, now)
        lead.save()
        told["was"] = detail.was(before, lead)
        history.write_amount(before, lead, write_journal(token, "edit", lead, claim.agent_id, now, told), now)

    transact(command)


def correct_note(touch_id: int, note: str, *, agent_id: int, token: str, now: datetime) -> int:
    """Appends a touch's better wording as a new record that names the old one. Its doer or a manager may.

    Raises:
        Refused: `not_found` for what the agent may not see, `not_yours`.
    """

    def command() -> int:
        old, agent = TouchRow.get_or_none(TouchRow.id == touch_id), Agent.get_by_id(agent_id)
        if old is None or not queue.is_seen(agent, old.lead_id):
            raise Refused("not_found")
        lead = Lead.read(queue.LOCKED, lead=old.lead_id)
        assert lead is not None
        if (done := _repeated(token)) is not None:
            return int(TouchRow.get(TouchRow.corrects_id == touch_id, TouchRow.journal_id == done.id).id)
        # Asked only now: whoever corrects or undoes it at this moment has the lead.
        if not TouchRow.select().where(TouchRow.id == touch_id, TouchRow.voided_by.is_null()).exists():
            raise Refused("not_found")
        if old.agent_id != agent_id and agent.role != Role.MANAGER:
            raise Refused("not_yours")
        journal = write_journal(token, "correct", lead, agent_id, now, {"corrects": touch_id})
        kept = {name: value for name, value in old.__data__.items() if name not in ("id", "salt", "erased")}
        # The old record leaves the figures, the new one takes its place in them.
        touch = TouchRow.add(**{**kept, "journal_id": journal, "note": clean(note), "corrects_id": old.id})
        void(TouchRow, journal, [old.id])
        return touch

    return transact(command)


# ── what the commands share ───────────────────────────────────────────────────────────────────────────────────────────


def in_hand(claim: Claim, token: str) -> tuple[Lead, Book, Journal | None]:
    """The lead of a claim, locked, with its campaign; and this very command's record, if it was carried out before.

    Raises:
        Stale: the claim is not the lead's any more.
    """
    lead = Lead.read(queue.LOCKED, lead=claim.lead_id)
    assert lead is not None
    # Asked only now: the first time may have been on a line that broke, and end while this one waits for the lead.
    done = _repeated(token)
    if done is None and (lead.token != claim.token or lead.holder_id != claim.agent_id):
        raise queue.stale(claim)
    return lead, book(lead.campaign_id), done


def write_journal(token: str, verb: str, lead: Lead, agent_id: int, now: datetime, told: Mapping[str, object]) -> int:
    """The record that a command was carried out; everything it writes names it."""
    queue.SEEN.run(now=seconds(now), agent=agent_id)
    return Journal.add(
        token=token,
        at=seconds(now),
        agent_id=agent_id,
        verb=verb,
        lead_id=lead.id,
        team_id=lead.team_id,
        owner_id=lead.owner_id,
        detail=json.dumps(told, ensure_ascii=False),
    )


def facts_of(lead: Lead, reason: str = "", is_sign_seen: bool = False) -> funnel.Facts:
    """What is on record of a lead for the rules of its stage."""
    rows = TOUCHES.rows(lead=lead.id, since=lead.stage_since, stage=lead.stage_id)
    touches = [funnel.Touch(funnel.TouchKind(row[0]), *row[1:]) for row in rows]
    return funnel.Facts(fields_of(lead), touches, reason, is_sign_seen)


def _fill(lead: Lead, campaign: Book, values: Mapping[str, str], now: datetime) -> dict[str, object]:
    """Sets fields of a lead and tells what they held before and after; the caller writes the lead."""
    known, people = fields_of(lead), detail.people_of(lead.id)
    before = {name: str(known.get(name, "")) for name in values}
    after = {name: clean(typed) for name, typed in values.items()}
    change(lead, campaign.playbook, after, Floor.get_by_id(1).region, now)
    return {"before": before, "after": after, "people": detail.people_were(people, detail.people_of(lead.id))}


def _repeated(token: str) -> Journal | None:
    return Journal.read(REPEATED, token=token)


def _outcome(campaign: Book, entry: Entry, now: datetime) -> funnel.Outcome:
    try:
        outcome = campaign.playbook.outcome(entry.outcome)
    except KeyError:
        raise Refused("unknown_outcome", outcome=entry.outcome) from None
    for chosen in (entry.next_at, entry.sleep_until):
        if chosen is not None and chosen <= now:
            raise Refused("past_moment", at=chosen)
    if funnel.Flag.CALLBACK in outcome.flags and entry.next_at is None:
        raise Refused("needs_moment", outcome=outcome.code)
    return outcome


def _standing_promise(lead: Lead, now: datetime) -> datetime | None:
    """A promise that is still to come holds, unless this touch answers it or makes another."""
    return moment_or_none(lead.due_at) if lead.due_at is not None and lead.due_at > seconds(now + EARLY) else None


def _count_try(lead: Lead, outcome: funnel.Outcome, kind: funnel.TouchKind, local: datetime) -> funnel.Tries:
    day = datetime.fromisoformat(lead.tried_on).date() if lead.tried_on else None
    tries = funnel.Tries(lead.tries, lead.tries_on_day, day, lead.misses).after(outcome, kind, local.date())
    lead.tries, lead.tries_on_day, lead.misses = tries.in_all, tries.on_day, tries.misses
    lead.tried_on = tries.day.isoformat() if tries.day else None
    return tries


def _chosen(entry: Entry) -> dict[str, object]:
    """What the agent chose and neither the touch nor the aftermath tells by itself."""
    chosen = {"reason": clean(entry.reason), "sleep_until": entry.sleep_until and seconds(entry.sleep_until)}
    return {name: value for name, value in chosen.items() if value}


def _moved(
    lead: Lead, campaign: Book, to: str, facts: funnel.Facts, agent_id: int, now: datetime
) -> tuple[funnel.Verdict, dict[str, Any]]:
    """Sets the lead's stage if the playbook allows it; with the move to be written."""
    origin = campaign.stage_codes[lead.stage_id]
    if origin not in campaign.stage_ids:
        raise Refused("stage_retired", stage=origin)
    verdict = funnel.may_move(campaign.playbook, origin, to, facts)
    if not verdict.is_allowed:
        raise Refused("rules", verdict=verdict)
    return verdict, history.move_of(
        lead, campaign, to, verdict.way, agent_id, now, facts.reason, sign_seen=facts.is_sign_seen
    )


def write_move(
    lead: Lead, campaign: Book, journal: int, to: str, way: funnel.Way, agent_id: int | None, now: datetime
) -> None:
    """Records a move that needs no leave, as taking in does, and sets the lead's stage; the caller writes the lead."""
    MoveRow.add(journal_id=journal, **history.move_of(lead, campaign, to, way, agent_id, now))


def _rest(lead: Lead, campaign: Book, after: funnel.Aftermath, now: datetime, *, keep: bool = False) -> None:
    """Writes the lead down where it sleeps from now on, or once the claim that is kept ends."""
    wakes = NEVER if after.wake_at is None or lead.barred else seconds(after.wake_at)
    lead.due_at = None if after.promised_at is None else seconds(after.promised_at)
    lead.due_agent_id = None if after.promised_at is None else lead.due_agent_id
    if keep:
        lead.slept_until = wakes
    else:
        lead.wake_at, lead.holder_id, lead.held_since, lead.token = wakes, None, None, None
        # A barred lead sleeps for good; this is what it comes back to, should its number ever come off the list.
        lead.slept_until = NEVER if lead.barred else None
    queue.put_in_place(lead, campaign, now)
    lead.save()
