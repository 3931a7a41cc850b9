"""An official at the other end: a problem by its code is acknowledged, answered, solved, asked about, passed on.

Owns what an official is asked and told by SMS. What a step does to the issue, and who hears of it, is the issues
room's rule; who the people are, nobody here can know.
"""

from __future__ import annotations

from collections.abc import Callable

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import IssueHandled
from flows.heard import Intent, Kind
from flows.home import paged, turned
from flows.issue_facts import Issue
from flows.issue_notices import STAFF
from flows.prompts import T_, Arg, Choice, Named, Prompt, cut, say

SHOWN = T_("{code} {category}, {place}, {count} people: {words}. {choices}")
SHOWN_PLAIN = T_("{code} {category}, {place}, {count} people. {choices}")
RECEIVED = T_("We work on it")
ANSWER = T_("Answer")
SOLVED = T_("Solved")
OTHER = T_("Ask or pass on")
ASK_OTHER = T_("What would you like? {choices}")
ASK_BACK = T_("Ask the people")
PASS_ON = T_("Pass on")
ASK_ANSWER = T_("{code}: please write your answer. {count} people will read it.")
ASK_SOLVED = T_("{code}: how was it solved? {count} people will read it.")
ASK_QUESTION = T_("{code}: what do you want to ask the people?")
ASK_TO = T_("To which office does {code} go? {choices}")
TOLD_RECEIVED = T_("Thank you. {count} people hear that you work on it. Answer: {code} and your words")
TOLD_ANSWER = T_("Thank you. {count} people are told. When it is solved, send: {code} DONE and how")
TOLD_SOLVED = T_("Thank you. {count} people are told. Who raised it is asked whether it is solved.")
TOLD_QUESTION = T_("Thank you. Your question is on its way; the answer comes here.")
TOLD_PASSED = T_("Thank you. {code} now goes to {office}. The people are told.")
TO_PHSAR = T_("Phsar, to find the right one")
NOT_YOURS = T_("{code} is with another office now.")
NOT_OPEN = T_("{code} is closed or waits for the people's word. It can be changed no more.")
TOO_LONG = T_("That is too long. Please send at most {count} letters.")
TWICE = T_("You have just said that for {code}. The people are told.")

LONGEST = 160  # letters: with its frame it fits three parts
DONE = {
    "received": TOLD_RECEIVED,
    "answer": TOLD_ANSWER,
    "done": TOLD_SOLVED,
    "ask": TOLD_QUESTION,
    "transfer": TOLD_PASSED,
}
ASKS = {"answer": "desk.answer", "done": "desk.solved", "ask": "desk.question", "transfer": "desk.to"}
REPORT_SHOWN = 70  # letters of a report


def _issue(turn: Turn) -> Issue | None:
    """The issue that is spoken of, while it is on this official's desk."""
    issue = turn.facts.problems.with_code(str(turn.data.get("code", "")))
    return issue if issue is not None and issue.desk is not None else None


def _start(turn: Turn) -> Next:
    """A code with words answers; with a word for it, it does something else; alone, it shows the problem."""
    issue, data = _issue(turn), turn.data
    code = codes.shown(str(data["code"]))
    if issue is None:
        return Next(HOME, tell=(say(NOT_YOURS, code=code),))
    words, action = str(data.get("words") or ""), str(data.get("action") or "")
    if not words and not action:
        return Next("desk.shown" if issue.is_open else "desk.closed", data=data)
    if action == "received":
        return Next("desk.act", data={**data, "action": "answer" if words else "received"})
    return Next("desk.act", data={**data, "action": action or "answer"})


def _closed(turn: Turn) -> Next:
    return Next(HOME, tell=(say(NOT_OPEN, code=codes.shown(str(turn.data["code"]))),))


def _ask_shown(turn: Turn) -> Prompt:
    issue = _issue(turn)
    code = codes.shown(str(turn.data["code"]))
    if issue is None:
        return say(NOT_YOURS, code=code)
    args: dict[str, Arg] = {
        "code": code,
        "category": issue.label,
        "place": Named("place", issue.place),
        "count": issue.voices,
    }
    names = {"received": RECEIVED, "answer": ANSWER, "done": SOLVED, "other": OTHER}
    if issue.state not in ("sent", "reopened"):
        del names["received"]
    choices = tuple(Choice(value, say(id)) for value, id in names.items())
    if not issue.report:
        return Prompt(SHOWN_PLAIN, args, choices)
    return Prompt(SHOWN, {**args, "words": cut(issue.report, REPORT_SHOWN)}, choices)


def _take_shown(turn: Turn) -> Next | None:
    if turn.chosen == "other":
        return Next("desk.other", data=turn.data)
    if turn.chosen:
        return Next("desk.act", data={**turn.data, "action": turn.chosen})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _ask_other(_: Turn) -> Prompt:
    return Prompt(ASK_OTHER, choices=(Choice("ask", say(ASK_BACK)), Choice("transfer", say(PASS_ON))))


def _take_other(turn: Turn) -> Next | None:
    if turn.chosen:
        return Next("desk.act", data={**turn.data, "action": turn.chosen})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _act(turn: Turn) -> Next:
    """Do it, once all it needs is there."""
    issue, data = _issue(turn), turn.data
    action, words = str(data["action"]), str(data.get("words") or "").strip()
    code = codes.shown(str(data["code"]))
    if issue is None or issue.desk is None:
        return Next(HOME, tell=(say(NOT_YOURS, code=code),))
    if not issue.is_open:
        return Next("desk.closed", data=data)
    if len(words) > LONGEST:
        return Next(ASKS.get(action, "desk.answer"), tell=(say(TOO_LONG, count=LONGEST),), data={**data, "words": ""})
    missing = "to" not in data if action == "transfer" else action != "received" and not words
    if missing:
        return Next(ASKS[action], data=data)
    args: dict[str, Arg] = {"code": code, "count": issue.voices}
    to = int(data.get("to") or 0)
    if action == "transfer":
        names = {office.id: office.name for office in turn.facts.problems.targets(issue.desk.id)}
        args["office"] = names.get(to) or STAFF
    said = {"code": code}
    outcomes = {
        "gone": Prompt(NOT_YOURS, said),
        "closed": Prompt(NOT_OPEN, said),
        "twice": Prompt(TWICE, said),
        "too_long": say(TOO_LONG, count=LONGEST),
        "empty": Prompt(ASK_ANSWER, args),
    }
    event = IssueHandled(issue.id, issue.desk.official, issue.desk.id, action, words, to)
    return Next(HOME, tell=(Prompt(DONE[action], args, by_outcome=outcomes),), events=(event,))


def _asks(sentence: str) -> Callable[[Turn], Prompt]:
    def ask(turn: Turn) -> Prompt:
        issue = _issue(turn)
        return Prompt(sentence, {"code": codes.shown(str(turn.data["code"])), "count": issue.voices if issue else 0})

    return ask


def _take_words(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    if turn.heard.intent is not Intent.WORDS or not any(letter.isalnum() for letter in words):
        return None
    return Next("desk.act", data={**turn.data, "words": words})


def _ask_to(turn: Turn) -> Prompt:
    issue = _issue(turn)
    offices = turn.facts.problems.targets(issue.desk.id) if issue is not None and issue.desk is not None else ()
    choices = [Choice(str(office.id), office.name) for office in offices]
    choices = [*choices[:2], Choice("0", say(TO_PHSAR)), *choices[2:]]
    code = codes.shown(str(turn.data["code"]))
    return Prompt(ASK_TO, {"code": code}, paged(choices, turn.data.get("page", 0)))


def _take_to(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen is not None:
        return Next("desk.act", data={**turn.data, "to": int(turn.chosen)})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


FLOW = Flow(
    "desk",
    (
        Do("start", _start, (HOME, "desk.shown", "desk.closed", "desk.act")),
        Do("closed", _closed, (HOME,)),
        Ask("shown", Kind.CHOOSE, _ask_shown, _take_shown, ("desk.other", "desk.act", "home.fine")),
        Ask("other", Kind.CHOOSE, _ask_other, _take_other, ("desk.act", "home.fine")),
        Do("act", _act, (HOME, "desk.closed", *ASKS.values())),
        Ask("answer", Kind.WORDS, _asks(ASK_ANSWER), _take_words, ("desk.act",)),
        Ask("solved", Kind.WORDS, _asks(ASK_SOLVED), _take_words, ("desk.act",)),
        Ask("question", Kind.WORDS, _asks(ASK_QUESTION), _take_words, ("desk.act",)),
        Ask("to", Kind.CHOOSE, _ask_to, _take_to, ("desk.to", "desk.act", "home.fine")),
    ),
)
