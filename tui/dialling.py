"""Handing a number over to the telephone: as a link, as text, as the argument of a command.

A command is never given to a shell: what stands in a number or a configuration is an argument and nothing else.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence

from models.errors import FloorError, Refused

NUMBER = "{number}"
"""Where the number goes in a configured command; where it is not said, it is the last argument."""


def dialled(number: int) -> str:
    """A number as telephones take it.

    >>> dialled(8613800138000)
    '+8613800138000'
    """
    return f"+{number}"


def link(number: int, extension: str = "") -> str:
    """A number as a `tel:` address (RFC 3966); of an extension only what can be dialled.

    >>> link(8613800138000), link(861065529988, "12"), link(861065529988, "1;x=2 ")
    ('tel:+8613800138000', 'tel:+861065529988;ext=12', 'tel:+861065529988;ext=12')
    """
    digits = "".join(letter for letter in extension if letter in "0123456789")
    return f"tel:{dialled(number)}" + (f";ext={digits}" if digits else "")


def arguments(command: Sequence[str], number: str) -> list[str]:
    """The program and its arguments, the number among them.

    >>> arguments(("softphone", "--call={number}"), "+86138"), arguments(("softphone", "call"), "+86138")
    (['softphone', '--call=+86138'], ['softphone', 'call', '+86138'])
    """
    program, *rest = command
    if not any(NUMBER in word for word in rest):
        rest.append(NUMBER)
    return [program, *(word.replace(NUMBER, number) for word in rest)]


def start(command: Sequence[str], number: str, failed: Callable[[FloorError], None]) -> None:
    """Starts the command with the number and does not wait for it.

    It has no terminal, so that nothing it says comes on the screen, and it outlives the desk.

    Args:
        command: program and arguments.
        number: what is dialled.
        failed: is told, on a thread of its own, that the command could not be started or ended badly.
    """
    threading.Thread(target=_run, args=(arguments(command, number), failed), name="dial", daemon=True).start()


def _run(words: list[str], failed: Callable[[FloorError], None]) -> None:
    nothing = subprocess.DEVNULL
    try:
        program = subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    except FileNotFoundError:
        failed(Refused("dial_missing", program=words[0]))
    except (OSError, ValueError) as error:  # ValueError: a zero byte in an argument
        failed(Refused("dial_not_started", program=words[0], why=getattr(error, "strerror", None) or str(error)))
    else:
        if code := program.wait():
            failed(Refused("dial_failed", program=words[0], ended=code))
