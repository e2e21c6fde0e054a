"""Counts above the leads: impressions, clicks, visits … of a day and a channel, read from files and kept once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import peewee as pw

import funnel
from models.base import Base, rows_of
from models.campaigns import Book, book
from models.errors import Refused
from models.exchange import headings, reading
from models.exchange.values import BadValue, day, tidy, whole
from models.journal import once, record
from models.people import require_manager
from models.zones import floor_zone

DAY = frozenset("日期 天 时间 date day".split())
CHANNEL = frozenset("渠道 来源 线索来源 推广渠道 channel source".split())
BATCH = 200
"""Rows of one statement."""


class ChannelCount(Base):
    """How many of one layer a channel had on a day."""

    campaign_id = pw.IntegerField()
    day = pw.TextField()
    """ISO."""
    channel = pw.TextField()
    """Code of a source."""
    layer = pw.TextField()
    n = pw.BigIntegerField()
    journal_id = pw.BigIntegerField()
    """The command that brought it last."""

    class Meta:
        table_name = "channel_count"
        primary_key = pw.CompositeKey("campaign_id", "day", "channel", "layer")


@dataclass(frozen=True, slots=True)
class DayCount:
    """What one channel had on one day."""

    day: str
    """ISO."""
    channel: str
    """Code of a source of the playbook."""
    counts: Mapping[str, int]
    """By the layer's code; layers that the file leaves empty are not in it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file brought, in days and channels."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the funnel of one channel, or of all together, over a period."""

    channel: str
    """Empty for all channels together."""
    days: int
    """Days that were counted; for all channels together, the sum of theirs."""
    layers: tuple[funnel.LayerFigures, ...]


# ── a file is read ────────────────────────────────────────────────────────────────────────────────────────────────────


def read(path: Path, playbook: funnel.Playbook, now: datetime, *, channel: str = "") -> tuple[DayCount, ...]:
    """The counts of a file of any kind that lists can have: one row a day and channel, one column a layer.

    Args:
        path: the file.
        playbook: its layers and sources, found by code, name or alias.
        now: this moment; no day is later than the floor's today.
        channel: of all rows, where the file does not say.

    Raises:
        Refused: as `reading.open_list`; `no_layers`; `counts_layers`, `counts_day` or `counts_channel` where no such
            column is seen; `counts_row` with row, column and what was found; `counts_future`; `counts_twice` where a
            day and channel stand in two rows; `unknown_channel` with those there are.
    """
    if not playbook.layers:
        raise Refused("no_layers", playbook=playbook.code)
    rows = reading.open_list(path).rows()
    columns = _Columns(next(rows), playbook, path.name, channel)
    today, found = now.astimezone(floor_zone()).date().isoformat(), dict[tuple[str, str], DayCount]()
    for number, cells in enumerate(rows, 2):
        one = columns.read(cells, number)
        if one.day > today:
            raise Refused("counts_future", row=number, day=one.day)
        if (one.day, one.channel) in found:
            raise Refused("counts_twice", row=number, day=one.day, channel=one.channel)
        found[one.day, one.channel] = one
    return tuple(found.values())


class _Columns:
    """Where day, channel and layers stand in a file."""

    def __init__(self, heads: Sequence[str], playbook: funnel.Playbook, file: str, channel: str) -> None:
        self.heads, self.playbook = heads, playbook
        bare = [headings.bare(head) for head in heads]
        places = {layer.code: _place(bare, _names(layer)) for layer in playbook.layers}
        self.layers = {code: place for code, place in places.items() if place is not None}
        day, self.channel = _place(bare, DAY), _place(bare, CHANNEL)
        if not self.layers:
            raise Refused("counts_layers", file=file, allowed=tuple(layer.code for layer in playbook.layers))
        if day is None:
            raise Refused("counts_day", file=file)
        if not channel and self.channel is None:
            raise Refused("counts_channel", file=file)
        self.day, self.of_all_rows = day, self._source(channel) if channel else ""

    def read(self, cells: Sequence[str], row: int) -> DayCount:
        """One row of the file."""
        on = str(self._read(cells, self.day, row, day))
        counts = {code: int(self._read(cells, at, row, whole)) for code, at in self.layers.items() if _cell(cells, at)}
        return DayCount(on, self.of_all_rows or self._source(_cell(cells, self.channel or 0)), counts)

    def _read(self, cells: Sequence[str], place: int, row: int, kind: Callable[[str], str | int]) -> str | int:
        try:
            return kind(_cell(cells, place))
        except BadValue:
            found = _cell(cells, place) or "–"
            raise Refused("counts_row", row=row, column=self.heads[place].strip(), found=found) from None

    def _source(self, said: str) -> str:
        source = self.playbook.source(said)
        if source is None:
            raise Refused("unknown_channel", channel=said, allowed=tuple(one.code for one in self.playbook.sources))
        return source.code


def _names(layer: funnel.Layer) -> frozenset[str]:
    return frozenset(map(headings.bare, (layer.code, layer.name.en, layer.name.zh, *layer.aliases)))


def _place(heads: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in names), None)


def _cell(cells: Sequence[str], place: int) -> str:
    return tidy(cells[place]) if place < len(cells) else ""


# ── and kept ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def compare(campaign_id: int, rows: Iterable[DayCount]) -> Taken:
    """What keeping these counts would change."""
    kept, tally = _kept(campaign_id), dict.fromkeys(("new", "changed", "same"), 0)
    for one in rows:
        tally[_fate(kept.get((one.day, one.channel)), one)] += 1
    return Taken(**tally)


def keep(campaign_id: int, rows: Sequence[DayCount], *, file: str, by: int, token: str, now: datetime) -> None:
    """Keeps counts: those of a day and channel replace what was kept for it, layer by layer.

    The journal has what was replaced, and how much came from which file.

    Raises:
        Refused: `managers_only`.
    """

    def command() -> int:
        require_manager(by)
        kept = _kept(campaign_id)
        news = [one for one in rows if _fate(kept.get((one.day, one.channel)), one) != "same"]
        was = [[one.day, one.channel, dict(before)] for one in news if (before := kept.get((one.day, one.channel)))]
        journal = record(token, "counts", by, now, campaign=campaign_id, file=file, rows=len(news), was=was)
        for batch in _batches(campaign_id, news, journal):
            ChannelCount.insert_many(batch).on_conflict(
                conflict_target=[ChannelCount.campaign_id, ChannelCount.day, ChannelCount.channel, ChannelCount.layer],
                preserve=[ChannelCount.n, ChannelCount.journal_id],
            ).execute()
        return 0

    once(token, command)


def _kept(campaign_id: int) -> dict[tuple[str, str], dict[str, int]]:
    """Every count of a campaign, by day and channel: a few thousand a year."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    sql = "SELECT day, channel, layer, n FROM channel_count WHERE campaign_id = ?"
    for on, channel, layer, count in rows_of(sql, (campaign_id,)):
        found[on, channel][layer] = int(count)
    return found


def _fate(before: Mapping[str, int] | None, one: DayCount) -> str:
    if before is None:
        return "new"
    return "same" if all(before.get(layer) == count for layer, count in one.counts.items()) else "changed"


def _batches(campaign_id: int, rows: Iterable[DayCount], journal: int) -> Iterator[list[dict[str, object]]]:
    stored = (
        {
            "campaign_id": campaign_id,
            "day": one.day,
            "channel": one.channel,
            "layer": layer,
            "n": n,
            "journal_id": journal,
        }
        for one in rows
        for layer, n in one.counts.items()
    )
    while batch := list(islice(stored, BATCH)):
        yield batch


# ── and shown ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def heads(campaign_id: int, since: date | None, until: date | None) -> tuple[Head, ...]:
    """The head of the funnel over [since, until): of all channels together first, then of each, largest first."""
    campaign = book(campaign_id)
    span = ("" if since is None else since.isoformat(), "9999" if until is None else until.isoformat())
    where = "campaign_id = ? AND day >= ? AND day < ?"
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, layer, count in rows_of(
        f"SELECT channel, layer, SUM(n) FROM channel_count WHERE {where} GROUP BY channel, layer", (campaign_id, *span)
    ):
        counts[channel][layer] = int(count)
    sql = f"SELECT channel, COUNT(DISTINCT day) FROM channel_count WHERE {where} GROUP BY channel"
    days = {channel: int(count) for channel, count in rows_of(sql, (campaign_id, *span))}
    return tuple(_heads(campaign, counts, days))


def _heads(campaign: Book, counts: Mapping[str, Mapping[str, int]], days: Mapping[str, int]) -> Iterator[Head]:
    together: dict[str, int] = defaultdict(int)
    for own in counts.values():
        for layer, count in own.items():
            together[layer] += count
    if len(counts) != 1:
        yield Head("", sum(days.values()), funnel.head(campaign.playbook, together, sum(days.values())))
    top = campaign.playbook.layers[0].code if campaign.playbook.layers else ""
    for channel in sorted(counts, key=lambda name: (-counts[name].get(top, 0), name)):
        yield Head(channel, days[channel], funnel.head(campaign.playbook, counts[channel], days[channel]))
