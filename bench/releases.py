"""A release on a line that is in use: two at once, and how long those who write wait while tables with history change.

The history is written at an earlier release's revision; what is measured is the way from there to the newest.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from bench.environment import ROOT, Databases, environ_for
from bench.result import Measured
from bench.sizes import Sizes
from bot import migrations
from bot.db import make_engine

EARLIER = "0008"  # the revision of the release before
AT_ONCE = 2
WAITS_AT_MOST, WAITS_AT_MOST_SQLITE = 5.0, 15.0  # seconds; carriers wait fifteen
WRITES_EVERY = 0.02  # seconds
_NUMBERS = {
    "sqlite": "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < :count) SELECT n FROM up",
    "postgresql": "SELECT n FROM generate_series(1, :count) AS n",
}
_PEOPLE = """INSERT INTO contact (address_hash, address, language, script, sex, place, may_report, reach, created_at)
  SELECT 'h' || n, :sealed, '', '', '', '', {no}, 'sms', '2026-01-01' FROM ({numbers}) AS numbers"""
_ITEMS = """INSERT INTO inbox_item (contact_id, reason, state, words, created_at)
  SELECT n, 'missed', 'closed', :sealed, '2026-01-01' FROM ({numbers}) AS numbers"""
_OUTBOX = """INSERT INTO outbox (contact_id, purpose, about, text, state, due_at, expires_at, attempts, rounds, error,
  created_at, changed_at) SELECT n, 'answer', '', :sealed, 'delivered', '2026-01-01', '2026-01-02', 1, 0, '',
  '2026-01-01', '2026-01-01' FROM ({numbers}) AS numbers"""
_WRITE = "UPDATE contact SET place = '0305' WHERE id = 1"


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """Releases that fail of two at once; the longest wait of a writer while tables of `released` rows change."""
    yield Measured(f"releases of two at once that fail, {databases.kind}", _at_once(databases, folder), 0)
    url = databases.empty()
    engine = make_engine(url, patience=60)
    migrations.upgrade(engine, EARLIER)
    _fill(engine, sizes.released)
    with _writing(engine) as waits:
        migrations.upgrade(engine)
    engine.dispose()
    most = WAITS_AT_MOST_SQLITE if databases.kind == "SQLite" else WAITS_AT_MOST
    yield Measured(
        f"a writer waits for a release, {sizes.released:,} messages, {databases.kind}", max(waits), most, " s"
    )


def _at_once(databases: Databases, folder: Path) -> int:
    """How many of two releases on an empty database fail."""
    environ = environ_for(databases.empty(), folder)
    run = [sys.executable, "-m", "flask", "--app", "wsgi", "release"]
    started = [
        subprocess.Popen(run, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(AT_ONCE)
    ]
    return sum(process.wait(120) != 0 for process in started)


def _fill(engine: Engine, count: int) -> None:
    values = {"count": count, "sealed": b"\x01" + bytes(60)}
    dialect = engine.dialect.name
    words = {"numbers": _NUMBERS[dialect], "no": "0" if dialect == "sqlite" else "false"}
    with engine.begin() as connection:
        for statement in (_PEOPLE, _ITEMS, _OUTBOX):
            connection.execute(text(statement.format(**words)), values)


@contextmanager
def _writing(engine: Engine) -> Iterator[list[float]]:
    """Somebody writes all the time; how long each write took, in seconds."""
    took, stop = [0.0], threading.Event()

    def write() -> None:
        while not stop.wait(WRITES_EVERY):
            begun = time.monotonic()
            try:
                with engine.begin() as connection:
                    connection.execute(text(_WRITE))
            except OperationalError:
                continue  # it gave up: its time counts all the same
            finally:
                took.append(time.monotonic() - begun)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield took
    finally:
        stop.set()
        writer.join()
