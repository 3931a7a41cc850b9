"""Who rings the line by voice, and who rings again: calls cut off, withheld numbers, landlines, calling back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.messages.calls.models import CallState
from tests.fakes.deployment import Deployment, together
from tests.fakes.ringing import ENGLISH, HOME_MENU, KHMER, SAYS, Call, also, read, ring, texts

NINE_FIVE = "nine thousand five hundred riel"


# --- Hanging up ----------------------------------------------------------------------------------------

QUESTIONS: dict[str, tuple[str, ...]] = {
    "the first place": ("2",),
    "price.which": ("1",),
    "price.after": ("1", "1"),
    "price.province": ("1", "1", "4"),
    "settings.more": ("6",),
    "settings.which": ("6", "1"),
    "settings.place": ("6", "2"),
    "consent.messages": ("6", "3"),
    "consent.sure": ("6", "3", "2"),
    "consent.mine": ("6", "3", "3"),
    "report.which": ("5",),
    "report.amount": ("5", "01"),
    "report.is_it": ("5", "01", "95000"),
    "report.again": ("5", "01", "9500", "1"),
}


@pytest.mark.parametrize("at", QUESTIONS)
def test_a_call_that_was_cut_off_goes_on_at_the_same_question(phones: Deployment, at: str) -> None:
    # What was begun to be told, and the owner's word, are gone on with where it is sure whose number it is.
    back = at.startswith("report") or at == "consent.mine"
    if at == "the first place":
        number = phones.phone()
    else:
        number = phones.phone(place="0305", language="en", may_report=at.startswith("report"))
    first = Call(phones, number, back=back)
    first.press(*QUESTIONS[at])
    waits, question = first.now.waits, first.script(len(QUESTIONS[at])).sentences[-1].text
    phones.post("/voice/status", {"CallSid": first.sid, "CallStatus": "completed", "Direction": "inbound"})
    phones.time.passes(minutes=9)
    again = Call(phones, number, back=back)
    assert again.now.said[0].startswith("Welcome back")
    assert again.now.said[-1] == question
    assert again.now.asks == first.now.asks
    assert again.now.waits.get("numDigits") == waits.get("numDigits")
    phones.time.passes(minutes=11)
    later = Call(phones, number)
    assert not later.now.said[0].startswith("Welcome back")
    assert later.now.said[0] == "Hello from Phsar."
    phones.time.passes(minutes=-20)


@pytest.mark.parametrize("keys", [(), ("7",), ("5", "01", "9500")])
def test_who_had_nothing_left_to_answer_begins_anew(phones: Deployment, keys: tuple[str, ...]) -> None:
    number = phones.phone(place="0305", language="en", may_report=True)
    Call(phones, number).press(*keys)
    again = Call(phones, number)
    assert again.now.said[0] == "Hello from Phsar."
    assert again.now.asks == "Gather"


def test_the_price_that_was_cut_off_is_told_again(phones: Deployment) -> None:
    first = ring(phones, "1", "1")
    again = Call(phones, first.number)
    assert again.now.said[-len(first.now.said) :] == first.now.said


def test_a_call_that_was_cut_off_at_the_first_question_goes_on_there(phones: Deployment) -> None:
    number = phones.phone()
    Call(phones, number)
    again = Call(phones, number)
    assert again.now.said[-1] == "English ចុចលេខ ពីរ"
    assert again.now.said[0].startswith("សូមអរគុណដែលទូរស័ព្ទមកវិញ")


def test_a_call_that_came_to_its_end_begins_anew(phones: Deployment) -> None:
    call = ring(phones, "1", "1", "", "", "", "")
    assert call.now.asks == "Hangup"
    assert Call(phones, call.number).now.text == HOME_MENU


# --- Who rings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["ANONYMOUS", "Restricted", "", "+266696687", "sip:a@b", "💥", "+" + "9" * 60])
def test_a_withheld_caller_hears_prices_and_is_not_kept(phones: Deployment, sender: str) -> None:
    before = phones.one("SELECT count(*) FROM contact")
    call = Call(phones, sender)
    assert call.now.voices == KHMER
    assert "English ចុចលេខ ពីរ" not in call.now.said  # nothing could be remembered
    call.press("1", "01")
    assert "រៀល" in call.now.text
    assert "ផ្ញើតម្លៃនេះជាសារ ចុចលេខ ពីរ" not in call.now.said
    call.press("2")
    assert call.now.asks == "Gather"
    assert phones.one("SELECT count(*) FROM contact") == before
    assert call.row().contact_id is None


@pytest.mark.parametrize("sender", ["+85523430000", "+6621234567", "1294"])
def test_no_message_is_offered_where_none_can_be_read(phones: Deployment, sender: str) -> None:
    call = Call(phones, sender)
    call.press("2", "03", "1", "01")
    assert NINE_FIVE in call.now.text
    assert "message" not in call.now.text
    assert "not among the choices" in call.press("2").text
    assert texts(phones, sender) == []


# --- Calling back --------------------------------------------------------------------------------------


@pytest.fixture
def returning(quoted: Deployment, serve: Callable[[Any], str], tmp_path: Path) -> Iterator[Deployment]:
    """The line that calls back who rings."""
    with also(quoted, serve, tmp_path, SAY_VOICE=SAYS, CALL_BACK="on") as line:
        yield line


def queued(line: Deployment, number: str) -> int:
    """How many calls back there are for a number."""
    called = "SELECT count(*) FROM call WHERE contact_id = :c AND direction = 'back'"
    return int(line.one(called, c=line.contact(number)))


def test_a_ring_is_refused_and_called_back_once_however_many_there_are(returning: Deployment) -> None:
    number = returning.phone(place="0305", language="en")
    first = Call(returning, number)
    assert (first.now.asks, first.now.said, first.now.plays) == ("Reject", (), ())
    assert first.fetch("/voice").body == first.now.body
    for _ in range(3):
        returning.time.passes(seconds=20)
        assert Call(returning, number).now.asks == "Reject"
    assert queued(returning, number) == 1
    assert first.row().state == CallState.REFUSED
    assert first.messages() == []


def test_rings_at_once_are_one_call_back(returning: Deployment) -> None:
    number = returning.phone()
    calls = together(*[partial(Call, returning, number)] * 5)
    assert {call.now.asks for call in calls} == {"Reject"}
    assert queued(returning, number) == 1


@pytest.mark.parametrize("sender", ["+85523430001", "+6621234568", "1295", "ANONYMOUS"])
def test_who_may_not_be_called_back_is_answered(returning: Deployment, sender: str) -> None:
    call = Call(returning, sender)
    assert call.now.asks == "Gather"
    back = "SELECT count(*) FROM call WHERE direction = 'back' AND contact_id = :c"
    assert returning.one(back, c=call.row().contact_id or 0) == 0


def test_the_call_we_place_is_the_same_conversation(returning: Deployment) -> None:
    number = returning.phone(place="0305", language="en")
    Call(returning, number)
    row = "SELECT id FROM call WHERE contact_id = :c AND direction = 'back'"
    id = returning.one(row, c=returning.contact(number))
    about = {"CallSid": f"CAback{id}", "From": "+85510000000", "To": number, "Direction": "outbound-api"}

    def fetch(path: str, **more: str) -> Any:
        return read(returning.post(path, {**about, **more}), returning.settings.public_url)

    first = fetch(f"/voice/back/{id}")
    assert first.voices == ENGLISH
    assert "Leave a message" not in first.text  # perhaps a machine listens
    assert fetch(f"/voice/back/{id}").body == first.body
    second = fetch(first.goes, Digits="1")
    assert NINE_FIVE in fetch(second.goes, Digits="1").text
    assert "Leave a message" in fetch("/voice/3", Digits="*").text  # a person who pressed keys
    assert returning.one("SELECT state FROM call WHERE id = :id", id=id) == CallState.OPEN


def test_a_machine_that_picks_up_is_not_recorded(returning: Deployment) -> None:
    number = returning.phone(place="0305", language="en")
    with_a_price = Call(returning, number)
    id = returning.one("SELECT id FROM call WHERE contact_id = :c AND direction = 'back'", c=returning.contact(number))
    about = {"CallSid": f"CAmachine{id}", "From": "+85510000000", "To": number, "Direction": "outbound-api"}
    here = read(returning.post(f"/voice/back/{id}", about), returning.settings.public_url)
    for _ in range(3):
        here = read(returning.post(here.goes, about), returning.settings.public_url)
    assert here.asks == "Hangup"
    assert with_a_price.row().state == CallState.REFUSED


@pytest.mark.parametrize("id", ["0", "999999", "9" * 18])
def test_a_call_nobody_placed_ends(returning: Deployment, id: str) -> None:
    about = {"CallSid": f"CAnone{id}", "From": "+85510000000", "To": returning.phone(), "Direction": "outbound-api"}
    ends = read(returning.post(f"/voice/back/{id}", about), returning.settings.public_url)
    assert (ends.asks, ends.said, ends.plays) == ("Hangup", (), ())
    assert returning.one("SELECT count(*) FROM call WHERE sid = :sid", sid=about["CallSid"]) == 0
