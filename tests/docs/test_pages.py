"""The README and the pages of docs/: short enough to read, without dead links, complete where they claim to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_read_in_one_go() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    paragraphs = re.split(r"\n\s*\n", _BLOCK.sub("", text))
    long = [words for words in paragraphs if not words.startswith(("|", "- ")) and len(words.split()) > 60]
    assert not long


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{_name(page)} links to {link}"
        assert not anchor or anchor in _anchors(target), f"{_name(page)} links to {link}"


def test_the_readme_leads_to_every_page() -> None:
    linked = set(_LINK.findall(README.read_text(encoding="utf-8")))
    assert {_name(page) for page in PAGES if page.parent == ROOT / "docs"} - linked == set()
