"""A recorded message to many, heard in a call of ours: played to whoever presses a key, so to no machine.

Owns what may be done with it: hear it again, ask about it, want no more of them. A call begins at `play` with the
names of its recordings in `km` and `en`, and what it is about.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import MessageLeft
from flows.heard import Intent, Kind
from flows.line.consent import NO_MORE
from flows.line.home import BYE, KEPT, NO, SPEAK, WHAT_NEXT, YES
from flows.prompts import S_, Choice, Prompt, Recorded, say

BEGINS = "announcement.play"  # where a call of ours begins
WAITS = S_("We have a message for you.")
LISTEN = S_("To hear it")
PLAYED = S_("{recording}")
AGAIN = S_("To hear it again")
ASK_US = S_("To ask us about it")
ASK_NO_MORE = S_("Then we send you no more messages and ring you no more. Is that right?")

# Wherever we ring unasked, this choice leads to `announcement.stop`.
STOP = Choice("stop", say(NO_MORE), 8)


def _play(turn: Turn) -> Next:
    """Nothing may be left to play: somebody removed the recording."""
    there = turn.data.get("km") or turn.data.get("en")
    return Next("announcement.offer", data=turn.data) if there else Next("home.called")


def _offer(_: Turn) -> Prompt:
    return Prompt(WAITS, choices=(Choice("listen", say(LISTEN), 1), STOP))


def _take_offer(turn: Turn) -> Next | None:
    if turn.chosen == "listen":
        return _heard(turn)
    if turn.chosen == "stop":
        return Next("announcement.stop", data=turn.data)
    # A person may just have lifted the phone to the ear; a machine never presses anything.
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE and turn.run.misses else None


def _heard(turn: Turn) -> Next:
    recorded = Recorded(str(turn.data.get("km", "")), str(turn.data.get("en", "")))
    return Next("announcement.heard", tell=(say(PLAYED, recording=recorded),), data=turn.data)


def _ask_heard(_: Turn) -> Prompt:
    return Prompt(WHAT_NEXT, choices=(Choice("again", say(AGAIN), 1), Choice("ask", say(ASK_US), 2), STOP))


def _take_heard(turn: Turn) -> Next | None:
    if turn.chosen == "again":
        return _heard(turn)
    if turn.chosen is not None:
        return Next("announcement.question" if turn.chosen == "ask" else "announcement.stop", data=turn.data)
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE else None


def _ask_question(_: Turn) -> Prompt:
    return say(SPEAK)


def _take_question(turn: Turn) -> Next | None:
    if turn.heard.intent is Intent.RECORDED:
        return Next("announcement.asked", data=turn.data)
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE else None


def _asked(turn: Turn) -> Next:
    left = MessageLeft(f"broadcast {turn.data['broadcast']}" if turn.data.get("broadcast") else "")
    return Next(HOME, tell=(say(KEPT), say(BYE)), events=(left,), closes=True)


def _ask_stop(_: Turn) -> Prompt:
    return Prompt(ASK_NO_MORE, choices=(Choice("yes", say(YES)), Choice("no", say(NO))))


def _take_stop(turn: Turn) -> Next | None:
    if turn.chosen == "yes":
        return Next("consent.stop")
    return Next("announcement.play", data=turn.data) if turn.chosen == "no" else None


FLOW = Flow(
    "announcement",
    (
        Do("play", _play, ("announcement.offer", "home.called")),
        Ask("offer", Kind.CHOOSE, _offer, _take_offer, ("announcement.heard", "announcement.stop", "home.bye")),
        Ask(
            "heard",
            Kind.CHOOSE,
            _ask_heard,
            _take_heard,
            ("announcement.heard", "announcement.question", "announcement.stop", "home.bye"),
        ),
        Ask("question", Kind.WORDS, _ask_question, _take_question, ("announcement.asked", "home.bye"), resumes=HOME),
        Do("asked", _asked, (HOME,)),
        Ask("stop", Kind.CHOOSE, _ask_stop, _take_stop, ("consent.stop", "announcement.play")),
    ),
)
