"""Calls: those that come in, those we return and those we place. One table; where the person stands in it is sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime
from bot.messages.models import ABOUT, KEYED, QUEUED, Purpose


class CallState(StrEnum):
    """The life of a call. Those that come in are open or refused at once; ours begin queued."""

    QUEUED = "queued"  # to be placed
    HELD = "held"  # its broadcast is paused
    DIALLING = "dialling"  # in a worker's hands, or rings
    OPEN = "open"  # somebody listens
    REFUSED = "refused"  # came in and was not picked up: we call back instead
    ENDED = "ended"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # must not be placed; the reason stands in `error`
    UNKNOWN = "unknown"  # the carrier may have it and may not; never placed again by itself


class Direction(StrEnum):
    """Who rang whom."""

    IN = "in"
    BACK = "back"  # we return a call that was not picked up
    OUT = "out"  # we have something to tell: a reminder, a broadcast


class Call(Base):
    """One call, with where the person stands in it. The carrier's sid is empty until it told us."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_contact_id_id", "contact_id", "id"),
        Index("ix_call_state_due_at", "state", "due_at"),
        Index("ix_call_queued", "purpose", "due_at", "id", postgresql_where=QUEUED, sqlite_where=QUEUED),  # a claim's
        Index("ix_call_placed_at", "placed_at"),
        Index("ix_call_direction_created_at", "direction", "created_at"),
        Index("ix_call_unique_key", "unique_key", unique=True, postgresql_where=KEYED, sqlite_where=KEYED),
        Index("ix_call_about_state", "about", "state", postgresql_where=ABOUT, sqlite_where=ABOUT),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))  # empty: number withheld
    direction: Mapped[str] = mapped_column(String(4))
    purpose: Mapped[str] = mapped_column(String(12), default=Purpose.ANSWER)
    rings_as: Mapped[str] = mapped_column(String(12), default="")  # its purpose, while it answers a ring of theirs
    unique_key: Mapped[str | None] = mapped_column(String(100))  # as in the outbox
    about: Mapped[str] = mapped_column(String(40), default="")  # as in the outbox
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)  # as in the outbox
    opens: Mapped[str] = mapped_column(String(40), default="")  # the state a call of ours begins at; empty: home
    data: Mapped[str] = mapped_column(Text, default="")  # JSON of that state's data
    text: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: the SMS for who cannot be reached by voice
    state: Mapped[str] = mapped_column(String(12))
    step: Mapped[int] = mapped_column(SmallInteger, default=0)  # the newest step that was answered
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: the run after that step
    saved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)  # of a call to place: not before
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    placed_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when it was last dialled
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    minutes: Mapped[int] = mapped_column(SmallInteger, default=0)  # begun minutes of calls we placed
    error: Mapped[str] = mapped_column(String(16), default="")  # the carrier's code, or why it was skipped
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
