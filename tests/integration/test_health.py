"""The line when what it stands on is away: the database down, silent or locked, Redis gone."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import requests
from redis import Redis

from bot.config import load_settings
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment, deployed, together
from tests.fakes.wire import Wire, wire

SORRY = {"តម្លៃជ្រូក": "សុំទោស", "": "សុំទោស", "tlai chrouk": "Som tos"}


@pytest.fixture
def wired(
    postgres_url: str, postgres_template: str, redis_url: str, tmp_path: Path
) -> Iterator[tuple[Deployment, Wire]]:
    """A line whose PostgreSQL is at the other end of a wire."""
    from tests.conftest import _fresh_postgres

    with ExitStack() as stack:
        url = stack.enter_context(_fresh_postgres(postgres_url, postgres_template))
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            info = connection.info
            host, port, user, name = info.host, info.port, info.user, info.dbname
            password = info.password
        address = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
        family = socket.AF_UNIX if host.startswith("/") else socket.AF_INET
        cable = stack.enter_context(wire(family, address))
        through = f"postgresql://{user}:{password}@127.0.0.1:{cable.port}/{name}"
        settings = load_settings({**ENVIRON, "DATABASE_URL": through, "REDIS_URL": redis_url}, tmp_path)
        line = stack.enter_context(deployed(settings))
        line.price(9500)
        yield line, cable


def apologises(line: Deployment, within: float = 2.0) -> None:
    for words, sorry in SORRY.items():
        begun = time.monotonic()
        said = line.sms("+85512000077", words).text
        assert time.monotonic() - begun < within
        assert said.startswith(sorry)


def ready(line: Deployment) -> tuple[int, str]:
    answer = requests.get(f"{line.url}/readyz", timeout=15)
    return answer.status_code, answer.text


def test_a_line_that_is_well(line: Deployment, redis: Redis) -> None:
    assert redis.dbsize() == 0
    status, said = ready(line)
    assert status == 200
    checks, *warnings = said.split("warning: ")
    assert checks == "database: ok\ndata key: ok\nredis: ok\n"
    # Nothing is recorded here: that is said, with the first of what is missing, and stops nobody.
    khmer, english = warnings
    first = r"\(s\.[^)]+, …\); see: flask prompts check\n"
    assert re.fullmatch(rf"prompts km: \d+ missing, callers hear a tone {first}", khmer)
    assert re.fullmatch(r"prompts en: \d+ missing, the carrier's voice says them .+\n", english)
    assert requests.get(f"{line.url}/healthz", headers={"Host": "anything.example"}, timeout=5).text == "ok\n"
    line.sms(line.phone(), "help")
    metrics = requests.get(f"{line.url}/metrics", timeout=5).text
    assert 'phsar_sms_requests_total{end="answered"}' in metrics
    assert 'phsar_outbox{state="queued"} 0.0' in metrics
    assert 'phsar_calls{state="queued"} 0.0' in metrics
    assert 'phsar_heartbeat_age_seconds{process="clock"}' in metrics


def stamped(line: Deployment, version: str) -> str:
    """Say that the database is at another revision; gives the one it was at."""
    with line.engine.begin() as connection:
        before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    return str(before)


@pytest.mark.parametrize("older", ["0000", "strange"])
def test_a_database_of_an_older_release_is_not_ready(line: Deployment, older: str) -> None:
    version = stamped(line, older)
    assert ready(line)[0] == 503
    assert "flask release" in ready(line)[1]
    stamped(line, version)
    assert ready(line)[0] == 200


def test_a_database_of_a_newer_release_is_served_until_the_old_one_is_replaced(line: Deployment) -> None:
    version = stamped(line, "9999")
    status, said = ready(line)
    stamped(line, version)
    assert status == 200
    assert f"database: ok, newer: at 9999, this release knows {version}" in said


@pytest.mark.parametrize("way", ["cut", "hang"])
def test_postgresql_away_is_an_apology_and_then_over(wired: tuple[Deployment, Wire], way: str) -> None:
    line, cable = wired
    assert "9,500" in line.sms("+85512000077", "តម្លៃជ្រូក").text
    getattr(cable, way)()
    apologises(line)
    status, said = ready(line)
    assert status == 503
    assert "database: away" in said
    assert requests.get(f"{line.url}/metrics", timeout=10).status_code == 200
    assert requests.get(f"{line.url}/healthz", timeout=10).status_code == 200
    assert line.post("/sms/status/1", {"MessageStatus": "sent"}).status == 204  # spooled
    cable.mend()
    assert "9,500" in line.sms("+85512000077", "តម្លៃជ្រូក").text
    assert ready(line)[0] == 200


def test_a_line_that_starts_without_its_database(wired: tuple[Deployment, Wire]) -> None:
    line, cable = wired
    with deployed_again(line) as late:
        cable.cut()
        apologises(late)
        begun = time.monotonic()
        answers = together(*[lambda: late.sms("+85512000077", "តម្លៃ")] * 6)
        assert time.monotonic() - begun < 3
        assert all(answer.text.startswith("សុំទោស") for answer in answers)
        cable.mend()
        assert "9,500" in late.sms("+85512000077", "តម្លៃជ្រូក").text


def test_a_locked_table_is_an_apology_and_then_over(wired: tuple[Deployment, Wire]) -> None:
    line, _ = wired
    for table in ("contact", "message", "run"):
        with line.engine.begin() as connection:
            connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            apologises(line)
        assert "9,500" in line.sms("+85512000077", "តម្លៃជ្រូក").text


def test_a_locked_sqlite_file_is_an_apology_and_then_over(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    settings = load_settings({**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url}, tmp_path)
    with deployed(settings) as line:
        line.price(9500)
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            for first in (True, False):
                other.execute("BEGIN EXCLUSIVE")
                apologises(line, 2.0)
                assert line.post("/sms/status/1", {"MessageStatus": "sent"}).status == 204  # spooled
                other.execute("ROLLBACK")
                assert "9,500" in line.sms("+85512000077", "តម្លៃជ្រូក").text, first


def test_a_missing_sqlite_file_is_an_apology(redis_url: str, sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    settings = load_settings({**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url}, tmp_path)
    with deployed(settings) as line:
        path.rename(tmp_path / "elsewhere")
        path.mkdir()
        with deployed_again(line) as late:
            apologises(late)
            assert ready(late)[0] == 503


def test_without_redis_messages_are_answered(database_url: str, tmp_path: Path) -> None:
    environ = {**ENVIRON, "DATABASE_URL": database_url, "REDIS_URL": f"unix://{tmp_path}/nobody.sock"}
    with deployed(load_settings(environ, tmp_path)) as line:
        line.price(9500)
        assert "9,500" in line.sms("+85512000077", "តម្លៃជ្រូក").text
        status, said = ready(line)
        assert (status, "redis: away" in said, "database: ok" in said) == (503, True, True)
        assert requests.get(f"{line.url}/metrics", timeout=10).status_code == 200


def test_a_database_that_takes_no_writes_is_not_ready(line: Deployment) -> None:
    assert ready(line)[0] == 200
    with line.engine.connect() as connection:
        if line.engine.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f'ALTER DATABASE "{line.engine.url.database}" SET default_transaction_read_only = on'
            )
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            connection.commit()
        else:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON change BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER none BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            connection.commit()
    try:
        status, said = ready(line)
        assert (status, "database: takes no writes" in said or "database: away" in said) == (503, True), said
    finally:
        with line.engine.connect() as connection:
            if line.engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET default_transaction_read_only = off")
                connection.exec_driver_sql(
                    f'ALTER DATABASE "{line.engine.url.database}" RESET default_transaction_read_only'
                )
            else:
                connection.exec_driver_sql("DROP TRIGGER full")
                connection.exec_driver_sql("DROP TRIGGER none")
            connection.commit()
        line.engine.dispose()


def test_another_data_key_is_not_ready(line: Deployment) -> None:
    line.phone(language="en")
    with deployed_again(replace(line, settings=replace(line.settings, data_key="not the key it was"))) as wrong:
        status, said = ready(wrong)
    assert status == 503
    assert "data key: not the one the data was sealed with" in said
    assert ready(line)[0] == 200


class deployed_again:  # noqa: N801
    """A second web process of the same line."""

    def __init__(self, line: Deployment):
        self._line = line
        self._stack = ExitStack()

    def __enter__(self) -> Deployment:
        from threading import Thread

        from werkzeug.serving import make_server

        from bot.app import create_app

        app = create_app(self._line.settings, self._line.time)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._stack.callback(app.extensions["phsar"].engine.dispose)
        self._stack.callback(thread.join)
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        return replace(self._line, url=f"http://127.0.0.1:{server.server_port}", app=app)

    def __exit__(self, *_: object) -> None:
        self._stack.close()
