"""People and what they agreed to. Owns the ledger: lines are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, ScalarSelect, delete, func, insert, select, update

from bot.contacts.models import Consent, Contact, ContactTag
from bot.contacts.phone import Address, read_address
from bot.db import table
from bot.upsert import insert_new
from bot.vault import Vault

ALL = "all"  # everything that is sent unasked
_contact = table(Contact)


def add(connection: Connection, vault: Vault, address: Address, now: datetime) -> None:
    """Add a contact unless another process has just done so."""
    connection.execute(insert_new(connection, Contact), fresh(vault, address, now))


def fresh(vault: Vault, address: Address, now: datetime) -> dict[str, object]:
    """The row of a contact of whom nothing but the address is known."""
    return {
        "address_hash": vault.look_up(address.value),
        "address": vault.seal(address.value),
        "language": "",
        "script": "",
        "sex": "",
        "place": "",
        "may_report": False,
        "may_found": False,
        "created_at": now,
    }


def address_of(connection: Connection, vault: Vault, contact: int) -> Address:
    """The address of a contact."""
    return read_address(
        vault.open(connection.execute(select(_contact.c.address).where(_contact.c.id == contact)).scalar_one())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody agreed to or refused, in which words, by which channel, and how it can be shown."""

    given: bool
    channel: str
    words: str
    proof: str
    given_on: date | None = None
    what: str = ALL


def record_consent(
    connection: Connection,
    vault: Vault,
    contact: int,
    now: datetime,
    said: Decision,
) -> None:
    """Add a line to the ledger."""
    connection.execute(
        insert(table(Consent)).values(
            contact_id=contact,
            given=said.given,
            what=said.what,
            channel=said.channel,
            words=vault.seal(said.words),
            proof=said.proof,
            given_on=said.given_on,
            at=now,
        )
    )


HELD_FOR = timedelta(days=3)  # how long nothing is sent unasked to who may have meant STOP


def hold(connection: Connection, contact: int, until: datetime | None) -> None:
    """Send nothing unasked to a contact until a time; None: at once again."""
    connection.execute(update(_contact).where(_contact.c.id == contact).values(held_until=until))


def held(connection: Connection, people: Iterable[int], now: datetime) -> Mapping[int, datetime]:
    """Until when nothing is sent unasked to those of these contacts who were asked whether to stop."""
    rows = select(_contact.c.id, _contact.c.held_until).where(
        _contact.c.id.in_(list(people)), _contact.c.held_until > now
    )
    return {row.id: row.held_until for row in connection.execute(rows)}


def consents(connection: Connection, contact: int) -> bool:
    """Whether the newest line says yes. No line is no consent."""
    newest = (
        select(Consent.given)
        .where(Consent.contact_id == contact, Consent.what == ALL)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return bool(connection.execute(newest).scalar_one_or_none())


def newest_word() -> ScalarSelect[bool]:
    """The newest line of a row of contact, for a statement: yes, no, or NULL where there is none."""
    newest = select(Consent.given).where(Consent.contact_id == _contact.c.id, Consent.what == ALL)
    return newest.order_by(Consent.id.desc()).limit(1).correlate(_contact).scalar_subquery()


@dataclass(frozen=True, slots=True)
class LatestConsent:
    """A person's newest word on being written to, and when it was said."""

    given: bool
    at: datetime

    def holds_back(self, since: datetime) -> bool:
        """Whether it is a STOP since they asked for something."""
        return not self.given and self.at >= since


def last_said(connection: Connection, people: Iterable[int]) -> Mapping[int, LatestConsent]:
    """The newest line of each of these contacts; who has none is left out."""
    newest = (
        select(func.max(Consent.id))
        .where(Consent.contact_id.in_(people), Consent.what == ALL)
        .group_by(Consent.contact_id)
    )
    lines = connection.execute(select(Consent.contact_id, Consent.given, Consent.at).where(Consent.id.in_(newest)))
    return {line.contact_id: LatestConsent(line.given, line.at) for line in lines}


def lock(connection: Connection, people: Iterable[int]) -> None:
    """Wait for whoever decides about these contacts; nobody else does until the end."""
    ordered = select(_contact.c.id).where(_contact.c.id.in_(people)).order_by(_contact.c.id)
    connection.execute(ordered.with_for_update(key_share=True))


def choose_language(connection: Connection, contact: int, language: str, script: str | None) -> None:
    """Keep how a person wants to be spoken and written to; None leaves the script as it is."""
    values = {"language": language} if script is None else {"language": language, "script": script}
    connection.execute(update(_contact).where(_contact.c.id == contact).values(values))


def show_name(connection: Connection, vault: Vault, contact: int, name: str) -> None:
    """Keep the name that the leaders of somebody's groups may see; empty: none."""
    shown = vault.seal(name) if name else None
    connection.execute(update(_contact).where(_contact.c.id == contact).values(shown_name=shown))


def choose_reach(connection: Connection, contact: int, reach: str) -> None:
    """Keep how a person is reminded: sms or voice."""
    connection.execute(update(_contact).where(_contact.c.id == contact).values(reach=reach))


def choose_place(connection: Connection, contact: int, place: str) -> None:
    """Keep where a person is; an official code."""
    connection.execute(update(_contact).where(_contact.c.id == contact).values(place=place))


def disown(connection: Connection, contact: int) -> None:
    """The number changed hands: name, place, choices, tags and rights of the former owner end."""
    connection.execute(delete(ContactTag).where(ContactTag.contact_id == contact))
    connection.execute(
        update(_contact)
        .where(_contact.c.id == contact)
        .values(
            name=None,
            shown_name=None,
            language="",
            script="",
            sex="",
            place="",
            may_report=False,
            may_found=False,
            reach="sms",
        )
    )
