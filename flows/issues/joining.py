"""Me too: one more voice for a problem that others have told, instead of the same one again.

Owns how a problem is named to somebody who is not behind it. What is like another is the issues room's to say.
"""

from __future__ import annotations

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.issues.draft import data_in
from flows.issues.events import IssueJoined
from flows.issues.known import Issue
from flows.prompts import N_, S_, T_, Arg, Choice, Crowd, Named, Prompt, say

ASK_SIMILAR = N_("Is it one of these that others have told? {choices}")
ONE_SIMILAR = T_("{category} {place} {day}, {count} people")
ONE_SIMILAR_SPOKEN = S_("{category}, since {day}")
NOT_SIMILAR = N_("No, a new one")
JOINED = T_("Thank you, you are counted for {code}. You hear of it. To ask: {code}")
JOINED_SPOKEN = S_("Thank you, you are counted. The number of the problem is {code}.")
ALREADY = N_("You are counted there already.")
TOO_LATE = N_("This problem is closed.")


def said_code(turn: Turn, code: str) -> str:
    """A code as it is written, or its digits as they are said."""
    return codes.shown(code) if turn.facts.can.type else code


def joins(turn: Turn, issue: Issue, words: str = "") -> Next:
    """One more voice for an issue, and what is said of it."""
    args: dict[str, Arg] = {"code": said_code(turn, issue.code)}
    outcomes = {"already": say(ALREADY), "closed": say(TOO_LATE), "gone": say(TOO_LATE)}
    if turn.facts.can.type:
        told = Prompt(JOINED, args, by_outcome=outcomes)
    else:
        told = Prompt(JOINED_SPOKEN, args, by_outcome=outcomes)
    return Next(HOME, tell=(told,), events=(IssueJoined(issue.id, words),), memory={"draft": None, "code": issue.code})


def _start(turn: Turn) -> Next:
    """ "Me too" with a code, or to the problem that was just spoken of."""
    code = turn.heard.slots.code or str(turn.run.memory.get("code") or "")
    if not turn.facts.person.known or not code:
        return Next("follow.ask_code" if turn.facts.person.known else HOME, data={"joins": True})
    return Next("follow.found", data={"code": code, "joins": True, "words": turn.heard.slots.words or ""})


def _similar(turn: Turn) -> tuple[Issue, ...]:
    found = (turn.facts.problems.with_code(str(code)) for code in data_in(turn).get("checked", ()))
    return tuple(issue for issue in found if issue is not None and issue.is_live)


def _ask_similar(turn: Turn) -> Prompt:
    choices = [Choice(issue.code, _named(turn, issue)) for issue in _similar(turn)]
    return Prompt(ASK_SIMILAR, choices=(*choices[:3], Choice("new", say(NOT_SIMILAR))))


def _named(turn: Turn, issue: Issue) -> Prompt:
    args: dict[str, Arg] = {"category": issue.label, "day": issue.since}
    if not turn.facts.can.type:
        return Prompt(ONE_SIMILAR_SPOKEN, args)
    return Prompt(ONE_SIMILAR, {**args, "place": Named("place", issue.place), "count": Crowd(issue.voices)})


def _take_similar(turn: Turn) -> Next | None:
    if turn.chosen == "new" or turn.heard.intent is Intent.NO:
        return Next("issue.sure", data=data_in(turn))
    found = _similar(turn)
    issue = next((one for one in found if one.code == turn.chosen), None)
    if issue is None and turn.heard.intent in (Intent.YES, Intent.ISSUE_JOIN) and len(found) == 1:
        issue = found[0]
    return None if issue is None else joins(turn, issue, str(data_in(turn).get("words", "")))


FLOW = Flow(
    "joining",
    (
        Do("start", _start, (HOME, "follow.ask_code", "follow.found")),
        Ask("similar", Kind.CHOOSE, _ask_similar, _take_similar, (HOME, "issue.sure")),
    ),
    {Intent.ISSUE_JOIN: "start"},
)
