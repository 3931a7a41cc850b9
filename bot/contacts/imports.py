"""Contacts from an operator's CSV: all rows or none, and the same file twice changes nothing.

What a list says wins over what is stored, except that an empty cell says nothing (of tags a `-` says: none) and
that no paper takes back a later STOP. Numbers and names are sealed; a fault never repeats them. Nobody is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, bindparam, delete, insert, select, update

from bot.contacts.models import Consent, Contact, ContactTag
from bot.contacts.phone import NO_NUMBER, AddressKind, read_number
from bot.contacts.service import ALL, lock
from bot.csvfile import Fault, ImportOutcome, Row, read_csv
from bot.db import table, writing
from bot.lists import judge_rows
from bot.upsert import insert_new
from bot.vault import Vault

ENUMERATOR = "enumerator"  # the tag that gives the right to report prices
_OPTIONAL = ("name", "language", "script", "sex", "place", "consent_on", "consent_proof", "tags")
_CHOICES = {"language": ("km", "en"), "script": ("km", "latn"), "sex": ("f", "m")}
NO_TAGS = "-"  # in the column of tags: take all away; an empty cell leaves them
_TAG = re.compile(r"[^\s:,\x00-\x1f\x7f-\x9f]{1,40}")
FIRST_CONSENT = date(2010, 1, 1)  # nobody agreed to such a line before
_CHUNK = 500
_contact, _tag, _consent = table(Contact), table(ContactTag), table(Consent)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One person of a list: what it says of the columns of `contact`, and of tags (None: nothing)."""

    address: str
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] | None = None
    consent: tuple[date, str] | None = None  # the day on the paper and where the paper is
    landline: bool = False

    @property
    def may_report(self) -> dict[str, bool]:
        """The right to report, where the list says anything about it."""
        return {} if self.tags is None else {"may_report": ENUMERATOR in self.tags}


@dataclass(frozen=True, slots=True)
class _Stored:
    """A contact as it is in the database."""

    id: int
    row: RowMapping
    tags: frozenset[str]
    ledger: Sequence[RowMapping]  # oldest first


def import_contacts(engine: Engine, vault: Vault, path: Path, now: datetime) -> ImportOutcome:
    """Add and change contacts, their tags and what they agreed to on paper. `now` carries the local zone.

    Tags in a row replace the contact's, and with them the right to report; `-` takes all away.
    """
    rows, faults = read_csv(path, ("phone",), _OPTIONAL, private=True)
    judged = judge_rows(rows, lambda row: _read(row, now.date()), lambda person: (person.address,), "phone")
    if faults := sorted(faults + judged.faults):
        return ImportOutcome(faults=tuple(faults))
    listed = judged.kept
    told = "is a landline: it may ring here, but no SMS reaches it"
    notes = [Fault(line, "phone", told) for line, said in listed.items() if said.landline]
    with writing(engine) as connection:
        done = _store(connection, vault, listed, now)
    return replace(done, notes=tuple(sorted((*notes, *done.notes))))


def _read(row: Row, today: date) -> _Listed | None:
    address = read_number(row.values["phone"])
    if address is None:
        row.fault("phone", NO_NUMBER)
    fields = {name: row.one_of(name, choices, needed=False) for name, choices in _CHOICES.items()}
    fields["place"] = row.place("place", needed=False)
    name = row.text("name", 120)
    consent = _read_consent(row, today)
    tags = _read_tags(row) if row.values.get("tags") else None
    if row.faults or address is None:
        return None
    said = {name: value for name, value in fields.items() if value}
    return _Listed(address.value, name or "", said, tags, consent, landline=address.kind is AddressKind.LANDLINE)


def _read_consent(row: Row, today: date) -> tuple[date, str] | None:
    proof = row.text("consent_proof", 500)
    if not row.values.get("consent_on"):
        if proof:
            row.fault("consent_on", "is empty beside a consent_proof; write the day on the paper")
        return None
    day = row.day("consent_on", today, earliest=FIRST_CONSENT)
    if not proof:
        row.fault("consent_proof", "is empty; write where the signed paper or record is kept")
    return (day, proof) if day and proof else None


def _read_tags(row: Row) -> frozenset[str]:
    if row.values["tags"] == NO_TAGS:
        return frozenset()
    tags = [tag.strip().lower() for tag in re.split(r"[|;]", row.values["tags"])]
    if not all(_TAG.fullmatch(tag) for tag in tags if tag):
        row.fault("tags", "a tag is one word of at most 40 letters; put | between two tags")
    return frozenset(filter(None, tags))


def _store(connection: Connection, vault: Vault, listed: Mapping[int, _Listed], now: datetime) -> ImportOutcome:
    hashes = {said.address: vault.look_up(said.address) for said in listed.values()}
    _lock(connection, list(hashes.values()))
    stored = _stored(connection, list(hashes.values()))
    new = [said for said in listed.values() if hashes[said.address] not in stored]
    _add(connection, vault, new, hashes, now)
    _lock(connection, [hashes[said.address] for said in new])
    fresh = _stored(connection, [hashes[said.address] for said in new])
    stored |= fresh
    changed: set[str] = set()
    notes: list[Fault] = []
    ledger: list[dict[str, Any]] = []
    tags_gone: list[dict[str, Any]] = []
    tags_new: list[dict[str, Any]] = []
    for line, said in listed.items():
        contact = stored[hashes[said.address]]
        if change := _difference(vault, said, contact):
            connection.execute(update(_contact).where(_contact.c.id == contact.id).values(change))
        if said.tags is not None:
            tags_gone += [{"of": contact.id, "named": tag} for tag in contact.tags - said.tags]
            tags_new += [{"contact_id": contact.id, "tag": tag} for tag in said.tags - contact.tags]
        agreed = said.consent is not None and not _is_in(contact.ledger, *said.consent)
        if agreed and said.consent and _stopped_since(contact.ledger, said.consent[0], now):
            notes.append(Fault(line, "consent_on", "this person said STOP since; the consent is not renewed"))
            agreed = False
        if agreed and said.consent:
            ledger.append(_line(vault, contact.id, *said.consent, now))
        if change or agreed or (said.tags is not None and said.tags != contact.tags):
            changed.add(said.address)
    if tags_gone:
        gone = delete(_tag).where(_tag.c.contact_id == bindparam("of"), _tag.c.tag == bindparam("named"))
        connection.execute(gone, tags_gone)
    for statement, rows in ((insert(_tag), tags_new), (insert(_consent), ledger)):
        if rows:
            connection.execute(statement, rows)
    of_old = len(changed - {said.address for said in new})
    return ImportOutcome(len(new), of_old, len(listed) - len(new) - of_old, notes=tuple(notes))


def _add(
    connection: Connection, vault: Vault, new: Sequence[_Listed], hashes: Mapping[str, str], now: datetime
) -> None:
    rows = [
        {
            "address_hash": hashes[said.address],
            "address": vault.seal(said.address),
            "name": vault.seal(said.name) if said.name else None,
            "language": "",
            "script": "",
            "sex": "",
            "place": "",
            "may_report": False,
            "may_found": True,
            "created_at": now,
            **said.fields,
            **said.may_report,
        }
        for said in new
    ]
    if rows:
        # Somebody of the list may write to us for the first time at this very moment.
        connection.execute(insert_new(connection, Contact), rows)


def _difference(vault: Vault, said: _Listed, contact: _Stored) -> dict[str, Any]:
    """What the list says of a contact that is not so yet, as columns."""
    says = {**said.fields, **said.may_report}
    change: dict[str, Any] = {name: value for name, value in says.items() if contact.row[name] != value}
    name = contact.row["name"]
    if said.name and (name is None or vault.open(name) != said.name):
        change["name"] = vault.seal(said.name)
    return change


def _lock(connection: Connection, hashes: Sequence[str]) -> None:
    """Hold those who are stored, in the order of all who lock several: a STOP said meanwhile is read or waits."""
    ids: list[int] = []
    for start in range(0, len(hashes), _CHUNK):
        some = select(_contact.c.id).where(_contact.c.address_hash.in_(hashes[start : start + _CHUNK]))
        ids += connection.execute(some).scalars()
    ids.sort()
    for start in range(0, len(ids), _CHUNK):
        lock(connection, ids[start : start + _CHUNK])


def _stored(connection: Connection, hashes: Sequence[str]) -> dict[str, _Stored]:
    """The contacts of these hashes with their tags and ledgers."""
    found: dict[str, _Stored] = {}
    for start in range(0, len(hashes), _CHUNK):
        some = hashes[start : start + _CHUNK]
        rows = connection.execute(select(_contact).where(_contact.c.address_hash.in_(some))).mappings().all()
        ids = [row["id"] for row in rows]
        tags = _by_contact(connection.execute(select(_tag).where(_tag.c.contact_id.in_(ids))).mappings())
        lines = (
            select(*(_consent.c[name] for name in ("contact_id", "given", "channel", "given_on", "proof", "at")))
            .where(_consent.c.contact_id.in_(ids), _consent.c.what == ALL)
            .order_by(_consent.c.id)
        )
        ledgers = _by_contact(connection.execute(lines).mappings())
        for row in rows:
            of_row = frozenset(tag["tag"] for tag in tags.get(row["id"], ()))
            found[row["address_hash"]] = _Stored(row["id"], row, of_row, ledgers.get(row["id"], ()))
    return found


def _by_contact(rows: Iterable[RowMapping]) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], []).append(row)
    return found


def _is_in(ledger: Sequence[RowMapping], day: date, proof: str) -> bool:
    return any(
        line["given"] and line["channel"] == "import" and (line["given_on"], line["proof"]) == (day, proof)
        for line in ledger
    )


def _stopped_since(ledger: Sequence[RowMapping], day: date, now: datetime) -> bool:
    """Whether the newest word is a STOP of the paper's day or later; on the same day STOP wins."""
    if not ledger or ledger[-1]["given"]:
        return False
    stopped: datetime = ledger[-1]["at"]
    return stopped.astimezone(now.tzinfo).date() >= day


def _line(vault: Vault, contact: int, day: date, proof: str, now: datetime) -> dict[str, Any]:
    return {
        "contact_id": contact,
        "given": True,
        "what": ALL,
        "channel": "import",
        "words": vault.seal(""),
        "proof": proof,
        "given_on": day,
        "at": now,
    }
