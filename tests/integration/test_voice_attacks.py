"""The voice webhook as enemies, accidents and odd telephones use it: a clear outcome each, nothing lost, no 500."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from bot.config import SIMULATED_VOICE, Settings, load_settings
from bot.messages.calls.models import CallState
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment, together
from tests.fakes.ringing import HEARD_AT, HOME_MENU, SAYS, Call, read, ring, texts
from tests.integration.test_web_process import web

ROUTES = ("/voice", "/voice/0", "/voice/1", "/voice/99999", "/voice/back/1")


# --- Who calls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", [None, "", "x", "AAAA" * 7, "a" * 5000])
@pytest.mark.parametrize("path", ROUTES)
def test_without_a_right_signature_nothing_happens(phones: Deployment, path: str, signature: str | None) -> None:
    number = phones.phone()
    form = {"CallSid": "CAforged", "From": number, "RecordingUrl": HEARD_AT, "Digits": "1"}
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    assert requests.post(phones.url + path, form, headers=headers, timeout=10).status_code == 403
    assert phones.one("SELECT count(*) FROM contact WHERE address_hash = :h", h=phones.vault.look_up(number)) == 0
    assert phones.one("SELECT count(*) FROM call WHERE sid = 'CAforged'") == 0


def test_a_signature_of_another_step_key_or_token_is_refused(phones: Deployment) -> None:
    call = ring(phones, "1")
    form = {"CallSid": call.sid, "From": call.number, "Digits": "1"}
    base, token = phones.settings.public_url, phones.settings.auth_token
    for signature in (
        RequestValidator(token).compute_signature(f"{base}/voice/3", form),
        RequestValidator(token).compute_signature(f"{base}/voice/2", {**form, "Digits": "2"}),
        RequestValidator("another token").compute_signature(f"{base}/voice/2", form),
        RequestValidator(token).compute_signature(f"{phones.url}/voice/2", form),
    ):
        headers = {"X-Twilio-Signature": signature}
        assert requests.post(f"{phones.url}/voice/2", form, headers=headers, timeout=10).status_code == 403
    assert call.row().step == 1


@pytest.mark.parametrize("path", ROUTES)
def test_only_posts_are_heard(phones: Deployment, path: str) -> None:
    assert requests.get(phones.url + path, timeout=10).status_code == 405


# --- Keys ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["7", "12345", "1" * 30, "ABCD", "A", "99", "1A", "១", "-1", "1.5", "é" * 500, "\x00"])
def test_keys_that_are_no_choice_are_asked_about_again(phones: Deployment, keys: str) -> None:
    call = ring(phones, "1")
    question = call.send().said
    again = call.press(keys)
    assert again.said[-len(question) :] == question
    assert again.said[0].startswith("Sorry")
    assert "nine thousand five hundred" in call.press("01").text


@pytest.mark.parametrize("keys", ["0000", "A", "1" * 30, "95*0", "999999999"])
def test_keys_that_are_no_price_are_not_written_down(phones: Deployment, keys: str) -> None:
    call = ring(phones, "5", "01", may_report=True)
    call.press(keys)
    assert call.now.asks == "Gather"
    reports = "SELECT count(*) FROM price_report WHERE contact_id = :c"
    assert phones.one(reports, c=phones.contact(call.number)) == 0


@pytest.mark.parametrize("form", [{}, {"Digits": ""}, {"Digits": "#"}, {"Digits": "hangup"}])
def test_no_keys_at_all_ask_the_same_again(phones: Deployment, form: dict[str, str]) -> None:
    call = ring(phones, "1", "1")  # what next, where the hash leads to no code
    question = call.send().said
    assert call.send(**form).said == question


def test_any_keys_at_all_come_to_an_end(phones: Deployment) -> None:
    """Callers who press whatever they like: every document can be run, and no call goes on for ever."""
    die = random.Random(3)
    for _ in range(4):
        call = ring(phones, may_report=True)
        for _ in range(120):
            if not call.now.goes:
                break
            if call.now.asks == "Record":
                call.press("")
                continue
            call.press("".join(die.choices("0123456789*#ABCD", k=die.choice([0, 1, 1, 1, 2, 2, 5, 8]))))
        assert not call.now.goes
        assert call.row().state == CallState.ENDED


def test_a_call_ends_after_a_hundred_keys(phones: Deployment) -> None:
    call = ring(phones)
    for _ in range(98):
        call.press("0")
    assert call.now.goes == "/voice/99"
    assert call.press("0").asks == "Hangup"
    assert "Goodbye" in call.now.text


def test_words_nobody_asked_for_are_as_good_as_none(phones: Deployment) -> None:
    call = ring(phones, "1")
    question = call.send().said
    assert call.send(SpeechResult="live pig", Confidence="0.99").said == question
    assert "nine thousand five hundred" in call.send(SpeechResult="STOP", Confidence="1", Digits="1").text


def test_a_recording_nobody_asked_for_is_not_kept(phones: Deployment) -> None:
    before = phones.one("SELECT count(*) FROM recording")
    call = ring(phones, "1")
    question = call.send().said
    assert call.send(RecordingUrl=f"{HEARD_AT}REunasked").said == question
    assert "nine thousand five hundred" in call.send(RecordingUrl=f"{HEARD_AT}REunasked", Digits="1").text
    assert phones.one("SELECT count(*) FROM recording") == before


@pytest.mark.parametrize(
    "url", ["not an address", "javascript:alert(1)", "http://[", "https://x/" + "a" * 5000, "\x00"]
)
def test_a_recording_that_lies_nowhere_loses_nobody(phones: Deployment, url: str) -> None:
    call = ring(phones, "7")
    assert call.send(RecordingUrl=url).asks == "Hangup"
    assert phones.one("SELECT count(*) FROM inbox_item WHERE contact_id = :c", c=phones.contact(call.number)) == 1


# --- Steps ---------------------------------------------------------------------------------------------


def test_an_old_step_is_answered_as_it_was(phones: Deployment) -> None:
    call = ring(phones)
    documents = [call.now]
    for keys in ("1", "99", "1", "4", "12", "2"):
        documents.append(call.press(keys))
    kept = len(call.messages())
    for step in (3, 0, 6, 1, 5, 2, 4):
        path = f"/voice/{step}" if step else "/voice"
        assert call.fetch(path, Digits="7").body == documents[step].body
    assert (len(call.messages()), call.row().step) == (kept, 6)
    assert len(texts(phones, call.number)) == 1


@pytest.mark.parametrize("ahead", [2, 3, 50, 10**6, 10**18, 10**19, 10**60])
def test_a_step_of_the_future_hears_where_the_call_stands(phones: Deployment, ahead: int) -> None:
    call = ring(phones, "1")
    stands = call.now
    assert call.fetch(f"/voice/{1 + ahead}", Digits="1").body == stands.body
    assert call.row().step == 1
    assert "nine thousand five hundred" in call.press("1").text


@pytest.mark.parametrize("step", ["-1", "abc", "1.0", "1/2", "9" * 5000, "%00"])
def test_what_is_no_step_is_no_page(phones: Deployment, step: str) -> None:
    assert phones.post(f"/voice/{step}", {"CallSid": "CAnostep", "From": phones.phone()}).status in (404, 405)


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "1"), ("7",)])
def test_the_same_step_many_times_at_once_is_one(phones: Deployment, keys: Sequence[str]) -> None:
    call = ring(phones, *keys)
    form = {"RecordingUrl": f"{HEARD_AT}RE{call.sid}"} if call.now.asks == "Record" else {"Digits": "1"}
    documents = together(*[partial(call.fetch, call.now.goes, **form)] * 5)
    assert len({document.body for document in documents}) == 1
    assert len(call.messages()) == len(keys) + 2
    items = "SELECT count(*) FROM inbox_item WHERE contact_id = :c"
    assert phones.one(items, c=phones.contact(call.number)) == (1 if "7" in keys else 0)


def test_different_keys_for_one_step_at_once_are_one_answer(phones: Deployment) -> None:
    call = ring(phones, "1")
    documents = together(*[partial(call.fetch, call.now.goes, Digits=key) for key in ("1", "2", "99", "", "*")])
    assert len({document.body for document in documents}) == 1
    assert len(call.messages()) == 3


@pytest.mark.parametrize("withheld", [False, True])
def test_a_first_ring_many_times_at_once_is_one_call(phones: Deployment, withheld: bool) -> None:
    sid, number = f"CAfirst{withheld}", "ANONYMOUS" if withheld else phones.phone()
    calls = together(*[partial(Call, phones, number, sid)] * 5)
    assert len({call.now.body for call in calls}) == 1
    assert phones.one("SELECT count(*) FROM call WHERE sid = :s", s=sid) == 1
    assert len(calls[0].messages()) == 1


def test_a_call_nobody_has_seen_begins_at_the_beginning(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    form = {"CallSid": "CAunseen", "From": number, "Digits": "1"}
    document = read(phones.post("/voice/7", form), phones.settings.public_url)
    assert document.text == HOME_MENU
    assert document.goes == "/voice/1"


def test_a_call_that_ended_stays_ended(phones: Deployment) -> None:
    call = ring(phones, "1")
    goes = call.now.goes
    phones.post("/voice/status", {"CallSid": call.sid, "CallStatus": "completed", "Direction": "inbound"})
    assert call.fetch(goes, Digits="1").asks == "Hangup"
    assert call.fetch(goes, RecordingUrl=f"{HEARD_AT}RElate").asks == "Hangup"
    assert (call.row().state, call.row().step) == (CallState.ENDED, 1)
    assert call.fetch("/voice/1").asks == "Gather"  # what was answered before is answered alike


# --- Forms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sid", [None, "", "x" * 49, "C" * 5000, "a\x00b", "a\nb", "\u202e"])
@pytest.mark.parametrize("path", ["/voice", "/voice/1", "/voice/back/1"])
def test_a_call_without_a_name_is_senseless(phones: Deployment, path: str, sid: str | None) -> None:
    form = {"From": phones.phone(), **({} if sid is None else {"CallSid": sid})}
    assert phones.post(path, form).status == 400


@pytest.mark.parametrize("sid", ["2b6f5c5e-9d0a-4f0c-8a8e-0e7f3a1b2c3d", "1", "CA/1", "%", "'; --", "ហៅ", "x" * 48])
def test_a_name_may_look_like_anything(phones: Deployment, sid: str) -> None:
    call = Call(phones, phones.phone(place="0305", language="en"), sid)
    assert "nine thousand five hundred" in call.press("1", "1").text
    assert len(call.messages()) >= 3


def test_parameters_nobody_knows_and_a_huge_form(phones: Deployment) -> None:
    call = ring(phones)
    assert call.send(**{"Digits": "1", "Brand_new[x]": "ថ្មី", "Called": "1294", "Empty": ""}).asks == "Gather"
    assert phones.post("/voice", {"CallSid": "CAhuge", "Digits": "1" * 300_000}).status == 413


def test_a_caller_who_changes_their_number_midway_changes_nobody(phones: Deployment) -> None:
    call = ring(phones, "6", "1")
    other = phones.phone(place="0305", language="en")
    call.number, mine = other, call.number
    call.press("1")
    languages = {
        one: phones.one("SELECT language FROM contact WHERE id = :c", c=phones.contact(one)) for one in (mine, other)
    }
    assert languages == {mine: "km", other: "en"}


# --- What breaks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("voice", ["", SAYS])
def test_without_a_database_an_apology_is_heard(
    app_of: Callable[[Settings], Flask], tmp_path: Path, path: str, voice: str
) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}
    settings = replace(load_settings({**ENVIRON, **nowhere, "CALL_BACK": "on"}, tmp_path), say_voice=voice)
    form = {"CallSid": "CAaway", "From": "+85512999001", "Direction": "inbound", "Digits": "1"}
    signature = RequestValidator(settings.auth_token).compute_signature(settings.public_url + path, form)
    answer = app_of(settings).test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    heard = answer.get_data(as_text=True)
    if path == "/voice":  # not picked up: they would pay for the apology
        assert "<Reject" in heard
        return
    assert "<Hangup" in heard
    assert ("សុំទោស" in heard) if voice else ("tone." in heard and "<Say" not in heard)


def test_a_call_whose_state_nobody_can_read_begins_again(phones: Deployment) -> None:
    for body in (
        "{",
        '{"v":1}',
        '{"v":99}',
        '{"v":1,"at":"no.where","data":{},"memory":{},"misses":0,"options":[]}',
        "\x01 damaged, or sealed with another key",
    ):
        call = ring(phones, "1", "1")
        with phones.engine.begin() as connection:
            connection.execute(text("UPDATE call SET body = :b WHERE sid = :s"), {"b": body.encode(), "s": call.sid})
        again = call.press("1")
        assert again.said[0] == "Sorry, we begin again."
        assert again.asks == "Gather"


def test_where_a_call_stands_is_sealed_and_what_a_release_before_kept_goes_on(phones: Deployment) -> None:
    call = ring(phones, "1")
    body = bytes(phones.one("SELECT body FROM call WHERE sid = :s", s=call.sid))
    plain = phones.vault.open(body)
    assert body.startswith(b"\x01")
    assert b"memory" not in body
    assert '"memory"' in plain
    with phones.engine.begin() as connection:
        connection.execute(text("UPDATE call SET body = :b WHERE sid = :s"), {"b": plain.encode(), "s": call.sid})
    assert call.press("1").said[0] != "Sorry, we begin again."
    assert bytes(phones.one("SELECT body FROM call WHERE sid = :s", s=call.sid)).startswith(b"\x01")


def test_nothing_personal_reaches_the_logs(phones: Deployment, tmp_path: Path) -> None:
    log, number = tmp_path / "web.log", phones.phone(place="0305", language="en", may_report=True)
    database = {"DATABASE_URL": phones.settings.database_url, "REDIS_URL": phones.settings.redis_url}
    with web({**ENVIRON, **database, "CARRIER": "simulator", "SAY_VOICE": SIMULATED_VOICE}, log) as url:
        call = Call(replace(phones, url=url), number)
        call.press("5", "01", "9731", "*", "7")
        call.send(RecordingUrl=f"{HEARD_AT}REsecret", SpeechResult="my name is Dara")
        other = Call(replace(phones, url=url), "sip:dara@example.org")
    logged = log.read_text()
    assert logged.count('"event": "call"') == 8
    for secret in (number, number[4:], "9731", "REsecret", "Dara", "dara", call.sid, other.sid, HEARD_AT):
        assert secret not in logged
