"""What is heard on the phone: sentences that can be recorded in short pieces, lose no answer, and are soon over."""

import re
from datetime import date

import pytest

from bot.language.intents.keypad import codes
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.speaking import SPOKEN, Speaking, clips, fragments
from bot.language.words.lexicon import Lexicon
from bot.prices.reference import commodities
from flows.line.home import ANNOUNCED, KEY_OF, KEYS, MOST_ANNOUNCED, paged
from flows.line.settings import IN_ENGLISH
from flows.prices.price import ASK_COMMODITY
from flows.prompts import Choice, Named, Prompt, say

LONGEST_PIECE = 6.0  # seconds
LONGEST_WAY = 20.0  # seconds from the greeting to the price, for who waits for the end of every menu
MAY_BE_LEFT_OUT = {"choices", "reporters"}  # choices follow their sentence; how many reported is for the eye
DAY = date(2026, 11, 22)


def gaps(id: str, wording: str) -> list[str]:
    return [piece.gap for pieces in fragments(id, wording) for piece in pieces if piece.gap]


@pytest.mark.parametrize("voice", SPOKEN)
def test_what_is_recorded_is_said_in_one_breath(voice: str, plain_lexicon: Lexicon) -> None:
    long = {clip.text: clip.seconds for clip in clips(voice, load_catalogue(voice, "voice"), plain_lexicon)}
    assert {text: seconds for text, seconds in long.items() if seconds > LONGEST_PIECE} == {}


@pytest.mark.parametrize("voice", SPOKEN)
def test_words_are_written_as_they_are_said(voice: str) -> None:
    """A reader of the sheet says what stands there: no digit, no sign, and no foreign letter in Khmer, except for
    the name of the language that whoever needs it must understand."""
    strange = r"[\dA-Za-z/()#*$៛]" if voice == "km" else r"[\d/()#*$]|[A-Z]{2}"
    for id, wording in load_catalogue(voice, "voice").items():
        if id == IN_ENGLISH:
            assert wording == "English"
            continue
        for piece in (piece for pieces in fragments(id, wording) for piece in pieces):
            assert not re.search(strange, piece.text), piece.text


@pytest.mark.parametrize("voice", SPOKEN)
def test_every_value_that_answers_is_said_once(voice: str) -> None:
    for id, wording in load_catalogue(voice, "voice").items():
        said = gaps(id, wording)
        assert len(said) == len(set(said)), wording
        assert set(gaps(id, id)) - set(said) <= MAY_BE_LEFT_OUT, wording
        assert "choices" not in said, wording


@pytest.mark.parametrize("voice", SPOKEN)
def test_a_price_ends_its_sentence(voice: str) -> None:
    """Numbers fall at the end, where they are remembered, unless the sentence asks whether they are right."""
    for id, wording in load_catalogue(voice, "voice").items():
        for pieces in fragments(id, wording):
            if any(piece.gap == "price" for piece in pieces) and "{low}" not in wording and "?" not in wording:
                assert pieces[-1].gap == "price", wording


@pytest.mark.parametrize("voice", SPOKEN)
@pytest.mark.parametrize("reports", [False, True], ids=["farmer", "reporter"])
def test_the_way_to_a_price_is_short(voice: str, reports: bool, plain_lexicon: Lexicon) -> None:
    """Both menus to their last word. Whoever does not report may have asked for the goods of the longest names."""
    catalogue = load_catalogue(voice, "voice")
    seconds = {clip.id: clip.seconds for clip in clips(voice, catalogue, plain_lexicon)}
    goods = [rule.id for rule in sorted(commodities(), key=lambda rule: rule.rank)]
    if not reports:
        goods = sorted(codes().values(), key=lambda id: seconds[f"c.{id}"], reverse=True)
    told = [name for name in ANNOUNCED if reports or name != "report"][:MOST_ANNOUNCED]
    keys = [Choice(name, say(ANNOUNCED[name]), key) for name, key in KEY_OF.items() if name in told]
    menus = [
        Prompt(KEYS, choices=tuple(keys)),
        Prompt(ASK_COMMODITY, choices=paged([Choice(id, Named("commodity", id)) for id in goods], 0)),
    ]
    said = Speaking(voice, catalogue, plain_lexicon, DAY).sentences(menus)
    assert all(sentence.clips for sentence in said)
    assert sum(seconds[id] for sentence in said for id, _take in sentence.clips) < LONGEST_WAY
