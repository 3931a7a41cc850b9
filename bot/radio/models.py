"""Tables of the radio programme: stations, episodes, and airings (an episode on a station at a time)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Station(Base):
    """A station. `places` are the official codes it is heard in, separated by blanks; empty: the whole country."""

    __tablename__ = "station"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_km: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    places: Mapped[str] = mapped_column(Text, default="")
    studio_number: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed


class Episode(Base):
    """One episode; its reminder and summary are what listeners are sent."""

    __tablename__ = "episode"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title_km: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    reminder_km: Mapped[str] = mapped_column(Text, default="")
    reminder_en: Mapped[str] = mapped_column(Text, default="")
    summary_km: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")


class AiringState(StrEnum):
    """An airing is planned until it is cancelled; whether it is over its time says."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Airing(Base):
    """An episode on a station at a time: once on each station."""

    __tablename__ = "airing"
    __table_args__ = (
        UniqueConstraint("episode", "station_id"),
        Index("ix_airing_state_airs_at", "state", "airs_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    episode: Mapped[int] = mapped_column(ForeignKey("episode.number"))
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"))
    airs_at: Mapped[datetime] = mapped_column(UtcTime)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(10), default=AiringState.PLANNED)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
