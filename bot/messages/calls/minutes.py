"""What calls cost: begun minutes of those we placed, a day's limit of them, and how often one phone is dialled.

Counts; whether a call may be placed is decided in messages.calls.admission.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from bot.db import table
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.calls.steps import values_of

LONGEST = timedelta(minutes=10)  # of a call we placed: whoever has not found it by then is not helped by more
_call = table(Call)
OURS = _call.c.direction != Direction.IN


def dialled_today(connection: Connection, contact: int, day_began: datetime) -> int:
    """How often one phone was dialled since the day began."""
    today = or_(_call.c.created_at >= day_began, _call.c.placed_at >= day_began)
    dials = select(func.coalesce(func.sum(_call.c.attempts), 0)).where(_call.c.contact_id == contact, OURS, today)
    return int(connection.execute(dials).scalar_one())


def spent(connection: Connection, since: datetime, now: datetime, direction: Direction | None = None) -> int:
    """Begun minutes of calls we placed since a time, back, out or both; who rings counts one, an open one its age.

    So does one that was asked for and waits: many who ring together must not all find the day's last minute.
    """
    which_way = OURS if direction is None else _call.c.direction == direction
    placed = (which_way, _call.c.placed_at >= since)
    waits = (which_way, _call.c.direction == Direction.BACK, _call.c.placed_at.is_(None), _call.c.created_at >= since)
    total = func.coalesce(func.sum(_call.c.minutes), 0)
    told = sum(connection.execute(select(total).where(*which)).scalar_one() for which in (placed, waits))
    talking = (*placed, _call.c.state == CallState.OPEN)
    rows = connection.execute(select(_call.c.placed_at, _call.c.minutes).where(*talking)).all()
    ages = ((min(now - row.placed_at, LONGEST), row.minutes) for row in rows)
    untold = sum(max(0, begun_minutes(int(age.total_seconds())) - known) for age, known in ages)
    return int(told + untold)


def keep_within(connection: Connection, now: datetime, day_began: datetime, most_minutes: int) -> None:
    """Give up the newest of the waiting calls of a day for which its minutes do not suffice any more."""
    beyond = spent(connection, day_began, now, Direction.BACK) - most_minutes
    if beyond <= 0:
        return
    waiting = (_call.c.direction == Direction.BACK, _call.c.state == CallState.QUEUED, _call.c.created_at >= day_began)
    newest = select(_call.c.id).where(*waiting).order_by(_call.c.id.desc()).limit(beyond)
    given_up = {**values_of(CallState.EXPIRED, now), "error": "spent"}
    connection.execute(update(_call).where(_call.c.id.in_(newest.scalar_subquery()), *waiting).values(given_up))


def is_too_long(placed_at: datetime | None, now: datetime) -> bool:
    """Whether a call we placed then has lasted as long as any may; one that came in was never placed."""
    return placed_at is not None and now - placed_at >= LONGEST


def begun_minutes(seconds: int) -> int:
    """What a call of so many seconds costs: at least a minute, at most what the column holds."""
    return min(max(1, -(-seconds // 60)), 32_767)
