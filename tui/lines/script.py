"""The script of a stage as lines: what to say, with the customer's facts in it; what to ask; what to have in mind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from rich.cells import cell_len

import funnel
from tui.i18n import _, counted, said
from tui.lines.text import Line, Piece, crop, rule, wrap
from tui.plain import plain

GAP = re.compile(r"\{[^{}]+\}")
"""What nobody knows yet stands in the script as '{name of the field}'."""
LONGEST = 60
"""Lines of one text at most."""


class Asked(Struct, frozen=True):
    """A question of the stage, and what it was answered; empty: not yet."""

    text: str
    answer: str


def merge_values(known: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """What a script is filled with: facts in words, and for what is not known the field's name in braces.

    >>> merge_values({"person": "Li"}, {"person": "contact", "product": "product wanted"})["product"]
    '{product\\xa0wanted}'
    """
    gaps = {code: "{" + name.replace(" ", "\u00a0") + "}" for code, name in names.items()}
    return gaps | {code: text for code, text in known.items() if text}


def paragraphs(text: str) -> Iterator[str]:
    """A text of the playbook without the ends of lines that only its file has; an empty line begins a new paragraph.

    >>> list(paragraphs("one\\ntwo\\n\\n三。\\n{company}四"))
    ['one two', '三。{company}四']
    """
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        joined = ""
        for line in lines:
            is_latin = bool(joined) and cell_len(joined[-1]) == cell_len(line[0]) == 1
            joined += (" " if is_latin else "") + line
        if joined:
            yield joined


def script_lines(
    stage: funnel.Stage, values: Mapping[str, str], questions: Sequence[Asked], at: int | None, width: int
) -> tuple[list[Line], list[int]]:
    """The whole sheet, and the line on which each question begins.

    Args:
        stage: whose script it is.
        values: what it is filled with.
        questions: of the walk.
        at: the question that is asked now.
        width: cells.
    """
    lines: list[Line] = [()]
    for paragraph in paragraphs(said(stage.script)):
        lines += [*_spoken(funnel.merged(paragraph, values), width), ()]
    if not stage.script:
        lines += [((_("No script is written for this stage."), "dim"),), ()]
    places: list[int] = []
    if questions:
        answered = sum(bool(one.answer) for one in questions)
        right = _("{met} of {all} answered").format(met=answered, all=len(questions))
        lines.append(rule(_("questions"), right, width))
        for place, one in enumerate(questions):
            places.append(len(lines))
            lines += _question(one, place == at, width)
        lines.append(())
    lines += _in_mind(stage, width)
    return lines, places


def _spoken(text: str, width: int) -> Iterator[Line]:
    for part in wrap(plain(text, len(text)), width, LONGEST):
        pieces: list[Piece] = []
        place = 0
        for gap in GAP.finditer(part):
            pieces += [(part[place : gap.start()], ""), (gap[0], "stuck")]
            place = gap.end()
        yield (*pieces, (part[place:], ""))


def _question(one: Asked, is_asked: bool, width: int) -> Iterator[Line]:
    mark: Piece = ("▌ ", "accent") if is_asked else ("✓ ", "won") if one.answer else ("· ", "dim")
    first, *more = wrap(one.text, width - 2, 4)
    style = "strong" if is_asked else "dim" if one.answer else ""
    yield (mark, (first, style))
    for part in more:
        yield (("▌ " if is_asked else "  ", "accent"), (part, style))
    if one.answer:
        for part in wrap(plain(one.answer), width - 4, 2):
            yield (("▌   " if is_asked else "    ", "accent"), (part, ""))


def _in_mind(stage: funnel.Stage, width: int) -> Iterator[Line]:
    """What the call is for, with whom, and how."""
    texts = (
        (_("what for"), stage.purpose),
        (_("with whom"), stage.whom),
        (_("how"), stage.strategy),
        (_("what to do"), stage.actions),
        (_("done when"), stage.exit),
    )
    for title, words in texts:
        if text := " ".join(paragraphs(said(words))):
            yield rule(title, "", width)
            yield from (((part, ""),) for part in wrap(text, width, LONGEST))
    if stage.tasks:
        yield rule(_("what helps"), counted("{count} task", "{count} tasks", len(stage.tasks)), width)
    for task in stage.tasks:
        first, *more = wrap(plain(said(task)), width - 2, 4)
        yield (("· ", "dim"), (first, ""))
        yield from ((("  " + part, ""),) for part in more)


def no_script(width: int) -> list[Line]:
    """A lead that is closed, or stands in a stage that is gone."""
    return [(), *(crop(((part, ""),), width) for part in wrap(_("This stage has no script."), width))]
