"""A place nobody here knows, at home or abroad: its name is kept for the answer, and no other place is guessed."""

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked


@pytest.mark.parametrize(
    ("text", "commodity", "market"),
    [
        ("ដំឡូងមីនៅថៃ", "cassava", "ថៃ"),
        ("domlong mi nov thai ponman", "cassava", "thai"),
        ("cassava price in thailand", "cassava", "thailand"),
        ("តម្លៃជ្រូកនៅវៀតណាម", "pig_live", "វៀតណាម"),
        ("pig price in springfield", "pig_live", "springfield"),
        ("តម្លៃស្រូវនៅ ស្រែចារដំណាក់", "rice_paddy", "ស្រែចារដំណាក់"),
    ],
)
def test_a_place_nobody_knows_is_named_and_not_guessed(
    text: str, commodity: str, market: str, plain_lexicon: Lexicon
) -> None:
    slots = understand(text, Asked(), plain_lexicon).slots
    assert (slots.commodity, slots.place, slots.market) == (commodity, None, market)


@pytest.mark.parametrize(
    ("text", "commodity"),
    [
        ("domlong my sngout", "cassava_dry"),
        ("ស្រូវ OM", "rice_white"),
        ("dom loung mi kriem ponman", "cassava_dry"),
        ("កូនត្រី ប្រា ប៉ុន្មាន", "fingerling_pra"),
    ],
)
def test_any_spelling_of_a_good_makes_its_longer_names(text: str, commodity: str, plain_lexicon: Lexicon) -> None:
    assert understand(text, Asked(), plain_lexicon).slots.commodity == commodity
