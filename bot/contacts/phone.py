"""Who a message is from: every way a number is written becomes one address.

Reads numbers with the phonenumbers library, region KH. A carrier's word is taken as it comes: a short code stays bare,
a withheld sender has no address at all. What people write into lists and messages is read whole or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import phonenumbers

# Of a number in a list that `read_number` does not take.
NO_NUMBER = "is not one whole telephone number; write it like 012 345 678 or +855 12 345 678, in a column of text"


class AddressKind(StrEnum):
    """What can be done with an address: only a mobile of the country may be called back."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    SHORT = "short"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Address:
    """An address: E.164 with +, the bare digits of a short code, or empty when withheld."""

    kind: AddressKind
    value: str


WITHHELD = Address(AddressKind.WITHHELD, "")
UNANSWERED = (
    AddressKind.WITHHELD,
    AddressKind.SHORT,
)  # senders of SMS who cannot be written to: a name, nobody, a service
# Numbers that carriers send instead of a withheld one ("ANONYMOUS" and its like spelled on a keypad).
_ANONYMOUS = frozenset({"+266696687", "+86282452253", "+464", "+7378742833", "+2562533", "+8656696"})
_COUNTRY = 855
# What may stand between the digits of one number; brackets are for (0), which people abroad leave out.
_BETWEEN = frozenset(" -.()")
_SPREADSHEET = re.compile(r"[0-9]{7,}\.[0-9]+$")  # so many digits before a point, and what follows are decimals


def read_address(raw: str) -> Address:
    """The address a carrier, a person or a list wrote. Anything that is no number counts as withheld."""
    digits = "".join(_digit(char) for char in raw.strip())
    international = raw.strip().startswith("+")
    if not digits or any(char.isalpha() for char in raw):
        return WITHHELD
    if "+" + digits in _ANONYMOUS:
        return WITHHELD
    if len(digits) <= 6:
        return Address(AddressKind.SHORT, digits)
    if digits.startswith("00"):
        digits, international = digits[2:], True
    # 855 12 …: the country without its plus, as lists and one carrier write it.
    if not international and digits.startswith("855") and len(digits) >= 11:
        international = True
    if international and digits.startswith("855") and _mobile().fullmatch(digits, 3):
        return Address(AddressKind.MOBILE, "+" + digits)  # nearly every message: the library's parser costs 0.1 ms
    try:
        number = phonenumbers.parse("+" + digits if international else digits, "KH")
    except phonenumbers.NumberParseException:
        return WITHHELD
    if not phonenumbers.is_possible_number(number):
        return WITHHELD
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if len(value) <= 7:  # once its zeros are gone no number at all: read again it would be a short code
        return WITHHELD
    return Address(_kind(number), value)


def read_number(written: str, *, exists: bool = True) -> Address | None:
    """The one telephone number that a person wrote; None for anything that is not exactly one number that exists.

    Without `exists` one may also be a number that the numbering plans do not know (yet).

    A number taken wrong is somebody else's: what a spreadsheet left of one (12345678.0, 1.2E+07), two in one cell, one
    with a digit too few or too many are not guessed at.
    """
    text = _plain(written)
    plus, text = text[:1] == "+", text.removeprefix("+")
    groups = re.findall("[0-9]+", text)
    strange = set(text) - _BETWEEN - set("0123456789")
    ends = groups and text.lstrip(" (").startswith(groups[0]) and text.endswith(groups[-1])
    if not ends or strange or _SPREADSHEET.search(text):
        return None
    address = _joined(groups, plus=plus, exists=exists)
    # 012 345 678 9: a number, and one more digit. Which of the two was meant is not known.
    return None if len(groups[-1]) == 1 and _joined(groups[:-1], plus=plus) else address


def is_mobile_number(written: str) -> bool:
    """Whether a person wrote the whole number of a mobile phone of the country."""
    address = read_number(written)
    return address is not None and address.kind is AddressKind.MOBILE


def _joined(groups: Sequence[str], *, plus: bool, exists: bool = True) -> Address | None:
    """The number of these groups of digits, if there can be such a one."""
    address = read_address(("+" if plus else "") + "".join(groups))
    if address.kind in (AddressKind.WITHHELD, AddressKind.SHORT):
        return None
    return address if not exists or phonenumbers.is_valid_number(phonenumbers.parse(address.value)) else None


def _plain(written: str) -> str:
    """With ASCII digits, dashes and spaces, without what nobody sees and the ' that keeps a cell a text."""
    kept = []
    for char in written:
        category = unicodedata.category(char)
        if category == "Cf":
            continue
        kept.append(" " if category == "Zs" else "-" if category == "Pd" else "+" if char == "\uff0b" else char)
    return "".join(_digit(char) or char for char in kept).strip().removeprefix("'")


def is_mobile(address: Address) -> bool:
    """Whether an address is surely a mobile phone of the country: the numbering plan knows it."""
    if address.kind is not AddressKind.MOBILE:
        return False
    return phonenumbers.number_type(phonenumbers.parse(address.value)) == phonenumbers.PhoneNumberType.MOBILE


def kind_of(value: str) -> AddressKind:
    """The kind of an address as it is kept; nearly always found without reading it digit by digit."""
    if value.startswith("+855") and _mobile().fullmatch(value, 4):
        return AddressKind.MOBILE
    return read_address(value).kind


def as_dialled(number: str) -> str:
    """A number in E.164 as people here dial it; a short code or a name as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code == _COUNTRY:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@cache
def _mobile() -> re.Pattern[str]:
    """The library's own pattern of the country's mobile numbers, without country code and leading zero."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("KH")
    pattern = metadata and metadata.mobile and metadata.mobile.national_number_pattern
    return re.compile(pattern or "(?!)")


def _kind(number: phonenumbers.PhoneNumber) -> AddressKind:
    if number.country_code != _COUNTRY:
        return AddressKind.FOREIGN
    kind = phonenumbers.number_type(number)
    landline = kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOIP)
    return AddressKind.LANDLINE if landline else AddressKind.MOBILE


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return "" if value is None else str(value)
