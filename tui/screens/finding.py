"""Find: a list of leads that is filled as one types. Looking at one claims nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tui import errands
from tui.i18n import _
from tui.lines import found as lines
from tui.lines.text import Line, told
from tui.listing import Listing
from tui.screens.choosing import Choosing
from tui.screens.questions import Question
from tui.sheets import Hints

if TYPE_CHECKING:
    from models.cards import LeadCard
    from models.search.finding import Found
    from models.search.terms import Sought
    from tui.screens.desk import Desk

REMEMBERED = 20


class Search:
    """A list of leads, and the question that it answers. While the next answer is coming, the list stays."""

    def __init__(self, desk: Desk, title: str, seen: Sequence[Found], nothing: tuple[str, ...]) -> None:
        """Makes the list.

        Args:
            desk: whose it is.
            title: over it.
            seen: listed while nothing is typed.
            nothing: said where nobody is found.
        """
        self.desk = desk
        self._seen, self._nothing = seen, nothing
        self._what: Sought | None = None
        """What is underlined in the list."""
        self.listing: Listing[Found] = Listing(
            title, self._entry, identity=lambda one: one.lead_id, nothing=self._empty
        )
        self.question: Question[Sequence[Found]] = Question(desk, self._look, self._told)

    def ask(self, text: str) -> None:
        """Looks for that text."""
        if self.question.ask(text):
            self.listing.begin_anew()

    async def _look(self, text: str) -> Sequence[Found]:
        if not text:
            return self._seen
        desk = self.desk
        return await desk.store.look_up(errands.find, desk.person.id, text, desk.clock(), limit=lines.MOST + 1)

    def _told(self) -> None:
        if self.question.is_answered:
            self._what = lines.sought(self.question.answered or "")
            self.listing.fill((self.question.answer or ())[: lines.MOST])
        if self.desk.sheet is self.listing:
            self.desk.paint.card()
            self.desk.composer.tell(())

    def preview(self, text: str) -> Line:
        """Under what is typed: how many there are, or what may be typed."""
        return lines.how_many(self.question)

    def _entry(self, one: Found, width: int, is_current: bool) -> list[Line]:
        book = self.desk.books.get(one.campaign_id)
        playbook = book.playbook if book else None
        return lines.found_lines(one, self._what, playbook, width, is_current=is_current)

    def _empty(self, width: int) -> list[Line]:
        return told(*self._nothing, width=width) if self.question.answered else []


class Finding(Choosing):
    """Finding leads."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sought = ""
        """What was looked for last: it is there again, to be replaced or added to."""
        self._seen: dict[int, LeadCard] = {}
        """Leads that were before the agent, the last one last."""
        if desk.hand is not None:
            self.remember(desk.hand.card)

    def remember(self, card: LeadCard) -> None:
        """This lead is before the agent now."""
        self._seen.pop(card.id, None)
        self._seen[card.id] = card
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    async def find_lead(self) -> None:
        """/: any part of a name, company, number or note; Enter looks at the lead."""
        nothing = (
            _("Nobody that you may see has this in a name, company, number or note."),
            _("A shorter text finds more. {key} takes in somebody new.").format(
                key=self.desk.keymap.key("desk.add-lead")
            ),
        )
        hints = (("⏎", _("look")), ("↓↑", _("move")), ("Esc", _("back")))

        def changed(text: str) -> None:
            self._sought = text

        self._list_leads(_("find"), hints, self._look_at, nothing=nothing, text=self._sought, changed=changed)
        self.desk.composer.select()

    async def _look_at(self, one: Found) -> None:
        hand = await self.ask(errands.look_at, self.agent_id, one.lead_id, self.now)
        self.stop_writing(keep=False)
        self.desk.put(hand)
        self.desk.say("")

    def _list_leads(
        self,
        title: str,
        hints: Hints,
        chosen: Callable[[Found], Awaitable[None]],
        *,
        nothing: tuple[str, ...],
        text: str = "",
        changed: Callable[[str], None] = lambda text: None,
        keys: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
        nobody: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """Opens the list of leads.

        Args:
            title: over it, and before what is typed.
            hints: of the footer.
            chosen: what Enter does with the lead under the cursor.
            nothing: said where nobody is found.
            text: what stands in the composer at first.
            changed: told of what is typed.
            keys: more keys.
            nobody: what Enter does with the text where nobody is found.
        """
        search = Search(self.desk, title, self._seen_before(), nothing)

        def ask(text: str) -> None:
            changed(text)
            search.ask(text)

        async def submit(text: str) -> None:
            if not await search.question.settle():
                return
            one = search.listing.current
            if one is not None and one.campaign_id not in self.desk.books:
                self.desk.say(_("This lead's campaign is newer than your desk: start the desk again."), "stuck")
            elif one is not None:
                await chosen(one)
            elif nobody is not None and text.strip():
                await nobody(text)

        self._choose_by_typing(
            search.listing, title, preview=search.preview, submit=submit, hints=hints, changed=ask, text=text, keys=keys
        )
        search.ask(text)

    def _seen_before(self) -> list[Found]:
        """The leads that were before the agent, the last first; without the one that is."""
        from models.search.finding import Found

        here = self.desk.hand.card.id if self.desk.hand else None
        return [
            Found(
                lead_id=card.id,
                code=card.code,
                company=card.company,
                person=card.contacts[0].name if card.contacts else "",
                number="",
                stage=card.stage,
                campaign_id=card.campaign_id,
                kind=card.kind,
                owner=card.owner,
                holder="",
                where="company",
                excerpt="",
            )
            for card in reversed(self._seen.values())
            if card.id != here
        ]
