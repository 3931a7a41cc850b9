"""Whether the service lives, is ready, and how it does: /healthz, /readyz, /metrics. Ids and counts only."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import migrations
from bot.contacts.models import Contact
from bot.db import has_no_room, reading, table, writing
from bot.language.intents.learned.released import fault
from bot.messages import breaker
from bot.messages.breaker import SMS
from bot.messages.calls import outbox as call_outbox
from bot.messages.inbound.spool import DAMAGED, Spool
from bot.messages.mail import outbox as mail_outbox
from bot.messages.models import Breaker, Outbound, Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.prices.models import Change
from bot.upsert import upsert
from bot.vault import Vault, VaultError

# The first address that was sealed shows whether this process has the key it was sealed with.
OLDEST = select(Contact.address).order_by(Contact.id).limit(1)
HEARTBEATS = ("worker", "clock")
BEAT_LASTS = 120  # seconds
UNKNOWN_CERTIFICATE = ": nobody we know vouches for it; set REDIS_CERTIFICATE to the file of its authority, or to any"
_out, _breaker = table(Outbound), table(Breaker)
# One look along the index for each purpose, however many wait.
OLDEST_DUE = [
    select(_out.c.due_at)
    .where(sms_outbox.IS_QUEUED, _out.c.purpose == str(purpose), _out.c.due_at <= bindparam("now"))
    .order_by(_out.c.due_at)
    .limit(1)
    for purpose in Purpose
]
BREAKERS = select(_breaker.c.channel, _breaker.c.opened_at.is_not(None).label("is_open"))


class Meter:
    """The counters of the web processes, labelled by nothing that names a person.

    The workers of one server add up in a folder they share (see wsgi.py), so that whichever of them is asked
    reports for all; without one a process reports for itself.
    """

    def __init__(self, shared: str = "") -> None:
        self._shared = shared
        self._own = CollectorRegistry()
        self.messages = Counter(
            "phsar_sms_requests", "Requests to the SMS webhook by how they ended", ["end"], registry=self._own
        )
        self.calls = Counter(
            "phsar_voice_requests", "Requests to the voice webhook by how they ended", ["end"], registry=self._own
        )

    def voice(self, end: str) -> None:
        """Count a request to the voice webhook: answered, repeated, refused, failed, forged, senseless."""
        self.calls.labels(end).inc()

    def sms(self, end: str) -> None:
        """Count a request to the webhook: answered, repeated, silent, spooled, lost, failed, forged, senseless."""
        self.messages.labels(end).inc()

    def registry(self) -> CollectorRegistry:
        """What to report: the counters of all workers, or of this process where it is alone."""
        if not self._shared:
            return self._own
        shared = CollectorRegistry()
        MultiProcessCollector(shared, self._shared)  # type: ignore[no-untyped-call]  # the library ships it untyped
        return shared


@dataclass(frozen=True, slots=True)
class Watched:
    """What is asked how it does."""

    engine: Engine
    redis: Redis
    spool: Spool
    clock: Callable[[], datetime]

    def queue_age(self, connection: Connection) -> float:
        """Seconds for which the oldest message that is due has been waiting to be sent; 0 when none is."""
        now = self.clock()
        oldest = [connection.execute(each, {"now": now}).scalar_one_or_none() for each in OLDEST_DUE]
        return max((float((now - due).total_seconds()) for due in oldest if due is not None), default=0.0)

    def mail_age(self, connection: Connection) -> float:
        """Seconds for which the oldest e-mail that is due has been waiting, its tries included; 0 when none is."""
        now = self.clock()
        oldest = mail_outbox.oldest_due(connection, now)
        return 0.0 if oldest is None else (now - oldest).total_seconds()

    def warnings(self) -> Iterator[str]:
        """What an operator should know, though the line is ready."""
        with suppress(RedisError):
            depth = self.spool.depth()
            if waiting := depth["redis"] + depth["disk"]:
                yield f"spool: {waiting} waiting, for the database or a worker"
            if aside := depth[DAMAGED]:
                yield f"spool: {aside} set aside, in SPOOL_DIR/{DAMAGED}"
        if said := fault():
            yield f"weights: {said}; only what is certain is understood"
        with suppress(SQLAlchemyError), reading(self.engine) as connection:
            for channel, is_open in connection.execute(BREAKERS):
                if is_open:
                    yield f"{channel}: {breaker.server(channel)} serves nobody; sending goes on by itself"


class State(Collector):
    """What is asked of SQL and Redis at each look; a part that is away is left out."""

    def __init__(self, watched: Watched):
        self._watched = watched

    def collect(self) -> Iterator[Metric]:
        """The outboxes and the calls, the breakers, the spool, and the age of each process's sign of life."""
        watched = self._watched
        with suppress(SQLAlchemyError), reading(watched.engine) as connection:
            yield _by_state("phsar_outbox", "Outbound messages by state", sms_outbox.counts(connection))
            yield _by_state("phsar_calls", "Calls that are not over, by state", call_outbox.counts(connection))
            age = GaugeMetricFamily(
                "phsar_outbox_oldest_due_seconds", "How long the oldest message that is due has been waiting"
            )
            age.add_metric([], watched.queue_age(connection))
            yield age
            yield _by_state(
                "phsar_mail", "E-mails that wait or are being sent, by state", mail_outbox.counts(connection)
            )
            waited = GaugeMetricFamily(
                "phsar_mail_oldest_due_seconds", "How long the oldest e-mail that is due has been waiting"
            )
            waited.add_metric([], watched.mail_age(connection))
            yield waited
            breakers = GaugeMetricFamily(
                "phsar_breaker_open", "Whether a channel's carrier serves nobody (1)", labels=["channel"]
            )
            opened = {SMS: False, **{row.channel: row.is_open for row in connection.execute(BREAKERS)}}
            for channel, is_open in opened.items():
                breakers.add_metric([channel], int(is_open))
            yield breakers
        with suppress(RedisError):
            spooled = GaugeMetricFamily(
                "phsar_spool", "Webhooks that wait for the database, by where they lie", labels=["place"]
            )
            for place, count in watched.spool.depth().items():
                spooled.add_metric([place], count)
            yield spooled
            ages = GaugeMetricFamily(
                "phsar_heartbeat_age_seconds", "Seconds since a process said it lives", labels=["process"]
            )
            for process in HEARTBEATS:
                seen = watched.redis.get(f"phsar:beat:{process}")
                ages.add_metric([process], time.time() - int(seen) if seen else float("inf"))
            yield ages


def _by_state(name: str, meaning: str, counts: Mapping[str, int]) -> Metric:
    states = GaugeMetricFamily(name, meaning, labels=["state"])
    for state, count in counts.items():
        states.add_metric([state], count)
    return states


def beat(redis: Redis, process: str) -> None:
    """Say that a process lives. Silent when Redis is away: the missing beat says so."""
    try:
        redis.set(f"phsar:beat:{process}", int(time.time()), ex=BEAT_LASTS)
    except RedisError:
        return


def _may_count(token: str) -> bool:
    """Whether who asks may see the counters: with the token; without one, from this machine alone."""
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    return request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers


@dataclass(frozen=True, slots=True)
class _Checks:
    """What has to be well for the line to be ready; each check says `ok …` or what is wrong."""

    engine: Engine
    redis: Redis
    vault: Vault
    newest: str

    def _touch(self) -> None:
        with writing(self.engine) as connection:  # one that only reads answers nobody
            connection.execute(upsert(connection, Change), {"subject": "readyz", "version": int(time.time())})

    def database(self) -> str:
        """Whether the database is migrated and takes writes."""
        current = migrations.current(self.engine) or "none"
        if not current.isdecimal() or int(current) < int(self.newest):
            return f"migrations: at {current}, needs {self.newest}; run: flask release"
        try:
            self._touch()
        except DBAPIError as error:
            if not error.connection_invalidated:
                return f"takes no writes ({type(error).__name__})"
            self._touch()  # on a new connection: the old one was of a server that is back
        if has_no_room(self.engine):
            return "takes no writes: its disk is full"
        # The next release has migrated already: this one serves on until it is replaced.
        if int(current) == int(self.newest):
            return "ok"
        return f"ok, newer: at {current}, this release knows {self.newest}"

    def writes_to_redis(self) -> str:
        """Whether Redis takes writes."""
        try:
            return "ok" if self.redis.set("phsar:ready", int(time.time()), ex=BEAT_LASTS) else "no answer"
        except ResponseError as error:
            return f"takes no writes ({type(error).__name__})"

    def data_key(self) -> str:
        """Whether this process has the key that the data was sealed with."""
        with reading(self.engine) as connection:
            sealed = connection.execute(OLDEST).scalar_one_or_none()
        try:
            if sealed is not None:
                self.vault.open(sealed)
        except VaultError:
            return "not the one the data was sealed with; set DATA_KEY to that one"
        return "ok"


def health_pages(
    watched: Watched, vault: Vault, meter: Meter, warnings: Callable[[], Iterable[str]], token: str = ""
) -> Blueprint:
    """The blueprint of the three pages. `warnings`: what /readyz says besides, without being less ready for it."""
    pages = Blueprint("health", __name__)
    well = _Checks(watched.engine, watched.redis, vault, migrations.newest())
    checks = {"database": well.database, "data key": well.data_key, "redis": well.writes_to_redis}

    @pages.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @pages.get("/readyz")
    def readyz() -> Response:
        said = {}
        for name, check in checks.items():
            try:
                said[name] = check()
            except (SQLAlchemyError, RedisError) as error:
                unknown = "CERTIFICATE_VERIFY_FAILED" in str(error)  # nothing else is told of an error's words
                said[name] = f"away ({type(error).__name__})" + (UNKNOWN_CERTIFICATE if unknown else "")
        ready = all(word.startswith("ok") for word in said.values())
        lines = "".join(f"{name}: {word}\n" for name, word in said.items())
        lines += "".join(f"warning: {warning}\n" for warning in (*watched.warnings(), *warnings()))
        return Response(lines, 200 if ready else 503, content_type="text/plain; charset=utf-8")

    @pages.get("/metrics")
    def metrics() -> Response:
        if not _may_count(token):
            return Response("not found\n", 404, content_type="text/plain; charset=utf-8")
        asked = CollectorRegistry()
        asked.register(State(watched))
        report = generate_latest(meter.registry()) + generate_latest(asked)
        return Response(report, content_type=CONTENT_TYPE_LATEST)

    return pages
