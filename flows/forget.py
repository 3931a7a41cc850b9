"""Delete my data: what is deleted and what stays is said, then done once the digits we sent come back.

Owns what is said of it. Digits because a number is easily borrowed: who sends them back reads this phone.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import DataForgotten
from flows.heard import Intent, Kind
from flows.prompts import S_, T_, Prompt, say

WHAT = T_("We delete your name, number, groups, alerts and messages. Counts stay, without you.")
SURE = T_("To delete all, send {digits}. To keep it, send 0")
DONE = T_("Done. What we knew of you is deleted.")
KEPT = T_("All right. Nothing is deleted.")
WRITE = S_("This is done by message only. Please send us the words: delete my data.")
DIGITS = 4


def _start(turn: Turn) -> Next:
    """Only in writing, and only for a number that is known: on a call anybody can show any number."""
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(WRITE),))
    return Next("forget.sure", tell=(say(WHAT),), data={"digits": turn.facts.problems.fresh_code()[:DIGITS]})


def _ask(turn: Turn) -> Prompt:
    return Prompt(SURE, {"digits": str(turn.data["digits"])})


def _take(turn: Turn) -> Next | None:
    digits = "".join(str(int(sign)) for sign in turn.heard.text if sign.isdecimal())
    if digits == turn.data["digits"]:
        forgotten = dict.fromkeys(turn.run.memory, None)
        return Next(HOME, tell=(say(DONE),), events=(DataForgotten(),), memory=forgotten)
    if turn.heard.intent in (Intent.NO, Intent.HOME) or digits == "0":
        return Next("forget.kept")
    return None


def _kept(_: Turn) -> Next:
    return Next(HOME, tell=(say(KEPT),))


FLOW = Flow(
    "forget",
    (
        Do("start", _start, (HOME, "forget.sure")),
        Ask("sure", Kind.CODE, _ask, _take, (HOME, "forget.kept")),
        Do("kept", _kept, (HOME,)),
    ),
    {Intent.FORGET: "start"},
)
