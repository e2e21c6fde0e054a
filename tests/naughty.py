"""Strings that hurt elsewhere: markup, terminal codes, directions, marks, formulas, and lines without end.

`CALLFLOOR_SAMPLES` names a folder; a `blns.txt` in it (the Big List of Naughty Strings) goes the same way.
"""

from __future__ import annotations

import os
from pathlib import Path

MADE = (
    # markup, as rich and Textual read it
    "[red]red[/red]",
    "[/x]",
    "[/]",
    "[@click=app.quit]quit[/]",
    "[link=file:///etc/passwd]here[/link]",
    "\\[bold]",
    "[bold",
    "$text-muted",
    "[$primary]x",
    ":smile:",
    "{0}",
    "{name}",
    "%s %d %n",
    "{{person}}",
    # terminal codes
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;aGFja2Vk\x07",
    "\x1b]0;title\x07",
    "\x1b]8;;http://x.y\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "\x90q\x9c",
    "\x1bP+q544e\x1b\\",
    "a\bb",
    "a\rb",
    "a\x00b",
    "a\x7fb",
    "\x0e\x0f",
    "\x1b[?1049l",
    # ends of lines, blanks
    "a\nb",
    "a\r\nb\r\n",
    "tab\tbed",
    "\x0b\x0c",
    "\x85",
    "\u2028\u2029",
    "\u00a0",
    "\u3000",
    "   ",
    "",
    # directions, nothing to see
    "\u202etxt.exe\u202c",
    "\u2066\u2067\u2069",
    "\u200b\u200c\u200d",
    "\ufeffmark",
    "\u00ad",
    "\u115f\u3164",
    "שלום עולם",
    "مرحبا بالعالم",
    # marks, widths, pictures
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324a\u0300\u0301\u0302l\u0489g\u0321o",
    "e\u0301",
    "\uff46\uff55\uff4c\uff4c\u3000\uff57",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇨🇳🇬🇧",
    "👍🏽",
    "☎️",
    "華星機械有限公司",
    "ﾃﾞｽｸ",
    "กำ",
    "नमस्ते",
    "𠜎𠜱𠝹",
    "\U000e0041",
    "\udcff",
    # formulas, queries, scripts
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE lead; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "$(touch /tmp/x)",
    "`id`",
    "; rm -rf ~",
    "%00",
    "NULL",
    "null",
    "None",
    "NaN",
    "1E309",
    "Infinity",
    "0",
    "-0",
    "1/0",
    "٣",
    "१२३",
    "½",
    "Ⅷ",
    # the composer's own marks
    "@",
    "@@",
    "#",
    "##",
    "< > ! @ #",
    "@fri @sat",
    "!",
    "a@b.cn",
    "@99:99",
    "@yesterday",
    # long
    "x" * 10_000,
    "华" * 10_000,
    "long word " * 1_000,
    "\u0301" * 1_000,
)


def naughty() -> tuple[str, ...]:
    """All of them; those of the real list too where somebody has it."""
    folder = os.environ.get("CALLFLOOR_SAMPLES", "")
    real: list[str] = []
    for path in sorted(Path(folder).rglob("blns.txt")) if folder else []:
        text = path.read_text("utf-8", errors="surrogateescape")
        real += [line for line in text.split("\n") if line and not line.startswith("#")]
    return (*MADE, *real)
