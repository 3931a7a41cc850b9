"""What comes while the database is away: kept sealed, apologised for, and answered once when it is back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import requests
from redis import Redis

from bot.app import build
from bot.channels.replay import Replay
from bot.config import Settings
from bot.messages import jobs
from bot.messages.inbound.spool import KEY, REPLAY
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import EMPTY, Deployment, deployed, together
from tests.fakes.line import until
from tests.fakes.outage import outage

PIG = "តម្លៃជ្រូក កំពង់ចាម"
SORRY = "សុំទោស"


@pytest.fixture(params=["redis", "disk"])
def spooling(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Deployment]:
    """A line that spools into Redis, or onto disk since there is no Redis."""
    if request.param == "disk":
        settings = replace(settings, redis_url=f"unix://{tmp_path}/nobody.sock")
    with deployed(settings) as line:
        line.price(9500)
        yield line


@pytest.fixture
def line(settings: Settings) -> Iterator[Deployment]:
    """A line with Redis."""
    with deployed(settings) as line:
        line.price(9500)
        yield line


def replay_of(line: Deployment) -> Replay:
    """What a worker of the line's replays with."""
    phsar = build(line.settings, line.time)
    return Replay(phsar.spool, phsar.conversation)


def replay(line: Deployment) -> None:
    """Do the worker's job; without Redis it is not asked, but what it does is the same."""
    worker = replay_of(line)
    while worker.run():
        pass
    worker.conversation.engine.dispose()


def spooled(line: Deployment) -> list[str]:
    spool = line.app.extensions["phsar"].spool
    return list(spool.names())


def texts(line: Deployment) -> list[str]:
    return [line.vault.open(bytes(row[0])) for row in line.rows("SELECT text FROM outbox ORDER BY id")]


def test_a_message_is_apologised_for_and_answered_once(spooling: Deployment, redis: Redis, tmp_path: Path) -> None:
    line, number = spooling, spooling.phone()
    with outage(line):
        for _ in range(2):  # the carrier doubles it
            assert line.sms(number, PIG, "SMonce").text.startswith(SORRY)
        assert line.sms(line.phone(), "pig price in Kampong Cham").text.startswith(("Sorry", SORRY))
        assert requests.get(f"{line.url}/metrics", timeout=10).status_code == 200
    kept = spooled(line)
    assert len(kept) == 3
    at_rest = b"".join([*redis.hvals(KEY), *(path.read_bytes() for path in tmp_path.glob("spool/*"))])
    assert len(at_rest) > 300
    for secret in (number.removeprefix("+"), PIG, "SMonce", "pig"):
        assert secret.encode() not in at_rest
    replay(line)
    replay(line)
    first, second = texts(line)
    assert "9,500" in first
    assert "pig" in second.lower()
    assert line.rows("SELECT unique_key, purpose FROM outbox ORDER BY id")[0] == ("spool:SMonce", "answer")
    assert spooled(line) == []
    with fake_carrier() as carrier:
        line.sending(carrier.url).send_due()
        line.sending(carrier.url).send_due()
        assert sorted(kept.form["Body"] for kept in carrier.taken) == sorted([first, second])


def test_a_carrier_that_comes_again_later_is_told_nothing_twice(line: Deployment) -> None:
    number = line.phone()
    with outage(line):
        line.sms(number, PIG, "SMagain")
        line.sms(number, PIG, "SMlive")
    answer = line.sms(number, PIG, "SMlive")  # before any worker looked: answered at once, like any message
    assert "9,500" in answer.text
    replay(line)
    assert [row[0] for row in line.rows("SELECT unique_key FROM outbox")] == ["spool:SMagain"]
    assert line.sms(number, PIG, "SMagain").body == EMPTY
    assert line.sms(number, PIG, "SMlive").text == answer.text  # as ever
    assert line.one("SELECT count(*) FROM message") == 2


def test_the_messages_of_one_person_keep_their_order(spooling: Deployment) -> None:
    line, number, other = spooling, spooling.phone(language="en"), spooling.phone(language="en")
    with outage(line):
        for words in ("STOP", "START", "STOP", "START", "khmer"):
            line.sms(number, words)
            line.sms(other, "START" if words == "STOP" else "STOP")
    replay(line)
    for who, given in ((number, [0, 1, 0, 1]), (other, [1, 0, 1, 0, 0])):
        ledger = line.rows("SELECT given FROM consent WHERE contact_id = :c ORDER BY id", c=line.contact(who))
        assert [int(row[0]) for row in ledger] == given
    assert line.one("SELECT language FROM contact WHERE id = :c", c=line.contact(number)) == "km"
    at = [row[0] for row in line.rows("SELECT at FROM message ORDER BY id")]
    assert at == sorted(at)


def test_a_stop_counts_as_of_when_it_was_said_and_is_itself_answered(line: Deployment) -> None:
    number = line.phone(language="en")
    news = line.queue(number, "news you asked for", asked=line.time.now)
    with outage(line):
        line.time.passes(minutes=1)
        line.sms(number, "price of pig in Kampong Cham")
        line.sms(number, "STOP")
    line.time.passes(minutes=30)
    replay(line)
    with fake_carrier() as carrier:
        line.sending(carrier.url).send_due()
        (sent,) = (kept.form["Body"] for kept in carrier.taken)
    assert "START" in sent  # the words that answer a STOP
    assert line.one("SELECT error FROM outbox WHERE id = :id", id=news) == "stopped"


@pytest.mark.parametrize(
    ("hours", "purpose", "sent"), [(0.1, "answer", 1), (0.5, "own", 1), (11, "own", 0), (25, "own", 0)]
)
def test_a_late_answer_waits_for_the_morning_and_one_of_yesterday_is_not_sent(
    line: Deployment, hours: float, purpose: str, sent: int
) -> None:
    number = line.phone(language="en")
    with outage(line):
        line.sms(number, "price of pig in Kampong Cham")
    asked = line.time.now
    line.time.passes(hours=hours)
    replay(line)
    assert line.one("SELECT purpose FROM outbox") == purpose
    with fake_carrier() as carrier:
        line.sending(carrier.url).send_due()
        assert len(carrier.taken) == sent
        line.time.now = asked + timedelta(hours=21, minutes=5)  # seven in the morning
        line.sending(carrier.url).send_due()
        assert len(carrier.taken) == (1 if hours < 24 else 0)


def test_a_word_that_was_overtaken_by_a_later_one_does_not_undo_it(line: Deployment) -> None:
    one, two = line.phone(language="en"), line.phone(language="en")
    with outage(line):
        line.sms(one, "START")
        line.sms(two, "STOP")
    line.sms(one, "STOP")
    line.sms(two, "START")
    replay(line)
    for number, given in ((one, [0]), (two, [1])):
        ledger = line.rows("SELECT given FROM consent WHERE contact_id = :c", c=line.contact(number))
        assert [int(row[0]) for row in ledger] == given


def test_an_overtaken_message_answers_no_question_that_was_asked_since(line: Deployment) -> None:
    number = line.phone(language="en")
    with outage(line):
        line.sms(number, "1")
    line.sms(number, "price of pig")
    before = line.one("SELECT body FROM run WHERE channel = 'sms'")
    replay(line)
    assert line.one("SELECT body FROM run WHERE channel = 'sms'") == before
    assert [row[0] for row in line.rows("SELECT channel FROM message ORDER BY id")] == ["sms", "sms late"]


def test_who_hides_their_number_is_heard_and_not_answered(line: Deployment) -> None:
    with outage(line):
        assert line.sms("ANONYMOUS", PIG).messages == []
        assert line.sms("1222", "You won! Call 1222", "SMshort").status == 200
    replay(line)
    assert spooled(line) == []
    assert line.one("SELECT count(*) FROM message") == 2
    assert texts(line) == []


def test_news_of_messages_and_calls_is_not_lost(spooling: Deployment) -> None:
    line = spooling
    id = line.queue()
    with fake_carrier() as carrier:
        line.sending(carrier.url).send_due()
        (taken,) = carrier.taken
    path = taken.form["StatusCallback"].removeprefix(line.settings.public_url)
    with outage(line):
        for status in ("delivered", "sent", "delivered"):
            assert line.post(path, {"MessageSid": taken.sid, "MessageStatus": status}).status == 204
        assert line.post(path, {"MessageSid": taken.sid, "MessageStatus": "strange"}).status == 204
        assert line.post("/voice/status", {"CallSid": "CAnobody", "CallStatus": "completed"}).status == 204
        assert line.post("/voice/status/7?attempt=1", {"CallSid": "CA7", "CallStatus": "busy"}).status == 204
    assert len(spooled(line)) == 5
    replay(line)
    assert line.one("SELECT state FROM outbox WHERE id = :id", id=id) == "delivered"
    assert spooled(line) == []


WORDS = ("help", "hello", "price of pig", "price of rice")


def test_two_workers_at_once_do_nothing_twice_and_keep_the_order(line: Deployment) -> None:
    numbers = [line.phone(language="en") for _ in range(3)]
    sids = (f"SMtogether{number}" for number in count())
    with outage(line):
        together(*[lambda who=who: [line.sms(who, words, next(sids)) for words in WORDS] for who in numbers])
    assert len(spooled(line)) == 12
    workers = [replay_of(line), replay_of(line), replay_of(line)]
    together(*[worker.run for worker in workers])
    replay(line)
    assert line.one("SELECT count(*) FROM message") == 12
    assert len(texts(line)) == 12
    for number in numbers:
        rows = line.rows("SELECT at FROM message WHERE contact_id = :c ORDER BY id", c=line.contact(number))
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for worker in workers:
        worker.conversation.engine.dispose()


def test_the_first_who_is_answered_wakes_a_worker_and_so_does_the_clock(line: Deployment, redis: Redis) -> None:
    waiting = jobs.queue_of(redis)
    with outage(line):
        line.sms(line.phone(), PIG)
        assert waiting.count == 0
    line.sms(line.phone(), "help")
    until(lambda: [job.func_name for job in waiting.jobs] == [REPLAY])
    waiting.empty()
    assert line.clock(redis).tick()
    assert REPLAY in [job.func_name for job in waiting.jobs]


def test_news_of_a_message_that_finds_the_database_back_wakes_a_worker_too(line: Deployment, redis: Redis) -> None:
    waiting, told = jobs.queue_of(redis), {"MessageSid": "SM1", "MessageStatus": "delivered"}
    with outage(line):
        line.post("/sms/status/7?attempt=1", told)
        assert waiting.count == 0
    assert line.post("/sms/status/8?attempt=1", told).status == 204
    until(lambda: [job.func_name for job in waiting.jobs] == [REPLAY])


def test_the_spool_and_the_age_of_the_queue_are_seen(line: Deployment) -> None:
    def measured(name: str) -> float:
        (value,) = re.findall(rf"^{re.escape(name)} (\S+)$", requests.get(f"{line.url}/metrics", timeout=10).text, re.M)
        return float(value)

    assert measured("phsar_outbox_oldest_due_seconds") == 0
    assert measured('phsar_breaker_open{channel="sms"}') == 0
    assert "spool" not in requests.get(f"{line.url}/readyz", timeout=10).text
    line.queue()
    line.queue(due=line.time.now + timedelta(hours=5))
    line.time.passes(seconds=40)
    assert 40 <= measured("phsar_outbox_oldest_due_seconds") < 41
    with outage(line):
        line.sms(line.phone(), PIG)
        assert measured('phsar_spool{place="redis"}') == 1
    ready = requests.get(f"{line.url}/readyz", timeout=10)
    assert ready.status_code == 200
    assert "warning: spool: 1 waiting, for the database or a worker\n" in ready.text
    replay(line)
    assert measured('phsar_spool{place="redis"}') == 0
