"""What the line learned: the weights are those of the examples, and how much is read of authors they never saw.

The figures are printed (pytest -s); the bounds are what must not be lost again.
"""

from __future__ import annotations

import csv
from dataclasses import asdict
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from bot.language.intents.learned import referee
from bot.language.intents.learned.examples import UnusableError, read_examples, read_file
from bot.language.intents.learned.features import VERSION
from bot.language.intents.learned.released import released
from bot.language.intents.learned.scorer import DamagedError, Scorer
from bot.language.intents.learned.sources import source_hash
from bot.language.intents.learned.training import learned, looked_at, packed
from bot.language.words.lexicon import Lexicon

EXAMPLES = read_examples()
LEXICON = Lexicon.load()
# Authors who are held out together, and the share of their messages that is read right at least.
GROUPS = ({"T1", "T6", "T10"}, {"T3", "T4", "T5"}, {"T2", "T7", "T11"}, {"T12"})
RIGHT, PRECISE, FALSE_STOPS = 0.72, 0.9, 0.004
WEIGHTS = resources.files("bot.language").joinpath("data/weights.bin").read_bytes()


def test_the_weights_are_those_of_the_examples() -> None:
    scorer = released()
    assert scorer is not None
    assert scorer.source == source_hash(EXAMPLES), "the examples or the words changed; run: make model"


@cache
def rows() -> list[list[int]]:
    """The features of every example."""
    return looked_at(EXAMPLES, LEXICON)


@pytest.mark.parametrize("authors", GROUPS, ids=lambda authors: "-".join(sorted(authors)))
def test_authors_who_were_never_seen_are_read(authors: set[str]) -> None:
    known = released()
    assert known is not None
    seen = [n for n, example in enumerate(EXAMPLES) if example.author not in authors]
    model = learned([rows()[n] for n in seen], [EXAMPLES[n].label for n in seen])
    scorer = Scorer.load(packed(model, asdict(known.calibration), ""), VERSION)
    report = referee.check([one for one in EXAMPLES if one.author in authors], LEXICON, scorer)
    print("\n".join(report.lines()))
    others, false = report.false_stops
    meant, obeyed, asked = report.stops
    assert report.count.accuracy >= RIGHT
    assert report.count.precision >= PRECISE
    assert false <= others * FALSE_STOPS
    assert obeyed + asked >= meant * 0.9


@pytest.mark.parametrize("cut", [0, 5, 40, len(WEIGHTS) // 2, len(WEIGHTS) - 1])
def test_a_damaged_file_is_named(cut: int) -> None:
    with pytest.raises(DamagedError):
        Scorer.load(WEIGHTS[:cut], VERSION)
    with pytest.raises(DamagedError):
        Scorer.load(WEIGHTS[:cut] + b"x" + WEIGHTS[cut + 1 :] + b"y", VERSION)
    with pytest.raises(DamagedError):
        Scorer.load(WEIGHTS, VERSION + 1)


def test_bad_examples_are_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    bad = [("", "", "price", "", ""), ("pig", "", "prise", "", ""), ("pig", "no", "price", "cow", "")]
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(
            [("text", "asked", "intent", "goods", "place"), ("pig", "", "price", "pig", ""), *bad]
        )
    with pytest.raises(UnusableError) as told:
        read_file(file)
    for said in ("line 3: text is empty", "line 4: intent “prise”", "line 5: asked “no”", "line 5: goods “cow”"):
        assert said in str(told.value)
