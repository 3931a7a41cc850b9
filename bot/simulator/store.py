"""The simulator's memory: phones, messages and the chosen carrier, in one SQLite file.

Owns the tables and every statement. Knows nothing of HTTP.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.simulator.phones import PEOPLE

_SCHEMA = """
CREATE TABLE IF NOT EXISTS phones (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name_km TEXT NOT NULL, name_en TEXT NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE,
    phone_id INTEGER NOT NULL REFERENCES phones (id),
    direction TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL,
    status TEXT NOT NULL, error_code INTEGER, service_sid TEXT, callback TEXT, callback_fault TEXT,
    reply_to TEXT, outcome TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, updated REAL NOT NULL, sent REAL);
CREATE INDEX IF NOT EXISTS messages_by_phone ON messages (phone_id, id);
CREATE INDEX IF NOT EXISTS messages_by_time ON messages (created, sid);
CREATE INDEX IF NOT EXISTS messages_by_reply ON messages (reply_to);
CREATE TABLE IF NOT EXISTS choices (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

INBOUND = "inbound"
UNSETTLED = ("queued", "sent")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone on the page; `unseen` counts what arrived since it was last looked at."""

    id: int
    number: str
    name_km: str
    name_en: str
    blocked: bool
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the carrier keeps it; times are seconds since 1970.

    `outcome` says how an inbound message's webhook went: sending, answered, same or different (on a
    repeat), or a fault, of which `detail` says more. `arrived` is set where a later message overtook it.
    """

    id: int
    sid: str
    phone_id: int
    direction: str
    sender: str
    recipient: str
    body: str
    status: str
    error_code: int | None
    service_sid: str | None
    callback: str | None
    callback_fault: str | None
    reply_to: str | None
    outcome: str
    detail: str
    tries: int
    created: float
    updated: float
    sent: float | None
    arrived: float | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Which messages a list asks for, newest first; `before` is the id the last page ended with."""

    to: str | None = None
    sender: str | None = None
    sent_from: float | None = None
    sent_to: float | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message between a phone and the line, before it is kept; `line` is the number at our end."""

    sid: str
    phone: Phone
    direction: str
    line: str
    body: str
    status: str
    error_code: int | None = None
    service_sid: str | None = None
    callback: str | None = None
    reply_to: str | None = None


class Store:
    """One connection behind one lock: plenty for a page, and no two writers can collide."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=5, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)
        if "arrived" not in [row["name"] for row in self.run("PRAGMA table_info(messages)")]:
            self.run("ALTER TABLE messages ADD COLUMN arrived REAL")
        for person in PEOPLE:
            self.run(
                """INSERT INTO phones (number, name_km, name_en) VALUES (?, ?, ?)
                   ON CONFLICT (number) DO NOTHING""",
                (person.number, person.name_km, person.name_en),
            )
        # A webhook that was under way when the process ended will not come back.
        self.run("UPDATE messages SET outcome = 'interrupted' WHERE outcome = 'sending'")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def create(self, schema: str) -> None:
        """Bring tables of another room of the simulator into being."""
        with self._lock:
            self._connection.executescript(schema)

    def run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """The rows of one statement, which is committed at once."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    # Phones

    def phones(self, others: int = 15) -> list[Phone]:
        """The invented people, then the phones that last had a message."""
        rows = self.run(
            """SELECT p.id, number, name_km, name_en, blocked, max(m.id) AS latest,
                      coalesce(sum(m.direction != 'inbound' AND m.id > p.seen), 0) AS unseen
               FROM phones p LEFT JOIN messages m ON m.phone_id = p.id
               GROUP BY p.id
               ORDER BY p.id <= :known DESC, CASE WHEN p.id <= :known THEN p.id END, latest DESC, p.id DESC
               LIMIT :known + :others""",
            {"known": len(PEOPLE), "others": others},
        )
        return [_phone(row) for row in rows]

    def phone(self, phone_id: int) -> Phone | None:
        rows = self.run("SELECT id, number, name_km, name_en, blocked FROM phones WHERE id = ?", (phone_id,))
        return _phone(rows[0]) if rows else None

    def phone_of(self, number: str) -> Phone:
        """The phone with this number, new if nobody held it before."""
        self.run(
            """INSERT INTO phones (number, name_km, name_en) VALUES (?, '', '')
               ON CONFLICT (number) DO NOTHING""",
            (number,),
        )
        (row,) = self.run("SELECT id, number, name_km, name_en, blocked FROM phones WHERE number = ?", (number,))
        return _phone(row)

    def block(self, phone_id: int, blocked: bool) -> None:
        self.run("UPDATE phones SET blocked = ? WHERE id = ?", (blocked, phone_id))

    def look(self, phone_id: int) -> None:
        """Whoever looks at a phone has seen all that is on it."""
        self.run(
            """UPDATE phones SET seen = (SELECT max(id) FROM messages WHERE phone_id = phones.id)
               WHERE id = ? AND seen < (SELECT max(id) FROM messages WHERE phone_id = phones.id)""",
            (phone_id,),
        )

    # Messages

    def add(self, new: NewMessage) -> Message:
        """Keep a new message between a phone and the line."""
        now = time.time()
        inbound = new.direction == INBOUND
        self.run(
            """INSERT INTO messages (sid, phone_id, direction, sender, recipient, body, status, error_code,
                   service_sid, callback, reply_to, outcome, created, updated, sent)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                new.sid,
                new.phone.id,
                new.direction,
                new.phone.number if inbound else new.line,
                new.line if inbound else new.phone.number,
                new.body,
                new.status,
                new.error_code,
                new.service_sid,
                new.callback,
                new.reply_to,
                "sending" if inbound else "",
                now,
                now,
                now if inbound else None,
            ),
        )
        message = self.message(new.sid)
        assert message is not None
        return message

    def message(self, sid: str) -> Message | None:
        rows = self.run("SELECT * FROM messages WHERE sid = ?", (sid,))
        return Message(**rows[0]) if rows else None

    def thread(self, phone_id: int, limit: int = 100) -> list[Message]:
        """The last messages of a phone, oldest first; where one was overtaken, it stands where it arrived."""
        rows = self.run("SELECT * FROM messages WHERE phone_id = ? ORDER BY id DESC LIMIT ?", (phone_id, limit))
        messages = [Message(**row) for row in reversed(rows)]
        return sorted(messages, key=lambda message: message.arrived or message.created)

    def replies(self, sid: str) -> list[Message]:
        rows = self.run("SELECT * FROM messages WHERE reply_to = ? ORDER BY id", (sid,))
        return [Message(**row) for row in rows]

    def unsettled(self) -> list[str]:
        """Sids of messages that have not reached their last status."""
        rows = self.run("SELECT sid FROM messages WHERE status IN (?, ?) ORDER BY id", UNSETTLED)
        return [row["sid"] for row in rows]

    def search(self, wanted: Search) -> list[Message]:
        """Messages in the order of a carrier's list; one more than the limit when there is a next page."""
        rows = self.run(
            """SELECT * FROM messages
               WHERE (:to IS NULL OR recipient = :to) AND (:sender IS NULL OR sender = :sender)
                 AND (:sent_from IS NULL OR coalesce(sent, created) >= :sent_from)
                 AND (:sent_to IS NULL OR coalesce(sent, created) <= :sent_to)
                 AND (:before IS NULL OR id < :before)
               ORDER BY id DESC LIMIT :limit + 1""",
            {
                "to": wanted.to,
                "sender": wanted.sender,
                "sent_from": wanted.sent_from,
                "sent_to": wanted.sent_to,
                "before": wanted.before,
                "limit": wanted.limit,
            },
        )
        return [Message(**row) for row in rows]

    def heard(self, sid: str, outcome: str, detail: str = "") -> None:
        """How the webhook of an inbound message went."""
        self.run(
            "UPDATE messages SET outcome = ?, detail = ?, updated = ? WHERE sid = ?",
            (outcome, detail, time.time(), sid),
        )

    def trying(self, sid: str) -> None:
        self.run("UPDATE messages SET outcome = 'sending', detail = '', tries = tries + 1 WHERE sid = ?", (sid,))

    def settle(self, sid: str, status: str, error_code: int | None = None) -> None:
        now = time.time()
        self.run(
            """UPDATE messages SET status = ?, error_code = ?, updated = ?, sent = coalesce(sent, ?)
               WHERE sid = ?""",
            (status, error_code, now, now, sid),
        )

    def overtaken(self, sid: str) -> None:
        """This message reaches its phone after a later one."""
        self.run("UPDATE messages SET arrived = ? WHERE sid = ?", (time.time(), sid))

    def callback_failed(self, sid: str, fault: str) -> None:
        self.run("UPDATE messages SET callback_fault = ? WHERE sid = ?", (fault, sid))

    def delete(self, sid: str) -> None:
        self.run("DELETE FROM messages WHERE sid = ?", (sid,))

    # Choices

    def choice(self, name: str, default: str) -> str:
        rows = self.run("SELECT value FROM choices WHERE name = ?", (name,))
        return rows[0]["value"] if rows else default

    def choose(self, name: str, value: str) -> None:
        self.run(
            """INSERT INTO choices (name, value) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
            (name, value),
        )


def _phone(row: sqlite3.Row) -> Phone:
    unseen = row["unseen"] if "unseen" in row.keys() else 0  # noqa: SIM118  (a Row is no mapping)
    return Phone(row["id"], row["number"], row["name_km"], row["name_en"], bool(row["blocked"]), unseen)
