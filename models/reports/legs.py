"""What flows into a stage and out of it: two legs of each move and each transfer, one of each edited amount.

Sums over legs are what stood where at any moment, and what happened between two. The database keeps them by spans of
days and owner (`journal.Flow`), and day by day of each source, industry and product; what does not fill a day, and what
goes by several of these, is read from the history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import funnel
from funnel import Line
from models.base import moment, money, month_of, rows_of
from models.campaigns import Book
from models.reports.passages import Key
from models.reports.slices import (
    OF_THE_LEAD,
    By,
    Condition,
    Slice,
    as_it_stands,
    joined,
    of_hands,
    of_leads_counted,
    of_the_lead,
)
from models.zones import floor_zone

DAY = 86_400
WIDTHS = (32, 1)
"""Days of the spans that `journal.Flow` keeps, the widest first."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One sort of them: a table of the history, and what its rows mean. Rows are called `r`."""

    table: str
    line: str
    """SQL of its `funnel.Line`."""
    stage: str = "r.stage_id"
    team: str = "r.team_id"
    owner: str = "r.owner_id"
    amount: str = "COALESCE(r.amount, 0)"
    condition: str = "1 = 1"


CAME = Leg(
    "stage_move",
    "CASE WHEN r.from_stage_id IS NULL AND r.intake_id IS NOT NULL THEN 'imported' "
    "WHEN r.way IN ('back', 'reopen') THEN 'returned' ELSE 'entered' END",
    stage="r.to_stage_id",
)
WENT = Leg(
    "stage_move",
    "CASE WHEN r.way IN ('lost', 'invalid') THEN r.way WHEN r.way IN ('back', 'reopen') THEN 'back' "
    "ELSE 'advanced' END",
    stage="r.from_stage_id",
    condition="r.from_stage_id IS NOT NULL",
)
GIVEN = Leg("transfer", "'handed_over'", team="r.from_team_id", owner="r.from_owner_id")
TAKEN = Leg("transfer", "'taken_over'", team="r.to_team_id", owner="r.to_owner_id")
GROWN = Leg("amount_change", "'edited'", amount="COALESCE(r.after, 0) - COALESCE(r.before, 0)")
LEGS = (CAME, WENT, GIVEN, TAKEN, GROWN)
TRANSFERS = (GIVEN, TAKEN)

GOING = ", ".join(f"'{line}'" for line in sorted(funnel.GOING))
IS_VOIDED = "CASE WHEN r.voided_by IS NULL THEN 0 ELSE 1 END"
EPOCH = moment(0)
NET_COUNT = f"CASE WHEN line IN ({GOING}) THEN -n WHEN line = '{Line.EDITED}' THEN 0 ELSE n END"
NET_AMOUNT = f"CASE WHEN line IN ({GOING}) THEN -amount ELSE amount END"

Span = tuple[int | None, int | None]
"""[since, until) in UTC seconds; None is no bound."""
Flow = tuple[Key, str, Line, bool, int, int]
"""Part, stage, line, whether it was taken back, events, and their money in hundredths."""


def all_legs() -> str:
    """SQL of every leg there is, from the history."""
    return " UNION ALL ".join(
        f"SELECT r.lead_id, r.at, {leg.stage} AS stage_id, COALESCE({leg.team}, 0) AS team_id, "
        f"COALESCE({leg.owner}, 0) AS owner_id, {leg.line} AS line, {IS_VOIDED} AS is_voided, {leg.amount} AS amount "
        f"FROM {leg.table} r WHERE {leg.condition}"
        for leg in LEGS
    )


def recounted() -> str:
    """SQL of the whole of `flow`, from the history."""
    legs = all_legs()
    widths = " UNION ALL ".join(
        f"SELECT {width} AS width, at / {width * DAY} AS span, stage_id, team_id, owner_id, line, is_voided, COUNT(*), "
        f"SUM(amount) FROM ({legs}) AS legs GROUP BY 2, 3, 4, 5, 6, 7"
        for width in WIDTHS
    )
    return f"SELECT * FROM ({widths}) AS widths"


def flows(campaign: Book, chosen: Slice, span: Span) -> Iterator[Flow]:
    """What flowed into a selection and out of it in a span of time, summed; a line may come in several parts.

    Transfers from hand to hand inside of the selection are left out.
    """
    if (chosen.team_id, chosen.agent_id) != (None, None):
        for leg in TRANSFERS:
            yield from _summed(campaign, leg, By.NOTHING, joined(*of_leg(chosen, leg, span), across(chosen, leg)))
    for sign, width, own in _cut(chosen, span, By.NOTHING):
        told = _kept(campaign, chosen, width, own) if width else _told(campaign, chosen, own, By.NOTHING, (GROWN,))
        for part, stage, line, is_voided, count, amount in told:
            yield part, stage, line, is_voided, sign * count, sign * amount


def balance(campaign: Book, chosen: Slice, span: Span, by: By) -> Iterator[tuple[Key, str, int, int]]:
    """Part, stage, and how many leads and how much money more a span of time left there.

    Nothing of what was taken back is in it. What comes in several parts adds up.

    Args:
        campaign: of the slice.
        chosen: the selection.
        span: any seconds.
        by: what it is split by, any but months; of teams and agents a transfer goes out of one part and into another.
    """
    for sign, width, own in _cut(chosen, span, by):
        if width:
            table, key, (text, args) = _counters(chosen, width, own, by)
            rows = rows_of(
                f"SELECT {key}, f.stage_id, SUM({NET_COUNT}), SUM({NET_AMOUNT}) FROM {table} f "
                f"WHERE f.is_voided = 0 AND {text} GROUP BY 1, 2",
                args,
            )
            for part, number, count, amount in rows:
                yield part, campaign.stage_codes[number], sign * int(count), sign * int(amount)
            continue
        for part, stage, line, is_voided, count, amount in _told(campaign, chosen, own, by, (*TRANSFERS, GROWN)):
            if not is_voided:
                more = sign * line.sign
                yield part, stage, 0 if line is Line.EDITED else more * count, more * amount


def _cut(chosen: Slice, span: Span, by: By) -> Iterator[tuple[int, int, Span]]:
    """A span as counters have it: those of people by several widths, those by what leads are by days."""
    of = chosen.part(by)
    return iter([(1, 0, span)]) if of is None else cut(span, WIDTHS if of is By.NOTHING else (1,))


def _told(campaign: Book, chosen: Slice, span: Span, by: By, others: Sequence[Leg]) -> Iterator[Flow]:
    """What the history says of a span."""
    yield from _moved(campaign, chosen, span, by)
    for leg in others:
        yield from _summed(campaign, leg, by, joined(*of_leg(chosen, leg, span)))


def of_part(by: By, team: str, owner: str) -> str:
    """SQL of the part, by columns of ids; of what leads are, by a lead called `part`."""
    if by in OF_THE_LEAD:
        return f"part.{by.value}"
    column = {By.TEAM: team, By.AGENT: owner}.get(by)
    return f"COALESCE({column}, 0)" if column else "0"


def _with_part(by: By) -> str:
    return " JOIN lead part ON part.id = r.lead_id" if by in OF_THE_LEAD else ""


def cut(span: Span, widths: Sequence[int] = WIDTHS, sign: int = 1) -> Iterator[tuple[int, int, Span]]:
    """A span of time in parts that are kept: sign, width in days, and numbers of such spans; width 0: seconds.

    A bound goes to the nearer end of the span in which it lies, and what is too much is taken off again: on a floor
    west or east of Greenwich a day ends within half a day of a kept one, mostly at night.

    >>> list(cut((None, 2 * DAY + 5)))
    [(1, 32, (None, 0)), (1, 1, (0, 2)), (1, 0, (172800, 172805))]
    >>> list(cut((86_300, 172_500)))
    [(1, 0, (86300, 86400)), (1, 1, (1, 2)), (-1, 0, (172500, 172800))]
    >>> list(cut((10, 20)))
    [(1, 0, (10, 20))]
    """
    if not widths:
        yield sign, 0, span
        return
    long, finer = widths[0] * DAY, widths[1:]
    first, last = (None if bound is None else (bound + long // 2) // long for bound in span)
    if first is not None and first == last:
        yield from cut(span, finer, sign)
        return
    if span[0] is not None and first is not None:
        yield from _rest(span[0], first * long, finer, sign)
    yield sign, widths[0], (first, last)
    if span[1] is not None and last is not None:
        yield from _rest(last * long, span[1], finer, sign)


def _rest(since: int, until: int, widths: Sequence[int], sign: int) -> Iterator[tuple[int, int, Span]]:
    """What lies between two moments; taken off where the second comes first."""
    if since != until:
        yield from cut((min(since, until), max(since, until)), widths, sign if since < until else -sign)


def _kept(campaign: Book, chosen: Slice, width: int, span: Span) -> Iterator[Flow]:
    """What the counters say of whole days, but for transfers."""
    table, key, (text, args) = _counters(chosen, width, span, By.NOTHING)
    rows = rows_of(
        f"SELECT {key}, f.stage_id, f.line, f.is_voided, SUM(f.n), SUM(f.amount) FROM {table} f "
        f"WHERE {text} AND f.line NOT IN ('{Line.HANDED_OVER}', '{Line.TAKEN_OVER}') "
        "GROUP BY 1, 2, 3, 4 HAVING SUM(f.n) <> 0 OR SUM(f.amount) <> 0",
        args,
    )
    for part, stage, line, is_voided, count, amount in rows:
        yield part, campaign.stage_codes[stage], Line(line), bool(is_voided), int(count), int(amount)


def _counters(chosen: Slice, width: int, span: Span, by: By) -> tuple[str, str, Condition]:
    """Table, part and condition of counters `f`: those by owner, or of one thing that leads are those by lead."""
    of, key = chosen.part(by), of_part(by, "f.team_id", "f.owner_id")
    if of in OF_THE_LEAD:
        condition = joined(of_leads_counted(chosen, "f", of.value), _within("f.day", span))
        return "flow_by_lead", "f.value" if by is of else key, condition
    whose = of_hands(chosen, "f.team_id", "f.owner_id")
    of_width = (("f.width = ?", (width,)), _within("f.span", span))
    return "flow", key, joined(*of_width, of_campaign(chosen, "f.stage_id"), whose)


def _moved(campaign: Book, chosen: Slice, span: Span, by: By) -> Iterator[Flow]:
    """Both legs of the moves of a span, read once."""
    source, condition = _read(chosen, span, by)
    text, args = joined(condition, _within("r.at", span), of_hands(chosen, CAME.team, CAME.owner))
    rows = rows_of(
        f"SELECT {of_part(by, CAME.team, CAME.owner)}, r.from_stage_id, r.to_stage_id, r.way, "
        f"CASE WHEN r.intake_id IS NULL THEN 0 ELSE 1 END, {IS_VOIDED}, COUNT(*), SUM(COALESCE(r.amount, 0)) "
        f"FROM {source} WHERE {text} GROUP BY 1, 2, 3, 4, 5, 6",
        args,
    )
    codes = campaign.stage_codes
    for key, origin, to, way, is_brought, is_voided, count, amount in rows:
        # What of it means which line is the heart's to say.
        came_from = None if origin is None else codes.get(origin, "")
        move = funnel.Move(0, EPOCH, came_from, codes.get(to, ""), funnel.Way(way))
        for change in funnel.moved(move, is_imported=bool(is_brought)):
            if change.stage:
                yield key, change.stage, change.line, bool(is_voided), int(count), int(amount)


def _read(chosen: Slice, span: Span, by: By) -> tuple[str, Condition]:
    """Where to read moves `r` of a slice."""
    if chosen.part(by) is not None:  # the hours that days have not got
        return f"stage_move r{_with_part(by)}", joined(*as_it_stands(chosen, "r"))
    lead, args = joined(*of_the_lead(chosen, "l"))
    zone = floor_zone()
    months = [
        (f"r.month {sign} ?", (month_of(datetime.fromtimestamp(at, zone).date()),))
        for sign, at in zip((">=", "<="), span, strict=True)
        if at is not None
    ]
    # The order of the tables is meant: leads of several sorts at once are few, and their few moves are found by the id.
    return f"lead l CROSS JOIN stage_move r{_with_part(by)}", joined(("r.lead_id = l.id", ()), (lead, args), *months)


def of_leg(chosen: Slice, leg: Leg, span: Span) -> Iterator[Condition]:
    """The legs of a sort that belong to a slice and fall in a span, taken back or not."""
    yield leg.condition, ()
    yield _within("r.at", span)
    yield of_campaign(chosen, leg.stage)
    yield of_hands(chosen, leg.team, leg.owner)
    yield from as_it_stands(chosen, "r")


def across(chosen: Slice, leg: Leg) -> Condition:
    """A transfer whose other leg is outside of the selection."""
    other = TAKEN if leg is GIVEN else GIVEN
    text, args = of_hands(chosen, other.team, other.owner)
    return f"NOT ({text})", args


def _summed(campaign: Book, leg: Leg, by: By, condition: Condition) -> Iterator[Flow]:
    text, args = condition
    rows = rows_of(
        f"SELECT {of_part(by, leg.team, leg.owner)}, {leg.stage}, {leg.line}, {IS_VOIDED}, COUNT(*), SUM({leg.amount}) "
        f"FROM {leg.table} r{_with_part(by)} WHERE {text} GROUP BY 1, 2, 3, 4",
        args,
    )
    for key, stage, line, is_voided, count, amount in rows:
        yield key, campaign.stage_codes[stage], Line(line), bool(is_voided), int(count), int(amount)


def _within(column: str, span: Span) -> Condition:
    bounds = [
        (f"{column} {sign} ?", (bound,)) for sign, bound in zip((">=", "<"), span, strict=True) if bound is not None
    ]
    return joined(*bounds)


def of_campaign(chosen: Slice, stage: str) -> Condition:
    """A stage of the slice's campaign, in a column of ids; looked at row by row, since most of a floor's are."""
    return f"+{stage} IN (SELECT id FROM stage WHERE campaign_id = ?)", (chosen.campaign_id,)


def tally(line: Line, count: int, amount: int) -> funnel.Tally:
    """What a flow is worth in a line of the bridge: an edited amount is money alone."""
    return funnel.Tally(0 if line is Line.EDITED else count, money(amount) or funnel.NOTHING)
