"""Which key means which command: the table, the playbook's outcomes, and what the configuration changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from models.errors import Refused
from tui.commands import FORBIDDEN_KEYS, Command

RESERVED = frozenset("px->zewfolq?" + "dsu/avyCPh" + "FNWB" + "jk" + "0123456789")
"""Keys that no outcome of a playbook may take: the desk's own."""

SCREENS = ("desk", "monitor", "figures")
"""What the ids of commands begin with."""
NAMED = frozenset(
    "enter space tab shift+tab escape backspace delete insert home end pageup pagedown up down left right".split()
    + [f"f{number}" for number in range(1, 13)]
    + [f"ctrl+{letter}" for letter in "cdefghiklmnprtuvwxyz"]
)
"""Keys that are no character of their own."""
SHOWN = {"enter": "⏎", "space": "␣", "pagedown": "PgDn", "pageup": "PgUp", "down": "↓", "up": "↑", "escape": "Esc"} | {
    "left": "←",
    "right": "→",
    "tab": "⇥",
    "shift+tab": "⇧⇥",
}


def pressed(key: str, character: str | None) -> str:
    """The name of a key that was pressed: its character where it has one, else its name.

    >>> pressed("question_mark", "?"), pressed("enter", "\\r"), pressed("space", " ")
    ('?', 'enter', 'space')
    """
    if character and character.isprintable() and character != " ":
        return character
    return key


def shown(key: str) -> str:
    """A key as the screen writes it."""
    return SHOWN.get(key) or key.replace("ctrl+", "^")


class Keymap(Struct, frozen=True):
    """Key → command, and command → the key that stands in footer and help."""

    commands: Mapping[str, Command]
    of_key: Mapping[str, str]
    of_command: Mapping[str, str]

    def command(self, key: str) -> Command | None:
        """What a key means."""
        found = self.of_key.get(key)
        return self.commands[found] if found else None

    def key(self, command: str) -> str:
        """The key of a command as the screen writes it."""
        return shown(self.of_command.get(command, ""))


def keymaps(
    own: Iterable[Command], outcomes: Mapping[int, Iterable[Command]], changes: Mapping[str, str]
) -> dict[int, Keymap]:
    """The keymap of every campaign: each has the outcomes of its own playbook.

    Args:
        own: the desk's commands.
        outcomes: campaign → those of its playbook; a second key of the desk gives way to them.
        changes: command id → key, from the configuration; those of other screens are theirs to judge.

    Raises:
        Refused: `key_unknown`, `key_bad` or `key_clash`, each naming command and key.
    """
    desk, logging = tuple(own), {number: tuple(commands) for number, commands in outcomes.items()}
    elsewhere = tuple(f"{screen}." for screen in SCREENS if not desk[0].id.startswith(f"{screen}."))
    changes = {name: key for name, key in changes.items() if not name.startswith(elsewhere)}
    known = {command.id for commands in (desk, *logging.values()) for command in commands}
    for name, key in changes.items():
        if name not in known:
            raise Refused("key_unknown", command=name, allowed=tuple(sorted(known)))
        if key in FORBIDDEN_KEYS or not (key in NAMED or (len(key) == 1 and key.isprintable() and key != " ")):
            raise Refused("key_bad", command=name, key=key)
    return {number: _keymap(desk, commands, changes) for number, commands in logging.items()}


def _keymap(desk: tuple[Command, ...], outcomes: tuple[Command, ...], changes: Mapping[str, str]) -> Keymap:
    table = {command.id: command for command in (*desk, *outcomes)}
    of_command = {name: changes.get(name, command.key) for name, command in table.items()}
    of_key: dict[str, str] = {}
    for name, key in of_command.items():
        if key in of_key:
            raise Refused("key_clash", key=key, command=of_key[key], other=name)
        of_key[key] = name
    for command in desk:
        for key in command.also:
            of_key.setdefault(key, command.id)
    return Keymap(table, of_key, of_command)
