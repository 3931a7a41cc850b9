"""A Heard as a row: its label, its slots as strings, its confidence. For the command line and for checks."""

from __future__ import annotations

from decimal import Decimal

from bot.language.intents.learned.examples import label_of
from bot.language.words.lexicon import Lexicon
from flows.heard import Heard, Intent, Kind

_FIELDS = (
    *("commodity", "place", "market", "unit", "level", "currency", "category", "code"),
    *("day", "time", "where", "group"),
)
_AMOUNTS = ("usual", "low", "high")


def to_row(heard: Heard, lexicon: Lexicon, asked: Kind | None = None) -> dict[str, object]:
    """A Heard in the words of the examples: intent, slots, confidence; `asks` where a slot is still missing."""
    row: dict[str, object] = {"intent": label_of(heard, asked), "slots": _slots(heard, lexicon)}
    row["confidence"] = heard.confidence
    missing = {Intent.PRICE_ASK: "commodity", Intent.MEETING_NEW_ASK_TIME: "time"}.get(heard.intent)
    return {**row, "asks": missing} if missing else row


def _slots(heard: Heard, lexicon: Lexicon) -> dict[str, str]:
    slots: dict[str, str] = {}
    if heard.intent is Intent.WORDS:
        return slots
    for field in _FIELDS:
        if (value := getattr(heard.slots, field)) is not None:
            slots[field] = str(value)
    if heard.slots.goods:
        slots["goods"] = "|".join(heard.slots.goods)
    for field in _AMOUNTS:
        if (amount := getattr(heard.slots, field)) is not None:
            slots[field] = plain(amount)
    if slots.get("currency") == "khr":
        del slots["currency"]
    if "day" in slots and heard.intent in (Intent.PRICE, Intent.PRICE_ASK):
        del slots["day"]
    elif "day" in slots:
        slots["day"] = _day(slots["day"])
    if heard.intent in (Intent.MEETING_MOVE, Intent.MEETING_CANCEL) and heard.slots.hour:
        slots["time"] = heard.slots.hour
    if "market" in slots:
        slots["market"] = _market(slots["market"], lexicon)
    if heard.slots.choice is not None:
        slots["choice"] = str(heard.slots.choice)
    return slots


def plain(amount: Decimal) -> str:
    """9500, 1.3: no exponent, no zeros at the end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(token: str) -> str:
    """The day without what says which such day of a month, of next week, or of which year."""
    token = token.removeprefix("next_")
    if token[0].isdigit() and token[1:].isalpha():
        return token[1:]
    return "/".join(token.split("/")[:2])


def _market(market: str, lexicon: Lexicon) -> str:
    if market in lexicon.markets:
        return lexicon.markets[market].en
    names = [sense.id for sense in lexicon.find(market) if sense.kind == "market_name"]
    return names[0] if names else market
