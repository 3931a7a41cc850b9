"""The served line that the tests of one file share: everybody in it brings a phone of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_settings
from tests.conftest import DATABASES, ENVIRON, _fresh_postgres, _fresh_sqlite
from tests.fakes.carrier import FakeCarrier, fake_carrier
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.ringing import SAYS, also


@pytest.fixture(scope="module", params=DATABASES)
def line(
    request: pytest.FixtureRequest, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """A served line on a fresh database; the tests run once on each kind."""
    ask = request.getfixturevalue
    folder = tmp_path_factory.mktemp("line")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = stack.enter_context(_fresh_sqlite(ask("sqlite_template"), folder))
        else:
            url = stack.enter_context(_fresh_postgres(ask("postgres_url"), ask("postgres_template")))
        settings = load_settings({**ENVIRON, "DATABASE_URL": url, "REDIS_URL": redis_url}, folder)
        yield stack.enter_context(deployed(settings))


@pytest.fixture(scope="module")
def quoted(line: Deployment) -> Deployment:
    """A line with prices at three markets."""
    line.price(9300, 1)
    line.price(9500)
    line.price(9800, market="phnom_penh")
    line.price(9400, market="prey_veng")
    return line


@pytest.fixture
def phones(quoted: Deployment, serve: Callable[[Any], str], tmp_path: Path) -> Iterator[Deployment]:
    """The line where the carrier has a Khmer voice: everything can be heard and read."""
    with also(quoted, serve, tmp_path, SAY_VOICE=SAYS) as line:
        yield line


@pytest.fixture
def carrier(line: Deployment) -> Iterator[FakeCarrier]:
    """A carrier that does what the test says."""
    with fake_carrier() as carrier:
        carrier.now = lambda: line.time.now
        yield carrier


@pytest.fixture
def empty_outbox(line: Deployment) -> Iterator[None]:
    """Nothing waits to be sent, nothing is known of the carrier, and the clock is put back afterwards."""
    before = line.time.now
    with line.engine.begin() as connection:
        for name in ("outbox", "breaker", "alarm"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    yield
    line.time.now = before


@pytest.fixture
def no_calls(line: Deployment) -> None:
    """No call was ever placed or taken."""
    with line.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM call")


@pytest.fixture
def no_recordings(line: Deployment) -> None:
    """No recording was ever left."""
    with line.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM recording")
