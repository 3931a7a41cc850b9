"""The public page in a real browser: on a small phone and a wide screen, light and dark, without script."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from bot.db import make_engine
from bot.language.words.lexicon import Lexicon
from bot.prices.board.views import public_pages
from bot.prices.demo import load_demo
from bot.vault import Vault
from bot.web.layout import page_frame

ZONE = ZoneInfo("Asia/Phnom_Penh")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
AA, AA_LARGE = 4.5, 3.0

# The lowest contrast of text with what lies behind it, and the text: WCAG's formula on the computed colours.
CONTRAST = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (!text || node.closest('svg, option, optgroup')) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize);
    const [a, b] = [light(parts(style.color)), light(behind(node))].sort((x, y) => y - x);
    const large = size >= 24 || (size >= 18.7 && Number(style.fontWeight) >= 700);
    if ((a + 0.05) / (b + 0.05) < (large ? LARGE : NORMAL)) low.push(text);
  }
  return low;
}""".replace("LARGE", str(AA_LARGE)).replace("NORMAL", str(AA))

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Lines of the board whose parts lie on each other.
OVERLAPS = """() => [...document.querySelectorAll('.board li')].filter(line => {
  const boxes = [...line.querySelectorAll('h3 a, .now, .how svg, .how > span, .how + p')]
    .flatMap(part => [...part.getClientRects()]).filter(box => box.width > 1);
  return boxes.some((a, i) => boxes.slice(i + 1).some(b =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 12));
}).map(line => line.innerText)"""


@pytest.fixture(scope="module")
def pages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The page on sample data, which no test changes."""
    path = tmp_path_factory.mktemp("board") / "sample.sqlite"
    copyfile(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    load_demo(engine, Vault("a key for tests only"), date(2026, 11, 22), NOW.astimezone(ZONE))
    app = Flask("bot", static_folder=None)
    app.register_blueprint(page_frame())
    app.register_blueprint(public_pages(engine, Lexicon.load(), ZONE, "+85510000000", lambda: NOW))
    yield app
    engine.dispose()


@pytest.fixture
def board(pages: Flask, serve: Callable[[Any], str]) -> str:
    """The base URL of the page."""
    return serve(pages)


def test_it_reads_well_at_every_width_and_in_both_schemes(board: str, page: Page) -> None:
    widths, schemes, addresses = (320, 360, 1000), ("light", "dark"), ("/?lang={}", "/?lang={}&commodity=pig_live")
    for width, language, address in product(widths, ("km", "en"), addresses):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(board + address.format(language))
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate(OVERLAPS) == []
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == []


def test_a_reader_chooses_market_good_and_language(board: str, page: Page) -> None:
    page.goto(board + "/")
    assert page.locator("html").get_attribute("lang") == "km"
    page.get_by_role("link", name="In English").click()
    page.get_by_label("Market").select_option(label="Takeo Market")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Prices at Takeo Market"
    page.get_by_role("link", name="Live pig").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Prices of live pig"
    page.get_by_text("All days as a table").click()
    assert page.get_by_role("table").is_visible()
    assert page.evaluate(TOO_WIDE) <= 0
    page.get_by_role("link", name="All goods").click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_it_needs_no_script_and_nothing_from_elsewhere(board: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(board + "/?lang=en")
    assert page.locator(".board li").count() > 40
    assert page.get_by_role("img", name="Two weeks:").first.is_visible()
    context.close()
    assert asked
    assert all(address.startswith(board) for address in asked)


def test_what_can_be_pressed_is_large_enough_and_reached_by_keys(board: str, page: Page) -> None:
    page.goto(board + "/?lang=en")
    for element in (page.get_by_role("link", name="Ask by SMS"), page.get_by_role("button"), page.locator("select")):
        box = element.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "To the content"
    link = page.get_by_role("link", name="Ask by SMS").get_attribute("href")
    assert link == "sms:+85510000000?body=pig%20price%20kampong%20cham"
