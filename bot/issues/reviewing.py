"""What staff do with issues: look at words, write recordings down, find an office, merge, reject; and take it back.

Each use case is one transaction's work, writes a line into the log with what was before, and can be reverted.
Outcomes: done, gone (no such entry or issue), closed (its state does not allow it), empty, same (nothing to do).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, literal_column, or_, select, update

from bot.db import table
from bot.issues import handling, history, merging, raising
from bot.issues.handling import Actor
from bot.issues.models import By, Entry, Issue, IssueState, Kind, Public, Review
from bot.issues.telling import Means, News
from bot.language.masking import masked
from flows import issue_notices

_issue, _entry, _review = table(Issue), table(Entry), table(Review)
LONGEST = 1000  # letters of what staff write
TIMES = ("office_at", "next_at", "closed_at", "seen_at", "ack_due_at", "solve_due_at")
UNDONE = ("state", "office_id", "hidden", "overdue", *TIMES)
Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who of the staff acts, and when."""

    name: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits for staff. `spoken`: it is to be heard and written down."""

    id: int
    code: str
    category: str
    kind: str
    at: datetime
    words: str
    spoken: int | None  # the recording
    office_may: bool
    hidden: bool


def waiting(connection: Connection, means: Means, after: int = 0, size: int = 20) -> list[Waiting]:
    """Up to `size` entries that an office or the public waits for, oldest first, behind the entry `after`."""
    waits = or_(~_entry.c.office_may, _entry.c.public == literal_column("'waiting'"))
    rows = connection.execute(
        select(_entry, _issue.c.code, _issue.c.category, _issue.c.hidden)
        .join(_issue, _issue.c.id == _entry.c.issue_id)
        .where(waits, _entry.c.id > after)
        .order_by(_entry.c.id)
        .limit(size)
    )
    return [
        Waiting(
            *(row.id, row.code, row.category, row.kind, row.at),
            words=means.vault.open(row.text) if row.text else "",
            spoken=row.recording_id if row.text is None else None,
            office_may=row.office_may,
            hidden=row.hidden,
        )
        for row in rows
    ]


def clear(connection: Connection, means: Means, entry: int, by: Staff, *, office: bool, public: bool) -> str:
    """The office, or everybody, may read these words. The last ones of a report let its office see the issue."""
    row = _load(connection, entry)
    if row is None:
        return "gone"
    if row.text is None and row.recording_id is not None:
        return "empty"  # it has to be written down first
    values = {**({"office_may": True} if office or public else {}), **({"public": Public.SHOWN} if public else {})}
    if all(getattr(row, name) == value for name, value in values.items()):
        return "same"
    _change(connection, means, row, by, "clear", values)
    if public and connection.execute(select(_issue.c.hidden).where(_issue.c.id == row.issue_id)).scalar_one():
        history.change(connection, row.issue_id, by.now, hidden=False)
    _told(connection, means, row, by)
    return "done"


def reword(connection: Connection, means: Means, entry: int, words: str, by: Staff) -> str:
    """What the public reads instead of these words, and may read from now on; empty: the words as they are."""
    row = _load(connection, entry)
    words = masked(" ".join(words.split()))[:LONGEST]
    if row is None or row.text is None:
        return "gone"
    _change(connection, means, row, by, "reword", {"public_text": means.vault.seal(words) if words else None})
    return clear(connection, means, entry, by, office=True, public=True) if row.public != Public.SHOWN else "done"


def write_down(connection: Connection, means: Means, entry: int, words: str, by: Staff) -> str:
    """What was said in a recording, without names and voices; the office may read it then, the public not yet."""
    row = _load(connection, entry)
    words = masked(" ".join(words.split()))[:LONGEST]
    if row is None or row.recording_id is None:
        return "gone"
    if not words:
        return "empty"
    values = {"text": means.vault.seal(words), "office_may": True, "public": Public.WAITING}
    _change(connection, means, row, by, "write", values)
    _told(connection, means, row, by)
    return "done"


def hide(connection: Connection, means: Means, entry: int, by: Staff) -> str:
    """The public does not read these words; an office that has not read them does not either."""
    row = _load(connection, entry)
    if row is None:
        return "gone"
    if row.public == Public.HIDDEN:
        return "same"
    _change(connection, means, row, by, "hide", {"public": Public.HIDDEN})
    return "done"


def route(connection: Connection, means: Means, issue: int, office: int, by: Staff) -> str:
    """Give an issue to an office; its terms begin when that office is the first to see it."""
    row = history.load(connection, issue)
    if row is None:
        return "gone"
    if row.office_id == office:
        return "same"
    before = _as_was(row)
    if row.office_at is not None:
        done = handling.transfer(connection, means, issue, Actor(By.STAFF, None, None, by.now), office)
        if done != "accepted":
            return done
    else:
        history.change(connection, issue, by.now, office_id=office)
        raising.release(connection, means, issue, by.now)
    _log(connection, means, issue, None, by, "route", before)
    return "done"


def reject(connection: Connection, means: Means, issue: int, why: str, by: Staff) -> str:
    """It is no issue; those behind it hear why."""
    row = history.load(connection, issue)
    why = " ".join(why.split())
    if row is None or not why:
        return "empty" if row is not None else "gone"
    before = _as_was(row)
    values = {"closed_at": by.now, "next_at": None, "overdue": 0, "hidden": True}
    if not history.step(connection, row, IssueState.REJECTED, by.now, **values):
        return "closed"
    entry = history.add(connection, means.vault, issue, Kind.REJECTED, By.STAFF, by.now, words=why[:LONGEST])
    News(connection, means, row, entry, by.now).tell(issue_notices.REJECTED, words=why[:LONGEST])
    _log(connection, means, issue, entry, by, "reject", before)
    return "done"


def merge(connection: Connection, means: Means, issue: int, into: int, by: Staff) -> str:
    """One issue goes on as another."""
    before = merging.merge(connection, means, issue, into, by.now)
    if before is None:
        return "closed"
    _log(connection, means, issue, None, by, "merge", before)
    return "done"


def revert(connection: Connection, means: Means, review: int, by: Staff) -> str:
    """Put back what was before a line of the log; what was told stays told."""
    row = connection.execute(
        select(_review).where(_review.c.id == review).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        return "gone"
    if row.reverted_at is not None:
        return "same"
    before = json.loads(means.vault.open(row.before))
    undo: Mapping[str, Callable[[], bool]] = {
        "merge": lambda: merging.part(connection, row.issue_id, before, by.now),
        "route": lambda: _put_back(connection, row.issue_id, before, by.now),
        "reject": lambda: _put_back(connection, row.issue_id, before, by.now),
    }
    if not undo.get(row.action, lambda: _entry_back(connection, means, row, before, by.now))():
        return "closed"
    connection.execute(update(_review).where(_review.c.id == review).values(reverted_at=by.now))
    _log(connection, means, row.issue_id, row.entry_id, by, "revert", {"review": review})
    return "done"


def log(connection: Connection, issue: int) -> Sequence[Found]:
    """What staff did with an issue, oldest first: id, entry, at, by, action, reverted."""
    columns = (_review.c[name] for name in ("id", "entry_id", "at", "by", "action", "reverted_at"))
    return connection.execute(select(*columns).where(_review.c.issue_id == issue).order_by(_review.c.id)).all()


def _load(connection: Connection, entry: int) -> Found | None:
    """An entry, its issue locked."""
    issue = connection.execute(select(_entry.c.issue_id).where(_entry.c.id == entry)).scalar_one_or_none()
    if issue is None or history.load(connection, issue) is None:
        return None
    return connection.execute(select(_entry).where(_entry.c.id == entry)).one()


def _change(
    connection: Connection, means: Means, row: Found, by: Staff, action: str, values: Mapping[str, Any]
) -> None:
    """Change an entry, and keep what it was."""
    before = {name: getattr(row, name) for name in values}
    opened = {name: means.vault.open(value) if isinstance(value, bytes) else value for name, value in before.items()}
    connection.execute(update(_entry).where(_entry.c.id == row.id).values(dict(values)))
    history.change(connection, row.issue_id, by.now)
    _log(connection, means, row.issue_id, row.id, by, action, opened)


def _told(connection: Connection, means: Means, row: Found, by: Staff) -> None:
    """What follows once an office may read words it could not: it sees the issue, or hears the answer it asked for."""
    if row.office_may:
        return
    if row.kind == Kind.REPORT:
        raising.release(connection, means, row.issue_id, by.now)
        return
    issue = connection.execute(select(_issue).where(_issue.c.id == row.issue_id)).one()
    words = connection.execute(select(_entry.c.text).where(_entry.c.id == row.id)).scalar_one()
    if row.kind == Kind.REPLY and issue.office_at is not None:
        news = News(connection, means, issue, row.id, by.now)
        news.tell_officials(issue.office_id, issue_notices.REPLIED, words=means.vault.open(words))


def _as_was(row: Found) -> dict[str, Any]:
    """What a revert puts back of an issue."""
    was = {name: getattr(row, name) for name in UNDONE}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in was.items()}


def _put_back(connection: Connection, issue: int, before: Mapping[str, Any], now: datetime) -> bool:
    if history.load(connection, issue) is None:
        return False
    values = {
        name: datetime.fromisoformat(value) if name in TIMES and value else value for name, value in before.items()
    }
    history.change(connection, issue, now, **values)
    return True


def _entry_back(connection: Connection, means: Means, row: Found, before: Mapping[str, Any], now: datetime) -> bool:
    if row.action == "revert" or row.entry_id is None or history.load(connection, row.issue_id) is None:
        return False
    sealed = {"text", "public_text"}
    values = {
        name: means.vault.seal(value) if name in sealed and value is not None else value
        for name, value in before.items()
    }
    connection.execute(update(_entry).where(_entry.c.id == row.entry_id).values(values))
    history.change(connection, row.issue_id, now)
    return True


def _log(
    connection: Connection,
    means: Means,
    issue: int,
    entry: int | None,
    by: Staff,
    action: str,
    before: Mapping[str, Any],
) -> None:
    values = {"issue_id": issue, "entry_id": entry, "at": by.now, "by": by.name[:40], "action": action}
    sealed = means.vault.seal(json.dumps(before, ensure_ascii=False))
    connection.execute(insert(_review).values(**values, before=sealed))
