"""The stage manual 《销售阶段定义手册》 of a playbook, as Markdown in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import funnel
from tui import words
from tui.i18n import _, said
from tui.plain import plain

MARKS = re.compile(r"([\\`*_\[\]<>|])")


def manual(playbook: funnel.Playbook) -> str:
    """Everything that a playbook says of its layers and stages, and why leads are closed."""
    lines = ["# " + _("Stage manual: {name}").format(name=_text(playbook.name)), ""]
    if playbook.description:
        lines += [_text(playbook.description), ""]
    if playbook.layers:
        lines += ["## " + _("Layers"), "", *_layers(playbook)]
    if playbook.takes_leads:
        lines += ["## " + _("Overview"), "", *_overview(playbook)]
        fields = _fields(playbook, playbook.required_fields)
        lines += [_("A lead is taken in with: {fields}").format(fields=fields or "–"), ""]
        for place, stage in enumerate(playbook.stages, 1):
            lines += [f"## {place}. {_title(playbook, stage)}", "", *_stage(playbook, stage)]
        lines += ["## " + _("Lost and invalid"), "", *_reasons(playbook)]
    return "\n".join(lines).rstrip() + "\n"


def _text(of: funnel.Words) -> str:
    """A text of the playbook in one line, its signs no marks of Markdown."""
    return MARKS.sub(r"\\\1", " ".join(plain(said(of)).split()))


def _title(playbook: funnel.Playbook, stage: funnel.Stage) -> str:
    return MARKS.sub(r"\\\1", words.stage_title(playbook, stage.code))


def _fields(playbook: funnel.Playbook, codes: Iterable[str]) -> str:
    return ", ".join(MARKS.sub(r"\\\1", words.field_name(playbook, code)) for code in codes)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    named = list(heads)
    for cells in (named, ["---"] * len(named), *rows):
        yield f"| {' | '.join(cells)} |"
    yield ""


def _overview(playbook: funnel.Playbook) -> Iterator[str]:
    heads = (_("stage"), _("win probability"), _("planned promotion rate"), _("expected days"), _("dwell limit"))
    yield from _table(heads, ((_title(playbook, stage), *_numbers(playbook, stage)) for stage in playbook.stages))


def _numbers(playbook: funnel.Playbook, stage: funnel.Stage) -> tuple[str, str, str, str]:
    is_last = playbook.after(stage.code) is None
    days = [_days(number) for number in (stage.expected_days, stage.dwell_days)]
    return f"{stage.probability} %", "–" if is_last else f"{stage.promotion_rate} %", days[0], days[1]


def _days(number: int | None) -> str:
    return "–" if number is None else _("{count} days").format(count=number)


def _stage(playbook: funnel.Playbook, stage: funnel.Stage) -> Iterator[str]:
    """All that a stage carries, in the order in which it is worked."""
    labels = (_("win probability"), _("planned promotion rate"), _("expected days"), _("dwell limit"))
    told = zip(labels, _numbers(playbook, stage), strict=True)
    yield " · ".join(f"{label} {number}" for label, number in told)
    yield ""
    if stage.is_won:
        yield from _part(_("Entering this stage is the sale."))
    for label, text in (
        (_("Purpose"), stage.purpose),
        (_("Whom to talk to"), stage.whom),
        (_("Entry criteria"), stage.entry),
        (_("Push actions"), stage.actions),
        (_("Winning strategy"), stage.strategy),
        (_("Where too few go on"), stage.advice),
    ):
        if text:
            yield from _part(label, _text(text))
    yield from _list(_("Tasks"), map(_text, stage.tasks))
    yield from _script(stage)
    yield from _list(_("Questions"), (_question(playbook, one) for one in stage.questions))
    yield from _way_on(playbook, stage)


def _way_on(playbook: funnel.Playbook, stage: funnel.Stage) -> Iterator[str]:
    """What has to be there before a lead may go on."""
    if stage.exit:
        yield from _part(_("Exit criteria"), _text(stage.exit))
    if stage.required_fields:
        yield from _part(_("Required fields"), _fields(playbook, stage.required_fields))
    touches = (MARKS.sub(r"\\\1", words.touches_wanted(playbook, rule)) for rule in stage.required_touches)
    yield from _list(_("Required touches since entering"), touches)
    if stage.sign:
        yield from _part(_("Sign of promotion"), _text(stage.sign))


def _part(label: str, text: str = "") -> tuple[str, str]:
    bold = f"**{label}**"
    return (words.labelled(bold, text) if text else bold), ""


def _list(label: str, entries: Iterable[str]) -> Iterator[str]:
    found = list(entries)
    if found:
        yield from (*_part(label), *(f"- {entry}" for entry in found), "")


def _script(stage: funnel.Stage) -> Iterator[str]:
    lines = [MARKS.sub(r"\\\1", plain(line)) for line in said(stage.script).strip().splitlines()]
    if lines:
        yield from (*_part(_("Script")), *(f"> {line}" for line in lines), "")


def _question(playbook: funnel.Playbook, one: funnel.Question) -> str:
    return _text(one.text) + (f" → {_fields(playbook, [one.field])}" if one.field else "")


def _reasons(playbook: funnel.Playbook) -> Iterator[str]:
    yield from _list(_("Reasons for lost"), (_text(one.name) for one in playbook.loss_reasons))
    yield from _list(_("Reasons for invalid"), (_text(one.name) for one in playbook.invalid_reasons))


def _layers(playbook: funnel.Playbook) -> Iterator[str]:
    rows = []
    for place, layer in enumerate(playbook.layers):
        number = "–" if layer.benchmark is None else f"{layer.benchmark:,f}"
        benchmark = (
            number if layer.benchmark is None else f"{number} %" if place else _("{count} a day").format(count=number)
        )
        rows.append((_text(layer.name), benchmark))
    yield from _table((_("layer"), _("benchmark")), rows)
    for layer in playbook.layers:
        hints = (words.labelled(_text(hint.name), _text(hint.look)) for hint in layer.low)
        yield from _list(_("{layer} is low. Look at:").format(layer=_text(layer.name)), hints)
