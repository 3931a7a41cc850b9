"""Who belongs to a group, for its leader: a list by the last digits of numbers, and taking somebody out of it.

Owns that nobody is taken out before it was read back. Who may be, and what they hear, is the meetings room's rule.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.line.home import paged, turned
from flows.meetings.events import MemberRemoved
from flows.meetings.gathered import (
    NOT_LEADER,
    ONLY_WRITTEN,
    YES_NO,
    agreed,
    group_choices,
    group_with,
    groups_led,
    may_not_lead,
    meant,
    spoken_of,
)
from flows.meetings.group import NOBODY
from flows.meetings.known import Member
from flows.prompts import T_, Choice, Prompt, say

ASK_GROUP = T_("Members of which group? {choices}")
LISTED = T_("{group}, by the last digits: {choices} To remove one, send its place in this list.")
MEMBER = T_("...{digits}")
NAMED = T_("{name} ...{digits}")
REMOVE_SURE = T_("Take the member with ...{digits} out of {group}? They are told. {choices}")
REMOVED = T_("Done, ...{digits} is no longer in the group.")
NO_MEMBER = T_("That number is not in the group.")


def _start(turn: Turn) -> Next:
    led = groups_led(turn)
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(ONLY_WRITTEN),))
    if not led:
        return may_not_lead(turn)
    group = meant(turn, led)
    return Next("members.which") if group is None else Next("members.shown", data={"group": group.id})


def _ask_which(turn: Turn) -> Prompt:
    return Prompt(ASK_GROUP, choices=paged(group_choices(turn, groups_led(turn)), turn.data.get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("members.shown", data={"group": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _members(turn: Turn) -> tuple[Member, ...]:
    return turn.facts.gatherings.members(int(turn.data["group"]))


def _shown(turn: Turn) -> Next:
    group = group_with(turn.data["group"], groups_led(turn))
    if group is None:
        return may_not_lead(turn)
    if not _members(turn):
        return Next(HOME, tell=(say(NOBODY, group=group.name),))
    return Next("members.listed", data=turn.data, memory=spoken_of(turn, group.id))


def choice(member: Member) -> Choice:
    """A member to choose: by the name they show, and the last digits."""
    named = say(NAMED, name=member.name, digits=member.digits) if member.name else say(MEMBER, digits=member.digits)
    return Choice(str(member.id), named)


def _ask_listed(turn: Turn) -> Prompt:
    group = group_with(turn.data["group"], groups_led(turn))
    if group is None:
        return say(NOT_LEADER)
    choices = [choice(one) for one in _members(turn)]
    return Prompt(LISTED, {"group": group.name}, paged(choices, turn.data.get("page", 0)))


def _take_listed(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("members.sure", data={"group": turn.data["group"], "member": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _member(turn: Turn) -> Member | None:
    return next((one for one in _members(turn) if one.id == turn.data["member"]), None)


def _ask_sure(turn: Turn) -> Prompt:
    group, member = group_with(turn.data["group"], groups_led(turn)), _member(turn)
    if group is None or member is None:
        return say(NO_MEMBER)
    return Prompt(REMOVE_SURE, {"group": group.name, "digits": member.digits}, YES_NO)


def _take_sure(turn: Turn) -> Next | None:
    answer, member = agreed(turn), _member(turn)
    if member is None:
        return Next(HOME, tell=(say(NO_MEMBER),))
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    told = Prompt(REMOVED, {"digits": member.digits}, by_outcome={"gone": say(NO_MEMBER)})
    return Next(HOME, tell=(told,), events=(MemberRemoved(int(turn.data["group"]), member.id),))


FLOW = Flow(
    "members",
    (
        Do("start", _start, (HOME, "members.which", "members.shown")),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("members.which", "members.shown", "meeting.left")),
        Do("shown", _shown, (HOME, "members.listed")),
        Ask("listed", Kind.CHOOSE, _ask_listed, _take_listed, ("members.listed", "members.sure", "meeting.left")),
        Ask("sure", Kind.CONFIRM, _ask_sure, _take_sure, (HOME, "meeting.left")),
    ),
    {Intent.GROUP_MEMBERS: "start"},
)
