"""Meetings and groups: calling, moving, cancelling, asking when and who, joining and leaving.

Owns which words make a meeting message and where a meeting is to be. Answers to an invitation are elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.language import stops
from bot.language.sight import Sight, asks, heard, see
from bot.language.slots import recurring
from bot.language.slots.dates import When
from bot.language.troubles import category
from bot.language.words.reading import Reading, read
from flows.heard import Heard, Intent, Slots


def meeting(sight: Sight) -> Heard | None:
    """What a message wants of a meeting; None where it is about none."""
    again = recurring.again(sight.reading.cleaned) if "meeting" in sight.reading.kw else None
    found = _meeting(sight if again is None else see(read(again.rest, sight.reading.lexicon)))
    if found is None or found.intent not in _WITH_DAYS:
        return found
    day, repeats = (found.slots.day, None) if again is None else again.of(found.slots.day)
    return replace(found, text=sight.reading.text, slots=replace(found.slots, day=day, repeats=repeats))


_WITH_DAYS = (Intent.MEETING_NEW, Intent.MEETING_NEW_ASK_TIME, Intent.MEETING_MOVE)


def named_day(day: When) -> str | None:
    """The day's token, with its year where one was written."""
    return f"{day.day}/{day.year}" if day.day and day.year else day.day


def timed(day: When, where: str | None = None) -> Slots:
    """The slots of a day and an hour. An hour of which nobody knows the half of the day is not yet a time."""
    if day.unsure:
        return Slots(day=named_day(day), hour=day.time, where=where)
    return Slots(day=named_day(day), time=day.time, where=where)


def _meeting(sight: Sight) -> Heard | None:
    reading, day, kw = sight.reading, sight.day, sight.reading.kw
    who = "who" in kw and kw & {"come", "go", "join_in", "meeting"}
    people = "person" in _units(reading) or any(reading.key(k) in _PEOPLE for k in range(len(reading.items)))
    count = "how_many" in kw or ("how_much" in kw and people and bool(kw & {"meeting", "come", "join_in"}))
    if "meeting" not in kw:
        when = "when_ask" in kw and kw & {"come", "go", "join_in"}
        if not (who or count or when) or sight.named.commodity or "price" in kw or category(sight):
            return None
        if (who or count) and "problem" not in kw:
            return heard(reading, Intent.MEETING_COUNT)
        if when:
            return heard(reading, Intent.MEETING_WHEN, 0.8)
        return None
    if "issue" in kw:
        return None
    slots = timed(day)
    if "cancel" in kw or (("stop" in kw or ("dont" in kw and "move" not in kw)) and not stops.denied(reading)):
        return heard(reading, Intent.MEETING_CANCEL, slots=slots)
    if "move" in kw or ("late" in kw and day.day):
        return heard(reading, Intent.MEETING_MOVE, slots=slots)
    if who or count or ("name_list" in kw and not day.time):
        return heard(reading, Intent.MEETING_COUNT)
    if _whether(reading):
        return heard(reading, Intent.MEETING_WHEN, 0.9)
    if "when_ask" in kw or (asks(reading) and (day.time is None) and "question" in kw):
        return heard(reading, Intent.MEETING_WHEN)
    if (
        day.day in ("yesterday", "day_before_yesterday")
        or ("past" in kw and day.time is None)
        or ("done" in kw and not day.time)
    ):
        return heard(reading, Intent.MEETING_PAST, slots=slots)
    if day.day is None and day.time is None and ("how_much" in kw or ("next" in kw and len(reading.items) <= 4)):
        return heard(reading, Intent.MEETING_WHEN, 0.8)
    if day.time is None and day.day is None:
        sure = 0.8 if len(reading.items) <= 3 else 0.7
        return heard(reading, Intent.MEETING_NEW, sure, Slots(where=where(sight)))
    if day.time is None or day.unsure:
        return heard(reading, Intent.MEETING_NEW_ASK_TIME, slots=timed(day, where(sight)))
    return heard(reading, Intent.MEETING_NEW, slots=timed(day, where(sight)))


_HAVE = frozenset(("មាន", "mean", "have", "has", "there"))
_ASKING = re.compile(
    r"^(?:is|are|will) there\b|^any\b|^(?:do|does) (?:we|you|they|u) have\b|^(?:have|has) (?:a )?meeting\b"
)


def _whether(reading: Reading) -> bool:
    """ស្អែកមានប្រជុំអត់: is there one, or not? The "not" at the end asks; "there is no meeting" says it before."""
    if _ASKING.search(reading.cleaned.lower().strip()):
        return True
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    at = next((n for n, k in enumerate(words) if "meeting" in reading.keywords(k)), 0)
    if any({"not", "dont", "not_yet"} & set(reading.keywords(k)) for k in words[:at]):
        return False
    have = any(reading.key(k) in _HAVE for k in words[:at])
    for k in reversed(words[at + 1 :]):
        said = set(reading.keywords(k))
        if "not" in said or (have and said & {"no", "question"}):
            return have or reading.key(k) in ("អត់", "អត", "ot", "ort")
        if not reading.is_filler(k):
            return False
    return False


def _units(reading: Reading) -> set[str]:
    return {i for item in reading.items for i in item.ids("unit")}


_PEOPLE = frozenset(("អ្នក", "គេ", "មនុស្ស", "សមាជិក", "neak", "nak", "people", "members"))
_POSSESSORS = frozenset(["ខ្ញុំ", "khnhom", "knhom", "khnom", "knyom", "nhom", "my", "our", "the", "យើង"])
_NOT_WHERE = frozenset(("meeting", "group", "member", "send", "tell", "yes", "hello", "want", "notify"))


def where(sight: Sight, *, placed: bool = False) -> str | None:
    """The words that are neither the meeting, its day nor its hour: where it is. `placed`: only what names a place."""
    reading, used = sight.reading, sight.day.used
    runs: list[list[int]] = []
    open_run = False
    for k in range(len(reading.items)):
        part = _part_of_where(reading, k, used, open_run)
        if part and open_run:
            runs[-1].append(k)
        elif part:
            runs.append([k])
        open_run = part
    runs = [run for run in runs if any(_says_where(reading, k) for k in run)]
    if not runs:
        return None
    places = [
        r
        for r in runs
        if any(
            s.kind.startswith(("place", "market")) or s.id == "village_chief"
            for k in r
            for s in reading.items[k].senses
        )
    ]
    if placed and not places:
        return None
    run = (places or runs)[0]
    start = reading.atoms[reading.items[run[0]].i].start
    return reading.cleaned[start : reading.atoms[reading.items[run[-1]].j - 1].end].strip() or None


def _says_where(reading: Reading, k: int) -> bool:
    """Not only "the", "our", "come" or "go"."""
    return reading.key(k) not in _POSSESSORS and not {"come", "go", "not_come"} & set(reading.keywords(k))


def _part_of_where(reading: Reading, k: int, used: set[int], inside: bool) -> bool:
    if k in used or reading.is_sign(k) or _NOT_WHERE & set(reading.keywords(k)):
        return False
    item = reading.items[k]
    if any(s.kind in ("time", "category") for s in item.senses):
        return False
    if reading.key(k) in _POSSESSORS:
        return inside or k + 1 < len(reading.items)
    return inside or not reading.is_filler(k)


def group(sight: Sight) -> Heard | None:
    kw = sight.reading.kw
    if "leave_group" in kw and ("group" in kw or "problem" not in kw):
        return heard(sight.reading, Intent.GROUP_LEAVE, slots=Slots(group=_group_name(sight)))
    joining = "join_group" in kw or ("group" in kw and kw & {"start", "join_in", "want"})
    if joining and not kw & {"problem", "complain", "price"}:
        return heard(sight.reading, Intent.GROUP_JOIN, slots=Slots(group=_group_name(sight)))
    return None


def _group_name(sight: Sight) -> str | None:
    reading = sight.reading
    for k in range(len(reading.items) - 1, -1, -1):
        if {"join_group", "leave_group", "group"} & set(reading.keywords(k)):
            if k + 1 >= len(reading.items):
                return None
            start = reading.atoms[reading.items[k + 1].i].start
            return reading.cleaned[start:].strip() or None
    return None
