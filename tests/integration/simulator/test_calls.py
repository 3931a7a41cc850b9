"""The simulator's telephone: calls to a line that answers as the test says, steered by keys, as each carrier would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from flask import Response

from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import ACCOUNT, LINE, FakeLine, free_port, running_simulator, until
from tests.fakes.played_calls import FARMER, MENU, PRICE, press, somleng

# Calls in


def test_a_call_is_answered_steered_by_keys_and_ended(line: FakeLine, browser: Browser) -> None:
    line.say(voice=MENU, voice_1=PRICE)
    page = browser.do("/phones/1/call")
    assert "♪" in page
    assert "For pigs, press 1." in page
    page = press(browser, "1")
    assert "9,500 riel." in page
    page = browser.do("/phones/1/call/go-on")
    assert "call ended" in page
    first, second = line.calls()
    assert (first.path, second.path) == ("/voice", "/voice/1")
    assert all(one.signed for one in line.heard)
    sid = first.form["CallSid"]
    assert re.fullmatch(r"CA[0-9a-f]{32}", sid)
    assert first.form == {
        "CallSid": sid,
        "AccountSid": ACCOUNT,
        "From": FARMER,
        "To": LINE,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        "Caller": FARMER,
        "Called": LINE,
        "FromCountry": "KH",
        "ToCountry": "KH",
    }
    assert second.form == first.form | {"CallStatus": "in-progress", "Digits": "1", "FinishedOnKey": ""}
    until(lambda: line.call_statuses() == ["completed"])
    (told,) = [one.form for one in line.heard if one.path == "/voice/status"]
    assert told["CallSid"] == sid
    assert int(told["CallDuration"]) >= 1
    assert told["Duration"] == "1"


def test_somleng_has_uuids_and_leaves_digits_out_when_nothing_was_pressed(line: FakeLine, browser: Browser) -> None:
    line.say(voice=MENU, voice_1=MENU)
    somleng(browser)
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/time-over")
    first, second = line.calls()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first.form["CallSid"])
    assert set(second.form) == {"CallSid", "AccountSid", "From", "To", "CallStatus", "Direction", "ApiVersion"}


def test_twilio_tells_that_nothing_was_pressed(line: FakeLine, browser: Browser) -> None:
    line.say(voice=MENU, voice_1=MENU)
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/time-over")
    assert line.calls()[1].form["Digits"] == ""


@pytest.mark.parametrize(
    ("gather", "keys", "digits"),
    [
        ('numDigits="2"', "12", "12"),
        ('numDigits="2"', "1#", "1"),
        ('numDigits="2"', "123", "12"),
        ('finishOnKey="*"', "0912#5*", "0912#5"),
        ('finishOnKey=""', "12#", None),
        ('numDigits="1"', "A", "A"),
        ('numDigits="1"', "x", None),
        ("", "9" * 30 + "#", "9" * 30),
    ],
)
def test_keys_end_a_gather_as_it_says(
    line: FakeLine, browser: Browser, gather: str, keys: str, digits: str | None
) -> None:
    line.say(voice=f'<Gather action="/voice/1" {gather}/>', voice_1="<Gather/>")
    browser.do("/phones/1/call")
    press(browser, keys)
    assert [call.form.get("Digits") for call in line.calls()[1:]] == ([] if digits is None else [digits])


def test_keys_pressed_so_far_count_when_the_time_is_over(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Gather action="/voice/1"/>', voice_1="<Gather/>")
    browser.do("/phones/1/call")
    assert "12" in press(browser, "12")
    browser.do("/phones/1/call/time-over")
    assert line.calls()[1].form["Digits"] == "12"


def test_without_an_action_for_silence_the_document_goes_on(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Gather action="/voice/1"/><Redirect>/voice/2</Redirect>', voice_2=PRICE)
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/time-over")
    assert [call.path for call in line.calls()] == ["/voice", "/voice/2"]
    assert "Digits" not in line.calls()[1].form


@pytest.mark.parametrize(("profile", "number"), [("twilio", "+266696687"), ("somleng", "ANONYMOUS")])
def test_a_number_can_be_withheld(line: FakeLine, browser: Browser, profile: str, number: str) -> None:
    browser.do("/carrier", profile=profile, me="1")
    browser.do("/phones/1/call", withheld="1")
    assert line.calls()[0].form["From"] == number


def test_a_rejected_call_is_never_picked_up(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Reject reason="busy"/>')
    assert "the line did not pick up" in browser.do("/phones/1/call")
    until(lambda: line.call_statuses() == ["busy"])


def test_hanging_up_does_not_wait_for_the_line(line: FakeLine, browser: Browser, simulator: SimulatorSettings) -> None:
    line.say(voice=MENU, voice_1=PRICE)
    browser.do("/phones/1/call")
    answer = line.document

    def slow(path: str, form: dict[str, str]) -> Response:
        Browser(simulator).do("/phones/1/call/hang-up")
        until(lambda: line.call_statuses() == ["completed"])  # it is told while the line still thinks
        return answer(path, form)

    line.document = slow
    page = press(browser, "1")
    assert "call ended" in page
    assert "9,500" not in page


def test_what_comes_too_late_has_no_effect(line: FakeLine, browser: Browser) -> None:
    line.say(voice=PRICE)
    browser.do("/phones/1/call")
    press(browser, "1")
    browser.do("/phones/1/call/time-over")
    browser.do("/phones/1/call/say", words="pigs")
    browser.do("/phones/1/call/recording")
    browser.do("/phones/1/call/connected", status="busy")
    browser.do("/phones/1/call/answer")
    browser.do("/phones/1/call")  # one call at a time
    assert len(line.calls()) == 1
    browser.do("/phones/1/call/hang-up")
    browser.do("/phones/1/call/hang-up")
    until(lambda: line.call_statuses() == ["completed"])


def test_a_document_may_be_fetched_again_and_an_old_one_late(line: FakeLine, browser: Browser) -> None:
    line.say(voice=MENU, voice_1=MENU, voice_2=PRICE)
    browser.do("/phones/1/call")
    press(browser, "1")
    assert "step 2 again: same answer" in browser.do("/phones/1/call/again", number="1")
    assert "step 1 again: same answer" in browser.do("/phones/1/call/again", number="0")
    _, second, third, first = line.calls()
    assert (second, first) == (third, line.calls()[0])
    line.say(voice=PRICE, voice_1=MENU)
    assert "step 1 again: a different answer" in browser.do("/phones/1/call/again", number="0")
    assert "press" in browser.see("/phones/1/live")  # the call is where it was
    browser.do("/phones/1/call/hang-up")
    assert "step 2 again: same answer" in browser.do("/phones/1/call/again", number="1")


# What a carrier refuses


@pytest.mark.parametrize(
    ("profile", "document", "words"),
    [
        ("somleng", "<Pause/>", "This carrier ends the call at <Pause>"),
        ("somleng", "<Say>hello</Say><Enqueue/>", "This carrier ends the call at <Enqueue>"),
        ("somleng", "<Gather><Pause/></Gather>", "<Pause> stands where this carrier takes none"),
        ("somleng", '<Gather input="dtmf speech"/>', "Somleng hears keys only"),
        ("somleng", '<Record recordingStatusCallback="/x"/>', "recordingStatusCallback"),
        ("somleng", "<Redirect/>", "<Redirect> without an address"),
        ("twilio", "<Message>hello</Message>", "ends the call at <Message>"),
        ("twilio", '<Gather numDigits="one"/>', 'numDigits="one"'),
        ("twilio", '<Gather finishOnKey="x"/>', 'finishOnKey="x"'),
        ("twilio", "<Play/>", "<Play> without an address"),
        ("twilio", "<Dial><Conference>x</Conference></Dial>", "<Conference> stands where"),
        ("twilio", "<Redirect/>", "10 documents in a row"),
        ("twilio", "<Redirect>http://192.0.2.1/</Redirect>", "not on this machine"),
        ("twilio", "<Say>" + "x" * 70_000 + "</Say>", "larger than 64 kB"),
        ("twilio", "<Say>", "not valid TwiML"),
    ],
)
def test_a_document_the_carrier_refuses_ends_the_call(
    line: FakeLine, browser: Browser, profile: str, document: str, words: str
) -> None:
    line.say(voice=document)
    browser.do("/carrier", profile=profile, me="1")
    page = browser.do("/phones/1/call")
    if "hello</Say>" in document:
        assert "hello" in page  # what stood before it is still said
        page = browser.do("/phones/1/call/go-on")
    assert words in page
    until(lambda: line.call_statuses() in (["completed"], ["failed"]))


def test_what_only_twilio_does_is_done_there(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Pause length="2"/><Gather input="dtmf speech" hints="pigs, fish" action="/voice/1"/>')
    page = browser.do("/phones/1/call")
    assert "pigs, fish" in page
    line.say(voice_1=PRICE)
    browser.do("/phones/1/call/say", words=" fish ", badly="1")
    form = line.calls()[1].form
    assert (form["SpeechResult"], form["Confidence"]) == ("fish", "0.30")
    assert "Digits" not in form


def test_a_wrong_voice_is_told(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Say language="km-KH">តម្លៃ</Say><Say>តម្លៃ</Say>')
    page = browser.do("/phones/1/call")
    assert "Twilio has no Khmer voice" in page
    assert "An English voice would read Khmer" in page


@pytest.mark.parametrize("code", [403, 404, 500])
def test_a_line_that_does_not_answer_well_ends_the_call(line: FakeLine, browser: Browser, code: int) -> None:
    line.document = lambda path, form: Response(status=code)
    assert str(code) in browser.do("/phones/1/call")
    until(lambda: line.call_statuses() == ["failed"])


def test_a_caller_may_be_connected(line: FakeLine, browser: Browser) -> None:
    line.say(voice='<Dial action="/voice/1"><Number>+85512000004</Number></Dial>', voice_1=PRICE)
    assert "+85512000004" in browser.do("/phones/1/call")
    browser.do("/phones/1/call/connected", status="busy")
    assert line.calls()[1].form["DialCallStatus"] == "busy"


def test_nobody_elses_page_may_ring(simulator: SimulatorSettings, line: FakeLine) -> None:
    for path in ("/phones/1/call", "/phones/1/call/press", "/phones/1/call/recording"):
        answer = requests.post(simulator.api_url + path, headers={"Sec-Fetch-Site": "cross-site"}, timeout=5)
        assert answer.status_code == 403
    for path in ("/phones/1/call/sing", "/phones/1/call/press", "/phones/99/call"):
        assert requests.post(simulator.api_url + path, timeout=5).status_code == 404
    assert requests.get(f"{simulator.api_url}/calls/none/sounds/0", timeout=5).status_code == 404
    assert line.heard == []


def test_an_absent_line_is_told_in_plain_words(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_simulator(tmp_path / "absent.sqlite", nowhere) as settings:
        assert f"Nothing answers at {nowhere}" in Browser(settings).do("/phones/1/call")
