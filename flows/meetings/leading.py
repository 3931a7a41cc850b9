"""Who leads a group and what it is called; and under which name somebody stands in their leaders' lists.

Owns what is read back before it is done. A group keeps its leader until another one has agreed.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.line.home import paged, turned
from flows.meetings.events import GroupRenamed, LeadershipOffered, NameHidden, NameShown
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
from flows.meetings.group import NOBODY, WRITTEN_ENOUGH, clean
from flows.meetings.known import Group, Member
from flows.meetings.members import NO_MEMBER, choice
from flows.prompts import T_, Choice, Prompt, Titled, cut, say

ASK_GROUP = T_("Of which group? {choices}")
ASK_NAME = T_("What is the new name of {group}?")
RENAME_SURE = T_("{group} becomes {name}; members are told. Right? {choices}")
RENAMED = T_("Done, the group is called {name}.")
ASK_HEIR = T_("Who is to lead {group}? {choices}")
HEIR_SURE = T_("Ask {member} to lead {group}? Until they agree you lead it. {choices}")
OFFERED = T_("They are asked. You lead the group until they agree; then we tell you.")
ASK_MINE = T_("Which name may the leaders of your groups see? Please send your name.")
SHOW_SURE = T_("Leaders of your groups see that {name} comes, or does not. Right? {choices}")
SHOWN = T_("Done. Leaders of your groups see {name}. To hide it, send: HIDE MY NAME")
HIDDEN = T_("Done. Leaders see no name of yours; you are only counted.")

LONGEST_SHOWN = 30


def _rename(turn: Turn) -> Next:
    return _led(turn, {"for": "rename", "name": clean(turn.heard.slots.group or "")})


def _hand_over(turn: Turn) -> Next:
    return _led(turn, {"for": "heir"})


def _of(turn: Turn, data: Any) -> tuple[Group, ...]:
    """Naming is for leaders and deputies; only who leads hands over."""
    led = groups_led(turn)
    return led if data["for"] == "rename" else tuple(group for group in led if group.role == "leader")


def _led(turn: Turn, data: dict[str, Any]) -> Next:
    groups = _of(turn, data)
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(ONLY_WRITTEN),))
    if not groups:
        return may_not_lead(turn)
    group = meant(turn, groups)
    return (
        Next("leading.which", data=data) if group is None else Next("leading.go_on", data={**data, "group": group.id})
    )


def _ask_which(turn: Turn) -> Prompt:
    return Prompt(ASK_GROUP, choices=paged(group_choices(turn, _of(turn, turn.data)), turn.data.get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("leading.go_on", data={**turn.data, "group": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _group(turn: Turn) -> Group | None:
    return group_with(turn.data["group"], _of(turn, turn.data))


def _title(turn: Turn) -> Titled:
    group = _group(turn)
    return group.name if group else Titled("", "")


def _go_on(turn: Turn) -> Next:
    """The group is known: on to what is missing, or to reading it back."""
    data, group = turn.data, _group(turn)
    if group is None:
        return may_not_lead(turn)
    memory = spoken_of(turn, group.id)
    if data["for"] == "rename":
        return Next("leading.rename_sure" if data.get("name") else "leading.name", data=data, memory=memory)
    if not _heirs(turn):
        return Next(HOME, tell=(say(NOBODY, group=group.name),))
    return Next("leading.heir", data=data, memory=memory)


def _ask_name(turn: Turn) -> Prompt:
    return say(ASK_NAME, group=_title(turn))


def _take_name(turn: Turn) -> Next | None:
    name = clean(turn.heard.text)
    if turn.heard.intent is not Intent.WORDS or not any(letter.isalpha() for letter in name):
        return None
    return Next("leading.rename_sure", data={**turn.data, "name": name})


def _ask_rename(turn: Turn) -> Prompt:
    return Prompt(RENAME_SURE, {"group": _title(turn), "name": str(turn.data["name"])}, YES_NO)


def _take_rename(turn: Turn) -> Next | None:
    answer, name = agreed(turn), str(turn.data["name"])
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    told = Prompt(RENAMED, {"name": name}, by_outcome={"gone": say(NOT_LEADER), "full": say(WRITTEN_ENOUGH)})
    return Next(HOME, tell=(told,), events=(GroupRenamed(int(turn.data["group"]), name),))


def _heirs(turn: Turn) -> tuple[Member, ...]:
    return turn.facts.gatherings.members(int(turn.data["group"]), deputies=True)


def _ask_heir(turn: Turn) -> Prompt:
    choices: list[Choice] = [choice(one) for one in _heirs(turn)]
    return Prompt(ASK_HEIR, {"group": _title(turn)}, paged(choices, turn.data.get("page", 0)))


def _take_heir(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("leading.heir_sure", data={**turn.data, "member": int(value)})
    return Next("meeting.left") if turn.heard.intent is Intent.NO else None


def _heir(turn: Turn) -> Member | None:
    return next((one for one in _heirs(turn) if one.id == turn.data["member"]), None)


def _ask_heir_sure(turn: Turn) -> Prompt:
    heir = _heir(turn)
    if heir is None:
        return say(NO_MEMBER)
    return Prompt(HEIR_SURE, {"member": heir.name or f"...{heir.digits}", "group": _title(turn)}, YES_NO)


def _take_heir_sure(turn: Turn) -> Next | None:
    answer, heir = agreed(turn), _heir(turn)
    if heir is None:
        return Next(HOME, tell=(say(NO_MEMBER),))
    if answer is None:
        return None
    if not answer:
        return Next("meeting.left")
    told = Prompt(OFFERED, by_outcome={"gone": say(NO_MEMBER)})
    return Next(HOME, tell=(told,), events=(LeadershipOffered(int(turn.data["group"]), heir.id),))


def _name_in(words: str) -> str:
    """A name without signs and figures: it lures nobody to a number or an address. Empty where no letter is left."""
    kept = "".join(sign for sign in words if sign in " -'" or unicodedata.category(sign)[0] in "LM")
    name = cut(" ".join(kept.split()).strip("-'"), LONGEST_SHOWN)
    return name if any(letter.isalpha() for letter in name) else ""


def _show(turn: Turn) -> Next:
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(ONLY_WRITTEN),))
    name = _name_in(turn.heard.slots.words or "")
    return Next("leading.show_sure" if name else "leading.mine", data={"name": name})


def _ask_mine(_: Turn) -> Prompt:
    return say(ASK_MINE)


def _take_mine(turn: Turn) -> Next | None:
    name = _name_in(turn.heard.text)
    if turn.heard.intent is not Intent.WORDS or not name:
        return None
    return Next("leading.show_sure", data={"name": name})


def _ask_show(turn: Turn) -> Prompt:
    return Prompt(SHOW_SURE, {"name": str(turn.data["name"])}, YES_NO)


def _take_show(turn: Turn) -> Next | None:
    answer, name = agreed(turn), str(turn.data["name"])
    if answer is None:
        return None
    if not answer:
        return Next("leading.hide")
    return Next(HOME, tell=(say(SHOWN, name=name),), events=(NameShown(name, turn.heard.text),))


def _hide(turn: Turn) -> Next:
    told = say(HIDDEN) if turn.facts.can.type else say(ONLY_WRITTEN)
    return Next(HOME, tell=(told,), events=(NameHidden(turn.heard.text),) if turn.facts.can.type else ())


FLOW = Flow(
    "leading",
    (
        Do("rename", _rename, (HOME, "leading.which", "leading.go_on")),
        Do("hand_over", _hand_over, (HOME, "leading.which", "leading.go_on")),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("leading.which", "leading.go_on", "meeting.left")),
        Do("go_on", _go_on, (HOME, "leading.name", "leading.rename_sure", "leading.heir")),
        Ask("name", Kind.WORDS, _ask_name, _take_name, ("leading.rename_sure",)),
        Ask("rename_sure", Kind.CONFIRM, _ask_rename, _take_rename, (HOME, "meeting.left")),
        Ask("heir", Kind.CHOOSE, _ask_heir, _take_heir, ("leading.heir", "leading.heir_sure", "meeting.left")),
        Ask("heir_sure", Kind.CONFIRM, _ask_heir_sure, _take_heir_sure, (HOME, "meeting.left")),
        Do("show", _show, (HOME, "leading.mine", "leading.show_sure")),
        Ask("mine", Kind.WORDS, _ask_mine, _take_mine, ("leading.show_sure",)),
        Ask("show_sure", Kind.CONFIRM, _ask_show, _take_show, (HOME, "leading.hide")),
        Do("hide", _hide, (HOME,)),
    ),
    {
        Intent.GROUP_RENAME: "rename",
        Intent.GROUP_LEADER: "hand_over",
        Intent.NAME_SHOW: "show",
        Intent.NAME_HIDE: "hide",
    },
)
