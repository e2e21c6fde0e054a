"""Paints a desk: what its parts show of the lead in hand, the queue, the funnel, the day. Only what changed is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.i18n import _
from tui.lines import guide, lead, panel, queue, status
from tui.lines.text import Line

if TYPE_CHECKING:
    from tui.screens.desk import Desk


class Painter:
    """What a desk shows in each of its parts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def all(self) -> None:
        """Every part."""
        self.status()
        self.queue()
        self.card()
        self.panel()
        self.footer()

    def status(self) -> None:
        """The first line."""
        desk = self.desk
        frame, today, standing = desk.frame, desk.survey.today, desk.deeds.standing()
        troubles = status.Troubles(desk.trouble, desk.is_unkept)
        lookers = desk.glass.lookers if desk.glass is not None else ()
        desk.status.show(
            lambda width: [status.status_line(desk.person, today, standing, troubles, frame, width, lookers=lookers)]
        )

    def queue(self) -> None:
        """The queue."""
        desk = self.desk
        card, frame = desk.survey.queue, desk.frame
        held = desk.hand.card.id if desk.hand and desk.hand.claim else None

        def row(place: int, width: int, is_current: bool) -> Line:
            one = card.rows[place]
            return queue.queue_line(one, frame, width, is_current=is_current, is_held=one.lead_id == held)

        desk.queue.show_rows(
            [one.lead_id for one in card.rows],
            row,
            lambda width: queue.rest_lines(card, frame, width),
            title=((_("queue"), "strong accent"), (f" · {queue.amount_of(card.ready)}", "dim")),
            foot=((guide.order_of(desk.playbook), "dim"),) if desk.is_wide else (),
        )

    def card(self) -> None:
        """The lead, or what is laid over it."""
        desk = self.desk
        desk.set_class(desk.sheet is not None and desk.sheet.is_wide, "-covered")
        if desk.sheet is not None:
            sheet = desk.sheet
            desk.card.show(sheet.lines, title=((sheet.title, "strong key"),))
            if (line := sheet.line) is not None:
                desk.card.keep_in_sight(line)
            return
        frame, hand = desk.frame, desk.hand
        title = ((_("lead"), "strong accent"),)
        if hand is None:
            waiting, person, book, keymap = desk.survey.queue, desk.person, desk.playbook, desk.keymap
            desk.card.show(lambda width: guide.empty_desk(waiting, person, book, keymap, frame, width), title=title)
            return
        playbook, on_line = desk.playbook, desk.deeds.on_line()
        desk.card.show(
            lambda width: lead.lead_lines(hand.card, playbook, frame, width, on_line),
            title=title,
            foot=guide.in_whose_hands(hand, frame),
        )

    def panel(self) -> None:
        """The funnel: a pane on wide screens, a line on small ones."""
        desk = self.desk
        figures, frame = desk.survey.panel, desk.frame
        playbook = desk.books[figures.campaign_id].playbook
        desk.panel.show(
            lambda width: panel.panel_lines(figures, playbook, frame, width),
            title=((_("funnel"), "strong accent"), (" · " + _("live"), "dim")),
        )
        desk.strip.show(lambda width: [panel.panel_line(figures, frame, width)])

    def footer(self) -> None:
        """The keys that do something now."""
        desk = self.desk
        hints = desk.deeds.hints()
        last = (desk.keymap.key("desk.show-help"), _("keys"))
        if desk.composer.is_open or desk.sheet is not None:
            last = ("", "")
        desk.footer.show(lambda width: [status.footer_line(hints, last, width)])
