"""The oracle of spoken numbers: how ICU's rules spell them out, kept as data beside the tests.

Which numbers are checked and in which blocks stands here; run as a program, with PyICU installed, it writes the data
anew. The tests and the line itself never need PyICU.

    python tests/unit/language/spell_out.py
"""

import csv
import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
DIGESTS = {"km": DATA / "spelled_km.txt", "en": DATA / "spelled_en.txt"}
SAMPLE = DATA / "spelled.csv"

MILLION = 1_000_000
MOST = 99_999_999
BLOCK = 1_000
SEED = 20_261_122


def drawn() -> list[int]:
    """A million numbers above a million. Only random() gives the same numbers in every Python."""
    draw = random.Random(SEED).random
    return [MILLION + 1 + int(draw() * (MOST - MILLION)) for _ in range(MILLION)]


def blocks() -> Iterator[Sequence[int]]:
    """Every number from 0 to a million, then the million drawn, a thousand at a time."""
    for numbers in (range(MILLION + 1), drawn()):
        for start in range(0, len(numbers), BLOCK):
            yield numbers[start : start + BLOCK]


def digest(spelled: Iterator[str]) -> str:
    """What is kept of a block: 64 bits of the SHA-256 of its numbers, one a line."""
    return hashlib.sha256("\n".join(spelled).encode()).hexdigest()[:16]


def sampled() -> list[int]:
    """The numbers kept as words: all small ones, the edges of every scale, prices, and some drawn."""
    edges = {10**power * first + more for power in range(2, 8) for first in range(1, 10) for more in (-1, 0, 1)}
    prices = {500, 1_200, 8_500, 9_500, 12_500, 25_000, 150_000, 1_250_000, 2_500_000, 10_050_000, 99_999_999}
    return sorted({*range(121), *edges, *prices, *drawn()[:80]})


def _speller(language: str) -> Callable[[int], str]:
    """ICU's words, normalised: ICU marks every joint of Khmer words by a zero-width space.

    Within a number below a hundred (ដប់ប្រាំ) and before រយ (ប្រាំរយ) nothing is heard of it, each is one clip; any
    other is a space here. English is left as it is.
    """
    import icu  # type: ignore[import-not-found, unused-ignore]

    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language))
    ones, tens = ("|".join(rules.format(n) for n in numbers) for numbers in (range(9, 0, -1), range(10, 100, 10)))
    silent = re.compile(f"({tens})\u200b(?={ones})|\u200b(?=រយ)")

    def spell(number: int) -> str:
        words = silent.sub(lambda joint: joint[0].rstrip("\u200b"), rules.format(number))
        return words.replace("\u200b", " ")

    return spell


def write() -> None:
    """Ask ICU for all of it and write the three files."""
    spellers = {language: _speller(language) for language in DIGESTS}
    for language, path in DIGESTS.items():
        path.write_text("".join(digest(map(spellers[language], block)) + "\n" for block in blocks()), encoding="utf-8")
    with SAMPLE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("number", *spellers))
        rows.writerows((number, *(spell(number) for spell in spellers.values())) for number in sampled())


if __name__ == "__main__":
    write()
