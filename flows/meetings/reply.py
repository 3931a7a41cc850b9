"""Answers to questions we sent: do you come, do you join the group, is it solved, are you of this office.

They come hours or days later, beside whatever the person is doing, and may be changed. Owns which open question
an answer is for; a call of ours about one begins at `rsvp` or `invitation`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict, cast

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import Event
from flows.heard import SURE, Intent, Kind
from flows.issues.events import IssueJudged, OfficialConfirmed
from flows.issues.follow import judged
from flows.issues.joining import said_code
from flows.line.home import BYE, paged, turned
from flows.meetings.events import InvitationAnswered, LeadershipAnswered, MeetingAnswered
from flows.meetings.gathered import MEETING_IN, YES_NO, agreed, meeting_with, next_asked
from flows.meetings.known import Meeting
from flows.meetings.meeting import GONE
from flows.prompts import N_, S_, T_, Arg, Choice, Prompt, When, say
from flows.questions import Question

ASK_COMING = N_("Meeting of {group}, {when}. Do you come? {choices}")
ASK_COMING_SPOKEN = S_("Your group meets on {when}. Do you come?")
COME = N_("I come")
NOT_COME = N_("I do not come")
COME_LATE = N_("I come late")
COMES = T_("Thank you. You come: {group}, {when}.")
COMES_NOT = T_("Noted. You do not come: {group}, {when}.")
COMES_LATE = T_("Noted. You come late: {group}, {when}.")
COMES_ALONE = T_("Thank you. You come: {group}, {when}. Another answer? 2 not, 3 late")
COMES_NOT_ALONE = T_("Noted. You do not come: {group}, {when}. Another answer? 1 come, 3 late")
COMES_LATE_ALONE = T_("Noted. You come late: {group}, {when}. Another answer? 1 come, 2 not")
COMES_SPOKEN = S_("Thank you. You come on {when}.")
COMES_NOT_SPOKEN = S_("Thank you. You do not come on {when}.")
COMES_LATE_SPOKEN = S_("Thank you. You come late on {when}.")
ASK_JOINING = N_("The group {group} invites you. Do you join? {choices}")
ASK_JOINING_SPOKEN = S_("A working group invites you to join. Do you join?")
JOINED = T_("Welcome to {group}. You hear of its meetings. To leave, send: LEAVE GROUP")
JOINED_SPOKEN = S_("Welcome to the group. You hear of its meetings.")
DECLINED = N_("All right, you are not in the group.")
UNINVITED = N_("This invitation is over.")
ASK_LEADING = T_("Its leader asks you to lead {group}. Do you? {choices}")
ASK_LEADING_SPOKEN = S_("The leader of a group asks you to lead it. Do you?")
LEADS = T_("Thank you. You now lead {group}. To call a meeting, send: MEETING")
LEADS_SPOKEN = S_("Thank you. You now lead the group.")
LEADS_NOT = N_("All right. Who leads the group now goes on.")
LEAD_IN = T_("Lead {group}")
LEAD_SPOKEN = S_("Whether you lead a group")
NAME_HINT = T_("(The leader sees no name. To show yours: SHOW MY NAME and your name)")
ASK_WHICH = N_("Which one do you answer? {choices}")
JOIN_IN = N_("Join {group}")
JOIN_SPOKEN = S_("The invitation to a group")
SOLVED_IN = N_("Problem {code}")
OFFICE_IN = T_("Office {office}")
OFFICIAL = T_("Thank you. You get the problems of {office}. To answer one, send its number and your words.")
NO_OFFICIAL = T_("Thank you. This number gets nothing about offices.")
OVER = T_("This question is over.")

ANSWERS = {Intent.YES: "yes", Intent.NO: "no", Intent.LATE: "late"}
COMING = {"yes": COMES, "no": COMES_NOT, "late": COMES_LATE}
COMING_ALONE = {"yes": COMES_ALONE, "no": COMES_NOT_ALONE, "late": COMES_LATE_ALONE}
COMING_SPOKEN = {"yes": COMES_SPOKEN, "no": COMES_NOT_SPOKEN, "late": COMES_LATE_SPOKEN}
# Where an answer beside something else may lead, if it does not stay there.
ABANDONED = timedelta(minutes=30)
ASIDES = (HOME, "reply.which", "reply.open")


class ReplyData(TypedDict, total=False):
    """What is known of an answer. `key`, `which`: questions by kind and subject."""

    answer: str
    which: list[str]
    key: str
    meeting: int  # a call of ours is about
    group: int  # a call of ours is about
    ours: bool  # the call is ours: it ends with the answer
    page: int


def data_in(turn: Turn) -> ReplyData:
    """The data of the run under way."""
    return cast("ReplyData", turn.data)


def aside(turn: Turn) -> Next | None:
    """What a message that was read as an answer means for the questions open to this person; None for nothing.

    The one question it fits is answered, and whatever else is asked stays asked; of several the person chooses.
    Where all are answered, good manners change nothing: they hear what is noted.
    """
    answer = ANSWERS.get(turn.heard.intent)
    if answer is None or turn.heard.confidence < SURE:
        return _unsure(turn, answer)
    found = [question for question in turn.facts.questions() if _fits(question, answer) and _askable(turn, question)]
    found = [question for question in found if not question.answer] or found
    if not found:
        return None
    if turn.heard.polite and found[0].answer:
        return Next(turn.run.at, tell=(_confirmation(turn, found[0], found[0].answer),), data=data_in(turn))
    if len(found) > 1:
        return Next("reply.which", data={"answer": answer, "which": [_key(question) for question in found]})
    return _answered(turn, found[0], answer, turn.run.at, data_in(turn))


def overtakes(turn: Turn) -> bool:
    """Whether one of our questions came when theirs had been left for a while: a bare 1 answers what was read last."""
    left = turn.facts.wrote
    asked = [one.asked for one in turn.facts.questions() if one.asked and not one.answer]
    return left is not None and any(at - left > ABANDONED for at in asked)


def _unsure(turn: Turn, answer: str | None) -> Next | None:
    """ "Perhaps", "my child is ill": asked once more, with its numbers."""
    perhaps = turn.heard.intent is Intent.UNCLEAR and turn.heard.confidence >= SURE
    asks = turn.run.at == HOME and next_asked(turn) is not None
    return Next("reply.open") if asks and (perhaps or answer is not None) else None


def _fits(question: Question, answer: str) -> bool:
    """Late is no answer to an invitation; who has joined leaves by saying so, not by a no. Words are no yes or no."""
    if question.kind in ("rsvp", "resolved"):
        return question.kind == "rsvp" or answer != "late"
    return question.kind != "asked" and answer != "late" and question.answer != "yes"


def _askable(turn: Turn, question: Question) -> bool:
    """What only stands in writing is not asked about where keys are pressed."""
    return turn.facts.can.type or question.kind != "official"


def _key(question: Question) -> str:
    about = question.meeting or question.group or question.issue
    return f"{question.kind}:{about.id if about else question.office.official if question.office else 0}"


def _with_key(turn: Turn, key: str) -> Question | None:
    return next((one for one in turn.facts.questions() if _key(one) == key), None)


def _answered(turn: Turn, question: Question, answer: str, to: str, data: Any = None, *, closes: bool = False) -> Next:
    """Write an answer down and say what was understood."""
    event: Event
    told = _confirmation(turn, question, answer)
    if question.meeting is not None:
        event = MeetingAnswered(question.meeting.id, answer)
    elif question.issue is not None:
        event = IssueJudged(question.issue.id, answer == "yes")
    elif question.office is not None:
        event = OfficialConfirmed(question.office.official, answer == "yes")
    elif question.kind == "leading":
        assert question.group is not None
        event = LeadershipAnswered(question.group.id, answer == "yes")
    else:
        assert question.group is not None
        event = InvitationAnswered(question.group.id, answer == "yes", turn.heard.text)
    hint = question.kind == "invitation" and answer == "yes" and turn.facts.can.type
    hints = (Prompt(NAME_HINT, by_outcome={"gone": say(UNINVITED)}),) if hint else ()
    bye = (say(BYE),) if closes and not turn.facts.can.type else ()
    return Next(to, tell=(told, *hints, *bye), events=(event,), data=data or {}, closes=bool(bye))


def _confirmation(turn: Turn, question: Question, answer: str) -> Prompt:
    """What was noted."""
    if question.meeting is not None:
        return _coming(turn, question.meeting, answer)
    if question.issue is not None:
        return judged(turn, question.issue, solved=answer == "yes")
    if question.office is not None:
        said = say(OFFICIAL, office=question.office.name) if answer == "yes" else say(NO_OFFICIAL)
        return Prompt(said.id, said.args, by_outcome={"gone": say(OVER)})
    assert question.group is not None
    if question.kind == "leading":
        leads = say(LEADS, group=question.group.name) if turn.facts.can.type else say(LEADS_SPOKEN)
        said = leads if answer == "yes" else say(LEADS_NOT)
        return Prompt(said.id, said.args, by_outcome={"gone": say(OVER if turn.facts.can.type else UNINVITED)})
    joins = answer == "yes"
    welcome = say(JOINED, group=question.group.name) if turn.facts.can.type else say(JOINED_SPOKEN)
    said = welcome if joins else say(DECLINED)
    return Prompt(said.id, said.args, by_outcome={"gone": say(UNINVITED)})


def _coming(turn: Turn, meeting: Meeting, answer: str) -> Prompt:
    args: dict[str, Arg] = {"when": When(meeting.starts)}
    gone = {"gone": say(GONE)}
    if turn.facts.can.type:
        # Of several questions a bare number would not say which one it is for.
        alone = len(turn.facts.questions()) <= 1
        return Prompt(
            (COMING_ALONE if alone else COMING)[answer], {**args, "group": meeting.group.name}, by_outcome=gone
        )
    return Prompt(COMING_SPOKEN[answer], args, by_outcome=gone)


def _ask_which(turn: Turn) -> Prompt:
    """The questions an answer may be for: each by its day, and by its group where the groups differ."""
    asked = [question for key in data_in(turn)["which"] if (question := _with_key(turn, key)) is not None]
    apart = turn.facts.can.name and len({question.group.id for question in asked if question.group}) > 1
    choices = [Choice(_key(question), _label(turn, question, apart=apart)) for question in asked]
    return Prompt(ASK_WHICH, choices=paged(choices, data_in(turn).get("page", 0)))


def _label(turn: Turn, question: Question, *, apart: bool) -> Prompt | Arg:
    if question.issue is not None:
        return say(SOLVED_IN, code=said_code(turn, question.issue.code))
    if question.office is not None:
        return say(OFFICE_IN, office=question.office.name)
    if question.kind == "leading" and question.group is not None:
        return (
            say(LEAD_IN, group=question.group.name) if turn.facts.can.name and turn.facts.can.type else say(LEAD_SPOKEN)
        )
    if question.meeting is None or question.group is None:
        name = question.group.name if question.group and turn.facts.can.name else None
        return say(JOIN_IN, group=name) if name else say(JOIN_SPOKEN)
    when = When(question.meeting.starts)
    return say(MEETING_IN, group=question.group.name, when=when) if apart else when


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen is None:
        return None
    question = _with_key(turn, turn.chosen)
    if question is None:
        return Next(HOME, tell=(say(GONE),))
    return _answered(turn, question, data_in(turn)["answer"], HOME)


def _open(turn: Turn) -> Next:
    """The newest question that waits for an answer, if there is one."""
    question = next_asked(turn)
    if question is None:
        return Next(HOME)
    return Next("reply.coming" if question.meeting else "reply.joining", data={"key": _key(question)})


def _rsvp(turn: Turn) -> Next:
    """A call about a meeting begins here; it may have been cancelled meanwhile."""
    key = f"rsvp:{data_in(turn).get('meeting')}"
    if _meeting(turn, key) is None:
        return Next(HOME, tell=(say(GONE),))
    return Next("reply.coming", data={"key": key, "ours": True})


def _meeting(turn: Turn, key: str) -> Meeting | None:
    question = _with_key(turn, key)
    return question.meeting if question else meeting_with(key[5:], turn.facts.gatherings.upcoming())


def _ask_coming(turn: Turn) -> Prompt:
    meeting = _meeting(turn, data_in(turn)["key"])
    if meeting is None:
        return say(GONE)
    choices = (Choice("yes", say(COME)), Choice("no", say(NOT_COME)), Choice("late", say(COME_LATE)))
    when = When(meeting.starts)
    if not turn.facts.can.name:
        return Prompt(ASK_COMING_SPOKEN, {"when": when}, choices)
    return Prompt(ASK_COMING, {"group": meeting.group.name, "when": when}, choices)


def _take_coming(turn: Turn) -> Next | None:
    answer = turn.chosen or ANSWERS.get(turn.heard.intent)
    meeting = _meeting(turn, data_in(turn)["key"])
    if meeting is None:
        return Next(HOME, tell=(say(GONE),))
    if answer not in COMING:
        return None
    question = Question("rsvp", meeting.group, meeting)
    return _answered(turn, question, answer, HOME, closes=bool(data_in(turn).get("ours")))


def _invitation(turn: Turn) -> Next:
    """A call about an invitation begins here, and who says "join" without a name."""
    group = data_in(turn).get("group")
    for question in turn.facts.questions():
        if question.kind == "invitation" and question.group and group in (None, question.group.id):
            return Next("reply.joining", data={"key": _key(question), "ours": group is not None})
    return Next(HOME, tell=(say(UNINVITED),))


def _ask_joining(turn: Turn) -> Prompt:
    question = _with_key(turn, data_in(turn)["key"])
    if question is None or question.group is None:
        return say(UNINVITED)
    if question.kind == "leading":
        spoken = Prompt(ASK_LEADING_SPOKEN, choices=YES_NO)
        return Prompt(ASK_LEADING, {"group": question.group.name}, YES_NO) if turn.facts.can.type else spoken
    if not turn.facts.can.name:
        return Prompt(ASK_JOINING_SPOKEN, choices=YES_NO)
    return Prompt(ASK_JOINING, {"group": question.group.name}, YES_NO)


def _take_joining(turn: Turn) -> Next | None:
    question, answer = _with_key(turn, data_in(turn)["key"]), agreed(turn)
    if question is None:
        return Next(HOME, tell=(say(UNINVITED),))
    if answer is None:
        return None
    return _answered(turn, question, "yes" if answer else "no", HOME, closes=bool(data_in(turn).get("ours")))


FLOW = Flow(
    "reply",
    (
        Do("open", _open, (HOME, "reply.coming", "reply.joining")),
        Do("rsvp", _rsvp, (HOME, "reply.coming")),
        Ask("coming", Kind.RSVP, _ask_coming, _take_coming, (HOME,)),
        Do("invitation", _invitation, (HOME, "reply.joining")),
        Ask("joining", Kind.CONFIRM, _ask_joining, _take_joining, (HOME,)),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, (HOME, "reply.which")),
    ),
)
