"""What a message costs on the air, counted against the GSM standard and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.text.sms_parts import GSM_BASIC, GSM_EXTENDED, Parts, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Parts("GSM-7", 0, 0)),
        ("tlai srov btb", Parts("GSM-7", 13, 1)),
        ("a" * 160, Parts("GSM-7", 160, 1)),
        ("a" * 161, Parts("GSM-7", 161, 2)),
        ("a" * 306, Parts("GSM-7", 306, 2)),
        ("a" * 307, Parts("GSM-7", 307, 3)),
        ("€" * 80, Parts("GSM-7", 160, 1)),
        ("€" * 81, Parts("GSM-7", 162, 2)),
        ("[2 €]", Parts("GSM-7", 8, 1)),
        ("line\nline\r", Parts("GSM-7", 10, 1)),
        ("è@£¿", Parts("GSM-7", 4, 1)),
        ("tab\t", Parts("UCS-2", 4, 1)),
        ("back`tick", Parts("UCS-2", 9, 1)),
        ("ជួយ", Parts("UCS-2", 3, 1)),
        ("9,500៛", Parts("UCS-2", 6, 1)),
        ("ក" * 70, Parts("UCS-2", 70, 1)),
        ("ក" * 71, Parts("UCS-2", 71, 2)),
        ("ក" * 134, Parts("UCS-2", 134, 2)),
        ("ក" * 135, Parts("UCS-2", 135, 3)),
        ("🐖", Parts("UCS-2", 2, 1)),
        ("🐖" * 35, Parts("UCS-2", 70, 1)),
    ],
)
def test_known_texts(text: str, expected: Parts) -> None:
    assert parts(text) == expected


def test_an_escape_is_not_torn_between_two_parts() -> None:
    # The euro sign does not fit the 153rd place, so a septet stays empty and a third part is needed.
    assert parts("a" * 152 + "€" + "a" * 152) == Parts("GSM-7", 306, 3)


def test_a_surrogate_pair_is_not_torn_between_two_parts() -> None:
    assert parts("ក" * 66 + "🐖" + "ក" * 66) == Parts("UCS-2", 134, 3)


def test_the_alphabet_is_the_standard_one() -> None:
    assert len(GSM_BASIC) == 127  # 128 places, one of which is the escape itself
    assert len(GSM_EXTENDED) == 10
    assert not GSM_BASIC & GSM_EXTENDED


@given(st.text(max_size=400))
def test_any_text_is_counted(text: str) -> None:
    counted = parts(text)
    single, joined = (160, 153) if counted.encoding == "GSM-7" else (70, 67)
    if counted.encoding == "UCS-2":
        assert counted.units == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert counted.parts == (0 if not text else 1) or counted.units > single
    assert counted.parts <= 1 or counted.parts * joined >= counted.units


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert parts(text + more).parts >= parts(text).parts
