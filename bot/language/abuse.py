"""Abuse: insults and threats in a report, which then waits for staff before anybody else reads it.

Owns the list in data/abuse.csv. A report that somebody was threatened, or that animals die, is no abuse.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from bot.language.fold import atoms, clean

_DATA = Path(__file__).parent / "data" / "abuse.csv"


def is_abusive(text: str) -> bool:
    """Whether a text insults or threatens: one of the list's expressions stands in it, by whole words or syllables."""
    keys = [atom.key for atom in atoms(clean(text))]
    known = _expressions()
    return any(
        tuple(keys[begin : begin + length]) in expressions
        for length, expressions in known.items()
        for begin in range(len(keys) - length + 1)
    )


@cache
def _expressions() -> dict[int, frozenset[tuple[str, ...]]]:
    """The expressions of the list as folded atoms, by their number."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = [tuple(atom.key for atom in atoms(clean(row["words"]))) for row in csv.DictReader(file)]
    return {length: frozenset(row for row in rows if len(row) == length) for length in {len(row) for row in rows}}
