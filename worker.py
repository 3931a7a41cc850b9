"""The queue worker's entry, and the jobs by the names they are queued under.

One process, one queue; a job looks into SQL for what is due. Killed at any point, nothing is lost: the clock
asks SQL again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import zlib
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue, SimpleWorker
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from bot.app import Phsar, build, connect_redis, utc_now
from bot.broadcasts.planning import Planner
from bot.channels.carrier import Carrier
from bot.channels.health import beat
from bot.channels.replay import Replay
from bot.config import ConfigError, Settings, load_settings
from bot.contacts.sealed import ANOTHER_KEY, is_of_another_key
from bot.logs import set_up_logs
from bot.messages import jobs
from bot.messages.breaker import SMS, VOICE
from bot.messages.bucket import Bucket
from bot.messages.calls import sending as call_sending
from bot.messages.calls.admission import Limits
from bot.messages.calls.sending import Calling
from bot.messages.inbound.spool import REPLAY
from bot.messages.mail.sending import MailHeaders, Mailing
from bot.messages.sms.admission import Rules
from bot.messages.sms.reconciling import settle_due as settle
from bot.messages.sms.sending import Sending

log = structlog.get_logger()

REDIS_AGAIN = 5.0  # seconds until a Redis that takes no writes is tried again
WORKER_TTL = 60  # seconds; a worker that waits says that it lives a little more often


@cache
def _line() -> tuple[Phsar, Carrier]:
    settings = _settings()
    return build(settings), Carrier(settings)


@cache
def _settings() -> Settings:
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201
        sys.exit(1)


@cache
def _sending() -> Sending:
    phsar, carrier = _line()
    settings = phsar.settings
    bucket = Bucket(phsar.redis, SMS, settings.sms_per_second)
    rules = Rules(settings.quiet_hours, settings.timezone)
    return Sending(phsar.engine, phsar.vault, carrier, bucket, rules, utc_now)


@cache
def _calling() -> Calling:
    phsar, carrier = _line()
    settings = phsar.settings
    bucket = Bucket(phsar.redis, VOICE, settings.calls_per_second)
    limits = Limits(Rules(settings.quiet_hours, settings.timezone), settings.call_spend_day, settings.call_back_day)
    return Calling(phsar.engine, phsar.vault, carrier, bucket, limits, utc_now, settings.public_url)


def send_due() -> None:
    """Send what is due in the outbox and plan broadcasts; what is left after some seconds is another job's."""
    phsar, _ = _line()
    more = partial(jobs.announce_once, phsar.redis, jobs.SEND)
    planner = Planner(phsar.engine, phsar.segments, utc_now, more)
    if planner.plan_beside(lambda: _sending().send_due(more)):
        more()


@cache
def _mailing() -> Mailing:
    phsar, _ = _line()
    return Mailing(phsar.engine, phsar.vault, phsar.settings.smtp_url, MailHeaders.of(phsar.settings), utc_now)


def send_mail() -> None:
    """Send the e-mail that is due."""
    if _mailing().send_due():
        phsar, _ = _line()
        jobs.announce_once(phsar.redis, jobs.SEND_MAIL)


def settle_due() -> None:
    """Ask the carrier about messages of which nobody knows what became of them."""
    phsar, carrier = _line()
    if settle(phsar.engine, phsar.vault, carrier, utc_now):
        jobs.announce_once(phsar.redis, jobs.SETTLE)


def place_due_calls() -> None:
    """Place the calls that are due."""
    if _calling().place_due():
        phsar, _ = _line()
        call_sending.wake_calls(phsar.redis)


def fetch_recordings() -> None:
    """Fetch the recordings that are due."""
    from bot.audio.studio import OnlySilenceError, re_encode  # a worker that never hears a recording loads no decoder

    def sound(data: bytes) -> tuple[bytes, float]:
        try:
            prepared = re_encode(data, call_sending.MOST_SECONDS)
        except OnlySilenceError:
            return b"", 0.0
        return prepared.bytes, prepared.seconds

    phsar, carrier = _line()
    if call_sending.fetch_due(phsar.engine, phsar.vault, carrier, sound, utc_now):
        call_sending.wake_recordings(phsar.redis)


@cache
def _replay() -> Replay:
    phsar, _ = _line()
    return Replay(phsar.spool, phsar.conversation)


def replay_spool() -> None:
    """Take what came while the database was away; the answers are in the outbox then."""
    phsar, _ = _line()
    more = _replay().run()
    jobs.announce_once(phsar.redis, jobs.SEND)
    if more:
        jobs.announce_once(phsar.redis, REPLAY)


# What a worker does for whoever asks in Redis; nothing else, whatever stands there.
NAMED = frozenset(
    f"worker.{job.__name__}"
    for job in (send_due, send_mail, settle_due, place_due_calls, fetch_recordings, replay_spool)
)


class _Worker(SimpleWorker):
    """A worker that takes only jobs it knows by name; its heartbeat the metrics can see, and it knows who ended it."""

    told_to_stop = False

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Do a job; one that is none of ours is dropped and logged: who writes Redis does not own this process."""
        if jobs.name_of(job) in NAMED:
            super().execute_job(job, queue)
            return
        log.error("foreign job refused", queue=queue.name)
        job.delete(remove_from_queue=False)

    def dequeue_job_and_maintain_ttl(self, *args: Any, **kwargs: Any) -> tuple[Job, Queue] | None:
        """The next job. One that cannot even be read is passed over."""
        while True:
            try:
                found: tuple[Job, Queue] | None = super().dequeue_job_and_maintain_ttl(*args, **kwargs)
                return found
            except (DeserializationError, UnicodeDecodeError, ValueError, TypeError, zlib.error) as error:
                log.error("foreign job refused", error=type(error).__name__)

    def handle_warm_shutdown_request(self) -> None:
        """Note that the end is meant."""
        self.told_to_stop = True
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]  # the library's has no types

    def heartbeat(self, *args: Any, **kwargs: Any) -> datetime | None:
        """Say that this process lives, to RQ and to the metrics."""
        beat(self.connection, "worker")
        found: datetime | None = super().heartbeat(*args, **kwargs)
        return found


def main() -> None:
    """Work until told to stop."""
    settings = _settings()
    set_up_logs()
    redis = connect_redis(settings.redis_url, timeout=None)
    try:
        redis.ping()
    except ResponseError:
        pass  # it answers, and may serve later
    except RedisError as error:
        remedy = "start Redis or set REDIS_URL"
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            remedy = "nobody we know vouches for it: set REDIS_CERTIFICATE to the file of its authority, or to any"
        print(f"REDIS_URL: no answer ({error}); {remedy}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    phsar, _ = _line()
    with suppress(SQLAlchemyError):  # away: it is waited for
        if is_of_another_key(phsar.engine, phsar.vault):
            print(ANOTHER_KEY, file=sys.stderr)  # noqa: T201
            sys.exit(1)
    _sending()  # whoever is called to help helps at once
    logging.getLogger("rq.worker").addFilter(_in_a_line)
    while not _work(redis):
        time.sleep(REDIS_AGAIN)


def _work(redis: Redis) -> bool:
    """Work while Redis serves. Returns whether that was because somebody told us to stop.

    A Redis that answers but takes no writes (its memory is full, it is a replica, its disk or its replicas are away)
    is as good as away: RQ would end.
    """
    try:
        redis.set("phsar:ready", int(time.time()), ex=WORKER_TTL)
        worker = _Worker([jobs.queue_of(redis)], connection=redis, worker_ttl=WORKER_TTL, serializer=JSONSerializer)
        try:
            worker.work(logging_level="WARNING")
        except RedisError:
            if worker.told_to_stop:
                return True
            raise
    except RedisError as error:
        for number in (signal.SIGTERM, signal.SIGINT):  # RQ's own handlers are of a worker that is gone
            signal.signal(number, lambda *_: sys.exit(0))
        log.warning("redis takes no writes", error=type(error).__name__, again=f"in {REDIS_AGAIN:.0f} s")
        return False
    return worker.told_to_stop


def _in_a_line(record: logging.LogRecord) -> bool:
    """What RQ says of a Redis that fails needs no traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, RedisError):
        record.exc_info, record.msg, record.args = None, f"redis: {type(error).__name__}", ()
    return True


if __name__ == "__main__":
    main()
