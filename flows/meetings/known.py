"""Groups and meetings as one of their members knows them, as values. Owns no question about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.prompts import Titled


@dataclass(frozen=True, slots=True)
class Group:
    """A working group as one of its members sees it. role: leader, deputy, member."""

    id: int
    name: Titled
    role: str
    members: int  # confirmed
    invited: int  # asked and not answered yet

    @property
    def leads(self) -> bool:
        """Whether this person may arrange meetings, invite and write to the group."""
        return self.role in ("leader", "deputy")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody else in a group, as its leader may know them: by the last three digits of their number.

    `name`: where they show one.
    """

    id: int
    digits: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A planned meeting. `starts` is local time, naive; `mine` is this person's answer: yes, no, late or empty."""

    id: int
    group: Group
    starts: datetime
    where: str
    repeats: str = ""  # weekly, by_date, by_weekday
    yes: int = 0
    no: int = 0
    late: int = 0
    unanswered: int = 0
    mine: str = ""
