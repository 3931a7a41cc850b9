"""The radio programme: when it is next on air, being told before each episode, and leaving that.

Owns what is said of it, also to who is told unasked. Who hears which station is the radio room's; whoever asks by
the word for it wants it: it is both question and subscription.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import PlaceChosen, Subscribed, Unsubscribed
from flows.facts import Airing
from flows.heard import SURE, Intent, Kind
from flows.line.home import MISSED_PLACE, WHAT_NEXT
from flows.prompts import S_, T_, Arg, Choice, Named, Prompt, Titled, When, say

NAME = "radio"  # of the subscription
BEGINS = "radio.reminder"  # where a call of ours begins, with the id of an airing

JOINED = T_("Done, we tell you before it is on air. Next: {title}, {station} {when}. To end: STOP RADIO")
JOINED_SHORT = T_("Done. Next on the radio: {station} {when}. To end: STOP RADIO")
JOINED_WAITS = T_("Done, we tell you before each radio programme. To end: STOP RADIO")
JOINED_ASKS = T_("Done, we tell you before each radio programme (to end: STOP RADIO).")
ALREADY = T_("You are told of it. Next: {title}, {station} {when}. To end: STOP RADIO")
ALREADY_SHORT = T_("Next on the radio: {station} {when}. To end: STOP RADIO")
ALREADY_WAITS = T_("You are told before each radio programme. No time is set yet. To end: STOP RADIO")
ASK_WHERE = T_("In which province are you? Send its name, or NO.")
HERE = T_("Thank you. Next in {place}: {title}, {station} {when}.")
HERE_SHORT = T_("Thank you. Next in {place}: {station} {when}.")
HERE_WAITS = T_("Thank you. No time is set in {place} yet; we tell you.")
LEFT = T_("Done. We tell you no more of the radio. To return: RADIO")
NEXT = T_("Success Starts with You!: {title}, {station} {when}.")
NOTHING = T_("No time is set for the next programme yet. Please ask again later.")

REMINDER = T_("{station} {hour}: {title}, Success Starts with You! To end: STOP RADIO")
REMINDER_SHORT = T_("{station} {hour}: {title}. To end: STOP RADIO")
MOVED = T_("New time: {title}, {station} {when}.")
AS_GIVEN = T_("{words}")

ON_AIR = S_("The radio programme Success Starts with You is on air {day} at {hour}.")
STATION = S_("Station: {station}.")
TITLE = S_("Title: {title}.")
NO_TIME = S_("No time is set for the next radio programme yet.")
AGAIN = S_("To hear it again")
JOIN = S_("To be told before each programme")
LEAVE = S_("To be told no more")
JOINED_SAID = S_("Good. We tell you before each programme.")
LEFT_SAID = S_("Good. We tell you no more of the radio.")


def _args(airing: Airing) -> Mapping[str, Arg]:
    return {"title": airing.title, "station": airing.station, "when": When(airing.at)}


def _with(airing: Airing | None, long: str, short: str, without: str, **more: Arg) -> Prompt:
    """The sentence with the next airing, shorter where that is long, or the one without any."""
    if airing is None:
        return Prompt(without, more)
    args = {**_args(airing), **more}
    brief = Prompt(short, {**args, "when": When(airing.at, brief=True)})
    return Prompt(long, args, shorter=Prompt(short, args, shorter=brief))


def reminder(airing: Airing, given: Titled) -> Prompt:
    """What a listener is sent before an airing: the words given for the episode, else its title, station and hour."""
    if given.km:
        return Prompt(AS_GIVEN, {"words": given})
    args: dict[str, Arg] = {"title": airing.title, "station": airing.station, "hour": airing.at.time()}
    return Prompt(REMINDER, args, shorter=Prompt(REMINDER_SHORT, args))


def summary(given: Titled) -> Prompt:
    """What a listener is sent when an episode is over."""
    return Prompt(AS_GIVEN, {"words": given})


def moved(airing: Airing) -> Prompt:
    """What a listener is sent who was told another time."""
    args = _args(airing)
    return Prompt(MOVED, args, shorter=Prompt(MOVED, {**args, "when": When(airing.at, brief=True)}))


def _open(turn: Turn) -> Next:
    """The word for it is the wish to be told of it."""
    facts = turn.facts
    if not facts.can.type:
        return Next("radio.reminder")
    place = _place(turn) or facts.person.place
    airing = facts.programme.next_airing(place)
    if not facts.person.known or turn.heard.confidence < SURE:  # nothing can be sent to them, or it is no wish
        return Next(HOME, tell=(_with(airing, NEXT, NEXT, NOTHING),))
    lives = () if facts.person.place or not place else (PlaceChosen(place),)
    if NAME in facts.wishes.wanted().names:
        return Next(HOME, tell=(_with(airing, ALREADY, ALREADY_SHORT, ALREADY_WAITS),), events=lives)
    joined = Subscribed(NAME, turn.heard.text)
    if not place:
        return Next("radio.where", tell=(say(JOINED_ASKS),), events=(joined,))
    return Next(HOME, tell=(_with(airing, JOINED, JOINED_SHORT, JOINED_WAITS),), events=(*lives, joined))


def _place(turn: Turn) -> str:
    """The place that was surely named."""
    return (turn.heard.slots.place or "") if turn.heard.confidence >= SURE else ""


def _ask_where(_: Turn) -> Prompt:
    return say(ASK_WHERE)


def _take_where(turn: Turn) -> Next | None:
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    if turn.heard.intent is Intent.PLACE:
        place = _place(turn)
        if not place:
            return Next("radio.where", tell=(say(MISSED_PLACE),))
        told = _with(turn.facts.programme.next_airing(place), HERE, HERE_SHORT, HERE_WAITS, place=Named("place", place))
        return Next(HOME, tell=(told,), events=(PlaceChosen(place),))
    return None


def _stop(turn: Turn) -> Next:
    left = Unsubscribed(NAME, turn.heard.text)
    if turn.facts.can.type:
        return Next(HOME, tell=(say(LEFT),), events=(left,))
    return Next(HOME, tell=(say(LEFT_SAID),), events=(left,))


def _tell(turn: Turn) -> Next:
    """Say when it is on air: the airing a call of ours is about, else the next one where they are."""
    facts, id = turn.facts, turn.data.get("airing")
    airing = facts.programme.airing(int(id)) if id else facts.programme.next_airing(facts.person.place)
    told = [say(NO_TIME)] if airing is None else [say(ON_AIR, day=airing.at.date(), hour=airing.at.time())]
    if airing is not None and facts.can.name:
        told += [say(STATION, station=airing.station), say(TITLE, title=airing.title)]
    return Next("radio.menu" if _offered(turn) else HOME, tell=tuple(told), data=turn.data)


def _offered(turn: Turn) -> tuple[Choice, ...]:
    """Who is told hears it again or leaves; who can be sent messages may begin."""
    if NAME in turn.facts.wishes.wanted().names:
        return (Choice("again", say(AGAIN), 1), Choice("leave", say(LEAVE), 2))
    return (Choice("join", say(JOIN), 1),) if turn.facts.person.textable else ()


def _menu(turn: Turn) -> Prompt:
    return Prompt(WHAT_NEXT, choices=_offered(turn))


def _take_menu(turn: Turn) -> Next | None:
    if turn.chosen == "again":
        return Next("radio.reminder", data=turn.data)
    ways = {"join": "radio.join", "leave": "radio.stop"}
    return Next(ways[turn.chosen]) if turn.chosen else None


def _join(turn: Turn) -> Next:
    return Next(HOME, tell=(say(JOINED_SAID),), events=(Subscribed(NAME, turn.heard.text),))


FLOW = Flow(
    "radio",
    (
        Do("open", _open, (HOME, "radio.where", "radio.reminder")),
        Ask("where", Kind.PLACE, _ask_where, _take_where, (HOME, "radio.where", "home.fine")),
        Do("reminder", _tell, (HOME, "radio.menu")),
        Ask("menu", Kind.CHOOSE, _menu, _take_menu, ("radio.reminder", "radio.join", "radio.stop"), resumes=HOME),
        Do("join", _join, (HOME,)),
        Do("stop", _stop, (HOME,)),
    ),
    {Intent.RADIO: "open", Intent.RADIO_STOP: "stop"},
)
