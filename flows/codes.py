"""The code of an issue: six digits and a check digit that catches every wrong digit and every swap of neighbours.

Owns how a code is made, checked and written. Which codes are taken is the issues room's business.
"""

from __future__ import annotations

import re

SIX, LENGTH = 6, 7
_IN_ADDRESS = re.compile(r"([0-9]{3})-?([0-9]{4})", re.ASCII)
# Damm's totally anti-symmetric quasigroup of order ten (H. Michael Damm, 2004): the row is what is known so far,
# the column the next digit. Its diagonal is zero, so the digit that leads back to zero is the check digit.
_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The digit that makes these ASCII digits a code."""
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return str(interim)


def made(number: int) -> str:
    """The code of a number from 0 to 999,999."""
    six = f"{number:0{SIX}}"
    return six + check_digit(six)


def is_code(digits: str) -> bool:
    """Whether these seven digits can be a code; false when one was mistyped or two neighbours were swapped."""
    return len(digits) == LENGTH and digits.isascii() and digits.isdecimal() and check_digit(digits) == "0"


def shown(code: str) -> str:
    """A code as it is written: 123-4567."""
    return f"{code[:3]}-{code[3:]}"


def in_address(text: str) -> str | None:
    """The seven digits of a code in an address, with the hyphen or without; whether one exists is not asked."""
    found = _IN_ADDRESS.fullmatch(text)
    return found[1] + found[2] if found else None


def behind(text: str) -> str:
    """What stands behind a code of seven digits at the beginning of a text, digits of any script, as typed."""
    left = LENGTH
    for n, letter in enumerate(text):
        left -= letter.isdecimal()
        if left == 0:
            return text[n + 1 :].strip(" \t\r\n:,;.-–—=>។៖")
    return ""
