"""Plain messages: every word of them is known and says the same. They need no weighing, whatever was asked.

Owns the short list of such messages: goods and a place, goods and an amount, a place alone, a bare yes or no, a bare
word for price or report. One strange word, and a message is not plain.
"""

from __future__ import annotations

from bot.language.intents.found import Found, asks
from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from flows.heard import Asked, Intent, Kind

_SURE = 0.95
_LONGEST = 12  # items
_NAMED = {
    "commodity": "good",
    "group": "good",
    "place": "place",
    "place_word": "place",
    "market": "place",
    "market_name": "place",
    "unit": "measure",
    "level": "measure",
    "currency": "measure",
}
_WORDS = {
    "price": "price",
    "how_much": "price",
    "report": "report",
    "yes": "yes",
    "no": "no",
    "not_yes": "no",
    "not_come": "no_come",
}
_QUESTIONS = (None, Kind.CHOOSE, Kind.COMMODITY, Kind.RSVP, Kind.CONFIRM, Kind.RESOLVED, Kind.POLL)
_TELLING = frozenset(("tell", "again", "when_if"))
_BESIDE_GOODS = frozenset(("place", "measure", "price"))


def label(found: Found, asked: Asked) -> tuple[str, float] | None:
    """What a plain message is, and how surely; None where it is not plain."""
    said = _said(found)
    if said is None:
        return None
    asking = asks(found.reading) or "price" in said
    if "good" in said:
        return _of_goods(found, said, asked, asking=asking)
    if said == {"place"} and asked.kind in (None, Kind.CHOOSE, Kind.PLACE) and found.named.place:
        return Intent.PLACE, _SURE
    if said == {"price"} and asked.kind in _QUESTIONS:
        return Intent.PRICE, _SURE
    if said == {"report"} and not asking and asked.kind in (*_QUESTIONS, Kind.AMOUNT):
        return Intent.REPORT, _SURE
    if said == {"no"} and asked.kind is not None and asked.kind is not Kind.POLL:
        return Intent.NO, _SURE
    if said == {"yes"} and asked.kind in (Kind.RSVP, Kind.CONFIRM, Kind.RESOLVED) and not asking:
        return Intent.YES, _SURE
    return None


def _of_goods(found: Found, said: set[str], asked: Asked, *, asking: bool) -> tuple[str, float] | None:
    rest = said - {"good"} - _BESIDE_GOODS
    if not rest and asked.kind in (None, Kind.CHOOSE, Kind.COMMODITY):
        return Intent.PRICE, _SURE
    reported = rest <= {"amount", "report"} and asked.kind is not Kind.WHEN
    if reported and not asking and ("report" in rest or found.price or found.price.doubt):
        return Intent.REPORT, _SURE
    return None


def _said(found: Found) -> set[str] | None:
    """What each item says; None where one says something else, or two things."""
    reading = found.reading
    if len(reading.items) > _LONGEST or reading.unknown():
        return None
    amounts = {k for amount in reading.numbers for k in range(amount.i, amount.j)}
    said: set[str] = set()
    for k, item in enumerate(reading.items):
        if k in amounts:
            said.add("amount")
        elif k in found.named.used and (named := {_NAMED[s.kind] for s in item.senses if s.kind in _NAMED}):
            said.add("good" if "good" in named and item.score >= _SURE else min(named))
            if "good" in named and item.score < _SURE:
                return None
        elif (ids := reading.keywords(k)) and all(id in _WORDS for id in ids):
            said |= {_WORDS[id] for id in ids}
        elif measure := {_NAMED[s.kind] for s in item.senses if s.kind in _NAMED}:
            if measure != {"measure"}:
                return None
            said.add("measure")
        elif _tells(reading, k) or not (reading.is_filler(k) or reading.is_sign(k)):
            return None
    return said


def _tells(reading: Reading, k: int) -> bool:
    """We have, tell me: a sentence about something."""
    return reading.key(k) in keys("having") or not _TELLING.isdisjoint(reading.keywords(k))
