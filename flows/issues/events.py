"""What is decided about problems, by who is behind one and by officials: past-tense facts. See flows.events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssueWithdrawn:
    """Somebody is behind an issue no more; one that nobody else is behind ends, and its office is told.

    Outcomes: accepted, goes_on (others are behind it), closed, gone.
    """

    issue: int


@dataclass(frozen=True, slots=True)
class IssueSpoken:
    """The person spoke what happened; the turn knows its recording, which is fetched and kept, whatever comes of it."""


@dataclass(frozen=True, slots=True)
class IssueRaised:
    """The person confirmed a problem that was read back. place: an official code; recording: its address, or empty.

    `group`: the working group it is raised for, 0 for none. Outcomes: accepted, held (staff look at it first), staff
    (they look for an office), full (five a day a person), gone (they lead the group no more).
    """

    code: str
    category: str
    place: str
    commodity: str
    about_office: bool
    words: str
    recording: str
    group: int


@dataclass(frozen=True, slots=True)
class SimilarSought:
    """We looked for problems like the one this person tells of."""


@dataclass(frozen=True, slots=True)
class IssueJoined:
    """Me too. Outcomes: accepted, already, closed, gone."""

    issue: int
    words: str


@dataclass(frozen=True, slots=True)
class IssueAddedTo:
    """Somebody behind an issue adds words, or answers what its office asked.
    Outcomes: accepted, held (staff read them first), replied, closed, gone, full (twenty a day a person).
    """

    issue: int
    words: str


@dataclass(frozen=True, slots=True)
class IssueJudged:
    """Who raised an issue says whether it is solved. Outcomes: accepted, gone (it is too late)."""

    issue: int
    solved: bool


@dataclass(frozen=True, slots=True)
class CodeMistaken:
    """The person named a code that no issue has."""


@dataclass(frozen=True, slots=True)
class OfficialConfirmed:
    """Somebody on a list of officials says whether they are of that office. Outcomes: accepted, gone."""

    official: int
    confirms: bool


@dataclass(frozen=True, slots=True)
class IssueHandled:
    """An official wants something done with an issue of their office. action: received, answer, done, ask, transfer.

    What others will read of it waits first, to be confirmed or taken back.

    `to`: the office it goes to, of a transfer; 0: to staff. Outcomes: accepted, gone, closed, empty, too_long, twice.
    """

    issue: int
    official: int
    office: int
    action: str
    words: str = ""
    to: int = 0


@dataclass(frozen=True, slots=True)
class ActConfirmed:
    """An official lets the newest go that they wrote about an issue. Outcomes: accepted, those of IssueHandled."""

    issue: int
    official: int


@dataclass(frozen=True, slots=True)
class ActUndone:
    """An official takes back what waits. Outcomes: accepted, gone (it has gone out)."""

    pending: int
    office: int


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """An official asks for the link to their office's page. Outcomes: accepted, full (three a day)."""

    official: int
