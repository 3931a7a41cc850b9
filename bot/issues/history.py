"""The history of an issue: loading one to change it, taking a step, adding an entry, and its terms.

Owns that a step is only taken from the states it may be taken from, in SQL. What is told of it is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select, update

from bot.db import table
from bot.issues.calendar import load_calendar
from bot.issues.models import By, Category, EntryKind, Issue, IssueEntry, IssueState, Public
from bot.issues.steps import FROM
from bot.vault import Vault

ACK_DAYS = 2  # working days in which an office is to say that it has an issue
MOST_WORDS = 160  # characters of what anybody says at once: with its frame it fits three parts
_issue, _entry, _category = table(Issue), table(IssueEntry), table(Category)
IssueRow = Row[*tuple[Any, ...]]


def hour(at: datetime) -> datetime:
    """When it was, as it is kept: an exact time would lead to the message, or the call, that came just then."""
    return at.replace(minute=0, second=0, microsecond=0)


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: hour(value) if isinstance(value, datetime) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What goes into a history: what happened, by whom and when; what was said, and for whom it is.

    `office_may`: the office may read the words at once. `detail`: what the kind needs besides (40 characters).
    """

    kind: EntryKind
    by: By
    at: datetime
    words: str = ""
    recording: int | None = None
    office_may: bool = True
    office: int | None = None
    official: int | None = None
    detail: str = ""


def load(connection: Connection, issue: int) -> IssueRow | None:
    """An issue, its row locked: it is about to be changed."""
    return connection.execute(select(_issue).where(_issue.c.id == issue).with_for_update(key_share=True)).one_or_none()


def with_code(connection: Connection, code: str) -> IssueRow | None:
    """The issue of a code; the one it was merged into, where it was."""
    row = connection.execute(select(_issue).where(_issue.c.code == code)).one_or_none()
    while row is not None and row.merged_into is not None:
        row = connection.execute(select(_issue).where(_issue.c.id == row.merged_into)).one_or_none()
    return row


def step(connection: Connection, issue: IssueRow, state: IssueState, now: datetime, **values: Any) -> bool:
    """Take an issue to a state, if it is in one that may lead there."""
    taken = update(_issue).where(_issue.c.id == issue.id, _issue.c.state.in_(FROM[state]))
    return bool(connection.execute(taken.values(state=state, changed_at=hour(now), **_rounded(values))).rowcount)


def note(connection: Connection, issue: int, **values: Any) -> None:
    """Write down about an issue what nobody but staff can see: it has not changed for those who read of it."""
    connection.execute(update(_issue).where(_issue.c.id == issue).values(**_rounded(values)))


def change(connection: Connection, issue: int, now: datetime, **values: Any) -> None:
    """Change an issue, but not its state."""
    connection.execute(update(_issue).where(_issue.c.id == issue).values(changed_at=hour(now), **_rounded(values)))


def add(
    connection: Connection,
    vault: Vault,
    issue: int,
    entry: NewEntry,
) -> int:
    """Add an entry. Its words wait for staff before the public reads them. Returns its id."""
    values = {
        "issue_id": issue,
        "at": hour(entry.at),
        "kind": entry.kind,
        "by": entry.by,
        "office_id": entry.office,
        "official_id": entry.official,
        "text": vault.seal(entry.words) if entry.words else None,
        "recording_id": entry.recording,
        "office_may": entry.office_may,
        "public": Public.WAITING if entry.words or entry.recording is not None else Public.NONE,
        "detail": entry.detail,
    }
    return int(connection.execute(insert(_entry).values(values).returning(_entry.c.id)).scalar_one())


def terms(connection: Connection, category: str, zone: ZoneInfo, now: datetime) -> dict[str, datetime]:
    """The terms of an issue that an office gets now: to acknowledge and to resolve; the clock looks at the first."""
    days = connection.execute(select(_category.c.days).where(_category.c.id == category)).scalar_one()
    calendar = load_calendar(connection, zone)
    ack = calendar.after(now, ACK_DAYS)
    return {"ack_due_at": ack, "solve_due_at": calendar.after(now, days), "next_at": ack}


def minutes(since: datetime | None, now: datetime) -> int | None:
    """Whole minutes from one time to another."""
    return None if since is None else max(0, int((now - since).total_seconds() // 60))
