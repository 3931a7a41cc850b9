"""Arranging a meeting and moving one: the group, the day, the hour, the place, read back before anyone hears.

Owns what is asked and in which order. Whether a time may be, how many meetings a day, and who is told is the
meetings room's rule, told by the facts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind, Slots
from flows.keyed import keyed
from flows.line.home import paged, turned
from flows.meetings.events import MeetingArranged, MeetingMoved
from flows.meetings.gathered import (
    NOT_LEADER,
    YES_NO,
    agreed,
    at,
    group_choices,
    group_with,
    groups_led,
    may_not_lead,
    meant,
    meeting_with,
    meetings_led,
    spoken_of,
    without_name,
)
from flows.meetings.known import Group, Meeting
from flows.meetings.timing import (
    LONGEST_WHERE,
    MeetingData,
    ask_day,
    ask_hour,
    ask_later,
    ask_part,
    ask_when,
    asked_again,
    asks_day,
    data_in,
    take_day,
    take_hour,
    take_later,
    take_part,
    take_when,
    with_message,
)
from flows.prompts import N_, S_, T_, Arg, Prompt, When, say

ASK_GROUP = N_("Which group meets? {choices}")
ASK_WHERE = T_("Where is the meeting?")
PAST = N_("That day has passed.")
TOO_FAR = N_("Please choose a day within a year.")
FULL = N_("This group has arranged ten meetings today. Please arrange more tomorrow.")
WEEKLY = N_("It repeats every week.")
BY_DATE = N_("It repeats every month on this date.")
BY_WEEKDAY = N_("It repeats every month on this weekday.")
SURE = T_("{group}: {when}, {where}. Tell {count} people? {choices}")
SURE_ALONE = T_("{group}: {when}, {where}. Is that right? {choices}")
SURE_ALONE_SPOKEN = S_("The meeting is on {when}. Is that right?")
SURE_SPOKEN = S_("The meeting is on {when}. Tell {count} people?")
ARRANGED = N_("Done, {count} people are told. Who comes? Send: WHO COMES")
ARRANGED_ALONE = N_("Done. Nobody else is in the group yet. To invite, send: INVITE and their numbers.")
ASKED_FIRST = N_("Done. {count} people are asked to join the group first, then they hear of it.")
SAME = N_("This meeting is arranged already.")
SAME_REPEATED = T_("There is one meeting at that time already. To have it again and again, first send: CANCEL MEETING")
MOVE_SURE = T_("{group}: the meeting moves to {when}, {where}. Tell {count} people? {choices}")
MOVE_SURE_SPOKEN = S_("The meeting moves to {when}. Tell {count} people?")
MOVED = N_("Done, {count} people are told of the new time.")
PLACE_MOVED = N_("Done, {count} people are told of the new place.")
NIGHT = N_("It is night: nobody would hear of it in time. Please choose a later time.")
UNHEARD = N_("Done, but it is night: members hear of it in the morning, too late. Please ring them.")
MOVED_ENOUGH = N_("This meeting was moved five times. Please cancel it and arrange another.")
GONE = N_("This meeting is over or was cancelled.")
LEFT = N_("All right, nothing was changed.")

REPEATS = {"weekly": WEEKLY, "by_date": BY_DATE, "by_weekday": BY_WEEKDAY}


def _start(turn: Turn) -> Next:
    """Arrange a new meeting. Who leads no group and names no day only wants to know when the next one is."""
    led, slots = groups_led(turn), turn.heard.slots
    if not led:
        bare = not (slots.day or slots.time or slots.hour or slots.where)
        return Next("planned.when") if bare and turn.facts.gatherings.groups() else may_not_lead(turn)
    group = meant(turn, led)
    if group is None:
        return with_message(turn, {}, slots)
    return with_message(turn, {"group": group.id}, replace(slots, where=without_name(slots.where or "", group) or None))


def _next(turn: Turn) -> Next:
    """Ask for what is missing, in this order; with everything there, read it back."""
    data = data_in(turn).copy()
    moved = None
    if "meeting" in data:
        moved = meeting_with(data["meeting"], meetings_led(turn))
        if moved is None:
            return Next(HOME, tell=(say(GONE),))
        data["group"] = moved.group.id
        data = _with_old_time(data, moved)
    group = group_with(data.get("group"), groups_led(turn))
    if group is None:
        return Next("meeting.group", data=data)
    if (fault := _day_fault(turn, group, data)) is not None:
        return fault
    if data.get("hour") and not data.get("time"):
        return Next("meeting.part", data=data)
    if not data.get("day"):
        return Next(asks_day(turn, data), data=data)
    if not data.get("time"):
        return Next("meeting.hour", data=data)
    return _timed(turn, group, data)


def _with_old_time(data: MeetingData, moved: Meeting) -> MeetingData:
    """Of a meeting that moves, what was not said anew stays as it is, once anything was said."""
    if data.get("day") and not (data.get("time") or data.get("hour")):
        data["time"] = moved.starts.strftime("%H:%M")
    if (data.get("time") or data.get("hour")) and not data.get("day"):
        data["day"] = moved.starts.date().isoformat()
    return data


def _day_fault(turn: Turn, group: Group, data: MeetingData) -> Next | None:
    """A day that cannot be is said at once, before the hour is asked for."""
    if not data.get("day"):
        return None
    day = date.fromisoformat(data["day"])
    fault = turn.facts.gatherings.fault(group.id, datetime.combine(day, time(23, 59)))
    if fault == "too_far":
        return asked_again(turn, data, TOO_FAR)
    if fault == "past" and not data.get("time"):
        return asked_again(turn, data, PAST)
    return Next(HOME, tell=(say(FULL),)) if fault == "full" and "meeting" not in data else None


def _timed(turn: Turn, group: Group, data: MeetingData) -> Next:
    """Day and hour are known: a time that has passed is meant a week later, or that is asked."""
    hour, minute = map(int, data["time"].split(":"))
    starts = datetime.combine(date.fromisoformat(data["day"]), time(hour, minute))
    gatherings = turn.facts.gatherings
    if gatherings.fault(group.id, starts) == "past":
        later = starts
        while later.date() <= turn.facts.today:
            later += timedelta(days=7)
        if gatherings.fault(group.id, later) == "past":
            later += timedelta(days=7)
        if not data.get("soft"):
            return Next("meeting.later", data={**data, "instead": later.isoformat()})
        starts = later
    data["starts"] = starts.isoformat()
    if turn.facts.can.type and not data.get("where") and "meeting" not in data:
        return Next("meeting.where", data=data)
    told = (say(REPEATS[data["repeats"]]),) if data.get("repeats") in REPEATS else ()
    return Next("meeting.sure", tell=told, data=data)


def _ask_group(turn: Turn) -> Prompt:
    return Prompt(ASK_GROUP, choices=paged(group_choices(turn, groups_led(turn)), data_in(turn).get("page", 0)))


def _take_group(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return with_message(turn, {**data_in(turn), "group": int(value)}, Slots())
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _ask_where(_: Turn) -> Prompt:
    return say(ASK_WHERE)


def _take_where(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    if turn.heard.intent is not Intent.WORDS or not any(letter.isalpha() for letter in words):
        return None
    return with_message(turn, data_in(turn), Slots(where=words))


def _ask_sure(turn: Turn) -> Prompt:
    """All that was understood, read back."""
    group = group_with(data_in(turn)["group"], groups_led(turn))
    count = max(0, group.members - 1) if group else 0
    args: dict[str, Arg] = {"when": When(at(data_in(turn)["starts"])), "count": count}
    moves = "meeting" in data_in(turn)
    if not count and not moves:
        del args["count"]
    if not turn.facts.can.type or group is None:
        return Prompt(MOVE_SURE_SPOKEN if moves else SURE_SPOKEN if count else SURE_ALONE_SPOKEN, args, YES_NO)
    moved = meeting_with(data_in(turn)["meeting"], meetings_led(turn)) if moves else None
    args |= {"group": group.name, "where": data_in(turn).get("where") or (moved.where if moved else "")}
    return Prompt(MOVE_SURE if moves else SURE if count else SURE_ALONE, args, YES_NO)


def _take_sure(turn: Turn) -> Next | None:
    """Yes tells the members, no nobody; another day, hour or place changes what is read back."""
    answer = agreed(turn)
    if answer is not None:
        return Next("meeting.done" if answer else "meeting.left", data=data_in(turn))
    if turn.heard.intent is Intent.WHEN:
        return take_when(turn)
    return None


def _done(turn: Turn) -> Next:
    """Decide it. The right to may have ended while the question was open."""
    data, led = data_in(turn), groups_led(turn)
    group = group_with(data["group"], led)
    if group is None:
        return may_not_lead(turn)
    starts, count = at(data["starts"]), max(0, group.members - 1)
    instead = {"past": say(PAST), "too_far": say(TOO_FAR), "same": say(_taken(turn)), "night": say(NIGHT)}
    if "meeting" in data:
        instead |= {"unheard": say(UNHEARD), "full": say(MOVED_ENOUGH), "gone": say(GONE)}
        before = meeting_with(data["meeting"], meetings_led(turn))
        only_place = before is not None and before.starts == starts
        told = Prompt(PLACE_MOVED if only_place else MOVED, {"count": count}, by_outcome=instead)
        return Next(HOME, tell=(told,), events=(MeetingMoved(int(data["meeting"]), starts, data.get("where", "")),))
    said = say(ARRANGED, count=count) if count else say(ARRANGED_ALONE)
    if not count and group.invited:
        said = say(ASKED_FIRST, count=group.invited)
    said = replace(said, by_outcome={**instead, "full": say(FULL), "gone": say(NOT_LEADER)})
    arranged = MeetingArranged(group.id, starts, str(data.get("where", "")), str(data.get("repeats", "")))
    return Next(HOME, tell=(said,), events=(arranged,), memory=spoken_of(turn, group.id))


def _taken(turn: Turn) -> str:
    """What is said of a time that has a meeting; one that is to repeat does not make that one repeat."""
    return SAME_REPEATED if data_in(turn).get("repeats") and turn.facts.can.type else SAME


def _left(_: Turn) -> Next:
    return Next(HOME, tell=(say(LEFT),))


def _move(turn: Turn) -> Next:
    """Which meeting moves is asked where it could be several; the new time goes along."""
    slots = turn.heard.slots
    if not groups_led(turn):
        return may_not_lead(turn)
    said = {name: getattr(slots, name) for name in ("day", "time", "hour", "where")}
    data = {"for": "move", "slots": said, "place": slots.action == "place"}
    return Next("planned.choose", data=data)


def _past(turn: Turn) -> Next:
    return asked_again(turn, {}, PAST)


def _moving(turn: Turn) -> Next:
    heard = data_in(turn).get("slots", {})
    said = Slots(
        day=heard.get("day") or None,
        time=heard.get("time") or None,
        hour=heard.get("hour") or None,
        where=heard.get("where") or None,
    )
    known: MeetingData = {"meeting": data_in(turn)["meeting"]}
    meeting = meeting_with(data_in(turn)["meeting"], meetings_led(turn))
    if not data_in(turn).get("place") or meeting is None:
        return with_message(turn, known, said)
    known["day"], known["soft"], known["time"] = meeting.starts.date().isoformat(), False, f"{meeting.starts:%H:%M}"
    if not said.where:
        return Next("meeting.where", data=known)
    return Next("meeting.next", data={**known, "where": said.where[:LONGEST_WHERE]})


_ON = ("meeting.next", "meeting.when", "meeting.day", "meeting.left")

FLOW = Flow(
    "meeting",
    (
        Do("start", _start, (HOME, "planned.when", "meeting.next", "meeting.when", "meeting.day")),
        Do(
            "next",
            _next,
            (HOME, *(f"meeting.{name}" for name in ("group", "part", "when", "day", "hour", "later", "where", "sure"))),
        ),
        Ask("group", Kind.CHOOSE, _ask_group, _take_group, ("meeting.group", *_ON)),
        Ask("when", Kind.WHEN, ask_when, take_when, _ON),
        *keyed("meeting", Ask("day", Kind.WHEN, ask_day, take_day, _ON, codes="day")),
        *keyed("meeting", Ask("hour", Kind.WHEN, ask_hour, take_hour, ("meeting.hour", *_ON), codes="hour")),
        Ask("part", Kind.WHEN, ask_part, take_part, _ON),
        Ask("later", Kind.WHEN, ask_later, take_later, _ON),
        Ask("where", Kind.WORDS, _ask_where, _take_where, ("meeting.next",)),
        Ask("sure", Kind.WHEN, _ask_sure, _take_sure, ("meeting.done", *_ON)),
        Do("done", _done, (HOME,)),
        Do("left", _left, (HOME,)),
        Do("past", _past, ("meeting.when", "meeting.day")),
        Do("move", _move, (HOME, "planned.choose")),
        Do("moving", _moving, ("meeting.next", "meeting.when", "meeting.day", "meeting.where")),
    ),
    {
        Intent.MEETING_NEW: "start",
        Intent.MEETING_NEW_ASK_TIME: "start",
        Intent.MEETING_MOVE: "move",
    },
)
