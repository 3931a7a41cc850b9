"""What a conversation can decide: past-tense facts, handed to the bot, which writes them down.

Those of problems and of meetings stand with their conversations; `Event` is all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.issues.events import (
    ActConfirmed,
    ActUndone,
    CodeMistaken,
    IssueAddedTo,
    IssueHandled,
    IssueJoined,
    IssueJudged,
    IssueRaised,
    IssueSpoken,
    IssueWithdrawn,
    LinkWanted,
    OfficialConfirmed,
    SimilarSought,
)
from flows.meetings.events import (
    GroupLeft,
    GroupMade,
    GroupRenamed,
    GroupWritten,
    InvitationAnswered,
    LeadershipAnswered,
    LeadershipOffered,
    MeetingAnswered,
    MeetingArranged,
    MeetingCancelled,
    MeetingHeld,
    MeetingMoved,
    MeetingReported,
    MemberRemoved,
    MembersInvited,
    NameHidden,
    NameShown,
)
from flows.prompts import Prompt


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The person chose how to be spoken and written to. language: km or en; script: km or latn, None: as it is."""

    language: str
    script: str | None


@dataclass(frozen=True, slots=True)
class PlaceChosen:
    """The person said where they are; an official code."""

    place: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The person agreed to be sent messages; `words` are what they wrote."""

    words: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The person wants nothing sent to them any more."""

    words: str


@dataclass(frozen=True, slots=True)
class StopDoubted:
    """Whether the person may have meant STOP: while they are asked, nothing goes out unasked."""

    doubted: bool


@dataclass(frozen=True, slots=True)
class NumberDisowned:
    """The number has a new owner: rights and memory of the old one end."""

    words: str


@dataclass(frozen=True, slots=True)
class DataForgotten:
    """The owner of the number wants to be forgotten: what is known of them is deleted."""


@dataclass(frozen=True, slots=True)
class HelpNeeded:
    """A person should read this. reason: missed, not_me, issue; unclear: only if it answers a broadcast.

    Outcomes: reply (it does, and is kept with it), or none.
    """

    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The person spoke a message for staff; the turn knows its recording. `about`: what of ours they had heard."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTexted:
    """The person wants this answer as an SMS."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class CallBackAsked:
    """Who rang wants to be rung, so that it is sure whose number it is. `opens`: where that call begins, empty: home.

    `code` is the problem it is about, if any. Outcomes: accepted, full (nobody may be rung now).
    """

    opens: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A price as reported: amounts in `currency` (riel, dollars) for one `unit`, seen on `day`."""

    commodity: str
    market: str
    level: str
    unit: str
    currency: str
    low: Decimal
    high: Decimal
    usual: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class PriceReported:
    """An enumerator reported a price. Outcomes: accepted, held, released (it agrees with a held one)."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class PriceCorrected:
    """An enumerator corrected their report `report` (an id). Outcomes as for PriceReported, and too_late."""

    report: int
    draft: Draft


@dataclass(frozen=True, slots=True)
class ReachChosen:
    """The person chose how reminders come: sms or voice."""

    reach: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The person wants something regularly: radio, weekly. `words` are what they wrote, empty for keys."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The person wants it no more."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class AlertWanted:
    """The person wants to be told when a price moves. place: an official code, empty: where they are.
    `awaited`: there is none yet; the first one is told. Outcomes: accepted, full (ten a person).
    """

    commodity: str
    place: str
    words: str
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class PriceMissed:
    """A price was asked for and there is none. place: an official code, empty where nothing is known of it."""

    commodity: str
    place: str


@dataclass(frozen=True, slots=True)
class AlertEnded:
    """The person wants to be told of it no more; an empty commodity ends all."""

    commodity: str
    words: str


# fmt: off
Event = (
    LanguageChosen | PlaceChosen | ConsentGiven | ConsentWithdrawn | NumberDisowned | DataForgotten | HelpNeeded
    | MessageLeft | AnswerTexted | CallBackAsked | PriceReported | PriceCorrected | ReachChosen | Subscribed
    | Unsubscribed | AlertWanted | PriceMissed | AlertEnded | GroupMade | MembersInvited | InvitationAnswered
    | GroupLeft | GroupWritten | MeetingArranged | MeetingMoved | MeetingCancelled | MeetingAnswered | MeetingReported
    | MeetingHeld | MemberRemoved | GroupRenamed | LeadershipOffered | LeadershipAnswered | NameShown | NameHidden
    | IssueSpoken | IssueRaised | SimilarSought | IssueJoined | IssueAddedTo | IssueJudged | CodeMistaken
    | IssueWithdrawn
    | StopDoubted | OfficialConfirmed | IssueHandled | ActConfirmed | ActUndone | LinkWanted
)
# fmt: on
