"""Delete my data: done by message, once the digits that we sent with what it means have come back.

Owns what is said of it. That it needs the digits is flows.trust's rule.
"""

from __future__ import annotations

from flows.engine import HOME, Do, Flow, Next, Turn
from flows.events import DataForgotten
from flows.heard import Intent
from flows.prompts import S_, T_, say

WHAT = T_("We delete your name, number, groups, alerts and messages. Counts stay, without you.")
SURE = T_("To delete all, send {digits}. To keep it, send 0")
DONE = T_("Done. What we knew of you is deleted.")
WRITE = S_("This is done by message only. Please send us the words: delete my data.")


def _start(turn: Turn) -> Next:
    """Only in writing: what goes for good is read first."""
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(WRITE),))
    forgotten = dict.fromkeys(turn.run.memory, None)
    return Next(HOME, tell=(say(DONE),), events=(DataForgotten(),), memory=forgotten)


FLOW = Flow("forget", (Do("start", _start, (HOME,)),), {Intent.FORGET: "start"})
