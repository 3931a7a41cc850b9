"""What a message names: commodity, place, market, unit, level, currency, price amounts.

Owns the choice between meanings of one word (ម្រេច in កំពត, ក្រូចឆ្មារ lime or district, ដុំ piece or wholesale).
Two meanings of equal right stay two: they come back as candidates, never as a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bot.language.dates import When
from bot.language.numbers import Amount, ranges
from bot.language.places import inside
from bot.language.reading import Reading
from flows.heard import Maybe

_LEVEL_LENGTHS = {"province": (2,), "district": (4,), "town": (4,), "commune": (6,), "village": (8,)}
# English words and particles that are a unit only after a number, "per" or a slash.
_SHY_UNITS = frozenset(
    ["can", "let", "lit", "each", "case", "set", "head", "fruit", "unit", "person", "people", "persons", "box", "boxes", "animals", "kou", "koo", "ku", "lo", "lou", "met", "tang", "lang", "kan", "ha", "bag", "sheet", "carton", "met", "tone", "toan", "torn", "plae", "dol", "neak", "hab", "harb", "suit"]
)
_HEADS = ("feed", "seed", "fertiliser", "fingerling", "piglet", "rice_bran", "charcoal", "sewing", "basket")
_PRICE_FLOOR = Decimal(50)
# A general word beside one of these only says what sort of thing it is.
_WIDER = {
    "rice_milled": ("rice_sticky", "rice_broken", "rice_bran", "rice_paddy"),
    "rice_paddy": ("rice_fragrant", "rice_senkraob", "rice_white"),
    "rice_fragrant": ("rice_senkraob",),
    "pig_live": ("piglet", "pork"),
    "cattle": ("beef",),
    "mango": ("cashew",),
    "mustard_green": ("cabbage", "kale"),
    "clay": ("brick", "roof_tile", "pottery", "stove"),
    "water_clean": ("water_pure",),
    "resin": ("rubber",),
    "vegetable": ("morning_glory", "cucumber", "tomato", "eggplant", "cabbage", "mustard_green", "kale", "lettuce",
                  "chilli", "pumpkin", "wax_gourd", "bitter_gourd", "luffa", "long_bean", "mushroom", "onion"),
}
# Two words that make one thing, in either order.
_TOGETHER = {
    frozenset(("chicken", "egg")): "egg_chicken",
    frozenset(("duck", "egg")): "egg_duck",
    frozenset(("pig_live", "meat")): "pork",
    frozenset(("cattle", "meat")): "beef",
    frozenset(("chicken", "meat")): "chicken",
    frozenset(("duck", "meat")): "duck",
    frozenset(("rice_paddy", "rice")): "rice_paddy",
    frozenset(("rice_milled", "rice")): "rice_milled",
    frozenset(("rice_fragrant", "rice")): "rice_fragrant",
}
# Spellings that are usually another word; with a price word they are worth a question.
_TOLERABLE = frozenset(("tea", "pot", "dong", "sang"))


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
    maybe: list[Maybe] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    place_at: int = -1


def name(reading: Reading) -> Named:
    """Everything a message names except amounts."""
    out = Named()
    kinds = reading.kinds
    if "place" in kinds or "place_word" in kinds:
        _places(reading, out)
    if not kinds.isdisjoint(("commodity", "group", "decoy")):
        _commodities(reading, out)
    if not kinds.isdisjoint(("market", "market_name", "place_word")):
        _market(reading, out)
    if not kinds.isdisjoint(("unit", "level", "currency")):
        _rest(reading, out)
    return out


def _commodities(reading: Reading, out: Named) -> None:
    strong: list[_Found] = []
    weak: list[_Found] = []
    for k, item in enumerate(reading.items):
        if k in out.used:
            continue
        others = any(s.kind in ("filler", "place_word") for s in item.senses)
        senses = [s for s in item.senses if s.kind == "commodity"]
        ids = [s.id for s in senses if not s.weak]
        if ids:
            sure = min(item.score, 0.6) if _squeezed(reading, k) else item.score
            mixed = item.score < 1 and any(s.kind != "commodity" for s in item.senses)
            strong.append((k, ids, min(sure, 0.6) if mixed else sure))
        elif senses and (not others or "price" in reading.kw):
            weak.append((k, _in_tone(reading, k, [(s.id, s.lang) for s in senses]), _weak_trust(reading, k)))
        elif item.ids("group") and item.score >= 0.7:
            strong.append((k, item.ids("group")[:1], item.score))
        elif item.ids("decoy") and not others and item.score >= 0.7:
            out.decoy = True
    found = _merged(strong or weak)
    if not found:
        return
    out.used.update(k for k, _, _ in found)
    _settle(reading, found, out)
    at = found[0][0]
    if out.decoy and out.commodity and at and reading.items[at - 1].ids("decoy") and not reading.is_filler(at - 1):
        out.commodity_sure = min(out.commodity_sure, 0.5)


_Found = tuple[int, list[str], float]


def _weak_trust(reading: Reading, k: int) -> float:
    khmer = reading.tone(k) == "latn"
    return 0.85 if khmer and reading.key(k) in _TOLERABLE and reading.kw & {"price", "how_much"} else 0.55


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
    kept = [f for f in found if not any(n in narrow for n in _narrower(reading, f[1][0]))] or found
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


def _narrower(reading: Reading, id: str) -> tuple[str, ...]:
    return (*_WIDER.get(id, ()), *reading.lexicon.children(id))


def _several(reading: Reading, found: list[_Found], out: Named) -> None:
    """Two commodities: feed for pigs is feed; pigs and chickens is a question back."""
    first, second = found[0], found[1]
    between = reading.items[first[0] + 1 : second[0]]
    joined = any("conj" in i.ids("keyword") for i in between) or any(
        reading.atoms[i.i].key in ",/+&។;" for i in between
    )
    definite = [f for f in found if reading.lexicon.commodity(f[1][0])]
    if not joined and first[1][0] in _HEADS:
        out.commodity, out.commodity_sure = first[1][0], first[2]
        return
    out.several = True
    if definite:
        out.commodity, out.commodity_sure = definite[0][1][0], 0.6
    else:
        out.general = first[1][0]
    out.maybe.extend(Maybe("commodity", i, 0.6) for _, ids, _ in found for i in ids[:1])


def _squeezed(reading: Reading, k: int) -> bool:
    """A one-syllable Khmer word that touches unknown syllables is probably part of another word."""
    item = reading.items[k]
    if item.j - item.i > 1 or reading.atoms[item.i].kind != "k":
        return False
    for n, edge in ((k - 1, item.i), (k + 1, item.j)):
        if 0 <= n < len(reading.items) and not reading.items[n].senses and not reading.items[n].digits:
            other = reading.items[n]
            if reading.atoms[other.i].kind == "k" and edge < len(reading.atoms) and not reading.atoms[edge].space:
                return True
    return False


def _hint(reading: Reading, k: int) -> tuple[str, int]:
    """A level word beside a place: ស្រុក before, district after. Returns level and its item (-1: none)."""
    for n in (k - 1, k + 1):
        if not 0 <= n < len(reading.items):
            continue
        for s in reading.items[n].senses:
            if s.kind != "place_word" or s.id not in _LEVEL_LENGTHS:
                continue
            if (n < k) or s.lang == "en":
                return s.id, n
    return "", -1


def _places(reading: Reading, out: Named) -> None:
    mentions: list[tuple[int, list[str], float]] = []
    for k, item in enumerate(reading.items):
        hint, at = _hint(reading, k)
        codes = item.ids("place")
        if hint == "village" and at == k - 1:
            codes = _village(reading, k) or codes
        if not codes:
            continue
        plain = all(s.kind in ("place", "market", "market_name") for s in item.senses)
        plain = plain or (item.score == 1 and k > 0 and _named_before(reading, k))
        if not plain and not (hint and at == k - 1) and item.score >= 0.9:
            continue
        if item.score < 0.9 and not plain:
            continue
        lengths = _LEVEL_LENGTHS.get(hint, ())
        fitting = [c for c in codes if len(c) in lengths]
        if not fitting and not hint and min(map(len, codes)) == 6 and not _stands_alone(reading, k):
            continue
        shortest = min(map(len, codes))
        mentions.append((k, fitting or [c for c in codes if hint or len(c) == shortest] , item.score))
        if not hint and len(codes) > 1:
            mentions[-1] = (k, codes, item.score)
        out.used.add(k)
        if at >= 0:
            out.used.add(at)
    if mentions:
        _choose_place(mentions, out)


def _named_before(reading: Reading, k: int) -> bool:
    """The same commodity was named already: the second ក្រូចឆ្មារ is the district."""
    ids = reading.items[k].ids("commodity")
    return bool(ids) and any(set(ids) & set(i.ids("commodity")) for i in reading.items[:k])


def _stands_alone(reading: Reading, k: int) -> bool:
    """A commune without its level word counts only when its name is long enough to be no accident."""
    item = reading.items[k]
    return item.j - item.i >= 3 if reading.atoms[item.i].kind == "k" else len(reading.key(k)) >= 8


def _village(reading: Reading, k: int) -> list[str]:
    for end in range(min(len(reading.items), k + 3), k, -1):
        key = "".join(reading.said(n) for n in range(k, end)).replace(" ", "").lower()
        codes = reading.lexicon.places.villages(key)
        if codes:
            return list(codes)
    return []


def _choose_place(mentions: list[tuple[int, list[str], float]], out: Named) -> None:
    """The smallest place that agrees with the others; of namesakes the largest."""
    narrowed: list[tuple[list[str], float, int]] = []
    for k, codes, score in mentions:
        kept = codes
        for other, theirs, _ in mentions:
            if other == k:
                continue
            outer = [t for t in theirs if len(t) == min(map(len, theirs))]
            within = [c for c in kept if any(inside(c, t) and c != t for t in outer)]
            kept = within or kept
        shortest = min(map(len, kept))
        narrowed.append(([c for c in kept if len(c) == shortest], score, k))
    narrowed.sort(key=lambda m: -len(m[0][0]))
    codes, score, at = narrowed[0]
    out.place_at = at
    if len(codes) > 1:
        sure = [m for m in narrowed[1:] if len(m[0]) == 1]
        if sure:
            out.place, out.place_sure = sure[0][0][0], sure[0][1]
        else:
            out.place_sure = 0.5
            out.maybe.extend(Maybe("place", c, 0.5) for c in codes[:6])
        return
    out.place, out.place_sure = codes[0], score
    rest = [m for m in narrowed[1:] if len(m[0]) == 1 and not inside(codes[0], m[0][0])]
    if rest and len(rest[0][0][0]) == len(codes[0]):
        first = min([narrowed[0], *rest], key=lambda m: m[2])
        out.place, out.place_sure = first[0][0], 0.6
        out.maybe.extend(Maybe("place", m[0][0], 0.6) for m in (narrowed[0], *rest))


def _market(reading: Reading, out: Named) -> None:
    for k, item in enumerate(reading.items):
        known = item.ids("market")
        if known:
            place_too = item.ids("place")
            if not (place_too and out.place_at == k and not _market_word_near(reading, k)):
                out.market = known[0]
                out.used.add(k)
                if len(known) > 1:
                    fitting = [m for m in known if out.place and inside(reading.lexicon.markets[m].place, out.place)]
                    out.market = fitting[0] if fitting else known[0]
                return
        if item.ids("market_name"):
            out.market = reading.said(k)
            out.used.add(k)
            return
    for k, item in enumerate(reading.items):
        if "market" not in item.ids("place_word"):
            continue
        out.used.add(k)
        for n in (k + 1, k - 1):
            if 0 <= n < len(reading.items) and n not in out.used and not reading.items[n].senses:
                if reading.items[n].digits or reading.is_sign(n) or (n < k and "en" not in _langs(reading, k)):
                    continue
                first, last = sorted((k, n))
                start = reading.atoms[reading.items[first].i].start
                out.market = reading.cleaned[start : reading.atoms[reading.items[last].j - 1].end]
                out.used.add(n)
                return


def _langs(reading: Reading, k: int) -> set[str]:
    return {s.lang for s in reading.items[k].senses}


def _market_word_near(reading: Reading, k: int) -> bool:
    return any(
        0 <= n < len(reading.items) and "market" in reading.items[n].ids("place_word") for n in (k - 1, k + 1)
    )


def _rest(reading: Reading, out: Named) -> None:
    ends = {a.j: a for a in reading.numbers}
    starts = {a.i: a for a in reading.numbers}
    for k, item in enumerate(reading.items):
        if k in out.used:
            continue
        before = reading.items[k - 1] if k else None
        counted = k in ends or (
            before is not None and (reading.atoms[before.i].key in "/" or "per" in before.ids("number"))
        )
        units, levels, currencies = item.ids("unit"), item.ids("level"), item.ids("currency")
        if levels and not (units and counted):
            out.level = out.level or levels[0]
        elif units and (counted or not (reading.key(k) in _SHY_UNITS or _other_meaning(reading, k))):
            if out.unit is None or counted:
                out.unit = units[0]
        if currencies and item.score == 1:
            beside = k in ends or k in starts or k + 1 in starts
            if beside or not any(s.kind in ("filler", "keyword", "commodity") for s in item.senses):
                out.currency = currencies[0] if out.currency in (None, "khr") else out.currency


def _other_meaning(reading: Reading, k: int) -> bool:
    return any(s.kind in ("filler", "number", "keyword") for s in reading.items[k].senses)


@dataclass(frozen=True, slots=True)
class Price:
    """The price amounts of a message: one usual, or low and high."""

    usual: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def __bool__(self) -> bool:
        return self.usual is not None or self.low is not None


def price(reading: Reading, day: When, named: Named, any_size: bool = False) -> Price:
    """The amounts that can be a price: not a date, not an hour, not a quantity such as 1 litre."""
    if not reading.numbers:
        return Price()
    free = [a for a in reading.numbers if not any(k in day.used for k in range(a.i, a.j))]
    free = [a for a in free if not (a.i and _glued_name(reading, a))]
    for low, high in ranges(free, reading.items, reading.atoms):
        if high.value >= _PRICE_FLOOR or named.currency or any_size:
            return Price(low=low.value, high=high.value)
    fitting = [a for a in free if any_size or _may_be_price(reading, a, named)]
    if len(fitting) > 1:
        fitting = [a for a in fitting if not _counts(reading, a)] or fitting
    return Price(usual=_with_cents(reading, fitting[0])) if fitting else Price()


def _with_cents(reading: Reading, amount: Amount) -> Decimal:
    """៦ដុល្លារកន្លះ is 6.5; 6 dollars 50 is 6.50."""
    n = amount.j
    items = reading.items
    if n + 1 >= len(items) or "usd" not in items[n].ids("currency") or amount.value != amount.value.to_integral_value():
        return amount.value
    if "half" in items[n + 1].ids("number"):
        return amount.value + Decimal("0.5")
    cents = items[n + 1].digits
    if len(cents) == 2 and cents.isdigit() and not (n + 2 < len(items) and items[n + 2].ids("unit")):
        return amount.value + Decimal(cents) / 100
    return amount.value


def _glued_name(reading: Reading, amount: Amount) -> bool:
    """Digits that belong to a name: om5451, ស្រូវសែនក្រអូប០១."""
    k = amount.i
    return not reading.atoms[reading.items[k].i].space and bool(reading.items[k - 1].ids("commodity")) and (
        amount.raw.startswith("0") or amount.raw in ("504", "5451", "66", "85", "4218", "18")
    )


def _counts(reading: Reading, amount: Amount) -> bool:
    """The number counts units: ១លីត្រ, 2 kg."""
    return amount.j < len(reading.items) and bool(reading.items[amount.j].ids("unit"))


def _may_be_price(reading: Reading, amount: Amount, named: Named) -> bool:
    if named.currency not in (None, "khr"):
        return amount.value > 0 and not (_counts(reading, amount) and amount.value <= 2)
    if _counts(reading, amount) and amount.value < 200:
        return False
    return amount.value >= _PRICE_FLOOR
