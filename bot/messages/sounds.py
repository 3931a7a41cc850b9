"""The recordings of broadcasts: in the database, so that every host that answers a call has them.

Owns that they are kept once, by the digest in their name. Whom they are played to is the broadcasts' business.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, LargeBinary, String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from bot.audio.store import is_announcement
from bot.db import Base, UtcTime, reading, table
from bot.upsert import insert_new


class Sound(Base):
    """A recording to be played in calls: a WAV file under the name its clip has."""

    __tablename__ = "sound"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)  # the same words for everybody: not sealed
    created_at: Mapped[datetime] = mapped_column(UtcTime)


_sound = table(Sound)


def keep(connection: Connection, name: str, data: bytes, now: datetime) -> None:
    """Keep a recording, unless it is kept already."""
    connection.execute(insert_new(connection, Sound), {"name": name, "data": data, "created_at": now})


def missing(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of these clips that are recordings of broadcasts and are not kept."""
    wanted = [name for name in names if is_announcement(name)]
    if not wanted:
        return []
    there = set(connection.execute(select(_sound.c.name).where(_sound.c.name.in_(wanted))).scalars())
    return [name for name in wanted if name not in there]


def read(engine: Engine, name: str) -> bytes | None:
    """The content of a recording; None where there is none, or the database is away."""
    try:
        with reading(engine) as connection:
            found: bytes | None = connection.execute(
                select(_sound.c.data).where(_sound.c.name == name)
            ).scalar_one_or_none()
    except SQLAlchemyError:
        return None
    return found
