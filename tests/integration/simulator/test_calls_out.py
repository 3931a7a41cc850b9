"""Calls the line places through the simulator, the recordings that lie there, and its REST interface for both."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.simulator.calls import sounds
from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import ACCOUNT, LINE, TOKEN, FakeLine, running_simulator, until
from tests.fakes.played_calls import FARMER, MENU, PRICE, press, somleng

# Recordings


def wav_of(settings: SimulatorSettings, url: str) -> requests.Response:
    assert url.startswith(settings.api_url)
    return requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)


@pytest.mark.parametrize("profile", ["twilio", "somleng"])
def test_a_recording_is_left_fetched_and_deleted(
    line: FakeLine, browser: Browser, client: Client, simulator: SimulatorSettings, profile: str
) -> None:
    line.say(voice='<Say>speak</Say><Record action="/voice/1" maxLength="120"/>', voice_1=PRICE)
    browser.do("/carrier", profile=profile, me="1")
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/recording")
    form = line.calls()[1].form
    more = {name for name in form if name.startswith("Recording") or name == "Digits"}
    twilio = profile == "twilio"
    assert more == {"RecordingUrl", "RecordingDuration"} | ({"RecordingSid", "Digits"} if twilio else set())
    assert form["RecordingDuration"] == "2"
    url = form["RecordingUrl"]
    assert wav_of(simulator, url).status_code == 404  # not ready yet
    until(lambda: wav_of(simulator, url).status_code == 200)
    assert wav_of(simulator, f"{url}.wav").content == sounds.sample()
    assert requests.get(url, timeout=5).status_code == 401
    sid = url.rpartition("/")[2]
    assert client.recordings(sid).fetch().duration == "2"
    assert client.recordings(sid).delete()
    assert wav_of(simulator, url).status_code == 404
    with pytest.raises(TwilioRestException) as refused:
        client.recordings(sid).delete()
    assert refused.value.status == 404


def test_a_sound_from_the_microphone_is_kept_as_it_is(
    line: FakeLine, browser: Browser, simulator: SimulatorSettings
) -> None:
    line.say(voice='<Record action="/voice/1"/>', voice_1="<Hangup/>")
    browser.do("/phones/1/call")
    url = f"{simulator.api_url}/phones/1/call/recording"
    assert browser.session.post(url, files={"sound": b"no sound"}, timeout=5).status_code == 400
    assert browser.session.post(url, files={"sound": b"x" * 5_000_000}, timeout=5).status_code == 413
    sound = sounds.sample(20.0)  # larger than any form
    assert browser.session.post(url, files={"sound": sound}, data={"end": "hangup"}, timeout=5).ok
    form = line.calls()[1].form
    assert (form["RecordingDuration"], form["Digits"], form["CallStatus"]) == ("20", "hangup", "completed")
    until(lambda: wav_of(simulator, form["RecordingUrl"]).content == sound)
    until(lambda: line.call_statuses() == ["completed"])


def test_silence_is_a_recording_on_somleng_only(line: FakeLine, browser: Browser) -> None:
    record = '<Record action="/voice/1" timeout="4"/><Redirect>/voice/2</Redirect>'
    line.say(voice=record, voice_1=PRICE, voice_2=PRICE)
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/time-over")
    assert line.calls()[-1].path == "/voice/2"
    browser.do("/phones/1/call/hang-up")
    somleng(browser)
    browser.do("/phones/1/call")
    browser.do("/phones/1/call/time-over")
    assert line.calls()[-1].path == "/voice/1"
    assert line.calls()[-1].form["RecordingDuration"] == "4"


def test_sounds_come_through_the_simulator(line: FakeLine, browser: Browser, simulator: SimulatorSettings) -> None:
    line.say(voice="<Play>/audio/km/a.wav</Play><Play>/audio/km/b.wav</Play><Play>http://192.0.2.1/c.wav</Play>")
    line.sounds["/audio/km/a.wav"] = sounds.sample(0.2)
    browser.do("/phones/1/call")
    base = re.search(r'data-sounds="([^"]+)"', browser.see())
    assert base is not None
    answers = [requests.get(f"{simulator.api_url}{base[1]}{number}", timeout=5) for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404]
    assert answers[0].content == line.sounds["/audio/km/a.wav"]
    assert "media-src 'self' blob:" in answers[0].headers["Content-Security-Policy"]


# Calls from the line


@pytest.fixture
def place(line: FakeLine, client: Client) -> Callable[..., str]:
    def placed(**more: object) -> str:
        order = {
            "to": FARMER,
            "from_": LINE,
            "url": f"{line.url}/voice/back/7",
            "status_callback": f"{line.url}/voice/status/7",
            "timeout": 30,
        }
        call = client.calls.create(**order | more)
        assert (call.status, call.direction) == ("queued", "outbound-api")
        return str(call.sid)

    return placed


def test_the_line_rings_and_is_answered(
    line: FakeLine, browser: Browser, client: Client, place: Callable[..., str]
) -> None:
    line.say(voice_back_7=MENU, voice_1=PRICE)
    sid = place()
    until(lambda: "the line is ringing" in browser.see())
    assert client.calls(sid).fetch().status == "ringing"
    assert "☎" in browser.see("/?phone=2")
    page = browser.do("/phones/1/call/answer")
    assert "For pigs, press 1." in page
    assert client.calls(sid).fetch().status == "in-progress"
    (form,) = [one.form for one in line.calls() if one.path == "/voice/back/7"]
    assert (form["CallSid"], form["CallStatus"], form["Direction"]) == (sid, "in-progress", "outbound-api")
    assert (form["From"], form["To"]) == (LINE, FARMER)
    press(browser, "1")
    browser.do("/phones/1/call/hang-up")
    until(lambda: line.call_statuses("/voice/status/7") == ["completed"])
    fetched = client.calls(sid).fetch()
    assert (fetched.status, fetched.duration) == ("completed", "1")


def test_twilio_tells_each_event_asked_for_in_order(
    line: FakeLine, browser: Browser, place: Callable[..., str]
) -> None:
    line.say(voice_back_7=PRICE)
    place(status_callback_event=["initiated", "ringing", "answered", "completed"])
    until(lambda: "the line is ringing" in browser.see())
    browser.do("/phones/1/call/answer")
    browser.do("/phones/1/call/hang-up")
    until(lambda: line.call_statuses("/voice/status/7") == ["queued", "ringing", "in-progress", "completed"])
    numbers = [one.form["SequenceNumber"] for one in line.heard if one.path == "/voice/status/7"]
    assert numbers == ["0", "1", "2", "3"]


def test_a_call_may_be_declined_left_ringing_or_find_the_phone_busy(
    line: FakeLine, browser: Browser, client: Client, place: Callable[..., str]
) -> None:
    declined = place()
    until(lambda: "the line is ringing" in browser.see())
    busy = place()
    until(lambda: client.calls(busy).fetch().status == "busy")
    browser.do("/phones/1/call/decline")
    until(lambda: client.calls(declined).fetch().status == "busy")
    missed = place(timeout=1)
    until(lambda: client.calls(missed).fetch().status == "no-answer")
    until(lambda: line.call_statuses("/voice/status/7") == ["busy", "busy", "no-answer"])
    assert "not answered" in browser.see()


def test_the_line_may_end_a_call(line: FakeLine, browser: Browser, client: Client, place: Callable[..., str]) -> None:
    line.say(voice_back_7=MENU)
    canceled = place()
    until(lambda: "the line is ringing" in browser.see())
    client.calls(canceled).update(status="canceled")
    until(lambda: client.calls(canceled).fetch().status == "canceled")
    sid = place()
    until(lambda: "the line is ringing" in browser.see())
    browser.do("/phones/1/call/answer")
    assert client.calls(sid).update(status="completed").status == "completed"
    assert "call ended" in browser.see()
    with pytest.raises(TwilioRestException) as refused:
        client.calls(sid).update(status="completed")
    assert refused.value.code == 21220


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"to": "12"}, 21211),
        ({"from_": "+85599999999"}, 21210),
        ({"url": "http://192.0.2.1/voice"}, 21205),
        ({"status_callback": "http://192.0.2.1/voice"}, 21609),
        ({"method": "GET"}, 21203),
        ({"status_callback_event": ["sung"]}, 21626),
    ],
)
def test_a_faulty_order_is_refused(
    client: Client, place: Callable[..., str], order: dict[str, object], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        place(**order)
    assert refused.value.code == code
    assert client.calls.list() == []


def test_calls_are_listed_and_filtered(client: Client, browser: Browser, place: Callable[..., str]) -> None:
    sids = [place() for _ in range(3)]
    other = place(to="+85512000002")
    assert [call.sid for call in client.calls.list(to=FARMER, page_size=2)] == sids[::-1]
    assert client.calls.list(to="+85512000009") == []
    somleng(browser)
    assert [call.sid for call in client.calls.list(to=FARMER, limit=1)] == [other]
    with pytest.raises(TwilioRestException) as refused:
        client.calls("CA" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_restart_ends_what_was_under_way_and_tells_so(line: FakeLine, tmp_path: Path) -> None:
    line.say(voice=MENU)
    data = tmp_path / "kept.sqlite"
    with running_simulator(data, line.url) as settings:
        Browser(settings).do("/phones/1/call")
    assert line.call_statuses() == []
    with running_simulator(data, line.url) as settings:
        until(lambda: line.call_statuses() == ["completed"])
        time.sleep(0.1)
        assert "ring the line" in Browser(settings).see()
    with running_simulator(data, line.url):
        time.sleep(0.2)
    assert line.call_statuses() == ["completed"]


def test_a_status_report_is_repeated_when_the_line_fails(line: FakeLine, browser: Browser) -> None:
    codes = iter([500])
    line.status_code = lambda form: next(codes, 204)
    line.say(voice="<Reject/>")
    browser.do("/phones/1/call")
    until(lambda: line.call_statuses() == ["no-answer", "no-answer"])
