"""The record: recount the floor, look whether anything was altered, erase a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from models.errors import Refused
from tui.cli.shared import asking, now, open_floor, token
from tui.i18n import _, counted
from tui.i18n import marked as N_

if TYPE_CHECKING:
    from models.check import Discrepancy


@click.command()
@click.option("--anchor", "is_anchored", is_flag=True, help="Also print a digest of the record, to be noted outside.")
@click.option("--expect", default="", metavar="DIGEST", help="One that was noted: what stood before it is untouched.")
@click.pass_context
def check(context: click.Context, is_anchored: bool, expect: str) -> None:
    """Recount everything (counters, history, queue keys), prove the record, and say whether all agrees."""
    from models import access
    from models import check as recount
    from models.record import anchors

    person = asking(open_floor(context)) if is_anchored else None
    if person is None:
        open_floor(context, read_only=True)
    if access.is_limited():  # who sees a part of the floor would miss the rest
        raise Refused("managers_only")
    tell_faults(context, recount.check(now(), "".join(expect.split()).lower()))
    if person is not None:
        click.echo(_("Digest of the record up to now: {digest}").format(digest=anchors.anchor(person.id, now())))


def tell_faults(context: click.Context, faults: Sequence[Discrepancy]) -> None:
    """What a recount found, in words; where something does not agree, the exit code says so and nothing follows."""
    if not faults:
        click.echo(_("All agrees: counters, history, queue keys, claims, suppression, the record."))
        return
    for fault in faults:
        examples = ", ".join(fault.examples)
        click.echo(f"{_(DISCREPANCIES[fault.code]).format(examples=examples)} ({fault.count:,})")
    context.exit(1)


DISCREPANCIES = {
    "stock": N_("Leads counted in the stages are not those that stand there: {examples}"),
    "entered": N_("Entries counted by month are not those on record: {examples}"),
    "passages": N_("Leavings kept of the stages are not those of the history: {examples}"),
    "passed": N_("Leavings counted by month are not those kept: {examples}"),
    "stayed": N_("Days in the stages counted by month are not those kept: {examples}"),
    "sales": N_("Sales kept of the leads are not those of the history: {examples}"),
    "stock_by_lead": N_("Leads counted by source, industry and product are not those that stand there: {examples}"),
    "entered_by_lead": N_("Entries counted by source, industry and product are not those on record: {examples}"),
    "passed_by_lead": N_("Leavings counted by source, industry or product are not those kept: {examples}"),
    "stayed_by_lead": N_("Days in the stages counted by source, industry or product are not those kept: {examples}"),
    "flow_by_lead": N_(
        "What flows through the stages by source, industry or product is not what the history says: {examples}"
    ),
    "worked_by_lead": N_("Touches counted by source, industry or product are not those on record: {examples}"),
    "came": N_("Leads that came, counted by source, are not those on record: {examples}"),
    "counted_later": N_("Leads of a list were left to be counted later, and were not: {examples}"),
    "cohorts": N_("What became of the leads of a month is not counted as the history says: {examples}"),
    "worked": N_("Touches counted by day are not those on record: {examples}"),
    "flow": N_("What flows through the stages by day is not what the history says: {examples}"),
    "standing": N_("What came and went does not add up to the leads that stand there: {examples}"),
    "stage": N_("Leads do not stand where their last move went: {examples}"),
    "claims": N_("Claims are half there, or an agent holds two: {examples}"),
    "sleep": N_("Open leads sleep for ever, or closed ones wait to be called: {examples}"),
    "lanes": N_("Leads wait in a queue that is not theirs: {examples}"),
    "suppressed": N_("Leads are barred, or not, against the suppression list: {examples}"),
    "months": N_("Moves are counted in another month than their day's: {examples}"),
    "catalogue": N_("Leads cannot be found, or are found though they are gone: {examples}"),
    "keys": N_("Leads stand at another place in the queue than the playbook says: {examples}"),
    "database": N_("The database finds damage in its own file; restore a copy: {examples}"),
    "import": N_("A list came in by half; the desks take it back, or at once: callfloor import --undo {examples}"),
    "altered": N_("On record, and not as it was written: {examples}"),
    "missing": N_("On record once, and missing now: {examples}"),
    "inserted": N_("On record, and not written by callfloor: {examples}"),
    "anchor": N_("That digest was never noted of this record, or what stood before it was written anew: {examples}"),
}
"""What each fault of `models.check` means; its examples are ids."""


@click.command()
@click.argument("lead")
@click.option("--reason", default="", help="Who asked for it, and why; it stays on record. Asked for if not given.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask first.")
@click.pass_context
def erase(context: click.Context, lead: str, reason: str, is_sure: bool) -> None:
    """Erase names, numbers and notes of a lead for good; figures stay. LEAD is its code, as on its card."""
    from models.record import erasure

    person = asking(open_floor(context))
    number = erasure.lead_of(lead, by=person.id)
    reason = reason or click.prompt(_("Who asked for it, and why"))
    if not is_sure:
        click.confirm(_("Everything personal at {lead} goes for good. Go on?").format(lead=lead), abort=True)
    count = erasure.erase(number, reason=reason, by=person.id, token=token(), now=now())
    click.echo(counted("{count} record has lost its text.", "{count} records have lost their text.", count))
    click.echo(_("Backups keep what they have until they go: callfloor backup --days."))
