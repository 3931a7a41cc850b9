"""What was said: the value a message becomes before a conversation sees it.

Owns the words both sides agree on (intents, slots, what was asked). Makes nothing up: reading text is
the language room's work, deciding what follows is a flow's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Intent(StrEnum):
    """What a person wants, in the words of the sample messages."""

    PRICE = "price"
    PRICE_ASK = "price_ask"  # a price question too vague to answer: ask back (Heard.maybe has the choices)
    ALERT = "alert"  # tell me when the price moves
    ALERT_STOP = "alert_stop"
    ALERT_LIST = "alert_list"  # what am I told of
    WEEKLY = "weekly"  # the prices of each week
    WEEKLY_STOP = "weekly_stop"
    REPORT = "report"
    CORRECT = "correct"
    CHOICE = "choice"
    YES = "yes"
    NO = "no"
    LATE = "late"
    MEETING_NEW = "meeting_new"
    MEETING_NEW_ASK_TIME = "meeting_new_ask_time"
    MEETING_PAST = "meeting_past"
    MEETING_WHEN = "meeting_when"
    MEETING_CANCEL = "meeting_cancel"
    MEETING_MOVE = "meeting_move"
    MEETING_COUNT = "meeting_count"
    MEETING_REPORT = "meeting_report"  # how many came and what was decided
    WHEN = "when"  # a day, an hour or both, where those were asked for
    GROUP_NEW = "group_new"
    GROUP_INVITE = "group_invite"
    GROUP_LIST = "group_list"  # which groups am I in
    GROUP_MEMBERS = "group_members"  # who belongs to the group I lead
    GROUP_LEADER = "group_leader"  # somebody else is to lead
    GROUP_RENAME = "group_rename"
    NAME_SHOW = "name_show"  # leaders may see my name (Slots.words)
    NAME_HIDE = "name_hide"
    GROUP_WRITE = "group_write"  # words for all members
    GROUP_JOIN = "group_join"
    GROUP_LEAVE = "group_leave"
    REACH_CALL = "reach_call"  # reminders by a call
    REACH_SMS = "reach_sms"
    ISSUE_NEW = "issue_new"
    ISSUE_STATUS = "issue_status"  # a code, perhaps with words or what an official did (Slots.code, words, action)
    ISSUE_JOIN = "issue_join"  # me too: one more voice for an issue
    ISSUE_END = "issue_end"  # withdraw my problem (Slots.code)
    OFFICE_UNDO = "office_undo"  # an official takes back what waits to go out
    OFFICE_LINK = "office_link"  # an official wants the link to their office's page
    RADIO = "radio"
    RADIO_STOP = "radio_stop"
    STOP = "stop"
    START = "start"
    HELP = "help"
    HOME = "home"  # 0, "menu": back to the beginning
    NOT_ME = "not_me"
    FORGET = "forget"  # delete my data
    SCRIPT_LATN = "script_latn"
    SCRIPT_KM = "script_km"
    LANGUAGE_EN = "language_en"
    LANGUAGE_KM = "language_km"
    SETTINGS = "settings"  # "language": wants to choose, did not say which
    THANKS = "thanks"
    HELLO = "hello"
    PLACE = "place"  # a bare place: changes the place of what was talked about
    CALLED = "called"  # somebody rang, and now listens
    GUIDE = "guide"  # 0 on a keypad: which keys are there
    AGAIN = "again"  # 9 on a keypad: say it once more
    KEY_CODE = "key_code"  # the hash on a keypad: a code of two keys comes next
    SILENCE = "silence"  # nothing was pressed
    RECORDED = "recorded"  # words were spoken and kept; a person will hear them
    WORDS = "words"
    OTHER = "other"  # not for this line: chat, jokes, advertisements, reactions that quote us
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """What kind of question the person is answering."""

    CHOOSE = "choose"  # numbered choices
    CONFIRM = "confirm"  # yes or no
    RSVP = "rsvp"
    POLL = "poll"
    PLACE = "place"
    COMMODITY = "commodity"
    AMOUNT = "amount"
    WHEN = "when"  # a day, an hour or both
    COUNT = "count"  # how many people
    PHONES = "phones"  # telephone numbers
    RESOLVED = "resolved"
    CODE = "code"  # of an issue, seven digits
    WORDS = "words"  # free words: only a whole STOP, HELP or 0 is a command


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered choice as it was offered: the value it stands for and the words the person read.

    `key` is the number it is chosen by; 0 for its place in the row.
    """

    value: str
    words: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is open while a message is read. `kind` None: out of the blue.

    `codes`: what a code of two keys stands for here: commodity, province or nothing.
    """

    kind: Kind | None = None
    options: tuple[Option, ...] = ()
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Slots:
    """What a message names. Ids are those of the vocabulary, places official codes, amounts in `currency`."""

    commodity: str | None = None
    goods: tuple[str, ...] = ()  # where several are asked about at once, `commodity` among them
    place: str | None = None  # official code: 2, 4, 6 or 8 digits
    market: str | None = None  # the id of a known market, or the name as it was written
    unit: str | None = None
    level: str | None = None  # wholesale, retail, farmgate
    currency: str | None = None  # only when it was said
    usual: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    category: str | None = None  # of an issue
    code: str | None = None  # of an issue: seven digits, perhaps mistyped (see flows.codes)
    # Beside a code, what an official says was done: received, done, ask, transfer, undo; of a meeting: place.
    action: str | None = None
    day: str | None = None  # today, tomorrow, mon … sun, next_mon …, 1mon … 5mon, "25", "25/11", "25/11/2026"
    time: str | None = None  # HH:MM
    hour: str | None = None  # HH:MM as said, where morning or afternoon was not
    repeats: str | None = None  # of a meeting: weekly, by_date, by_weekday
    where: str | None = None  # a meeting's place in the writer's words
    choice: int | None = None  # counted from 1
    group: str | None = None  # the name of a group as written
    numbers: tuple[str, ...] | None = None  # telephone numbers as written
    count: int | None = None  # people
    words: str | None = None  # what follows a command, in the writer's words


@dataclass(frozen=True, slots=True)
class Maybe:
    """A reading that may be meant: `slot` is the Slots field, `value` what it would hold, `score` 0–1."""

    slot: str
    value: str
    score: float


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it was understood.

    `confidence` is 0–1: at SURE and above a flow may act, below it asks. `maybe` holds what could be meant
    instead, best first. `script` is how the message was written: km, latn (Khmer in Latin letters), en, or
    "" when it does not show (digits, signs).
    """

    text: str
    intent: Intent
    confidence: float = 1.0
    slots: Slots = field(default_factory=Slots)
    maybe: tuple[Maybe, ...] = ()
    script: str = ""
    beside: str = ""  # what was said beside any question: cancel, that_is_all, afraid
    perhaps: tuple[Intent, ...] = ()  # what it may want instead, where `confidence` is below SURE
    polite: bool = False  # a yes that may be good manners alone: it changes no answer given before


SURE = 0.75
# What an unsure message may open all the same: these ask first, or only tell.
ASKS_FIRST = frozenset(
    (
        Intent.PRICE,
        Intent.PRICE_ASK,
        Intent.PLACE,
        Intent.REPORT,
        Intent.ALERT,
        Intent.START,
        Intent.STOP,
        Intent.HELP,
        Intent.HELLO,
        Intent.THANKS,
        Intent.HOME,
        Intent.SETTINGS,
        Intent.MEETING_WHEN,
        Intent.RADIO,
    )
)
