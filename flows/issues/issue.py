"""Telling of a problem: what it is about, where, what happened; read back, then it has a code and an office.

Owns what is asked and in which order. Whose it is, who may read it when, and what is like it is the issues room's.
What somebody has told so far is remembered for a week, so that it can come in pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import HelpNeeded
from flows.heard import Intent, Kind
from flows.issues.confirming import (
    FULL,
    ask_after,
    ask_change,
    ask_sure,
    done,
    drop,
    take_after,
    take_change,
    take_sure,
)
from flows.issues.draft import IssueData, begun, category_of, data_in, with_message, with_words, without
from flows.issues.events import IssueSpoken, SimilarSought
from flows.issues.place import PLACE_STATES, STATES, places_known
from flows.keyed import keyed
from flows.line.home import paged, to_staff, turned
from flows.meetings.gathered import YES_NO, agreed
from flows.prices.goods import asked_first
from flows.prompts import N_, S_, T_, Arg, Choice, Named, Prompt, say

IS_ABOUT = N_("Is it about this: {category}? {choices}")
YES = N_("Yes, that")
NO = N_("No, another one")
ASK_CATEGORY = N_("What is the problem about? {choices}")
ASK_WORDS = T_("What happened? Please write it. Do not write your name or number.")
ASK_MORE_WORDS = T_("What happened? Please write more, or 1 if that is all. Do not write your name.")
ASK_SPOKEN = S_("Please say what happened after the tone, without your name. Then press hash.")
ASK_GOODS = N_("Which product is it about? {choices}")
NO_GOODS = N_("None of them")
NO_NUMBER = S_("We cannot answer a hidden number. Please leave a message, or ring with your number shown.")
GO_ON = N_("You began to tell of this: {category}. Do we go on with it? {choices}")
GO_ON_UNSAID = N_("You began to tell of a problem. Do we go on with it? {choices}")


def _start(turn: Turn) -> Next:
    """Somebody complains. What their first message says is not asked again."""
    if not turn.facts.person.known and turn.facts.can.type:
        return to_staff(turn.heard.text)
    if not turn.facts.person.known:
        return Next("home.message" if turn.facts.can.record else HOME, tell=(say(NO_NUMBER),))
    if turn.facts.problems.desk() and turn.facts.problems.on_desk() and turn.facts.can.type:
        return Next("follow.loose")
    if begun(turn):
        return Next("issue.resume", data=with_message(turn, {}))
    return Next("issue.fresh", data=with_message(turn, {}))


def _fresh(turn: Turn) -> Next:
    """A new one; on a line without categories, or after enough of them today, staff read the words."""
    if not turn.facts.problems.categories():
        return to_staff(turn.heard.text)
    if turn.facts.problems.may_raise():
        return Next("issue.next", data=data_in(turn))
    return Next(HOME, tell=(say(FULL),), events=(HelpNeeded("issue", turn.heard.text),), memory={"draft": None})


def _next(turn: Turn) -> Next:
    """Ask for what is missing, in this order; with everything there, read it back."""
    data = without(data_in(turn), "page")
    category = category_of(turn, data.get("category"))
    memory = {"draft": {**data, "on": turn.facts.today.isoformat()}}
    state = "issue.sure"
    if category is None:
        state = "issue.category"
    elif data.get("guessed"):
        state = "issue.is_it"
    elif (asks := places_known(turn, data)) is not None:
        state = asks
    elif not data.get("worded") and (turn.facts.can.type or turn.facts.can.record):
        state = "issue.words"
    elif category.goods and "commodity" not in data:
        state = "issue.goods"
    elif "checked" not in data:
        found = turn.facts.problems.similar(category.id, str(data["place"]), str(data.get("words", "")))
        data["checked"] = [issue.code for issue in found]
        state = "joining.similar" if found else "issue.sure"
        return Next(state, events=(SimilarSought(),), data=data, memory=memory)
    return Next(state, data=data, memory=memory)


def _resume(turn: Turn) -> Prompt:
    draft = begun(turn) or {}
    category = category_of(turn, draft.get("category"))
    if category is None:
        return Prompt(GO_ON_UNSAID, choices=YES_NO)
    return Prompt(GO_ON, {"category": category.label}, YES_NO)


def _take_resume(turn: Turn) -> Next | None:
    answer, draft = agreed(turn), begun(turn)
    if answer is None:
        return None
    if not answer or draft is None:
        return Next("issue.fresh", data=data_in(turn), memory={"draft": None})
    # What was told of the old one stands; what was just said is added to it.
    words = with_words(draft, str(data_in(turn).get("words", "")))
    return Next("issue.next", data={**data_in(turn), **draft, "words": words})


def _ask_is_it(turn: Turn) -> Prompt:
    category = category_of(turn, data_in(turn).get("category"))
    label: Arg = category.label if category else ""
    return Prompt(IS_ABOUT, {"category": label}, (Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_is_it(turn: Turn) -> Next | None:
    answer = agreed(turn)
    kept = without(data_in(turn), "guessed")
    if answer is not None:
        return Next("issue.next", data=kept if answer else {**kept, "category": ""})
    if turn.heard.intent is Intent.ISSUE_NEW and turn.heard.slots.category:
        return Next("issue.next", data={**with_message(turn, {**kept, "category": ""}), "guessed": False})
    return None


def _ask_category(turn: Turn) -> Prompt:
    choices = [Choice(one.id, one.label) for one in turn.facts.problems.categories()]
    return Prompt(ASK_CATEGORY, choices=choices_of(turn, choices))


def choices_of(turn: Turn, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """All where they can be read, page by page where they are heard."""
    return tuple(choices[:9]) if turn.facts.can.type else paged(choices, data_in(turn).get("page", 0))


def _take_category(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("issue.next", data={**data_in(turn), "category": value, "guessed": False})
    if turn.heard.intent is Intent.ISSUE_NEW and turn.heard.slots.category:
        return Next("issue.next", data={**with_message(turn, data_in(turn)), "guessed": False})
    return Next("issue.drop") if turn.heard.intent is Intent.NO else None


def _ask_words(turn: Turn) -> Prompt:
    if not turn.facts.can.type:
        return say(ASK_SPOKEN)
    return say(ASK_MORE_WORDS if data_in(turn).get("words") else ASK_WORDS)


def _take_words(turn: Turn) -> Next | None:
    """Any words are part of it; a lone number says that there are no more."""
    heard = turn.heard
    data: IssueData = {**data_in(turn), "worded": True}
    if heard.intent is Intent.RECORDED:
        return Next("issue.next", data={**data, "recording": heard.text}, events=(IssueSpoken(),))
    if heard.intent is not Intent.WORDS:
        return None
    if not any(letter.isalpha() for letter in heard.text):
        return Next("issue.next", data=data) if data_in(turn).get("words") else None
    return Next("issue.next", data={**with_message(turn, {**data, "words": ""}), "words": with_words(data, heard.text)})


def _ask_goods(turn: Turn) -> Prompt:
    ids = turn.facts.prices.asked_most(asked_first(turn), turn.facts.person.place)
    choices = [Choice("none", say(NO_GOODS)), *(Choice(id, Named("commodity", id)) for id in ids)]
    if turn.facts.can.type:
        choices = [*choices[1:4], choices[0]]
    return Prompt(ASK_GOODS, choices=choices_of(turn, choices))


def _take_goods(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    chosen = turn.chosen or turn.heard.slots.commodity
    if chosen is None and turn.heard.intent is Intent.NO:
        chosen = "none"
    if chosen is None:
        return None
    return Next("issue.next", data={**data_in(turn), "commodity": "" if chosen == "none" else chosen})


FLOW = Flow(
    "issue",
    (
        Do("start", _start, (HOME, "home.message", "follow.loose", "issue.resume", "issue.fresh")),
        Do("fresh", _fresh, (HOME, "issue.next")),
        Ask("resume", Kind.CONFIRM, _resume, _take_resume, ("issue.fresh", "issue.next")),
        Do(
            "next",
            _next,
            (
                "issue.category",
                "issue.is_it",
                *PLACE_STATES,
                "issue.words",
                "issue.goods",
                "joining.similar",
                "issue.sure",
            ),
        ),
        *STATES,
        Ask("is_it", Kind.CONFIRM, _ask_is_it, _take_is_it, ("issue.next",)),
        Ask("category", Kind.CHOOSE, _ask_category, _take_category, ("issue.category", "issue.next", "issue.drop")),
        Ask("words", Kind.WORDS, _ask_words, _take_words, ("issue.next",)),
        *keyed(
            "issue",
            Ask("goods", Kind.CHOOSE, _ask_goods, _take_goods, ("issue.goods", "issue.next"), codes="commodity"),
        ),
        Ask("sure", Kind.CHOOSE, ask_sure, take_sure, ("issue.done", "issue.sure", "issue.change", "issue.next")),
        Ask("change", Kind.CHOOSE, ask_change, take_change, ("issue.next", "issue.drop")),
        Do("drop", drop, (HOME,)),
        Do("done", done, (HOME,)),
        Ask("after", Kind.CONFIRM, ask_after, take_after, ("issue.fresh", "home.fine")),
    ),
    {Intent.ISSUE_NEW: "start"},
)
