"""What the clock does for issues: those over their term go to the offices above, silence closes what was resolved.

Each issue has a transaction of its own, in which its row is locked and looked at again. What a clock that slept
missed is done once: an issue that is two steps late takes both at once and is told of once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, func, literal_column, or_, select, update

from bot.db import reading as looking
from bot.db import table, writing
from bot.issues import history, routing, visibility
from bot.issues.history import IssueRow, NewEntry
from bot.issues.models import By, EntryKind, Issue, IssueEntry, IssueState, Public
from bot.issues.notifications import IssueDeps, News
from bot.issues.steps import OPEN
from bot.messages import alarms
from bot.messages.inbound.received import SEALED_NOTHING
from bot.vault import Vault
from flows.issues import notices as issue_notices

log = structlog.get_logger()

LOOKED_AT_WITHIN = timedelta(days=1)  # words by staff, before they are told that some wait
APART = timedelta(days=7)  # between two steps of an issue that is over its term
MOST_STEPS = 3
MOST_AT_ONCE = 500  # issues of one tick
_issue, _entry = table(Issue), table(IssueEntry)


@dataclass(frozen=True, slots=True)
class Terms:
    """The task of issues."""

    engine: Engine
    deps: IssueDeps

    def __call__(self, now: datetime) -> None:
        """Take the steps that are due."""
        self.waiting(now)
        due = select(_issue.c.id).where(_issue.c.next_at <= now).order_by(_issue.c.next_at).limit(MOST_AT_ONCE)
        with looking(self.engine) as connection:
            found = connection.execute(due).scalars().all()
        for id in found:
            try:
                with writing(self.engine) as connection:
                    row = history.load(connection, id)
                    if row is not None and row.next_at is not None and row.next_at <= now:
                        self._step(connection, row, now)
            except Exception as error:
                # Whatever is wrong with one issue, those after it are due as well. Without a database this raises.
                log.error("issue failed", issue=id, error=type(error).__name__)
                with writing(self.engine) as connection:
                    history.change(connection, id, now, next_at=now + timedelta(hours=1))
                    alarms.sound(connection, "issue", f"issue {id} cannot be dealt with; see the clock's log", now)

    def waiting(self, now: datetime) -> None:
        """Tell staff of words that nobody has looked at for a day: offices wait for them, and the public."""
        waits, old = _entry.c.public == literal_column("'waiting'"), _entry.c.at <= now - LOOKED_AT_WITHIN
        oldest = select(_entry.c.id).where(waits).order_by(_entry.c.id).limit(1).scalar_subquery()
        with writing(self.engine) as connection:
            if connection.execute(select(_entry.c.id).where(_entry.c.id == oldest, old)).one_or_none() is not None:
                told = "words of problems wait for staff for more than a day; see: flask issues waiting"
                alarms.sound(connection, "issues waiting", told, now)

    def _step(self, connection: Connection, row: IssueRow, now: datetime) -> None:
        if row.state == IssueState.RESOLVED:
            self._unconfirmed(connection, row, now)
        elif row.state in OPEN and row.office_at is not None:
            self._overdue(connection, row, now)
        else:
            history.change(connection, row.id, now, next_at=None)

    def _unconfirmed(self, connection: Connection, row: IssueRow, now: datetime) -> None:
        """Nobody said whether it is solved: that counts as neither."""
        if history.step(connection, row, IssueState.UNCONFIRMED, now, closed_at=now, next_at=None):
            entry = history.add(connection, self.deps.vault, row.id, NewEntry(EntryKind.UNCONFIRMED, By.CLOCK, now))
            News(connection, self.deps, row, entry, now).tell(issue_notices.UNCONFIRMED)

    def _overdue(self, connection: Connection, row: IssueRow, now: datetime) -> None:
        """The offices above are told, one more of them at each step; and so are those behind it."""
        term = row.ack_due_at if row.state in (IssueState.SENT, IssueState.REOPENED) else row.solve_due_at
        if term is None or term > now:
            history.change(connection, row.id, now, next_at=term)
            return
        steps = min(MOST_STEPS, 1 + (now - term) // APART)
        if steps <= row.overdue:
            later = term + row.overdue * APART
            history.change(connection, row.id, now, next_at=later if row.overdue < MOST_STEPS and later > now else None)
            return
        following = term + steps * APART if steps < MOST_STEPS else None
        history.change(connection, row.id, now, overdue=steps, next_at=following)
        entry = history.add(
            connection,
            self.deps.vault,
            row.id,
            NewEntry(EntryKind.OVERDUE, By.CLOCK, now, office=row.office_id, detail=str(steps)),
        )
        above = routing.ancestors(connection, row.office_id)[:steps]
        news = News(connection, self.deps, row, entry, now)
        if not above or steps == MOST_STEPS:
            told = "issues are over their term and no office acts on them; see: flask issues stuck"
            alarms.sound(connection, "issues stuck", told, now)
        if not above:
            news.tell(issue_notices.OVERDUE_STAFF)
            return
        news.tell(issue_notices.OVERDUE, office=news.office(above[-1]))
        category = visibility.label(visibility.categories(connection)[row.category])
        for office in above:
            news.tell_officials(office, issue_notices.OVERDUE_BELOW, of=row.office_id, category=category)


def forget(connection: Connection, vault: Vault, until: datetime) -> None:
    """Blank the words of entries before a time, but for those the public reads; what is blank is not touched."""
    kept = or_(_entry.c.public == Public.SHOWN, _entry.c.text.is_(None))
    old = update(_entry).where(_entry.c.at < until, ~kept)
    connection.execute(old.values(text=None, public=Public.NONE))
    worded = func.length(_issue.c.folded) > SEALED_NOTHING
    gone = update(_issue).where(_issue.c.created_at < until, worded, _issue.c.state.not_in(OPEN))
    connection.execute(gone.values(folded=vault.seal("")))
