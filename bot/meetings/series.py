"""Meetings that come again: when the next one is, in local time, and planning it, once."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, update

from bot.db import table
from bot.meetings.facts import SAME, is_taken
from bot.meetings.models import Meeting, MeetingState, Reminded, Repeats
from bot.upsert import insert_new

MOST_TURNS = 5000  # of a series; a weekly one takes a century
REMINDS_WITHIN = timedelta(hours=31)  # as long before a meeting at midnight its evening reminder is due
_meeting = table(Meeting)


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


def overtakes(row: Row[*tuple[Any, ...]], starts_at: datetime, zone: ZoneInfo) -> bool:
    """Whether the newest of a series, moved to this time, would begin too late to plan the next one then."""
    following = occurrence(_local(row.series_at, zone), row.repeats, row.turn + 1).replace(tzinfo=zone)
    return starts_at > following - REMINDS_WITHIN and abs(starts_at - following) > SAME


def plan_next(connection: Connection, row: Row[*tuple[Any, ...]], zone: ZoneInfo, now: datetime) -> None:
    """Plan the one after the newest of a series, whose row is locked; a turn that is arranged already is left out."""
    connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(repeats=""))
    first, turn = _local(row.series_at, zone), row.turn
    while True:
        turn = next_turn(first, row.repeats, turn, _local(now, zone))
        starts = occurrence(first, row.repeats, turn).replace(tzinfo=zone)
        if not is_taken(connection, row.group_id, starts):
            break
    same = ("group_id", "place", "repeats", "series_at", "made_by")
    values = {name: getattr(row, name) for name in same} | {"starts_at": starts, "turn": turn, "follows": row.id}
    values |= {"state": MeetingState.PLANNED, "moves": 0, "reminded": Reminded.NOTHING, "told": ""}
    connection.execute(insert_new(connection, Meeting), {**values, "created_at": now, "changed_at": now})


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
