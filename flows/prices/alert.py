"""Being told when a price moves: beginning, ending, and the call that tells it.

Owns what is said of an alert, also to who is told by SMS. Whether a price has moved, and whether it may be told
today, is the prices room's to decide.
"""

from __future__ import annotations

from dataclasses import replace

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import AlertEnded, AlertWanted, PlaceChosen
from flows.facts import Person, Quote
from flows.heard import SURE, Intent, Kind
from flows.keyed import keyed
from flows.line.announcement import AGAIN
from flows.line.home import BYE, WHAT_NEXT, paged, turned
from flows.prices import price, quoting
from flows.prices.goods import asked_first, leafed, offered
from flows.prompts import N_, S_, T_, Arg, Choice, Money, Named, Prompt, Rate, say

BEGINS = "alert.told"  # where a call of ours begins, with the commodity and the place it is about

BEGUN = T_(
    "We tell you when {commodity} in {place} moves 5% or more, once a day at most. To end: STOP ALERT {commodity}"
)
BEGUN_SHORT = T_("We tell you when {commodity} in {place} moves 5% or more, once a day at most. To end: STOP ALERTS")
BEGUN_ANYWHERE = T_("We tell you when {commodity} moves 5% or more, once a day at most. To end: STOP ALERT {commodity}")
BEGUN_AWAITED = T_("We tell you when there is a price of {commodity}. To end: STOP ALERT {commodity}")
BEGUN_AWAITED_SPOKEN = S_("Good. We tell you as soon as there is a price of {commodity}.")
BEGUN_SPOKEN = S_("Good. We tell you when {commodity} moves by five percent or more, once a day at most.")
FULL = T_("You have ten price alerts. End one first: STOP ALERTS")
FULL_SPOKEN = S_("You already have ten price alerts. Please end one first.")
CANNOT = N_("Sorry, we cannot send messages to this number.")
ASK_WHERE = T_("Prices near which place? {choices}. Or send its name.")
ASK_END = N_("Which alert is to end? {choices}")
ALL_OF_THEM = N_("All of them")
ENDED = N_("Done. We tell you no more when {commodity} moves.")
ENDED_ALL = N_("Done. We tell you no more when prices move.")
NONE = T_("You have no price alert. To get no messages at all: STOP")
MINE = T_("You get: {choices}. To end one, send its number.")
MINE_NONE = T_("You asked for nothing yet. Try: ALERT PIG TAKEO, WEEKLY or RADIO")
MINE_WRITTEN = S_("What you are told of we say by message only. Please send us the words: my alerts.")
MINE_WEEKLY = T_("weekly prices")
MINE_RADIO = T_("radio programme")
NONE_SPOKEN = S_("You have no price alert.")
MOVED = S_("A price that you follow has moved.")
END = S_("To be told no more of it")

UP = T_("{commodity} {price} {level} {market} {day}, up from {before}.")
DOWN = T_("{commodity} {price} {level} {market} {day}, down from {before}.")
UP_OR_END = T_("{commodity} {price} {level} {market} {day}, up from {before}. To end: STOP ALERT {commodity}")
DOWN_OR_END = T_("{commodity} {price} {level} {market} {day}, down from {before}. To end: STOP ALERT {commodity}")

# What is not of one good: its words, and where it ends.
OTHERS = {"weekly": (MINE_WEEKLY, "weekly.stop"), "radio": (MINE_RADIO, "radio.stop")}
ALL = Choice("all", say(ALL_OF_THEM))


ARRIVED = T_("{commodity} {price} {level} {market} {day}: the price you waited for.")
ARRIVED_OR_END = T_(
    "{commodity} {price} {level} {market} {day}: the price you waited for. To end: STOP ALERT {commodity}"
)


def arrived(quote: Quote) -> Prompt:
    """What is written to who waits for a price there was none of: the first one."""
    args: dict[str, Arg] = {
        "commodity": Named("commodity", quote.commodity, quote.grade),
        "price": Rate(Money(quote.usual, quote.currency), quote.unit),
        "level": Named("level", quote.level),
        "market": Named("market", quote.market),
        "day": quote.day,
    }
    return Prompt(ARRIVED_OR_END, args, shorter=Prompt(ARRIVED, args))


def moved(quote: Quote, before: Money) -> Prompt:
    """What is written to who follows a price: the new one, and the one they were told last."""
    args: dict[str, Arg] = {
        "commodity": Named("commodity", quote.commodity, quote.grade),
        "price": Rate(Money(quote.usual, quote.currency), quote.unit),
        "level": Named("level", quote.level),
        "market": Named("market", quote.market),
        "day": quote.day,
        "before": before,
    }
    up = quote.usual > before.amount
    return Prompt(UP_OR_END if up else DOWN_OR_END, args, shorter=Prompt(UP if up else DOWN, args))


def can_be_told(person: Person, *, writes: bool) -> bool:
    """Whether there is a number to send anything to; who writes has one."""
    return person.known and (writes or person.textable or person.reach == "voice")


def _start(turn: Turn) -> Next:
    """What it is about and where, as far as it was said."""
    slots = turn.heard.slots
    place = slots.place or (turn.facts.prices.market_place(slots.market) if slots.market else "")
    data = {"place": place, "words": turn.heard.text}
    if slots.commodity and turn.heard.confidence >= SURE:
        return Next("alert.near", data={**data, "commodity": slots.commodity})
    maybe = [one.value for one in turn.heard.maybe if one.slot == "commodity"][:4]
    return Next("alert.which", data={**data, "maybe": maybe or ([slots.commodity] if slots.commodity else [])})


def _ask_which(turn: Turn) -> Prompt:
    maybe = tuple(turn.data.get("maybe", ()))
    choices = offered(turn, maybe, asked_first(turn))
    return Prompt(price.ASK_WHICH if maybe else price.ASK_COMMODITY, choices=choices)


def _take_which(turn: Turn) -> Next | None:
    if (more := leafed(turn)) is not None:
        return more
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    slots = turn.heard.slots
    named = slots.commodity if turn.heard.intent is Intent.PRICE and turn.heard.confidence >= SURE else None
    commodity = turn.chosen or named
    if commodity is None:
        return None
    return Next("alert.near", data={**turn.data, "commodity": commodity, "place": slots.place or turn.data["place"]})


def _near(turn: Turn) -> Next:
    """Where nothing is known of where they are, that is asked."""
    person = turn.facts.person
    if not can_be_told(person, writes=turn.facts.can.type):
        return Next(HOME, tell=(say(CANNOT),))
    return Next("alert.begun" if turn.data.get("place") or person.place else "alert.where", data=turn.data)


def _ask_where(turn: Turn) -> Prompt:
    choices = [Choice(code, Named("place", code)) for code in turn.facts.prices.provinces()]
    if turn.facts.can.type:
        return Prompt(ASK_WHERE, choices=tuple(choices[:4]))
    return Prompt(price.ASK_PROVINCE, choices=paged(choices, turn.data.get("page", 0)))


def _take_where(turn: Turn) -> Next | None:
    """Whoever does not want to say it is told of the market that stands for all."""
    if (more := turned(turn)) is not None:
        return more
    if turn.heard.intent is Intent.NO:
        return Next("alert.begun", data=turn.data)
    place = turn.chosen or (turn.heard.slots.place if turn.heard.confidence >= SURE else None)
    if place is None:
        return None
    return Next("alert.begun", data={**turn.data, "lives": place})


def _begun(turn: Turn) -> Next:
    """An alert without a place of its own is of wherever the person is."""
    commodity, place, lives = (str(turn.data.get(name, "")) for name in ("commodity", "place", "lives"))
    args: dict[str, Arg] = {"commodity": Named("commodity", commodity)}
    near = place or lives or turn.facts.person.place
    awaited = turn.facts.prices.find(commodity, str(near), "", "", "").best is None
    if awaited:
        told = Prompt(BEGUN_AWAITED if turn.facts.can.type else BEGUN_AWAITED_SPOKEN, args)
    elif not turn.facts.can.type:
        told = Prompt(BEGUN_SPOKEN, args)
    elif near:
        args["place"] = Named("place", near)
        told = Prompt(BEGUN, args, shorter=Prompt(BEGUN_SHORT, args))
    else:
        told = Prompt(BEGUN_ANYWHERE, args)
    told = replace(told, by_outcome={"full": say(FULL if turn.facts.can.type else FULL_SPOKEN)})
    wanted = AlertWanted(commodity, place, str(turn.data.get("words", "")), awaited)
    moves = (PlaceChosen(lives),) if lives else ()
    return Next(HOME, tell=(told,), events=(*moves, wanted), memory={"commodity": commodity})


def _stop(turn: Turn) -> Next:
    """End the one that was named, or the only one; of several the person chooses."""
    alerts, commodity = turn.facts.wishes.wanted().alerts, turn.heard.slots.commodity
    if not alerts:
        # Their word is kept all the same.
        none = say(NONE if turn.facts.can.type else NONE_SPOKEN)
        return Next(HOME, tell=(none,), events=(AlertEnded(commodity or "", turn.heard.text),))
    data = {"words": turn.heard.text}
    if commodity in alerts or (len(alerts) == 1 and not commodity):
        return Next("alert.ended", data={**data, "commodity": commodity or alerts[0]})
    return Next("alert.which_end", data=data)


def _ask_end(turn: Turn) -> Prompt:
    alerts = turn.facts.wishes.wanted().alerts
    choices = [Choice(id, Named("commodity", id)) for id in alerts]
    return Prompt(ASK_END, choices=paged([ALL, *choices], turn.data.get("page", 0)))


def _mine(turn: Turn) -> Next:
    """All that somebody is told of; only in writing: on a call anybody can show any number."""
    if not turn.facts.can.type:
        return Next(HOME, tell=(say(MINE_WRITTEN),))
    wanted = turn.facts.wishes.wanted()
    if not (wanted.alerts or wanted.names):
        return Next(HOME, tell=(say(MINE_NONE),))
    return Next("alert.end_one", data={"words": turn.heard.text})


def _ask_mine(turn: Turn) -> Prompt:
    wanted = turn.facts.wishes.wanted()
    named = [Choice(name, say(id)) for name, (id, _) in OTHERS.items() if name in wanted.names]
    choices = [*(Choice(id, Named("commodity", id)) for id in wanted.alerts), *named]
    return Prompt(MINE, choices=paged(choices, turn.data.get("page", 0)))


def _take_mine(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    if turn.chosen in OTHERS:
        return Next(OTHERS[turn.chosen][1])
    if turn.chosen is None or turn.chosen not in turn.facts.wishes.wanted().alerts:
        return None
    return Next("alert.ended", data={**turn.data, "commodity": turn.chosen})


def _take_end(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    commodity = turn.chosen or turn.heard.slots.commodity
    if commodity != ALL.value and commodity not in turn.facts.wishes.wanted().alerts:
        return None
    return Next("alert.ended", data={**turn.data, "commodity": commodity})


def _ended(turn: Turn) -> Next:
    commodity, words = str(turn.data["commodity"]), str(turn.data.get("words", ""))
    if commodity == ALL.value:
        return Next(HOME, tell=(say(ENDED_ALL),), events=(AlertEnded("", words),))
    told = say(ENDED, commodity=Named("commodity", commodity))
    if turn.data.get("ours"):
        return Next(HOME, tell=(told, say(BYE)), events=(AlertEnded(commodity, words),), closes=True)
    return Next(HOME, tell=(told,), events=(AlertEnded(commodity, words),))


def _told(turn: Turn) -> Next:
    """Say the price as it is now: by the time somebody picks up it may be another one."""
    commodity, place = str(turn.data.get("commodity", "")), str(turn.data.get("place", ""))
    found = turn.facts.prices.find(commodity, place, "", "", "")
    told = quoting.quoted(commodity, replace(found, others=()))
    return Next("alert.heard", tell=(say(MOVED), told), data={"commodity": commodity, "place": place})


def _ask_heard(_: Turn) -> Prompt:
    return Prompt(WHAT_NEXT, choices=(Choice("again", say(AGAIN), 1), Choice("end", say(END), 2)))


def _take_heard(turn: Turn) -> Next | None:
    if turn.chosen == "again":
        return Next("alert.told", data=turn.data)
    if turn.chosen == "end":
        return Next("alert.ended", data={**turn.data, "ours": True})
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE else None


FLOW = Flow(
    "alert",
    (
        Do("start", _start, ("alert.near", "alert.which")),
        *keyed(
            "alert",
            Ask(
                "which",
                Kind.CHOOSE,
                _ask_which,
                _take_which,
                ("alert.near", "alert.which", "home.fine"),
                codes="commodity",
            ),
        ),
        Do("near", _near, (HOME, "alert.where", "alert.begun")),
        *keyed(
            "alert",
            Ask("where", Kind.CHOOSE, _ask_where, _take_where, ("alert.begun", "alert.where"), codes="province"),
        ),
        Do("begun", _begun, (HOME,)),
        Do("stop", _stop, (HOME, "alert.ended", "alert.which_end")),
        Ask("which_end", Kind.CHOOSE, _ask_end, _take_end, ("alert.ended", "alert.which_end", "home.fine")),
        Do("mine", _mine, (HOME, "alert.end_one")),
        Ask(
            "end_one",
            Kind.CHOOSE,
            _ask_mine,
            _take_mine,
            ("alert.ended", "alert.end_one", "weekly.stop", "radio.stop", "home.fine"),
        ),
        Do("ended", _ended, (HOME,)),
        Do("told", _told, ("alert.heard",)),
        Ask("heard", Kind.CHOOSE, _ask_heard, _take_heard, ("alert.told", "alert.ended", "home.bye"), resumes=HOME),
    ),
    {Intent.ALERT: "start", Intent.ALERT_STOP: "stop", Intent.ALERT_LIST: "mine"},
)
