"""A text as the masker looks at it: what cannot be seen left out, every digit one of 0-9, accents dropped.

Owns the way back to the letters as they were typed. Changes nothing in them.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

Span = tuple[int, int]
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me"})  # format and control characters, variation signs, the frame of a key


class Plain(NamedTuple):
    """`at`: where each letter of `text` stands in what was typed, and one past the last."""

    text: str
    at: list[int]

    def typed(self, span: Span) -> Span:
        """A span of `text` in what was typed."""
        begin, end = span
        return self.at[begin], self.at[end - 1] + 1


def plain(text: str) -> Plain:
    """The text without what cannot be seen."""
    if text.isascii():
        return Plain(text.translate(_BLANK), list(range(len(text) + 1)))
    letters = [_letter(letter) for letter in text]
    at = [place for place, letter in enumerate(letters) if letter]
    return Plain("".join(letters), [*at, len(text)])


_BLANK = dict.fromkeys((*range(0x20), 0x7F), " ")


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    """One letter or sign as one, or nothing where it is not seen."""
    if "\u1780" <= letter <= "\u17d3" or letter == "\u17dd":
        return "" if letter in "\u17b4\u17b5" else letter
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    if letter in "\n\r\t" or letter.isspace():
        return " "
    if unicodedata.category(letter) in _UNSEEN:
        return ""
    flat = unicodedata.normalize("NFKD", letter)[0]
    return flat if flat.isascii() and flat.isprintable() else letter
