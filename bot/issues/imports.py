"""Offices and their officials from an operator's CSV: all rows or none, and the same file twice changes nothing.

An official on a list is written to only once they have said that they are: the import sends nothing to anyone (see
flask offices invite). A fault never repeats a name, a number or an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import Address, Kind, read_address
from bot.csvfile import Fault, Outcome, Row, read_csv
from bot.db import table, writing
from bot.issues.models import Category, Level, Office, OfficeCategory, Official, Reached
from bot.issues.office_tree import tree_faults
from bot.vault import Vault

OPTIONAL = ("name_km", "name_en", "level", "place", "categories", "parent", "official", "phone", "email")
LONGEST_NAME, LONGEST_MAIL = 160, 200
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MAIL = re.compile(r"[^@\s,<>;]+@[^@\s,<>;]+\.[^@\s,<>;]+")
_office, _answers_for, _official = table(Office), table(OfficeCategory), table(Official)
_category, _contact = table(Category), table(Contact)


@dataclass(frozen=True, slots=True)
class Person:
    """An official as a line names them; address and mail may be missing, not both."""

    name: str
    address: Address | None
    mail: str


@dataclass(frozen=True, slots=True)
class _Listed:
    """One line: an office, what the line says of it, and perhaps one of its officials."""

    code: str
    office: Mapping[str, str]
    person: Person | None


def import_offices(engine: Engine, vault: Vault, path: Path, now: datetime) -> Outcome:
    """Add and change offices, and add their officials. Counts lines' offices and officials together."""
    rows, faults = read_csv(path, ("id",), OPTIONAL, private=True)
    with writing(engine) as connection:
        categories = frozenset(connection.execute(select(_category.c.id)).scalars())
        read = [(row.line, _read(row, categories)) for row in rows]
        faults += [fault for row in rows for fault in row.faults]
        listed = [(line, said) for line, said in read if said is not None]
        offices, contradictions = _offices(listed)
        stored = {row["code"]: dict(row) for row in connection.execute(select(_office)).mappings()}
        faults += contradictions
        if not faults:
            faults += tree_faults([(line, said.code) for line, said in listed], offices, stored)
        if faults:
            return Outcome(faults=tuple(sorted(faults)))
        done = _store_offices(connection, offices, stored, now)
        ids = {row.code: row.id for row in connection.execute(select(_office.c.code, _office.c.id))}
        people = dict.fromkeys((ids[said.code], said.person) for _, said in listed if said.person is not None)
        added, changed, same = _store_people(connection, vault, list(people), now)
    return Outcome(done[0] + added, done[1] + changed, done[2] + same)


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
    person = _read_person(row)
    if row.faults:
        return None
    return _Listed(code, {name: value for name, value in said.items() if value}, person)


def _read_person(row: Row) -> Person | None:
    name = row.text("official", LONGEST_NAME) or ""
    phone, mail = row.values.get("phone", ""), row.values.get("email", "").lower()
    if not (name or phone or mail):
        return None
    if not name:
        row.fault("official", "is empty; write who it is")
    address = read_address(phone) if phone else None
    if address is not None and address.kind is not Kind.MOBILE:
        row.fault("phone", "is no mobile number of Cambodia; write it like 012 345 678 or leave it empty")
    if mail and (len(mail) > LONGEST_MAIL or not _MAIL.fullmatch(mail)):
        row.fault("email", "is no e-mail address; write it like name@office.gov.kh or leave it empty")
    if not phone and not mail:
        row.fault("phone", "is empty and so is email; an official needs one of them")
    return Person(name, address, mail)


def _offices(listed: Sequence[tuple[int, _Listed]]) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """What the file says of each office; a fault for each line that contradicts an earlier one."""
    offices: dict[str, dict[str, str]] = {}
    faults = []
    for line, said in listed:
        office = offices.setdefault(said.code, {})
        for name, value in said.office.items():
            if office.setdefault(name, value) != value:
                faults.append(Fault(line, name, "contradicts an earlier line of this office; write the same in both"))
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
        if above is not None and (code not in stored or stored[code]["parent_id"] != above):
            connection.execute(update(_office).where(_office.c.code == code).values(parent_id=above))
            changed.add(code)
        wanted = frozenset(said.get("categories", "").split())
        if wanted and before.get(ids[code], frozenset()) != wanted:
            connection.execute(delete(_answers_for).where(_answers_for.c.office_id == ids[code]))
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


def _store_people(
    connection: Connection, vault: Vault, people: Sequence[tuple[int, Person]], now: datetime
) -> tuple[int, int, int]:
    """Add officials, and the addresses that are new. Whoever has confirmed an address keeps it."""
    added = changed = same = 0
    for office, person in people:
        contact = _contact_of(connection, vault, person.address, now) if person.address else None
        mail_hash = vault.look_up(person.mail) if person.mail else ""
        mine = connection.execute(select(_official).where(_official.c.office_id == office)).mappings().all()
        known = next(
            (one for one in mine if (contact and one["contact_id"] == contact) or one["mail_hash"] == mail_hash != ""),
            next((one for one in mine if vault.open(one["name"]) == person.name), None),
        )
        values: dict[str, Any] = {}
        if contact is not None and (known is None or known["contact_id"] != contact):
            values |= {"contact_id": contact, "phone": Reached.LISTED, "phone_at": now}
        if mail_hash and (known is None or known["mail_hash"] != mail_hash):
            sealed = vault.seal(person.mail)
            values |= {"mail": Reached.LISTED, "mail_at": now, "mail_to": sealed, "mail_hash": mail_hash}
        if known is None:
            plain = {"phone": Reached.NONE, "mail": Reached.NONE, "mail_hash": "", "serial": 0, "created_at": now}
            row = {**plain, **values, "office_id": office, "name": vault.seal(person.name)}
            connection.execute(insert(_official).values(row))
            added += 1
        elif values or known["removed_at"] is not None:
            # A new address has confirmed nothing, and what was sent to the old one leads nowhere any more.
            again = {**values, "serial": known["serial"] + 1, "removed_at": None}
            connection.execute(update(_official).where(_official.c.id == known["id"]).values(again))
            changed += 1
        else:
            same += 1
    return added, changed, same


def _contact_of(connection: Connection, vault: Vault, address: Address, now: datetime) -> int:
    contacts.add(connection, vault, address, now)
    known = select(_contact.c.id).where(_contact.c.address_hash == vault.look_up(address.value))
    return int(connection.execute(known).scalar_one())
