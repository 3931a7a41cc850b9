"""Queue entries of the outbox. A job carries no ids and no texts: it claims what is due from SQL and sends it.

The queue may lose every job: the clock asks SQL what is due and queues another.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from weakref import WeakKeyDictionary

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Engine

from bot.contacts import service as contacts
from bot.db import writing
from bot.messages import outbox
from bot.messages.models import OutState
from bot.messages.outbox import Claimed
from bot.vault import Vault

log = structlog.get_logger()

QUEUE = "phsar"
OPTED_OUT = "21610"  # the carrier's code for a phone that refuses us: a STOP that did not pass through here
JOB_LASTS = 30.0  # seconds; what is due after that waits for the next job
JOB_TIMEOUT = 120  # seconds after which RQ ends a job that hangs
AWAY_FOR = 5.0  # seconds after a failure in which Redis is not asked again
_away_until: WeakKeyDictionary[Redis, float] = WeakKeyDictionary()  # of each client, by the monotonic clock


class Handed(Protocol):
    """What a carrier says of a message: taken, refused, later or ambiguous."""

    @property
    def result(self) -> str:
        """taken, refused, later or ambiguous."""

    @property
    def sid(self) -> str | None:
        """The carrier's name for the message, when taken."""

    @property
    def error(self) -> str:
        """The carrier's code, when not."""


class Sender(Protocol):
    """What the outbox needs of a carrier."""

    def send(self, to: str, text: str, outbox_id: int) -> Handed:
        """Hand one message over; never raises for what the carrier does."""


AFTER = {
    "taken": OutState.SENT,
    "refused": OutState.FAILED,
    "later": OutState.QUEUED,
    "ambiguous": OutState.UNKNOWN,
}


def queue_of(redis: Redis) -> Queue:
    """The one queue of this service."""
    return Queue(QUEUE, connection=redis)


def wake(redis: Redis) -> bool:
    """Ask a worker to look at the outbox. False when Redis is away; the clock will ask again."""
    return announce(redis, "worker.send_due")


def announce(redis: Redis, job: str) -> bool:
    """Queue a job. False when Redis is away, or was a moment ago: somebody waits on the line meanwhile."""
    if time.monotonic() < _away_until.get(redis, 0.0):
        return False
    try:
        queue_of(redis).enqueue(job, job_timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=86_400)
    except RedisError as error:
        _away_until[redis] = time.monotonic() + AWAY_FOR
        log.warning("job not announced", job=job, error=type(error).__name__)
        return False
    return True


def send_due(engine: Engine, vault: Vault, sender: Sender, clock: Callable[[], datetime], per_second: int) -> bool:
    """Send what is due for JOB_LASTS, no session held during a call. Returns whether more may be due.

    One row is claimed at a time: a worker killed at any point leaves at most one message of which nobody knows
    whether the carrier took it.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < JOB_LASTS:
        with writing(engine) as connection:
            claimed = outbox.claim(connection, vault, clock(), size=1)
        if not claimed:
            return False
        _send(engine, vault, sender, claimed[0], clock)
        time.sleep(1 / per_second)
    return True


def _send(engine: Engine, vault: Vault, sender: Sender, row: Claimed, clock: Callable[[], datetime]) -> None:
    handed = sender.send(row.to, row.text, row.id)
    state = AFTER[handed.result]
    with writing(engine) as connection:
        outbox.settle(connection, row, state, clock(), sid=handed.sid, error=handed.error)
        if handed.error == OPTED_OUT:
            contacts.record_consent(
                connection,
                vault,
                row.contact,
                clock(),
                given=False,
                channel="sms",
                words="",
                proof=f"carrier {OPTED_OUT}, outbox {row.id}",
            )
    log.info("outbox", id=row.id, state=str(state), error=handed.error)
