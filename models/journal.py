"""What happened: touches, moves and the journal, append-only; and the counters that triggers keep from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

import peewee as pw

from models.base import Base, Rendered, mark, rows_of, seconds
from models.connect import is_postgres, transact
from models.record.chain import Recorded, note_voided


class Journal(Recorded):
    """One command that was carried out. Its token makes a repeat harmless, its id is the feed's cursor."""

    TEXTS = ("detail",)

    id = pw.BigAutoField()
    token = pw.TextField()
    at = pw.BigIntegerField()
    agent_id = pw.IntegerField(null=True)
    verb = pw.TextField()
    lead_id = pw.BigIntegerField(null=True)
    team_id = pw.IntegerField(null=True)
    owner_id = pw.IntegerField(null=True)
    detail = pw.TextField(default="")
    """JSON object of codes, ids and amounts."""


REPEATED = Rendered(lambda: Journal.select().where(Journal.token == mark("token")))


def carried_out(token: str) -> Journal | None:
    """The record of this very command, if it was carried out before. Inside a command."""
    if is_postgres():
        # The first time may still be under way on a line that broke: its end is waited for.
        rows_of("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (token,))
    return Journal.read(REPEATED, token=token)


def once(token: str, work: Callable[[], int]) -> int:
    """Runs a command that no claim guards, as one transaction, and returns what it gives.

    A repeat with the same token changes nothing and returns what the first one gave, which is why every such command
    leaves its `record`.
    """

    def command() -> int:
        done = carried_out(token)
        return work() if done is None else int(json.loads(done.detail)["result"])

    return transact(command)


def record(token: str, verb: str, by: int, now: datetime, result: int = 0, **detail: object) -> int:
    """The record that such a command was carried out, with what it gave; everything it writes names it."""
    text = json.dumps({**detail, "result": result}, ensure_ascii=False)
    return Journal.add(token=token, at=seconds(now), agent_id=by, verb=verb, detail=text)


def void(table: type[Recorded], by: int, ids: Iterable[int]) -> None:
    """Takes rows of the history back, under the record of the command that does it."""
    found = list(ids)
    sql = f"UPDATE {table.table()} SET voided_by = ? WHERE id IN ({', '.join('?' * len(found))}) RETURNING id"
    note_voided(table, by, [row[0] for row in rows_of(sql, (by, *found))])


class TouchRow(Recorded):
    """One follow-up. Never altered: a correction is a new row that names the old one; undoing voids."""

    TEXTS = ("purpose", "note", "feedback", "bring")

    id = pw.BigAutoField()
    journal_id = pw.BigIntegerField()
    lead_id = pw.BigIntegerField()
    stage_id = pw.IntegerField()
    """Where the lead stood then."""
    at = pw.BigIntegerField()
    agent_id = pw.IntegerField(null=True)
    """Who did it."""
    owner_id = pw.IntegerField(null=True)
    """Who owned the lead then."""
    team_id = pw.IntegerField(null=True)
    kind = pw.TextField()
    is_inbound = pw.IntegerField(default=0)
    outcome = pw.TextField()
    is_talk = pw.IntegerField(default=0)
    purpose = pw.TextField(default="")
    note = pw.TextField(default="")
    feedback = pw.TextField(default="")
    tags = pw.TextField(default="")
    """Objections and tags, space-separated."""
    bring = pw.TextField(default="")
    """What to send or bring next."""
    next_at = pw.BigIntegerField(null=True)
    """The promise made in it."""
    answers_at = pw.BigIntegerField(null=True)
    """The promised moment that this touch answers, on time or late."""
    lacks_next_step = pw.IntegerField(default=0)
    seconds = pw.IntegerField(null=True)
    corrects_id = pw.BigIntegerField(null=True)
    intake_id = pw.IntegerField(null=True)
    voided_by: pw.BigIntegerField = pw.BigIntegerField(null=True)
    """The journal entry that took it back."""

    class Meta:
        table_name = "touch"


class MoveRow(Recorded):
    """One move from stage to stage; `from_stage_id` is None where the lead was taken in."""

    TEXTS = ("reason",)

    id = pw.BigAutoField()
    journal_id = pw.BigIntegerField()
    lead_id = pw.BigIntegerField()
    from_stage_id = pw.IntegerField(null=True)
    to_stage_id = pw.IntegerField()
    way = pw.TextField()
    at = pw.BigIntegerField()
    month = pw.IntegerField()
    """`base.month_of` the floor's day of `at`."""
    agent_id = pw.IntegerField(null=True)
    owner_id = pw.IntegerField(null=True)
    team_id = pw.IntegerField(null=True)
    amount = pw.BigIntegerField(null=True)
    reason = pw.TextField(default="")
    sign_seen = pw.IntegerField(default=0)
    intake_id = pw.IntegerField(null=True)
    voided_by: pw.BigIntegerField = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "stage_move"


class Transfer(Recorded):
    """A lead that changed owner or team."""

    ASIDE = ("voided_by", "stage_id", "amount")

    id = pw.BigAutoField()
    journal_id = pw.BigIntegerField()
    lead_id = pw.BigIntegerField()
    at = pw.BigIntegerField()
    from_owner_id = pw.IntegerField(null=True)
    to_owner_id = pw.IntegerField(null=True)
    from_team_id = pw.IntegerField(null=True)
    to_team_id = pw.IntegerField(null=True)
    stage_id = pw.IntegerField(null=True)
    """Where it stood then; as its amount then, this follows from the rest of the record."""
    amount = pw.BigIntegerField(null=True)
    voided_by: pw.BigIntegerField = pw.BigIntegerField(null=True)


class AmountChange(Recorded):
    """Another expected amount of a lead, with where it stood and whose it was then; None is none."""

    id = pw.BigAutoField()
    journal_id = pw.BigIntegerField()
    lead_id = pw.BigIntegerField()
    at = pw.BigIntegerField()
    stage_id = pw.IntegerField()
    team_id = pw.IntegerField(null=True)
    owner_id = pw.IntegerField(null=True)
    before = pw.BigIntegerField(null=True)
    after = pw.BigIntegerField(null=True)
    voided_by: pw.BigIntegerField = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "amount_change"


class Stock(Base):
    """Kept by triggers: leads in a stage now, by team and owner (0: none)."""

    stage_id = pw.IntegerField()
    team_id = pw.IntegerField()
    owner_id = pw.IntegerField()
    n = pw.IntegerField()
    amount = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey("stage_id", "team_id", "owner_id")


class Flow(Base):
    """Kept by triggers: events of a span of days by the line of the bridge that they are in, and their money."""

    width = pw.IntegerField()
    """Days of UTC in a span: every event is in one of a single day, and in one of 32."""
    span = pw.IntegerField()
    """Such spans since 1970."""
    stage_id = pw.IntegerField()
    team_id = pw.IntegerField()
    """0: none, as for the owner."""
    owner_id = pw.IntegerField()
    line = pw.TextField()
    """`funnel.Line`; a transfer is in two, whoever asks."""
    is_voided = pw.IntegerField()
    """1: what was taken back since, which is in no other row."""
    n = pw.IntegerField()
    amount = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey("width", "span", "stage_id", "team_id", "owner_id", "line", "is_voided")


class Entered(Base):
    """Kept by triggers: entries into a stage in a month."""

    month = pw.IntegerField()
    stage_id = pw.IntegerField()
    team_id = pw.IntegerField()
    owner_id = pw.IntegerField()
    n = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("month", "stage_id", "team_id", "owner_id")


class Passage(Base):
    """Kept by triggers: a lead's way through a stage that it left, one row for each move out of a stage.

    It is a leaver of a period (`funnel.last_exits`) when it left in it and did not come back before its end.
    """

    move_id = pw.BigIntegerField()
    lead_id = pw.BigIntegerField()
    stage_id = pw.IntegerField()
    to_stage_id = pw.IntegerField()
    way = pw.TextField()
    team_id = pw.IntegerField()
    """Of the lead then; 0: none, and so with the owner."""
    owner_id = pw.IntegerField()
    amount = pw.BigIntegerField()
    since = pw.BigIntegerField(null=True)
    """When it had entered; None where no record says so."""
    at = pw.BigIntegerField()
    month = pw.IntegerField()
    back_at = pw.BigIntegerField()
    """When it came back to the stage, `NEVER` if it did not; with the month of that."""
    back_month = pw.IntegerField()
    next_at = pw.BigIntegerField()
    """When it moved on from where it went; `NEVER` if it did not."""
    next_month = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("at", "move_id")


class Passed(Base):
    """Kept by triggers: how many `Passage` rows there are of each sort, and their amounts."""

    month = pw.IntegerField()
    owner_id = pw.IntegerField()
    team_id = pw.IntegerField()
    stage_id = pw.IntegerField()
    to_stage_id = pw.IntegerField()
    way = pw.TextField()
    back_month = pw.IntegerField()
    next_month = pw.IntegerField()
    n = pw.IntegerField()
    amount = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey(
            "month", "owner_id", "team_id", "stage_id", "to_stage_id", "way", "back_month", "next_month"
        )


class Stayed(Base):
    """Kept by triggers: how many leads that left a stage had been in it for so many whole days."""

    month = pw.IntegerField()
    owner_id = pw.IntegerField()
    team_id = pw.IntegerField()
    stage_id = pw.IntegerField()
    back_month = pw.IntegerField()
    days = pw.IntegerField()
    n = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("month", "owner_id", "team_id", "stage_id", "back_month", "days")


class Worked(Base):
    """Kept by triggers: touches of a person in a stage on a day of UTC, whose edges any period cuts for itself."""

    day = pw.IntegerField()
    """Days since 1970."""
    agent_id = pw.IntegerField()
    stage_id = pw.IntegerField()
    kind = pw.TextField()
    n = pw.IntegerField()
    talks = pw.IntegerField()
    talk_seconds = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey("day", "agent_id", "stage_id", "kind")
