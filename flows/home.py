"""Home: greeting, help, what is not understood, and what this line does not do yet.

Owns the menu everything returns to. A message nobody understands gets a short useful answer; the third in a
row goes to a person.
"""

from __future__ import annotations

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import HelpNeeded, PlaceChosen
from flows.heard import SURE, Intent, Kind
from flows.prompts import N_, Choice, Named, Prompt, say

HELLO = N_("Phsar greets you. Prices: send the product and place, e.g. PIG KAMPONG CHAM. Help: HELP")
HELP = N_("Price: send PIG KAMPONG CHAM. Language: LANGUAGE. No more messages: STOP. Back: 0")
RESTARTED = N_("Sorry, we begin again.")
MENU = N_("Phsar. Send a product and a place to hear the price, e.g. PIG KAMPONG CHAM.")
THANKS = N_("Thank you too. Ask for prices at any time.")
MISSED = N_("Sorry, not understood. Try: PIG PRICE, or HELP")
MISSED_AGAIN = N_("Sorry, still not understood. Send a product and place, e.g. RICE BATTAMBANG")
MISSED_CHOICE = N_("Sorry, please answer with one of the numbers.")
MISSED_AMOUNT = N_("Sorry, please send only the price.")
TO_STAFF = N_("Sorry, we did not understand. A person will read your message and answer.")
NOT_YET = N_("Thank you. Phsar cannot do that by itself yet. A person will read your message.")
IS_PLACE = N_("Are you in {place}? Then prices near there come first. {choices}")
PLACE_KEPT = N_("Thank you. Prices near {place} come first from now on.")
FINE = N_("All right. To ask for a price, send the product and place.")
YES = N_("Yes")
NO = N_("No")


def _nothing(_: Turn) -> Prompt:
    return Prompt("")


def _menu_take(turn: Turn) -> Next | None:
    """Only keywords lead on from the menu. A bare yes or no after an answer is good manners, not a mistake."""
    if turn.heard.intent in (Intent.YES, Intent.NO):
        return Next("home.fine")
    return None


def _tell(*prompts: str) -> tuple[Prompt, ...]:
    return tuple(say(id) for id in prompts)


def _hello(_: Turn) -> Next:
    return Next(HOME, tell=_tell(HELLO))


def _help(_: Turn) -> Next:
    return Next(HOME, tell=_tell(HELP))


def _fine(_: Turn) -> Next:
    return Next(HOME, tell=_tell(FINE))


def _begin(_: Turn) -> Next:
    return Next(HOME, tell=_tell(MENU))


def _thanks(_: Turn) -> Next:
    return Next(HOME, tell=_tell(THANKS))


def _not_yet(turn: Turn) -> Next:
    """A wish that is served later: nobody's words are lost, staff read them."""
    return Next(HOME, tell=_tell(NOT_YET), events=(HelpNeeded("not_yet", turn.heard.text),))


def _place(turn: Turn) -> Next:
    """A bare place: the price talked about before, but there; else perhaps where they live."""
    if turn.run.memory.get("commodity"):
        return Next("price.start")
    place = turn.heard.slots.place
    if not place or turn.heard.confidence < SURE:
        return Next("price.start")
    return Next("home.is_place", data={"place": place})


def _ask_place(turn: Turn) -> Prompt:
    choices = (Choice("yes", say(YES)), Choice("no", say(NO)))
    return Prompt(IS_PLACE, {"place": Named("place", turn.data["place"])}, choices)


def _take_place(turn: Turn) -> Next | None:
    place = turn.data["place"]
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        told = say(PLACE_KEPT, place=Named("place", place))
        return Next(HOME, tell=(told,), events=(PlaceChosen(place),))
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next(HOME, tell=_tell(FINE))
    return None


def missed(turn: Turn, state: Ask) -> Next:
    """What is said when nothing fits; `turn.run.misses` does not count this one yet."""
    misses = turn.run.misses + 1
    if misses >= 3:
        return Next("home.to_staff")
    if not state.silent:
        told = _tell(MISSED_CHOICE if state.kind is Kind.CHOOSE else MISSED_AMOUNT)
        return Next(turn.run.at, tell=told, data=turn.data)
    return Next(HOME, tell=_tell(MISSED if misses == 1 else MISSED_AGAIN))


def _to_staff(turn: Turn) -> Next:
    return Next(HOME, tell=_tell(TO_STAFF), events=(HelpNeeded("missed", turn.heard.text),))


NOT_YET_INTENTS = (
    Intent.ALERT,
    Intent.ALERT_STOP,
    Intent.MEETING_NEW,
    Intent.MEETING_NEW_ASK_TIME,
    Intent.MEETING_PAST,
    Intent.MEETING_WHEN,
    Intent.MEETING_CANCEL,
    Intent.MEETING_MOVE,
    Intent.MEETING_COUNT,
    Intent.GROUP_JOIN,
    Intent.GROUP_LEAVE,
    Intent.ISSUE_NEW,
    Intent.ISSUE_STATUS,
    Intent.RADIO,
    Intent.RADIO_STOP,
)

FLOW = Flow(
    "home",
    (
        Ask("menu", Kind.WORDS, _nothing, _menu_take, ("home.fine",), silent=True),
        Do("hello", _hello, (HOME,)),
        Do("help", _help, (HOME,)),
        Do("begin", _begin, (HOME,)),
        Do("thanks", _thanks, (HOME,)),
        Do("fine", _fine, (HOME,)),
        Do("not_yet", _not_yet, (HOME,)),
        Do("place", _place, ("price.start", "home.is_place")),
        Ask("is_place", Kind.CHOOSE, _ask_place, _take_place, (HOME,)),
        Do("to_staff", _to_staff, (HOME,)),
    ),
    {
        Intent.HELLO: "hello",
        Intent.HELP: "help",
        Intent.HOME: "begin",
        Intent.THANKS: "thanks",
        Intent.PLACE: "place",
        **dict.fromkeys(NOT_YET_INTENTS, "not_yet"),
    },
)
