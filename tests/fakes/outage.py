"""Taking a database away for real: a file that another process has locked, a server that lets nobody in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from tests.fakes.deployment import Deployment

LOCKS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
held.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def outage(line: Deployment) -> Iterator[None]:
    """The line's database is away until the end."""
    url = line.settings.database_url
    line.engine.dispose()
    if url.startswith("sqlite"):
        with _hurried(line.app.extensions["phsar"].engine), _locked(url.removeprefix("sqlite:///")):
            yield
    else:
        with _closed(url):
            yield
    line.engine.dispose()


@contextmanager
def _hurried(engine: Engine) -> Iterator[None]:
    """Whoever waits for the lock waits in vain: how long the web would is tried where that is what is tested."""

    def hurry(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout = 100")

    event.listen(engine, "checkout", hurry)
    yield
    event.remove(engine, "checkout", hurry)
    engine.dispose()


@contextmanager
def _locked(path: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", LOCKS, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        yield
        process.kill()


@contextmanager
def _closed(url: str) -> Iterator[None]:
    address, question, options = url.replace("+psycopg", "").partition("?")
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres{question}{options}", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
