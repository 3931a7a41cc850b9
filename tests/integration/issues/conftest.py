"""Offices and issues on a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.issues import Village, village


@pytest.fixture
def place(database_url: str) -> Iterator[Village]:
    """A village with its offices on a fresh database; the test runs on both kinds."""
    with village(database_url) as made:
        yield made


@pytest.fixture
def one_place(sqlite_url: str) -> Iterator[Village]:
    """The same on SQLite alone, for what only reads a rule."""
    with village(sqlite_url) as made:
        yield made
