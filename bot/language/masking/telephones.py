"""Telephone numbers in every guise: digits with signs between, letters for zeros, words in three languages, mixed.

Owns what counts as a telephone number. Amounts, dates, hours and codes of problems stay: they are what is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import phonenumbers

from bot.language.masking.plain import Span
from bot.language.masking.words import Word
from bot.language.text.tables import pattern
from bot.language.text.tables import words as words_of
from flows import codes

# Groups of digits, an o for a zero among them, an l for a one; what people put between the groups of a number.
_GROUP = re.compile(
    r"(?:(?<![a-z])o{1,8})?[0-9]+(?:o{1,8}(?![a-z])|o{1,8}(?=[0-9])|l(?=[0-9])|[0-9])*|(?<![a-z])o{1,8}(?![a-z])",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\s.,/\-–—−‑_()\[\]·*:;#'\"|~=+\u17d6\u17d4•&\\]{1,4}")
_SPELT_SIGNS = re.compile(r"[\s.,/\-–—−‑_()·*:;#|~+\u17d6\u17d4]{0,4}")
_SENTENCE = re.compile(r"[.,]\s+")
_DATE = re.compile(
    r"(?<![0-9])(?<![0-9][./-])"
    r"(?:(?:0?[1-9]|[12][0-9]|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)?[0-9]{2})"
    r"|(?:19|20)[0-9]{2}([./-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12][0-9]|3[01]))"
    r"(?![0-9])(?![./-][0-9])"
)
_HOUR = re.compile(r"(?<![0-9:])(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?![0-9:])")
_CODE = re.compile(r"(?<![0-9])(?<![0-9][\s.-])([0-9]{3})[-–]([0-9]{4})(?![0-9])(?!-[0-9])")
# Beside a bare number without a zero in front: it is counted, not rung.
_COUNTED = pattern("counted_not_rung")
_PAID = pattern("paid_before")
SHORTEST, LONGEST = 8, 15  # digits of a telephone number
_LOCAL = (9, 11)  # digits of one with its zero in front, here or in Thailand and Vietnam
_FEW, _LEAST = 5, 2  # digits among letters that stand for zeros; of a number that exists
_SPOKEN = 7  # digits of a number in words that begins with zero
_BARE = 6  # single digits in words one after the other: nothing else is told so
_ASKED = 5  # digits behind "my number is"
_BEGUN = re.compile(r"0[1-9][0-9]{1,6}")  # how a number begins of which the rest follows in another message
_ABROAD = ("855", "66", "84")
SCALE = "scale"  # thousand, riel: what stands before is an amount
_NEAR = 3  # words between "ring me" and the number


class Group(NamedTuple):
    """Digits that stand together. `value`: the digits meant; `words`: it is said in words."""

    start: int
    end: int
    value: str
    words: bool = False


def telephones(text: str, words: Sequence[Word], *, begun: bool = False) -> tuple[list[Span], list[Span]]:
    """Where telephone numbers stand in a plain text, and what may be one.

    `begun`: what the same person said before ends in a number, of which this may be the rest.
    """
    kept = [found.span() for pattern in (_DATE, _HOUR) for found in pattern.finditer(text)]
    kept += [found.span() for found in _CODE.finditer(text) if codes.is_code(found[1] + found[2])]
    asked = _asked(words)
    found: list[Span] = []
    doubtful: list[Span] = []
    amounts = {before.end for before, word in pairwise(words) if word.value == SCALE}
    for whole in _runs(text, sorted(_groups(text, words, kept))):
        run = _without_amount(whole, amounts)
        if not run:
            continue
        spans = _spoken(text, run) if any(group.words for group in run) else _numbers(text, run)
        rest = [group for group in run if not spans or group.start >= spans[-1][1]]
        spans += _hinted(text, rest, asked, begun) if rest else []
        found += spans
        if not spans and _alone(text, run):
            doubtful.append((run[0].start, run[-1].end))
    return found, doubtful


def _groups(text: str, words: Sequence[Word], kept: Sequence[Span]) -> list[Group]:
    """Digits and digits in words, dates, hours and codes left out."""
    free = bytearray(len(text) + 1)
    for begin, end in kept:
        free[begin:end] = b"\1" * (end - begin)
    found = [
        Group(*match.span(), match[0].lower().replace("o", "0").replace("l", "1"))
        for match in _GROUP.finditer(text)
        if not free[match.start()]
    ]
    for group in found:
        free[group.start : group.end] = b"\1" * (group.end - group.start)
    return found + [
        Group(word.start, word.end, word.value if word.value.isdigit() else "", True)
        for word in words
        if word.value and word.value != SCALE and not free[word.start]
    ]


def _runs(text: str, groups: Sequence[Group]) -> list[list[Group]]:
    """Groups that may belong together."""
    runs: list[list[Group]] = []
    for group in groups:
        last = runs[-1][-1] if runs else None
        if last is not None and group.start >= last.end and _joins(text, last, group):
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _without_amount(run: list[Group], amounts: set[int]) -> list[Group]:
    """A run without the amount in words with which it ends."""
    if run[-1].end not in amounts or not any(group.words for group in run):
        return run
    while run and run[-1].words:
        run = run[:-1]
    return run


def _joins(text: str, one: Group, other: Group) -> bool:
    if other.start - one.end > 6:
        return False
    between = text[one.end : other.start]
    if one.words or other.words:
        return _SPELT_SIGNS.fullmatch(between) is not None
    between = between.replace("+", "", 1) if between.startswith("(") else between
    return _SIGNS.fullmatch(between) is not None


def _numbers(text: str, groups: Sequence[Group]) -> list[Span]:
    """Where telephone numbers stand in a run of digits; each takes as many groups as it has digits for."""
    found: list[Span] = []
    first = 0
    while first < len(groups):
        last = _longest(text, groups, first)
        if last is None:
            first += 1
            continue
        found.append(_bracketed(text, groups[first].start, groups[last].end))
        first = last + 1
    return found


def _bracketed(text: str, begin: int, end: int) -> Span:
    """With the plus and the bracket before, and the bracket behind."""
    while begin and text[begin - 1] in "+(":
        begin -= 1
    opened = text[begin:end].count("(") > text[begin:end].count(")")
    return begin, end + (opened and text[end : end + 1] == ")")


def _longest(text: str, groups: Sequence[Group], first: int) -> int | None:
    """The last group of a telephone number that begins with a group: of one that exists, else of what may be one."""
    plus = groups[first].start > 0 and text[groups[first].start - 1] == "+"
    digits, real = "+" if plus else "", 0
    if not plus and groups[first].value[0] != "0" and len(groups[first].value) < 2:
        return None  # a number without its zero begins with its two digits
    valid, likely = None, None
    for last in range(first, len(groups)):
        if valid is not None and _SENTENCE.fullmatch(text[groups[last - 1].end : groups[last].start]):
            break
        digits += groups[last].value
        real += sum(letter.isdigit() for letter in text[groups[last].start : groups[last].end])
        if len(digits) > LONGEST + 1:
            break
        bare = not digits.startswith(("+", "0"))
        if real < _LEAST or (bare and not _stands_bare(text, groups[first : last + 1])):
            continue
        rings = _rings(digits)
        if real < _FEW and not rings:
            continue
        if rings:
            valid = last
        elif rings is not None:
            likely = last
    return likely if valid is None else valid


def _stands_bare(text: str, groups: Sequence[Group]) -> bool:
    """Nothing at the number without its zero says that it is an amount, and its groups are those of a number."""
    begin, end = groups[0].start, groups[-1].end
    if _COUNTED.match(text, end) or _PAID.search(text[max(0, begin - 12) : begin]) or "," in text[begin:end]:
        return False
    if text[begin - 1 : begin].isascii() and text[begin - 1 : begin].isalpha():
        return False
    if text[end : end + 1].isascii() and text[end : end + 1].isalpha():
        return False
    lengths = [group.end - group.start for group in groups]
    alike = len({text[one.end : other.start] for one, other in pairwise(groups)}) == 1
    return text.startswith(_ABROAD, begin) or len(groups) == 1 or (lengths[0] == 2 and min(lengths) >= 2 and alike)


def _rings(digits: str) -> bool | None:
    """True for a number that exists, False for one that may, None for what is no telephone number."""
    bare = digits.lstrip("+")
    if digits.startswith(("+", "00")):
        abroad = bare if digits.startswith("+") else bare[2:]
        if not SHORTEST <= len(abroad) <= LONGEST:
            return None
        return _exists(abroad)
    if digits.startswith("0"):
        return _real("KH").fullmatch(digits[1:]) is not None if _LOCAL[0] <= len(digits) <= _LOCAL[1] else None
    if digits.startswith(_ABROAD) and 10 <= len(digits) <= 13:
        return _exists(digits) or None
    # Without its zero: only what is a mobile number, and no round amount.
    if not SHORTEST <= len(digits) <= 9 or digits.endswith("000"):
        return None
    return _real("KH", mobile=True).fullmatch(digits) is not None or None


def _exists(abroad: str) -> bool:
    """Whether digits with their country's in front are a number here or next door; further away any length is."""
    for country, region in (("855", "KH"), ("66", "TH"), ("84", "VN")):
        if abroad.startswith(country):
            rest = abroad[len(country) :]
            rest = rest[1:] if region == "KH" and rest.startswith("0") else rest
            return _real(region).fullmatch(rest) is not None
    return len(abroad) > 9


@cache
def _real(region: str, *, mobile: bool = False) -> re.Pattern[str]:
    """The national numbers of a country, by the library's own plan of them."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert plan is not None, "one of the three countries above"
    kinds = [plan.mobile] if mobile else [plan.mobile, plan.fixed_line, plan.toll_free, plan.voip, plan.premium_rate]
    patterns = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _spoken(text: str, run: Sequence[Group]) -> list[Span]:
    """A run of which some is said in words: from its zero on, or many single digits one after the other."""
    values = [group.value for group in run]
    if _COUNTED.match(text, run[-1].end):
        return []
    first = next((place for place, value in enumerate(values) if value.startswith("0")), None)
    if first is not None:
        digits = sum(len(value) for value in values[first:] if value.isdigit())
        if _SPOKEN <= digits <= 2 * LONGEST:
            return [(run[first].start, run[-1].end)]
    singles = [group for group in run if len(group.value) <= 1]
    spelt = sum(group.words for group in run)
    if len(singles) == len(run) >= _BARE and spelt >= 2:
        return [(run[0].start, run[-1].end)]
    mixed = sum(len(value) for value in values if value.isdigit())
    if spelt and mixed >= SHORTEST and spelt >= 2 and len(run) >= 4:
        return [(run[0].start, run[-1].end)]
    return []


def _asked(words: Sequence[Word]) -> list[Span]:
    """Where a number is expected: from the end of "ring me" to the end of the third word behind it."""
    found: list[Span] = []
    for place, word in enumerate(words):
        if word.is_("phone", "messenger"):
            last = place + 1
            while last < len(words) and last - place <= _NEAR and _leads_on(words[last]):
                last += 1
            end = words[last].start if last < len(words) else word.end
            found.append((word.end, end))
    return found


def _leads_on(word: Word) -> bool:
    """A word or sign that may stand between "ring me" and the number."""
    if word.kind == "d" or word.value:
        return False
    return (
        word.kind == "s"
        or word.is_("linker", "ender", "named", "phone", "messenger")
        or word.key in words_of("before_a_number")
    )


def _hinted(text: str, run: Sequence[Group], asked: Sequence[Span], begun: bool) -> list[Span]:
    """Part of a number: behind "my number is", at the end, or the rest of one that was begun in a message before."""
    begin, end = run[0].start, run[-1].end
    digits = "".join(group.value for group in run if group.value.isdigit())
    if _COUNTED.match(text, end):
        return []
    told = any(first <= begin <= last for first, last in asked)
    if told and (len(digits) >= _ASKED or (digits.startswith("0") and len(digits) > 1)):
        return [(begin, end)]
    if begun and len(digits) >= 3 and not text[:begin].strip(" .,:-–—…+*"):
        return [(begin, end)]
    if _BEGUN.fullmatch(digits) and not text[end:].strip(" .,:-–—…\u17d4"):
        return [(begin, end)]
    return []


def _alone(text: str, run: Sequence[Group]) -> bool:
    """A message of nothing but some digits: nothing that is told is told so."""
    digits = sum(len(group.value) for group in run if group.value.isdigit())
    begin, end = run[0].start, run[-1].end
    return digits >= _ASKED and not text[:begin].strip(" .,:") and not text[end:].strip(" .,:\u17d4")
