"""Campaigns with their playbooks: parsed once in a process, with the ids that the database gave their stages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

import funnel
from models.base import Rendered, mark, rows_of
from models.lead import Campaign


class Book(Struct, frozen=True):
    """A campaign, its playbook, and the stages' ids."""

    campaign_id: int
    name: str
    playbook: funnel.Playbook
    stage_ids: Mapping[str, int]
    stage_codes: Mapping[int, str]
    """Retired stages are here too: the history names them."""
    kinds: Mapping[int, funnel.Kind]
    """What it means to stand in each, retired ones included: what was sold there stays sold."""

    def kind(self, stage_id: int) -> funnel.Kind:
        """What it means to stand there."""
        return self.kinds[stage_id]

    def of_kind(self, kind: funnel.Kind) -> list[int]:
        """Ids of the stages of that kind, retired ones included."""
        return [number for number, own in self.kinds.items() if own is kind]


@lru_cache(maxsize=32)
def parsed(text: str) -> funnel.Playbook:
    """The playbook of a text that was checked when it was stored: nobody need look for faults again."""
    import msgspec  # where it is needed: it takes 15 ms to import

    return msgspec.convert(tomllib.loads(text), funnel.Playbook)


_read: dict[int, tuple[str, Book]] = {}
EDITION = Rendered(lambda: Campaign.select(Campaign.edition).where(Campaign.id == mark("campaign")))
OPEN = Rendered(lambda: Campaign.select(Campaign.id).where(Campaign.closed_at.is_null()).order_by(Campaign.id))


def book(campaign_id: int) -> Book:
    """The campaign with its playbook, as the database has it now; read again when it has another edition."""
    row = EDITION.row(campaign=campaign_id)
    edition = str(row[0]) if row else ""
    known = _read.get(campaign_id)
    if known is None or known[0] != edition:
        known = _read[campaign_id] = (edition, _book(campaign_id))
    return known[1]


def _book(campaign_id: int) -> Book:
    rows = rows_of(
        "SELECT c.name, c.playbook, s.id, s.code, s.retired_at, s.kind FROM campaign c "
        "JOIN stage s ON s.campaign_id = c.id WHERE c.id = ?",
        (campaign_id,),
    )
    name, text = rows[0][:2]
    codes = {row[2]: row[3] for row in rows}
    kinds = {row[2]: funnel.Kind(row[5]) for row in rows}
    return Book(campaign_id, name, parsed(text), {row[3]: row[2] for row in rows if row[4] is None}, codes, kinds)


def books() -> tuple[Book, ...]:
    """All open campaigns whose leads are worked."""
    return tuple(own for own in every_book() if own.playbook.takes_leads)


def every_book() -> tuple[Book, ...]:
    """All open campaigns, those that only count too."""
    return tuple(book(row[0]) for row in OPEN.rows())
