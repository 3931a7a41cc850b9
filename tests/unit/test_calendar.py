"""What the day words of a message mean on a given day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.calendar import NEAR, WEEKDAYS, day_of

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("token", "day"),
    [
        ("tomorrow", date(2026, 11, 23)),
        ("mon", date(2026, 11, 23)),
        ("sun", SUNDAY),
        ("next_mon", date(2026, 11, 23)),
        ("next_sun", date(2026, 11, 29)),
        ("1mon", date(2026, 12, 7)),
        ("4sun", SUNDAY),
        ("5mon", date(2026, 11, 30)),
        ("22", SUNDAY),
        ("21", date(2026, 12, 21)),
        ("31", date(2026, 12, 31)),
        ("20/11", date(2026, 11, 20)),  # a slip, not next year
        ("5/1", date(2027, 1, 5)),
        ("29/2", None),
        ("30/2", None),
        ("29/2/2028", date(2028, 2, 29)),
        ("25/12/2099", date(2099, 12, 25)),
        ("0", None),
    ],
)
def test_a_token_is_a_day(token: str, day: date | None) -> None:
    assert day_of(token, SUNDAY) == day


tokens = st.one_of(
    st.sampled_from([*NEAR, *WEEKDAYS, *(f"next_{one}" for one in WEEKDAYS)]),
    st.builds("{}{}".format, st.integers(1, 5), st.sampled_from(WEEKDAYS)),
    st.builds(str, st.integers(0, 99)),
    st.builds("{}/{}".format, st.integers(0, 99), st.integers(0, 99)),
    st.builds("{}/{}/{}".format, st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999)),
)


@given(tokens, st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_token_is_a_day_or_none(token: str, today: date) -> None:
    day = day_of(token, today)
    if day is not None and "/" not in token and token not in NEAR:
        assert today <= day <= today + timedelta(days=366)
