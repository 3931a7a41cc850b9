"""The public pages of problems in a real browser: small phone and wide screen, light and dark, without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from bot.db import make_engine
from bot.issues.board.figures import FiguresTeller
from bot.language.words.lexicon import Lexicon
from flows.codes import made, shown
from tests.browser.test_board import AA, AA_LARGE, CONTRAST, TOO_WIDE
from tests.fakes.raised import CATEGORIES, NOW, Raised
from tests.fakes.raised_pages import ZONE, app_on

WIDEST, HEAVIEST = 1000, 60_000  # px, bytes of page and style sheets
CODE = made(999_999)
STATES = ("sent", "acknowledged", "answered", "resolved", "confirmed", "reopened", "unconfirmed")
SAID = "អណ្ដូងទឹកភូមិយើងខូចតាំងពីខែមុន ទឹកមានក្លិន កូនក្មេងឈឺពោះច្រើន"

# The lowest contrast of a tile's text and of a bar with what lies behind it, its shade among it.
PICTURES = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const ground = parts(getComputedStyle(document.body).backgroundColor);
  const over = (colour, share) => colour.slice(0, 3).map((v, i) => v * share + ground[i] * (1 - share));
  const texts = [...document.querySelectorAll('.tiles a')].flatMap(tile => {
    const rect = getComputedStyle(tile.querySelector('rect'));
    const shade = over(parts(rect.fill), Number(rect.fillOpacity));
    return [...tile.querySelectorAll('text')].map(text => contrast(parts(getComputedStyle(text).fill), shade));
  });
  const bars = [...document.querySelectorAll('.bars rect')]
    .map(bar => contrast(parts(getComputedStyle(bar).fill), ground));
  return [Math.min(...texts), Math.min(...bars)];
}"""
# Names that run out of their tiles.
SPILLS = """() => [...document.querySelectorAll('.tiles a')].filter(tile => {
  const inside = tile.querySelector('rect').getBoundingClientRect();
  return [...tile.querySelectorAll('text')].some(text => {
    const box = text.getBoundingClientRect();
    return box.left < inside.left || box.right > inside.right || box.bottom > inside.bottom + 2;
  });
}).map(tile => tile.textContent)"""


def fill(raised: Raised) -> None:
    """A busy board."""
    lexicon = Lexicon.load()
    raised.people(p0313=9, p031303=6)
    ministry = raised.office("Ministry of Invented Affairs", name_km="ក្រសួងកិច្ចការគំរូ")
    for number, province in enumerate(lexicon.provinces()):
        name = f"Provincial Department of Invented Samples, {lexicon.name('place', province, 'en')}"
        office = raised.office(name, province, name_km=f"មន្ទីរគំរូខេត្ត{lexicon.name('place', province, 'km')}")
        for turn in range(5 + number):
            state = STATES[(turn + number) % len(STATES)]
            raised.issue(
                SAID if turn % 3 else "They ask for 50,000 riel before they give the paper",
                "shown" if turn % 4 else "waiting",
                timedelta(hours=turn * turn * 5),
                place="031303" if province == "03" else province,
                category=CATEGORIES[turn % len(CATEGORIES)],
                office_id=office,
                state=state,
                overdue=turn % 2,
                voices=1 + turn * number,
                answered_at=NOW if state in ("answered", "resolved", "confirmed") else None,
                ack_minutes=turn * 100,
                solve_minutes=turn * 3000,
            )
    issue = raised.issue(SAID, code=CODE, place="031303", office_id=ministry, voices=113, state="reopened")
    raised.entry(issue, "acknowledged", office_id=ministry)
    raised.entry(issue, "more", "voice", words=SAID, public="shown")
    raised.entry(issue, "answer", words=SAID * 2, public="shown", office_id=ministry)
    raised.entry(issue, "resolved", words="x", office_id=ministry)
    raised.entry(issue, "reopened", "voice")
    raised.entry(issue, "more", "voice", words="x")
    FiguresTeller(raised.engine, ZONE)(NOW)


@pytest.fixture(scope="module")
def pages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The pages on invented problems, which no test changes."""
    path = tmp_path_factory.mktemp("problems") / "sample.sqlite"
    copyfile(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    raised = Raised(engine)
    fill(raised)
    yield app_on(raised, Lexicon.load())
    engine.dispose()


@pytest.fixture
def url(pages: Flask, serve: Callable[[Any], str]) -> str:
    """Where the pages are."""
    return serve(pages)


def test_they_read_well_at_every_width_and_in_both_schemes(url: str, page: Page) -> None:
    addresses = ("/issues?lang={}", "/issues?lang={}&place=031303", f"/issues/{CODE}?lang={{}}")
    for width, language, address in product((320, 360, WIDEST), ("km", "en"), addresses):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(url + address.format(language))
        assert page.evaluate(TOO_WIDE) <= 0, (width, language, address)
        assert page.evaluate(SPILLS) == [], (width, language)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == [], (scheme, address)
            if page.locator(".tiles").count():
                text, bar = page.evaluate(PICTURES)
                assert text >= AA
                assert bar >= AA_LARGE  # what is drawn needs less than what is read


def test_a_reader_goes_from_the_board_to_a_province_a_problem_and_back(url: str, page: Page) -> None:
    page.goto(url + "/issues")
    assert page.locator("html").get_attribute("lang") == "km"
    page.get_by_role("link", name="In English").click()
    page.get_by_text("The numbers as a table").first.click()
    assert page.get_by_role("table").first.is_visible()
    assert page.evaluate(TOO_WIDE) <= 0
    page.get_by_role("link", name="Kampong Cham: ").click()
    assert page.locator("#place option:checked").inner_text() == "Kampong Cham"
    page.get_by_label("Place").select_option(label="Prey Chhor")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Place").select_option(label="– Chrey Vien")
    page.get_by_label("How it stands").select_option(label="waiting")
    page.get_by_role("button", name="Show").click()
    found = page.locator(".issues li")
    assert found.count() >= 2
    assert "Chrey Vien, Prey Chhor, Kampong Cham" in found.first.inner_text()
    found.first.get_by_role("link").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Raised by SMS or telephone" in page.locator(".history").inner_text()
    page.get_by_role("link", name="All problems").click()
    page.get_by_role("link", name="More offices").click()
    assert page.locator(".desks li").count() == 10


def test_they_need_no_script_and_nothing_from_elsewhere_and_are_light(url: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    weights: dict[str, int] = {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    for address in ("/issues?lang=km", "/issues?lang=en&state=waiting", f"/issues/{CODE}?lang=km"):
        weights.clear()
        page.goto(url + address, wait_until="networkidle")
        assert all(one.startswith(url) for one in weights)
        assert 0 < sum(weights.values()) < HEAVIEST
    page.goto(url + "/issues?lang=en")
    assert page.get_by_role("img", name="water and environment: ").is_visible()
    assert page.locator(".tiles a").count() == 25
    context.close()


def test_what_can_be_pressed_is_large_enough_and_reached_by_keys(url: str, page: Page) -> None:
    page.goto(url + "/issues?lang=en")
    pressed = (page.get_by_role("link", name="Report by SMS"), page.get_by_role("button"), page.locator("#category"))
    for element in (*pressed, page.locator(".tiles a rect").first):
        box = element.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    link = page.get_by_role("link", name="Report by SMS").get_attribute("href")
    assert link == "sms:+85510000000?body=PROBLEM"
    page.goto(f"{url}/issues/{CODE}?lang=en")
    link = page.get_by_role("link", name="Me too").get_attribute("href")
    assert link == f"sms:+85510000000?body=ME%20TOO%20{shown(CODE)}"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "To the content"


def test_khmer_on_an_english_page_says_that_it_is(url: str, page: Page) -> None:
    page.goto(f"{url}/issues/{CODE}?lang=en")
    assert page.locator("blockquote").first.get_attribute("lang") == "km"
    page.goto(f"{url}/issues/{CODE}?lang=km")
    assert page.locator("blockquote").first.get_attribute("lang") is None
