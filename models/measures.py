"""Measures that a team decided in a review: what, when, against which stage's loss; their effect is read in reports."""

from __future__ import annotations

from datetime import date, datetime

import peewee as pw

from models.base import Base
from models.campaigns import book
from models.crew import team_id
from models.errors import Refused
from models.journal import once, record
from models.people import require_manager
from models.zones import floor_zone

LONGEST = 500
"""Characters of a measure."""


class MeasureRow(Base):
    """A measure. Never altered: what was decided is on record."""

    id = pw.AutoField()
    journal_id = pw.BigIntegerField()
    campaign_id = pw.IntegerField()
    team_id = pw.IntegerField(null=True)
    """None: of all teams."""
    stage_id = pw.IntegerField(null=True)
    """None: of the whole way."""
    decided_on = pw.TextField()
    """ISO day of the floor."""
    text = pw.TextField()
    agent_id = pw.IntegerField()
    """Who wrote it down."""

    class Meta:
        table_name = "measure"


def decide(
    campaign_id: int,
    text: str,
    *,
    decided_on: date,
    team: str | None = None,
    stage: str | None = None,
    by: int,
    token: str,
    now: datetime,
) -> None:
    """Writes down what was decided.

    Args:
        campaign_id: of which funnel.
        text: one line.
        decided_on: from this day of the floor on it holds; its effect counts from there.
        team: its name; of all teams where there is none.
        stage: code of the stage whose conversion it is to mend; of the whole way where there is none.
        by: a manager.
        token: of this command.
        now: this moment.

    Raises:
        Refused: `managers_only`, `unknown_team`, `unknown_stage`, `measure_empty`, `measure_future`.
    """

    def command() -> int:
        require_manager(by)
        said = " ".join(text.split())
        if not said or not said.isprintable() or len(said) > LONGEST:
            raise Refused("measure_empty", most=LONGEST)
        if decided_on > now.astimezone(floor_zone()).date():
            raise Refused("measure_future", day=decided_on)
        campaign = book(campaign_id)
        codes = tuple(own.code for own in campaign.playbook.stages)
        if stage and stage not in codes:
            raise Refused("unknown_stage", stage=stage, allowed=codes)
        values = {
            "campaign_id": campaign_id,
            "team_id": team_id(team) if team else None,
            "stage_id": campaign.stage_ids[stage] if stage else None,
            "decided_on": decided_on.isoformat(),
            "text": said,
        }
        journal = record(token, "measure", by, now, measure=values)
        MeasureRow.add(**values, journal_id=journal, agent_id=by)
        return 0

    once(token, command)
