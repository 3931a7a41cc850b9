"""Second thoughts: a reading that is one slip of a finger away from another commodity is not sure.

Owns the lowering of an item's score, and the raising of a slip that its neighbours bear out. It never changes what
an item may mean.
"""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.text.fold import Atom, loose, loose_latin, syllables
from bot.language.words.lexicon import FuzzyIndex, Lexicon
from bot.language.words.segment import Item

_TRIES = 6
_DOUBTFUL = 0.7
_BORNE_OUT = 0.8
_SHORTEST = 4
_REST = 3  # items that may be the rest of a longer name
_DISTANCE = (0, 0, 1, 1, 1, 2, 2, 2, 2, 3)  # edits forgiven, by the letters of what may be such a rest
_APART = frozenset(
    ("unit", "currency", "place_word", "market", "market_name", "level", "time", "category", "commodity")
)
# Words that stand beside a commodity in every other message.
_USUAL = frozenset(("price", "how_much", "sell", "buy", "want", "report", "problem", "conj", "tell", "know"))


def weigh(items: list[Item], atoms: list[Atom], lexicon: Lexicon) -> list[Item]:
    """The same items; a commodity or a guessed place with a rival within one edit has its score lowered."""
    tries = _TRIES
    for k, item in enumerate(items):
        kinds = {s.kind for s in item.senses}
        goods = not kinds.isdisjoint(("commodity", "group"))
        if item.score < 0.5 or not (goods or ("place" in kinds and item.score < 1)):
            continue
        if goods and _longer(items, atoms, k, lexicon):
            items[k] = item._replace(score=min(item.score, _DOUBTFUL))
            continue
        spans = [(k, k)] if item.score < 1 else []
        spans += [(a, b) for a, b in ((k - 1, k), (k, k + 1)) if _beside(items, atoms, a, b, k)]
        if spans and spans[-1] == (k, k + 1) and k + 2 < len(items) and not items[k + 2].senses:
            spans.append((k, k + 2))
        for a, b in spans:
            if not tries:
                return items
            tries -= 1
            if _rival(items, atoms, a, b, item, lexicon):
                items[k] = item._replace(score=min(item.score, _DOUBTFUL))
                break
        else:
            if _DOUBTFUL <= item.score < _BORNE_OUT and goods and len(item.senses) == 1 and _borne_out(items, k):
                items[k] = item._replace(score=_BORNE_OUT)
    return items


def _longer(items: list[Item], atoms: list[Atom], k: int, lexicon: Lexicon) -> bool:
    """Strange words beside a good's word are nearly the rest of a longer name: srov sen ra ob, kn tea."""
    item = items[k]
    word = "".join(a.key for a in atoms[item.i : item.j])
    own = {s.id for s in item.senses}
    for index, step in ((lexicon.after, 1), (lexicon.before, -1)):
        rests = index.get(word)
        if rests is None:
            continue
        typed, strange, n = "", False, k + step
        while 0 <= n < len(items) and abs(n - k) <= _REST and _may_belong(items, atoms, n, k, step):
            part = "".join(a.key for a in atoms[items[n].i : items[n].j])
            typed = typed + part if step > 0 else part + typed
            strange = strange or not items[n].senses or items[n].score < 1
            near = _DISTANCE[min(len(typed), len(_DISTANCE) - 1)]
            if strange and near:
                found = process.extract(typed, rests[0], scorer=OSA.distance, score_cutoff=near, limit=2)
                if any(rests[1][at] not in own for _, _, at in found):
                    return True
            n += step
    return False


def _may_belong(items: list[Item], atoms: list[Atom], n: int, k: int, step: int) -> bool:
    """Of the same script, touching where Khmer is written, and no sure word of price, place or number."""
    other = items[n]
    if other.digits or atoms[other.i].kind != atoms[items[k].i].kind:
        return False
    if atoms[other.i].kind == "k" and atoms[items[n if step > 0 else n + 1].i].space:
        return False
    return other.score < 1 or not any(
        s.kind in _APART - {"commodity"} or s.kind == "place" or s.id in _USUAL for s in other.senses
    )


def _borne_out(items: list[Item], k: int) -> bool:
    """A sure place, a unit or a price word stands beside the only commodity a slip can be."""
    return any(
        abs(n - k) <= 2
        and other.score >= 0.9
        and any(s.kind in ("place", "unit") or s.id in ("price", "how_much") for s in other.senses)
        for n, other in enumerate(items)
        if n != k
    )


def _beside(items: list[Item], atoms: list[Atom], a: int, b: int, k: int) -> bool:
    """A short neighbour that may be a misspelt part of one name."""
    if a < 0 or b >= len(items):
        return False
    item, other = items[k], items[b if a == k else a]
    if other.digits or other.j - other.i > 2 or atoms[other.i].kind != atoms[item.i].kind:
        return False
    if atoms[item.i].kind == "k" and atoms[items[b].i].space:
        return False
    if other.score < 1:
        return True
    if any(s.kind == "filler" and s.lang == "en" for s in other.senses):
        return False
    if atoms[other.i].kind == "k" and b > k:
        return not other.senses  # a known word after the name is another word
    return not any(s.kind in _APART or s.kind == "place" or s.id in _USUAL for s in other.senses)


def _rival(items: list[Item], atoms: list[Atom], a: int, b: int, item: Item, lexicon: Lexicon) -> bool:
    """Another commodity's form lies within one edit of these items."""
    span = atoms[items[a].i : items[b].j]
    if span[0].kind == "k":
        key, index = "".join(loose(x.key) for x in span), lexicon.fuzzy_km
        first = key[:1]
    else:
        key, index = "".join(x.key for x in span), lexicon.fuzzy_latn
        first = loose_latin(key)[:1]
    if not _SHORTEST <= len(key) <= 24:
        return False
    own = {s.id for s in item.senses}
    others = {id for letter in (first, "$" + key[-1:]) for id in _near(key, letter, own, index)}
    if not others or span[0].kind != "k":
        return bool(others)
    typed = "".join(x.key for x in span)
    nearest = min(_apart(typed, id, lexicon) for id in others)
    if a == b:  # read by its loose key: whose spelling is nearer as typed?
        return nearest <= min(_apart(typed, id, lexicon) for id in own)
    return nearest <= (1 if all(items[n].score == 1 for n in range(a, b + 1)) else 2)


def _apart(typed: str, id: str, lexicon: Lexicon) -> int:
    entry = lexicon.commodity(id)
    forms = [form for form, sense in entry.forms if sense.lang == "km"] if entry else []
    return min((OSA.distance(typed, "".join(syllables(form))) for form in forms), default=99)


def _near(key: str, letter: str, own: set[str], index: FuzzyIndex) -> set[str]:
    found: set[str] = set()
    for length in range(len(key) - 1, len(key) + 2):
        bucket = index.get((letter, length))
        if bucket is None:
            continue
        for _, _, at in process.extract(key, bucket[0], scorer=OSA.distance, score_cutoff=1, limit=3):
            found.update(s.id for s in bucket[1][at] if s.kind == "commodity" and s.id not in own)
    return found
