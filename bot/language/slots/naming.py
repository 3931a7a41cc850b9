"""What a message names: commodity, place, market, unit, level, currency.

Owns the choice between meanings of one word (ម្រេច in កំពត, ក្រូចឆ្មារ lime or district, ដុំ piece or wholesale).
Two meanings of equal right stay two: they come back as candidates, never as a guess.
"""

from __future__ import annotations

from bot.language.slots.goods import Named, commodities
from bot.language.text.tables import keys, words
from bot.language.words.places import inside
from bot.language.words.reading import Reading
from flows.heard import Maybe

_LEVEL_LENGTHS = {"province": (2,), "district": (4,), "town": (4,), "commune": (6,), "village": (8,)}
_MOST_PLACES = 12  # a message that names more is a list
_TELLING = 4  # letters of an unknown word that may be a place's name
_NO_TOWN = frozenset(("23", "25"))  # Kep is asked for as a whole; the district Tboung Khmum is no town
_Mention = tuple[int, list[str], float]
# English words and particles that are a unit only after a number, "per" or a slash.
# fmt: off
_SHY_UNITS = frozenset((
    "can", "let", "lit", "each", "case", "set", "head", "fruit", "unit", "person", "people", "persons",
    "box", "boxes", "animals", "kou", "koo", "ku", "lo", "lou", "met", "tang", "lang", "kan", "ha",
    "bag", "sheet", "carton", "tone", "toan", "torn", "plae", "dol", "neak", "hab", "harb", "suit",
))
# fmt: on


def name(reading: Reading) -> Named:
    """Everything a message names except amounts."""
    out = Named()
    kinds = reading.kinds
    if "place" in kinds or "place_word" in kinds:
        _places(reading, out)
    if not kinds.isdisjoint(("commodity", "group", "decoy")):
        commodities(reading, out)
    if not kinds.isdisjoint(("market", "market_name", "place_word")):
        _market(reading, out)
    if not (out.place or out.market) and not any(maybe.slot == "place" for maybe in out.maybe):
        _strange_place(reading, out)
    if not kinds.isdisjoint(("unit", "level", "currency")):
        _rest(reading, out)
    return out


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
    mentions: list[_Mention] = []
    for k, item in enumerate(reading.items):
        hint, at = _hint(reading, k)
        codes = item.ids("place")
        if hint == "village" and at == k - 1:
            codes = _village(reading, k) or codes
        if not codes:
            continue
        plain = all(s.weak or s.kind in ("place", "market", "market_name") for s in item.senses)
        plain = plain or (item.score >= 0.9 and _named_beside(reading, k))
        if not plain and not (hint and at == k - 1) and item.score >= 0.9:
            continue
        if item.score < 0.9 and not plain:
            continue
        lengths = _LEVEL_LENGTHS.get(hint, ())
        fitting = [c for c in codes if len(c) in lengths]
        if hint == "town" and not fitting:
            fitting = [t for c in codes if len(c) == 2 and c not in _NO_TOWN and (t := reading.lexicon.places.town(c))]
        if not fitting and not hint and min(map(len, codes)) == 6 and not _stands_alone(reading, k):
            continue
        if not hint and min(map(len, codes)) == 6 and _goes_on(reading, k):
            continue
        shortest = min(map(len, codes))
        mentions.append((k, fitting or [c for c in codes if hint or len(c) == shortest], item.score))
        if not hint and len(codes) > 1:
            mentions[-1] = (k, codes, item.score)
        out.used.add(k)
        if at >= 0:
            out.used.add(at)
    if mentions:
        _choose_place(_asked_about(reading, mentions), out)


def _asked_about(reading: Reading, mentions: list[_Mention]) -> list[_Mention]:
    """Without the place where the writer is (ខ្ញុំនៅ…, I live in …), where another one is asked about."""
    home = [m for m in mentions if _writer_is_at(reading, m[0])]
    others = [m for m in mentions if m not in home]
    apart = [m for m in others if not any(_nested(m[1], h[1]) for h in home)]
    return others if home and apart else mentions


def _nested(some: list[str], others: list[str]) -> bool:
    return any(inside(a, b) or inside(b, a) for a in some for b in others)


def _writer_is_at(reading: Reading, k: int) -> bool:
    before = [reading.key(n) for n in range(max(0, k - 4), k)]
    at = next((n for n in range(len(before) - 1, -1, -1) if before[n] in keys("being_at")), -1)
    return at > 0 and len(before) - at <= 2 and before[at - 1] in keys("writer")


def _named_beside(reading: Reading, k: int) -> bool:
    """Another commodity is named (or this one already was): ក្រូចឆ្មារ is the district then."""
    ids = reading.items[k].ids("commodity")
    if not ids or any(s.kind not in ("place", "commodity") for s in reading.items[k].senses):
        return False
    for n, item in enumerate(reading.items):
        if n == k or not any(s.kind == "commodity" and not s.weak for s in item.senses):
            continue
        if (set(ids) & set(item.ids("commodity")) and n < k) or not any(len(c) <= 4 for c in item.ids("place")):
            return True
    return False


def _stands_alone(reading: Reading, k: int) -> bool:
    """A commune without its level word counts only when its name is long enough to be no accident."""
    item = reading.items[k]
    return item.j - item.i >= 3 if reading.atoms[item.i].kind == "k" else len(reading.key(k)) >= 8


def _goes_on(reading: Reading, k: int) -> bool:
    """Unknown Khmer touches the name: it is the beginning of another one."""
    if k + 1 >= len(reading.items):
        return False
    after = reading.items[k + 1]
    first = reading.atoms[after.i]
    return not after.senses and not after.digits and first.kind == "k" and not first.space


def _village(reading: Reading, k: int) -> list[str]:
    for end in range(min(len(reading.items), k + 3), k, -1):
        key = "".join(reading.said(n) for n in range(k, end)).replace(" ", "").lower()
        codes = reading.lexicon.places.villages(key)
        if codes:
            return list(codes)
    return []


def _choose_place(mentions: list[_Mention], out: Named) -> None:
    """The smallest place that agrees with the others; of namesakes the largest."""
    mentions = mentions[:_MOST_PLACES]
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
    if rest:
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
                    _namesakes(reading, known, out)
                return
        if item.ids("market_name"):
            said = reading.said(k)
            at = max((word for word in words("before_place") if said.lower().startswith(word)), key=len, default="")
            out.market = said[len(at) :].strip()
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


def _strange_place(reading: Reading, out: Named) -> None:
    """What stands where a place is said and is none we know: repeated in the answer, which is of elsewhere."""
    before = keys("before_place")
    for k in range(1, len(reading.items)):
        item = reading.items[k]
        known = bool(item.senses) and not (item.ids("place") and _goes_on(reading, k))
        if known or item.digits or reading.is_sign(k) or reading.key(k - 1) not in before or k in out.used:
            continue
        last = item.j
        while last < len(reading.atoms) and reading.atoms[last].kind == "k" and not reading.atoms[last].space:
            last += 1
        said = reading.cleaned[reading.atoms[item.i].start : reading.atoms[last - 1].end]
        if len(said) >= _TELLING:
            out.market = said
            out.used.update(n for n, other in enumerate(reading.items) if item.i <= other.i < last)
            return


def _namesakes(reading: Reading, known: list[str], out: Named) -> None:
    """Markets of one name: the one in the place that is named, else it is asked where."""
    places = {id: reading.lexicon.markets[id].place for id in known}
    fitting = [id for id in known if out.place and inside(places[id], out.place)]
    if fitting:
        out.market = fitting[0]
    elif not out.place:
        out.market, out.place_sure = None, 0.5
        out.maybe.extend(Maybe("place", code, 0.5) for code in dict.fromkeys(places.values()))


def _langs(reading: Reading, k: int) -> set[str]:
    return {s.lang for s in reading.items[k].senses}


def _market_word_near(reading: Reading, k: int) -> bool:
    return any(0 <= n < len(reading.items) and "market" in reading.items[n].ids("place_word") for n in (k - 1, k + 1))


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
        elif units and (counted or (out.unit is None and not _shy(reading, k))):
            out.unit = units[0]
        if currencies and item.score == 1:
            beside = k in ends or k in starts or k + 1 in starts
            if beside or not any(s.kind in ("filler", "keyword", "commodity") for s in item.senses):
                out.currency = currencies[0] if out.currency in (None, "khr") else out.currency


def _shy(reading: Reading, k: int) -> bool:
    """A word that is a unit only beside a number, or that has another meaning here."""
    return reading.key(k) in _SHY_UNITS or any(
        s.kind in ("filler", "number", "keyword") for s in reading.items[k].senses
    )
