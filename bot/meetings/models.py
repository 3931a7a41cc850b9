"""Tables of working groups and meetings. What members and leaders write in their own words is sealed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Group(Base):
    """A working group. `code` is its id in lists; a group made by its leader has none."""

    __tablename__ = "working_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name_km: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40), default="")  # what its members make or sell
    place: Mapped[str] = mapped_column(String(8), default="")  # official code
    written_on: Mapped[date | None] = mapped_column(Date)  # the day of the newest message to all members
    written: Mapped[int] = mapped_column(SmallInteger, default=0)  # how many it was that day
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Role(StrEnum):
    """What a member may do: leader and deputy arrange meetings, invite, write to the group."""

    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"


class Membership(StrEnum):
    """Whether somebody belongs: an invitation makes nobody a member, confirming it does."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LEFT = "left"


class Member(Base):
    """One person in one group, or invited to it."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_contact_id_state", "contact_id", "state"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("working_group.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), default=Role.MEMBER)
    state: Mapped[str] = mapped_column(String(10), default=Membership.INVITED)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))  # empty: by a list of staff's
    since: Mapped[datetime] = mapped_column(UtcTime)


class Repeats(StrEnum):
    """How a meeting comes again; empty for once."""

    WEEKLY = "weekly"
    BY_DATE = "by_date"  # each month on this day of the month (its last day where there is none)
    BY_WEEKDAY = "by_weekday"  # each month on this weekday of the same week of the month


class Reminded(StrEnum):
    """How far the reminders of a meeting are planned, besides the one at once."""

    NOTHING = ""
    EVENING = "evening"  # the evening before
    SOON = "soon"  # two hours before
    ASKED = "asked"  # the leader is asked how it was


IN_SERIES = text("repeats <> ''")


class MeetingState(StrEnum):
    """A meeting that was held is planned until somebody reports it or two weeks have gone."""

    PLANNED = "planned"
    REPORTED = "reported"
    CANCELLED = "cancelled"


class Meeting(Base):
    """One meeting of one group. `moves` counts changes of its time: reminders of an earlier time are not sent.

    `repeats` stands with the newest of a series only. Its time is that of the occurrence `turn` (from 0) of a series
    that began at `series_at`, unless it was moved.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_group_id_starts_at", "group_id", "starts_at"),
        Index("ix_meeting_state_starts_at", "state", "starts_at"),
        Index("ix_meeting_series", "starts_at", postgresql_where=IN_SERIES, sqlite_where=IN_SERIES),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_group.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    place: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: where, in the leader's words
    repeats: Mapped[str] = mapped_column(String(12), default="")
    series_at: Mapped[datetime | None] = mapped_column(UtcTime)
    turn: Mapped[int] = mapped_column(SmallInteger, default=0)
    follows: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), unique=True)  # the one before, in a series
    made_by: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    state: Mapped[str] = mapped_column(String(10), default=MeetingState.PLANNED)
    moves: Mapped[int] = mapped_column(SmallInteger, default=0)
    reminded: Mapped[str] = mapped_column(String(8), default=Reminded.NOTHING)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)  # the newest answer its leader has not heard of
    told: Mapped[str] = mapped_column(String(40), default="")  # the counts its leader heard last: yes/no/late
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    came: Mapped[int | None]  # how many, as the leader reported
    decided: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: what was decided
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)  # since then its members know what is so now


class Attendance(Base):
    """What a member answered: yes, no, late; the newest answer stands."""

    __tablename__ = "attendance"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[str] = mapped_column(String(4))
    at: Mapped[datetime] = mapped_column(UtcTime)
