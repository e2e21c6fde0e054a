"""The first and the last line: who sits here, what they are at and how the day goes; which keys there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from models.cards import Person, Today
from models.desks.presence import State
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, cut, ends, joined, width_of
from tui.plain import plain

LOOKERS = 24
"""Cells for the names of who looks."""
WRAP_UP_STEP = 10
"""Seconds between two figures of a wrap-up: nobody waits for it, and every figure is sent."""


class Standing(Struct, frozen=True):
    """What an agent is at."""

    state: State
    since: datetime | None = None
    """Where the clock began; for an agent who is ready, when the lead came into hand."""
    name: str = ""
    """Of the pause."""
    limit: int | None = None
    """Seconds after which wrap-up or pause is too long."""
    is_inbound: bool = False

    def seconds(self, now: datetime) -> int:
        """How long it lasts; a clock that was set back makes no time less than none."""
        return max(0, int((now - self.since).total_seconds())) if self.since else 0

    def over(self, now: datetime) -> int:
        """Seconds beyond what it may last."""
        return 0 if self.limit is None else max(0, self.seconds(now) - self.limit)


def next_change(standing: Standing, now: datetime) -> float | None:
    """Seconds until the line says something else by itself; None: never."""
    step = {State.ON_CALL: 1, State.WRAP_UP: WRAP_UP_STEP, State.PAUSE: 60}.get(standing.state)
    if step is None or standing.since is None:
        return None
    lasted = (now - standing.since).total_seconds()
    return step - lasted % step


def running(seconds: int) -> str:
    """A clock that runs.

    >>> running(252), running(3675)
    ('04:12', '1:01:15')
    """
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


def standing_pieces(standing: Standing, frame: Frame, *, is_short: bool) -> Line:
    """What the agent is at: '● on call 04:12', '◐ wrap-up 0:40', '‖ lunch 12 of 60 min', '○ ready'.

    What runs is a piece of its own, so that only its digits are sent again.
    """
    match standing.state:
        case State.ON_CALL:
            name = _("inbound call") if standing.is_inbound else _("on call")
            head = "● " if is_short else f"● {name} "
            return ((head, "strong fresh"), (running(standing.seconds(frame.now)), "strong fresh"))
        case State.WRAP_UP:
            return _wrap_up(standing, frame.now, is_short=is_short)
        case State.PAUSE:
            return _pause(standing, frame.now, is_short=is_short)
    if standing.since is None:
        return (("○ " + _("ready"), "dim"),)
    time = frame.clock(standing.since)
    text = _("since {time}") if is_short else _("at a lead since {time}")
    return (("○ " + text.format(time=time), "fresh"),)


def _wrap_up(standing: Standing, now: datetime, *, is_short: bool) -> Line:
    lasted = standing.seconds(now) // WRAP_UP_STEP * WRAP_UP_STEP
    style = "stuck" if standing.over(now) else ""
    head = "◐ " if is_short else "◐ " + _("wrap-up") + " "
    pieces: list[Piece] = [(head, style), (_minutes(lasted), style)]
    if standing.limit is not None and standing.over(now) and not is_short:
        pieces.append((" " + _("of {limit}").format(limit=_minutes(standing.limit)), style))
    return tuple(pieces)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _pause(standing: Standing, now: datetime, *, is_short: bool) -> Line:
    lasted, limit = standing.seconds(now) // 60, standing.limit
    style = "stuck" if standing.over(now) else "strong"
    if is_short:
        time = f"{lasted}" if limit is None else f"{lasted}/{limit // 60}"
        return ((f"‖ {cut(standing.name, 14)} ", style), (time, style))
    return ((f"‖ {standing.name} ", style), (how_long(lasted, limit), style))


def how_long(minutes: int, limit: int | None) -> str:
    """How long a pause lasts, and how long it may: '12 of 60 min'."""
    if limit is None:
        return _("{minutes} min").format(minutes=minutes)
    return _("{minutes} of {limit} min").format(minutes=minutes, limit=limit // 60)


class Troubles(Struct, frozen=True):
    """What does not work now."""

    database: str = ""
    """Why the database cannot be used."""
    is_unkept: bool = False
    """Drafts are in this process alone."""


def lookers_piece(lookers: Sequence[str]) -> Line:
    """Who looks at this screen now, by name: never left out, however small it is.

    >>> lookers_piece(["Chen"]), lookers_piece([])
    ((('  ◉ Chen looks at your screen', 'strong key'),), ())
    """
    if not lookers:
        return ()
    names = cut(", ".join(plain(name) for name in lookers), LOOKERS)
    text = _("{name} looks at your screen") if len(lookers) == 1 else _("{name} look at your screen")
    return (("  ◉ " + text.format(name=names), "strong key"),)


def status_line(
    person: Person,
    today: Today,
    standing: Standing,
    troubles: Troubles,
    frame: Frame,
    width: int,
    *,
    lookers: Sequence[str] = (),
) -> Line:
    """Agent and team, what they are at, who looks, the day's figures and the clock; trouble in place of figures."""
    clock: Line = ((f"{frame.clock(frame.now)} ", "strong"),)
    name: Line = ((" " + cut(plain(person.name), 14), "strong accent"),)
    who: Line = (
        (" callfloor", "strong accent"),
        ("  " + plain(person.name), ""),
        (f" · {plain(person.team)}" if person.team else "", "dim"),
    )
    long, short = (standing_pieces(standing, frame, is_short=is_short) for is_short in (False, True))
    sign: Line = (("  " + _("✗ drafts not saved"), "stuck"),) if troubles.is_unkept else ()
    sign = (*lookers_piece(lookers), *sign)
    right = clock if troubles.database else (*_figures(today, frame), ("   ", ""), *clock)
    trouble: Line = (("   ✗ " + troubles.database, "strong lost"),) if troubles.database else ()
    forms = ((who, long, right), (name, long, right), (name, short, right), (name, short, clock))
    lines = [((*one, ("   ", ""), *at, *sign, *trouble), rest) for one, at, rest in forms]
    left, rest = next((form for form in lines if width_of((*form[0], *form[1])) < width), lines[-1])
    return ends(left, rest, width)


def _figures(today: Today, frame: Frame) -> Line:
    promised = today.promises_kept + today.promises_late + today.promises_open
    return joined(
        (
            ((_("calls") + " ", "dim"), (f"{today.calls}", "strong")),
            ((_("talks") + " ", "dim"), (f"{today.talks}", "strong")),
            ((_("promises") + " ", "dim"), (f"{today.promises_kept}/{promised}", "strong")),
            ((_("won") + " ", "dim"), (frame.short(today.won.amount) if today.won.count else "–", "strong won")),
        )
    )


def footer_line(keys: list[tuple[str, str, bool]], last: tuple[str, str], width: int) -> Line:
    """The keys that do something now, as many as there is room for, and at the end the one that shows them all.

    Args:
        keys: key, name, and whether it does something now.
        last: key and name of the help.
        width: cells.
    """
    tail: Line = ((f" {last[0]}", "key"), (f" {last[1]} ", ""))
    room = width - width_of(tail) - 1
    pieces: list[Piece] = []
    for key, name, is_enabled in keys:
        piece: Line = ((f" {key}", "key" if is_enabled else "dim"), (f" {name} ", "" if is_enabled else "dim"))
        if width_of(pieces) + width_of(piece) > room:
            break
        pieces += piece
    return crop(ends(pieces, tail, width), width)
