"""Anchors: each day the heads of all chains go into the floor's own, so that no chain is cut or rewritten unseen.

The head of the floor's chain after an anchor stands for everything before it: noted elsewhere, on paper, it shows
later that nothing of that was touched, even by somebody who knows how to compute a chain.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

from models.base import new_token, rows_of, seconds
from models.connect import transact
from models.journal import Journal
from models.people import Floor, require_manager
from models.record.chain import FLOOR
from models.zones import floor_zone

VERB = "anchor"


def keep(now: datetime) -> None:
    """Anchors all chains where nobody has on this day of the floor. Inside a command."""
    stamp = seconds(now)
    if Floor.get_by_id(1).anchored_until > stamp:
        return
    ends = end_of_day(now)
    # Of two at once, one is told that it wrote.
    if Floor.update(anchored_until=ends).where(Floor.id == 1, Floor.anchored_until <= stamp).execute():
        _anchor(f"{VERB}-{ends}", now)


def end_of_day(now: datetime) -> int:
    """When the floor's day ends, UTC seconds."""
    zone = floor_zone()
    return seconds(datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone))


def anchor(by: int, now: datetime) -> str:
    """Anchors all chains now and returns the digest to be noted outside.

    Raises:
        Refused: `managers_only`.
    """

    def command() -> int:
        require_manager(by)
        return _anchor(new_token(), now, by)

    record = transact(command)
    sql = "SELECT head FROM link WHERE chain = ? AND journal_id = ?"
    return str(rows_of(sql, (FLOOR, record))[0][0])


def _anchor(token: str, now: datetime, by: int | None = None) -> int:
    heads = {str(row[0]): row[1:] for row in rows_of("SELECT chain, place, head FROM chain_head ORDER BY chain")}
    detail = {"heads": heads} if by is None else {"heads": heads, "by": by}
    return Journal.add(token=token, at=seconds(now), verb=VERB, agent_id=None, detail=json.dumps(detail))
