"""What is not sure: the likeliest readings are offered as choices; what is not for this line gets one short line.

Owns which readings can be offered and where each leads. It sets nothing in motion by itself.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.heard import SURE, Heard, Intent, Kind
from flows.line import home
from flows.prompts import T_, Choice, Named, Prompt, say

MEANT = T_("Do you mean: {choices}. Send the number.")
PRICE_OF = T_("the price of {commodity}")
# What may be meant, as a choice, and where each leads.
READINGS = {
    Intent.PRICE: (T_("a price"), "price.start"),
    Intent.REPORT: (T_("to report a price"), "report.start"),
    Intent.ALERT: (T_("news when a price moves"), "alert.start"),
    Intent.ALERT_STOP: (T_("no more news of a price"), "alert.stop"),
    Intent.WEEKLY: (T_("the weekly prices"), "weekly.start"),
    Intent.WEEKLY_STOP: (T_("no more weekly prices"), "weekly.stop"),
    Intent.ISSUE_NEW: (T_("to tell a problem"), "issue.start"),
    Intent.ISSUE_STATUS: (T_("news of a problem"), "follow.menu"),
    Intent.MEETING_NEW: (T_("to call a meeting"), "meeting.start"),
    Intent.MEETING_WHEN: (T_("when the meeting is"), "planned.when"),
    Intent.GROUP_LEAVE: (T_("to leave a group"), "group.leave"),
    Intent.RADIO: (T_("the radio programme"), "radio.open"),
    Intent.RADIO_STOP: (T_("no more of the radio programme"), "radio.stop"),
    Intent.HELP: (T_("how this line works"), "home.help"),
    Intent.STOP: (T_("no more messages"), "consent.stopped"),
    Intent.START: (T_("to get messages again"), "consent.sure"),
    Intent.SETTINGS: (T_("another language"), "settings.which"),
}
MOST = 2


def missed(turn: Turn, state: Ask) -> Next | None:
    """The way on from what was not understood for certain; None where nothing can be offered."""
    if not (state.silent and turn.facts.can.type):
        return None
    if turn.heard.intent is Intent.OTHER and turn.heard.confidence >= SURE:
        return Next("unsure.other")
    if not (readings := _meant(turn.heard)):
        return None
    slots = turn.heard.slots
    data = {"readings": [intent.value for intent in readings], "words": turn.heard.text.strip()}
    return Next("unsure.meant", data={**data, "commodity": slots.commodity or "", "place": slots.place or ""})


def _meant(heard: Heard) -> list[Intent]:
    """What an unsure message may want, likeliest first, as far as it can be offered."""
    if heard.confidence >= SURE or heard.intent is Intent.UNCLEAR:
        return []
    return [intent for intent in dict.fromkeys((heard.intent, *heard.perhaps)) if intent in READINGS][:MOST]


def _ask(turn: Turn) -> Prompt:
    choices = []
    for name in turn.data["readings"]:
        words = say(READINGS[Intent(name)][0])
        if name == Intent.PRICE and turn.data.get("commodity"):
            words = say(PRICE_OF, commodity=Named("commodity", turn.data["commodity"]))
        choices.append(Choice(name, words))
    return Prompt(MEANT, choices=(*choices, Choice("none", say(home.OTHERS))))


def _take(turn: Turn) -> Next | None:
    if turn.chosen == "none" or turn.heard.intent is Intent.NO:
        return Next(HOME, tell=(say(home.MISSED),))
    if turn.chosen is None:
        return None
    intent = Intent(turn.chosen)
    if intent is Intent.PRICE and turn.data.get("commodity"):
        return Next("price.answer", data={"commodity": turn.data["commodity"], "place": turn.data.get("place", "")})
    if intent is Intent.ISSUE_NEW and turn.facts.person.known:
        return Next("issue.fresh", data={"words": turn.data["words"]})
    return Next(READINGS[intent][1])


def _other(_: Turn) -> Next:
    """Chat, jokes, what was meant for somebody else: one short line. It counts as no miss and reaches no staff."""
    return Next(HOME, tell=(say(home.MENU),))


FLOW = Flow(
    "unsure",
    (
        Ask(
            "meant",
            Kind.CHOOSE,
            _ask,
            _take,
            (HOME, "price.answer", "issue.fresh", *(state for _, state in READINGS.values())),
        ),
        Do("other", _other, (HOME,)),
    ),
)
