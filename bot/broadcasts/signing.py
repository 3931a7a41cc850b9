"""Who sends a broadcast and how to end it, said in its own words: what the rules ask of a message nobody asked for.

Adds nothing that its author has written already.
"""

from __future__ import annotations

import re

from bot.language.saying.catalogue import load_catalogue
from flows.line.broadcast_notices import ENDS_BY_CALL, ENDS_BY_SMS, NAMED

_NAMED = re.compile(r"(?:សេវា)?(?:ផ្សារ|phsar)\s*[:៖]", re.IGNORECASE)
# As something to send, not as a word of the text: a broadcast may be about who stopped buying.
_ENDS = re.compile(r"\bSTOP\b|\bCHHOB\b|(?:ផ្ញើ|[:៖])\s*ឈប់")


def signed(text: str, voice: str, number: str, *, two_way: bool) -> str:
    """A text with its sender and how to end such messages: by an answer, else by ringing `number`, if there is one.

    An empty text stays empty.
    """
    text = text.strip()
    if not text:
        return ""
    catalogue = load_catalogue(voice)
    if not _NAMED.match(text):
        text = catalogue.get(NAMED, NAMED).format(words=text)
    if _ENDS.search(text) or not (two_way or number):
        return text
    ends = ENDS_BY_SMS if two_way else ENDS_BY_CALL
    return catalogue.get(ends, ends).format(words=text, number=number)
