"""What a carrier is known to refuse each time: told at the start, by setting and remedy. Knows no network.

Owns the names of the carriers' Khmer voices (voices.csv): a name nobody has looked up at the carrier is read there by a
voice of another language, and is refused here.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

VOICES = Path(__file__).parent / "voices.csv"


@cache
def known_voices(carrier: str) -> tuple[str, ...]:
    """The Khmer voices of a carrier, by the names it takes."""
    with VOICES.open(encoding="utf-8", newline="") as file:
        return tuple(row["name"] for row in csv.DictReader(file) if row["carrier"] == carrier)


def refusals(carrier: str, sms_from: str, public_url: str, say_voice: str) -> Iterator[str]:
    """A line for each setting with which this carrier would refuse all messages, or have Khmer read by a stranger."""
    if say_voice and say_voice not in known_voices(carrier):
        known = ", ".join(known_voices(carrier)) or "leave it unset"
        yield (
            f"SAY_VOICE is no Khmer voice that is known at {carrier}: use {known}; recordings are played, and what "
            "is not recorded is a tone"
        )
    if carrier != "somleng":
        return
    if re.fullmatch("(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", sms_from):
        yield "SMS_FROM is a name, which Somleng refuses: use a number such as +85510000000 or a code such as 1234"
    if _is_this_machine(public_url):
        yield "PUBLIC_URL is this machine, which Somleng refuses: set it to https://phsar.example.org or the like"


def _is_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
