"""Meetings that come again, and days of next week: the words that say so, taken out of a message.

Owns those words only; the day beside them is the dates' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = {
    **dict.fromkeys(("first", "1st", "1", "១", "មួយ", "ដំបូង", "muoy", "dambong"), 1),
    **dict.fromkeys(("second", "2nd", "2", "២", "ពីរ", "pi", "pir"), 2),
    **dict.fromkeys(("third", "3rd", "3", "៣", "បី", "bey", "bei"), 3),
    **dict.fromkeys(("fourth", "4th", "4", "៤", "បួន", "buon", "boun"), 4),
}
_KHMER_DAY = r"ថ្ងៃ\s*(?:ចន្ទ|ចន័្ទ|អង្គារ|ពុធ|ព្រហ\S*|សុក្រ|សៅរ៍|សៅ|អាទិត្យ)"
_DAY = r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?s?\b"
_EVERY = r"(?:រៀង\s*)?រាល់"
_ROAL = r"(?:reang\s*)?r(?:oa|ou?a|o|a)l"
_THNGAI = r"t(?:h)?ngai?y?"
_DATE = r"\s*ti\s*[0-9]"
_WEEKLY = re.compile(
    rf"\b(?:every|each)\s+(?={_DAY})|\b(?:every|each)\s+week\b(?:\s+on\b)?|\bweekly\b(?:\s+on\b)?|"
    rf"{_EVERY}\s*(?={_KHMER_DAY})|{_EVERY}\s*(?:សប្ដាហ៍|សប្តាហ៍|អាទិត្យ)|ប្រចាំ\s*(?:សប្ដាហ៍|សប្តាហ៍)|"
    rf"\b{_ROAL}\s+(?={_THNGAI}\b(?!{_DATE}))|\b{_ROAL}\s+(?:sabda|sapda|sapada|atit)\w*",
    re.IGNORECASE,
)
_MONTHLY = re.compile(
    r"\b(?:of|in|on)?\s*\b(?:the\s+|every\s+|each\s+)month\b|\b(?:every|each)\s+month\b|\bmonthly\b|"
    rf"{_EVERY}\s*(?:ខែ|(?=ថ្ងៃ\s*ទី\s*[0-9០-៩]))|(?:ជា)?ប្រចាំ\s*ខែ|\b{_ROAL}\s+kh?(?:e|ae)\b|"
    rf"\b{_ROAL}\s+(?={_THNGAI}\b{_DATE})",
    re.IGNORECASE,
)
_NTH = re.compile(
    rf"\b(?:on\s+)?(?:the\s+)?(?P<before>first|second|third|fourth|1st|2nd|3rd|4th)\s+(?={_DAY})|"
    rf"(?P<day>{_KHMER_DAY})\s*(?:ទី\s*(?P<after>មួយ|ពីរ|បី|បួន|[1-4១-៤])(?![0-9០-៩])|(?P<begin>ដំបូង))|"
    rf"(?P<latn>\b{_THNGAI}\s+\w+)\s+(?:ti\s*(?P<ti>muoy|pir?|bey|bei|buon|boun|[1-4])\b|(?P<dambong>dambong)\b)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"\bnext\s+(?={_DAY})|(?:\bthe\s+)?\bnext\s+week\b(?:\s+on\b)?|\bafter\s+next\s+week\b|"
    r"(?:នៅ)?\s*(?:សប្ដាហ៍|សប្តាហ៍|អាទិត្យ)\s*ក្រោយ|"
    rf"(?P<kept>{_KHMER_DAY})\s*ក្រោយ|"
    r"\b(?:sabda|sapda|sapada|atit)\w*\s+kr(?:ao|ou|o)[yi]\b",
    re.IGNORECASE,
)


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
    rest, found = _WEEKLY.subn(" ", text)
    if found:
        repeats = "weekly"
    rest, found = _MONTHLY.subn(" ", rest)
    if found:
        repeats = "monthly"
        if (which := _NTH.search(rest)) is not None:
            said = next(which[name] for name in ("before", "after", "begin", "ti", "dambong") if which[name])
            nth = _NUMBER[said.lower()]
            rest = rest[: which.start()] + (which["day"] or which["latn"] or " ") + rest[which.end() :]
    rest, next_week = _NEXT.subn(lambda match: match["kept"] or " ", rest)
    return Again(rest, repeats, nth, bool(next_week)) if repeats or next_week else None
