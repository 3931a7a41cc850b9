"""Meetings that come again, and days of next week: the words that say so, taken out of a message.

Owns those words only; the day beside them is the dates' business.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.text.tables import pattern, words

_NTHS = ("nth_1", "nth_2", "nth_3", "nth_4")


@dataclass(frozen=True, slots=True)
class Again:
    """A message without its words of repeating: weekly, monthly or "" once; which weekday of the month; next week."""

    rest: str
    repeats: str = ""
    nth: int = 0
    next_week: bool = False

    def of(self, day: str | None) -> tuple[str | None, str | None]:
        """The token of the day and how the meeting repeats (Slots.day, Slots.repeats), from the day beside it."""
        weekday = day is not None and day.isalpha() and len(day) == 3
        if self.repeats == "monthly":
            if weekday:
                return (f"{self.nth}{day}" if self.nth else day), "by_weekday"
            return day, "by_date"
        if self.next_week and weekday:
            day = f"next_{day}"
        return day, self.repeats or None


def again(text: str) -> Again | None:
    """How a message says that something comes again, or is next week; None where it says neither."""
    repeats, nth = "", 0
    rest, found = pattern("every_week").subn(" ", text)
    if found:
        repeats = "weekly"
    rest, found = pattern("every_month").subn(" ", rest)
    if found:
        repeats = "monthly"
        if (which := pattern("nth_of_month").search(rest)) is not None:
            said = next(which[name] for name in ("before", "after", "begin", "ti", "dambong") if which[name])
            nth = next(n for n, name in enumerate(_NTHS, 1) if said.lower() in words(name))
            rest = rest[: which.start()] + (which["day"] or which["latn"] or " ") + rest[which.end() :]
    rest, next_week = pattern("next_week").subn(lambda match: match["kept"] or " ", rest)
    return Again(rest, repeats, nth, bool(next_week)) if repeats or next_week else None
