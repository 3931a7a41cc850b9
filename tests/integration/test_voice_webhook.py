"""The line by voice as callers use it: every conversation by keypad, on both databases, over signed HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from bot.messages.calls.models import CallState
from bot.messages.models import RecordingState
from bot.messages.sms import outbox as sms_outbox
from tests.fakes.deployment import Deployment, together
from tests.fakes.ringing import ENGLISH, HEARD_AT, HOME_MENU, KHMER, MENU, Call, ring, texts

NINE_FIVE = "nine thousand five hundred riel"


# --- Menus and prices ----------------------------------------------------------------------------------


def test_a_first_call_leads_to_a_price_in_five_keys(phones: Deployment) -> None:
    number = phones.phone()
    call = Call(phones, number)
    assert call.now.voices == KHMER
    assert "English ចុចលេខ ពីរ" in call.now.said
    assert call.press("2").voices == ENGLISH
    assert "In which province are you?" in call.now.said
    # A choice is taken at its one key; the hash, a key like others here, leads to the codes of two.
    assert (call.now.waits["numDigits"], call.now.waits["finishOnKey"]) == ("1", "")
    call.press("#")
    assert (call.now.waits["numDigits"], call.now.waits["finishOnKey"]) == ("2", "#")
    assert "near Kampong Cham" in call.press("03").text
    assert call.now.text.endswith(MENU)
    assert "live pig, press one" in call.press("1").said
    assert NINE_FIVE in call.press("1").text
    (kept,) = phones.rows("SELECT language, place FROM contact WHERE id = :id", id=phones.contact(number))
    assert tuple(kept) == ("en", "")  # where they are is only known to calls that come in
    again = Call(phones, number)  # neither is asked again
    phones.time.passes(minutes=11)
    assert Call(phones, number).now.text == HOME_MENU
    assert again.now.text != HOME_MENU  # within ten minutes it goes on


def test_the_order_of_choices_is_the_same_all_day(phones: Deployment) -> None:
    """Whoever has learned that a key is a product finds it there at their next call, whatever they asked in between."""
    number = phones.phone(language="en", place="03")
    first = [text for text in Call(phones, number).press("1").said if "press" in text]
    phones.time.passes(minutes=11)
    Call(phones, number).press("1", "3")
    phones.time.passes(minutes=11)
    again = [text for text in Call(phones, number).press("1").said if "press" in text]
    assert again == first
    phones.time.passes(days=1)
    (moved,) = [text for text in Call(phones, number).press("1").said if text.endswith("press one")]
    assert moved.partition(",")[0] == first[2].partition(",")[0]
    phones.time.passes(days=-1, minutes=-22)


def test_the_province_may_be_chosen_from_the_list(phones: Deployment) -> None:
    call = Call(phones, phones.phone())
    call.press("2")
    (choice,) = [text for text in call.now.said if text.startswith("Prey Veng, press ")]
    key = {"one": "1", "two": "2", "three": "3", "four": "4"}[choice.rpartition(" ")[2]]
    assert "near Prey Veng" in call.press(key).text


def test_who_does_not_say_where_they_are_is_helped_all_the_same(phones: Deployment) -> None:
    call = Call(phones, phones.phone())
    assert call.press("2", "", "").text.endswith(MENU)
    assert "riel" in call.press("1", "1").text


def test_a_known_caller_hears_a_price_after_two_keys(phones: Deployment) -> None:
    call = Call(phones, phones.phone(place="0305", language="km"))
    assert call.now.voices == KHMER
    first = call.press("1", "1")
    assert "ប្រាំបួន ពាន់ ប្រាំរយ រៀល" in first.text
    assert call.messages()[-1][1:] == ("price", "pig_live")


def test_a_code_from_a_poster_is_keyed_at_once(phones: Deployment) -> None:
    assert NINE_FIVE in ring(phones, "1", "01").now.text
    assert NINE_FIVE in ring(phones, "1", "01#").now.text
    unknown = ring(phones, "1", "99").now
    assert "Sorry, that key is not among the choices." in unknown.said


def test_other_markets_and_another_commodity_after_the_price(phones: Deployment) -> None:
    call = ring(phones, "1", "1")
    others = call.press("1")
    assert "P.Veng today per kilogram nine thousand four hundred riel" in others.text
    assert "P.Penh today per kilogram nine thousand eight hundred riel" in others.text
    assert "Which price, please?" in call.press("3").said
    assert "piglet" in call.press("#", "02").text


def test_the_price_of_another_province_by_its_code(phones: Deployment) -> None:
    call = ring(phones, "1", "1", "4")
    assert call.now.waits["numDigits"] == "1"
    assert "nine thousand eight hundred riel" in call.press("#", "12").text
    nowhere = call.press("4", "#", "16")  # no market there: said, and a price nearby
    assert "Ratanak Kiri" in nowhere.text or "Ratanakiri" in nowhere.text
    assert "riel" in nowhere.text
    assert "Sorry" in call.press("4", "#", "77").text


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"language": "en"}, "Live pig 9,500 riel/kg wholesale Kg Cham 22/11 rising. "),
        ({"language": "km"}, "ជ្រូករស់ 9,500៛/គក លក់ដុំ កំពង់ចាម 22/11 ឡើង។ "),
        ({"language": "km", "script": "latn"}, "Chrouk ruos 9,500r/kg lok dom Kg Cham 22/11 laeung. "),
    ],
)
def test_the_price_as_a_message_in_the_letters_of_the_person(
    phones: Deployment, about: dict[str, Any], expected: str
) -> None:
    number = phones.phone(place="0305", **about)
    call = Call(phones, number)
    assert call.now.voices == (ENGLISH if about["language"] == "en" else KHMER)
    call.press("1", "1")
    assert texts(phones, number) == []
    call.press("2")
    (message,) = texts(phones, number)
    assert message.startswith(expected)
    assert "9,400" in message or "9,800" in message
    assert call.now.asks == "Gather"


def test_by_sms_asked_for_twice_at_once_is_sent_once(phones: Deployment) -> None:
    call = ring(phones, "1", "1")
    documents = together(*[partial(call.fetch, call.now.goes, Digits="2")] * 5)
    assert len({document.body for document in documents}) == 1
    assert len(texts(phones, call.number)) == 1


# --- The keys that are the same everywhere -------------------------------------------------------------


def test_nine_says_the_same_again(phones: Deployment) -> None:
    call = ring(phones, "1", "1")
    heard = call.now.said
    assert call.press("9").said == heard
    assert call.press("9").said == heard
    assert "P.Penh" in call.press("1").text  # and the choices still stand
    assert phones.one("SELECT count(*) FROM message WHERE sid LIKE :s AND intent = 'price'", s=f"{call.sid}/%") == 1


def test_nought_tells_the_keys_and_counts_as_no_mistake(phones: Deployment) -> None:
    call = ring(phones, "1")
    for _ in range(5):
        told = call.press("0")
        assert told.said[:3] == (
            "Listen to the choices, then press the number of the one you want.",
            "To hear them again, press nine.",
            "To go back to the beginning, press star.",
        )
        assert "Which price, please?" in told.said
    assert NINE_FIVE in call.press("1").text


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "1"), ("1", "1", "4"), ("6",), ("6", "3"), ("7",)])
def test_the_star_leads_back_to_the_beginning(phones: Deployment, keys: Sequence[str]) -> None:
    call = ring(phones, *keys)
    assert call.now.asks == ("Record" if keys == ("7",) else "Gather")
    assert call.press("*").text == f"What would you like? {MENU}"


@pytest.mark.parametrize("wrong", ["", "8"])
def test_two_re_asks_then_a_message_is_offered(phones: Deployment, wrong: str) -> None:
    call = ring(phones, "1")
    question = call.now.said
    for _ in range(2):
        again = call.press(wrong)
        assert again.said[-len(question) :] == question
        assert again.asks == "Gather"
    asked = call.press(wrong)
    assert asked.asks == "Record"
    assert asked.waits["maxLength"] == "120"
    assert call.press("").asks == "Hangup"  # nothing was said
    assert "Goodbye" in call.now.text
    assert call.row().state == CallState.ENDED
    assert phones.one("SELECT count(*) FROM inbox_item WHERE contact_id = :id", id=phones.contact(call.number)) == 0


def test_a_right_key_wipes_out_the_wrong_ones(phones: Deployment) -> None:
    call = ring(phones, "8", "8", "1", "99", "99")
    assert call.now.asks == "Gather"
    assert NINE_FIVE in call.press("1").text


def test_silence_after_a_price_leads_to_a_message_as_everywhere(phones: Deployment) -> None:
    call = ring(phones, "1", "1", "", "")
    assert "press three" in call.now.text
    assert call.press("").asks == "Record"
    assert call.press("").asks == "Hangup"
    assert "Goodbye" in call.now.text


# --- Messages left -------------------------------------------------------------------------------------


def test_a_message_that_is_left_is_kept_for_a_person(phones: Deployment) -> None:
    call = ring(phones, "7")
    assert call.now.asks == "Record"
    assert call.now.waits["finishOnKey"] == "#"  # this carrier never says which key it was
    url = f"{HEARD_AT}RE{call.sid}"
    goes = call.now.goes
    thanks = call.send(RecordingUrl=url, RecordingDuration="7", Digits="#")
    assert thanks.asks == "Hangup"
    assert "A person will listen" in thanks.text
    contact = phones.contact(call.number)
    (item,) = phones.rows("SELECT id, reason, state FROM inbox_item WHERE contact_id = :c", c=contact)
    assert (item.reason, item.state) == ("message", "open")
    (kept,) = phones.rows("SELECT source, item_id, state FROM recording WHERE contact_id = :c", c=contact)
    assert phones.vault.open(kept.source) == url
    assert (kept.item_id, kept.state) == (item.id, RecordingState.WAITING)
    assert call.row().state == CallState.ENDED
    assert call.fetch(goes, RecordingUrl=url).body == thanks.body  # told twice it is one
    assert phones.one("SELECT count(*) FROM recording WHERE contact_id = :c", c=contact) == 1


@pytest.mark.parametrize("withheld", [False, True])
def test_who_hangs_up_while_speaking_has_left_a_message_too(phones: Deployment, withheld: bool) -> None:
    call = Call(phones, "ANONYMOUS") if withheld else ring(phones)
    call.press("7")
    before = phones.one("SELECT count(*) FROM recording")
    phones.post("/voice/status", {"CallSid": call.sid, "CallStatus": "completed", "Direction": "inbound"})
    assert call.row().state == CallState.ENDED
    assert call.send(RecordingUrl=f"{HEARD_AT}RE{call.sid}", Digits="hangup").asks == "Hangup"
    assert phones.one("SELECT count(*) FROM recording") == before + 1
    assert call.row().state == CallState.ENDED


@pytest.mark.parametrize("keys", ["", "#", "hangup"])
def test_a_recording_of_no_length_is_silence(phones: Deployment, keys: str) -> None:
    call = ring(phones, "7")
    after = call.send(RecordingUrl=f"{HEARD_AT}RE{call.sid}", RecordingDuration="0", Digits=keys)
    assert "A person will listen" not in after.text
    contact = phones.contact(call.number)
    assert phones.one("SELECT count(*) FROM inbox_item WHERE contact_id = :c", c=contact) == 0
    assert phones.one("SELECT count(*) FROM recording WHERE contact_id = :c", c=contact) == 0


def test_every_message_of_a_withheld_number_is_with_an_item(phones: Deployment) -> None:
    for _ in range(22):
        call = Call(phones, "ANONYMOUS")
        call.press("7")
        call.send(RecordingUrl=f"{HEARD_AT}RE{call.sid}", RecordingDuration="7")
    newest = phones.one("SELECT max(id) FROM inbox_item WHERE contact_id IS NULL")
    assert phones.one("SELECT count(*) FROM recording WHERE item_id IS NULL") == 0
    assert phones.one("SELECT count(*) FROM inbox_item WHERE contact_id IS NULL AND state = 'open'") == 20
    assert phones.one("SELECT count(*) FROM recording WHERE item_id = :i", i=newest) >= 3
    shown = phones.app.test_cli_runner().invoke(args=["inbox", "show", str(newest)]).output
    assert shown.count("recording ") >= 3


# --- Reports, settings, consent ------------------------------------------------------------------------


def test_a_report_by_keypad_is_read_back_and_corrected(phones: Deployment) -> None:
    call = ring(phones, may_report=True)
    assert "Report, press five" in call.now.said
    call.press("5", "01")
    assert call.now.waits["numDigits"] == "8"
    assert NINE_FIVE in call.press("9500#").text
    reports = partial(phones.rows, "SELECT usual, state FROM price_report WHERE contact_id = :c ORDER BY id")
    contact = phones.contact(call.number)
    assert [int(row.usual) for row in reports(c=contact)] == [9500]
    assert "nine thousand six hundred riel" in call.press("1", "9600").text
    assert int(reports(c=contact)[-1].usual) == 9600


def test_a_report_that_looks_wrong_is_held_and_asked_about(phones: Deployment) -> None:
    call = ring(phones, "5", "01", "95000", may_report=True)
    assert "It is right, press one" in call.now.said
    assert "nine thousand five hundred riel, press two" in call.now.said
    states = partial(phones.rows, "SELECT usual, state FROM price_report WHERE contact_id = :c ORDER BY id")
    contact = phones.contact(call.number)
    assert [(int(row.usual), row.state) for row in states(c=contact)] == [(95000, "held")]
    assert NINE_FIVE in call.press("2").text
    assert int(states(c=contact)[-1].usual) == 9500
    right = ring(phones, "5", "01", "95000", "1", may_report=True)
    assert "will check" in right.now.text
    assert phones.one("SELECT state FROM price_report WHERE contact_id = :c", c=phones.contact(right.number)) == "held"


def test_who_may_not_report_is_not_offered_to(phones: Deployment) -> None:
    call = ring(phones)
    assert "five" not in call.now.text
    assert "not among the choices" in call.press("5").text


def test_stop_and_start_by_keypad_are_lines_of_the_ledger(phones: Deployment) -> None:
    call = ring(phones, "6", "3", "1", back=True)
    call.press("6", "3", "2")
    assert "Yes, press one" in call.now.said  # consent is only taken from a clear yes
    ledger = "SELECT given, channel, proof FROM consent WHERE contact_id = :c ORDER BY id"
    contact = phones.contact(call.number)
    assert [tuple(row) for row in phones.rows(ledger, c=contact)] == [(False, "voice", f"{call.sid}/3")]
    call.press("1")
    assert [bool(row.given) for row in phones.rows(ledger, c=contact)] == [False, True]
    assert call.now.text.endswith(MENU)


def test_the_language_changes_at_once(phones: Deployment) -> None:
    call = ring(phones, "6", "1")
    assert call.press("1").voices == KHMER
    assert phones.one("SELECT language FROM contact WHERE id = :c", c=phones.contact(call.number)) == "km"
    assert call.press("6", "1", "2").voices == ENGLISH


def test_a_number_that_changed_hands_forgets_its_owner(phones: Deployment) -> None:
    call = ring(phones, "6", "3", "3", "1", may_report=True, back=True)
    contact = phones.contact(call.number)
    kept = phones.rows("SELECT language, place, may_report FROM contact WHERE id = :c", c=contact)
    assert [tuple(row) for row in kept] == [("", "", False)]
    assert call.now.voices == KHMER
    assert Call(phones, call.number).now.said[-1] == "English ចុចលេខ ពីរ"


def test_what_was_asked_for_as_a_message_is_not_sent_days_later(phones: Deployment) -> None:
    call = ring(phones, "1", "1", "2")
    for minutes, state in ((9, "queued"), (2, "expired")):
        phones.time.passes(minutes=minutes)
        sms_outbox.sweep(phones.engine, phones.time())
        assert phones.one("SELECT state FROM outbox WHERE contact_id = :c", c=phones.contact(call.number)) == state
    phones.time.passes(minutes=-11)
