"""What the conversations of groups and meetings share: whose they are, how they are named, yes and no.

Owns no state. On a phone whose line cannot say what people wrote, nothing here names a group or a place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flows.engine import HOME, Next, Turn
from flows.heard import Intent
from flows.line.home import NO, YES
from flows.meetings.known import Group, Meeting
from flows.prompts import N_, S_, T_, Arg, Choice, Prompt, When, say
from flows.questions import Question

NO_GROUP = N_("You are in no group yet. To make one, send: NEW GROUP and its name.")
NOT_LEADER = N_("Only the leader or the deputy of a group can do that. Please ask them.")
GROUP_OF = S_("The group of {count} people")
MEETING_IN = N_("{group} {when}")
ONLY_WRITTEN = S_("Please write that to us in a message.")

TOO_LONG = T_("That is too long. Please send at most {count} letters.")
LONGEST_WORDS = 120  # of a message or a decision: read back, it takes three parts at most

YES_NO = (Choice("yes", say(YES)), Choice("no", say(NO)))


def groups_led(turn: Turn) -> tuple[Group, ...]:
    """The groups this person may act for."""
    return tuple(group for group in turn.facts.gatherings.groups() if group.leads)


def may_not_lead(turn: Turn) -> Next:
    """Said to somebody who leads no group."""
    return Next(HOME, tell=(say(NOT_LEADER if turn.facts.gatherings.groups() else NO_GROUP),))


def group_with(id: object, groups: Iterable[Group]) -> Group | None:
    """The group of an id; None when it is not among these any more."""
    return next((group for group in groups if str(group.id) == str(id)), None)


def meeting_with(id: object, meetings: Iterable[Meeting]) -> Meeting | None:
    """The meeting of an id; None when it is not among these any more."""
    return next((meeting for meeting in meetings if str(meeting.id) == str(id)), None)


def meetings_led(turn: Turn) -> tuple[Meeting, ...]:
    """The meetings to come that this person may move or cancel."""
    return tuple(meeting for meeting in turn.facts.gatherings.upcoming() if meeting.group.leads)


def meant(turn: Turn, groups: tuple[Group, ...]) -> Group | None:
    """The one group it can be: the only one, the only one whose name was said, else the one spoken of last today; None
    where that must be asked. Whatever is done is read back with the group's name."""
    if len(groups) == 1:
        return groups[0]
    said = _plain(turn.heard.text)
    named = [group for group in groups if any(name and _plain(name) in said for name in (group.name.km, group.name.en))]
    if named:
        return named[0] if len(named) == 1 else None
    last, day = turn.run.memory.get("group") or ("", "")
    if day != turn.facts.today.isoformat():
        return None
    if last == "newest":
        return max((group for group in groups if group.leads), key=lambda group: group.id, default=None)
    return group_with(last, groups)


def spoken_of(turn: Turn, group: object = "newest") -> dict[str, Any]:
    """What to remember of the group, by its id, that is spoken of now; without one, of the one that is being made."""
    return {"group": [str(group), turn.facts.today.isoformat()]}


def without_name(words: str, group: Group) -> str:
    """Words without the name of the group before them."""
    for name in (group.name.km, group.name.en):
        if name and words.lower().startswith(name.lower()):
            return words[len(name) :].strip(" :,៖")
    return words


def _plain(text: str) -> str:
    return "".join(text.lower().split()).replace("\u200b", "")


def group_choices(turn: Turn, groups: Iterable[Group]) -> list[Choice]:
    """Groups to choose from: by name, or by size where no name can be said."""
    return [
        Choice(str(group.id), group.name if turn.facts.can.name else say(GROUP_OF, count=group.members))
        for group in groups
    ]


def meeting_choices(turn: Turn, meetings: Iterable[Meeting]) -> list[Choice]:
    """Meetings to choose from: by day, and by group where the groups differ and can be named."""
    meetings = tuple(meetings)
    apart = len({meeting.group.id for meeting in meetings}) > 1 and turn.facts.can.name
    return [Choice(str(meeting.id), _label(meeting, apart=apart)) for meeting in meetings]


def _label(meeting: Meeting, *, apart: bool) -> Prompt | Arg:
    if apart:
        return say(MEETING_IN, group=meeting.group.name, when=When(meeting.starts))
    return When(meeting.starts)


def next_asked(turn: Turn) -> Question | None:
    """The newest question that waits for an answer."""
    return next((question for question in turn.facts.gatherings.questions() if not question.answer), None)


def agreed(turn: Turn) -> bool | None:
    """Yes or no to what was read back; None for anything else."""
    if turn.chosen in ("yes", "no"):
        return turn.chosen == "yes"
    return {Intent.YES: True, Intent.NO: False}.get(turn.heard.intent)


def at(data: object) -> datetime:
    """A local time as a run keeps it. Raises ValueError for a run of another shape."""
    return datetime.fromisoformat(str(data))
