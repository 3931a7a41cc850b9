"""Trouble on the carrier, switched on by REST, as the real Twilio client and a real line meet it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response
from requests.exceptions import ConnectionError as Unreachable
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import ACCOUNT, LINE, TOKEN, FakeLine, fake_line, running_simulator, until

FARMER, OTHER = "+85512000001", "+85512000002"
Trouble = Callable[..., dict[str, Any]]


@pytest.fixture
def trouble(simulator: SimulatorSettings) -> Trouble:
    """Switches a trouble on."""

    def begin(kind: str, **more: object) -> dict[str, Any]:
        answer = requests.post(f"{simulator.api_url}/trouble", json={"trouble": kind} | more, timeout=5)
        assert answer.status_code == 201, answer.text
        begun: dict[str, Any] = answer.json()
        return begun

    return begin


def standing(simulator: SimulatorSettings) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{simulator.api_url}/trouble", timeout=5).json()
    return found


def send(client: Client, line: FakeLine, body: str = "x", to: str = FARMER) -> str:
    message = client.messages.create(to=to, from_=LINE, body=body, status_callback=f"{line.url}/sms/status/1")
    assert message.sid
    return str(message.sid)


def refusals(client: Client, line: FakeLine, times: int, to: str = FARMER) -> list[int | None]:
    """The code of each of so many orders, None where it was taken."""
    codes: list[int | None] = []
    for _ in range(times):
        try:
            send(client, line, to=to)
            codes.append(None)
        except TwilioRestException as refused:
            codes.append(refused.code)
    return codes


# At the door


@pytest.mark.parametrize("code", [21610, 21211, 21614, 21612])
def test_a_refused_order_is_not_taken(client: Client, line: FakeLine, trouble: Trouble, code: int) -> None:
    trouble("refuse", code=code, next=1)
    with pytest.raises(TwilioRestException) as refused:
        send(client, line)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert client.messages.list() == []
    send(client, line)
    assert len(client.messages.list()) == 1


def test_a_throttled_order_is_told_when_to_come_again(
    simulator: SimulatorSettings, client: Client, trouble: Trouble
) -> None:
    trouble("throttle", seconds=7)
    url = f"{simulator.api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    order = {"To": FARMER, "From": LINE, "Body": "x"}
    answer = requests.post(url, data=order, auth=(ACCOUNT, TOKEN), timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "7", 20429)
    assert client.messages.list() == []


def test_a_failing_carrier_takes_nothing(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("error", next=2)
    assert refusals(client, line, 3) == [20500, 20500, None]
    assert len(client.messages.list()) == 1


def test_a_dropped_connection_takes_nothing(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("drop", next=1)
    with pytest.raises(Unreachable):
        send(client, line)
    assert client.messages.list() == []


def test_what_was_taken_is_in_the_list_though_the_answer_never_came(
    simulator: SimulatorSettings, client: Client, line: FakeLine, trouble: Trouble
) -> None:
    trouble("silence", next=1)
    hasty = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=0.5))
    hasty.api.base_url = simulator.api_url
    with pytest.raises(ReadTimeout):
        send(hasty, line, "taken all the same")
    (kept,) = client.messages.list()
    assert (kept.body, kept.to) == ("taken all the same", FARMER)
    until(lambda: line.statuses() == ["queued", "sent", "delivered"])
    trouble("silence", next=1, seconds=0)
    with pytest.raises(Unreachable):
        send(client, line, "and cut off at once")
    assert [message.body for message in client.messages.list()] == ["and cut off at once", "taken all the same"]


def test_a_slow_answer_comes_late_for_one_phone(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("slow", seconds=0.6, phone="012 000 001")
    before = time.monotonic()
    send(client, line, to=OTHER)
    assert time.monotonic() - before < 0.5
    send(client, line)
    assert time.monotonic() - before > 0.6


def test_asking_can_fail_by_itself(client: Client, line: FakeLine, trouble: Trouble) -> None:
    sid = send(client, line)
    trouble("error", channel="asking", next=2)
    send(client, line)
    for ask in (client.messages(sid).fetch, client.messages.list):
        with pytest.raises(TwilioException, match="500"):
            ask()
    assert len(client.messages.list()) == 2


def test_calls_have_troubles_of_their_own(client: Client, line: FakeLine, trouble: Trouble) -> None:
    def ring() -> str:
        callback = f"{line.url}/voice/status/1"
        call = client.calls.create(to=FARMER, from_=LINE, url=f"{line.url}/voice/1", status_callback=callback)
        return str(call.sid)

    trouble("throttle", channel="sms")
    trouble("refuse", channel="calls", code=21211, next=1)
    with pytest.raises(TwilioRestException) as refused:
        ring()
    assert refused.value.code == 21211
    assert client.calls.list() == []
    trouble("undelivered", channel="calls", next=1)
    trouble("double-reports", channel="calls")
    sid = ring()
    until(lambda: line.call_statuses("/voice/status/1") == ["failed", "failed"])
    assert client.calls(sid).fetch().status == "failed"
    assert refusals(client, line, 1) == [20429]


# On the way to the phone


@pytest.mark.parametrize(("profile", "status", "code"), [("twilio", "undelivered", 30007), ("somleng", "failed", None)])
def test_what_never_arrives_is_reported(
    client: Client, line: FakeLine, trouble: Trouble, browser: Browser, profile: str, status: str, code: int | None
) -> None:
    browser.do("/carrier", profile=profile, me="1")
    trouble("undelivered", code=30007)
    sid = send(client, line)
    until(lambda: line.statuses() == ["queued", "sent", status])
    assert line.heard[-1].form.get("ErrorCode") == (None if code is None else str(code))
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == (status, code)
    assert status in browser.see()


def test_a_later_message_arrives_first(
    simulator: SimulatorSettings, client: Client, line: FakeLine, trouble: Trouble, browser: Browser
) -> None:
    trouble("shuffle-messages", phone=FARMER)
    one = send(client, line, "one")
    until(lambda: standing(simulator)["troubles"][0]["struck"] == 1)
    assert client.messages(one).fetch().status == "sent"  # it waits to be overtaken
    send(client, line, "two")
    until(lambda: line.statuses().count("delivered") == 2)
    page = browser.see()
    assert page.index(">two<") < page.index(">one<")
    assert "out of order" in browser.see("/overview/live")


def test_a_message_nobody_overtakes_arrives_in_the_end(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("shuffle-messages", seconds=0.4)
    before = time.monotonic()
    send(client, line)
    until(lambda: line.statuses() == ["queued", "sent", "delivered"])
    assert time.monotonic() - before > 0.4


# What the line is told


def test_reports_come_twice(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("double-reports")
    send(client, line)
    until(lambda: line.statuses() == ["queued", "queued", "sent", "sent", "delivered", "delivered"])
    assert all(one.signed for one in line.heard)


def test_the_end_is_reported_before_the_beginning(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("shuffle-reports")
    send(client, line)
    until(lambda: line.statuses() == ["delivered", "sent", "queued"])


def test_reports_are_lost_and_the_status_is_true(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("lose-reports")
    sid = send(client, line)
    until(lambda: client.messages(sid).fetch().status == "delivered")
    time.sleep(0.1)
    assert line.statuses() == []


def test_reports_are_late_while_the_status_is_true(client: Client, line: FakeLine, trouble: Trouble) -> None:
    trouble("late-reports", seconds=0.7)
    sid = send(client, line)
    until(lambda: client.messages(sid).fetch().status == "delivered")
    assert line.statuses() == []
    until(lambda: sorted(line.statuses()) == ["delivered", "queued", "sent"])


def test_reports_of_a_call_end_first(client: Client, line: FakeLine, trouble: Trouble, browser: Browser) -> None:
    trouble("shuffle-reports", channel="calls")
    line.say(voice_1="<Hangup/>")
    client.calls.create(
        to=FARMER,
        from_=LINE,
        url=f"{line.url}/voice/1",
        status_callback=f"{line.url}/voice/status/1",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    until(lambda: "the line is ringing" in browser.see())
    browser.do("/phones/1/call/answer")
    told = ["completed", "in-progress", "ringing", "queued"]
    until(lambda: line.call_statuses("/voice/status/1") == told)


def test_webhooks_come_twice_at_once(line: FakeLine, trouble: Trouble, browser: Browser) -> None:
    def slow(form: dict[str, str]) -> Response:
        time.sleep(0.5)
        return Response("<Response><Message>the answer</Message></Response>")

    line.answer = slow
    trouble("double-webhooks")
    before = time.monotonic()
    page = browser.text("x")
    assert time.monotonic() - before < 0.9
    first, second = line.texts()
    assert first == second
    assert page.count(">the answer<") == 1
    assert "sent 2 times, same answer" in page
    line.say(voice='<Gather action="/voice/1"><Say>press</Say></Gather>')
    browser.do("/phones/1/call")
    assert [one.path for one in line.calls()] == ["/voice", "/voice"]


# By chance, and how to end it


def test_a_seed_gives_each_phone_the_same_fate_in_any_order(client: Client, line: FakeLine, tmp_path: Path) -> None:
    def fates(order: list[str], name: str) -> dict[str, list[int | None]]:
        with fake_line() as mine, running_simulator(tmp_path / name, mine.url) as settings:
            url = f"{settings.api_url}/trouble"
            given = {"trouble": "throttle", "chance": 40, "seed": 11}
            assert requests.post(url, data=given, timeout=5).status_code == 201
            theirs = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=5))
            theirs.api.base_url = settings.api_url
            found: dict[str, list[int | None]] = {FARMER: [], OTHER: []}
            for to in order:
                found[to] += refusals(theirs, mine, 1, to)
            (told,) = standing(settings)["troubles"]
            assert told["met"] == len(order)
            assert told["struck"] == sum(code is not None for codes in found.values() for code in codes)
            return found

    first = fates([FARMER, OTHER] * 15, "first.sqlite")
    assert first == fates([FARMER] * 15 + [OTHER] * 15, "second.sqlite")
    assert first[FARMER] != first[OTHER]
    assert 4 <= sum(code is not None for codes in first.values() for code in codes) <= 20


def test_all_well_ends_it(simulator: SimulatorSettings, client: Client, line: FakeLine, trouble: Trouble) -> None:
    begun = trouble("error", next=1)
    trouble("slow", chance=0)
    assert (begun["left"], begun["on"], begun["channel"], begun["phone"]) == (1, True, "all", None)
    assert refusals(client, line, 2) == [20500, None]
    found = standing(simulator)
    assert found["well"] is False
    assert [(one["left"], one["on"], one["met"], one["struck"]) for one in found["troubles"]] == [
        (0, False, 1, 1),
        (None, True, 1, 0),
    ]
    url = f"{simulator.api_url}/trouble"
    assert requests.delete(f"{url}/{begun['id']}", timeout=5).json()["troubles"][0]["trouble"] == "slow"
    assert requests.delete(f"{url}/{begun['id']}", timeout=5).status_code == 404
    assert requests.delete(url, timeout=5).json() == {"well": True, "troubles": []}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "trouble", "one of: refuse, throttle"),
        ({"trouble": "rain"}, "trouble", "one of: refuse, throttle"),
        ({"trouble": ["error"]}, "trouble", "one of"),
        ({"trouble": "error", "chance": 101}, "chance", "from 0 to 100"),
        ({"trouble": "error", "chance": "many"}, "chance", "from 0 to 100"),
        ({"trouble": "error", "chance": "nan"}, "chance", "from 0 to 100"),
        ({"trouble": "error", "chance": True}, "chance", "from 0 to 100"),
        ({"trouble": "error", "next": 0}, "next", "whole number from 1"),
        ({"trouble": "error", "next": 2.5}, "next", "whole number from 1"),
        ({"trouble": "error", "next": 2, "chance": 50}, "next", "not both"),
        ({"trouble": "error", "code": 21610}, "code", "has no code"),
        ({"trouble": "refuse"}, "code", "one of: 21211"),
        ({"trouble": "refuse", "code": 30003}, "code", "one of: 21211"),
        ({"trouble": "refuse", "code": "21610", "seconds": 3}, "seconds", "waits for nothing"),
        ({"trouble": "slow", "seconds": -1}, "seconds", "from 0 to 120"),
        ({"trouble": "slow", "seconds": 1e9}, "seconds", "from 0 to 120"),
        ({"trouble": "slow", "phone": "nobody!"}, "phone", "number such as"),
        ({"trouble": "slow", "channel": "asking", "phone": FARMER}, "phone", "no phone"),
        ({"trouble": "refuse", "code": 21610, "channel": "asking"}, "channel", "cannot happen"),
        ({"trouble": "shuffle-messages", "channel": "calls"}, "channel", "cannot happen"),
        ({"trouble": "error", "seed": "x"}, "seed", "whole number"),
        ({"trouble": "error", "chanse": 5}, "fields", "chanse is unknown"),
    ],
)
def test_bad_input_is_told_in_a_line(
    simulator: SimulatorSettings, given: dict[str, Any], field: str, words: str
) -> None:
    answer = requests.post(f"{simulator.api_url}/trouble", json=given, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert words in answer.json()["error"]
    assert standing(simulator) == {"well": True, "troubles": []}


def test_what_is_no_object_strangers_and_too_much_are_refused(simulator: SimulatorSettings) -> None:
    url = f"{simulator.api_url}/trouble"
    for body in (b"[1]", b"{", b'"error"'):
        answer = requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=5)
        assert (answer.status_code, answer.json()["field"]) == (400, "trouble")
    for method in ("POST", "DELETE"):
        answer = requests.request(method, url, headers={"Sec-Fetch-Site": "cross-site"}, timeout=5)
        assert answer.status_code == 403
    codes = [requests.post(url, data={"trouble": "error"}, timeout=5).status_code for _ in range(51)]
    assert codes == [201] * 50 + [400]
