"""Units, levels and currencies of prices: which are known, what converts into what, whole smallest units.

Only conversions that hold everywhere are made; a sack or a basket is never converted. What such a one holds at
least and at most (data/packs.csv) only tells a plausible price from a slip.
"""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from bot.prices.reference import groups

UNITS = (
    "kg",
    "gram",
    "tonne",
    "hap",
    "bag",
    "thang",
    "tau",
    "damleung",
    "litre",
    "can",
    "bottle",
    "piece",
    "head",
    "pair",
    "dozen",
    "bunch",
    "fruit_unit",
    "set",
    "case",
    "hectare",
    "metre",
    "person",
    "ten",
    "litre5",
    "day",
)
LEVELS = ("wholesale", "retail", "farmgate")
# How many decimals a currency is counted in here: riel and dong have none, dollar and baht have two.
DECIMALS = {"khr": 0, "usd": 2, "thb": 2, "vnd": 0}
# What a unit of a currency is worth in riel, roughly: good enough to tell a plausible price from a slip.
ROUGH_RIEL = {"khr": Decimal(1), "usd": Decimal(4000), "thb": Decimal(120), "vnd": Decimal("0.16")}
_PER_BASE = {
    ("tonne", "kg"): Decimal(1000),
    ("gram", "kg"): Decimal("0.001"),
    ("hap", "kg"): Decimal(60),
    ("ten", "piece"): Decimal(10),
    ("litre5", "litre"): Decimal(5),
}


def per_base(unit: str, base: str) -> Decimal | None:
    """How many of `base` one `unit` is: 1000 for tonne and kg. None where that is not certain."""
    return Decimal(1) if unit == base else _PER_BASE.get((unit, base))


def standard_amount(amount: Decimal, unit: str, base: str, currency: str) -> Decimal | None:
    """A price for one `unit` as a price for one `base`.

    None when the units do not convert or the result is no whole number of the currency's smallest unit.
    """
    factor = per_base(unit, base)
    if factor is None:
        return None
    exact = amount / factor
    return exact if is_whole(exact, currency) else None


@lru_cache(maxsize=1)
def _packs() -> dict[tuple[str, str, str], tuple[Decimal, Decimal]]:
    """How many of a base one unit holds, at least and at most, by unit, base and commodity or group ("" for any)."""
    path = Path(__file__).parent / "data" / "packs.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (row["unit"], row["base"], row["commodity"]): (Decimal(row["least"]), Decimal(row["most"]))
            for row in csv.DictReader(lines)
        }


def holds(unit: str, base: str, commodity: str) -> tuple[Decimal, Decimal] | None:
    """How many of `base` one `unit` of a commodity may be; None where nobody sells it so: paddy by the head."""
    if (certain := per_base(unit, base)) is not None:
        return certain, certain
    if (certain := per_base(base, unit)) is not None:
        return 1 / certain, 1 / certain
    packs = _packs()
    for special in (commodity, groups().get(commodity, ""), ""):
        if (found := packs.get((unit, base, special))) is not None:
            return found
        if (found := packs.get((base, unit, special))) is not None:
            return 1 / found[1], 1 / found[0]
    return None


def is_whole(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency is counted in."""
    counted = amount.scaleb(DECIMALS[currency])
    return counted == counted.to_integral_value()


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount as a whole number of the smallest unit, halves rounded up. Raises KeyError for a currency
    that is not known."""
    return int(amount.scaleb(DECIMALS[currency]).quantize(Decimal(1), ROUND_HALF_UP))


def from_minor(amount: int, currency: str) -> Decimal:
    """The amount that many smallest units are: 250 cents are 2.50."""
    return Decimal(amount).scaleb(-DECIMALS[currency])


def in_riel(amount: int, currency: str) -> int:
    """Roughly how much smallest units of a currency are in riel; only to judge what is plausible."""
    return round(from_minor(amount, currency) * ROUGH_RIEL[currency])
