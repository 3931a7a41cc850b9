"""The audit log: who did what to which thing, and why. Lines are added, never changed, each chained to the last.

Owns the chain. Whoever acts writes the line in the transaction of the act; nothing here names a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from bot.db import table
from bot.users.models import AuditLine
from bot.vault import Vault

LONGEST_REASON = 500  # letters
_LOCK = text("SELECT pg_advisory_xact_lock(7467243)")  # one line after the other
_audit = table(AuditLine)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read. `user` is an id; None: the command line."""

    id: int
    at: datetime
    user: int | None
    action: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are looked for; empty: all."""

    action: str = ""
    subject: str = ""
    user: int | None = None


def write(
    connection: Connection,
    vault: Vault,
    now: datetime,
    user: int | None,
    action: str,
    subject: str = "",
    *,
    reason: str = "",
) -> None:
    """Add a line."""
    if connection.dialect.name == "postgresql":  # a writing transaction of SQLite is alone already
        connection.execute(_LOCK)
    last = connection.execute(select(_audit.c.id, _audit.c.chain).order_by(_audit.c.id.desc()).limit(1)).first()
    reason = " ".join(reason.split())[:LONGEST_REASON]
    values: dict[str, Any] = {
        "id": 1 if last is None else last.id + 1,
        "at": now.astimezone(UTC),
        "user_id": user,
        "action": action,
        "subject": subject,
        "reason": vault.seal(reason) if reason else None,
    }
    chain = _link(vault, "" if last is None else last.chain, values)
    connection.execute(insert(_audit).values(**values, chain=chain))


def page(
    connection: Connection, vault: Vault, wanted: Wanted | None = None, before: int = 0, size: int = 50
) -> list[Line]:
    """Up to `size` lines, the newest first, older than the line `before`."""
    wanted = wanted or Wanted()
    statement = select(_audit).order_by(_audit.c.id.desc()).limit(size)
    if before:
        statement = statement.where(_audit.c.id < before)
    if wanted.action:
        statement = statement.where(_audit.c.action == wanted.action)
    if wanted.subject:
        statement = statement.where(_audit.c.subject == wanted.subject)
    if wanted.user is not None:
        statement = statement.where(_audit.c.user_id == wanted.user)
    return [_read(row, vault) for row in connection.execute(statement)]


def export(connection: Connection, vault: Vault, wanted: Wanted) -> Iterator[Line]:
    """Every line looked for, the newest first, read page by page."""
    before = 0
    while lines := page(connection, vault, wanted, before, size=500):
        yield from lines
        before = lines[-1].id


def first_broken(connection: Connection, vault: Vault) -> int | None:
    """The first line that is missing, changed or out of its place; None where the chain is whole."""
    before, after = "", 0
    while rows := connection.execute(select(_audit).where(_audit.c.id > after).order_by(_audit.c.id).limit(500)).all():
        for row in rows:
            if row.id != after + 1 or row.chain != _link(vault, before, row._asdict()):
                return after + 1
            before, after = row.chain, row.id
    return None


def _link(vault: Vault, before: str, values: dict[str, Any]) -> str:
    sealed = values["reason"].hex() if values["reason"] else ""
    at = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = [before, values["id"], at, values["user_id"], values["action"], values["subject"], sealed]
    return vault.look_up("audit " + json.dumps(told))


def _read(row: Row[Any], vault: Vault) -> Line:
    return Line(
        row.id, row.at, row.user_id, row.action, row.subject, reason=vault.open(row.reason) if row.reason else ""
    )
