"""What can go wrong, as codes and fields; the screens say it in words."""

from __future__ import annotations

from datetime import datetime


class FloorError(Exception):
    """Base of all errors that the floor knows. `code` names the case, `fields` fill its sentence."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        # Fields may hold a customer's name, and this text goes into logs.
        return self.code


class Refused(FloorError):
    """A rule of the floor says no. Nothing was changed."""


class Stale(FloorError):
    """Somebody was faster: the claim that a command names is not the lead's claim any more."""

    def __init__(self, code: str, *, by: str | None = None, at: datetime | None = None, **fields: object) -> None:
        super().__init__(code, by=by, at=at, **fields)
        self.by = by
        self.at = at


class Unavailable(FloorError):
    """The database cannot be used now: locked, full, gone, read-only, or newer than this program."""
