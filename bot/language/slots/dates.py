"""Days and hours as people write them, as tokens: tomorrow, mon, "25", "25/11", 14:00.

Owns which words and digits are a day or an hour. Does not know today's date and decides nothing that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.language.text.fold import Atom
from bot.language.text.tables import keys
from bot.language.words.numbers import Amount
from bot.language.words.segment import Item

_SAID_INSIDE = ("morning", "afternoon", "evening", "night")
_DAYS = ("today", "tomorrow", "yesterday", "day_after_tomorrow", "day_before_yesterday")
_PARTS = ("morning", "noon", "afternoon", "evening", "night")
LAST_HOUR = 24
_HOUR_SIGNS = frozenset(("h", "hr", "hrs"))  # 8h, 08:00 hrs
_TH = ("st", "nd", "rd", "th")


@dataclass(slots=True)
class When:
    """A day token, a time HH:MM, whether the hour still needs morning or afternoon, the items they used.

    `year`: of a day that was written with one.
    """

    day: str | None = None
    time: str | None = None
    unsure: bool = False
    year: str = ""
    hour_said: bool = False
    used: set[int] = field(default_factory=set)


def _number(items: list[Item], amounts: dict[int, Amount], k: int) -> Amount | None:
    amount = amounts.get(k)
    return amount if amount is not None and amount.value == amount.value.to_integral_value() else None


def when(items: list[Item], atoms: list[Atom], found: list[Amount], loose_hour: bool = False) -> When:
    """The day and the hour a message names. `loose_hour`: a bare number 1–24 may be the hour (meetings)."""
    out = When()
    at = {a.i: a for a in found}
    _day_words(items, out)
    _digit_dates(items, atoms, at, out, loose_hour)
    _numbered_day(items, atoms, at, out)
    _hours(items, atoms, at, out, loose_hour)
    return out


def _day_words(items: list[Item], out: When) -> None:
    for k, item in enumerate(items):
        for sense in item.senses:
            if sense.kind == "time" and sense.id in _DAYS and out.day is None:
                out.day = sense.id
                out.used.add(k)
            elif sense.kind == "weekday" and not sense.weak and item.score >= 0.7:
                if sense.id == "wed" and any(s.kind == "filler" for s in item.senses) and not _hour_next(items, k):
                    continue
                if out.day is None or out.day in ("today", "tomorrow"):
                    out.day = sense.id
                    out.used.add(k)


def _hour_next(items: list[Item], k: int) -> bool:
    """put maong 9, put 14h30, put 8 proek: "put" is a Wednesday before an hour."""
    near = items[k + 1 : k + 3]
    return bool(near) and (
        "hour" in near[0].ids("time")
        or any(s.id in _PARTS for s in near[0].senses)
        or (near[0].digits.isdigit() and int(near[0].digits[:4]) <= 24)
    )


def _digit_dates(items: list[Item], atoms: list[Atom], at: dict[int, Amount], out: When, loose: bool) -> None:
    """25/11, 25-11, 25/11/2026 (and 14:00 is left for the hours); of meetings 25.11 as well."""
    for k in range(len(items) - 2):
        first, sign, second = items[k], items[k + 1], items[k + 2]
        if not (first.digits.isdigit() and second.digits.isdigit()) or atoms[sign.i].key not in "/-":
            continue
        if len(first.digits) == 4 and k + 4 < len(items) and _two_digits(items[k + 4], 31):  # 2026-11-25
            out.year, out.day = first.digits, f"{int(items[k + 4].digits)}/{int(second.digits[:4])}"
            out.used.update(range(k, k + 5))
            return
        day, month = int(first.digits[:4]), int(second.digits[:4])
        if 1 <= day <= 31 and 1 <= month <= 12 and len(first.digits) <= 2 and len(second.digits) <= 2:
            if atoms[sign.i].key == "-" and not (loose or _about_days(items, k)):
                continue
            out.day = f"{day}/{month}"
            out.used.update((k, k + 1, k + 2))
            if k + 4 < len(items) and atoms[items[k + 3].i].key in "/-" and items[k + 4].digits.isdigit():
                out.used.update((k + 3, k + 4))
                out.year = _year(items[k + 4].digits)
            return
    for k, item in enumerate(items):
        whole, point, rest = item.digits.partition(".")
        if not (loose and point and whole.isdigit() and rest.isdigit()):
            continue
        if LAST_HOUR < int(whole[:4]) <= 31 and 1 <= int(rest[:4]) <= 12:
            out.day = f"{int(whole)}/{int(rest)}"
            out.used.add(k)
            return


def _year(digits: str) -> str:
    """26 and 2026 are years; anything else is none."""
    return digits if len(digits) == 4 else f"20{digits}" if len(digits) == 2 else ""


def _year_after(items: list[Item], n: int, out: When) -> None:
    """25 ខែ 12 ឆ្នាំ 2026, 25 december 2026."""
    if n < len(items) and "year" in items[n].ids("time"):
        out.used.add(n)
        n += 1
    if n < len(items) and len(items[n].digits) == 4 and items[n].digits.startswith("20"):
        out.year = items[n].digits
        out.used.add(n)


def _about_days(items: list[Item], k: int) -> bool:
    return k > 0 and "day" in items[k - 1].ids("time")


def _numbered_day(items: list[Item], atoms: list[Atom], at: dict[int, Amount], out: When) -> None:
    """ថ្ងៃទី២៥, ថ្ងៃទី ២៥ ខែ ១១, 25 november, november 25th."""
    for k, item in enumerate(items):
        is_day = "day" in item.ids("time") and k not in out.used
        if is_day:
            n = k + 1
            if n < len(items) and "ordinal" in items[n].ids("time"):
                n += 1
            amount = _number(items, at, n)
            if amount is not None and 1 <= amount.value <= 31 and n not in out.used:
                out.day = str(int(amount.value))
                out.used.update((k, n - 1, *range(amount.i, amount.j)))
                _month_after(items, at, amount.j, out)
                return
        months = [s for s in item.senses if s.kind == "month"]
        plain = not any(s.kind == "filler" for s in item.senses)
        if months and item.score >= 0.9 and (plain or _dated(items, at, k)):
            _month_beside(items, atoms, at, k, months[0].id, out)


def _dated(items: list[Item], at: dict[int, Amount], k: int) -> bool:
    """nov is November beside what is no hour, or before a year; else it is "at"."""
    for n in (k - 1, k + 1):
        amount = _number(items, at, n) if 0 <= n < len(items) else None
        if amount is not None and LAST_HOUR < amount.value <= 31:
            return True
    return k + 1 < len(items) and len(items[k + 1].digits) == 4 and items[k + 1].digits.startswith("20")


def _month_after(items: list[Item], at: dict[int, Amount], n: int, out: When) -> None:
    if n < len(items) and "month" in items[n].ids("time") and n + 1 < len(items):
        out.used.add(n)
        n += 1
    else:
        amount = None
    if n >= len(items):
        return
    months = items[n].ids("month")
    amount = _number(items, at, n)
    if months:
        out.day = f"{out.day}/{int(months[0][1:])}"
        out.used.add(n)
        _year_after(items, n + 1, out)
    elif n - 1 in out.used and "month" in items[n - 1].ids("time") and amount and 1 <= amount.value <= 12:
        out.day = f"{out.day}/{int(amount.value)}"
        out.used.update(range(amount.i, amount.j))
        _year_after(items, amount.j, out)


def _month_beside(items: list[Item], atoms: list[Atom], at: dict[int, Amount], k: int, month: str, out: When) -> None:
    spots = [k - 1, k + 1]
    if k >= 2 and atoms[items[k - 1].i].key in _TH:
        spots.insert(0, k - 2)
    for n in spots:
        amount = _number(items, at, n) if 0 <= n < len(items) and n not in out.used else None
        if amount is not None and 1 <= amount.value <= 31:
            out.day = f"{int(amount.value)}/{int(month[1:])}"
            out.used.update((k, *range(amount.i, amount.j)))
            if amount.j < len(items) and atoms[items[amount.j].i].key in _TH:
                out.used.add(amount.j)
            _year_after(items, max(k + 1, amount.j), out)
            return


def _hours(items: list[Item], atoms: list[Atom], at: dict[int, Amount], out: When, loose_hour: bool) -> None:
    part, part_at = None, -1
    weak: tuple[str | None, int] = (None, -1)
    for k, item in enumerate(items):
        parts = [s.id for s in item.senses if s.kind == "time" and s.id in _PARTS]
        if parts and not (any(s.kind == "filler" for s in item.senses) and not _after_number(items, at, k)):
            part, part_at = parts[0], k
        elif parts and not (k and atoms[items[k - 1].i].key in keys("greeting_morning")):
            weak = (parts[0], k)
        elif weak[0] is None and (inside := _part_inside(item, atoms)):
            weak = (inside, k)
    if part is None and loose_hour:
        part, part_at = weak
    spot = _hour_spot(items, atoms, at, out, loose_hour, part_at)
    if spot is None:
        if part == "noon":
            out.time, out.hour_said = "12:00", True
            out.used.add(part_at)
        return
    hour, minute, clear = spot
    out.hour_said = True
    if part is not None:
        out.used.add(part_at)
        if (
            (part in ("afternoon", "evening") and hour < 12)
            or (part == "noon" and hour < 6)
            or (part == "night" and 5 <= hour < 12)
        ):
            hour += 12
        elif part == "night" and hour == 12:
            hour = 0
    else:
        out.unsure = not (clear or hour >= 13 or hour == 0)
    if hour == 24:
        hour = 0
    if hour <= 23:
        out.time = f"{hour:02d}:{minute:02d}"


def _part_inside(item: Item, atoms: list[Atom]) -> str | None:
    """ព្រឹកស្អែក, ល្ងាចនេះ, tonight: a day that says its part."""
    if not any(s.kind == "time" and s.id in _DAYS for s in item.senses):
        return None
    key = "".join(a.key for a in atoms[item.i : item.j])
    return next((part for part in _SAID_INSIDE if any(word in key for word in keys(f"said_{part}"))), None)


def _after_number(items: list[Item], at: dict[int, Amount], k: int) -> bool:
    return any(a.j == k for a in at.values())


def _hour_spot(
    items: list[Item], atoms: list[Atom], at: dict[int, Amount], out: When, loose_hour: bool, part_at: int
) -> tuple[int, int, bool] | None:
    for k in range(len(items) - 2):  # 14:00, 8.30 is a price elsewhere
        a, sign, b = items[k], items[k + 1], items[k + 2]
        if atoms[sign.i].key not in ":\u17d6h" or not (
            _two_digits(a, 24) and _two_digits(b, 59) and len(b.digits) == 2
        ):
            continue
        out.used.update((k, k + 1, k + 2))
        if k and "hour" in items[k - 1].ids("time"):
            out.used.add(k - 1)
        _sign_after(items, atoms, k + 3, out)
        return int(a.digits), int(b.digits), len(a.digits) == 2
    spots: list[tuple[int, int]] = []
    for k, item in enumerate(items):
        if "hour" in item.ids("time"):
            spots.extend(((k + 1, k), (k - 1, k)))
    if part_at >= 0:
        spots.extend(((part_at - 1, part_at), (part_at + 1, part_at), (part_at - 2, part_at)))
    if loose_hour:
        spots.extend((k, k) for k in at if k not in out.used)
    for k, word in spots:
        amount = at.get(k) or next((a for a in at.values() if a.j == k + 1 and a.i <= k), None)
        if amount is None or any(x in out.used for x in range(amount.i, amount.j)):
            continue
        hour = int(amount.value)
        if not 0 < amount.value <= 24 or len(amount.raw) > 5:
            continue
        minute = 0
        if amount.value != hour:
            fraction = amount.raw.partition(".")[2] or amount.raw.partition(",")[2]
            minute = int(fraction) if len(fraction) == 2 and int(fraction) < 60 else 30
        out.used.update((word, *range(amount.i, amount.j)))
        n = amount.j
        if n < len(items) and "half" in items[n].ids("number"):
            minute = 30
            out.used.add(n)
        elif n < len(items) and (n in at) and _minutes(items, at[n]):
            minute = int(at[n].value)
            out.used.update(range(n, at[n].j + 1))
        _sign_after(items, atoms, n, out)
        return hour, minute, False
    return None


def _sign_after(items: list[Item], atoms: list[Atom], n: int, out: When) -> None:
    """The sign of an hour is part of it, and of no place behind it."""
    if n < len(items) and atoms[items[n].i].key in _HOUR_SIGNS:
        out.used.add(n)


def _two_digits(item: Item, most: int) -> bool:
    return 0 < len(item.digits) <= 2 and item.digits.isdigit() and int(item.digits) <= most


def _minutes(items: list[Item], amount: Amount) -> bool:
    return amount.j < len(items) and "minute" in items[amount.j].ids("time") and amount.value < 60
