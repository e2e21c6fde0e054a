"""The stall twins of a lead that sticks, in words: how long they took, and what was done there that is missing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import funnel
from tui import clocks, words
from tui.i18n import _
from tui.lines.contacts import part_name
from tui.lines.text import Line, crop, rule, wrap

if TYPE_CHECKING:
    from models.reports.twins import Stall

SHOWN = 6


def twin_lines(stall: Stall, playbook: funnel.Playbook, width: int) -> list[Line]:
    """Nothing where no lead ever passed the stage."""
    if stall.usual_days is None:
        return []
    head = _("like it, and past {stage}").format(stage=words.stage_name(playbook, stall.stage))
    took = _("{count} such leads went on, usually after {days}; this one stands for {here}.").format(
        count=len(stall.twins), days=clocks.days(stall.usual_days), here=clocks.days(stall.days)
    )
    lines: list[Line] = [(), rule(head, "", width), *(((part, ""),) for part in wrap(took, width, 3))]
    if not stall.missing:
        return [*lines, ((_("Nothing that was done there is missing here."), "dim"),)]
    for one in stall.missing[:SHOWN]:
        said = _("{what}: {there} there, {here} here").format(
            what=_name(one, playbook), there=_amount(one.there, one), here=_amount(one.here, one)
        )
        share = _("{count} of {all}").format(count=one.twins, all=len(stall.twins))
        lines.append(crop(((f"· {said}", ""), (f"  ({share})", "dim")), width))
    return lines


def _name(one: funnel.Missing, playbook: funnel.Playbook) -> str:
    match one.deed:
        case funnel.Deed.TALK:
            return _("talks")
        case funnel.Deed.CONTACT:
            return _("contacts")
        case funnel.Deed.TOUCH:
            return words.kind_name(funnel.TouchKind(one.what))
        case funnel.Deed.PART:
            return part_name(one.what)
        case _:
            return words.field_name(playbook, one.what)


def _amount(count: int, one: funnel.Missing) -> str:
    """A number of touches; of what is known or not, a word."""
    if one.deed in (funnel.Deed.PART, funnel.Deed.FIELD):
        return _("known") if count else _("not known")
    return f"{count:,}"
