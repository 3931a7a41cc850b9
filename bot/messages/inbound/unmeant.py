"""What phones, carriers and machines send in somebody's name, told by its form alone: nobody said it to us.

Owns the frames of frames.csv: reactions that quote us, contact cards, one-time codes, notices, and our own sentences
sent back. Reads no words of people: what fits no frame is for the language room.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bot.language.text.fold import clean

_FRAMES = Path(__file__).parent / "frames.csv"
OPENS = '“„‟«‹「『"❝〝'  # the signs that begin a quotation
_QUOTE = re.compile(f"[{OPENS}”]")
_DIGITS = re.compile(r"(?<![0-9])[0-9]{4,8}(?![0-9])|(?<![0-9])[0-9]{3}[- ][0-9]{3}(?![0-9])")
_DIALLED = re.compile(r"[*#][0-9]{2,4}(?:[*#][0-9]*)*#")  # *100#: what a carrier asks its customers to dial
_NOTICE = 40  # letters of a text that says what to dial and is no question about it
_OWN = 24  # letters from its beginning by which a sentence of ours is known
_LETTERS = re.compile(r"[\W\d_]+")
_MOST_BEFORE = 60  # letters before a quotation


class Unmeant:
    """The frames, and how our own sentences begin. Built once and shared."""

    def __init__(self, frames: Iterable[tuple[str, str]], sentences: Iterable[str]):
        by_place: dict[str, list[str]] = defaultdict(list)
        for where, frame in frames:
            by_place[where].append(frame.lower())
        self._quoting = frozenset(_letters(frame) for frame in by_place["before quote"])
        self._before = frozenset(_letters(frame) for frame in by_place["before own words"])
        self._begins = tuple(by_place["begins"])
        self._contains = tuple(by_place["contains"])
        self._with_digits = tuple(by_place["with digits"])
        begun = (_letters(sentence.partition("{")[0]) for sentence in sentences)
        self._own = frozenset(letters[:_OWN] for letters in begun if len(letters) >= _OWN)

    @classmethod
    def load(cls, sentences: Iterable[str]) -> Unmeant:
        """The frames of frames.csv; `sentences` are ours, as people read them."""
        with _FRAMES.open(encoding="utf-8", newline="") as file:
            return cls([(row["where"], row["frame"]) for row in csv.DictReader(file)], sentences)

    def fits(self, text: str) -> bool:
        """Whether a text has one of the forms."""
        if len(text) < 8:
            return False  # a word or a number: somebody typed it
        plain = " ".join(text.lower().replace("’", "'").split())
        return (
            plain.startswith(self._begins)
            or any(frame in plain for frame in self._contains)
            or self._is_code(plain)
            or (len(plain) >= _NOTICE and _DIALLED.search(plain) is not None)
            or self._quotes(text)
            or self._is_ours(text)
        )

    def _is_code(self, plain: str) -> bool:
        return any(frame in plain for frame in self._with_digits) and _DIGITS.search(clean(plain)) is not None

    def _quotes(self, text: str) -> bool:
        """A verb of a phone's, or only little pictures, and then words in quotation marks."""
        begin = _QUOTE.search(text)
        if begin is None or begin.start() > _MOST_BEFORE:
            return False
        before = text[: begin.start()]
        if not any(letter.isalpha() for letter in before):
            # A picture alone, such as 👍: somebody who only puts words between marks has none.
            return any(ord(letter) > 0x2190 for letter in before) and _letters(before) in self._quoting
        return _letters(before) in self._quoting

    def _is_ours(self, text: str) -> bool:
        """A sentence of ours sent back, alone or behind the words of a forward."""
        lines = [line for line in re.split(r"\n|(?<=:) ", text, maxsplit=1) if line.strip()]
        if _letters(text)[:_OWN] in self._own:
            return True
        first = _letters(lines[0].strip(" -:>*"))
        behind = text[len(lines[0]) :]
        return first in self._before and _letters(behind)[:_OWN] in self._own


def _letters(text: str) -> str:
    """The letters of a text, small, without signs, numbers and what is between them."""
    return _LETTERS.sub("", text.lower())
