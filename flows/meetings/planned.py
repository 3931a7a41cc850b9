"""Meetings that are arranged: when they are, who comes, cancelling one, and afterwards what was decided.

Owns what is told of a meeting and the keys under "Meetings". Moving one is the arranging conversation's.
"""

from __future__ import annotations

from typing import Any

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import SURE, Intent, Kind
from flows.line.home import paged, turned
from flows.meetings.coming import by_name, counted
from flows.meetings.events import MeetingCancelled, MeetingReported
from flows.meetings.gathered import (
    LONGEST_WORDS,
    TOO_LONG,
    YES_NO,
    agreed,
    groups_led,
    may_not_lead,
    meeting_choices,
    meeting_with,
    meetings_led,
    next_asked,
)
from flows.meetings.known import Meeting
from flows.meetings.meeting import GONE, UNHEARD
from flows.prompts import N_, S_, T_, Arg, Choice, Prompt, When, say

NONE = N_("No meeting is planned.")
PLANNED = N_("{group}: {when}, {where}.")
PLANNED_UNNAMED = N_("{group}: {when}.")
PLANNED_SPOKEN = S_("A meeting on {when}.")
ASK_WHICH = N_("Which meeting? {choices}")
CANCEL_SURE = T_("Cancel the meeting of {group}, {when}? {count} people are told. {choices}")
CANCEL_SPOKEN = S_("Cancel the meeting on {when}?")
CANCEL_SERIES = N_("This meeting repeats. What do you cancel? {choices}")
ONLY_THIS = N_("Only {when}")
ALL_OF_THEM = N_("All of them")
KEEP_THEM = N_("Nothing")
CANCELLED = N_("The meeting is cancelled. The members are told.")
NOTHING_TO_REPORT = N_("There is no past meeting of your groups to report.")
ASK_CAME = N_("Meeting {when}: how many people came?")
ASK_DECIDED = T_("What was decided? Write it in one message.")
REPORT_SURE = T_("{when}: {count} came. Decided: {words}. Keep this? {choices}")
REPORT_COUNT_SURE = N_("{when}: {count} came. Keep this? {choices}")
REPORTED = N_("Thank you, it is kept.")

ASK_MEETINGS = S_("Meetings.")
NEXT_MEETINGS = S_("When the next meeting is")
ARRANGE = S_("Arrange a meeting")
CHANGE = S_("Move or cancel a meeting, or hear who comes")
GROUPS = S_("Your groups")
ASK_CHANGE = S_("What would you like?")
MOVE = S_("Move a meeting")
CANCEL = S_("Cancel a meeting")
WHO_COMES = S_("Hear who comes")
TELL_CAME = S_("Say how many came")

MOST_TOLD = 3


def _when(turn: Turn) -> Next:
    """The next meetings; on the phone the first that awaits an answer is asked about."""
    meetings = turn.facts.gatherings.upcoming()
    if not meetings and turn.heard.intent is Intent.MEETING_WHEN and turn.heard.confidence < SURE:
        return Next("home.help")
    if not meetings:
        invited = any(question.kind == "invitation" for question in turn.facts.gatherings.questions())
        return Next("reply.open" if invited and not turn.facts.can.type else HOME, tell=(say(NONE),))
    if turn.facts.can.type:
        return Next(HOME, tell=tuple(_planned(turn, meeting) for meeting in meetings[:MOST_TOLD]))
    asked = next_asked(turn)  # says itself when it is
    others = [one for one in meetings[:MOST_TOLD] if asked is None or one != asked.meeting]
    return Next("reply.open", tell=tuple(_planned(turn, meeting) for meeting in others))


def _planned(turn: Turn, meeting: Meeting) -> Prompt:
    args: dict[str, Arg] = {"when": When(meeting.starts)}
    if not turn.facts.can.name:
        return Prompt(PLANNED_SPOKEN, args)
    args["group"] = meeting.group.name
    if not meeting.where:
        return Prompt(PLANNED_UNNAMED, args)
    return Prompt(PLANNED, {**args, "where": meeting.where})


def _count(turn: Turn) -> Next:
    """Who comes: to the next meetings one leads, else to the next one."""
    meetings = meetings_led(turn)[:2] or turn.facts.gatherings.upcoming()[:1]
    told = tuple(counted(turn, meeting) for meeting in meetings) or (say(NONE),)
    return Next(HOME, tell=(*told, *(by_name(turn, meetings[0]) if meetings else ())))


def _cancel(turn: Turn) -> Next:
    if not groups_led(turn):
        return may_not_lead(turn)
    return Next("planned.choose", data={"for": "cancel"})


def _meetings_for(turn: Turn) -> tuple[Meeting, ...]:
    return turn.facts.gatherings.to_report() if turn.data.get("for") == "report" else meetings_led(turn)


_WAYS = {"cancel": "planned.repeats", "move": "meeting.moving", "report": "planned.came"}


def _choose(turn: Turn) -> Next:
    """Which meeting is spoken of: asked where it could be several."""
    meetings, report = _meetings_for(turn), turn.data.get("for") == "report"
    if not meetings:
        return Next(HOME, tell=(say(NOTHING_TO_REPORT if report else NONE),))
    if len(meetings) == 1:
        return Next(_WAYS[turn.data["for"]], data={**turn.data, "meeting": meetings[0].id})
    return Next("planned.which", data=turn.data)


def _ask_which(turn: Turn) -> Prompt:
    return Prompt(ASK_WHICH, choices=paged(meeting_choices(turn, _meetings_for(turn)), turn.data.get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next(_WAYS[turn.data["for"]], data={**turn.data, "meeting": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _repeats(turn: Turn) -> Next:
    """One that repeats may be cancelled alone or with all that follow."""
    meeting = meeting_with(turn.data["meeting"], meetings_led(turn))
    if meeting is None:
        return Next(HOME, tell=(say(GONE),))
    return Next("planned.series" if meeting.repeats else "planned.cancel_sure", data=turn.data)


def _meeting(turn: Turn) -> Meeting | None:
    return meeting_with(turn.data["meeting"], _meetings_for(turn))


def _ask_series(turn: Turn) -> Prompt:
    meeting = _meeting(turn)
    if meeting is None:
        return say(GONE)
    choices = (
        Choice("one", say(ONLY_THIS, when=When(meeting.starts))),
        Choice("all", say(ALL_OF_THEM)),
        Choice("no", say(KEEP_THEM)),
    )
    return Prompt(CANCEL_SERIES, choices=choices)


def _take_series(turn: Turn) -> Next | None:
    if turn.chosen in ("one", "all"):
        return Next("planned.cancelled", data={**turn.data, "series": turn.chosen == "all"})
    return Next("meeting.left") if turn.chosen == "no" or turn.heard.intent is Intent.NO else None


def _ask_cancel(turn: Turn) -> Prompt:
    meeting = _meeting(turn)
    if meeting is None:
        return say(GONE)
    args: dict[str, Arg] = {"when": When(meeting.starts)}
    if not turn.facts.can.type:
        return Prompt(CANCEL_SPOKEN, args, YES_NO)
    return Prompt(CANCEL_SURE, {**args, "group": meeting.group.name, "count": meeting.group.members - 1}, YES_NO)


def _take_cancel(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return Next("planned.cancelled", data=turn.data) if turn.heard.intent is Intent.MEETING_CANCEL else None
    return Next("planned.cancelled" if answer else "meeting.left", data=turn.data)


def _cancelled(turn: Turn) -> Next:
    meeting = _meeting(turn)
    if meeting is None:
        return Next(HOME, tell=(say(GONE),))
    told = Prompt(CANCELLED, by_outcome={"gone": say(GONE), "unheard": say(UNHEARD)})
    return Next(HOME, tell=(told,), events=(MeetingCancelled(meeting.id, bool(turn.data.get("series"))),))


def _past(turn: Turn) -> Next:
    """A meeting in the past cannot be arranged; its leader may want to report it."""
    told = turn.heard.slots.count is not None and bool(turn.heard.slots.day)
    if not groups_led(turn):
        return may_not_lead(turn) if told or not turn.facts.gatherings.groups() else Next("planned.when")
    if told:
        return Next("unplanned.start")
    if turn.facts.gatherings.to_report():
        return Next("planned.choose", data={"for": "report"})
    return Next("meeting.past")


def _report(turn: Turn) -> Next:
    """How many came and what was decided. Where nothing is to be reported, the words were not meant for that."""
    if not groups_led(turn):
        return may_not_lead(turn)
    slots = turn.heard.slots
    data: dict[str, Any] = {"for": "report"}
    if slots.count is not None:
        data["came"] = slots.count
    if slots.words:
        data["decided"] = slots.words
    return Next("planned.choose", data=data)


def _came(turn: Turn) -> Next:
    """Ask for what is missing of the report, then read it back."""
    if _meeting(turn) is None:
        return Next(HOME, tell=(say(GONE),))
    if "came" not in turn.data:
        return Next("planned.how_many", data=turn.data)
    if not turn.data.get("decided") and turn.facts.can.type:
        return Next("planned.decided", data=turn.data)
    if len(turn.data.get("decided", "")) > LONGEST_WORDS:
        return Next("planned.decided", tell=(say(TOO_LONG, count=LONGEST_WORDS),), data={**turn.data, "decided": ""})
    return Next("planned.report_sure", data=turn.data)


def _ask_how_many(turn: Turn) -> Prompt:
    meeting = _meeting(turn)
    return say(ASK_CAME, when=When(meeting.starts)) if meeting else say(GONE)


def _take_how_many(turn: Turn) -> Next | None:
    slots = turn.heard.slots
    if turn.heard.intent is Intent.NO:
        return Next("meeting.left")
    if turn.heard.intent is not Intent.MEETING_REPORT or slots.count is None:
        return None
    said = {"decided": slots.words} if slots.words else {}
    return Next("planned.came", data={**turn.data, **said, "came": slots.count})


def _ask_decided(_: Turn) -> Prompt:
    return say(ASK_DECIDED)


def _take_decided(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    if turn.heard.intent is not Intent.WORDS or not words:
        return None
    return Next("planned.came", data={**turn.data, "decided": words})


def _ask_report(turn: Turn) -> Prompt:
    meeting = _meeting(turn)
    if meeting is None:
        return say(GONE)
    args: dict[str, Arg] = {"when": When(meeting.starts), "count": int(turn.data["came"])}
    if turn.facts.can.type and (words := turn.data.get("decided")):
        return Prompt(REPORT_SURE, {**args, "words": words}, YES_NO)
    return Prompt(REPORT_COUNT_SURE, args, YES_NO)


def _take_report(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    return Next("planned.reported" if answer else "meeting.left", data=turn.data)


def _reported(turn: Turn) -> Next:
    meeting = _meeting(turn)
    if meeting is None:
        return Next(HOME, tell=(say(GONE),))
    told = Prompt(REPORTED, by_outcome={"gone": say(GONE)})
    event = MeetingReported(meeting.id, int(turn.data["came"]), str(turn.data.get("decided", "")))
    if not turn.facts.problems.categories():
        return Next(HOME, tell=(told,), events=(event,))
    return Next("issue.after", tell=(told,), events=(event,), data={"group": meeting.group.id})


def _menu(turn: Turn) -> Prompt:
    """What is under "Meetings" on the phone: leaders find more."""
    choices = [Choice("when", say(NEXT_MEETINGS), 1)]
    if groups_led(turn):
        choices += [Choice("arrange", say(ARRANGE), 2), Choice("change", say(CHANGE), 3)]
    if turn.facts.gatherings.groups():
        choices.append(Choice("groups", say(GROUPS), 4))
    return Prompt(ASK_MEETINGS, choices=tuple(choices))


def _take_menu(turn: Turn) -> Next | None:
    ways = {"when": "planned.when", "arrange": "meeting.start", "change": "planned.change", "groups": "group.mine"}
    return Next(ways[turn.chosen]) if turn.chosen else None


def _ask_changes(turn: Turn) -> Prompt:
    choices = [Choice("move", say(MOVE), 1), Choice("cancel", say(CANCEL), 2), Choice("count", say(WHO_COMES), 3)]
    if turn.facts.gatherings.to_report():
        choices.append(Choice("report", say(TELL_CAME), 4))
    return Prompt(ASK_CHANGE, choices=tuple(choices))


def _take_changes(turn: Turn) -> Next | None:
    ways = {"move": "meeting.move", "cancel": "planned.cancel", "count": "planned.count", "report": "planned.report"}
    return Next(ways[turn.chosen]) if turn.chosen else None


FLOW = Flow(
    "planned",
    (
        Do("when", _when, (HOME, "home.help", "reply.open")),
        Do("count", _count, (HOME,)),
        Do("cancel", _cancel, (HOME, "planned.choose")),
        Do("choose", _choose, (HOME, "planned.which", *_WAYS.values())),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("planned.which", "meeting.left", *_WAYS.values())),
        Do("repeats", _repeats, (HOME, "planned.series", "planned.cancel_sure")),
        Ask("series", Kind.CHOOSE, _ask_series, _take_series, ("planned.cancelled", "meeting.left")),
        Ask("cancel_sure", Kind.CONFIRM, _ask_cancel, _take_cancel, ("planned.cancelled", "meeting.left")),
        Do("cancelled", _cancelled, (HOME,)),
        Do("past", _past, (HOME, "planned.when", "planned.choose", "unplanned.start", "meeting.past")),
        Do("report", _report, (HOME, "planned.choose")),
        Do("came", _came, (HOME, "planned.how_many", "planned.decided", "planned.report_sure")),
        Ask("how_many", Kind.COUNT, _ask_how_many, _take_how_many, ("planned.came", "meeting.left")),
        Ask("decided", Kind.WORDS, _ask_decided, _take_decided, ("planned.came",)),
        Ask("report_sure", Kind.CONFIRM, _ask_report, _take_report, ("planned.reported", "meeting.left")),
        Do("reported", _reported, (HOME, "issue.after")),
        Ask("menu", Kind.CHOOSE, _menu, _take_menu, ("planned.when", "meeting.start", "planned.change", "group.mine")),
        Ask(
            "change",
            Kind.CHOOSE,
            _ask_changes,
            _take_changes,
            ("meeting.move", "planned.cancel", "planned.count", "planned.report"),
        ),
    ),
    {
        Intent.MEETING_WHEN: "when",
        Intent.MEETING_COUNT: "count",
        Intent.MEETING_CANCEL: "cancel",
        Intent.MEETING_PAST: "past",
        Intent.MEETING_REPORT: "report",
    },
)
