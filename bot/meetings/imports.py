"""Groups from an operator's CSV, a line a member: all rows or none, and the same file twice changes nothing.

Whom staff list as leader or deputy belongs and leads. A list makes nobody else a member: who is listed as one is
asked when their leader first arranges a meeting or invites somebody, and belongs when they say so. The import itself
sends nothing; who declined or left is not brought back. A fault never repeats a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, bindparam, insert, select, update

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import NO_NUMBER, Address, AddressKind, read_number
from bot.csvfile import Fault, ImportOutcome, Row, read_csv
from bot.db import table, writing
from bot.lists import judge_rows
from bot.meetings.facts import LEADS
from bot.meetings.models import Group, Member, Membership, Role
from bot.upsert import insert_new
from bot.vault import Vault

OPTIONAL = ("name_km", "name_en", "kind", "place", "role")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ROLES = {"": Role.MEMBER, **{str(role): role for role in Role}}
_CHUNK = 500
_contact, _group, _member = table(Contact), table(Group), table(Member)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One line: a person in a group, and what the line says of the group."""

    code: str
    address: Address
    role: Role
    group: Mapping[str, str]


@dataclass(slots=True)
class _Change:
    """What is to be written of members, and how many lines that is."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    unchanged: int = 0


def import_groups(engine: Engine, vault: Vault, path: Path, now: datetime) -> ImportOutcome:
    """Add and change groups and who is in them; counts are of members. Who is not listed stays as they are."""
    rows, faults = read_csv(path, ("id", "phone"), OPTIONAL, private=True)
    judged = judge_rows(
        rows,
        _read,
        lambda member: (member.code, member.address.value),
        "role",
        content=lambda member: member.role,
    )
    faults += judged.faults
    groups, wrong = _groups(judged.rows)
    faults += wrong
    with writing(engine) as connection:
        stored = _stored_groups(connection, {row.values["id"].lower() for row in rows})
        faults += _incomplete(rows, stored)
        if faults:
            return ImportOutcome(faults=tuple(sorted(faults)))
        ids = _store_groups(connection, groups, stored, now)
        return _store_members(connection, vault, judged.kept, ids, now)


def _read(row: Row) -> _Listed | None:
    code = row.values["id"].lower()
    if not _CODE.fullmatch(code):
        row.fault("id", "is no id; write up to 40 small letters, digits, - or _ such as rice_kampong_cham")
    address = read_number(row.values["phone"])
    if address is None:
        row.fault("phone", NO_NUMBER)
    elif address.kind is AddressKind.LANDLINE:
        row.fault("phone", "is a landline, which no SMS reaches; write the number of their mobile phone")
    role = row.one_of("role", tuple(_ROLES), needed=False)
    said = {name: row.text(name, 120) for name in ("name_km", "name_en")}
    said |= {"kind": row.text("kind", 40), "place": row.place("place", needed=False)}
    if row.faults or address is None:
        return None
    return _Listed(code, address, _ROLES[role or ""], {name: value for name, value in said.items() if value})


def _groups(listed: Sequence[tuple[int, _Listed]]) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """What the file says of each group; a fault for each line that contradicts an earlier one."""
    groups: dict[str, dict[str, str]] = {}
    leaders: dict[str, tuple[int, str]] = {}
    faults = []
    for line, said in listed:
        group = groups.setdefault(said.code, {})
        for name, value in said.group.items():
            if group.setdefault(name, value) != value:
                faults.append(Fault(line, name, "contradicts an earlier line of this group; write the same in both"))
        if said.role is Role.LEADER:
            earlier, leader = leaders.setdefault(said.code, (line, said.address.value))
            if leader != said.address.value:
                faults.append(Fault(line, "role", f"line {earlier} names the leader; make this one a deputy"))
    return groups, faults


def _stored_groups(connection: Connection, groups: Iterable[str]) -> dict[str, RowMapping]:
    """The groups of these codes, locked."""
    statement = select(_group).where(_group.c.code.in_(list(groups))).order_by(_group.c.id)
    rows = connection.execute(statement.with_for_update(key_share=True)).mappings()
    return {row["code"]: row for row in rows}


def _incomplete(rows: Iterable[Row], stored: Mapping[str, RowMapping]) -> list[Fault]:
    """A new group has a Khmer name and a leader; those of a line that is wrong elsewhere count."""
    first: dict[str, int] = {}
    named, led = set(), set()
    for row in rows:
        code = row.values["id"].lower()
        if _CODE.fullmatch(code):
            first.setdefault(code, row.line)
        if row.values.get("name_km"):
            named.add(code)
        if row.values.get("role", "").lower() not in ("", Role.MEMBER, Role.DEPUTY):
            led.add(code)  # or it is a slip, which is told of already
    faults = []
    for code in first.keys() - stored.keys():
        if code not in named:
            faults.append(Fault(first[code], "name_km", "is empty; name the new group on one of its lines"))
        if code not in led:
            faults.append(Fault(first[code], "role", "the new group has no leader; write leader on the line of one"))
    return faults


def _store_groups(
    connection: Connection, groups: Mapping[str, Mapping[str, str]], stored: Mapping[str, RowMapping], now: datetime
) -> dict[str, int]:
    """Add and change groups. Returns their ids by code."""
    empty = {"name_en": "", "kind": "", "place": "", "written": 0}
    for code, said in groups.items():
        if code not in stored:
            connection.execute(insert(_group).values({**empty, **said, "code": code, "created_at": now}))
        elif any(stored[code][name] != value for name, value in said.items()):
            connection.execute(update(_group).where(_group.c.code == code).values(dict(said)))
    rows = connection.execute(select(_group.c.code, _group.c.id).where(_group.c.code.in_(list(groups))))
    return {row.code: row.id for row in rows}


def _store_members(
    connection: Connection, vault: Vault, listed: Mapping[int, _Listed], ids: Mapping[str, int], now: datetime
) -> ImportOutcome:
    people = _people(connection, vault, {said.address for said in listed.values()}, now)
    stored = _members(connection, ids.values())
    change = _Change()
    for line, said in listed.items():
        key = (ids[said.code], people[said.address.value])
        _plan(change, line, said.role, key, stored.get(key), now)
    new_leaders = {row["group_id"]: row["contact_id"] for row in change.new if row["role"] == Role.LEADER}
    new_leaders |= {row["of"]: row["who"] for row in change.changed if row["becomes"] == Role.LEADER}
    for group, leader in new_leaders.items():
        # Whom the list makes leader takes the place of who was.
        was = (_member.c.group_id == group, _member.c.role == Role.LEADER, _member.c.contact_id != leader)
        connection.execute(update(_member).where(*was).values(role=Role.MEMBER))
    if change.changed:
        which = (_member.c.group_id == bindparam("of"), _member.c.contact_id == bindparam("who"))
        values: dict[str, Any] = {
            "role": bindparam("becomes"),
            "state": bindparam("now_is"),
            "since": bindparam("since_when"),
        }
        connection.execute(update(_member).where(*which).values(values), change.changed)
    for some in _chunks(change.new):
        connection.execute(insert(_member), some)
    return ImportOutcome(len(change.new), len(change.changed), change.unchanged, notes=tuple(change.notes))


def _plan(
    change: _Change, line: int, role: Role, key: tuple[int, int], member: RowMapping | None, now: datetime
) -> None:
    """What becomes of one member: none, new, changed or as they were."""
    group, contact = key
    state = Membership.CONFIRMED if role in LEADS else Membership.INVITED
    if member is None:
        row = {"group_id": group, "contact_id": contact, "role": role, "state": state, "since": now}
        change.new.append({**row, "invited_by": None})
    elif member["state"] in (Membership.LEFT, Membership.DECLINED):
        change.notes.append(Fault(line, "phone", "this person left or declined; only their own word brings them back"))
        change.unchanged += 1
    elif member["role"] != role or (state is Membership.CONFIRMED and member["state"] != state):
        confirmed = Membership.CONFIRMED in (state, member["state"])
        since = member["since"] if member["state"] == Membership.CONFIRMED else now
        values: dict[str, Any] = {"of": group, "who": contact, "becomes": role, "since_when": since}
        change.changed.append({**values, "now_is": Membership.CONFIRMED if confirmed else Membership.INVITED})
    else:
        change.unchanged += 1


def _people(connection: Connection, vault: Vault, addresses: set[Address], now: datetime) -> dict[str, int]:
    """The ids of these addresses; whom we do not know becomes a contact that has agreed to nothing."""
    hashes = {vault.look_up(address.value): address for address in addresses}
    found: dict[str, int] = {}
    for adds in (True, False):
        for some in _chunks([hash for hash in hashes if hashes[hash].value not in found]):
            rows = connection.execute(
                select(_contact.c.id, _contact.c.address_hash).where(_contact.c.address_hash.in_(some))
            )
            found |= {hashes[row.address_hash].value: row.id for row in rows}
        new = [address for address in addresses if address.value not in found]
        if adds and new:
            connection.execute(insert_new(connection, Contact), [contacts.fresh(vault, one, now) for one in new])
    return found


def _members(connection: Connection, groups: Iterable[int]) -> dict[tuple[int, int], RowMapping]:
    rows = connection.execute(select(_member).where(_member.c.group_id.in_(list(groups)))).mappings()
    return {(row["group_id"], row["contact_id"]): row for row in rows}


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[begin : begin + _CHUNK] for begin in range(0, len(rows), _CHUNK))
