"""Masking: no telephone number is left in any spelling, and every amount, date and code stays."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.language.masking import MASK, Masked, mask, masked, without_name
from flows import codes

KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("012345678", MASK),
        ("tel 012 345 678 please", f"tel {MASK} please"),
        ("ទូរស័ព្ទ០១២៣៤៥៦៧៨ ខ្ញុំ", f"ទូរស័ព្ទ{MASK} ខ្ញុំ"),
        ("លេខ012-345-678ណា", f"លេខ{MASK}ណា"),
        ("call 012345678 tonight", f"call {MASK} tonight"),
        ("tel:012.345.678. Thanks", f"tel:{MASK}. Thanks"),
        ("012/345/678", MASK),
        ("0 1 2 3 4 5 6 7 8", MASK),
        ("+855 12 345 678", MASK),
        ("(+855) 12 345 678", MASK),
        ("+855(0)12 345 678", MASK),
        ("00855 12 345 678", MASK),
        ("855 12 345 678", MASK),
        ("(012) 345 678 or (098765432)", f"{MASK} or {MASK}"),
        ("12345678", MASK),
        ("12 345 678", MASK),
        ("97 123 4567", MASK),
        ("O12 345 678", MASK),
        ("o97o123456", MASK),
        ("012 3oo 4oo", MASK),
        ("០១២\u200b៣៤៥\u200b៦៧៨", MASK),
        ("012345678/098765432", f"{MASK}/{MASK}"),
        ("call 012821147. 2 pigs", f"call {MASK}. 2 pigs"),
        ("012. 345. 678", MASK),
        ("012345678 and 50 kg", f"{MASK} and 50 kg"),
        ("012 345 678 1500 រៀល", f"{MASK} 1500 រៀល"),
        ("023 123 456", MASK),
        ("+66 81 234 5678", MASK),
        ("0066812345678", MASK),
        ("66812345678", MASK),
        ("+84 91 234 56 78", MASK),
        ("sok.dara@example.com", MASK),
        ("អ៊ីមែលsok@example.comបង", f"អ៊ីមែល{MASK}បង"),
        ("មើលhttps://example.com/sok?x=1 ខ្ញុំ", f"មើល{MASK} ខ្ញុំ"),
        ("www.example.org", MASK),
        ("t.me/sokdara", MASK),
        ("example.com.kh/sok", MASK),
        ("telegram @sok_dara", f"telegram {MASK}"),
        ("ខ្ញុំឈ្មោះ សុខ នៅព្រៃឈរ", f"ខ្ញុំឈ្មោះ {MASK} នៅព្រៃឈរ"),
        ("my name is Sok Dara and", f"my name is {MASK} and"),
        ("ខ្ញុំឈ្មោះ សុខ ចាន់ លេខ 012345690", f"ខ្ញុំឈ្មោះ {MASK} លេខ {MASK}"),
        ("2A-1234", MASK),
        ("ភ្នំពេញ 2AB-5678", f"ភ្នំពេញ {MASK}"),
        ("កំពង់ចាម ១ខ-១២៣៤", f"កំពង់ចាម {MASK}"),
    ],
)
def test_what_leads_to_a_person_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "1.200.000 រៀល",
        "1 200 000 រៀល",
        "20000 riel",
        "12345678 riel",
        "១២៣៤៥៦៧៨ រៀល",
        "$12345678",
        "12,345,678",
        "20 លាន",
        "25/11/2026",
        "២៥-១១-២០២៦",
        "2026-11-25 18:00",
        "01/02/2026 5",
        "123-4567",
        f"{codes.shown(codes.made(123456))} 10 pigs",
        "1234567",
        "500 1000 1500 2000",
        "9500-9800",
        "9,500 r/kg",
        "0.5 kg 1.25",
        "10ok 20",
        "3 pigs, 12 piglets and 100 chickens",
        "@ 9500 riel",
        "ខ្ញុំនៅព្រៃឈរ។ គេសុំលុយ",
        "no 12 and 345",
        "",
    ],
)
def test_what_is_told_stays(text: str) -> None:
    assert masked(text) == text


def _mobile(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number, "KH"))


NUMBERS = st.builds(
    lambda prefix, rest: f"0{prefix}{rest}",
    st.sampled_from(["10", "11", "12", "15", "16", "17", "69", "70", "77", "81", "85", "87", "89", "92", "93", "98"]),
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
).filter(_mobile)
BETWEEN = st.sampled_from(["", " ", "-", ".", " - ", "–", "/", "\u200b"])
AROUND = st.sampled_from(["", " ", "លេខ", "tel ", "tel:", "(", "ទូរស័ព្ទ ", "។", ", ", "call me "])


@given(NUMBERS, st.sampled_from(["0", "+855", "+855 ", "00855", "855", "+855 0"]), st.data())
def test_no_number_is_left_however_it_is_spelt(number: str, lead: str, data: st.DataObject) -> None:
    digits = number[1:]
    parts = data.draw(st.sampled_from([(2, 5, 8), (2, 4, 6), (1, 2, 3), (8,), (4,), (2,), (5,)]))
    sign = data.draw(BETWEEN)
    cuts = [0, *(cut for cut in parts if cut < len(digits)), len(digits)]
    spelt = lead + sign.join(digits[begin:end] for begin, end in pairwise(cuts))
    if data.draw(st.booleans()):
        spelt = spelt.translate(KHMER)
    elif data.draw(st.booleans()):
        spelt = spelt.replace("0", data.draw(st.sampled_from("oO")))
    before, after = data.draw(AROUND), data.draw(st.sampled_from(["", " ", "។", ".", " ណា", "ណា", ", 20000 riel"]))
    assume(not (before[-1:].isascii() and before[-1:].isalpha()))
    found = masked(f"{before}{spelt}{after}")
    assert found == f"{before.rstrip('(') if before == '(' else before}{MASK}{after}"


@given(NUMBERS, st.sampled_from(["2-3-3", "2-6", "8"]), st.sampled_from([" ", "-"]))
def test_no_number_is_left_without_its_zero(number: str, form: str, sign: str) -> None:
    digits, cuts = number[1:], {"2-3-3": (2, 5), "2-6": (2,), "8": ()}[form]
    assume(not digits.endswith("000"))
    ends = [0, *cuts, len(digits)]
    spelt = sign.join(digits[begin:end] for begin, end in pairwise(ends))
    assert masked(f"ring {spelt} please") == f"ring {MASK} please"


@given(
    st.integers(1, 999_999_999),
    st.sampled_from([" riel", " រៀល", "៛", " ដុល្លារ", "$", " usd", " baht", " kg", " គីឡូ", " r"]),
    st.sampled_from(["", ",", ".", " "]),
    st.booleans(),
)
def test_amounts_stay(amount: int, unit: str, sign: str, khmer: bool) -> None:
    shown = f"{amount:,}".replace(",", sign)
    text = f"គេសុំលុយ {shown.translate(KHMER) if khmer else shown}{unit} ពីខ្ញុំ"
    assert masked(text) == text


@given(st.integers(0, 9_999_999))
def test_a_short_number_stays(number: int) -> None:
    assert masked(f"it was {number} there") == f"it was {number} there"


@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y"]),
)
def test_dates_stay(day: date, form: str) -> None:
    text = f"on {day.strftime(form)} they came"
    assert masked(text) == text


@given(st.integers(0, 999_999), st.sampled_from(["", " 3 pigs", " 20000 riel", " done"]))
def test_codes_stay(number: int, behind: str) -> None:
    text = f"{codes.shown(codes.made(number))}{behind}"
    assert masked(text) == text


@given(st.text(alphabet="0123456789០១២oO +-.,/()@•abកខ។\u200b", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    masked(text)


def test_a_known_name() -> None:
    assert without_name("ខ្ញុំ សុខ ដារ៉ា នៅទីនេះ", "សុខ ដារ៉ា") == f"ខ្ញុំ {MASK} នៅទីនេះ"
    assert without_name("i am sok, from sokha", "Sok Dara") == f"i am {MASK}, from sokha"
    assert without_name("words", "") == "words"


def test_names_that_are_known_are_masked_with_the_rest() -> None:
    found = mask("sok dara, ring 012 345 678", ["Sok Dara"])
    assert found == Masked(f"{MASK}, ring {MASK}", ())
