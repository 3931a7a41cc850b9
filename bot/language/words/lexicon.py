"""The lexicon: every form the line knows, indexed for reading, and every name for writing.

Owns the indexes (exact, loose) over vocabulary, places and markets. Immutable; shared by threads.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.text.fold import atoms, clean, loose, loose_latin, syllables
from bot.language.text.tables import words
from bot.language.words import vocabulary
from bot.language.words.places import Places, latin_key, level_of
from bot.language.words.vocabulary import VOICES, Entry, Narrower, Sense

Senses = tuple[Sense, ...]
Rests = tuple[list[str], list[str]]  # folded rests of names, and the goods they belong to
FuzzyIndex = dict[tuple[str, int], tuple[list[str], list[Senses]]]  # by first (loose) or $ and last letter, and length

# Loose and fuzzy readings serve these; a filler or a number is never guessed.
_GUESSED = ("commodity", "group", "decoy", "place", "keyword", "time", "weekday", "category", "level", "market")
_SHORTEST_GOOD = 6  # letters of a Latin name that may be guessed by its sound
_KAMPONG = ("kompong", "kg", "kompung", "kampung", "kpg", "kp", "kpong", "kompoung", "kampoung")


@dataclass(frozen=True, slots=True)
class MarketName:
    """A market as staff imported it. `place` is an official code."""

    id: str
    km: str
    en: str
    place: str


class Lexicon:
    """Indexes over the vocabulary, the gazetteer and the known markets."""

    __slots__ = (
        "_children",
        "_entries",
        "_kin",
        "_sorts",
        "_within",
        "after",
        "before",
        "compounds",
        "figured",
        "fuzzy_km",
        "fuzzy_latn",
        "km",
        "latn",
        "loose_km",
        "loose_latn",
        "markets",
        "places",
        "signs",
    )

    def __init__(self) -> None:
        self.km: dict[str, Senses] = {}  # folded Khmer, by syllable prefix: () while only a beginning
        self.latn: dict[str, Senses] = {}
        self.loose_km: dict[str, Senses] = {}
        self.loose_latn: dict[str, Senses] = {}
        self.fuzzy_km: FuzzyIndex = {}
        self.fuzzy_latn: FuzzyIndex = {}
        # What makes a longer name of a good's word: the rests behind it and before it, each with the good they make.
        self.after: dict[str, Rests] = {}
        self.before: dict[str, Rests] = {}
        self.compounds: dict[tuple[str, bool], dict[str, str]] = {}  # good, behind it: the rest makes another good
        self.figured: set[str] = set()  # beginnings of names that go on with figures: chi 15-15-15
        self.signs: dict[str, Senses] = {}
        self.places = Places()
        self.markets: dict[str, MarketName] = {}
        self._entries: dict[tuple[str, str], Entry] = {}
        self._children: dict[str, tuple[str, ...]] = {}  # general words that are asked back
        self._sorts: dict[str, tuple[str, ...]] = {}  # goods of their own that come in sorts
        self._kin: list[tuple[str, ...]] = []  # goods that may stand for each other
        self._within: dict[str, frozenset[str]] = {}  # everything a word beside it only explains

    @classmethod
    @cache
    def load(cls) -> Lexicon:
        """Read the vocabulary and the gazetteer: a third of a second, once in a process. It never changes."""
        made = cls()
        for entry in vocabulary.read():
            made._entries[(entry.kind, entry.id)] = entry
            for form, sense in entry.forms:
                made._learn(form, sense)
                if sense.lang == "en" and sense.kind in ("commodity", "group", "decoy", "unit") and not sense.weak:
                    for more in vocabulary.plurals(form):
                        made._learn(more, sense)
        for code, (km, en) in made.places.upper().items():
            made._learn(km, Sense("place", code, "km"))
            made._learn(en, Sense("place", code, "latn"))
            if en.startswith("Kampong "):
                rest = en.removeprefix("Kampong ")
                for start in _KAMPONG:
                    made._learn(f"{start} {rest}", Sense("place", code, "latn"))
        made._index_fuzzy()
        made._index_compounds()
        made._rank(vocabulary.narrower())
        return made

    def with_markets(self, markets: Sequence[MarketName], taught: Sequence[tuple[str, Sense]] = ()) -> Lexicon:
        """A lexicon that also understands these markets by name, and spellings that staff taught.

        Cheap: indexes are copied, not rebuilt.
        """
        made = copy.copy(self)
        made.km, made.latn, made.signs = dict(self.km), dict(self.latn), dict(self.signs)
        made.markets = {m.id: m for m in markets}
        for form, sense in taught:
            made._learn(form, sense, exact=True)
        for market in markets:
            for name, lang in ((market.km, "km"), (market.en, "latn")):
                for form in _market_forms(name, lang):
                    made._learn(form, Sense("market", market.id, lang), exact=True)
                if self._tells_a_market(bare := _bare(name, lang)):
                    made._learn(bare, Sense("market", market.id, lang), exact=True)
        return made

    def _tells_a_market(self, bare: str) -> bool:
        """Whether a name alone may mean a market: long enough, and nothing else but a place (ថ្មី is also new)."""
        parts = syllables(bare)
        if not parts or (len(parts) < 2 if "\u1780" <= parts[0][0] <= "\u17dd" else len("".join(parts)) < 4):
            return False
        return all(sense.kind == "place" for sense in self.find(bare))

    def _learn(self, form: str, sense: Sense, exact: bool = False) -> None:
        parts = syllables(form)
        if not parts:
            self.signs[form] = (*self.signs.get(form, ()), sense)
            return
        key = "".join(parts)
        if sense.kind == "commodity" and any(part.isdigit() for part in parts[1:]):
            self.figured.update("".join(parts[:n]) for n, part in enumerate(parts) if n and part.isdigit())
        if "\u1780" <= key[0] <= "\u17dd" or "\u1780" <= key[-1] <= "\u17dd":
            so_far = ""
            for part in parts:
                so_far += part
                self.km.setdefault(so_far, ())
            _add(self.km, key, sense)
            if sense.kind in _GUESSED and not exact and len(parts) > 1 and not _commune(sense):
                self._learn_loose(loose(key), sense)
            return
        _add(self.latn, key, sense)
        if exact or sense.weak or len(key) < (_SHORTEST_GOOD if sense.kind == "commodity" else 4) or _commune(sense):
            return
        if sense.lang == "en" and not (sense.kind == "commodity" and len(key) > 7):
            return
        if sense.kind not in _GUESSED and not (sense.kind == "unit" and len(key) > 4):
            return
        _add(self.loose_latn, "".join(loose_latin(p) for p in parts if p), sense)

    def _learn_loose(self, key: str, sense: Sense) -> None:
        if len(key) < 4:
            return
        for end in range(1, len(key)):
            self.loose_km.setdefault(key[:end], ())
        _add(self.loose_km, key, sense)

    def _index_fuzzy(self) -> None:
        for key, senses in self.loose_km.items():
            if senses and len(key) >= 4:
                _file(self.fuzzy_km, key[0], key, senses)
        for key, senses in self.latn.items():
            if len(key) < 5:
                continue
            guessed = tuple(s for s in senses if _may_be_guessed(s, len(key)))
            if guessed:
                _file(self.fuzzy_latn, loose_latin(key)[:1], key, guessed)

    def _index_compounds(self) -> None:
        for (kind, id), entry in self._entries.items():
            if kind != "commodity":
                continue
            for form, sense in entry.forms:
                parts = [] if sense.weak or sense.lang == "en" else syllables(form)
                for cut in range(1, len(parts)):
                    head, tail = "".join(parts[:cut]), "".join(parts[cut:])
                    for word, rest, index in ((head, tail, self.after), (tail, head, self.before)):
                        senses = self.km.get(word) or self.latn.get(word, ())
                        general = next((s.id for s in senses if s.kind in ("commodity", "group") and s.id != id), None)
                        if general:
                            rests = index.setdefault(word, ([], []))
                            rests[0].append(rest)
                            rests[1].append(id)
                            self.compounds.setdefault((general, index is self.after), {}).setdefault(rest, id)

    def find(self, form: str) -> Senses:
        """What a form means exactly, Khmer or Latin."""
        key = "".join(syllables(form))
        return self.km.get(key) or self.latn.get(key, ())

    def _rank(self, rows: Sequence[Narrower]) -> None:
        below: dict[str, set[str]] = {}
        for row in rows:
            if row.use == "ask":
                self._children[row.general] = row.narrower
            elif row.use == "sort":
                self._sorts[row.general] = row.narrower
            elif row.use == "kin":
                self._kin.append((row.general, *row.narrower))
                continue
            below.setdefault(row.general, set()).update(row.narrower)
        for general in below:
            found, left = set[str](), [general]
            while left:
                new = below.get(left.pop(), set()) - found
                found |= new
                left += new
            self._within[general] = frozenset(found - {general})

    def children(self, id: str) -> tuple[str, ...]:
        """What a general word may stand for, most asked first; empty when the word is definite."""
        return self._children.get(id, ())

    def sorts(self, id: str) -> tuple[str, ...]:
        """The sorts a good of its own comes in: wet and dry paddy, fragrant paddy; empty for most."""
        return self._sorts.get(id, ())

    def alike(self, id: str) -> tuple[str, ...]:
        """Goods like this one, nearest first: what it is a sort of, its sorts, the other sorts, its kin."""
        wider = [general for general, sorts in self._sorts.items() if id in sorts]
        beside = [other for general in wider for other in self._sorts[general]]
        family = [other for kin in self._kin if id in kin for other in kin]
        found = dict.fromkeys((*wider, *self._sorts.get(id, ()), *self._children.get(id, ()), *beside, *family))
        return tuple(other for other in found if other != id and ("commodity", other) in self._entries)

    def within(self, id: str) -> frozenset[str]:
        """Every good beside which this one's word only says what sort of thing it is."""
        return self._within.get(id, frozenset())

    def commodity(self, id: str) -> Entry | None:
        """A commodity's names and spellings."""
        return self._entries.get(("commodity", id))

    def commodities(self) -> tuple[str, ...]:
        """Ids of all commodities, in the vocabulary's order."""
        return tuple(id for kind, id in self._entries if kind == "commodity")

    def provinces(self) -> tuple[str, ...]:
        """Codes of all provinces, two digits each."""
        return tuple(id for kind, id in self._entries if kind == "province")

    def units(self) -> tuple[str, ...]:
        """Ids of all units."""
        return tuple(id for kind, id in self._entries if kind == "unit")

    def entry(self, kind: str, id: str) -> Entry | None:
        """A row of the vocabulary."""
        return self._entries.get((kind, id))

    def name(self, what: str, id: str, voice: str, short: bool = False) -> str:
        """What a commodity, unit, currency, level, place or market is called; its id where none is known.

        `voice` is km, km_Latn (or latn) or en. `short` prefers a shorter customary form where there is one.
        """
        lang = VOICES.get(voice, "en")
        if what == "market":
            market = self.markets.get(id)
            return id if market is None else (market.km if lang == "km" else market.en)
        entry = self._entries.get(("province" if what == "place" else what, id))
        if entry is None:
            return self.places.name(id, lang) if what == "place" else id
        return (short and entry.short[lang]) or entry.names[lang] or id


def _add(index: dict[str, Senses], key: str, sense: Sense) -> None:
    have = index.get(key)
    if not have:
        index[key] = (sense,)
    elif not any(s.kind == sense.kind and s.id == sense.id for s in have):
        index[key] = (*have, sense)


def _file(index: FuzzyIndex, first: str, key: str, senses: Senses) -> None:
    for letter in (first, "$" + key[-1]):
        forms, meanings = index.setdefault((letter, len(key)), ([], []))
        forms.append(key)
        meanings.append(senses)


def _may_be_guessed(sense: Sense, letters: int) -> bool:
    """Whether a Latin spelling stands for this one too when a letter or two are wrong."""
    if sense.kind == "commodity" and letters < (_SHORTEST_GOOD + (sense.lang == "en")):
        return False
    return sense.kind in _GUESSED and not sense.weak and not _commune(sense)


def _commune(sense: Sense) -> bool:
    return sense.kind == "place" and level_of(sense.id) not in ("province", "district")


def _market_forms(name: str, lang: str) -> Iterable[str]:
    bare = _bare(name, lang)
    if lang == "km":
        return {name.strip(), *(word + bare for word in words("market_word"))} if bare else {name.strip()}
    return {f"phsar {bare}", f"psar {bare}", f"psa {bare}", f"{bare} market", f"market {bare}"} if bare else {name}


def _bare(name: str, lang: str) -> str:
    """A market's name without the word market."""
    if lang == "km":
        (word,) = words("market_word")
        return name.strip().removeprefix(word).strip()
    return " ".join(w for w in latin_words(name) if w not in ("phsar", "psar", "psa", "market"))


def latin_words(text: str) -> list[str]:
    """The Latin words of a text, folded."""
    return [a.key for a in atoms(clean(text)) if a.kind in "ld"]


__all__ = ["Lexicon", "MarketName", "latin_key"]
