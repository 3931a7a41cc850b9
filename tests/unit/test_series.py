"""When the next meeting of a series is."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.meetings.series import next_turn, occurrence


@pytest.mark.parametrize(
    ("first", "repeats", "days"),
    [
        ("2026-12-28", "weekly", ["2026-12-28", "2027-01-04", "2027-01-11"]),
        ("2027-01-31", "by_date", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2027-12-29", "by_date", ["2027-12-29", "2028-01-29", "2028-02-29"]),
        # The second Monday, then the fifth, which most months do not have.
        ("2027-01-11", "by_weekday", ["2027-01-11", "2027-02-08", "2027-03-08"]),
        ("2027-03-29", "by_weekday", ["2027-03-29", "2027-04-26", "2027-05-31", "2027-06-28"]),
    ],
)
def test_a_series_keeps_its_day(first: str, repeats: str, days: list[str]) -> None:
    start = datetime.fromisoformat(f"{first}T14:30")
    found = [occurrence(start, repeats, turn) for turn in range(len(days))]
    assert found == [datetime.fromisoformat(f"{day}T14:30") for day in days]


def test_what_was_slept_through_is_left_out() -> None:
    start = datetime(2027, 1, 31, 14)
    assert next_turn(start, "by_date", 0, start) == 1
    assert next_turn(start, "by_date", 1, datetime(2027, 6, 30, 14)) == 6
    assert next_turn(start, "weekly", 3, datetime(2026, 1, 1)) == 4  # it was moved forward
