"""Turns of phrase that complain: words with others between them, read from data/complaints.csv.

Owns the file's form (one row a turn of phrase: its words in order, `|` between words that do as well, `+` inside
words said together, `…` where others may stand, `#` for a number). Which commodity is ill is not known here.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.language.text.fold import Atom, atoms, clean, loose, loose_latin

_DATA = Path(__file__).parent.parent / "data" / "complaints.csv"
_GAP, _NUMBER = "…", "#"
_WIDEST, _WIDEST_KHMER = 6, 12  # words, or syllables of a Khmer message, that may stand in a gap
_LONG = 6  # letters: a longer Latin word is compared by its sound
_SHORT = 3  # letters
_MOST = 80  # atoms: what a message complains of, it says soon

_Keys = tuple[str, ...]


class _Turn(NamedTuple):
    """A turn of phrase: what it complains of, its words, and whether others may stand before each of them."""

    category: str
    words: tuple[frozenset[_Keys], ...]
    open: tuple[bool, ...]


def about(found: Sequence[Atom]) -> Iterator[str]:
    """What the turns of phrase in a message complain of, in the order of the list."""
    keys = [_key(atom) for atom in found[:_MOST] if atom.kind != "s"]
    widest = _WIDEST_KHMER if any(atom.kind == "k" for atom in found[:_MOST]) else _WIDEST
    turns, every = _turns(), _all()
    hits = {
        place
        for begin, key in enumerate(keys)
        for place, turn in turns.get(key, ())
        if _stands(turn, keys, begin, widest)
    }
    return (every[place].category for place in sorted(hits))


def _stands(turn: _Turn, keys: list[str], begin: int, widest: int) -> bool:
    ends = {begin}
    for words, is_open in zip(turn.words, turn.open, strict=True):
        ends = {
            start + len(word)
            for end in ends
            for start in range(end, min(end + (widest if is_open else 0), len(keys)) + 1)
            for word in words
            if tuple(keys[start : start + len(word)]) == word
        }
        if not ends:
            return False
    return True


def _key(atom: Atom) -> str:
    if atom.kind == "d":
        return _NUMBER
    if atom.kind == "k":
        return loose(atom.key) or atom.key
    word = atom.key
    if len(word) > _SHORT and word.endswith("s") and word[-2] not in "aious":
        word = word[:-1]  # the English plural
    return loose_latin(word) if len(word) > _LONG else word


@cache
def _all() -> tuple[_Turn, ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(_turn(row["category"], row["words"]) for row in csv.DictReader(file))


def _turn(category: str, line: str) -> _Turn:
    words: list[frozenset[_Keys]] = []
    gaps: list[bool] = []
    is_open = False
    for piece in line.split():
        if piece == _GAP:
            is_open = True
            continue
        words.append(frozenset(_keys(word) for word in piece.split("|")))
        gaps.append(is_open)
        is_open = False
    return _Turn(category, tuple(words), tuple(gaps))


def _keys(word: str) -> _Keys:
    return (_NUMBER,) if word == _NUMBER else tuple(_key(atom) for atom in atoms(clean(word.replace("+", " "))))


@cache
def _turns() -> dict[str, list[tuple[int, _Turn]]]:
    """The turns of phrase, with their places in the list, by the first key each may begin with."""
    found: dict[str, list[tuple[int, _Turn]]] = defaultdict(list)
    for place, turn in enumerate(_all()):
        for first in {word[0] for word in turn.words[0] if word}:
            found[first].append((place, turn))
    return dict(found)
