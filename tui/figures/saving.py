"""A screen of figures as a file: in one of the forms that everything can be saved in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.figures.page import Page
from tui.i18n import _
from tui.plain import plain
from tui.reports import files, forms
from tui.sheets import Choice, Deed

if TYPE_CHECKING:
    from tui.figures.sheet import FiguresSheet


class Forms(Choice):
    """The forms to choose from; Esc goes back to the figures."""

    is_wide = True

    def __init__(self, sheet: FiguresSheet, page: Page) -> None:
        async def chosen(form: str) -> None:
            name = sheet.command.rpartition("show-")[2]
            sheet.back()
            path = files.save(page.report(name, sheet.host.whose), form, sheet.host.frame)
            sheet.host.say(_("Saved: {file}").format(file=plain(str(path))), "won")

        choice = forms.choice(chosen)
        super().__init__(choice.title, choice.options, chosen)
        self._back = sheet.back

    def press(self, key: str) -> Deed | bool:
        """Esc goes back."""
        if key in ("escape", "q"):
            self._back()
            return True
        return super().press(key)


def ask_form(sheet: FiguresSheet, page: Page) -> None:
    """Asks which form the file is to have."""
    sheet.host.open_sheet(Forms(sheet, page))
