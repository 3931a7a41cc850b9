"""What an office does with an issue, by SMS or on its page: acknowledge, answer, resolve, ask back, pass it on.

Each use case is one step in the transaction it is handed, tells everybody behind the issue, and returns how it ended:
accepted, gone (no issue of this office), closed (its state does not allow it), empty (words are needed), too_long,
twice (the same was just done), nobody (no official above the other office has confirmed but one's own).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.db import table
from bot.issues import history, routing, visibility
from bot.issues.history import MOST_WORDS, IssueRow, NewEntry
from bot.issues.models import By, EntryKind, IssueEntry, IssueState, Office
from bot.issues.notifications import ANSWERS_WITHIN, ASKED, MEMBERS, NEAR, RESOLVED, IssueDeps, News, close_questions
from bot.issues.steps import OPEN
from bot.language.masking import masked
from flows.issues import notices as issue_notices

CONFIRMS_WITHIN = timedelta(days=14)
TWICE_WITHIN = timedelta(minutes=10)  # the same words are said once; with times in whole hours, up to an hour more
MOST_TRANSFERS = 6  # then staff have to see whose it is
_ANEW = (EntryKind.REOPENED, EntryKind.TRANSFERRED)  # after these the same words are no repetition
_entry, _office = table(IssueEntry), table(Office)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and when. `office` empty: staff, who may act for any."""

    by: By
    office: int | None
    official: int | None
    now: datetime


def act(
    connection: Connection,
    deps: IssueDeps,
    issue: int,
    actor: Actor,
    action: str,
    words: str = "",
    to: int | None = None,
) -> str:
    """What an official decided, by its name in a conversation: received, answer, done, ask, transfer."""
    match action:
        case "received":
            return acknowledge(connection, deps, issue, actor)
        case "answer":
            return answer(connection, deps, issue, actor, words)
        case "done":
            return resolve(connection, deps, issue, actor, words)
        case "ask":
            return ask(connection, deps, issue, actor, words)
        case _:
            return transfer(connection, deps, issue, actor, to, words)


_KINDS = {"answer": EntryKind.ANSWER, "done": EntryKind.RESOLVED, "ask": EntryKind.QUESTION}


def fault(
    connection: Connection,
    deps: IssueDeps,
    issue: int,
    actor: Actor,
    action: str,
    words: str = "",
    to: int | None = None,
) -> str:
    """Why this could not be done now: what `act` would return; empty: it could be."""
    row = _mine(connection, issue, actor)
    words = as_told(words)
    if row is None or (action == "transfer" and (to == row.office_id or not _exists(connection, to))):
        return "gone"
    if action == "transfer":
        nobody = to is not None and routing.answering(connection, to) == row.office_id
        if row.state not in OPEN or nobody:
            return "closed" if row.state not in OPEN else "nobody"
        return "too_long" if len(words) > MOST_WORDS else ""
    wrong = _fault(connection, deps, row, _KINDS[action], words, actor.now)
    return wrong or ("" if row.state in OPEN else "closed")


def see(connection: Connection, issue: int, actor: Actor) -> None:
    """One of the office reads it: from then on it is not unread."""
    row = _mine(connection, issue, actor)
    if row is not None and row.seen_at is None and actor.by is By.OFFICE:
        history.note(connection, issue, seen_at=actor.now)


def acknowledge(connection: Connection, deps: IssueDeps, issue: int, actor: Actor) -> str:
    """The office has it and works on it."""
    row = _mine(connection, issue, actor)
    if row is None:
        return "gone"
    if not history.step(connection, row, IssueState.ACKNOWLEDGED, actor.now, **_acknowledged(row, actor.now)):
        if row.state not in (IssueState.ACKNOWLEDGED, IssueState.ANSWERED):
            return "closed"
        if _has_spoken(connection, row):
            return "twice"
        see(connection, issue, actor)  # it was passed on: those behind it hear that the office has it now
    _news(connection, deps, row, EntryKind.ACKNOWLEDGED, actor).tell(issue_notices.ACKNOWLEDGED)
    return "accepted"


def answer(connection: Connection, deps: IssueDeps, issue: int, actor: Actor, words: str) -> str:
    """The office answers everybody behind it."""
    row = _mine(connection, issue, actor)
    words = as_told(words)
    if row is None or (fault := _fault(connection, deps, row, EntryKind.ANSWER, words, actor.now)):
        return "gone" if row is None else fault
    values = {**_acknowledged(row, actor.now), "answered_at": row.answered_at or actor.now}
    if not history.step(connection, row, IssueState.ANSWERED, actor.now, **values):
        return "closed"
    news = _news(connection, deps, row, EntryKind.ANSWER, actor, words=words)
    news.tell(issue_notices.ANSWERED, NEAR, words=words)  # who joined reads it once everybody may
    return "accepted"


def resolve(connection: Connection, deps: IssueDeps, issue: int, actor: Actor, words: str) -> str:
    """The office says that it is solved, and how; who raised it has two weeks to say whether it is."""
    row = _mine(connection, issue, actor)
    words = as_told(words)
    if row is None or (fault := _fault(connection, deps, row, EntryKind.RESOLVED, words, actor.now)):
        return "gone" if row is None else fault
    until = actor.now + CONFIRMS_WITHIN
    values = {**_acknowledged(row, actor.now), "resolved_at": actor.now, "confirm_until": until, "next_at": until}
    values["solve_minutes"] = history.minutes(row.office_at, actor.now)
    if not history.step(connection, row, IssueState.RESOLVED, actor.now, **values):
        return "closed"
    news = _news(connection, deps, row, EntryKind.RESOLVED, actor, words=words)
    # Whether it is solved is asked anew, whatever was said the last time.
    close_questions(connection, deps.vault, (ASKED, RESOLVED), row.id, actor.now)
    news.tell(issue_notices.RESOLVED, MEMBERS, words=words)
    news.ask(RESOLVED, issue_notices.IS_IT, until, words=words.rstrip(" .។"))
    return "accepted"


def ask(connection: Connection, deps: IssueDeps, issue: int, actor: Actor, words: str) -> str:
    """The office asks who raised it; neither knows the other."""
    row = _mine(connection, issue, actor)
    words = as_told(words)
    if row is None or (fault := _fault(connection, deps, row, EntryKind.QUESTION, words, actor.now)):
        return "gone" if row is None else fault
    if row.state not in OPEN:
        return "closed"
    history.step(connection, row, IssueState.ACKNOWLEDGED, actor.now, **_acknowledged(row, actor.now))
    news = _news(connection, deps, row, EntryKind.QUESTION, actor, words=words)
    news.ask(ASKED, issue_notices.ASKED, actor.now + ANSWERS_WITHIN, words=words.rstrip(" .។?"))
    return "accepted"


def transfer(connection: Connection, deps: IssueDeps, issue: int, actor: Actor, to: int | None, words: str = "") -> str:
    """The issue goes to another office, or to staff, with its code and its terms.

    An issue that was passed on MOST_TRANSFERS times goes to staff, whatever an office wishes.
    """
    row = _mine(connection, issue, actor)
    words = as_told(words)
    if row is None or to == row.office_id or not _exists(connection, to):
        return "gone"
    if row.state not in OPEN:
        return "closed"
    meant = to
    if actor.by is By.OFFICE:
        to = routing.answering(connection, to)
        if to is not None and to == row.office_id:
            return "nobody"
    if len(words) > MOST_WORDS:
        return "too_long"
    if actor.by is By.OFFICE and _times(connection, row.id) >= MOST_TRANSFERS:
        to = None
    unheard = meant if to is not None and meant != to else None
    history.change(connection, issue, actor.now, office_id=to, meant_for_id=unheard, seen_at=None)
    detail = "" if row.office_id is None else str(row.office_id)
    moved = history.load(connection, issue)
    assert moved is not None
    news = _news(connection, deps, moved, EntryKind.TRANSFERRED, actor, words=words, detail=detail)
    news.tell(issue_notices.TRANSFERRED)
    if to is not None:
        category = visibility.label(visibility.categories(connection)[row.category])
        news.tell_officials(to, issue_notices.TO_OFFICE, category=category)
    return "accepted"


def _mine(connection: Connection, issue: int, actor: Actor) -> IssueRow | None:
    """The issue, if it is this actor's: of their office and shown to it, or of anybody's for staff."""
    row = history.load(connection, issue)
    if row is None or actor.office is None:
        return row if actor.by is not By.OFFICE else None
    return row if row.office_id == actor.office and row.office_at is not None else None


def _acknowledged(row: IssueRow, now: datetime) -> dict[str, Any]:
    """What an office's first sign changes: from then on the term to resolve is what counts."""
    first = row.acknowledged_at is None
    return {
        "acknowledged_at": now if first else row.acknowledged_at,
        "ack_minutes": history.minutes(row.office_at, now) if first else row.ack_minutes,
        "seen_at": row.seen_at or now,
        "overdue": row.overdue if _term_is_over(row, now) else 0,
        "next_at": row.next_at if _term_is_over(row, now) else row.solve_due_at,
    }


def _term_is_over(row: IssueRow, now: datetime) -> bool:
    """Whether the term to resolve has passed already: then a sign of life ends nothing."""
    return row.solve_due_at is not None and row.solve_due_at <= now


def as_told(words: str) -> str:
    """An official's words as others read them: on one line, without what leads away from this line."""
    return masked(" ".join(words.split()))


def _fault(connection: Connection, deps: IssueDeps, row: IssueRow, kind: EntryKind, words: str, now: datetime) -> str:
    """Why these words cannot be said: there are none, too many, or they were said a moment ago."""
    if not words:
        return "empty"
    if len(words) > MOST_WORDS:
        return "too_long"
    lately = connection.execute(
        select(_entry.c.kind, _entry.c.text)
        .where(_entry.c.issue_id == row.id, _entry.c.at >= history.hour(now - TWICE_WITHIN))
        .order_by(_entry.c.id.desc())
    )
    for entry in lately:
        if entry.kind in _ANEW:
            break
        if entry.kind == kind and entry.text is not None and deps.vault.open(entry.text) == words:
            return "twice"
    return ""


def _news(
    connection: Connection,
    deps: IssueDeps,
    row: IssueRow,
    kind: EntryKind,
    actor: Actor,
    words: str = "",
    detail: str = "",
) -> News:
    entry = history.add(
        connection,
        deps.vault,
        row.id,
        NewEntry(
            kind,
            actor.by,
            actor.now,
            words=words,
            office=row.office_id if actor.office is None else actor.office,
            official=actor.official,
            detail=detail,
        ),
    )
    return News(connection, deps, row, entry, actor.now)


def _exists(connection: Connection, office: int | None) -> bool:
    found = select(_office.c.id).where(_office.c.id == office)
    return office is None or connection.execute(found).one_or_none() is not None


def _has_spoken(connection: Connection, row: IssueRow) -> bool:
    """Whether this office said anything since the issue came to it."""
    of_it = select(_entry.c.kind, _entry.c.office_id).where(_entry.c.issue_id == row.id, _entry.c.by == By.OFFICE)
    last = connection.execute(of_it.order_by(_entry.c.id.desc()).limit(1)).one_or_none()
    return last is not None and last.kind != EntryKind.TRANSFERRED and last.office_id == row.office_id


def _times(connection: Connection, issue: int) -> int:
    moved = select(_entry.c.id).where(_entry.c.issue_id == issue, _entry.c.kind == EntryKind.TRANSFERRED)
    return len(connection.execute(moved).all())
