"""Groups on a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.groups import Room, gathered


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Groups on a fresh database; the test runs on both kinds."""
    with gathered(database_url) as room:
        yield room


@pytest.fixture
def one_room(sqlite_url: str) -> Iterator[Room]:
    """The same on SQLite alone, for what only reads a rule."""
    with gathered(sqlite_url) as room:
        yield room
