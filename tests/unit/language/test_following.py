"""Alerts and the prices of the week, as people ask for them and end them."""

from __future__ import annotations

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Heard, Intent, Kind, Option

WEEKLY = [
    "តម្លៃប្រចាំសប្តាហ៍",
    "តម្លៃប្រចាំសប្ដាហ៍",
    "សូមផ្ញើតម្លៃប្រចាំសប្តាហ៍មកខ្ញុំ",
    "ផ្ញើតម្លៃរាល់សប្តាហ៍",
    "prachum sapda",
    "pracham sapada",
    "thlai prachum sapda",
    "weekly",
    "Weekly prices",
    "i want weekly prices",
    "tell me the prices every week",
    "weekly report",
]
NO_WEEKLY = [
    "ឈប់ប្រចាំសប្តាហ៍",
    "ឈប់ផ្ញើតម្លៃប្រចាំសប្តាហ៍",
    "តម្លៃប្រចាំសប្តាហ៍ ឈប់ផ្ញើ",
    "chhob prachum sapda",
    "chhob pracham sapda",
    "STOP WEEKLY",
    "stop weekly",
    "no more weekly prices",
    "stop sending me weekly messages",
]
OTHERS = {
    "weekly meeting monday 2pm": Intent.MEETING_NEW,
    "ប្រជុំរាល់អាទិត្យ ថ្ងៃចន្ទ ម៉ោង ២ រសៀល": Intent.MEETING_NEW,
    "weekly pig 9500": Intent.REPORT,
    "stop all messages weekly": Intent.STOP,
    "stop": Intent.STOP,
    "pig price": Intent.PRICE,
}


def read(text: str, lexicon: Lexicon) -> Heard:
    return understand(text, Asked(), lexicon)


@pytest.mark.parametrize("text", WEEKLY)
def test_the_week_is_wanted(text: str, lexicon: Lexicon) -> None:
    assert read(text, lexicon).intent is Intent.WEEKLY


@pytest.mark.parametrize("text", NO_WEEKLY)
def test_the_week_is_wanted_no_more_also_where_something_else_is_asked(text: str, lexicon: Lexicon) -> None:
    assert read(text, lexicon).intent is Intent.WEEKLY_STOP
    options = (Option("pig_live", "live pig"), Option("rice_paddy", "paddy rice"))
    assert understand(text, Asked(Kind.CHOOSE, options), lexicon).intent is Intent.WEEKLY_STOP


@pytest.mark.parametrize(("text", "intent"), OTHERS.items())
def test_what_only_sounds_like_it(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert read(text, lexicon).intent is intent


@pytest.mark.parametrize(
    ("text", "commodity"),
    [
        ("ប្រាប់ខ្ញុំពេលជ្រូកឡើងថ្លៃ", "pig_live"),
        ("brab khnhom pel chrouk laeng thlai", "pig_live"),
        ("tell me when pigs move", "pig_live"),
        ("alert paddy rice", "rice_paddy"),
        ("alert rice", None),
    ],
)
def test_an_alert_is_about_one_thing_or_asks_which(text: str, commodity: str | None, lexicon: Lexicon) -> None:
    heard = read(text, lexicon)
    assert (heard.intent, heard.slots.commodity) == (Intent.ALERT, commodity)
    assert bool(heard.maybe) is (commodity is None)


@pytest.mark.parametrize(
    ("voice", "words"), [("km", "ឈប់ប្រាប់{}"), ("km_Latn", "CHHOB PRAP TLAI {}"), ("en", "STOP ALERT {}")]
)
def test_what_our_messages_say_ends_an_alert_does(voice: str, words: str, lexicon: Lexicon) -> None:
    wrong = []
    for id in lexicon.commodities():
        heard = read(words.format(lexicon.name("commodity", id, voice)), lexicon)
        if (heard.intent, heard.slots.commodity) != (Intent.ALERT_STOP, id):
            wrong.append(id)
    # A few names are also other words, or figures: then it is asked which.
    assert len(wrong) <= {"km": 2, "km_Latn": 6, "en": 7}[voice], wrong
