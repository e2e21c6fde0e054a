"""Text into tokens: one for each figure, word or sign, up to the first that has no part in a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.when import chinese, english
from models.when.words import Kind, Word

LONGEST, MOST = 200, 32
"""Nobody says a moment in more characters or words than these; what comes after them is not looked at."""

# Each character becomes exactly one, so that a place in the folded text is the same place in the text as typed.
_FOLDS = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # full-width letters, figures and signs
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **{code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)},
    **dict.fromkeys(map(ord, "‒–—−〜～"), ord("-")),
    **dict.fromkeys(map(ord, "，、;；；·()（）。"), ord(",")),
    ord("’"): ord("'"),
    ord("\u3000"): ord(" "),
    **chinese.SIMPLIFIED,
}

_SIGNS = {"+": Kind.PLUS, ",": Kind.COMMA, "-": Kind.DASH, "/": Kind.DASH, "@": Kind.AT, "~": Kind.AT, ":": Kind.COMMA}


def _longest_first(words: dict[str, Word]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _loosely(phrase: str) -> str:
    """The pattern of a phrase of several words: any spaces between, and "year's" or "weeks'" as good as without."""
    return "[ ]+".join(re.sub("s$", "'?s'?", word) for word in phrase.split())


_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<triple>[0-9]{{1,4}}([-/.])[0-9]{{1,2}}\2[0-9]{{1,4}}(?![0-9]|[-/.][0-9]))
    | (?P<clock>[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?![0-9:]))
    | (?P<spoken>[0-9]{{1,2}}[ap]m?(?![a-z]|\s?\.\s?m\b))
    | (?P<ordinal>[0-9]{{1,2}}(?:st|nd|rd|th)(?![a-z]))
    | (?P<pair>[0-9]{{1,4}}[-/.][0-9]{{1,4}}(?![0-9]|[-/.:][0-9]))
    | (?P<figures>[0-9]+)
    | (?P<meridiem>[ap]\s?\.\s?m\b(?:\s?\.)?)
    | (?P<iso>(?<=[0-9])t(?=[0-9]{{2}}:))
    | (?P<unit>(?<=[0-9])(?:{"|".join(english.AFTER_FIGURES)})(?![a-z]))
    | (?P<phrase>(?:{"|".join(map(_loosely, english.PHRASES))})(?![a-z']))
    | (?P<word>[a-z]+(?:'[a-z]*)?)
    | (?P<dot>(?<=[0-9a-z])\.(?=\s))
    | (?P<han>{_longest_first(chinese.WORDS)})
    | (?P<numeral>[{chinese.NUMERALS}]+)
    | (?P<gap>(?<=\s)-(?=\s))
    | (?P<sign>[-+,/@~]|:(?=\s))
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A figure, word or sign: what it does, what it says, and where it ends in the text."""

    kind: Kind
    end: int
    number: int = 0
    name: str = ""
    figures: tuple[int, ...] = ()


def fold(text: str) -> str:
    """One way to write it: lower case, half-width, simplified characters; no longer than what is looked at."""
    return text[:LONGEST].translate(_FOLDS)


def tokenize(folded: str) -> list[Token]:
    """The tokens of a folded text. The last one is END, or OTHER where something stands that is no part of a moment."""
    tokens: list[Token] = []
    place = 0
    while len(tokens) < MOST:
        match = _TOKEN.match(folded, place)
        if match is None or match.lastgroup is None:
            break
        place = match.end()
        token = _token(match.lastgroup, match[match.lastgroup], place, tokens)
        tokens.append(token)
        if token.kind in (Kind.OTHER, Kind.END):
            return tokens
    return [*tokens, Token(Kind.OTHER, place)]


def _token(group: str, text: str, end: int, before: list[Token]) -> Token:
    """The token of a matched piece of text."""
    word = Word(Kind.OTHER)
    match group:
        case "triple" | "pair" | "clock":
            figures = tuple(int(part) for part in re.split("[-/.:]", text))
            return Token({"triple": Kind.TRIPLE, "pair": Kind.PAIR, "clock": Kind.CLOCK}[group], end, 0, text, figures)
        case "spoken":
            return Token(Kind.CLOCK, end, 0, text, (int(text.rstrip("apm")),))
        case "ordinal":
            word = Word(Kind.ORDINAL, int(text[:-2]))
        case "figures":
            word = _figures(text)
        case "meridiem":
            word = english.WORDS[text[0] + "m"]
        case "unit":
            word = english.AFTER_FIGURES[text]
        case "phrase":
            word = english.PHRASES[" ".join(text.replace("'", "").split())]
        case "word":
            word = english.WORDS.get(text.replace("'", ""), word)
        case "han":
            word = chinese.WORDS[text]
        case "numeral":
            number = chinese.numeral(text)
            if number is not None:
                word = Word(Kind.FOUR if number > 999 else Kind.NUMBER, number)
        case "iso":
            word = Word(Kind.COMMA)
        case "dot" if before and before[-1].kind in (Kind.MONTH, Kind.WEEKDAY, Kind.PAIR):
            word = Word(Kind.COMMA)  # "oct. 5", "21.11. 10:00"; after others a sentence ends
        case "sign":
            word = Word(_SIGNS[text])
        case "gap":
            word = Word(Kind.GAP)
        case "end":
            word = Word(Kind.END)
    last = before[-1] if before else Token(Kind.OTHER, 0)
    if text == "second" and last.kind is Kind.NUMBER:
        word = Word(Kind.UNIT, name="second")
    is_ten = last.kind is Kind.NUMBER and last.number in (20, 30, 40, 50) and not last.name
    if group == "word" and word.kind is Kind.NUMBER and is_ten and 0 < word.number < 10:  # "twenty five"
        before.pop()
        word = Word(Kind.NUMBER, last.number + word.number)
    return Token(word.kind, end, word.number, word.name)


def _figures(text: str) -> Word:
    match len(text):
        case 1 | 2 | 3:
            return Word(Kind.NUMBER, int(text), text)
        case 4:
            return Word(Kind.FOUR, int(text), text)
        case 8:
            return Word(Kind.STAMP, int(text))
        case _:
            return Word(Kind.OTHER)
