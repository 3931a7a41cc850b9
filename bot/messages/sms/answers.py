"""Answers that went out in the webhook's reply and did not arrive: each is listed among what failed.

The words stay with the message they answer; nothing is sent again, whoever asked asks again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.db import table
from bot.messages.models import Message, Outbound, OutState, Purpose
from bot.messages.sms.outbox import LASTS
from bot.upsert import insert_new
from bot.vault import Vault

_message = table(Message)


def missed(connection: Connection, vault: Vault, sid: str, state: OutState, error: str, now: datetime) -> None:
    """Note, once, that the answer to the message of this sid did not arrive, and the carrier's code."""
    row = connection.execute(select(_message.c.contact_id, _message.c.at).where(_message.c.sid == sid)).one_or_none()
    if row is None or row.contact_id is None:
        return
    values = {
        "contact_id": row.contact_id,
        "purpose": Purpose.ANSWER,
        "unique_key": f"answer:{sid}",
        "about": "",
        "text": vault.seal(""),
        "state": state,
        "due_at": row.at,
        "expires_at": row.at + LASTS[Purpose.ANSWER],
        "attempts": 1,
        "rounds": 0,
        "error": error,
        "created_at": row.at,
        "changed_at": now,
    }
    connection.execute(insert_new(connection, Outbound), values)
