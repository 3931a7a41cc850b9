"""Free words stay words, whatever they say; what they name for certain goes with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Heard, Intent, Kind

LEXICON = Lexicon.load()


def words(text: str) -> Heard:
    return understand(text, Asked(Kind.WORDS), LEXICON)


@pytest.mark.parametrize(
    ("text", "category", "commodity", "place"),
    [
        ("គេទារលុយពេលដឹកជ្រូក នៅព្រៃឈរ 20000", "unofficial_fee", "pig_live", "0313"),
        ("my pigs die in Prey Veng", "animal_disease", "pig_live", "14"),
        ("អណ្ដូងក្នុងភូមិស្អុយ", "water", None, None),
        ("stop asking money for pigs", None, "pig_live", None),
        ("ផ្លូវខូច ព្រៃឈរ", "road", None, "0313"),
        ("hello", None, None, None),
        ("ស្រូវសំរោង", None, "rice_paddy", None),  # two districts have this name
        ("", None, None, None),
    ],
)
def test_hints(text: str, category: str | None, commodity: str | None, place: str | None) -> None:
    heard = words(text)
    assert (heard.intent, heard.confidence) == (Intent.WORDS, 1.0)
    slots = heard.slots
    assert (slots.category, slots.commodity, slots.place) == (category, commodity, place)


def test_a_whole_command_has_none() -> None:
    assert words("STOP").intent is Intent.STOP
    assert words("0").intent is Intent.HOME


@given(st.text(max_size=200))
def test_any_words_are_words(text: str) -> None:
    heard = words(text)
    if heard.intent is Intent.WORDS:
        assert (heard.text, heard.confidence, heard.maybe) == (text, 1.0, ())
