"""Tables of teaching: what was taught, and the weights made of it. Texts are masked before they are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Taught(Base):
    """An example (a message with its label) or a spelling (a form with its meaning). Undone it counts no more."""

    __tablename__ = "taught"
    __table_args__ = (Index("ix_taught_kind_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # example, spelling
    text: Mapped[str] = mapped_column(Text)
    asked: Mapped[str] = mapped_column(String(12), default="")
    label: Mapped[str] = mapped_column(String(64))  # of an example; of a spelling type:id, as in the vocabulary
    taught_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Weights(Base):
    """One training: when, of what, and whether its weights are used. The newest adopted ones are."""

    __tablename__ = "weights"
    __table_args__ = (Index("ix_weights_adopted_id", "adopted", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    source: Mapped[str] = mapped_column(String(64))  # hash of the examples
    adopted: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(Text, default="")  # what the checks said; empty while it is being made
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
