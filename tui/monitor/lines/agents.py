"""The floor: a line for each agent, what they do and for how long, how their day goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from models.desks.presence import State
from models.watching.cards import AgentRow
from tui import money, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.status import running
from tui.lines.table import Column, Places, head_line, places, row_line
from tui.lines.text import Line, Piece
from tui.monitor.ages import age_of
from tui.plain import plain

STATES = {
    State.ON_CALL: ("●", N_("on call")),
    State.WRAP_UP: ("◐", N_("wrap-up")),
    State.READY: ("○", N_("ready")),
    State.PAUSE: ("‖", N_("pause")),
    State.LOST: ("✗", N_("line lost")),
    State.OFF: (" ", N_("off")),
}
"""A mark and a word for each state: neither stands alone."""


def columns(*, has_teams: bool) -> tuple[Column, ...]:
    """The columns of the floor, and which of them goes first on small screens."""
    teams = (Column(_("team"), 8, grow=1, most=14, rank=9),) if has_teams else ()
    return (
        Column(_("agent"), 10, grow=2, most=18),
        *teams,
        Column(_("state"), 11),
        Column(_("for"), 7, is_right=True),
        Column(_("lead"), 13, grow=4, most=36, rank=1),
        Column(_("calls"), 5, is_right=True, rank=3),
        Column(_("talks"), 5, is_right=True, rank=4),
        Column(_("/h"), 5, is_right=True, rank=7),
        Column(_("kept"), 6, is_right=True, rank=5),
        Column(_("won"), 7, is_right=True, rank=6),
        Column(_("idle"), 5, is_right=True, rank=8),
        Column(_("remark"), 12, grow=1, most=20, rank=2),
    )


def lasted(row: AgentRow, frame: Frame) -> timedelta:
    """How long the state of an agent lasts; a clock that was set back makes no time less than none."""
    return max(timedelta(0), frame.now - row.since) if row.since is not None else timedelta(0)


def cells(row: AgentRow, pauses: Mapping[str, str], frame: Frame, *, has_teams: bool) -> tuple[Piece, ...]:
    """One agent, a cell for each column."""
    age = age_of(row.state, lasted(row, frame), row.limit)
    mark, word = STATES[row.state]
    is_off = row.state is State.OFF
    quiet = "dim" if is_off else ""
    clock = "" if is_off or row.since is None else running(int(lasted(row, frame).total_seconds()))
    rate, none = row.talks_per_hour, "" if is_off else "–"
    return (
        (plain(row.name) or plain(row.login), "dim" if is_off else "strong"),
        *(((plain(row.team), "dim"),) if has_teams else ()),
        (f"{mark} {_(word)}", age.style),
        (clock, age.style),
        (_at_what(row, pauses), "dim" if row.state is State.PAUSE else quiet),
        (f"{row.calls}" if row.calls or not is_off else "", quiet),
        (f"{row.talks}" if row.calls or not is_off else "", quiet),
        (none if rate is None else f"{float(rate):.1f}", quiet),
        (f"{row.kept}/{row.promised}" if row.promised else none, quiet if row.kept == row.promised else "stuck"),
        (frame.short(row.won.amount) if row.won.count else none, "won" if row.won.count else quiet),
        (none if row.idle is None else money.per_cent(row.idle), quiet),
        (_(age.word), age.style),
    )


def _at_what(row: AgentRow, pauses: Mapping[str, str]) -> str:
    """The lead before an agent, or what they left the calls for."""
    if row.state is State.PAUSE:
        return pauses.get(row.code) or plain(row.code)
    if row.lead_id is None and not row.company:
        return ""
    name = plain(row.company) or _("no name")
    held = " · " + _("held") if row.state is State.LOST else ""
    return f"{name} {words.stage_tag(row.stage)}{held}"


def agent_line(
    row: AgentRow, pauses: Mapping[str, str], frame: Frame, width: int, *, has_teams: bool, is_current: bool
) -> Line:
    """An agent's line."""
    table = columns(has_teams=has_teams)
    return row_line(
        cells(row, pauses, frame, has_teams=has_teams), table, where(width, has_teams=has_teams), is_current=is_current
    )


def where(width: int, *, has_teams: bool) -> Places:
    """The places of the columns."""
    return places(columns(has_teams=has_teams), width - 1)


def head(width: int, *, has_teams: bool) -> list[Line]:
    """The titles."""
    return [head_line(columns(has_teams=has_teams), where(width, has_teams=has_teams))]
