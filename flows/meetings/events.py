"""What is decided about groups and meetings: past-tense facts. See flows.events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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


@dataclass(frozen=True, slots=True)
class GroupMade:
    """Somebody founded a group and leads it. Outcomes: accepted, full (three a person, for good), new (too soon)."""

    name: str


@dataclass(frozen=True, slots=True)
class MembersInvited:
    """A leader invites phones, as written.
    Outcomes: accepted, some_bad (some are no mobile number), none (none is), full (50 a day by one
    leader), gone (they lead no more).
    """

    group: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationAnswered:
    """The person confirms that they belong to a group, or declines. Outcomes: accepted, gone."""

    group: int
    joins: bool
    words: str


@dataclass(frozen=True, slots=True)
class GroupLeft:
    """A member leaves. A group whose only leader leaves goes to its deputy, else to the member of longest standing."""

    group: int
    words: str


@dataclass(frozen=True, slots=True)
class GroupWritten:
    """A leader sends words to all members. Outcomes: accepted, full (two a day), gone (they lead no more)."""

    group: int
    words: str


@dataclass(frozen=True, slots=True)
class MeetingArranged:
    """A leader arranged a meeting; `starts` is local time.
    Outcomes: accepted, full, past, too_far, same (there is one within half an hour), night (nobody would be told
    before it begins), gone (they lead no more).
    """

    group: int
    starts: datetime
    where: str
    repeats: str  # weekly, by_date, by_weekday or empty


@dataclass(frozen=True, slots=True)
class MeetingMoved:
    """A leader moved a meeting; an empty `where` leaves the place.
    Outcomes: accepted, unheard (moved, but nobody is told before the old time), full (five times a meeting), past,
    too_far, same, night, gone.
    """

    meeting: int
    starts: datetime
    where: str


@dataclass(frozen=True, slots=True)
class MeetingCancelled:
    """A leader cancelled a meeting; `series` ends the following ones too.
    Outcomes: accepted, unheard (cancelled, but nobody is told before it was to begin), gone.
    """

    meeting: int
    series: bool


@dataclass(frozen=True, slots=True)
class MeetingAnswered:
    """A member says whether they come: yes, no, late. Outcomes: accepted, gone (cancelled or begun long ago)."""

    meeting: int
    answer: str


@dataclass(frozen=True, slots=True)
class MeetingReported:
    """A leader says how many came and what was decided. Outcomes: accepted, gone."""

    meeting: int
    came: int
    decided: str


@dataclass(frozen=True, slots=True)
class GroupRenamed:
    """A leader names a group anew; its members are told. Outcomes: accepted, full (two messages a day), gone."""

    group: int
    name: str


@dataclass(frozen=True, slots=True)
class LeadershipOffered:
    """A leader asks another member to lead in their place, and leads until they agree. Outcomes: accepted, gone."""

    group: int
    contact: int


@dataclass(frozen=True, slots=True)
class LeadershipAnswered:
    """Who was asked to lead a group takes it or not. Outcomes: accepted, gone (asked no more)."""

    group: int
    takes: bool


@dataclass(frozen=True, slots=True)
class NameShown:
    """The leaders of somebody's groups may see this name of theirs, until they hide it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class NameHidden:
    """They are counted only, from now on."""

    words: str
