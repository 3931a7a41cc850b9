"""The conversation of CONTRIBUTING.md: the page shows the code that runs here, and what is said."""

from __future__ import annotations

import re
from copy import copy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.language.intents.understand import understand
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.wording import Wording
from bot.language.words.lexicon import Lexicon
from flows.diagram import draw
from flows.engine import Registry, Run
from flows.facts import Facts, Person, Verdict
from flows.registry import REGISTRY
from tests.docs import rain
from tests.docs.blocks import ROOT, blocks
from tests.fakes.prices import FewPrices

PAGE = ROOT / "CONTRIBUTING.md"
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
FACTS = Facts(Person(known=True), FewPrices(TODAY, Verdict(), None), TODAY)


def _with_rain() -> Registry:
    """All conversations, and this one."""
    registry = copy(REGISTRY)
    registry.states = {**registry.states, **{f"rain.{state.name}": state for state in rain.FLOW.states}}
    return registry


def _block(info: str) -> str:
    (body,) = [block.body for block in blocks(PAGE) if block.info == info]
    return body


def test_the_page_shows_the_code_that_runs() -> None:
    assert _block("python") == Path(rain.__file__).read_text(encoding="utf-8")
    assert _block("mermaid") == re.sub(r"^## .*\n\n```mermaid\n|```\n$", "", draw(rain.FLOW))


@pytest.mark.parametrize("played", _block("text").strip().split("\n\n"))
def test_what_is_said_is_what_the_page_says(played: str) -> None:
    lexicon, registry = Lexicon.load(), _with_rain()
    wording = Wording("en", load_catalogue("en"), lexicon)
    step = registry.resume(Run(at="rain.start"), FACTS, NOW)
    said = [f"< {wording.text(step.prompts)}"]
    for line in [line for line in played.splitlines() if line.startswith("> ")]:
        run = Run.load(step.run.dump())  # as between any two messages
        heard = understand(line.removeprefix("> "), registry.asked(run), lexicon)
        step = registry.step(run, heard, FACTS, NOW)
        said += [line, f"< {wording.text(step.prompts)}"]
    assert "\n".join(said) == played
