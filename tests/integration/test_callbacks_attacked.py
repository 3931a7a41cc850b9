"""Rings from numbers that are only shown: they neither spend the day's minutes nor wake strangers."""

from __future__ import annotations

from datetime import time

from bot.config import QuietHours
from bot.contacts.phone import read_address
from bot.db import writing
from bot.messages.calls import callbacks, minutes
from bot.messages.calls.callbacks import Budget, RingDecision
from bot.messages.calls.models import Direction
from tests.fakes.callers import SIDS, day_began, dial, ends, known
from tests.fakes.deployment import Deployment

NIGHT = QuietHours(time(20), time(7))


def rings(line: Deployment, number: str, budget: Budget) -> RingDecision:
    with writing(line.engine) as connection:
        who, address = line.contact(number), read_address(number)
        return callbacks.rung(connection, who, address, next(SIDS), line.time(), day_began(line), budget)


def stranger(line: Deployment) -> str:
    """Somebody who is known by a ring alone."""
    number = line.phone(language="en")
    with writing(line.engine) as connection:
        connection.exec_driver_sql(f"UPDATE contact SET may_found = false WHERE id = {line.contact(number)}")
    return number


def test_a_hundred_strangers_at_night_are_not_rung(line: Deployment) -> None:
    budget = Budget(600, 600, NIGHT, line.settings.timezone)
    local = line.time.now.astimezone(line.settings.timezone)
    line.time.passes(minutes=(22 - local.hour) * 60)
    assert {rings(line, stranger(line), budget) for _ in range(100)} == {RingDecision.ANSWER}
    assert rings(line, known(line), budget) is RingDecision.CALL_BACK  # who wrote to us is
    line.time.passes(minutes=-(22 - local.hour) * 60)


def test_an_hour_has_a_ceiling_and_staff_are_told(line: Deployment) -> None:
    line.time.passes(days=30)
    said = [rings(line, stranger(line), Budget(600, 7)) for _ in range(100)]
    assert said.count(RingDecision.CALL_BACK) == 7
    assert line.one("SELECT count(*) FROM alarm WHERE name = 'call-backs of an hour'") == 1
    line.time.passes(minutes=61)
    assert rings(line, stranger(line), Budget(600, 7)) is RingDecision.CALL_BACK
    line.time.passes(days=-30)
    line.time.passes(minutes=-61)


def test_ringing_back_leaves_the_minutes_of_reminders_alone(line: Deployment) -> None:
    line.time.passes(days=60)
    for _ in range(5):
        assert rings(line, stranger(line), Budget(5)) is RingDecision.CALL_BACK
    assert rings(line, stranger(line), Budget(5)) is RingDecision.ANSWER
    with writing(line.engine) as connection:
        began, now = day_began(line), line.time()
        assert minutes.spent(connection, began, now, Direction.BACK) == 5
        assert minutes.spent(connection, began, now, Direction.OUT) == 0
    ends(line, dial(line).id, "no-answer")
    assert rings(line, stranger(line), Budget(5)) is RingDecision.CALL_BACK  # nobody answered: the minute is free
    line.time.passes(days=-60)
