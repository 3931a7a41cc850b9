"""Which commodity a message names, and the container for everything named.

Owns the choice between general and narrow names, compounds and look-alikes. Two commodities of equal right
come back as candidates, never as a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from flows.heard import SURE, Maybe

_HEADS = ("feed", "seed", "fertiliser", "fingerling", "piglet", "rice_bran", "charcoal", "sewing", "basket")
# fmt: off
_FISH = (
    "fish_pra", "fish_chhdaor", "fish_ros", "fish_ptuok", "fish_tilapia", "fish_andeng", "fish_chhpin", "fish_carp",
    "fish_riel", "fish",
)
# fmt: on
# Two words that make one thing, in either order.
_TOGETHER = {
    frozenset(("chicken", "egg")): "egg_chicken",
    frozenset(("duck", "egg")): "egg_duck",
    **{frozenset(("prahok", fish)): "prahok" for fish in _FISH},
    frozenset(("pig_live", "meat")): "pork",
    frozenset(("cattle", "meat")): "beef",
    frozenset(("chicken", "meat")): "chicken_meat",
    frozenset(("duck", "meat")): "duck_meat",
    frozenset(("buffalo", "meat")): "buffalo_meat",
    frozenset(("rice_paddy", "rice")): "rice_paddy",
    frozenset(("rice_milled", "rice")): "rice_milled",
    frozenset(("rice_fragrant", "rice")): "rice_fragrant",
}
# Spellings that are usually another word; with a price word they are worth a question.
_TOLERABLE = frozenset(("tea", "pot", "dong", "sang", "et"))


@dataclass(slots=True)
class Named:
    """Everything named, with how surely, and what else could be meant."""

    commodity: str | None = None
    commodity_sure: float = 0.0
    general: str | None = None  # a word for several commodities: fish, bean
    decoy: bool = False
    place: str | None = None
    place_sure: float = 1.0
    market: str | None = None
    unit: str | None = None
    level: str | None = None
    currency: str | None = None
    several: bool = False
    goods: list[str] = field(default_factory=list)  # where several are named side by side, each for certain
    maybe: list[Maybe] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    place_at: int = -1


def commodities(reading: Reading, out: Named) -> None:
    strong: list[_Found] = []
    weak: list[_Found] = []
    for k, item in enumerate(reading.items):
        if k in out.used:
            continue
        others = any(s.kind in ("filler", "place_word") for s in item.senses)
        senses = [s for s in item.senses if s.kind == "commodity"]
        groups = [s for s in item.senses if s.kind == "group"]
        ids = [s.id for s in senses if not s.weak]
        squeezed = bool(senses or groups) and _squeezed(reading, k)
        if item.score < 0.9 and any(s.kind not in _NAMES for s in item.senses):
            continue  # a slip that is as near to another word
        doubtful = item.score < 1 or (squeezed and len(reading.key(k)) <= _SHORT)
        if (senses or groups) and doubtful and not _trade(reading, k):
            if inner := _spelt_out(reading, k):
                strong.append((k, [inner], 0.7))
            continue  # a guess counts only where something is bought or sold
        if ids and strong and _purpose(reading, k) and ids[0] not in _HEADS:
            out.used.add(k)
        elif len(ids) == 1 and (longer := _compound(reading, k, ids[0])) is not None:
            strong.append((longer[1][-1], [longer[0]], max(item.score, 0.9)))
            out.used.update(longer[1])
        elif ids:
            sure = min(item.score, 0.6) if squeezed else item.score
            mixed = item.score < 1 and any(s.kind != "commodity" for s in item.senses)
            mixed = mixed and not (item.score >= 0.9 and beside(reading, k) and _or_place(reading, k))
            strong.append((k, ids, min(sure, 0.6) if mixed else sure))
        elif groups and not groups[0].weak and item.score >= 0.7:
            strong.append((k, [groups[0].id], item.score))
        elif (senses or groups) and (not others or "price" in reading.kw) and _trade(reading, k):
            weak.append((k, _in_tone(reading, k, [(s.id, s.lang) for s in senses or groups]), _weak_trust(reading, k)))
        elif item.ids("decoy") and not others and item.score >= 0.7:
            out.decoy = True
    found = _merged(sorted([*strong, *(one for one in weak if _listed(reading, one[0], strong))]) if strong else weak)
    if not found:
        return
    out.used.update(k for k, _, _ in found)
    _settle(reading, found, out)
    at = found[0][0]
    if out.decoy and out.commodity and at and reading.items[at - 1].ids("decoy") and not reading.is_filler(at - 1):
        out.commodity_sure = min(out.commodity_sure, 0.5)


_Found = tuple[int, list[str], float]


def _listed(reading: Reading, k: int, strong: list[_Found]) -> bool:
    """Whether a word of two meanings stands in a list with a good: pig and rice, pig, rice."""
    at = {place for place, _, _ in strong}
    return any(k + step in at and _joins(reading, k + step // 2) for step in (2, -2))


def _joins(reading: Reading, k: int) -> bool:
    """A word or sign between the things of a list."""
    item = reading.items[k]
    return "conj" in item.ids("keyword") or reading.atoms[item.i].key in _LISTING


def _compound(reading: Reading, k: int, id: str) -> tuple[str, list[int]] | None:
    """The good a good's word makes with what stands beside it, in any spelling of the word: domlong my + sngout."""
    for behind, step in ((True, 1), (False, -1)):
        rests = reading.lexicon.compounds.get((id, behind))
        if rests is None:
            continue
        typed, taken = "", [k]
        for n in range(k + step, k + step * (_MOST_REST + 1), step):
            if not 0 <= n < len(reading.items) or reading.items[n].digits or reading.is_sign(n):
                break
            typed = typed + reading.key(n) if behind else reading.key(n) + typed
            taken.append(n)
            if typed in rests and len(typed) > 1 and _only_beside(reading, taken[1:], rests[typed]):
                return rests[typed], sorted(taken)
    return None


def _only_beside(reading: Reading, taken: list[int], id: str) -> bool:
    """No sure word of place, unit, price or time among them: nov, kilo, today."""
    return not any(
        s.id != id and (s.kind in ("place", "unit", "market", "time", "currency", "commodity") or s.id in _TRADING)
        for n in taken
        for s in reading.items[n].senses
        if reading.items[n].score == 1
    )


def _spelt_out(reading: Reading, k: int) -> str | None:
    """The good whose word, exactly spelt, a Khmer guess begins with: គោ in what was taken for a cow."""
    item = reading.items[k]
    if item.score == 1 or reading.atoms[item.i].kind != "k":
        return None
    for end in range(item.j - 1, item.i, -1):
        senses = reading.lexicon.find("".join(a.key for a in reading.atoms[item.i : end]))
        if senses and senses[0].kind == "commodity" and not senses[0].weak:
            return senses[0].id
    return None


_LISTING = (",", "/", "+", "&", "\u17d4", ";")
_MOST_REST = 3  # items that may make a longer name with a good's word
_TELLING = 4  # Latin letters: fewer are in everything
_SHORT = 2  # Khmer letters: a duck (two letters) is in many words
_NAMES = frozenset(("commodity", "group", "place", "market", "market_name"))
_TRADING = frozenset(("price", "how_much", "sell", "buy", "report", "notify", "up", "down", "or_not"))


def _trade(reading: Reading, k: int) -> bool:
    """Buying and selling is spoken of, or nothing else is: a word of two meanings may be the good then."""
    if (
        reading.kw & _TRADING
        or {"stop", "tell"} <= reading.kw
        or not reading.kinds.isdisjoint(("unit", "level", "market", "market_name"))
    ):
        return True
    return all(
        n == k or reading.is_filler(n) or reading.is_sign(n) or bool(item.ids("place"))
        for n, item in enumerate(reading.items)
    )


def _weak_trust(reading: Reading, k: int) -> float:
    """A spelling that is usually another word is trusted beside a price word, where it has no other meaning here."""
    counted = any({"1000", "10000"} & set(item.ids("number")) for item in reading.items)
    item = reading.items[k]
    if reading.key(k) in _TOLERABLE:
        return 0.85 if reading.tone(k) == "latn" and (reading.kw & {"price", "how_much"} or counted) else 0.55
    alone = all(s.kind in ("commodity", "group") for s in item.senses)
    spoken = reading.atoms[item.i].kind == "k" or (reading.tone(k) == "latn" and len(reading.key(k)) >= _TELLING)
    return 0.85 if alone and spoken and (reading.kw & {"price", "how_much"} or counted) else 0.55


def _in_tone(reading: Reading, k: int, senses: list[tuple[str, str]]) -> list[str]:
    """Of an English and a romanised meaning, the one in the language of the rest of the message."""
    tone = reading.tone(k)
    fitting = [id for id, lang in senses if lang == tone]
    return fitting or [id for id, _ in senses]


def _merged(found: list[_Found]) -> list[_Found]:
    """Neighbours that make one thing become one: chicken egg, sach chrouk."""
    out: list[_Found] = []
    for k, ids, sure in found:
        if out and len(ids) == 1 and len(out[-1][1]) == 1 and k - out[-1][0] == 1:
            both = _TOGETHER.get(frozenset((ids[0], out[-1][1][0])))
            if both:
                out[-1] = (k, [both], min(sure, out[-1][2]))
                continue
        out.append((k, ids, sure))
    return out


def _settle(reading: Reading, found: list[_Found], out: Named) -> None:
    """One commodity, a general word, or a question."""
    narrow = {i for _, ids, _ in found for i in ids}
    kept = [f for f in found if narrow.isdisjoint(_narrower(reading, f[1][0]))] or found
    first = kept[0]
    if all(f[1] == first[1] for f in kept):
        if len(first[1]) > 1:
            out.commodity_sure = 0.5
            out.maybe.extend(Maybe("commodity", i, first[2] * 0.6) for i in first[1])
        elif reading.lexicon.commodity(first[1][0]) is None:
            out.general = first[1][0]
        else:
            out.commodity, out.commodity_sure = first[1][0], first[2]
        return
    _several(reading, kept, out)


def _narrower(reading: Reading, id: str) -> frozenset[str]:
    return reading.lexicon.within(id)


def _several(reading: Reading, found: list[_Found], out: Named) -> None:
    """Two commodities: feed for pigs is feed; pigs and chickens is a question back."""
    first, second = found[0], found[1]
    joined = any(_joins(reading, k) for k in range(first[0] + 1, second[0]))
    definite = [f for f in found if reading.lexicon.commodity(f[1][0])]
    if not joined and first[1][0] in _HEADS:
        out.commodity, out.commodity_sure = first[1][0], first[2]
        return
    out.several = True
    if all(len(ids) == 1 and sure >= SURE for _, ids, sure in found):
        out.goods = list(dict.fromkeys(ids[0] for _, ids, _ in found))
    if definite:
        out.commodity, out.commodity_sure = definite[0][1][0], 0.6
    else:
        out.general = first[1][0]
    out.maybe.extend(Maybe("commodity", i, 0.6) for _, ids, _ in found for i in ids[:1])


def _or_place(reading: Reading, k: int) -> bool:
    return all(s.kind in ("commodity", "place") for s in reading.items[k].senses)


def beside(reading: Reading, k: int) -> bool:
    """A price word, a unit or a sure place is said beside this item: goods are spoken of."""
    return bool(reading.kw & {"price", "how_much"}) or any(
        n != k and item.score >= 0.9 and any(s.kind in ("place", "unit", "market") for s in item.senses)
        for n, item in enumerate(reading.items)
    )


def _purpose(reading: Reading, k: int) -> bool:
    """ត្រីរៀលធ្វើប្រហុក: what it is for, not what is asked about."""
    return k > 0 and reading.key(k - 1) in keys("making")


def _squeezed(reading: Reading, k: int) -> bool:
    """A Khmer word that touches unknown syllables is probably part of another word."""
    item = reading.items[k]
    if reading.atoms[item.i].kind != "k":
        return False
    for n, edge in ((k - 1, item.i), (k + 1, item.j)):
        if 0 <= n < len(reading.items) and not reading.items[n].senses and not reading.items[n].digits:
            other = reading.items[n]
            if reading.atoms[other.i].kind == "k" and edge < len(reading.atoms) and not reading.atoms[edge].space:
                return True
    return False
