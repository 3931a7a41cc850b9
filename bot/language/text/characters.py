"""Characters nobody writes by hand: what XML 1.0 cannot hold, what steers a terminal, what turns or hides letters.

Owns which are taken out at the door and how they look where they are shown all the same. Changes no letter or sign.
"""

from __future__ import annotations

import re
import unicodedata

# Phones and forms put these in for the end of a line.
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters; marks that turn the direction or hide letters; what Unicode calls no character; halves of pairs.
# The joiners and the space of no width stay: Khmer and little pictures are written with them.
_GONE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_KEPT = "\n\t\u200b\u200c\u200d"


def legible(text: str) -> str:
    """A text as it is kept and sent on: any XML 1.0 document can hold it, and it does nothing to who reads it."""
    if text.isascii() and text.isprintable():
        return text
    return _GONE.sub("", _LINE_ENDS.sub("\n", text))


def escaped(text: str) -> str:
    """A text as a terminal may be given it: whatever is not seen, but for line ends and joiners, stands as \\x1b."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or not _acts(letter) else _spelt(letter) for letter in text)


def _acts(letter: str) -> bool:
    return letter not in _KEPT and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _spelt(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
