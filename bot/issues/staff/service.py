"""What staff do with issues: look at words, write recordings down, find an office, merge, reject; and take it back.

Each use case is one transaction's work, writes a line into the log with what was before, and can be reverted (see
issues.staff.review_log). Outcomes: done, gone (no such entry or issue), closed (its state does not allow it), empty
(words are needed), held (an office may not read these words yet), same (nothing to do).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal_column, select, update

from bot.db import table
from bot.issues import handling, history, raising
from bot.issues.handling import Actor
from bot.issues.history import IssueRow, NewEntry
from bot.issues.models import By, EntryKind, Issue, IssueEntry, IssueState, Office, Public
from bot.issues.notifications import ASKED, JOINED, RESOLVED, IssueDeps, News, call_off, close_questions
from bot.issues.staff import merging
from bot.issues.staff.review_log import MERGE, REJECT, ROUTE, UNDONE, Staff, as_was, log, revert, write
from bot.issues.steps import LIVE
from bot.language.masking import masked
from bot.language.text.likeness import folded
from flows.issues import notices as issue_notices

__all__ = [
    "Staff",
    "Waiting",
    "clear",
    "hide",
    "log",
    "merge",
    "reject",
    "revert",
    "reword",
    "route",
    "waiting",
    "write_down",
]
_issue, _entry, _office = table(Issue), table(IssueEntry), table(Office)
LONGEST = 1000  # letters of what staff write
WAITS = _entry.c.public == literal_column("'waiting'")  # of the words no office may read, too: until staff decide


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


def waiting(connection: Connection, deps: IssueDeps, after: int = 0, size: int = 20) -> list[Waiting]:
    """Up to `size` entries that an office or the public waits for, oldest first, behind the entry `after`."""
    rows = connection.execute(
        select(_entry, _issue.c.code, _issue.c.category, _issue.c.hidden)
        .join(_issue, _issue.c.id == _entry.c.issue_id)
        .where(WAITS, _entry.c.id > after)
        .order_by(_entry.c.id)
        .limit(size)
    )
    return [
        Waiting(
            row.id,
            row.code,
            row.category,
            row.kind,
            row.at,
            words=deps.vault.open(row.text) if row.text else "",
            spoken=row.recording_id if row.text is None else None,
            office_may=row.office_may,
            hidden=row.hidden,
        )
        for row in rows
    ]


def clear(
    connection: Connection, deps: IssueDeps, entry: int, by: Staff, *, office: bool = True, public: bool = True
) -> str:
    """The office, or everybody, may read these words. The last ones of a report let its office see the issue."""
    row = _load(connection, entry)
    if row is None:
        return "gone"
    if row.text is None and row.recording_id is not None:
        return "empty"  # it has to be written down first
    if not office and not public:
        return "same"
    values = {"office_may": True, **({"public": Public.SHOWN} if public else {})}
    return _change(connection, deps, row, by, "clear", values)


def reword(connection: Connection, deps: IssueDeps, entry: int, words: str, by: Staff) -> str:
    """What the public reads instead of these words, and may read from now on; empty: the words as they are.

    The office reads them as they are: whether it may is said first.
    """
    row = _load(connection, entry)
    if row is None:
        return "gone"
    if row.text is None:
        return "gone" if row.recording_id is None else "empty"
    if not row.office_may:
        return "held"
    words = _tidy(words)
    values = {"public_text": deps.vault.seal(words) if words else None, "public": Public.SHOWN}
    return _change(connection, deps, row, by, "reword", values)


def write_down(connection: Connection, deps: IssueDeps, entry: int, words: str, by: Staff) -> str:
    """What was said in a recording, without names and voices; the office may read it then, the public not yet."""
    row = _load(connection, entry)
    words = _tidy(words)
    if row is None or row.recording_id is None:
        return "gone"
    if not words:
        return "empty"
    values = {"text": deps.vault.seal(words), "public_text": None, "office_may": True, "public": Public.WAITING}
    alike = {"folded": deps.vault.seal(folded(words))} if row.kind == EntryKind.REPORT else {}
    return _change(connection, deps, row, by, "write", values, alike)


def hide(connection: Connection, deps: IssueDeps, entry: int, by: Staff) -> str:
    """The public does not read these words; an office that may not read them yet does not either."""
    row = _load(connection, entry)
    return "gone" if row is None else _change(connection, deps, row, by, "hide", {"public": Public.HIDDEN})


def route(connection: Connection, deps: IssueDeps, issue: int, office: int, by: Staff) -> str:
    """Give an issue to an office; its terms begin when that office is the first to see it."""
    row = history.load(connection, issue)
    known = select(_office.c.id).where(_office.c.id == office)
    if row is None or connection.execute(known).one_or_none() is None:
        return "gone"
    if row.office_id == office:
        return "same"
    if row.state not in LIVE:
        return "closed"
    if row.office_at is not None:
        done = handling.transfer(connection, deps, issue, Actor(By.STAFF, None, None, by.now), office)
        if done != "accepted":
            return done
    else:
        history.change(connection, issue, by.now, office_id=office)
        raising.release(connection, deps, issue, by.now)
    write(connection, deps, issue, None, by, ROUTE, {"issue": as_was(deps, row), "to": office})
    return "done"


def reject(connection: Connection, deps: IssueDeps, issue: int, why: str, by: Staff) -> str:
    """It is no issue; those behind it hear why. Its words wait for staff no more."""
    row = history.load(connection, issue)
    why = " ".join(why.split())[:LONGEST]
    if row is None or not why:
        return "empty" if row is not None else "gone"
    values = {"closed_at": by.now, "next_at": None, "overdue": 0, "hidden": True}
    if not history.step(connection, row, IssueState.REJECTED, by.now, **values):
        return "closed"
    entry = history.add(connection, deps.vault, issue, NewEntry(EntryKind.REJECTED, By.STAFF, by.now, words=why))
    hidden = update(_entry).where(_entry.c.issue_id == issue, WAITS).values(public=Public.HIDDEN)
    waited = [id for id in connection.execute(hidden.returning(_entry.c.id)).scalars() if id != entry]
    close_questions(connection, deps.vault, (RESOLVED, ASKED), issue, by.now)
    call_off(connection, deps.vault, issue, by.now)
    News(connection, deps, row, entry, by.now).tell(issue_notices.REJECTED, words=why)
    write(connection, deps, issue, entry, by, REJECT, {"issue": as_was(deps, row), "waited": sorted(waited)})
    return "done"


def merge(connection: Connection, deps: IssueDeps, issue: int, into: int, by: Staff) -> str:
    """One issue goes on as another."""
    before = merging.merge(connection, deps, issue, into, by.now)
    if before is None:
        return "closed"
    write(connection, deps, issue, None, by, MERGE, before)
    return "done"


def _load(connection: Connection, entry: int) -> IssueRow | None:
    """An entry, its issue locked."""
    issue = connection.execute(select(_entry.c.issue_id).where(_entry.c.id == entry)).scalar_one_or_none()
    if issue is None or history.load(connection, issue) is None:
        return None
    return connection.execute(select(_entry).where(_entry.c.id == entry)).one()


def _change(
    connection: Connection,
    deps: IssueDeps,
    row: IssueRow,
    by: Staff,
    action: str,
    values: Mapping[str, Any],
    of_issue: Mapping[str, Any] | None = None,
) -> str:
    """Change an entry, and perhaps its issue, with all that follows from it, and log what was before."""
    issue = connection.execute(select(_issue).where(_issue.c.id == row.issue_id)).one()
    before = as_was(deps, row, tuple(values))
    connection.execute(update(_entry).where(_entry.c.id == row.id).values(dict(values)))
    after = connection.execute(select(_entry).where(_entry.c.id == row.id)).one()
    if as_was(deps, after, tuple(values)) == before:
        return "same"
    changes = dict(of_issue or {})
    if after.public == Public.SHOWN and row.kind == EntryKind.REPORT and issue.state != IssueState.REJECTED:
        changes["hidden"] = False  # it was kept back until somebody had looked at its words
    names = (*UNDONE, *(of_issue or {}))
    history.change(connection, issue.id, by.now, **changes)
    if after.office_may and not row.office_may:
        _notify(connection, deps, after, by)
    if after.public == Public.SHOWN and row.public != Public.SHOWN:
        _read_by_all(connection, deps, after, by)
    now_is = connection.execute(select(_issue).where(_issue.c.id == issue.id)).one()
    was, became = as_was(deps, issue, names), as_was(deps, now_is, names)
    differs = {name: value for name, value in was.items() if value != became[name]}
    write(connection, deps, issue.id, row.id, by, action, {"entry": before, "issue": differs})
    return "done"


def _read_by_all(connection: Connection, deps: IssueDeps, row: IssueRow, by: Staff) -> None:
    """What an office answered may be read by everybody: so who only joined hears it now, while it still holds."""
    issue = connection.execute(select(_issue).where(_issue.c.id == row.issue_id)).one()
    sentence = {EntryKind.ANSWER: issue_notices.ANSWERED, EntryKind.RESOLVED: issue_notices.RESOLVED}.get(
        EntryKind(row.kind)
    )
    holds = issue.state in LIVE if row.kind == EntryKind.ANSWER else issue.state == IssueState.RESOLVED
    if sentence is not None and holds:
        news = News(connection, deps, issue, row.id, by.now)
        words = deps.vault.open(row.public_text or row.text)
        news.tell(sentence, JOINED, office=news.office(row.office_id), words=words)


def _notify(connection: Connection, deps: IssueDeps, row: IssueRow, by: Staff) -> None:
    """What follows once an office may read words it could not: it sees the issue, or hears the answer it asked for."""
    if row.kind == EntryKind.REPORT:
        raising.release(connection, deps, row.issue_id, by.now)
        return
    issue = connection.execute(select(_issue).where(_issue.c.id == row.issue_id)).one()
    if row.kind == EntryKind.REPLY and issue.office_at is not None:
        news = News(connection, deps, issue, row.id, by.now)
        news.tell_officials(issue.office_id, issue_notices.REPLIED, words=deps.vault.open(row.text))


def _tidy(words: str) -> str:
    return masked(" ".join(words.split()))[:LONGEST]
