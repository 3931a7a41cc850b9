"""The questions a conversation may ask about problems: what there is to choose, whose they are, what may be heard.

Read-only protocols, answered by the bot from SQL; an issue is given as the person who asks may know it.
"""

from __future__ import annotations

from typing import Protocol

from flows.issues.known import Category, Issue, Office, Pending
from flows.prompts import Titled
from flows.questions import Question


def about_problems(at: str, intent: str) -> bool:
    """Whether a turn is about somebody's problem: neither log nor figures keep whose it was or what it wanted."""
    return at.partition(".")[0] in ("issue", "joining", "follow", "ending", "desk") or intent.startswith("issue_")


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
