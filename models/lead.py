"""Leads, the people and numbers at them, and the numbers that nobody may call."""

from __future__ import annotations

import peewee as pw

from models.base import Base, new_token


class Campaign(Base):
    """Leads that are worked by one playbook."""

    id = pw.AutoField()
    name = pw.TextField()
    playbook = pw.TextField()
    """The playbook's TOML text, as its manager wrote it."""
    edition = pw.TextField(default=new_token)
    """Another one with every change of the playbook or its stages, so that a process reads them once."""
    closed_at = pw.BigIntegerField(null=True)


class StageRow(Base):
    """A stage of a campaign; lost and invalid have rows too. They are retired, never deleted: history names them."""

    id = pw.AutoField()
    campaign_id = pw.IntegerField()
    code = pw.TextField()
    position = pw.IntegerField()
    kind = pw.TextField()
    probability = pw.IntegerField()
    retired_at = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "stage"


class Zone(Base):
    """A customers' time zone and country. The empty one stands for 'not known': the floor's own clock, and marked."""

    id = pw.AutoField()
    name = pw.TextField()
    country = pw.TextField()


class Hours(Base):
    """The calling hours of one zone in one campaign: the span that is open now, else the next to open."""

    campaign_id = pw.IntegerField()
    zone_id = pw.IntegerField()
    opens_at = pw.BigIntegerField()
    closes_at = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey("campaign_id", "zone_id")


class Seat(Base):
    """A lane that an agent serves: own promises and leads, the team's pool, the floor's pool (see `lane_of`)."""

    agent_id = pw.IntegerField()
    campaign_id = pw.IntegerField()
    lane = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("agent_id", "campaign_id", "lane")


def lane_of(owner_id: int | None, team_id: int | None) -> int:
    """Where a lead queues: an agent's lane is the agent's id, a team's pool minus the team's id, the floor's pool 0.

    >>> lane_of(7, 2), lane_of(None, 2), lane_of(None, None)
    (7, -2, 0)
    """
    return owner_id or -(team_id or 0)


class Lead(Base):
    """A company or a person to be called. All moments are UTC seconds, all money whole hundredths."""

    id = pw.BigAutoField()
    campaign_id = pw.IntegerField()
    stage_id = pw.IntegerField()
    owner_id = pw.IntegerField(null=True)
    team_id = pw.IntegerField(null=True)
    zone_id = pw.IntegerField()
    code = pw.TextField(null=True)
    """The number that another system or a manager gave it; see `views.lead_code` for the others."""
    company = pw.TextField(default="")
    industry = pw.TextField(default="")
    source = pw.TextField(default="")
    need = pw.TextField(default="")
    product = pw.TextField(default="")
    amount = pw.BigIntegerField(null=True)
    margin = pw.BigIntegerField(null=True)
    units = pw.IntegerField(null=True)
    expected_on = pw.TextField(null=True)
    """ISO day on which the deal is expected."""
    profile = pw.TextField(default="")
    """JSON object of all other fields, the playbook's own included; empty when there are none."""
    obtained_at = pw.BigIntegerField()
    entered_at = pw.BigIntegerField()
    stage_since = pw.BigIntegerField()
    touched_at = pw.BigIntegerField(null=True)
    fresh_until = pw.BigIntegerField(null=True)
    tries = pw.IntegerField(default=0)
    tries_on_day = pw.IntegerField(default=0)
    tried_on = pw.TextField(null=True)
    """ISO day of the customer's clock that `tries_on_day` counts."""
    misses = pw.IntegerField(default=0)
    lane = pw.IntegerField()
    """Whose queue it stands in: the owner's, but a promised lead waits with whoever promised."""
    key = pw.BigIntegerField()
    """Place in the queue, smaller first (`funnel.place_in_queue`)."""
    rekey_at = pw.BigIntegerField(null=True)
    """When time alone changes the key."""
    wake_at = pw.BigIntegerField(null=True)
    """None: ready. Else asleep until then, be it a timer, a retry, a promise, a claim, or `NEVER`."""
    slept_until = pw.BigIntegerField(null=True)
    """What `wake_at` was before the present claim."""
    due_at = pw.BigIntegerField(null=True)
    """The promised moment."""
    due_agent_id = pw.IntegerField(null=True)
    """Who promised; None: anybody of the pool keeps it."""
    holder_id = pw.IntegerField(null=True)
    """Whose hands it is in."""
    held_since = pw.BigIntegerField(null=True)
    token = pw.TextField(null=True)
    """The present claim's name; whatever changes the lead must know it."""
    barred = pw.IntegerField(default=0)
    """1: all its numbers are on the suppression list."""
    intake_id = pw.IntegerField(null=True)
    voided_at = pw.BigIntegerField(null=True)
    """Taken back with its import: out of every list and figure, kept for the record."""

    @property
    def sleeps_until(self) -> int | None:
        """What `wake_at` is once nobody holds it; a claim that ran out stands there until somebody comes by."""
        return self.wake_at if self.holder_id is None else self.slept_until


class Contact(Base):
    """A person at the lead; the first is whom to ask for."""

    id = pw.BigAutoField()
    lead_id = pw.BigIntegerField()
    name = pw.TextField(default="")
    title = pw.TextField(default="")
    part = pw.TextField(default="")
    """Part in the decision: executor, approver, decider, user."""
    email = pw.TextField(default="")
    intake_id = pw.IntegerField(null=True)
    voided_at = pw.BigIntegerField(null=True)


class Phone(Base):
    """A number of a contact; the lead's first is the one to dial."""

    id = pw.BigAutoField()
    lead_id = pw.BigIntegerField()
    contact_id = pw.BigIntegerField()
    number = pw.BigIntegerField()
    """E.164 without its plus: 8613800138000."""
    extension = pw.TextField(default="")
    voided_at = pw.BigIntegerField(null=True)


class Suppression(Base):
    """A number that no queue, import or hand-over brings back 禁呼名单."""

    number = pw.BigIntegerField(primary_key=True)
    reason = pw.TextField(default="")
    at = pw.BigIntegerField()
    agent_id = pw.IntegerField()


class Intake(Base):
    """One list that came in."""

    id = pw.AutoField()
    file = pw.TextField()
    digest = pw.TextField()
    """SHA-256 of the file, so that the same list is known again."""
    at = pw.BigIntegerField()
    agent_id = pw.IntegerField()
    campaign_id = pw.IntegerField()
    state = pw.TextField()
    """revealing, done, undone: a list that stopped halfway stays 'revealing' until it is taken back."""
    rows = pw.IntegerField(default=0)
    taken = pw.IntegerField(default=0)
    merged = pw.IntegerField(default=0)
    rejected = pw.IntegerField(default=0)
    reach = pw.TextField(default="")
    """JSON: how far taking it back went, and under which record of the journal."""
