"""The lexicon: every form the line knows, indexed for reading, and every name for writing.

Owns the indexes (exact, loose) over vocabulary, places and markets. Immutable; shared by threads.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.text.fold import atoms, clean, loose, loose_latin, syllables
from bot.language.words import vocabulary
from bot.language.words.places import Places, latin_key, level_of
from bot.language.words.vocabulary import VOICES, Entry, Sense

Senses = tuple[Sense, ...]
FuzzyIndex = dict[tuple[str, int], tuple[list[str], list[Senses]]]  # by first (loose) or $ and last letter, and length

# Loose and fuzzy readings serve these; a filler or a number is never guessed.
_GUESSED = ("commodity", "group", "decoy", "place", "keyword", "time", "weekday", "category", "level", "market")
_CHILDREN = {
    "fish": (
        "fish_ros",
        "fish_pra",
        "fish_riel",
        "fish_andeng",
        "fish_tilapia",
        "fish_chhdaor",
        "fish_chhpin",
        "fish_carp",
        "fish_ptuok",
    ),
    "egg": ("egg_chicken", "egg_duck"),
    "resin": ("resin_liquid", "resin_solid"),
    "water": ("water_pure", "water_clean", "water_piped"),
    "bean": ("mung_bean", "soybean", "peanut", "long_bean"),
    "potato": ("cassava", "sweet_potato"),
    "rice": ("rice_paddy", "rice_milled", "rice_fragrant"),
    "meat": ("pork", "beef", "chicken"),
    "fuel": ("petrol", "diesel"),
    "gourd": ("wax_gourd", "bitter_gourd", "luffa"),
    "melon": ("watermelon",),
    "vegetable": ("morning_glory", "cabbage", "mustard_green", "cucumber", "tomato", "eggplant", "long_bean"),
}
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
        "_entries",
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
        self.signs: dict[str, Senses] = {}
        self.places = Places()
        self.markets: dict[str, MarketName] = {}
        self._entries: dict[tuple[str, str], Entry] = {}

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
        return made

    def with_markets(self, markets: Sequence[MarketName]) -> Lexicon:
        """A lexicon that also understands these markets by name. Cheap: indexes are copied, not rebuilt."""
        made = copy.copy(self)
        made.km, made.latn, made.signs = dict(self.km), dict(self.latn), dict(self.signs)
        made.markets = {m.id: m for m in markets}
        for market in markets:
            for name, lang in ((market.km, "km"), (market.en, "latn")):
                for form in _market_forms(name, lang):
                    made._learn(form, Sense("market", market.id, lang), exact=True)
        return made

    def _learn(self, form: str, sense: Sense, exact: bool = False) -> None:
        parts = syllables(form)
        if not parts:
            self.signs[form] = (*self.signs.get(form, ()), sense)
            return
        key = "".join(parts)
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
        if exact or sense.weak or len(key) < 4 or _commune(sense):
            return
        if sense.lang == "en" and not (sense.kind == "commodity" and len(key) > 5):
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
            guessed = tuple(s for s in senses if s.kind in _GUESSED and not s.weak and not _commune(s))
            if guessed:
                _file(self.fuzzy_latn, loose_latin(key)[:1], key, guessed)

    def find(self, form: str) -> Senses:
        """What a form means exactly, Khmer or Latin."""
        key = "".join(syllables(form))
        return self.km.get(key) or self.latn.get(key, ())

    def children(self, id: str) -> tuple[str, ...]:
        """What a general word may stand for, most asked first; empty when the word is definite."""
        return _CHILDREN.get(id, ())

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


def _commune(sense: Sense) -> bool:
    return sense.kind == "place" and level_of(sense.id) not in ("province", "district")


def _market_forms(name: str, lang: str) -> Iterable[str]:
    name = name.strip()
    if lang == "km":
        bare = name.removeprefix("ផ្សារ").strip()
        return {name, "ផ្សារ" + bare} if bare else {name}
    words = [w for w in latin_words(name) if w not in ("phsar", "psar", "psa", "market")]
    bare = " ".join(words)
    return {f"phsar {bare}", f"psar {bare}", f"psa {bare}", f"{bare} market", f"market {bare}"} if bare else {name}


def latin_words(text: str) -> list[str]:
    """The Latin words of a text, folded."""
    return [a.key for a in atoms(clean(text)) if a.kind in "ld"]


__all__ = ["Lexicon", "MarketName", "latin_key"]
