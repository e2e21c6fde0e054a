"""What managers command: the floor itself, and campaigns with their playbooks. People are in `crew`."""

from __future__ import annotations

from datetime import datetime

import funnel
from models import changes, cohorts, schema, zones
from models.base import new_token, rows_of, seconds
from models.campaigns import book, parsed
from models.crew import reseat
from models.errors import Refused
from models.journal import once, record
from models.lead import Campaign, Lead, StageRow
from models.numbers import NOWHERE
from models.people import Agent, Floor, Role, require_manager, require_name
from models.record import anchors


def init(
    *,
    name: str,
    zone: str,
    region: str,
    currency: str,
    playbook: str,
    login: str,
    agent: str,
    token: str,
    now: datetime,
) -> int:
    """Makes the floor, its first campaign and its first manager, who is the caller. Returns the manager's id.

    Args:
        name: of the floor.
        zone: IANA zone of the floor's day.
        region: ISO country of numbers without a country code.
        currency: ISO code.
        playbook: the first campaign's TOML text, already checked.
        login: who calls.
        agent: the caller's name for people.
        token: of this command; a repeat is harmless, as of every one here.
        now: this moment.

    Raises:
        Refused: `already_a_floor`.
    """
    schema.migrate()

    def command() -> int:
        if Floor.select().exists():
            raise Refused("already_a_floor")
        Floor.create(id=1, name=name, zone=zone, region=region, currency=currency)
        manager = int(Agent.insert(login=login, name=agent, role=Role.MANAGER).execute())
        record(token, "init", manager, now, manager, floor=name)
        _add_campaign("main", playbook, now)
        zones.zone_id(NOWHERE, now)
        reseat()
        Floor.update(anchored_until=anchors.end_of_day(now)).where(Floor.id == 1).execute()
        return manager

    return once(token, command)


# ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_campaign(name: str, playbook: str, *, by: int, token: str, now: datetime) -> int:
    """A new campaign with a playbook whose text was checked; returns its id."""

    def command() -> int:
        require_manager(by)
        campaign = _add_campaign(require_name(name), playbook, now)
        reseat()
        record(token, "campaign-add", by, now, campaign, campaign=campaign)
        return campaign

    return once(token, command)


def apply_playbook(campaign_id: int, playbook: str, *, edition: str = "", by: int, token: str, now: datetime) -> None:
    """Gives a campaign a changed playbook; what it changes is told to the journal.

    Args:
        campaign_id: which campaign.
        playbook: the text, already checked.
        edition: of the campaign that `changes.look` looked at; any when empty.
        by: a manager.
        token: of this command.
        now: this moment.

    Raises:
        Refused: `stage_in_use` where leads stand in a stage that is gone, with the stages and their numbers;
            `playbook_changed` where somebody else changed it since it was looked at.
    """

    def command() -> int:
        require_manager(by)
        if edition and not Campaign.select().where(Campaign.id == campaign_id, Campaign.edition == edition).exists():
            raise Refused("playbook_changed")
        before = book(campaign_id)
        change = changes.compared(before, parsed(playbook), now, counts_leads=False)
        order = cohorts.order(campaign_id)
        _write_stages(campaign_id, parsed(playbook), now)
        cohorts.follow(campaign_id, order)
        Campaign.update(playbook=playbook, edition=new_token()).where(Campaign.id == campaign_id).execute()
        stranded = _stranded(campaign_id)
        if stranded:
            raise Refused("stage_in_use", stages=stranded)
        zones.add_hours(campaign_id, now)
        # Every key may be another now; the sweep sets them, some at a time.
        Lead.update(rekey_at=0).where(Lead.campaign_id == campaign_id, Lead.voided_at.is_null()).execute()
        Floor.update(tidied_at=0).where(Floor.id == 1).execute()
        record(token, "playbook", by, now, campaign=campaign_id, origin=before.playbook.code, change=change.told())
        return 0

    once(token, command)


def _stranded(campaign_id: int) -> dict[str, int]:
    rows = rows_of(
        "SELECT s.code, SUM(k.n) FROM stock k JOIN stage s ON s.id = k.stage_id WHERE s.campaign_id = ? "
        "AND s.retired_at IS NOT NULL GROUP BY s.code HAVING SUM(k.n) > 0 ORDER BY s.code",
        (campaign_id,),
    )
    return {row[0]: int(row[1]) for row in rows}


def _add_campaign(name: str, playbook: str, now: datetime) -> int:
    campaign = int(Campaign.insert(name=name, playbook=playbook).execute())
    _write_stages(campaign, parsed(playbook), now)
    zones.add_hours(campaign, now)
    return campaign


def _write_stages(campaign_id: int, playbook: funnel.Playbook, now: datetime) -> None:
    rows = [(stage.code, playbook.kind(stage.code), stage.probability) for stage in playbook.stages]
    rows += [(code, funnel.Kind(code), 0) for code in (funnel.LOST, funnel.INVALID)]
    StageRow.update(retired_at=seconds(now)).where(
        StageRow.campaign_id == campaign_id,
        StageRow.retired_at.is_null(),
        StageRow.code.not_in([row[0] for row in rows]),
    ).execute()
    for position, (code, kind, probability) in enumerate(rows):
        values = {"position": position, "kind": kind.value, "probability": probability, "retired_at": None}
        StageRow.insert(campaign_id=campaign_id, code=code, **values).on_conflict(
            conflict_target=[StageRow.campaign_id, StageRow.code], update=values
        ).execute()
