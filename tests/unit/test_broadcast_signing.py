"""A broadcast says who sends it and how to end it, unless its author has."""

from __future__ import annotations

import pytest

from bot.broadcasts.signing import signed


@pytest.mark.parametrize(
    ("voice", "text", "sent"),
    [
        ("en", "Pigs cost more", "Phsar: Pigs cost more\nTo stop: STOP"),
        ("en", "Phsar: pigs cost more", "Phsar: pigs cost more\nTo stop: STOP"),
        ("en", "Pigs cost more. Reply STOP to end", "Phsar: Pigs cost more. Reply STOP to end"),
        ("en", "They stop buying pigs", "Phsar: They stop buying pigs\nTo stop: STOP"),
        ("km", "ជ្រូកឡើងថ្លៃ", "សេវាផ្សារ៖ ជ្រូកឡើងថ្លៃ\nឈប់៖ ឈប់"),
        ("km", "គេឈប់ទិញជ្រូក", "សេវាផ្សារ៖ គេឈប់ទិញជ្រូក\nឈប់៖ ឈប់"),
        ("km", "សេវាផ្សារ៖ ជ្រូកឡើងថ្លៃ ឈប់ ផ្ញើ ឈប់", "សេវាផ្សារ៖ ជ្រូកឡើងថ្លៃ ឈប់ ផ្ញើ ឈប់"),
        ("km_Latn", "chrouk laeng thlai", "Phsar: chrouk laeng thlai\nChhob: CHHOB"),
        ("en", "  ", ""),
    ],
)
def test_who_sends_it_and_how_to_end_it(voice: str, text: str, sent: str) -> None:
    assert signed(text, voice, "", two_way=True) == sent


def test_a_name_that_hears_no_answer_gives_a_number_or_nothing() -> None:
    assert signed("Hi", "en", "+85510000000", two_way=False) == "Phsar: Hi\nTo stop, ring +85510000000"
    assert signed("Hi", "en", "", two_way=False) == "Phsar: Hi"
