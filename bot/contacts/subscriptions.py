"""What people want to be sent regularly. Owns what stands now; when and by which words, the ledger says.

A STOP ends no subscription but holds it back for as long as it is their newest word: START brings it back, and so
does subscribing anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete

from bot.contacts import service as contacts
from bot.contacts.models import Subscription
from bot.contacts.service import Decision
from bot.db import table
from bot.upsert import upsert
from bot.vault import Vault

RADIO, WEEKLY = "radio", "weekly"
_subscription = table(Subscription)


@dataclass(frozen=True, slots=True)
class Statement:
    """By which channel and words somebody decided, and how it can be shown: the message's sid."""

    channel: str
    words: str
    proof: str

    def decision(self, what: str, *, given: bool) -> Decision:
        """As the ledger keeps it."""
        return Decision(given=given, channel=self.channel, words=self.words, proof=self.proof, what=what)


def subscribe(connection: Connection, vault: Vault, contact: int, name: str, by: Statement, now: datetime) -> None:
    """Begin a subscription; who has it already wants it as of now, whatever they stopped before."""
    contacts.record_consent(connection, vault, contact, now, by.decision(name, given=True))
    connection.execute(upsert(connection, Subscription), {"contact_id": contact, "name": name, "since": now})


def unsubscribe(connection: Connection, vault: Vault, contact: int, name: str, by: Statement, now: datetime) -> None:
    """End a subscription. The ledger keeps the word of who had none, too."""
    contacts.record_consent(connection, vault, contact, now, by.decision(name, given=False))
    connection.execute(delete(_subscription).where(_of(contact), _subscription.c.name == name))


def forget(connection: Connection, contact: int) -> None:
    """End all of them: somebody else has the number."""
    connection.execute(delete(_subscription).where(_of(contact)))


def _of(contact: int) -> ColumnElement[bool]:
    return _subscription.c.contact_id == contact
