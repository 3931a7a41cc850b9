"""Whether it has rained: one question, two answers. Owns what is said of the rain."""

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import Intent, Kind
from flows.line.home import NO, YES
from flows.prompts import N_, Choice, Prompt, say

ASK = N_("Has it rained this week? {choices}")
PLANT = N_("Good. Plant while the ground is wet.")
WAIT = N_("Thank you. Wait for the next rain before you plant.")


def _ask(_: Turn) -> Prompt:
    return Prompt(ASK, choices=(Choice("yes", say(YES)), Choice("no", say(NO))))


def _take(turn: Turn) -> Next | None:
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        return Next("rain.plant")
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next(HOME, tell=(say(WAIT),))
    return None  # no answer to this question: the engine helps, or goes where the message leads


def _plant(_: Turn) -> Next:
    return Next(HOME, tell=(say(PLANT),))


FLOW = Flow(
    "rain",
    (
        Ask("start", Kind.CHOOSE, _ask, _take, to=("rain.plant", HOME)),
        Do("plant", _plant, to=(HOME,)),
    ),
)
