"""Numbers and addresses that belong to one person: cards, accounts, number plates, a house and its village.

Owns what counts as such a number. Numbers of roads and national roads stay, and a village without a house in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.language.masking.plain import Span
from bot.language.masking.words import Word
from bot.language.text.tables import pattern
from bot.language.text.tables import words as words_of

# 2A-1234, 2AB 5678, and in Khmer: a digit, one or two letters, four digits.
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:[1-9][A-Z]{1,2}|[1-9][\u1780-\u17a2]{1,2})[\s.\-–—]?[0-9]{4}(?![0-9])"
    r"|(?<![A-Za-z0-9])[1-9][a-z]{1,2}[\-–][0-9]{4}(?![0-9])"
)
_AT_STREET = pattern("house_at_street")
_UNITS = re.compile(r"[0-9](?:KG|KM|HA|CM|MM|ML|L|M|T|G|R|K|PM|AM)[\s.\-–—]?[0-9]", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[A-Za-z]{1,3}[\s.\-]?)?[0-9](?:[0-9A-Za-z]|[\s.\-–/()](?=[0-9(])|\)(?=$|\s))*")
_CARD = re.compile(r"(?<![0-9])[0-9]{9}\s?\([0-9]{1,2}\)")
_HOUSE = re.compile(
    r"#?\s?(?:[A-Za-z]{1,2}[\s-]?)?[0-9]{1,4}(?:[A-Za-z]{1,2}[0-9]{0,3}(?![A-Za-z]))?(?:[/-][0-9A-Za-z]{1,4})?"
)
_HASHED = re.compile(r"(?<![\w#])#\s?[A-Za-z]?[0-9]{2,4}[A-Za-z]{0,2}[0-9]{0,2}(?![\w])")
_COUNTED = pattern("counted_not_a_house")
_OF_A_CARD = 3  # digits at least
_NO = words_of("number_word")
_SKIPPED = 5  # words between "account" and its number
_NEAR = 10  # words around a house in which its village stands
_OF_A_VILLAGE = 3  # words of its name


def papers(text: str, words: Sequence[Word]) -> list[Span]:
    """Where numbers of papers, plates and houses stand in a plain text, and the villages of these houses."""
    found = [match.span() for match in _PLATE.finditer(text) if not _UNITS.match(match[0])]
    found += [match.span() for match in _CARD.finditer(text)]
    found += _numbers_of_papers(text, words)
    houses = list(_houses(text, words))
    found += houses
    for begin, _ in houses:
        found += _home(text, words, begin)
    return found


def _numbers_of_papers(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """The number behind the name of a card, an account, a plate."""
    for place, word in enumerate(words):
        if not word.is_("paper"):
            continue
        last = place + 1
        while last < len(words) and last - place <= _SKIPPED and _leads_on(words, last):
            last += 1
        if last >= len(words) or words[last].kind not in "dl":
            continue
        found = _NUMBER.match(text, words[last].start)
        if found is None or _COUNTED.match(text, found.end()) is not None:
            continue
        digits = sum(letter.isdigit() for letter in found[0])
        if digits >= _OF_A_CARD and (digits > _OF_A_CARD or any(letter.isalpha() for letter in found[0])):
            yield found.start(), found.start() + len(found[0].rstrip(" .-"))


def _leads_on(words: Sequence[Word], place: int) -> bool:
    """A word that may stand between the name of a paper and its number."""
    word = words[place]
    if word.kind == "d" or (
        word.is_("ordinary", "name") and not word.is_("linker", "paper", "place", "ender", "thing", "after")
    ):
        return False
    letters = word.kind == "l" and len(word.key) <= 3 and place + 1 < len(words)  # of the number itself
    return not (letters and words[place + 1].kind == "d")


def _houses(text: str, words: Sequence[Word]) -> Iterator[Span]:
    for match in _HASHED.finditer(text):
        yield match.span()
    for match in _AT_STREET.finditer(text):
        yield match.span(1)
    for place in range(len(words)):
        last = _behind_house(words, place)
        if last is None:
            continue
        if last < len(words) and words[last].kind == "s" and words[last].key in ":\u17d6#.-":
            last += 1
        if last >= len(words):
            continue
        found = _HOUSE.match(text, words[last].start)
        if found is not None and text[found.end() : found.end() + 1].isalnum():
            found = None  # two nights, not number two
        if found is not None and _COUNTED.match(text, found.end()) is None:
            yield found.span()
        elif words[last].value.isdigit():
            end = last
            while end + 1 < len(words) and words[end + 1].value:
                end += 1
            yield words[last].start, words[end].end


def _behind_house(words: Sequence[Word], place: int) -> int | None:
    """Past "house number", "the house of mine is number"; None where no house is named."""
    last = place + 1
    if words[place].is_("house"):
        while last < len(words) and words[last].is_("linker") and last - place < 3:
            last += 1
        return last
    if not words[place].is_("home"):
        return None
    while last < len(words) and last - place <= 3 and words[last].is_("linker", "ender") and words[last].key not in _NO:
        last += 1
    return last + 1 if last < len(words) and words[last].key in _NO else None


def _home(text: str, words: Sequence[Word], house: int) -> Iterator[Span]:
    """The village and the group of a house, as they stand around its number."""
    here = next((place for place, word in enumerate(words) if word.end > house), len(words))
    around = range(max(0, here - _NEAR), min(len(words), here + _NEAR))
    for place in around:
        word = words[place]
        if word.is_("group"):
            after = words[place + 1 : place + 3]
            number = next((one for one in after if one.kind == "d" or one.value), None)
            if number is not None:
                yield number.start, number.end
        if not word.is_("village"):
            continue
        if word.key in ("village", "vill") and place and words[place - 1].capital:
            first = place - 1
            while (
                first
                and place - first < _OF_A_VILLAGE
                and words[first - 1].capital
                and not words[first - 1].is_("ender", "house")
            ):
                first -= 1
            yield words[first].start, words[place - 1].end
            continue
        yield from _name_of_village(words, place)


def _name_of_village(words: Sequence[Word], place: int) -> Iterator[Span]:
    stop = None
    for word in words[place + 1 : place + 1 + _OF_A_VILLAGE]:
        opens = stop is None and (word.capital or word.kind == "k") and word.is_("thing")
        begins_other = (
            not opens
            and word.is_("thing", "group", "house", "ender", "phone")
            and not (stop is None and word.kind == "k" and not word.space)
        )
        if (
            word.kind not in "kld"
            or begins_other
            or (stop is not None and word.kind == "l" and not word.capital and not word.unknown)
        ):
            break
        if stop is not None and word.kind == "k" and word.space:
            break
        stop = word.end
    if stop is not None:
        yield words[place + 1].start, stop
