"""The clock: one leader, what is due is asked for again after any loss, old words are forgotten."""

from __future__ import annotations

from datetime import datetime

import pytest
from redis import Redis

from bot.app import connect_redis
from bot.db import writing
from bot.due_tasks import due_tasks
from bot.messages import jobs
from bot.messages.inbound import inbox
from bot.prices.interest import Interests
from tests.fakes.deployment import Deployment


@pytest.fixture(autouse=True)
def _empty(line: Deployment, redis: Redis) -> None:
    with line.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")


def queue(line: Deployment) -> int:
    return line.queue()


def test_a_lost_queue_is_filled_again_and_once(line: Deployment, redis: Redis) -> None:
    queue(line)
    clock = line.clock(redis)
    assert clock.tick()
    assert jobs.queue_of(redis).count == 1
    clock.tick()
    assert jobs.queue_of(redis).count == 1
    redis.flushall()
    assert clock.tick()
    assert jobs.queue_of(redis).count == 1


def test_nothing_due_asks_for_nothing(line: Deployment, redis: Redis) -> None:
    assert line.clock(redis).tick()
    assert jobs.queue_of(redis).count == 0


def test_one_of_many_clocks_leads_and_another_takes_over(line: Deployment, redis: Redis) -> None:
    one, other = line.clock(redis, "one"), line.clock(redis, "other")
    assert [one.tick(), other.tick(), one.tick(), other.tick()] == [True, False, True, False]
    assert 0 < redis.ttl("phsar:clock") <= 75
    redis.delete("phsar:clock")  # the leader died and its lock ran out
    assert [other.tick(), one.tick()] == [True, False]


def test_without_redis_the_clock_goes_on(line: Deployment) -> None:
    id = queue(line)
    line.time.passes(days=8)
    assert line.clock(connect_redis("unix:///nowhere.sock")).tick()
    assert line.one("SELECT state FROM outbox WHERE id = :id", id=id) == "expired"
    line.time.passes(days=-8)


def test_the_clock_says_that_it_lives(line: Deployment, redis: Redis) -> None:
    line.clock(redis).tick()
    assert redis.get("phsar:beat:clock")


def test_texts_are_forgotten_after_a_year_and_counts_stay(line: Deployment, redis: Redis) -> None:
    old, young = line.phone(), line.phone()
    line.sms(old, "តម្លៃជ្រូក")
    line.time.passes(days=10)
    line.sms(young, "តម្លៃជ្រូក")
    line.time.passes(days=356)
    line.clock(redis).tick()
    for number, kept in ((old, ""), (young, "តម្លៃជ្រូក")):
        statement = "SELECT text, answer, intent FROM message WHERE contact_id = :id"
        ((text, answer, intent),) = line.rows(statement, id=line.contact(number))
        assert line.vault.open(bytes(text)) == kept
        assert (answer is None) == (kept == "")
        assert intent == "price"
    line.time.passes(days=-366)


@pytest.mark.parametrize("years", [1, 3])
def test_items_and_answers_are_forgotten_too_however_late_and_blanked_once(
    line: Deployment, redis: Redis, years: int
) -> None:
    number = line.phone(language="en")
    contact = line.contact(number)
    with writing(line.engine) as connection:
        inbox.add(connection, line.vault, contact, "missed", "my words", line.time.now)
    line.queue(number, "their answer")
    line.sms(number, "my question")

    def blanked() -> list[bytes]:
        texts = [("words", "inbox_item"), ("text", "outbox"), ("text", "message")]
        return [bytes(line.one(f"SELECT {text} FROM {name} WHERE contact_id = {contact}")) for text, name in texts]

    line.time.passes(days=366 * years)
    clock = line.clock(redis, "forgetful")
    redis.delete("phsar:clock")
    assert clock.tick()
    first = blanked()
    assert [line.vault.open(text) for text in first] == ["", "", ""]
    line.time.passes(hours=2)
    assert clock.tick()
    assert blanked() == first  # not sealed anew every hour
    line.time.passes(days=-366 * years, hours=-2)


def test_what_a_province_asks_about_is_offered_first_from_the_next_day(line: Deployment, redis: Redis) -> None:
    interests = next(task for task in due_tasks(line.app.extensions["phsar"].deps) if isinstance(task, Interests))
    for _ in range(3):
        line.sms(line.phone(place="0305"), "តម្លៃម្រេច")
    interests(line.time.now)
    assert line.one("SELECT count(*) FROM interest") == 0  # a key of a menu means the same all day
    line.time.passes(days=1)
    interests(line.time.now)
    offered = line.sms(line.phone(place="0306"), "តម្លៃ").text
    assert "1 ម្រេច" in offered
    assert "1 ម្រេច" not in line.sms(line.phone(place="1202"), "តម្លៃ").text
    line.time.passes(days=31)
    interests(line.time.now)
    assert line.one("SELECT count(*) FROM interest") == 0
    line.time.passes(days=-32)


def test_a_mistake_in_one_chore_keeps_nothing_else_from_being_done_and_staff_are_told(
    line: Deployment, redis: Redis
) -> None:
    number, done = line.phone(), []

    def mistaken(now: datetime) -> None:
        raise ValueError(f"about {number}")

    clock = line.clock(redis)
    clock._tasks = (mistaken, done.append)
    assert clock.tick()
    assert done == [line.time.now]
    told = line.one("SELECT detail FROM alarm")
    assert "mistaken: ValueError" in told
    assert number not in told
    assert redis.get("phsar:beat:clock")
