"""The forms in which whatever is on a screen can be saved, to choose from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.i18n import _
from tui.i18n import marked as N_
from tui.sheets import Choice, Option

FORMS = {
    "xlsx": N_("a sheet for a spreadsheet program"),
    "csv": N_("plain rows for any program"),
    "md": N_("a table in Markdown, for a note or a mail"),
}


def choice(chosen: Callable[[str], Awaitable[None]]) -> Choice:
    """Asks in which form something is to be saved."""
    return Choice(_("save as"), [Option(form, form, _(text)) for form, text in FORMS.items()], chosen)
