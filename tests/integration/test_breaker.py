"""A carrier that serves nobody: sending pauses, staff are told once, one message probes, nothing is lost."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from flask import Response
from redis import Redis

from bot.app import connect_redis
from bot.db import writing
from bot.messages import alarms
from bot.messages.alerts import Herald
from bot.messages.bucket import Bucket
from bot.messages.mail.sending import MailHeaders
from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment, together
from tests.fakes.mail import mail_server

NOBODY = "http://127.0.0.1:9"


pytestmark = pytest.mark.usefixtures("empty_outbox")


def send(line: Deployment, url: str) -> bool:
    return line.sending(url, quiet_hours=None).send_due()


def states(line: Deployment) -> dict[str, int]:
    return {row[0]: row[1] for row in line.rows("SELECT state, count(*) FROM outbox GROUP BY state")}


def test_a_carrier_nobody_reaches_opens_it_and_the_first_that_comes_through_closes_it(
    line: Deployment, carrier: FakeCarrier
) -> None:
    for _ in range(400):
        line.queue()
    send(line, NOBODY)
    assert states(line) == {"queued": 400}
    tried = line.one("SELECT count(*) FROM outbox WHERE attempts > 0")
    assert 5 <= tried < 200  # those in hand; the rest was not touched
    assert line.one("SELECT opened_at IS NOT NULL FROM breaker")
    assert line.one("SELECT name FROM alarm") == "sms breaker"
    assert not send(line, carrier.url)
    assert carrier.calls == []
    for _ in range(3):  # it stays away: one message a time finds out
        line.time.passes(seconds=31)
        send(line, NOBODY)
        assert not send(line, carrier.url)
    assert line.one("SELECT sum(attempts) FROM outbox") == tried + 3
    line.time.passes(seconds=31)
    assert send(line, carrier.url)
    assert len(carrier.calls) == 1
    line.time.passes(minutes=10)
    while send(line, carrier.url):
        pass
    assert states(line) == {"sent": 400}
    assert len({kept.form["To"] for kept in carrier.taken}) == len(carrier.taken) == 400
    assert {row[0] for row in line.rows("SELECT name FROM alarm")} == {"sms breaker", "sms back"}


@pytest.mark.parametrize("status", [429, 500, 401])
def test_so_does_one_that_refuses_everybody(line: Deployment, carrier: FakeCarrier, status: int) -> None:
    for _ in range(300):
        line.queue()
    carrier.answer = lambda form, number: refusal(status, 20003) if status == 401 else Response("no", status)
    send(line, carrier.url)
    tried = len(carrier.calls)
    assert 5 <= tried < 200
    assert not send(line, carrier.url)
    assert set(states(line)) <= {"queued", "sending"}
    carrier.answer = lambda form, number: None
    for _ in range(6):
        line.time.passes(seconds=61)
        line.settle(carrier.url)
        while send(line, carrier.url):
            pass
    assert states(line) == {"sent": 300}
    assert len(carrier.taken) == 300


def test_trouble_of_some_is_not_trouble_of_all(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(200):
        line.queue()
    carrier.answer = lambda form, number: refusal(429, 20429) if number % 3 == 0 else None
    send(line, carrier.url)
    assert states(line)["sent"] > 100
    assert line.rows("SELECT 1 FROM breaker WHERE opened_at IS NOT NULL") == []


def test_few_failures_add_up_over_jobs_and_one_success_starts_afresh(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(4):
        line.queue()
        send(line, NOBODY)
    line.queue()
    send(line, carrier.url)
    assert line.one("SELECT failures FROM breaker") == 0
    for _ in range(5):
        assert line.rows("SELECT 1 FROM breaker WHERE opened_at IS NOT NULL") == []
        line.queue()
        send(line, NOBODY)
    assert line.one("SELECT opened_at IS NOT NULL FROM breaker")


def test_one_of_many_workers_probes(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(100):
        line.queue()
    send(line, NOBODY)
    line.time.passes(seconds=6)
    carrier.after = lambda form, number: time.sleep(0.5)  # type: ignore[func-returns-value]
    together(*[lambda: send(line, carrier.url)] * 4)
    assert len(carrier.calls) == 1


def test_staff_are_told_by_sms_and_mail_and_not_all_the_time(line: Deployment, carrier: FakeCarrier) -> None:
    with mail_server() as box:
        told = ("+85512345678", "office@example.org", "night@example.org")
        herald = Herald(line.engine, line.vault, told, box.url, MailHeaders("phsar.example.org"))

        def sound(detail: str) -> None:
            with writing(line.engine) as connection:
                alarms.sound(connection, "carrier 21408", detail, line.time.now)
            herald.tell(line.time.now)

        sound("first")
        sound("second")
        ((to, mail),) = box.mails
        assert to == ["office@example.org", "night@example.org"]
        assert mail["Subject"] == "Phsar: first"
        assert "first" in mail.get_content()
        send(line, carrier.url)
        (form,) = carrier.calls
        assert (form["To"], form["Body"]) == ("+85512345678", "Phsar, to staff: first")
        line.time.passes(hours=1, seconds=1)
        herald.tell(line.time.now)
        herald.tell(line.time.now)
        assert [mail["Subject"] for _, mail in box.mails] == ["Phsar: first", "Phsar: second"]


def test_a_mail_server_that_is_away_is_asked_again(line: Deployment) -> None:
    with mail_server() as box:
        herald = Herald(line.engine, line.vault, ["office@example.org"], box.url, MailHeaders("phsar.example.org"))
        box.refuses = True
        with writing(line.engine) as connection:
            alarms.sound(connection, "sms breaker", "the carrier serves nobody", line.time.now)
        herald.tell(line.time.now)
        box.refuses = False
        herald.tell(line.time.now)
        assert box.mails == []
        line.time.passes(minutes=5, seconds=1)
        herald.tell(line.time.now)
        assert len(box.mails) == 1


def test_the_clock_tells(line: Deployment, redis: Redis) -> None:
    with mail_server() as box:
        told = replace(line, settings=replace(line.settings, alert_to=("office@example.org",), smtp_url=box.url))
        with writing(line.engine) as connection:
            alarms.sound(connection, "sms breaker", "the carrier serves nobody", line.time.now)
        told.clock(redis).tick()
        assert len(box.mails) == 1


def test_the_pace_is_shared(redis: Redis) -> None:
    one, other = Bucket(redis, "sms", 10), Bucket(redis, "sms", 10)
    first, second = one.take(10, 4.0), other.take(10, 4.0)
    assert (first.count, second.count) == (10, 10)
    assert first.wait < 0.1
    assert 0.9 < second.wait <= 1.0
    third = one.take(100, 4.0)
    assert 15 <= third.count <= 21
    assert other.take(1, 1.0).count == 0
    one.give_back(third.count)
    assert other.take(1, 2.1).count > 0


def test_without_redis_each_keeps_to_the_pace_alone() -> None:
    now = [100.0]
    bucket = Bucket(connect_redis("unix:///nowhere.sock"), "sms", 10, lambda: now[0])
    assert bucket.take(5, 4.0).count == 5
    second = bucket.take(100, 1.0)
    assert (second.count, round(second.wait, 3)) == (6, 0.5)
    assert bucket.take(1, 0.5).count == 0
    bucket.give_back(6)
    assert round(bucket.take(1, 1.0).wait, 3) == 0.5
    now[0] += 60
    assert bucket.take(1, 1.0).wait == 0.0
