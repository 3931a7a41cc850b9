"""Stop, start, and "not me". Owns what is said of them; the ledger is the contacts room's."""

from __future__ import annotations

from flows.engine import HOME, Do, Flow, Next, Turn
from flows.events import ConsentGiven, ConsentWithdrawn, HelpNeeded, NumberDisowned
from flows.heard import Intent
from flows.prompts import N_, say

STOPPED = N_("Done. We will not send you messages. Your questions are still answered. To return: START")
STARTED = N_("Welcome. You agreed to get messages from Phsar. To end: STOP. Help: HELP")
DISOWNED = N_("Sorry. We removed the former owner of this number. Nothing will be sent to you.")


def _stop(turn: Turn) -> Next:
    return Next(HOME, tell=(say(STOPPED),), events=(ConsentWithdrawn(turn.heard.text),))


def _start(turn: Turn) -> Next:
    return Next(HOME, tell=(say(STARTED),), events=(ConsentGiven(turn.heard.text),))


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
        Do("start", _start, (HOME,)),
        Do("not_me", _not_me, (HOME,)),
    ),
    {Intent.STOP: "stop", Intent.START: "start", Intent.NOT_ME: "not_me"},
)
