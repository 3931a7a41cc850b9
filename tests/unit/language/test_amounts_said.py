"""The price in a report: what one costs, never the one it is for; asked back where it reads two ways."""

from decimal import Decimal

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

ONE = [
    ("ពងមាន់ បួនរយហាសិប មួយគ្រាប់", 450), ("ទឹកឃ្មុំ ៦ម៉ឺន១លីត្រ", 60000), ("ទឹកឃ្មុំ ៦ម៉ឺនមួយលីត្រ", 60000),
    ("ត្រីរ៉ស់ ១ម៉ឺន២ពាន់មួយគីឡូ", 12000), ("chrouk hasep roy muoy kilo", 5000), ("ជ្រូក ៨ពាន់ 1kg", 8000), ("ជ្រូក 1kg 8500", 8500),
    ("ជ្រូក១គីឡូ៨៥០០", 8500), ("ជ្រូក 8500 មួយគីឡូ", 8500), ("គោ ២លាន៥សែនមួយក្បាល", 2500000), ("ស្រូវ ១លាន១តោន", 1000000),
    ("ស្រូវ ១លាន១សែន១តោន", 1100000), ("honey 60000 per 1 litre", 60000), ("ជ្រូក ៨ពាន់មួយរយមួយគីឡូ", 8100), ("ជ្រូក ៨ពាន់៥", 8500),
]  # fmt: skip


@pytest.mark.parametrize(("text", "usual"), ONE)
def test_the_one_is_what_it_is_for(text: str, usual: int, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.usual) == (Intent.REPORT, Decimal(usual))


RANGES = [
    ("ជ្រូក ៨ពាន់ដល់១ម៉ឺន", 8000, 10000), ("ជ្រូក 8500-8700/kg", 8500, 8700), ("ជ្រូក ៨ពាន់៣រយ ទៅ ៨ពាន់៥", 8300, 8500),
    ("ជ្រូក ពី៨៥០០ ទៅ៨៧០០", 8500, 8700), ("ជ្រូក ៨ពាន់៥រយទៅ១ម៉ឺនមួយគីឡូ", 8500, 10000), ("pig 8500 to 8700", 8500, 8700),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high"), RANGES)
def test_a_range(text: str, low: int, high: int, lexicon: Lexicon) -> None:
    slots = understand(text, Asked(), lexicon).slots
    assert (slots.low, slots.high, slots.usual) == (Decimal(low), Decimal(high), None)


ASKED_BACK = [
    "ជ្រូក ១០គីឡូ ៨៥០០០", "ជ្រូក 10kg 85000", "មាន់ ពីរគីឡូ សែសិបពាន់", "ពងមាន់ ៤៥០១គ្រាប់", "គោ ២លានមួយ", "ជ្រូក ៨៥០០ ឬ ៨៧០០",
    "ជ្រូក ៨ពាន់៥-៧រយ", "chrouk pram bei poan hasep roy pram roy", "ជ្រូក កន្លះគីឡូ ៤៥០០",
]  # fmt: skip


@pytest.mark.parametrize("text", ASKED_BACK)
def test_another_quantity_or_reading_is_asked(text: str, lexicon: Lexicon) -> None:
    slots = understand(text, Asked(), lexicon).slots
    assert (slots.usual, slots.low, slots.high) == (None, None, None)
    assert slots.commodity is not None


def test_an_amount_alone(lexicon: Lexicon) -> None:
    asked = Asked(Kind.AMOUNT)
    assert understand("៨ពាន់មួយគីឡូ", asked, lexicon).slots.usual == 8000
    assert understand("10kg 85000", asked, lexicon).slots.usual is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ជ្រូក 8500 ម្សិលមិញ", "yesterday"),
        ("report pig 8500 yesterday takeo", "yesterday"),
        ("ជ្រូក 8500 20/11", "20/11"),
        ("ជ្រូក 8500", None),
    ],
)
def test_the_day_a_price_is_of(text: str, day: str | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.usual, heard.slots.day) == (Intent.REPORT, Decimal(8500), day)
