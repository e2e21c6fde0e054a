"""What a move asks for, as lines: each rule ticked or crossed, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len

import funnel
from tui import words
from tui.i18n import _, said
from tui.lines.text import Line, crop, width_of, wrap
from tui.plain import plain

SALE = ("amount", "expected_on")
"""What is confirmed with a sale: asked for on the way, and nothing to go and fill in before."""


def point_lines(
    verdict: funnel.Verdict, stage: str, playbook: funnel.Playbook, width: int, *, shows_met: bool = True
) -> list[Line]:
    """Every rule that was looked at: ticked, two in a line where they are short, or with what to do about it."""
    met = [crop((("✓ ", "won"), (_text(one, stage, playbook), "")), width) for one in verdict.points if one.is_met]
    lines = _paired(met, width) if shows_met else []
    for one in verdict.unmet:
        text = _text(one, stage, playbook)
        if one.rule is funnel.Rule.SIGN_MISSING:
            lines += _sign_lines(text, 0, width)
        else:
            *before, last = wrap(text, width - 2, 3)
            lines += [((("  " if at else "✗ "), "lost"), (part, "")) for at, part in enumerate(before)]
            hint = words.remedy(playbook, one)
            is_hinted = cell_len(last) + 5 + cell_len(hint) <= width
            lines.append((("  " if before else "✗ ", "lost"), (last, ""), (f"   {hint}" if is_hinted else "", "dim")))
    return lines


def _paired(parts: list[Line], width: int) -> list[Line]:
    """Two in a line where both take less than half of it."""
    lines: list[Line] = []
    half, is_open = width // 2, False
    for part in parts:
        is_short = width_of(part) < half
        if is_open and is_short:
            lines[-1] = (*lines[-1], (" " * (half - width_of(lines[-1])), ""), *part)
            is_open = False
        else:
            lines.append(part)
            is_open = is_short
    return lines


def _text(one: funnel.Point, stage: str, playbook: funnel.Playbook) -> str:
    text = words.point(playbook, stage, one)
    return f"{text}  {min(one.have, one.need)}/{one.need}" if one.need > 1 else text


def _sign_lines(text: str, indent: int, width: int) -> Iterator[Line]:
    for at, part in enumerate(wrap(text, width - 2 - indent, 3)):
        yield crop(((" " * indent + ("  " if at else "· "), "dim"), (part, "")), width)


def missing(verdict: funnel.Verdict, playbook: funnel.Playbook) -> tuple[funnel.Point, ...]:
    """What has to be there before anything is asked: the sign is a question, and so are a sale's amount and day."""
    asked = SALE if is_sale(verdict.to, playbook) else ()
    return tuple(
        one
        for one in verdict.unmet
        if one.rule is not funnel.Rule.SIGN_MISSING and not (one.rule is funnel.Rule.FIELD_EMPTY and one.field in asked)
    )


def is_sale(stage: str, playbook: funnel.Playbook) -> bool:
    """Whether entering that stage is the sale."""
    return any(one.code == stage and one.is_won for one in playbook.stages)


def is_mendable(point: funnel.Point, playbook: funnel.Playbook) -> bool:
    """Whether there is a field or a touch that would mend it."""
    return point.rule is funnel.Rule.FIELD_EMPTY or bool(point.touches and counting(point.touches, playbook))


def gate_lines(
    verdict: funnel.Verdict,
    stage: str,
    playbook: funnel.Playbook,
    keys: Mapping[funnel.Point, str],
    width: int,
) -> list[Line]:
    """The pane that `p` opens: what is met, what is missing with its key, and the way on."""
    lines: list[Line] = [()]
    lacking = missing(verdict, playbook)
    for one in verdict.points:
        text = _text(one, stage, playbook)
        if one.is_met:
            first, *more = wrap(text, width - 6, 2)
            lines += [(("    ✓ ", "won"), (first, "dim")), *(((" " * 6 + part, "dim"),) for part in more)]
        elif one.rule is funnel.Rule.SIGN_MISSING:
            lines += _sign_lines(text, 4, width)
        elif one in lacking:
            first, *more = wrap(text, width - 6, 3)
            lines.append(crop(((f" {keys.get(one, ''):1}", "key"), ("  ✗ ", "lost"), (first, "strong")), width))
            lines += [crop(((f"      {part}", "strong"),), width) for part in more]
            lines += [crop(((f"      {part}", "dim"),), width) for part in wrap(_way_on(one, playbook), width - 6, 2)]
    lines.append(())
    if not lacking:
        text = _("Everything is there. Was the sign of promotion seen?")
        return [*lines, *(((part, "strong"),) for part in wrap(text, width))]
    text = _("Not yet: a number takes you to what is missing, Enter to the first.")
    lines += [((part, "strong"),) for part in wrap(text if keys else _("That move is not possible."), width)]
    if tasks := playbook.stage(stage).tasks if keys else ():
        lines += [(), ((_("What helps:"), "dim"),)]
        for task in tasks:
            first, *more = wrap(plain(said(task)), width - 2, 3)
            lines += [(("· ", "dim"), (first, "")), *(((f"  {part}", ""),) for part in more)]
    return lines


def _way_on(point: funnel.Point, playbook: funnel.Playbook) -> str:
    """What would mend a rule."""
    if point.rule is funnel.Rule.FIELD_EMPTY:
        return _("fill it in")
    if point.rule is funnel.Rule.TOUCHES_MISSING and point.touches is not None:
        names = ", ".join(f"{one.key} {plain(said(one.name))}" for one in counting(point.touches, playbook))
        return _("log one more that counts: {outcomes}").format(outcomes=names)
    return ""


def counting(rule: funnel.TouchRule, playbook: funnel.Playbook) -> tuple[funnel.Outcome, ...]:
    """The outcomes that count for a rule and leave the lead open, talks first."""
    found = [one for one in playbook.outcomes if one.code in rule.outcomes or not rule.outcomes]
    return tuple(sorted((one for one in found if one.closes is None), key=lambda one: not one.is_talk))
