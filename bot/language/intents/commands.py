"""Commands that are a whole message: delete my data, my alerts, my problems, my groups; or begin one.

Owns that such a message means nothing else, whatever was asked, and how it may be spelt (data/commands.csv).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from bot.language.text.fold import Atom, atoms, clean, loose, loose_latin
from bot.language.text.tables import keys
from flows.heard import Intent

_LONG = 9  # letters: a shorter command is read as it is spelt
_GOES_ON = "…"  # words follow this command
_MOST_BEGUN = 20  # pieces of one that words follow


def command(said: Sequence[Atom]) -> Intent | None:
    """What a message commands as a whole; None where it says anything else."""
    exact, near = _commands()
    pieces = [atom for atom in said if atom.kind != "s"]
    if not 0 < len(pieces) <= _most():
        return None
    while pieces and pieces[0].kind == "l" and pieces[0].key in keys("polite_beside_command"):
        pieces = pieces[1:]
    while pieces and pieces[-1].kind == "l" and pieces[-1].key in keys("polite_beside_command"):
        pieces = pieces[:-1]
    key = "".join(atom.key for atom in pieces)
    if (found := exact.get(key)) is not None:
        return found
    return near.get(_near([(atom.kind, atom.key) for atom in pieces])) if len(key) >= _LONG else None


def command_with_words(cleaned: str, said: Sequence[Atom]) -> tuple[Intent, str] | None:
    """What a message begins by commanding, and the words behind it; None where it begins otherwise."""
    pieces = [atom for atom in said if atom.kind != "s"]
    key = ""
    longest = None
    for place, atom in enumerate(pieces[:_MOST_BEGUN], 1):
        key += atom.key
        if (intent := _beginnings().get(key)) is not None:
            longest = intent, place
    if longest is None:
        return None
    intent, place = longest
    while place < len(pieces) and "".join(atom.key for atom in pieces[place : place + 2]) in keys("towards_two"):
        place += 2
    while place < len(pieces) and pieces[place].key in keys("towards"):
        place += 1
    return intent, cleaned[pieces[place].start :].strip() if place < len(pieces) else ""


@cache
def _beginnings() -> dict[str, Intent]:
    return {
        "".join(atom.key for atom in atoms(clean(words)) if atom.kind != "s"): intent
        for words, intent in _rows()
        if words.endswith(_GOES_ON)
    }


def _rows() -> Iterator[tuple[str, Intent]]:
    source = resources.files("bot.language").joinpath("data/commands.csv")
    with source.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["words"], Intent(row["intent"])


@cache
def _commands() -> tuple[dict[str, Intent], dict[str, Intent]]:
    exact: dict[str, Intent] = {}
    near: dict[str, Intent] = {}
    for words, intent in _rows():
        if not words.endswith(_GOES_ON):
            pieces = [atom for atom in atoms(clean(words)) if atom.kind != "s"]
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
