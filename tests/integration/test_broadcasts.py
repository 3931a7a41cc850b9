"""Broadcasts on their way: what was forecast is what happens, and pause, resume and cancel hold while they are sent."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Response
from redis import Redis
from sqlalchemy import Connection, Engine, Row

from bot.broadcasts import service as broadcasts
from bot.broadcasts.service import BroadcastError
from bot.config import QuietHours
from bot.db import writing
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.broadcast_text import Texts
from tests.fakes.broadcasts import (
    EN,
    KM,
    LATN,
    agrees,
    create,
    draft,
    fates,
    foretell,
    landline,
    person,
    plan,
    state,
    tagged,
)
from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment

STEPS: dict[str, Callable[[Engine, int, datetime], None]] = {
    "pause": broadcasts.pause,
    "resume": broadcasts.resume,
    "cancel": broadcasts.cancel,
}


@pytest.fixture(autouse=True)
def _nobody_yet(line: Deployment) -> Iterator[None]:
    before = line.time.now
    with line.engine.begin() as connection:
        for name in ("outbox", "breaker", "alarm", "broadcast", "contact_tag"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    yield
    line.time.now = before


def send(line: Deployment, carrier: FakeCarrier, per_second: float = 10_000) -> None:
    line.sending(carrier.url, per_second, quiet_hours=None).send_due()


def bodies(carrier: FakeCarrier) -> dict[str, str]:
    """What each phone got; fails when one got more than one."""
    assert len({kept.form["To"] for kept in carrier.taken}) == len(carrier.taken)
    return {kept.form["To"]: kept.form["Body"] for kept in carrier.taken}


def test_what_was_forecast_is_what_happens(line: Deployment, carrier: FakeCarrier) -> None:
    reads = {
        person(line, True, language="km", script="km"): KM,
        person(line, True, language="km", script="latn"): LATN,
        person(line, False, True, language="en"): EN,
        person(line, True): KM,
    }
    writes_latn = person(line, True)
    line.sms(writes_latn, "chrouk kompong cham thlai ponman")
    reads[writes_latn] = LATN
    person(line)
    person(line, True, False)
    landline(line, "t")
    had_one, waits_for_one, had_three = (person(line, True) for _ in range(3))
    for days, number in ((3, had_three), (2, had_three), (1, had_three), (0, had_one)):
        line.time.passes(days=-days)
        line.queue(number, purpose=Purpose.BROADCAST)
        send(line, carrier)
        line.time.passes(days=days)
    line.queue(waits_for_one, purpose=Purpose.BROADCAST)
    carrier.taken.clear()
    told = foretell(line, draft(line))
    assert told.people == 11
    assert told.skipped == {
        "no consent": 1,
        "stopped": 1,
        "no mobile number": 1,
        "one a day": 2,
        "three a week": 1,
    }
    assert told.sent == {"km": 2, "latn": 2, "en": 1}
    assert (told.messages, told.all_parts, told.ahead) == (5, 5, 1)
    id = create(line)
    plan(line)
    send(line, carrier)
    assert line.rows("SELECT looked_at, planned FROM broadcast") == [(11, 9)]
    assert fates(line, id) == {"sent": 5, "no mobile": 1, "one a day": 2, "three a week": 1}
    got = bodies(carrier)
    assert got.pop(waits_for_one) == "hello"
    assert got == reads
    broadcasts.tend(line.engine, line.time.now)
    assert state(line, id) == "done"


def test_what_does_not_leave_in_time_is_forecast_as_too_late(line: Deployment) -> None:
    for _ in range(5):
        person(line, True)
    told = foretell(line, draft(line, hours=1 / 1200), per_second=1.0)
    assert (told.messages, told.skipped["too late"]) == (3, 2)
    line.time.now = datetime(2026, 11, 22, 12, 59, 58, tzinfo=UTC)  # two seconds before the night
    night = QuietHours(datetime(1, 1, 1, 20).time(), datetime(1, 1, 1, 7).time())
    told = foretell(line, draft(line, hours=12), night, per_second=1.0)
    assert told.messages == 5
    assert told.begins == line.time.now
    assert told.ends == datetime(2026, 11, 23, 0, 0, 3, tzinfo=UTC)
    told = foretell(line, draft(line, hours=10), night, per_second=1.0)
    assert (told.messages, told.skipped["too late"]) == (2, 3)
    line.time.passes(minutes=1)
    told = foretell(line, draft(line, hours=10), night)
    assert (told.messages, told.begins, told.ends) == (0, None, None)


def test_a_stop_between_planning_and_sending_counts_and_a_new_language_too(
    line: Deployment, carrier: FakeCarrier
) -> None:
    stays, stops, changes = (person(line, True, language="km", script="km") for _ in range(3))
    id = create(line)
    plan(line)
    agrees(line, stops, False)
    with line.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE contact SET language = 'en' WHERE id = {line.contact(changes)}")
    send(line, carrier)
    assert fates(line, id) == {"sent": 2, "no consent": 1}
    assert bodies(carrier) == {stays: KM, changes: EN}


def test_texts_that_are_missing_fall_back_to_khmer(line: Deployment, carrier: FakeCarrier) -> None:
    numbers = [
        person(line, True, language=language, script=script) for language, script in (("en", ""), ("km", "latn"))
    ]
    create(line, texts=Texts(KM))
    plan(line)
    send(line, carrier)
    assert bodies(carrier) == dict.fromkeys(numbers, KM)


@pytest.mark.parametrize("ends", ["resume", "cancel"])
def test_pause_holds_while_a_worker_sends(line: Deployment, carrier: FakeCarrier, ends: str) -> None:
    numbers = [person(line, True) for _ in range(30)]
    id = create(line)
    plan(line, size=20, most=1)  # the rest is not planned yet
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            send(line, carrier, per_second=10)
            plan(line, size=5)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        _until(lambda: len(carrier.taken) >= 2)
        broadcasts.pause(line.engine, id, line.time.now)
        _until(lambda: not fates(line, id)["sending"] and not fates(line, id)["queued"])
        sent = len(carrier.taken)
        time.sleep(1.0)
        assert len(carrier.taken) == sent
        assert state(line, id) == "paused"
        assert fates(line, id)["held"] >= 20 - sent > 0
        STEPS[ends](line.engine, id, line.time.now)
        if ends == "resume":
            _until(lambda: len(carrier.taken) == 30)
        else:
            assert fates(line, id) == {"cancelled": int(line.one("SELECT planned FROM broadcast")) - sent, "sent": sent}
    finally:
        stop.set()
        worker.join()
    got = bodies(carrier)
    assert set(got) <= set(numbers)
    assert len(got) == (30 if ends == "resume" else sent)
    broadcasts.tend(line.engine, line.time.now)
    assert state(line, id) == ("done" if ends == "resume" else "cancelled")


def test_what_a_pause_held_goes_on_though_planning_ends_meanwhile(
    line: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        person(line, True)
    id = create(line)
    plan(line, size=2, most=1)
    broadcasts.pause(line.engine, id, line.time.now)
    find = broadcasts.find

    def find_and_plan(connection: Connection, which: int) -> Row[Any]:
        found = find(connection, which)
        connection.rollback()
        plan(line)  # a planner is quicker than whoever resumed; behind a pause it does nothing
        return found

    monkeypatch.setattr(broadcasts, "find", find_and_plan)
    broadcasts.settle_rows(line.engine, id, line.time.now)
    assert fates(line, id) == {"held": 2}
    with line.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE broadcast SET state = resumes, resumes = ''")
    broadcasts.settle_rows(line.engine, id, line.time.now)
    assert (state(line, id), fates(line, id)) == ("sending", {"queued": 3})


def _until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize(("becomes", "row"), [("paused", "held"), ("cancelled", "cancelled")])
def test_a_row_that_comes_back_is_not_sent_behind_a_pause(
    line: Deployment, carrier: FakeCarrier, becomes: str, row: str
) -> None:
    person(line, True)
    other = line.queue(words="an answer that must not wait")
    id = create(line)
    plan(line)
    carrier.answer = lambda form, number: refusal(429, 20429) if form["Body"] == KM else None
    send(line, carrier)
    assert fates(line, id) == {"20429": 1}
    STEPS["pause" if becomes == "paused" else "cancel"](line.engine, id, line.time.now)
    # As if it had come back just behind the pause.
    with line.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'queued' WHERE text IS NULL")
    carrier.answer = lambda form, number: None
    line.time.passes(hours=1)
    send(line, carrier)
    assert line.rows("SELECT state FROM outbox WHERE text IS NULL") == [(row,)]
    assert line.one("SELECT attempts FROM outbox WHERE text IS NULL") == 1
    assert line.one("SELECT state FROM outbox WHERE id = :id", id=other) == "sent"
    assert state(line, id) == becomes


def test_rows_of_a_paused_broadcast_keep_nobody_waiting(line: Deployment) -> None:
    for _ in range(6):
        person(line, True)
    id = create(line)
    plan(line)
    with line.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE broadcast SET state = 'paused', resumes = 'sending'")
    line.time.passes(minutes=1)
    behind = create(line, texts=Texts("another"))
    plan(line)
    with writing(line.engine) as connection:
        claimed = sms_outbox.claim(connection, line.vault, line.time.now, 4)
    assert {row.text for row in claimed} == {"another"}
    assert fates(line, id) == {"held": 6}
    assert fates(line, behind)["sending"] == len(claimed)


def test_a_command_that_stopped_in_the_middle_is_finished_by_the_clock(line: Deployment, redis: Redis) -> None:
    for _ in range(3):
        person(line, True)
    id = create(line)
    plan(line)
    for becomes, rows in (("paused", "held"), ("sending", "queued"), ("cancelled", "cancelled")):
        with line.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE broadcast SET state = '{becomes}', resumes = 'sending'")
        assert line.clock(redis).tick()
        assert fates(line, id) == {rows: 3}
        assert state(line, id) == becomes


def test_a_lost_message_is_found_though_its_reader_has_changed_language(line: Deployment, carrier: FakeCarrier) -> None:
    number = person(line, True, language="km", script="km")
    id = create(line)
    plan(line)
    carrier.after = lambda form, number: Response(status=500)
    send(line, carrier)
    assert fates(line, id)["sent"] == 0
    with line.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE contact SET language = 'en' WHERE id = {line.contact(number)}")
    for _ in range(4):
        line.time.passes(seconds=40)
        line.settle(carrier.url)
        send(line, carrier)
    assert fates(line, id) == {"sent": 1}
    assert bodies(carrier) == {number: KM}


def test_a_held_message_is_not_kept_for_the_next_owner_of_the_number(line: Deployment) -> None:
    number = person(line, True)
    id = create(line)
    plan(line)
    broadcasts.pause(line.engine, id, line.time.now)
    with writing(line.engine) as connection:
        sms_outbox.cancel(connection, line.contact(number), line.time.now)
    broadcasts.resume(line.engine, id, line.time.now)
    assert fates(line, id) == {"cancelled": 1}


def test_states_only_go_where_they_may(line: Deployment) -> None:
    person(line, True)
    id = create(line)
    with pytest.raises(BroadcastError, match=f"broadcast {id} is scheduled: it cannot be resumed"):
        broadcasts.resume(line.engine, id, line.time.now)
    broadcasts.cancel(line.engine, id, line.time.now)
    for name, step in STEPS.items():
        with pytest.raises(BroadcastError, match=f"broadcast {id} is cancelled: it cannot be {name}"):
            step(line.engine, id, line.time.now)
        with pytest.raises(BroadcastError, match="there is no broadcast 999"):
            step(line.engine, 999, line.time.now)
    assert plan(line) == 0


def test_what_was_kept_paused_starts_now_when_it_is_resumed(line: Deployment) -> None:
    person(line, True)
    id = create(line, starts=False)
    assert plan(line) == 0
    line.time.passes(days=3)
    broadcasts.resume(line.engine, id, line.time.now)
    assert plan(line) == 1
    ((due, expires),) = line.rows("SELECT due_at, expires_at FROM outbox")
    assert str(due)[:16] == f"{line.time.now:%Y-%m-%d %H:%M}"
    assert str(expires)[:16] == f"{line.time.now + timedelta(hours=24):%Y-%m-%d %H:%M}"
    later = create(line, starts=False, due=line.time.now + timedelta(hours=5))
    broadcasts.resume(line.engine, later, line.time.now)
    assert (state(line, later), plan(line)) == ("scheduled", 0)


def test_one_that_expired_while_it_was_paused_is_not_resumed(line: Deployment) -> None:
    person(line, True)
    id = create(line)
    plan(line)
    broadcasts.pause(line.engine, id, line.time.now)
    line.time.passes(hours=25)
    with pytest.raises(BroadcastError, match="expired meanwhile"):
        broadcasts.resume(line.engine, id, line.time.now)
    broadcasts.cancel(line.engine, id, line.time.now)
    assert fates(line, id) == {"cancelled": 1}


def test_counts_by_state_and_error(line: Deployment, carrier: FakeCarrier) -> None:
    numbers = [person(line, True) for _ in range(5)]
    tagged(line, numbers[0], "u")
    carrier.answer = lambda form, number: refusal(400, 21211) if number == 1 else None
    id = create(line)
    plan(line)
    send(line, carrier)
    row = line.rows("SELECT * FROM broadcast")[0]
    with line.engine.connect() as connection:
        states, errors = broadcasts.counts(connection, row)
    assert {state: count for state, count in states.items() if count} == {"sent": 4, "failed": 1}
    assert errors == {"21211": 1}
    assert Counter(fates(line, id)) == {"sent": 4, "21211": 1}
    assert replace(draft(line), sounds=(("a", b"x"), ("", b""))).channel == "voice"
