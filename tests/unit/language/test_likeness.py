"""Likeness: the same problem in other words is alike in any script; another problem is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.text.likeness import LONGEST, folded, likeness

ENOUGH = 0.45  # what the issues room takes for the same
ALIKE = [
    ("ប៉ូលិសសុំលុយពេលដឹកជ្រូកនៅព្រៃឈរ", "គេសុំលុយពេលដឹកជ្រូក ប៉ូលិសនៅព្រៃឈរ"),
    ("ប៉ូលីសសុំលុយដឹកជ្រូក", "ប៉ូលិសទារលុយឡានដឹកជ្រូកម្ដង ២០០០០ រៀល"),
    ("អណ្ដូងក្នុងភូមិស្អុយ ប្រើមិនបាន", "ទឹកអណ្តូងស្អុយណាស់ ប្រើអត់បាន"),
    ("polis som luy pel dek chrouk", "police som luy dek chruk 20000"),
    ("bridge broken near pagoda", "the bridge near the pagoda is broken since 2 weeks"),
    ("road to the market is flooded", "flooded road to market, trucks cannot pass"),
    ("no water in the canal for rice", "canal has no water, our rice is dry"),
    ("pigs are dying in our village", "many pigs died, our pigs are dying"),
    ("ជ្រូកងាប់ច្រើនក្នុងភូមិ", "ជ្រុកងាប់ច្រេីន ភូមិយើង ២០ក្បាល"),
    ("ផ្លូវខូច ឡានចូលមិនបាន", "ផ្លូវចូលភូមិខូចខ្លាំង ឡានចូលអត់បាន"),
    ("chrouk ngoab chraen knong phum", "chruk ngob chron phum yerng"),
    ("licence for tile kiln is late six months", "waiting six months for licence of my tile kiln"),
    ("អាជ្ញាប័ណ្ណឡក្បឿងយូរ ៦ខែហើយ", "សុំអាជ្ញាប័ណ្ណឡក្បឿង ចាំ៦ខែហើយមិនទាន់បាន"),
]
APART = [
    ("ប៉ូលិសសុំលុយពេលដឹកជ្រូក", "អណ្ដូងក្នុងភូមិស្អុយ ប្រើមិនបាន"),
    ("bridge broken near pagoda", "pigs are dying in our village"),
    ("road to the market is flooded", "no buyer for our honey at the market"),
    ("polis som luy pel dek chrouk", "spean bak mok phum yerng"),
    ("ជ្រូកងាប់ច្រើនក្នុងភូមិ", "ផ្លូវខូច ឡានចូលមិនបាន"),
    ("licence for tile kiln is late", "fake fertiliser sold at the market"),
    ("យើងលក់ទឹកឃ្មុំមិនដាច់", "ដង្កូវស៊ីស្រូវអស់"),
    ("chicken die", "road broken"),
    ("ទឹកស្អុយ", "ស្ពានបាក់"),
    ("ផ្លូវខូច", "ស្ពានខូច"),
    ("well is dry", "pump is broken"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert likeness(folded(one), folded(other)) >= ENOUGH


@pytest.mark.parametrize(("one", "other"), APART)
def test_another_problem(one: str, other: str) -> None:
    assert likeness(folded(one), folded(other)) < ENOUGH


def test_spelling_order_signs_and_unseen_letters_change_nothing() -> None:
    for one, other in (
        ("ប៉ូលិសសុំលុយ", "ប៉ូលីស​សុំ​លុយ"),
        ("សម្រាមច្រើន ស្អុយ", "ស្អុយ, សម្រាម ច្រើនណាស់!"),
        ("Road BROKEN", "the road is broken."),
        ("pigs die", "pig die"),
        ("chrouk ngoab", "jruk ngob"),
    ):
        assert likeness(folded(one), folded(other)) == 1.0, (one, other)


def test_empty_words_say_nothing() -> None:
    assert folded("យើងនៅក្នុងភូមិ") == folded("the village, and our") == folded("20 000") == ""
    assert likeness("", "") == likeness("", folded("road broken")) == 0.0


TEXTS = st.one_of(st.text(max_size=300), st.sampled_from([text for pair in ALIKE + APART for text in pair]))


@given(TEXTS)
def test_what_is_compared_is_short_stable_and_like_itself(text: str) -> None:
    once = folded(text)
    assert len(once) <= LONGEST
    assert folded(text) == once
    assert likeness(once, once) == (1.0 if once else 0.0)


@given(TEXTS, TEXTS)
def test_likeness_has_no_sides_and_no_more_than_one(one: str, other: str) -> None:
    first, second = folded(one), folded(other)
    assert 0.0 <= likeness(first, second) == likeness(second, first) <= 1.0


def test_a_pair_costs_little() -> None:
    forms = [folded(f"{one} {other}") for one, other in ALIKE + APART]
    begun = time.perf_counter()
    for one in forms:
        for other in forms:
            likeness(one, other)
    assert (time.perf_counter() - begun) / len(forms) ** 2 < 100e-6
