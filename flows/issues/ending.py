"""Withdrawing a problem: whoever is behind one ends that; one that nobody else is behind ends with it.

Owns what is read back first: in writing along with the digits that flows.trust asks for, on the phone as a question.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.issues.events import IssueWithdrawn
from flows.issues.follow import CLOSED, NONE_OPEN, NONE_OPEN_SPOKEN, label
from flows.issues.joining import said_code
from flows.issues.known import Issue
from flows.line.home import paged, turned
from flows.meetings.gathered import YES_NO, agreed
from flows.prompts import S_, T_, Choice, Prompt, say

ASK_WHICH = T_("Which problem do you withdraw? {choices}")
ASK_WHICH_SPOKEN = S_("Which problem do you withdraw?")
SURE = S_("Withdraw this problem?")
WITHDRAWN = T_("{code} is withdrawn. We tell you nothing more of it. To tell a problem again, send: PROBLEM")
GOES_ON = T_("You are no longer behind {code}. Others raise it too: it goes on without you.")
NOT_YOURS = T_("Only who raised a problem can withdraw it.")
WITHDRAWN_SPOKEN = S_("The problem is withdrawn.")
GOES_ON_SPOKEN = S_("Others raise this problem too. It goes on without you.")


def _start(turn: Turn) -> Next:
    """The one whose number was said, the only one; of several they choose."""
    mine, code = turn.facts.problems.mine(), turn.heard.slots.code
    if code:
        return Next("follow.found", data={"code": code, "action": "withdraw"})
    if not mine:
        return Next(HOME, tell=(say(NONE_OPEN if turn.facts.can.type else NONE_OPEN_SPOKEN),))
    return Next("ending.one", data={"code": mine[0].code}) if len(mine) == 1 else Next("ending.which")


def _ask_which(turn: Turn) -> Prompt:
    choices = [Choice(issue.code, label(turn, issue)) for issue in turn.facts.problems.mine()]
    asked = ASK_WHICH if turn.facts.can.type else ASK_WHICH_SPOKEN
    return Prompt(asked, choices=paged(choices, turn.data.get("page", 0)))


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    return Next("ending.one", data={"code": turn.chosen}) if turn.chosen else None


def _issue(turn: Turn) -> Issue | None:
    return next((one for one in turn.facts.problems.mine() if one.code == turn.data["code"]), None)


def _one(turn: Turn) -> Next:
    if _issue(turn) is None:
        known = turn.facts.problems.with_code(str(turn.data["code"]))
        theirs = known is not None and bool(known.mine)
        return Next(HOME, tell=(say(NONE_OPEN_SPOKEN if not turn.facts.can.type else CLOSED if theirs else NOT_YOURS),))
    return Next("ending.withdrawn" if turn.facts.can.type else "ending.sure", data=turn.data)


def _ask_sure(_: Turn) -> Prompt:
    return Prompt(SURE, choices=YES_NO)


def _take_sure(turn: Turn) -> Next | None:
    answer = agreed(turn)
    if answer is None:
        return None
    return Next("ending.withdrawn", data=turn.data) if answer else Next("home.fine")


def _withdrawn(turn: Turn) -> Next:
    issue = _issue(turn)
    if issue is None:
        return Next(HOME, tell=(say(CLOSED if turn.facts.can.type else NONE_OPEN_SPOKEN),))
    if not turn.facts.can.type:
        outcomes = {"goes_on": say(GOES_ON_SPOKEN), "closed": say(NONE_OPEN_SPOKEN), "gone": say(NONE_OPEN_SPOKEN)}
        told = Prompt(WITHDRAWN_SPOKEN, by_outcome=outcomes)
        return Next(HOME, tell=(told,), events=(IssueWithdrawn(issue.id),))
    code = said_code(turn, issue.code)
    outcomes = {"goes_on": say(GOES_ON, code=code), "closed": say(CLOSED), "gone": say(CLOSED)}
    told = Prompt(WITHDRAWN, {"code": code}, by_outcome=outcomes)
    return Next(HOME, tell=(told,), events=(IssueWithdrawn(issue.id),))


FLOW = Flow(
    "ending",
    (
        Do("start", _start, (HOME, "follow.found", "ending.one", "ending.which")),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("ending.which", "ending.one", "home.fine")),
        Do("one", _one, (HOME, "ending.withdrawn", "ending.sure")),
        Ask("sure", Kind.CONFIRM, _ask_sure, _take_sure, ("ending.withdrawn", "home.fine"), resumes=HOME),
        Do("withdrawn", _withdrawn, (HOME,)),
    ),
    {Intent.ISSUE_END: "start"},
)
