"""Following a problem by its code: how it stands, one more voice, more words, whether it is solved.

Owns what is said of an issue to whoever asks, and whose loose words may be: an answer to a question, a piece of a
report that was begun, an official's answer without a code. Raising one is issue.py's, an
office's side desk.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import SURE, Heard, Intent, Kind
from flows.issues.draft import begun, without
from flows.issues.events import CodeMistaken, IssueAddedTo, IssueJudged
from flows.issues.joining import ALREADY, joins, said_code
from flows.issues.known import Issue
from flows.issues.notices import named
from flows.issues.standing import status
from flows.line import home, unsure
from flows.line.home import paged, turned
from flows.meetings.gathered import YES_NO, agreed
from flows.prompts import N_, S_, T_, Arg, Choice, Prompt, say
from flows.proof import Proof

ASK_CODE = N_("Which number does the problem have? It has seven digits.")
NONE_OPEN = T_("You have no open problem with us. To tell one, send: PROBLEM. Of another one, send its number.")
NONE_OPEN_SPOKEN = S_("You have no open problem with us.")
WRONG_CODE = T_("{code} is no problem's number. Please check its digits.")
WRONG_SPOKEN = S_("No problem has this number. Please check its digits.")
TOO_MANY = N_("Too many wrong numbers today. Please try again tomorrow.")
ASK_WHICH = S_("Which problem?")
LISTED = T_("Which problem? {choices} To withdraw one, send: WITHDRAW")
TO_WITHDRAW = T_("To withdraw it, send: WITHDRAW")
ONE_OF_MINE = T_("{code} {category}")
ONE_SPOKEN = S_("{category}, of {day}")
IS_SOLVED = N_("Is it solved? {choices}")
DONE = N_("Yes, solved")
NOT_DONE = N_("Not yet")
JUDGED_YES = T_("Thank you. {code} is solved.")
JUDGED_NO = T_("Noted: {code} is not solved. {office} is told. What is missing? Send: {code} and your words")
JUDGED_YES_SPOKEN = S_("Thank you. The problem is solved.")
JUDGED_NO_SPOKEN = S_("Noted. The office is told that it is not solved.")
JUDGED_LATE = N_("It is too late to say that of this problem. To tell it again, send: PROBLEM")
ASK_JOIN = N_("Do you have this problem too? {choices}")
ASK_JOIN_WORDS = T_("Do you have it too? Then your words are added. An office answers from its own number. {choices}")
ADDED = T_("Thank you, it is added to {code}.")
ADDED_HELD = T_("Thank you. Phsar reads it first, then it is added to {code}.")
REPLIED = T_("Thank you. {office} gets your answer to {code}, without your number or name.")
ADDED_ENOUGH = T_("You have added much today. Please send more tomorrow.")
CLOSED = T_("This problem is closed.")
WHOSE = T_("What are these words for? {choices}")
FOR_ISSUE = T_("{code} {category}")
FOR_DRAFT = T_("What I began to tell")
NEW_ONE = T_("A new problem")
NONE_OF_THEM = T_("None of them")
MENU = S_("Problems.")
TELL_ONE = S_("Tell of a problem")
HEAR_ONE = S_("Hear how a problem stands, by its number")
HEAR_MINE = S_("Hear how your problems stand")
END_ONE = S_("Withdraw a problem")

LONGEST_WORDS = 300


def _open(turn: Turn) -> Next:
    """A code, perhaps with words behind it; without one, the problems this person is behind."""
    slots = turn.heard.slots
    if slots.code:
        said = {"code": slots.code, "words": slots.words or "", "action": slots.action or ""}
        whole = codes.behind(turn.heard.text) if slots.action and slots.words else ""
        return Next("follow.found", data={**said, **({"whole": whole} if whole else {})})
    return _of_mine(turn)


def _of_mine(turn: Turn) -> Next:
    """Their own, without its number; who has none open hears that, and how to tell one."""
    problems = turn.facts.problems
    mine = problems.mine()
    if not mine and problems.desk() and turn.facts.can.type:
        return Next("follow.ask_code")
    if not mine:
        return _none_open(turn)
    if len(mine) > 1:
        return Next("follow.which")
    return Next("follow.found", data={"code": mine[0].code, "listed": True})


def _none_open(turn: Turn) -> Next:
    """The one spoken of last may be closed and theirs all the same: then it is told how that stands."""
    last = str(turn.run.memory.get("code") or "")
    issue = turn.facts.problems.with_code(last) if codes.is_code(last) else None
    if issue is not None and issue.mine and turn.facts.can.type:
        return Next("follow.found", data={"code": issue.code})
    return Next(HOME, tell=(say(NONE_OPEN if turn.facts.can.type else NONE_OPEN_SPOKEN),))


def _ask_which(turn: Turn) -> Prompt:
    choices = [Choice(issue.code, label(turn, issue)) for issue in turn.facts.problems.mine()]
    asked = LISTED if turn.facts.can.type else ASK_WHICH
    return Prompt(asked, choices=paged(choices, turn.data.get("page", 0)))


def label(turn: Turn, issue: Issue) -> Prompt:
    """One of several of somebody's own, to choose from."""
    if not turn.facts.can.type:
        return say(ONE_SPOKEN, category=issue.label, day=issue.since)
    return say(ONE_OF_MINE, code=said_code(turn, issue.code), category=issue.label)


def _take_which(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    return Next("follow.found", data={"code": turn.chosen}) if turn.chosen else None


def _ask_code(_: Turn) -> Prompt:
    return say(ASK_CODE)


def _take_code(turn: Turn) -> Next | None:
    if turn.heard.intent is Intent.ISSUE_STATUS and turn.heard.slots.code:
        return Next("follow.found", data={**turn.data, "code": turn.heard.slots.code})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _found(turn: Turn) -> Next:
    """What is meant with a code: an official's word, more words, one more voice, or only how it stands."""
    problems, data = turn.facts.problems, turn.data
    code, words = str(data["code"]), str(data.get("words") or "")[:LONGEST_WORDS]
    issue = problems.with_code(code) if codes.is_code(code) else None
    # Whoever guesses in somebody's name takes neither their own problems from them nor those of their office.
    concerned = issue is not None and (issue.mine or issue.desk is not None)
    if not concerned and not problems.tries_left():
        return Next(HOME, tell=(say(TOO_MANY),))
    if issue is None:
        wrong = say(WRONG_CODE, code=codes.shown(code)) if turn.facts.can.type else say(WRONG_SPOKEN)
        to = HOME if turn.facts.can.type else "follow.ask_code"
        return Next(to, tell=(wrong,), events=(CodeMistaken(),), data={})
    known = {"code": issue.code, "words": words}
    if data.get("action") == "withdraw" and (issue.mine or not problems.desk()):
        return Next("ending.one", data=known)
    if data.get("action") == "undo" and problems.desk():
        return Next("desk.undo", data=known)
    if issue.desk is not None and turn.facts.can.type:
        return Next("desk.start", data={**known, "action": _of_desk(data)})
    if data.get("joins") and not issue.mine and turn.facts.person.known:
        return joins(turn, issue, words)
    if problems.desk() and not issue.mine and (words or data.get("action")):
        return Next("desk.start", data={**known, "action": _of_desk(data)})  # says that it is not theirs
    if issue.mine and turn.facts.can.type and (words := str(data.get("whole") or words)[:LONGEST_WORDS]):
        added = adds(turn, issue, words)  # all of them: what an office means by the first is nothing to others
        return replace(added, to="follow.solved", data=known) if _is_to_judge(issue) else added
    if data.get("joins") and issue.mine:
        return Next(HOME, tell=(say(ALREADY), *status(turn, issue)), memory={"code": issue.code})
    if _is_to_judge(issue) and data.get("action") == "done":
        return _judged(turn, issue, solved=True)
    told = status(turn, issue)
    if data.get("listed") and issue.is_live and turn.facts.can.type:
        told = (*told, say(TO_WITHDRAW))
    if _is_to_judge(issue):
        return Next("follow.solved", tell=told, data=known)
    if not issue.mine and issue.is_live and turn.facts.person.known:
        return Next("follow.join", tell=told, data=known)
    return Next(HOME, tell=told, memory={"code": issue.code})


def _of_desk(data: Mapping[str, Any]) -> str:
    """What an official did; only who raised a problem withdraws it."""
    action = str(data.get("action", ""))
    return "" if action == "withdraw" else action


def _is_to_judge(issue: Issue) -> bool:
    """Whether it is for this person to say that it is solved."""
    return issue.mine == "reporter" and issue.state == "resolved"


def adds(turn: Turn, issue: Issue, words: str) -> Next:
    """More words for an issue this person is behind."""
    args: dict[str, Arg] = {"code": said_code(turn, issue.code)}
    outcomes = {
        "held": Prompt(ADDED_HELD, args),
        "replied": Prompt(REPLIED, {**args, "office": named(issue.office)}),
        "closed": say(CLOSED),
        "gone": say(CLOSED),
        "full": say(ADDED_ENOUGH),
    }
    told = Prompt(ADDED, args, by_outcome=outcomes)
    return Next(HOME, tell=(told,), events=(IssueAddedTo(issue.id, words),), memory={"code": issue.code})


def _ask_solved(_: Turn) -> Prompt:
    return Prompt(IS_SOLVED, choices=(Choice("yes", say(DONE)), Choice("no", say(NOT_DONE))))


def _take_solved(turn: Turn) -> Next | None:
    answer, issue = agreed(turn), turn.facts.problems.with_code(str(turn.data["code"]))
    if answer is None or issue is None:
        return None
    return _judged(turn, issue, solved=answer)


def _judged(turn: Turn, issue: Issue, *, solved: bool) -> Next:
    return Next(HOME, tell=(judged(turn, issue, solved=solved),), events=(IssueJudged(issue.id, solved),))


def judged(turn: Turn, issue: Issue, *, solved: bool) -> Prompt:
    """What is said to who says whether it is solved."""
    late = {"gone": say(JUDGED_LATE)}
    if not turn.facts.can.type:
        return Prompt(JUDGED_YES_SPOKEN if solved else JUDGED_NO_SPOKEN, by_outcome=late)
    args: dict[str, Arg] = {"code": said_code(turn, issue.code)}
    if solved:
        return Prompt(JUDGED_YES, args, by_outcome=late)
    return Prompt(JUDGED_NO, {**args, "office": named(issue.office)}, by_outcome=late)


def _ask_join(turn: Turn) -> Prompt:
    return Prompt(ASK_JOIN_WORDS if turn.data.get("words") and turn.facts.can.type else ASK_JOIN, choices=YES_NO)


def _take_join(turn: Turn) -> Next | None:
    answer, issue = agreed(turn), turn.facts.problems.with_code(str(turn.data["code"]))
    if turn.heard.intent is Intent.ISSUE_JOIN and not turn.heard.slots.code:
        answer = True
    if answer is None or issue is None:
        return None
    return joins(turn, issue, str(turn.data.get("words", ""))) if answer else Next("home.fine")


def missed(turn: Turn, state: Ask) -> Next:
    """What nobody understands may be words for something open: that is asked before it counts as not understood."""
    loose = turn.run.at == HOME and _unclear(turn.heard) and turn.facts.can.type
    if loose and any(letter.isalpha() for letter in turn.heard.text) and _open_to_words(turn):
        return Next("follow.loose")
    return unsure.missed(turn, state) or home.missed(turn, state)


def _unclear(heard: Heard) -> bool:
    return heard.intent in (Intent.UNCLEAR, Intent.OTHER) or heard.confidence < SURE


def _open_to_words(turn: Turn) -> Mapping[str, Any]:
    """What loose words may be for, by the value of its choice, with what it is called: at most three."""
    problems = turn.facts.problems
    asked = [one.issue for one in turn.facts.questions() if one.kind == "asked" and one.issue and not one.answer]
    found = {issue.code: issue for issue in (*asked, *problems.on_desk())}
    draft = begun(turn)
    return {**dict(list(found.items())[: 2 if draft else 3]), **({"draft": draft} if draft else {})}


def _loose(turn: Turn) -> Next:
    return Next("follow.whose", data={"words": turn.heard.text.strip()[:LONGEST_WORDS]})


def _ask_whose(turn: Turn) -> Prompt:
    choices = []
    for value, one in _open_to_words(turn).items():
        label = say(FOR_DRAFT)
        if isinstance(one, Issue):
            label = say(FOR_ISSUE, code=codes.shown(one.code), category=one.label)
        choices.append(Choice(value, label))
    last = Choice("new", say(NEW_ONE)) if turn.heard.intent is Intent.ISSUE_NEW else Choice("none", say(NONE_OF_THEM))
    return Prompt(WHOSE, choices=(*choices, last))


def _take_whose(turn: Turn) -> Next | None:
    words = str(turn.data["words"])
    if turn.chosen == "draft" and (draft := begun(turn)) is not None:
        kept = without(draft, "checked")
        return Next("issue.next", data={**kept, "words": f"{draft.get('words', '')} {words}".strip()})
    if turn.chosen == "new":
        return Next("issue.fresh", data={"words": words})
    if turn.chosen == "none" or turn.heard.intent is Intent.NO:
        return Next("follow.to_staff", data=turn.data)
    issue = turn.facts.problems.with_code(turn.chosen) if turn.chosen else None
    if issue is None:
        return None
    if issue.desk is not None:
        return Next("desk.start", data={"code": issue.code, "words": words, "action": ""})
    return adds(turn, issue, words)


def _to_staff(turn: Turn) -> Next:
    return home.to_staff(str(turn.data.get("words", "")))


def _menu(turn: Turn) -> Prompt:
    choices = [Choice("tell", say(TELL_ONE), 1), Choice("hear", say(HEAR_ONE), 2)]
    # On a number that is only shown it stands there for everybody, and leads to a call of ours.
    if turn.facts.problems.mine() or (turn.facts.proof is Proof.SHOWN and turn.facts.person.textable):
        choices.append(Choice("mine", say(HEAR_MINE), 3))
    if turn.facts.problems.mine() and turn.facts.proof is Proof.HELD:
        choices.append(Choice("end", say(END_ONE), 4))
    return Prompt(MENU, choices=tuple(choices))


def _take_menu(turn: Turn) -> Next | None:
    ways = {"tell": "issue.start", "hear": "follow.ask_code", "mine": "follow.mine", "end": "ending.start"}
    return Next(ways[turn.chosen]) if turn.chosen else None


FLOW = Flow(
    "follow",
    (
        Do("open", _open, (HOME, "follow.found", "follow.ask_code", "follow.which")),
        Do("mine", _of_mine, (HOME, "follow.found", "follow.ask_code", "follow.which")),
        Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("follow.which", "follow.found")),
        Ask("ask_code", Kind.CODE, _ask_code, _take_code, ("follow.found", "home.fine"), resumes=HOME),
        Do(
            "found",
            _found,
            (HOME, "follow.ask_code", "desk.start", "desk.undo", "ending.one", "follow.solved", "follow.join"),
        ),
        Ask("solved", Kind.RESOLVED, _ask_solved, _take_solved, (HOME,)),
        Ask("join", Kind.CONFIRM, _ask_join, _take_join, (HOME, "home.fine")),
        Do("loose", _loose, ("follow.whose",)),
        Ask(
            "whose",
            Kind.CHOOSE,
            _ask_whose,
            _take_whose,
            (HOME, "issue.next", "issue.fresh", "desk.start", "follow.to_staff"),
        ),
        Do("to_staff", _to_staff, (HOME,)),
        Ask("menu", Kind.CHOOSE, _menu, _take_menu, ("issue.start", "follow.ask_code", "follow.mine", "ending.start")),
    ),
    {Intent.ISSUE_STATUS: "open"},
)
