"""Draws the pictures of the README from a local run with sample data: `make pictures`.

Owns which page is shown, at which size and after which message. Run as a program it starts a line of its own, whose
data is thrown away.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import REMEDY, find
from tests.browser.conftest import ARGUMENTS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"
LARGEST = 120_000  # bytes of one picture
READY_WITHIN = 120.0  # seconds
QUESTIONS = ("chrouk kompong cham", "តម្លៃស្រូវ")


def _free_port() -> int:
    """A port that is probably free, and so the next one."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(run: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the local run says that it is ready. Raises SystemExit when it ends or does not."""
    give_up = time.monotonic() + READY_WITHIN
    while "ready; " not in log.read_text(encoding="utf-8"):
        if run.poll() is not None or time.monotonic() > give_up:
            sys.exit(f"pictures: the local run did not come up:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.2)


def _phone(browser: Browser, port: int) -> bytes:
    """The simulated phone with two questions and their answers."""
    page = browser.new_page(viewport={"width": 420, "height": 900}, color_scheme="light")
    page.goto(f"http://127.0.0.1:{port}/")
    for number, question in enumerate(QUESTIONS, start=1):
        page.fill("#body", question)
        page.locator(".filled").click()
        expect(page.locator(".theirs .bubble")).to_have_count(number)
    expect(page.locator(".theirs .rising")).to_have_count(len(QUESTIONS))
    return page.locator(".phone").screenshot()


def _board(browser: Browser, port: int) -> bytes:
    """The upper part of the price board, as on a small phone."""
    page = browser.new_page(viewport={"width": 420, "height": 900}, color_scheme="light", locale="km-KH")
    page.goto(f"http://127.0.0.1:{port}/")
    return page.screenshot()


def draw(port: int, folder: Path) -> list[Path]:
    """Write both pictures of the line that runs at `port` into a folder; gives their paths.

    Raises SystemExit without a browser, or where a picture is too large.
    """
    chromium = find()
    if chromium is None:
        sys.exit(f"pictures: no Chromium was found; {REMEDY}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        drawn = {"phone.png": _phone(browser, port + 1), "board.png": _board(browser, port)}
        browser.close()
    for name, picture in drawn.items():
        if len(picture) > LARGEST:
            sys.exit(f"pictures: {name} would be larger than {LARGEST:,} bytes; show less of the page")
        (folder / name).write_bytes(picture)
    return [folder / name for name in drawn]


def main() -> None:
    """Entry of `make pictures`: a line of its own, its data thrown away."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="phsar-pictures-") as data:
        log = Path(data) / "log"
        with log.open("wb") as output:
            run = subprocess.Popen(
                [sys.executable, "-m", "bot.local", "--data", f"{data}/var"],
                cwd=ROOT,
                env={**os.environ, "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait(run, log)
            PICTURES.mkdir(exist_ok=True)
            for path in draw(port, PICTURES):
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
        finally:
            run.terminate()
            run.wait(40)


if __name__ == "__main__":
    main()
