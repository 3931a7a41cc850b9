"""From a reading's label to a Heard: which slots go with which intent, and what they leave in doubt.

Owns one function a label that names something. What the words are is found elsewhere; here they only come together:
a price of two goods, or of none, becomes a question back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.language.intents import options, problems
from bot.language.intents.found import Found, asks
from bot.language.intents.learned.examples import AMOUNT, COUNT
from bot.language.slots import codes, groups, meetings
from bot.language.slots.goods import Named
from flows.heard import SURE, Asked, Heard, Intent, Kind, Maybe, Slots

_UNSURE = 0.6
_FEW = 4  # words


def filled(label: str, sure: float, found: Found, asked: Asked) -> Heard | None:
    """A message read as this label; None where what it names speaks against it. `sure`: how likely the label is."""
    fill = _FILLS.get(label)
    return fill(found, sure, asked) if fill is not None else found.heard(Intent(label), sure)


def _price(found: Found, sure: float, _: Asked) -> Heard | None:
    reading, named = found.reading, found.named
    slots = Slots(
        commodity=named.commodity,
        place=named.place,
        market=named.market,
        unit=named.unit,
        level=named.level,
        currency=named.currency,
        day=found.day.day,
    )
    if named.several and (heard := _prices(found, sure, slots)) is not None:
        return heard
    if named.commodity is None:
        return _price_of_what(found, sure, slots)
    if children := reading.lexicon.children(named.commodity):
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children)
        return found.heard(Intent.PRICE_ASK, min(sure, 0.9), slots, maybe)
    if named.several:
        return found.heard(Intent.PRICE_ASK, min(sure, 0.7), slots, tuple(named.maybe))
    if named.commodity_sure < SURE:
        return found.heard(Intent.PRICE_ASK, min(sure, named.commodity_sure), slots, _candidates(named))
    if named.place_sure < SURE:
        return found.heard(Intent.PRICE, min(sure, named.place_sure), slots, tuple(named.maybe))
    if named.place is None and _one_strange(found):
        sure = min(sure, 0.7)  # perhaps a place nobody could read: better asked than answered for another
    return found.heard(Intent.PRICE, min(sure, 0.97), slots, tuple(named.maybe))


def _prices(found: Found, sure: float, slots: Slots) -> Heard | None:
    """Several goods asked about at once; of one word for many goods among them it is asked which."""
    named, children = found.named, found.reading.lexicon.children
    goods = tuple(id for id in named.goods if found.reading.lexicon.commodity(id) and not children(id))
    general = [id for id in named.goods if id not in goods]
    if not goods or len(general) > 1 or named.place_sure < SURE:
        return None
    maybe = tuple(Maybe("commodity", child, 0.5) for id in general for child in children(id))
    return found.heard(Intent.PRICE, sure, replace(slots, commodity=goods[0], goods=goods), maybe)


def _price_of_what(found: Found, sure: float, slots: Slots) -> Heard | None:
    named, kw = found.named, found.reading.kw
    if any(maybe.slot == "commodity" for maybe in named.maybe):
        return found.heard(Intent.PRICE_ASK, min(sure, _UNSURE), slots, tuple(named.maybe))
    if named.general:
        children = found.reading.lexicon.children(named.general)
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children)
        return found.heard(Intent.PRICE_ASK, min(sure, 0.8), slots, maybe)
    if found.reading.only("up", "down", "or_not", "price", "how_much", "now", kinds=("time",)) and kw & {"up", "down"}:
        return found.heard(Intent.PRICE, min(sure, 0.8), slots)  # the good that was talked about
    priced = found.reading.only("price", "how_much", "question", kinds=("time",))
    if priced or (named.place and not found.reading.unknown()):
        return found.heard(Intent.PRICE, min(sure, 0.8), slots, tuple(named.maybe))
    return found.heard(Intent.PRICE_ASK, sure, slots, tuple(named.maybe))


def _candidates(named: Named) -> tuple[Maybe, ...]:
    if named.maybe or named.commodity is None:
        return tuple(named.maybe)
    return (Maybe("commodity", named.commodity, named.commodity_sure),)


def _one_strange(found: Found) -> bool:
    """Nothing but the good, the price and one unknown word."""
    reading = found.reading
    unknown = [k for k in reading.unknown() if len(reading.key(k)) >= 3]
    if len(unknown) != 1 or len(reading.items) > 4:
        return False
    return all(
        k in unknown
        or k in found.named.used
        or reading.is_filler(k)
        or reading.is_sign(k)
        or reading.kw.issuperset(reading.keywords(k))
        for k in range(len(reading.items))
    )


def _report(found: Found, sure: float, _: Asked) -> Heard | None:
    reading, named = found.reading, found.named
    price = found.any_price if "report" in reading.kw else found.price
    if not price and not price.doubt:
        price = found.any_price
    slots = found.price_slots(price)
    if not price:
        return found.heard(Intent.REPORT, min(sure, 0.6), slots, tuple(named.maybe))
    if named.commodity is None:
        children = reading.lexicon.children(named.general) if named.general else ()
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children) or tuple(named.maybe)
        return found.heard(Intent.REPORT, min(sure, _UNSURE), slots, maybe)
    sure = min(sure, named.commodity_sure, named.place_sure)
    if asks(reading) or "question" in reading.kw:
        sure = min(sure, 0.7)
    if children := reading.lexicon.children(named.commodity):
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children)
        return found.heard(Intent.REPORT, min(sure, _UNSURE), replace(slots, commodity=None), maybe)
    if named.commodity_sure < SURE:
        return found.heard(Intent.REPORT, sure, replace(slots, commodity=None), _candidates(named))
    return found.heard(Intent.REPORT, min(sure, 0.95), slots, tuple(named.maybe))


def _correct(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.CORRECT, sure, found.price_slots(found.any_price))


def _amount(found: Found, sure: float, _: Asked) -> Heard | None:
    """A bare amount where one was asked for."""
    price = found.any_price
    if not price:
        return None
    if found.named.commodity and found.reading.lexicon.children(found.named.commodity):
        return _report(found, sure, _)  # fish 12000: which fish is asked
    asking = asks(found.reading) or "question" in found.reading.kw
    return found.heard(Intent.REPORT, min(sure, 0.7) if asking else sure, found.price_slots(price))


def _count(found: Found, sure: float, _: Asked) -> Heard | None:
    number = groups.counted(found.reading)
    return None if number is None else found.heard(Intent.MEETING_REPORT, sure, Slots(count=number))


def _alert(found: Found, sure: float, _: Asked) -> Heard | None:
    named, lexicon = found.named, found.reading.lexicon
    commodity = _followed(found)
    slots = Slots(commodity=commodity, place=named.place, market=named.market)
    if children := lexicon.children(commodity or named.general or ""):
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children)
        return found.heard(Intent.ALERT, sure, replace(slots, commodity=None), maybe)
    if named.several or (commodity and named.commodity_sure < _UNSURE):
        return found.heard(Intent.ALERT, sure, replace(slots, commodity=None), tuple(named.maybe))
    return found.heard(Intent.ALERT, sure, slots)


def _alert_stop(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.ALERT_STOP, sure, Slots(commodity=_followed(found)))


def _followed(found: Found) -> str | None:
    named = found.named
    general = named.general if named.general and found.reading.lexicon.commodity(named.general) else None
    return named.commodity or general


def _weekly(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.WEEKLY, sure, Slots(commodity=found.named.commodity))


def _issue(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.ISSUE_NEW, sure, problems.slots(found))


def _status(found: Found, sure: float, _: Asked) -> Heard | None:
    code = codes.within(found.reading)
    return found.heard(Intent.ISSUE_STATUS, sure, Slots(code=code))


def _join(found: Found, sure: float, _: Asked) -> Heard | None:
    code = codes.first(found.reading)
    return found.heard(Intent.ISSUE_JOIN, sure, Slots(code=code.digits if code else None))


def _radio(found: Found, sure: float, _: Asked) -> Heard | None:
    if "not" in found.reading.kw:
        sure = min(sure, _UNSURE)  # "the radio does not work" is no wish to be told of it
    return found.heard(Intent.RADIO, sure, Slots(place=found.named.place))


def _place(found: Found, sure: float, asked: Asked) -> Heard | None:
    named = found.named
    if named.place is None and not named.maybe:
        if named.market:
            return found.heard(Intent.PLACE, min(sure, 0.8), Slots(market=named.market))
        return _only_a_place(found, sure) if asked.kind is Kind.PLACE else None
    slots = Slots(place=named.place, market=named.market)
    return found.heard(Intent.PLACE, min(sure, named.place_sure, 0.95), slots, tuple(named.maybe))


def _only_a_place(found: Found, sure: float) -> Heard | None:
    """A name that is also another word (clay is a commune too): asked for a place, it is the place."""
    reading = found.reading
    words = [k for k in range(len(reading.items)) if not (reading.is_sign(k) or reading.is_filler(k))]
    places = reading.items[words[0]].ids("place") if len(words) == 1 else []
    if not places:
        return None
    nearest = [code for code in places if len(code) == min(map(len, places))]
    if len(nearest) == 1:
        return found.heard(Intent.PLACE, min(sure, 0.85), Slots(place=nearest[0]))
    return found.heard(Intent.PLACE, 0.5, maybe=tuple(Maybe("place", code, 0.5) for code in nearest[:6]))


def _meeting_new(found: Found, sure: float, asked: Asked) -> Heard | None:
    slots = meetings.slots(found, placed=False)
    if "/" in (slots.day or "") and groups.held(found.reading) is not None:
        return _meeting_past(found, sure, asked)
    timeless = slots.time is None and (slots.day is not None or slots.hour is not None)
    return found.heard(Intent.MEETING_NEW_ASK_TIME if timeless else Intent.MEETING_NEW, sure, slots)


def _meeting_past(found: Found, sure: float, _: Asked) -> Heard | None:
    """A meeting that was; how many came and what was decided, where it says so beside the day."""
    slots = replace(meetings.slots(found, placed=True), where=None)
    told = groups.held(found.reading) if slots.day else None
    if told is not None:
        slots = replace(slots, count=told.count, words=told.words, time=None, hour=None)
    return found.heard(Intent.MEETING_PAST, sure, slots)


def _meeting_at(intent: Intent) -> Callable[[Found, float, Asked], Heard | None]:
    def fill(found: Found, sure: float, _: Asked) -> Heard | None:
        return found.heard(intent, sure, replace(meetings.slots(found, placed=True), where=None))

    return fill


def _meeting_when(found: Found, sure: float, _: Asked) -> Heard | None:
    """When is it: of what, only who is in a group may mean."""
    return found.heard(Intent.MEETING_WHEN, sure if "meeting" in found.reading.kw else min(sure, 0.7))


def _when(found: Found, sure: float, _: Asked) -> Heard | None:
    slots = meetings.slots(found, placed=True, answering=True)
    if slots.day is None and slots.time is None and slots.hour is None:
        return None
    return found.heard(Intent.WHEN, sure, slots)


def _came(found: Found, sure: float, asked: Asked) -> Heard | None:
    """So many came. Of a day that is named it is a meeting that was, perhaps held without us."""
    day = found.day.day
    if day is not None and asked.kind is None and day not in ("today", "tomorrow"):
        return _meeting_past(found, sure, asked)
    return found.heard(Intent.MEETING_REPORT, sure, groups.came(found.reading))


def _group_new(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.GROUP_NEW, sure, Slots(group=groups.behind(found.reading, "group_new")))


def _group_named(intent: Intent) -> Callable[[Found, float, Asked], Heard | None]:
    def fill(found: Found, sure: float, _: Asked) -> Heard | None:
        return found.heard(intent, sure, Slots(group=groups.named(found.reading)))

    return fill


def _group_write(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.GROUP_WRITE, sure, Slots(words=groups.behind(found.reading, "group_write")))


def _group_invite(found: Found, sure: float, _: Asked) -> Heard | None:
    return found.heard(Intent.GROUP_INVITE, sure, Slots(numbers=groups.phones(found.reading.cleaned)))


def _no(found: Found, sure: float, asked: Asked) -> Heard | None:
    """ "Not coming" refuses an invitation, and no choice of goods or places."""
    elsewhere = asked.kind in (Kind.CHOOSE, Kind.COMMODITY, Kind.PLACE) and "not_come" in found.reading.kw
    return None if elsewhere else found.heard(Intent.NO, sure)


def _start(found: Found, sure: float, _: Asked) -> Heard | None:
    """Consent is taken from the command alone; any other mention of joining is asked about."""
    plain = found.reading.only("start", "message", "receive", "again", "send", "yes")
    return found.heard(Intent.START, max(sure, 0.95) if plain and sure >= SURE else min(sure, 0.85))


def _other(found: Found, sure: float, _: Asked) -> Heard | None:
    """A few letters that are no known word are a slip rather than chat: they may need a person."""
    reading = found.reading
    spoken = [
        k for k, item in enumerate(reading.items) if item.senses and not (reading.is_filler(k) or reading.is_sign(k))
    ]
    strange = not spoken and bool(reading.unknown()) and len(reading.items) <= _FEW
    return found.heard(Intent.UNCLEAR, 0.5) if strange else found.heard(Intent.OTHER, sure)


def _choice(found: Found, sure: float, asked: Asked) -> Heard | None:
    """A choice put in words; which one, if its number, letter or words show it."""
    count = len(asked.options) or (3 if asked.kind is Kind.CHOOSE else 5)
    number = options.number(found.reading) or options.any_number(found.reading, count)
    if number is None or not 1 <= number <= count:
        return found.heard(Intent.CHOICE, sure if not asked.options else min(sure, _UNSURE))
    return found.heard(Intent.CHOICE, sure, Slots(choice=number))


_FILLS: dict[str, Callable[[Found, float, Asked], Heard | None]] = {
    Intent.CHOICE: _choice,
    Intent.NO: _no,
    Intent.START: _start,
    Intent.OTHER: _other,
    Intent.PRICE: _price,
    Intent.REPORT: _report,
    Intent.CORRECT: _correct,
    AMOUNT: _amount,
    COUNT: _count,
    Intent.ALERT: _alert,
    Intent.ALERT_STOP: _alert_stop,
    Intent.WEEKLY: _weekly,
    Intent.ISSUE_NEW: _issue,
    Intent.ISSUE_STATUS: _status,
    Intent.ISSUE_JOIN: _join,
    Intent.RADIO: _radio,
    Intent.PLACE: _place,
    Intent.MEETING_NEW: _meeting_new,
    Intent.MEETING_MOVE: _meeting_at(Intent.MEETING_MOVE),
    Intent.MEETING_CANCEL: _meeting_at(Intent.MEETING_CANCEL),
    Intent.MEETING_PAST: _meeting_past,
    Intent.MEETING_REPORT: _came,
    Intent.MEETING_WHEN: _meeting_when,
    Intent.WHEN: _when,
    Intent.GROUP_NEW: _group_new,
    Intent.GROUP_JOIN: _group_named(Intent.GROUP_JOIN),
    Intent.GROUP_LEAVE: _group_named(Intent.GROUP_LEAVE),
    Intent.GROUP_WRITE: _group_write,
    Intent.GROUP_INVITE: _group_invite,
}
