"""The outbox: who may send a row and when, and what every answer of a carrier makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Response
from sqlalchemy import update

from bot.channels.carrier import Carrier
from bot.db import table, writing
from bot.messages import jobs, outbox
from bot.messages.models import Outbound, OutState
from tests.fakes.carrier import FakeCarrier, fake_carrier, refusal
from tests.fakes.deployment import Deployment, together


@pytest.fixture
def carrier() -> Iterator[FakeCarrier]:
    """A carrier that does what the test says."""
    with fake_carrier() as carrier:
        yield carrier


@pytest.fixture(autouse=True)
def _empty_outbox(line: Deployment) -> None:
    with line.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")


def queue(line: Deployment, count: int = 1, text: str = "hello") -> list[int]:
    number = line.phone(language="en")
    contact = line.contact(number)
    with writing(line.engine) as connection:
        return [outbox.queue(connection, line.vault, contact, text, line.time.now) for _ in range(count)]


def send(line: Deployment, url: str) -> int:
    """Do a worker's job; how many messages were taken meanwhile."""
    before = line.one("SELECT count(*) FROM outbox WHERE state = 'sent'")
    settings = replace(line.settings, api_url=url)
    jobs.send_due(line.engine, line.vault, Carrier(settings), line.time, 1000)
    return int(line.one("SELECT count(*) FROM outbox WHERE state = 'sent'")) - int(before)


def state(line: Deployment, id: int) -> tuple[str, str, int]:
    ((state, error, attempts),) = line.rows("SELECT state, error, attempts FROM outbox WHERE id = :id", id=id)
    return state, error, attempts


def test_two_workers_never_get_the_same_row(line: Deployment) -> None:
    ids = queue(line, 60)

    def worker() -> list[int]:
        mine = []
        while True:
            with writing(line.engine) as connection:
                claimed = outbox.claim(connection, line.vault, line.time.now, size=5)
            if not claimed:
                return mine
            mine += [row.id for row in claimed]

    claimed = together(worker, worker, worker, worker)
    assert sorted(id for one in claimed for id in one) == ids


def test_a_message_is_handed_over_with_its_text_and_its_callback(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line, text="តម្លៃ <9,500>")
    assert send(line, carrier.url) == 1
    (form,) = carrier.calls
    assert form["Body"] == "តម្លៃ <9,500>"
    assert form["From"] == line.settings.sms_from
    assert form["StatusCallback"] == f"{line.settings.public_url}/sms/status/{id}"
    assert state(line, id) == ("sent", "", 1)
    assert line.one("SELECT sid FROM outbox WHERE id = :id", id=id) == f"SM{1:032d}"
    assert send(line, carrier.url) == 0


def test_too_many_requests_are_repeated_later_until_the_message_expires(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(429, 20429)
    for attempt, wait in enumerate(outbox.RETRY_AFTER, 1):
        send(line, carrier.url)
        assert state(line, id) == ("queued", "20429", attempt)
        line.time.passes(seconds=wait - 1)
        assert send(line, carrier.url) == 0
        assert len(carrier.calls) == attempt
        line.time.passes(seconds=2)
    send(line, carrier.url)
    assert state(line, id) == ("queued", "20429", 5)
    line.time.passes(days=7)
    with writing(line.engine) as connection:
        outbox.sweep(connection, line.time.now)
    assert state(line, id)[0] == "expired"


def test_after_a_busy_carrier_the_message_goes_out(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(429, 20429) if number == 1 else None
    send(line, carrier.url)
    line.time.passes(seconds=6)
    assert send(line, carrier.url) == 1
    assert state(line, id)[0] == "sent"


@pytest.mark.parametrize("code", [21211, 21610, 21614])
def test_a_refusal_is_final(line: Deployment, carrier: FakeCarrier, code: int) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(400, code)
    send(line, carrier.url)
    assert state(line, id) == ("failed", str(code), 1)
    line.time.passes(hours=1)
    send(line, carrier.url)
    assert len(carrier.calls) == 1


@pytest.mark.parametrize(
    "answer", [Response("oops", 500), Response("{}", 502), Response("<html>", 201), Response("[1]", 201)]
)
def test_what_the_carrier_may_have_taken_is_unknown_and_not_sent_again(
    line: Deployment, carrier: FakeCarrier, answer: Response
) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: answer
    send(line, carrier.url)
    assert state(line, id)[0] == "unknown"
    line.time.passes(hours=2)
    send(line, carrier.url)
    assert len(carrier.calls) == 1


def test_a_refusal_in_words_of_somebody_between_is_a_refusal(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: Response("<html>no</html>", 404)
    send(line, carrier.url)
    assert state(line, id)[0] == "failed"


def test_one_strange_answer_does_not_stop_the_others(line: Deployment, carrier: FakeCarrier) -> None:
    ids = queue(line, 3)
    carrier.answer = lambda form, number: Response("<html>", 201) if number == 1 else None
    assert send(line, carrier.url) == 2
    assert [state(line, id)[0] for id in ids] == ["unknown", "sent", "sent"]


def test_a_carrier_nobody_reaches_is_tried_again(line: Deployment) -> None:
    (id,) = queue(line)
    send(line, "http://127.0.0.1:9")
    assert state(line, id)[0] == "queued"


def test_a_lease_that_ends_leaves_an_unknown_row(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    with writing(line.engine) as connection:
        (claimed,) = outbox.claim(connection, line.vault, line.time.now, size=100)
        assert outbox.sweep(connection, line.time.now + timedelta(seconds=29)) == 0
    assert state(line, id)[0] == "sending"
    line.time.passes(seconds=31)
    with writing(line.engine) as connection:
        outbox.sweep(connection, line.time.now)
    assert state(line, id)[:2] == ("unknown", "lease")
    assert send(line, carrier.url) == 0
    assert carrier.calls == []
    with writing(line.engine) as connection:  # the slow holder comes back: it holds nothing any more
        outbox.settle(connection, claimed, OutState.QUEUED, line.time.now)
    assert state(line, id)[0] == "unknown"


def test_only_the_holder_of_the_token_writes_back(line: Deployment) -> None:
    (id,) = queue(line)
    with writing(line.engine) as connection:
        (claimed,) = outbox.claim(connection, line.vault, line.time.now, size=100)
        outbox.settle(connection, replace(claimed, token="another"), OutState.FAILED, line.time.now)
    assert state(line, id)[0] == "sending"


def test_an_answer_that_is_a_week_late_expires(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    line.time.passes(days=7, seconds=1)
    assert send(line, carrier.url) == 0
    with writing(line.engine) as connection:
        assert outbox.sweep(connection, line.time.now) == 0
    assert state(line, id)[0] == "expired"
    assert carrier.calls == []


def test_the_states_only_move_forward() -> None:
    final = set(OutState) - set(outbox.STEPS)
    assert final == {"delivered", "undelivered", "failed", "expired", "cancelled"}
    assert OutState.UNKNOWN not in outbox.may_come_from(OutState.SENDING)


def test_a_phone_that_refuses_us_is_a_stop_in_the_ledger(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(400, 21610)
    send(line, carrier.url)
    assert state(line, id)[:2] == ("failed", "21610")
    contact = line.one("SELECT contact_id FROM outbox WHERE id = :id", id=id)
    ((given, proof),) = line.rows("SELECT given, proof FROM consent WHERE contact_id = :c", c=contact)
    assert not given
    assert proof == f"carrier 21610, outbox {id}"


def test_a_message_that_does_not_open_keeps_nobody_waiting(line: Deployment, carrier: FakeCarrier) -> None:
    damaged, sound = queue(line, 2)
    with line.engine.begin() as connection:
        connection.execute(update(table(Outbound)).where(table(Outbound).c.id == damaged).values(text=b"\x01damaged"))
    assert send(line, carrier.url) == 1
    assert state(line, damaged)[:2] == ("failed", "unreadable")
    assert state(line, sound)[0] == "sent"


def test_nothing_waits_for_a_number_that_changed_hands(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line, text="your loan")
    contact = line.one("SELECT contact_id FROM outbox WHERE id = :id", id=id)
    number = line.vault.open(line.one("SELECT address FROM contact WHERE id = :id", id=contact))
    line.sms(number, "meeting tomorrow 9am pagoda")
    line.sms(number, "not me, this number is new")
    assert send(line, carrier.url) == 0
    assert state(line, id)[0] == "cancelled"
    reasons = line.rows("SELECT reason, state FROM inbox_item WHERE contact_id = :c ORDER BY id", c=contact)
    assert [tuple(row) for row in reasons] == [("not_yet", "closed"), ("not_me", "open")]
