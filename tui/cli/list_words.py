"""What the import says: reasons, notes and refusals in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.errors import FloorError
from tui import words
from tui.i18n import _, counted
from tui.i18n import marked as N_
from tui.plain import plain

if TYPE_CHECKING:
    import funnel
    from models.exchange.mapping import Rule
    from models.exchange.rejects import Reason

SENTENCES = {
    "list_missing": N_("{file} cannot be opened: {why}"),
    "list_folder": N_("{file} is a folder, not a list."),
    "list_empty": N_("{file} is empty: there is nothing to take in."),
    "list_zip": N_("{file} is an archive: unpack it and import the list inside."),
    "list_encrypted": N_("{file} is protected by a password: save it without one."),
    "list_binary": N_("{file} is no list: it is not text and not a spreadsheet."),
    "list_unreadable": N_("{file} cannot be read: it is damaged, or not what its name says."),
    "list_quote": N_("{file}: the quote that opens in row {row} never closes."),
    "list_sheet": N_("{file} has no sheet {sheet}; there are: {allowed}"),
    "list_encoding": N_("There is no encoding {encoding}; try utf-8, gb18030 or cp1252."),
    "list_no_number": N_(
        "{file}: no column of phone numbers or e-mails is seen. Name it in a map: --map; see docs/import.md"
    ),
    "list_column": N_("The map names a column {column} that the list has not; there are: {allowed}"),
    "map_missing": N_("There is no map {file}. Give a file, or one that comes with callfloor: {allowed}"),
    "import_running": N_("Another import is running on this floor: wait for its end."),
    "import_unknown": N_("There is no import {id}: callfloor import --list shows them."),
    "import_undone": N_("Import {id} has been taken back already."),
    "rejects_unwritten": N_("{file} cannot be written: {why}. Say where with --rejected FILE."),
}
REASONS = {
    "unknown_lead": N_("no phone number and no e-mail, nor a lead of that lead number here"),
    "no_number": N_("no phone number and no e-mail"),
    "bad_number": N_("no such phone number can exist: {found}"),
    "field_missing": N_("{field} is missing"),
    "bad_value": N_("{field} cannot be read: {found}"),
    "unknown_stage": N_("the playbook has no stage {found}: a map can say what it means"),
    "unknown_outcome": N_("the playbook has no outcome {found}: a map can say what it means"),
    "bad_history": N_("the past cannot be read: {found}"),
    "too_long": N_("{field} is longer than {found} characters"),
    "too_many_cells": N_("{found} cells, more than there are columns: is a separator inside a text?"),
    "suppressed": N_("the number is on the suppression list"),
    "late": N_("the number came to the floor, or on the suppression list, meanwhile"),
    "twin": N_("the same number as in row {found}"),
    "known": N_("the floor has this number already"),
}
NOTES = {
    "unnamed": N_("rows without company and contact are called by their number"),
    "source_none": N_("rows without a source get: {source}"),
    "source_unknown": N_("rows with a source that the playbook has not get: {source}"),
    "owner_unknown": N_("rows with an owner who does not work here go where the others go"),
    "number_unread": N_("further numbers that cannot exist are left out"),
}
PHASES = {
    "read": N_("Reading"),
    "duplicates": N_("Looking for duplicates"),
    "reveal": N_("Taking in"),
    "undo": N_("Taking back"),
    "catalogue": N_("Making leads findable"),
}
TARGETS = {
    "number2": N_("second phone"),
    "number3": N_("third phone"),
    "part": N_("part in the decision"),
    "owner": N_("owner"),
    "obtained_at": N_("obtained at"),
}
PAST = {
    "stage": N_("stage"),
    "days": N_("days in that stage"),
    "reason": N_("why it ended"),
    "next_at": N_("promised for"),
}
TOUCHES = {
    "at": N_("last touch"),
    "count": N_("number of touches"),
    "kind": N_("touched by"),
    "outcome": N_("outcome"),
    "seconds": N_("seconds talked"),
    "note": N_("note"),
    "purpose": N_("purpose"),
    "feedback": N_("what they said"),
}
"""What a map's `[history]` and its touches bring."""
STATES = {"done": N_("done"), "undone": N_("taken back"), "revealing": N_("stopped halfway")}


def refusal(error: FloorError) -> str:
    """One sentence for what an import is refused with."""
    sentence = SENTENCES.get(error.code)
    if sentence is None:
        return words.refusal(error)
    return _(sentence).format(**{name: _shown(value) for name, value in error.fields.items()})


def _shown(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(plain(str(one)) for one in value) or "–"
    return plain(str(value))


def reason(playbook: funnel.Playbook, one: Reason) -> str:
    """Why a row was not taken."""
    text = _(REASONS[one.code])
    return text.format(field=target(playbook, one.field) if one.field else "", found=plain(one.found, 80))


def rejected(code: str) -> str:
    """A kind of reason, for a count of rows."""
    text = _(REASONS[code]).format(field=_("a field"), found="…")
    return text.removesuffix(": …").removesuffix("：…")


def note(code: str, source: str) -> str:
    """What was decided for some rows."""
    return _(NOTES[code]).format(source=plain(source))


def target(playbook: funnel.Playbook, name: str) -> str:
    """The label of a field that a column fills."""
    return _(TARGETS[name]) if name in TARGETS else words.field_name(playbook, name)


def meaning(playbook: funnel.Playbook, place: tuple[str, ...]) -> str:
    """The label of what a column is taken for: a field, or a part of the past that it carries."""
    match place:
        case ("history", "entered", "closed"):
            return _("ended")
        case ("history", "entered", stage):
            return _("entered {stage}").format(stage=words.stage_name(playbook, stage))
        case ("history", "touches", number, part):
            return _(TOUCHES[part]) + (f" ({number})" if number != "1" else "")
        case ("history", part):
            return _(PAST[part])
    return target(playbook, place[0])


def origin(rule: Rule, names: tuple[str, ...], made: Mapping[str, Rule]) -> str:
    """Where a text comes from: a heading, a column's number, a template, a constant; what the map makes, from what."""
    if rule.template:
        return plain(rule.template)
    if not rule.column:
        return _("always {text}").format(text=plain(rule.default))
    if rule.column in made:
        others = {name: one for name, one in made.items() if name != rule.column}
        return f"{plain(rule.column)} = {origin(made[rule.column], names, others)}"
    if rule.column.isdecimal() and rule.column not in names:
        return _("column {number}").format(number=rule.column)
    return plain(rule.column)


def rows(count: int) -> str:
    """A count of rows."""
    return counted("{count} row", "{count} rows", count)


def leads(count: int) -> str:
    """A count of leads."""
    return counted("{count} lead", "{count} leads", count)
