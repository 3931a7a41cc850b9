"""The words the line knows: data/vocabulary.csv and data/goods.csv, so that a reviewer mends words, not code.

Owns the files' form (one row a meaning, `|` between spellings, `?` before a spelling that means this only
where nothing else fits) and data/narrower.csv, what a general word stands for. Knows nothing of places beyond
the provinces' and districts' extra spellings.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple


class Sense(NamedTuple):
    """One thing a form can mean. `lang` is km, latn or en: how the form was written; `weak`: only at need."""

    kind: str
    id: str
    lang: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the vocabulary: a meaning, its names and every spelling that is understood."""

    kind: str
    id: str
    names: dict[str, str]
    short: dict[str, str]
    forms: tuple[tuple[str, Sense], ...]


VOICES = {"km": "km", "km_Latn": "latn", "latn": "latn", "en": "en"}


def _forms(kind: str, id: str, row: dict[str, str]) -> Iterator[tuple[str, Sense]]:
    kind = "place" if kind in ("province", "district") else kind
    for lang in ("km", "latn", "en"):
        strong, shy = Sense(kind, id, lang), Sense(kind, id, lang, True)
        for form in row["forms_" + lang].split("|"):
            if form:
                weak = form.startswith("?") and len(form) > 1
                yield (form[1:], shy) if weak else (form, strong)


def read() -> list[Entry]:
    """Every row of the goods and of the other words, in the files' order."""
    return [
        Entry(
            row["type"],
            row["id"],
            {"km": row["km"], "latn": row["latn"], "en": row["en"]},
            {"km": row["short_km"], "latn": row["short_latn"], "en": row["short_en"]},
            tuple(_forms(row["type"], row["id"], row)),
        )
        for name in ("goods.csv", "vocabulary.csv")
        for row in _rows(name)
    ]


@dataclass(frozen=True, slots=True)
class Narrower:
    """What a general word or good stands for, most asked first.

    `use` is ask (the word alone is asked back), sort (it is a good of its own, these are sorts of it), beside (said
    beside one of these it only explains it: pork is no pig) or kin (where one has no price, another's helps).
    """

    general: str
    use: str
    narrower: tuple[str, ...]


def narrower() -> list[Narrower]:
    """Every row of what is narrower than what."""
    return [Narrower(row["general"], row["use"], tuple(row["narrower"].split("|"))) for row in _rows("narrower.csv")]


def _rows(name: str) -> list[dict[str, str]]:
    with resources.files("bot.language").joinpath("data", name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def plurals(english: str) -> tuple[str, ...]:
    """How people write more than one of an English noun."""
    if english.endswith(("s", "x", "ch", "sh")):
        return (english + "es",)
    if english.endswith("y") and english[-2:-1] not in "aeiou":
        return (english[:-1] + "ies", english + "s")
    if english.endswith("o"):
        return (english + "es", english + "s")
    return (english + "s",)
