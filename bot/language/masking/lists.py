"""The words by which the masker knows what leads to a person: names, titles, cues, digits, ordinary words.

Owns the form of data/masking/*.csv (`|` between spellings), where a reader of Khmer mends them. Decides nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from bot.language.text.fold import loose_latin, syllables
from bot.language.words import vocabulary
from bot.language.words.places import Places, latin_loose

# How surely a word is a name: hardly ever, sometimes (it is an ordinary word too), always.
COMMON, WORD, SURE = "common", "word", "sure"
NAME, SURNAME, GIVEN, ORDINARY, PLACE = "name", "surname", "given", "ordinary", "place"
COMPOSED = "composed"  # of two names: Chan and thy
LONGEST = 14  # syllable signs of one word in Khmer, words of one phrase in Latin letters are at most PHRASE
PHRASE = 4
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of a word: by its folded Khmer, or its words in Latin letters with one space between.

    `senses`: the cues of cues.csv, the constants above; `digits`: "0" to "9", two digits, hundred, scale.
    `endings`: of addresses in the web, and whether one stands without a path behind it.
    """

    senses: dict[str, frozenset[str]] = field(default_factory=dict)
    digits: dict[str, str] = field(default_factory=dict)
    endings: dict[str, bool] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)  # of the words that begin with a syllable sign
    heard: set[str] = field(default_factory=set)  # official places in Latin letters as they sound
    places: Places = field(default_factory=Places)

    def of(self, key: str) -> frozenset[str]:
        return self.senses.get(key, _NONE)

    def is_place(self, words: Sequence[str]) -> bool:
        """Whether words in Latin letters are a province, district or commune by sound, or a village."""
        return "".join(map(loose_latin, words)) in self.heard or bool(self.places.villages("".join(words)))


@cache
def lists() -> Lists:
    """Every list, read once."""
    found = Lists()
    for row in _rows("names.csv"):
        part = {NAME, SURNAME, GIVEN} if row["part"] == "both" else {NAME, row["part"]}
        _add(found, row["km"], {*part, row["in_km"] or SURE})
        for form in filter(None, row["latn"].split("|")):
            _add(found, form, {*part})
    for row in _rows("ordinary.csv"):
        _add(found, row["word"], {ORDINARY, *filter(None, [row["name"]])})
    for row in _rows("cues.csv"):
        for form in _forms(row):
            _add(found, form, {row["cue"]})
    for row in _rows("digits.csv"):
        for form in _forms(row):
            _add(found, form, {"digit"})
            found.digits.setdefault(_key(form), row["value"])
    for row in _rows("endings.csv"):
        found.endings[row["ending"]] = bool(row["alone"])
    _add_known(found)
    for key, senses in found.senses.items():
        if NAME in senses and not senses & {COMMON, WORD}:
            found.senses[key] = senses | {SURE}
    return found


def _add_known(found: Lists) -> None:
    """What the line knows already: goods and words of its vocabulary, official places."""
    for entry in vocabulary.read():
        sense = PLACE if entry.kind in ("province", "district") else ORDINARY
        for form, _ in entry.forms:
            if entry.kind != "number" and NAME not in found.of(_key(form)):
                _add(found, form, {sense})
    for km, latin in found.places.upper().values():
        found.heard.add(latin_loose(latin))
        for form in (km, latin):
            _add(found, form, {PLACE})


def _rows(name: str) -> Iterator[dict[str, str]]:
    source = resources.files("bot.language").joinpath("data", "masking", name)
    with source.open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _forms(row: dict[str, str]) -> Iterator[str]:
    for lang in ("km", "latn", "en"):
        yield from filter(None, row[lang].split("|"))


def _key(form: str) -> str:
    parts = syllables(form)
    return (" " if form.isascii() else "").join(parts)


def _add(found: Lists, form: str, senses: set[str]) -> None:
    parts = syllables(form)
    if not parts:
        return
    latin = form.isascii()
    key = (" " if latin else "").join(parts)
    found.senses[key] = found.of(key) | senses
    if len(parts) <= (PHRASE if latin else LONGEST):
        found.longest[parts[0]] = max(found.longest.get(parts[0], 0), len(parts))
