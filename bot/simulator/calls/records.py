"""What the carrier keeps of calls: who rang whom and how it ended, and the recordings until they are deleted.

Owns the two tables and every statement on them. What is said in a call is not kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.simulator.calls.course import OUTBOUND, TERMINAL, Ends
from bot.simulator.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE,
    phone_id INTEGER NOT NULL REFERENCES phones (id), account TEXT NOT NULL, profile TEXT NOT NULL,
    direction TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, status TEXT NOT NULL,
    url TEXT NOT NULL, callback TEXT, events TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0, callback_fault TEXT,
    created REAL NOT NULL, answered REAL, ended REAL);
CREATE INDEX IF NOT EXISTS calls_by_time ON calls (created, sid);
CREATE TABLE IF NOT EXISTS recordings (
    sid TEXT PRIMARY KEY, call_sid TEXT NOT NULL, sound BLOB NOT NULL, seconds INTEGER NOT NULL,
    created REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as the carrier keeps it; times are seconds since 1970.

    `events` names what the callback is told of, separated by spaces; `told` says that its end has been told.
    """

    id: int
    sid: str
    phone_id: int
    account: str
    profile: str
    direction: str
    sender: str
    recipient: str
    status: str
    url: str
    callback: str | None
    events: str
    told: int
    callback_fault: str | None
    created: float
    answered: float | None
    ended: float | None

    @property
    def duration(self) -> int | None:
        """Whole seconds of talk, begun ones counted; None before its end."""
        if self.ended is None:
            return None
        return 0 if self.answered is None else max(1, round(self.ended - self.answered))


@dataclass(frozen=True, slots=True)
class Recording:
    """What a person left; `sound` is whatever file the phone made of it."""

    sid: str
    call_sid: str
    sound: bytes
    seconds: int
    created: float


@dataclass(frozen=True, slots=True)
class CallSearch:
    """Which calls a list asks for, newest first; `before` is the id the last page ended with."""

    to: str | None = None
    sender: str | None = None
    status: str | None = None
    before: int | None = None
    limit: int = 50


class Records:
    """Calls and recordings in the store's file."""

    def __init__(self, store: Store) -> None:
        self._run = store.run
        store.create(SCHEMA)

    def add(self, ends: Ends, phone_id: int, status: str, url: str, callback: str | None, events: str) -> CallRecord:
        """Keep a new call; `url` is where its first document lies."""
        self._run(
            """INSERT INTO calls (sid, phone_id, account, profile, direction, sender, recipient, status, url,
                   callback, events, created)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                ends.sid,
                phone_id,
                ends.account,
                ends.profile,
                ends.direction,
                ends.sender,
                ends.recipient,
                status,
                url,
                callback,
                events,
                time.time(),
            ),
        )
        record = self.call(ends.sid)
        assert record is not None
        return record

    def call(self, sid: str) -> CallRecord | None:
        rows = self._run("SELECT * FROM calls WHERE sid = ?", (sid,))
        return CallRecord(**rows[0]) if rows else None

    def search(self, wanted: CallSearch) -> list[CallRecord]:
        """Calls in the order of a carrier's list; one more than the limit when there is a next page."""
        rows = self._run(
            """SELECT * FROM calls
               WHERE (:to IS NULL OR recipient = :to) AND (:sender IS NULL OR sender = :sender)
                 AND (:status IS NULL OR status = :status) AND (:before IS NULL OR id < :before)
               ORDER BY id DESC LIMIT :limit + 1""",
            {
                "to": wanted.to,
                "sender": wanted.sender,
                "status": wanted.status,
                "before": wanted.before,
                "limit": wanted.limit,
            },
        )
        return [CallRecord(**row) for row in rows]

    def note(self, sid: str, status: str, answered: float | None, ended: float | None) -> None:
        """How a call stands."""
        self._run("UPDATE calls SET status = ?, answered = ?, ended = ? WHERE sid = ?", (status, answered, ended, sid))

    def told(self, sid: str, fault: str = "") -> None:
        """The end of a call has been told to the line, or could not be."""
        self._run(
            "UPDATE calls SET told = 1, callback_fault = coalesce(?, callback_fault) WHERE sid = ?",
            (fault or None, sid),
        )

    def interrupt(self) -> list[CallRecord]:
        """End what an earlier process left open; gives the calls whose end is still to be told."""
        self._run(
            f"""UPDATE calls SET ended = ?, status = CASE
                    WHEN answered IS NOT NULL THEN 'completed' WHEN direction = '{OUTBOUND}' THEN 'failed'
                    ELSE 'canceled' END
                WHERE status NOT IN {TERMINAL}""",  # noqa: S608  (constants of ours)
            (time.time(),),
        )
        rows = self._run("SELECT * FROM calls WHERE told = 0 AND callback IS NOT NULL ORDER BY id")
        return [CallRecord(**row) for row in rows]

    # Recordings

    def keep(self, recording: Recording) -> None:
        self._run(
            "INSERT INTO recordings (sid, call_sid, sound, seconds, created) VALUES (?, ?, ?, ?, ?)",
            (recording.sid, recording.call_sid, recording.sound, recording.seconds, recording.created),
        )

    def recording(self, sid: str) -> Recording | None:
        rows = self._run("SELECT * FROM recordings WHERE sid = ?", (sid,))
        return Recording(**rows[0]) if rows else None

    def forget(self, sid: str) -> None:
        self._run("DELETE FROM recordings WHERE sid = ?", (sid,))
