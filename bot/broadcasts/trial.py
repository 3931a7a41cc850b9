"""A broadcast tried on oneself: one message or call to one number at once, which counts nowhere."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bot.broadcasts.planning import ANNOUNCES
from bot.broadcasts.service import BroadcastError
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import Address
from bot.db import table
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.models import Purpose
from bot.messages.recipients import recipients
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.broadcast_text import TEXTABLE, Texts
from bot.messages.sms.outbox import Outgoing
from bot.vault import Vault

MARK = "[test] "


def send(connection: Connection, vault: Vault, row: Row[Any], address: Address, now: datetime) -> None:
    """Queue a broadcast for one address, as its owner reads. Raises BroadcastError for an address it cannot reach."""
    by_call = row.channel == "voice"
    if not (call_outbox.may_be_dialled(address) if by_call else address.kind in TEXTABLE):
        raise BroadcastError(f"that number is no mobile phone ({address.kind}): give one such as 012 345 678")
    contacts.add(connection, vault, address, now)
    hash = vault.look_up(address.value)
    contact = connection.execute(select(Contact.id).where(Contact.address_hash == hash)).scalar_one()
    (reader,) = recipients(connection, [contact])
    if not by_call:
        words = Texts(row.text_km, row.text_latn, row.text_en).in_voice(reader.voice)
        sms_outbox.queue(connection, vault, Outgoing(contact, MARK + words, Purpose.ANSWER), now)
        return
    values = {
        "contact_id": contact,
        "direction": Direction.OUT,
        "purpose": Purpose.ANSWER,
        "opens": ANNOUNCES,
        "data": json.dumps({"km": row.audio_km, "en": row.audio_en}),  # it is about nothing: it counts nowhere
        "state": CallState.QUEUED,
        "due_at": now,
        "expires_at": now + sms_outbox.LASTS[Purpose.ANSWER],
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(insert(table(Call)).values(values))
