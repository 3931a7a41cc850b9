"""The word for the radio is a wish to be told of it; no refusal and no broken set is."""

from __future__ import annotations

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent


@pytest.mark.parametrize("text", ["វិទ្យុ", "vityu", "RADIO!", "ចង់ស្ដាប់វិទ្យុ", "chong sdab vityu"])
def test_who_asks_for_it_wants_it(text: str, plain_lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), plain_lexicon)
    assert (heard.intent, heard.confidence >= SURE) == (Intent.RADIO, True)


@pytest.mark.parametrize(
    "text",
    ["ឈប់វិទ្យុ", "chhob vityu", "STOP RADIO", "no radio", "មិនយកវិទ្យុ", "អត់យកវិទ្យុទេ", "ចាកចេញវិទ្យុ", "leave radio"],
)
def test_who_refuses_it_is_not_subscribed(text: str, plain_lexicon: Lexicon) -> None:
    assert understand(text, Asked(), plain_lexicon).intent is Intent.RADIO_STOP


def test_a_radio_that_does_not_work_is_no_clear_wish(plain_lexicon: Lexicon) -> None:
    heard = understand("វិទ្យុមិនដើរ", Asked(), plain_lexicon)
    assert (heard.intent, heard.confidence < SURE) == (Intent.RADIO, True)


def test_a_place_beside_it_is_where_it_is_heard(plain_lexicon: Lexicon) -> None:
    assert understand("vityu kampong cham", Asked(), plain_lexicon).slots.place == "03"
