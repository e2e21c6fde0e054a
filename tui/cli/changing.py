"""What a changed playbook would do to open leads, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tui import words
from tui.i18n import _, counted, said
from tui.i18n import marked as N_
from tui.plain import plain

if TYPE_CHECKING:
    import funnel
    from models.campaigns import Book
    from models.changes import Change, StageChange

LISTS = {
    "outcomes": N_("outcomes"),
    "loss_reasons": N_("loss reasons"),
    "invalid_reasons": N_("invalid reasons"),
    "sources": N_("sources"),
    "fields": N_("fields"),
    "pauses": N_("pauses"),
    "layers": N_("layers"),
}


def change(campaign: Book, after: funnel.Playbook, found: Change) -> Iterator[str]:
    """Line by line: stages, who would be stuck or stranded, the queue, the forecast, the lists."""
    yield words.labelled(plain(campaign.name), f"{plain(campaign.playbook.code)} → {plain(after.code)}")
    if found.is_same:
        yield _("Nothing would change.")
        return
    for stage in found.stages:
        yield from _stage(stage)
    if found.sales:
        yield _("The sale is {after} instead of {before}.").format(
            before=found.sales[0] or "–", after=found.sales[1] or "–"
        )
    for name, (new, gone) in found.lists.items():
        codes = " ".join((*(f"+{plain(code)}" for code in new), *(f"-{plain(code)}" for code in gone)))
        yield words.labelled(_(LISTS[name]), codes)
    yield from _queue(campaign.playbook, after, found)
    before, will = found.weighted
    yield _("Weighted forecast: {before} → {after}").format(before=_money(before), after=_money(will)) + _step(
        will - before
    )
    if found.stranded:
        stages = ", ".join(f"{plain(code)} ({count:,})" for code, count in found.stranded.items())
        yield _(
            "This cannot be applied: leads stand in stages that go: {stages}. Move them first, or keep the stages."
        ).format(stages=stages)


def _stage(one: StageChange) -> Iterator[str]:
    stage = one.after or one.before
    assert stage is not None
    name = f"{plain(one.code)} {plain(said(stage.name))}"
    leads = counted("{count} lead", "{count} leads", one.leads.count)
    if one.before is None:
        yield f"+ {name}"
        return
    if one.after is None:
        yield "- " + words.labelled(name, _("gone; {leads} in it").format(leads=leads))
        return
    parts = [_("was called {name}").format(name=plain(said(one.before.name)))] if one.is_renamed else []
    parts += [_("stands elsewhere")] if one.is_moved else []
    if one.probabilities:
        parts.append(
            _("probability {before} → {after}").format(before=one.probabilities[0], after=one.probabilities[1])
        )
    if one.before.dwell_days != one.after.dwell_days:
        days = [str(days or "–") for days in (one.before.dwell_days, one.after.dwell_days)]
        parts.append(_("dwell limit {before} → {after} days").format(before=days[0], after=days[1]))
    parts += [_("other rules")] if one.has_other_rules else []
    yield f"~ {name} ({leads}): " + (", ".join(parts) or _("other texts"))
    if one.stuck:
        yield "    " + counted(
            "{count} lead has all that is asked for now and would lack something",
            "{count} leads have all that is asked for now and would lack something",
            one.stuck,
        )
    if one.after.sign and not one.before.sign:
        yield "    " + _("a sign of promotion is asked for now: {sign}").format(sign=plain(said(one.after.sign)))


def _queue(before: funnel.Playbook, after: funnel.Playbook, found: Change) -> Iterator[str]:
    if found.is_reordered:
        orders = [" ".join(str(one) for one in book.order) for book in (before, after)]
        yield _("Order of calling: {before} → {after}").format(before=orders[0], after=orders[1])
    yield _("Queue: another place for {leads}.").format(leads=counted("{count} lead", "{count} leads", found.rekeyed))
    intents = [_by_intent(book) for book in (before, after)]
    if intents[0] != intents[1]:
        yield "    " + _("strongest intent first: {before} → {after}").format(before=intents[0], after=intents[1])


def _by_intent(playbook: funnel.Playbook) -> str:
    import funnel

    open_stages = sorted(funnel.levels(playbook), key=lambda stage: -stage.probability)
    return " ".join(f"{plain(words.stage_tag(stage.code))} {stage.probability}" for stage in open_stages)


def _money(amount: Decimal) -> str:
    return f"{amount:,.0f}"


def _step(by: Decimal) -> str:
    return f" ({by:+,.0f})" if by else ""
