"""The day and the hour of a meeting: how they are asked for, and what is meant by a time that has passed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TypedDict, cast

from flows.calendar import day_of, is_soft
from flows.engine import Next, Turn
from flows.heard import Intent, Slots
from flows.line.home import paged, turned
from flows.meetings.gathered import (
    YES_NO,
    agreed,
    at,
)
from flows.prompts import N_, S_, T_, Choice, Prompt, When, say

ASK_WHEN = T_("On which day and at what hour is the meeting? E.g. TOMORROW 2 PM")
ASK_DAY = T_("On which day is the meeting? E.g. MONDAY or 25/11")
ASK_HOUR = T_("At what hour is the meeting? E.g. 8 AM or 2 PM")
ASK_PART = N_("At what time? {choices}")
NO_SUCH_DAY = N_("There is no such day.")
PASSED = N_("That time has passed. Do you mean {when}? {choices}")
KEY_DAY = S_("On which day is the meeting? Hash, then the two digits of the date; or choose.")
KEY_HOUR = S_("At what hour? Hash, then its two digits; or choose.")
USUAL_HOURS = (8, 14, 9, 15, 7, 16, 10, 17)
DAYS_OFFERED = 9
LONGEST_WHERE = 60


class MeetingData(TypedDict, total=False):
    """What is known of a meeting. `day`, `starts`, `instead`: ISO, local; `time`, `hour`: HH:MM, `hour` of twelve."""

    group: int
    meeting: int | str  # that moves; missing: a new one
    day: str
    soft: bool  # a weekday: one that has passed means the next
    time: str
    hour: str
    where: str
    repeats: str
    starts: str
    instead: str  # offered for a time that has passed
    slots: dict[str, str | None]  # heard before it was known which meeting moves
    place: bool  # only the place moves
    page: int


def data_in(turn: Turn) -> MeetingData:
    """The data of the run under way."""
    return cast("MeetingData", turn.data)


def without(data: MeetingData, *names: str) -> MeetingData:
    """The data but for what is to be asked again."""
    return cast("MeetingData", {name: value for name, value in data.items() if name not in names})


def with_message(turn: Turn, known: MeetingData, slots: Slots) -> Next:
    """Add what was said to what is known, and go on to what is missing."""
    data = without(known, "page", "instead")
    if slots.day:
        day = day_of(slots.day, turn.facts.today)
        if day is None:
            return asked_again(turn, data, NO_SUCH_DAY)
        data["day"], data["soft"] = day.isoformat(), is_soft(slots.day)
    if slots.time or slots.hour:
        data["time"], data["hour"] = slots.time or "", slots.hour or ""
    if slots.where:
        data["where"] = slots.where[:LONGEST_WHERE]
    if slots.repeats:
        data["repeats"] = slots.repeats
    return Next("meeting.next", data=data)


def asked_again(turn: Turn, data: MeetingData, why: str) -> Next:
    """Ask for another day, saying why."""
    kept = without(data, "day")
    return Next(asks_day(turn, kept), tell=(say(why),), data=kept)


def asks_day(turn: Turn, data: MeetingData) -> str:
    """In writing the hour is asked for along with the day."""
    return "meeting.when" if turn.facts.can.type and not (data.get("time") or data.get("hour")) else "meeting.day"


def ask_when(_: Turn) -> Prompt:
    return say(ASK_WHEN)


def take_when(turn: Turn) -> Next | None:
    slots = turn.heard.slots
    if turn.heard.intent is Intent.NO:
        return Next("meeting.left")
    if turn.heard.intent not in (Intent.WHEN, Intent.MEETING_NEW, Intent.MEETING_NEW_ASK_TIME, Intent.MEETING_PAST):
        return None
    return with_message(turn, data_in(turn), slots) if slots.day or slots.time or slots.hour else None


def ask_day(turn: Turn) -> Prompt:
    if turn.facts.can.type:
        return say(ASK_DAY)
    days = [turn.facts.today + timedelta(days=away) for away in range(DAYS_OFFERED)]
    return Prompt(KEY_DAY, choices=paged([Choice(day.isoformat(), day) for day in days], data_in(turn).get("page", 0)))


def take_day(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen is not None:
        chosen = date.fromisoformat(turn.chosen)
        return with_message(turn, data_in(turn), Slots(day=f"{chosen.day}/{chosen.month}/{chosen.year}"))
    return take_when(turn)


def ask_hour(turn: Turn) -> Prompt:
    if turn.facts.can.type:
        return say(ASK_HOUR)
    hours = [Choice(f"{hour:02}:00", time(hour)) for hour in USUAL_HOURS]
    return Prompt(KEY_HOUR, choices=paged(hours, data_in(turn).get("page", 0)))


def take_hour(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen is not None:
        return with_message(turn, data_in(turn), Slots(time=turn.chosen))
    return take_when(turn)


def ask_part(turn: Turn) -> Prompt:
    """Seven in the morning or at night? The likelier one first."""
    hour, minute = map(int, data_in(turn)["hour"].split(":"))
    early, late = time(hour % 12, minute), time(hour % 12 + 12, minute)
    both = (early, late) if hour % 12 >= 6 else (late, early)
    return Prompt(ASK_PART, choices=tuple(Choice(f"{one:%H:%M}", one) for one in both))


def take_part(turn: Turn) -> Next | None:
    if turn.chosen is not None:
        return with_message(turn, data_in(turn), Slots(time=turn.chosen))
    return take_when(turn)


def ask_later(turn: Turn) -> Prompt:
    return Prompt(PASSED, {"when": When(at(data_in(turn)["instead"]))}, YES_NO)


def take_later(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return take_when(turn)
    kept = without(data_in(turn), "instead", "day", "time", "hour")
    if not answer:
        return Next("meeting.next", data=kept)
    instead = at(data_in(turn)["instead"])
    kept["day"], kept["time"] = instead.date().isoformat(), f"{instead:%H:%M}"
    return Next("meeting.next", data=kept)
