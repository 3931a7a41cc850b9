"""A reading with everything it names, worked out once, and the Heard made of it.

Owns no rule: it is what the rules look at.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.slots import naming, prices
from bot.language.slots.dates import When, when
from bot.language.slots.goods import Named
from bot.language.slots.prices import Price
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent, Maybe, Slots


@dataclass(slots=True)
class Sight:
    """A reading with what it names, worked out once and shared by the rules."""

    reading: Reading
    named: Named
    day: When
    price: Price


def see(reading: Reading) -> Sight:
    """Work out names, day and amounts of a reading."""
    named = naming.name(reading)
    meeting = "meeting" in reading.kw
    day = When()
    if reading.numbers or reading.kinds & {"time", "weekday"}:
        day = when(reading.items, reading.atoms, reading.numbers, loose_hour=meeting)
    return Sight(reading, named, day, prices.price(reading, day, named))


def heard(
    reading: Reading, intent: Intent, sure: float = 0.95, slots: Slots | None = None, maybe: tuple[Maybe, ...] = ()
) -> Heard:
    """A Heard of this reading."""
    return Heard(reading.text, intent, round(max(0.0, min(1.0, sure)), 2), slots or Slots(), maybe, reading.script())


def price_slots(sight: Sight, price: Price) -> Slots:
    """The slots of a price report."""
    n = sight.named
    return Slots(
        commodity=n.commodity,
        place=n.place,
        market=n.market,
        unit=n.unit,
        level=n.level,
        currency=n.currency,
        usual=price.usual,
        low=price.low,
        high=price.high,
        day=sight.day.day,
    )


def asks(reading: Reading) -> bool:
    """True with a question mark."""
    return any(a.key == "?" for a in reading.atoms)
