"""Understanding: a text and the open question become a Heard.

Owns the way in (`understand`) and the way a Heard is written in a row of the sample messages (`to_row`).
Pure: the same text, question and lexicon give the same answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from bot.language.answers import answer, consents, polite, wonders
from bot.language.blue import blue
from bot.language.intents.commands import command as whole_command
from bot.language.intents.commands import command_with_words
from bot.language.sight import heard
from bot.language.slots import codes
from bot.language.text.fold import LONGEST
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import Reading, read
from flows.heard import SURE, Asked, Heard, Intent, Kind, Slots

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
    if (whole := whole_command(text)) is not None:
        return heard(reading, whole, 0.95)
    if (moved := _moved_place(reading, asked, text)) is not None:
        return moved
    command = codes.desk_command(reading)
    if command is not None and asked.kind not in (Kind.CHOOSE, Kind.CONFIRM):
        return heard(reading, command, 0.95)
    found = blue(reading) if asked.kind is None else answer(reading, asked)
    # "Do not send it" is a plain no where that is what was asked.
    return found if command is None or found.intent is Intent.NO else heard(reading, command, 0.95)


def _moved_place(reading: Reading, asked: Asked, text: str) -> Heard | None:
    """Move the meeting to the pagoda: another place, where no day and no hour is named."""
    begun = command_with_words(text) if asked.kind is not Kind.WORDS else None
    if begun is None:
        return None
    intent, words = begun
    timed = blue(reading).slots
    if timed.day or timed.time or timed.hour:
        return None
    return heard(reading, intent, 0.95, Slots(where=words or None, action="place"))


_OF_ISSUES = frozenset(("resolved", "official"))  # kinds of questions that are answered by yes and no
_ANSWERS = (Intent.YES, Intent.NO, Intent.LATE)

# What is never an answer to a question we sent, however much it may sound like one.
_NEVER_AN_ANSWER = frozenset(
    (
        *(Intent.STOP, Intent.START, Intent.HELP, Intent.HOME, Intent.NOT_ME, Intent.THANKS, Intent.FORGET),
        *(Intent.SCRIPT_LATN, Intent.SCRIPT_KM, Intent.LANGUAGE_EN, Intent.LANGUAGE_KM, Intent.SETTINGS),
        *(Intent.GROUP_LEAVE, Intent.GROUP_NEW, Intent.GROUP_INVITE, Intent.GROUP_WRITE, Intent.GROUP_LIST),
        *(Intent.REPORT, Intent.CORRECT, Intent.ISSUE_NEW, Intent.ISSUE_STATUS, Intent.MEETING_REPORT),
        *(Intent.REACH_CALL, Intent.REACH_SMS, Intent.RADIO, Intent.RADIO_STOP, Intent.ALERT, Intent.ALERT_STOP),
        *(Intent.WEEKLY, Intent.WEEKLY_STOP, Intent.ALERT_LIST),
    )
)


def answering(text: str, lexicon: Lexicon, waiting: Collection[str] = ()) -> Heard:
    """What was said, read as the answer to a question we sent: coming, not coming, late; else out of the blue.

    `waiting`: the kinds of those that were not answered yet.
    """
    reading = read(text[:LONGEST], lexicon)
    if (whole := whole_command(text)) is not None:
        return heard(reading, whole, 0.95)
    if (command := codes.desk_command(reading)) is not None:
        return heard(reading, command, 0.95)
    plain = blue(reading)
    if "invitation" in waiting and (intent := _joining(reading, plain)) is not None:
        return replace(plain, intent=intent, confidence=0.95)
    if waiting and plain.intent is Intent.THANKS and (intent := _thanking(reading)) is not None:
        return replace(plain, intent=intent, confidence=0.95)
    if plain.intent is Intent.ISSUE_JOIN and plain.slots.code:
        return plain
    excused = plain.intent is Intent.ISSUE_NEW and "rsvp" in waiting and _excuses(reading)
    if plain.intent in _NEVER_AN_ANSWER and plain.confidence >= SURE and not excused:
        return plain
    if plain.intent is Intent.PRICE and plain.slots.commodity and plain.confidence >= SURE:
        return plain
    found = answer(reading, Asked(Kind.RSVP))
    if (waiting and set(waiting) <= _OF_ISSUES) or (
        found.intent not in _ANSWERS and not _OF_ISSUES.isdisjoint(waiting)
    ):
        found = answer(reading, Asked(Kind.RESOLVED))
    if found.intent is Intent.YES and (wonders(reading) or ("invitation" in waiting and not consents(reading))):
        return replace(found, confidence=0.6)
    return replace(found, polite=found.intent is Intent.YES and polite(reading))


def _excuses(reading: Reading) -> bool:
    """មិនមកទេ ផ្លូវលិច: who begins by not coming gives a reason, and tells of no problem."""
    words = [k for k in range(len(reading.items)) if not (reading.is_filler(k) or reading.is_sign(k))][:2]
    said = {id for k in words for id in reading.keywords(k)}
    refusing = bool(said & {"not_come", "late"}) or ("not" in said and bool(said & {"come", "go", "join_in"}))
    return refusing and not reading.kw & {"problem", "complain"}


def _thanking(reading: Reading) -> Intent | None:
    """ "No, thank you" and "yes, thank you" answer what was asked."""
    said = {id for k in range(len(reading.items)) for id in reading.keywords(k)}
    if not reading.only("thanks", "yes", "no", "not"):
        return None
    return Intent.NO if said & {"no", "not"} else Intent.YES if "yes" in said else None


_JOIN = frozenset(("ចូល", "ចូលរួម", "chol", "jol", "chaul", "chhol", "join", "joingroup"))
_JOIN_IDS = frozenset(("join_in", "join_group"))


def _joining(reading: Reading, plain: Heard) -> Intent | None:
    """The invitation's own word is a yes to it, and "I do not want" a no: elsewhere START and STOP."""
    ids = [frozenset(reading.keywords(k)) for k in range(len(reading.items))]
    keys = [reading.key(k) for k in range(len(reading.items))]
    joins = [key in _JOIN or bool(said & _JOIN_IDS) for key, said in zip(keys, ids, strict=True)]
    for k, said in enumerate(ids):
        known = joins[k] or keys[k] in ("to", "group") or said & {"yes", "want", "not", "no", "dont"}
        if not (known or reading.is_filler(k) or reading.is_sign(k)) or keys[k] in ("?", "？"):
            return None
    every = frozenset().union(*ids)
    if any(joins) and not every & {"not", "no", "dont"}:
        return Intent.YES
    unwanted = ("not" in every and ("want" in every or any(joins))) or "dontwant" in keys
    return Intent.NO if unwanted and plain.intent is Intent.STOP else None


def to_row(heard: Heard, lexicon: Lexicon) -> dict[str, object]:
    """A Heard in the words of the sample messages: intent, slots as strings, confidence."""
    slots: dict[str, str] = {}
    if heard.intent is Intent.WORDS:
        return {"intent": heard.intent.value, "slots": slots, "confidence": heard.confidence}
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
    elif "day" in slots:
        slots["day"] = _day(slots["day"])
    if heard.intent in (Intent.MEETING_MOVE, Intent.MEETING_CANCEL) and heard.slots.hour:
        slots["time"] = heard.slots.hour
    if "market" in slots:
        slots["market"] = _market(slots["market"], lexicon)
    if heard.slots.choice is not None:
        slots["choice"] = str(heard.slots.choice)
    return {"intent": heard.intent.value, "slots": slots, "confidence": heard.confidence}


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
    names = [s.id for s in lexicon.find(market) if s.kind == "market_name"]
    return names[0] if names else market
