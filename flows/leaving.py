"""Leaving a question: a new, complete message is no answer to it; and what is said beside any question.

Owns when the question at hand is left for something else, and what becomes of it. What an answer is each flow knows.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Next, Turn
from flows.heard import SURE, Intent, Kind
from flows.prompts import T_, Prompt, say

REASSURED = T_("Do not worry: nobody sees your number or your name, the office neither.")
NOT_SENT_YET = T_("It is not sent yet.")
KEPT = T_("What you told us of the problem is kept. To go on, send: PROBLEM")

# Flows that hear each other's messages: what belongs to one of a family is no other matter for the rest.
FAMILIES = (
    frozenset(("issue", "joining", "follow", "ending", "desk", "proving")),
    frozenset(("meeting", "planned", "unplanned", "group", "members", "leading", "reply")),
)
# What a message names that is a matter of its own.
NAMED = frozenset((Intent.PRICE, Intent.ALERT, Intent.REPORT))  # with a good
COMPLETE = frozenset(
    (
        Intent.ALERT_STOP,
        Intent.WEEKLY,
        Intent.WEEKLY_STOP,
        Intent.ALERT_LIST,
        Intent.RADIO,
        Intent.RADIO_STOP,
        Intent.MEETING_NEW,
        Intent.MEETING_PAST,
        Intent.MEETING_WHEN,
        Intent.MEETING_CANCEL,
        Intent.MEETING_MOVE,
        Intent.MEETING_COUNT,
        Intent.MEETING_REPORT,
        Intent.GROUP_NEW,
        Intent.GROUP_INVITE,
        Intent.GROUP_LIST,
        Intent.GROUP_WRITE,
        Intent.GROUP_MEMBERS,
        Intent.GROUP_LEADER,
        Intent.GROUP_RENAME,
        Intent.NAME_SHOW,
        Intent.NAME_HIDE,
        Intent.GROUP_LEAVE,
        Intent.ISSUE_NEW,
        Intent.ISSUE_STATUS,
        Intent.ISSUE_JOIN,
        Intent.ISSUE_END,
        Intent.SETTINGS,
        Intent.SCRIPT_LATN,
        Intent.SCRIPT_KM,
        Intent.LANGUAGE_EN,
        Intent.LANGUAGE_KM,
    )
)
# Where anything said is an answer, or good manners and reasons are part of one.
OPEN = frozenset((Kind.WORDS, Kind.RSVP, Kind.RESOLVED, Kind.POLL))


def leaves(turn: Turn, state: Ask, opens: str) -> bool:
    """Whether a message that opens a conversation at `opens` leaves the question of a state."""
    if not turn.facts.can.type or turn.run.at == HOME or state.kind in OPEN:
        return False
    heard, slots = turn.heard, turn.heard.slots
    if heard.intent in NAMED:
        return _names_another(turn, state)
    if heard.intent not in COMPLETE or heard.confidence < SURE:
        return False
    here, there = turn.run.at.partition(".")[0], opens.partition(".")[0]
    asks_for_code = state.kind is Kind.CODE and bool(slots.code)
    return here != there and not asks_for_code and not any({here, there} <= family for family in FAMILIES)


def _names_another(turn: Turn, state: Ask) -> bool:
    """A good of its own: not one that is asked for, nor the one the question is about."""
    heard, slots = turn.heard, turn.heard.slots
    about = str(turn.data.get("commodity") or "")
    priced = slots.usual is not None or slots.low is not None
    if heard.intent is Intent.REPORT:
        ambiguous = any(maybe.slot == "commodity" for maybe in heard.maybe)
        named = bool(slots.commodity) and slots.commodity != about
        return priced and (named or (ambiguous and not slots.commodity))
    if not slots.commodity or heard.confidence < SURE:
        return False
    if heard.intent is Intent.ALERT:
        return True
    return state.codes != "commodity" and state.kind is not Kind.COMMODITY and slots.commodity != about


def left(turn: Turn) -> tuple[Prompt, ...]:
    """What is said of a question that was left: a problem half told is kept."""
    told = turn.run.at.startswith("issue.") and turn.run.memory.get("draft") is not None
    return (say(KEPT),) if told else ()


def beside(turn: Turn, state: Ask) -> Next | None:
    """What follows from "cancel", "that is all" and "they will know it is me" at a question; None: nothing."""
    at, data, meaning = turn.run.at, turn.data, turn.heard.beside
    of_issue = at.startswith(("issue.", "joining."))
    # Where nothing is asked, what also means STOP is one.
    if meaning == "cancel" and not (
        state.silent and turn.heard.intent is Intent.STOP and turn.heard.confidence >= SURE
    ):
        return Next("issue.drop" if of_issue else "home.fine")
    if meaning == "afraid" and of_issue:
        return Next(at, tell=(say(REASSURED),), data=data)
    if meaning == "that_is_all" and at == "issue.sure":
        return Next(at, tell=(say(NOT_SENT_YET),), data=data)
    if meaning == "that_is_all" and at == "issue.words" and data.get("words"):
        return Next("issue.next", data={**data, "worded": True})
    return None
