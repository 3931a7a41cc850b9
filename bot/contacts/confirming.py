"""Short digits that are sent to a number and expected back: whoever sends them holds it.

Owns how long they are, how long they hold and how many wrong ones are taken. What needs them is flows.trust's rule;
what they set free is a message, kept sealed with where its writer stood, and taken again once they came.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.contacts.models import Confirmation
from bot.db import table
from bot.vault import Vault, VaultError

LASTS = timedelta(minutes=30)
SHORT, LONG = 4, 8  # digits; the long ones once too many were wrong on that day: guessing never pays
MOST_TRIES = 5
MOST_WRONG = 30_000  # what the column holds
_TO_ASCII = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_confirmation = table(Confirmation)


@dataclass(frozen=True, slots=True)
class Held:
    """A message that waits for its digits: its words, and the run (as JSON) it was said to."""

    text: str
    run: str


class Refused(StrEnum):
    """Why digits set nothing free."""

    WRONG = "wrong"
    SPENT = "spent"  # once too often: what waited is dropped


def read_digits(text: str) -> str:
    """The digits a message consists of, Khmer ones too; empty when it is anything else."""
    digits = re.sub(r"[\s\u200b.-]", "", text.translate(_TO_ASCII))
    return digits if digits.isascii() and digits.isdigit() and len(digits) in (SHORT, LONG) else ""


def hold(
    connection: Connection,
    vault: Vault,
    contact: int,
    held: Held,
    now: datetime,
    midnight: datetime,
    dice: Callable[[int], int],
) -> str:
    """Keep a message until its digits come; whatever waited before is dropped. Returns the digits. Contact locked."""
    row = _row(connection, contact)
    wrong = row.wrong if row is not None and row.since >= midnight else 0
    size = LONG if wrong >= MOST_TRIES else SHORT
    digits = f"{dice(10**size) % 10**size:0{size}}"
    body = vault.seal(json.dumps([held.text, held.run], ensure_ascii=False))
    values: dict[str, Any] = {"held": body, "digits": _hash(vault, contact, digits), "until": now + LASTS}
    values |= {"tries": 0, "wrong": wrong, "since": midnight}
    if row is None:
        connection.execute(insert(_confirmation).values(contact_id=contact, **values))
    else:
        connection.execute(_change(contact).values(values))
    return digits


def released(
    connection: Connection, vault: Vault, contact: int, digits: str, now: datetime, midnight: datetime
) -> Held | Refused | None:
    """What these digits set free, once; None when nothing waits for any. The contact is locked."""
    row = _row(connection, contact)
    if row is None or row.held is None or row.until <= now:
        return None
    if hmac.compare_digest(row.digits, _hash(vault, contact, digits)):
        connection.execute(_change(contact).values(held=None, digits="", tries=0, proven_at=now))
        try:
            text, run = json.loads(vault.open(row.held))
        except (VaultError, ValueError):
            return None
        return Held(str(text), str(run))
    wrong = min((row.wrong if row.since >= midnight else 0) + 1, MOST_WRONG)
    values: dict[str, Any] = {"tries": row.tries + 1, "wrong": wrong, "since": midnight}
    spent = row.tries + 1 >= MOST_TRIES
    connection.execute(_change(contact).values({**values, **({"held": None, "digits": ""} if spent else {})}))
    return Refused.SPENT if spent else Refused.WRONG


def drop(connection: Connection, contact: int) -> bool:
    """They do not want what waits for digits. Returns whether anything did."""
    waits = _change(contact).where(_confirmation.c.held.is_not(None))
    return bool(connection.execute(waits.values(held=None, digits="")).rowcount)


def proven_since(connection: Connection, contact: int, midnight: datetime) -> bool:
    """Whether such digits came back from them since the local day began."""
    row = _row(connection, contact)
    return row is not None and row.proven_at is not None and row.proven_at >= midnight


def forget(connection: Connection, contact: int) -> None:
    """Drop what waits, and that they ever proved anything: somebody else has the number."""
    connection.execute(_change(contact).values(held=None, digits="", proven_at=None))


def _row(connection: Connection, contact: int) -> Row[Any] | None:
    return connection.execute(select(_confirmation).where(_confirmation.c.contact_id == contact)).one_or_none()


def _change(contact: int) -> Any:
    return update(_confirmation).where(_confirmation.c.contact_id == contact)


def _hash(vault: Vault, contact: int, digits: str) -> str:
    return vault.look_up(f"digits of {contact}: {digits}")
