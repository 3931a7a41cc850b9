"""Two invented stations, and an episode a week from last week to three weeks ahead, to try the radio with.

Never for a real line. Loaded again on a later day it adds what has come since.
"""

from __future__ import annotations

import csv
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.csvfile import ImportOutcome
from bot.radio.imports import import_episodes, import_stations
from bot.vault import Vault

_DATA = Path(__file__).parent / "data"
FIRST = date(2026, 1, 5)  # the Monday of the week of episode 1
DAYS = {"sample_river": (2, time(18, 0)), "sample_lake": (5, time(9, 0))}  # weekday and hour on each station
WEEKS = range(-1, 4)


def load_radio(engine: Engine, vault: Vault, zone: ZoneInfo, now: datetime) -> ImportOutcome:
    """Load the stations and the episodes of the weeks around now, with titles that come round again and again."""
    stations = import_stations(engine, vault, _DATA / "demo_stations.csv", now)
    if stations.faults:
        return stations
    with (_DATA / "demo_episodes.csv").open(encoding="utf-8") as lines:
        samples = list(csv.DictReader(lines))
    week = (now.astimezone(zone).date() - FIRST).days // 7
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "episodes.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["number", "station", "airs_at", *samples[0]])
            writer.writeheader()
            for number in (week + 1 + ahead for ahead in WEEKS):
                for station, (weekday, hour) in DAYS.items():
                    day = FIRST + timedelta(weeks=number - 1, days=weekday)
                    airs_at = datetime.combine(day, hour).isoformat(" ", "minutes")
                    row = {"number": number, "station": station, "airs_at": airs_at}
                    writer.writerow({**row, **samples[number % len(samples)]})
        return import_episodes(engine, path, zone, now)
