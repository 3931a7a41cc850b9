"""Days of meetings: what the day words of a message mean on a given day.

Owns the calendar only: which time has passed and how far ahead a meeting may be is the meetings room's rule.
"""

from __future__ import annotations

from datetime import date, timedelta

NEAR = {
    "day_before_yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "day_after_tomorrow": 2,
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATELY = timedelta(days=60)  # a date this long ago or less is a slip; one before is next year's


def day_of(token: str, today: date) -> date | None:
    """The day a token of Slots.day names, seen from `today`; None when there is no such day."""
    if token in NEAR:
        return today + timedelta(days=NEAR[token])
    if token in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(token) - today.weekday()) % 7)
    if token.startswith("next_"):
        return today + timedelta(days=7 - today.weekday() + WEEKDAYS.index(token.removeprefix("next_")))
    if token[1:] in WEEKDAYS:
        return _nth(int(token[0]), WEEKDAYS.index(token[1:]), today)
    return _dated([int(part) for part in token.split("/")], today)


def _nth(number: int, weekday: int, today: date) -> date:
    """The coming first, second … weekday of a month. Not every month has a fifth."""
    first = today.replace(day=1)
    while True:
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
        if day >= today and day.month == first.month:
            return day
        first = (first + timedelta(days=31)).replace(day=1)


def _dated(parts: list[int], today: date) -> date | None:
    """A day of the month, of a month, or of a year; without them the next one, or one that has just passed."""
    if len(parts) == 3:
        return _date(parts[2], parts[1], parts[0])
    if len(parts) == 2:
        this, following = (_date(year, parts[1], parts[0]) for year in (today.year, today.year + 1))
        return this if this is None or today - this <= LATELY else following
    day, first = None, today.replace(day=1)
    while day is None or day < today:
        if not 1 <= parts[0] <= 31:
            return None
        day = _date(first.year, first.month, parts[0])
        first = (first + timedelta(days=31)).replace(day=1)
    return day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_soft(token: str) -> bool:
    """Whether a token means the coming such day, so that a time that has passed today is meant a week later."""
    return token in WEEKDAYS
