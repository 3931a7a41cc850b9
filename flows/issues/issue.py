"""Telling of a problem: what it is about, where, what happened; read back, then it has a code and an office.

Owns what is asked and in which order. Whose it is, who may read it when, and what is like it is the issues room's.
What somebody has told so far is remembered for a week, so that it can come in pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flows import codes
from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import AnswerTexted, HelpNeeded
from flows.heard import SURE, Intent, Kind
from flows.issues.events import IssueRaised, IssueSpoken, SimilarSought
from flows.issues.joining import said_code
from flows.issues.known import Category
from flows.issues.notices import IN_CHARGE
from flows.issues.place import PLACE_STATES, STATES, places_known
from flows.keyed import keyed
from flows.line.home import paged, to_staff, turned
from flows.meetings.gathered import YES_NO, agreed, groups_led
from flows.prices.goods import asked_first
from flows.prompts import N_, S_, T_, Arg, Choice, Named, Prompt, Titled, cut, say

IS_ABOUT = N_("Is it about this: {category}? {choices}")
YES = N_("Yes, that")
NO = N_("No, another one")
ASK_CATEGORY = N_("What is the problem about? {choices}")
ASK_WORDS = T_("What happened? Please write it. Do not write your name or number.")
ASK_MORE_WORDS = T_("What happened? Please write more, or 1 if that is all. Do not write your name.")
ASK_SPOKEN = S_("Please say what happened after the tone, without your name. Then press hash.")
ASK_GOODS = N_("Which product is it about? {choices}")
NO_GOODS = N_("None of them")
SURE_TEXT = T_('{category}, {place}: "{words}". Send it to {office}? {choices}')
SURE_PLAIN = T_("{category}, {place}. Send it to {office}? {choices}")
SURE_SPOKEN = S_("A problem: {category}, in {place}. Do we send it to the office in charge?")
SEND = N_("Send")
SEND_AS = T_("Send as {group}, {count} people")
SEND_GROUP_SPOKEN = S_("Send for your group of {count} people")
ABOUT_OFFICE = N_("It is about this office itself")
CHANGE = N_("Change it")
ASK_CHANGE = N_("What shall we change? {choices}")
CHANGE_CATEGORY = N_("What it is about")
CHANGE_PLACE = N_("The place")
CHANGE_WORDS = N_("The words")
DROP = N_("Do not send it")
DROPPED = N_("All right, nothing was sent.")
RAISED = T_("Problem number {code}. {office} is to answer. It never sees your number or name. To ask: {code}")
HELD = T_("Problem number {code}. Phsar reads it first, then {office}. It never sees your number. To ask: {code}")
TO_STAFF = T_("Problem number {code}. Phsar looks for the office in charge. It never sees your number. To ask: {code}")
RAISED_SPOKEN = S_("Thank you. The number of your problem is {code}.")
RAISED_AGAIN = S_("Once more: {code}.")
CODE_TEXTED = T_("Your problem is number {code}. To hear how it is, send: {code}")
RAISED_TEXTED = S_("You hear of it by message. No office ever sees your number or name.")
FULL = N_("You have told five problems today. This one goes to our staff; please tell more tomorrow.")
NO_NUMBER = S_("We cannot answer a hidden number. Please leave a message, or ring with your number shown.")
GO_ON = N_("You began to tell of this: {category}. Do we go on with it? {choices}")
GO_ON_UNSAID = N_("You began to tell of a problem. Do we go on with it? {choices}")
AFTER_MEETING = N_("Does the group raise a problem with an office? {choices}")

KEPT_FOR = 7  # days in which a problem that was begun can be gone on with
LONGEST_WORDS = 600  # letters of all pieces together
READ_BACK = 60  # letters of the words that are read back
TELLING = 25  # letters from which on a first message tells what happened


def _start(turn: Turn) -> Next:
    """Somebody complains. What their first message says is not asked again."""
    if not turn.facts.person.known and turn.facts.can.type:
        return to_staff(turn.heard.text)
    if not turn.facts.person.known:
        return Next("home.message" if turn.facts.can.record else HOME, tell=(say(NO_NUMBER),))
    if turn.facts.problems.desk() and turn.facts.problems.on_desk() and turn.facts.can.type:
        return Next("follow.loose")
    if begun(turn):
        return Next("issue.resume", data=_said(turn, {}))
    return Next("issue.fresh", data=_said(turn, {}))


def _fresh(turn: Turn) -> Next:
    """A new one; on a line without categories, or after enough of them today, staff read the words."""
    if not turn.facts.problems.categories():
        return to_staff(turn.heard.text)
    if turn.facts.problems.may_raise():
        return Next("issue.next", data=turn.data)
    return Next(HOME, tell=(say(FULL),), events=(HelpNeeded("issue", turn.heard.text),), memory={"draft": None})


def begun(turn: Turn) -> Mapping[str, Any] | None:
    """What this person began to tell of within the week and has not sent."""
    draft = turn.run.memory.get("draft")
    if not isinstance(draft, dict) or not draft.get("on"):
        return None
    return draft if (turn.facts.today - date.fromisoformat(draft["on"])).days <= KEPT_FOR else None


def _said(turn: Turn, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known with what a message says beside it."""
    slots, data = turn.heard.slots, dict(known)
    telling = slots.category or slots.commodity or slots.place or len(turn.heard.text) > TELLING
    if turn.heard.intent in (Intent.ISSUE_NEW, Intent.UNCLEAR, Intent.WORDS) and telling:
        data["words"] = _with_words(data, turn.heard.text)
    if slots.category and not data.get("category") and _category(turn, slots.category):
        data |= {"category": slots.category, "guessed": True}
    if slots.commodity and not data.get("commodity"):
        data["commodity"] = slots.commodity
    if slots.place and not data.get("place") and turn.heard.confidence >= SURE:
        data["place"] = slots.place[:6]
    return data


def _with_words(data: Mapping[str, Any], words: str) -> str:
    return f"{data.get('words', '')} {words.strip()}".strip()[:LONGEST_WORDS]


def _category(turn: Turn, id: object) -> Category | None:
    return next((one for one in turn.facts.problems.categories() if one.id == id), None)


def _next(turn: Turn) -> Next:
    """Ask for what is missing, in this order; with everything there, read it back."""
    data = {name: value for name, value in turn.data.items() if name != "page"}
    category = _category(turn, data.get("category"))
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
    category = _category(turn, draft.get("category"))
    if category is None:
        return Prompt(GO_ON_UNSAID, choices=YES_NO)
    return Prompt(GO_ON, {"category": category.label}, YES_NO)


def _take_resume(turn: Turn) -> Next | None:
    answer, draft = agreed(turn), begun(turn)
    if answer is None:
        return None
    if not answer or draft is None:
        return Next("issue.fresh", data=turn.data, memory={"draft": None})
    # What was told of the old one stands; what was just said is added to it.
    words = _with_words(draft, str(turn.data.get("words", "")))
    return Next("issue.next", data={**turn.data, **draft, "words": words})


def _ask_is_it(turn: Turn) -> Prompt:
    category = _category(turn, turn.data.get("category"))
    label: Arg = category.label if category else ""
    return Prompt(IS_ABOUT, {"category": label}, (Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_is_it(turn: Turn) -> Next | None:
    answer = agreed(turn)
    kept = {name: value for name, value in turn.data.items() if name != "guessed"}
    if answer is not None:
        return Next("issue.next", data=kept if answer else {**kept, "category": ""})
    if turn.heard.intent is Intent.ISSUE_NEW and turn.heard.slots.category:
        return Next("issue.next", data={**_said(turn, {**kept, "category": ""}), "guessed": False})
    return None


def _ask_category(turn: Turn) -> Prompt:
    choices = [Choice(one.id, one.label) for one in turn.facts.problems.categories()]
    return Prompt(ASK_CATEGORY, choices=choices_of(turn, choices))


def choices_of(turn: Turn, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """All where they can be read, page by page where they are heard."""
    return tuple(choices[:9]) if turn.facts.can.type else paged(choices, turn.data.get("page", 0))


def _take_category(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("issue.next", data={**turn.data, "category": value, "guessed": False})
    if turn.heard.intent is Intent.ISSUE_NEW and turn.heard.slots.category:
        return Next("issue.next", data={**_said(turn, turn.data), "guessed": False})
    return Next("issue.drop") if turn.heard.intent is Intent.NO else None


def _ask_words(turn: Turn) -> Prompt:
    if not turn.facts.can.type:
        return say(ASK_SPOKEN)
    return say(ASK_MORE_WORDS if turn.data.get("words") else ASK_WORDS)


def _take_words(turn: Turn) -> Next | None:
    """Any words are part of it; a lone number says that there are no more."""
    heard, data = turn.heard, {**turn.data, "worded": True}
    if heard.intent is Intent.RECORDED:
        return Next("issue.next", data={**data, "recording": heard.text}, events=(IssueSpoken(),))
    if heard.intent is not Intent.WORDS:
        return None
    if not any(letter.isalpha() for letter in heard.text):
        return Next("issue.next", data=data) if turn.data.get("words") else None
    return Next("issue.next", data={**_said(turn, {**data, "words": ""}), "words": _with_words(data, heard.text)})


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
    return Next("issue.next", data={**turn.data, "commodity": "" if chosen == "none" else chosen})


def _office(turn: Turn) -> Titled | None:
    data = turn.data
    return turn.facts.problems.office_for(str(data["category"]), str(data["place"]), bool(data.get("about")))


def _ask_sure(turn: Turn) -> Prompt:
    """All that was understood, read back; who leads a group may raise it for the group."""
    data, can = turn.data, turn.facts.can
    category, office = _category(turn, data["category"]), _office(turn)
    place: Arg = Named("place", str(data["place"]) if can.name else str(data["place"])[:2])
    args: dict[str, Arg] = {"category": category.label if category else "", "place": place}
    choices = [*_as_group(turn), Choice("send", say(SEND))]
    if data.get("group") is None:
        choices.reverse()
    if office is not None and not data.get("about") and category is not None and not category.above:
        choices.append(Choice("about", say(ABOUT_OFFICE)))
    choices = [*choices[:3], Choice("change", say(CHANGE))]
    if not can.type:
        return Prompt(SURE_SPOKEN, args, tuple(choices))
    words = str(data.get("words", ""))
    args["office"] = office or IN_CHARGE
    if not words:
        return Prompt(SURE_PLAIN, args, tuple(choices))
    return Prompt(SURE_TEXT, {**args, "words": cut(words, READ_BACK)}, tuple(choices))


def _as_group(turn: Turn) -> list[Choice]:
    """The group it can be raised for: the one that has just met, else the first this person leads."""
    led = groups_led(turn)
    wanted = next((one for one in led if one.id == turn.data.get("group")), led[0] if led else None)
    if wanted is None or wanted.members < 2:
        return []
    if not turn.facts.can.type:
        return [Choice(f"group {wanted.id}", say(SEND_GROUP_SPOKEN, count=wanted.members))]
    return [Choice(f"group {wanted.id}", say(SEND_AS, group=wanted.name, count=wanted.members))]


def _take_sure(turn: Turn) -> Next | None:
    """Sent, changed, or more words: those are added and all is read back again."""
    chosen, intent = turn.chosen or "", turn.heard.intent
    if chosen == "send" or chosen.startswith("group ") or (not chosen and intent is Intent.YES):
        return Next("issue.done", data={**turn.data, "as": int(chosen[6:]) if chosen.startswith("group ") else 0})
    if chosen == "about":
        return Next("issue.sure", data={**turn.data, "about": True})
    if chosen == "change" or intent is Intent.NO:
        return Next("issue.change", data=turn.data)
    long = len(turn.heard.text) > TELLING and turn.facts.can.type
    if intent is Intent.ISSUE_NEW or (intent is Intent.UNCLEAR and long):
        return Next("issue.next", data={**turn.data, "words": _with_words(turn.data, turn.heard.text)})
    return None


def _ask_change(_: Turn) -> Prompt:
    names = {"category": CHANGE_CATEGORY, "place": CHANGE_PLACE, "words": CHANGE_WORDS, "drop": DROP}
    return Prompt(ASK_CHANGE, choices=tuple(Choice(value, say(id)) for value, id in names.items()))


# What is asked anew with each.
_FORGETS = {
    "category": ("category", "guessed", "checked", "about"),
    "place": ("place", "here", "coarse", "checked", "about"),
    "words": ("words", "worded", "recording", "checked"),
}


def _take_change(turn: Turn) -> Next | None:
    if turn.chosen == "drop" or turn.heard.intent is Intent.NO:
        return Next("issue.drop")
    if turn.chosen is None:
        return None
    gone = _FORGETS[turn.chosen]
    data = {name: value for name, value in turn.data.items() if name not in gone}
    return Next("issue.next", data={**data, "elsewhere": True} if turn.chosen == "place" else data)


def _drop(_: Turn) -> Next:
    return Next(HOME, tell=(say(DROPPED),), memory={"draft": None})


def _done(turn: Turn) -> Next:
    """It is raised; the code is said twice."""
    data, code = turn.data, turn.facts.problems.fresh_code()
    event = IssueRaised(
        code=code,
        category=str(data["category"]),
        place=str(data["place"]),
        commodity=str(data.get("commodity") or ""),
        about_office=bool(data.get("about")),
        words=str(data.get("words", "")),
        recording=str(data.get("recording", "")),
        group=int(data.get("as") or 0),
    )
    args: dict[str, Arg] = {"code": said_code(turn, code)}
    memory = {"draft": None, "code": code}
    full = {"full": say(FULL)}
    if not turn.facts.can.type:
        told = [Prompt(RAISED_SPOKEN, args, by_outcome=full), Prompt(RAISED_AGAIN, args), say(RAISED_TEXTED)]
        writes = turn.facts.person.textable and turn.facts.problems.may_raise()
        written = (AnswerTexted((say(CODE_TEXTED, code=codes.shown(code)),)),) if writes else ()
        return Next(HOME, tell=tuple(told), events=(event, *written), memory=memory)
    args["office"] = _office(turn) or IN_CHARGE
    outcomes = {"held": Prompt(HELD, args), "staff": Prompt(TO_STAFF, {"code": args["code"]}), **full}
    return Next(HOME, tell=(Prompt(RAISED, args, by_outcome=outcomes),), events=(event,), memory=memory)


def _ask_after(_: Turn) -> Prompt:
    return Prompt(AFTER_MEETING, choices=YES_NO)


def _take_after(turn: Turn) -> Next | None:
    """After a meeting was reported its leader may raise what the group decided to raise."""
    answer = agreed(turn)
    if answer is None:
        if turn.heard.intent is Intent.ISSUE_NEW:
            return Next("issue.fresh", data=_said(turn, {"group": turn.data.get("group")}))
        return None
    return Next("issue.fresh", data={"group": turn.data.get("group")}) if answer else Next("home.fine")


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
        Ask("sure", Kind.CHOOSE, _ask_sure, _take_sure, ("issue.done", "issue.sure", "issue.change", "issue.next")),
        Ask("change", Kind.CHOOSE, _ask_change, _take_change, ("issue.next", "issue.drop")),
        Do("drop", _drop, (HOME,)),
        Do("done", _done, (HOME,)),
        Ask("after", Kind.CONFIRM, _ask_after, _take_after, ("issue.fresh", "home.fine")),
    ),
    {Intent.ISSUE_NEW: "start"},
)
