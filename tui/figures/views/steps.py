"""The success of each stage as columns beside other figures: the share of its leavers that went on."""

from __future__ import annotations

from collections.abc import Sequence

import funnel
from tui import words
from tui.figures.page import Place
from tui.i18n import _
from tui.lines.text import Line, Piece, crop
from tui.reports.sheet import Cell, Column, Kind

RANK = 4
"""Stages leave a narrow screen after what matters less, the last one first."""
BEST: Piece = ("★", "strong won")
FEW: Piece = ("~", "dim")
"""After a share of so few leads that it says nothing yet."""


def columns(playbook: funnel.Playbook) -> tuple[Column, ...]:
    """One for each stage on the way to the sale."""
    return tuple(
        Column(
            f"success_{stage.code}",
            _("{stage} on").format(stage=words.stage_brief(playbook, stage.code)),
            Kind.SHARE,
            rank=RANK + at,
        )
        for at, stage in enumerate(funnel.levels(playbook))
    )


def cells(figures: funnel.Funnel, playbook: funnel.Playbook) -> tuple[Cell, ...]:
    """The success of each."""
    of_stage = {row.stage: row for row in figures.stages}
    return tuple(of_stage[stage.code].conversion for stage in funnel.levels(playbook))


def few(rows: Sequence[funnel.Funnel], playbook: funnel.Playbook) -> dict[Place, Piece]:
    """A mark after every success that was measured on too few."""
    return {
        (at, f"success_{stage.code}"): FEW
        for at, figures in enumerate(rows)
        for stage, row in zip(funnel.levels(playbook), figures.stages, strict=False)
        if 0 < row.left < playbook.bounds.enough_leavers
    }


def few_line(playbook: funnel.Playbook, width: int) -> Line:
    """What that mark means."""
    text = _("~ of fewer than {count} leads: too few to tell").format(count=playbook.bounds.enough_leavers)
    return crop(((" " + text, "dim"),), width)
