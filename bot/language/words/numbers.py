"""Amounts: digits and number words of any script, as they are typed, become decimals.

Owns the reading of numbers (separators, scales, halves, ellipsis, ranges). Does not know prices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from bot.language.text.fold import Atom
from bot.language.words.segment import Item

_MOST_DIGITS = 12
_RANGE_SIGNS = frozenset("-–—~‑−")
_RANGE_WORDS = frozenset(("range_to", "go"))
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_THOUSANDS_AND_CENTS = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{3})+)[.,]([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a message: items i to j, its value, the last scale it used, whether digits or words.

    `odd`: it reads more than one way (ពីរម៉ឺនមួយ is 21,000 or 20,000 each) and is no price without asking.
    """

    i: int
    j: int
    value: Decimal
    scale: int = 0
    worded: bool = False
    raw: str = ""
    odd: bool = False


def from_digits(raw: str) -> Decimal | None:
    """`8500`, `8.500`, `8,500`, `1,234.5`: three digits after a separator are thousands, fewer are decimals."""
    if sum(c.isdigit() for c in raw) > _MOST_DIGITS:
        return None
    if raw.isdigit():
        return Decimal(raw)
    if _THOUSANDS.fullmatch(raw) and not raw.startswith("0"):
        return Decimal(raw.replace(".", "").replace(",", ""))
    both = _THOUSANDS_AND_CENTS.fullmatch(raw)
    if both:
        return Decimal(re.sub("[.,]", "", both[1]) + "." + both[2])
    if raw.count(".") + raw.count(",") == 1:
        return Decimal(raw.replace(",", "."))
    return None


def _role(item: Item, atoms: list[Atom]) -> tuple[str, Decimal] | None:
    """What an item is in a number: (d)igits, (v)alue word, (s)cale, (h)alf, (t)een, (p)oint."""
    if item.digits:
        value = from_digits(item.digits)
        return None if value is None else ("d", value)
    for sense in item.senses:
        if sense.kind != "number":
            continue
        if sense.id == "half":
            return ("h", Decimal(0))
        if sense.id == "teen_suffix":
            return ("t", Decimal(10))
        if sense.id == "point":
            return ("p", Decimal(0))
        if sense.id == "per":
            return None
        value = Decimal(sense.id)
        return ("s" if value >= 100 else "v", value)
    atom = atoms[item.i]
    if atom.kind == "l" and atom.key in ("k", "ks") and not atom.space:
        return ("s", Decimal(1000))
    return None


def amounts(items: list[Item], atoms: list[Atom]) -> list[Amount]:
    """Every number of a message, left to right. Linear in its length."""
    out: list[Amount] = []
    k = 0
    while k < len(items):
        role = _role(items[k], atoms)
        if role is None or role[0] in "htp" or (role[0] == "s" and not _may_open(items, k, atoms)):
            k += 1
            continue
        amount = _one(items, k, atoms)
        out.append(amount)
        k = max(amount.j, k + 1)
    return out


def _may_open(items: list[Item], k: int, atoms: list[Atom]) -> bool:
    """A scale alone opens a number only where a digit follows (ពាន់៥, ម៉ឺន 2ពាន់)."""
    if atoms[items[k].i].kind == "l" and any(s.kind == "filler" for s in items[k].senses):
        return False
    if k + 1 >= len(items):
        return False
    after = _role(items[k + 1], atoms)
    return after is not None and after[0] in "dvh"


@dataclass(slots=True)
class _Sum:
    """A number being read: what is added up, the value still waiting for its scale, the last scale."""

    total: Decimal = Decimal(0)
    current: Decimal | None = None
    single: bool = False  # the waiting value is one word or digit: "8 thousand 5" means 8,500
    last: int = 0
    worded: bool = False
    raw: str = ""
    previous: str = ""
    odd: bool = False

    def digits(self, value: Decimal, raw: str, item_spaced: bool, unit_next: bool) -> bool:
        """Take a number in digits; False where it starts another number."""
        if self.previous == "d":
            if not item_spaced or self.current is None:
                return False
            self.current, self.single = self.current * 1000 + value, False
        elif self.previous in ("s", "h"):
            if value >= self.last or unit_next:
                return False
            self.current, self.single = value, value < 10
        elif self.previous == "":
            self.current, self.single = value, False
        else:
            return False
        self.raw += raw
        return True

    def word(self, value: Decimal, unit_next: bool) -> bool:
        """Take a number word below a hundred: ម្ភៃ ប្រាំ is 25, pram bei is 8."""
        self.worded = True
        if self.current is None:
            if self.previous == "s" and (value >= self.last or unit_next):
                return False
            self.current, self.single = value, value < 10
            return True
        if self.previous != "v" or self.current >= 100:
            return False
        if self.current % 10 == 0 and self.current >= 10 and value < 10:
            self.current, self.single = self.current + value, False
            return True
        if self.current % 10 == 5 and 1 <= value <= 4:
            self.current += value
            return True
        return False

    def teen(self) -> bool:
        """Take ដណ្ដប់: ប្រាំដណ្ដប់ is 15."""
        if self.current is None or self.current >= 10:
            return False
        self.current, self.single, self.worded = self.current + 10, False, True
        return True

    def scale(self, value: Decimal) -> bool:
        """Take a hundred, a thousand and so on, or multiply by it: មួយរយពាន់."""
        self.worded = True
        if self.last and value <= self.last and (value == self.last or (self.current or 0) * value >= self.last):
            self.odd = True  # eight thousand, fifty hundred: one of them is another word
        if self.last and value > self.last:
            self.total = (self.total + (self.current or 0)) * value
        elif self.current is None and self.last:
            return False
        else:
            self.total += (Decimal(1) if self.current is None else self.current) * value
        self.current, self.last = None, int(value)
        return True

    def half(self) -> bool:
        """Take កន្លះ: half of the last scale, or 0.5."""
        if self.previous == "s":
            self.total += Decimal(self.last) / 2
        elif self.current is not None and not self.last:
            self.current += Decimal("0.5")
        else:
            return False
        self.worded = True
        return True

    @property
    def large(self) -> bool:
        """True once it is large enough to be a price by itself."""
        return self.last > 0 or (self.current or 0) >= 100

    @property
    def doubtful(self) -> bool:
        """True where it reads more than one way."""
        return self.odd or (self.single and self.current == 1 and self.last >= 100)

    def value(self) -> Decimal:
        """The number so far; a lone digit after a scale counts tenths of it."""
        total = self.total
        if self.current is not None:
            tenths = self.single and self.last >= 100
            total += self.current * self.last / 10 if tenths else self.current
        whole = total.to_integral_value()
        return whole.quantize(Decimal(1)) if total == whole and whole < Decimal(10) ** 20 else total


def _one(items: list[Item], start: int, atoms: list[Atom]) -> Amount:
    so_far = _Sum()
    k = start
    while k < len(items):
        role = _role(items[k], atoms)
        if role is None:
            break
        kind, value = role
        if kind in "dv" and value == 1 and so_far.large and _unit_next(items, k):
            break  # 70,000 for 1 litre, typed without a space
        unit_next = atoms[items[k].i].space and _unit_next(items, k)
        if kind == "d":
            spaced = _spaced_thousands(items, k, atoms, so_far.raw)
            taken = so_far.digits(value, items[k].digits, spaced, unit_next)
        elif kind == "v":
            taken = so_far.word(value, unit_next)
        elif kind == "t":
            taken = so_far.teen()
        elif kind == "s":
            taken = so_far.scale(value)
        elif kind == "h":
            taken = so_far.half()
        else:
            after = _role(items[k + 1], atoms) if k + 1 < len(items) else None
            taken = so_far.current is not None and after is not None and after[0] in "dv" and after[1] < 100
            if taken and so_far.current is not None and after is not None:
                so_far.current += after[1] / (Decimal(10) ** len(str(after[1])))
                k += 1
        if not taken:
            break
        so_far.previous = kind
        k += 1
    return Amount(start, k, so_far.value(), so_far.last, so_far.worded, so_far.raw, so_far.doubtful)


def _spaced_thousands(items: list[Item], k: int, atoms: list[Atom], raw: str) -> bool:
    """`8 500`: one to three digits, a space, exactly three digits."""
    here = items[k].digits
    return len(here) == 3 and here.isdigit() and raw.isdigit() and len(raw) <= 3 and atoms[items[k].i].space


def _unit_next(items: list[Item], k: int) -> bool:
    return k + 1 < len(items) and bool(items[k + 1].ids("unit"))


def ranges(found: list[Amount], items: list[Item], atoms: list[Atom]) -> list[tuple[Amount, Amount]]:
    """Pairs of numbers joined by a dash or "to"; `9-10ពាន់` gives both the scale of the second.

    The wrong way round they stay so, where they are near each other: whoever takes the report asks.
    """
    out = []
    for low, high in pairwise(found):
        if high.i - low.j != 1:
            continue
        between = items[low.j]
        if atoms[between.i].key in _RANGE_SIGNS or not _RANGE_WORDS.isdisjoint(between.ids("keyword")):
            if high.scale and not low.scale and low.value < high.value / high.scale:
                low = replace(low, value=low.value * high.scale, scale=high.scale)
            if low.value < high.value or (low.value < high.value * 2 and high.value >= 100):
                out.append((low, high))
    return out
