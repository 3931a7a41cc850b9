"""Cutting a message into known things: the cheapest way through its atoms, then guesses for what is left.

Owns the order of trust: exact forms, listed variants (exact too), the loose key, fuzzy distance. A guess never
replaces something known, and two different guesses of equal merit stay two.
"""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.text.fold import Atom, loose, loose_latin
from bot.language.words.lexicon import FuzzyIndex, Lexicon, Senses
from bot.language.words.places import level_of
from bot.language.words.vocabulary import Sense

_UNKNOWN = 2.0
_SPACE_INSIDE = 0.2
_GUESS = 1.6
_GUESS_KNOWN = 0.7  # all words are known, together they sound like one name
_WORD_TAKEN = 0.5  # a known word that a guess would swallow
_WORDS_JOINED = 5
_MOST_ATOMS = 240  # a longer message is a story: its beginning says what it is about
_FUZZY_TRIES = 4
_NAMES = frozenset(("commodity", "group", "place", "market", "market_name"))
_KIND_COST = {"commodity": 0.95, "filler": 1.02, "place": 1.0, "market": 0.7, "market_name": 0.75, "decoy": 1.0}
_COMMUNE_COST = 1.3


class Item(NamedTuple):
    """A stretch of atoms and what it can mean: exact 1.0, loose 0.9, fuzzy below; no senses: unknown."""

    i: int
    j: int
    senses: Senses
    score: float = 1.0
    digits: str = ""

    def ids(self, kind: str) -> list[str]:
        """The ids this stretch may mean of one kind."""
        return [s.id for s in self.senses if s.kind == kind] if self.senses else []


def segment(atoms: list[Atom], lexicon: Lexicon) -> list[Item]:
    """The items of a message, left to right, without gaps."""
    if len(atoms) > _MOST_ATOMS:
        atoms = atoms[:_MOST_ATOMS]
    n = len(atoms)
    cost = [0.0] + [1e9] * n
    back: list[tuple[int, Senses, float]] = [(0, (), 0.0)] * (n + 1)

    def offer(i: int, j: int, price: float, senses: Senses, score: float) -> None:
        if cost[i] + price < cost[j] - 1e-9:
            cost[j] = cost[i] + price
            back[j] = (i, senses, score)

    for i, a in enumerate(atoms):
        if a.kind == "k":
            offer(i, i + 1, _UNKNOWN, (), 0.0)
            _khmer(atoms, i, lexicon, offer)
        elif a.kind == "l":
            _latin(atoms, i, lexicon, offer)
            offer(i, i + 1, _UNKNOWN + 1, (), 0.0)
        else:
            senses = lexicon.signs.get(a.key, ()) if a.kind == "s" else ()
            offer(i, i + 1, 0.5, senses, 1.0)
            if a.kind == "d" and a.key in lexicon.km:
                _khmer(atoms, i, lexicon, offer)
    items: list[Item] = []
    j = n
    while j:
        i, senses, score = back[j]
        items.append(Item(i, j, senses, score, atoms[i].key if atoms[i].kind == "d" and j == i + 1 else ""))
        j = i
    items.reverse()
    return _guess(items, atoms, lexicon)


def _price(senses: Senses, length: int) -> float:
    best = 9.0
    for s in senses:
        price = _KIND_COST.get(s.kind, 1.0)
        if s.kind == "place" and level_of(s.id) == "commune":
            price = _COMMUNE_COST if length >= 2 else 2.5
        best = min(best, price)
    return best if length > 1 else best + 0.1


def _khmer(atoms: list[Atom], i: int, lexicon: Lexicon, offer) -> None:  # type: ignore[no-untyped-def]
    key, lost, spaces = "", "", 0.0
    n = len(atoms)
    exact, free = lexicon.km, lexicon.loose_km
    on_exact = on_loose = True
    for j in range(i, min(n, i + 16)):
        b = atoms[j]
        if b.kind != "k":
            if b.key == "-" and not b.space and key in lexicon.figured:
                continue
            if b.kind != "d":
                break
            on_loose = False  # a digit inside a name: the market of kilometre 4, 7 January
        if j > i and b.space:
            spaces += _SPACE_INSIDE
        if on_exact:
            key += b.key
            senses = exact.get(key)
            if senses is None:
                on_exact = False
            elif senses:
                offer(i, j + 1, _price(senses, j - i + 1) + spaces, senses, 1.0)
        if on_loose:
            lost += loose(b.key)
            senses = free.get(lost)
            if senses is None:
                on_loose = False
            elif senses and j > i and len(lost) >= 4:
                offer(i, j + 1, _price(senses, j - i + 1) + spaces * 2 + _GUESS, senses, 0.9)
        if not on_exact and not on_loose:
            break


_ABUSE = frozenset(("fuck", "fucku", "fuckyou", "fucking", "fucker"))  # else the district of Puok, by its sound


def _latin(atoms: list[Atom], i: int, lexicon: Lexicon, offer) -> None:  # type: ignore[no-untyped-def]
    key, lost = "", ""
    strange, busy, known, a = False, False, 0, atoms[i]
    for j in range(i, min(len(atoms), i + _WORDS_JOINED + (atoms[i].key in lexicon.figured))):
        b = atoms[j]
        if b.kind != "l" and not (b.kind == "d" and j > i and not b.space and len(b.key) <= 4):
            if key not in lexicon.figured or not (b.kind == "d" or b.key == "-"):
                break
            if b.key == "-":
                continue
        if j == i + 1 and a.key == "kg" and _is_kilo(atoms, i, lexicon):
            break
        key += b.key
        senses = lexicon.latn.get(key)
        if senses:
            offer(i, j + 1, _price(senses, 2) + 0.1 * (j - i), senses, 1.0)
        own = lexicon.latn.get(b.key)
        strange = strange or own is None
        known += own is not None
        busy = busy or (own is not None and not all(s.kind in _NAMES for s in own))
        if len(lost) < 24 and b.kind == "l":
            lost += loose_latin(b.key)
            if senses or len(key) < 4 or key in _ABUSE or not (strange or (j > i and len(key) > 6)):
                continue
            senses = lexicon.loose_latn.get(lost, ())
            if not strange:
                senses = tuple(s for s in senses if s.kind == "place" or (s.kind == "commodity" and not busy))
            if senses:
                guess = _GUESS + _WORD_TAKEN * known if strange else _GUESS_KNOWN
                offer(i, j + 1, _price(senses, 2) + 0.1 * (j - i) + guess, senses, 0.9 if len(key) > 4 else 0.7)


def _is_kilo(atoms: list[Atom], i: int, lexicon: Lexicon) -> bool:
    """kg counts: after a number, or before a place that needs no Kampong. (9500 kg thom is a price, there.)"""
    if i and atoms[i - 1].kind == "d" and (not atoms[i].space or len(atoms[i - 1].key) < 4):
        spoken = i > 1 and atoms[i - 2].kind == "l" and not atoms[i - 1].space  # 9pon5 kg cham: as long as 9500
        if not (spoken and atoms[i].space):
            return True
    key = ""
    for b in atoms[i + 1 : i + 3]:
        key += b.key
        if any(s.kind == "place" and level_of(s.id) in ("province", "district") for s in lexicon.latn.get(key, ())):
            return True
    return False


def _guess(items: list[Item], atoms: list[Atom], lexicon: Lexicon) -> list[Item]:
    """Try to read what stayed unknown: glued Latin words, then fuzzy distance."""
    tries = _FUZZY_TRIES
    out: list[Item] = []
    k = 0
    while k < len(items):
        item = items[k]
        if item.senses or item.digits or atoms[item.i].kind in "ds":
            out.append(item)
            k += 1
            continue
        if atoms[item.i].kind == "l":
            word = atoms[item.i].key
            pieces = _split(word, lexicon) if len(word) >= 6 else None
            if pieces:
                out.extend(Item(item.i, item.j, senses, 0.95) for senses in pieces)
            elif tries:
                tries -= 1
                guess, first, k = _fuzzy_latin(items, k, atoms, lexicon)
                for _ in range(item.i - first):
                    out.pop()
                out.append(guess)
            else:
                out.append(item)
            k += 1
            continue
        end = k
        while end + 1 < len(items) and _unknown_khmer(items[end + 1], atoms):
            end += 1
        found = None
        if tries:
            tries -= 1
            found = _fuzzy_khmer(items, k, end, atoms, lexicon)
        if found is None:
            out.append(Item(item.i, items[end].j, (), 0.0))
            k = end + 1
        else:
            guess, first, last = found
            for _ in range(k - first):
                out.pop()
            out.append(guess)
            k = last + 1
    return out


def _unknown_khmer(item: Item, atoms: list[Atom]) -> bool:
    return not item.senses and atoms[item.i].kind == "k"


def _split(word: str, lexicon: Lexicon, depth: int = 4) -> list[Senses] | None:
    """A Latin word that is known words glued together: tlaisrov, chroukkampongcham."""
    if depth == 0 or len(word) > 32:
        return None
    for end in range(len(word), 2, -1):
        senses = lexicon.latn.get(word[:end])
        if not senses or (end < 4 and all(s.kind in ("filler", "place", "market") for s in senses)):
            continue
        if all(s.kind == "place" and level_of(s.id) == "commune" for s in senses):
            continue
        if end < 5 and all(s.lang == "en" for s in senses):
            continue  # thu hen, ten ant: short English words are in everything
        if end == len(word):
            return [senses]
        rest = _split(word[end:], lexicon, depth - 1)
        if rest:
            return [senses, *rest]
    return None


def _best(query: str, first: str, index: FuzzyIndex, floor: float) -> tuple[Senses, float]:
    """The nearest meanings: one where it leads clearly, several where it does not."""
    n = len(query)
    found: list[tuple[float, Senses]] = []
    for length in range(n - 2, n + 3):
        bucket = index.get((first, length))
        if bucket is not None:
            near = process.extract(query, bucket[0], scorer=OSA.normalized_similarity, limit=4, score_cutoff=floor)
            found.extend((ratio, bucket[1][at]) for _, ratio, at in near)
    if not found:
        return (), 0.0
    found.sort(key=lambda row: -row[0])
    top = found[0][0]
    senses: list[Sense] = []
    for ratio, row in found:
        if ratio >= top - 0.06:
            senses.extend(s for s in row if not any(s.kind == o.kind and s.id == o.id for o in senses))
    return tuple(senses), top - 0.1


def _fuzzy_latin(items: list[Item], k: int, atoms: list[Atom], lexicon: Lexicon) -> tuple[Item, int, int]:
    """An unknown Latin word, alone or with the word before or after. The guess, its first atom, its last item."""
    word = atoms[items[k].i].key
    best, first, last = items[k], items[k].i, k
    if len(word) >= 5:
        senses, score = _best(word, loose_latin(word)[:1], lexicon.fuzzy_latn, 0.75 if len(word) > 6 else 0.79)
        if senses:
            best = Item(items[k].i, items[k].j, senses, score)
    for a, b in ((k, k + 1), (k - 1, k)):
        if a < 0 or b >= len(items) or not all(_one_word(items[x], atoms) for x in (a, b)):
            continue
        joined = atoms[items[a].i].key + atoms[items[b].i].key
        if len(joined) < 6:
            continue
        senses, score = _best(joined, loose_latin(joined)[:1], lexicon.fuzzy_latn, 0.82)
        if senses and score > best.score + 0.02:
            best, first, last = Item(items[a].i, items[b].j, senses, score), items[a].i, b
    return best, first, last


def _one_word(item: Item, atoms: list[Atom]) -> bool:
    return item.j - item.i == 1 and atoms[item.i].kind == "l" and len(atoms[item.i].key) > 1


def _fuzzy_khmer(
    items: list[Item], first: int, last: int, atoms: list[Atom], lexicon: Lexicon
) -> tuple[Item, int, int] | None:
    """The unknown run alone or with a short neighbour, against the loose keys."""
    best: tuple[Item, int, int] | None = None
    for a, b in ((first, last), (first - 1, last), (first, last + 1), (first - 1, last + 1)):
        if a < 0 or b >= len(items) or not all(_may_join(items[x], atoms) for x in (a, b)):
            continue
        key = "".join(loose(atoms[x].key) for x in range(items[a].i, items[b].j))
        if not 5 <= len(key) <= 20:
            continue
        senses, score = _best(key, key[0], lexicon.fuzzy_km, 0.81)
        if senses and (best is None or score > best[0].score):
            best = (Item(items[a].i, items[b].j, senses, score), a, b)
    return best


def _may_join(item: Item, atoms: list[Atom]) -> bool:
    return (
        atoms[item.i].kind == "k"
        and item.j - item.i <= 2
        and item.score in (0.0, 1.0)
        and not any(s.kind == "commodity" and item.j - item.i > 1 for s in item.senses)
    )
