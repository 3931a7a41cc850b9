"""Listening to one message of a conversation: what was understood, and what was said beside the question.

Owns which of two readings counts where an answer and a report look alike. Understanding is `understand`'s.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from bot.language.intents.asides import beside
from bot.language.intents.learned.scorer import Scorer
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Heard, Intent, Kind

# Where a price or a place is asked for, a report of an ambiguous good looks like one.
SWALLOWS, SWALLOWED = (Kind.AMOUNT, Kind.PLACE), (Intent.REPORT, Intent.PLACE)


@lru_cache(maxsize=4)
def listen(text: str, asked: Asked, lexicon: Lexicon, scorer: Scorer | None = None) -> Heard:
    """What was said, knowing what was asked. Read before the turn's lock and again within it: it is done once."""
    heard = understand(text, asked, lexicon, scorer)
    if asked.kind in SWALLOWS and heard.intent in SWALLOWED and not heard.slots.commodity:
        plain = understand(text, Asked(), lexicon, scorer)
        heard = plain if _is_a_report(plain) else heard
    elif asked.kind is not None and heard.confidence < SURE:
        # A question makes any wish less likely; one that is as clear as day without it stays clear.
        plain = understand(text, Asked(), lexicon, scorer)
        heard = plain if plain.intent is heard.intent and plain.confidence >= SURE else heard
    meaning = beside(text)
    return replace(heard, beside=meaning) if meaning else heard


def _is_a_report(plain: Heard) -> bool:
    """Whether a message names a price and a good, which may be one of several."""
    named = plain.slots.commodity or any(maybe.slot == "commodity" for maybe in plain.maybe)
    return plain.intent is Intent.REPORT and bool(named)
