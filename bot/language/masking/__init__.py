"""Masking: what in somebody's words would lead to a person is taken out before anything is kept or told.

Owns what is taken out and what is in doubt; the rooms beside find it: telephones, addresses, papers, names.
Takes time by the length of a text alone, and keeps nothing. What was found is never logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.language.masking.addresses import addresses
from bot.language.masking.lists import lists
from bot.language.masking.names import names
from bot.language.masking.papers import papers
from bot.language.masking.plain import Span, plain
from bot.language.masking.telephones import telephones
from bot.language.masking.words import cut

MASK = "•••"
_ROUNDS, _SHORT = 3, 400  # of looking again, in texts of so many letters: time stays linear and small
LEAST_OF_A_NAME = 2  # letters
_BEGUN = re.compile(r"(?:•••|[0-9][\s.-]?)[\s.,:\u17d4…-]*$")  # a number is told to the end, or taken out there


@dataclass(frozen=True, slots=True)
class Masked:
    """Words without what leads to a person.

    `doubtful`: pieces still in the text that may lead to somebody: such words wait until staff have read them.
    """

    text: str
    doubtful: tuple[str, ...] = ()


def mask(text: str, known_names: Iterable[str] = (), *, after: str = "") -> Masked:
    """The text with MASK for whatever leads to a person, and for these names.

    `after`: what the same person said just before about the same thing: a number may be told in two messages.
    """
    sure, doubtful = found(text, after=after)
    kept = _covered(text, sure)
    for _ in range(_ROUNDS if sure and len(text) <= _SHORT else 0):  # what stood beside it may be read anew
        more, _doubts = found(kept)
        if not more:
            break
        kept = _covered(kept, more)
    for name in known_names:
        kept = without_name(kept, name)
    return Masked(kept, tuple(text[begin:end] for begin, end in doubtful))


def masked(text: str) -> str:
    """The text with MASK for whatever leads to a person."""
    return mask(text).text


def found(text: str, *, after: str = "") -> tuple[list[Span], list[Span]]:
    """Where what leads to a person stands in a text, and what may lead to one: in order, none in another."""
    seen = plain(text)
    known = lists()
    words = cut(seen.text, known)
    begun = bool(after) and _BEGUN.search(plain(after).text[-12:]) is not None
    numbers, perhaps = telephones(seen.text, words, begun=begun)
    people, maybe = names(seen.text, words, known)
    sure = _joined([*numbers, *addresses(seen.text, words, known), *papers(seen.text, words), *people])
    left = [
        span
        for span in _joined([*perhaps, *maybe])
        if not any(span[0] < end and begin < span[1] for begin, end in sure)
    ]
    return [seen.typed(span) for span in sure], [seen.typed(span) for span in left]


def without_name(text: str, name: str) -> str:
    """The text with MASK for this name, whole or in its parts, however it is written large or small."""
    parts = sorted({name.strip(), *name.split()}, key=len, reverse=True)
    for part in (part for part in parts if len(part) >= LEAST_OF_A_NAME):
        latin = part.isascii()
        pattern = rf"(?<!\w){re.escape(part)}(?!\w)" if latin else re.escape(part)
        text = re.sub(pattern, MASK, text, flags=re.IGNORECASE)
    return text


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that overlap are one."""
    whole: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if whole and begin < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((begin, end))
    return whole


def _covered(text: str, spans: Sequence[Span]) -> str:
    """The text with MASK in place of each span."""
    for begin, end in reversed(spans):
        text = f"{text[:begin]}{MASK}{text[end:]}"
    return text
