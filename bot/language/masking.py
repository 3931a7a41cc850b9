"""Masking: what in somebody's words would lead to them: telephone numbers, mail and web addresses, their own name.

Owns what counts as a telephone number. Amounts, dates and codes of issues stay: they are what is told.
"""

from __future__ import annotations

import re

import phonenumbers

MASK = "•••"
LEAST_OF_A_NAME = 2  # letters
_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)} | {0x17F0 + digit: str(digit) for digit in range(10)}
_ADDRESS = re.compile(
    r"[\w.+-]+\s?@\s?[\w-]+(\.[\w-]+)+"  # mail
    r"|(https?://|www\.)\S+"
    r"|\b(t\.me|fb\.com|facebook\.com|m\.me|wa\.me|line\.me)/\S+"
    r"|(?<![\w@])@[A-Za-z][\w.]{2,}",  # a name in a messenger
    re.IGNORECASE,
)
# Groups of digits, an o for a zero among them, with what people put between the groups of a number.
_RUN = re.compile(r"(?<![\w.,])\(?\+?[0-9oO]+\)?(?:[\s.\-–—_()]{1,3}\(?[0-9oO]+\)?)*(?![\w])")
_GROUP = re.compile(r"\+?[0-9oO]+")
# After a bare number without a zero in front: it is counted, not rung.
_COUNTED = re.compile(
    r"\s*(៛|រៀល|រ(?!\w)|ដុល្លារ|គីឡូ|គក|តោន|លាន|riel|rial|r\b|kg|kilo|ton|usd|dollar|\$|baht|dong|%)", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?P<said>(?:នាង)?ខ្ញុំ(?:បាទ)?ឈ្មោះ|\bkh?nh?o[mu]m?\s+chh?mous?h?\b|\bmy name is\b|\bi am called\b)"
    r"\s*:?\s*(?P<name>[^\s,.;:។•]+(?:\s+(?-i:[A-Z])[^\s,.;:។•]*)?)",
    re.IGNORECASE,
)
SHORTEST, LONGEST = 8, 15  # digits of a telephone number


def masked(text: str) -> str:
    """The text with MASK for whatever leads to a person by telephone or web, and for a name after "my name is"."""
    text = _ADDRESS.sub(MASK, text)
    text = _NAMED.sub(lambda found: f"{found['said']} {MASK}", text)
    plain = text.translate(_DIGITS)  # letter for letter: positions stay
    for run in reversed(list(_RUN.finditer(plain))):
        for begin, end in reversed(_numbers(plain, run.start(), run.end())):
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


def _numbers(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Where telephone numbers stand in a run of groups of digits; each takes as many groups as it has digits for."""
    groups = [(found.start(), found.end()) for found in _GROUP.finditer(text, begin, end)]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(groups):
        last = _longest(text, groups, first)
        if last is None:
            first += 1
            continue
        found.append((groups[first][0], groups[last][1]))
        first = last + 1
    return found


def _longest(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of a telephone number that begins with a group; None when none does."""
    digits, best = "", None
    for last in range(first, len(groups)):
        digits += text[groups[last][0] : groups[last][1]].replace("o", "0").replace("O", "0")
        if len(digits.lstrip("+")) > LONGEST:
            break
        if _rings(digits, grouped=last > first) and not _COUNTED.match(text, groups[last][1]):
            best = last
        elif best is not None and len(digits) > 10 and not digits.startswith(("+", "00")):
            break
    return best


def _rings(digits: str, *, grouped: bool) -> bool:
    bare = digits.lstrip("+")
    if not SHORTEST <= len(bare) <= LONGEST:
        return False
    if digits.startswith(("+", "00")) or (bare.startswith("855") and 11 <= len(bare) <= 12):
        return True
    if bare.startswith("0"):
        return 9 <= len(bare) <= 11
    # Without its zero: only what is a mobile number, and no amount in groups of thousands or round.
    if bare.endswith("000") or len(bare) > 9:
        return False
    try:
        parsed = phonenumbers.parse(f"0{bare}", "KH")
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(parsed))
