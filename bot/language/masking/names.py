"""Names of people, wherever they stand in a text.

Owns which of what the rooms beside find is certain. Places, goods and offices stay, also where somebody is called so.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.masking.cued_names import after_named, after_self, after_title, signed
from bot.language.masking.lists import Lists
from bot.language.masking.met_names import at_the_end, capitals, families, met, together, written
from bot.language.masking.plain import Span
from bot.language.masking.words import Word


def names(text: str, words: Sequence[Word], known: Lists) -> tuple[list[Span], list[Span]]:
    """Where names stand in a plain text, and what may be one."""
    sure: list[Span] = []
    doubtful: list[Span] = []
    for place, word in enumerate(words):
        if word.is_("named"):
            found, maybe = after_named(words, place)
        elif word.is_("self"):
            found, maybe = after_self(words, place), None
        elif word.is_("title", "kin", "role", "pet"):
            found, maybe = after_title(words, place)
        elif word.is_("signed"):
            found, maybe = signed(words, place)
        else:
            continue
        sure += [found] if found else []
        doubtful += [maybe] if maybe else []
    sure += met(words)
    sure += written(words)
    sure += families(words)
    sure += at_the_end(words)
    sure += together(words, {end for _, end in sure})
    for span, certain in capitals(text, words, known):
        (sure if certain else doubtful).append(span)
    return sure, doubtful
