"""The reference data of issues: what they may be about, and the days on which offices are closed.

Reads data/categories.csv and data/holidays.csv. A release adds what is not there and overwrites nothing: both are
lists of staff's from then on (flask import categories|holidays).
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.db import table
from bot.issues.models import Category, Holiday
from bot.upsert import insert_new

_DATA = Path(__file__).parents[1] / "data"
_category, _holiday = table(Category), table(Holiday)


def load_reference(connection: Connection) -> None:
    """Add the categories that are not there, and the holidays of years of which none is there. Can be repeated."""
    rows = [
        {
            "id": row["id"],
            "name_km": "",
            "name_latn": "",
            "name_en": "",
            **{name: row[name] == "1" for name in ("sensitive", "above", "goods")},
            **{name: int(row[name]) for name in ("days", "rank")},
        }
        for row in _rows("categories.csv")
    ]
    connection.execute(insert_new(connection, Category), rows)
    known = {day.year for day in connection.execute(select(_holiday.c.day)).scalars()}
    days = [(date.fromisoformat(row["day"]), row) for row in _rows("holidays.csv")]
    if new := [{**row, "day": day} for day, row in days if day.year not in known]:
        connection.execute(insert(_holiday), new)


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
