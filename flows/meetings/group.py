"""Groups: making one, inviting by number, which ones somebody is in, leaving, a message to all members.

Owns what is read back before it is done. How many groups, members and messages there may be is the meetings
room's rule.
"""

from __future__ import annotations

from dataclasses import replace

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.line.home import paged, turned
from flows.meetings.events import GroupMade, GroupWritten, MembersInvited
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
    spoken_of,
    without_name,
)
from flows.meetings.known import Group
from flows.meetings.membership import (
    GroupData,
    ask_leave,
    ask_listed,
    chosen_group,
    data_in,
    groups_for,
    join,
    leave,
    menu,
    mine,
    name_of,
    take_leave,
    take_listed,
    take_menu,
)
from flows.prompts import N_, T_, Arg, Prompt, cut, say

ASK_NAME = T_("What is the name of the new group?")
MAKE_SURE = T_("Make the group {name}? You lead it. {choices}")
MADE = T_("The group {name} is made. Invite members: INVITE and their numbers.")
TOO_MANY = N_("You have made three groups already. More are made by staff.")
TOO_NEW = T_("You can make a group after three days with Phsar. Sooner: please ask our staff, send HELP")
ASK_NUMBERS = T_("Whom do you invite? Send their phone numbers.")
INVITE_SURE = T_("Invite {count} numbers to {group}? {choices}")
INVITED = T_("{count} are invited. They are in the group once they answer yes.")
SOME_BAD = T_("Invited. Some numbers are no mobile numbers and were left out.")
NO_NUMBERS = T_("None of these is a mobile number. Please send them again.")
LEFT_OUT = T_("Not a mobile number, left out: {numbers}.")
CROWDED = T_("Up to 50 can be invited a day. Nobody was invited. Please try tomorrow.")
ASK_GROUP = N_("Which group? {choices}")
ASK_WORDS = T_("What do you want to tell the group?")
WRITE_SURE = T_("To {count} people of {group}: {words}. Send it? {choices}")
WRITTEN = T_("It is sent to {count} people.")
NOBODY = T_("Nobody else is in {group} yet. To invite, send: INVITE and their numbers.")
WRITTEN_ENOUGH = T_("This group has had all the messages it may get today. Please send it tomorrow.")

LONGEST_NAME = 40
MOST_NUMBERS = 20
LONGEST_LEFT_OUT = 60  # characters of numbers that are named


def _written_only(turn: Turn) -> Next | None:
    """Names, numbers and words cannot be keyed."""
    return None if turn.facts.can.type else Next(HOME, tell=(say(ONLY_WRITTEN),))


def _new(turn: Turn) -> Next:
    name = clean(turn.heard.slots.group or "")
    if (written := _written_only(turn)) is not None:
        return written
    return Next("group.new_sure", data={"name": name}) if name else Next("group.name")


def clean(name: str) -> str:
    """A name without what stands around it: help shows it in brackets."""
    name = " ".join(name.split()).strip(" .,:;\"'“”«»")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip()
    return name[:LONGEST_NAME]


def _ask_name(_: Turn) -> Prompt:
    return say(ASK_NAME)


def _take_name(turn: Turn) -> Next | None:
    name = clean(turn.heard.text)
    if turn.heard.intent is not Intent.WORDS or not any(letter.isalpha() for letter in name):
        return None
    return Next("group.new_sure", data={"name": name})


def _ask_new(turn: Turn) -> Prompt:
    return Prompt(MAKE_SURE, {"name": data_in(turn)["name"]}, YES_NO)


def _take_new(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    name = str(data_in(turn)["name"])
    if not answer:
        return Next("meeting.left")
    told = Prompt(MADE, {"name": name}, by_outcome={"full": say(TOO_MANY), "new": say(TOO_NEW)})
    return Next(HOME, tell=(told,), events=(GroupMade(name),), memory=spoken_of(turn))


def _invite(turn: Turn) -> Next:
    return _for_led(turn, {"for": "invite", **_sorted(turn)})


def _sorted(turn: Turn) -> GroupData:
    """The numbers of a message that can be invited, and those that cannot."""
    written = (turn.heard.slots.numbers or ())[:MOST_NUMBERS]
    reachable = turn.facts.gatherings.reachable(written)
    return {"numbers": list(reachable), "left_out": [number for number in written if number not in reachable]}


def _write(turn: Turn) -> Next:
    return _for_led(turn, {"for": "write", "words": turn.heard.slots.words or ""})


def _for_led(turn: Turn, data: GroupData) -> Next:
    """What only leaders may do, for the one group it can be."""
    if (written := _written_only(turn)) is not None:
        return written
    led = groups_led(turn)
    if not led:
        return may_not_lead(turn)
    group = meant(turn, led)
    if group is None:
        return Next("group.which", data=data)
    return Next("group.go_on", data={**data, "group": group.id})


def _ask_which(turn: Turn) -> Prompt:
    return Prompt(ASK_GROUP, choices=paged(group_choices(turn, groups_for(turn)), data_in(turn).get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("group.go_on", data={**data_in(turn), "group": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _go_on(turn: Turn) -> Next:
    """The group is known: on to what is missing, or to reading it back."""
    data, group = data_in(turn), group_with(data_in(turn)["group"], groups_for(turn))
    if group is None:
        return may_not_lead(turn)
    memory = spoken_of(turn, group.id)
    if data["for"] == "leave":
        return Next("group.leave_sure", data=data)
    if data["for"] == "invite":
        return replace(_to_invite(data), memory=memory)
    if not _others(group):
        return Next(HOME, tell=(say(NOBODY, group=group.name),))
    if not turn.facts.gatherings.writes_left(group.id):
        return Next(HOME, tell=(say(WRITTEN_ENOUGH),))
    return replace(_worded(data, group), memory=memory)


def _to_invite(data: GroupData) -> Next:
    """On to who is invited; which numbers are none is told first."""
    left_out = ", ".join(map(str, data.get("left_out", ())))
    told = (say(LEFT_OUT, numbers=cut(left_out, LONGEST_LEFT_OUT)),) if left_out else ()
    if not data.get("numbers"):
        return Next("group.numbers", tell=told, data={"for": "invite", "group": data["group"]})
    return Next("group.invite_sure", tell=told, data={**data, "left_out": []})


def _worded(data: GroupData, group: Group) -> Next:
    """The words for a group, without its name before them where the writer put it there."""
    words = without_name(str(data.get("words") or ""), group)
    data = {**data, "words": words}
    if len(words) > LONGEST_WORDS:
        return Next("group.words", tell=(say(TOO_LONG, count=LONGEST_WORDS),), data={**data, "words": ""})
    return Next("group.write_sure" if words else "group.words", data=data)


def _ask_numbers(_: Turn) -> Prompt:
    return say(ASK_NUMBERS)


def _take_numbers(turn: Turn) -> Next | None:
    if turn.heard.intent is Intent.NO:
        return Next("meeting.left")
    return Next("group.go_on", data={**data_in(turn), **_sorted(turn)}) if turn.heard.slots.numbers else None


def _ask_invite(turn: Turn) -> Prompt:
    return Prompt(INVITE_SURE, {"count": len(data_in(turn)["numbers"]), "group": name_of(turn)}, YES_NO)


def _take_invite(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    group, numbers = chosen_group(turn), tuple(map(str, data_in(turn)["numbers"]))
    if group is None:
        return Next("group.go_on", data=data_in(turn))
    outcomes = {"gone": say(NOT_LEADER), "some_bad": say(SOME_BAD), "none": say(NO_NUMBERS), "full": say(CROWDED)}
    told = Prompt(INVITED, {"count": len(numbers)}, by_outcome=outcomes)
    return Next(HOME, tell=(told,), events=(MembersInvited(group.id, numbers),))


def _ask_words(_: Turn) -> Prompt:
    return say(ASK_WORDS)


def _take_words(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    if turn.heard.intent is not Intent.WORDS or not words:
        return None
    return Next("group.go_on", data={**data_in(turn), "words": words})


def _others(group: Group | None) -> int:
    return max(0, group.members - 1) if group else 0


def _ask_write(turn: Turn) -> Prompt:
    args: dict[str, Arg] = {
        "group": name_of(turn),
        "words": str(data_in(turn)["words"]),
        "count": _others(chosen_group(turn)),
    }
    return Prompt(WRITE_SURE, args, YES_NO)


def _take_write(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    group = chosen_group(turn)
    if group is None:
        return Next("group.go_on", data=data_in(turn))
    told = Prompt(WRITTEN, {"count": _others(group)}, by_outcome={"full": say(WRITTEN_ENOUGH), "gone": say(NOT_LEADER)})
    return Next(HOME, tell=(told,), events=(GroupWritten(group.id, str(data_in(turn)["words"])),))


_KNOWN = ("group.leave_sure", "group.invite_sure", "group.numbers", "group.write_sure", "group.words")
_DONE = (HOME, "group.go_on", "meeting.left")

FLOW = Flow(
    "group",
    (
        Do("new", _new, (HOME, "group.name", "group.new_sure")),
        Ask("name", Kind.WORDS, _ask_name, _take_name, ("group.new_sure",)),
        Ask("new_sure", Kind.CONFIRM, _ask_new, _take_new, _DONE),
        Do("invite", _invite, (HOME, "group.which", "group.go_on")),
        Do("write", _write, (HOME, "group.which", "group.go_on")),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("group.which", "group.go_on", "meeting.left")),
        Do("go_on", _go_on, (HOME, *_KNOWN)),
        Ask("numbers", Kind.PHONES, _ask_numbers, _take_numbers, _DONE),
        Ask("invite_sure", Kind.CONFIRM, _ask_invite, _take_invite, _DONE),
        Ask("words", Kind.WORDS, _ask_words, _take_words, _DONE),
        Ask("write_sure", Kind.CONFIRM, _ask_write, _take_write, _DONE),
        Do("mine", mine, (HOME, "group.menu", "group.listed")),
        Ask("listed", Kind.CHOOSE, ask_listed, take_listed, ("group.listed", "group.leave_sure", "meeting.left")),
        Ask("menu", Kind.CHOOSE, menu, take_menu, ("group.leave", HOME)),
        Do("join", join, (HOME, "reply.invitation")),
        Do("leave", leave, (HOME, "group.which", "group.leave_sure")),
        Ask("leave_sure", Kind.CONFIRM, ask_leave, take_leave, _DONE),
    ),
    {
        Intent.GROUP_NEW: "new",
        Intent.GROUP_INVITE: "invite",
        Intent.GROUP_LIST: "mine",
        Intent.GROUP_WRITE: "write",
        Intent.GROUP_JOIN: "join",
        Intent.GROUP_LEAVE: "leave",
    },
)
