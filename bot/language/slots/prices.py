"""The amounts of a message that are prices: not a date, not an hour, not a quantity.

Owns which number is the price. Whether it is plausible for the commodity is for the prices' room to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.language.slots.dates import When
from bot.language.slots.goods import Named
from bot.language.words.numbers import Amount, ranges
from bot.language.words.reading import Reading

_PRICE_FLOOR = Decimal(50)
_WIDEST = 4  # a range from 9,000 to 95,000 is a slip of a finger


@dataclass(frozen=True, slots=True)
class Price:
    """The price amounts of a message: one usual, or low and high. `doubt`: there is one, but not for sure."""

    usual: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    doubt: bool = False

    def __bool__(self) -> bool:
        return self.usual is not None or self.low is not None


_DOUBT = Price(doubt=True)


def price(reading: Reading, day: When, named: Named, any_size: bool = False) -> Price:
    """The amounts that can be a price: not a date, not an hour, not a quantity such as 1 litre.

    A price for another quantity (10 kg for 95,000), two prices, or a number that reads two ways is a doubt:
    no amount at all, so that it is asked for.
    """
    if not reading.numbers:
        return Price()
    free = [a for a in reading.numbers if not any(k in day.used for k in range(a.i, a.j))]
    free = [a for a in free if not (a.i and _glued_name(reading, a))]
    for low, high in ranges(free, reading.items, reading.atoms):
        if max(low.value, high.value) >= _PRICE_FLOOR or named.currency or any_size:
            fair = high.value <= low.value * _WIDEST and not (low.odd or high.odd)
            more = any(a.i > high.i and _may_be_price(reading, a, named) for a in free)
            return Price(low=low.value, high=high.value) if fair and not more and not _parcel(reading, free) else _DOUBT
    fitting = [a for a in free if any_size or _may_be_price(reading, a, named)]
    if len(fitting) > 1:
        fitting = [a for a in fitting if not _counts(reading, a)] or fitting
    if not fitting:
        return Price()
    chosen = fitting[0]
    others = [a for a in fitting if a.i >= chosen.j and a.value != chosen.value and not _cents(reading, chosen, a)]
    if chosen.odd or others or _one_glued(reading, chosen, named) or _parcel(reading, [a for a in free if a != chosen]):
        return _DOUBT
    return Price(usual=_with_cents(reading, chosen))


def _parcel(reading: Reading, amounts: list[Amount]) -> bool:
    """The price is for more or less than one: 10 kg, ពីរគីឡូ, half a kilo."""
    if any(a.value != 1 and _counts(reading, a) for a in amounts):
        return True
    items = reading.items
    return any(
        "half" in items[k].ids("number") and items[k + 1].ids("unit") and not any(a.j == k + 1 for a in reading.numbers)
        for k in range(len(items) - 1)
    )


def _one_glued(reading: Reading, amount: Amount, named: Named) -> bool:
    """៥៥០១គ្រាប់: no riel price ends in one; it is 550 for one, typed without a space."""
    return amount.raw.isdigit() and amount.value % 10 == 1 and named.currency != "usd" and _counts(reading, amount)


def _with_cents(reading: Reading, amount: Amount) -> Decimal:
    """៦ដុល្លារកន្លះ is 6.5; 6 dollars 50 is 6.50."""
    n = amount.j
    items = reading.items
    if n + 1 >= len(items) or "usd" not in items[n].ids("currency") or amount.value != amount.value.to_integral_value():
        return amount.value
    if "half" in items[n + 1].ids("number"):
        return amount.value + Decimal("0.5")
    cents = items[n + 1].digits
    if len(cents) == 2 and cents.isdigit() and not (n + 2 < len(items) and items[n + 2].ids("unit")):
        return amount.value + Decimal(cents) / 100
    return amount.value


def _cents(reading: Reading, amount: Amount, other: Amount) -> bool:
    return other.i == amount.j + 1 and _with_cents(reading, amount) != amount.value


def _glued_name(reading: Reading, amount: Amount) -> bool:
    """Digits that belong to a name: om5451, ស្រូវសែនក្រអូប០១."""
    k = amount.i
    return (
        not reading.atoms[reading.items[k].i].space
        and bool(reading.items[k - 1].ids("commodity"))
        and (amount.raw.startswith("0") or amount.raw in ("504", "5451", "66", "85", "4218", "18"))
    )


def _counts(reading: Reading, amount: Amount) -> bool:
    """The number counts units: ១លីត្រ, 2 kg."""
    return amount.j < len(reading.items) and bool(reading.items[amount.j].ids("unit"))


def _may_be_price(reading: Reading, amount: Amount, named: Named) -> bool:
    if named.currency not in (None, "khr"):
        return amount.value > 0 and not (_counts(reading, amount) and amount.value <= 2)
    if _counts(reading, amount) and amount.value < 200:
        return False
    return amount.value >= _PRICE_FLOOR
