"""What a digest tells an office: counts of its issues, what offices below it left undone, which issues come first.

The open side: it does not know who is behind an issue. An issue that staff still hold does not exist here. When an
issue came to an office is when that office began to see it, or when it was last passed on, whichever is later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.db import table
from bot.issues.history import hour
from bot.issues.models import EntryKind, Issue, IssueEntry, IssueState, Level, Office
from bot.issues.routing import MOST_LEVELS
from bot.issues.steps import OPEN
from bot.issues.visibility import OfficeName
from flows.prompts import FEW

READ_WITHIN = timedelta(hours=48)
FIRST_LOOKS_BACK = timedelta(days=7)  # what is new in an office's first digest
MOST_UP = 3  # offices above one that are told of what it leaves undone, as issues.due has it
MANY = FEW  # people, for an issue to be named as joined
RANKS = ("overdue", "reopened", "unread", "new", "")  # what an office should look at first
_issue, _office, _entry = table(Issue), table(Office), table(IssueEntry)
_OPEN = and_(_issue.c.state.in_(OPEN), _issue.c.office_at.is_not(None))
_NO_ISSUE = (IssueState.MERGED, IssueState.REJECTED, IssueState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many issues came since the last digest, were not read in time, are over their term, were not solved after
    all, and were confirmed as solved since the last digest."""

    new: int = 0
    unread: int = 0
    overdue: int = 0
    reopened: int = 0
    confirmed: int = 0

    def __bool__(self) -> bool:
        return any((self.new, self.unread, self.overdue, self.reopened, self.confirmed))


@dataclass(frozen=True, slots=True)
class DigestFigures:
    """All that a digest counts. `below`: overdue at offices below and passed up to this one.

    `longest` is the code of the issue that is overdue longest, `joined` that of the one most people raise, `voices`
    how many they are. `provinces` sums the offices below a ministry.
    """

    own: Sums = field(default_factory=Sums)
    open: int = 0
    below: int = 0
    longest: str = ""
    joined: str = ""
    voices: int = 0
    provinces: Mapping[str, Sums] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether there is anything to report. What many people raise is told with the rest, but is no news."""
        return bool(self.own) or self.below > 0 or bool(self.provinces)

    def kept(self) -> dict[str, object]:
        """As it is written down: what is not zero."""
        provinces = {code: _some(asdict(sums)) for code, sums in self.provinces.items()}
        rest = {"open": self.open, "below": self.below, "longest": self.longest, "joined": self.joined}
        return _some({**asdict(self.own), **rest, "voices": self.voices, "provinces": provinces})


def _some(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def count(connection: Connection, office: OfficeName, since: datetime | None, now: datetime) -> DigestFigures:
    """The figures of an office, with what is new since its last digest; None: this is its first."""
    # Times of issues are whole hours: what came in the hour of a digest is told by the next one.
    since, now = hour(since or now - FIRST_LOOKS_BACK), hour(now)
    mine = _issue.c.office_id == office.id
    row = connection.execute(select(func.count().label("open"), *_standing(now)).where(mine, _OPEN)).one()
    came = connection.execute(select(func.count()).where(mine, _came(since, now))).scalar_one()
    passed = connection.execute(select(func.count()).where(mine, _passed_on(since, now))).scalar_one()
    solved = connection.execute(select(func.count()).where(mine, _solved(since, now))).scalar_one()
    joined = connection.execute(
        select(_issue.c.code, _issue.c.voices_told)
        .where(mine, _OPEN, _issue.c.voices_told >= MANY)
        .order_by(_issue.c.voices_told.desc(), _issue.c.id)
        .limit(1)
    ).one_or_none()
    below = _below(office.id)
    return DigestFigures(
        Sums(came + passed, row.unread or 0, row.overdue or 0, row.reopened or 0, solved),
        row.open,
        connection.execute(select(func.count()).select_from(_passed_up(below))).scalar_one(),
        _longest(connection, mine) if row.overdue else "",
        joined.code if joined is not None else "",
        joined.voices_told if joined is not None else 0,
        _by_province(connection, below, since, now) if office.level == Level.MINISTRY else {},
    )


def _standing(now: datetime) -> Sequence[ColumnElement[int]]:
    """How open issues stand, counted."""
    reopened = _issue.c.state == IssueState.REOPENED
    stands = {"unread": _unread(now), "overdue": _issue.c.overdue > 0, "reopened": reopened}
    return [func.sum(case((how, 1), else_=0)).label(name) for name, how in stands.items()]


def _unread(now: datetime) -> ColumnElement[bool]:
    long_ago = now - READ_WITHIN
    nobody = (_issue.c.seen_at.is_(None), _issue.c.acknowledged_at.is_(None))
    return and_(*nobody, _issue.c.office_at <= long_ago, ~_was_passed_on(long_ago, now))


def _was_passed_on(since: datetime, until: datetime) -> ColumnElement[bool]:
    moved = (_entry.c.kind == EntryKind.TRANSFERRED, _entry.c.at >= since, _entry.c.at < until)
    return exists().where(_entry.c.issue_id == _issue.c.id, *moved)


def _came(since: datetime, now: datetime) -> ColumnElement[bool]:
    return and_(_issue.c.office_at >= since, _issue.c.office_at < now, _issue.c.state.not_in(_NO_ISSUE))


def _passed_on(since: datetime, now: datetime) -> ColumnElement[bool]:
    """Those another office had before, which nobody of this one has read yet."""
    return and_(_OPEN, _issue.c.seen_at.is_(None), _issue.c.office_at < since, _was_passed_on(since, now))


def _solved(since: datetime, now: datetime) -> ColumnElement[bool]:
    return and_(_issue.c.closed_at >= since, _issue.c.closed_at < now, _issue.c.state == IssueState.CONFIRMED)


def _longest(connection: Connection, mine: ColumnElement[bool]) -> str:
    overdue = select(_issue.c.code).where(mine, _OPEN, _issue.c.overdue > 0)
    longest = overdue.order_by(_issue.c.overdue.desc(), _issue.c.office_at, _issue.c.id).limit(1)
    return str(connection.execute(longest).scalar_one())


def _below(office: int) -> Subquery:
    """The offices below one, each with how many steps it is down; a list with a circle in it ends all the same."""
    tree = select(literal(office, BigInteger).label("id"), literal(0).label("depth")).cte("tree", recursive=True)
    next_one = select(_office.c.id, (tree.c.depth + 1).label("depth")).where(
        _office.c.parent_id == tree.c.id, tree.c.depth < MOST_LEVELS
    )
    tree = tree.union(next_one)
    nearest = select(tree.c.id, func.min(tree.c.depth).label("depth")).where(tree.c.id != office)
    return nearest.group_by(tree.c.id).subquery("below")


def _passed_up(below: Subquery) -> Subquery:
    """What offices below have left undone for so long that this one was told: a step up at each time."""
    reached = and_(below.c.depth <= MOST_UP, _issue.c.overdue >= below.c.depth)
    found = select(_issue.c.id, _issue.c.code, _issue.c.office_id, _issue.c.overdue, _issue.c.office_at)
    return found.join(below, below.c.id == _issue.c.office_id).where(_OPEN, reached).subquery("passed_up")


def _by_province(connection: Connection, below: Subquery, since: datetime, now: datetime) -> dict[str, Sums]:
    """The sums of all offices below, by the province of the issue."""
    there = _issue.join(below, below.c.id == _issue.c.office_id)
    sums: dict[str, dict[str, int]] = {}
    asked = {
        "": (_OPEN, _standing(now)),
        "new": (_came(since, now), (func.count().label("new"),)),
        "confirmed": (_solved(since, now), (func.count().label("confirmed"),)),
    }
    for which, counted in asked.values():
        rows = connection.execute(
            select(_issue.c.province, *counted).select_from(there).where(which).group_by(_issue.c.province)
        )
        for row in rows.mappings():
            sums.setdefault(row["province"], {}).update({name: row[name] for name in row if name != "province"})
    told = {code: Sums(**found) for code, found in sorted(sums.items())}
    return {code: found for code, found in told.items() if found}


def urgent(
    connection: Connection, office: int, since: datetime | None, now: datetime, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The open issues an office should look at first, with their place among RANKS.

    Within each what most people raise stands first.
    """
    since, now = hour(since or now - FIRST_LOOKS_BACK), hour(now)
    rank = case(
        (_issue.c.overdue > 0, RANKS.index("overdue")),
        (_issue.c.state == IssueState.REOPENED, RANKS.index("reopened")),
        (_unread(now), RANKS.index("unread")),
        (or_(_issue.c.office_at >= since, _passed_on(since, now)), RANKS.index("new")),
        else_=RANKS.index(""),
    ).label("rank")
    first = select(_issue, rank).where(_issue.c.office_id == office, _OPEN)
    return connection.execute(first.order_by(rank, _issue.c.voices_told.desc(), _issue.c.id).limit(most)).all()


def undone_below(connection: Connection, office: int, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What offices below have left undone and was passed up to this one, the longest first."""
    found = _passed_up(_below(office))
    longest = select(found).order_by(found.c.overdue.desc(), found.c.office_at, found.c.id)
    return connection.execute(longest.limit(most)).all()


def by_category(connection: Connection, office: int) -> Mapping[str, int]:
    """How many open issues an office has of each category, the most first."""
    number = func.count().label("number")
    rows = connection.execute(
        select(_issue.c.category, number)
        .where(_issue.c.office_id == office, _OPEN)
        .group_by(_issue.c.category)
        .order_by(number.desc(), _issue.c.category)
    )
    return {row.category: row.number for row in rows}
