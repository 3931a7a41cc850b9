"""The log of what staff did with issues: a line with what was before, and taking that back.

A line is taken back exactly or not at all, and what was done later to the same first. What was told stays told; whoever
heard that an issue was closed hears that it goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, true, update

from bot.db import table
from bot.issues import history
from bot.issues.history import IssueRow, NewEntry
from bot.issues.models import By, EntryKind, Issue, IssueEntry, IssueState, Public, Review
from bot.issues.notifications import EVERYBODY, RESOLVED, IssueDeps, News
from bot.issues.staff import merging
from flows.issues import notices as issue_notices

_issue, _entry, _review = table(Issue), table(IssueEntry), table(Review)
MERGE, REJECT, REVERT, ROUTE, WHO = "merge", "reject", "revert", "route", "who"
OF_ISSUES = (MERGE, REJECT, ROUTE)  # the other lines are of one entry
TIMES = ("office_at", "next_at", "closed_at", "seen_at", "ack_due_at", "solve_due_at")
UNDONE = ("state", "office_id", "meant_for_id", "hidden", "overdue", *TIMES)
# What an office's first sight of an issue begins.
BEGUN = ("office_at", "next_at", "seen_at", "ack_due_at", "solve_due_at", "overdue")
SEALED = ("text", "public_text", "folded")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who of the staff acts, and when."""

    name: str
    now: datetime


def as_was(deps: IssueDeps, row: IssueRow, names: Sequence[str] = UNDONE) -> dict[str, Any]:
    """These columns of an issue or an entry as a line of the log keeps them."""
    kept: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        if isinstance(value, datetime):
            value = value.isoformat()
        kept[name] = deps.vault.open(value) if isinstance(value, bytes) else value
    return kept


def write(
    connection: Connection,
    deps: IssueDeps,
    issue: int,
    entry: int | None,
    by: Staff,
    action: str,
    before: Mapping[str, Any],
) -> None:
    """Add a line. `before`: what it takes to put it back."""
    values = {"issue_id": issue, "entry_id": entry, "at": by.now, "by": by.name[:40], "action": action}
    sealed = deps.vault.seal(json.dumps(before, ensure_ascii=False))
    connection.execute(insert(_review).values(**values, before=sealed))


def log(connection: Connection, issue: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What staff did with an issue, oldest first: id, entry, at, by, action, reverted, before (sealed)."""
    columns = (_review.c[name] for name in ("id", "entry_id", "at", "by", "action", "reverted_at", "before"))
    return connection.execute(select(*columns).where(_review.c.issue_id == issue).order_by(_review.c.id)).all()


def revert(connection: Connection, deps: IssueDeps, review: int, by: Staff) -> str:
    """Put back what was before a line of the log.

    Outcomes: done, gone (no such line), same (it is taken back already), later (something was done since, which has to
    be taken back first), closed (an office has acted on it since, or the line is no such act).
    """
    line = connection.execute(select(_review).where(_review.c.id == review)).one_or_none()
    if line is None:
        return "gone"
    before = json.loads(deps.vault.open(line.before))
    # Both of two that were merged, in the order in which a merge locks them.
    locked = [history.load(connection, id) for id in sorted({line.issue_id, before.get("into", line.issue_id)})]
    row = next(one for one in locked if one is not None and one.id == line.issue_id)
    line = connection.execute(select(_review).where(_review.c.id == review)).one()
    if line.reverted_at is not None:
        return "same"
    if line.action in (REVERT, WHO):
        return "closed"
    if _was_followed(connection, line):
        return "later"
    undo = {MERGE: _part, ROUTE: _route_back, REJECT: _reopen}.get(line.action, _entry_back)
    if not undo(connection, deps, row, line, before, by.now):
        return "closed"
    connection.execute(update(_review).where(_review.c.id == review).values(reverted_at=by.now))
    write(connection, deps, row.id, line.entry_id, by, REVERT, {"review": review})
    return "done"


def _was_followed(connection: Connection, line: IssueRow) -> bool:
    """Whether anything that stands was done later to the same entry, or to the issue as a whole."""
    later = (_review.c.issue_id == line.issue_id, _review.c.id > line.id, _review.c.reverted_at.is_(None))
    same = or_(_review.c.entry_id == line.entry_id, _review.c.action.in_(OF_ISSUES))
    touches = true() if line.action in OF_ISSUES else same
    found = select(_review.c.id).where(*later, _review.c.action.not_in((REVERT, WHO)), touches).limit(1)
    return connection.execute(found).one_or_none() is not None


def _entry_back(
    connection: Connection, deps: IssueDeps, row: IssueRow, line: IssueRow, before: Mapping[str, Any], now: datetime
) -> bool:
    """An entry as it was. Words leave an office's sight whatever it has done; the issue itself only where the office
    has done nothing with it."""
    entry = update(_entry).where(_entry.c.id == line.entry_id)
    connection.execute(entry.values(_values(deps, before["entry"])))
    was = before.get("issue", {})
    if row.state != IssueState.SENT:
        was = {name: value for name, value in was.items() if name not in BEGUN}
    history.change(connection, row.id, now, **_values(deps, was))
    return True


def _route_back(
    connection: Connection, deps: IssueDeps, row: IssueRow, line: IssueRow, before: Mapping[str, Any], now: datetime
) -> bool:
    """The office that had it; not once the other one has taken a step, or passed it on."""
    if row.state != before["issue"]["state"] or row.office_id != before["to"]:
        return False
    history.change(connection, row.id, now, **_values(deps, before["issue"]))
    return True


def _reopen(
    connection: Connection, deps: IssueDeps, row: IssueRow, line: IssueRow, before: Mapping[str, Any], now: datetime
) -> bool:
    """An issue that was rejected; its words wait for staff again."""
    if row.state != IssueState.REJECTED:
        return False
    history.change(connection, row.id, now, **_values(deps, before["issue"]))
    waited = update(_entry).where(_entry.c.id.in_(before["waited"]), _entry.c.public == Public.HIDDEN)
    connection.execute(waited.values(public=Public.WAITING))
    _go_on(connection, deps, row.id, now)
    return True


def _part(
    connection: Connection, deps: IssueDeps, row: IssueRow, line: IssueRow, before: Mapping[str, Any], now: datetime
) -> bool:
    """Two issues that were merged."""
    if not merging.part(connection, row.id, before, now):
        return False
    _go_on(connection, deps, row.id, now)
    return True


def _go_on(connection: Connection, deps: IssueDeps, issue: int, now: datetime) -> None:
    """Those behind an issue that had ended hear that it goes on; whether it is solved is asked again.

    A question of the office's is not: it may ask anew.
    """
    row = connection.execute(select(_issue).where(_issue.c.id == issue)).one()
    if row.office_at is None:
        return
    entry = history.add(
        connection, deps.vault, issue, NewEntry(EntryKind.TRANSFERRED, By.STAFF, now, office=row.office_id)
    )
    news = News(connection, deps, row, entry, now)
    if row.state == IssueState.RESOLVED and row.confirm_until is not None and row.confirm_until > now:
        office, words = _reason(connection, deps, issue)
        news.ask(RESOLVED, issue_notices.IS_IT, row.confirm_until, office=news.office(office), words=words)
    else:
        news.tell(issue_notices.TRANSFERRED, EVERYBODY)


def _reason(connection: Connection, deps: IssueDeps, issue: int) -> tuple[int | None, str]:
    """Which office says that it solved an issue, the last time, and how."""
    said = (_entry.c.issue_id == issue, _entry.c.kind == EntryKind.RESOLVED, _entry.c.text.is_not(None))
    newest = select(_entry.c.office_id, _entry.c.text).where(*said).order_by(_entry.c.id.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return (found.office_id, deps.vault.open(found.text).rstrip(" .។")) if found else (None, "")


def _values(deps: IssueDeps, was: Mapping[str, Any]) -> dict[str, Any]:
    """What as_was kept, as the columns take it."""
    values = dict(was)
    for name in values.keys() & {*TIMES, *SEALED}:
        value = values[name]
        if value is not None:
            values[name] = deps.vault.seal(value) if name in SEALED else datetime.fromisoformat(value)
    return values
