"""Categories and holidays from an operator's CSV: all rows or none, and the same file twice changes nothing.

A list of categories changes what is there and adds what is new; a list of holidays replaces the days of its years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, extract, insert, select, update

from bot.csvfile import Fault, ImportOutcome, Row, read_amount, read_csv
from bot.db import table, writing
from bot.issues.models import Category, Holiday
from bot.language.saying.wording import WORDS
from bot.lists import judge_rows

LONGEST_NAME, LONGEST_HOLIDAY = 80, 120
MOST_DAYS = 250  # working days of a year
YEARS = range(2000, 2100)  # of holidays: another one is a slip of the pen
_EXAMPLE = date(2027, 1, 7)
_ID = re.compile(r"[a-z][a-z0-9_]{1,31}")
_NUMBERS = {"days": (1, MOST_DAYS), "rank": (0, 99)}
_NAMES = ("name_km", "name_latn", "name_en")
_FLAGS = ("sensitive", "above", "goods")
_category, _holiday = table(Category), table(Holiday)


def import_categories(engine: Engine, path: Path) -> ImportOutcome:
    """Add and change categories. A rank of 0 takes one from the choices; issues keep theirs."""
    rows, faults = read_csv(path, ("id",), (*_NAMES, *_FLAGS, *_NUMBERS))
    judged = judge_rows(rows, _read_category, lambda said: (said["id"],), "id")
    listed = judged.rows
    faults += judged.faults
    with writing(engine) as connection:
        stored = {row["id"]: dict(row) for row in connection.execute(select(_category)).mappings()}
        faults += [fault for line, said in listed for fault in _unnamed(line, said, stored)]
        if not faults and not _offered(listed, stored):
            faults.append(Fault(0, "rank", "no category would be offered any more; give one a rank above 0"))
        if faults:
            return ImportOutcome(faults=tuple(sorted(faults)))
        added = changed = 0
        plain = {**dict.fromkeys(_NAMES, ""), **dict.fromkeys(_FLAGS, False), "days": 15, "rank": len(stored) + 1}
        for said in judged.kept.values():
            if said["id"] not in stored:
                connection.execute(insert(_category).values({**plain, **said}))
                added += 1
            elif any(stored[said["id"]][name] != value for name, value in said.items()):
                connection.execute(update(_category).where(_category.c.id == said["id"]).values(said))
                changed += 1
    return ImportOutcome(added, changed, len(judged.kept) - added - changed)


def _read_category(row: Row) -> dict[str, Any] | None:
    id = row.values["id"].lower()
    if not _ID.fullmatch(id):
        row.fault("id", "is no id; write up to 32 small letters, digits or _ such as land_title")
    said: dict[str, Any] = {"id": id}
    said |= {name: row.text(name, LONGEST_NAME) for name in _NAMES if row.has(name)}
    said |= {name: row.flag(name) for name in _FLAGS if row.has(name)}
    said |= {name: _whole(row, name) for name in _NUMBERS if row.has(name)}
    return None if row.faults else said


def _whole(row: Row, name: str) -> int | None:
    least, most = _NUMBERS[name]
    value = row.values[name]
    amount = read_amount(value) if value else None
    if amount is not None and amount % 1 == 0 and least <= amount <= most:
        return int(amount)
    what = f"{row.shown(value)} does not fit" if value else "is empty"
    row.fault(name, f"{what}; write a whole number from {least} to {most}")
    return None


def _unnamed(line: int, said: Mapping[str, Any], stored: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    """What the catalogue does not name needs all its names, and keeps them."""
    if ("category", said["id"]) in WORDS:
        return []
    will_be = {**stored.get(said["id"], {}), **said}
    missing = [name for name in _NAMES if not will_be.get(name)]
    return [Fault(line, name, "is empty; a category of your own needs its name in all three") for name in missing]


def _offered(listed: Sequence[tuple[int, Mapping[str, Any]]], stored: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether anything is left to choose from; one that is new has a rank where the list says none."""
    ranks = {id: row["rank"] for id, row in stored.items()}
    ranks |= {said["id"]: said.get("rank", ranks.get(said["id"], 1)) for _, said in listed}
    return any(ranks.values())


def import_holidays(engine: Engine, path: Path) -> ImportOutcome:
    """Replace the holidays of the years that the list has days of."""
    rows, faults = read_csv(path, ("day", "name_km"), ("name_en",))
    judged = judge_rows(rows, _read_holiday, lambda said: (said["day"].isoformat(),), "day")
    if faults := sorted(faults + judged.faults):
        return ImportOutcome(faults=tuple(faults))
    wanted = {said["day"]: said for said in judged.kept.values()}
    of_years = extract("year", _holiday.c.day).in_({day.year for day in wanted})
    with writing(engine) as connection:
        rows_now = connection.execute(select(_holiday).where(of_years)).mappings()
        stored = {row["day"]: dict(row) for row in rows_now}
        gone = stored.keys() - wanted.keys()
        new = [said for day, said in wanted.items() if day not in stored]
        differs = [said for day, said in wanted.items() if day in stored and stored[day] != said]
        if gone:
            connection.execute(_holiday.delete().where(_holiday.c.day.in_(gone)))
        if new:
            connection.execute(insert(_holiday), new)
        for said in differs:
            connection.execute(update(_holiday).where(_holiday.c.day == said["day"]).values(said))
    note = [Fault(0, "day", f"{len(gone)} days of these years are no holidays any more")] if gone else []
    return ImportOutcome(len(new), len(differs), len(wanted) - len(new) - len(differs), notes=tuple(note))


def _read_holiday(row: Row) -> dict[str, Any] | None:
    day = row.day("day", _EXAMPLE, to_come=True)
    if day is not None and day.year not in YEARS:
        row.fault("day", f"{row.shown(row.values['day'])} is no day of this century; write such as {_EXAMPLE}")
    said = {"day": day, "name_km": row.text("name_km", LONGEST_HOLIDAY, needed=True)}
    said["name_en"] = row.text("name_en", LONGEST_HOLIDAY)
    return None if row.faults else said
