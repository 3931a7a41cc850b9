"""The parts of a refusal, and of what is none: read from data/refusals.csv, so that a reviewer mends words, not code.

Owns the file's form (one row a role, `|` between spellings) and where its forms stand in a message. What they
mean together is the refusals' business.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.language import farewell
from bot.language.text.fold import Atom, syllables
from bot.language.words.reading import Reading

_JOINED = 9  # atoms of the longest form
_FEW = 3  # words
_SHORT = 12  # words and signs
_SLIPS = ("stop", "chhob", "chhop", "unsubscribe", "quit")
NO_SLIPS = frozenset(("shop", "step", "stoop", "top", "quite", "quiet", "chhab", "suit", "stock", "shops"))
# Only whole words play these: តា is a grandfather, and the beginning of តាម.
_WHOLE = frozenset(("subject", "thing", "doing", "excuse", "bother", "this", "all", "self", "again", "want"))
_DRAWN = re.compile(r"(.)\1+")


class Part(NamedTuple):
    """A piece of a message from atom `i` up to `j`, and the roles it can play."""

    i: int
    j: int
    roles: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    """Folded form, a space between its atoms, to its roles."""
    table: dict[str, frozenset[str]] = {}
    with resources.files("bot.language").joinpath("data/refusals.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for form in "|".join((row["km"], row["latn"], row["en"])).split("|"):
                key = " ".join(syllables(form))
                table[key] = table.get(key, frozenset()) | {row["role"]}
    table.pop("", None)
    return table


def roles(atoms: list[Atom]) -> frozenset[str]:
    """The roles these atoms play as one form."""
    return _table().get(" ".join(a.key for a in atoms), frozenset())


def parts(reading: Reading) -> list[Part]:
    """The longest known forms from left to right."""
    atoms, table = reading.atoms, _table()
    inside = {n for item in reading.items if item.senses and item.score == 1 for n in range(item.i + 1, item.j)}
    found: list[Part] = []
    i = 0
    while i < len(atoms):
        best, key = Part(i, i + 1, frozenset()), ""
        for j in range(i, min(i + _JOINED, len(atoms))):
            key = f"{key} {atoms[j].key}" if key else atoms[j].key
            played = table.get(key, frozenset())
            if atoms[i].kind == "k" and (i in inside or j + 1 in inside):
                played -= _WHOLE
            if played:
                best = Part(i, j + 1, played)
        if not best.roles:
            best = Part(i, i + 1, _by_sound(reading, atoms[i]))
        if best.roles:
            found.append(best)
        i = best.j
    return found


def _by_sound(reading: Reading, atom: Atom) -> frozenset[str]:
    """A romanised word spelt as nobody wrote it down, or a slip in a word of stopping."""
    if atom.kind != "l" or reading.lexicon.latn.get(atom.key):
        return frozenset()
    key = _DRAWN.sub(r"\1", atom.key)
    played = _table().get(key) if len(atom.key) > len(key) + 1 else None
    sounds = played or farewell.sounds(atom.key)
    if sounds:
        return frozenset(sounds)
    few = len(reading.atoms) <= _SHORT and sum(a.kind in "kl" for a in reading.atoms) <= _FEW
    slip = few and len(key) > 3 and any(OSA.distance(key, word) == 1 for word in _SLIPS)
    return frozenset(("stop",)) if slip and key not in NO_SLIPS else frozenset()
