"""Stop, start, and "not me". Owns what is said of them; the ledger is the contacts room's."""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import ConsentGiven, ConsentWithdrawn, HelpNeeded, NumberDisowned
from flows.heard import Intent, Kind
from flows.home import FINE, NO, YES
from flows.prompts import N_, Choice, Prompt, say

STOPPED = N_("Done. We will not send you messages. Your questions are still answered. To return: START")
STARTED = N_("Welcome. You agreed to get messages from Phsar. To end: STOP. Help: HELP")
ASK_START = N_("Do you want to get messages from Phsar? {choices}")
DISOWNED = N_("Sorry. We removed the former owner of this number. Nothing will be sent to you.")

CLEAR = 0.9  # how surely START must be heard to be taken for consent


def _stop(turn: Turn) -> Next:
    return Next(HOME, tell=(say(STOPPED),), events=(ConsentWithdrawn(turn.heard.text),))


def _start(turn: Turn) -> Next:
    """Consent is only taken from words that leave no doubt; any other mention of joining is asked about."""
    if turn.heard.confidence < CLEAR:
        return Next("consent.sure")
    return _started(turn.heard.text)


def _started(words: str) -> Next:
    return Next(HOME, tell=(say(STARTED),), events=(ConsentGiven(words),))


def _ask_start(_: Turn) -> Prompt:
    return Prompt(ASK_START, choices=(Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_start(turn: Turn) -> Next | None:
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        return _started(turn.heard.text)
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next(HOME, tell=(say(FINE),))
    return None


def _not_me(turn: Turn) -> Next:
    """A SIM that changed hands: rights and memory of the former owner end with this message."""
    words = turn.heard.text
    forgotten = dict.fromkeys(turn.run.memory, None)
    return Next(
        HOME,
        tell=(say(DISOWNED),),
        events=(NumberDisowned(words), HelpNeeded("not_me", words)),
        memory=forgotten,
    )


FLOW = Flow(
    "consent",
    (
        Do("stop", _stop, (HOME,)),
        Do("start", _start, (HOME, "consent.sure")),
        Ask("sure", Kind.CHOOSE, _ask_start, _take_start, (HOME,)),
        Do("not_me", _not_me, (HOME,)),
    ),
    {Intent.STOP: "stop", Intent.START: "start", Intent.NOT_ME: "not_me"},
)
