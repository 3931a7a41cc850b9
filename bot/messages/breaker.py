"""The breaker of a channel: when its carrier serves nobody, nothing is handed over until one message came through.

Kept in SQL, so that all workers know. What waits behind it loses nothing: it is not tried, and climbs no ladder.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from bot.db import reading, table, writing
from bot.messages import alarms
from bot.messages.models import Breaker
from bot.upsert import insert_new

SMS, VOICE, MAIL = "sms", "voice", "mail"
OPENS_AFTER = 5  # failures in a row
PROBE_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30))  # the last one repeats
_breaker = table(Breaker)


def server(channel: str) -> str:
    """Who serves a channel, for operators."""
    return "the mail server" if channel == MAIL else "the carrier"


class Gate(StrEnum):
    """What a worker may do."""

    CLOSED = "closed"  # send
    HALF_OPEN = "half open"  # send one
    OPEN = "open"  # nothing


def ask(engine: Engine, channel: str, now: datetime) -> Gate:
    """Whether to send. Of all who ask, one at a time gets HALF_OPEN."""
    mine = _breaker.c.channel == channel
    with reading(engine) as connection:
        row = connection.execute(select(_breaker).where(mine)).one_or_none()
    if row is None or row.opened_at is None:
        return Gate.CLOSED
    if row.probe_at > now:
        return Gate.OPEN
    wait = PROBE_AFTER[min(row.probes, len(PROBE_AFTER) - 1)]
    with writing(engine) as connection:
        first = update(_breaker).where(mine, _breaker.c.opened_at.is_not(None), _breaker.c.probe_at == row.probe_at)
        taken = connection.execute(first.values(probe_at=now + wait, probes=min(row.probes + 1, 9)))
    return Gate.HALF_OPEN if taken.rowcount else Gate.OPEN


def note(connection: Connection, channel: str, served: bool, failures: int, error: str, now: datetime) -> None:
    """Take down how it went: `served` if anybody was, else how many in a row were not, and the last one's code."""
    mine = _breaker.c.channel == channel
    if served:
        closed = {"failures": 0, "opened_at": None, "probe_at": None, "probes": 0}
        was = connection.execute(select(_breaker.c.failures, _breaker.c.opened_at).where(mine)).one_or_none()
        if was is None or not was.failures:
            return
        shut = update(_breaker).where(mine, _breaker.c.opened_at.is_not(None)).values(closed)
        if connection.execute(shut).rowcount:
            alarms.sound(connection, f"{channel} back", f"{channel}: {server(channel)} serves us again", now)
        else:
            connection.execute(update(_breaker).where(mine).values(failures=0))
        return
    connection.execute(insert_new(connection, Breaker), {"channel": channel, "failures": 0, "probes": 0})
    connection.execute(update(_breaker).where(mine).values(failures=_breaker.c.failures + failures))
    opens = update(_breaker).where(mine, _breaker.c.opened_at.is_(None), _breaker.c.failures >= OPENS_AFTER)
    opened = {"opened_at": now, "probe_at": now + PROBE_AFTER[0], "probes": 1}
    if connection.execute(opens.values(opened)).rowcount:
        told = f"{channel}: {server(channel)} serves nobody ({error}); nothing is lost, sending goes on by itself"
        alarms.sound(connection, f"{channel} breaker", told, now)
