"""What officials write waits before it goes out: read back, let go by a word or after a while, taken back until then.

Owns what confirms an act, and that each goes out once, however often the clock comes by. What an act does to the issue
and who hears of it is issues.handling's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from bot.db import reading, table, writing
from bot.issues import handling, history
from bot.issues.handling import Actor
from bot.issues.models import By, Issue, Official, PendingAct, PendingState, Reached
from bot.issues.notifications import IssueDeps
from bot.messages import alarms
from bot.messages.models import Purpose
from bot.messages.notices import Notice, recipients
from bot.vault import Vault
from flows.issues import notices as issue_notices
from flows.issues.known import confirmation

log = structlog.get_logger()

RECENT = timedelta(minutes=30)  # of this an official is still told that it can no longer be taken back
KEPT = timedelta(days=1)  # what has gone out or was taken back
MOST_AT_ONCE = 200  # of one tick
_pending, _issue, _official = table(PendingAct), table(Issue), table(Official)


@dataclass(frozen=True, slots=True)
class Act:
    """What an official wrote, while it waits and for a day after."""

    id: int
    issue: int
    code: str
    official: int
    action: str
    words: str
    to: int | None
    waits: bool
    due_at: datetime


def propose(
    connection: Connection,
    deps: IssueDeps,
    issue: int,
    actor: Actor,
    action: str,
    words: str = "",
    to: int | None = None,
) -> str:
    """An official wants this done. Outcomes: accepted (it waits), and those of issues.handling."""
    assert actor.office is not None
    assert actor.official is not None
    words = handling.as_told(words)
    if wrong := handling.fault(connection, deps, issue, actor, action, words, to):
        if wrong == "nobody":
            history.change(connection, issue, actor.now, meant_for_id=to)  # staff find it among what is stuck
        return wrong
    same = (_pending.c.issue_id == issue, _pending.c.action == action, _pending.c.state == PendingState.WAITING)
    for row in connection.execute(select(_pending).where(*same)):
        if deps.vault.open(row.words) == words and row.to_id == to:
            return "twice"
    handling.see(connection, issue, actor)
    values = {"issue_id": issue, "office_id": actor.office, "official_id": actor.official, "action": action}
    values |= {"words": deps.vault.seal(words), "to_id": to, "state": PendingState.WAITING}
    needed = confirmation(action)
    assert needed is not None
    connection.execute(insert(_pending).values(**values, due_at=actor.now + needed.within, created_at=actor.now))
    return "accepted"


def confirm(connection: Connection, deps: IssueDeps, issue: int, official: int, now: datetime) -> str:
    """Let the newest go that an official wrote about an issue. Outcomes: those of issues.handling; twice: it is out."""
    mine = (_pending.c.issue_id == issue, _pending.c.official_id == official)
    newest = select(_pending.c.id).where(*mine).order_by(_pending.c.id.desc()).limit(1)
    id = connection.execute(newest).scalar_one_or_none()
    return "gone" if id is None else let_go(connection, deps, id, now)


def let_go(connection: Connection, deps: IssueDeps, pending: int, now: datetime, office: int | None = None) -> str:
    """Let it go now; `office`: somebody of it asks. Outcomes: those of issues.handling; twice: it waits no more."""
    theirs = () if office is None else (_pending.c.office_id == office,)
    row = _take_out(connection, pending, PendingState.SENT, *theirs)
    return "twice" if row is None else _done(connection, deps, row, now)


def undo(connection: Connection, pending: int, office: int) -> str:
    """Take it back; anybody of the office may. Outcomes: accepted, gone (it has gone out, or was taken back)."""
    row = _take_out(connection, pending, PendingState.UNDONE, _pending.c.office_id == office)
    return "gone" if row is None else "accepted"


def undo_all(connection: Connection, official: int) -> None:
    """Somebody is no longer of an office: nothing of what they wrote goes out."""
    waits = (_pending.c.official_id == official, _pending.c.state == PendingState.WAITING)
    connection.execute(update(_pending).where(*waits).values(state=PendingState.UNDONE))


def of_officials(connection: Connection, vault: Vault, officials: Sequence[int], now: datetime) -> list[Act]:
    """What these officials wrote a little while ago, the newest first: what waits, and what has just gone out."""
    lately = (_pending.c.official_id.in_(officials), _pending.c.created_at > now - RECENT)
    return _found(connection, vault, *lately, _pending.c.state.in_((PendingState.WAITING, PendingState.SENT)))


def of_issue(connection: Connection, vault: Vault, issue: int, office: int) -> list[Act]:
    """What an office wrote about an issue that has not gone out, the newest first."""
    waits = (_pending.c.issue_id == issue, _pending.c.office_id == office, _pending.c.state == PendingState.WAITING)
    return _found(connection, vault, *waits)


def _found(connection: Connection, vault: Vault, *which: Any) -> list[Act]:
    rows = connection.execute(
        select(_pending, _issue.c.code)
        .join(_issue, _issue.c.id == _pending.c.issue_id)
        .where(*which)
        .order_by(_pending.c.id.desc())
        .limit(MOST_AT_ONCE)
    )
    return [
        Act(
            id=row.id,
            issue=row.issue_id,
            code=row.code,
            official=row.official_id,
            action=row.action,
            words=vault.open(row.words),
            to=row.to_id,
            waits=row.state == PendingState.WAITING,
            due_at=row.due_at,
        )
        for row in rows
    ]


def _take_out(connection: Connection, pending: int, state: PendingState, *which: Any) -> Row[Any] | None:
    """The row, taken out of what waits: by one of those who try at the same time."""
    mine = (_pending.c.id == pending, _pending.c.state == PendingState.WAITING, *which)
    return connection.execute(update(_pending).where(*mine).values(state=state).returning(_pending)).one_or_none()


def _done(connection: Connection, deps: IssueDeps, row: Row[Any], now: datetime) -> str:
    by = Actor(By.OFFICE, row.office_id, row.official_id, now)
    said = handling.act(connection, deps, row.issue_id, by, row.action, deps.vault.open(row.words), row.to_id)
    if said != "accepted":
        connection.execute(update(_pending).where(_pending.c.id == row.id).values(state=PendingState.FAILED))
    return said


@dataclass(frozen=True, slots=True)
class LettingGo:
    """The task: what nobody took back in time goes out. A row a transaction: what is wrong with one stops no other."""

    engine: Engine
    deps: IssueDeps

    def __call__(self, now: datetime) -> None:
        """Let go what is due; forget what is long past."""
        due = select(_pending.c.id).where(_pending.c.state == PendingState.WAITING, _pending.c.due_at <= now)
        old = select(_pending.c.id).where(_pending.c.due_at < now - KEPT, _pending.c.state != PendingState.WAITING)
        with reading(self.engine) as connection:
            ids = connection.execute(due.order_by(_pending.c.due_at).limit(MOST_AT_ONCE)).scalars().all()
            past = connection.execute(old.limit(MOST_AT_ONCE)).scalars().all()
        for id in ids:
            try:
                with writing(self.engine) as connection:
                    self._let_go(connection, id, now)
            except Exception as error:
                # Those after it are due as well. Without a database the next statement raises.
                log.error("pending failed", pending=id, error=type(error).__name__)
                with writing(self.engine) as connection:
                    _take_out(connection, id, PendingState.FAILED)
                    alarms.sound(
                        connection, "issue", f"answer {id} of an office cannot go out; see the clock's log", now
                    )
        if past:
            with writing(self.engine) as connection:
                connection.execute(delete(_pending).where(_pending.c.id.in_(past)))

    def _let_go(self, connection: Connection, id: int, now: datetime) -> None:
        if let_go(connection, self.deps, id, now) not in ("accepted", "twice"):
            self._tell(connection, id, now)

    def _tell(self, connection: Connection, id: int, now: datetime) -> None:
        """The official believes that it has gone out: they hear that it has not."""
        row = connection.execute(select(_pending).where(_pending.c.id == id)).one()
        issue = history.load(connection, row.issue_id)
        by_phone = (_official.c.id == row.official_id, _official.c.phone == Reached.CONFIRMED)
        contact = connection.execute(select(_official.c.contact_id).where(*by_phone)).scalar_one_or_none()
        if issue is None or contact is None:
            return
        prompt = issue_notices.told(issue_notices.NOT_SENT, issue.code)
        notice = Notice((prompt,), Purpose.OWN, f"pending:{row.id}", f"official:{row.official_id}")
        self.deps.notices.tell(connection, recipients(connection, [contact]), notice, now)
