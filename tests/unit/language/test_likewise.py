"""Me too: with a code in every form, without one only where nothing else can be meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.intents.understand import answering, understand
from bot.language.words.lexicon import Lexicon
from flows import codes
from flows.heard import SURE, Asked, Intent, Kind, Option

LEXICON = Lexicon.load()
FORMS = [
    "me too",
    "Me too!",
    "metoo",
    "me also",
    "we too",
    "same here",
    "i have this problem too",
    "we have the same problem",
    "it happened to me too",
    "ខ្ញុំដែរ",
    "ខ្ញុំក៏ដែរ",
    "ខ្ញុំក៍ដែរ",
    "ខ្ញុំកដែរ",
    "ខ្ញុំក៏ជួបដែរ",
    "ខ្ញុំ ក៏ មាន ដែរ",
    "យើងក៏មានបញ្ហានេះដែរ",
    "ខ្ញុំបាទក៏ដែរ",
    "ផ្ទះខ្ញុំក៏ដែរ",
    "knhom der",
    "knhom kor der",
    "khnhom ko der",
    "khnom kor dae",
    "nhom kor mean der",
    "yerng kor chuob der",
]
NONE = [
    "me",
    "ខ្ញុំ",
    "ខ្ញុំដើរ",
    "me too much pig price",
    "i have pigs too",
    "+1",
    "តម្លៃជ្រូកដែរ",
]


@pytest.mark.parametrize("text", FORMS)
def test_alone_and_with_a_code(text: str) -> None:
    alone = understand(text, Asked(), LEXICON)
    assert (alone.intent, alone.slots.code) == (Intent.ISSUE_JOIN, None)
    assert alone.confidence >= SURE
    for with_code in (f"{text} 123-4567", f"{text} code 1234567", f"{text}, 123 4567", f"123-4567 {text}"):
        heard = understand(with_code, Asked(), LEXICON)
        assert (heard.intent, heard.slots.code) == (Intent.ISSUE_JOIN, "1234567"), with_code


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_me_too(text: str) -> None:
    assert understand(text, Asked(), LEXICON).intent is not Intent.ISSUE_JOIN


@pytest.mark.parametrize("text", ["+1 123-4567", "+១ ១២៣-៤៥៦៧", "+1 lek 123-4567", "+ 1 1234567"])
def test_plus_one(text: str) -> None:
    heard = understand(text, Asked(), LEXICON)
    assert (heard.intent, heard.slots.code) == (Intent.ISSUE_JOIN, "1234567")


def test_the_words_behind_are_kept() -> None:
    heard = understand("ខ្ញុំដែរ 123-4567 ជ្រូកខ្ញុំងាប់ ៣ក្បាល", Asked(), LEXICON)
    assert (heard.slots.code, heard.slots.words) == ("1234567", "ជ្រូកខ្ញុំងាប់ ៣ក្បាល")


@pytest.mark.parametrize("kind", [Kind.CONFIRM, Kind.CHOOSE, Kind.CODE])
def test_where_a_like_problem_is_offered(kind: Kind) -> None:
    asked = Asked(kind, (Option("1234567", "ជ្រូកឈឺ ព្រៃឈរ"), Option("new", "ថ្មី")))
    assert understand("ខ្ញុំដែរ", asked, LEXICON).intent is Intent.ISSUE_JOIN


def test_without_a_code_it_may_answer_an_invitation() -> None:
    assert answering("me too", LEXICON, ("rsvp",)).intent is not Intent.UNCLEAR


@given(st.sampled_from(FORMS), st.integers(0, 999_999))
def test_any_code_with_any_form(form: str, number: int) -> None:
    code = codes.made(number)
    heard = understand(f"{form} {codes.shown(code)}", Asked(), LEXICON)
    assert (heard.intent, heard.slots.code) == (Intent.ISSUE_JOIN, code)
