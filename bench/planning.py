"""Planning a broadcast to very many, with one worker that sends meanwhile; and what others feel of it on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis import Redis
from rq import SimpleWorker
from sqlalchemy import Engine, select, text

from bench.carrier import slow_carrier
from bench.environment import ROOT, Databases, environ_for, memory_of, settings_for
from bench.result import Measured
from bench.sending import redis_server, until
from bench.sizes import Sizes
from bot.broadcasts import service as broadcasts
from bot.broadcasts.forecasts import forecast
from bot.broadcasts.planning import Planner
from bot.broadcasts.segments import Segments, kinds_of_people
from bot.broadcasts.service import Draft
from bot.config import Settings
from bot.db import make_engine, reading, table, writing
from bot.logs import silence
from bot.messages import jobs
from bot.messages.models import Broadcast, BroadcastState, Outbound, OutState
from bot.messages.sms.admission import Rules
from bot.messages.sms.broadcast_text import Texts
from bot.vault import Vault

WITHIN, FIRST, GROWN, WAIT = 10.0, 2.0, 8.0, 0.3  # s, s, MB, s
IS_SENDING = table(Outbound).c.state == str(OutState.SENDING)
TEXT = "តម្លៃជ្រូកថ្ងៃនេះឡើង សូមផ្ញើ ជ្រូក"


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """On PostgreSQL how long it takes, on SQLite how long anybody else has to wait."""
    silence()
    settings = settings_for(databases.fresh(), folder)
    engine = make_engine(settings.database_url)
    try:
        if databases.kind == "PostgreSQL":
            yield from _with_a_worker(settings, engine, folder, sizes)
        else:
            yield _beside_others(settings, engine, sizes.broadcast_some)
    finally:
        engine.dispose()


def _with_a_worker(settings: Settings, engine: Engine, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    people, few = sizes.broadcast, sizes.broadcast_some
    populate(settings, engine, people, few)
    with slow_carrier() as carrier, redis_server(folder) as redis_url:
        settings = replace(settings, api_url=carrier.url, redis_url=redis_url)
        with Redis.from_url(redis_url) as redis, _worker(settings, folder) as worker:
            until(lambda: SimpleWorker.count(connection=redis) == 1)
            some = _create(engine, "tag:some", redis)
            until(lambda: _state(engine, some) == BroadcastState.SENDING)
            broadcasts.cancel(engine, some, datetime.now(UTC))
            until(lambda: not _in_hand(engine))
            before = memory_of(worker)
            carrier.begin()
            begun = time.monotonic()
            id = _create(engine, "all", redis)
            until(lambda: carrier.seen()[0] > 0, every=0.01)
            first = time.monotonic() - begun
            until(lambda: _state(engine, id) == BroadcastState.SENDING, every=0.05)
            lasted = time.monotonic() - begun
            grown = memory_of(worker) - before
            broadcasts.cancel(engine, id, datetime.now(UTC))
    yield Measured(f"a broadcast to {people:,}: planned, PostgreSQL", lasted, WITHIN, " s")
    yield Measured("its first message after --now", first, FIRST, " s")
    yield Measured(f"memory of its planner, more than for {few:,}", grown, GROWN, " MB")
    yield Measured("its forecast", _forecast(settings, engine, people), WITHIN, " s")


def _beside_others(settings: Settings, engine: Engine, people: int) -> Measured:
    """Somebody writes all the time; how long the longest of it takes."""
    populate(settings, engine, people, people)
    planner = Planner(engine, Segments({}), lambda: datetime.now(UTC))
    longest, planned = 0.0, threading.Event()
    id = _create(engine, "all", None)

    def plan() -> None:
        planner.plan_due(threading.Event())
        planned.set()

    planning = threading.Thread(target=plan)
    planning.start()
    while not planned.is_set():
        begun = time.monotonic()
        with writing(engine) as connection:
            connection.execute(text("UPDATE contact SET sex = '' WHERE id = 1"))
        longest = max(longest, time.monotonic() - begun)
        time.sleep(0.01)
    planning.join()
    if _state(engine, id) != BroadcastState.SENDING:
        raise SystemExit("the broadcast was not planned")
    return Measured(f"a write while {people:,} are planned, SQLite: longest wait", longest, WAIT, " s")


def populate(settings: Settings, engine: Engine, count: int, tagged: int) -> None:
    """People who agreed; the last `tagged` of them have a tag. All have one number: the carrier takes every message."""
    vault, now = Vault(settings.data_key), datetime.now(UTC)
    numbers = f"WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {count}) SELECT n FROM g"
    statements = (
        "INSERT INTO contact (address_hash, address, language, script, sex, place, may_report, may_found, reach, "
        "created_at) "
        f"SELECT 'person ' || n, :address, '', '', '', '', false, false, 'sms', :now FROM ({numbers}) AS numbered",
        "INSERT INTO consent (contact_id, given, what, channel, words, proof, at) "
        "SELECT id, true, 'all', 'import', :words, '', :now FROM contact",
        f"INSERT INTO contact_tag (contact_id, tag) SELECT id, 'some' FROM contact WHERE id > {count - tagged}",
    )
    given = {"address": vault.seal("+85512700000"), "words": vault.seal(""), "now": now}
    with writing(engine) as connection:
        for statement in statements:
            named = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), named)
        connection.execute(text("ANALYZE"))  # as a database does by itself


def _draft(segment: str, now: datetime) -> Draft:
    return Draft(segment, Texts(TEXT), now, now + timedelta(hours=24), starts=True)


def _create(engine: Engine, segment: str, redis: Redis | None) -> int:
    now = datetime.now(UTC)
    with writing(engine) as connection:
        id = broadcasts.create(connection, _draft(segment, now), now)
    if redis is not None:
        jobs.wake(redis)
    return id


def _state(engine: Engine, id: int) -> str:
    with reading(engine) as connection:
        return str(connection.execute(select(table(Broadcast).c.state).where(table(Broadcast).c.id == id)).scalar_one())


def _in_hand(engine: Engine) -> bool:
    """Whether a worker still sends something."""
    with reading(engine) as connection:
        return connection.execute(select(table(Outbound).c.id).where(IS_SENDING).limit(1)).one_or_none() is not None


def _forecast(settings: Settings, engine: Engine, people: int) -> float:
    """Seconds a forecast takes that looks at everybody."""
    now = datetime.now(UTC)
    begun = time.monotonic()
    with reading(engine) as connection:
        rules, segments = Rules(None, settings.timezone), Segments(kinds_of_people(lambda code: True))
        told = forecast(connection, Vault(settings.data_key), segments, _draft("all", now), rules, 30, now)
    if told.people != people:
        raise SystemExit("the forecast did not look at everybody")
    return time.monotonic() - begun


@contextmanager
def _worker(settings: Settings, folder: Path) -> Iterator[int]:
    """A worker as in production, at the usual pace; its process id."""
    environ = environ_for(settings.database_url, folder) | {
        "PATH": os.environ.get("PATH", ""),
        "REDIS_URL": settings.redis_url,
        "TWILIO_API_URL": settings.api_url,
        "QUIET_HOURS": "off",
    }
    with (folder / "planning.log").open("ab") as log:
        worker = subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        yield worker.pid
    finally:
        worker.terminate()
        worker.wait(30)
