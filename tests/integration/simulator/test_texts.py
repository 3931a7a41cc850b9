"""The simulator as a carrier: the real Twilio client on one side, a signed-webhook receiver on the other."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from flask import Response
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import ACCOUNT, LINE, TOKEN, FakeLine, free_port, running_simulator, until

FARMER = "+85512000001"
ROOT = Path(__file__).parents[3]


def client_of(settings: SimulatorSettings, token: str = TOKEN) -> Client:
    client = Client(ACCOUNT, token, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = settings.api_url
    return client


def twiml(*texts: str) -> Callable[[dict[str, str]], Response]:
    messages = "".join(f"<Message>{html.escape(text)}</Message>" for text in texts)
    return lambda form: Response(f"<Response>{messages}</Response>", mimetype="text/xml")


# Out: the REST interface


def test_a_message_is_taken_delivered_and_reported(line: FakeLine, client: Client, browser: Browser) -> None:
    callback = f"{line.url}/sms/status/17?step=%E1%9E%80"
    message = client.messages.create(to=FARMER, from_=LINE, body="ជ្រូក 9,500៛", status_callback=callback)
    assert re.fullmatch(r"SM[0-9a-f]{32}", message.sid or "")
    assert (message.status, message.num_segments, message.direction) == ("queued", "1", "outbound-api")
    until(lambda: line.statuses() == ["queued", "sent", "delivered"])
    assert all(one.signed for one in line.heard)
    assert line.heard[0].form["MessageSid"] == message.sid
    fetched = client.messages(message.sid).fetch()
    assert (fetched.status, fetched.body, fetched.error_code) == ("delivered", "ជ្រូក 9,500៛", None)
    assert fetched.date_sent is not None
    assert abs(fetched.date_sent - datetime.now(UTC)) < timedelta(minutes=1)
    assert "ជ្រូក 9,500៛" in browser.see()
    assert "delivered" in browser.see()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"to": "12", "body": "x"}, 21211),
        ({"to": "+855abc", "body": "x"}, 21211),
        ({"to": FARMER}, 21602),
        ({"to": FARMER, "body": ""}, 21602),
        ({"to": FARMER, "body": "ក" * 1601}, 21617),
        ({"to": FARMER, "body": "x", "from_": "+85599999999"}, 21606),
        ({"to": LINE, "body": "x"}, 21266),
        ({"to": FARMER, "body": "x", "status_callback": "http://192.0.2.1/sms/status/1"}, 21609),
        ({"to": FARMER, "body": "x", "status_callback": "http://localhost.example/"}, 21609),
    ],
)
def test_a_faulty_order_is_refused_with_the_carriers_code(client: Client, order: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**{"from_": LINE, **order})
    assert (refused.value.status, refused.value.code) == (400, code)
    assert client.messages.list() == []


def test_a_messaging_service_may_stand_for_the_sender(client: Client) -> None:
    service = "MG" + "0" * 32
    message = client.messages.create(to=FARMER, messaging_service_sid=service, body="x" * 1600)
    assert (message.from_, message.messaging_service_sid, message.num_segments) == (LINE, service, "11")
    with pytest.raises(TwilioRestException, match="From"):
        client.messages.create(to=FARMER, body="x")


def test_a_stranger_is_refused(simulator: SimulatorSettings) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client_of(simulator, "wrong").messages.create(to=FARMER, from_=LINE, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    url = f"{simulator.api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.get(url, timeout=5).status_code == 401
    other = url.replace(ACCOUNT, "AC" + "1" * 32)
    assert requests.get(other, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 401


def test_a_phone_that_refuses_the_line(client: Client, browser: Browser, line: FakeLine) -> None:
    browser.do("/phones/1/block", blocked="1")
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=FARMER, from_=LINE, body="x")
    assert refused.value.code == 21610
    browser.do("/carrier", profile="somleng", me="1")
    callback = f"{line.url}/sms/status/1"
    message = client.messages.create(to=FARMER, from_=LINE, body="x", status_callback=callback)
    until(lambda: line.statuses() == ["failed"])
    assert client.messages(message.sid).fetch().error_code is None
    browser.do("/phones/1/block", blocked="0")
    assert client.messages.create(to=FARMER, from_=LINE, body="x").status == "queued"


def test_the_list_is_paged_and_filtered(client: Client, browser: Browser) -> None:
    for number in range(5):
        client.messages.create(to=FARMER, from_=LINE, body=f"to the farmer {number}")
    client.messages.create(to="+85512000002", from_=LINE, body="to another")
    bodies = [message.body for message in client.messages.list(to=FARMER, page_size=2)]
    assert bodies == [f"to the farmer {number}" for number in (4, 3, 2, 1, 0)]
    assert [message.body for message in client.messages.list(limit=1)] == ["to another"]
    assert client.messages.list(from_=FARMER) == []
    now = datetime.now(UTC)
    assert len(client.messages.list(date_sent_after=now - timedelta(minutes=1))) == 6
    assert client.messages.list(date_sent_after=now + timedelta(minutes=1)) == []
    assert len(client.messages.list(date_sent_before=now + timedelta(minutes=1))) == 6
    assert client.messages.list(date_sent_before=now - timedelta(minutes=1)) == []
    browser.do("/carrier", profile="somleng", me="1")
    assert len(client.messages.list(to="+85512000002", page_size=4)) == 6  # Somleng ignores filters


def test_pages_do_not_shift_when_messages_arrive(client: Client) -> None:
    for number in range(4):
        client.messages.create(to=FARMER, from_=LINE, body=str(number))
    first = client.messages.page(page_size=2)
    assert [message.body for message in first] == ["3", "2"]
    client.messages.create(to=FARMER, from_=LINE, body="new")
    second = first.next_page()
    assert second is not None
    assert [message.body for message in second] == ["1", "0"]
    assert second.next_page() is None


def test_a_bad_list_request_is_refused(simulator: SimulatorSettings) -> None:
    url = f"{simulator.api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    for query in ({"PageSize": "many"}, {"DateSent>": "tomorrow"}, {"PageToken": "x"}):
        answer = requests.get(url, params=query, auth=(ACCOUNT, TOKEN), timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_a_deleted_message_is_gone(client: Client) -> None:
    message = client.messages.create(to=FARMER, from_=LINE, body="x")
    assert client.messages(message.sid).delete()
    for gone in (message.sid, "SM" + "0" * 32):
        with pytest.raises(TwilioRestException) as refused:
            client.messages(gone).fetch()
        assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_status_report_is_repeated_when_the_line_fails(line: FakeLine, client: Client) -> None:
    codes = iter([500])
    line.status_code = lambda form: next(codes, 204)
    client.messages.create(to=FARMER, from_=LINE, body="x", status_callback=f"{line.url}/sms/status/1")
    until(lambda: line.statuses() == ["queued", "queued", "sent", "delivered"])


def test_a_refused_status_report_is_shown_and_not_repeated(line: FakeLine, client: Client, browser: Browser) -> None:
    line.status_code = lambda form: 404
    client.messages.create(to=FARMER, from_=LINE, body="x", status_callback=f"{line.url}/sms/status/1")
    until(lambda: line.statuses() == ["queued", "sent", "delivered"])
    until(lambda: "did not take the status report (HTTP 404)." in browser.see())


def test_a_restart_finishes_what_was_under_way(line: FakeLine, tmp_path: Path) -> None:
    data = tmp_path / "kept.sqlite"
    line.status_code = lambda form: 500  # so that it stops at "queued"
    with running_simulator(data, line.url) as settings:
        url = f"{line.url}/sms/status/1"
        client_of(settings).messages.create(to=FARMER, from_=LINE, body="x", status_callback=url)
        until(lambda: line.statuses() == ["queued"])
    line.status_code = lambda form: 204
    with running_simulator(data, line.url) as settings:
        until(lambda: line.statuses() == ["queued", "queued", "sent", "delivered"])
        assert client_of(settings).messages.list()[0].status == "delivered"


# In: texts from the phones


def test_a_text_is_posted_signed_and_answered(line: FakeLine, browser: Browser) -> None:
    line.answer = twiml("ជ្រូករស់ 9,500៛/គីឡូ", "<b>second</b>")
    page = browser.text("តម្លៃជ្រូក កំពង់ចាម")
    (heard,) = line.heard
    assert heard.signed
    sid = heard.form["MessageSid"]
    assert re.fullmatch(r"SM[0-9a-f]{32}", sid)
    assert heard.form == {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": FARMER,
        "To": LINE,
        "Body": "តម្លៃជ្រូក កំពង់ចាម",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCountry": "KH",
        "ToCountry": "KH",
    }
    assert "តម្លៃជ្រូក កំពង់ចាម" in page
    assert "ជ្រូករស់ 9,500៛/គីឡូ" in page
    raw = browser.session.get(browser.url, timeout=5).text
    assert "&lt;b&gt;second&lt;/b&gt;" in raw


def test_somleng_has_uuids_and_no_geography(line: FakeLine, browser: Browser, client: Client) -> None:
    browser.do("/carrier", profile="somleng", me="1")
    browser.text("srov")
    (form,) = line.texts()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", form["MessageSid"])
    assert "FromCountry" not in form
    assert client.messages.create(to="1294", from_=LINE, body="x").to == "1294"


def test_an_answer_may_go_to_another_phone_and_ask_for_reports(line: FakeLine, browser: Browser) -> None:
    line.answer = lambda form: Response(
        '<Response><Message to="+85512000002" action="/sms/status/9"><Body>over there</Body></Message></Response>'
    )
    browser.text("x")
    assert "over there" in browser.see("/?phone=2")
    until(lambda: line.statuses() == ["queued", "sent", "delivered"])
    assert all(one.signed for one in line.heard)


def test_line_ends_arrive_as_a_phone_writes_them(line: FakeLine, browser: Browser) -> None:
    browser.text("one\r\ntwo")
    assert line.texts()[0]["Body"] == "one\ntwo"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response(status=403), "refused the signature (403)"),
        (Response(status=500), "HTTP 500 instead of 200"),
        (Response(status=302, headers={"Location": "http://192.0.2.1/"}), "HTTP 302 instead of 200"),
        (Response("<Response><Mess"), "not valid TwiML"),
        (Response(""), "not valid TwiML"),
        (Response("<html/>"), "<html> stands where <Response> should"),
        (Response("<Response><Say>hello</Say></Response>"), "The answer holds <Say>"),
    ],
)
def test_a_wrong_answer_is_told_in_plain_words(line: FakeLine, browser: Browser, answer: Response, words: str) -> None:
    line.answer = lambda form: answer
    assert words in browser.text("x")


def test_a_silent_or_absent_line_is_told_in_plain_words(line: FakeLine, tmp_path: Path) -> None:
    def slow(form: dict[str, str]) -> Response:
        time.sleep(0.6)
        return Response("<Response/>")

    line.answer = slow
    with running_simulator(tmp_path / "slow.sqlite", line.url, answer_within=0.2) as settings:
        assert "did not answer within 0.2 seconds" in Browser(settings).text("x")
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_simulator(tmp_path / "absent.sqlite", nowhere) as settings:
        assert f"Nothing answers at {nowhere}" in Browser(settings).text("x")


def test_a_repeat_is_the_same_webhook(line: FakeLine, browser: Browser) -> None:
    line.answer = twiml("the answer")
    browser.text("x")
    sid = line.texts()[0]["MessageSid"]
    page = browser.do(f"/messages/{sid}/again")
    first, second = line.texts()
    assert first == second
    assert all(one.signed for one in line.heard)
    assert page.count(">the answer<") == 1
    assert "sent 2 times, same answer" in page
    line.answer = twiml("another")
    page = browser.do(f"/messages/{sid}/again")
    assert "sent 3 times, a different answer" in page
    assert ">another<" in page


def test_a_repeat_after_a_fault_brings_the_answer(line: FakeLine, browser: Browser) -> None:
    line.answer = lambda form: Response(status=500)
    browser.text("x")
    line.answer = twiml("now it is there")
    page = browser.do(f"/messages/{line.texts()[0]['MessageSid']}/again")
    assert "now it is there" in page
    assert "different" not in page


# The page


def test_another_number_can_be_held(line: FakeLine, browser: Browser) -> None:
    page = browser.do("/phones", number="០១២ 000 009", me="1")
    assert "+85512000009" in page
    browser.do("/phones", number="ANONYMOUS", me="1")
    browser.text("hello", phone=8)
    assert line.texts()[0]["From"] == "ANONYMOUS"
    assert "no number a phone could have" in browser.do("/phones", number="<script>", me="1")


def test_news_on_other_phones_are_counted_until_seen(client: Client, browser: Browser) -> None:
    client.messages.create(to="+85512000002", from_=LINE, body="for you")
    assert "● 1" in browser.see("/phones/1/live")
    browser.see("/?phone=2")
    assert "● 1" not in browser.see("/phones/1/live")


def test_the_page_is_light_and_needs_nobody_else(simulator: SimulatorSettings) -> None:
    total = 0
    for path in ("/", "/static/phone.css", "/static/phone.js"):
        answer = requests.get(simulator.api_url + path, timeout=5)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"(src|href)=\"(https?:)?//", answer.text)
        total += len(answer.content)
    assert total < 60_000


def test_other_sites_cannot_press_the_buttons(simulator: SimulatorSettings, line: FakeLine) -> None:
    url = f"{simulator.api_url}/phones/1/messages"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert requests.post(url, data={"body": "x"}, headers=headers, timeout=5).status_code == 403
    assert line.heard == []


def test_what_is_not_there_is_404(simulator: SimulatorSettings) -> None:
    for path in ("/?phone=99", "/phones/99/live"):
        assert requests.get(simulator.api_url + path, timeout=5).status_code == 404
    for path in ("/phones/99/messages", "/messages/none/again"):
        assert requests.post(simulator.api_url + path, timeout=5).status_code == 404


# Small readings


def test_the_process_says_where_it_is_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "SMS_FROM": LINE,
        "TWILIO_API_URL": f"http://127.0.0.1:{port}",
        "PUBLIC_URL": "http://127.0.0.1:1",
        "SIMULATOR_DATA": str(tmp_path / "made" / "simulator.sqlite"),
    }
    command = [sys.executable, "-m", "bot.simulator"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
        second = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=20
        )
        assert second.returncode == 1
        assert "the address is taken" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    environment["PUBLIC_URL"] = "https://phsar.example"
    refused = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=20
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("PUBLIC_URL is https://phsar.example")
