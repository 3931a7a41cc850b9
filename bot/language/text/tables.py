"""Lists of words and patterns that code looks at by name: data/sets.csv and data/patterns.csv.

Owns the form of both files, so that a reviewer mends words there and not in code. Knows no meaning.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from bot.language.text.fold import fold


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table in data/."""
    with resources.files("bot.language").joinpath(f"data/{name}").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def words(name: str) -> frozenset[str]:
    """A set of words as they are written."""
    return frozenset(_words(name))


@cache
def keys(name: str) -> frozenset[str]:
    """A set of words as they are folded, spaces left out: what an item's key is compared with."""
    return frozenset(fold(word).replace(" ", "") for word in _words(name))


def _words(name: str) -> Iterator[str]:
    for row in rows("sets.csv"):
        if row["set"] == name:
            yield from row["words"].split("|")


@cache
def patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """The ways something is put, in the file's order."""
    return tuple(
        re.compile(row["way"], re.IGNORECASE | re.DOTALL) for row in rows("patterns.csv") if row["pattern"] == name
    )


def pattern(name: str) -> re.Pattern[str]:
    """The only way something is put."""
    (one,) = patterns(name)
    return one
