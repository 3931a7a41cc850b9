"""Calls that tell something: in which order, to whom, when and how often, and what follows where nobody picks up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as hour

import pytest
from flask import Response
from redis import Redis

from bot.audio.store import announcement
from bot.broadcasts import service as broadcasts
from bot.config import QuietHours
from bot.db import writing
from bot.messages import notices, sounds
from bot.messages.calls.callbacks import RingDecision
from bot.messages.models import Purpose
from tests.fakes.callers import call, known, place, ring, rings, told
from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment, together
from tests.fakes.ringing import texts
from tests.fakes.rung import WORDS, agrees, broadcast, listener, picks_up, to_announce, to_ring

NIGHT = QuietHours(hour(20), hour(7))
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _nothing_waits(line: Deployment, redis: Redis) -> Iterator[None]:
    before = line.time.now
    with line.engine.begin() as connection:
        for name in ("outbox", "call", "called_off", "message", "breaker", "alarm", "broadcast"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    yield
    line.time.now = before


def fate(line: Deployment, id: int) -> tuple[str, str]:
    return call(line, id)[:2]


def test_the_most_urgent_is_rung_first(line: Deployment, carrier: FakeCarrier) -> None:
    announced = listener(line, True)
    to_announce(line, announced, broadcast(line))
    summed_up, reminded, asked = listener(line), listener(line), listener(line)
    to_ring(line, summed_up, Purpose.SUBSCRIPTION)
    to_ring(line, reminded, Purpose.REMINDER)
    to_ring(line, asked, Purpose.OWN)
    rang, _ = rings(line)
    place(line, carrier.url)
    assert [form["To"] for form in carrier.dialled] == [rang, asked, reminded, summed_up, announced]


@pytest.mark.parametrize(
    ("purpose", "said", "goes"),
    [
        (Purpose.REMINDER, [], "dialling"),
        (Purpose.REMINDER, [False], "stopped"),
        (Purpose.SUBSCRIPTION, [True, False], "stopped"),
        (Purpose.SUBSCRIPTION, [False, True], "dialling"),
        (Purpose.BROADCAST, [True], "dialling"),
        (Purpose.BROADCAST, [], "no consent"),
        (Purpose.BROADCAST, [True, False], "no consent"),
    ],
)
def test_the_newest_word_counts_when_it_is_dialled(
    line: Deployment, carrier: FakeCarrier, purpose: Purpose, said: list[bool], goes: str
) -> None:
    number = listener(line)
    id = to_ring(line, number, purpose)
    for given in said:
        agrees(line, number, given)
    place(line, carrier.url)
    assert fate(line, id) == (("dialling", "") if goes == "dialling" else ("skipped", goes))
    assert len(carrier.dialled) == (goes == "dialling")
    assert texts(line, number) == []
    assert (line.one("SELECT text FROM call") is None) == (goes != "dialling")
    line.time.passes(hours=1)
    place(line, carrier.url)
    assert len(carrier.dialled) == (goes == "dialling")


def test_nobody_is_woken_but_who_rang(line: Deployment, carrier: FakeCarrier) -> None:
    line.time.now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 21:00 in Phnom Penh
    rang, _ = rings(line)
    number = listener(line)
    tomorrow = to_ring(line, number)
    early = to_ring(line, listener(line), expires=line.time.now + timedelta(hours=9))
    place(line, carrier.url, quiet=NIGHT)
    assert [form["To"] for form in carrier.dialled] == [rang]
    assert call(line, tomorrow) == ("queued", "", 0, 0)
    assert fate(line, early) == ("skipped", "quiet hours")
    line.time.passes(hours=10, minutes=1)
    place(line, carrier.url, quiet=NIGHT)
    assert [form["To"] for form in carrier.dialled] == [rang, number]


def test_what_came_too_late_expires(line: Deployment, carrier: FakeCarrier, redis: Redis) -> None:
    id = to_ring(line, listener(line), expires=line.time.now + timedelta(hours=1))
    line.time.passes(hours=1, seconds=1)
    place(line, carrier.url)
    line.clock(redis).tick()
    assert fate(line, id) == ("expired", "")
    assert line.one("SELECT text FROM call") is None
    assert carrier.dialled == []


def test_broadcasts_by_sms_and_by_call_count_together(line: Deployment, carrier: FakeCarrier) -> None:
    number = listener(line, True)
    first = to_announce(line, number, broadcast(line))
    place(line, carrier.url)
    told(line, carrier, "completed", CallDuration="20")
    written = line.queue(number, purpose=Purpose.BROADCAST)
    line.sending(carrier.url, quiet_hours=None).send_due()
    assert line.one("SELECT error FROM outbox WHERE id = :id", id=written) == "one a day"
    line.time.passes(days=1)
    line.queue(number, purpose=Purpose.BROADCAST)
    line.sending(carrier.url, quiet_hours=None).send_due()
    assert len(carrier.calls) == 1
    second = to_announce(line, number, broadcast(line))
    place(line, carrier.url)
    assert (fate(line, first)[0], fate(line, second)) == ("ended", ("skipped", "one a day"))


def test_a_phone_on_the_line_is_left_alone_and_rung_later(line: Deployment, carrier: FakeCarrier) -> None:
    number = listener(line)
    first, second = to_ring(line, number), to_ring(line, number)
    place(line, carrier.url)
    picks_up(line, carrier).press("9")
    line.time.passes(minutes=3)
    place(line, carrier.url)
    assert len(carrier.dialled) == 1
    told(line, carrier, "completed", CallDuration="200")
    line.time.passes(minutes=3)
    place(line, carrier.url)
    assert (len(carrier.dialled), fate(line, second)) == (1, ("queued", ""))  # it rang a moment ago
    line.time.passes(minutes=5)
    place(line, carrier.url)
    assert (fate(line, first), fate(line, second)) == (("ended", ""), ("dialling", ""))


def test_two_workers_never_ring_one_phone_at_once(line: Deployment, carrier: FakeCarrier) -> None:
    numbers = [listener(line) for _ in range(6)]
    for _ in range(2):
        for number in numbers:
            to_ring(line, number)
    together(*[lambda: place(line, carrier.url)] * 3)
    assert sorted(form["To"] for form in carrier.dialled) == sorted(numbers)


def test_a_phone_is_rung_five_times_a_day_and_the_sixth_notice_is_written(
    line: Deployment, carrier: FakeCarrier
) -> None:
    number = listener(line)
    for dial in range(5):
        to_ring(line, number)
        place(line, carrier.url)
        picks_up(line, carrier, dial).press("9")
        told(line, carrier, "completed", dial, CallDuration="9")
        line.time.passes(minutes=11)
    patient = to_ring(line, number, expires=line.time.now + timedelta(days=1))
    urgent = to_ring(line, number, expires=line.time.now + timedelta(hours=2))
    place(line, carrier.url)
    assert (len(carrier.dialled), fate(line, patient)) == (5, ("queued", ""))
    assert fate(line, urgent) == ("skipped", "five a day")
    assert texts(line, number) == [WORDS]
    line.time.passes(hours=14)
    place(line, carrier.url)
    assert fate(line, patient) == ("dialling", "")


def test_the_days_minutes_of_what_we_place_are_not_those_of_rings_we_return(
    line: Deployment, carrier: FakeCarrier
) -> None:
    first, second = listener(line), listener(line)
    to_ring(line, first)
    place(line, carrier.url, most_minutes=2)
    told(line, carrier, "completed", CallDuration="119")
    waits = to_ring(line, second, expires=line.time.now + timedelta(days=2))
    place(line, carrier.url, most_minutes=2)
    assert (len(carrier.dialled), call(line, waits)) == (1, ("queued", "", 0, 0))
    assert ring(line, known(line), most_minutes=2) is RingDecision.CALL_BACK
    line.time.passes(days=1)
    place(line, carrier.url, most_minutes=2)
    assert fate(line, waits) == ("dialling", "")


def test_who_never_picks_up_is_rung_three_times_and_then_written_to(line: Deployment, carrier: FakeCarrier) -> None:
    number = listener(line)
    id = to_ring(line, number, about="meeting:7")
    for dial, status in enumerate(("no-answer", "busy", "no-answer")):
        place(line, carrier.url)
        assert len(carrier.dialled) == dial + 1
        told(line, carrier, status, dial)
        told(line, carrier, status, dial)
        line.time.passes(minutes=14)
        place(line, carrier.url)
        assert len(carrier.dialled) == dial + 1
        line.time.passes(minutes=2)
    assert call(line, id) == ("no_answer", "no_answer", 3, 0)
    assert texts(line, number) == [WORDS]
    ((purpose, about, state),) = line.rows("SELECT purpose, about, state FROM outbox")
    assert (purpose, about, state) == ("reminder", "meeting:7", "queued")
    assert line.one("SELECT text FROM call") is None


@pytest.mark.parametrize("ends", ["refused", "failed", "too late to try again"])
def test_a_reminder_is_written_where_no_call_comes_through(line: Deployment, carrier: FakeCarrier, ends: str) -> None:
    number = listener(line)
    to_ring(line, number, expires=line.time.now + timedelta(minutes=10))
    if ends == "refused":
        carrier.rings = lambda form, count: refusal(400, 21211)
    place(line, carrier.url)
    if ends != "refused":
        told(line, carrier, "failed" if ends == "failed" else "no-answer")
    assert texts(line, number) == [WORDS]


def test_what_nobody_may_hear_is_not_written_either(line: Deployment, carrier: FakeCarrier) -> None:
    stopped, announced = listener(line, False), listener(line, True)
    to_ring(line, stopped)
    to_announce(line, announced, broadcast(line), line.time.now + timedelta(minutes=10))
    place(line, carrier.url)
    told(line, carrier, "no-answer")
    assert line.one("SELECT count(*) FROM outbox") == 0
    assert sorted(row[0] for row in line.rows("SELECT state FROM call")) == ["no_answer", "skipped"]


def test_who_missed_us_and_rings_is_rung_at_once(line: Deployment, carrier: FakeCarrier) -> None:
    line.time.now = datetime(2026, 11, 22, 12, 58, tzinfo=UTC)  # 19:58: the night begins
    number = listener(line)
    id = to_ring(line, number)
    place(line, carrier.url, quiet=NIGHT)
    told(line, carrier, "no-answer")
    line.time.passes(minutes=5)
    assert ring(line, number) is RingDecision.WAITING
    assert line.one("SELECT count(*) FROM call WHERE direction = 'back'") == 0
    place(line, carrier.url, quiet=NIGHT)
    assert [form["To"] for form in carrier.dialled] == [number, number]
    assert fate(line, id) == ("dialling", "")


def test_a_reminder_that_only_waits_is_no_reason_not_to_call_back(line: Deployment, carrier: FakeCarrier) -> None:
    number = listener(line)
    to_ring(line, number, due=line.time.now + timedelta(hours=1))
    assert ring(line, number) is RingDecision.CALL_BACK
    place(line, carrier.url)
    told(line, carrier, "no-answer")
    line.time.passes(minutes=16)
    place(line, carrier.url)
    assert len(carrier.dialled) == 2


def test_what_is_called_off(line: Deployment, carrier: FakeCarrier) -> None:
    one, other = listener(line), listener(line)
    calls = [to_ring(line, number, about="meeting:1") for number in (one, other)]
    line.queue(about="meeting:1")
    with writing(line.engine) as connection:
        assert notices.call_off(connection, "meeting:1", line.time.now, line.contact(one)) == 1
    place(line, carrier.url)
    assert [fate(line, id)[0] for id in calls] == ["cancelled", "dialling"]
    with writing(line.engine) as connection:
        assert notices.call_off(connection, "meeting:1", line.time.now) == 1  # the message; the call is on its way
    assert fate(line, calls[1])[0] == "dialling"


def test_a_broadcast_that_is_paused_goes_on_where_it_stopped(line: Deployment, carrier: FakeCarrier) -> None:
    id = broadcast(line)
    announced = to_announce(line, listener(line, True), id)
    broadcasts.pause(line.engine, id, line.time.now)
    place(line, carrier.url)
    assert (fate(line, announced), carrier.dialled) == (("held", ""), [])
    broadcasts.resume(line.engine, id, line.time.now)
    place(line, carrier.url)
    assert fate(line, announced) == ("dialling", "")


@pytest.mark.parametrize(("state", "becomes"), [("paused", "held"), ("cancelled", "cancelled")])
def test_a_broadcast_that_stands_still_rings_nobody(
    line: Deployment, carrier: FakeCarrier, state: str, becomes: str
) -> None:
    id = to_announce(line, listener(line, True), broadcast(line, state))
    place(line, carrier.url)
    assert (call(line, id), carrier.dialled) == ((becomes, "", 0, 0), [])


def test_what_is_held_expires(line: Deployment, redis: Redis) -> None:
    id = to_announce(line, listener(line, True), broadcast(line))
    with writing(line.engine) as connection:
        connection.exec_driver_sql("UPDATE call SET state = 'held'")
    line.time.passes(days=1, seconds=1)
    line.clock(redis).tick()
    assert fate(line, id)[0] == "expired"


def test_a_number_that_changed_hands_is_not_rung(line: Deployment, carrier: FakeCarrier) -> None:
    number = listener(line)
    id = to_ring(line, number)
    line.confirmed(number, "wrong number, not me")
    place(line, carrier.url)
    assert (fate(line, id)[0], carrier.dialled) == ("cancelled", [])


def test_a_carrier_that_serves_nobody_is_left_alone(line: Deployment, carrier: FakeCarrier) -> None:
    ids = [to_ring(line, listener(line)) for _ in range(12)]
    for _ in range(6):
        place(line, NOBODY)
        line.time.passes(seconds=1)
    assert line.one("SELECT opened_at IS NOT NULL FROM breaker WHERE channel = 'voice'")
    assert line.one("SELECT name FROM alarm") == "voice breaker"
    assert not place(line, carrier.url)
    assert carrier.dialled == []
    line.time.passes(seconds=31)
    assert place(line, carrier.url)  # one probes
    assert len(carrier.dialled) == 1
    line.time.passes(minutes=10)
    place(line, carrier.url)
    assert [fate(line, id)[0] for id in ids] == ["dialling"] * 12
    assert {row[0] for row in line.rows("SELECT name FROM alarm")} == {"voice breaker", "voice back"}


def test_one_whose_answers_are_lost_is_not_asked_for_ever(line: Deployment, carrier: FakeCarrier) -> None:
    ids = [to_ring(line, listener(line)) for _ in range(12)]
    carrier.rings = lambda form, count: Response("oops", 500)
    place(line, carrier.url)
    states = sorted(fate(line, id)[0] for id in ids)
    assert states == ["queued"] * 7 + ["unknown"] * 5


def test_all_workers_keep_one_pace(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(8):
        to_ring(line, listener(line))
    begun = time.monotonic()
    together(*[lambda: place(line, carrier.url, per_second=5)] * 3)
    assert len(carrier.dialled) == 8
    assert time.monotonic() - begun >= 1.4


def test_staff_see_what_is_rung_and_why_not(line: Deployment, carrier: FakeCarrier) -> None:
    id = to_ring(line, listener(line, False), about="meeting:3")
    place(line, carrier.url)
    (said,) = line.app.test_cli_runner().invoke(args=["calls", "list", "--state", "skipped"]).output.splitlines()
    for part in (str(id), "out", "reminder", "meeting:3", "stopped", "0 tries, 0 min"):
        assert part in said


def test_a_broadcast_rings_nobody_while_its_recording_is_nowhere(line: Deployment, carrier: FakeCarrier) -> None:
    data = b"RIFF, a recording"
    id = broadcast(line, audio_km=announcement(data))
    waits = to_announce(line, listener(line, True), id)
    place(line, carrier.url)
    assert (fate(line, waits), carrier.dialled) == (("queued", ""), [])
    ((detail,),) = line.rows("SELECT detail FROM alarm WHERE raised_at IS NOT NULL")
    assert f"broadcast {id} rings nobody" in detail
    with writing(line.engine) as connection:
        sounds.keep(connection, announcement(data), data, line.time.now)
    line.time.passes(minutes=3)
    place(line, carrier.url)
    assert fate(line, waits) == ("dialling", "")
