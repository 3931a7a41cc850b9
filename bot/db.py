"""The database: engines for SQLite and PostgreSQL, the two ways in (reading, writing), column types.

Owns how a transaction begins and how long it may wait; no table is defined here.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

READ_ONLY = "25006"  # PostgreSQL's code
LEAST_ROOM = 1_000_000  # bytes; with less the next messages are lost
# On SQLite only INTEGER PRIMARY KEY counts up by itself.
Id = BigInteger().with_variant(Integer, "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC; SQLite has no time zone and stores it bare."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody knows when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give SQLite's bare time its zone back."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What every table's class stands on; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(url: str, patience: float = 30.0) -> Engine:
    """An engine whose statements give up after `patience` seconds; the web's is short."""
    # An error's text goes to logs and to the queue's list of failed jobs: it must not hold what was written.
    if url.startswith("sqlite"):
        connect_args = {"timeout": patience, "check_same_thread": False}
        engine = create_engine(url, hide_parameters=True, connect_args=connect_args)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    milliseconds = int(patience * 1000)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=8,
        pool_timeout=patience,
        connect_args={
            "connect_timeout": max(2, int(patience)),
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC",
        },
    )
    patient = _patient(patience + 0.3)

    def connect(_dialect: Dialect, _record: Any, _args: Any, named: dict[str, Any]) -> Any:
        return patient.connect(**named)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "handle_error", _leave_read_only)
    return engine


def _leave_read_only(context: ExceptionContext) -> None:
    """A server that takes no writes is away: its connections would stay read-only when it is back."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _patient(patience: float) -> Any:
    """A kind of psycopg's connection that gives up on a server that takes bytes and says nothing.

    The server's own time-outs end nothing when it is the server, or the way to it, that hangs.
    """
    import psycopg  # a line on SQLite never needs it

    class Patient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, patience if timeout is None else timeout)
            except psycopg.errors._WaitTimeout:
                self.pgconn.finish()
                raise psycopg.OperationalError("the server says nothing") from None

        @classmethod
        def _connect_gen(cls, *args: Any, **named: Any) -> Any:
            # connect_timeout counts in whole seconds, two at least.
            gen, until = super()._connect_gen(*args, **named), time.monotonic() + patience
            try:
                wanted = next(gen)
                while True:
                    ready = yield wanted
                    if time.monotonic() > until:
                        raise psycopg.OperationalError("the server does not take the connection")
                    wanted = gen.send(ready)
            except StopIteration as done:
                return done.value

    return Patient


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    _only_ours(connection)
    connection.isolation_level = None  # the driver would begin late and deferred: we begin ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _only_ours(connection: Any) -> None:
    """The database holds people: its file is for this user alone. Its companions take its mode."""
    for _, _, path in connection.execute("PRAGMA database_list").fetchall():
        with suppress(OSError):
            if path and Path(path).stat().st_mode & 0o077:
                Path(path).chmod(0o600)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("glancing", False):
        return
    # A transaction that starts by reading and then writes fails at once when another wrote in between.
    _begin_by(connection, "BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN")


def _begin_by(connection: Connection, statement: str) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(statement)  # straight to the driver: a tenth of what SQLAlchemy's own way costs
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that will write: committed at the end, rolled back on any error."""
    with engine.connect() as connection:
        connection.execution_options(writing=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A look at the data; on PostgreSQL without a transaction, which saves two round trips."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


def has_no_room(engine: Engine) -> bool:
    """Whether the disk below an SQLite file is full, though a small write still fits into what the file has."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return bool(file) and shutil.disk_usage(Path(file or ".").parent).free < LEAST_ROOM


def glance(connection: Connection) -> None:
    """What is read next is one statement before a transaction: on SQLite it takes no lock and begins none."""
    connection.execution_options(glancing=True)


_TURNS = threading.Lock()
TURN_WITHIN = 0.5  # seconds to wait for the turn of a thread; then SQLite decides who is next


@contextmanager
def writing_now(connection: Connection) -> Iterator[None]:
    """Behind a glance: from here on it is a transaction that writes. PostgreSQL goes on in the one it is in."""
    if connection.dialect.name != "sqlite":
        with _ended(connection):
            yield
        return
    # SQLite has those who wait sleep for longer and longer; threads of one process take turns without.
    taken = _TURNS.acquire(timeout=TURN_WITHIN)
    try:
        with _ended(connection):
            if not connection.in_transaction():
                connection.begin()
            _begin_by(connection, "BEGIN IMMEDIATE")  # the glance began nothing: this is its transaction's beginning
            yield
    finally:
        if taken:
            _TURNS.release()


@contextmanager
def _ended(connection: Connection) -> Iterator[None]:
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def table(model: type[Base]) -> Table:
    """The Core table of a model: the path of a message is written in Core, which costs half of the ORM."""
    found = model.__table__
    assert isinstance(found, Table)
    return found
