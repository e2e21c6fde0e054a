"""The funnel's figures as reports: stage by stage, the parts beside the whole, the rates, the times, the agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import funnel as heart
from models.reports.funnels import Funnels, Part, funnels
from models.reports.reaches import Cohorts, cohorts
from models.reports.slices import By
from tui import words
from tui.i18n import _, said
from tui.plain import plain
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Report, Row, Sheet


def funnel(asked: Asked) -> Report:
    """Every stage of the period, what was closed in it, and the parts where it is split."""
    found = funnels(asked.viewer_id, asked.slice, asked.period, By(asked.by), asked.now)
    reached = cohorts(asked.viewer_id, asked.slice, asked.period)
    sheets = [stage_sheet(found.whole, reached, asked, asked.title), closed_sheet(found.whole, reached)]
    return asked.report([*sheets, part_sheet(found, asked)] if found.parts else sheets)


def conversion(asked: Asked) -> Report:
    """The conversion of every stage, part by part, beside that of the whole."""
    found = funnels(asked.viewer_id, asked.slice, asked.period, By(asked.by), asked.now)
    return asked.report([rate_sheet(found, asked, asked.title)])


def cycle(asked: Asked) -> Report:
    """How long leads stand in each stage, and how long a deal takes."""
    found = funnels(asked.viewer_id, asked.slice, asked.period, By(asked.by), asked.now)
    return asked.report([time_sheet(found, asked, asked.title), cycle_sheet(found, asked)])


def agents(asked: Asked) -> Report:
    """Every agent beside all together: deals and targets, and stage by stage with the best named."""
    found = funnels(asked.viewer_id, asked.slice, asked.period, By.AGENT, asked.now)
    return asked.report([deal_sheet(found, asked, asked.title), part_sheet(found, asked)])


# ── stages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stage_sheet(part: Part, reached: Cohorts, asked: Asked, title: str) -> Sheet:
    """A row for each stage: what stands there, who came and went, and the rates with what they are measured on."""
    playbook = asked.campaign.playbook
    columns = [
        Column("stage", _("stage"), most=24, is_uncut=True),
        Column("open", words.open_heading(is_over=asked.period.until <= asked.now), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY, rank=4),
        Column("entered", _("entered"), Kind.COUNT, rank=2),
        Column("left", _("left"), Kind.COUNT, rank=3),
        Column("forward", _("went on"), Kind.COUNT, rank=10),
        Column("back", _("went back"), Kind.COUNT, rank=11),
        Column("lost", _("lost"), Kind.COUNT, rank=12),
        Column("invalid", _("invalid"), Kind.COUNT, rank=13),
        Column("conversion", _("conversion"), Kind.SHARE),
        Column("low", _("at least"), Kind.SHARE, rank=14),
        Column("high", _("at most"), Kind.SHARE, rank=15),
        Column("probability", _("win probability"), Kind.SHARE, rank=9),
        Column("reach", _("reach"), Kind.SHARE, rank=5),
        Column("young", _("of it still open"), Kind.COUNT, rank=8),
        Column("median", _("median days"), Kind.DAYS, rank=6),
        Column("mean", _("mean days"), Kind.DAYS, rank=7),
        Column("p90", _("9 of 10 within days"), Kind.DAYS, rank=16),
    ]
    rows: list[Row] = []
    last = part.figures.stages[-1].stage  # beyond it nothing can be reached
    for row in part.figures.stages:
        times, reach, sure = part.times[row.stage], reached.whole[row.stage], row.interval
        rows.append(
            [
                words.stage_title(playbook, row.stage),
                row.open.count,
                row.open.amount,
                row.entered,
                row.left,
                row.forward,
                row.back,
                row.lost,
                row.invalid,
                row.conversion,
                Fraction(sure.low) if sure else None,
                Fraction(sure.high) if sure else None,
                Fraction(playbook.stage(row.stage).probability, 100),
                reach.ratio if row.stage != last else None,
                reach.open if row.stage != last else None,
                times.median,
                times.mean,
                times.p90,
            ]
        )
    charts = [
        Chart(Figure.BAR, title, "stage", ("open",)),
        Chart(Figure.COLUMN, _("conversion"), "stage", ("conversion",)),
    ]
    return Sheet("stages", title, columns, rows, notes=list(_worst(part, playbook)), charts=charts)


def _worst(part: Part, playbook: heart.Playbook) -> Iterator[str]:
    """The stage that loses most, and that a few leavers tell little."""
    worst = heart.worst(playbook, part.figures)
    if worst is not None and worst.loss is not None:
        yield _("Most is lost in {stage}: {share} of {count} that left.").format(
            stage=words.stage_title(playbook, worst.stage), share=f"{float(worst.loss):.1%}", count=f"{worst.left:,}"
        )
    if any(0 < row.left < playbook.bounds.enough_leavers for row in part.figures.stages):
        yield _("Fewer than {count} left some stages: “at least” and “at most” say how little that tells.").format(
            count=playbook.bounds.enough_leavers
        )


def closed_sheet(part: Part, reached: Cohorts) -> Sheet:
    """What was closed, what is wanted, and the overall conversion, each by its name."""
    figures, first = part.figures, next(iter(reached.whole.values()))
    columns = [
        Column("figure", _("figure"), most=48),
        Column("count", _("count"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY),
        Column("share", _("share"), Kind.SHARE),
        Column("days", _("days"), Kind.DAYS, rank=1),
    ]
    target = figures.target or heart.Tally()
    rows: list[list[Cell]] = [
        [_("Won"), figures.won.count, figures.won.amount, None, None],
        [_("Lost"), figures.lost.count, figures.lost.amount, None, None],
        [_("Invalid"), figures.invalid.count, figures.invalid.amount, None, None],
        [_("Won, of all that was closed in the period"), figures.won.count, None, figures.won_of_closed, None],
        [_("Won by now, of those that entered in the period"), first.won, None, first.won_ratio, None],
        [_("Entered in the period, and still open"), first.open, None, None, None],
        [_("Target and attainment"), target.count or None, target.amount or None, figures.attainment, None],
        [_("Weighted forecast, and its share of what is missing"), None, figures.weighted, figures.coverage, None],
        [_("Average cycle of the deals won: mean"), part.cycle.count, None, None, part.cycle.mean],
        [_("Average cycle of the deals won: median"), part.cycle.count, None, None, part.cycle.median],
    ]
    return Sheet("closed", _("Closed, wanted, expected"), columns, rows)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def part_name(part: Part, by: By, playbook: heart.Playbook) -> str:
    """A part by its name."""
    return name_of(part.key, part.name, by, playbook)


def name_of(key: int | str, name: str, by: By, playbook: heart.Playbook) -> str:
    """A part by its name, a source by the playbook's; what is of none is nobody's, or not known."""
    if by is By.SOURCE and key and (source := playbook.source(str(key))):
        return plain(said(source.name))
    if by is By.NOTHING:
        return _("all together")
    return plain(name) or (_("nobody") if by in (By.TEAM, By.AGENT) else _("not known"))


def heading(by: By) -> str:
    """The heading of a column of parts."""
    return {
        By.TEAM: _("team"),
        By.AGENT: _("agent"),
        By.SOURCE: _("source"),
        By.INDUSTRY: _("industry"),
        By.PRODUCT: _("product"),
        By.MONTH: _("month"),
    }[by]


def part_sheet(found: Funnels, asked: Asked) -> Sheet:
    """Stage by stage each part's conversion, lost rate and time beside those of the whole, the best named."""
    playbook = asked.campaign.playbook
    columns = [
        Column("stage", _("stage"), most=20),
        Column("part", heading(found.by), most=24),
        Column("entered", _("entered"), Kind.COUNT, rank=4),
        Column("left", _("left"), Kind.COUNT, rank=3),
        Column("conversion", _("conversion"), Kind.SHARE),
        Column("conversion_of_all", _("of all"), Kind.SHARE, rank=1),
        Column("lost_rate", _("lost rate"), Kind.SHARE, rank=2),
        Column("lost_rate_of_all", _("lost rate of all"), Kind.SHARE, rank=7),
        Column("median", _("median days"), Kind.DAYS, rank=5),
        Column("median_of_all", _("median days of all"), Kind.DAYS, rank=8),
        Column("best", _("best at"), most=32, rank=6),
    ]
    bests = found.bests(playbook.bounds.enough_leavers)
    rows: list[Row] = []
    for place, whole in enumerate(found.whole.figures.stages):
        for part in found.parts:
            row, best = part.figures.stages[place], bests[whole.stage]
            named = (
                (_("conversion"), best.conversion),
                (_("lost rate"), best.lost),
                (_("time"), best.time),
            )
            rows.append(
                [
                    words.stage_title(playbook, whole.stage),
                    part_name(part, found.by, playbook),
                    row.entered,
                    row.left,
                    row.conversion,
                    whole.conversion,
                    row.lost_rate,
                    whole.lost_rate,
                    part.times[whole.stage].median,
                    found.whole.times[whole.stage].median,
                    ", ".join(name for name, key in named if part.key and key == part.key),
                ]
            )
    return Sheet("parts", _("Stage by stage"), columns, rows)


def rate_sheet(found: Funnels, asked: Asked, title: str) -> Sheet:
    """A row for each part: the conversion of every stage, and won of what was closed; all together at the end."""
    playbook = asked.campaign.playbook
    levels = [stage.code for stage in heart.levels(playbook)]
    columns = [
        Column("part", heading(found.by), most=24),
        *(
            Column(f"conversion_{code}", words.stage_title(playbook, code), Kind.SHARE, rank=place)
            for place, code in enumerate(levels)
        ),
        Column("left", _("left"), Kind.COUNT, rank=20),
        Column("won", _("won"), Kind.COUNT),
        Column("won_of_closed", _("won of closed"), Kind.SHARE),
    ]
    charts = [Chart(Figure.LINE, title, "part", tuple(f"conversion_{code}" for code in levels))]
    rows = [_rates(part, part_name(part, found.by, playbook), levels) for part in found.parts]
    total = _rates(found.whole, _("all together"), levels)
    return Sheet("conversion", title, columns, rows, total, charts=charts if found.by is By.MONTH else ())


def _rates(part: Part, name: str, levels: Iterable[str]) -> list[Cell]:
    rows = {row.stage: row for row in part.figures.stages}
    rates = [rows[code].conversion for code in levels]
    left = sum(rows[code].left for code in levels)
    return [name, *rates, left, part.figures.won.count, part.figures.won_of_closed]


def deal_sheet(found: Funnels, asked: Asked, title: str) -> Sheet:
    """A row for each part: what was won and lost, what is wanted, what is open and what it promises."""
    columns = [
        Column("part", heading(found.by), most=24),
        Column("won", _("won"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY),
        Column("lost", _("lost"), Kind.COUNT, rank=3),
        Column("won_of_closed", _("won of closed"), Kind.SHARE, rank=1),
        Column("target", _("target"), Kind.MONEY, rank=2),
        Column("attainment", _("met"), Kind.SHARE),
        Column("open", words.open_heading(is_over=asked.period.until <= asked.now), Kind.COUNT, rank=5),
        Column("weighted", _("weighted"), Kind.MONEY, rank=4),
        Column("cycle", _("median cycle, days"), Kind.DAYS, rank=6),
    ]
    rows = [_deals(part, part_name(part, found.by, asked.campaign.playbook)) for part in found.parts]
    charts = [Chart(Figure.COLUMN, title, "part", ("amount",))]
    return Sheet("deals", title, columns, rows, _deals(found.whole, _("all together")), charts=charts)


def _deals(part: Part, name: str) -> list[Cell]:
    figures = part.figures
    wanted = figures.target.amount if figures.target and figures.target.amount else None
    return [
        name,
        figures.won.count,
        figures.won.amount,
        figures.lost.count,
        figures.won_of_closed,
        wanted,
        figures.attainment,
        sum(row.open.count for row in figures.stages) if part.is_stock_known else None,
        figures.weighted if part.is_stock_known else None,
        part.cycle.median,
    ]


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def time_sheet(found: Funnels, asked: Asked, title: str) -> Sheet:
    """How long the leavers of each stage had stood there, against what the playbook expects."""
    playbook = asked.campaign.playbook
    columns = [
        Column("stage", _("stage"), most=24, is_uncut=True),
        Column("left", _("left"), Kind.COUNT),
        Column("median", _("median days"), Kind.DAYS),
        Column("mean", _("mean days"), Kind.DAYS, rank=1),
        Column("p90", _("9 of 10 within days"), Kind.DAYS, rank=2),
        Column("expected", _("expected days"), Kind.DAYS, rank=3),
        Column("limit", _("dwell limit"), Kind.DAYS, rank=4),
    ]
    rows: list[Row] = []
    for code, times in found.whole.times.items():
        stage = playbook.stage(code)
        rows.append(
            [
                words.stage_title(playbook, code),
                times.count,
                times.median,
                times.mean,
                times.p90,
                stage.expected_days,
                stage.dwell_days,
            ]
        )
    return Sheet("times", title, columns, rows, charts=[Chart(Figure.COLUMN, title, "stage", ("median",))])


def cycle_sheet(found: Funnels, asked: Asked) -> Sheet:
    """How long the deals won took, part by part."""
    columns = [
        Column("part", heading(found.by), most=24),
        Column("won", _("won"), Kind.COUNT),
        Column("median", _("median days"), Kind.DAYS),
        Column("mean", _("mean days"), Kind.DAYS),
        Column("p90", _("9 of 10 within days"), Kind.DAYS, rank=1),
    ]
    rows = [_cycle(part, part_name(part, found.by, asked.campaign.playbook)) for part in found.parts]
    return Sheet("cycle", _("Average cycle"), columns, rows, _cycle(found.whole, _("all together")))


def _cycle(part: Part, name: str) -> list[Cell]:
    took = part.cycle
    return [name, took.count, took.median, took.mean, took.p90]
