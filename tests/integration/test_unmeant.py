"""What phones, carriers and machines send in somebody's name: nothing happens, and nobody has to read it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.messages.inbound import unmeant
from bot.messages.inbound.unmeant import Unmeant
from tests.fakes.deployment import Deployment

SENTENCES = [words for voice in VOICES for both in load_catalogue(voice).items() for words in both]
UNMEANT = Unmeant.load(SENTENCES)
HELP = load_catalogue("km")["Sorry, not understood. Try: PIG PRICE, PROBLEM, or HELP"]
SENT = [
    "Liked “No more messages: STOP”",
    "Removed a heart from “To end: STOP”",
    "👍🏽 to “No more messages: STOP”",
    '❤️ to " ឈប់ទទួលសារ ផ្ញើ: ឈប់ "',
    "Reacted 😂 to “1 Yes 2 No”",
    "បានចូលចិត្ត “ឈប់ទទួលសារ ផ្ញើ: ឈប់”",
    "បានដកការចូលចិត្តពី “ឈប់”",
    "A aimé « Pour arrêter : STOP »",
    "Đã thích “STOP”",
    "ถูกใจ “STOP”",
    "赞了“STOP”",
    "BEGIN:VCARD\nVERSION:2.1\nN:Sample;Person\nTEL;CELL:012345678\nEND:VCARD",
    "begin:vcard\r\nversion:3.0\r\nFN:Sample\r\nEND:VCARD",
    "482913 is your verification code. Do not share it with anyone.",
    "<#> Your OTP: 4829. Valid for 5 minutes",
    "លេខកូដផ្ទៀងផ្ទាត់របស់អ្នកគឺ 482913 សូមកុំចែករំលែក",
    "Dear customer, your balance is 0.35 USD. Please top up.",
    "អតិថិជនជាទីគោរព សមតុល្យនៅសល់ 0.35 ដុល្លារ",
    "Get 5GB for only 1 dollar a week! Dial *888*2# now",
    "This number cannot receive messages. Dear customer, please top up.",
    "This is an automatic reply: I am away until Monday 8 am",
    HELP,
    f"FW: {HELP}",
    f"Forwarded message:\n{HELP}",
]
MEANT = [
    "STOP",
    "he said “STOP” to the office",
    "“pig price”",
    "I like the price of pigs in Kampong Cham",
    "ខ្ញុំចូលចិត្តកម្មវិធីវិទ្យុ",
    "582-9183 we come on Friday",
    "the code of my problem is 582-9183",
    "somebody rang and asked for my code 482913, is that right?",
    "customers do not pay us, dear friends",
    "តម្លៃជ្រូក កំពង់ចាម",
    "តម្លៃស្រូវ 1200 បាត់ដំបង",
    "my number is 012 345 678",
    "no network here, I cannot top up",
    "Success Starts with You what time?",
    "*",
    "1",
    "👍",
]


@pytest.mark.parametrize("text", SENT)
def test_what_nobody_said_has_its_form(text: str) -> None:
    assert UNMEANT.fits(text)


@pytest.mark.parametrize("text", MEANT)
def test_what_somebody_said_has_none(text: str) -> None:
    assert not UNMEANT.fits(text)


def test_each_frame_has_a_place_that_is_read() -> None:
    with Path(unmeant.__file__).with_name("frames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {"before quote", "begins", "contains", "with digits", "before own words"}
    assert {row["where"] for row in rows} == places
    assert len({(row["where"], row["frame"]) for row in rows}) == len(rows)


def test_nothing_happens(line: Deployment) -> None:
    number = line.phone(may_report=True, place="0305", language="en")
    line.sms(number, "report pig 9600 kampong cham")
    question = line.sms(number, "PROBLEM").text
    for text in SENT:
        said = line.sms(number, text)
        assert (said.status, said.messages) == (200, [])
    contact = line.contact(number)
    for table in ("consent", "inbox_item", "outbox"):
        assert line.one(f"SELECT count(*) FROM {table} WHERE contact_id = :id", id=contact) == 0
    assert line.one("SELECT count(*) FROM price_report WHERE contact_id = :id", id=contact) == 1
    assert line.sms(number, "8").text != question  # the question still stands
    assert line.one("SELECT count(*) FROM message WHERE contact_id = :id", id=contact) == len(SENT) + 3
