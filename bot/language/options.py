"""Options and bare prices: what picks one of the offered choices by words, and what only looks as if it did.

Owns the match between a message and the options' own words. Numbers that choose are the answers' business.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rapidfuzz import fuzz

from bot.language.blue import blue
from bot.language.sight import Sight, asks, heard, price_slots, see
from bot.language.slots import codes, prices
from bot.language.text.fold import fold, loose
from bot.language.words.reading import Reading, read
from flows.heard import Asked, Heard, Intent, Kind, Option, Slots

_ELSEWHERE = frozenset(
    (
        Intent.ISSUE_NEW,
        Intent.MEETING_NEW,
        Intent.MEETING_NEW_ASK_TIME,
        Intent.MEETING_PAST,
        Intent.MEETING_WHEN,
        Intent.MEETING_CANCEL,
        Intent.MEETING_MOVE,
        Intent.MEETING_COUNT,
        Intent.RADIO,
        Intent.RADIO_STOP,
        Intent.STOP,
        Intent.ALERT,
        Intent.ALERT_STOP,
        Intent.WEEKLY,
        Intent.WEEKLY_STOP,
        Intent.GROUP_LEAVE,
    )
)
_LEAST, _MOST = Decimal(50), Decimal(10) ** 8


def by_words(reading: Reading, asked: Asked) -> Heard | None:
    """A choice made by the option's words, with what else was named; None where the message wants something else."""
    number = _option(reading, asked)
    if number is None:
        return None
    option = asked.options[number - 1]
    said, words = _plain(reading.text), _plain(option.words)
    if said == words or said in words:
        return heard(reading, Intent.CHOICE, 0.9, Slots(choice=number))
    wanted = blue(reading)
    offered = read(option.words, reading.lexicon)
    if wanted.intent in _ELSEWHERE and wanted.intent is not blue(offered).intent:
        return None
    return heard(reading, Intent.CHOICE, 0.9, _beside(see(reading), see(offered), option, number))


def _beside(said: Sight, offered: Sight, option: Option, number: int) -> Slots:
    """ត្រីប្រា សៀមរាប: the fish is the choice, the place is kept. What the option itself names is not repeated."""
    named, own = said.named, offered.named
    slots = Slots(choice=number, market=named.market, unit=named.unit, level=named.level)
    if named.place_sure >= 0.75:
        slots = replace(slots, place=named.place)
    for name in ("place", "market", "unit", "level"):
        if getattr(slots, name) in (option.value, getattr(own, name)):
            slots = replace(slots, **{name: None})
    return slots


def _option(reading: Reading, asked: Asked) -> int | None:
    """The option whose own words the message says; None where two fit alike."""
    said = _plain(reading.text)
    if not said:
        return None
    scores = []
    for n, option in enumerate(asked.options, 1):
        words = _plain(option.words)
        if not words:
            continue
        if said.isdigit():  # 18000 is nothing like 1800
            scores.append((100.0 if said == words else 0.0, n))
            continue
        score = 100.0 if said == words else fuzz.ratio(said, words)
        if len(words) >= 3 and words in said and len(words) * 2 >= len(said):
            score = max(score, 95.0)
        named = [s for i in reading.items for s in i.senses if s.kind in ("commodity", "place", "market")]
        goods = {s.id for s in named if s.kind == "commodity"}
        if option.value and (goods or {s.id for s in named}) == {option.value}:
            score = max(score, 96.0)
        if len(said) >= 4 and said in words:
            score = max(score, 90.0)
        scores.append((score, n))
    scores.sort(reverse=True)
    if not scores or scores[0][0] < 80 or (len(said) < 4 and scores[0][0] < 95):
        return None
    if len(scores) > 1 and scores[1][0] > scores[0][0] - 5 and scores[0][0] < 100:
        return None
    return scores[0][1]


def _plain(text: str) -> str:
    return loose("".join(c for c in fold(text) if c.isalnum() or "\u1780" <= c <= "\u17dd"))


def bare_price(reading: Reading, asked: Asked) -> Heard | None:
    """A price typed where a number was to be chosen: 9,500, ទេ 9500, 1.2$.

    It is the option that shows the same price, else a report's amount; with a "no" or a "wrong" it corrects. Not
    sure enough to be written down by itself.
    """
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
    same = [n for n, option in enumerate(asked.options, 1) if _shows(option, amount.value, reading)]
    if len(same) == 1:
        return heard(reading, Intent.CHOICE, 0.9, Slots(choice=same[0]))
    sight = see(reading)
    price = sight.price or prices.price(reading, sight.day, sight.named, any_size=True)
    if not price or sight.named.commodity:
        return None
    intent = Intent.CORRECT if reading.kw & _REFUSING else Intent.REPORT
    return heard(reading, intent, 0.7, price_slots(sight, price))


_REFUSING = frozenset(("no", "not", "not_yes", "wrong", "fix"))


def _shows(option: Option, value: Decimal, reading: Reading) -> bool:
    return any(a.value == value for a in read(option.words, reading.lexicon).numbers)
