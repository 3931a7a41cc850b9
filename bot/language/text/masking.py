"""Masking: what in somebody's words would lead to them: telephone numbers, mail and web addresses, their own name.

Owns what counts as a telephone number. Amounts, dates and codes of issues stay: they are what is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers

from flows import codes

MASK = "•••"
LEAST_OF_A_NAME = 2  # letters
_ADDRESS = re.compile(
    r"[a-z0-9_.+-]+\s?@\s?[a-z0-9-]+(?:\.[a-z0-9-]+)+"  # mail
    r"|(?:https?://|(?<![a-z0-9])www\.)[^\s\u1780-\u17ff]+"
    r"|(?<![a-z0-9@.])(?:[a-z0-9-]+\.)+(?:com|net|org|info|me|gov|edu|kh|th|vn|io|co|app|link)(?![a-z0-9])"
    r"(?:\.[a-z]{2}(?![a-z]))?(?:/[^\s\u1780-\u17ff]*)?"
    r"|(?<![a-z0-9_@])@[a-z][a-z0-9_.]{2,}",  # a name in a messenger
    re.IGNORECASE,
)
# Groups of digits, an o for a zero among them; what people put between the groups of a number.
_GROUP = re.compile(
    r"(?:(?<![a-z])o+)?[0-9]+(?:o+(?![a-z])|o+(?=[0-9])|[0-9])*|(?<![a-z])o{1,4}(?![a-z])", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s.,/\-–—−‑_()·\u200b-\u200d]{1,3}")
_SENTENCE = re.compile(r"[.,]\s+")
_DATE = re.compile(
    r"(?<![0-9])(?<![0-9][./-])"
    r"(?:(?:0?[1-9]|[12][0-9]|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)?[0-9]{2})"
    r"|(?:19|20)[0-9]{2}([./-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12][0-9]|3[01]))"
    r"(?![0-9])(?![./-][0-9])"
)
_CODE = re.compile(r"(?<![0-9])(?<![0-9][\s.-])([0-9]{3})[-–]([0-9]{4})(?![0-9])(?!-[0-9])")
# Beside a bare number without a zero in front: it is counted, not rung.
_COUNTED = re.compile(
    r"\s*(?:[៛$%]|រៀល|រ(?![\u1780-\u17d3])|ដុល្លារ|ដុល្លា|បាត|ដុង|គីឡូ|គក|តោន|លីត្រ|លាន|ម៉ឺន|ពាន់|ក្បាល|នាក់"
    r"|(?:riels?|rials?|r|khr|kg|kgs|kilos?|tons?|tonnes?|usd|dollars?|baht|dong|vnd|thb|lit(?:er|re)s?|heads?)(?![a-z]))",
    re.IGNORECASE,
)
_PAID = re.compile(r"(?:[៛$]|riel|khr|usd|dollars?|baht|vnd|thb|រៀល|ដុល្លារ)\s*$", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<said>(?:នាង)?ខ្ញុំ(?:បាទ)?ឈ្មោះ|\bkh?nh?o[mu]m?\s+chh?mous?h?\b|\bmy name is\b|\bi am called\b)"
    r"\s*:?\s*(?P<name>[^\s,.;:។•]+(?:\s+(?-i:[A-Z])[^\s,.;:។•]*)?)",
    re.IGNORECASE,
)
SHORTEST, LONGEST = 8, 15  # digits of a telephone number
_LOCAL = (9, 11)  # digits of one with its zero in front, here or in Thailand and Vietnam
_FEW = 5  # digits among letters that stand for zeros
_ABROAD = ("855", "66", "84")


@dataclass(frozen=True, slots=True)
class Masked:
    """Words without what leads to a person.

    `doubtful`: pieces still in the text that may lead to somebody: such words wait until staff have read them.
    """

    text: str
    doubtful: tuple[str, ...] = ()


def mask(text: str, known_names: Iterable[str] = ()) -> Masked:
    """The text with MASK for whatever leads to a person, and for these names."""
    kept = masked(text)
    for name in known_names:
        kept = without_name(kept, name)
    return Masked(kept)


def masked(text: str) -> str:
    """The text with MASK for whatever leads to a person by telephone or web, and for a name after "my name is"."""
    text = _ADDRESS.sub(MASK, text)
    text = _NAMED.sub(lambda found: f"{found['said']} {MASK}", text)
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text)  # positions stay
    kept = [found.span() for found in _DATE.finditer(plain)]
    kept += [found.span() for found in _CODE.finditer(plain) if codes.is_code(found[1] + found[2])]
    for begin, end in reversed([span for run in _runs(plain, kept) for span in _numbers(plain, run)]):
        text = f"{text[:begin]}{MASK}{text[end:]}"
    return text


def without_name(text: str, name: str) -> str:
    """The text with MASK for this name, whole or in its parts, however it is written large or small."""
    parts = sorted({name.strip(), *name.split()}, key=len, reverse=True)
    for part in (part for part in parts if len(part) >= LEAST_OF_A_NAME):
        latin = part.isascii()
        pattern = rf"(?<!\w){re.escape(part)}(?!\w)" if latin else re.escape(part)
        text = re.sub(pattern, MASK, text, flags=re.IGNORECASE)
    return text


Span = tuple[int, int]


def _runs(text: str, kept: list[Span]) -> list[list[Span]]:
    """Groups of digits that may belong together, dates and codes left out."""
    runs: list[list[Span]] = []
    for found in _GROUP.finditer(text):
        if any(begin <= found.start() < end for begin, end in kept):
            continue
        begin, end = found.span()
        if runs and begin >= (last := runs[-1][-1][1]) and _joins(text[last:begin]):
            runs[-1].append((begin, end))
        else:
            runs.append([(begin, end)])
    return runs


def _joins(between: str) -> bool:
    return _BETWEEN.fullmatch(between.replace("+", "", 1) if between.startswith("(") else between) is not None


def _numbers(text: str, groups: list[Span]) -> list[Span]:
    """Where telephone numbers stand in a run; each takes as many groups as it has digits for."""
    found: list[Span] = []
    first = 0
    while first < len(groups):
        last = _longest(text, groups, first)
        if last is None:
            first += 1
            continue
        found.append(_bracketed(text, groups[first][0], groups[last][1]))
        first = last + 1
    return found


def _bracketed(text: str, begin: int, end: int) -> Span:
    """With the plus and the bracket before, and the bracket behind."""
    while begin and text[begin - 1] in "+(":
        begin -= 1
    opened = text[begin:end].count("(") > text[begin:end].count(")")
    return begin, end + (opened and text[end : end + 1] == ")")


def _longest(text: str, groups: list[Span], first: int) -> int | None:
    """The last group of a telephone number that begins with a group: of one that exists, else of what may be one."""
    digits, valid, likely = "+" if text[: groups[first][0]].endswith("+") else "", None, None
    for last in range(first, len(groups)):
        if valid is not None and _SENTENCE.fullmatch(text, groups[last - 1][1], groups[last][0]):
            break
        digits += text[slice(*groups[last])].lower().replace("o", "0")
        if len(digits) > LONGEST + 1:
            break
        if sum(letter.isdigit() for letter in text[groups[first][0] : groups[last][1]]) < _FEW:
            continue
        if not digits.startswith(("+", "0")) and not _stands_bare(text, groups[first : last + 1]):
            continue
        rings = _rings(digits)
        if rings:
            valid = last
        elif rings is not None:
            likely = last
    return likely if valid is None else valid


def _stands_bare(text: str, groups: list[Span]) -> bool:
    """Nothing at the number without its zero says that it is an amount, and its groups are those of a number."""
    begin, end = groups[0][0], groups[-1][1]
    if _COUNTED.match(text, end) or _PAID.search(text[:begin]) or text[begin:end].count(","):
        return False
    if re.search(r"[a-z]$", text[:begin], re.IGNORECASE) or re.match(r"[a-z]", text[end:], re.IGNORECASE):
        return False
    abroad = text[begin:end].startswith(_ABROAD)
    lengths = [end - begin for begin, end in groups]
    return abroad or len(groups) == 1 or (lengths[0] == 2 and min(lengths) >= 2 and _alike(text, groups))


def _alike(text: str, groups: list[Span]) -> bool:
    """The same sign between all groups: 12 345 678, 12-345-678."""
    return len({text[one[1] : other[0]] for one, other in pairwise(groups)}) == 1


def _rings(digits: str) -> bool | None:
    """True for a number that exists, False for one that may, None for what is no telephone number."""
    bare = digits.lstrip("+")
    if digits.startswith(("+", "00")):
        abroad = bare if digits.startswith("+") else bare[2:]
        if not SHORTEST <= len(abroad) <= LONGEST:
            return None
        return _exists(f"+{abroad.replace('8550', '855', 1) if abroad.startswith('8550') else abroad}")
    if digits.startswith("0"):
        return _exists(digits) if _LOCAL[0] <= len(digits) <= _LOCAL[1] else None
    if digits.startswith(_ABROAD) and 10 <= len(digits) <= 13:
        return _exists(f"+{digits.replace('8550', '855', 1) if digits.startswith('8550') else digits}") or None
    # Without its zero: only what is a mobile number, and no round amount.
    if not SHORTEST <= len(digits) <= 9 or digits.endswith("000"):
        return None
    return _exists(f"0{digits}", mobile=True) or None


def _exists(number: str, *, mobile: bool = False) -> bool:
    try:
        parsed = phonenumbers.parse(number, "KH")
    except phonenumbers.NumberParseException:
        return False
    if mobile and phonenumbers.number_type(parsed) != phonenumbers.PhoneNumberType.MOBILE:
        return False
    return bool(phonenumbers.is_valid_number(parsed))
