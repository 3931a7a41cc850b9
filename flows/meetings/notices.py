"""What the members of a group are told when they are not on the line: written, each in one SMS where it fits.

Owns the words only. The numbers in a question are those that flows.meetings.reply takes for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flows.prompts import T_, Arg, Prompt, Titled, When, say

ARRANGED = T_("{group}: meeting {when}, {where}. 1 come, 2 not, 3 late")
ARRANGED_SOMEWHERE = T_("{group}: meeting {when}. 1 come, 2 not, 3 late")
WEEKLY = T_("{group}: meeting {when}, {where}, then weekly. 1 come, 2 not, 3 late")
WEEKLY_SOMEWHERE = T_("{group}: meeting {when}, then weekly. 1 come, 2 not, 3 late")
MONTHLY = T_("{group}: meeting {when}, {where}, then monthly. 1 come, 2 not, 3 late")
MONTHLY_SOMEWHERE = T_("{group}: meeting {when}, then monthly. 1 come, 2 not, 3 late")
REMINDED = T_("{group}: remember the meeting {when}, {where}")
REMINDED_SOMEWHERE = T_("{group}: remember the meeting {when}")
MOVED = T_("{group}: meeting now {when}, {where}. 1 come, 2 not, 3 late")
MOVED_SOMEWHERE = T_("{group}: meeting now {when}. 1 come, 2 not, 3 late")
CANCELLED = T_("{group}: the meeting {when} is cancelled")
SERIES_CANCELLED = T_("{group}: the meeting {when} and those after it are cancelled")
COUNTED = T_("{group} {when}: {yes} come, {late} late, {no} not, {silent} no answer")
ASK_REPORT = T_("{group}: how many came to the meeting, what was decided? Write: 12 came, then the decision")
DECIDED = T_("{group}, meeting {when}: {words}")
HELD = T_("{group} met {day}: {words}")
WRITTEN = T_("{group}: {words}")
INVITED = T_("Phsar: {group} invites you: its meetings by SMS, free. 1 join, 2 no")
INVITED_BY = T_("{who} invites you into {group}, by Phsar: its meetings by SMS, free. 1 join, 2 no")
REMOVED = T_("The leader has taken you out of {group}. You hear no more of its meetings. Thank you for coming")
ASKED_TO_LEAD = T_("{group}: its leader asks you to lead it from now on. Do you? 1 yes 2 no")
LEADS_NO_MORE = T_("{group}: the member you asked leads it now. You are a member. Thank you for your work")
LEADS_STILL = T_("{group}: the member you asked does not want to lead it. You lead it as before")
RENAMED = T_("{before} is called {group} from now on")
LEADS_NOW = T_("You now lead {group}. Its leader has left. Send MEETING to call a meeting")

_REPEATING = {
    "": (ARRANGED, ARRANGED_SOMEWHERE),
    "weekly": (WEEKLY, WEEKLY_SOMEWHERE),
    "by_date": (MONTHLY, MONTHLY_SOMEWHERE),
    "by_weekday": (MONTHLY, MONTHLY_SOMEWHERE),
}


def arranged(group: Titled, starts: datetime, where: str, repeats: str) -> Prompt:
    """A meeting is to be, local time; who reads it is asked to answer."""
    return _somewhere(_REPEATING[repeats], group, starts, where)


def asked(group: Titled, starts: datetime, where: str) -> Prompt:
    """The same later, to who has not answered yet."""
    return _somewhere((ARRANGED, ARRANGED_SOMEWHERE), group, starts, where)


def reminded(group: Titled, starts: datetime, where: str) -> Prompt:
    """The same to who said that they come."""
    return _somewhere((REMINDED, REMINDED_SOMEWHERE), group, starts, where)


def moved(group: Titled, starts: datetime, where: str) -> Prompt:
    """It is at another time or place."""
    return _somewhere((MOVED, MOVED_SOMEWHERE), group, starts, where)


def cancelled(group: Titled, starts: datetime, *, series: bool) -> Prompt:
    """It will not be; nor will those that were to follow."""
    return _at(SERIES_CANCELLED if series else CANCELLED, starts, group=group)


def counted(group: Titled, starts: datetime, answers: Mapping[str, int]) -> Prompt:
    """To its leader: how many said yes, late, no, and nothing ("")."""
    args: dict[str, Arg] = {name: answers.get(name, 0) for name in ("yes", "late", "no")}
    return _at(COUNTED, starts, **args, group=group, silent=answers.get("", 0))


def ask_report(group: Titled) -> Prompt:
    """To its leader, when it is over."""
    return say(ASK_REPORT, group=group)


def decided(group: Titled, starts: datetime, words: str) -> Prompt:
    """What was decided."""
    return _at(DECIDED, starts, group=group, words=words)


def held(group: Titled, day: date, words: str) -> Prompt:
    """What was decided where nobody had arranged a meeting with us."""
    return say(HELD, group=group, day=day, words=words)


def written(group: Titled, words: str) -> Prompt:
    """Words of a leader to all members."""
    return say(WRITTEN, group=group, words=words)


def invited(group: Titled, who: str = "") -> Prompt:
    """Whether they belong to a group. `who`: the name of who invites, where it is known."""
    unnamed = say(INVITED, group=group)
    return Prompt(INVITED_BY, {"group": group, "who": who}, shorter=unnamed) if who else unnamed


def removed(group: Titled) -> Prompt:
    """To who was taken out by the leader."""
    return say(REMOVED, group=group)


def asked_to_lead(group: Titled) -> Prompt:
    """To who is to lead in the leader's place."""
    return say(ASKED_TO_LEAD, group=group)


def leads_no_more(group: Titled) -> Prompt:
    """To who led: another one has agreed to."""
    return say(LEADS_NO_MORE, group=group)


def leads_still(group: Titled) -> Prompt:
    """To who leads: who was asked does not want to."""
    return say(LEADS_STILL, group=group)


def renamed(before: Titled, group: Titled) -> Prompt:
    """A group has another name."""
    return say(RENAMED, before=before, group=group)


def leads_now(group: Titled) -> Prompt:
    """To who follows a leader that left."""
    return say(LEADS_NOW, group=group)


def _somewhere(ids: tuple[str, str], group: Titled, starts: datetime, where: str) -> Prompt:
    with_place, without = ids
    return _at(with_place, starts, group=group, where=where) if where else _at(without, starts, group=group)


def _at(id: str, starts: datetime, **args: Arg) -> Prompt:
    """A sentence with a time; where it would cost a further part the time is said in brief, at last in figures."""
    figures = Prompt(id, {**args, "when": f"{starts.day}/{starts.month} {starts.hour}:{starts.minute:02}"})
    brief = Prompt(id, {**args, "when": When(starts, brief=True)}, shorter=figures)
    return Prompt(id, {**args, "when": When(starts)}, shorter=brief)
