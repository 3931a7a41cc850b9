"""Finds the Chromium that the page tests drive, and installs it where there is none.

Owns the question "which browser"; knows nothing of the pages. Run as a program by `make setup`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "put chromium on PATH or name it in PLAYWRIGHT_CHROMIUM"


def find(environ: Mapping[str, str] = os.environ) -> str | None:
    """The executable: PLAYWRIGHT_CHROMIUM, else one on PATH, else Playwright's own; None if there is none."""
    named = environ.get("PLAYWRIGHT_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in NAMES:
        if path := shutil.which(name, path=environ.get("PATH")):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def has_khmer_font() -> bool:
    """Whether some installed font can draw Khmer, without which a screenshot shows boxes."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=km", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install() -> None:
    """Bring in what is missing: Debian's packages when root, Playwright's own browser otherwise."""
    needs_browser, needs_font = find() is None, not has_khmer_font()
    if not needs_browser and not needs_font:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium"] * needs_browser + ["fontconfig", "fonts-khmeros"] * needs_font
        print("setup: installing for the page tests:", *packages, flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-yqq", "--no-install-recommends", *packages],
        ):
            subprocess.run(command, env=quiet, check=True, stdout=subprocess.DEVNULL)
    elif needs_browser:
        print("setup: installing Playwright's own Chromium for the page tests", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    else:
        print("setup: no Khmer font is installed: screenshots will show boxes", flush=True)


if __name__ == "__main__":
    try:
        install()
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"setup: no browser could be installed ({error}); {REMEDY}")
    if find() is None:
        sys.exit(f"setup: no Chromium was found; {REMEDY}")
