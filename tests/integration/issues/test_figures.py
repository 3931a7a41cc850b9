"""The figures of the public board: what counts, medians, when they are worked out again, which lines vanish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.config import Settings
from bot.db import make_engine, reading, table, writing
from bot.due_tasks import due_tasks
from bot.issues.board.figures import FiguresTeller
from bot.issues.models import Figure, Issue, PlaceCount
from tests.fakes.groups import ZONE
from tests.fakes.raised import NOW, Raised

Line = tuple[int, int, int, int | None, int | None]


@pytest.fixture
def raised(database_url: str) -> Iterator[Raised]:
    engine = make_engine(database_url)
    yield Raised(engine)
    engine.dispose()


def figures(raised: Raised) -> dict[tuple[str, str], Line]:
    with reading(raised.engine) as connection:
        rows = connection.execute(select(table(Figure)))
        return {
            (row.kind, row.key): (row.raised, row.answered, row.solved, row.ack_minutes, row.solve_minutes)
            for row in rows
        }


def changed(raised: Raised, issue: int, **values: Any) -> None:
    with writing(raised.engine) as connection:
        connection.execute(update(table(Issue)).where(table(Issue).c.id == issue).values(values))


def test_what_everybody_may_know_counts_and_nothing_else(raised: Raised) -> None:
    earlier = NOW - timedelta(hours=1)
    raised.issue(place="0305")
    raised.issue(place="0307", state="answered", answered_at=earlier)
    raised.issue(place="1201", category="road", state="resolved", resolved_at=earlier)
    raised.issue(place="1201", category="road", state="confirmed", resolved_at=earlier)
    raised.issue(place="1201", category="road", state="unconfirmed", resolved_at=earlier)
    raised.issue(place="05", category="licence", hidden=True)
    raised.issue(place="05", category="licence", office_at=None)
    raised.issue(place="05", category="licence", state="merged")
    raised.issue(place="05", category="licence", state="rejected")
    FiguresTeller(raised.engine, ZONE)(NOW)
    assert figures(raised) == {
        ("total", "all"): (5, 4, 1, None, None),
        ("category", "water"): (2, 1, 0, None, None),
        ("category", "road"): (3, 3, 1, None, None),
        ("province", "03"): (2, 1, 0, None, None),
        ("province", "12"): (3, 3, 1, None, None),
    }


@pytest.mark.parametrize(
    ("ack", "median"),
    [
        ([60, 10, 30, 20, 50], 30),
        ([60, 10, 30, 20, 50, 40], 35),
        ([5, 5, 5, 5, 5], 5),
        ([0, 0, 0, 0, 100_000], 0),
        ([60, 10, 30, 20, None], None),  # of too few the median would tell one
        ([None] * 5, None),
    ],
)
def test_an_office_has_its_median_times(raised: Raised, ack: list[int | None], median: int | None) -> None:
    one, other = raised.office("Office of 0305", "0305"), raised.office("Office of 12", "12")
    for minutes in ack:
        raised.issue(office_id=one, ack_minutes=minutes, solve_minutes=None if minutes is None else minutes * 10)
    raised.issue(office_id=one, ack_minutes=9999, hidden=True)  # what nobody may know does not count
    for _ in range(4):
        raised.issue(office_id=other, ack_minutes=1)
    FiguresTeller(raised.engine, ZONE)(NOW)
    found = figures(raised)
    solve = None if median is None else median * 10
    assert found["office", str(one)] == (len(ack), 0, 0, median, solve)
    assert ("office", str(other)) not in found  # it has too few for a line of its own


def test_they_move_once_a_day_after_midnight_whatever_happens(raised: Raised) -> None:
    work_out = FiguresTeller(raised.engine, ZONE)
    statements: list[str] = []
    event.listen(raised.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    def worked_out(now: datetime) -> bool:
        statements.clear()
        work_out(now)
        return any("INSERT" in statement for statement in statements)

    assert not worked_out(NOW)  # nothing has ever been raised
    issue = raised.issue(ago=timedelta(hours=1), overdue=1)
    raised.people(p0313=4)
    assert worked_out(NOW)
    with writing(raised.engine) as connection:
        connection.execute(update(table(PlaceCount)).values(people=5))
    changed(raised, issue, state="confirmed", changed_at=NOW, voices=12)
    midnight = NOW.astimezone(ZONE).replace(hour=0, minute=0) + timedelta(days=1)
    for now in (NOW + timedelta(minutes=1), midnight - timedelta(seconds=1)):
        assert not worked_out(now)
        assert figures(raised)["total", "all"] == (1, 0, 0, None, None)
        assert counts(raised) == (1, 4)
    assert worked_out(midnight)
    assert figures(raised)["total", "all"] == (1, 0, 1, None, None)
    assert counts(raised) == (12, 5)
    assert not worked_out(midnight + timedelta(hours=23))
    assert worked_out(midnight + timedelta(days=3))  # the clock had slept


def counts(raised: Raised) -> tuple[int, int]:
    """What is told of the people behind the issue, and of those at its place."""
    with reading(raised.engine) as connection:
        told = connection.execute(select(table(Issue).c.voices_told)).scalar_one()
        return told, connection.execute(select(table(PlaceCount).c.told)).scalar_one()


def test_what_is_over_its_term_is_counted(raised: Raised) -> None:
    raised.issue(overdue=1)
    raised.issue(overdue=2, state="resolved")
    FiguresTeller(raised.engine, ZONE)(NOW)
    with reading(raised.engine) as connection:
        total = connection.execute(select(table(Figure)).where(table(Figure).c.kind == "total")).one()
    assert total.overdue == 1


def test_a_line_of_which_nothing_is_left_vanishes(raised: Raised) -> None:
    work_out = FiguresTeller(raised.engine, ZONE)
    issue = raised.issue(category="road", place="1201")
    raised.issue(category="water", place="0305")
    work_out(NOW)
    assert ("province", "12") in figures(raised)
    changed(raised, issue, hidden=True, changed_at=NOW + timedelta(days=1))
    work_out(NOW + timedelta(days=1))
    assert set(figures(raised)) == {("total", "all"), ("category", "water"), ("province", "03")}


def test_the_clock_works_them_out(settings: Settings) -> None:
    from bot.app import build

    line = build(settings, clock=lambda: NOW)
    raised = Raised(line.engine, line.vault)
    raised.issue()
    for task in due_tasks(line.deps):
        task(NOW)
    assert figures(raised)["total", "all"] == (1, 0, 0, None, None)
    line.engine.dispose()
    line.redis.close()
