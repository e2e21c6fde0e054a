"""Which source pays: leads, deals, conversion, each source's share of the signed customers, and what they cost."""

from __future__ import annotations

import funnel
from models.reports.sources import SourceRow, Sources
from models.reports.sources import sources as found_in
from tui.i18n import _, said
from tui.plain import plain
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Report, Sheet


def sources(asked: Asked) -> Report:
    """Source by source, all of them together at the end."""
    found = found_in(asked.viewer_id, asked.slice, asked.period)
    return asked.report([source_sheet(found, asked)])


def source_sheet(found: Sources, asked: Asked) -> Sheet:
    """A row for each source of which there is anything."""
    columns = [
        Column("source", _("source"), most=28),
        Column("leads", _("leads"), Kind.COUNT, rank=2),
        Column("customers", _("of them customers"), Kind.COUNT, rank=6),
        Column("conversion", _("conversion"), Kind.SHARE, rank=1),
        Column("open", _("of them open"), Kind.COUNT, rank=7),
        Column("won", _("won"), Kind.COUNT),
        Column("share", _("share of the signed"), Kind.SHARE),
        Column("amount", _("amount"), Kind.MONEY),
        Column("won_of_closed", _("won of closed"), Kind.SHARE, rank=5),
        Column("cost", _("cost"), Kind.MONEY, rank=4),
        Column("cost_per_lead", _("cost of a lead"), Kind.MONEY, rank=8),
        Column("cost_per_deal", _("cost of a deal"), Kind.MONEY, rank=3),
    ]
    rows = [_row(row, source_name(row.source, asked.campaign.playbook)) for row in found.rows]
    charts = [
        Chart(Figure.PIE, _("Signed customers by source"), "source", ("won",)),
        Chart(Figure.COLUMN, _("conversion"), "source", ("conversion",)),
    ]
    notes = [_("Leads are those that came in the period; the young ones among them are still open.")]
    return Sheet("sources", asked.title, columns, rows, _row(found.whole, _("all together")), notes, charts)


def source_name(code: str, playbook: funnel.Playbook) -> str:
    """A source by the playbook's name; one that it has not any more keeps its code."""
    source = playbook.source(code) if code else None
    return plain(said(source.name)) if source else plain(code) or _("not known")


def _row(row: SourceRow, name: str) -> list[Cell]:
    return [
        name,
        row.leads,
        row.of_them_won,
        row.conversion,
        row.of_them_open,
        row.won.count,
        row.share,
        row.won.amount,
        row.won_of_closed,
        row.cost,
        row.cost_per_lead,
        row.cost_per_deal,
    ]


def signed_sheet(found: Sources, asked: Asked) -> Sheet:
    """Signed customers by the source that they came from, and each source's share of them."""
    columns = [
        Column("source", _("source"), most=28),
        Column("won", _("signed"), Kind.COUNT),
        Column("share", _("share of the signed"), Kind.SHARE),
        Column("amount", _("amount"), Kind.MONEY),
        Column("won_of_closed", _("won of closed"), Kind.SHARE, rank=1),
    ]
    rows: list[list[Cell]] = [
        [source_name(row.source, asked.campaign.playbook), row.won.count, row.share, row.won.amount, row.won_of_closed]
        for row in found.rows
        if row.won.count
    ]
    whole = found.whole
    total: list[Cell] = [_("all together"), whole.won.count, whole.share, whole.won.amount, whole.won_of_closed]
    charts = [Chart(Figure.PIE, _("Signed customers by source"), "source", ("won",))]
    return Sheet("signed", _("Signed customers by source"), columns, rows, total, charts=charts)
