"""A meeting that was held without us: how many came and what was decided, read back before the members hear it.

Owns what is asked and in which order. How long ago it may have been, and that no day is kept twice, is the meetings
room's rule.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flows.calendar import day_of, is_soft
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.line.home import paged, turned
from flows.meetings.events import MeetingHeld
from flows.meetings.gathered import (
    LONGEST_WORDS,
    NOT_LEADER,
    ONLY_WRITTEN,
    TOO_LONG,
    YES_NO,
    agreed,
    group_choices,
    group_with,
    groups_led,
    may_not_lead,
    meant,
)
from flows.meetings.known import Group
from flows.prompts import T_, Arg, Prompt, say

ASK_GROUP = T_("Which group met? {choices}")
ASK_DECIDED = T_("What was decided there? Write it in one message.")
SURE = T_("{group} met {day}, {count} came: {words}. Tell the members? {choices}")
KEPT = T_("Thank you, it is kept, and the members are told.")
KEPT_ALREADY = T_("That meeting is kept already.")
TOO_OLD = T_("Only meetings of the last 14 days are kept.")
ENOUGH = T_("Your group has told enough for today. Please send it tomorrow.")
REPORTABLE = timedelta(days=14)


def past_day(turn: Turn) -> date | None:
    """The day a report of a meeting names; of a weekday the one that was last. None for none, or one to come."""
    token, today = turn.heard.slots.day, turn.facts.today
    day = day_of(token, today) if token else None
    if day is not None and token and day > today and is_soft(token):
        day -= timedelta(weeks=1)
    return None if day is None or day > today else day


def _start(turn: Turn) -> Next:
    """The day and the count are known; one of that day that was arranged with us is reported as such."""
    led, slots, day = groups_led(turn), turn.heard.slots, past_day(turn)
    if not led:
        return may_not_lead(turn)
    if day is None or slots.count is None:
        return Next("meeting.past")
    said = {"came": slots.count, "decided": slots.words or ""}
    planned = [one for one in turn.facts.gatherings.to_report() if one.starts.date() == day]
    if len(planned) == 1:
        return Next("planned.came", data={**said, "for": "report", "meeting": planned[0].id})
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(ONLY_WRITTEN),))
    if turn.facts.today - day > REPORTABLE:
        return Next(HOME, tell=(say(TOO_OLD),))
    group = meant(turn, led)
    data: dict[str, Any] = {**said, "day": day.isoformat()}
    return Next("unplanned.which", data=data) if group is None else _missing({**data, "group": group.id})


def _missing(data: dict[str, Any]) -> Next:
    """On to what was decided where that is missing or too long, else to reading it back."""
    if len(data["decided"]) > LONGEST_WORDS:
        return Next("unplanned.decided", tell=(say(TOO_LONG, count=LONGEST_WORDS),), data={**data, "decided": ""})
    return Next("unplanned.sure" if data["decided"] else "unplanned.decided", data=data)


def _ask_which(turn: Turn) -> Prompt:
    return Prompt(ASK_GROUP, choices=paged(group_choices(turn, groups_led(turn)), turn.data.get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return _missing({**turn.data, "group": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _ask_decided(_: Turn) -> Prompt:
    return say(ASK_DECIDED)


def _take_decided(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    return _missing({**turn.data, "decided": words}) if turn.heard.intent is Intent.WORDS and words else None


def _group(turn: Turn) -> Group | None:
    return group_with(turn.data["group"], groups_led(turn))


def _ask_sure(turn: Turn) -> Prompt:
    group = _group(turn)
    if group is None:
        return say(NOT_LEADER)
    day, came = date.fromisoformat(turn.data["day"]), int(turn.data["came"])
    args: dict[str, Arg] = {"group": group.name, "day": day, "count": came, "words": str(turn.data["decided"])}
    return Prompt(SURE, args, YES_NO)


def _take_sure(turn: Turn) -> Next | None:
    answer, group = agreed(turn), _group(turn)
    if group is None:
        return may_not_lead(turn)
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    told = Prompt(
        KEPT, by_outcome={"gone": say(NOT_LEADER), "same": say(KEPT_ALREADY), "old": say(TOO_OLD), "full": say(ENOUGH)}
    )
    day, came = date.fromisoformat(turn.data["day"]), int(turn.data["came"])
    return Next(HOME, tell=(told,), events=(MeetingHeld(group.id, day, came, str(turn.data["decided"])),))


FLOW = Flow(
    "unplanned",
    (
        Do(
            "start",
            _start,
            (HOME, "meeting.past", "planned.came", "unplanned.which", "unplanned.decided", "unplanned.sure"),
        ),
        Ask(
            "which",
            Kind.CHOOSE,
            _ask_which,
            _take_which,
            ("unplanned.which", "unplanned.decided", "unplanned.sure", "meeting.left"),
        ),
        Ask("decided", Kind.WORDS, _ask_decided, _take_decided, ("unplanned.decided", "unplanned.sure")),
        Ask("sure", Kind.CONFIRM, _ask_sure, _take_sure, (HOME, "meeting.left")),
    ),
)
