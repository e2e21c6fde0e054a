"""What a move asks for, as lines: each rule ticked or crossed, and what would mend it."""

from __future__ import annotations

import funnel
from tui import words
from tui.i18n import _, said
from tui.lines.text import Line, crop, wrap
from tui.plain import plain


def point_lines(verdict: funnel.Verdict, stage: str, playbook: funnel.Playbook, width: int) -> list[Line]:
    """Every rule that was looked at: ticked, or with what to do about it."""
    lines: list[Line] = []
    for one in verdict.points:
        text = words.point(playbook, stage, one)
        if one.need > 1:
            text += f"  {min(one.have, one.need)}/{one.need}"
        if one.is_met:
            lines.append(crop((("✓ ", "won"), (text, "")), width))
        elif one.rule is funnel.Rule.SIGN_MISSING:
            lines += [
                crop((("· " if not at else "  ", "dim"), (part, "")), width)
                for at, part in enumerate(wrap(text, width - 2, 3))
            ]
        else:
            hint = words.remedy(playbook, one)
            lines.append(crop((("✗ ", "lost"), (text, ""), (f"   {hint}" if hint else "", "dim")), width))
    return lines


def promotion_lines(verdict: funnel.Verdict, stage: str, playbook: funnel.Playbook, width: int) -> list[Line]:
    """The pane that `p` opens: what is met, what is missing, and the way on."""
    lines: list[Line] = [(), *point_lines(verdict, stage, playbook, width), ()]
    if only_sign_left(verdict):
        lines += [
            ((text, "strong"),) for text in wrap(_("Everything is there. Was the sign of promotion seen?"), width)
        ]
        return lines
    missing = [one for one in verdict.unmet if one.rule is not funnel.Rule.SIGN_MISSING]
    text = _("Not yet: what has a cross is missing. Enter takes you to the first.")
    lines += [((part, "strong"),) for part in wrap(text, width)]
    if missing and missing[0].rule is funnel.Rule.TOUCHES_MISSING:
        lines += [((part, ""),) for part in wrap(_way_to_touch(playbook, missing[0]), width)]
    tasks = playbook.stage(stage).tasks
    if tasks:
        lines += [(), ((_("What helps:"), "dim"),)]
        lines += [crop((("· ", "dim"), (plain(said(task)), "")), width) for task in tasks]
    return lines


def _way_to_touch(playbook: funnel.Playbook, point: funnel.Point) -> str:
    """Which outcome keys count towards the missing touches."""
    wanted = point.touches.outcomes if point.touches else ()
    keys = [f"{one.key} {plain(said(one.name))}" for one in playbook.outcomes if one.code in wanted]
    return _("These count: {keys}").format(keys=", ".join(keys)) if keys else ""


def only_sign_left(verdict: funnel.Verdict) -> bool:
    """Nothing is missing but that somebody says the sign of promotion was seen."""
    return bool(verdict.unmet) and all(one.rule is funnel.Rule.SIGN_MISSING for one in verdict.unmet)
