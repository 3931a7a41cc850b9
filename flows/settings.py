"""How a person is written to: the language, and for Khmer the script. Owns only the question."""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import LanguageChosen
from flows.heard import Intent, Kind
from flows.prompts import N_, Choice, Prompt, say

ASK_LANGUAGE = N_("Which language? {choices}. Send the number.")
IN_KHMER = N_("Khmer letters")
IN_LATIN = N_("Khmer in Latin letters")
IN_ENGLISH = N_("English")
CHOSEN = N_("Done. From now on you get messages like this. To change: LANGUAGE")

CHOICES = {
    "km": (IN_KHMER, LanguageChosen("km", "km")),
    "latn": (IN_LATIN, LanguageChosen("km", "latn")),
    "en": (IN_ENGLISH, LanguageChosen("en", "")),
}
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


def _ask(_: Turn) -> Prompt:
    return Prompt(ASK_LANGUAGE, choices=tuple(Choice(value, say(id)) for value, (id, _) in CHOICES.items()))


def _take(turn: Turn) -> Next | None:
    if turn.chosen:
        return _chosen(turn.chosen)
    return None


FLOW = Flow(
    "settings",
    (
        Do("open", _open, ("settings.which",)),
        Ask("which", Kind.CHOOSE, _ask, _take, (HOME,)),
        Do("direct", _direct, (HOME,)),
    ),
    {Intent.SETTINGS: "open", **dict.fromkeys(BY_INTENT, "direct")},
)
