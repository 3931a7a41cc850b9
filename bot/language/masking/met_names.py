"""Names that nothing announces: two known ones together, a sure one alone, what is written large, the end.

Owns when a word that nobody called a name is one. Places and abbreviations are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.language.masking.lists import COMMON, COMPOSED, SURE, WORD, Lists
from bot.language.masking.plain import Span
from bot.language.masking.whole_names import (
    NO_NAMES,
    PIECES,
    UNKNOWN_KHMER,
    chunk_ends,
    common_name,
    next_to,
    opens,
    stands_out,
    whole_name,
)
from bot.language.masking.words import Word

_FAMILY = 8  # letters and signs of an unknown word that may be a family name
_ABBREVIATED = 4  # letters of an abbreviation in capitals


def at_the_end(words: Sequence[Word]) -> Iterator[Span]:
    """A name behind the last sign of a text."""
    last = len(words)
    while last and words[last - 1].kind == "s":
        last -= 1
    first = last
    while first and last - first < PIECES and words[first - 1].kind in "kl":
        first -= 1
    rest = words[first:last]
    if not rest or not first or words[first - 1].kind != "s" or len(rest) > 3:
        return
    if not all((word.name or word.unknown) and not word.is_("place", "thing") for word in rest):
        return
    if rest[0].name == SURE or (len(rest) > 1 and any(word.name in (SURE, WORD) for word in rest)):
        yield rest[0].start, rest[-1].end


def met(words: Sequence[Word]) -> Iterator[Span]:
    """Where known names stand one after the other, and a sure one alone."""
    first = 0
    while first < len(words):
        if not words[first].name or (words[first].name == COMMON and words[first].is_("ender")):
            first += 1
            continue
        last = first + 1
        while last < len(words) and last - first < PIECES and words[last].name and next_to(words, last):
            last += 1
        while last > first + 1 and words[last - 1].name == COMMON and not common_name(words, last - 1):
            last -= 1
        run = words[first:last]
        head = words[first - 1] if first else None
        heads = head is not None and head.is_("thing") and not head.is_("title", "kin", "role")
        sure = sum(word.name == SURE for word in run)
        if run and not heads and (_a_pair(words, first, run) or (len(run) == 1 and sure and _alone(words, first))):
            yield words[_family(words, first)].start, run[-1].end
        first = max(last, first + 1)


def written(words: Sequence[Word]) -> Iterator[Span]:
    """A name that is a word as well, written large inside a sentence."""
    latin = [word for word in words if word.kind == "l"]
    if 2 * sum(word.capital for word in latin) > len(latin) + 2:
        return  # everything is written large
    for place, word in enumerate(words):
        if word.name != WORD or not word.capital or opens(words, place) or word.is_("place", "thing", "ender"):
            continue
        near = [words[beside] for beside in (place - 1, place + 1) if 0 <= beside < len(words)]
        if not any(one.is_("thing", "after", "village", "place") or (one.capital and not one.name) for one in near):
            yield word.start, word.end


def families(words: Sequence[Word]) -> Iterator[Span]:
    """A family name that stands by itself, and behind it a Khmer word that nobody knows."""
    for place, (word, other) in enumerate(pairwise(words)):
        if not (word.kind == other.kind == "k" and word.is_("surname") and other.unknown and other.space):
            continue
        if other.end - other.start > UNKNOWN_KHMER or not next_to(words, place + 1):
            continue
        before = words[place - 1] if place else None
        cued = before is not None and before.is_("title", "role", "named", "signed", "self")
        alone = before is None or before.end < word.start or cued
        ends = place + 2 == len(words) or before is None or cued
        if alone and not word.is_("thing", "title") and (word.name != COMMON or ends) and chunk_ends(words, place + 1):
            yield word.start, other.end


def together(words: Sequence[Word], ends: set[int]) -> Iterator[Span]:
    """Who is told together with a name: Ravuth and Ravin."""
    for place, word in enumerate(words):
        if word.end not in ends or place + 2 >= len(words) or not words[place + 1].is_("with"):
            continue
        other = words[place + 2]
        if other.is_("title", "kin", "ender", "place", "thing"):
            continue
        if other.name in (SURE, WORD) or (other.unknown and (other.capital or (other.kind == "k" and other.space))):
            yield whole_name(words, place + 2)


def _family(words: Sequence[Word], first: int) -> int:
    """Where the family name before a sure name begins, or the name itself where none stands there."""
    if first > 1 and words[first - 1].key == "." and len(words[first - 2].key) == 1 and words[first - 2].kind == "l":
        return first - 2  # K. Sovannak
    if not first or not next_to(words, first) or words[first].start == words[first - 1].end:
        return first
    word, before = words[first - 1], words[first - 2] if first > 1 else None
    if word.is_("thing", "title", "kin", "role", "named", "place", "question") or word.kind != words[first].kind:
        return first
    if word.kind == "l":
        written = word.capital and words[first].capital and (not word.is_("ender") or word.is_("surname"))
        return first - 1 if written and (word.unknown or word.name or before is not None) else first
    alone = word.space and (before is None or before.end < word.start)
    return first - 1 if alone and (word.unknown or word.name) and word.end - word.start <= _FAMILY else first


def _a_pair(words: Sequence[Word], first: int, run: Sequence[Word]) -> bool:
    """Two names of which one is hardly anything else, or two written large."""
    if len(run) < 2 or any(word.is_("place") and word.name != SURE for word in run):
        return False
    sure = sum(word.name == SURE for word in run)
    if not sure:
        return run[0].kind == "l" and all(word.capital for word in run) and not opens(words, first)
    others = [place for place in range(first, first + len(run)) if words[place].name != SURE]
    return sure > 1 or all(
        words[place].name == WORD or words[place].capital or stands_out(words, place) for place in others
    )


def _alone(words: Sequence[Word], place: int) -> bool:
    """A sure name by itself, not a piece of some other word."""
    word = words[place]
    if word.is_("place", "ordinary", "thing"):
        return False
    if word.kind == "l":
        return word.capital or len(word.key) > 4
    after = words[place + 1] if place + 1 < len(words) else None
    before = words[place - 1] if place else None
    whole = (word.space or before is None or before.kind != "k" or bool(before.senses)) and (
        after is None or after.space or after.kind != "k" or bool(after.senses)
    )
    if word.end - word.start > 4:
        return whole
    return (word.space or before is None or before.kind != "k") and (after is None or after.space or after.kind != "k")


def capitals(text: str, words: Sequence[Word], known: Lists) -> Iterator[tuple[Span, bool]]:
    """Unknown words in Latin letters with a capital inside a sentence; True: hardly anything else."""
    latin = [word for word in words if word.kind == "l"]
    if 2 * sum(word.capital for word in latin) > len(latin) + 2:
        return  # everything is written large
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and last - first < PIECES and _written_large(words, first, last):
            last += 1
        run = words[first:last]
        if any(word.unknown or COMPOSED in word.senses for word in run) and not _of_a_place(
            text, words, first, last, known
        ):
            first_word = opens(words, first)
            if len(run) > 1 or not first_word:
                yield (run[0].start, run[-1].end), not first_word or any(word.name for word in run)
        first = max(last, first + 1)


def _written_large(words: Sequence[Word], first: int, place: int) -> bool:
    word = words[place]
    if word.kind != "l" or not word.capital or len(word.key) < 2 or word.is_(*NO_NAMES, "title", "kin"):
        return False
    return place == first or next_to(words, place)


def _of_a_place(text: str, words: Sequence[Word], first: int, last: int, known: Lists) -> bool:
    """Beside "village" or "market", a place by its sound, or an abbreviation."""
    near = [words[place] for place in (first - 1, last) if 0 <= place < len(words)]
    if any(word.is_("thing", "after", "village", "place", "messenger") for word in near):
        return True
    keys = [word.key for word in words[first:last]]
    short = all(text[word.start : word.end].isupper() and len(word.key) <= _ABBREVIATED for word in words[first:last])
    return short or known.is_place(keys) or any(known.is_place([key]) for key in keys if len(key) > _ABBREVIATED)
