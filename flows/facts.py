"""The questions a conversation may ask of the world. Read-only; the bot answers them from SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from flows.events import Draft
from flows.issues.facts import NO_PROBLEMS, Problems
from flows.meetings.known import Group, Meeting, Member
from flows.prompts import Titled
from flows.proof import Proof
from flows.questions import Question


@dataclass(frozen=True, slots=True)
class Person:
    """Who is speaking, as far as the line knows; empty where it does not.

    `known`: there is a number to remember things by; `textable`: it is one that can be sent an SMS.
    """

    language: str = ""
    script: str = ""
    place: str = ""
    may_report: bool = False
    known: bool = False
    textable: bool = False
    reach: str = "sms"  # how reminders come: sms, voice


@dataclass(frozen=True, slots=True)
class Can:
    """What the line at hand lets a person do: write words (else they press keys), have their voice recorded.

    `name`: words that nobody recorded, such as a group's name, can be said as well. `ring`: they can be rung.
    """

    type: bool = True
    record: bool = False
    name: bool = True
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A price as it may be quoted, in `currency`. `trend`: up, down, same or "" (nothing to compare with)."""

    commodity: str
    grade: str
    market: str
    level: str
    unit: str
    currency: str
    low: Decimal
    high: Decimal
    usual: Decimal
    reporters: int
    day: date
    age: int  # days
    old: bool = False  # may be quoted, but its age must be said
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a price question.

    `best` may be quoted (fresh, or old and said to be), `others` are fresh ones nearby in the same unit,
    level and currency. `here` is whether best is in the place asked for. `last` is the newest one too old to
    quote, when there is no best.
    """

    best: Quote | None = None
    here: bool = True
    others: tuple[Quote, ...] = ()
    last: Quote | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a draft. `meant`: the price a slip of a key would explain."""

    fault: str = ""  # implausible, out_of_line, inconsistent; empty when it is fine
    meant: Decimal | None = None
    agreed: bool = False  # another reporter's held report says the same: both are released


@dataclass(frozen=True, slots=True)
class LastReport:
    """The report this person may still correct."""

    id: int
    draft: Draft


class Prices(Protocol):
    """What may be asked about prices."""

    def find(self, commodity: str, place: str, market: str, level: str, unit: str) -> Found:
        """The quote for a question; place, market, level and unit may be empty."""

    def asked_most(self, commodities: tuple[str, ...], place: str) -> tuple[str, ...]:
        """Commodity ids in the order to offer them: what this person, then their province, then all ask most."""

    def provinces(self) -> tuple[str, ...]:
        """Codes of all provinces in the order to offer them: those that ask most, then those with markets."""

    def markets_in(self, place: str) -> tuple[str, ...]:
        """Ids of the markets in a place, largest first; empty when there is none."""

    def market_place(self, market: str) -> str:
        """The official code a market lies in; empty when there is no such market."""

    def usual_unit(self, commodity: str) -> str:
        """The unit a commodity is priced in when none was said."""

    def standard(self, draft: Draft) -> Draft:
        """The draft in the unit the commodity is quoted in, where that is certain (tonne to kilogram)."""

    def check(self, draft: Draft) -> Verdict:
        """Hold a draft against the commodity's plausible range and the last 14 days."""

    def last_report(self) -> LastReport | None:
        """This person's newest report of the last 30 minutes."""

    def own_market(self) -> str:
        """The one market all of this person's last reports are of; empty where there are several, or none."""

    def alike(self, commodity: str) -> tuple[str, ...]:
        """Goods whose price helps where this one has none, nearest first: what it is a sort of, its sorts, others."""

    def groups(self) -> tuple[str, ...]:
        """The groups of goods, in the board's order."""

    def of_group(self, group: str) -> tuple[str, ...]:
        """The commodities of a group, the first to offer first."""


class Gatherings(Protocol):
    """What may be asked about the groups and meetings of this person."""

    def groups(self) -> tuple[Group, ...]:
        """The groups they belong to, those they lead first; at most 20."""

    def upcoming(self) -> tuple[Meeting, ...]:
        """The meetings to come of their groups, soonest first; at most 10."""

    def to_report(self) -> tuple[Meeting, ...]:
        """Meetings of groups they lead that began in the last 14 days and are not reported, newest first."""

    def questions(self) -> tuple[Question, ...]:
        """Open questions to them, newest first; at most 9. Those answered already are among them, at the end."""

    def fault(self, group: int, starts: datetime) -> str:
        """Why a meeting cannot be arranged then (local time): past, too_far (in a year), full (ten a day), or empty."""

    def writes_left(self, group: int) -> int:
        """How many messages this person may still send to the group today."""

    def members(self, group: int, *, deputies: bool = False) -> tuple[Member, ...]:
        """Who may be taken out of a group they lead, or with `deputies` lead it; longest standing first, at most 60."""

    def named(self, meeting: int) -> tuple[tuple[str, str], ...]:
        """Answers to a meeting of a group they lead (yes, late, no), with the names of who shows theirs; at most 60."""

    def reachable(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these telephone numbers, as written, that are whole numbers of mobile phones."""


class Nowhere:
    """The gatherings of somebody who belongs to no group, or whom we do not know."""

    def groups(self) -> tuple[Group, ...]:
        """None."""
        return ()

    def upcoming(self) -> tuple[Meeting, ...]:
        """None."""
        return ()

    def to_report(self) -> tuple[Meeting, ...]:
        """None."""
        return ()

    def questions(self) -> tuple[Question, ...]:
        """None."""
        return ()

    def fault(self, group: int, starts: datetime) -> str:
        """Nothing can be arranged."""
        return "past"

    def members(self, group: int, *, deputies: bool = False) -> tuple[Member, ...]:
        """None."""
        return ()

    def named(self, meeting: int) -> tuple[tuple[str, str], ...]:
        """None."""
        return ()

    def writes_left(self, group: int) -> int:
        """None."""
        return 0

    def reachable(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        """Nobody is invited."""
        return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked to be sent. names: of radio, weekly; alerts: commodity ids."""

    names: frozenset[str] = frozenset()
    alerts: tuple[str, ...] = ()


class Wishes(Protocol):
    """What may be asked about subscriptions."""

    def wanted(self) -> Wanted:
        """What this person is subscribed to."""


class NoWishes:
    """The wishes of somebody whom we do not know."""

    def wanted(self) -> Wanted:
        """Nothing."""
        return Wanted()


@dataclass(frozen=True, slots=True)
class Airing:
    """An episode of the radio programme on a station. `at` is local time, naive."""

    id: int
    episode: int
    title: Titled
    station: Titled
    at: datetime


class Programme(Protocol):
    """What may be asked about the radio programme."""

    def next_airing(self, place: str) -> Airing | None:
        """The next one that is heard in a place (anywhere, where no place is given); None: none is planned."""

    def airing(self, id: int) -> Airing | None:
        """This one, as it is planned now; None when it is cancelled or there is none."""


class OffAir:
    """The programme of a line without stations."""

    def next_airing(self, place: str) -> Airing | None:
        """None."""
        return None

    def airing(self, id: int) -> Airing | None:
        """None."""
        return None


NOWHERE, NO_WISHES, OFF_AIR = Nowhere(), NoWishes(), OffAir()


@dataclass(frozen=True, slots=True)
class Facts:
    """All a conversation may know, as of now. `wrote`: when this person last wrote here, where that is known.

    `proof` is how sure it is that they hold their number; `proven`: whether they have shown it by digits today.
    """

    person: Person
    prices: Prices
    today: date
    can: Can = Can()
    gatherings: Gatherings = NOWHERE
    wishes: Wishes = NO_WISHES
    programme: Programme = OFF_AIR
    wrote: datetime | None = None
    problems: Problems = NO_PROBLEMS
    proof: Proof = Proof.WRITTEN
    proven: Callable[[], bool] = lambda: False

    def tellable(self) -> Facts:
        """These facts as they may be told: to a number that is only shown, nothing that is somebody's own."""
        if self.proof > Proof.SHOWN:
            return self
        person = replace(self.person, place=self.person.place[:2])
        problems = self.problems.as_anybody()
        return replace(self, person=person, gatherings=NOWHERE, wishes=NO_WISHES, problems=problems)

    def questions(self) -> tuple[Question, ...]:
        """All open questions to them, newest first; those answered already at the end."""
        found = (*self.gatherings.questions(), *self.problems.questions())
        newest = sorted(found, key=lambda one: one.asked.timestamp() if one.asked else 0.0, reverse=True)
        return tuple(sorted(newest, key=lambda one: bool(one.answer)))
