"""Keys of a telephone: what each means depends on what was asked, and nothing that is pressed raises."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.intents.keypad import codes, keys_of, pressed, spoken
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind, Option

LEXICON = Lexicon.load()
OFFERED = (Option("pig_live", "ជ្រូករស់"), Option("rice_paddy", "ស្រូវ"))
GOODS = Asked(Kind.CHOOSE, OFFERED, "commodity")
PROVINCES = Asked(Kind.CHOOSE, (Option("12", "ភ្នំពេញ"),), "province")
MENU = Asked(Kind.CHOOSE, (Option("prices", "", 1), Option("more", "", 6)))
AMOUNT = Asked(Kind.AMOUNT)
CODE = Asked(Kind.CODE)


@pytest.mark.parametrize(
    ("keys", "asked", "intent"),
    [
        ("", GOODS, Intent.SILENCE),
        ("#", GOODS, Intent.KEY_CODE),
        ("#", MENU, Intent.SILENCE),
        ("0", GOODS, Intent.GUIDE),
        ("9", GOODS, Intent.AGAIN),
        ("*", GOODS, Intent.HOME),
        ("1*", GOODS, Intent.HOME),
        ("2", GOODS, Intent.CHOICE),
        ("3", GOODS, Intent.UNCLEAR),
        ("6", MENU, Intent.CHOICE),
        ("2", MENU, Intent.UNCLEAR),
        ("01", GOODS, Intent.PRICE),
        ("99", GOODS, Intent.UNCLEAR),
        ("01", MENU, Intent.UNCLEAR),
        ("14", PROVINCES, Intent.PLACE),
        ("26", PROVINCES, Intent.UNCLEAR),
        ("9500", AMOUNT, Intent.REPORT),
        ("9500#", AMOUNT, Intent.REPORT),
        ("000", AMOUNT, Intent.UNCLEAR),
        ("123456789", AMOUNT, Intent.UNCLEAR),
        ("1234567", CODE, Intent.ISSUE_STATUS),
        ("0000000", CODE, Intent.ISSUE_STATUS),
        ("123456", CODE, Intent.UNCLEAR),
        ("12345678", CODE, Intent.UNCLEAR),
        ("1", CODE, Intent.UNCLEAR),
        ("0", CODE, Intent.GUIDE),
        ("9", CODE, Intent.AGAIN),
        ("123*", CODE, Intent.HOME),
        ("7" * 30, GOODS, Intent.UNCLEAR),
        ("A", GOODS, Intent.UNCLEAR),
        ("ABCD", AMOUNT, Intent.UNCLEAR),
        ("១", GOODS, Intent.UNCLEAR),
    ],
)
def test_what_keys_mean(keys: str, asked: Asked, intent: Intent) -> None:
    assert pressed(keys, asked, LEXICON).intent is intent


def test_codes_name_products_provinces_and_amounts() -> None:
    assert pressed("01", GOODS, LEXICON).slots.commodity == "pig_live"
    assert pressed("14", PROVINCES, LEXICON).slots.place == "14"
    assert pressed("9500", AMOUNT, LEXICON).slots.usual == Decimal(9500)
    assert pressed("6", MENU, LEXICON).slots.choice == 6
    assert pressed("1234567", CODE, LEXICON).slots.code == "1234567"


def test_the_printed_codes_name_products_and_no_two_the_same() -> None:
    assert (codes()["01"], codes()["49"], codes()["98"]) == ("pig_live", "rice_paddy", "diesel")
    assert len(set(codes().values())) == len(codes()) == 98
    assert set(codes().values()) <= set(LEXICON.commodities())
    assert all(len(code) == 2 and code.isdigit() for code in codes())


def test_how_many_keys_an_answer_may_have() -> None:
    assert (keys_of(GOODS), keys_of(MENU), keys_of(AMOUNT), keys_of(CODE)) == (1, 1, 8, 7)
    assert keys_of(Asked(Kind.CHOOSE, codes="commodity")) == 2  # behind the hash
    assert keys_of(Asked(Kind.AMOUNT, OFFERED)) == 1


@given(
    st.text(alphabet="0123456789*#ABCDhangup ១", max_size=40), st.sampled_from([GOODS, PROVINCES, MENU, AMOUNT, CODE])
)
def test_nothing_that_is_pressed_raises(keys: str, asked: Asked) -> None:
    heard = pressed(keys, asked, LEXICON)
    assert heard.slots.choice is None or heard.intent is Intent.CHOICE


def test_words_count_only_when_both_are_sure() -> None:
    assert spoken("ជ្រូករស់", 0.9, GOODS, LEXICON).slots.choice == 1
    assert spoken("ជ្រូករស់", 0.2, GOODS, LEXICON).intent is Intent.UNCLEAR
    assert spoken("អូ អា", 0.9, GOODS, LEXICON).intent is Intent.UNCLEAR
    assert spoken("តម្លៃមាន់ បាត់ដំបង", 0.8, GOODS, LEXICON).slots.place == "02"


def test_a_spoken_choice_is_that_of_its_key() -> None:
    menu = Asked(Kind.CHOOSE, (Option("prices", "តម្លៃ", 1), Option("more", "ភាសា", 6)))
    assert spoken("ភាសា", 0.9, menu, LEXICON).slots.choice == 6
