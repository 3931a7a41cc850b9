"""What a person may know of problems and offices, as values. Owns no question: those are in facts.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flows.prompts import Named, Titled


@dataclass(frozen=True, slots=True)
class Category:
    """What a problem may be about. `goods`: it is asked which product; `above`: it goes above the office in charge."""

    id: str
    label: Named | Titled
    goods: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """An office, and for one of its officials their own id."""

    id: int
    name: Titled
    official: int = 0


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What lets an act of an official go out: the word `by`, or that `within` has passed and nobody took it back."""

    by: str
    within: timedelta


def confirmation(action: str) -> Confirmation | None:
    """What an act needs before others hear of it; None: it is done at once, it says no more than that they have it."""
    return None if action == "received" else Confirmation("now", timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Pending:
    """What an official wrote lately about the issue of a code; `waits`: it has not gone out and can be taken back."""

    id: int
    code: str
    office: Office
    action: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as this person may know it. Its state is a word of bot.issues.models.IssueState.

    `place` is as fine as they may know; `mine` says how they are behind it: reporter, joined, group, or nothing;
    `desk` is the office in charge where they are one of its officials. `words` is the newest that an office said and
    they may read, `said_by` that office where it is no longer the one in charge; `report` what was reported and `added`
    what people wrote since it was reopened, for officials alone; `held`: staff still look at it.
    """

    id: int
    code: str
    label: Named | Titled
    place: str
    state: str
    since: date
    voices: int = 1
    office: Titled | None = None
    mine: str = ""
    desk: Office | None = None
    words: str = ""
    said_by: Titled | None = None
    report: str = ""
    added: str = ""
    held: bool = False
    asked: bool = False  # its office asked them something that they have not answered
    other: str = ""  # the code that was asked for, where this issue goes on under another

    @property
    def is_open(self) -> bool:
        """Whether the office still has to act on it."""
        return self.state in ("sent", "acknowledged", "answered", "reopened")

    @property
    def is_live(self) -> bool:
        """Whether one may still add to it."""
        return self.is_open or self.state == "resolved"
