"""An official at the other end: a problem by its code is acknowledged, answered, solved, asked about, passed on.

Owns what an official is asked and told by SMS; what others will read is read back, and waits until it is confirmed.
What a step does to the issue, and who hears of it, is the issues room's rule; who the people are, nobody here can know.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import TypedDict, cast

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.issues.events import ActConfirmed, ActUndone, IssueHandled, LinkWanted
from flows.issues.known import Issue, confirmation
from flows.issues.notices import STAFF
from flows.line.home import FINE, paged, turned
from flows.prompts import T_, Arg, Choice, Crowd, Named, Prompt, cut, say

SHOWN = T_("{code} {category}, {place}, {count} people: {words}. {choices}")
SHOWN_REOPENED = T_("{code} {category}: not solved, say the people: {words}. {choices}")
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

HINT = T_("To answer, write a few words after the number.")
SURE_ANSWER = T_("{code}: {count} people will read: “{words}”. In 10 minutes, or {choices}")
SURE_SOLVED = T_("{code}: {count} people will read that it is solved: “{words}”. In 10 minutes, or {choices}")
SURE_QUESTION = T_("{code}: who raised it is asked: “{words}”. In 10 minutes, or {choices}")
SURE_PASSED = T_("{code} goes to {office}; {count} people hear it. In 10 minutes, or {choices}")
SEND_NOW = T_("Send now")
DO_NOT_SEND = T_("Do not send")
UNDONE = T_("{code}: it is not sent. Nobody has read it.")
TOO_LATE = T_("{code}: it has gone out already. To correct it, send: {code} and your words")
NOTHING_WAITS = T_("Nothing of yours waits to go out. To answer a problem, send its number and your words")
LINK_COMES = T_("The link to your office's page comes in another message.")
LINKS_ENOUGH = T_("You have had 3 links today. The newest one still works, or try again tomorrow.")

NOBODY_THERE = T_("Nobody of that office has confirmed yet: {code} stays with yours. Phsar sees to it.")

LONGEST = 160  # letters: with its frame it fits three parts
DONE = {
    "received": TOLD_RECEIVED,
    "answer": TOLD_ANSWER,
    "done": TOLD_SOLVED,
    "ask": TOLD_QUESTION,
    "transfer": TOLD_PASSED,
}
SURE = {"answer": SURE_ANSWER, "done": SURE_SOLVED, "ask": SURE_QUESTION, "transfer": SURE_PASSED}
ASKS = {"answer": "desk.answer", "done": "desk.solved", "ask": "desk.question", "transfer": "desk.to"}
REPORT_SHOWN = 70  # letters of a report
READ_BACK = 90  # letters of what others will read
COENG = 0x17D2  # joins two letters, is none itself
FEWEST_LETTERS = 3  # that say something


class DeskData(TypedDict, total=False):
    """What an official wants done. `code`: of the problem; `action` as in IssueHandled; `to`: an office's id."""

    code: str
    action: str
    words: str
    to: int
    page: int


def data_in(turn: Turn) -> DeskData:
    """The data of the run under way."""
    return cast("DeskData", turn.data)


def _issue(turn: Turn) -> Issue | None:
    """The issue that is spoken of, while it is on this official's desk."""
    issue = turn.facts.problems.with_code(str(data_in(turn).get("code", "")))
    return issue if issue is not None and issue.desk is not None else None


def says_something(words: str) -> bool:
    """Whether words can be an answer: a number, a sign or two letters are a slip, or meant for a menu."""
    return sum(unicodedata.category(one)[0] in "LM" and ord(one) != COENG for one in words) >= FEWEST_LETTERS


def _start(turn: Turn) -> Next:
    """A code with words answers; with a word for it, it does something else; alone, it shows the problem."""
    issue, data = _issue(turn), data_in(turn)
    code = codes.shown(str(data["code"]))
    words, action = str(data.get("words") or ""), str(data.get("action") or "")
    if action == "undo":
        return Next("desk.undo", data=data)
    if issue is None:
        return Next(HOME, tell=(say(NOT_YOURS, code=code),))
    hint = (say(HINT),) if words and not says_something(words) else ()
    if hint:
        words, data = "", {**data, "words": ""}
    if not words and not action:
        return Next("desk.shown" if issue.is_open else "desk.closed", tell=hint, data=data)
    if action == "received":
        return Next("desk.act", data={**data, "action": "answer" if words else "received"})
    return Next("desk.act", data={**data, "action": action or "answer"})


def _closed(turn: Turn) -> Next:
    return Next(HOME, tell=(say(NOT_OPEN, code=codes.shown(str(data_in(turn)["code"]))),))


def _ask_shown(turn: Turn) -> Prompt:
    issue = _issue(turn)
    code = codes.shown(str(data_in(turn)["code"]))
    if issue is None:
        return say(NOT_YOURS, code=code)
    args: dict[str, Arg] = {
        "code": code,
        "category": issue.label,
        "place": Named("place", issue.place),
        "count": Crowd(issue.voices),
    }
    names = {"received": RECEIVED, "answer": ANSWER, "done": SOLVED, "other": OTHER}
    if issue.state not in ("sent", "reopened"):
        del names["received"]
    choices = tuple(Choice(value, say(id)) for value, id in names.items())
    if issue.state == "reopened" and (words := issue.added or issue.report):
        return Prompt(SHOWN_REOPENED, {**args, "words": cut(words, REPORT_SHOWN)}, choices)
    if not issue.report:
        return Prompt(SHOWN_PLAIN, args, choices)
    return Prompt(SHOWN, {**args, "words": cut(issue.report, REPORT_SHOWN)}, choices)


def _take_shown(turn: Turn) -> Next | None:
    if turn.chosen == "other":
        return Next("desk.other", data=data_in(turn))
    if turn.chosen:
        return Next("desk.act", data={**data_in(turn), "action": turn.chosen})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _ask_other(_: Turn) -> Prompt:
    return Prompt(ASK_OTHER, choices=(Choice("ask", say(ASK_BACK)), Choice("transfer", say(PASS_ON))))


def _take_other(turn: Turn) -> Next | None:
    if turn.chosen:
        return Next("desk.act", data={**data_in(turn), "action": turn.chosen})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _act(turn: Turn) -> Next:
    """Do it, once all it needs is there."""
    issue, data = _issue(turn), data_in(turn)
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
    to = int(data.get("to") or 0)
    event = IssueHandled(issue.id, issue.desk.official, issue.desk.id, action, words, to)
    if confirmation(action) is not None:
        return Next("desk.sure", events=(event,), data={**data, "words": words})
    return Next(HOME, tell=(_done(turn, issue),), events=(event,))


def _args(turn: Turn, issue: Issue) -> dict[str, Arg]:
    data = data_in(turn)
    args: dict[str, Arg] = {"code": codes.shown(str(data["code"])), "count": Crowd(issue.voices)}
    if data.get("action") == "transfer" and issue.desk is not None:
        to = int(data.get("to") or 0)
        args["office"] = (turn.facts.problems.passed_to(to) if to else None) or STAFF
    return args


def _outcomes(args: Mapping[str, Arg]) -> dict[str, Prompt]:
    """What is said where nothing came of it."""
    said = {"code": args["code"]}
    return {
        "gone": Prompt(NOT_YOURS, said),
        "closed": Prompt(NOT_OPEN, said),
        "twice": Prompt(TWICE, said),
        "too_long": say(TOO_LONG, count=LONGEST),
        "empty": Prompt(ASK_ANSWER, args),
        "nobody": Prompt(NOBODY_THERE, said),
    }


def _done(turn: Turn, issue: Issue) -> Prompt:
    """What is said once it has been done."""
    args = _args(turn, issue)
    return Prompt(DONE[str(data_in(turn)["action"])], args, by_outcome=_outcomes(args))


def _ask_sure(turn: Turn) -> Prompt:
    """What others will read, and how many they are: it waits already."""
    issue = _issue(turn)
    if issue is None:
        return say(NOT_YOURS, code=codes.shown(str(data_in(turn)["code"])))
    args, words = _args(turn, issue), turn.facts.problems.as_told(str(data_in(turn).get("words") or ""))
    args["words"] = cut(words, READ_BACK)
    choices = (Choice("now", say(SEND_NOW)), Choice("undo", say(DO_NOT_SEND)))
    return Prompt(SURE[str(data_in(turn)["action"])], args, choices, by_outcome=_outcomes(args))


def _take_sure(turn: Turn) -> Next | None:
    issue, intent = _issue(turn), turn.heard.intent
    needed = confirmation(str(data_in(turn)["action"]))
    if turn.chosen == "undo" or intent in (Intent.NO, Intent.OFFICE_UNDO):
        return Next("desk.undo", data={"code": data_in(turn)["code"]})
    if needed is None or (turn.chosen != needed.by and intent is not Intent.YES):
        return None
    if issue is None or issue.desk is None:
        return Next(HOME, tell=(say(NOT_YOURS, code=codes.shown(str(data_in(turn)["code"]))),))
    return Next(HOME, tell=(_done(turn, issue),), events=(ActConfirmed(issue.id, issue.desk.official),))


def _undo(turn: Turn) -> Next:
    """Take back the newest that waits, or the one of a code."""
    problems, code = turn.facts.problems, str(data_in(turn).get("code") or "")
    if not turn.facts.can.type:
        return Next(HOME)
    if not problems.desk():
        return Next(HOME, tell=(say(FINE),))
    lately = [one for one in problems.pending() if not code or one.code == code]
    waits = next((one for one in lately if one.waits), None)
    if waits is None:
        gone = say(TOO_LATE, code=codes.shown(lately[0].code)) if lately else say(NOTHING_WAITS)
        return Next(HOME, tell=(gone,))
    shown = codes.shown(waits.code)
    told = Prompt(UNDONE, {"code": shown}, by_outcome={"gone": say(TOO_LATE, code=shown)})
    return Next(HOME, tell=(told,), events=(ActUndone(waits.id, waits.office.id),))


def _link(turn: Turn) -> Next:
    """Send the link to the page of each office they are of."""
    desks = turn.facts.problems.desk() if turn.facts.can.type else ()
    if not desks:
        return Next(HOME, tell=(say(FINE),) if turn.facts.can.type else ())
    told = Prompt(LINK_COMES, by_outcome={"full": say(LINKS_ENOUGH)})
    return Next(HOME, tell=(told,), events=tuple(LinkWanted(one.official) for one in desks))


def _asks(sentence: str) -> Callable[[Turn], Prompt]:
    def ask(turn: Turn) -> Prompt:
        issue = _issue(turn)
        return Prompt(
            sentence, {"code": codes.shown(str(data_in(turn)["code"])), "count": Crowd(issue.voices if issue else 0)}
        )

    return ask


def _take_words(turn: Turn) -> Next | None:
    words = turn.heard.text.strip()
    if turn.heard.intent is not Intent.WORDS or not says_something(words):
        return None
    return Next("desk.act", data={**data_in(turn), "words": words})


def _ask_to(turn: Turn) -> Prompt:
    issue = _issue(turn)
    offices = (
        turn.facts.problems.targets(issue.desk.id, issue.place) if issue is not None and issue.desk is not None else ()
    )
    choices = [Choice(str(office.id), office.name) for office in offices]
    choices = [*choices[:2], Choice("0", say(TO_PHSAR)), *choices[2:]]
    code = codes.shown(str(data_in(turn)["code"]))
    return Prompt(ASK_TO, {"code": code}, paged(choices, data_in(turn).get("page", 0)))


def _take_to(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen is not None:
        return Next("desk.act", data={**data_in(turn), "to": int(turn.chosen)})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


FLOW = Flow(
    "desk",
    (
        Do("start", _start, (HOME, "desk.shown", "desk.closed", "desk.act", "desk.undo")),
        Do("closed", _closed, (HOME,)),
        Ask("shown", Kind.CHOOSE, _ask_shown, _take_shown, ("desk.other", "desk.act", "home.fine")),
        Ask("other", Kind.CHOOSE, _ask_other, _take_other, ("desk.act", "home.fine")),
        Do("act", _act, (HOME, "desk.closed", "desk.sure", *ASKS.values())),
        Ask("sure", Kind.CHOOSE, _ask_sure, _take_sure, (HOME, "desk.undo")),
        Do("undo", _undo, (HOME,)),
        Do("link", _link, (HOME,)),
        Ask("answer", Kind.WORDS, _asks(ASK_ANSWER), _take_words, ("desk.act",)),
        Ask("solved", Kind.WORDS, _asks(ASK_SOLVED), _take_words, ("desk.act",)),
        Ask("question", Kind.WORDS, _asks(ASK_QUESTION), _take_words, ("desk.act",)),
        Ask("to", Kind.CHOOSE, _ask_to, _take_to, ("desk.to", "desk.act", "home.fine")),
    ),
    {Intent.OFFICE_UNDO: "undo", Intent.OFFICE_LINK: "link"},
)
