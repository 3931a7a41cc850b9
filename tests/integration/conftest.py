"""The served line that the tests of one file share: everybody in it brings a phone of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.config import load_settings
from tests.conftest import DATABASES, ENVIRON, _fresh_postgres, _fresh_sqlite
from tests.fakes.deployment import Deployment, deployed


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
