"""The price conversation: which commodity, where, and the answer.

Owns what is asked back and what is left out when room is short; which price may be quoted is the prices
room's rule, told by the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import AnswerTexted, Event, PriceMissed
from flows.facts import Found
from flows.heard import SURE, Heard, Intent, Kind
from flows.keyed import keyed
from flows.line.home import NO, WHAT_NEXT, YES, paged, turned
from flows.prices.answering import find, said, several
from flows.prices.goods import asked_first, leafed, offered
from flows.prompts import N_, S_, T_, Choice, Money, Named, Prompt, Rate, say

ASK_COMMODITY = N_("The price of what? {choices}. Send the number.")
ASK_WHICH = N_("Which one? {choices}. Send the number.")
ASK_PLACE = N_("Which place? {choices}. Send the number.")
PLACE_IN = N_("{place}, {province}")
ASK_SURE = N_("The price of {commodity}? {choices}")
NOT_FOUND = N_("Sorry, not found. {choices}. Send the number.")

TELL_ME = T_("To hear when there is one, send: ALERT {commodity}")

ELSEWHERE = N_("{market}: {price}, {day}.")
OTHER_MARKETS = S_("Other markets")
AS_SMS = S_("This price as a message")
OTHER_COMMODITY = S_("The price of something else")
WHEN_IT_MOVES = S_("To be told when it moves")
NO_MORE_MOVES = S_("To be told no more when it moves")
OTHER_PLACE = S_("The price in another province")
ASK_PROVINCE = S_("Which province? Hash, then its two digits; or choose.")
TEXTED = S_("It is sent as a message.")


MOST_OFFERED = 4
MOST_TEXTS = 10  # messages a caller may ask for in a day


def _start(turn: Turn) -> Next:
    """Sort out what is known of the question and what has to be asked."""
    heard, memory = turn.heard, turn.run.memory
    slots = heard.slots
    data = {
        "place": slots.place or "",
        "market": slots.market or "",
        "level": slots.level or "",
        "unit": slots.unit or "",
    }
    commodity, goods = slots.commodity or "", list(slots.goods)
    if heard.intent is Intent.PLACE:
        commodity, goods = str(memory.get("commodity", "")), list(memory.get("goods", ()))
        data |= {"level": memory.get("level", ""), "unit": memory.get("unit", "")}
    if goods and heard.confidence >= SURE:
        maybe = _maybe(heard, "commodity")
        if turn.facts.can.type:
            return Next("price.several", data={**data, "goods": goods, "maybe": maybe})
        return Next("price.which", data={**data, "maybe": [*goods, *maybe][:4]})
    if heard.intent is Intent.PRICE_ASK or heard.confidence < SURE or not commodity:
        maybe = _maybe(heard, "commodity")
        if maybe or not commodity:
            strange = heard.intent is Intent.PRICE_ASK and not maybe
            return Next("price.which", data={**data, "maybe": maybe, "strange": strange})
    data["commodity"] = commodity
    places = _maybe(heard, "place")
    if len(places) > 1 and not (data["place"] and heard.confidence >= SURE):
        return Next("price.where", data={**data, "maybe": places})
    if heard.intent is Intent.PRICE and heard.confidence < SURE and not places:
        return Next("price.sure", data=data)
    return Next("price.answer", data=data)


def _maybe(heard: Heard, slot: str) -> list[str]:
    return [maybe.value for maybe in heard.maybe if maybe.slot == slot][:4]


def _ask_which(turn: Turn) -> Prompt:
    maybe = tuple(turn.data.get("maybe", ()))
    choices = offered(turn, maybe, asked_first(turn))
    if turn.data.get("strange") and not turn.run.misses:
        return Prompt(NOT_FOUND, choices=choices)
    return Prompt(ASK_WHICH if maybe else ASK_COMMODITY, choices=choices)


def _take_which(turn: Turn) -> Next | None:
    slots = turn.heard.slots
    named = {name: value for name in ("place", "market", "level", "unit") if (value := getattr(slots, name))}
    if (more := leafed(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("price.answer", data={**turn.data, **named, "commodity": value})
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    if turn.heard.confidence < SURE:
        return None
    if turn.heard.intent is Intent.PRICE and slots.commodity:
        return Next("price.answer", data={**turn.data, **named, "commodity": slots.commodity})
    if turn.heard.intent is Intent.PLACE:  # the place first, the commodity is still to come
        return Next("price.which", data={**turn.data, **named})
    return None


def _ask_sure(turn: Turn) -> Prompt:
    choices = (Choice("yes", say(YES)), Choice("no", say(NO)))
    return Prompt(ASK_SURE, {"commodity": Named("commodity", turn.data["commodity"])}, choices)


def _take_sure(turn: Turn) -> Next | None:
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        return Next("price.answer", data=turn.data)
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next("price.which", data={**turn.data, "commodity": ""})
    return None


def _ask_where(turn: Turn) -> Prompt:
    codes = tuple(turn.data.get("maybe", ()))
    return Prompt(ASK_PLACE, choices=tuple(Choice(code, told_apart(code, codes)) for code in codes))


def told_apart(code: str, codes: tuple[str, ...]) -> Prompt | Named:
    """Many places share a name: one within a province is said with it, or with its district where both are in one."""
    if len(code) <= 2:
        return Named("place", code)
    alike = sum(other[:2] == code[:2] for other in codes) > 1
    around = code[:4] if alike and len(code) > 4 else code[:2]
    return say(PLACE_IN, place=Named("place", code), province=Named("place", around))


def _take_where(turn: Turn) -> Next | None:
    if (value := turn.chosen) is not None:
        return Next("price.answer", data={**turn.data, "place": value})
    if turn.heard.intent is Intent.PLACE and turn.heard.slots.place and turn.heard.confidence >= SURE:
        return Next("price.answer", data={**turn.data, "place": turn.heard.slots.place})
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _answer(turn: Turn) -> Next:
    """Quote, and remember what was talked about so that the next message may change only the place."""
    wanted, found = find(turn)
    asked = [
        wanted["commodity"],
        *(id for id in turn.run.memory.get("asked", ()) if id != wanted["commodity"]),
    ]
    memory: dict[str, Any] = {"commodity": wanted["commodity"], "level": wanted["level"], "unit": wanted["unit"]}
    memory |= {"asked": asked[:4]}
    events: tuple[Event, ...] = ()
    if found.best is None:
        missed = [wanted["commodity"], wanted["place"] or turn.facts.person.place[:2]]
        if turn.run.memory.get("missed") != missed:  # asked again and again it is wanted once
            events, memory = (PriceMissed(missed[0], missed[1]),), {**memory, "missed": missed}
    memory["goods"] = []
    if turn.facts.can.type:
        told = said(turn, wanted, found)
        if found.best is None and found.last is None and _may_follow(turn, wanted["commodity"]):
            told = (*told, say(TELL_ME, commodity=Named("commodity", wanted["commodity"])))
        return Next(HOME, tell=told, events=events, memory=memory)
    briefly = replace(found, others=())  # heard when they are asked for
    return Next("price.after", tell=said(turn, wanted, briefly), events=events, data=wanted, memory=memory)


def _may_follow(turn: Turn, commodity: str) -> bool:
    return turn.facts.person.known and commodity not in turn.facts.wishes.wanted().alerts


def _ask_after(turn: Turn) -> Prompt:
    """After a price on the phone; what there is none of is not offered."""
    _, found = find(turn)
    choices = [
        *([Choice("others", say(OTHER_MARKETS), 1)] if found.others and not turn.data.get("told") else []),
        *([Choice("text", say(AS_SMS), 2)] if _may_text(turn, found) else []),
        Choice("commodity", say(OTHER_COMMODITY), 3),
        Choice("place", say(OTHER_PLACE), 4),
    ]
    return Prompt(WHAT_NEXT, choices=tuple([*choices, *_follow(turn)][:MOST_OFFERED]))


def _follow(turn: Turn) -> list[Choice]:
    """To be told when this price moves, or no more; offered where there is room for it."""
    if turn.data["commodity"] in turn.facts.wishes.wanted().alerts:
        return [Choice("unfollow", say(NO_MORE_MOVES), 5)]
    person = turn.facts.person
    reached = person.known and (person.textable or person.reach == "voice")
    return [Choice("follow", say(WHEN_IT_MOVES), 5)] if reached else []


def _take_after(turn: Turn) -> Next | None:
    if (value := turn.chosen) is not None:
        return Next(AFTER[value], data={} if value == "commodity" else turn.data)
    return None


AFTER = {
    "others": "price.others",
    "text": "price.text",
    "commodity": "price.which",
    "place": "price.province",
    "follow": "alert.near",
    "unfollow": "alert.ended",
}


def _others(turn: Turn) -> Next:
    _, found = find(turn)
    told = [
        say(
            ELSEWHERE,
            market=Named("market", other.market),
            price=Rate(Money(other.usual, other.currency), other.unit),
            day=other.day,
        )
        for other in found.others
    ]
    return Next("price.after", tell=tuple(told), data={**turn.data, "told": True})


def _may_text(turn: Turn, found: Found) -> bool:
    return bool(turn.facts.person.textable and found.best and texts_left(turn.run.memory, turn.facts.today))


def texts_left(memory: Mapping[str, Any], today: date) -> int:
    """How many messages a caller may still have today: a call costs them nothing and must not cost us without end."""
    day, count = memory.get("texts") or ("", 0)
    return max(0, MOST_TEXTS - count) if day == today.isoformat() else MOST_TEXTS


def one_more_text(memory: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What to remember when one more was sent."""
    return {"texts": [today.isoformat(), MOST_TEXTS - texts_left(memory, today) + 1]}


def _text(turn: Turn) -> Next:
    """The same answer as a text would have got, other markets and all; not twice in a row."""
    wanted, found = find(turn)
    same = [turn.facts.today.isoformat(), *wanted.values()]
    sent = turn.run.memory.get("texted") == same or not _may_text(turn, found)
    events = () if sent else (AnswerTexted(said(turn, wanted, found)),)
    memory = {} if sent else {"texted": same, **one_more_text(turn.run.memory, turn.facts.today)}
    return Next("price.after", tell=(say(TEXTED),), events=events, data=turn.data, memory=memory)


def _ask_province(turn: Turn) -> Prompt:
    choices = [Choice(code, Named("place", code)) for code in turn.facts.prices.provinces()]
    return Prompt(ASK_PROVINCE, choices=paged(choices, turn.data.get("page", 0)))


def _take_province(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    place = turn.chosen or (turn.heard.slots.place if turn.heard.confidence >= SURE else None)
    return Next("price.answer", data={**turn.data, "place": place, "market": ""}) if place else None


FLOW = Flow(
    "price",
    (
        Do("start", _start, ("price.which", "price.where", "price.sure", "price.answer", "price.several")),
        Do("several", several, (HOME, "price.which")),
        *keyed(
            "price",
            Ask(
                "which",
                Kind.CHOOSE,
                _ask_which,
                _take_which,
                ("price.answer", "price.which", "home.fine"),
                codes="commodity",
            ),
        ),
        Ask("sure", Kind.CHOOSE, _ask_sure, _take_sure, ("price.answer", "price.which")),
        Ask("where", Kind.CHOOSE, _ask_where, _take_where, ("price.answer", "home.fine")),
        Do("answer", _answer, (HOME, "price.after")),
        Ask("after", Kind.CHOOSE, _ask_after, _take_after, tuple(AFTER.values()), resumes="price.answer"),
        Do("others", _others, ("price.after",)),
        Do("text", _text, ("price.after",)),
        *keyed(
            "price",
            Ask(
                "province",
                Kind.CHOOSE,
                _ask_province,
                _take_province,
                ("price.answer", "price.province"),
                codes="province",
            ),
        ),
    ),
    {Intent.PRICE: "start", Intent.PRICE_ASK: "start"},
)
