"""Who comes to a meeting: how many, and for its leader by name as far as members show theirs.

Owns the words only. Whose name may be seen is asked of the facts.
"""

from __future__ import annotations

from flows.engine import Turn
from flows.meetings.known import Meeting
from flows.prompts import S_, T_, Prompt, When, cut, say

COUNT = T_("{group} {when}: {yes} come, {late} late, {no} not, {unanswered} no answer.")
COUNT_SPOKEN = S_("On {when}, {yes} come, {late} come late, {no} do not, {unanswered} have not answered.")
NAMED_YES = T_("Come: {names}.")
NAMED_LATE = T_("Late: {names}.")
NAMED_NO = T_("Do not come: {names}.")

NAMED = {"yes": NAMED_YES, "late": NAMED_LATE, "no": NAMED_NO}
LONGEST_NAMES = 40  # letters


def by_name(turn: Turn, meeting: Meeting) -> tuple[Prompt, ...]:
    """Who comes to it, as far as they show their names; only for its leader, and in writing."""
    if not (meeting.group.leads and turn.facts.can.type):
        return ()
    named = turn.facts.gatherings.named(meeting.id)
    by_answer = {said: cut(", ".join(name for one, name in named if one == said), LONGEST_NAMES) for said in NAMED}
    return tuple(say(NAMED[said], names=names) for said, names in by_answer.items() if names)


def counted(turn: Turn, meeting: Meeting) -> Prompt:
    """How many come, come late, do not come, and have not answered."""
    answers = {name: getattr(meeting, name) for name in ("yes", "late", "no")}
    args = {"when": When(meeting.starts), "unanswered": meeting.unanswered, **answers}
    return say(COUNT, group=meeting.group.name, **args) if turn.facts.can.type else say(COUNT_SPOKEN, **args)
