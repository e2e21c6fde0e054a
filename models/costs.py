"""What leads cost: money spent on a source in a month, entered by a manager; on record like everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import peewee as pw

from models.base import Base, hundredths, money, rows_of
from models.campaigns import book
from models.errors import Refused
from models.journal import once, record
from models.people import require_manager


class Cost(Base):
    """What a campaign spent on a source in a month."""

    campaign_id = pw.IntegerField()
    source = pw.TextField()
    """Its code; empty for leads whose source nobody knows."""
    month = pw.IntegerField()
    amount = pw.BigIntegerField()
    journal_id = pw.BigIntegerField()
    """The command that set it last."""

    class Meta:
        primary_key = pw.CompositeKey("campaign_id", "source", "month")


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent on a source in a month."""

    month: int
    source: str
    amount: Decimal


def set_cost(
    campaign_id: int, source: str, month: int, amount: Decimal | None, *, by: int, token: str, now: datetime
) -> None:
    """What a source cost in a month; setting it again replaces it.

    Args:
        campaign_id: whose source.
        source: its code, name or alias.
        month: counted month (`base.month_of`).
        amount: None takes it away: nothing is known then, which is not nothing spent.
        by: the manager.
        token: of this command; a repeat is harmless.
        now: this moment.

    Raises:
        Refused: `managers_only`; `unknown_source` with those there are.
    """

    def command() -> int:
        require_manager(by)
        playbook = book(campaign_id).playbook
        found = playbook.source(source)
        if found is None:
            raise Refused("unknown_source", allowed=tuple(one.code for one in playbook.sources))
        key = {"campaign_id": campaign_id, "source": found.code, "month": month}
        journal = record(token, "cost", by, now, cost={**key, "amount": hundredths(amount)})
        if amount is None:
            Cost.delete().where(*(getattr(Cost, name) == value for name, value in key.items())).execute()
        else:
            values = {"amount": hundredths(amount), "journal_id": journal}
            columns = [Cost.campaign_id, Cost.source, Cost.month]
            Cost.insert(**key, **values).on_conflict(conflict_target=columns, update=values).execute()
        return 0

    once(token, command)


def spent(campaign_id: int, since: int, until: int) -> tuple[Spent, ...]:
    """What was entered for the counted months [since, until), newest first."""
    rows = rows_of(
        "SELECT month, source, amount FROM cost WHERE campaign_id = ? AND month >= ? AND month < ? "
        "ORDER BY month DESC, source",
        (campaign_id, since, until),
    )
    return tuple(Spent(month, source, money(amount) or Decimal(0)) for month, source, amount in rows)
