"""What a message names, found once: goods, places, day, amounts; and the Heard that is made of it.

Owns no decision: it is what the intents look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.language.slots import naming, prices
from bot.language.slots.dates import When, when
from bot.language.slots.goods import Named
from bot.language.slots.prices import Price
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent, Maybe, Slots


@dataclass
class Found:
    """A reading with what it names. Each finder runs at most once, and only when it is looked at."""

    reading: Reading

    @cached_property
    def named(self) -> Named:
        """Goods, place, market, unit, level, currency."""
        return naming.name(self.reading)

    @cached_property
    def day(self) -> When:
        """The day and the hour."""
        reading = self.reading
        if not (reading.numbers or reading.kinds & {"time", "weekday"}):
            return When()
        return when(reading.items, reading.atoms, reading.numbers, loose_hour="meeting" in reading.kw)

    @cached_property
    def price(self) -> Price:
        """The amounts that are a price."""
        return prices.price(self.reading, self.day, self.named)

    @cached_property
    def any_price(self) -> Price:
        """The same where a price is expected, so that a small number may be one."""
        return self.price or prices.price(self.reading, self.day, self.named, any_size=True)

    def heard(
        self, intent: Intent, sure: float = 0.95, slots: Slots | None = None, maybe: tuple[Maybe, ...] = ()
    ) -> Heard:
        """A Heard of this message."""
        return self.reading.heard(intent, sure, slots, maybe)

    def price_slots(self, price: Price) -> Slots:
        """The slots of a price report."""
        named = self.named
        return Slots(
            commodity=named.commodity,
            place=named.place,
            market=named.market,
            unit=named.unit,
            level=named.level,
            currency=named.currency,
            usual=price.usual,
            low=price.low,
            high=price.high,
            day=self.day.day,
        )


def asks(reading: Reading) -> bool:
    """True with a question mark."""
    return any(atom.key == "?" for atom in reading.atoms)
