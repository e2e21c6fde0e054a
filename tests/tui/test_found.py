"""What a search found, as lines: nothing is lost by underlining, nothing is wider than its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import funnel
from models.search.finding import Found
from tests.tui.floors import words_of
from tui.editline import EditLine
from tui.lines.found import HIT, around_hit, found_lines, hits, hits_in_number, marked, sought
from tui.lines.text import width_of
from tui.listing import Listing
from tui.plain import plain

ANY = st.text(max_size=40) | st.text(alphabet="ab東方 ßİ\u0301\uff11-", max_size=40)


def found(**changes: object) -> Found:
    values: dict[str, object] = {
        "lead_id": 1, "code": "LF2026001", "company": "华星机械", "person": "张敏", "number": "8613800138000",
        "stage": "E", "campaign_id": 1, "kind": funnel.Kind.OPEN, "owner": "", "holder": "", "where": "company",
        "excerpt": "",
    }  # fmt: skip
    return Found(**(values | changes))  # type: ignore[arg-type]


@given(text=ANY, typed=ANY)
def test_underlining_changes_no_letter(text: str, typed: str) -> None:
    spans = hits(text, sought(typed))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert "".join(piece for piece, _ in marked(text, spans)) == text


@given(text=ANY, typed=ANY, width=st.integers(1, 60))
def test_what_is_shown_of_a_text_fits(text: str, typed: str, width: int) -> None:
    shown = around_hit(plain(text), hits(plain(text), sought(typed)), width)
    assert width_of([(shown, "")]) <= width


@given(
    company=ANY,
    person=ANY,
    typed=ANY,
    place=st.sampled_from(["company", "person", "number", "code", "note"]),
    width=st.integers(24, 120),
)
def test_a_lead_is_one_line_or_two_and_no_wider_than_its_place(
    company: str, person: str, typed: str, place: str, width: int
) -> None:
    one = found(company=company, person=person, where=place, excerpt=company, holder=person)
    lines = found_lines(one, sought(typed), None, width, is_current=True)
    assert len(lines) <= 2
    assert all(width_of(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("138001", "138 001"),
        ("0138", "138"),
        ("8613", "86 13"),
        ("8000", "8000"),
        ("13", "13"),
        ("86", "86"),
        ("9", ""),
    ],
)
def test_the_digits_of_a_number_are_found_however_it_is_grouped(typed: str, marks: str) -> None:
    shown = "+86 138 0013 8000"
    assert "".join(shown[start:end] for start, end in hits_in_number(shown, sought(typed))) == marks


def test_the_part_that_was_found_is_in_sight_and_underlined_where_the_name_is_long() -> None:
    one = found(company="The Honourable Company of Makers of Playing Cards")
    (line,) = found_lines(one, sought("playing"), None, 48, is_current=False)
    assert [text for text, style in line if HIT in style] == ["Playing"]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"holder": "Zhao"}, "● Zhao"),
        ({"owner": "Li"}, "Li"),
        ({}, "pool"),
        ({"kind": funnel.Kind.LOST, "stage": "lost"}, "lost"),
        ({"kind": funnel.Kind.WON, "stage": "won"}, "won"),
        ({"company": ""}, "张敏"),
        ({"company": "", "person": ""}, "no name"),
        ({"where": "code"}, "LF2026001"),
        ({"where": "number"}, "+86 138 0013 8000"),
        ({"where": "note", "excerpt": " …press,\nquieter "}, "“…press, quieter”"),
    ],
)
def test_what_is_said_of_a_lead(changes: dict[str, object], shown: str) -> None:
    lines = found_lines(found(**changes), None, None, 48, is_current=False)
    assert shown in words_of("\n".join("".join(text for text, _ in line) for line in lines))


# ── the list and the line ─────────────────────────────────────────────────────────────────────────────────────────────


def listing(*entries: str) -> Listing[str]:
    made: Listing[str] = Listing(
        "letters",
        lambda one, width, is_current: [((f"{'▌' if is_current else ' '}{one}", ""),)] * len(one),
        identity=str,
        nothing=lambda width: [(("none", ""),)],
    )
    made.fill(entries)
    return made


def test_the_cursor_stays_with_the_entry_that_it_was_moved_to_until_something_else_is_asked() -> None:
    made = listing("a", "b", "c")
    made.fill(("c", "b"))
    assert made.current == "c"  # it was not moved: the first of what comes
    made.move(1)
    made.fill(("x", "y", "b"))
    assert made.current == "b"
    made.begin_anew()
    made.fill(("x", "b"))
    assert made.current == "x"


def test_the_end_of_an_entry_that_the_cursor_moves_towards_is_kept_in_sight() -> None:
    made = listing("a", "bbb", "c")
    made.lines(20)
    made.move(1)
    assert made.line == 3
    made.move(1)
    made.move(-1)
    assert made.line == 1


def test_an_empty_list_says_so_and_has_no_cursor() -> None:
    made = listing()
    made.move(1)
    assert made.lines(20) == [(("none", ""),)]
    assert (made.current, made.line) == (None, None)


@pytest.mark.parametrize(
    ("key", "text", "cursor"),
    [
        ("x", "x", 1),
        ("backspace", "", 0),
        ("ctrl+w", "", 0),
        ("delete", "", 0),
        ("end", "nord", 4),
        ("home", "nord", 0),
    ],
)
def test_a_selected_text_gives_way_to_a_letter_and_is_kept_by_a_key_that_moves(
    key: str, text: str, cursor: int
) -> None:
    line = EditLine("nord")
    line.is_selected = True
    assert line.press(key, key if len(key) == 1 else None)
    assert (line.text, line.cursor, line.is_selected) == (text, cursor, False)


def test_a_paste_takes_the_place_of_a_selected_text_and_arrows_of_a_list_leave_it_selected() -> None:
    line = EditLine("nord")
    line.is_selected = True
    assert not line.press("down", None)
    assert line.is_selected
    line.insert("east")
    assert line.text == "east"
