"""The public board: which issues stand on it, under which filters, and what may be told of each.

The open side: it does not know who is behind an issue. A page is read from an index, a bounded number of rows of it,
however long history is; where few of many fit, a page may be short and still lead further back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    String,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    union_all,
)

from bot.db import table
from bot.issues import visibility
from bot.issues.board.figures import ALL, KNOWN, OFFICE, TOTAL, public
from bot.issues.models import EntryKind, Figure, Issue, IssueEntry, IssueState, Office, PlaceCount, Public
from bot.issues.visibility import FEWEST, HistoryRow, OfficeName
from bot.vault import Vault

PAGE, OFFICES = 20, 10  # issues and offices of a page
LOOKED_AT = 2000  # rows of an index that a page may cost
MOST_LINES = 40  # of an issue's history, the newest
MOST_MOVES = 10  # from an issue to the one it was merged into
_issue, _entry, _office, _counted, _figure = (
    table(Issue),
    table(IssueEntry),
    table(Office),
    table(PlaceCount),
    table(Figure),
)
_AREA = {2: "province", 4: "district", 6: "place"}  # by the length of an official code
_SIFTED = ("id", "state", "hidden", "office_at", "category", "place", "district", "province", "office_id")

GROUPS: Mapping[str, tuple[IssueState, ...]] = {
    "waiting": (IssueState.SENT, IssueState.ACKNOWLEDGED, IssueState.REOPENED),
    "answered": (IssueState.ANSWERED, IssueState.RESOLVED, IssueState.UNCONFIRMED),
    "solved": (IssueState.CONFIRMED,),
}


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which issues are wanted; what is empty does not matter. `place` and `office` may be named in public."""

    category: str = ""
    place: str = ""
    office: OfficeName | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class PublicIssue:
    """What may be told of an issue: `place` as it is shown, `office` where it may be named.

    `held`: there are words, and staff still have to look at them.
    """

    id: int
    code: str
    category: str
    place: str
    state: str
    voices: int
    office: OfficeName | None
    overdue: bool
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    solve_due_at: datetime | None
    words: str
    held: bool


def may_be_shown(connection: Connection, place: str) -> bool:
    """Whether a place of this code may be named in public."""
    return visibility.shown_places(connection, [place])[place] == place


def office_to_name(connection: Connection, office: int) -> OfficeName | None:
    """An office, if its name tells of no place with few people."""
    desk = visibility.offices(connection, [office]).get(office)
    return desk if desk is not None and may_be_shown(connection, desk.place) else None


def read_page(
    connection: Connection, sieve: Sieve, before: int | None, provinces: Collection[str], categories: Collection[str]
) -> tuple[Sequence[Row[*tuple[Any, ...]]], int | None]:
    """Issues with ids below `before`, the newest first, and where the next page begins, if there may be one."""
    branches = _branches(sieve, provinces, categories)
    each = max(LOOKED_AT // len(branches), PAGE + 1)
    below = true() if before is None else _issue.c.id < before
    looked = (
        select(*(_issue.c[name] for name in _SIFTED)).where(branch, below).order_by(_issue.c.id.desc()).limit(each)
        for branch in branches
    )
    every = union_all(*(select(one.subquery()) for one in looked)).subquery()
    newest = select(every).order_by(every.c.id.desc()).limit(each).subquery()
    fits = select(newest.c.id).where(public(newest), *_conditions(sieve, newest))
    ids = connection.execute(fits.order_by(newest.c.id.desc()).limit(PAGE + 1)).scalars().all()
    rows = connection.execute(select(_issue).where(_issue.c.id.in_(ids[:PAGE])).order_by(_issue.c.id.desc())).all()
    if len(ids) > PAGE:
        return rows, ids[PAGE - 1]
    count, last = connection.execute(select(func.count(), func.min(newest.c.id)).select_from(newest)).one()
    return rows, int(last) if count == each else None


def _branches(sieve: Sieve, provinces: Collection[str], categories: Collection[str]) -> list[ColumnElement[bool]]:
    """Together everything a sieve may let through; each is the beginning of an index that ends with the id."""
    states, category, place = GROUPS.get(sieve.group, KNOWN), _issue.c.category, sieve.place
    if sieve.office is not None:
        return [and_(_issue.c.office_id == sieve.office.id, _issue.c.state == state) for state in states]
    if len(place) >= 4:
        wanted = [sieve.category] if sieve.category else list(categories)
        return [and_(category == id, _issue.c.district == place[:4]) for id in wanted] or [true()]
    if sieve.category:
        return [
            and_(category == sieve.category, _issue.c.province == code) for code in ([place] if place else provinces)
        ]
    if place:
        return [_issue.c.province == place]
    return [_issue.c.state == state for state in states] if sieve.group else [true()]


def _conditions(sieve: Sieve, issue: FromClause) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [issue.c.state.in_(GROUPS.get(sieve.group, KNOWN))]
    if sieve.category:
        conditions.append(issue.c.category == sieve.category)
    if sieve.place:
        conditions.append(issue.c[_AREA[len(sieve.place)]] == sieve.place)
    if sieve.office is not None:
        # An issue from elsewhere is shown wider than the office's place: it would tell where it is.
        conditions.append(issue.c.office_id == sieve.office.id)
        if sieve.office.place:
            conditions.append(issue.c[_AREA[len(sieve.office.place)]] == sieve.office.place)
    return conditions


def told(connection: Connection, vault: Vault, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[PublicIssue]:
    """What may be told of these issues, in their order."""
    ids = [row.id for row in rows]
    shown = visibility.shown_places(connection, {row.place for row in rows})
    desks = visibility.offices(connection, {row.office_id for row in rows})
    words = visibility.first_words(connection, vault, ids, public=True) if ids else {}
    waiting = _reports(ids).where(_entry.c.public == Public.WAITING)
    held = set(connection.execute(waiting).scalars()) if ids else set()
    return [
        PublicIssue(
            row.id,
            row.code,
            row.category,
            shown[row.place],
            row.state,
            row.voices_told,
            named(desks.get(row.office_id), shown[row.place]),
            row.overdue > 0,
            row.created_at,
            row.changed_at,
            row.closed_at,
            row.solve_due_at,
            words.get(row.id, ""),
            row.id in held and row.id not in words,
        )
        for row in rows
    ]


def _reports(ids: Collection[int]) -> Select[tuple[int]]:
    return select(_entry.c.issue_id).where(_entry.c.issue_id.in_(ids), _entry.c.kind == EntryKind.REPORT)


def named(desk: OfficeName | None, shown: str) -> OfficeName | None:
    """An office, if it tells no more than the shown place does."""
    return desk if desk is not None and visibility.may_be_named(desk.place, shown) else None


def find(connection: Connection, code: str) -> Row[*tuple[Any, ...]] | None:
    """The issue of a code, or the one it was merged into; None where there is none that everybody may know of."""
    row = connection.execute(select(_issue).where(_issue.c.code == code)).one_or_none()
    for _ in range(MOST_MOVES):
        if row is None or row.merged_into is None:
            break
        row = connection.execute(select(_issue).where(_issue.c.id == row.merged_into)).one_or_none()
    if row is None or row.hidden or row.office_at is None:
        return None
    return row if row.state in KNOWN else None


def read_history(
    connection: Connection, vault: Vault, item: PublicIssue, office: int | None
) -> Sequence[tuple[HistoryRow, OfficeName | None]]:
    """The entries of an issue that everybody may see, with the office of each.

    `office`: the one in charge now. An issue that is passed on goes to where it is passed on from next.
    """
    lines = visibility.history(connection, vault, item.id, public=True, most=MOST_LINES)
    to = acting_offices(lines, office)
    desks = visibility.offices(connection, to.values())
    return [(line, named(desks.get(to[line.id] or 0), item.place)) for line in lines if _is_told(line)]


def acting_offices(lines: Sequence[HistoryRow], office: int | None) -> dict[int, int | None]:
    """For each entry the office it names: that which acts, or to which the issue is passed on."""
    to: dict[int, int | None] = {}
    following = office
    for line in reversed(lines):
        to[line.id] = line.office
        if line.kind == EntryKind.TRANSFERRED:
            to[line.id], following = following, int(line.detail) if line.detail.isdecimal() else None
    return to


def _is_told(line: HistoryRow) -> bool:
    """What people add is told once it may be read; what an office does, at once."""
    return bool(line.words) or line.kind not in (EntryKind.MORE, EntryKind.REPLY)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the board by key; `total` is None before there are any."""

    total: Row[*tuple[Any, ...]] | None
    by: Mapping[str, Mapping[str, Row[*tuple[Any, ...]]]]


def read_figures(connection: Connection) -> Figures:
    """What was raised, answered and solved: in sum, by category and by province."""
    rows = connection.execute(select(_figure).where(_figure.c.kind != OFFICE).order_by(_figure.c.raised.desc())).all()
    by: dict[str, dict[str, Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        by.setdefault(row.kind, {})[row.key] = row
    total = by.get(TOTAL, {}).get(ALL)
    return Figures(total if total is not None and total.raised else None, by)


def read_offices(connection: Connection, page: int) -> tuple[Sequence[Row[*tuple[Any, ...]]], bool]:
    """The offices that may be named with their figures, those with most issues first, and whether there are more."""
    rows = connection.execute(
        select(_office.c.id, _office.c.name_km, _office.c.name_en, _figure)
        .join(_figure, and_(_figure.c.kind == OFFICE, _figure.c.key == cast(_office.c.id, String)))
        .outerjoin(_counted, _counted.c.place == _office.c.place)
        .where(or_(func.length(_office.c.place) <= 2, _counted.c.told >= FEWEST))
        .order_by(_figure.c.raised.desc(), _office.c.id)
        .offset((page - 1) * OFFICES)
        .limit(OFFICES + 1)
    ).all()
    return rows[:OFFICES], len(rows) > OFFICES
