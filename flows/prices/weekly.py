"""The prices of the week: beginning, ending, and the call that tells them.

Owns what is said of them, also to who gets them by SMS. Which prices they are is the prices room's choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import Subscribed, Unsubscribed
from flows.facts import Quote
from flows.heard import Intent, Kind
from flows.line.announcement import AGAIN
from flows.line.home import BYE, WHAT_NEXT
from flows.prices import quoting
from flows.prices.alert import CANNOT, can_be_told
from flows.prompts import N_, S_, T_, Arg, Choice, Money, Named, Prompt, Rate, say

NAME = "weekly"  # of the subscription
BEGINS = "weekly.told"  # where a call of ours begins, with the goods and the place it is about
MOST = 4  # prices in one message

BEGUN = T_("Done. Every Saturday morning we send you the prices of the week. To end: STOP WEEKLY")
BEGUN_SPOKEN = S_("Good. Every Saturday morning we tell you the prices of the week.")
ENDED = N_("Done. We send you no more prices of the week.")
PRICES = S_("These are the prices of the week.")
END = S_("To get them no more")

HEAD = T_("Prices of the week, {level} {market} {day}:")
ITEM = T_("{commodity} {price}.")
ITEM_TREND = T_("{commodity} {price} {trend}.")
LAST = T_("To end: STOP WEEKLY")


@dataclass(frozen=True, slots=True)
class Priced:
    """A price of this week. trend: up, down, same or empty, against the week before."""

    quote: Quote
    trend: str


def told(prices: Sequence[Priced], *, how_to_end: bool) -> tuple[Prompt, ...]:
    """What is written: the first price's market and day once, another one's beside its price."""
    first = prices[0].quote
    head = say(HEAD, level=Named("level", first.level), market=Named("market", first.market), day=first.day)
    items = [_item(one, _at(one.quote) == _at(first)) for one in prices]
    return (head, *items, *((say(LAST),) if how_to_end else ()))


def _at(quote: Quote) -> tuple[object, ...]:
    return quote.market, quote.level, quote.day


def _item(priced: Priced, same: bool) -> Prompt:
    quote = priced.quote
    args: dict[str, Arg] = {
        "commodity": Named("commodity", quote.commodity, quote.grade),
        "price": Rate(Money(quote.usual, quote.currency), quote.unit),
    }
    if priced.trend:
        args["trend"] = Named("trend", priced.trend)
    if same:
        return Prompt(ITEM_TREND if priced.trend else ITEM, args)
    args |= {"level": Named("level", quote.level), "market": Named("market", quote.market), "day": quote.day}
    return Prompt(quoting.SENTENCES[False, False, bool(priced.trend), False], args)


def _start(turn: Turn) -> Next:
    if not can_be_told(turn.facts.person, writes=turn.facts.can.type):
        return Next(HOME, tell=(say(CANNOT),))
    begun = say(BEGUN if turn.facts.can.type else BEGUN_SPOKEN)
    return Next(HOME, tell=(begun,), events=(Subscribed(NAME, turn.heard.text),))


def _stop(turn: Turn) -> Next:
    """Who has them not says that they want none: that is kept, too."""
    ended, closes = Unsubscribed(NAME, turn.heard.text), bool(turn.data.get("ours"))
    return Next(HOME, tell=(say(ENDED), *((say(BYE),) if closes else ())), events=(ended,), closes=closes)


def _told(turn: Turn) -> Next:
    """Say each price as it is now."""
    goods, place = [str(id) for id in turn.data.get("goods", ())][:MOST], str(turn.data.get("place", ""))
    found = {id: turn.facts.prices.find(id, place, "", "", "") for id in goods}
    said = [quoting.quoted(id, replace(one, others=())) for id, one in found.items()]
    return Next("weekly.heard", tell=(say(PRICES), *said), data={"goods": goods, "place": place})


def _ask_heard(_: Turn) -> Prompt:
    return Prompt(WHAT_NEXT, choices=(Choice("again", say(AGAIN), 1), Choice("end", say(END), 2)))


def _take_heard(turn: Turn) -> Next | None:
    if turn.chosen == "again":
        return Next("weekly.told", data=turn.data)
    if turn.chosen == "end":
        return Next("weekly.stop", data={"ours": True})
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE else None


FLOW = Flow(
    "weekly",
    (
        Do("start", _start, (HOME,)),
        Do("stop", _stop, (HOME,)),
        Do("told", _told, ("weekly.heard",)),
        Ask("heard", Kind.CHOOSE, _ask_heard, _take_heard, ("weekly.told", "weekly.stop", "home.bye"), resumes=HOME),
    ),
    {Intent.WEEKLY: "start", Intent.WEEKLY_STOP: "stop"},
)
