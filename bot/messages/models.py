"""Tables of what came in and what goes out. Texts are sealed; SQL is the truth, queues are not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Message(Base):
    """One inbound message with its answer. The carrier's sid is unique: a repeat is answered from here."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_contact_id_at", "contact_id", "at"),
        Index("ix_message_at", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sid: Mapped[str] = mapped_column(String(64), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))  # empty: sender withheld
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; empty: not answered on purpose
    intent: Mapped[str] = mapped_column(String(24))
    commodity: Mapped[str] = mapped_column(String(32), default="")  # asked about; feeds what is offered first
    parts: Mapped[int] = mapped_column(SmallInteger, default=0)  # SMS parts of the answer


class SavedRun(Base):
    """Where a contact stands on one channel, and the counters that cut loops of machines."""

    __tablename__ = "run"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: see messages.inbound.runs
    hint: Mapped[str] = mapped_column(String(4), default="")  # how they write: km, latn, en
    saved_at: Mapped[datetime] = mapped_column(UtcTime)
    burst_from: Mapped[datetime] = mapped_column(UtcTime)
    burst_count: Mapped[int]
    same_hash: Mapped[str] = mapped_column(String(32))
    same_count: Mapped[int]


class ItemState(StrEnum):
    """An inbox item is open until somebody answered or closed it."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class InboxItem(Base):
    """Something staff should read: three misses, a wish not served yet, a number that changed hands."""

    __tablename__ = "inbox_item"
    __table_args__ = (
        Index("ix_inbox_item_state_id", "state", "id"),
        Index("ix_inbox_item_reason_id", "reason", "id"),  # the replies to a broadcast
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)  # empty: withheld
    reason: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(8), default=ItemState.OPEN)
    words: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: the words that led here
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: what was answered, or why it was closed


class OutState(StrEnum):
    """The life of an outbound message; a state only moves forward (see messages.sms.steps.STEPS)."""

    QUEUED = "queued"
    HELD = "held"  # its broadcast is paused
    SENDING = "sending"  # in a worker's hands; or handed over, and nobody knows yet whether it was taken
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"  # must not be sent; the reason stands in `error`
    CANCELLED = "cancelled"  # what it is about is called off, or the person is no longer at this number
    UNKNOWN = "unknown"  # the carrier may have it and may not; never sent again by itself


class Purpose(StrEnum):
    """Why a message is sent, the most urgent first: that is the order in which a worker takes them."""

    ANSWER = "answer"  # to a message or call just now
    OWN = "own"  # about what the person asked for
    REMINDER = "reminder"
    SUBSCRIPTION = "subscription"
    BROADCAST = "broadcast"


QUEUED, LEASED = text("state = 'queued'"), text("leased_until IS NOT NULL")
KEYED, ABOUT = text("unique_key IS NOT NULL"), text("about <> ''")
WORDED = text("length(text) > 29")  # more than a sealed empty text


class Outbound(Base):
    """One message to one contact on its way out.

    `leased_until` is when the row may be looked at again while it is sending or sent: until then it is in somebody's
    hands, or there is still time for the carrier to tell. It is empty when nothing more is expected.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # What a claim walks along: neither history nor, within a purpose, what waits for later.
        Index("ix_outbox_queued", "purpose", "due_at", "id", postgresql_where=QUEUED, sqlite_where=QUEUED),
        Index("ix_outbox_expires_at", "expires_at", postgresql_where=QUEUED, sqlite_where=QUEUED),
        Index("ix_outbox_leased_until", "leased_until", postgresql_where=LEASED, sqlite_where=LEASED),
        Index("ix_outbox_state_id", "state", "id"),
        Index("ix_outbox_contact_id", "contact_id"),
        Index("ix_outbox_unique_key", "unique_key", unique=True, postgresql_where=KEYED, sqlite_where=KEYED),
        Index("ix_outbox_about_state", "about", "state", postgresql_where=ABOUT, sqlite_where=ABOUT),
        Index("ix_outbox_created_at", "created_at", postgresql_where=WORDED, sqlite_where=WORDED),  # to be forgotten
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    unique_key: Mapped[str | None] = mapped_column(String(100))  # of a due thing: it is queued once
    about: Mapped[str] = mapped_column(String(40), default="")  # meeting:12, broadcast:3: called off together
    text: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; empty: the words of the broadcast it is about
    state: Mapped[str] = mapped_column(String(12), default=OutState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when they asked for it: only a later STOP ends it
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often it was handed over
    rounds: Mapped[int] = mapped_column(SmallInteger, default=0)  # how many of these ended in a delivery error
    tried_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when it was last claimed to be handed over
    token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    sid: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str] = mapped_column(String(16), default="")  # the carrier's code, or why it was skipped
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Breaker(Base):
    """Whether a channel's carrier serves anybody at all. Open while `opened_at` is set; then one row probes it."""

    __tablename__ = "breaker"

    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)  # in a row, of whomever it was for
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    probe_at: Mapped[datetime | None] = mapped_column(UtcTime)
    probes: Mapped[int] = mapped_column(SmallInteger, default=0)


class Alarm(Base):
    """Something staff are to be told of: by name, so that the same one is not told all the time."""

    __tablename__ = "alarm"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    detail: Mapped[str] = mapped_column(String(200))  # for the operator; names no person
    raised_at: Mapped[datetime | None] = mapped_column(UtcTime)  # empty: all is told
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)


class CalledOff(Base):
    """A message or call that was called off while it was in somebody's hands: claimed again, it is cancelled."""

    __tablename__ = "called_off"
    __table_args__ = (Index("ix_called_off_row_id_kind", "row_id", "kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # message, call
    row_id: Mapped[int] = mapped_column(BigInteger)  # no foreign key: that would wait for whoever holds the row
    anew: Mapped[bool]  # its key is free again
    at: Mapped[datetime] = mapped_column(UtcTime)


class RecordingState(StrEnum):
    """A recording lies at the provider until a worker has fetched it."""

    WAITING = "waiting"
    STORED = "stored"  # ours; the provider's copy is deleted
    LOST = "lost"  # never came, or is no sound
    FORGOTTEN = "forgotten"  # kept its time


class Recording(Base):
    """What a person said on the phone. The sound is sealed like words are, and served by signed links only."""

    __tablename__ = "recording"
    __table_args__ = (Index("ix_recording_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_hash: Mapped[str] = mapped_column(String(32), unique=True)  # one recording, however often it is told of
    source: Mapped[bytes] = mapped_column(LargeBinary)  # sealed address at the provider; sealed nothing once deleted
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("inbox_item.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=RecordingState.WAITING)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    audio: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed WAV, 8 kHz mono
    seconds: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class OpenQuestion(Base):
    """A question we sent that may be answered hours or days later, beside whatever the person is doing.

    It stays open, and an answer may be changed, until `until`. What follows from the answer is the subject's.
    """

    __tablename__ = "open_question"
    __table_args__ = (
        Index("ix_open_question_contact_id_until", "contact_id", "until"),
        Index("ix_open_question_kind_subject", "kind", "subject"),
        UniqueConstraint("contact_id", "kind", "subject"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))  # rsvp, invitation
    subject: Mapped[int] = mapped_column(BigInteger)  # the meeting's or group's id
    answer: Mapped[str] = mapped_column(String(12), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)


class BroadcastState(StrEnum):
    """The life of a broadcast."""

    SCHEDULED = "scheduled"  # not begun: its time has not come, or the clock has not seen it yet
    PLANNING = "planning"  # its messages are being put into the outbox, some may be on their way
    SENDING = "sending"  # all are in the outbox
    PAUSED = "paused"
    DONE = "done"  # nothing waits any more
    CANCELLED = "cancelled"


class Broadcast(Base):
    """One message to many: its words in each language and script, or its recordings, and to whom.

    What becomes of each message stands in the outbox (or among the calls) under about = "broadcast:<id>".
    """

    __tablename__ = "broadcast"
    __table_args__ = (Index("ix_broadcast_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    segment: Mapped[str] = mapped_column(Text)  # whom it is for, as it was written
    channel: Mapped[str] = mapped_column(String(8))  # sms, voice
    text_km: Mapped[str] = mapped_column(Text, default="")
    text_latn: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    audio_km: Mapped[str] = mapped_column(String(64), default="")  # the name of a clip in the store
    audio_en: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(12), default=BroadcastState.SCHEDULED)
    resumes: Mapped[str] = mapped_column(String(12), default="")  # of a paused one: the state it goes on in
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    planned_to: Mapped[int] = mapped_column(BigInteger, default=0)  # the last contact that was looked at
    looked_at: Mapped[int] = mapped_column(default=0)  # people of the segment up to there
    planned: Mapped[int] = mapped_column(default=0)  # messages put into the outbox: those of them who agreed
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class MailState(StrEnum):
    """The life of an e-mail."""

    QUEUED = "queued"
    SENDING = "sending"  # in a worker's hands
    SENT = "sent"
    FAILED = "failed"  # the server refuses it for good
    EXPIRED = "expired"
    CANCELLED = "cancelled"


MAIL_WAITS = text("state IN ('queued', 'sending')")


class Mail(Base):
    """One e-mail to one address on its way out. Address and words are sealed."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due_at", "due_at", "id", postgresql_where=MAIL_WAITS, sqlite_where=MAIL_WAITS),
        Index("ix_mail_created_at", "created_at", postgresql_where=WORDED, sqlite_where=WORDED),  # to be forgotten
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unique_key: Mapped[str | None] = mapped_column(String(100), unique=True)  # as in the outbox
    about: Mapped[str] = mapped_column(String(40), default="", index=True)  # as in the outbox
    to: Mapped[bytes] = mapped_column(LargeBinary)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    html: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default=MailState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UtcTime)  # not before; while it is sent, until then nobody else takes it
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
