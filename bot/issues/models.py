"""Tables of issues as offices, the public and staff see them. Nothing here leads to who raised one.

Who did, and who joined, stands in issues.people, which no page, digest or interface of offices reads. Words are
sealed; telephone numbers in them were masked before.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Date,
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


class Category(Base):
    """What an issue may be about. Empty names are those of the catalogue."""

    __tablename__ = "issue_category"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_km: Mapped[str] = mapped_column(String(80), default="")
    name_latn: Mapped[str] = mapped_column(String(80), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")
    sensitive: Mapped[bool] = mapped_column(default=False)  # its words wait for staff before an office sees them
    above: Mapped[bool] = mapped_column(default=False)  # it goes to the parent of the office in charge
    goods: Mapped[bool] = mapped_column(default=False)  # it is asked which product it is about
    days: Mapped[int] = mapped_column(SmallInteger, default=15)  # working days in which it is to be resolved
    rank: Mapped[int] = mapped_column(SmallInteger, default=0)  # 1 is offered first; 0: no longer offered


class Level(StrEnum):
    """Where an office stands."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    MINISTRY = "ministry"


class Office(Base):
    """An office that answers for a place; `code` is its id in lists, `place` an official code or empty."""

    __tablename__ = "office"
    __table_args__ = (Index("ix_office_place", "place"), Index("ix_office_parent_id", "parent_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_km: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(8), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class OfficeCategory(Base):
    """What an office answers for; an office without any answers for everything."""

    __tablename__ = "office_category"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(ForeignKey("issue_category.id"), primary_key=True)


class Reached(StrEnum):
    """Whether an official may be written to at an address: only once they have replied from it."""

    NONE = ""  # there is no such address
    LISTED = "listed"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Official(Base):
    """Somebody who answers for an office. `serial` goes into their links: raised, all earlier ones end."""

    __tablename__ = "official"
    __table_args__ = (
        UniqueConstraint("office_id", "contact_id"),
        Index("ix_official_contact_id", "contact_id"),
        Index("ix_official_mail_hash", "mail_hash"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))  # their telephone
    phone: Mapped[str] = mapped_column(String(10), default=Reached.NONE)
    phone_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when that was so
    mail: Mapped[str] = mapped_column(String(10), default=Reached.NONE)
    mail_at: Mapped[datetime | None] = mapped_column(UtcTime)
    mail_to: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed
    mail_hash: Mapped[str] = mapped_column(String(32), default="")
    serial: Mapped[int] = mapped_column(SmallInteger, default=0)
    removed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class IssueState(StrEnum):
    """The life of an issue; see issues.steps for what may follow what."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    RESOLVED = "resolved"  # the office says so; the reporter is asked
    REOPENED = "reopened"  # the reporter says that it is not
    CONFIRMED = "confirmed"  # the reporter says that it is
    UNCONFIRMED = "unconfirmed"  # the reporter said nothing within the time
    MERGED = "merged"  # it is another one, which goes on
    REJECTED = "rejected"  # by staff: no issue
    WITHDRAWN = "withdrawn"  # by who raised it, alone


DUE = text("next_at IS NOT NULL")


class Issue(Base):
    """One issue. `office_id` is empty while only staff can say whose it is.

    `place` is official, a commune's at the smallest. `office_at` is when its office began to see it: empty, staff
    look at it first. `next_at` is when the clock has something to do about it.
    """

    __tablename__ = "issue"
    __table_args__ = (
        Index("ix_issue_office_id_state", "office_id", "state", "id"),
        Index("ix_issue_office_id_office_at", "office_id", "office_at"),
        Index("ix_issue_office_id_closed_at", "office_id", "closed_at"),
        Index("ix_issue_office_id_ack_minutes", "office_id", "ack_minutes"),
        Index("ix_issue_office_id_solve_minutes", "office_id", "solve_minutes"),
        Index("ix_issue_category_district", "category", "district", "id"),
        Index("ix_issue_category_province", "category", "province", "id"),
        Index("ix_issue_province_id", "province", "id"),
        Index("ix_issue_state_id", "state", "id"),
        Index("ix_issue_next_at", "next_at", postgresql_where=DUE, sqlite_where=DUE),
        Index("ix_issue_changed_at", "changed_at"),
        Index("ix_issue_created_at", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(7), unique=True)
    category: Mapped[str] = mapped_column(ForeignKey("issue_category.id"))
    place: Mapped[str] = mapped_column(String(6))
    district: Mapped[str] = mapped_column(String(4))  # the beginning of `place`, as far as it goes
    province: Mapped[str] = mapped_column(String(2))
    commodity: Mapped[str] = mapped_column(String(32), default="")
    about_office: Mapped[bool] = mapped_column(default=False)  # it is about the office in charge itself
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    meant_for_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # nobody of it had confirmed
    state: Mapped[str] = mapped_column(String(12), default=IssueState.SENT)
    voices: Mapped[int] = mapped_column(default=1)  # people, each counted once
    voices_told: Mapped[int] = mapped_column(default=1)  # as of last midnight: all that anybody but staff reads
    by_group: Mapped[bool] = mapped_column(default=False)  # a group raised it
    hidden: Mapped[bool] = mapped_column(default=False)  # staff keep it from the public
    folded: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: its words as likeness compares them
    office_at: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when one of the office first read it
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ack_minutes: Mapped[int | None]  # from office_at to the first acknowledgement
    solve_minutes: Mapped[int | None]  # from office_at to the newest resolution
    ack_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    solve_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    overdue: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often it went to those above: 0 to 3
    confirm_until: Mapped[datetime | None] = mapped_column(UtcTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class EntryKind(StrEnum):
    """What an entry in an issue's history is."""

    REPORT = "report"  # what was reported
    MORE = "more"  # what the reporter or another voice adds
    REPLY = "reply"  # the reporter's answer to a question
    ACKNOWLEDGED = "acknowledged"
    ANSWER = "answer"
    QUESTION = "question"
    RESOLVED = "resolved"
    TRANSFERRED = "transferred"  # `detail`: the office it came from
    OVERDUE = "overdue"  # `detail`: how often
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    UNCONFIRMED = "unconfirmed"
    MERGED = "merged"  # `detail`: the code of the other one
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class By(StrEnum):
    """Who made an entry: one of those behind the issue (which one, nobody can tell), an office, staff, the clock."""

    VOICE = "voice"
    OFFICE = "office"
    STAFF = "staff"
    CLOCK = "clock"


class Public(StrEnum):
    """Whether everybody may read the words of an entry."""

    NONE = ""  # there are none
    WAITING = "waiting"  # staff have to say
    SHOWN = "shown"
    HIDDEN = "hidden"


UNREAD = text("public = 'waiting'")


class IssueEntry(Base):
    """One entry of an issue's history. `office_may`: the office in charge may read its words."""

    __tablename__ = "issue_entry"
    __table_args__ = (
        Index("ix_issue_entry_issue_id_id", "issue_id", "id"),
        Index("ix_issue_entry_unread", "id", postgresql_where=UNREAD, sqlite_where=UNREAD),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(8))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("official.id"))
    text: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; empty: no words, or none written down yet
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))  # to be written down by staff
    office_may: Mapped[bool] = mapped_column(default=True)
    public: Mapped[str] = mapped_column(String(8), default=Public.NONE)
    public_text: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: as staff reworded it; empty: as it is
    detail: Mapped[str] = mapped_column(String(40), default="")


class Review(Base):
    """What staff did: the log of moderation, routing and merging. `before` is what a revert puts back."""

    __tablename__ = "issue_review"
    __table_args__ = (Index("ix_issue_review_issue_id", "issue_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("issue_entry.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column(String(40))  # the operator's name, as given
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[bytes] = mapped_column(LargeBinary)  # sealed JSON
    reverted_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PendingState(StrEnum):
    """What became of what an official wrote."""

    WAITING = "waiting"
    SENT = "sent"
    UNDONE = "undone"
    FAILED = "failed"  # when it was due the issue was closed, or with another office


PENDING = text("state = 'waiting'")


class PendingAct(Base):
    """What an official wrote and can still take back; the clock lets it go. `to_id` of a transfer, empty: to staff."""

    __tablename__ = "issue_pending"
    __table_args__ = (
        Index("ix_issue_pending_issue_id", "issue_id", "id"),
        Index("ix_issue_pending_official_id", "official_id", "id"),
        Index("ix_issue_pending_due_at", "due_at", postgresql_where=PENDING, sqlite_where=PENDING),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    action: Mapped[str] = mapped_column(String(10))  # answer, done, ask, transfer
    words: Mapped[bytes] = mapped_column(LargeBinary)  # sealed; empty of most transfers
    to_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    state: Mapped[str] = mapped_column(String(8), default=PendingState.WAITING)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Holiday(Base):
    """A day on which offices are closed, besides Saturdays and Sundays."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name_km: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))


class Digest(Base):
    """An office was told of its issues on a day: once, however often the clock comes by."""

    __tablename__ = "digest"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    figures: Mapped[str] = mapped_column(Text)  # JSON: the counts that were told; {} when nothing was
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Figure(Base):
    """What the public board shows in sum, worked out by the clock. `kind`: total, category, province, office."""

    __tablename__ = "issue_figure"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)  # a category's id, a code, an office's id
    raised: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)  # answered or resolved, at any time
    solved: Mapped[int] = mapped_column(default=0)  # confirmed
    overdue: Mapped[int] = mapped_column(default=0)  # open and over their term
    ack_minutes: Mapped[int | None]  # median
    solve_minutes: Mapped[int | None]  # median
    at: Mapped[datetime] = mapped_column(UtcTime)


class PlaceCount(Base):
    """How many people have raised or joined issues in a district or commune; few are not shown by name."""

    __tablename__ = "issue_place"

    place: Mapped[str] = mapped_column(String(6), primary_key=True)
    people: Mapped[int] = mapped_column(BigInteger)
    told: Mapped[int] = mapped_column(BigInteger, default=0)  # the same as of last midnight
