"""Meetings that come again: when the next one is, in local time."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from bot.meetings.models import Repeats

MOST_TURNS = 5000  # of a series; a weekly one takes a century


def occurrence(first: datetime, repeats: str, turn: int) -> datetime:
    """The local time of one of a series that began at a local time, counted from 0.

    A day a month does not have is its last one; a fifth weekday it does not have is its last one of these.
    """
    if repeats == Repeats.WEEKLY:
        return first + timedelta(weeks=turn)
    months = first.year * 12 + first.month - 1 + turn
    year, month = months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    if repeats == Repeats.BY_DATE:
        return first.replace(year=year, month=month, day=min(first.day, last))
    day = 1 + (first.weekday() - date(year, month, 1).weekday()) % 7 + 7 * ((first.day - 1) // 7)
    return first.replace(year=year, month=month, day=day if day <= last else day - 7)


def next_turn(first: datetime, repeats: str, turn: int, after: datetime) -> int:
    """The first turn later than `turn` whose time lies after a local time."""
    for later in range(turn + 1, MOST_TURNS):
        if occurrence(first, repeats, later) > after:
            return later
    raise ValueError("a series without end")
