"""How far a name goes: which of the words behind its first belong to it.

Owns what goes on with a name. Looks for none.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.masking.lists import COMMON, SURE, WORD
from bot.language.masking.plain import Span
from bot.language.masking.words import Word

PIECES = 4  # words of a name
UNKNOWN_KHMER = 16  # letters and signs of an unknown word that may be one name
_ENDS = (".", "!", "?", "\u17d4", "\u17d5")
NO_NAMES = ("ender", "place", "thing", "after", "question")


def whole_name(words: Sequence[Word], first: int) -> Span:
    """From its first word to the end of the name."""
    if words[first].capital and first + 2 < len(words) and len(words[first].key) == 1 and words[first + 1].key == ".":
        first_end = words[first + 2].end
        return words[first].start, first_end
    last = first + 1
    while last < len(words) and last - first < PIECES and _belongs(words, first, last):
        last += 1
    return words[first].start, words[last - 1].end


def _belongs(words: Sequence[Word], first: int, place: int) -> bool:
    """Whether a word goes on with the name before it."""
    word = words[place]
    if word.kind not in "kl" or word.kind != words[first].kind or not next_to(words, place):
        return False
    if word.name and word.kind == "k" and not word.space:
        return word.name != COMMON or chunk_ends(words, place)
    if word.is_("thing", "title", "kin", "role", "phone", "house", "question") and word.name != SURE:
        return False
    if word.name == SURE or (word.name == WORD and not word.is_("ender")):
        return True
    if word.name:
        written = word.capital and words[place - 1].capital
        return written or (ends(words, place + 1) and (word.kind == "l" or stands_out(words, place)))
    if word.is_("ordinary") and place - first == 1 and words[first].is_("surname") and not word.is_("ender", "place"):
        # a family name and a given one that is a word as well
        return stands_out(words, place) or (word.kind == "l" and word.capital and words[first].capital)
    if word.kind == "l" and word.capital and words[place - 1].capital and not word.is_("ender", "place"):
        return not word.is_("ordinary")
    return word.unknown and len(word.key) > 1 and word.end - word.start <= UNKNOWN_KHMER


def next_to(words: Sequence[Word], place: int) -> bool:
    """Only a space, or nothing, between this word and the one before."""
    return words[place].start - words[place - 1].end <= 1


def goes_on(words: Sequence[Word], place: int) -> bool:
    """Another name follows."""
    return place < len(words) and words[place].name in (SURE, WORD) and next_to(words, place)


def ends(words: Sequence[Word], place: int) -> bool:
    """The text ends here, or a sign or a word that never is part of a name follows."""
    if place >= len(words) or words[place].kind in "sd":
        return True
    return words[place].is_("ender", "phone", "thing") and not words[place].name


def common_name(words: Sequence[Word], place: int) -> bool:
    """Whether what hardly ever is a name is one behind others: at the end of an unbroken Khmer word, or of the text."""
    word = words[place]
    if word.kind == "k" and not word.space:
        return chunk_ends(words, place)
    return not word.is_("ender") and ends(words, place + 1)


def chunk_ends(words: Sequence[Word], place: int) -> bool:
    """No Khmer letter touches the end of this word."""
    return place + 1 == len(words) or words[place + 1].space or words[place + 1].kind != "k"


def stands_out(words: Sequence[Word], place: int) -> bool:
    """A Khmer word with room on both sides."""
    word = words[place]
    return word.kind == "k" and word.space and (place + 1 == len(words) or words[place + 1].space)


def opens(words: Sequence[Word], place: int) -> bool:
    """The first word of a sentence."""
    return place == 0 or words[place - 1].key in _ENDS
