"""Calling back: who is called, how often, at what price, and that many rings are one call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.contacts import service as contacts
from bot.contacts.phone import read_address
from bot.db import writing
from bot.messages.calls import callbacks, minutes
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.callbacks import RingDecision
from tests.fakes.callers import (
    calls_back,
    day_began,
    dial,
    ends,
    known,
    ring,
)
from tests.fakes.deployment import Deployment, together

pytestmark = pytest.mark.usefixtures("no_calls")


def test_a_ring_queues_one_call_and_a_second_ring_finds_it(line: Deployment) -> None:
    number = known(line)
    assert ring(line, number) is RingDecision.CALL_BACK
    assert ring(line, number) is RingDecision.WAITING
    assert calls_back(line, number) == [("queued", 0, 1)]
    statement = "SELECT count(*) FROM call WHERE direction = 'in' AND state = 'refused'"
    assert line.one(statement) == 2


def test_the_same_ring_told_again_gets_the_same_decision(line: Deployment) -> None:
    number = known(line)
    first = [ring(line, number, "CAone") for _ in range(3)]
    second = [ring(line, number, "CAtwo") for _ in range(3)]
    line.time.passes(hours=5)
    assert first == [RingDecision.CALL_BACK] * 3
    assert second == [RingDecision.WAITING] * 3
    assert [ring(line, number, sid) for sid in ("CAone", "CAtwo")] == [RingDecision.CALL_BACK, RingDecision.WAITING]
    assert len(calls_back(line, number)) == 1


def test_one_ring_told_five_times_at_once_is_one_call(line: Deployment) -> None:
    number = known(line)
    assert together(*[lambda: ring(line, number, "CAfive")] * 5) == [RingDecision.CALL_BACK] * 5
    assert len(calls_back(line, number)) == 1


def test_many_rings_at_once_are_one_call(line: Deployment) -> None:
    number = known(line)
    decisions = together(*[lambda: ring(line, number)] * 8)
    assert sorted(decisions) == [RingDecision.CALL_BACK] + [RingDecision.WAITING] * 7
    assert len(calls_back(line, number)) == 1


def test_many_people_who_ring_at_once_are_all_called(line: Deployment) -> None:
    numbers = [known(line) for _ in range(8)]
    assert set(together(*[lambda number=number: ring(line, number) for number in numbers])) == {RingDecision.CALL_BACK}
    assert [len(calls_back(line, number)) for number in numbers] == [1] * 8


@pytest.mark.parametrize(
    "number", ["+85523756789", "+85523456789", "+8551900123123", "+66812345678", "1294", "ANONYMOUS", ""]
)
def test_who_may_not_be_called_is_answered(line: Deployment, number: str) -> None:
    if (address := read_address(number)).value:
        with writing(line.engine) as connection:
            contacts.add(connection, line.vault, address, line.time.now)
    assert ring(line, number) is RingDecision.ANSWER
    assert line.one("SELECT count(*) FROM call") == 0


def test_a_second_call_back_within_ten_minutes_is_an_answer(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    claimed = dial(line)
    ends(line, claimed.id, "completed", CallDuration="30")
    line.time.passes(minutes=9)
    assert ring(line, number) is RingDecision.ANSWER
    line.time.passes(minutes=2)
    assert ring(line, number) is RingDecision.CALL_BACK


def test_a_phone_is_dialled_five_times_a_day(line: Deployment) -> None:
    number = known(line)
    for _ in range(5):
        assert ring(line, number) is RingDecision.CALL_BACK
        ends(line, dial(line).id, "completed", CallDuration="5")
        line.time.passes(minutes=11)
    assert ring(line, number) is RingDecision.ANSWER
    line.time.passes(days=1)
    assert ring(line, number) is RingDecision.CALL_BACK
    line.time.passes(days=-1)


def test_retries_count_towards_the_five(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    for tried in (1, 2, 3):
        claimed = dial(line)
        assert claimed.attempts == tried
        ends(line, claimed.id, "no-answer")
        line.time.passes(minutes=16)
    assert calls_back(line, number) == [("no_answer", 3, 0)]
    ring(line, number)
    for _ in range(2):
        ends(line, dial(line).id, "busy")
        line.time.passes(minutes=16)
    assert calls_back(line, number)[1] == ("busy", 2, 0)  # no third: five are five
    assert ring(line, number) is RingDecision.ANSWER
    line.time.passes(minutes=-80)


def test_the_days_minutes_are_a_limit_for_everybody(line: Deployment) -> None:
    one, two, three = (known(line) for _ in range(3))
    assert ring(line, one, most_minutes=3) is RingDecision.CALL_BACK
    assert ring(line, one, most_minutes=3) is RingDecision.WAITING
    ends(line, dial(line).id, "completed", CallDuration="61")
    assert calls_back(line, one) == [("ended", 1, 2)]
    assert ring(line, two, most_minutes=3) is RingDecision.CALL_BACK  # the last minute is set aside at once
    assert ring(line, three, most_minutes=3) is RingDecision.ANSWER
    with writing(line.engine) as connection:
        callbacks.cancel(connection, line.contact(two), line.time())
    assert ring(line, three, most_minutes=3) is RingDecision.CALL_BACK  # a call that is not placed costs nothing
    line.time.passes(days=1)
    assert ring(line, one, most_minutes=3) is RingDecision.CALL_BACK
    line.time.passes(days=-1)


def test_the_day_is_the_lines_own(line: Deployment) -> None:
    number = known(line)
    assert day_began(line).utcoffset() == timedelta(hours=7)
    ring(line, number)
    with writing(line.engine) as connection:
        assert minutes.spent(connection, day_began(line), line.time()) == 1
        assert minutes.spent(connection, day_began(line) + timedelta(days=1), line.time()) == 0


def test_who_missed_us_and_rings_at_once_is_answered_and_not_called_again(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    ends(line, dial(line).id, "no-answer")
    line.time.passes(minutes=3)
    assert ring(line, number, "CAagain") is RingDecision.ANSWER
    assert ring(line, number, "CAagain") is RingDecision.ANSWER
    assert calls_back(line, number) == [("cancelled", 1, 0)]


def test_who_missed_us_and_rings_later_gets_the_waiting_call_now(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    ends(line, dial(line).id, "busy")
    line.time.passes(minutes=11)
    with writing(line.engine) as connection:
        assert call_outbox.claim(connection, line.vault, line.time()) is None
    assert ring(line, number) is RingDecision.WAITING
    assert dial(line).attempts == 2
    assert ring(line, number) is RingDecision.WAITING  # it rings
    assert len(calls_back(line, number)) == 1


def test_who_rings_while_a_call_is_open_waits_unless_it_is_long_silent(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    claimed = dial(line)
    with writing(line.engine) as connection:
        sid = line.one("SELECT sid FROM call WHERE id = :id", id=claimed.id)
        assert callbacks.answered(connection, claimed.id, sid, line.time()) is not None
    line.time.passes(minutes=4)
    assert ring(line, number) is RingDecision.WAITING
    line.time.passes(minutes=2)
    assert ring(line, number) is RingDecision.ANSWER  # nobody told us that they hung up; ten minutes are not over
    line.time.passes(minutes=5)
    assert ring(line, number) is RingDecision.CALL_BACK


def test_a_call_that_nobody_tells_of_does_not_keep_the_phone_waiting_for_ever(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    dial(line)
    line.time.passes(minutes=9)
    assert ring(line, number) is RingDecision.WAITING
    line.time.passes(minutes=2)
    assert ring(line, number) is RingDecision.CALL_BACK
    assert [state for state, _, _ in calls_back(line, number)] == ["dialling", "queued"]


def test_what_was_not_placed_in_time_is_no_reason_to_wait(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    line.time.passes(hours=2, seconds=1)
    with writing(line.engine) as connection:
        assert call_outbox.claim(connection, line.vault, line.time()) is None
    assert ring(line, number) is RingDecision.CALL_BACK
    with writing(line.engine) as connection:
        assert call_outbox.sweep(connection, line.time()) == 1
    assert calls_back(line, number) == [("expired", 0, 0), ("queued", 0, 1)]


def test_when_nobody_places_calls_a_ring_is_answered_in_the_end(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    line.time.passes(minutes=9)
    assert ring(line, number) is RingDecision.WAITING
    line.time.passes(minutes=2)
    assert ring(line, number) is RingDecision.ANSWER
    assert calls_back(line, number) == [("cancelled", 0, 0)]


def test_nobody_is_called_whose_number_changed_hands(line: Deployment) -> None:
    number = known(line)
    ring(line, number)
    with writing(line.engine) as connection:
        callbacks.cancel(connection, line.contact(number), line.time())
        assert call_outbox.claim(connection, line.vault, line.time()) is None
    assert calls_back(line, number) == [("cancelled", 0, 0)]
    (id,) = line.rows("SELECT id FROM call WHERE direction = 'back'")[0]
    with writing(line.engine) as connection:
        assert callbacks.answered(connection, id, "CAlate", line.time()) is None


def test_rings_and_a_worker_at_once_never_make_two_calls(line: Deployment) -> None:
    for _ in range(5):
        number = known(line)
        ring(line, number)
        ends(line, dial(line).id, "no-answer")
        line.time.passes(minutes=16)  # the retry is due, and they ring

        def work() -> int:
            with writing(line.engine) as connection:
                return int(call_outbox.claim(connection, line.vault, line.time()) is not None)

        placed, *decisions = together(work, *[lambda number=number: ring(line, number)] * 3)
        assert set(decisions) == {RingDecision.WAITING}
        assert placed == 1
        assert calls_back(line, number) == [("dialling", 2, 1)]
        with line.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM call")
