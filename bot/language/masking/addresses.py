"""Addresses in the web and in messengers: mail, links, @names, what follows "Telegram" and "Facebook".

Owns what counts as an address. Hours, amounts and fractions with a dot in them stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.language.masking.lists import Lists
from bot.language.masking.plain import Span
from bot.language.masking.words import Word
from bot.language.text.tables import keys

# One unbroken piece of what addresses are made of.
_PIECE = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@._\-+/:?=&#%~!]*")
_HOST = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+([a-z]{2,12})", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?:/?/?|www\.)", re.IGNORECASE)
_AT_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_.]{2,}")
_BEHIND_AT = re.compile(r"\s?[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{1,40}){1,4}")
_LONGEST_BEFORE_AT = 64
# What only a name in a messenger looks like, and what may be one where a messenger is named.
_UNDERSCORED = re.compile(r"(?=[^_]*_)[A-Za-z0-9._]*[A-Za-z][A-Za-z0-9._]*")
_HANDLE = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9._])[A-Za-z0-9._]{4,}")
_AFTER_NAME = re.compile(r"[\s.\[(]{0,3}(?:dot|com|kh|net)\b[\])]?", re.IGNORECASE)
_SKIPPED = 6  # words between "Telegram" and the name there
_OF_A_NAME = 3  # words


def addresses(text: str, words: Sequence[Word], known: Lists) -> list[Span]:
    """Where addresses stand in a plain text."""
    pieces = [(match.start(), match.start() + len(match[0].rstrip(".,:-/?!&+=#%~"))) for match in _PIECE.finditer(text)]
    found = [span for span in pieces if _is_address(text[slice(*span)], known)]
    found += _mails(text)
    found += _mails_in_words(text, words)
    found += _in_messengers(text, words, dict(pieces))
    return found


def _is_address(piece: str, known: Lists) -> bool:
    if _SCHEME.match(piece) and len(piece) > len("www."):
        return True
    if _AT_NAME.fullmatch(piece) or _UNDERSCORED.fullmatch(piece):
        return True
    host, slash, path = piece.lower().partition("/")
    found = _HOST.match(host)
    if found is None or found.end() < len(host.rstrip(".:0123456789")):
        return False
    if slash and path:
        return True
    return known.endings.get(found[1], False) and len(host) > len(found[1]) + 2


def _mails(text: str) -> Iterator[Span]:
    """sok.dara@example.com, and with a space beside the sign."""
    for sign in re.finditer("@", text):
        behind = _BEHIND_AT.match(text, sign.end())
        begin = sign.start()
        begin -= text[max(0, begin - 1) : begin + 2] == " @ "
        first = begin
        while first and begin - first < _LONGEST_BEFORE_AT and (text[first - 1].isalnum() or text[first - 1] in "_.+-"):
            if not text[first - 1].isascii():
                break
            first -= 1
        if behind is not None and first < begin:
            yield first, behind.end()


def _mails_in_words(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """sokdara at gmail dot com, sokdara gmail."""
    for place, word in enumerate(words):
        if not word.is_("gmail") or not place:
            continue
        first = place - 1
        while first and words[first].key in (*keys("before_an_address"), "@", "(", ")", "[", "]"):
            first -= 1
        begin, back = words[first].start, first
        while back and not words[back].space and words[back].kind in "lds" and words[back - 1].kind in "lds":
            back -= 1
            begin = words[back].start
        end = word.end
        while (more := _AFTER_NAME.match(text, end)) is not None and more.end() > end:
            end = more.end()
        if words[first].kind in "ld" and not words[first].is_("ender", "messenger", "linker"):
            yield begin, end
        elif end > word.end:
            yield word.start, end


def _in_messengers(text: str, words: Sequence[Word], pieces: dict[int, int]) -> Iterator[Span]:
    """What follows the name of a messenger, or stands right before "on Telegram"."""
    for place, word in enumerate(words):
        if not word.is_("messenger"):
            continue
        if (span := _behind(text, words, place, pieces)) is not None:
            yield span
        before = words[place - 1] if place else None
        if before is not None and before.is_("linker", "ender") and place > 1:
            before = words[place - 2]
        if before is not None and _HANDLE.fullmatch(text[before.start : pieces.get(before.start, before.end)]):
            yield before.start, pieces.get(before.start, before.end)


def _behind(text: str, words: Sequence[Word], place: int, pieces: dict[int, int]) -> Span | None:
    """The name in a messenger that follows the messenger's."""
    last = place + 1
    signed = False
    while last < len(words) and last - place <= _SKIPPED:
        word = words[last]
        sign = word.kind == "s" and word.key in ":\u17d6=@-–\"'“”(«"
        if not sign and not (word.is_("linker", "named", "messenger") and word.name != "sure"):
            break
        signed = signed or sign or word.is_("named") or word.key in ("id", "is")
        last += 1
    if last >= len(words):
        return None
    first = words[last]
    end = pieces.get(first.start, first.end)
    if _HANDLE.fullmatch(text[first.start : end]) and not text[first.start : end].replace(".", "").isdigit():
        return first.start, end
    if words[place].key == "line" and not signed:
        return None
    begin, stop = first.start, None
    for word in words[last : last + _OF_A_NAME]:
        named = word.name in ("sure", "word") or (word.unknown and len(word.key) > 1)
        handle = word.kind in "ld" and not word.space and stop is not None
        if not (named or handle or (word.capital and signed and not word.is_("ender", "place"))):
            break
        stop = max(word.end, pieces.get(word.start, word.end))
    return None if stop is None else (begin, stop)
