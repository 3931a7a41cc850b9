"""Provinces and districts a letter or two off: bonteay srey, kampong chhang, កំពង់ឆ្នាង.

Owns this guess, and when it may be made: sure goods are named, nothing else is a place, one place only fits.
"""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.text.fold import Atom, loose
from bot.language.text.tables import keys
from bot.language.words.lexicon import Lexicon, Senses
from bot.language.words.places import level_of
from bot.language.words.segment import Item

_SHORTEST = {"l": 7, "k": 7}
_LONG = 10  # in a name this long two letters may be wrong
_TRIES = 6
_SCORE = 0.85


def find(items: list[Item], atoms: list[Atom], lexicon: Lexicon) -> list[Item]:
    """The same items, or with one run of unread words made the only place it can be."""
    if any(i.ids("place") and i.score >= 0.7 and not i.ids("commodity") for i in items):
        return items
    tries = _TRIES
    for length in (3, 2, 1):
        for a in range(len(items) - length + 1):
            run = items[a : a + length]
            if not _open(run, atoms) or not _goods(items[:a] + items[a + length :]):
                continue
            if not tries:
                return items
            tries -= 1
            senses = _only_place(atoms[run[0].i : run[-1].j], lexicon)
            if senses:
                return [*items[:a], Item(run[0].i, run[-1].j, senses, _SCORE), *items[a + length :]]
    return items


def _goods(items: list[Item]) -> bool:
    return any(s.kind in ("commodity", "group") and not s.weak and i.score >= 0.9 for i in items for s in i.senses)


def _open(run: list[Item], atoms: list[Atom]) -> bool:
    """One script, nothing in it that is sure to be something else, something in it nobody knows."""
    kind = atoms[run[0].i].kind
    if kind not in _SHORTEST or any(atoms[n].kind != kind for n in range(run[0].i, run[-1].j)):
        return False
    headed = "".join(a.key for a in atoms[run[0].i : run[0].j]) in keys("kampong") and len(run) > 1
    for n, item in enumerate(run):
        strange = not item.senses or item.score < 0.75
        if not strange and not (headed and n < 2) and any(s.kind not in ("word", "filler") for s in item.senses):
            return False
    return headed or any(not item.senses or item.score < 0.75 for item in run)


def _only_place(span: list[Atom], lexicon: Lexicon) -> Senses:
    """What lies nearest, if it is one place: its senses as of a province or district."""
    khmer = span[0].kind == "k"
    key = "".join(loose(a.key) if khmer else a.key for a in span)
    if not _SHORTEST[span[0].kind] <= len(key) <= 24:
        return ()
    index, most = (lexicon.fuzzy_km, 1) if khmer else (lexicon.fuzzy_latn, 2 if len(key) >= _LONG else 1)
    best = most
    found: dict[str, Senses] = {}
    for length in range(len(key) - most, len(key) + most + 1):
        for first in {key[0], "$" + key[-1]} | ({"p", "b"} if key[0] in "pb" else {"k"} if key[0] in "gk" else set()):
            bucket = index.get((first, length))
            if bucket is None:
                continue
            for form, off, at in process.extract(key, bucket[0], scorer=OSA.distance, score_cutoff=best, limit=4):
                senses = tuple(s for s in bucket[1][at] if s.kind == "place" and level_of(s.id) != "commune")
                if off < best:
                    best, found = int(off), {}
                found[form] = senses
    if not found or not all(found.values()):
        return ()
    ids = {min((s.id for s in senses), key=len) for senses in found.values()}
    return next(iter(found.values())) if len(ids) == 1 else ()
