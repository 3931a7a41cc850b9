"""Queue entries: a job carries no ids and no texts, only the wish that a worker looks into SQL for what is due.

The queue may lose every job: the clock asks SQL what is due and queues another.
"""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE = "phsar"
JOB_TIMEOUT = 120  # seconds after which RQ ends a job that hangs
MOST_LOOKED_AT = 50  # waiting jobs
SEND, SETTLE, SEND_MAIL = "worker.send_due", "worker.settle_due", "worker.send_mail"
AWAY_FOR = 5.0  # seconds after a failure in which Redis is not asked again
_away_until: WeakKeyDictionary[Redis, float] = WeakKeyDictionary()  # of each client, by the monotonic clock


def queue_of(redis: Redis) -> Queue:
    """The one queue of this service. What lies in it is JSON: reading it runs nothing."""
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def name_of(job: Job) -> str:
    """What a job asks for; empty where it is none of ours: it brings more than a name, or cannot be read."""
    try:
        bare = not (job.args or job.kwargs or job.instance)
        calls = (job._success_callback_name, job._failure_callback_name, job._stopped_callback_name)
        return str(job.func_name) if bare and not any(calls) else ""
    except (DeserializationError, AttributeError, TypeError, ValueError):
        return ""


def announce(redis: Redis, job: str) -> bool:
    """Have a worker do a job. False when Redis is away, or was a moment ago: somebody may wait on the line."""
    if time.monotonic() < _away_until.get(redis, 0.0):
        return False
    try:
        queue_of(redis).enqueue(job, job_timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=86_400)
    except RedisError as error:
        _away_until[redis] = time.monotonic() + AWAY_FOR
        log.warning("job not announced", job=job, error=type(error).__name__)
        return False
    return True


def announce_once(redis: Redis, job: str) -> bool:
    """The same, unless such a job waits already: those who find much to do must not fill the queue."""
    try:
        queue = queue_of(redis)
        waiting = queue.get_jobs(0, MOST_LOOKED_AT)
        if len(waiting) >= MOST_LOOKED_AT or any(name_of(one) == job for one in waiting):
            return True
    except NoSuchJobError:
        return True  # somebody is just taking one
    except RedisError as error:
        log.warning("job not announced", job=job, error=type(error).__name__)
        return False
    return announce(redis, job)


def wake(redis: Redis) -> bool:
    """Ask a worker to look at the outbox. False when Redis is away; the clock will ask again."""
    return announce(redis, SEND)
