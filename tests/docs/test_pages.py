"""The README and the pages of docs/: short enough to read, without dead links, complete where they claim to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, README, ROOT, blocks, name, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_read_in_one_go() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120
    paragraphs = re.split(r"\n\s*\n", prose(README))
    long = [words for words in paragraphs if not words.startswith(("|", "- ")) and len(words.split()) > 60]
    assert not long


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)} links to {link}"
        assert not anchor or anchor in _anchors(target), f"{name(page)} links to {link}"


def test_the_readme_leads_to_every_page() -> None:
    linked = set(_LINK.findall(README.read_text(encoding="utf-8")))
    assert {name(page) for page in PAGES if page.parent == ROOT / "docs"} - linked == set()


def test_the_readme_shows_small_pictures() -> None:
    shown = re.findall(r'<img src="([^"]+)"[^>]* alt="[^"]{20,}"', README.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(name(path) for path in (ROOT / "docs/pictures").iterdir())
    for path in shown:
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG")
        assert (ROOT / path).stat().st_size < 120_000


def test_sentences_and_examples_that_pages_quote_are_those_of_the_project() -> None:
    catalogue = (ROOT / "locales/km/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    examples = (ROOT / "tests/unit/language/messages.csv").read_text(encoding="utf-8")
    quoted = [(block.info, block.body) for page in PAGES for block in blocks(page) if block.info in ("po", "csv")]
    assert {info for info, _ in quoted} == {"po", "csv"}
    for info, body in quoted:
        if info == "po":
            assert body in catalogue
        else:
            assert set(body.splitlines()) <= set(examples.splitlines())


def test_the_arithmetic_of_scale_is_right() -> None:
    text = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    sums = re.findall(r"^([\d,.]+(?: [×÷] [\d,.]+)+) = ([\d,.]+) ", text, re.MULTILINE)
    assert len(sums) >= 10
    for terms, given in sums:
        first, *rest = re.split(r" (?=[×÷])", terms.replace(",", ""))
        result = float(first)
        for term in rest:
            result = result * float(term[2:]) if term[0] == "×" else result / float(term[2:])
        decimals = len(given.partition(".")[2])
        assert f"{result:,.{decimals}f}" == given, f"{terms} = {given}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:flows|bot|locales|tests|docs|bench)/[\w./-]*)`", prose(page))
    assert [path for path in named if not (ROOT / path).exists()] == []
