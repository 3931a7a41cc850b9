"""The phones a visitor can hold: the invented people, and how a typed number is read.

Every number here is made up. Stores nothing.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_SEPARATORS = re.compile(r"[\s\u200b.()-]+")
# A number, a short code, or the word a carrier gives for a caller who withholds the number.
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,6}|[A-Za-z]{3,20}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone invented, in both languages of the page."""

    number: str
    name_km: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Try:
    """A message worth trying, and what it does, in both languages."""

    text: str
    km: str
    en: str


PEOPLE = (
    Person("+85512000001", "កសិករ អក្សរខ្មែរ", "Farmer, Khmer script"),
    Person("+85512000002", "កសិករ អក្សរឡាតាំង", "Farmer, Latin script"),
    Person("+85512000003", "អ្នករាយការណ៍តម្លៃ", "Enumerator"),
    Person("+85512000004", "មន្ត្រី", "Official"),
    Person("+85512000005", "ប្រធានក្រុម", "Group leader"),
    Person("+85512000006", "អ្នករាយការណ៍ទីពីរ", "Second enumerator"),
)


@cache
def tries() -> dict[str, tuple[Try, ...]]:
    """What each sample person may text, by their number; data/tries.csv holds the words."""
    found: dict[str, tuple[Try, ...]] = {}
    with (Path(__file__).parent / "data" / "tries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["number"]] = (*found.get(row["number"], ()), Try(row["text"], row["km"], row["en"]))
    return found


def read_number(typed: str) -> str | None:
    """A sender as a carrier writes it (+855…, short code, ANONYMOUS), or None if it is neither."""
    number = _SEPARATORS.sub("", typed.translate(_KHMER_DIGITS))
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number.startswith("0"):
        number = "+855" + number[1:]
    return number if _SENDER.fullmatch(number) else None


def is_e164(number: str) -> bool:
    return _E164.fullmatch(number) is not None
