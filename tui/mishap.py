"""What nobody foresaw: written to the log without anybody's data, and named by a reference that can be quoted."""

from __future__ import annotations

import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

UNFORESEEN = 70
"""The exit code of a program that ends by it."""


def log_file() -> Path:
    """Where it is written."""
    from platformdirs import user_log_path

    return user_log_path("callfloor") / "callfloor.log"


def record(error: BaseException) -> str:
    """Writes where an error happened and of what kind it was; never its text or its values, which may be a customer's.

    Returns:
        The reference under which it stands there.
    """
    reference = os.urandom(3).hex()
    lines = [f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {reference} {type(error).__name__}\n"]
    cause: BaseException | None = error
    while cause is not None:
        lines += [f"  {type(cause).__qualname__}\n", *traceback.format_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    with suppress(OSError):  # a full disk must not hide the first mishap behind a second
        path = log_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.writelines(lines)
    return reference


def sentence(error: BaseException) -> str:
    """Writes it down, and says so with the reference."""
    from tui.i18n import _

    text = _("Something went wrong that nobody foresaw. Reference {reference}, in {file}.")
    return text.format(reference=record(error), file=log_file())
