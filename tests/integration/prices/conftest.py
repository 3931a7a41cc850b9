"""A line with markets and people who follow their prices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.config import Settings
from tests.fakes.stall import Stall, open_stall


@pytest.fixture
def stall(settings: Settings) -> Iterator[Stall]:
    """No prices yet; the test runs on both kinds of database."""
    with open_stall(settings) as stall:
        yield stall
