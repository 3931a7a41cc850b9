"""What staff are to be told of: sounded in the transaction in which it is found out, and not told too often.

The words are for operators and name no person; a code of the carrier's at most. Telling is messages.alerts'.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from bot.db import table
from bot.messages.models import Alarm
from bot.upsert import insert_new

NOT_AGAIN_FOR = timedelta(hours=1)  # the same alarm
_alarm = table(Alarm)


def sound(connection: Connection, name: str, detail: str, now: datetime) -> None:
    """Have staff told, soon. The same name within an hour is told later, once, with its newest detail."""
    connection.execute(insert_new(connection, Alarm), {"name": name, "detail": ""})
    connection.execute(update(_alarm).where(_alarm.c.name == name).values(detail=detail[:200], raised_at=now))


def withdraw(connection: Connection, name: str) -> None:
    """What was sounded and not told yet is not to be told."""
    connection.execute(update(_alarm).where(_alarm.c.name == name).values(raised_at=None))


def take(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """Name and detail of the alarms that are to be told now; nobody else tells them."""
    rested = or_(_alarm.c.told_at.is_(None), _alarm.c.told_at <= now - NOT_AGAIN_FOR)
    told = update(_alarm).where(_alarm.c.raised_at.is_not(None), rested).values(raised_at=None, told_at=now)
    rows = connection.execute(told.returning(_alarm.c.name, _alarm.c.detail)).all()
    return sorted((row.name, row.detail) for row in rows)


def again(connection: Connection, name: str, wait: timedelta, now: datetime) -> None:
    """Have an alarm told once more after a while: somebody did not get it."""
    due = {"raised_at": now, "told_at": now - NOT_AGAIN_FOR + wait}
    connection.execute(update(_alarm).where(_alarm.c.name == name).values(due))
