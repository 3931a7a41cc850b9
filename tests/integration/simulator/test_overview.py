"""The overview of all phones and the panel of trouble, over HTTP and without a script."""

from __future__ import annotations

import re
from pathlib import Path

import requests
from flask import Response
from twilio.rest import Client

from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import LINE, FakeLine, running_simulator, until

FARMER = "+85512000001"


def rows(page: str) -> list[str]:
    """The rows of the list as a person reads them."""
    found = re.findall(r"<tr class=.*?</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_what_arrives_anywhere_is_in_one_list(client: Client, browser: Browser, line: FakeLine) -> None:
    assert "will be here" in browser.see("/overview")
    client.messages.create(to=FARMER, from_=LINE, body="ប្រជុំស្អែក")
    client.messages.create(to="+85512000777", from_=LINE, body="1 & 2 to a stranger")
    client.calls.create(to="+85512000005", from_=LINE, url=f"{line.url}/voice/1")
    until(lambda: browser.see("/overview/live").count("delivered") == 2)
    call, stranger, farmer = rows(browser.see("/overview"))
    assert re.search(r"Group leader \+85512000005 ← ☎ .*call.* ringing", call)
    assert re.search(r"\d\d:\d\d \+85512000777 ← 1 & 2 to a stranger 1 .*part .*GSM-7 ✓ .*delivered", stranger)
    assert re.search(r"Farmer, Khmer script \+85512000001 ← ប្រជុំស្អែក 1 .* 11 UCS-2 ✓", farmer)
    raw = browser.session.get(f"{browser.url}/overview", timeout=5).text
    assert "1 &amp; 2 to a stranger" in raw


def test_what_phones_send_is_there_with_its_outcome(browser: Browser, line: FakeLine) -> None:
    browser.text("srov", phone=2)
    line.answer = lambda form: Response(status=403)
    browser.text("moan")
    moan, srov = rows(browser.see("/overview"))
    assert "→ moan" in moan
    assert "refused the signature" in moan
    assert srov.endswith("heard")


def test_the_list_is_paged(client: Client, browser: Browser) -> None:
    for number in range(65):
        client.messages.create(to=FARMER, from_=LINE, body=f"number {number:02d}")
    seen: list[str] = []
    path, sizes = "/overview", []
    while path:
        page = browser.see(path)
        found = re.findall(r"number \d\d", page)
        sizes.append(len(found))
        seen += found
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1] if older else ""
        if len(sizes) == 1:
            client.messages.create(to=FARMER, from_=LINE, body="new")  # shifts nothing
    assert sizes == [30, 30, 5]
    assert seen == [f"number {number:02d}" for number in range(64, -1, -1)]
    assert requests.get(f"{browser.url}/overview?after=nonsense", timeout=5).status_code == 404
    assert "nothing older" in browser.see("/overview?after=1.0-x")


def test_the_panel_says_what_trouble_is_on(browser: Browser, client: Client) -> None:
    assert "All well" in browser.see("/overview")
    page = browser.do("/overview/trouble", trouble="undelivered 30003", channel="sms", amount="100", seed="5")
    for words in ("Trouble is on", "never reaches the phone", "30003", "all phones", "100 %", "struck 0 of 0"):
        assert words in page
    browser.do("/overview/trouble", trouble="slow", phone="០១២ 000 002", amount="3", measure="next", seconds="0.5")
    page = browser.see("/?phone=1")
    for words in ("Trouble is on", "accepted, answered late", "0.5 s", "+85512000002", "3 more"):
        assert words in page
    client.messages.create(to=FARMER, from_=LINE, body="x")
    until(lambda: "undelivered (30003)" in browser.see("/overview/live"))
    assert "struck 1 of 1" in browser.see("/overview/live")
    page = browser.do("/overview/trouble/1/end")
    assert "never reaches the phone" not in page.split('id="panel"')[0]
    assert "All well" in browser.do("/overview/well")
    assert "Trouble is on" not in browser.see("/?phone=1")


def test_bad_input_to_the_panel_is_a_clear_line_and_kept(browser: Browser) -> None:
    page = browser.do("/overview/trouble", trouble="throttle", amount="200", measure="chance", phone="012 000 001")
    assert "▼" in page
    assert "chance must be a number from 0 to 100 (percent)." in page
    assert 'value="200"' in page
    assert 'value="012 000 001"' in page
    assert '<option value="throttle" selected' in page
    assert "All well" in page
    for form, words in (
        ({"trouble": "rain"}, "trouble must be one of"),
        ({"trouble": "refuse 1"}, "code must be one of"),
        ({"trouble": "error", "amount": "x", "measure": "next"}, "next must be a whole number"),
        ({"trouble": "error", "phone": "<i>"}, "phone must be a number"),
        ({"trouble": "error", "seconds": "3"}, "error waits for nothing"),
        ({"trouble": "slow", "seconds": "one"}, "seconds must be a number"),
        ({"trouble": "slow", "seed": "-1"}, "seed must be a whole number"),
    ):
        assert words in browser.do("/overview/trouble", **form)
    for _ in range(50):
        browser.do("/overview/trouble", trouble="error", amount="0")
    assert "There are 50 troubles already" in browser.do("/overview/trouble", trouble="error")


def test_strangers_make_no_trouble(simulator: SimulatorSettings) -> None:
    for path in ("/overview/trouble", "/overview/well", "/overview/trouble/1/end"):
        answer = requests.post(simulator.api_url + path, headers={"Origin": "http://evil.example"}, timeout=5)
        assert answer.status_code == 403


def test_trouble_does_not_outlive_the_process(line: FakeLine, tmp_path: Path) -> None:
    data = tmp_path / "kept.sqlite"
    with running_simulator(data, line.url) as settings:
        assert "Trouble is on" in Browser(settings).do("/overview/trouble", trouble="error")
    with running_simulator(data, line.url) as settings:
        assert "All well" in Browser(settings).see("/overview")


def test_the_page_is_light(simulator: SimulatorSettings) -> None:
    paths = ("/overview", "/static/phone.css", "/static/overview.css", "/static/overview.js")
    answers = [requests.get(simulator.api_url + path, timeout=5) for path in paths]
    assert sum(len(answer.content) for answer in answers) < 60_000
    assert not re.search(r"(src|href)=\"(https?:)?//", answers[0].text)
