"""Money in words: whole on the card, short in lists. Chinese counts in ten thousands."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from tui.i18n import _, is_chinese

SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "SGD": "S$"}
STEPS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
CHINESE_STEPS = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))


def symbol(currency: str) -> str:
    """The sign of a currency, else its code and a blank."""
    return SYMBOLS.get(currency) or (f"{currency} " if currency else "")


def whole(amount: Decimal, currency: str) -> str:
    """All of it: '¥500,000'."""
    is_round = amount == amount.to_integral_value()
    return _signed(f"{abs(amount):,.0f}" if is_round else f"{abs(amount):,.2f}", amount, currency)


def short(amount: Decimal, currency: str) -> str:
    """At most three or four figures: '¥500k', '¥6.1M'; '¥50万', '¥1.2亿' in Chinese."""
    size = abs(amount).quantize(Decimal(1), ROUND_HALF_EVEN)
    larger: tuple[Decimal, str] | None = None
    for step, unit in CHINESE_STEPS if is_chinese() else STEPS:
        if size >= step:
            digits = (size / step).quantize(Decimal(1) if size >= 10 * step else Decimal("0.1"), ROUND_HALF_EVEN)
            if larger and digits * step >= larger[0]:  # 999,700 is a million, not a thousand thousands
                digits, unit = Decimal(1), larger[1]
            text = f"{digits:f}".removesuffix(".0")
            return _signed(f"{text}{unit}", amount, currency)
        larger = step, unit
    return _signed(f"{size:f}", amount, currency)


def _signed(text: str, amount: Decimal, currency: str) -> str:
    return f"{'−' if amount < 0 else ''}{symbol(currency)}{text}"


def per_cent(share: Fraction | float | None) -> str:
    """A share as a whole per cent; a dash where there is none."""
    return "–" if share is None else _("{number} %").format(number=round(float(share) * 100))
