"""Stations and episodes from an operator's CSV: all rows or none, and the same file twice changes nothing.

A time that changed moves the airing and what waits of it; an airing that a file leaves out stays as it is. Nobody is
told anything here: the clock plans it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy import Row as Found

from bot.contacts.phone import AddressKind, read_number
from bot.csvfile import Fault, ImportOutcome, Row, is_place, read_csv
from bot.db import table, writing
from bot.language.text.sms_parts import parts
from bot.lists import judge_rows
from bot.radio.facts import is_planned_anew, local, lock
from bot.radio.models import Airing, AiringState, Episode, Station
from bot.upsert import upsert
from bot.vault import Vault

_TEXTS = ("title_km", "title_en", "reminder_km", "reminder_en", "summary_km", "summary_en")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}
_WHEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?")
LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 40, 80, 480  # characters
MOST_PARTS = 3  # of a reminder or a summary
MOST_PLACES = 300
USUAL_MINUTES, MOST_MINUTES = 30, 600
FARTHEST = timedelta(days=366)
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
_station, _episode, _airing = table(Station), table(Episode), table(Airing)


def import_stations(engine: Engine, vault: Vault, path: Path, now: datetime) -> ImportOutcome:
    """Add and change stations. Where one is heard elsewhere, what waits of its airings is planned anew."""
    rows, faults = read_csv(path, ("id", "name_km", "name_en"), ("places", "studio_number"))
    judged = judge_rows(rows, _read_station, lambda said: (said["id"],), "id")
    if faults := sorted(faults + judged.faults):
        return ImportOutcome(faults=tuple(faults))
    stations = list(judged.kept.values())
    with writing(engine) as connection:
        there = {row["id"]: row for row in connection.execute(select(_station)).mappings()}
        added = [said for said in stations if said["id"] not in there]
        changed = [said for said in stations if said["id"] in there and _differs(dict(there[said["id"]]), said, vault)]
        whole = [{"places": "", "studio_number": None, **there.get(said["id"], {}), **said} for said in added + changed]
        for said in whole:
            if isinstance(said["studio_number"], str):
                said["studio_number"] = vault.seal(said["studio_number"]) if said["studio_number"] else None
        if whole:
            connection.execute(upsert(connection, Station), whole)
        on_air = _airing.c.station_id.in_([said["id"] for said in changed])
        episodes = list(connection.execute(select(_airing.c.episode).where(on_air).distinct()).scalars())
        lock(connection, episodes)
        is_planned_anew(connection, episodes, now)
    return ImportOutcome(len(added), len(changed), len(stations) - len(added) - len(changed))


def _read_station(row: Row) -> dict[str, Any] | None:
    id = row.text("id", 40, needed=True)
    if id and not _ID.fullmatch(id):
        row.fault("id", "use letters a to z, digits, - and _ only, such as radio_takeo")
    said: dict[str, Any] = {
        "id": id,
        "name_km": row.text("name_km", LONGEST_NAME, needed=True),
        "name_en": row.text("name_en", LONGEST_NAME, needed=True),
    }
    if row.has("places"):
        said["places"] = _read_places(row)
    if row.has("studio_number"):
        number = row.values["studio_number"]
        address = read_number(number, exists=False)
        if number and (address is None or address.kind not in (AddressKind.MOBILE, AddressKind.LANDLINE)):
            row.fault("studio_number", "is not one whole number of the country; write it like 023 000 100")
        said["studio_number"] = address.value if address else ""
    return None if row.faults else said


def _read_places(row: Row) -> str:
    codes = row.values["places"].translate(_DIGITS).replace(",", " ").replace("|", " ").split()
    codes = sorted({f"0{code}" if len(code) % 2 else code for code in codes})
    for code in [code for code in codes if not is_place(code)][:3]:
        row.fault("places", f"{row.shown(code)} is no official code of a place; write codes such as 03 or 0305")
    if len(codes) > MOST_PLACES:
        row.fault("places", f"names more than {MOST_PLACES} places; name the districts or provinces around them")
    return " ".join(codes)


def _differs(stored: Mapping[str, Any], said: Mapping[str, Any], vault: Vault) -> bool:
    number = vault.open(stored["studio_number"]) if stored["studio_number"] else ""
    return any(({**stored, "studio_number": number})[name] != value for name, value in said.items())


class _Listed(NamedTuple):
    """One airing of a list; `texts` are those of its episode that the list has columns for."""

    episode: int
    station: str
    airs_at: datetime
    minutes: int
    texts: Mapping[str, str]


def import_episodes(engine: Engine, path: Path, zone: ZoneInfo, now: datetime) -> ImportOutcome:
    """Add and change episodes and their airings, a line an airing. Counts airings.

    Of the texts of one episode a line may leave out what another line says. A cancelled airing stays cancelled
    unless the list gives it another time.
    """
    optional = ("minutes", *_TEXTS[1:])
    rows, faults = read_csv(path, ("number", "title_km", "station", "airs_at"), optional)
    with writing(engine) as connection:
        stations = frozenset(connection.execute(select(_station.c.id)).scalars())
        judged = judge_rows(
            rows,
            lambda row: _read_airing(row, stations, zone, now),
            lambda airing: (str(airing.episode), airing.station),
            "airs_at",
            content=lambda airing: airing[:4],
        )
        texts, differing = _texts(judged.rows)
        if faults := sorted(faults + judged.faults + differing):
            return ImportOutcome(faults=tuple(faults))
        return _store(connection, judged.kept, texts, now)


def _read_airing(row: Row, stations: frozenset[str], zone: ZoneInfo, now: datetime) -> _Listed | None:
    number = _whole(row, "number", 1, 1_000_000)
    station = row.values["station"]
    if station not in stations:  # small letters are tried only then: an id may have capitals
        station = row.one_of("station", stations, hint="import it first: flask import stations FILE") or ""
    airs_at = _read_when(row, zone, now)
    minutes = _whole(row, "minutes", 1, MOST_MINUTES) if row.values.get("minutes") else USUAL_MINUTES
    said = {name: row.text(name, LONGEST_TITLE, needed=name == "title_km") for name in _TEXTS[:2] if row.has(name)}
    for name in _TEXTS[2:]:
        if row.has(name):
            said[name] = text = row.text(name, LONGEST_TEXT)
            if text and parts(text).parts > MOST_PARTS:
                row.fault(name, f"needs more than {MOST_PARTS} SMS; shorten it")
    if row.faults or number is None or airs_at is None or minutes is None:
        return None
    return _Listed(number, station, airs_at, minutes, {name: text or "" for name, text in said.items()})


def _whole(row: Row, name: str, least: int, most: int) -> int | None:
    value = row.values[name].translate(_DIGITS)
    if value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most:
        return int(value)
    what = f"{row.shown(value)} is no number from {least} to {most}" if value else "is empty"
    row.fault(name, f"{what}; write digits such as 12")
    return None


def _read_when(row: Row, zone: ZoneInfo, now: datetime) -> datetime | None:
    value = row.values["airs_at"].translate(_DIGITS)
    example = f"{local(now, zone):%Y-%m-%d} 18:00"
    try:
        naive = datetime.fromisoformat(value) if _WHEN.fullmatch(value) else None
    except ValueError:
        naive = None
    if naive is None:
        what = f"{row.shown(value)} is no day and hour" if value else "is empty"
        row.fault("airs_at", f"{what}; write local time such as {example}")
        return None
    at = naive.replace(tzinfo=zone).astimezone(UTC)
    if not EARLIEST <= at <= now + FARTHEST:
        row.fault("airs_at", f"{row.shown(value)} is too long ago or more than a year ahead; check the year")
        return None
    return at


def _texts(listed: Iterable[tuple[int, _Listed]]) -> tuple[dict[int, dict[str, str]], list[Fault]]:
    """The texts of each episode, put together from its lines, and where two lines differ."""
    texts: dict[int, dict[str, str]] = {}
    first: dict[tuple[int, str], int] = {}
    faults = []
    for line, one in listed:
        of_episode = texts.setdefault(one.episode, {})
        for name, text in one.texts.items():
            earlier = of_episode.setdefault(name, text)
            if text and not earlier:
                of_episode[name] = text
            elif text and earlier != text:
                said = first[one.episode, name]
                faults.append(Fault(line, name, f"contradicts line {said} of the same episode; keep one of the two"))
            if text:
                first.setdefault((one.episode, name), line)
    return texts, faults


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The airings of a list by what happens to them: each with its line."""

    added: Sequence[_Listed]
    changed: Sequence[tuple[Found[Any], _Listed]]
    notes: Sequence[Fault]


def _store(
    connection: Connection, airings: Mapping[int, _Listed], texts: Mapping[int, Mapping[str, str]], now: datetime
) -> ImportOutcome:
    lock(connection, texts)
    touched = _store_texts(connection, texts)
    found = _sorted(connection, airings, now)
    fresh = {"state": AiringState.PLANNED, "changed_at": now}
    if found.added:
        rows = [
            {"episode": one.episode, "station_id": one.station, "airs_at": one.airs_at, "minutes": one.minutes, **fresh}
            for one in found.added
        ]
        connection.execute(insert(_airing), rows)
    if found.changed:
        change = update(_airing).where(_airing.c.id == bindparam("row"))
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("airs_at", "minutes")}
        connection.execute(
            change.values(**columns, **fresh),
            [{"row": row.id, "new_airs_at": one.airs_at, "new_minutes": one.minutes} for row, one in found.changed],
        )
    touched |= {one.episode for one in found.added} | {one.episode for _, one in found.changed}
    is_planned_anew(connection, touched, now)
    same = len(airings) - len(found.added) - len(found.changed)
    return ImportOutcome(len(found.added), len(found.changed), same, notes=tuple(found.notes))


def _store_texts(connection: Connection, texts: Mapping[int, Mapping[str, str]]) -> set[int]:
    """Write the episodes; what a list has no column for stays. Returns which are not as they were."""
    numbers = list(texts)
    there = {
        row["number"]: dict(row)
        for begin in range(0, len(numbers), 500)
        for row in connection.execute(
            select(_episode).where(_episode.c.number.in_(numbers[begin : begin + 500]))
        ).mappings()
    }
    empty = dict.fromkeys(_TEXTS, "")
    whole = [{**empty, **there.get(number, {}), **said, "number": number} for number, said in texts.items()]
    differing = [row for row in whole if row != there.get(row["number"])]
    if differing:
        connection.execute(upsert(connection, Episode), differing)
    return {row["number"] for row in differing}


def _sorted(connection: Connection, airings: Mapping[int, _Listed], now: datetime) -> _Sorted:
    numbers = sorted({one.episode for one in airings.values()})
    there = {
        (row.episode, row.station_id): row
        for begin in range(0, len(numbers), 500)
        for row in connection.execute(select(_airing).where(_airing.c.episode.in_(numbers[begin : begin + 500])))
    }
    added, changed, notes = [], [], []
    for line, one in airings.items():
        row = there.get((one.episode, one.station))
        if row is None:
            added.append(one)
        elif row.airs_at != one.airs_at or (row.minutes != one.minutes and row.state == AiringState.PLANNED):
            changed.append((row, one))
        elif row.state == AiringState.CANCELLED:
            notes.append(Fault(line, "airs_at", "this airing is cancelled and stays so; give another time to air it"))
            continue
        is_kept = row is not None and row.airs_at == one.airs_at
        if one.airs_at + timedelta(minutes=one.minutes) <= now and not is_kept:
            notes.append(Fault(line, "airs_at", "this airing is over: nobody is reminded of it; check the day"))
    return _Sorted(added, changed, notes)
