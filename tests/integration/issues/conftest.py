"""Offices and issues on a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.db import make_engine
from bot.language.words.lexicon import Lexicon
from tests.fakes.issues import Village, village
from tests.fakes.raised import Raised
from tests.fakes.raised_pages import World, pages_on


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


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """Places and vocabulary."""
    return Lexicon.load()


@pytest.fixture
def world(database_url: str, lexicon: Lexicon) -> Iterator[World]:
    """The pages that everybody may read, on a database without issues yet."""
    engine = make_engine(database_url)
    raised = Raised(engine)
    yield World(raised, pages_on(raised, lexicon))
    engine.dispose()
