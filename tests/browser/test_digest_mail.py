"""The digest's e-mail as a mail program with a small window shows it: nothing to scroll sideways, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request

from bot.db import reading
from bot.issues.digest import figures as digest_figures
from bot.issues.digest import mail as digest_mail
from bot.issues.visibility import offices
from tests.fakes.digests import MONDAY, Mornings, at, days
from tests.fakes.issues import village

LONG = "អណ្ដូងក្នុងភូមិមានក្លិនស្អុយផឹកមិនបានកូនក្មេងឈឺពោះយើងសូមមានអណ្ដូងថ្មីព្រោះគ្មានទឹកស្អាតប្រើប្រាស់ជាយូរមកហើយ"


@pytest.fixture
def mornings(sqlite_url: str) -> Iterator[Mornings]:
    """A province and a ministry with much to do."""
    with village(sqlite_url) as place:
        made = Mornings(place)
        for number in range(20):
            category = ("water", "road", "unofficial_fee")[number % 3]
            made.issue("province", LONG, ago=days(number), category=category, voices=1 + number, overdue=number // 18)
            made.issue("commune", place=f"{1 + number:02}0101", ago=days(30), overdue=3)
        yield made


def mail(mornings: Mornings, office: str, language: str) -> str:
    """The HTML of an office's mail of this Monday."""
    now, vault = at(MONDAY), mornings.place.vault
    with reading(mornings.place.engine) as connection:
        desk = offices(connection, [mornings.place.offices[office]])[mornings.place.offices[office]]
        figures = digest_figures.count(connection, desk, None, now)
        content = digest_mail.gather(connection, vault, desk.id, figures, None, now)
    return mornings.letters.write(content, language, mornings.links.to(1, 0, now)).html


@pytest.mark.parametrize("width", [320, 360, 700])
@pytest.mark.parametrize(("office", "language"), [("province", "km"), ("province", "en"), ("ministry", "km")])
def test_it_fits_its_window_and_loads_nothing(
    mornings: Mornings, page: Page, width: int, office: str, language: str
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.set_viewport_size({"width": width, "height": 740})
    page.set_content(mail(mornings, office, language))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == []
    assert page.locator("a").first.is_visible()
    for link in page.locator("a").all():
        assert str(link.get_attribute("href")).startswith("https://phsar.example.org/o/")
    bars = [bar.bounding_box() for bar in page.locator("td[bgcolor][height]").all()]
    assert bars
    assert all(bar is not None and bar["height"] <= 10 for bar in bars)
