"""Amounts: digits and number words of any script, as they are typed, become decimals.

Owns the reading of numbers (separators, scales, halves, ellipsis, ranges). Does not know prices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from bot.language.fold import Atom
from bot.language.segment import Item

_MOST_DIGITS = 12
_RANGE_SIGNS = frozenset("-–—~‑−")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_THOUSANDS_AND_CENTS = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{3})+)[.,]([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a message: items i to j, its value, the last scale it used, whether digits or words."""

    i: int
    j: int
    value: Decimal
    scale: int = 0
    worded: bool = False
    raw: str = ""


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


def _one(items: list[Item], k: int, atoms: list[Atom]) -> Amount:
    start = k
    total, current, last = Decimal(0), None, 0
    current_single, worded, raw = False, False, items[k].digits
    previous = ""
    while k < len(items):
        role = _role(items[k], atoms)
        if role is None:
            break
        kind, value = role
        if kind == "d":
            if previous == "d":
                if not _spaced_thousands(items, k, atoms, raw) or current is None:
                    break
                current, current_single = current * 1000 + value, False
            elif previous in ("s", "h"):
                if value >= last or (atoms[items[k].i].space and _unit_next(items, k)):
                    break
                current, current_single = value, value < 10
            elif previous == "":
                current, current_single = value, False
            else:
                break
            raw = items[k].digits if previous == "" else raw + items[k].digits
        elif kind == "v":
            worded = True
            if current is None:
                if previous == "s" and (value >= last or (atoms[items[k].i].space and _unit_next(items, k))):
                    break
                current, current_single = value, value < 10
            elif previous == "v" and current % 10 == 0 and current >= 10 and value < 10:
                current, current_single = current + value, False
            elif previous == "v" and current == 5 and 1 <= value <= 4:
                current, current_single = current + value, True
            elif previous == "v" and current > 5 and current % 10 == 5 and current < 100 and 1 <= value <= 4:
                current += value
            else:
                break
        elif kind == "t":
            if current is None or current >= 10:
                break
            current, current_single, worded = current + 10, False, True
        elif kind == "s":
            worded = True
            if current is None and last and value > last:
                total *= value
            elif current is None and last:
                break
            else:
                part = Decimal(1) if current is None else current
                if last and value > last:
                    total = (total + part) * value
                else:
                    total += part * value
            current, last = None, int(value)
        elif kind == "h":
            if previous == "s":
                total += Decimal(last) / 2
            elif current is not None and not last:
                current += Decimal("0.5")
            else:
                break
            worded = True
        else:
            after = _role(items[k + 1], atoms) if k + 1 < len(items) else None
            if current is None or after is None or after[0] not in "dv" or after[1] >= 100:
                break
            digits = str(after[1])
            current += after[1] / (Decimal(10) ** len(digits))
            k += 1
        previous = kind
        k += 1
    if current is not None:
        if last:
            total += current * last / 10 if current_single and last >= 100 else current
        else:
            total = current
    total = total.normalize() if total == total.to_integral_value() else total
    if total == total.to_integral_value():
        total = total.quantize(Decimal(1)) if total < Decimal(10) ** 20 else total
    return Amount(start, k, total, last, worded, raw)


def _spaced_thousands(items: list[Item], k: int, atoms: list[Atom], raw: str) -> bool:
    """`8 500`: one to three digits, a space, exactly three digits."""
    here = items[k].digits
    return len(here) == 3 and here.isdigit() and raw.isdigit() and len(raw) <= 3 and atoms[items[k].i].space


def _unit_next(items: list[Item], k: int) -> bool:
    return k + 1 < len(items) and bool(items[k + 1].ids("unit"))


def ranges(found: list[Amount], items: list[Item], atoms: list[Atom]) -> list[tuple[Amount, Amount]]:
    """Pairs of numbers joined by a dash or "to"; `9-10ពាន់` gives both the scale of the second."""
    out = []
    for low, high in pairwise(found):
        if high.i - low.j != 1:
            continue
        between = items[low.j]
        if atoms[between.i].key in _RANGE_SIGNS or "range_to" in between.ids("keyword"):
            if high.scale and not low.scale and low.value < high.value / high.scale:
                low = replace(low, value=low.value * high.scale, scale=high.scale)
            if low.value < high.value:
                out.append((low, high))
    return out
