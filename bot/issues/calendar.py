"""When offices work: no Saturday, no Sunday, no holiday. Terms are counted in working days.

Reads the table of holidays; which days those are is a list of staff's (flask import holidays).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.db import table
from bot.issues.models import Holiday

CLOSES = time(17)  # when an office's day ends: a term ends with it
SATURDAY = 5
_holiday = table(Holiday)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays, and where the offices are."""

    holidays: frozenset[date]
    zone: ZoneInfo

    def is_working(self, day: date) -> bool:
        """Whether offices are open on this day."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, at: datetime, days: int) -> datetime:
        """When a term of so many working days ends that begins at a moment; the day it begins on is not counted."""
        day = at.astimezone(self.zone).date()
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return datetime.combine(day, CLOSES, self.zone).astimezone(UTC)

    def begun_before(self, now: datetime, days: int) -> datetime:
        """A term of so many working days is over if it began before this moment."""
        day = now.astimezone(self.zone).date()
        while self.after(datetime.combine(day, CLOSES, self.zone), days) > now:
            day -= timedelta(days=1)
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)


def load_calendar(connection: Connection, zone: ZoneInfo) -> Calendar:
    """The calendar as the table has it now."""
    return Calendar(frozenset(connection.execute(select(_holiday.c.day)).scalars()), zone)
