"""A meeting that was: how many came and what was decided, where a message says so beside the day.

Owns how a message about a past meeting becomes a report of it; that it is about one is the gatherings' to say.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.language import rallying
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent

_WORD = re.compile(r"\S+")
_MEETINGS = (Intent.MEETING_NEW, Intent.MEETING_NEW_ASK_TIME)
MOST_BEFORE = 8  # words before the count: the meeting, its day, the group


def with_report(reading: Reading, found: Heard) -> Heard:
    """What was found, with the count and the decision where it is about a meeting that was, of a day that is named."""
    dated = found.intent in _MEETINGS and "/" in (found.slots.day or "")
    if not (found.intent is Intent.MEETING_PAST and found.slots.day) and not dated:
        return found
    text = reading.cleaned.strip()
    for word in list(_WORD.finditer(text))[: MOST_BEFORE + 1]:
        if (told := rallying.reported(reading, text[word.start() :])) is not None:
            slots = replace(
                found.slots, count=told.slots.count, words=told.slots.words, where=None, time=None, hour=None
            )
            return replace(found, intent=Intent.MEETING_PAST, slots=slots)
    return found
