"""How a person is spoken and written to: the language, for Khmer the script, where they are, how reminders come."""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import LanguageChosen, PlaceChosen, ReachChosen
from flows.heard import SURE, Intent, Kind
from flows.keyed import keyed
from flows.line.home import ASK_MORE, PLACE_KEPT, paged, turned
from flows.prompts import N_, S_, T_, Choice, Named, Prompt, say
from flows.proof import Proof

ASK_LANGUAGE = T_("Which language? {choices}. Send the number.")
IN_KHMER = T_("Khmer letters")
IN_LATIN = T_("Khmer in Latin letters")
IN_ENGLISH = N_("English")
CHOSEN = N_("Done. From now on you get messages like this. To change: LANGUAGE")

WELCOME = S_("Phsar greets you. Which language?")
SPEAK_WHICH = S_("Which language?")
SPOKEN_KHMER = S_("Khmer")
ASK_PLACE = S_("In which province are you? Hash, then its two digits; or choose.")
LANGUAGE = S_("The language")
PLACE = S_("The province you are in")
MESSAGES = S_("Messages from Phsar")
REMINDERS = S_("How reminders of meetings come")
ASK_REACH = S_("How do you want to be reminded of meetings?")
BY_SMS = S_("By a message")
BY_CALL = S_("By a call")
REACHED_BY_SMS = N_("Done. Reminders of meetings come as messages.")
REACHED_BY_CALL = N_("Done. Reminders of meetings come by a call. To change, send: REMIND BY SMS")

CHOICES = {
    "km": (IN_KHMER, LanguageChosen("km", "km")),
    "latn": (IN_LATIN, LanguageChosen("km", "latn")),
    "en": (IN_ENGLISH, LanguageChosen("en", "")),
}
# Spoken Khmer says nothing about the letters a person reads.
SPOKEN = {"km": (SPOKEN_KHMER, LanguageChosen("km", None)), "en": (IN_ENGLISH, LanguageChosen("en", ""))}
BY_INTENT = {
    Intent.SCRIPT_KM: "km",
    Intent.LANGUAGE_KM: "km",
    Intent.SCRIPT_LATN: "latn",
    Intent.LANGUAGE_EN: "en",
}


def _direct(turn: Turn) -> Next:
    return _chosen(BY_INTENT[turn.heard.intent])


def _chosen(value: str) -> Next:
    return Next(HOME, tell=(say(CHOSEN),), events=(CHOICES[value][1],))


def _open(_: Turn) -> Next:
    return Next("settings.which")


def _ask(turn: Turn) -> Prompt:
    """By SMS the letters are chosen too; on the phone, where a call may begin with this, only what is heard."""
    if turn.facts.can.type:
        return Prompt(ASK_LANGUAGE, choices=tuple(Choice(value, say(id)) for value, (id, _) in CHOICES.items()))
    choices = tuple(Choice(value, say(id)) for value, (id, _) in SPOKEN.items())
    return Prompt(WELCOME if turn.data.get("first") else SPEAK_WHICH, choices=choices)


def _take(turn: Turn) -> Next | None:
    if not turn.chosen:
        return None
    if turn.facts.can.type:
        return _chosen(turn.chosen)
    events = (SPOKEN[turn.chosen][1],)
    if turn.data.get("first") and not turn.facts.person.place:
        return Next("settings.place", events=events, data=turn.data)
    return Next(HOME, events=events)


def _ask_more(_: Turn) -> Prompt:
    choices = [
        Choice("language", say(LANGUAGE)),
        Choice("place", say(PLACE)),
        Choice("messages", say(MESSAGES)),
        Choice("reach", say(REMINDERS)),
    ]
    return Prompt(ASK_MORE, choices=tuple(choices))


def _take_more(turn: Turn) -> Next | None:
    return Next(WAYS[turn.chosen]) if turn.chosen else None


WAYS = {
    "language": "settings.which",
    "place": "settings.place",
    "messages": "consent.messages",
    "reach": "settings.reach",
}


def _ask_reach(_: Turn) -> Prompt:
    return Prompt(ASK_REACH, choices=(Choice("sms", say(BY_SMS)), Choice("voice", say(BY_CALL))))


def _take_reach(turn: Turn) -> Next | None:
    return _reached_by(turn.chosen) if turn.chosen else None


def _reached_by(reach: str) -> Next:
    return Next(
        HOME, tell=(say(REACHED_BY_CALL if reach == "voice" else REACHED_BY_SMS),), events=(ReachChosen(reach),)
    )


def _reach(turn: Turn) -> Next:
    return _reached_by("voice" if turn.heard.intent is Intent.REACH_CALL else "sms")


def _ask_place(turn: Turn) -> Prompt:
    offered = [Choice(code, Named("place", code)) for code in turn.facts.prices.provinces()]
    return Prompt(ASK_PLACE, choices=paged(offered, turn.data.get("page", 0)))


def _take_place(turn: Turn) -> Next | None:
    """Who does not say where they are, the first time, is helped all the same and asked again by the next call."""
    if turn.data.get("first") and turn.heard.intent is Intent.SILENCE and turn.run.misses:
        return Next(HOME)
    if (more := turned(turn)) is not None:
        return more
    place = turn.chosen or (turn.heard.slots.place if turn.heard.confidence >= SURE else None)
    if place is None:
        return None
    told = (say(PLACE_KEPT, place=Named("place", place)),)
    if turn.facts.proof is Proof.SHOWN:  # for calls that come in; nothing else follows from a number that is shown
        return Next(HOME, tell=told, memory={"place": place})
    return Next(HOME, tell=told, events=(PlaceChosen(place),))


FLOW = Flow(
    "settings",
    (
        Do("open", _open, ("settings.which",)),
        Ask("which", Kind.CHOOSE, _ask, _take, (HOME, "settings.place")),
        Do("direct", _direct, (HOME,)),
        Ask("more", Kind.CHOOSE, _ask_more, _take_more, tuple(WAYS.values())),
        Ask("reach", Kind.CHOOSE, _ask_reach, _take_reach, (HOME,)),
        Do("reminded", _reach, (HOME,)),
        *keyed(
            "settings", Ask("place", Kind.CHOOSE, _ask_place, _take_place, (HOME, "settings.place"), codes="province")
        ),
    ),
    {
        Intent.SETTINGS: "open",
        Intent.REACH_CALL: "reminded",
        Intent.REACH_SMS: "reminded",
        **dict.fromkeys(BY_INTENT, "direct"),
    },
)
