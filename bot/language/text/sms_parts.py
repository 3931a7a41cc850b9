"""How many parts an SMS takes on the air, and so what it costs.

Owns the two alphabets of SMS (GSM 03.38 and UCS-2) and the packing into parts. Splits no
text: it counts, and takes out what costs and is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as an escape and a second septet, so each costs two.
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
GSM = GSM_BASIC | GSM_EXTENDED

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("‐‑–—−", "-"),
        **dict.fromkeys("\u00a0\u2009\u202f", " "),
        "…": "...",
        "•": "*",
        "×": "x",
    }
)

SINGLE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
# Of several parts each gives up some room to the header that joins them.
JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Parts:
    """A counted text: units are septets in GSM-7 and UTF-16 code units in UCS-2."""

    encoding: Encoding
    units: int
    parts: int


def parts(text: str) -> Parts:
    """Count a text as it stands; an empty one takes no part at all."""
    encoding: Encoding
    if GSM.issuperset(text):
        encoding = "GSM-7"
        double = GSM_EXTENDED.intersection(text)
    else:
        encoding = "UCS-2"
        double = frozenset(character for character in set(text) if character > "\uffff")
    units = len(text) + (sum(map(text.count, double)) if double else 0)
    if units <= SINGLE[encoding]:
        return Parts(encoding, units, 1 if units else 0)
    return Parts(encoding, units, _packed((2 if character in double else 1 for character in text), JOINED[encoding]))


def _packed(sizes: Iterable[int], room: int) -> int:
    """Parts needed when no escape and no surrogate pair may be torn between two of them."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count


def plain(text: str) -> str:
    """The text with the signs that phones and pages put in for " ' ... and - as GSM-7 has them, if that makes it GSM-7.

    One of them makes a message of Latin letters UCS-2, and so of 70 letters where there were 160.
    """
    written = text.translate(_PLAIN)
    return written if GSM.issuperset(written) else text


def lean(text: str) -> str:
    """The text without zero-width spaces: they cost a unit each and nobody sees them."""
    return text.replace("\u200b", "")
