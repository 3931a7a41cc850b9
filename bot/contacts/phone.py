"""Who a message is from: every way a number is written becomes one address.

Reads numbers with the phonenumbers library, region KH. A short code stays bare; a withheld sender has no
address at all.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import phonenumbers


class Kind(StrEnum):
    """What can be done with an address: only a mobile of the country may be called back."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    SHORT = "short"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Address:
    """An address: E.164 with +, the bare digits of a short code, or empty when withheld."""

    kind: Kind
    value: str


WITHHELD = Address(Kind.WITHHELD, "")
# Numbers that carriers send instead of a withheld one ("ANONYMOUS" and its like spelled on a keypad).
_ANONYMOUS = frozenset({"+266696687", "+86282452253", "+464", "+7378742833", "+2562533", "+8656696"})
_COUNTRY = 855


def read_address(raw: str) -> Address:
    """The address a carrier, a person or a list wrote. Anything that is no number counts as withheld."""
    digits = "".join(_digit(char) for char in raw.strip())
    international = raw.strip().startswith("+")
    if not digits or any(char.isalpha() for char in raw):
        return WITHHELD
    if "+" + digits in _ANONYMOUS:
        return WITHHELD
    if len(digits) <= 6:
        return Address(Kind.SHORT, digits)
    if digits.startswith("00"):
        digits, international = digits[2:], True
    # 855 12 …: the country without its plus, as lists and one carrier write it.
    if not international and digits.startswith("855") and len(digits) >= 11:
        international = True
    if international and digits.startswith("855") and _mobile().fullmatch(digits, 3):
        return Address(Kind.MOBILE, "+" + digits)  # nearly every message: the library's parser costs 0.1 ms
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


def kind_of(value: str) -> Kind:
    """The kind of an address as it is kept; nearly always found without reading it digit by digit."""
    if value.startswith("+855") and _mobile().fullmatch(value, 4):
        return Kind.MOBILE
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


def _kind(number: phonenumbers.PhoneNumber) -> Kind:
    if number.country_code != _COUNTRY:
        return Kind.FOREIGN
    kind = phonenumbers.number_type(number)
    landline = kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOIP)
    return Kind.LANDLINE if landline else Kind.MOBILE


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return "" if value is None else str(value)
