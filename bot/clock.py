"""The clock: asks SQL every quarter of a minute what is due. Everything it does may be done twice without harm.

One leader among any number of clocks, by a lock in Redis; with Redis away each goes on, since SQL is the truth.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.broadcasts import planning
from bot.channels.health import beat
from bot.db import writing
from bot.issues import due as terms
from bot.meetings import arranging
from bot.messages import alarms, cancellations, jobs
from bot.messages.alerts import Herald
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls import sending as call_sending
from bot.messages.inbound import inbox, received, recordings
from bot.messages.inbound.spool import REPLAY, Spool
from bot.messages.mail import outbox as mail_outbox
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms import reconciling
from bot.vault import Vault

log = structlog.get_logger()

TICK = 15.0  # seconds
LEADER_FOR = 40  # seconds; two ticks and a slow one: after a crash another clock goes on within a minute
NO_END = -1  # Redis's word for a key that does not expire
LEADER = "phsar:clock"  # in Redis: the name of the clock that leads
TEXTS_KEPT = timedelta(days=365)
FORGETS_BACK = timedelta(days=30)  # how far before that a clock looks once it has looked at all


@dataclass(frozen=True, slots=True)
class Lead:
    """Which of several clocks does what is due: a key in Redis with the name of the one that leads."""

    redis: Redis
    name: str

    def is_ours(self) -> bool:
        """Take the lead if nobody has it, hold it if we do. Without Redis every clock leads: tasks bear that."""
        try:
            if self.redis.set(LEADER, self.name, nx=True, ex=LEADER_FOR):
                return True
            if self.redis.get(LEADER) != self.name.encode():
                # A lead without an end was written by nobody of ours: it would stop every clock for good.
                if self.redis.ttl(LEADER) != NO_END:
                    return False
                log.error("a lead without an end is not believed")
                self.redis.set(LEADER, self.name, ex=LEADER_FOR)
            self.redis.expire(LEADER, LEADER_FOR)
        except RedisError as error:
            log.warning("clock without lock", error=type(error).__name__)
        return True

    def resign(self) -> None:
        """Let another clock lead at once."""
        with suppress(RedisError):
            if self.redis.get(LEADER) == self.name.encode():
                self.redis.delete(LEADER)


class Clock:
    """One clock process. Each of `tasks` does what is due at a time, in transactions of its own."""

    def __init__(
        self,
        engine: Engine,
        lead: Lead,
        vault: Vault,
        herald: Herald,
        now: Callable[[], datetime],
        spool: Spool,
        tasks: Sequence[Callable[[datetime], None]] = (),
    ):
        self._engine = engine
        self._lead = lead
        self._vault = vault
        self._herald = herald
        self._now = now
        self._spool = spool
        self._tasks = tasks
        self._last_hour: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop."""
        while not stop.is_set():
            self.tick()
            stop.wait(TICK)
        self._lead.resign()

    def tick(self) -> bool:
        """Do what is due, if this clock leads. Returns whether it does. Never raises for a server away."""
        if not self._lead.is_ours():
            return False
        for task in self._tasks:
            self._attempt(task)
            self._lead.is_ours()  # a long one must not cost the lead
        self._attempt(self._do)
        beat(self._lead.redis, "clock")
        return True

    def _attempt(self, task: Callable[[datetime], None]) -> None:
        """Do one thing; a mistake in it keeps nothing else from being done, and staff are told."""
        now = self._now()
        try:
            task(now)
        except SQLAlchemyError as error:
            log.error("clock", error=type(error).__name__)
        except Exception as error:
            name = getattr(task, "__qualname__", type(task).__name__)
            # Where, but not the error's words: they may quote somebody.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            log.error("clock", task=name, error=type(error).__name__, at=f"{frame.name}:{frame.lineno}")
            with suppress(SQLAlchemyError), writing(self._engine) as connection:
                told = f"the clock cannot do a part of its work ({name}: {type(error).__name__}); see its log"
                alarms.sound(connection, f"clock {name}"[:40], told, now)

    def _do(self, now: datetime) -> None:
        is_to_send = sms_outbox.sweep(self._engine, now)
        with writing(self._engine) as connection:
            due = {
                jobs.SEND: is_to_send or planning.is_due(connection, now),
                jobs.SETTLE: reconciling.is_due(connection, now),
                call_sending.CALLS: call_outbox.sweep(connection, now),
                call_sending.RECORDINGS: recordings.due(connection, now),
                jobs.SEND_MAIL: mail_outbox.sweep(connection, now),
            }
        due[REPLAY] = self._spool.waits()
        for job in (job for job, found in due.items() if found):
            # A worker that is away must not find thousands.
            if not jobs.announce_once(self._lead.redis, job):
                break
        self._herald.tell(now)
        if self._last_hour is None or now - self._last_hour >= timedelta(hours=1):
            forget_texts(self._engine, self._vault, now, None if self._last_hour is None else FORGETS_BACK)
            with writing(self._engine) as connection:
                recordings.forget(connection, now)
                cancellations.forget(connection, now)
            self._last_hour = now


def forget_texts(engine: Engine, vault: Vault, now: datetime, back: timedelta | None) -> int:
    """Blank texts older than a year: messages, meetings, inbox, outbox, mail; counts stay. Returns how many messages.

    Messages are many: only those of a stretch `back` are looked at, all when it is None.
    """
    until = now - TEXTS_KEPT
    sms_outbox.forget(engine, vault, until)
    with writing(engine) as connection:
        arranging.forget(connection, vault, until)
        terms.forget(connection, vault, until)
        inbox.forget(connection, vault, until)
        mail_outbox.forget(connection, vault, until)
        return received.forget(connection, vault, until, None if back is None else until - back)
