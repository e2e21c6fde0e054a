"""The floor's languages: gettext catalogues with the English text as their key."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import funnel

LOCALES = Path(__file__).with_name("locales")
ENGLISH, CHINESE = "en", "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)


class _Spoken:
    """What this process speaks. One person sits at a desk, so it is the process's."""

    language = ENGLISH
    catalogue: NullTranslations = NullTranslations()


def chosen(configured: str, environ: Mapping[str, str]) -> str:
    """The language that was configured, else the terminal's; English when it speaks neither of ours.

    >>> chosen("", {"LANG": "zh_CN.UTF-8"}), chosen("en", {"LANG": "zh_CN.UTF-8"}), chosen("", {})
    ('zh_CN', 'en', 'en')
    """
    said = [configured] if configured else [environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    first = next((one for one in said if one), ENGLISH)
    return CHINESE if first.casefold().startswith("zh") else ENGLISH


def use(language: str) -> None:
    """Speaks that language from now on."""
    _Spoken.language = language
    _Spoken.catalogue = _catalogue(language)


def _catalogue(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    with (LOCALES / language / "LC_MESSAGES" / "callfloor.mo").open("rb") as file:
        return GNUTranslations(file)


def language() -> str:
    """What is spoken now."""
    return _Spoken.language


def is_chinese() -> bool:
    """Whether Chinese is spoken now."""
    return _Spoken.language == CHINESE


def _(text: str) -> str:
    """The text in the language that is spoken now."""
    return _Spoken.catalogue.gettext(text) if text else ""


def counted(one: str, many: str, count: int) -> str:
    """The form of a text that goes with a number; `{count}` in it is filled."""
    return _Spoken.catalogue.ngettext(one, many, count).format(count=f"{count:,}")


def marked(text: str) -> str:
    """Marks a text of a table for the catalogue; `_` says it when it is shown."""
    return text


def said(words: funnel.Words) -> str:
    """A text of the playbook in the language that is spoken now."""
    return (words.zh or words.en) if is_chinese() else (words.en or words.zh)
