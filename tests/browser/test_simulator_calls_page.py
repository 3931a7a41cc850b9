"""The telephone on the page in a real browser: heard, steered, recorded by microphone, rung; at 360 px."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Playwright, expect
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.simulator.calls import sounds
from bot.simulator.settings import SimulatorSettings
from tests.browser.phone_page import phone_page
from tests.browser.test_simulator_page import contrast
from tests.fakes.line import ACCOUNT, LINE, TOKEN, FakeLine, fake_line, running_simulator, until

TONE = "/audio/line/tone.abc.wav"
MENU = f"""<Gather numDigits="1" actionOnEmptyResult="true" action="{{url}}/voice/1"><Play>{TONE}</Play>
<Say language="en-US">For pigs, press 1.</Say></Gather>"""
RECORD = '<Say language="en-US">Tell us.</Say><Record action="{url}/voice/2" maxLength="120"/>'
BYE = f'<Play>{TONE}</Play><Say language="en-US">Thank you.</Say><Hangup/>'


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A browser whose microphone hears beeps, and which asks nobody."""
    arguments = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
    yield browser
    browser.close()


@pytest.fixture
def line() -> Iterator[FakeLine]:
    with fake_line() as line:
        line.sounds[TONE] = sounds.sample(0.4)
        line.say(voice=MENU, voice_1=RECORD, voice_2=BYE, voice_back_1=MENU)
        yield line


@pytest.fixture
def simulator(line: FakeLine, tmp_path: Path) -> Iterator[SimulatorSettings]:
    with running_simulator(tmp_path / "simulator.sqlite", line.url) as settings:
        yield settings


@pytest.fixture
def page(browser: Browser, simulator: SimulatorSettings) -> Iterator[Page]:
    with phone_page(browser, simulator) as page:
        yield page


def key(page: Page, key: str) -> None:
    page.locator(f'.keypad [value="{key}"]').click()


def test_a_call_from_ring_to_end(page: Page, line: FakeLine, simulator: SimulatorSettings) -> None:
    page.evaluate("window.stayed = true")
    with page.expect_response(re.compile("/sounds/0$")) as sound:
        page.get_by_role("button", name="ring the line").click()
    assert sound.value.ok
    expect(page.locator(".big")).to_contain_text("♪")
    expect(page.locator(".big .now")).to_contain_text("♪")  # what is heard is marked
    expect(page.locator(".big")).to_contain_text("For pigs, press 1.")
    page.keyboard.press("1")
    expect(page.locator(".big")).to_contain_text("Tell us.")
    page.get_by_role("button", name="record").click()
    expect(page.locator("[data-clock]")).to_have_text("0:01", timeout=4000)
    page.get_by_role("button", name="stop").click()
    expect(page.locator(".over")).to_contain_text("call ended")  # it goes on by itself when all was said
    assert page.evaluate("window.stayed")
    form = line.calls()[2].form
    assert form["RecordingDuration"] in ("1", "2")
    recording = requests.Response()

    def ready() -> bool:
        nonlocal recording
        recording = requests.get(form["RecordingUrl"], auth=(ACCOUNT, TOKEN), timeout=5)
        return recording.status_code == 200

    until(ready)
    assert sounds.is_wav(recording.content)
    assert 12_000 < len(recording.content) < 60_000  # a second or two at 8 kHz
    assert max(recording.content[44:]) > 0
    page.locator("#course summary").click()
    expect(page.locator("#course")).to_contain_text("Thank you.")
    until(lambda: line.call_statuses() == ["completed"])


def test_after_one_of_two_keys_the_phone_waits_only_so_long(page: Page, line: FakeLine) -> None:
    line.say(voice=MENU.replace('numDigits="1"', 'numDigits="2" timeout="1"'), voice_1=RECORD)
    page.get_by_role("button", name="ring the line").click()
    key(page, "1")
    expect(page.locator(".big")).to_contain_text("Tell us.")
    assert line.calls()[1].form["Digits"] == "1"


def test_hanging_up_while_recording_leaves_what_was_said(page: Page, line: FakeLine) -> None:
    page.get_by_role("button", name="ring the line").click()
    key(page, "1")
    page.get_by_role("button", name="record").click()
    expect(page.locator("[data-clock]")).to_have_text("0:01", timeout=4000)
    page.get_by_role("button", name="hang up").click()
    expect(page.locator(".over")).to_contain_text("call ended")
    until(lambda: len(line.calls()) == 3)
    assert line.calls()[2].form["Digits"] == "hangup"


def test_keys_arrive_in_the_order_they_were_pressed(page: Page, line: FakeLine) -> None:
    line.say(voice='<Gather action="{url}/voice/1"/>', voice_1="<Gather/>")
    page.get_by_role("button", name="ring the line").click()
    expect(page.locator(".keypad")).to_be_visible()
    page.keyboard.type("7294018563#")
    until(lambda: len(line.calls()) == 2)
    assert line.calls()[1].form["Digits"] == "7294018563"


def test_what_is_typed_and_folded_out_stays(page: Page, line: FakeLine) -> None:
    line.say(voice='<Gather input="dtmf speech" action="{url}/voice/1"/>', voice_1="<Gather/>")
    page.get_by_role("button", name="ring the line").click()
    page.locator("#tricks summary").click()
    key(page, "4")
    expect(page.locator(".said kbd")).to_have_text("4")
    expect(page.locator("#tricks form")).to_be_visible()
    expect(page.locator('.keypad [value="4"]')).to_be_focused()
    page.fill("#words", "ជ្រូក")
    page.keyboard.press("Enter")
    until(lambda: len(line.calls()) == 2)
    assert line.calls()[1].form["SpeechResult"] == "ជ្រូក"


def test_a_call_from_the_line(page: Page, line: FakeLine, simulator: SimulatorSettings) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = simulator.api_url
    order = {"to": "+85512000001", "from_": LINE, "url": f"{line.url}/voice/back/1"}
    client.calls.create(**order)
    expect(page.locator(".rings")).to_contain_text("the line is ringing")
    page.get_by_role("button", name="decline").click()
    expect(page.locator(".over")).to_contain_text("busy")
    client.calls.create(**order)
    page.get_by_role("button", name="answer").click()
    expect(page.locator(".big")).to_contain_text("For pigs, press 1.")
    page.get_by_role("button", name="hang up").click()
    expect(page.locator(".over")).to_contain_text("call ended")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_it_fits_and_can_be_read(browser: Browser, simulator: SimulatorSettings, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(simulator.api_url)
    page.get_by_role("button", name="ring the line").click()
    page.locator("#tricks summary").click()
    page.locator("#course summary").click()
    for selector in (".big", ".said .foot", ".keypad button", ".end", "#course li", "summary"):
        assert contrast(page, selector) >= 4.5, selector
    for selector in ("html", ".screen", ".call"):
        assert page.locator(selector).evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0, selector
    sizes = page.locator(".keypad button").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert len(sizes) == 12
    assert min(sizes) >= 44
    context.close()


def test_it_works_without_a_script(browser: Browser, simulator: SimulatorSettings, line: FakeLine) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(simulator.api_url)
    page.get_by_role("button", name="ring the line").click()
    expect(page.locator(".big")).to_contain_text("For pigs, press 1.")
    key(page, "1")
    expect(page.locator(".big")).to_contain_text("Tell us.")
    page.get_by_role("button", name="sample sound").click()
    expect(page.locator(".big")).to_contain_text("Thank you.")
    page.get_by_role("button", name="heard it all").click()
    expect(page.locator(".over")).to_contain_text("call ended")
    context.close()
