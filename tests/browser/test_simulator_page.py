"""The simulator's page in a real browser: texting, waiting, counting, at 360 px, by day and by night."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response
from playwright.sync_api import Browser, Page, Playwright, expect
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.language.text.sms_parts import parts
from bot.simulator.phones import PEOPLE, tries
from bot.simulator.settings import SimulatorSettings
from tests.browser.phone_page import phone_page
from tests.fakes.line import ACCOUNT, LINE, TOKEN, FakeLine, fake_line, running_simulator

ANSWER = "ជ្រូករស់ ៩,៥០០៛/គីឡូ ▲ កំពង់ចាម"


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def line() -> Iterator[FakeLine]:
    with fake_line() as line:
        line.answer = lambda form: Response(f"<Response><Message>{ANSWER}</Message></Response>")
        yield line


@pytest.fixture
def simulator(line: FakeLine, tmp_path: Path) -> Iterator[SimulatorSettings]:
    with running_simulator(tmp_path / "simulator.sqlite", line.url) as settings:
        yield settings


@pytest.fixture
def page(browser: Browser, simulator: SimulatorSettings) -> Iterator[Page]:
    with phone_page(browser, simulator) as page:
        yield page


def test_a_text_is_answered_without_leaving_the_page(page: Page, line: FakeLine) -> None:
    page.evaluate("window.stayed = true")
    page.fill("#body", "តម្លៃជ្រូក កំពង់ចាម")
    page.locator(".filled").click()
    expect(page.locator(".theirs .bubble")).to_have_text(ANSWER)
    expect(page.locator(".mine .bubble")).to_have_text("តម្លៃជ្រូក កំពង់ចាម")
    expect(page.locator(".mine .count")).to_contain_text("19 UCS-2")
    expect(page.locator("#body")).to_have_value("")
    expect(page.locator(".theirs .rising")).to_contain_text("delivered")
    assert page.evaluate("window.stayed")
    assert [form["Body"] for form in line.texts()] == ["តម្លៃជ្រូក កំពង់ចាម"]


def test_the_examples_and_the_enter_key_send(page: Page, line: FakeLine) -> None:
    page.locator(".tries button").nth(1).click()
    expect(page.locator(".theirs")).to_have_count(1)
    page.fill("#body", "ជួយ")
    page.keyboard.press("Enter")
    expect(page.locator(".theirs")).to_have_count(2)
    assert [form["Body"] for form in line.texts()] == [tries()[PEOPLE[0].number][1].text, "ជួយ"]


def test_a_text_is_seen_while_the_line_still_thinks(page: Page, line: FakeLine) -> None:
    def slow(form: dict[str, str]) -> Response:
        time.sleep(1.5)
        return Response("<Response><Message>at last</Message></Response>")

    line.answer = slow
    page.fill("#body", "x")
    page.keyboard.press("Enter")
    expect(page.locator(".mine .waiting")).to_contain_text("sending", timeout=1400)
    expect(page.locator(".theirs .bubble")).to_have_text("at last")


def test_a_message_from_the_line_appears_within_two_seconds(page: Page, simulator: SimulatorSettings) -> None:
    client = client_of(simulator)
    client.messages.create(to="+85512000001", from_=LINE, body="ប្រជុំស្អែក")
    client.messages.create(to="+85512000002", from_=LINE, body="for another phone")
    expect(page.locator(".theirs .bubble")).to_have_text("ប្រជុំស្អែក", timeout=2000)
    expect(page.locator("#people .new")).to_have_text("● 1", timeout=2000)
    page.locator("#people a").nth(1).click()
    expect(page.locator(".theirs .bubble")).to_have_text("for another phone")


@pytest.mark.parametrize(
    "text", ["", "tlai", "[€]", "a" * 161, "€" * 81, "ជ្រូក", "ក" * 71, "🐖" * 36, "a" * 152 + "€" + "a" * 152]
)
def test_the_counter_counts_as_the_carrier_does(page: Page, text: str) -> None:
    page.fill("#body", text)
    counted = parts(text)
    expect(page.locator("#counter [data-parts]")).to_have_text(str(counted.parts))
    expect(page.locator("#counter [data-units]")).to_have_text(str(counted.units))
    expect(page.locator("#counter [data-encoding]")).to_have_text(counted.encoding)


def test_a_repeat_and_a_fault_are_shown(page: Page, line: FakeLine) -> None:
    page.locator(".tries button").first.click()
    page.get_by_role("button", name="send again").click()
    expect(page.locator(".mine .foot")).to_contain_text("sent 2 times, same answer")
    line.answer = lambda form: Response(status=403)
    page.get_by_role("button", name="send again").click()
    expect(page.locator(".mine .fault")).to_contain_text("refused the signature")
    assert len({form["MessageSid"] for form in line.texts()}) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_it_fits_and_can_be_read(browser: Browser, simulator: SimulatorSettings, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(simulator.api_url)
    page.locator(".tries button").first.click()
    expect(page.locator(".theirs .bubble")).to_have_text(ANSWER)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == "km"
    for selector in (".bubble", ".theirs .bubble", ".foot", ".en", ".filled", ".small", ".rising", ".number"):
        assert contrast(page, selector) >= 4.5, selector
    context.close()


def client_of(simulator: SimulatorSettings) -> Client:
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = simulator.api_url
    return client


def test_the_overview_shows_what_arrives_anywhere_by_itself(page: Page, simulator: SimulatorSettings) -> None:
    page.get_by_role("link", name="what arrives anywhere").click()
    expect(page.locator(".empty")).to_contain_text("will be here")
    page.evaluate("window.stayed = true")
    client = client_of(simulator)
    client.messages.create(to="+85512000005", from_=LINE, body="ប្រជុំស្អែក")
    client.calls.create(to="+85512000777", from_=LINE, url=f"{simulator.public_url}/voice/1")
    rows = page.locator(".arrivals tbody tr")
    expect(rows).to_have_count(2, timeout=2500)
    expect(rows.nth(0)).to_contain_text("ringing", timeout=2500)
    expect(rows.nth(1).locator(".state")).to_contain_text("delivered", timeout=3500)
    assert page.evaluate("window.stayed")
    rows.nth(1).get_by_role("link").click()
    expect(page.locator(".holder")).to_contain_text("Group leader")
    expect(page.locator(".theirs .bubble")).to_have_text("ប្រជុំស្អែក")


def test_trouble_is_made_shown_and_ended(page: Page, simulator: SimulatorSettings) -> None:
    page.goto(f"{simulator.api_url}/overview")
    expect(page.locator("#trouble")).to_contain_text("All well")
    page.get_by_text("make trouble").click()
    page.get_by_label("what goes wrong").select_option("undelivered 30003")
    expect(page.get_by_label("seconds")).to_be_disabled()
    page.get_by_label("what goes wrong").select_option("slow")
    expect(page.get_by_label("seconds")).to_be_enabled()
    page.get_by_label("what goes wrong").select_option("undelivered 30003")
    page.get_by_label("how often").fill("two")
    page.get_by_label("number (empty").fill("012 000 001")
    page.get_by_role("button", name="switch on").click()
    expect(page.locator("#panel-fault")).to_contain_text("chance must be a number from 0 to 100")
    expect(page.get_by_label("number (empty")).to_have_value("012 000 001")
    page.get_by_label("how often").fill("1")
    page.get_by_label("measure").select_option("next")
    page.get_by_role("button", name="switch on").click()
    expect(page.locator("#trouble li")).to_contain_text("never reaches the phone 30003")
    page.goto(simulator.api_url)
    expect(page.locator("#trouble li")).to_contain_text("1 more")
    client_of(simulator).messages.create(to="+85512000001", from_=LINE, body="x")
    expect(page.locator(".theirs .falling")).to_contain_text("undelivered (30003)", timeout=3500)
    expect(page.locator("#trouble li")).to_have_count(0)  # used up
    page.request.post(f"{simulator.api_url}/trouble", form={"trouble": "error"})
    page.get_by_role("button", name="all well").click(timeout=3500)
    expect(page.locator("#trouble li")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_the_overview_fits_and_can_be_read(
    browser: Browser, simulator: SimulatorSettings, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    client_of(simulator).messages.create(to="+85512000002", from_=LINE, body="ក" * 300)
    page.goto(f"{simulator.api_url}/overview?fault=1&trouble=slow&amount=200")
    expect(page.locator("#trouble .rising")).to_be_visible()
    page.get_by_label("how often").fill("100")
    page.get_by_role("button", name="switch on").click()
    expect(page.locator("#trouble li")).to_have_count(1)
    expect(page.locator(".arrivals .state .rising")).to_be_visible(timeout=3500)
    page.get_by_text("make trouble").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in ("#trouble .falling", "#trouble .foot", "summary", ".filled", "label", ".rising", ".when", ".long"):
        assert contrast(page, selector) >= 4.5, selector
    context.close()


def test_it_works_without_a_script(browser: Browser, simulator: SimulatorSettings) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(simulator.api_url)
    expect(page.locator("#counter")).to_be_hidden()
    page.fill("#body", "ជួយ")
    page.locator(".filled").click()
    expect(page.locator(".theirs .bubble")).to_have_text(ANSWER)
    page.get_by_role("link", name="look for new messages").click()
    expect(page.locator(".theirs .bubble")).to_have_text(ANSWER)
    context.close()


# WCAG's contrast of a text against the first painted ground behind it.
def contrast(page: Page, selector: str) -> float:
    """Of the first text there against what is behind it; looked at in one go, for the page renews itself."""
    page.wait_for_selector(selector, state="attached")
    return float(page.evaluate(_CONTRAST, selector))


_CONTRAST = """(selector) => {
  const element = document.querySelector(selector);
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = element;
  while (rgb(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
  const [low, high] = pair.map((colour) => light(rgb(colour))).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
