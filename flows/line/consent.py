"""Stop, start, and "not me". Owns what is said of them; the ledger is the contacts room's."""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import (
    AnswerTexted,
    ConsentGiven,
    ConsentWithdrawn,
    HelpNeeded,
    NumberDisowned,
    StopDoubted,
)
from flows.heard import SURE, Intent, Kind
from flows.line.home import NO, YES
from flows.prompts import N_, S_, T_, Choice, Prompt, say
from flows.proof import Proof

STOPPED = N_("Done. We will not send you messages. Your questions are still answered. To return: START")
STARTED = N_("Welcome. You agreed to get messages from Phsar. To end: STOP. Help: HELP")
ASK_START = N_("Do you want to get messages from Phsar? {choices}")
ASK_STOP = T_("No more messages from us? {choices}")
KEPT_ON = T_("All right, messages go on. To end them: STOP")
DISOWNED = N_("Sorry. We removed the former owner of this number. Nothing will be sent to you.")

ASK_MESSAGES = S_("Messages that Phsar sends you.")
NO_MORE = S_("No more messages")
AGAIN = S_("Receive messages")
WEEKLY = S_("The prices of each week")
WEEKLY_NO_MORE = S_("No more prices of each week")
ASK_MINE = S_("We then forget all we know of the former owner. Is that right?")
NEW_OWNER = S_("This number is new in my hands")

CLEAR = 0.9  # how surely START must be heard to be taken for consent


def _stop(turn: Turn) -> Next:
    """Obeyed where it is plain; half heard it is asked about, and nothing is sent unasked until then."""
    if turn.heard.confidence < SURE and turn.facts.can.type and turn.facts.person.known:
        return Next("consent.stop_sure", events=(StopDoubted(doubted=True),))
    return Next("consent.stopped")


def _ask_stop(_: Turn) -> Prompt:
    return Prompt(ASK_STOP, choices=(Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_stop(turn: Turn) -> Next | None:
    if turn.chosen == "yes" or turn.heard.intent in (Intent.YES, Intent.STOP):
        return Next("consent.stopped")
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next(HOME, tell=(say(KEPT_ON),), events=(StopDoubted(doubted=False),))
    return None


def _stopped(turn: Turn) -> Next:
    stopped = ConsentWithdrawn(turn.heard.text)
    if turn.facts.proof is Proof.SHOWN and turn.facts.person.textable:
        # Anybody may have rung as them: the number is told, and may take it back.
        return Next(HOME, tell=(say(STOPPED),), events=(stopped, AnswerTexted((say(STOPPED),))))
    return Next(HOME, tell=(say(STOPPED),), events=(stopped,))


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
        return Next("home.fine")
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
        closes=not turn.facts.can.type,
    )


def _ask_messages(turn: Turn) -> Prompt:
    has_weekly = "weekly" in turn.facts.wishes.wanted().names
    weekly = Choice("weekly_no_more", say(WEEKLY_NO_MORE)) if has_weekly else Choice("weekly", say(WEEKLY))
    choices = (Choice("stop", say(NO_MORE)), Choice("start", say(AGAIN)), Choice("not_me", say(NEW_OWNER)), weekly)
    return Prompt(ASK_MESSAGES, choices=choices)


OF_MESSAGES = {
    "stop": "consent.stop",
    "start": "consent.sure",
    "not_me": "consent.mine",
    "weekly": "weekly.start",
    "weekly_no_more": "weekly.stop",
}


def _take_messages(turn: Turn) -> Next | None:
    return Next(OF_MESSAGES[turn.chosen]) if turn.chosen else None


def _ask_mine(_: Turn) -> Prompt:
    return Prompt(ASK_MINE, choices=(Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_mine(turn: Turn) -> Next | None:
    if turn.chosen == "yes":
        return Next("consent.not_me")
    return Next("home.fine") if turn.chosen == "no" else None


FLOW = Flow(
    "consent",
    (
        Do("stop", _stop, ("consent.stop_sure", "consent.stopped")),
        Ask("stop_sure", Kind.CONFIRM, _ask_stop, _take_stop, (HOME, "consent.stopped")),
        Do("stopped", _stopped, (HOME,)),
        Do("start", _start, (HOME, "consent.sure")),
        Ask("sure", Kind.CHOOSE, _ask_start, _take_start, (HOME, "home.fine")),
        Do("not_me", _not_me, (HOME,)),
        Ask("messages", Kind.CHOOSE, _ask_messages, _take_messages, tuple(OF_MESSAGES.values())),
        Ask("mine", Kind.CHOOSE, _ask_mine, _take_mine, ("consent.not_me", "home.fine")),
    ),
    {Intent.STOP: "stop", Intent.START: "start", Intent.NOT_ME: "not_me"},
)
