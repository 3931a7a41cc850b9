"""The questions we sent somebody and that wait for an answer: about a meeting, a group, a problem, an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.issues.known import Issue, Office
from flows.meetings.known import Group, Meeting


@dataclass(frozen=True, slots=True)
class Question:
    """A question we sent this person and that may still be answered.

    kind: rsvp (do you come), invitation (do you join), leading (do you lead it), resolved (is it solved),
    asked (what an office wants to know), official (are you of this office).
    """

    kind: str
    group: Group | None = None  # of an rsvp or an invitation
    meeting: Meeting | None = None  # of an rsvp
    answer: str = ""  # the answer so far
    asked: datetime | None = None  # when it was sent last
    issue: Issue | None = None  # of resolved and asked
    office: Office | None = None  # of official; with their own id there
