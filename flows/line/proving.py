"""What is said where a number alone is too little: callers are rung back or written to, digits are sent and come back.

Owns the words. What needs how much is flows.trust's rule, the digits themselves are the messages room's.
"""

from __future__ import annotations

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import AnswerTexted, CallBackAsked, DataForgotten, Event, NumberDisowned
from flows.facts import Facts
from flows.heard import Intent, Kind
from flows.issues.events import IssueAddedTo, IssueHandled, IssueJudged, IssueWithdrawn
from flows.line import forget
from flows.meetings.events import GroupWritten, MeetingCancelled
from flows.prompts import S_, T_, Choice, Prompt, say

ONLY_YOURS = S_("That is told only to whoever holds this phone.")
ASK_HOW = S_("What would you like?")
RING_ME = S_("We ring you back")
WRITE_ME = S_("We send you a message")
BACK = S_("Back to the beginning")
RINGING = S_("Thank you. Please hang up. We ring you in a moment.")
NOT_RUNG = S_("We cannot ring you now. Please write to us, or try again later.")
ON_ITS_WAY = S_("A message is on its way. Goodbye.")
BY_MESSAGE = T_("You rang Phsar. By message we answer you at once: your problem's number, PROBLEM, MEETING or HELP")
NO_WAY = S_("Please write that to us in a message.")

DIGITS_NOT_ME = T_("To end all that the former owner of this number had here, send: {code}. If not, send nothing.")
DIGITS_ISSUE = T_("{other}: to confirm that this comes from you, send: {code}. If it does not, send nothing.")
DIGITS_WITHDRAW = T_("{other} {category}: to withdraw this problem, send: {code}. If not, send nothing.")
DIGITS_MANY = T_("Many people will read it. To confirm, send: {code}. If it does not come from you, send nothing.")
DIGITS = T_("To confirm that this comes from you, send: {code}. If it does not, send nothing.")
WRONG = T_("These digits are wrong. Please send those of our last message.")
DROPPED = T_("All right. Nothing was done.")
NO_MORE = T_("These digits are wrong. Nothing was done. Please send your message again.")

# Where the call begins that we place when this was wanted; anything else begins at home.
OPENS = ("planned.menu", "follow.mine", "settings.reach")


def asks(held: tuple[Event, ...], code: str, facts: Facts) -> tuple[Prompt, ...]:
    """What is asked so that the digits, `code`, confirm these decisions."""
    if isinstance(held[0], DataForgotten):
        return say(forget.WHAT), say(forget.SURE, digits=code)
    return (_asks(held[0], code, facts),)


def _asks(held: Event, code: str, facts: Facts) -> Prompt:
    match held:
        case IssueHandled(issue=id):
            about = next((one.code for one in facts.problems.on_desk() if one.id == id), "")
            return say(DIGITS_ISSUE, code=code, other=codes.shown(about)) if about else say(DIGITS, code=code)
        case IssueJudged(issue=id) | IssueAddedTo(issue=id):
            about = next((one.code for one in facts.problems.mine() if one.id == id), "")
            return say(DIGITS_ISSUE, code=code, other=codes.shown(about)) if about else say(DIGITS, code=code)
        case IssueWithdrawn(issue=id):
            mine = next((one for one in facts.problems.mine() if one.id == id), None)
            if mine is None:
                return say(DIGITS, code=code)
            return say(DIGITS_WITHDRAW, code=code, other=codes.shown(mine.code), category=mine.label)
        case GroupWritten() | MeetingCancelled():
            return say(DIGITS_MANY, code=code)
        case NumberDisowned():
            return say(DIGITS_NOT_ME, code=code)
        case _:
            return say(DIGITS, code=code)


def _offer(turn: Turn) -> Next:
    """The same to everybody: nothing shows whether there would be anything to tell."""
    if not (turn.facts.person.known and turn.facts.person.textable):
        return Next(HOME, tell=(say(NO_WAY),))
    return Next("proving.how", tell=(say(ONLY_YOURS),), data=turn.data)


def _ask_how(turn: Turn) -> Prompt:
    ring = [Choice("ring", say(RING_ME), 1)] if turn.facts.can.ring else []
    return Prompt(ASK_HOW, choices=(*ring, Choice("write", say(WRITE_ME), 2), Choice("back", say(BACK), 3)))


def _take_how(turn: Turn) -> Next | None:
    ways = {"ring": "proving.ring", "write": "proving.write", "back": HOME}
    if turn.chosen:
        return Next(ways[turn.chosen], data={} if turn.chosen == "back" else turn.data)
    return Next(HOME) if turn.heard.intent is Intent.NO else None


def _ring(turn: Turn) -> Next:
    opens, code = str(turn.data.get("opens", "")), str(turn.data.get("code", ""))
    event = CallBackAsked("follow.found", code) if code else CallBackAsked(opens if opens in OPENS else "")
    told = Prompt(RINGING, by_outcome={"full": say(NOT_RUNG)})
    return Next(HOME, tell=(told,), events=(event,), closes=True)


def _write(_: Turn) -> Next:
    return Next(HOME, tell=(say(ON_ITS_WAY),), events=(AnswerTexted((say(BY_MESSAGE),)),), closes=True)


FLOW = Flow(
    "proving",
    (
        Do("offer", _offer, (HOME, "proving.how")),
        Ask("how", Kind.CHOOSE, _ask_how, _take_how, ("proving.ring", "proving.write", HOME), resumes=HOME),
        Do("ring", _ring, (HOME,)),
        Do("write", _write, (HOME,)),
    ),
)
