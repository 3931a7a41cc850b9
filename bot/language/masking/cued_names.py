"""Names behind what announces one: "my name is", a title, a kin term, "thanks, from".

Owns which word after a cue is a name. Places, goods and offices are none.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.masking.lists import COMMON, SURE, WORD
from bot.language.masking.plain import Span
from bot.language.masking.whole_names import NO_NAMES, UNKNOWN_KHMER, goes_on, stands_out, whole_name
from bot.language.masking.words import Word
from bot.language.text.tables import words as words_of

_LINKED = 4  # words like "is" between a cue and the name
_OPENING = ":\u17d6-–—\"'“”«(=.,"
_PLAIN_I = 5  # letters and signs of the Khmer word; the polite forms are longer
_SPOKEN_TO = words_of("spoken_to")  # as good as "you"
_INFLECTED = ("s", "ed", "ing", "ly")
_KIN_ALONE = ("pou", "pu", "ming", "yeay", "om", "oum", "uncle", "aunt", "auntie", "grandpa", "grandma", "mr", "mrs")


def _skip(words: Sequence[Word], place: int) -> int:
    """Past what stands between a cue and the name."""
    last = place + 1
    while last < len(words) and last - place <= _LINKED:
        word = words[last]
        linking = word.is_("linker") and not word.name
        if not linking and not (word.kind == "s" and word.key in _OPENING):
            return last
        last += 1
    return last


def after_named(words: Sequence[Word], place: int) -> tuple[Span | None, Span | None]:
    """After "my name is": whatever is not clearly something else."""
    if place and words[place - 1].is_("thing", "after") and not words[place - 1].is_("title", "role"):
        return None, None
    first = _skip(words, place)
    if first >= len(words):
        return None, None
    word = words[first]
    if word.kind not in "kl" or word.is_("question"):
        return None, None
    if word.is_("title", "kin", "pet") and word.name != SURE:
        after = words[first + 1] if first + 1 < len(words) else None
        if after is None or not (after.name or after.unknown or (after.capital and not after.is_("ender"))):
            return None, None
        return whole_name(words, first + 1), None
    own = any(part in words[place].key for part in words_of("own_within")) or (
        place > 0 and words[place - 1].key in words_of("own_before")
    )
    if word.is_("ender", "thing", "after", "role") and not word.name:
        return None, None
    if word.name or word.unknown or (word.is_("place") and own):
        return whole_name(words, first), None
    if first + 1 < len(words) and words[first + 1].name == SURE and words[first + 1].space:
        return whole_name(words, first), None  # a family name that is a word as well
    if word.is_("ordinary") or word.is_("place") or word.senses:
        span = whole_name(words, first)
        ends = first + 1 == len(words) or words[first + 1].is_("ender") or words[first + 1].kind == "s"
        if own and (word.capital or (ends and (word.kind == "l" or word.space))):
            return span, None
        return None, (span if own and stands_out(words, first) else None)
    return None, None


def after_self(words: Sequence[Word], place: int) -> Span | None:
    """After "I am", "this is": a known name, or what is written like one."""
    first = _skip(words, place)
    if first >= len(words):
        return None
    word = words[first]
    if word.kind == "k":
        if word.name == SURE or (word.name == WORD and (stands_out(words, first) or goes_on(words, first + 1))):
            return whole_name(words, first)
        polite = len(words[place].key) > _PLAIN_I and word.space and stands_out(words, first)
        return whole_name(words, first) if polite and (word.name or word.unknown) else None
    if word.name == SURE or (word.name == WORD and (word.capital or goes_on(words, first + 1))):
        return whole_name(words, first)
    return whole_name(words, first) if word.unknown and word.capital else None


def after_title(words: Sequence[Word], place: int) -> tuple[Span | None, Span | None]:
    """After Mr, uncle, chief: a known name, or an unknown word written like one."""
    title, first = words[place], place + 1
    while first < len(words) and words[first].key in words_of("own_behind_a_title"):
        first += 1
    if first < len(words) and words[first].is_("title", "kin", "pet") and words[first].name != SURE:
        after = words[first + 1] if first + 1 < len(words) else None
        if not words[first].name or after is None or after.name or after.unknown or words[first].name == COMMON:
            return None, None  # the next title says more
    if first >= len(words) or words[first].kind not in "kl":
        return None, None
    word = words[first]
    glued = word.kind == "k" and not word.space
    role = title.is_("role") and not title.is_("title", "kin")
    if word.name == SURE:
        return whole_name(words, first), None
    if word.name == WORD and title.is_("pet"):
        return None, None
    if word.name == WORD:
        if word.is_("place") and not glued:
            return None, None
        strict = word.kind == "l" and title.key in _KIN_ALONE
        if (glued or stands_out(words, first) or word.capital or strict) and not (role and glued):
            return whole_name(words, first), None
        return (whole_name(words, first), None) if goes_on(words, first + 1) else (None, None)
    if word.name == COMMON:
        return (whole_name(words, first), None) if goes_on(words, first + 1) and not word.is_("ender") else (None, None)
    if word.kind == "k" and word.is_("ordinary") and stands_out(words, first) and not word.is_("ender", "place"):
        # a family name that is a word as well, before a sure one
        follows = first + 1 < len(words) and words[first + 1].name == SURE
        return (whole_name(words, first), None) if follows else (None, None)
    if word.capital and word.kind == "l" and not word.is_(*NO_NAMES, "title", "role"):
        return whole_name(words, first), None  # written as a name, whatever else it means
    if not word.unknown or len(word.key) < 2 or title.is_("pet"):
        return None, None
    if word.kind == "k":
        if word.end - word.start < 4 and "\u17cb" in word.key:
            return None, None  # the end of another word
        if word.end - word.start > UNKNOWN_KHMER or word.end - word.start < 2:
            return None, None
        span = whole_name(words, first)
        # Uncle, (and then) whatever is said to him; but two such words after each other are a name.
        addressed = word.space and title.is_("kin") and (title.key in _SPOKEN_TO or not stands_out(words, first))
        if (role or addressed) and span[1] == word.end:
            return None, span
        return span, None
    inflected = word.key.endswith(_INFLECTED)  # an English verb, most likely
    return None, None if role or inflected else whole_name(words, first)


def signed(words: Sequence[Word], place: int) -> tuple[Span | None, Span | None]:
    """A name at the very end, after "from", "thanks", "signed"."""
    first = _skip(words, place)
    rest = words[first:]
    while rest and rest[-1].kind == "s":
        rest = rest[:-1]
    rest = [word for word in rest if not word.is_("title", "kin") or word.name == SURE]
    if not 1 <= len(rest) <= 3 or any(word.kind not in "kl" or word.is_("place", "thing") for word in rest):
        return None, None
    span = rest[0].start, rest[-1].end
    if all(word.name or word.unknown for word in rest):
        if any(word.name in (SURE, WORD) for word in rest) or all(word.capital for word in rest):
            return span, None
        return None, (span if any(word.unknown for word in rest) else None)
    return None, None
