"""Phone numbers as one integer, and the zone and country that a number tells. Loads phonenumbers when called."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct


class Number(Struct, frozen=True):
    """A dialable number."""

    number: int
    """E.164 without its plus."""
    extension: str = ""


class Whereabouts(Struct, frozen=True):
    """Where a number lives: an IANA zone and an ISO country, both empty when it does not tell."""

    zone: str = ""
    country: str = ""


NOWHERE = Whereabouts()


def parse_number(text: str, region: str) -> Number | None:
    """A number as people write it, extension included; None when no such number can exist.

    Args:
        text: '+86 138 0013 8000', '010-6552 9988 ext. 12', '(727) 555-1213'.
        region: ISO country of numbers without a country code.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    digits = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(int(digits[1:]), parsed.extension or "")


def shown(number: int, extension: str = "") -> str:
    """International form for people: '+86 138 0013 8000'."""
    import phonenumbers

    try:
        text = phonenumbers.format_number(
            phonenumbers.parse(f"+{number}"), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        text = f"+{number}"
    return f"{text} x{extension}" if extension else text


def country_code(number: int) -> str:
    """The digits that say the country of a number; empty where they say none."""
    import phonenumbers

    try:
        return str(phonenumbers.parse(f"+{number}").country_code)
    except phonenumbers.NumberParseException:
        return ""


def whereabouts(number: int, now: datetime) -> Whereabouts:
    """The zone of a number, when all zones that it may be in have one clock now; its country, when it has just one."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(f"+{number}")
    except phonenumbers.NumberParseException:
        return NOWHERE
    country = phonenumbers.region_code_for_number(parsed) or ""
    names = [name for name in timezone.time_zones_for_number(parsed) if name != timezone.UNKNOWN_TIMEZONE]
    clocks = {ZoneInfo(name).utcoffset(now) for name in names}
    return Whereabouts(names[0] if len(clocks) == 1 else "", country if country.isalpha() else "")
