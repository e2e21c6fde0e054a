"""What the codes of the heart and of the store mean, said to a person: what is wrong, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import funnel
from models.errors import FloorError, Stale
from tui import clocks
from tui.i18n import _, counted, is_chinese, said
from tui.i18n import marked as N_
from tui.plain import plain

if TYPE_CHECKING:
    from models.playbook import LineFault, PlaybookFault

# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────────

FIELDS = {
    "code": N_("lead number"),
    "company": N_("company"),
    "person": N_("contact"),
    "title": N_("title"),
    "number": N_("phone"),
    "email": N_("e-mail"),
    "part": N_("part in decision"),
    "industry": N_("industry"),
    "source": N_("source"),
    "need": N_("need"),
    "product": N_("product"),
    "amount": N_("expected"),
    "margin": N_("margin"),
    "units": N_("units"),
    "expected_on": N_("close date"),
    "address": N_("address"),
    "business": N_("main business"),
    "budget": N_("budget"),
    "systems": N_("systems in use"),
    "competitor": N_("competitor"),
    "obstacle": N_("obstacle"),
    "plan": N_("action plan"),
    "decider": N_("decider"),
}
"""Labels of the fields that every lead has."""

KINDS = {
    funnel.TouchKind.CALL: N_("call"),
    funnel.TouchKind.VISIT: N_("visit"),
    funnel.TouchKind.MEETING: N_("meeting"),
    funnel.TouchKind.EMAIL: N_("email"),
    funnel.TouchKind.SMS: N_("SMS"),
    funnel.TouchKind.FAX: N_("fax"),
    funnel.TouchKind.CHAT: N_("chat"),
}


def field_name(playbook: funnel.Playbook | None, code: str) -> str:
    """The label of a field: the playbook's for its own, else ours."""
    for own in playbook.fields if playbook else ():
        if own.code == code:
            return plain(said(own.name))
    return _(FIELDS[code]) if code in FIELDS else plain(code)


def kind_name(kind: funnel.TouchKind) -> str:
    """How a customer was touched."""
    return _(KINDS[kind])


def stage_name(playbook: funnel.Playbook | None, code: str) -> str:
    """A stage by its name; lost and invalid too. A stage that is gone keeps its code."""
    if code in (funnel.LOST, funnel.INVALID):
        return _("lost") if code == funnel.LOST else _("invalid")
    for stage in playbook.stages if playbook else ():
        if stage.code == code:
            return plain(said(stage.name))
    return plain(code)


def labelled(label: str, text: str) -> str:
    """A label with what belongs to it; before nothing, with the sign and the blank that go between."""
    return _("{label}: {text}").format(label=label, text=text)


def stage_tag(code: str) -> str:
    """A stage in a few cells: its code; the ends of a funnel by their name."""
    if code in (funnel.LOST, funnel.INVALID):
        return stage_name(None, code)
    return _("won") if code == "won" else plain(code).replace("_", " ")


def stage_title(playbook: funnel.Playbook | None, code: str) -> str:
    """A stage by its name, with its code before it where that is a short one: 'B Intends'."""
    tag, name = stage_tag(code), stage_name(playbook, code)
    return f"{tag} {name}" if len(tag) <= 2 and tag != name else name


def stage_brief(playbook: funnel.Playbook | None, code: str) -> str:
    """A stage over a column: its code where that is short or the reader's language, else its name."""
    tag = stage_tag(code)
    return tag if len(tag) <= 2 or not is_chinese() else stage_name(playbook, code)


def open_heading(*, is_over: bool) -> str:
    """What a column of open leads is called: those of now, or those at the end of a period that is over."""
    return _("open at end") if is_over else _("open now")


def outcome_name(playbook: funnel.Playbook | None, code: str) -> str:
    """An outcome by its name; one that is gone keeps its code."""
    for outcome in playbook.outcomes if playbook else ():
        if outcome.code == code:
            return plain(said(outcome.name))
    return plain(code)


def is_talk(playbook: funnel.Playbook | None, code: str) -> bool:
    """Whether an outcome means that the customer was spoken to."""
    return any(one.is_talk for one in (playbook.outcomes if playbook else ()) if one.code == code)


def reason_name(playbook: funnel.Playbook | None, code: str) -> str:
    """A loss or invalid reason by its name; any other text as it is."""
    for choice in (*playbook.loss_reasons, *playbook.invalid_reasons) if playbook else ():
        if choice.code == code:
            return plain(said(choice.name))
    return plain(code)


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SENTENCES = {
    # a rule says no
    "not_found": N_("There is no such lead for you."),
    "not_yours": N_("This lead is another team's."),
    "barred": N_("Every number of this lead is on the suppression list: it may not be called."),
    "suppressed": N_("That number is on the suppression list: it may not be taken in."),
    "closed": N_("This lead is closed."),
    "outside_hours": N_("It is outside the customer's calling hours now."),
    "past_moment": N_("That moment is past: say one that is still to come."),
    "needs_moment": N_("A callback needs its moment: write it after @, as in @fri 10am."),
    "unknown_outcome": N_("The playbook has no outcome {outcome} any more: start the desk again."),
    "stage_retired": N_("The stage {stage} is retired: choose another."),
    "number_barred": N_("{number} is on the suppression list: it may not be called."),
    "bad_value": N_("{field} cannot be read; an example: {example}"),
    "too_long": N_("{field} is longer than {longest} characters."),
    "unknown_field": N_("There is no field {field}."),
    "unknown_source": N_("There is no such source; there are: {allowed}"),
    "unknown_choice": N_("{field} takes one of: {allowed}"),
    "needs_reason": N_("Say why: it stays on record."),
    "managers_only": N_("Only a manager may do this."),
    "supervisors_only": N_("The monitor is for supervisors and managers; agents work with: callfloor desk"),
    "supervisors_review": N_("The weekly review is for supervisors and managers; your own day: callfloor report daily"),
    "supervisors_watch": N_("Supervisors watch and write nothing."),
    "not_a_file": N_("{file} is no file: name one, or - for the output."),
    "unsaved": N_("{file} cannot be written: {why}."),
    "stranger": N_(
        "Nobody with the login {login} works on this floor; a manager adds you: callfloor agent add {login}"
    ),
    "taken": N_("That name, code or number is taken already."),
    "already_a_floor": N_("There is a floor here already."),
    "bad_name": N_("A name is a line of text, not empty."),
    "unknown_team": N_("There is no team {team}; there are: {allowed}"),
    "same_team": N_("{team} is that very team: name another."),
    "team_not_empty": N_("{count} work in team {team}: {agents}. Say with --to which team takes them and their leads."),
    "list_coming_in": N_("A list is coming in, and its leads with it: wait for its end."),
    "unknown_agent": N_("Nobody with the login {login} works here."),
    "needs_team": N_("Agents and supervisors belong to a team: say which with --team."),
    "last_manager": N_("The floor's last manager cannot leave: make another one first."),
    "stage_in_use": N_("Open leads stand in stages that are gone: {stages}. Move them first, or keep the stages."),
    "unknown_playbook": N_("There is no playbook {playbook}, neither shipped nor a file; shipped are: {allowed}"),
    "unknown_campaign": N_("There is no campaign {campaign}; there are: {allowed}"),
    "not_utf8": N_("{file} is not UTF-8 text."),
    "unknown_zone": N_("There is no time zone {zone}; near it: {allowed}"),
    "unknown_region": N_("{region} is no country code: two letters, as CN or GB."),
    "unknown_report": N_("There is no report {report}; there are: {allowed}"),
    "unknown_split": N_("This report cannot be split by {by}; it can by: {allowed}"),
    "unknown_format": N_("There is no format {format}; there are: {allowed}"),
    "format_needs_file": N_("{format} is nothing for a terminal: name a file with --out."),
    "bad_amount": N_("{found} is no amount; an example: 50000"),
    "period_twice": N_("Say either --all or a period with --from, --to or --period."),
    "period_empty": N_("The period is empty: --from must be before --to."),
    "target_empty": N_("A target is --amount, --deals, --calls, --talks, or several of them."),
    "stage_target_empty": N_("A target of a stage is --leads, --amount or both."),
    "measure_empty": N_("A measure is one line of up to {most} characters: what will be done otherwise?"),
    "measure_future": N_("{day} is still to come: a measure holds from a day that is here."),
    "target_months": N_("Targets are of whole months: say a month, a quarter, a year, or first days of months."),
    "target_unset": N_("Team {team} has no target in that month: callfloor target set --team {team} comes first."),
    "team_empty": N_("Nobody works in team {team}: there is nobody to share its target."),
    "target_changed": N_("The team's target was changed meanwhile: look at the parts again."),
    "unknown_stage": N_("There is no stage {stage}; there are: {allowed}"),
    "target_of_both": N_("A target is of a team or of an agent: say one."),
    "no_contact": N_("That contact or number is not there any more."),
    "last_contact": N_("This is the only contact: change it instead."),
    "last_number": N_("No number that may be called would be left: add another one first."),
    "known_number": N_("This lead has that number already."),
    "bad_number": N_("{number} is no phone number; an example: +86 138 0013 8000"),
    "not_suppressed": N_("{number} is not on the suppression list."),
    "duplicate": N_("That number is here already, with {owner}."),
    "duplicate_pool": N_("That number is here already, in a pool."),
    "field_missing": N_("{field} is missing."),
    "rules": N_("A rule of the stage is not met yet."),
    "playbook_changed": N_("Somebody else changed this campaign's playbook just now: look again with playbook diff."),
    "no_layers": N_(
        "The playbook {playbook} has no layers to count: give the campaign search-marketing, or add layers."
    ),
    "no_counting_campaign": N_(
        "No campaign counts: callfloor campaign add NAME --playbook search-marketing makes one."
    ),
    "takes_no_leads": N_("The campaign {campaign} only counts and takes no leads: name another with --campaign."),
    "unknown_channel": N_("There is no channel {channel}; the playbook's sources are: {allowed}"),
    "counts_layers": N_("{file}: no column of a layer is seen; there are: {allowed}"),
    "counts_day": N_("{file}: no column of days is seen. Call it day, date or 日期."),
    "counts_channel": N_("{file}: no column of channels is seen. Call it channel or 渠道, or say --channel."),
    "counts_row": N_("Row {row}: {column} cannot be read: {found}. Nothing was taken in."),
    "counts_future": N_("Row {row}: {day} has not been yet. Nothing was taken in."),
    "counts_twice": N_("Row {row}: {day} stands here twice for {channel}. Add its rows up to one."),
    "no_campaign": N_("This floor has no campaign yet; a manager adds one: callfloor campaign add"),
    "dial_missing": N_("There is no program {program} to dial with: see dial.command in the configuration."),
    "dial_not_started": N_("{program} cannot dial: {why}"),
    "dial_failed": N_("{program} could not dial: it ended with {ended}."),
    "undo_nothing": N_("There is nothing to take back."),
    "undo_too_late": N_("It is too late to take that back: it could be for {seconds} seconds."),
    "undo_worked_on": N_("A lead has been worked since: that cannot be taken back any more."),
    # somebody was faster
    "held": N_("{by} has this lead in hand."),
    "stale": N_("This lead is not in your hands any more."),
    "stale_by": N_("{by} has taken this lead over."),
    "replaced": N_("You logged in again at {place}: this desk is closed."),
    "elsewhere": N_("You have this lead in hand at another desk."),
    # the configuration
    "config_unread": N_("{file} cannot be read: {why}"),
    "config_unknown": N_("{place}: there is no setting {key}; there are: {allowed}"),
    "config_type": N_("{place}: {key} must be {kind}"),
    "config_choice": N_("{place}: {key} cannot be {found}; it is one of: {allowed}"),
    "dial_no_command": N_("{file}: dial.way is command, so dial.command has to name a program."),
    "config_zone": N_("{place}: {key} cannot be {found}; it is a time zone, as in Europe/Berlin"),
    "key_unknown": N_("Keys: there is no command {command}; there are: {allowed}"),
    "key_bad": N_("Keys: {command} cannot be on {key}: it is no single key, or the terminal takes it"),
    "key_clash": N_("Keys: {key} would mean both {command} and {other}"),
    "theme_unknown": N_("There is no theme {theme}; there are: {allowed}"),
    "theme_bad": N_("{file}: {why}"),
    "no_terminal": N_("callfloor needs a terminal, and this is none."),
    # the database
    "locked": N_("The floor's database is busy."),
    "full": N_("The disk of the floor's database is full."),
    "read_only": N_("The floor's database can only be read."),
    "gone": N_("The floor's database cannot be reached."),
    "newer": N_("The floor's database is of a newer callfloor: update this program."),
    "older": N_("The floor's database is of an older callfloor; a manager brings it up to date: callfloor init"),
    "grants_sqlite": N_("Accounts of the database are PostgreSQL's; this floor is a file."),
    "grants_login": N_("The login {login} is too long for an account of the database."),
    "copy_same": N_("A floor cannot be copied onto itself."),
    "copy_occupied": N_("There is something already where the copy is to go: name an empty database, or a new file."),
    "copy_logged_in": N_("People are logged in: {names}. Let them leave first, or say --anyway."),
    "copy_differs": N_("The rows of {table} did not arrive as they were sent; the copy is not to be used."),
    "unfinished": N_("A copy of a floor was broken off here: run callfloor copy again, it starts over."),
    "no_account": N_("The database does not let you in: whoever looks after the floor gives you an account there."),
    "not_a_floor": N_("There is no floor here yet. Set one up: callfloor init. Or try one: callfloor demo"),
    "backup_running": N_("Another backup is being made in {folder}: wait for its end."),
    "backup_failed": N_("No backup: {place} cannot be used: {why}. Make room, or say where with --to."),
    "backup_bad": N_("{file} did not prove good and does not count: {why}"),
    "not_a_backup": N_("{file} is no backup of callfloor."),
    "restore_living": N_("There is a floor already: {file}. Say --anyway to put the backup in its place."),
    "restore_kind": N_("That backup is of {kind}: name such a database with --to, then callfloor copy."),
    "no_pg_dump": N_("There is no {program} for PostgreSQL {version} here: install its client programs."),
    "unkept": N_("Drafts cannot be saved here: what you write is in this window only."),
    "desks_broken": N_("The drafts of this floor could not be read; they were put aside: {aside}"),
    "desks_foreign": N_("The drafts found here were another floor's; they were put aside: {aside}"),
    "desks_gone": N_("Somebody took the file of drafts away: it begins anew."),
    "notes_broken": N_("Drafts noted on this machine could not be read; they were put aside: {aside}"),
    "unknown_url": N_("A database is a file, sqlite:///… or postgresql://…, not {scheme}."),
    "no_driver": N_("PostgreSQL needs its driver: install callfloor[postgres]."),
}
"""Code of a refusal → its sentence; braces are filled with the error's fields."""


def refusal(error: FloorError, playbook: funnel.Playbook | None = None) -> str:
    """One sentence: what is wrong and the way out. An unknown code is shown as it is."""
    code = error.code
    if isinstance(error, Stale) and code == "stale" and error.by:
        code = "stale_by"
    if code == "duplicate" and not error.fields.get("owner"):
        code = "duplicate_pool"
    sentence = SENTENCES.get(code)
    if sentence is None:
        return _("Refused: {code}").format(code=plain(code))
    return _(sentence).format_map(_Filled(error.fields, playbook))


class _Filled(dict[str, str]):
    """An error's fields as text for a sentence; a missing one stays visible instead of failing."""

    def __init__(self, fields: Mapping[str, object], playbook: funnel.Playbook | None) -> None:
        super().__init__({name: _text(value) for name, value in fields.items()})
        if "field" in self:
            self["field"] = field_name(playbook, self["field"])
        if "line" in self:  # 0: it stood in a variable or a flag
            is_line = self["line"] != "0"
            self["place"] = _("{file}, line {line}").format_map(self) if is_line else self["file"]
        if "kind" in self:
            self["kind"] = _(self["kind"])

    def __missing__(self, name: str) -> str:
        return "…"


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(str(name))} ({plain(str(number))})" for name, number in value.items())
    if isinstance(value, (tuple, list)):
        return ", ".join(plain(str(one)) for one in value)
    return plain(str(value)) if value is not None else "…"


# ── a playbook's mistakes ─────────────────────────────────────────────────────────────────────────────────────────────

FAULTS = {
    "syntax": N_("this is no TOML: {found}"),
    "not_utf8": N_("the file is not UTF-8"),
    "unknown_key": N_("there is no such key; there are: {allowed}"),
    "missing": N_("{found} is missing"),
    "wrong_type": N_("this is {found}; it must be {allowed}"),
    "unknown": N_("{found} is not known; there are: {allowed}"),
    "not_a_number": N_("{found} is no number"),
    "negative": N_("{found} is less than nothing"),
    "too_large": N_("{found} is too large; at most {allowed}"),
    "no_won_stage": N_("no stage is the sale: set is_won = true on one"),
    "first_stage_is_won": N_("the first stage cannot be the sale"),
    "second_sale": N_("stage {found} cannot be the sale too: {allowed} is it already"),
    "reserved": N_("the name {found} is taken by callfloor itself"),
    "not_per_cent": N_("{found} is no per cent: 0 to 100"),
    "not_positive": N_("{found} must be 1 or more"),
    "not_a_key": N_("{found} is no single key"),
    "key_of_the_desk": N_("the key {found} belongs to the desk; it takes: {allowed}"),
    "key_taken": N_("the key {found} is on {allowed} already"),
    "no_cadence": N_("{found} neither ends the lead nor says when to try again: add retry_minutes"),
    "empty": N_("the list is empty"),
    "not_a_code": N_("{found} is no code: letters, digits, - and _"),
    "twice": N_("{found} stands here twice"),
    "name_missing": N_("{found} needs a name in both languages: name = {{ en = …, zh = … }}"),
    "closes_before_opens": N_("it closes at {found}, before it opens"),
    "order_incomplete": N_("the order must name each of {allowed} once, waiting last"),
}
"""Code of a playbook's fault → what is wrong and what would be right."""


def fault(file: str, one: LineFault) -> str:
    """A mistake in a playbook: file, line, where, what is wrong and what would be right."""
    place = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in one.path).lstrip(".")
    sentence = FAULTS.get(one.code)
    text = plain(one.code) if sentence is None else _(sentence)
    if sentence is not None:
        text = text.format(found=plain(one.found) or "–", allowed=", ".join(plain(name) for name in one.allowed) or "–")
    return f"{plain(file)}:{one.line}: {place + ': ' if place else ''}{text}"


def faults(error: PlaybookFault) -> list[str]:
    """Every mistake of a playbook, top to bottom."""
    return [fault(error.file, one) for one in error.faults]


# ── what a move asks for ──────────────────────────────────────────────────────────────────────────────────────────────


def point(playbook: funnel.Playbook, stage: str, one: funnel.Point) -> str:
    """One rule of a move as a short statement: what has to be there."""
    match one.rule:
        case funnel.Rule.FIELD_EMPTY:
            return _("{field} is known").format(field=field_name(playbook, one.field))
        case funnel.Rule.TOUCHES_MISSING if one.touches is not None:
            return touches_wanted(playbook, one.touches)
        case funnel.Rule.SIGN_MISSING:
            sign = playbook.stage(stage).sign
            return _("you saw: {sign}").format(sign=plain(said(sign)))
        case funnel.Rule.REASON_MISSING:
            return _("a reason is given")
        case funnel.Rule.REASON_UNKNOWN:
            return _("the reason is one of the list")
        case funnel.Rule.NO_SKIPPING:
            return _("no stage is passed over")
        case funnel.Rule.ALREADY_THERE:
            return _("the lead is not there already")
    return _("the playbook has that stage")


def remedy(playbook: funnel.Playbook, one: funnel.Point) -> str:
    """What to do about a rule that is not met."""
    match one.rule:
        case funnel.Rule.FIELD_EMPTY:
            return _("e fills it in")
        case funnel.Rule.TOUCHES_MISSING:
            return counted("{count} more to log", "{count} more to log", one.need - one.have)
        case funnel.Rule.SIGN_MISSING:
            return _("Enter: yes, seen")
    return ""


def touches_wanted(playbook: funnel.Playbook, rule: funnel.TouchRule) -> str:
    """The touches that a stage wants: '2 × Talked, with purpose (!)', '1 × visit: Talked'."""
    outcomes = _(" or ").join(outcome_name(playbook, code) for code in rule.outcomes)
    if rule.kind and outcomes:
        outcomes = _("{touches}: {outcomes}").format(touches=kind_name(rule.kind), outcomes=outcomes)
    what = outcomes or (kind_name(rule.kind) if rule.kind else _("touch"))
    text = f"{rule.count} × {what}"
    if rule.with_purpose:
        text += _(", with purpose (!)")
    if rule.with_feedback:
        text += _(", with what they said (<)")
    return text


# ── what a touch led to ───────────────────────────────────────────────────────────────────────────────────────────────


def aftermath(playbook: funnel.Playbook, outcome: str, after: funnel.Aftermath, now: datetime, zone: tzinfo) -> str:
    """What was stored: 'no answer · again Thu 14:00'."""
    parts = [outcome_name(playbook, outcome)]
    if after.closes is funnel.Kind.LOST:
        parts.append(_("lost: {reason}").format(reason=reason_name(playbook, after.reason)))
    elif after.closes is funnel.Kind.INVALID:
        parts.append(_("invalid: {reason}").format(reason=reason_name(playbook, after.reason)))
    if after.suppresses:
        parts.append(_("number on the suppression list"))
    if after.promised_at:
        parts.append(_("promised {moment}").format(moment=clocks.moment(after.promised_at, now, zone)))
    elif after.wake_at:
        parts.append(_("again {moment}").format(moment=clocks.moment(after.wake_at, now, zone)))
    if after.lacks_next_step:
        parts.append(_("no next step agreed"))
    return " · ".join(parts)
