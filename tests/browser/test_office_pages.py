"""The pages of officials in a real browser: on a small phone, in Khmer, without script, from the link to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_board import CONTRAST, TOO_WIDE
from tests.fakes.issues import Village, village
from tests.fakes.offices import LINKS, Chief, office_app

HEAVIEST = 60_000  # bytes of page and style sheets
SAID = "អណ្ដូងទឹកភូមិយើងខូចតាំងពីខែមុន ទឹកមានក្លិន កូនក្មេងឈឺពោះច្រើន សូមជួយមកមើលផង"


@pytest.fixture
def place(sqlite_url: str) -> Iterator[Village]:
    """A district with problems of every kind."""
    with village(sqlite_url) as made:
        yield made


@pytest.fixture
def chief(place: Village) -> Chief:
    """Who has the link."""
    return Chief.of(place, "district")


@pytest.fixture
def url(place: Village, serve: Callable[[Any], str]) -> str:
    """Where the pages are."""
    return serve(office_app(place))


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page whose browser may hear that something was not taken, or has ended."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="km-KH")
    yield context.new_page()
    context.close()


def told(chief: Chief, words: str = SAID, **more: Any) -> int:
    """Somebody tells of something in the district; its id."""
    return chief.place.tell(chief.place.person(), words, **{"place": "0313", **more})[1]


def busy(chief: Chief) -> dict[str, str]:
    """Issues at every stage; the ways to their pages."""
    place, person = chief.place, chief.place.person()
    _, issue = place.tell(person, SAID, place="0313")
    for _ in range(3):
        place.join(place.person(), issue, SAID)
    late, new, solved = told(chief, "the road is gone"), told(chief, category="licence"), told(chief)
    below = told(chief, place="031303")
    for one in (late, below):
        chief.alter(one, ack_due_at=place.now - timedelta(days=3), overdue=1)
    chief.send(issue, "ask", words="which well?")
    place.more(person, issue, "the one at the school")
    chief.send(issue, "answer", words=SAID)
    chief.send(solved, "resolve", words="a new pump")
    named = {"answered": issue, "new": new, "late": late, "solved": solved, "below": below}
    return {name: f"{chief.path}/{chief.code(id)}" for name, id in named.items()}


def test_they_read_well_at_every_width_and_in_both_schemes(chief: Chief, url: str, page: Page) -> None:
    issues = busy(chief)
    lists = (chief.path, f"{chief.path}?show=below", f"{chief.path}?show=closed", f"{chief.path}?said=transfer")
    addresses = (*lists, *issues.values(), f"{issues['answered']}?said=answer")
    for width, language, address in product((320, 360, 1000), ("km", "en"), addresses):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{url}{address}{'&' if '?' in address else '?'}lang={language}")
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate(TOO_WIDE) <= 0, (width, language, address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == [], (scheme, address)


def test_an_official_goes_from_the_link_through_everything_there_is_to_do(chief: Chief, url: str, page: Page) -> None:
    issue = told(chief, "the pump is broken")
    page.goto(url + chief.path)
    assert page.locator("html").get_attribute("lang") == "km"
    page.get_by_role("link", name="In English").click()
    page.get_by_role("link", name="water and environment").click()
    page.get_by_role("button", name="We have it and work on it").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("you have it and work on it")
    page.get_by_label("Your answer").fill("we come on Friday")
    page.get_by_role("button", name="Send the answer").click()
    expect(status).to_contain_text("Until then you can take it back")
    assert chief.place.entries(issue) == ["report", "acknowledged"]  # nobody has heard of it yet
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    page.get_by_label("Your answer").fill("we come on Saturday")
    page.get_by_role("button", name="Send the answer").click()
    page.get_by_role("button", name="Send it now").click()
    page.get_by_text("Ask who raised it").click()
    page.get_by_label("Your question").fill("which pump?")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("button", name="Send it now").click()
    page.locator("summary").filter(has_text="solved").click()
    page.get_by_label("How it was solved").fill("a new pump")
    page.get_by_role("button", name="It is solved").click()
    page.get_by_role("button", name="Send it now").click()
    expect(status).to_be_visible()
    assert page.get_by_role("button").count() == 0
    assert chief.place.entries(issue) == ["report", "acknowledged", "answer", "question", "resolved"]
    page.get_by_role("link", name="All problems of your office").click()
    page.get_by_role("link", name="wait for the people's word 1").click()
    expect(page.locator(".tasks li")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"


def test_it_is_passed_on(chief: Chief, url: str, phone: Page) -> None:
    issue = told(chief)
    phone.goto(f"{url}{chief.path}/{chief.code(issue)}?lang=en")
    phone.get_by_text("Pass it on to another office").click()
    phone.get_by_label("Why").fill("it is the province's well")
    phone.get_by_role("button", name="Pass it on").click()
    expect(phone.locator("#to-fault")).to_contain_text("Please choose an office.")
    expect(phone.locator("#to-fault")).to_be_in_viewport()
    expect(phone.get_by_label("To which office")).to_be_focused()
    expect(phone.get_by_label("Why")).to_have_value("it is the province's well")
    phone.get_by_label("To which office").select_option(label="Kampong Cham hall")
    phone.get_by_role("button", name="Pass it on").dblclick()
    expect(phone.get_by_role("status")).to_contain_text(re.compile("take it back|sent already"))
    phone.get_by_role("button", name="Send it now").first.click()
    expect(phone.get_by_role("button", name="Send it now")).to_have_count(0)
    assert chief.place.entries(issue) == ["report", "transferred"]
    assert phone.locator(".tasks li").count() == 0
    assert chief.place.issue(issue).office_id == chief.place.offices["province"]


def test_what_is_wrong_stands_beside_its_field_in_khmer_too(chief: Chief, url: str, phone: Page) -> None:
    issue = told(chief)
    phone.goto(f"{url}{chief.path}/{chief.code(issue)}")
    phone.locator("summary").first.click()
    phone.locator("#answer").evaluate("field => field.removeAttribute('maxlength')")
    phone.locator("#answer").fill("ក" * 200)
    phone.locator("form[action*='/answer'] button").click()
    fault = phone.locator("#answer-fault")
    expect(fault).to_contain_text("យ៉ាងច្រើន 160 តួ")
    assert "answer-fault" in (phone.locator("#answer").get_attribute("aria-describedby") or "")
    expect(phone.locator("#answer")).to_have_value("ក" * 200)
    assert phone.evaluate(CONTRAST) == []
    phone.get_by_role("link", name="In English").click()
    assert phone.locator("html").get_attribute("lang") == "en"
    assert chief.place.entries(issue) == ["report"]


def test_a_button_pressed_twice_sends_once(chief: Chief, url: str, page: Page) -> None:
    issue = told(chief)
    page.goto(f"{url}{chief.path}/{chief.code(issue)}?lang=en")
    page.get_by_text("Answer the people").click()
    page.get_by_label("Your answer").fill("we come on Friday")
    page.get_by_role("button", name="Send the answer").dblclick()
    expect(page.get_by_role("status")).to_be_visible()
    page.go_back()
    page.get_by_text("Answer the people").click()
    page.get_by_label("Your answer").fill("we come on Friday")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("sent already")
    expect(page.get_by_role("button", name="Send it now")).to_have_count(1)
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("button", name="Send it now")).to_have_count(0)
    assert chief.place.entries(issue) == ["report", "answer"]


def test_a_link_that_ended_brings_a_new_one(chief: Chief, url: str, phone: Page) -> None:
    told(chief)
    chief.place.now += timedelta(days=8)
    phone.goto(url + chief.path + "?lang=en")
    assert phone.evaluate(CONTRAST) == []
    phone.get_by_role("button", name="Send me a new link").click()
    expect(phone.get_by_role("status")).to_contain_text("on its way to you")
    assert phone.get_by_role("button").count() == 0
    found = re.search(r"/o/[\w-]{22}", chief.place.queued(chief.contact)[-1])
    assert found is not None
    phone.goto(f"{url}{found[0]}?lang=en")
    expect(phone.locator(".tasks li")).to_have_count(1)


def test_an_e_mail_is_confirmed_with_one_button(chief: Chief, url: str, page: Page) -> None:
    mine = chief.place.vault.look_up("chief@office.example")
    chief.set(mail="asked", mail_to=chief.place.vault.seal("chief@office.example"), mail_hash=mine)
    path = LINKS.to_mail(chief.official, 0, mine, chief.place.now).removeprefix("https://phsar.example.org")
    page.goto(f"{url}{path}?lang=km")
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("សូមអរគុណ")


def test_they_need_no_script_are_light_and_large_enough_to_press(chief: Chief, url: str, chromium: Browser) -> None:
    issues = busy(chief)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    weights: dict[str, int] = {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    for address in (chief.path, issues["answered"], issues["new"]):
        weights.clear()
        page.goto(url + address, wait_until="networkidle")
        assert all(one.startswith(url) for one in weights)
        assert 0 < sum(weights.values()) < HEAVIEST
    page.locator("summary").first.click()
    for element in (*page.locator(".acts button, textarea, summary").all(), page.locator(".acts > form button")):
        box = element.bounding_box()
        if box is not None:
            assert box["height"] >= 44
    page.keyboard.press("Tab")
    context.close()
