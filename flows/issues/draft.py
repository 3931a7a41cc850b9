"""A problem while it is told: what is known of it, as the run keeps it, and what a message adds.

What somebody has told so far is remembered for a week, so that it can come in pieces.
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict, cast

from flows.engine import Turn
from flows.heard import SURE, Intent
from flows.issues.known import Category

KEPT_FOR = 7  # days in which a problem that was begun can be gone on with
LONGEST_WORDS = 600  # letters of all pieces together
TELLING = 25  # letters from which on a first message tells what happened


class IssueData(TypedDict, total=False):
    """What is known of a problem. `category`, `commodity`, `place`: ids; empty where that was looked at and is none."""

    category: str
    guessed: bool  # the category is what we took the words for
    commodity: str
    place: str
    here: bool
    elsewhere: bool  # not where the person is
    coarse: bool  # they know no finer place
    maybe: list[str]  # places of one name
    words: str
    worded: bool  # the words are complete
    recording: str  # its address
    about: bool  # it is about the office in charge itself
    checked: list[str]  # codes of what is like it
    group: int | None  # that has just met
    raised_for: int  # the group it is raised for, 0: none
    page: int
    on: str  # the day it was begun, ISO


def data_in(turn: Turn) -> IssueData:
    """The data of the run under way."""
    return cast("IssueData", turn.data)


def without(data: IssueData, *names: str) -> IssueData:
    """The data but for what is to be asked again."""
    return cast("IssueData", {name: value for name, value in data.items() if name not in names})


def begun(turn: Turn) -> IssueData | None:
    """What this person began to tell of within the week and has not sent."""
    draft = turn.run.memory.get("draft")
    if not isinstance(draft, dict) or not draft.get("on"):
        return None
    if (turn.facts.today - date.fromisoformat(draft["on"])).days > KEPT_FOR:
        return None
    return cast("IssueData", draft)


def with_message(turn: Turn, known: IssueData) -> IssueData:
    """What is known with what a message says beside it."""
    slots, data = turn.heard.slots, known.copy()
    telling = slots.category or slots.commodity or slots.place or len(turn.heard.text) > TELLING
    if turn.heard.intent in (Intent.ISSUE_NEW, Intent.UNCLEAR, Intent.WORDS) and telling:
        data["words"] = with_words(data, turn.heard.text)
    if slots.category and not data.get("category") and category_of(turn, slots.category):
        data["category"], data["guessed"] = slots.category, True
    if slots.commodity and not data.get("commodity"):
        data["commodity"] = slots.commodity
    if slots.place and not data.get("place") and turn.heard.confidence >= SURE:
        data["place"] = slots.place[:6]
    return data


def with_words(data: IssueData, words: str) -> str:
    """The words so far, and these."""
    return f"{data.get('words', '')} {words.strip()}".strip()[:LONGEST_WORDS]


def category_of(turn: Turn, id: str | None) -> Category | None:
    """The category of this id, if it is one that is offered."""
    return next((one for one in turn.facts.problems.categories() if one.id == id), None)
