"""Keys: what was pressed on a telephone becomes a Heard, knowing what was asked.

Everywhere 0 asks for the keys, 9 for the same once more, the star goes back to the beginning. A choice is its
number; behind the hash a commodity and a province have a code of two keys, a day of the month and an hour are two; a
problem's code is seven.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.codes import LENGTH
from flows.heard import SURE, Asked, Heard, Intent, Kind, Option, Slots

LONGEST_AMOUNT = 8  # keys of a price
LONGEST_COUNT = 4  # keys of a number of people
TRUSTED = 0.5  # how sure the carrier must be of the words it heard
NUMBERS = Asked(Kind.CHOOSE, tuple(Option(str(key), "") for key in range(1, 9)))
_CODES = Path(__file__).parent.parent / "data" / "codes.csv"


@cache
def codes() -> dict[str, str]:
    """The commodity each code of two keys stands for; generic names such as "fish" have none."""
    with _CODES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["commodity"] for row in csv.DictReader(file)}


def keys_of(asked: Asked) -> int:
    """How many keys an answer may have."""
    if asked.kind is Kind.AMOUNT and not asked.options:
        return LONGEST_AMOUNT
    if asked.kind is Kind.COUNT:
        return LONGEST_COUNT
    if asked.kind is Kind.CODE:
        return LENGTH
    return 2 if asked.codes and not asked.options else 1


def pressed(keys: str, asked: Asked, lexicon: Lexicon) -> Heard:
    """What the keys mean. Any text is answered; nothing raises."""
    if keys == "#" and asked.codes and asked.options:
        return Heard(keys, Intent.KEY_CODE)
    keys = keys.rstrip("#")
    if not keys:
        return Heard("", Intent.SILENCE)
    if "*" in keys:
        return Heard(keys, Intent.HOME)
    if keys in ("0", "9") and asked.kind is not Kind.COUNT:
        return Heard(keys, Intent.GUIDE if keys == "0" else Intent.AGAIN)
    if not (keys.isascii() and keys.isdigit()):
        return Heard(keys[:LONGEST_AMOUNT], Intent.UNCLEAR, 0.0)
    return _number(keys, asked, lexicon)


def _number(keys: str, asked: Asked, lexicon: Lexicon) -> Heard:
    if asked.kind is Kind.AMOUNT and not asked.options and len(keys) <= LONGEST_AMOUNT and int(keys):
        return Heard(keys, Intent.REPORT, slots=Slots(usual=Decimal(keys)))
    if len(keys) == 2 and asked.codes == "commodity" and keys in codes():
        return Heard(keys, Intent.PRICE, slots=Slots(commodity=codes()[keys]))
    if len(keys) == 2 and asked.codes == "province" and keys in lexicon.provinces():
        return Heard(keys, Intent.PLACE, slots=Slots(place=keys))
    if len(keys) == 2 and asked.codes == "day" and 1 <= int(keys) <= 31:
        return Heard(keys, Intent.WHEN, slots=Slots(day=str(int(keys))))
    if len(keys) == 2 and asked.codes == "hour" and int(keys) <= 23:
        return Heard(keys, Intent.WHEN, slots=_hour(int(keys)))
    if asked.kind is Kind.COUNT and len(keys) <= LONGEST_COUNT:
        return Heard(keys, Intent.MEETING_REPORT, slots=Slots(count=int(keys)))
    if asked.kind is Kind.CODE and len(keys) == LENGTH:
        return Heard(keys, Intent.ISSUE_STATUS, slots=Slots(code=keys))
    offered = {option.key or place for place, option in enumerate(asked.options, 1)}
    if len(keys) == 1 and int(keys) in offered:
        return Heard(keys, Intent.CHOICE, slots=Slots(choice=int(keys)))
    return Heard(keys[:LONGEST_AMOUNT], Intent.UNCLEAR, 0.0)


def _hour(hour: int) -> Slots:
    """From one to twelve it may be either half of the day."""
    return Slots(hour=f"{hour:02}:00") if 1 <= hour <= 12 else Slots(time=f"{hour:02}:00")


def spoken(words: str, confidence: float, asked: Asked, lexicon: Lexicon) -> Heard:
    """What the carrier's recogniser wrote down, read as a text is. What it doubts, or we do, is not taken.

    Free words are for a person's ear: a recogniser's spelling of them is not kept.
    """
    if asked.options:
        number = understand(words, NUMBERS, lexicon)
        if number.intent is Intent.CHOICE and confidence >= TRUSTED and number.confidence >= SURE:
            return _number(str(number.slots.choice), asked, lexicon)  # the key that was announced
    heard = understand(words, asked, lexicon)
    if heard.intent is Intent.CHOICE:
        place = (heard.slots.choice or 0) - 1
        key = asked.options[place].key if 0 <= place < len(asked.options) else 0
        heard = replace(heard, slots=replace(heard.slots, choice=key or heard.slots.choice))
    if confidence < TRUSTED or heard.confidence < SURE or heard.intent is Intent.WORDS:
        return Heard(heard.text, Intent.UNCLEAR, 0.0)
    return heard
