"""The radio programme as the other rooms ask for it: what is on air where.

Owns which station somebody hears and what becomes of notices when an airing changes: they are planned anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, exists, literal, not_, null, or_, select, true, update

from bot.broadcasts.segments import is_in
from bot.contacts.models import Contact
from bot.db import table
from bot.messages import cancellations
from bot.messages.calls.models import Call, CallState
from bot.messages.calls.steps import values_of
from bot.messages.models import Outbound, OutState
from bot.radio.models import Airing, AiringState, Episode, Station
from flows import facts
from flows.prompts import Titled

_station, _episode, _airing = table(Station), table(Episode), table(Airing)
_contact, _out, _call = table(Contact), table(Outbound), table(Call)
PLANNED = _airing.c.state == AiringState.PLANNED
# An airing with its station and episode.
AIRINGS = (
    select(
        *(_airing.c[name] for name in ("id", "episode", "station_id", "airs_at", "minutes", "state", "changed_at")),
        *(_station.c[name] for name in ("name_km", "name_en", "places")),
        *(_episode.c[name] for name in ("title_km", "title_en")),
        *(_episode.c[name] for name in ("reminder_km", "reminder_en", "summary_km", "summary_en")),
    )
    .join(_station, _station.c.id == _airing.c.station_id)
    .join(_episode, _episode.c.number == _airing.c.episode)
)
MOST_AT_ONCE = 500  # airings of one statement


@dataclass(frozen=True, slots=True)
class OnAir:
    """An airing with all that is told of it."""

    id: int
    episode: int
    station: Titled
    title: Titled
    reminder: Titled
    summary: Titled
    begins: datetime
    ends: datetime
    places: tuple[str, ...]  # empty: the whole country
    changed_at: datetime

    @property
    def about(self) -> str:
        """The name under which its notices are called off."""
        return f"airing:{self.id}"

    def listens(self) -> ColumnElement[bool]:
        """Whether a row of contact hears it. Who never said where they are may hear any."""
        return or_(_contact.c.place == "", is_in(self.places)) if self.places else true()

    def seen(self, zone: ZoneInfo) -> facts.Airing:
        """As a flow sees it."""
        return facts.Airing(self.id, self.episode, self.title, self.station, local(self.begins, zone))


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """A time as flows and people have it: local, naive."""
    return at.astimezone(zone).replace(tzinfo=None)


def on_air(row: Row[*tuple[Any, ...]]) -> OnAir:
    """A row of AIRINGS."""
    return OnAir(
        row.id,
        row.episode,
        Titled(row.name_km, row.name_en),
        Titled(row.title_km, row.title_en),
        Titled(row.reminder_km or row.reminder_en, row.reminder_en),
        Titled(row.summary_km or row.summary_en, row.summary_en),
        row.airs_at,
        row.airs_at + timedelta(minutes=row.minutes),
        tuple(row.places.split()),
        row.changed_at,
    )


def _is_heard_in(place: str) -> ColumnElement[bool]:
    """Whether a row of station is heard in a place: there, or in all that is around it."""
    around = (place[:digits] for digits in (2, 4, 6, 8) if len(place) >= digits)
    codes = literal(" ") + _station.c.places + " "
    return or_(literal(not place), _station.c.places == "", *(codes.contains(f" {code} ") for code in around))


def planned(connection: Connection, *which: ColumnElement[bool]) -> list[OnAir]:
    """Airings that are not cancelled, the earliest first."""
    rows = connection.execute(AIRINGS.where(PLANNED, *which).order_by(_airing.c.airs_at, _airing.c.id))
    return [on_air(row) for row in rows]


def is_planned_anew(connection: Connection, episodes: Iterable[int], now: datetime) -> None:
    """Take back what waits of these episodes, keys and all: the clock plans it as it is now. Whomever an airing that is
    still to come was told of in vain is told of it again.

    Whoever plans an episode locks its row; so must whoever changes it, before this.
    """
    changed = list(episodes)
    airings = connection.execute(select(_airing.c.id, _airing.c.airs_at).where(_airing.c.episode.in_(changed)))
    abouts = {f"airing:{row.id}": row.airs_at for row in airings}
    for begin in range(0, len(abouts), MOST_AT_ONCE):
        some = [*abouts][begin : begin + MOST_AT_ONCE]
        _take_back(connection, now, [_out.c.about.in_(some)], [_call.c.about.in_(some)])
        _free_in_vain(connection, [about for about in some if abouts[about] > now])
        cancellations.note_messages(connection, now, _out.c.about.in_(some), anew=True)
        cancellations.note_calls(connection, now, _call.c.about.in_(some), anew=True)


def is_told_anew(connection: Connection, contact: int, now: datetime) -> None:
    """The same for one contact, who subscribed, left or moved. What is in a worker's hands is left to it, once."""
    written = (_out.c.contact_id == contact, _out.c.about.like("airing:%"))
    called = (_call.c.contact_id == contact, _call.c.about.like("airing:%"))
    mine, rung = select(_out.c.id).where(*written, _WAITS), select(_call.c.id).where(*called, _IS_CALLED)
    # Whoever claims locks rows, then people; the person is locked already. Nobody waits for the other.
    texts = connection.execute(mine.with_for_update(skip_locked=True)).scalars().all()
    calls = connection.execute(rung.with_for_update(skip_locked=True)).scalars().all()
    if texts or calls:
        _take_back(connection, now, [_out.c.id.in_(texts)], [_call.c.id.in_(calls)])
    cancellations.note_messages(connection, now, *written, anew=True)
    cancellations.note_calls(connection, now, *called, anew=True)


_WAITS = _out.c.state.in_((OutState.QUEUED, OutState.HELD))
_IS_CALLED = _call.c.state.in_((CallState.QUEUED, CallState.HELD))
_SENT_IN_VAIN = (
    OutState.EXPIRED,
    OutState.FAILED,
    OutState.SKIPPED,
    OutState.UNDELIVERED,
    OutState.CANCELLED,
)
_RUNG_IN_VAIN = (
    CallState.NO_ANSWER,
    CallState.BUSY,
    CallState.FAILED,
    CallState.EXPIRED,
    CallState.SKIPPED,
    CallState.CANCELLED,
)
_FREE = {"unique_key": null()}


def _take_back(
    connection: Connection,
    now: datetime,
    texts: Sequence[ColumnElement[bool]],
    calls: Sequence[ColumnElement[bool]],
) -> None:
    gone = {"state": OutState.CANCELLED, "changed_at": now, "unique_key": null()}
    connection.execute(update(_out).where(_WAITS, *texts).values(gone))
    called = {**values_of(CallState.CANCELLED, now), "unique_key": null()}
    connection.execute(update(_call).where(_IS_CALLED, *calls).values(called))


def _free_in_vain(connection: Connection, abouts: Sequence[str]) -> None:
    """Free the keys of what reached nobody and never will: it came too late, was not to be sent, or did not arrive."""
    texts = update(_out).where(_out.c.about.in_(abouts), _out.c.state.in_(_SENT_IN_VAIN))
    calls = update(_call).where(_call.c.about.in_(abouts), _call.c.state.in_(_RUNG_IN_VAIN))
    # Where nobody picked up it was written instead: then that says whether they know.
    instead = _out.c.unique_key == _call.c.unique_key + ":sms"
    connection.execute(calls.where(not_(exists().where(instead, _out.c.state.not_in(_SENT_IN_VAIN)))).values(_FREE))
    connection.execute(texts.values(_FREE))


def lock(connection: Connection, episodes: Iterable[int]) -> None:
    """Wait for whoever plans or changes these episodes; nobody else does until the end."""
    numbers = sorted(set(episodes))
    connection.execute(
        select(_episode.c.number).where(_episode.c.number.in_(numbers)).order_by(_episode.c.number).with_for_update()
    )


def cancel(connection: Connection, airing: int, now: datetime) -> str:
    """Take an airing off the air and call off what waits of it. Returns its state before: empty for none."""
    row = connection.execute(select(_airing).where(_airing.c.id == airing)).one_or_none()
    if row is None:
        return ""
    lock(connection, [row.episode])
    gone = update(_airing).where(_airing.c.id == airing, PLANNED)
    if connection.execute(gone.values(state=AiringState.CANCELLED, changed_at=now)).rowcount:
        is_planned_anew(connection, [row.episode], now)
    return str(row.state)


class ProgrammeFacts:
    """What a flow may ask about the radio programme, within one turn and its transaction; looked up when it asks."""

    def __init__(self, connection: Connection, now: datetime, zone: ZoneInfo):
        self._connection = connection
        self._now = now
        self._zone = zone

    def next_airing(self, place: str) -> facts.Airing | None:
        here = (PLANNED, _airing.c.airs_at > self._now, _is_heard_in(place))
        ahead = AIRINGS.where(*here).order_by(_airing.c.airs_at, _airing.c.id).limit(1)
        row = self._connection.execute(ahead).one_or_none()
        return None if row is None else on_air(row).seen(self._zone)

    def airing(self, id: int) -> facts.Airing | None:
        found = planned(self._connection, _airing.c.id == id)
        return found[0].seen(self._zone) if found else None
