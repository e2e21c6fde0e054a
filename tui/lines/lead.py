"""The lead card as lines: who, may I call, where it stands, what was promised, what is missing, what was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from rich.cells import cell_len

import funnel
from models.cards import LeadCard, MoveLine, TouchLine
from tui import clocks, words
from tui.i18n import _, counted, is_chinese, said
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.gate import point_lines
from tui.lines.text import Line, Piece, crop, cut, ends, fit, rule, width_of, wrap
from tui.plain import plain

LABEL, WIDE_LABEL = 11, 20
ROOMY = 56
"""From this width on an empty line stands before each section: where there is less, there is little height too."""
LEADING = ("need", "product", "obstacle", "competitor", "source")
"""Fields that decide a call, above the fold, the last two in one line where they are short; the rest of the profile
stands under the history."""
PARTS = {
    "executor": N_("does the buying"),
    "approver": N_("approves"),
    "decider": N_("decides"),
    "user": N_("uses it"),
}
"""Parts in the decision."""
SHOWN_ELSEWHERE = frozenset({"code", "company", "person", "title", "number", "email", "amount", "expected_on"})
"""Fields that have their own place on the card."""


class OnLine(Struct, frozen=True):
    """The number that is being called."""

    number: int
    link: str = ""
    """Its `tel:` address, where the terminal is to make a link of it."""


def lead_lines(
    card: LeadCard, playbook: funnel.Playbook, frame: Frame, width: int, on_line: OnLine | None = None
) -> list[Line]:
    """The whole card, top to bottom."""
    gap: list[Line] = [()] if width >= ROOMY else []
    lines: list[Line] = [
        *_heading(card, width),
        *_contacts(card, frame, width, on_line),
        (),
        *_standing(card, playbook, frame, width),
        *_leading(card, playbook, width),
    ]
    if card.promised_at is not None:
        lines += [*gap, rule(_("promise"), "", width), _promise(card, card.promised_at, frame, width)]
    if card.verdict is not None:
        met = sum(point.is_met for point in card.verdict.points)
        title = _("to reach {stage}").format(stage=words.stage_name(playbook, card.verdict.to))
        right = _("{met} of {all} met").format(met=met, all=len(card.verdict.points))
        lines += [*gap, rule(title, right if card.verdict.points else _("nothing is asked"), width)]
        lines += point_lines(card.verdict, card.stage, playbook, width, shows_met=width >= ROOMY)
    lines += [*gap, *history_lines(card, playbook, frame, width)]
    lines += [*gap, rule(_("profile"), "", width)]
    rest = [code for code in card.fields if code not in SHOWN_ELSEWHERE and code not in LEADING]
    lines += _fields(card, playbook, rest, WIDE_LABEL, width)
    people = " · ".join(plain(name) for name in (card.owner, card.team) if name)
    lines.append(_labelled(_("owner"), [(people or "–", "")], width, WIDE_LABEL))
    return lines


def _heading(card: LeadCard, width: int) -> Iterator[Line]:
    name = plain(card.company) or (plain(card.contacts[0].name) if card.contacts else "") or _("no name")
    yield ends([(name, "strong")], [(plain(card.code), "dim")], width)


def _contacts(card: LeadCard, frame: Frame, width: int, on_line: OnLine | None) -> Iterator[Line]:
    called = on_line.number if on_line else None
    for place, contact in enumerate(card.contacts):
        is_called = any(phone.number == called for phone in contact.phones)
        if place > 2 and not is_called:
            continue
        part = _(PARTS[contact.part]) if contact.part in PARTS else contact.part
        yield from _told([plain(text) for text in (contact.name, contact.title, part, contact.email) if text], width)
        for at, phone in enumerate(contact.phones):
            if at > 1 and phone.number != called:
                continue
            number = phone.shown or phone_text(phone.number, phone.extension)
            pieces: list[Piece] = [(number, "strong" if not phone.is_suppressed else "lost")]
            if on_line is not None and phone.number == called:
                pieces = [("● ", "strong fresh"), (number, f"strong fresh {on_line.link}")]
            if phone.is_suppressed:
                pieces.append(("  " + _("✗ never call"), "lost"))
            elif place == 0 and phone is contact.phones[0]:
                full, short = ([*pieces, *_hours(card, frame, is_short=is_short)] for is_short in (False, True))
                pieces = full if width_of(full) <= width else short
            yield crop(pieces, width)


def _told(parts: Sequence[str], width: int) -> Iterator[Line]:
    """Parts with dots between; what does not fit goes on in a second line."""
    first = list(parts)
    while len(first) > 1 and cell_len(" · ".join(first)) > width:
        first.pop()
    for some in (first, parts[len(first) :]):
        if some:
            yield crop(((" · ".join(some), ""),), width)


def _hours(card: LeadCard, frame: Frame, *, is_short: bool) -> Iterator[Piece]:
    """The customer's own clock, and whether they may be called by it."""
    zone = clocks.zone(card.zone)
    there = clocks.clock(frame.now, zone)
    yield "  " if is_short else "   ", ""
    if card.zone_is_known and there != frame.clock(frame.now):
        yield (_("{time} theirs") if is_short else _("{time} their time")).format(time=there) + " ", ""
    elif not card.zone_is_known:
        yield (_("zone unknown") if is_short else _("zone unknown, floor's clock")) + " ", "dim"
    if card.is_barred:
        yield _("✗ never call"), "lost"
    elif card.hours is not None and frame.now in card.hours:
        yield _("✓ may be called"), "won"
    elif card.hours is not None:
        yield _("✗ opens {moment}").format(moment=frame.moment(card.hours.opens_at)), "stuck"
    else:
        yield _("✗ no calling hours ahead"), "stuck"


def phone_text(number: int, extension: str = "") -> str:
    """A number as people read it. The dialled one is the number itself.

    >>> phone_text(8613800138000), phone_text(12125550123), phone_text(442079460958)
    ('+86 138 0013 8000', '+1 212 555 0123', '+44 207 946 0958')
    """
    text = str(number)
    code = 1 if text[0] in "17" else 3 if text[:2] in ("21", "35", "37", "38", "42", "85", "88", "96", "97") else 2
    country, rest = text[:code], text[code:]
    groups = []
    while len(rest) > 4:
        groups.append(rest[:3])
        rest = rest[3:]
    groups.append(rest)
    if country == "86" and len(text) == 13:
        groups = [text[2:5], text[5:9], text[9:]]
    shown = f"+{country} {' '.join(groups)}"
    return " ".join((shown, _("ext."), plain(extension))) if extension else shown


def _standing(card: LeadCard, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    days = max(0, (frame.now - card.stage_since).days)
    title: Piece = (words.stage_title(playbook, card.stage), "strong accent")
    since: Piece = ("", "")
    try:
        limit = playbook.stage(card.stage).dwell_days
    except KeyError:  # lost, invalid, or a stage that is gone
        limit = None
    if card.kind is funnel.Kind.OPEN and limit:
        is_past = days >= limit
        text = _("day {day} of {limit}").format(day=days + 1, limit=limit)
        since = (text + (" " + _("stuck") if is_past else ""), "stuck" if is_past else "")
    elif card.kind is funnel.Kind.OPEN:
        since = (_("day {day}").format(day=days + 1), "")
    if LABEL + width_of((title, since)) + 3 <= width:
        yield _labelled(_("stage"), [title, ("   ", ""), since], width)
    else:
        yield _labelled(_("stage"), [title], width)
        yield _labelled("", [since], width)
    if card.amount is not None:
        yield _labelled(_("expected"), list(_money(card, playbook, frame)), width)


def _money(card: LeadCard, playbook: funnel.Playbook, frame: Frame) -> Iterator[Piece]:
    assert card.amount is not None
    yield frame.whole(card.amount), "strong"
    try:
        share = playbook.probability(card.stage)
    except KeyError:
        share = 0
    if card.kind is funnel.Kind.OPEN and share:
        yield f" × {share} % = {frame.whole(card.amount * share / 100)}", ""
    expected = card.fields.get("expected_on")
    if isinstance(expected, str) and expected:
        yield "   " + _("by {day}").format(day=_day(expected, frame)), ""


def _day(text: str, frame: Frame) -> str:
    try:
        return clocks.short_date(date.fromisoformat(text), frame.today)
    except ValueError:
        return plain(text)


def _leading(card: LeadCard, playbook: funnel.Playbook, width: int) -> Iterator[Line]:
    """What decides a call, in as few lines as it can be told in."""
    most = {"need": 2} if width < ROOMY else dict.fromkeys(LEADING, 2)
    lines = [list(_fields(card, playbook, (code,), LABEL, width, most.get(code, 1))) for code in LEADING]
    *others, left, right = lines
    for some in others:
        yield from some
    half = width // 2
    if left and right and all(width_of(some[0]) < half and len(some) == 1 for some in (left, right)):
        yield (*left[0], (" " * (half - width_of(left[0])), ""), *right[0])
    else:
        yield from (*left, *right)


def _fields(
    card: LeadCard, playbook: funnel.Playbook, codes: Iterable[str], label: int, width: int, most: int = 2
) -> Iterator[Line]:
    for code in codes:
        value = card.fields.get(code)
        if value in (None, ""):
            continue
        first, *more = wrap(value_text(playbook, code, value), width - label, most)
        yield _labelled(words.field_name(playbook, code), [(first, "")], width, label)
        for line in more:
            yield _labelled("", [(line, "")], width, label)


def value_text(playbook: funnel.Playbook, code: str, value: object) -> str:
    """A field's value in words: sources and choices by their names."""
    if code == "source" and (source := playbook.source(str(value))):
        return plain(said(source.name))
    for field in playbook.fields:
        if field.code == code:
            for choice in field.choices:
                if choice.code == value:
                    return plain(said(choice.name))
    return f"{value:,}" if isinstance(value, (int, Decimal)) else plain(str(value))


def _promise(card: LeadCard, at: datetime, frame: Frame, width: int) -> Line:
    is_due = at <= frame.now
    text = _("call back {moment}").format(moment=frame.moment(at))
    bring = next((one.bring for one in card.history if isinstance(one, TouchLine) and one.bring), "")
    pieces: list[Piece] = [(text, "strong promise"), ("  " + _("due") if is_due else "", "promise")]
    if card.promised_by:
        pieces.append(("  " + _("by {name}").format(name=plain(card.promised_by)), "dim"))
    if bring:
        pieces.append(("  " + plain(bring), ""))
    return crop(pieces, width)


def _labelled(label: str, pieces: list[Piece], width: int, room: int = LABEL) -> Line:
    return crop(((fit(label, room - 1) + " ", "dim"), *pieces), width)


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def history_lines(card: LeadCard, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    """What was, newest first."""
    touches = sum(isinstance(one, TouchLine) for one in card.history)
    yield rule(_("history"), counted("{count} touch", "{count} touches", touches) if touches else "", width)
    if not card.history:
        yield ((_("Nobody has called here yet."), "dim"),)
    for one in card.history:
        yield from happened(one, playbook, frame, width)


def happened(one: TouchLine | MoveLine, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    """One follow-up or move."""
    return _touch(one, playbook, frame, width) if isinstance(one, TouchLine) else _move(one, playbook, frame, width)


def _touch(one: TouchLine, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    head, indent = _stamped(one.at, one.agent, frame, width)
    marked = (("! ", one.purpose), ("", one.note), ("< ", one.feedback))
    said_ = "  ".join(mark + plain(text) for mark, text in marked if text)
    outcome = words.outcome_name(playbook, one.outcome)
    if one.kind is not funnel.TouchKind.CALL:
        outcome = f"{words.kind_name(one.kind)}: {outcome}"
    if one.is_inbound:
        outcome = _("inbound, {outcome}").format(outcome=outcome)
    pieces: list[Piece] = [*head, (outcome, "dim" if not said_ else "")]
    if one.seconds:
        pieces.append((" " + clocks.seconds(one.seconds), "dim"))
    tail: list[Piece] = []
    if one.tags:
        tail.append(("#" + plain(one.tags).replace(",", " #"), "accent"))
    if one.bring:
        tail.append(("> " + plain(one.bring), ""))
    if one.next_at:
        tail.append(("→ " + frame.moment(one.next_at), "promise"))
    elif one.lacks_next_step:
        tail.append((_("! no next step"), "stuck"))
    for piece in tail:
        pieces += [(" ", ""), piece]
    yield _signed(pieces, one.agent, width)
    for text in wrap(said_, width - indent, most=3) if said_ else ():
        yield ((" " * indent, ""), (text, ""))


def _move(one: MoveLine, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    head, _indent = _stamped(one.at, one.agent, frame, width)
    arrow = {"won": "won", "lost": "lost", "invalid": "lost"}.get(_kind(playbook, one.to), "accent")
    to = words.stage_name(playbook, one.to)
    if one.origin is None:
        text = _("taken in as {stage}").format(stage=to)
    else:
        sign = "▲" if one.way.is_forward else "▼"
        text = f"{sign} {words.stage_name(playbook, one.origin)} → {to}"
    reason = words.reason_name(playbook, one.reason) if one.reason else ""
    yield _signed((*head, (text, arrow), (f"  {reason}" if reason else "", "dim")), one.agent, width)


def _kind(playbook: funnel.Playbook, stage: str) -> str:
    try:
        return playbook.kind(stage).value
    except KeyError:
        return ""


NAMED = 60
"""From this width on those who called have a column."""


def _signed(line: Sequence[Piece], agent: str, width: int) -> Line:
    """A line of the history, with who it was at its end where there is no column for that, but room."""
    name = cut(plain(agent), 12)
    if width < NAMED and width_of(line) + 2 + cell_len(name) <= width:
        return ends(line, [(name, "dim")], width)
    return crop(line, width)


def _stamped(at: datetime, agent: str, frame: Frame, width: int) -> tuple[tuple[Piece, ...], int]:
    room = 15 if is_chinese() else 13
    name = fit(cut(plain(agent), 9), 10) if width >= NAMED else ""
    stamp = fit(clocks.stamp(at, frame.now, frame.zone), room)
    return ((stamp, "dim"), (name, "dim")), room + (10 if name else 0)
