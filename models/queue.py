"""Who is next: claim, take, renew, release, wake and tidy.

The queue is a stored key over ready rows only: a claim is one seek for each lane of the agent and open zone, whatever
the floor's size. Timer, retry, promise and claim are all one column, `wake_at`, so that a crashed session needs no
clean-up.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import peewee as pw
from msgspec.structs import replace

import funnel
from models import sight, zones
from models.base import NEVER, Rendered, mark, moment, moment_or_none, money, new_token, rows_of, seconds
from models.campaigns import OPEN, Book, book
from models.cards import Claim
from models.connect import is_postgres, locked, transact
from models.errors import Refused, Stale
from models.lead import Hours, Lead, Seat, lane_of
from models.people import Agent, Floor, require_worker

WAKE_BATCH = 50
"""Leads woken by one claim: a morning's backlog is shared out over the agents' claims."""
TIDY_BATCH = 100
TIDY_SECONDS = 20
"""Time's own changes (dwell, fresh, late promises, windows) are swept this often, by whoever claims."""
HALF = 0.0125
"""Seconds of one claim for taking back what a dead import left, and as many for not handing it out."""
BUSY = 0.005
"""Who has waited so many seconds for the floor leaves what is not urgent to another."""
TURNS = 100
"""On PostgreSQL others may take the head of the queue meanwhile, each of them once: look again."""

Candidate, Head = Lead.alias("candidate"), Lead.alias("head")


def _best_query() -> pw.ModelSelect[Seat]:
    """The best of the heads of every lane of the agent and open zone."""
    head = (
        Head.select(Head.id)
        .where(
            Head.campaign_id == Seat.campaign_id,
            Head.lane == Seat.lane,
            Head.zone_id == Hours.zone_id,
            Head.wake_at.is_null(),
        )
        .order_by(Head.key)
        .limit(1)
    )
    return (
        Seat.select(Candidate.id)
        .join(Hours, pw.JOIN.INNER, on=(Hours.campaign_id == Seat.campaign_id))
        .join(Candidate, pw.JOIN.INNER, on=(Candidate.id == head))
        .where(
            Seat.agent_id == mark("agent"),
            Hours.opens_at <= mark("now"),
            Hours.closes_at > mark("now"),
            Candidate.wake_at.is_null(),
        )
        .order_by(Candidate.key)
        .limit(1)
    )


def _claim_query(*, waits: bool = False) -> pw.ModelUpdate:
    best = _best_query()
    if is_postgres():
        best = best.for_update(of=Candidate, skip_locked=not waits)
    return (
        Lead.update(
            wake_at=mark("until"),
            slept_until=None,
            holder_id=mark("agent"),
            held_since=mark("now"),
            token=mark("token"),
        )
        .where(Lead.id == best, Lead.wake_at.is_null())
        .returning(Lead.id, Lead.intake_id)
    )


def _wake_query(*, promised: bool) -> pw.ModelUpdate:
    due = Head.select(Head.id).where(Head.wake_at.is_null(False), Head.wake_at <= mark("now"))
    # The bound is part of the partial index, so it has to be said.
    due = due.where(Head.due_at.is_null(False) if promised else Head.wake_at < pw.SQL(str(NEVER)))
    due = due.order_by(Head.wake_at).limit(WAKE_BATCH)
    if is_postgres():
        due = due.for_update(skip_locked=True)
    return _let_go_query().where(Lead.id.in_(due))


def _let_go_query() -> pw.ModelUpdate:
    """Out of all hands; whatever it slept for before goes on."""
    still = pw.Case(None, [(Lead.slept_until > mark("now"), Lead.slept_until)], None)
    return Lead.update(wake_at=still, slept_until=None, holder_id=None, held_since=None, token=None)


def _theirs() -> tuple[object, ...]:
    return Lead.id == mark("lead"), Lead.token == mark("token"), Lead.holder_id == mark("agent")


LOCKED = Rendered(lambda: locked(Lead.select().where(Lead.id == mark("lead"))))
LET_GO = Rendered(lambda: _let_go_query().where(*_theirs()))
RENEW = Rendered(lambda: Lead.update(wake_at=mark("until")).where(*_theirs()).returning(Lead.id))
CLAIM = Rendered(_claim_query)
CLAIM_IN_TURN = Rendered(lambda: _claim_query(waits=True))
BEST = Rendered(_best_query)
WAKE_PROMISED = Rendered(lambda: _wake_query(promised=True))
WAKE = Rendered(lambda: _wake_query(promised=False))
HELD = Rendered(
    lambda: Lead.select(Lead.id, Lead.token, Lead.wake_at, Lead.held_since).where(
        Lead.holder_id == mark("agent"), Lead.wake_at > mark("now")
    )
)


def _swept(*conditions: object) -> pw.ModelSelect[Lead]:
    """A batch of leads for the sweep; what another command writes is left to the next sweep."""
    batch = Lead.select().where(*conditions).limit(TIDY_BATCH)
    return batch.for_update(of=Lead, skip_locked=True) if is_postgres() else batch


def _late_query() -> pw.ModelSelect[Lead]:
    # Agents first, each a seek in the index: joined, SQLite would walk every promise of the floor.
    away = Agent.select(Agent.id).where(Agent.seen_at < mark("until"))
    is_due = Lead.due_at.is_null(False) & (Lead.due_at <= mark("now"))
    return _swept(Lead.due_agent_id.in_(away), is_due, Lead.holder_id.is_null())


AWAY = Rendered(lambda: Agent.select(Agent.id, Agent.seen_at).where(Agent.seen_at < mark("until")))
LATE = Rendered(_late_query)
CHANGED = Rendered(lambda: _swept(Lead.rekey_at.is_null(False), Lead.rekey_at <= mark("now")))
SEEN = Rendered(lambda: Agent.update(seen_at=mark("now")).where(Agent.id == mark("agent")))


def wake(now: datetime) -> None:
    """Wakes what is due, promises before anything else; runs out claims. Inside a command."""
    stamp = seconds(now)
    WAKE_PROMISED.run(now=stamp)
    WAKE.run(now=stamp)


def claim_next(agent_id: int, now: datetime) -> Claim | None:
    """The lead to call now, in this agent's hands; the one the agent still holds, if there is one; None if all rest."""

    asked = time.perf_counter()

    def command() -> Claim | None:
        wake(now)
        tidy(now, is_busy=time.perf_counter() - asked > BUSY)
        SEEN.run(now=seconds(now), agent=agent_id)
        if mine := _held(agent_id, now):
            return mine
        token, until = new_token(), _runs_out(now)
        lead = _claimed_whole(now, agent=agent_id, now=seconds(now), until=seconds(until), token=token)
        return Claim(lead, agent_id, token, until, now) if lead else None

    return transact(command)


def _claimed_whole(moment: datetime, **values: object) -> int | None:
    """The lead that was claimed. One of a list whose import died gives way to the next, as far as that is quick."""
    from models.exchange import intakes, taking_back  # with the first claim: no desk starts later for it

    until = time.perf_counter() + HALF
    while (row := _claimed(**values)) is not None:
        lead, intake = row
        is_half = intake is not None and time.perf_counter() < until and intakes.is_abandoned(intake)
        if intake is None or not is_half or not taking_back.pass_over(intake, lead, moment):
            return lead
    return None


def _claimed(**values: object) -> tuple[int, int | None] | None:
    """The lead that was claimed, and the list it came with."""
    row = CLAIM.row(**values)
    for _ in range(TURNS if is_postgres() else 0):
        if row is not None or BEST.row(**values) is None:
            break
        # Every head is in the hands of a command that has not ended: wait for one, then look again.
        row = CLAIM_IN_TURN.row(**values) or CLAIM.row(**values)
    return row


def take(agent_id: int, lead_id: int, now: datetime) -> Claim:
    """Puts one lead into an agent's hands: from search, history, a callback, a link. Lets go of what the agent held.

    Raises:
        Refused: `not_found` for what the agent may not see, `barred` for suppressed numbers, `supervisors_watch`.
        Stale: `held`, with the name of the colleague whose hands it is in.
    """

    def command() -> Claim:
        wake(now)
        agent = require_worker(agent_id)
        lead = Lead.read(LOCKED, lead=lead_id)
        if lead is None or not is_seen(agent, lead_id):
            raise Refused("not_found")
        if lead.barred:
            raise Refused("barred")
        if lead.holder_id is not None and lead.wake_at is not None and lead.wake_at > seconds(now):
            if lead.holder_id == agent_id and lead.token:
                return _claim_of(lead, agent_id)
            raise Stale("held", by=Agent.get_by_id(lead.holder_id).name, at=moment_or_none(lead.held_since))
        if mine := _held(agent_id, now):
            let_go(mine, now)
        return take_up(lead, agent_id, now)

    return transact(command)


def renew(claim: Claim, now: datetime) -> Claim:
    """The same claim for longer; called while on call and after recent keys, never by an idle screen."""
    until = _runs_out(now)

    def command() -> Claim:
        SEEN.run(now=seconds(now), agent=claim.agent_id)
        if not _extend(claim, until):
            raise stale(claim)
        return Claim(claim.lead_id, claim.agent_id, claim.token, until, claim.since)

    return transact(command)


def release(claim: Claim, now: datetime) -> None:
    """Gives a lead back unworked: it stands again where it stood. Harmless when the claim has run out."""
    transact(lambda: let_go(claim, now))


def leave(agent_id: int, now: datetime) -> None:
    """The agent's line is lost: what they hold waits for them for the playbook's grace, then it is free by itself."""

    def command() -> None:
        if mine := _held(agent_id, now):
            playbook = book(Lead.get_by_id(mine.lead_id).campaign_id).playbook
            grace = timedelta(minutes=min(playbook.grace_minutes, playbook.claim_minutes))
            _extend(mine, now + grace)

    transact(command)


def take_over(agent_id: int, now: datetime) -> Claim | None:
    """What the agent holds, under a new token: whoever knew the old one, at another desk, can do nothing with it.

    It goes on from now for as long as any claim; None where the agent holds nothing.
    """

    def command() -> Claim | None:
        mine = _held(agent_id, now)
        if mine is None:
            return None
        claim = replace(mine, token=new_token(), until=_runs_out(now))
        changed = Lead.update(token=claim.token, wake_at=seconds(claim.until)).where(
            Lead.id == mine.lead_id, Lead.token == mine.token
        )
        # A command of the other desk may have ended the claim between question and answer.
        return claim if changed.execute() else None

    return transact(command)


def _extend(claim: Claim, until: datetime) -> bool:
    """Sets when a claim runs out; False where it is not the lead's any more."""
    values = {"lead": claim.lead_id, "agent": claim.agent_id, "token": claim.token}
    return RENEW.row(until=seconds(until), **values) is not None


def held(agent_id: int, now: datetime) -> Claim | None:
    """The claim that this agent holds now."""
    return _held(agent_id, now)


def is_seen(agent: Agent, lead_id: int) -> bool:
    """Whether the filter lets this person see that lead."""
    return bool(Lead.select().where(Lead.id == lead_id, sight.seen_by(agent)).exists())


def stale(claim: Claim) -> Stale:
    """Who was faster, and when: what to say to a screen whose claim is gone."""
    rows = rows_of(
        "SELECT a.name, j.at FROM journal j JOIN agent a ON a.id = j.agent_id WHERE j.lead_id = ? AND j.at >= ? "
        "AND j.agent_id <> ? AND j.verb IN ('log', 'move', 'sleep', 'edit', 'contact') ORDER BY j.id DESC LIMIT 1",
        (claim.lead_id, seconds(claim.since), claim.agent_id),
    )
    holder = rows_of(
        "SELECT a.name, l.held_since FROM lead l JOIN agent a ON a.id = l.holder_id WHERE l.id = ? AND a.id <> ?",
        (claim.lead_id, claim.agent_id),
    )
    for name, at in [*rows, *holder]:
        return Stale("stale", by=name, at=moment(at))
    own = rows_of("SELECT token FROM lead WHERE id = ? AND holder_id = ?", (claim.lead_id, claim.agent_id))
    return Stale("elsewhere" if own and own[0][0] != claim.token else "stale")


def _held(agent_id: int, now: datetime) -> Claim | None:
    row = HELD.row(agent=agent_id, now=seconds(now))
    return Claim(row[0], agent_id, row[1], moment(row[2]), moment(row[3])) if row else None


def _claim_of(lead: Lead, agent_id: int) -> Claim:
    assert lead.token is not None
    assert lead.wake_at is not None
    assert lead.held_since is not None
    return Claim(lead.id, agent_id, lead.token, moment(lead.wake_at), moment(lead.held_since))


def take_up(lead: Lead, agent_id: int, now: datetime, since: datetime | None = None) -> Claim:
    """Puts a lead that nobody holds into an agent's hands. Inside a command that has looked that it may.

    Since an earlier moment, where it never left them.
    """
    token, until, since = new_token(), _runs_out(now), since or now
    Lead.update(
        slept_until=lead.sleeps_until,
        wake_at=seconds(until),
        holder_id=agent_id,
        held_since=seconds(since),
        token=token,
    ).where(Lead.id == lead.id).execute()
    return Claim(lead.id, agent_id, token, until, since)


def let_go(claim: Claim, now: datetime) -> None:
    """As `release`, inside a command."""
    LET_GO.run(now=seconds(now), lead=claim.lead_id, agent=claim.agent_id, token=claim.token)


def _runs_out(now: datetime) -> datetime:
    """When a claim of this moment does: in a whole second, as it is kept, so that nobody relies on one longer."""
    return moment(seconds(now + timedelta(minutes=_lease_minutes())))


def _lease_minutes() -> int:
    first = OPEN.row()
    return book(first[0]).playbook.claim_minutes if first else 10


# ── place and time ────────────────────────────────────────────────────────────────────────────────────────────────────


def standing(lead: Lead, campaign: Book) -> funnel.Standing:
    """A stored lead as the order of calling sees it; one that is closed, as if it stood at the funnel's top."""
    value = lead.margin if lead.margin is not None else lead.amount
    return funnel.Standing(
        stage=campaign.stage_codes[lead.stage_id] if is_in_funnel(lead, campaign) else campaign.playbook.stages[0].code,
        stage_since=moment(lead.stage_since),
        waiting_since=moment(lead.touched_at if lead.touched_at is not None else lead.entered_at),
        value=money(value),
        fresh_until=moment_or_none(lead.fresh_until),
        promised_at=moment_or_none(lead.due_at),
        is_promise_personal=lead.due_agent_id is not None,
    )


def is_in_funnel(lead: Lead, campaign: Book) -> bool:
    """Whether a lead stands in a stage of the playbook: neither lost nor invalid, nor in a stage that is gone."""
    code = campaign.stage_codes[lead.stage_id]
    return code in campaign.stage_ids and code not in (funnel.LOST, funnel.INVALID)


def put_in_place(lead: Lead, campaign: Book, now: datetime) -> None:
    """Sets lane, key and the time of their next change; the caller writes the row."""
    if lead.due_at is not None:
        # A promise that nobody keeps in person is the pool's, also where the lead has an owner.
        lead.lane = lead.due_agent_id if lead.due_agent_id is not None else lane_of(None, lead.team_id)
    else:
        lead.lane = lane_of(lead.owner_id, lead.team_id)
    stand = standing(lead, campaign)
    if not is_in_funnel(lead, campaign):
        # Called again only where somebody promised it or chose a moment; time alone changes nothing here.
        stand = stand._replace(fresh_until=None, stage_since=now)
        lead.key, lead.rekey_at = funnel.place_in_queue(campaign.playbook, stand, now).key, None
        return
    place = funnel.place_in_queue(campaign.playbook, stand, now)
    lead.key = place.key
    lead.rekey_at = None if place.changes_at is None else seconds(place.changes_at)


def lane_beside(pool: int) -> pw.Case:
    """The lane that `put_in_place` would set, for a statement on many leads whose pool is that lane."""
    promised = [(Lead.due_at.is_null(False), pw.fn.COALESCE(Lead.due_agent_id, pool))]
    return pw.Case(None, promised, pw.fn.COALESCE(Lead.owner_id, pool))


def tidy(now: datetime, *, is_busy: bool = False) -> None:
    """What time alone changes, and what an import left whose process died: in small batches, when it is due.

    Inside a command.
    """
    from models.exchange import taking_back

    stamp = seconds(now)
    is_due = Floor.get_by_id(1).tidied_at + TIDY_SECONDS <= stamp
    if is_due:
        _keep_up(now)
    # Who has found some of an import goes on with every claim that finds the floor free.
    if not is_busy and (is_due or taking_back.has_found()):
        taking_back.sweep(now, HALF)


def _keep_up(now: datetime) -> None:
    from models import cohorts
    from models.record import anchors, sealing
    from models.search import catalogue

    zones.refresh_hours(now)
    _give_up_promises(now)
    anchors.keep(now)
    is_all = catalogue.sweep() & (_rekey(now) < TIDY_BATCH) & (not sealing.step()) & (not cohorts.step())
    if is_all:
        Floor.update(tidied_at=seconds(now)).where(Floor.id == 1).execute()


def _rekey(now: datetime) -> int:
    due = Lead.read_all(CHANGED, now=seconds(now))
    books = {number: book(number) for number in {lead.campaign_id for lead in due}}
    for lead in due:
        put_in_place(lead, books[lead.campaign_id], now)
        lead.save()
    return len(due)


def _give_up_promises(now: datetime) -> None:
    """A personal promise whose owner is away becomes the pool's after the playbook's minutes."""
    stamp = seconds(now)
    away = dict(AWAY.rows(until=stamp - 60))
    for lead in Lead.read_all(LATE, now=stamp, until=stamp - 60):
        campaign = book(lead.campaign_id)
        grace = campaign.playbook.promise_grace_minutes * 60
        if lead.due_at is None or max(lead.due_at, away.get(lead.due_agent_id, stamp)) + grace > stamp:
            continue
        lead.due_agent_id = None
        put_in_place(lead, campaign, now)
        lead.save()
