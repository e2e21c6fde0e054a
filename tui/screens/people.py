"""The people at a lead: who they are, their part in the decision, their numbers, and who is called first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from models.cards import ContactCard
from tui import errands_contacts as errands
from tui import words
from tui.errands import Hand
from tui.i18n import _
from tui.lines import contacts as lines
from tui.lines.lead import PARTS, phone_text
from tui.lines.text import Line, wrap
from tui.plain import plain
from tui.screens.doing import Doing
from tui.sheets import Choice, Confirmation, Deed, Hints, Option, Sheet

OWN = {"name": "person", "title": "title", "email": "email"}
"""What is written of a contact, and the field whose label it has."""
NUMBER, FIRST, GONE, PART = "number", "first", "gone", "part"


class ContactsSheet(Sheet):
    """Every contact, and a cursor."""

    def __init__(self, people: People, at: int = 0) -> None:
        super().__init__(_("contacts"), lambda width: ())
        self._people = people
        self.at = at
        self._places: list[int] = []
        self._end = 0

    @property
    def hints(self) -> Hints:
        """What can be done with the one under the cursor."""
        change = (
            ("⏎", _("change")),
            ("n", _("another number")),
            ("m", _("call first")),
            ("x", _("remove")),
        )
        return (*(change if self._people.contacts else ()), ("a", _("add")), ("↓↑", _("move")), ("Esc", _("close")))

    @property
    def line(self) -> int | None:
        """The end of the contact under the cursor, or its beginning where it is the first."""
        if not self.at:
            return 0
        return self._places[self.at + 1] - 2 if self.at + 1 < len(self._places) else self._end

    def lines(self, width: int) -> list[Line]:
        """The contacts as they are now."""
        contacts = self._people.contacts
        self.at = min(self.at, max(0, len(contacts) - 1))
        written, self._places = lines.contact_lines(contacts, self.at, width)
        self._end = len(written) - 1
        return written

    def press(self, key: str) -> Deed | bool:
        """The cursor, and what is done with the contact under it."""
        people, contacts = self._people, self._people.contacts
        steps = {"down": 1, "up": -1, "j": 1, "k": -1}
        if key in steps:
            self.at = min(max(self.at + steps[key], 0), max(0, len(contacts) - 1))
            return True
        if key == "a":
            return people.add_contact
        if not contacts:
            return False
        one = contacts[self.at]
        deeds: dict[str, Deed] = {
            "enter": partial(people.open_contact, one.id),
            "n": partial(people.write_number, one, None),
            "m": partial(people.put_first, one),
            "x": partial(people.ask_removal, one),
        }
        return deeds.get(key, False)


class ContactSheet(Choice):
    """What is known of one contact; Esc goes back to all of them."""

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        chosen: Callable[[str], Awaitable[None]],
        leave: Deed,
        *,
        current: str = "",
    ) -> None:
        super().__init__(title, options, chosen, current=current)
        self._leave = leave

    @property
    def hints(self) -> Hints:
        """How to choose, and the way back."""
        return (("⏎", _("change")), ("↓↑", _("move")), ("Esc", _("all contacts")))

    def press(self, key: str) -> Deed | bool:
        """As a choice, and the way back."""
        return self._leave if key in ("escape", "q") else super().press(key)


class People(Doing):
    """The contacts of the lead in hand."""

    @property
    def contacts(self) -> tuple[ContactCard, ...]:
        """Of the lead, the first to call first."""
        return self.desk.hand.card.contacts if self.desk.hand else ()

    async def show_contacts(self) -> None:
        """C: everybody at the lead."""
        self.desk.open_sheet(ContactsSheet(self))

    async def _show_again(self, contact_id: int) -> None:
        """All contacts, with the cursor where it was."""
        self.desk.open_sheet(ContactsSheet(self, self._place_of(contact_id)))

    def _place_of(self, contact_id: int) -> int:
        return next((place for place, one in enumerate(self.contacts) if one.id == contact_id), 0)

    # ── one of them ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_contact(self, contact_id: int, current: str = "name") -> None:
        """What is known of one, field by field."""
        place = self._place_of(contact_id)
        one = self.contacts[place]
        playbook = self.desk.playbook
        options = [
            Option("name", words.field_name(playbook, "person"), plain(one.name) or "–"),
            Option("title", words.field_name(playbook, "title"), plain(one.title) or "–"),
            Option(PART, words.field_name(playbook, PART), lines.part_name(one.part) or "–"),
            Option("email", words.field_name(playbook, "email"), plain(one.email) or "–"),
        ]
        for phone in one.phones:
            number = phone_text(phone.number, phone.extension)
            text = f"{number} {_('✗ never call')}" if phone.is_suppressed else number
            options.append(Option(f"{NUMBER} {phone.number}", words.field_name(playbook, "number"), text))
        options.append(Option(NUMBER, _("another number")))
        if place:
            options.append(Option(FIRST, _("call first")))
        options.append(Option(GONE, _("remove")))

        async def chosen(what: str) -> None:
            await self._change(one, what)

        self.desk.open_sheet(
            ContactSheet(lines.contact_name(one), options, chosen, partial(self._show_again, one.id), current=current)
        )

    async def _change(self, one: ContactCard, what: str) -> None:
        kind, _blank, number = what.partition(" ")
        if kind == PART:
            self._choose_part(one)
        elif kind == NUMBER:
            await self.write_number(one, int(number) if number else None)
        elif kind == FIRST:
            await self.put_first(one)
        elif kind == GONE:
            await self.ask_removal(one)
        else:
            self._write(one, kind)

    def _write(self, one: ContactCard, what: str) -> None:
        """A text of a contact."""
        label, back = words.field_name(self.desk.playbook, OWN[what]), partial(self.open_contact, one.id, what)

        async def store(text: str) -> None:
            await self._store_known(one, {what: " ".join(text.split())}, what)

        self._write_of_contact(label, f"contact {one.id} {what}", store, back, getattr(one, what))

    def _choose_part(self, one: ContactCard) -> None:
        async def chosen(part: str) -> None:
            await self._store_known(one, {PART: part}, PART)

        options = [Option(code, _(name)) for code, name in PARTS.items()]
        if one.part:
            options.append(Option("", _("not known")))
        title = words.field_name(self.desk.playbook, PART)
        back = partial(self.open_contact, one.id, PART)
        self.desk.open_sheet(ContactSheet(title, options, chosen, back, current=one.part))

    async def _store_known(self, one: ContactCard, values: dict[str, str], what: str) -> None:
        token = self.token(f"contact {one.id} {values}")
        found = await self.ask(errands.change, self.hand, one.id, values, token, self.agent_id, self.now)
        await self._changed(found, what)

    async def write_number(self, one: ContactCard, old: int | None) -> None:
        """A further number, or another in the place of one; an empty line takes that away."""
        from tui.values import example

        async def store(text: str) -> None:
            if old is not None and not text.strip():
                self.stop_writing(keep=False)
                gone = _("Take away {number}?").format(number=phone_text(old))
                await self._confirm(gone, partial(self._store_number, one, old, ""), one)
            elif text.strip():
                await self._store_number(one, old, text)
            else:
                self.desk.say(example("number"), "stuck")

        known = next((phone for phone in one.phones if phone.number == old), None)
        text = f"+{known.number}{f' ext. {known.extension}' if known.extension else ''}" if known else ""
        label = words.field_name(self.desk.playbook, "number")
        back = partial(self.open_contact, one.id, f"{NUMBER} {old}" if old else NUMBER)
        self._write_of_contact(label, f"contact {one.id} number {old or ''}", store, back, text, hint=example("number"))

    async def _store_number(self, one: ContactCard, old: int | None, text: str) -> None:
        token = self.token(f"contact {one.id} {old} {text}")
        found = await self.ask(errands.write_number, self.hand, one.id, old, text, token, self.agent_id, self.now)
        await self._changed(found, NUMBER)

    # ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_contact(self) -> None:
        """Somebody more: the name, then the number, then what else is known."""

        async def store(text: str) -> None:
            if not (name := " ".join(text.split())):
                self.desk.say(_("Whom? A name, in a word."), "stuck")
                return
            token = self.token(f"contact new {name}")
            found = await self.ask(errands.add, self.hand, {"name": name}, token, self.agent_id, self.now)
            await self._changed(found, NUMBER)
            await self.write_number(self.contacts[self._place_of(found[1])], None)

        label = words.field_name(self.desk.playbook, "person")
        self._write_of_contact(
            label, "contact new", store, self.show_contacts, hint=_("their name; the number comes next")
        )

    async def put_first(self, one: ContactCard) -> None:
        """The one to ask for, and whose number is dialled."""
        if self._place_of(one.id) == 0:
            self.desk.say(_("{name} is the first already.").format(name=lines.contact_name(one)))
            return
        token = self.token(f"contact {one.id} first")
        found = await self.ask(errands.put_first, self.hand, one.id, token, self.agent_id, self.now)
        self._finish(found[0], _("called first: {name}").format(name=lines.contact_name(one)))
        await self._show_again(one.id)

    async def ask_removal(self, one: ContactCard) -> None:
        """Whether somebody is not there any more."""
        text = _("Is {name} not there any more? The numbers go too; the history stays.")
        await self._confirm(text.format(name=lines.contact_name(one)), partial(self._remove, one), one)

    async def _remove(self, one: ContactCard) -> None:
        self.desk.close_sheet()
        token = self.token(f"contact {one.id} gone")
        found = await self.ask(errands.remove, self.hand, one.id, token, self.agent_id, self.now)
        self._finish(found[0], _("removed: {name}").format(name=lines.contact_name(one)))
        await self.show_contacts()

    # ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────

    def _write_of_contact(
        self,
        label: str,
        place: str,
        store: Callable[[str], Awaitable[None]],
        back: Deed,
        text: str = "",
        hint: str = "",
    ) -> None:
        """Opens the composer over the contacts; Esc goes back to them, and what was written is kept."""

        async def leave() -> None:
            self.stop_writing(keep=True)
            self.desk.say("")
            await back()

        hints = (("⏎", _("save")), ("Esc", _("keep for later")))
        keys = {"escape": leave, "ctrl+c": leave}
        preview = partial(_hinted, hint)
        self.write_into(label, preview, store, hints, place=place, text=plain(text), keys=keys)
        self.entitle(_("contacts"))

    async def _confirm(self, text: str, yes: Deed, one: ContactCard) -> None:
        def writer(width: int) -> list[Line]:
            return [(), *(((part, "strong"),) for part in wrap(text, width))]

        also: dict[str, Deed] = {"escape": partial(self._show_again, one.id), "q": partial(self._show_again, one.id)}
        self.desk.open_sheet(Confirmation(lines.contact_name(one), writer, yes, yes=_("yes, remove"), also=also))

    async def _changed(self, found: tuple[Hand, int], what: str) -> None:
        """A contact is otherwise now: shown again, with the cursor on what comes next."""
        hand, contact_id = found
        one = next(one for one in hand.card.contacts if one.id == contact_id)
        self._finish(hand, lines.contact_name(one))
        order = ["name", "title", PART, "email", NUMBER]
        await self.open_contact(contact_id, order[min(order.index(what) + 1, len(order) - 1)])


def _hinted(hint: str, text: str) -> Line:
    return ((hint, "dim"),) if hint and not text.strip() else ()
