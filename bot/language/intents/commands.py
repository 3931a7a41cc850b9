"""Commands that are a whole message: delete my data, my alerts, my problems, my groups.

Owns that such a message means nothing else, whatever was asked, and how it may be spelt (data/commands.csv).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from bot.language.text.fold import atoms, clean, loose, loose_latin
from flows.heard import Intent

_LONG = 9  # letters: a shorter command is read as it is spelt
_AROUND = frozenset(("please", "pls", "som", "sum", "phong", "bong", "b", "សូម", "សុំ", "ផង", "បង"))


def command(text: str) -> Intent | None:
    """What a message commands as a whole; None where it says anything else."""
    exact, near = _commands()
    pieces = [atom for atom in atoms(clean(text)) if atom.kind != "s"]
    if not 0 < len(pieces) <= _most():
        return None
    while pieces and pieces[0].kind == "l" and pieces[0].key in _AROUND:
        pieces = pieces[1:]
    while pieces and pieces[-1].kind == "l" and pieces[-1].key in _AROUND:
        pieces = pieces[:-1]
    key = "".join(atom.key for atom in pieces)
    if (found := exact.get(key)) is not None:
        return found
    return near.get(_near([(atom.kind, atom.key) for atom in pieces])) if len(key) >= _LONG else None


@cache
def _commands() -> tuple[dict[str, Intent], dict[str, Intent]]:
    exact: dict[str, Intent] = {}
    near: dict[str, Intent] = {}
    source = resources.files("bot.language").joinpath("data/commands.csv")
    with source.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            pieces = [atom for atom in atoms(clean(row["words"])) if atom.kind != "s"]
            intent = Intent(row["intent"])
            exact["".join(atom.key for atom in pieces)] = intent
            near.setdefault(_near([(atom.kind, atom.key) for atom in pieces]), intent)
    return exact, near


@cache
def _most() -> int:
    """Pieces of the longest command, and some politeness."""
    exact, _ = _commands()
    return max(map(len, exact)) + 4


def _near(pieces: list[tuple[str, str]]) -> str:
    return "".join(loose_latin(key) if kind == "l" else loose(key) for kind, key in pieces)
