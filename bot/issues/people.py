"""Who stands behind an issue: the one room where a contact and an issue meet.

Read only by what talks to these people. No page, digest, export or interface of offices imports it; a test sees to
that, and another that none of their statements names its tables.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcTime


class Via(StrEnum):
    """How somebody came to an issue."""

    REPORTER = "reporter"  # raised it
    JOINED = "joined"  # me too
    GROUP = "group"  # a member of the group that raised it


class Voice(Base):
    """One person behind one issue, counted once. `at`: when they asked for it; only a later STOP holds news back."""

    __tablename__ = "issue_voice"
    __table_args__ = (Index("ix_issue_voice_contact_id", "contact_id", "issue_id"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    via: Mapped[str] = mapped_column(String(8))
    group_id: Mapped[int | None] = mapped_column(BigInteger)  # the working group that raised it
    merged_from: Mapped[int | None] = mapped_column(BigInteger)  # the issue they were behind, where it became this one
    at: Mapped[datetime] = mapped_column(UtcTime)


class PlacePerson(Base):
    """Somebody raised or joined an issue in a district or commune: what PlaceCount counts."""

    __tablename__ = "issue_place_person"

    place: Mapped[str] = mapped_column(String(6), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)


class Tally(Base):
    """What somebody did on a day that is limited: wrong codes, words added to issues, looks for similar ones."""

    __tablename__ = "issue_tally"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcTime)  # when that local day began
    wrong: Mapped[int] = mapped_column(SmallInteger)
    said: Mapped[int] = mapped_column(SmallInteger)
    sought: Mapped[int] = mapped_column(SmallInteger, default=0)
