"""Labelled messages: the rows of data/examples, checked, and what a label is as an intent.

Owns the labels and what makes a row unusable. An example is a message, what was asked, and what it wants.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from flows.heard import Heard, Intent, Kind

AMOUNT, COUNT = "amount", "count"  # bare answers, which are a report and a meeting's report to the flows
_NEVER_LABELS = frozenset(
    (
        *(Intent.PRICE_ASK, Intent.MEETING_NEW_ASK_TIME, Intent.CALLED, Intent.GUIDE, Intent.AGAIN, Intent.KEY_CODE),
        *(Intent.SILENCE, Intent.RECORDED, Intent.UNCLEAR, Intent.OFFICE_UNDO, Intent.OFFICE_LINK),
    )
)
LABELS = frozenset({intent.value for intent in Intent if intent not in _NEVER_LABELS} | {AMOUNT, COUNT})
ASKED = frozenset({"", *(kind.value for kind in Kind)})
_COLUMNS = ("text", "asked", "intent", "goods", "place")
_MOST = 1600  # characters


class Example(NamedTuple):
    """One labelled message. `author`: the file it comes from; `goods`, `places`: the pieces that name some."""

    author: str
    text: str
    asked: str
    label: str
    goods: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class UnusableError(ValueError):
    """Rows that cannot be learned from, each named by file, line and remedy."""


def read_examples() -> list[Example]:
    """Every example of the release, by file and line. Raises UnusableError."""
    folder = resources.files("bot.language").joinpath("data/examples")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)
    return [example for file in files for example in read_file(file)]


def read_file(file: Traversable) -> list[Example]:
    """The examples of one file. Raises UnusableError naming every bad line."""
    author = file.name.removesuffix(".csv")
    with file.open(encoding="utf-8-sig") as lines:
        table = csv.DictReader(lines)
        missing = [name for name in _COLUMNS[:3] if name not in (table.fieldnames or ())]
        if missing:
            raise UnusableError(f"{file.name}: line 1: the column {missing[0]} is missing; write {','.join(_COLUMNS)}")
        found, bad = [], []
        for number, row in enumerate(table, 2):
            example = Example(
                author,
                row["text"] or "",
                row["asked"] or "",
                row["intent"] or "",
                _pieces(row.get("goods")),
                _pieces(row.get("place")),
            )
            found.append(example)
            bad += [f"{file.name}: line {number}: {fault}" for fault in faults(example)]
    if bad:
        raise UnusableError("\n".join(bad))
    return found


def faults(example: Example) -> Iterator[str]:
    """What is wrong with an example, and the remedy."""
    if not example.text.strip():
        yield "text is empty; write the message"
    if len(example.text) > _MOST:
        yield f"text has {len(example.text)} characters; at most {_MOST} are read"
    if example.asked not in ASKED:
        known = ", ".join(sorted(filter(None, ASKED)))
        yield f"asked “{example.asked}” is no kind of question; one of {known} or empty"
    if example.label not in LABELS:
        yield f"intent “{example.label}” is no label; one of {', '.join(sorted(LABELS))}"
    for name, pieces in (("goods", example.goods), ("place", example.places)):
        for piece in pieces:
            if piece not in example.text:
                yield f"{name} “{piece}” is not in the text; copy the piece as it is written there"


def _pieces(said: str | None) -> tuple[str, ...]:
    return tuple(piece for piece in (said or "").split("|") if piece)


def label_of(heard: Heard, asked: Kind | None) -> str:
    """What a Heard is called among the labels."""
    if heard.intent is Intent.PRICE_ASK:
        return Intent.PRICE.value
    if heard.intent is Intent.MEETING_NEW_ASK_TIME:
        return Intent.MEETING_NEW.value
    if heard.intent is Intent.REPORT and asked is Kind.AMOUNT and heard.slots.commodity is None:
        return AMOUNT
    if heard.intent is Intent.MEETING_REPORT and asked is Kind.COUNT and not heard.slots.words:
        return COUNT
    return Intent.OTHER.value if heard.intent is Intent.UNCLEAR else heard.intent.value


def authors(examples: Iterable[Example]) -> list[str]:
    """Who wrote them, sorted."""
    return sorted({example.author for example in examples})
