"""A meeting's day, hour, how it repeats and where it is, out of a message about one.

Owns which words are the place; the days are the dates' business. Decides nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Protocol

from bot.language.slots import recurring
from bot.language.slots.dates import When, when
from bot.language.text.tables import keys
from bot.language.words.reading import Reading, read
from flows.heard import Slots

_NOT_WHERE = frozenset(
    (
        "meeting",
        "group",
        "member",
        "send",
        "tell",
        "yes",
        "hello",
        "want",
        "notify",
        "cancel",
        "move",
        "when_ask",
        "late",
    )
)


class Dated(Protocol):
    """A message and what it names."""

    reading: Reading

    @cached_property
    def day(self) -> When:
        """The day and the hour."""


def slots(found: Dated, *, placed: bool, answering: bool = False) -> Slots:
    """Day, hour, repeats and place. `placed`: only what names a place is one; `answering`: a bare number is an hour."""
    again = recurring.again(found.reading.cleaned)
    reading = found.reading if again is None else read(again.rest, found.reading.lexicon)
    day = when(reading.items, reading.atoms, reading.numbers, loose_hour=answering or "meeting" in reading.kw)
    told = timed(day, where(reading, day, placed=placed))
    if again is None:
        return told
    token, repeats = again.of(told.day)
    return replace(told, day=token, repeats=repeats)


def named_day(day: When) -> str | None:
    """The day's token, with its year where one was written."""
    return f"{day.day}/{day.year}" if day.day and day.year else day.day


def timed(day: When, where: str | None = None) -> Slots:
    """The slots of a day and an hour. An hour of which nobody knows the half of the day is not yet a time."""
    if day.unsure:
        return Slots(day=named_day(day), hour=day.time, where=where)
    return Slots(day=named_day(day), time=day.time, where=where)


def where(reading: Reading, day: When, *, placed: bool = False) -> str | None:
    """The words that are neither the meeting, its day nor its hour: where it is. `placed`: only what names a place."""
    runs: list[list[int]] = []
    open_run = False
    for k in range(len(reading.items)):
        part = _part_of_where(reading, k, day.used, open_run)
        if part and open_run:
            runs[-1].append(k)
        elif part:
            runs.append([k])
        open_run = part
    runs = [run for run in runs if any(_says_where(reading, k) for k in run)]
    places = [run for run in runs if any(_names_place(reading, k) for k in run)]
    if not runs or (placed and not places):
        return None
    run = (places or runs)[0]
    start = reading.atoms[reading.items[run[0]].i].start
    return reading.cleaned[start : reading.atoms[reading.items[run[-1]].j - 1].end].strip() or None


def _names_place(reading: Reading, k: int) -> bool:
    return any(
        sense.kind.startswith(("place", "market")) or sense.id == "village_chief" for sense in reading.items[k].senses
    )


def _says_where(reading: Reading, k: int) -> bool:
    """Not only "the", "our", "come" or "go"."""
    return reading.key(k) not in keys("possessor") and not {"come", "go", "not_come"} & set(reading.keywords(k))


def _part_of_where(reading: Reading, k: int, used: set[int], inside: bool) -> bool:
    if k in used or reading.is_sign(k) or _NOT_WHERE & set(reading.keywords(k)):
        return False
    if any(sense.kind in ("time", "category") for sense in reading.items[k].senses):
        return False
    if reading.key(k) in keys("possessor"):
        return inside or k + 1 < len(reading.items)
    return inside or not reading.is_filler(k)
