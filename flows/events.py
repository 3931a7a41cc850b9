"""What a conversation can decide: past-tense facts, handed to the bot, which writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flows.issues.events import IssueWithdrawn
from flows.meetings.events import MeetingHeld, MemberRemoved
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


# fmt: off
Event = (
    LanguageChosen | PlaceChosen | ConsentGiven | ConsentWithdrawn | NumberDisowned | DataForgotten | HelpNeeded
    | MessageLeft | AnswerTexted | CallBackAsked | PriceReported | PriceCorrected | ReachChosen | Subscribed
    | Unsubscribed | AlertWanted | PriceMissed | AlertEnded | GroupMade | MembersInvited | InvitationAnswered
    | GroupLeft | GroupWritten | MeetingArranged | MeetingMoved | MeetingCancelled | MeetingAnswered | MeetingReported
    | MeetingHeld | MemberRemoved
    | IssueSpoken | IssueRaised | SimilarSought | IssueJoined | IssueAddedTo | IssueJudged | CodeMistaken
    | IssueWithdrawn
    | StopDoubted | OfficialConfirmed | IssueHandled | ActConfirmed | ActUndone | LinkWanted
)
# fmt: on
