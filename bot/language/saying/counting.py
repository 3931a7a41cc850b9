"""Counting: numbers, money, days and clock times become the clips that say them, in the order they are heard.

Owns the grammar of spoken numbers in Khmer and English. The words of the clips stand in data/spoken.csv, so that
a reviewer mends them there; knows no files, no sentences and no takes, and never asks what day it is.
"""

from __future__ import annotations

import csv
import unicodedata
from bisect import bisect_right
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources

from flows.prompts import Money

MOST = 99_999_999

_ONES = tuple(f"n.{number}" for number in range(100))
_HUNDREDS = tuple(f"n.{hundreds}00" for hundreds in range(10))  # the first is never said
_SCALES = {
    "km": (
        (1_000_000, "n.million"),
        (100_000, "n.hundred_thousand"),
        (10_000, "n.ten_thousand"),
        (1_000, "n.thousand"),
    ),
    "en": ((1_000_000, "n.million"), (1_000, "n.thousand")),
}
_POINT, _HALF, _AND = "n.point", "n.half", "w.and"
_HALVED = "5"  # all that stands after the point

_CURRENCIES = ("khr", "usd", "thb", "vnd")
_WITHOUT_CENTS = ("khr", "vnd")

# From which hour on a part of the day is said.
_PARTS = {
    "km": ((0, "t.yub"), (4, "t.preuk"), (12, "t.trong"), (13, "t.rasial"), (17, "t.lngeach"), (19, "t.yub")),
    "en": ((0, "t.yub"), (1, "t.preuk"), (12, "t.rasial"), (18, "t.lngeach"), (21, "t.yub")),
}
_NEAR = {-1: "d.yesterday", 0: "d.today", 1: "d.tomorrow"}
_WEEKDAYS = ("d.mon", "d.tue", "d.wed", "d.thu", "d.fri", "d.sat", "d.sun")


def texts(voice: str) -> dict[str, tuple[str, str]]:
    """Every clip this module can name in a voice: its id, its text in that voice, and what it means in English."""
    _scales(voice)
    return {
        row["id"]: (row[voice], row["meaning"] or row["en"])
        for row in _rows()
        if row[voice]  # an empty cell: this voice does without
    }


def count(number: int, voice: str) -> list[str]:
    """The clips of a whole number from 0 to MOST; ValueError for any other."""
    if not 0 <= number <= MOST:
        raise ValueError(f"{number} is not counted: 0 to {MOST} are")
    said: list[str] = []
    for size, scale in _scales(voice):
        if number >= size:
            head, number = divmod(number, size)
            said += _below_thousand(head)
            said.append(scale)
    if number or not said:
        said += _below_thousand(number)
    return said


def digit_by_digit(text: str, voice: str) -> list[str]:
    """The clips of a code read one digit after the other; ValueError where there is none or anything else."""
    _scales(voice)
    if not text:
        raise ValueError("there are no digits to read")
    return [_ONES[unicodedata.decimal(digit)] for digit in text]


def decimal(amount: Decimal, voice: str) -> list[str]:
    """The clips of a number with a fraction: a half as a half, anything else point and its digits.

    Zeros at the end are not said. ValueError below 0, above MOST and for what is no number.
    """
    whole, digits = _parted(amount)
    if not digits:
        return count(whole, voice)
    if digits == _HALVED and (whole or voice == "km"):
        return [*count(whole, voice), _HALF] if whole else [_HALF]
    return [*count(whole, voice), _POINT, *digit_by_digit(digits, voice)]


def money(money: Money, voice: str) -> list[str]:
    """The clips of an amount: riel and dong to the whole, dollars and baht to the hundredth.

    ValueError below 0, above MOST and for a currency nobody here pays in.
    """
    if money.currency not in _CURRENCIES:
        raise ValueError(f"{money.currency} is no currency that is spoken")
    _parted(money.amount)  # what rounds to 0 may still be below it
    step = Decimal(1) if money.currency in _WITHOUT_CENTS else Decimal("0.01")
    amount = money.amount.quantize(step, ROUND_HALF_UP)
    whole, digits = _parted(amount)
    coin = f"cur.{money.currency}"
    if voice == "km" and digits == _HALVED:
        # Half of what was just named: two dollars half; but half a dollar.
        return [*count(whole, voice), coin, _HALF] if whole else [_HALF, coin]
    if money.currency != "usd":
        return [*decimal(amount, voice), coin]
    cents = int(digits.ljust(2, "0"))
    dollars = _coins(whole, coin, voice) if whole or not cents else []
    if not cents:
        return dollars
    joint = [_AND] if dollars and voice == "en" else []
    return [*dollars, *joint, *_coins(cents, "cur.cent", voice)]


def clock(hour: int, minute: int, voice: str) -> list[str]:
    """The clips of a time of the day, hour 0–23 and minute 0–59, with the part of the day; else ValueError."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise ValueError(f"{hour}:{minute} is no time of the day")
    _scales(voice)
    parts = _PARTS[voice]
    part = parts[bisect_right(parts, hour, key=lambda begun: begun[0]) - 1][1]
    hours = _ONES[hour % 12 or 12]
    if voice == "km":
        minutes = [_HALF] if minute == 30 else [_AND, _ONES[minute], "t.minute"] if minute else []
        return ["t.hour", hours, *minutes, part]
    if not minute and not hour % 12:
        return [hours, "t.trong" if hour else "t.midnight"]
    minutes = [] if minute > 9 else ["t.oh"] if minute else ["t.hour"]
    return [hours, *minutes, *([_ONES[minute]] if minute else []), part]


def day(day: date, today: date, voice: str) -> list[str]:
    """The clips of a day seen from today: by name where it is less than a week away, else by day and month."""
    _scales(voice)
    away = (day - today).days
    if away in _NEAR:
        return [_NEAR[away]]
    if abs(away) < 7:
        return [_WEEKDAYS[day.weekday()]]
    month = f"mo.{day.month}"
    return ["d.date", _ONES[day.day], month] if voice == "km" else [month, f"o.{day.day}"]


def _scales(voice: str) -> tuple[tuple[int, str], ...]:
    """The scales a voice counts by, largest first; ValueError for a voice that does not speak."""
    try:
        return _SCALES[voice]
    except KeyError:
        raise ValueError(f"{voice} is no voice that is spoken") from None


@lru_cache(maxsize=1000)
def _below_thousand(number: int) -> tuple[str, ...]:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return (_ONES[rest],)
    return (_HUNDREDS[hundreds], _ONES[rest]) if rest else (_HUNDREDS[hundreds],)


def _parted(amount: Decimal) -> tuple[int, str]:
    """The whole of an amount and the digits after its point, none where it is whole; ValueError outside 0 to MOST."""
    if not amount.is_finite() or not 0 <= amount < MOST + 1:
        raise ValueError(f"{amount} is not counted: 0 to {MOST} are")
    whole, _, digits = f"{amount:f}".partition(".")
    return int(whole), digits.rstrip("0")


def _coins(number: int, coin: str, voice: str) -> list[str]:
    """A number of coins; English says more than one otherwise than one."""
    return [*count(number, voice), f"{coin}_many" if voice == "en" and number != 1 else coin]


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    source = resources.files("bot.language").joinpath("data/spoken.csv")
    with source.open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))
