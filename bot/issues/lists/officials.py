"""Officials as a list of offices names them: who is new, whose address is another one, who is on the list no more.

An official is known by their name within an office, else by an address nobody else on the list has. An address that is
new has confirmed nothing; one that stays keeps what it confirmed. No fault and no note repeats a name, a number or an
address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import Address, AddressKind, read_number
from bot.csvfile import Fault, Row
from bot.db import table
from bot.issues.models import Official, Reached
from bot.issues.office import officials
from bot.vault import Vault

LONGEST_NAME, LONGEST_MAIL = 160, 200
_MAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@([a-z0-9-]+\.)+[a-z]{2,}")
_CHUNK = 500
_AGAIN = "said that they are not of this office and is not asked again; to ask once more"
_official, _contact = table(Official), table(Contact)


@dataclass(frozen=True, slots=True)
class ListedOfficial:
    """An official as a line names them; address and mail may be missing, not both."""

    name: str
    address: Address | None
    mail: str


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """One line of a list that names an official: its number, their office's code, who they are."""

    number: int
    office: str
    person: ListedOfficial


@dataclass(slots=True)
class Matched:
    """The officials of a list: the row of each that is there already, by line; and what is wrong, or to be known."""

    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    freed: list[Mapping[str, Any]] = field(default_factory=list)  # their telephone is somebody else's now
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def read_person(row: Row) -> ListedOfficial | None:
    """The official of a line; None where it names none, or wrongly."""
    name = " ".join((row.text("official", LONGEST_NAME) or "").split())
    phone, mail = row.values.get("phone", ""), row.values.get("email", "").lower()
    if not (name or phone or mail):
        return None
    if not name:
        row.fault("official", "is empty; write who it is")
    address = read_number(phone) if phone else None
    if phone and (address is None or address.kind is not AddressKind.MOBILE):
        told = "is not one whole mobile number of Cambodia; write it like 012 345 678, in a column of text"
        row.fault("phone", f"{told}, or leave it empty")
    if mail and (len(mail) > LONGEST_MAIL or not _MAIL.fullmatch(mail)):
        row.fault("email", "is no e-mail address; write it like name@office.gov.kh or leave it empty")
    if not phone and not mail:
        row.fault("phone", "is empty and so is email; an official needs one of them")
    return ListedOfficial(name, address, mail)


def repeats(lines: Iterable[OfficialRow]) -> tuple[list[OfficialRow], list[Fault]]:
    """The lines without those that say an earlier one again; a fault for each that contradicts an earlier one."""
    left, faults = [], []
    named: dict[tuple[str, str], OfficialRow] = {}
    owned: dict[tuple[str, str, str], OfficialRow] = {}
    for line in lines:
        person = line.person
        earlier = named.setdefault((line.office, person.name), line)
        if earlier is not line:
            if earlier.person != person:
                told = f"line {earlier.number} names the same official with another address; keep one of the two"
                faults.append(Fault(line.number, "official", told))
            continue
        left.append(line)
        addresses = (("phone", person.address.value if person.address else ""), ("email", person.mail))
        for column, address in addresses:
            other = owned.setdefault((line.office, column, address), line)
            if address and other is not line:
                told = f"line {other.number} has it for another official of this office; leave it empty in one of them"
                faults.append(Fault(line.number, column, told))
    return left, faults


def match(
    connection: Connection,
    vault: Vault,
    lines: Sequence[OfficialRow],
    offices: Mapping[str, int],
    first: Mapping[str, int],
) -> Matched:
    """Find the officials of a list among those of its offices, by code; their rows are locked.

    `first`: the line on which the list first says something of each office.
    """
    found = Matched()
    numbers = _contacts(connection, vault, lines)
    stored = _of_offices(connection, offices.values())
    mine: dict[str, list[OfficialRow]] = {code: [] for code in offices}
    for line in lines:
        if line.office in mine:
            mine[line.office].append(line)
    for code, office in offices.items():
        _match_office(found, vault, mine[code], stored.get(office, []), numbers, first[code])
    return found


def _match_office(
    found: Matched,
    vault: Vault,
    lines: Sequence[OfficialRow],
    stored: Sequence[Mapping[str, Any]],
    numbers: Mapping[str, int],
    first: int,
) -> None:
    """The same for one office."""
    left = {row["id"]: row for row in stored}
    by_name: dict[str, Mapping[str, Any]] = {}
    for row in stored:  # who is there comes last: that is who is meant
        by_name[vault.open(row["name"])] = row
    for line in lines:
        if line.person.name in by_name:
            found.rows[line.number] = left.pop(by_name[line.person.name]["id"])
    known = {line.number: numbers.get(line.person.address.value) for line in lines if line.person.address}
    for line in lines:
        if line.number not in found.rows:
            mail_hash = vault.look_up(line.person.mail) if line.person.mail else ""
            same = (row for row in left.values() if _is_renamed(row, known.get(line.number), mail_hash))
            if (renamed := next(same, None)) is not None:
                found.rows[line.number] = left.pop(renamed["id"])
    stay = [row for row in left.values() if row["removed_at"] is None]
    for row in stay:
        told = f"official {row['id']} of this office is not on the list and stays; to take them off it:"
        found.notes.append(Fault(first, "official", f"{told} flask offices remove {row['id']}"))
    holders = {row["contact_id"]: row for row in stored if row["contact_id"] is not None}
    for line in lines:
        holder = holders.get(known.get(line.number))
        if holder is None or holder is found.rows.get(line.number):
            continue
        if holder in stay:
            told = f"is that of official {holder['id']}, who is not on this list: flask offices remove {holder['id']}"
            found.faults.append(Fault(line.number, "phone", f"{told}, then import again"))
        else:
            found.freed.append(holder)


def _is_renamed(row: Mapping[str, Any], contact: int | None, mail_hash: str) -> bool:
    """Whether an official whose name is not on the list is who the line names: there is no address of theirs that the
    line does not have."""
    theirs = (row["contact_id"] in (None, contact), row["mail_hash"] in ("", mail_hash))
    return row["removed_at"] is None and all(theirs) and bool(row["contact_id"] or row["mail_hash"])


def store(
    connection: Connection,
    vault: Vault,
    lines: Sequence[OfficialRow],
    found: Matched,
    offices: Mapping[str, int],
    now: datetime,
) -> tuple[int, int, int]:
    """Add officials, and the addresses that are new. Returns how many were added, changed, unchanged."""
    _add_contacts(connection, vault, lines, now)
    numbers = _contacts(connection, vault, lines)
    added = changed = 0
    for holder in found.freed:  # before anybody else gets the number: an office has it once
        gone = {"contact_id": None, "phone": Reached.NONE, "phone_at": None}
        connection.execute(update(_official).where(_official.c.id == holder["id"]).values(gone))
    freed = {holder["id"] for holder in found.freed}
    for line in lines:
        row = found.rows.get(line.number)
        contact = numbers[line.person.address.value] if line.person.address else None
        values = _listed(vault, line.person, contact, row, now)
        if row is not None and row["id"] in freed and "serial" not in values:
            values |= _ended(row)
        if row is None:
            plain = {"phone": Reached.NONE, "mail": Reached.NONE, "mail_hash": "", "serial": 0, "created_at": now}
            made = {**plain, **values, "office_id": offices[line.office]}
            connection.execute(insert(_official).values(made))
            added += 1
            continue
        if row["phone"] == Reached.DECLINED and contact is not None and "phone" not in values:
            remedy = f"flask offices remove {row['id']}, then import again"
            found.notes.append(Fault(line.number, "phone", f"official {row['id']} {_AGAIN}: {remedy}"))
        if "serial" in values:
            officials.moved(connection, row["id"], now, phone="phone" in values or row["id"] in freed)
        if values:
            connection.execute(update(_official).where(_official.c.id == row["id"]).values(values))
            changed += 1
    return added, changed, len(lines) - added - changed


def _listed(
    vault: Vault, person: ListedOfficial, contact: int | None, row: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any]:
    """What is to be written of an official. Who was removed begins anew."""
    anew = row is None or row["removed_at"] is not None
    before = row or {}
    values: dict[str, Any] = {}
    if row is None or vault.open(row["name"]) != person.name:
        values["name"] = vault.seal(person.name)
    if contact is not None and (anew or before["contact_id"] != contact):
        values |= {"contact_id": contact, "phone": Reached.LISTED, "phone_at": now}
    elif contact is None and row is not None and anew:
        values |= {"contact_id": None, "phone": Reached.NONE, "phone_at": None}
    mail_hash = vault.look_up(person.mail) if person.mail else ""
    if mail_hash and (anew or before["mail_hash"] != mail_hash):
        sealed = vault.seal(person.mail)
        values |= {"mail": Reached.LISTED, "mail_at": now, "mail_to": sealed, "mail_hash": mail_hash}
    elif not mail_hash and row is not None and anew:
        values |= {"mail": Reached.NONE, "mail_at": None, "mail_to": None, "mail_hash": ""}
    if row is not None and (anew or "phone" in values or "mail" in values):
        values = {**_ended(row), **values, "removed_at": None}
    return values


def _ended(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent to an address before leads nowhere any more; an e-mail that asked has to be sent again."""
    again = {"mail": Reached.LISTED} if row["mail"] == Reached.ASKED else {}
    return {"serial": row["serial"] + 1, **again}


def _of_offices(connection: Connection, offices: Iterable[int]) -> dict[int, list[Mapping[str, Any]]]:
    """The officials of these offices, locked: first those who were removed, then by id."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for some in _chunks(sorted(offices)):
        order = (_official.c.removed_at.is_(None), _official.c.id)
        rows = select(_official).where(_official.c.office_id.in_(some)).order_by(*order).with_for_update()
        for row in connection.execute(rows).mappings():
            found.setdefault(row["office_id"], []).append(dict(row))
    return found


def _contacts(connection: Connection, vault: Vault, lines: Iterable[OfficialRow]) -> dict[str, int]:
    """The contacts of these officials' numbers, as far as we know them."""
    numbers = {line.person.address.value for line in lines if line.person.address is not None}
    hashes = {vault.look_up(number): number for number in numbers}
    found: dict[str, int] = {}
    for some in _chunks(sorted(hashes)):
        rows = connection.execute(
            select(_contact.c.id, _contact.c.address_hash).where(_contact.c.address_hash.in_(some))
        )
        found |= {hashes[row.address_hash]: row.id for row in rows}
    return found


def _add_contacts(connection: Connection, vault: Vault, lines: Iterable[OfficialRow], now: datetime) -> None:
    """Whom we do not know becomes a contact that has agreed to nothing."""
    known = _contacts(connection, vault, lines)
    addresses = {line.person.address for line in lines if line.person.address is not None}
    for address in sorted(addresses, key=lambda one: one.value):
        if address.value not in known:
            contacts.add(connection, vault, address, now)


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[begin : begin + _CHUNK] for begin in range(0, len(rows), _CHUNK))
