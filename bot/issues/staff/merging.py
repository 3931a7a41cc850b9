"""Merging: two issues that are one go on as one; each person behind them counts once, and both codes work.

One of the few rooms that know who is behind an issue. What staff log of it is issues.staff.service's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.db import table
from bot.issues import history
from bot.issues.models import By, EntryKind, IssueEntry, IssueState
from bot.issues.notifications import ASKED, EVERYBODY, RESOLVED, IssueDeps, News, call_off, close_questions
from bot.issues.people import Via, Voice
from bot.issues.steps import LIVE
from flows import codes
from flows.issues import notices as issue_notices

_voice, _entry = table(Voice), table(IssueEntry)


def merge(connection: Connection, deps: IssueDeps, issue: int, into: int, now: datetime) -> Mapping[str, Any] | None:
    """One issue becomes another, which goes on. Returns what a revert needs; None where that cannot be.

    Whoever raised the one is a voice of the other; those behind it hear once that both numbers work.
    """
    first, second = (history.load(connection, one) for one in sorted((issue, into)))
    if first is None or second is None or issue == into:
        return None
    row, other = (first, second) if first.id == issue else (second, first)
    if row.state not in LIVE or other.state not in LIVE:
        return None
    new = _not_yet_there(connection, issue, into)
    history.step(connection, row, IssueState.MERGED, now, merged_into=into, closed_at=now, next_at=None, overdue=0)
    entry = history.add(
        connection,
        deps.vault,
        issue,
        history.NewEntry(EntryKind.MERGED, By.STAFF, now, office=row.office_id, detail=other.code),
    )
    came = history.add(
        connection,
        deps.vault,
        into,
        history.NewEntry(EntryKind.MERGED, By.STAFF, now, office=other.office_id, detail=row.code),
    )
    close_questions(connection, deps.vault, (RESOLVED, ASKED), issue, now)
    call_off(connection, deps.vault, issue, now)
    News(connection, deps, row, entry, now).tell(issue_notices.MERGED, EVERYBODY, other=codes.shown(other.code))
    if new:
        joined = [{**voice, "issue_id": into, "via": _as_joined(voice["via"]), "merged_from": issue} for voice in new]
        connection.execute(insert(_voice), joined)
    history.change(connection, into, now, voices=other.voices + len(new))
    next_at = row.next_at.isoformat() if row.next_at else None
    return {"into": into, "state": row.state, "next_at": next_at, "overdue": row.overdue, "entries": [entry, came]}


def part(connection: Connection, issue: int, before: Mapping[str, Any], now: datetime) -> bool:
    """Undo a merge: each issue has its own people again, but for who joined since.

    False: it is none any more, or the other one was merged itself.
    """
    into = int(before["into"])
    first, second = (history.load(connection, one) for one in sorted((issue, into)))
    if first is None or second is None:
        return False
    row = first if first.id == issue else second
    other = second if row is first else first
    if row.state != IssueState.MERGED or row.merged_into != into or other.merged_into is not None:
        return False
    back = {"state": before["state"], "merged_into": None, "closed_at": None, "overdue": before["overdue"]}
    back["next_at"] = datetime.fromisoformat(before["next_at"]) if before["next_at"] else None
    history.change(connection, issue, now, **back)
    # That they were one is not told any more: an entry without the other's code is not read.
    connection.execute(update(_entry).where(_entry.c.id.in_(before["entries"])).values(detail=""))
    came = delete(_voice).where(_voice.c.issue_id == into, _voice.c.merged_from == issue)
    gone = connection.execute(came).rowcount
    history.change(connection, into, now, voices=other.voices - gone)
    return True


def _not_yet_there(connection: Connection, issue: int, into: int) -> Sequence[dict[str, Any]]:
    """The voices of one issue whose people are not behind the other."""
    there = select(_voice.c.contact_id).where(_voice.c.issue_id == into)
    rows = connection.execute(select(_voice).where(_voice.c.issue_id == issue, _voice.c.contact_id.not_in(there)))
    return [dict(row) for row in rows.mappings()]


def _as_joined(via: str) -> str:
    return Via.JOINED if via == Via.REPORTER else via
