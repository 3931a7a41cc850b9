"""The page of the simulated phones, opened on a cheap phone and watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from bot.simulator.settings import SimulatorSettings


@contextmanager
def phone_page(browser: Browser, simulator: SimulatorSettings) -> Iterator[Page]:
    """The page on a cheap phone; fails on any script error, refused resource or request elsewhere."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((simulator.api_url, "data:")) else faults.append(asked.url),
    )
    page.goto(simulator.api_url)
    yield page
    context.close()
    assert faults == []
