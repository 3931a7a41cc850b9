"""An office's own list: which issues are its to act on, what is to be done first, and what it may read of each.

The open side: it does not know who is behind an issue. Places are exact here, and words as the office may read them.
Issues at offices below stand in it only once they were passed up to this office, and only to be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, false, func, or_, select, union_all

from bot.db import table
from bot.issues import visibility
from bot.issues.board.query import MOST_MOVES, acting_offices
from bot.issues.history import hour
from bot.issues.models import By, EntryKind, Issue, IssueEntry, IssueState, Office
from bot.issues.steps import OPEN
from bot.issues.visibility import HistoryRow, OfficeName
from bot.vault import Vault

PAGE = 20  # issues of a page
MOST_UP = 3  # offices above one that are told of what it leaves undone, as issues.due has it
MOST_LINES = 40  # of a history, unless all of it is asked for: in Khmer a page of more is too heavy
TO_DO, OVERDUE, NEW, WAITS, CLOSED, BELOW = "", "overdue", "new", "waits", "closed", "below"
GROUPS = (TO_DO, OVERDUE, NEW, WAITS, CLOSED, BELOW)
_DONE: Mapping[str, tuple[IssueState, ...]] = {
    WAITS: (IssueState.RESOLVED,),  # for the people's word
    CLOSED: (IssueState.CONFIRMED, IssueState.UNCONFIRMED),
}
_RANKS: Mapping[str, tuple[int, ...]] = {TO_DO: (0, 1, 2, 3), OVERDUE: (0,), NEW: (1,)}
_issue, _entry, _office = table(Issue), table(IssueEntry), table(Office)
# Until when the office has to do the next thing; issues.due goes by the same.
_TERM = case(
    (_issue.c.state.in_((IssueState.SENT, IssueState.REOPENED)), _issue.c.ack_due_at), else_=_issue.c.solve_due_at
)


@dataclass(frozen=True, slots=True)
class Task:
    """An issue as an office sees it. `term`: until when the next thing is due; `mine`: this office may act on it."""

    id: int
    code: str
    category: str
    place: str
    commodity: str
    state: str
    voices: int
    office: OfficeName | None
    overdue: bool
    unread: bool
    term: datetime | None
    confirm_until: datetime | None
    created_at: datetime
    words: str
    mine: bool


def counts(connection: Connection, office: int, now: datetime) -> dict[str, int]:
    """How many issues stand in each group; closed ones are not counted."""
    found = dict.fromkeys((TO_DO, OVERDUE, NEW, WAITS, BELOW), 0)
    ranked = select(_rank(now).label("rank")).where(*_of(office), _issue.c.state.in_(OPEN)).subquery()
    rows = connection.execute(select(ranked.c.rank, func.count().label("count")).group_by(ranked.c.rank))
    for row in rows.mappings():
        for group, ranks in _RANKS.items():
            found[group] += row["count"] if row["rank"] in ranks else 0
    waits = select(func.count()).select_from(_issue).where(*_of(office), _issue.c.state.in_(_DONE[WAITS]))
    found[WAITS] = connection.execute(waits).scalar_one()
    below = select(func.count()).select_from(_issue).where(_passed_up(connection, office))
    found[BELOW] = connection.execute(below).scalar_one()
    return found


def read_page(
    connection: Connection, vault: Vault, office: int, group: str, after: tuple[int, int] | None, now: datetime
) -> tuple[Sequence[Task], str]:
    """The issues of a group that come after a place in it, and the place where the next page begins; empty: none."""
    if group in _DONE:
        rows = connection.execute(_done(office, _DONE[group], after)).all()
    else:
        which = [_passed_up(connection, office)] if group == BELOW else [*_of(office), _issue.c.state.in_(OPEN)]
        rows = connection.execute(_urgent(which, _RANKS.get(group, _RANKS[TO_DO]), after, now)).all()
    tasks, more = rows[:PAGE], len(rows) > PAGE
    return _as_work(connection, vault, tasks, office, now), f"{tasks[-1].rank}-{tasks[-1].id}" if more else ""


def find(connection: Connection, vault: Vault, office: int, code: str, now: datetime) -> Task | None:
    """The issue of a code, or the one it was merged into, if this office may read it."""
    row = connection.execute(select(_issue).where(_issue.c.code == code)).one_or_none()
    for _ in range(MOST_MOVES):
        if row is None or row.merged_into is None:
            break
        row = connection.execute(select(_issue).where(_issue.c.id == row.merged_into)).one_or_none()
    if row is None or row.office_at is None:
        return None
    if row.office_id != office:
        passed = select(_issue.c.id).where(_issue.c.id == row.id, _passed_up(connection, office))
        if connection.execute(passed).one_or_none() is None:
            return None
    return _as_work(connection, vault, [row], office, now)[0]


def read_history(
    connection: Connection, vault: Vault, task: Task, *, whole: bool
) -> tuple[Sequence[tuple[HistoryRow, OfficeName | None]], bool]:
    """What the office may read of an issue's history, with the office of each entry; and whether there is more."""
    lines = visibility.history(connection, vault, task.id, public=False, most=None if whole else MOST_LINES + 1)
    more = not whole and len(lines) > MOST_LINES
    to = acting_offices(lines, task.office.id if task.office else None)
    desks = visibility.offices(connection, to.values())
    return [(line, desks.get(to[line.id] or 0)) for line in (lines[1:] if more else lines)], more


def was_passed_on(connection: Connection, office: int, code: str, since: datetime) -> bool:
    """Whether an office has passed the issue of a code on since then."""
    passed = (_entry.c.kind == EntryKind.TRANSFERRED, _entry.c.by == By.OFFICE, _entry.c.office_id == office)
    found = select(_entry.c.id).join(_issue, _issue.c.id == _entry.c.issue_id)
    return (
        connection.execute(found.where(_issue.c.code == code, *passed, _entry.c.at >= hour(since))).first() is not None
    )


def added(lines: Sequence[tuple[HistoryRow, OfficeName | None]]) -> str:
    """What people have added since they said that it is not solved: the newest words."""
    words = ""
    for line, _ in lines:
        if line.kind == EntryKind.REOPENED:
            words = ""
        elif line.kind in (EntryKind.MORE, EntryKind.REPLY) and line.words:
            words = line.words
    return words


def held(lines: Sequence[tuple[HistoryRow, OfficeName | None]]) -> bool:
    """Whether staff still have to write down, or look at, what was reported."""
    return any(line.kind == EntryKind.REPORT and line.held for line, _ in lines)


def _of(office: int) -> tuple[ColumnElement[bool], ...]:
    return _issue.c.office_id == office, _issue.c.office_at.is_not(None)


def _passed_up(connection: Connection, office: int) -> ColumnElement[bool]:
    """What offices below have not answered for so long that this one was told: one step up at each time.

    The offices are looked up before, so that an index leads from them to their issues; most have none below.
    """
    layers, layer = [], [office]
    for _ in range(MOST_UP):
        below = select(_office.c.id).where(_office.c.parent_id.in_(layer), _office.c.id != office)
        if not (layer := list(connection.execute(below).scalars())):
            break
        layers.append(layer)
    if not layers:
        return false()
    reached = [and_(_issue.c.office_id.in_(ids), _issue.c.overdue >= steps) for steps, ids in enumerate(layers, 1)]
    theirs = _issue.c.office_id.in_([id for ids in layers for id in ids])
    return and_(theirs, _issue.c.state.in_(OPEN), _issue.c.office_at.is_not(None), or_(*reached))


def _rank(now: datetime) -> ColumnElement[int]:
    """What comes first: what is over its term, what nobody has read, what was not solved after all, the rest."""
    return case((now >= _TERM, 0), (_issue.c.seen_at.is_(None), 1), (_issue.c.state == IssueState.REOPENED, 2), else_=3)


def _urgent(
    which: Sequence[ColumnElement[bool]], ranks: Sequence[int], after: tuple[int, int] | None, now: datetime
) -> Select[Any]:
    rank = _rank(now)
    found = select(_issue, rank.label("rank")).where(*which)
    if tuple(ranks) != _RANKS[TO_DO]:
        found = found.where(rank.in_(ranks))
    if after is not None:
        found = found.where(or_(rank > after[0], and_(rank == after[0], _issue.c.id > after[1])))
    return found.order_by(rank, _issue.c.id).limit(PAGE + 1)


def _done(office: int, states: Sequence[IssueState], after: tuple[int, int] | None) -> Select[Any]:
    """The newest first; each state is walked along an index."""
    below = [] if after is None else [_issue.c.id < after[1]]
    each = [
        select(_issue.c.id)
        .where(*_of(office), _issue.c.state == state, *below)
        .order_by(_issue.c.id.desc())
        .limit(PAGE + 1)
        .subquery()
        for state in states
    ]
    newest = union_all(*(select(one.c.id) for one in each)).subquery()
    rows = select(_issue, _issue.c.overdue.label("rank")).join(newest, newest.c.id == _issue.c.id)
    return rows.order_by(_issue.c.id.desc()).limit(PAGE + 1)


def _as_work(
    connection: Connection, vault: Vault, rows: Sequence[Row[*tuple[Any, ...]]], office: int, now: datetime
) -> list[Task]:
    ids = [row.id for row in rows]
    desks = visibility.offices(connection, {row.office_id for row in rows})
    words = visibility.first_words(connection, vault, ids, public=False) if ids else {}
    return [_task(row, desks.get(row.office_id), words.get(row.id, ""), office, now) for row in rows]


def _task(row: Row[*tuple[Any, ...]], desk: OfficeName | None, words: str, office: int, now: datetime) -> Task:
    is_open = row.state in OPEN
    fresh = row.state in (IssueState.SENT, IssueState.REOPENED)
    term = (row.ack_due_at if fresh else row.solve_due_at) if is_open else None
    return Task(
        row.id,
        row.code,
        row.category,
        row.place,
        row.commodity,
        row.state,
        row.voices_told,
        desk,
        overdue=term is not None and term <= now,
        unread=row.seen_at is None,
        term=term,
        confirm_until=row.confirm_until if row.state == IssueState.RESOLVED else None,
        created_at=row.created_at,
        words=words,
        mine=row.office_id == office,
    )
