"""Options: which of the offered choices a message picks, by its number, a letter, or the option's own words.

Owns what is a number, a letter or an ordinal here, and when words are near enough. What else may be wanted is not
looked at.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from bot.language.intents.found import Found, asks
from bot.language.slots import codes
from bot.language.text.fold import fold, loose
from bot.language.text.tables import keys
from bot.language.words.reading import Reading, read
from bot.language.words.segment import segment
from flows.heard import SURE, Asked, Heard, Intent, Kind, Option, Slots

_LEAST, _MOST = Decimal(50), Decimal(10) ** 8
_ORDER = ("choice_1", "choice_2", "choice_3", "choice_4", "choice_5")
_REFUSING = frozenset(("no", "not", "not_yes", "wrong", "fix"))
_CHOOSING = frozenset(("yes", "code_word", "want", "question", "receive"))
_LONGEST = 12  # items of a message that is a number and nothing else
_EXACT, _ALIKE = 0.95, 0.9
_NEAR, _NEARLY, _APART = 80, 95, 5  # of a hundred


def number(reading: Reading) -> int | None:
    """The choice a message makes when it makes nothing else: 2 in any script, a letter; -1 for no choice."""
    if len(reading.items) > _LONGEST:
        return None
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    rest = [k for k in words if not _choosing(reading, k)]
    if not rest:
        return None
    if len(rest) == 1 and (called := _numbered(reading, rest[0])) is not None:
        return called
    key = "".join(reading.key(k) for k in rest)
    if len(rest) <= 2 and (lettered := _ordinal(key)) is not None:
        return lettered
    inside = [amount for amount in reading.numbers if amount.i >= rest[0] and amount.j <= rest[-1] + 1]
    if len(inside) == 1 and inside[0].i == rest[0] and inside[0].j == rest[-1] + 1:
        value = inside[0].value
        return int(value) if value == value.to_integral_value() and value < 10**6 else -1
    return None


def any_number(reading: Reading, count: int) -> int | None:
    """The only number of a message, if so many choices were offered: "I think 2 is good"; else a letter at its end."""
    fitting = [amount for amount in reading.numbers if 1 <= amount.value <= count]
    if len(fitting) == 1 and len(reading.numbers) == 1 and fitting[0].value == fitting[0].value.to_integral_value():
        return int(fitting[0].value)
    letters = [
        _ordinal(reading.key(k)) for k in range(len(reading.items)) if reading.key(k) not in keys("choosing_letter")
    ]
    named = [letter for letter in letters if letter is not None and letter <= count]
    return named[0] if len(named) == 1 else _last_letter(reading)


def _ordinal(key: str) -> int | None:
    return next((n for n, name in enumerate(_ORDER, 1) if key in keys(name)), None)


def _last_letter(reading: Reading) -> int | None:
    """A Khmer letter that touches the word before it: "I choose" and the letter."""
    found = [atom for atom in reading.atoms if atom.kind != "s"]
    if len(found) < 2 or found[-1].kind != "k" or found[-1].key not in keys("choosing_letter"):
        return None
    before = replace(reading, atoms=found[:-1], items=segment(found[:-1], reading.lexicon), numbers=[])
    return _ordinal(found[-1].key) if all(_choosing(before, k) for k in range(len(before.items))) else None


def _choosing(reading: Reading, k: int) -> bool:
    """Words that go with a choice and are none."""
    item = reading.items[k]
    if item.digits or any(sense.kind == "number" and sense.id not in ("per", "point") for sense in item.senses):
        return False
    if _ordinal(reading.key(k)) is not None:
        return False
    return (
        reading.is_filler(k)
        or bool({"ordinal", "day"} & set(item.ids("time")))
        or bool(_CHOOSING & set(reading.keywords(k)) and reading.atoms[item.i].kind != "d")
    )


def _numbered(reading: Reading, k: int) -> int | None:
    """Number 1 is a number before it is the Sangkat of that name."""
    item = reading.items[k]
    pieces = reading.atoms[item.i : item.j]
    if len(pieces) < 2 or not item.ids("place") or pieces[-1].kind != "d" or not pieces[-1].key.isdigit():
        return None
    word = reading.lexicon.find("".join(atom.key for atom in pieces[:-1]))
    return int(pieces[-1].key[:6]) if any(sense.id == "code_word" for sense in word) else None


def by_words(found: Found, asked: Asked) -> Heard | None:
    """A choice made by the option's words, with what else was named."""
    which = _option(found.reading, asked)
    if which is None:
        return None
    option = asked.options[which - 1]
    said, words = _plain(found.reading.text), _plain(option.words)
    if said == words or said in words:
        return found.heard(Intent.CHOICE, _EXACT, Slots(choice=which))
    offered = Found(read(option.words, found.reading.lexicon))
    return found.heard(Intent.CHOICE, _ALIKE, _beside(found, offered, option, which))


def is_near(heard: Heard) -> bool:
    """Whether a choice was made by words that only resemble an option, or hold more than it."""
    return heard.intent is Intent.CHOICE and heard.confidence == _ALIKE


def _beside(said: Found, offered: Found, option: Option, which: int) -> Slots:
    """The fish is the choice, the place beside it is kept. What the option itself names is not repeated."""
    named, own = said.named, offered.named
    slots = Slots(choice=which, market=named.market, unit=named.unit, level=named.level)
    if named.place_sure >= SURE:
        slots = replace(slots, place=named.place)
    beside = ("place", "market", "unit", "level")
    nothing: dict[str, Any] = {
        name: None for name in beside if getattr(slots, name) in (option.value, getattr(own, name))
    }
    return replace(slots, **nothing)


def _option(reading: Reading, asked: Asked) -> int | None:
    """The option whose own words the message says; None where two fit alike."""
    said = _plain(reading.text)
    if not said:
        return None
    scores = sorted(
        (
            (_alike(reading, said, option, words), which)
            for which, option in enumerate(asked.options, 1)
            if (words := _plain(option.words))
        ),
        reverse=True,
    )
    if not scores or scores[0][0] < _NEAR or (len(said) < 4 and scores[0][0] < _NEARLY):
        return None
    if len(scores) > 1 and scores[1][0] > scores[0][0] - _APART and scores[0][0] < 100:
        return None
    return scores[0][1]


def _alike(reading: Reading, said: str, option: Option, words: str) -> float:
    """How alike a message and an option are, of a hundred."""
    if said.isdigit():  # 18000 is nothing like 1800
        return 100.0 if said == words else 0.0
    score = 100.0 if said == words else fuzz.ratio(said, words)
    if len(words) >= 3 and words in said and len(words) * 2 >= len(said):
        score = max(score, 95.0)
    named = [s for item in reading.items for s in item.senses if s.kind in ("commodity", "place", "market")]
    goods = {sense.id for sense in named if sense.kind == "commodity"}
    if option.value and (goods or {sense.id for sense in named}) == {option.value}:
        score = max(score, 96.0)
    if len(said) >= 4 and said in words:
        score = max(score, 90.0)
    return score


def _plain(text: str) -> str:
    return loose("".join(letter for letter in fold(text) if letter.isalnum() or "\u1780" <= letter <= "\u17dd"))


def bare_price(found: Found, asked: Asked) -> Heard | None:
    """A price typed where a number was to be chosen: 9,500, "no 9500", 1.2$.

    It is the option that shows the same price, else a report's amount; with a "no" or a "wrong" it corrects. Not
    sure enough to be written down by itself.
    """
    reading = found.reading
    if asked.kind is not Kind.CHOOSE or len(reading.numbers) != 1 or codes.within(reading):
        return None
    amount = reading.numbers[0]
    money = amount.value != amount.value.to_integral_value() or "currency" in reading.kinds
    if not (amount.value >= _LEAST or (money and amount.value > 0)) or amount.value >= _MOST:
        return None
    if amount.raw.startswith("0") and amount.value >= 1:
        return None
    for k, item in enumerate(reading.items):
        beside = not amount.i <= k < amount.j and not reading.is_sign(k) and not reading.is_filler(k)
        if beside and not item.ids("currency") and _REFUSING.isdisjoint(reading.keywords(k)):
            return None
    if asks(reading) or "question" in reading.kw:
        return None
    same = [which for which, option in enumerate(asked.options, 1) if _shows(option, amount.value, reading)]
    if len(same) == 1:
        return found.heard(Intent.CHOICE, 0.9, Slots(choice=same[0]))
    price = found.any_price
    if not price or found.named.commodity:
        return None
    intent = Intent.CORRECT if reading.kw & _REFUSING else Intent.REPORT
    return found.heard(intent, 0.7, found.price_slots(price))


def _shows(option: Option, value: Decimal, reading: Reading) -> bool:
    return any(amount.value == value for amount in read(option.words, reading.lexicon).numbers)
