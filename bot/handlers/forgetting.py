"""Forgetting a person: what ends when a number changes hands, and what is deleted when its owner asks for it.

Owns what "delete my data" means in every room. What is counted (messages, prices reported, voices at a place) stays,
behind a contact that leads to nobody.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, update

from bot.contacts import confirming, subscriptions
from bot.contacts import service as contacts
from bot.contacts.models import Consent, Contact
from bot.db import table
from bot.issues import raising
from bot.issues.office import officials
from bot.meetings import groups
from bot.meetings.telling import Telling
from bot.messages.calls import answered as answered_calls
from bot.messages.calls import callbacks
from bot.messages.calls.models import Call
from bot.messages.inbound import inbox, received
from bot.messages.models import InboxItem, Message, Outbound, Recording, RecordingState
from bot.messages.sms import outbox as sms_outbox
from bot.prices.notices import alerts
from bot.radio import facts as radio
from bot.vault import Vault

NOBODY = "forgotten"  # what a forgotten contact's address opens to


def end_all(connection: Connection, telling: Telling, by: groups.Statement, *, but: str, note: str) -> None:
    """End rights, memberships, subscriptions and what waits for a contact. `but`: the channel whose turn this is."""
    vault, contact, now = telling.notices.vault, by.contact, by.now
    groups.disown(connection, telling, by)
    contacts.disown(connection, contact)
    confirming.forget(connection, contact)
    subscriptions.forget(connection, contact)
    radio.is_told_anew(connection, contact, now)
    alerts.forget(connection, contact)
    raising.disown(connection, vault, contact, now)
    officials.disown(connection, contact, now)
    sms_outbox.cancel(connection, contact, now)
    callbacks.cancel(connection, contact, now)
    # Nobody goes on where the former owner stopped; the turn itself sees to this channel, or to this call.
    answered_calls.forget(connection, contact, but=by.sid.partition("/")[0])
    received.forget_runs(connection, contact, but=but)
    inbox.close_all(connection, vault, contact, note, now)


def forget(connection: Connection, telling: Telling, by: groups.Statement, *, but: str = "") -> None:
    """Delete what is known of a contact: their number, name, words, voice and choices, and what they belong to."""
    end_all(connection, telling, by, but=but, note="their data was deleted")
    contact, nothing = by.contact, telling.notices.vault.seal("")
    connection.execute(delete(table(Consent)).where(table(Consent).c.contact_id == contact))
    for model, values in _emptied(nothing, by.now).items():
        rows = table(model)
        connection.execute(update(rows).where(rows.c.contact_id == contact).values(values))
    _unnamed(connection, telling.notices.vault, contact)


def _emptied(nothing: bytes, now: datetime) -> dict[type, dict[str, object]]:
    """What remains of the rows that keep somebody's words: that they were, and when."""
    lost = {"source": nothing, "audio": None, "state": RecordingState.FORGOTTEN, "item_id": None, "changed_at": now}
    return {
        Message: {"text": nothing, "answer": None},
        InboxItem: {"words": nothing, "note": None},
        Outbound: {"text": nothing},
        Call: {"text": None, "body": None, "data": ""},
        Recording: {**lost, "leased_until": None, "token": None},
    }


def _unnamed(connection: Connection, vault: Vault, contact: int) -> None:
    """The number leads here no more: whoever writes from it next is new."""
    nobody = {"address_hash": secrets.token_hex(16), "address": vault.seal(NOBODY)}
    connection.execute(update(table(Contact)).where(table(Contact).c.id == contact).values(nobody))
