"""A problem read back before it is sent: for whom it is raised, what is changed, what is said once it has a code."""

from __future__ import annotations

from flows import codes
from flows.engine import HOME, Next, Turn
from flows.events import AnswerTexted
from flows.heard import Intent
from flows.issues.draft import TELLING, category_of, data_in, with_message, with_words, without
from flows.issues.events import IssueRaised
from flows.issues.joining import said_code
from flows.issues.notices import IN_CHARGE
from flows.meetings.gathered import YES_NO, agreed, groups_led
from flows.prompts import N_, S_, T_, Arg, Choice, Named, Prompt, Titled, cut, say

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
FULL = N_("You have told five problems today. This one goes to our staff; please tell more tomorrow.")
RAISED_TEXTED = S_("You hear of it by message. No office ever sees your number or name.")
AFTER_MEETING = N_("Does the group raise a problem with an office? {choices}")
READ_BACK = 60  # letters of the words that are read back


def _office(turn: Turn) -> Titled | None:
    data = data_in(turn)
    return turn.facts.problems.office_for(str(data["category"]), str(data["place"]), bool(data.get("about")))


def ask_sure(turn: Turn) -> Prompt:
    """All that was understood, read back; who leads a group may raise it for the group."""
    data, can = data_in(turn), turn.facts.can
    category, office = category_of(turn, data["category"]), _office(turn)
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
    wanted = next((one for one in led if one.id == data_in(turn).get("group")), led[0] if led else None)
    if wanted is None or wanted.members < 2:
        return []
    if not turn.facts.can.type:
        return [Choice(f"group {wanted.id}", say(SEND_GROUP_SPOKEN, count=wanted.members))]
    return [Choice(f"group {wanted.id}", say(SEND_AS, group=wanted.name, count=wanted.members))]


def take_sure(turn: Turn) -> Next | None:
    """Sent, changed, or more words: those are added and all is read back again."""
    chosen, intent = turn.chosen or "", turn.heard.intent
    if chosen == "send" or chosen.startswith("group ") or (not chosen and intent is Intent.YES):
        return Next(
            "issue.done", data={**data_in(turn), "raised_for": int(chosen[6:]) if chosen.startswith("group ") else 0}
        )
    if chosen == "about":
        return Next("issue.sure", data={**data_in(turn), "about": True})
    if chosen == "change" or intent is Intent.NO:
        return Next("issue.change", data=data_in(turn))
    long = len(turn.heard.text) > TELLING and turn.facts.can.type
    if intent is Intent.ISSUE_NEW or (intent is Intent.UNCLEAR and long):
        return Next("issue.next", data={**data_in(turn), "words": with_words(data_in(turn), turn.heard.text)})
    return None


def ask_change(_: Turn) -> Prompt:
    names = {"category": CHANGE_CATEGORY, "place": CHANGE_PLACE, "words": CHANGE_WORDS, "drop": DROP}
    return Prompt(ASK_CHANGE, choices=tuple(Choice(value, say(id)) for value, id in names.items()))


# What is asked anew with each.
_FORGETS = {
    "category": ("category", "guessed", "checked", "about"),
    "place": ("place", "here", "coarse", "checked", "about"),
    "words": ("words", "worded", "recording", "checked"),
}


def take_change(turn: Turn) -> Next | None:
    if turn.chosen == "drop" or turn.heard.intent is Intent.NO:
        return Next("issue.drop")
    if turn.chosen is None:
        return None
    gone = _FORGETS[turn.chosen]
    data = without(data_in(turn), *gone)
    return Next("issue.next", data={**data, "elsewhere": True} if turn.chosen == "place" else data)


def drop(_: Turn) -> Next:
    return Next(HOME, tell=(say(DROPPED),), memory={"draft": None})


def done(turn: Turn) -> Next:
    """It is raised; the code is said twice."""
    data, code = data_in(turn), turn.facts.problems.fresh_code()
    event = IssueRaised(
        code=code,
        category=str(data["category"]),
        place=str(data["place"]),
        commodity=str(data.get("commodity") or ""),
        about_office=bool(data.get("about")),
        words=str(data.get("words", "")),
        recording=str(data.get("recording", "")),
        group=int(data.get("raised_for") or 0),
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


def ask_after(_: Turn) -> Prompt:
    return Prompt(AFTER_MEETING, choices=YES_NO)


def take_after(turn: Turn) -> Next | None:
    """After a meeting was reported its leader may raise what the group decided to raise."""
    answer = agreed(turn)
    if answer is None:
        if turn.heard.intent is Intent.ISSUE_NEW:
            return Next("issue.fresh", data=with_message(turn, {"group": data_in(turn).get("group")}))
        return None
    return Next("issue.fresh", data={"group": data_in(turn).get("group")}) if answer else Next("home.fine")
