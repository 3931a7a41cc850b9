"""Understanding: a text and the open question become a Heard.

Owns the way in (`understand`) and the way a Heard is written in a row of the sample messages (`to_row`).
Pure: the same text, question and lexicon give the same answer.
"""

from __future__ import annotations

from decimal import Decimal

from bot.language.answers import answer
from bot.language.fold import LONGEST
from bot.language.intents import blue
from bot.language.lexicon import Lexicon
from bot.language.reading import read
from flows.heard import Asked, Heard, Intent

_CHOICES = (
    "commodity",
    "place",
    "market",
    "unit",
    "level",
    "currency",
    "category",
    "code",
    "day",
    "time",
    "where",
    "group",
)


def understand(text: str, asked: Asked, lexicon: Lexicon) -> Heard:
    """What was said, knowing what was asked. Any text is answered; nothing raises."""
    reading = read(text[:LONGEST], lexicon)
    if asked.kind is None:
        return blue(reading)
    return answer(reading, asked)


def to_row(heard: Heard, lexicon: Lexicon) -> dict[str, object]:
    """A Heard in the words of the sample messages: intent, slots as strings, confidence."""
    slots: dict[str, str] = {}
    for field in _CHOICES:
        value = getattr(heard.slots, field)
        if value is not None:
            slots[field] = str(value)
    for field in ("usual", "low", "high"):
        amount = getattr(heard.slots, field)
        if amount is not None:
            slots[field] = plain(amount)
    if slots.get("currency") == "khr":
        del slots["currency"]
    if "day" in slots and heard.intent in (Intent.PRICE, Intent.PRICE_ASK):
        del slots["day"]
    if "market" in slots:
        slots["market"] = _market(slots["market"], lexicon)
    if heard.slots.choice is not None:
        slots["choice"] = str(heard.slots.choice)
    return {"intent": heard.intent.value, "slots": slots, "confidence": heard.confidence}


def plain(amount: Decimal) -> str:
    """9500, 1.3: no exponent, no zeros at the end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _market(market: str, lexicon: Lexicon) -> str:
    if market in lexicon.markets:
        return lexicon.markets[market].en
    names = [s.id for s in lexicon.find(market) if s.kind == "market_name"]
    return names[0] if names else market
