"""The questions a conversation may ask about problems: what there is to choose, whose they are, what may be heard.

Read-only protocols, answered by the bot from SQL; an issue is given as the person who asks may know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from flows.prompts import Named, Titled

if TYPE_CHECKING:
    from flows.facts import Question


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


def about_problems(at: str, intent: str) -> bool:
    """Whether a turn is about somebody's problem: neither log nor figures keep whose it was or what it wanted."""
    return at.partition(".")[0] in ("issue", "joining", "follow", "desk") or intent.startswith("issue_")


class Problems(Protocol):
    """What may be asked about problems."""

    def as_anybody(self) -> Problems:
        """The same as anybody may know them: nothing here is this person's own."""

    def categories(self) -> tuple[Category, ...]:
        """What a problem may be about, in the order to offer it; at most 20."""

    def fresh_code(self) -> str:
        """A code that no issue has."""

    def may_raise(self) -> bool:
        """Whether this person may raise another one today."""

    def tries_left(self) -> int:
        """How many wrong codes they may still name today."""

    def office_for(self, category: str, place: str, about_office: bool) -> Titled | None:
        """Who would get it; None: staff have to say."""

    def places_in(self, place: str) -> tuple[str, ...]:
        """Codes of the districts of a province, or the communes of a district, in the order to offer them."""

    def similar(self, category: str, place: str, words: str) -> tuple[Issue, ...]:
        """Likely the same, most likely first; at most 3. Not those they are behind already."""

    def with_code(self, code: str) -> Issue | None:
        """The issue of a code; the one it goes on as, where it was merged."""

    def mine(self) -> tuple[Issue, ...]:
        """The issues they are behind that are not closed, newest first; at most 9."""

    def desk(self) -> tuple[Office, ...]:
        """The offices they are an official of, once they have confirmed it."""

    def on_desk(self) -> tuple[Issue, ...]:
        """The open issues of those offices, what is most urgent first; at most 9."""

    def targets(self, office: int, place: str) -> tuple[Office, ...]:
        """The offices one may pass an issue of a place to, likeliest first; at most 20."""

    def passed_to(self, office: int) -> Titled | None:
        """Who gets what is passed to an office: another one above it where nobody of it has confirmed."""

    def pending(self) -> tuple[Pending, ...]:
        """What they wrote for their offices in the last minutes, newest first."""

    def as_told(self, words: str) -> str:
        """An official's words as others read them."""

    def questions(self) -> tuple[Question, ...]:
        """Open questions to them, newest first; at most 9."""


class NoProblems:
    """The problems of somebody whom we do not know, on a line without offices."""

    def as_anybody(self) -> Problems:
        """As nobody's."""
        return self

    def categories(self) -> tuple[Category, ...]:
        """None."""
        return ()

    def fresh_code(self) -> str:
        """None that would be kept."""
        return "0000000"

    def may_raise(self) -> bool:
        """No."""
        return False

    def tries_left(self) -> int:
        """None."""
        return 0

    def office_for(self, category: str, place: str, about_office: bool) -> Titled | None:
        """Nobody."""
        return None

    def places_in(self, place: str) -> tuple[str, ...]:
        """None."""
        return ()

    def similar(self, category: str, place: str, words: str) -> tuple[Issue, ...]:
        """None."""
        return ()

    def with_code(self, code: str) -> Issue | None:
        """None."""
        return None

    def mine(self) -> tuple[Issue, ...]:
        """None."""
        return ()

    def desk(self) -> tuple[Office, ...]:
        """None."""
        return ()

    def on_desk(self) -> tuple[Issue, ...]:
        """None."""
        return ()

    def targets(self, office: int, place: str) -> tuple[Office, ...]:
        """None."""
        return ()

    def passed_to(self, office: int) -> Titled | None:
        """Nobody."""
        return None

    def pending(self) -> tuple[Pending, ...]:
        """Nothing."""
        return ()

    def as_told(self, words: str) -> str:
        """As they are."""
        return words

    def questions(self) -> tuple[Question, ...]:
        """None."""
        return ()


NO_PROBLEMS = NoProblems()
