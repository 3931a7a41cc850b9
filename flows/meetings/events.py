"""What leaders decide beside a meeting to come: who belongs no more, and what was held without us.

Owns these facts alone; every other is in flows.events, which lists them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A leader takes somebody out of a group, who is told. Outcomes: accepted, gone (they lead, or it is no member)."""

    group: int
    contact: int


@dataclass(frozen=True, slots=True)
class MeetingHeld:
    """A leader reports a meeting nobody arranged with us; members hear what was decided.

    Outcomes: accepted, same (one of that day is kept), old (two weeks), full (as many as may be told), gone.
    """

    group: int
    day: date
    came: int
    decided: str
