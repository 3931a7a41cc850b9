"""What people behind a problem decide about ending it. Every other decision is in flows.events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssueWithdrawn:
    """Somebody is behind an issue no more; one that nobody else is behind ends, and its office is told.

    Outcomes: accepted, goes_on (others are behind it), closed, gone.
    """

    issue: int
