"""Answers while a meeting is arranged: a day, an hour, how many people, telephone numbers.

Owns what a bare number means there. What is none of these is left to the other readings.
"""

from __future__ import annotations

from dataclasses import replace

from bot.language import gatherings, options, rallying
from bot.language.sight import heard, see
from bot.language.slots import recurring
from bot.language.slots.dates import when
from bot.language.words.reading import Reading, read
from flows.heard import Asked, Heard, Intent, Kind, Slots

_PARTS = frozenset(("morning", "noon", "afternoon", "evening", "night"))
_EARLY = frozenset(("morning",))
MOST_PEOPLE = 10_000


def answer(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    """Read a message as one of these answers. `number`: the number it says when it says nothing else."""
    if asked.kind is Kind.PHONES:
        numbers = rallying.phones(reading.cleaned)
        return heard(reading, Intent.GROUP_INVITE, slots=Slots(numbers=numbers)) if numbers else None
    if asked.kind is Kind.COUNT:
        return _count(reading, number)
    return _chosen(reading, asked, number) or _when(reading, asked, number)


def _count(reading: Reading, number: int | None) -> Heard | None:
    told = rallying.command(reading)
    if told is not None and told.intent is Intent.MEETING_REPORT:
        return told
    if number is None and len(reading.numbers) == 1 and len(reading.items) <= 4:
        value = reading.numbers[0].value
        number = int(value) if value == value.to_integral_value() else None
    if number is None or not 0 <= number <= MOST_PEOPLE:
        return None
    return heard(reading, Intent.MEETING_REPORT, slots=Slots(count=number))


def _chosen(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    """One of the offered hours or days: by its number, its words, or the part of the day alone."""
    if not asked.options:
        return None
    if number is not None and 1 <= number <= len(asked.options):
        return heard(reading, Intent.CHOICE, 0.98, Slots(choice=number))
    parts = _parts(reading)
    if parts and not reading.numbers:
        fits = [n for n, option in enumerate(asked.options, 1) if _in_part(option.value, parts)]
        if len(fits) == 1:
            return heard(reading, Intent.CHOICE, 0.9, Slots(choice=fits[0]))
    return None if reading.numbers else options.by_words(reading, asked)


def _parts(reading: Reading) -> frozenset[str]:
    ids = {id for item in reading.items for id in item.ids("time")}
    return frozenset(ids & _PARTS)


def _in_part(value: str, parts: frozenset[str]) -> bool:
    """Whether an hour lies in a part of the day."""
    hour = value.partition(":")[0]
    return hour.isdigit() and (int(hour) < 12) == bool(parts <= _EARLY)


def _when(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    """A day, an hour or both. A bare number is a day where a day is asked for, else an hour."""
    if "meeting" in reading.kw:
        return None  # read as out of the blue, with all it names
    if number is not None and 1 <= number <= 31 and (asked.codes == "day" or number > 24):
        return heard(reading, Intent.WHEN, slots=Slots(day=str(number)))
    again = recurring.again(reading.cleaned)
    sight = see(reading if again is None else read(again.rest, reading.lexicon))
    day = when(sight.reading.items, sight.reading.atoms, sight.reading.numbers, loose_hour=True)
    if day.day is None and day.time is None:
        return None
    slots = gatherings.timed(day, gatherings.where(replace(sight, day=day), placed=True))
    if again is not None:
        token, repeats = again.of(slots.day)
        slots = replace(slots, day=token, repeats=repeats)
    return heard(reading, Intent.WHEN, slots=slots)
