"""Offices and their officials from an operator's CSV: all rows or none, and the same file twice changes nothing.

What is said of an office stands on one of its lines. A line with a level says all there is: what is empty is none, and
no categories are all of them. An official on a list is written to only once they have said that they are: the import
sends nothing to anyone (see flask offices invite). A fault never repeats a name, a number or an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.csvfile import Fault, ImportOutcome, Row, read_csv
from bot.db import table, writing
from bot.issues.lists import officials as listed_officials
from bot.issues.lists.officials import ListedOfficial, OfficialRow
from bot.issues.models import Category, Level, Office, OfficeCategory
from bot.issues.office.tree import tree_faults
from bot.vault import Vault

OPTIONAL = ("name_km", "name_en", "level", "place", "categories", "parent", "official", "phone", "email")
LONGEST_NAME = 160
_WHOLE = ("name_en", "parent", "categories")  # what may be none, or all
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_office, _answers_for, _category = table(Office), table(OfficeCategory), table(Category)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One line: an office, what the line says of it, and perhaps one of its officials."""

    code: str
    office: Mapping[str, str]
    person: ListedOfficial | None


def import_offices(engine: Engine, vault: Vault, path: Path, now: datetime) -> ImportOutcome:
    """Add and change offices, and add their officials. Counts lines' offices and officials together."""
    rows, faults = read_csv(path, ("id",), OPTIONAL, private=True)
    with writing(engine) as connection:
        categories = frozenset(connection.execute(select(_category.c.id)).scalars())
        read = [(row.line, _read(row, categories)) for row in rows]
        faults += [fault for row in rows for fault in row.faults]
        listed = [(line, said) for line, said in read if said is not None]
        offices, contradictions = _offices(listed, [name for name in _WHOLE if rows[0].has(name)] if rows else [])
        named = [OfficialRow(line, said.code, said.person) for line, said in listed if said.person is not None]
        people, repeated = listed_officials.repeats(named)
        stored = {row["code"]: dict(row) for row in connection.execute(select(_office)).mappings()}
        faults += [*contradictions, *repeated]
        # Of an office that is wrong elsewhere it is not known yet where it can stand.
        unsure = {row.values["id"].lower() for row in rows if row.faults}
        unsure |= {said.code for line, said in listed if any(fault.line == line for fault in contradictions)}
        faults += tree_faults([(line, said.code) for line, said in listed], offices, stored, unsure)
        if faults:
            return ImportOutcome(faults=tuple(sorted(faults)))
        first = {said.code: line for line, said in reversed(listed)}
        there = {code: stored[code]["id"] for code in offices if code in stored}
        found = listed_officials.match(connection, vault, people, there if rows[0].has("official") else {}, first)
        if found.faults:
            return ImportOutcome(faults=tuple(sorted(found.faults)))
        done = _store_offices(connection, offices, stored, now)
        ids = {row.code: row.id for row in connection.execute(select(_office.c.code, _office.c.id))}
        of_people = listed_officials.store(connection, vault, people, found, ids, now)
    added, changed, same = (one + other for one, other in zip(done, of_people, strict=True))
    return ImportOutcome(added, changed, same, notes=tuple(sorted(found.notes)))


def _read(row: Row, categories: frozenset[str]) -> _Listed | None:
    code = row.values["id"].lower()
    if not _CODE.fullmatch(code):
        row.fault("id", "is no id; write up to 40 small letters, digits, - or _ such as prey_chhor_district")
    said = {name: row.text(name, LONGEST_NAME) or "" for name in ("name_km", "name_en")}
    said["level"] = row.one_of("level", tuple(Level), needed=False) or ""
    said["place"] = row.place("place", needed=False) or ""
    said["parent"] = row.values.get("parent", "").lower()
    wanted = row.values.get("categories", "").replace("|", " ").lower().split()
    for unknown in [one for one in wanted if one not in categories][:1]:
        row.fault("categories", f"one is not known ({len(unknown)} letters); use {', '.join(sorted(categories))}")
    said["categories"] = " ".join(sorted(set(wanted)))
    person = listed_officials.read_person(row)
    if row.faults:
        return None
    return _Listed(code, {name: value for name, value in said.items() if value}, person)


def _offices(
    listed: Sequence[tuple[int, _Listed]], whole: Sequence[str]
) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """What the file says of each office; a fault for each line that contradicts an earlier one.

    `whole`: what is none where an office is told in full and that is left empty.
    """
    offices: dict[str, dict[str, str]] = {}
    faults = []
    for line, said in listed:
        office = offices.setdefault(said.code, {})
        for name, value in said.office.items():
            if office.setdefault(name, value) != value:
                faults.append(Fault(line, name, "contradicts an earlier line of this office; write the same in both"))
    for office in offices.values():
        if "level" in office:
            office |= {name: "" for name in whole if name not in office}
    return offices, faults


def _store_offices(
    connection: Connection,
    offices: Mapping[str, Mapping[str, str]],
    stored: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> tuple[int, int, int]:
    """Add and change offices, those above first made, then who is above whom. Returns added, changed, unchanged."""
    before = _known_categories(connection)
    changed: set[str] = set()
    for code, said in offices.items():
        values = {name: value for name, value in said.items() if name not in ("parent", "categories")}
        if code not in stored:
            plain = {"name_km": "", "name_en": "", "level": "", "place": "", "code": code, "created_at": now}
            connection.execute(insert(_office).values({**plain, **values}))
        elif any(stored[code][name] != value for name, value in values.items()):
            connection.execute(update(_office).where(_office.c.code == code).values(values))
            changed.add(code)
    ids = {row.code: row.id for row in connection.execute(select(_office.c.code, _office.c.id))}
    for code, said in offices.items():
        above = ids.get(said.get("parent", ""))
        if "parent" in said and above != (stored[code]["parent_id"] if code in stored else None):
            connection.execute(update(_office).where(_office.c.code == code).values(parent_id=above))
            changed.add(code)
        wanted = frozenset(said.get("categories", "").split())
        if "categories" in said and before.get(ids[code], frozenset()) != wanted:
            connection.execute(delete(_answers_for).where(_answers_for.c.office_id == ids[code]))
            if wanted:
                connection.execute(insert(_answers_for), [{"office_id": ids[code], "category": one} for one in wanted])
            changed.add(code)
    added = len(offices.keys() - stored.keys())
    of_old = len(changed & stored.keys())
    return added, of_old, len(offices) - added - of_old


def _known_categories(connection: Connection) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in connection.execute(select(_answers_for)):
        found.setdefault(row.office_id, set()).add(row.category)
    return {office: frozenset(names) for office, names in found.items()}
