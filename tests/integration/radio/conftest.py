"""A radio programme on a fresh database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.airwaves import Airwaves, on_air


@pytest.fixture
def air(database_url: str, tmp_path: Path) -> Iterator[Airwaves]:
    """Stations and no episode yet; the test runs on both kinds of database."""
    with on_air(database_url, tmp_path) as airwaves:
        yield airwaves


@pytest.fixture
def one_air(sqlite_url: str, tmp_path: Path) -> Iterator[Airwaves]:
    """The same, for what only decides."""
    with on_air(sqlite_url, tmp_path) as airwaves:
        yield airwaves
