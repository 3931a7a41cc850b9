"""Whether the service lives, is ready, and how it does: /healthz, /readyz, /metrics. Ids and counts only."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.db import reading
from bot.messages import outbox

HEARTBEATS = ("worker", "clock")
BEAT_LASTS = 120  # seconds


class Meter:
    """The counters of one process. Each process reports its own, labelled by nothing that names a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "phsar_sms_requests",
            "Requests to the SMS webhook by how they ended",
            ["end"],
            registry=self.registry,
        )
        self.outbox = Gauge("phsar_outbox", "Outbound messages by state", ["state"], registry=self.registry)
        self.beats = Gauge(
            "phsar_heartbeat_age_seconds",
            "Seconds since a process said it lives",
            ["process"],
            registry=self.registry,
        )

    def sms(self, end: str) -> None:
        """Count a request to the webhook: answered, repeated, silent, failed, forged, senseless."""
        self.messages.labels(end).inc()


def beat(redis: Redis, process: str) -> None:
    """Say that a process lives. Silent when Redis is away: the missing beat says so."""
    try:
        redis.set(f"phsar:beat:{process}", int(time.time()), ex=BEAT_LASTS)
    except RedisError:
        return


def health_pages(engine: Engine, redis: Redis, meter: Meter) -> Blueprint:
    """The blueprint of the three pages."""
    pages = Blueprint("health", __name__)
    newest = migrations.newest()

    def database() -> str:
        current = migrations.current(engine)
        return "ok" if current == newest else f"migrations: at {current}, needs {newest}; run: flask release"

    checks: dict[str, Callable[[], str]] = {
        "database": database,
        "redis": lambda: "ok" if redis.ping() else "no answer",
    }

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
                said[name] = f"away ({type(error).__name__})"
        ready = all(word == "ok" for word in said.values())
        lines = "".join(f"{name}: {word}\n" for name, word in said.items())
        return Response(lines, 200 if ready else 503, content_type="text/plain")

    @pages.get("/metrics")
    def metrics() -> Response:
        try:
            with reading(engine) as connection:
                for state, count in outbox.counts(connection).items():
                    meter.outbox.labels(state).set(count)
        except SQLAlchemyError:
            meter.outbox.clear()
        try:
            for process in HEARTBEATS:
                seen = redis.get(f"phsar:beat:{process}")
                age = time.time() - int(seen) if seen else float("inf")
                meter.beats.labels(process).set(age)
        except RedisError:
            meter.beats.clear()
        return Response(generate_latest(meter.registry), content_type=CONTENT_TYPE_LATEST)

    return pages
