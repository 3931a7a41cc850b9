"""The code of an issue: every slip is caught, and what stands behind one is taken as it was typed."""

from __future__ import annotations

import pytest

from flows import codes


def test_every_wrong_digit_and_every_swap_of_neighbours_is_caught() -> None:
    for number in range(0, 1_000_000, 9973):
        code = codes.made(number)
        assert codes.is_code(code)
        for at, digit in enumerate(code):
            slips = [code[:at] + other + code[at + 1 :] for other in "0123456789" if other != digit]
            assert not any(codes.is_code(slip) for slip in slips)
        for at in range(6):
            swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
            assert swapped == code or not codes.is_code(swapped)


@pytest.mark.parametrize("digits", ["", "123456", "12345666", "១២៣៤៥៦៦", "123-456", "12345 6"])
def test_what_is_no_seven_digits_is_no_code(digits: str) -> None:
    assert not codes.is_code(digits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("123-4566 received the money back", "received the money back"),
        ("១២៣-៤៥៦៦៖ ចប់ បានប្ដូរ", "ចប់ បានប្ដូរ"),
        ("number 123 4566, 3 pigs", "3 pigs"),
        ("1234566", ""),
        ("123", ""),
    ],
)
def test_what_stands_behind_a_code_is_all_there(text: str, words: str) -> None:
    assert codes.behind(text) == words
