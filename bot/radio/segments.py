"""`station:ID` and `episode:N` in the segment of a broadcast: who lives where a station is heard, and its listeners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, true

from bot.broadcasts.segments import is_in, subscribers, unknown
from bot.contacts.subscriptions import RADIO
from bot.db import table
from bot.radio.facts import planned
from bot.radio.models import Airing, Episode, Station

_station, _episode, _airing = table(Station), table(Episode), table(Airing)


def in_region(connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    """Who lives in a station's region; everybody where it is heard in the whole country. Raises SegmentError."""
    places = connection.execute(select(_station.c.places).where(_station.c.id == value)).scalar_one_or_none()
    if places is None:
        raise unknown("station", value, connection.execute(select(_station.c.id)).scalars())
    return is_in(codes) if (codes := places.split()) else true()


def listeners(connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    """The subscribers of the programme in the regions of the stations that air an episode, and those of whom no
    region is known. Raises SegmentError."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
    if connection.execute(select(_episode.c.number).where(_episode.c.number == number)).one_or_none() is None:
        newest = select(_episode.c.number).order_by(_episode.c.number.desc()).limit(6)
        raise unknown("episode", value, map(str, connection.execute(newest).scalars()))
    heard = planned(connection, _airing.c.episode == number)
    return and_(subscribers(RADIO), or_(false(), *(airing.listens() for airing in heard)))


def stations_known(connection: Connection, most: int) -> Sequence[str]:
    """The ids of stations."""
    return [str(id) for id in connection.execute(select(_station.c.id).order_by(_station.c.id).limit(most)).scalars()]


def episodes_known(connection: Connection, most: int) -> Sequence[str]:
    """The numbers of episodes, the newest first."""
    newest = select(_episode.c.number).order_by(_episode.c.number.desc()).limit(most)
    return [str(number) for number in connection.execute(newest).scalars()]


def next_airing(connection: Connection, number: int, now: datetime) -> datetime | None:
    """When an episode is next on air, on whichever station is the first."""
    to_come = planned(connection, _airing.c.episode == number, _airing.c.airs_at > now)
    return to_come[0].begins if to_come else None
