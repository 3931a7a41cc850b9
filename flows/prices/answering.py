"""What is answered of a price: of the good at hand where it has one, of one like it, or of several at once.

Owns what is said beside the price: that the place has none, that the rest is to be asked again.
"""

from __future__ import annotations

from dataclasses import replace

from flows.engine import HOME, Next, Turn
from flows.events import Event, PriceMissed
from flows.facts import Found
from flows.prices.quoting import quoted
from flows.prompts import N_, T_, Named, Prompt, say

NOT_HERE = N_("{place} has no price now.")
ASK_APART = T_("{commodity}: please ask again.")
MOST_ALIKE = 4  # goods looked at where the one asked for has no price
MOST_AT_ONCE = 3  # goods in one message
LONGEST_NAME = 24  # of a market nobody imported: a longer one is not repeated to the person who wrote it


def find(turn: Turn, commodity: str = "") -> tuple[dict[str, str], Found]:
    """What is wanted, of the commodity at hand or another, and the price of it."""
    wanted = {name: str(turn.data.get(name, "")) for name in ("commodity", "place", "market", "level", "unit")}
    wanted["commodity"] = commodity or wanted["commodity"]
    place = wanted["place"] or turn.facts.person.place
    return wanted, turn.facts.prices.find(wanted["commodity"], place, wanted["market"], wanted["level"], wanted["unit"])


def said(turn: Turn, wanted: dict[str, str], found: Found) -> tuple[Prompt, ...]:
    """The answer, as text or speech."""
    said = quoted(wanted["commodity"], found)
    if found.best is None and found.last is None and (other := _alike(turn, wanted)) is not None:
        return (said, other)
    where = _missing(turn, wanted, found)
    return (said,) if where is None else (say(NOT_HERE, place=where), said)


def _alike(turn: Turn, wanted: dict[str, str]) -> Prompt | None:
    """The price of the good most like it that has one."""
    place = wanted["place"] or turn.facts.person.place
    for id in turn.facts.prices.alike(wanted["commodity"])[:MOST_ALIKE]:
        found = turn.facts.prices.find(id, place, wanted["market"], wanted["level"], "")
        if found.best is not None:
            return quoted(id, replace(found, others=()))
    return None


def _missing(turn: Turn, wanted: dict[str, str], found: Found) -> Named | None:
    """The place or market that was asked for when the answer is of another one."""
    market, place = wanted["market"], wanted["place"]
    if found.best is None:
        return None
    if market and len(market) <= LONGEST_NAME:
        if turn.facts.prices.market_place(market):
            return None if found.best.market == market else Named("market", market)
        if not place:
            return Named("market", market)
    home = turn.facts.person.place[:2]
    if not turn.facts.can.type and not place and home:
        elsewhere = turn.facts.prices.market_place(found.best.market)[:2] != home
        return Named("place", home) if elsewhere else None
    return Named("place", place) if place and not found.here else None


def several(turn: Turn) -> Next:
    """The prices of several goods in one message; what a message does not hold is asked for again."""
    goods, maybe = [str(id) for id in turn.data["goods"]], turn.data["maybe"]
    told: list[Prompt] = []
    missed: list[Event] = []
    elsewhere: list[Named | None] = []
    for place, id in enumerate(goods[:MOST_AT_ONCE]):
        wanted, found = find(turn, id)
        said = quoted(id, replace(found, others=()), barely=True)
        told.append(replace(said, shorter=say(ASK_APART, commodity=Named("commodity", id))) if place > 1 else said)
        if found.best is None:
            missed.append(PriceMissed(id, wanted["place"] or turn.facts.person.place[:2]))
        else:
            elsewhere.append(_missing(turn, wanted, found))
    if elsewhere and (place_without := elsewhere[0]) is not None and all(elsewhere):
        told.insert(0, say(NOT_HERE, place=place_without))
    told += [say(ASK_APART, commodity=Named("commodity", id)) for id in goods[MOST_AT_ONCE : MOST_AT_ONCE + 1]]
    names = {name: turn.data[name] for name in ("level", "unit")}
    memory = {**names, "commodity": goods[0], "goods": goods if len(goods) > 1 else [], "asked": goods[:4]}
    if maybe:
        data = {**turn.data, "maybe": maybe}
        return Next("price.which", tell=tuple(told), events=tuple(missed), data=data, memory=memory)
    return Next(HOME, tell=tuple(told), events=tuple(missed), memory=memory)
