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
_FEW = 0.1  # of a text: what whoever writes it can spare
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


@dataclass(frozen=True, slots=True)
class Dear:
    """What makes a text dear: the signs for which a part holds 70 letters and not 160, or how many letters too many."""

    signs: tuple[str, ...]  # none: it is long, or its letters are none of GSM-7 anyway
    over: int  # units that are more than fit into one part less
    parts: int  # that it would take without


def dear(text: str) -> Dear | None:
    """What would save parts of a text; None where it takes one, or nothing small would."""
    counted = parts(text)
    if counted.parts < 2:
        return None
    written = text.translate(_PLAIN)
    strange = tuple(dict.fromkeys(letter for letter in written if letter not in GSM))
    if strange and sum(map(written.count, strange)) <= len(written) * _FEW:
        without = parts("".join(letter for letter in written if letter in GSM)).parts
        if without < counted.parts:
            return Dear(strange, 0, without)
    fewer = counted.parts - 1
    room = SINGLE[counted.encoding] if fewer == 1 else fewer * JOINED[counted.encoding]
    over = counted.units - room
    return Dear((), over, fewer) if over <= room * _FEW else None


def lean(text: str) -> str:
    """The text without zero-width spaces: they cost a unit each and nobody sees them."""
    return text.replace("\u200b", "")
