"""Figures: an amount where one was asked for, and the word that the last one was wrong.

Owns when a number alone is a price. Which number of a message is the price is for `priced` to say.
"""

from __future__ import annotations

from bot.language.sight import asks, heard, price_slots, see
from bot.language.slots import prices
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent

_FIGURE = ("not_me", "wrong", "not_yes", "code_word", "no", "done", "fix", "price", "report", "ban", "send", "message")
_OWNER = frozenset(("ខ្ញុំ", "ម្ចាស់", "របស់", "khnhom", "knhom", "khnom", "roboh", "mine", "my", "me"))
_MISTAKEN = ("ខុស", "ច្រឡំ", "ច្រលំ", "khos", "kos", "chrolom", "chrolum", "jrolom", "wrong")


def amount(reading: Reading) -> Heard | None:
    """The amount a message gives where one was asked for; None where it gives none."""
    sight = see(reading)
    price = sight.price or prices.price(reading, sight.day, sight.named, any_size=True)
    if not price and not reading.numbers and _wrong_figure(reading):
        return heard(reading, Intent.CORRECT, 0.85)
    if not price or reading.kw & {"how_much", "problem", "meeting"}:
        return None
    if sight.named.commodity and reading.lexicon.children(sight.named.commodity):
        return None  # fish 12000: which fish is asked, as out of the blue
    slots = price_slots(sight, price)
    asking = asks(reading) or "question" in reading.kw or reading.key(0) == "តើ"
    sure = 0.7 if asking else 0.95
    if reading.kw & {"wrong", "fix", "not_me"}:
        return heard(reading, Intent.CORRECT, sure, slots)
    return heard(reading, Intent.REPORT, sure, slots)


def _wrong_figure(reading: Reading) -> bool:
    """លេខខុស beside an amount that was asked for or just sent: the figure is wrong, not the owner of the number."""
    figure, own = False, False
    for k in range(len(reading.items)):
        key, ids = reading.key(k), reading.keywords(k)
        own = own or key in _OWNER
        if "not_me" in ids:
            numbered = key != "wrongnumber" and not any(word in key for word in ("លេខ", "lek", "ច្រឡំហើយ"))
            own = own or numbered or not any(word in key for word in _MISTAKEN)
            figure = True
        figure = figure or "code_word" in ids
    said = reading.kw & {"wrong", "not_yes", "not_me"}
    return bool(said) and figure and not own and reading.only(*_FIGURE)
