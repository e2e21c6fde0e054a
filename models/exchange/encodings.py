"""The encoding of a list: told by its mark, proved by its bytes, guessed only when neither helps."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20
HEAD = 1 << 16

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HIGH = re.compile(rb"[\x80-\xff]+")
PAIRED = 0.8
"""Share of the signs that come as pairs of high bytes, from which a list counts as Chinese."""
BROKEN = 0.02
"""Share of broken signs that a list may have and still be UTF-8."""
WEST = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûü€‘’“”–—…°ºª¿¡«»".encode("cp1252"))
WESTERN_RUN = 1.5
"""Signs beside ASCII that stand together in Western words, on average; in Cyrillic or Greek all of a word is such."""
FEW = 40
"""With fewer signs beside ASCII nothing can be guessed from their frequency."""
GUESSED = [
    "big5", "shift_jis", "euc_kr", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r",
    "iso8859_2", "iso8859_5", "iso8859_7",
]  # fmt: skip
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1d\x7f]")
MOST_CONTROLS = 0.05
ZEROS = 0.3
"""Share of zero bytes at every second place that two-byte text without a mark has."""


def marked(head: bytes) -> str:
    """The encoding that the list's first bytes name, or nothing."""
    return next((name for mark, name in MARKS if head.startswith(mark)), "")


def zeroed(head: bytes) -> str:
    """UTF-16 without a mark, seen by its zero bytes; nothing for other lists."""
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > ZEROS and even < ZEROS / 3:
        return "utf-16-le"
    return "utf-16-be" if even > ZEROS and odd < ZEROS / 3 else ""


def is_binary(head: bytes) -> bool:
    """Whether this is no text at all: control characters that no list has."""
    return len(CONTROLS.findall(head)) > max(8, len(head) * MOST_CONTROLS)


def encoding_of(path: Path) -> str:
    """The encoding of a text that has no mark."""
    if _is_proved(path, "utf-8"):
        return "utf-8"
    with path.open("rb") as file:
        head = b"".join(_telling(file.read(CHUNK * 4)))[:CHUNK] or b""
    if _is_mostly_utf8(head):
        return "utf-8"
    if _is_paired(head) and _is_proved(path, "gb18030"):
        return "gb18030"
    return _guessed(head)


def _is_proved(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _telling(text: bytes) -> Iterator[bytes]:
    """The lines that are not plain ASCII: all that an encoding can be told from."""
    for line in re.split(rb"(?<=[\r\n])", text):
        if not line.isascii():
            yield line


def _is_mostly_utf8(head: bytes) -> bool:
    text = head.decode("utf-8", "replace")
    beside_ascii = sum(1 for sign in text if sign > "\x7f")
    return text.count("\ufffd") <= beside_ascii * BROKEN


def _is_paired(head: bytes) -> bool:
    runs = HIGH.findall(head)
    single = sum(1 for run in runs if len(run) % 2)
    return bool(runs) and single <= len(runs) * (1 - PAIRED)


def _guessed(head: bytes) -> str:
    runs = HIGH.findall(head)
    signs = sum(map(len, runs))
    is_western = WEST.issuperset(b"".join(runs)) and signs <= len(runs) * WESTERN_RUN
    name = "cp1252"
    if signs >= FEW and not is_western:
        from charset_normalizer import from_bytes

        best = from_bytes(head[:HEAD], cp_isolation=GUESSED).best()
        name = best.encoding if best is not None else name
    try:
        head.decode(name)
    except UnicodeDecodeError:
        return "latin-1"
    return name
