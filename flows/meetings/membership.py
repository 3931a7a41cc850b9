"""Which groups somebody is in, and leaving one. What a leader does with a group is flows.meetings.group's."""

from __future__ import annotations

from typing import TypedDict, cast

from flows.engine import HOME, Next, Turn
from flows.heard import Intent
from flows.line.home import paged, turned
from flows.meetings.events import GroupLeft
from flows.meetings.gathered import (
    NO_GROUP,
    YES_NO,
    agreed,
    group_with,
    groups_led,
    meant,
)
from flows.meetings.known import Group
from flows.prompts import N_, S_, T_, Choice, Prompt, Titled, say

MINE = N_("{group}: {count} members.")
MINE_LED = N_("{group}: {count} members. You lead it.")
MINE_SPOKEN = S_("A group of {count} members.")
MINE_LED_SPOKEN = S_("A group of {count} members. You lead it.")
LISTED = T_("{choices} To leave one, send its number.")
LEAVE_SURE = T_("Leave {group}? {choices}")
LEAVE_SPOKEN = S_("Leave the group?")
GONE_FROM = T_("You are no longer in {group}.")
GONE_FROM_SPOKEN = S_("You are no longer in the group.")
NOT_IN = N_("You are in no group.")
JOINING = N_("Please ask the leader of the group to invite your number. Then answer yes.")
LEAVE = S_("Leave a group")
BACK = S_("Back to the beginning")
WHAT_NOW = S_("What would you like?")


GroupData = TypedDict(
    "GroupData",
    {
        "for": str,  # what the group is wanted for: invite, write, leave
        "group": int,
        "name": str,  # of a new one
        "numbers": list[str],  # to invite
        "left_out": list[str],  # as written: no mobile numbers
        "words": str,  # to send to all
        "page": int,
    },
    total=False,
)


def data_in(turn: Turn) -> GroupData:
    """The data of the run under way."""
    return cast("GroupData", turn.data)


def groups_for(turn: Turn) -> tuple[Group, ...]:
    """The groups that can be meant."""
    return turn.facts.gatherings.groups() if data_in(turn).get("for") == "leave" else groups_led(turn)


def chosen_group(turn: Turn) -> Group | None:
    return group_with(data_in(turn)["group"], groups_for(turn))


def name_of(turn: Turn) -> Titled:
    group = chosen_group(turn)
    return group.name if group else Titled("", "")


def mine(turn: Turn) -> Next:
    """The groups somebody is in; on the phone what can be done with them comes after."""
    groups = turn.facts.gatherings.groups()
    if not groups:
        return Next(HOME, tell=(say(NO_GROUP),))
    if turn.facts.can.type:
        return Next("group.listed")
    return Next("group.menu", tell=tuple(membership_of(turn, one) for one in groups[:4]))


def ask_listed(turn: Turn) -> Prompt:
    choices = [Choice(str(one.id), membership_of(turn, one)) for one in turn.facts.gatherings.groups()]
    return Prompt(LISTED, choices=paged(choices, data_in(turn).get("page", 0)))


def take_listed(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("group.leave_sure", data={"for": "leave", "group": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def membership_of(turn: Turn, group: Group) -> Prompt:
    if not turn.facts.can.name:
        return say(MINE_LED_SPOKEN if group.leads else MINE_SPOKEN, count=group.members)
    return say(MINE_LED if group.leads else MINE, group=group.name, count=group.members)


def menu(_: Turn) -> Prompt:
    return Prompt(WHAT_NOW, choices=(Choice("leave", say(LEAVE)), Choice("back", say(BACK))))


def take_menu(turn: Turn) -> Next | None:
    return Next({"leave": "group.leave", "back": HOME}[turn.chosen]) if turn.chosen else None


def join(turn: Turn) -> Next:
    """Members are invited; an invitation that waits is asked about again."""
    if any(question.kind == "invitation" for question in turn.facts.gatherings.questions()):
        return Next("reply.invitation")
    return Next(HOME, tell=(say(JOINING),))


def leave(turn: Turn) -> Next:
    groups = turn.facts.gatherings.groups()
    if not groups:
        return Next(HOME, tell=(say(NOT_IN),))
    group = meant(turn, groups)
    if group is None:
        return Next("group.which", data={"for": "leave"})
    return Next("group.leave_sure", data={"for": "leave", "group": group.id})


def ask_leave(turn: Turn) -> Prompt:
    if not turn.facts.can.type:
        return Prompt(LEAVE_SPOKEN, choices=YES_NO)
    return Prompt(LEAVE_SURE, {"group": name_of(turn)}, YES_NO)


def take_leave(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    group = chosen_group(turn)
    if group is None:
        return Next("meeting.left")
    told = say(GONE_FROM, group=group.name) if turn.facts.can.type else say(GONE_FROM_SPOKEN)
    return Next(HOME, tell=(told,), events=(GroupLeft(group.id, turn.heard.text),))
