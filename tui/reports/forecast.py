"""The forecast by month and quarter, what will be won, and what is in danger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import funnel
from models.base import month_starts
from models.reports.forecasts import Forecast, Prospects, forecasts, prospects
from models.reports.slices import By
from tui import money, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Report, Sheet

HOPES: Mapping[funnel.Hope, str] = {
    funnel.Hope.WILL_BE_WON: N_("will be won"),
    funnel.Hope.IN_DANGER: N_("in danger"),
    funnel.Hope.OPEN: N_("on its way"),
}
DANGERS: Mapping[funnel.Danger, str] = {
    funnel.Danger.DATE_PAST: N_("its date is past"),
    funnel.Danger.PROMISE_MISSED: N_("promise missed"),
    funnel.Danger.PAST_DWELL: N_("too long in its stage"),
    funnel.Danger.SILENCE: N_("silence"),
    funnel.Danger.MOVED_BACK: N_("moved back"),
}
CENTS = Decimal("0.01")


def forecast(asked: Asked) -> Report:
    """Twelve months from now on, the quarters that they make, and the leads that are due in the period."""
    found = forecasts(asked.viewer_id, asked.slice, asked.now, By(asked.by or By.NOTHING))
    due = prospects(asked.viewer_id, asked.slice, asked.period, asked.now)
    parts = found.parts if found.by is not By.NOTHING else (found.whole,)
    columns = worth_columns(is_split=found.by is not By.NOTHING)
    last = [_("together"), None] if found.by is not By.NOTHING else [_("together")]
    total = [*last, *worth(found.whole.whole)]
    months = Sheet(
        "months",
        _("By month"),
        columns,
        [row for part in parts for row in _named(part, _months(part), found.by)],
        total,
        notes=_rates(found.steps, asked),
        charts=[Chart(Figure.COLUMN, asked.title, "span", ("weighted", "measured"))],
    )
    rows = [row for part in parts for row in _named(part, _quarters(part), found.by)]
    quarters = Sheet("quarters", _("By quarter"), columns, rows)
    return asked.report([months, quarters, _prospects(due, asked)])


def worth_columns(*, is_split: bool) -> list[Column]:
    """What leads of a span are worth."""
    part = [Column("part", _("Of"), most=20)] if is_split else []
    return [
        *part,
        Column("span", _("Expected"), most=16),
        Column("leads", _("Open leads"), Kind.COUNT, rank=3),
        Column("best", _("Best case"), Kind.MONEY, rank=1),
        Column("commit", _("Commit"), Kind.MONEY, rank=2),
        Column("deals", _("Deals, weighted"), Kind.NUMBER, rank=4),
        Column("weighted", _("Weighted"), Kind.MONEY),
        Column("measured_deals", _("Deals, as measured"), Kind.NUMBER, rank=5),
        Column("measured", _("Weighted as measured"), Kind.MONEY),
    ]


def worth(look: funnel.Outlook) -> list[Cell]:
    """The cells of an outlook."""
    return [
        look.best.count,
        look.best.amount,
        look.commit.amount,
        look.deals,
        look.weighted,
        look.measured_deals,
        cents(look.measured),
    ]


def cents(amount: Fraction) -> Decimal:
    """Money from an exact share of it."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(CENTS)


def _named(part: Forecast, rows: Iterator[list[Cell]], by: By) -> Iterator[list[Cell]]:
    for row in rows:
        yield row if by is By.NOTHING else [part.name or _("nobody's or not known"), *row]


def _months(part: Forecast) -> Iterator[list[Cell]]:
    yield [_("earlier"), *worth(part.past)]
    for ahead, look in enumerate(part.months):
        yield [f"{month_starts(part.month + ahead):%Y-%m}", *worth(look)]
    yield [_("later"), *worth(part.later)]
    yield [_("no date"), *worth(part.undated)]


def _quarters(part: Forecast) -> Iterator[list[Cell]]:
    for first, look in part.quarters:
        start = month_starts(first)
        yield [f"{start.year} Q{start.month // 3 + 1}", *worth(look)]


def _rates(steps: tuple[funnel.Step, ...], asked: Asked) -> list[str]:
    """With which conversion each stage was weighted."""
    playbook = asked.campaign.playbook
    said = [
        _("{stage} {rate} measured") if step.measured is not None else _("{stage} {rate} planned") for step in steps
    ]
    return [
        _("Measured: the product of the conversions down to the sale, {rates}.").format(
            rates=" · ".join(
                text.format(stage=words.stage_name(playbook, step.stage), rate=money.per_cent(step.rate))
                for text, step in zip(said, steps, strict=True)
            )
        ),
        _("Commit: what stands in the last stage before the sale. Best case: all that is open."),
    ]


def _prospects(due: Prospects, asked: Asked) -> Sheet:
    columns = [
        Column("code", _("Lead no."), most=16, is_uncut=True, rank=4),
        Column("company", _("Company"), most=32),
        Column("owner", _("Owner"), most=16, rank=2),
        Column("stage", _("Lead stage"), most=20, rank=3),
        Column("amount", _("Expected amount"), Kind.MONEY),
        Column("expected_on", _("Expected on"), Kind.DATE, rank=1),
        Column("hope", _("Outlook"), most=16),
        Column("dangers", _("Why"), most=40),
    ]
    playbook = asked.campaign.playbook
    rows: list[list[Cell]] = [
        [
            row.code,
            row.company,
            row.owner,
            words.stage_name(playbook, row.stage),
            row.amount,
            row.expected_on,
            _(HOPES[row.hope]),
            ", ".join(_(DANGERS[danger]) for danger in row.dangers),
        ]
        for row in sorted(due.rows, key=lambda row: list(HOPES).index(row.hope))
    ]
    notes = [
        _("Will be won: in the last stage before the sale, and nothing endangers it. In danger: {dangers}.").format(
            dangers=", ".join(map(_, DANGERS.values()))
        )
    ]
    if due.is_cut:
        notes.append(_("Only the {count} with most money are listed.").format(count=f"{len(rows):,}"))
    return Sheet("due", _("Due in the period"), columns, rows, notes=notes)
