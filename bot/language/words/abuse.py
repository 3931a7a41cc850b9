"""Abuse: insults and threats in a report, which then waits for staff before anybody else reads it.

Owns the list in data/abuse.csv and when violence in a sentence is a threat: the writer's own, against people or an
office. A report that somebody was threatened, or that animals die, is no abuse.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.language.text.fold import Atom, atoms, clean, loose, loose_latin

_DATA = Path(__file__).parent.parent / "data" / "abuse.csv"
_WHOLE = frozenset(("insult", "threat"))
_REACH = 1  # words or syllables between violence and whom it is against
_AHEAD = 2  # and between the writer and the violence
_END = frozenset(".,!?;\u17d4\u17d5")
_KHMER_LOOSE = 3  # syllables: a shorter expression is read as it is spelt

_Keys = tuple[str, ...]
_Found = tuple[int, int, str]  # where an expression begins and ends, and of what type it is


def is_abusive(text: str) -> bool:
    """Whether a text insults or threatens, by whole words or syllables."""
    return any(_abuses(clause) for clause in _clauses(atoms(clean(text))))


def _clauses(found: list[Atom]) -> Iterator[list[Atom]]:
    clause: list[Atom] = []
    for atom in found:
        if atom.kind == "s" and atom.key in _END:
            yield clause
            clause = []
        elif atom.kind != "s":
            clause.append(atom)
    yield clause


def _abuses(clause: list[Atom]) -> bool:
    said = list(_expressions_in(clause))
    types = {type for _, _, type in said}
    if "insult" in types or ("threat" in types and "reported" not in types):
        return True
    return any(type == "violence" and _is_threat(said, begin, end) for begin, end, type in said)


def _is_threat(said: list[_Found], begin: int, end: int) -> bool:
    """Violence against people or an office, by the writer or at the beginning; not what others did or want."""
    victims = [at for at, _, type in said if type == "victim"]
    if not any(0 <= at - end <= _REACH for at in victims):
        return False
    if any(type == "reported" and at < begin for at, _, type in said):
        return False
    selves = [last for _, last, type in said if type == "self" and 0 <= begin - last <= _AHEAD]
    return begin == 0 or any(not any(last <= at < begin for at in victims) for last in selves)


def _expressions_in(clause: list[Atom]) -> Iterator[_Found]:
    """Every expression of the list that stands in a clause, by where it begins."""
    exact, near = _expressions()
    keys = [atom.key for atom in clause]
    lost = [_near(key) for key in keys]
    for begin in range(len(keys)):
        for length in range(1, min(_longest(), len(keys) - begin) + 1):
            span = slice(begin, begin + length)
            types = exact.get(tuple(keys[span]), ()) or near.get(tuple(lost[span]), ())
            yield from ((begin, begin + length, type) for type in types)


def _near(key: str) -> str:
    return loose_latin(key) if key.isascii() else loose(key)


@cache
def _expressions() -> tuple[dict[_Keys, tuple[str, ...]], dict[_Keys, tuple[str, ...]]]:
    """The types of an expression by its folded keys, and by its loose keys where these are distinct enough.

    English words are never read loosely: a curse is one letter away from a district.
    """
    exact: dict[_Keys, tuple[str, ...]] = {}
    near: dict[_Keys, tuple[str, ...]] = {}
    with _DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            keys = tuple(atom.key for atom in atoms(clean(row["words"])))
            exact[keys] = (*exact.get(keys, ()), row["type"])
            if row["type"] in _WHOLE and (len(keys) >= _KHMER_LOOSE if row["lang"] == "km" else row["lang"] == "latn"):
                lost = tuple(map(_near, keys))
                near[lost] = (*near.get(lost, ()), row["type"])
    return exact, {keys: types for keys, types in near.items() if len("".join(keys)) > _KHMER_LOOSE}


@cache
def _longest() -> int:
    return max(map(len, _expressions()[0]))
