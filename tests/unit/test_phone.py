"""Numbers as carriers, people and lists write them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.contacts.phone import Address, AddressKind, read_address, read_number


@pytest.mark.parametrize(
    "written",
    [
        "+85512345678",
        "85512345678",
        "0085512345678",
        "00855 12 345 678",
        "012345678",
        "012 345 678",
        "012-345-678",
        "(012) 345.678",
        " +855 12 345 678 ",
        "០១២៣៤៥៦៧៨",
        "+៨៥៥ ១២ ៣៤៥ ៦៧៨",
        "０１２３４５６７８",
        "12345678",
    ],
)
def test_one_number_however_it_is_written(written: str) -> None:
    assert read_address(written) == Address(AddressKind.MOBILE, "+85512345678")


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("1294", AddressKind.SHORT, "1294"),
        ("+1294", AddressKind.SHORT, "1294"),
        ("១២៩៤", AddressKind.SHORT, "1294"),
        ("023 222 333", AddressKind.LANDLINE, "+85523222333"),
        ("+66812345678", AddressKind.FOREIGN, "+66812345678"),
        ("0066812345678", AddressKind.FOREIGN, "+66812345678"),
        ("+14155550123", AddressKind.FOREIGN, "+14155550123"),
        ("+855972345678", AddressKind.MOBILE, "+855972345678"),
    ],
)
def test_other_kinds(written: str, kind: AddressKind, value: str) -> None:
    assert read_address(written) == Address(kind, value)


@pytest.mark.parametrize(
    "written",
    ["", " ", "+", "ANONYMOUS", "Restricted", "unknown", "Phsar", "+266696687", "266696687", "+7378742833", "1" * 40,
     "abc123456789", "client:bob", "+85512", "00", "\x00", "🐷"],
)  # fmt: skip
def test_what_is_no_number_is_withheld(written: str) -> None:
    address = read_address(written)
    assert (
        address.kind in (AddressKind.WITHHELD, AddressKind.SHORT)
        if written in ("+85512", "00")
        else AddressKind.WITHHELD
    )
    assert address.value == "" or address.kind is AddressKind.SHORT


@given(st.text(max_size=60))
def test_nothing_anybody_writes_is_a_fault(written: str) -> None:
    address = read_address(written)
    assert (address.value == "") == (address.kind is AddressKind.WITHHELD)
    assert address.value.isascii()
    assert len(address.value) <= 17
    if address.value:
        assert read_address(address.value) == address  # reading it again changes nothing


@given(st.text("+0123456789 ()-", max_size=20))
@example("+4300000")
def test_reading_an_address_again_changes_nothing(written: str) -> None:
    address = read_address(written)
    if address.value:
        assert read_address(address.value) == address


@pytest.mark.parametrize(
    "written",
    ["012 345 678", "012.345.678", "012‑345‑678", "(012) 345 678", "+855 (0)12 345 678", "'012345678", "855 12 345 678",
     "\u202a+855 12 345 678\u202c", "＋855１２345678", "០១២ ៣៤៥ ៦៧៨", "12345678", "01 23 45 67 8".replace(" ", ""),
     "0085512345678", "012\u00a0345\u00a0678"],
)  # fmt: skip
def test_a_number_in_a_list_is_read_whole(written: str) -> None:
    assert read_number(written) == Address(AddressKind.MOBILE, "+85512345678")


@pytest.mark.parametrize(
    "written",
    ["12345678.0", "12345678.00", "12345678.5", "85512345678.0", "855 12345678.0", "85512345679,0", "1.2345678E+07",
     "012 345 68", "0123456", "+855 12 345 67", "097 123 4567 8", "012 345 678 9", "012345678-9", "012345686/87",
     "012345678 012345679", "012345678 / 097 123 4567", "12,345,678", "-12345678", "012+345678", "++85512345678",
     "+012345678", "012345678;", "012345678 (2)", "012345678x", "012345678 ext 5", "²12345678", "1294", "#REF!", "N/A",
     "", "+", "0", "()", "+855 12 345 678 9"],
)  # fmt: skip
def test_what_is_not_one_whole_number_is_not_guessed_at(written: str) -> None:
    assert read_number(written) is None


@given(st.text("+0123456789០៩ ()-./,;E", max_size=24))
def test_a_number_that_is_read_has_all_the_digits_written(written: str) -> None:
    address = read_number(written)
    if address is not None:
        digits = "".join(str(int(char)) for char in written if char.isdigit())
        assert digits.endswith(address.value.removeprefix("+855").removeprefix("+"))
        assert len(digits) - len(address.value) <= 4  # 00855(0)12…
        assert read_number(address.value) == address
