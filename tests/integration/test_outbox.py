"""The outbox: who may send a row and when, and what every answer of a carrier makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from sqlalchemy import event, update

from bot.channels.carrier import Result, SendResult
from bot.db import reading, table, writing
from bot.messages.carrier_errors import DELIVERY_LADDER, REST_LADDER
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms import steps
from bot.messages.sms.admission import Rules, admit
from bot.messages.sms.outbox import ClaimedMessage
from bot.messages.sms.settling import SendOutcome, may_come_from, write_back
from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment, together

pytestmark = pytest.mark.usefixtures("empty_outbox")


Statement = tuple[str, Any]  # with its parameters


def plan_of(line: Deployment, statement: str, parameters: Any = None) -> str:
    """How the database would do it, if it can do it by an index at all."""
    explain = "EXPLAIN QUERY PLAN" if line.engine.dialect.name == "sqlite" else "EXPLAIN"
    with line.engine.connect() as connection:
        if line.engine.dialect.name == "postgresql":
            # Of a table that is empty the planner may think that anything is as cheap.
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return " ".join(str(word) for row in plan for word in row)


def statements(line: Deployment, do: Callable[[], object]) -> list[Statement]:
    """What the database is told meanwhile, by this test."""
    said: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        said.append((statement, parameters))

    event.listen(line.engine, "before_cursor_execute", note)
    do()
    event.remove(line.engine, "before_cursor_execute", note)
    return said


def updates(said: list[Statement]) -> int:
    return sum("UPDATE outbox" in statement for statement, _ in said)


def queue(line: Deployment, count: int = 1, text: str = "hello") -> list[int]:
    number = line.phone(language="en")
    return [line.queue(number, text) for _ in range(count)]


def send(line: Deployment, url: str) -> int:
    """Do a worker's job; how many messages were taken meanwhile."""
    before = line.one("SELECT count(*) FROM outbox WHERE state = 'sent'")
    line.sending(url, quiet_hours=None).send_due()
    return int(line.one("SELECT count(*) FROM outbox WHERE state = 'sent'")) - int(before)


def state(line: Deployment, id: int) -> tuple[str, str, int]:
    ((state, error, attempts),) = line.rows("SELECT state, error, attempts FROM outbox WHERE id = :id", id=id)
    return state, error, attempts


def claim(line: Deployment, size: int = 100, *, admitted: bool = True) -> list[ClaimedMessage]:
    with writing(line.engine) as connection:
        rows = sms_outbox.claim(connection, line.vault, line.time.now, size)
        return admit(connection, Rules(None, line.settings.timezone), rows, line.time.now) if admitted else rows


def write(line: Deployment, row: ClaimedMessage, handed: SendResult | None) -> None:
    with writing(line.engine) as connection:
        write_back(connection, line.vault, [SendOutcome(row, handed)], line.time.now)


def test_many_workers_never_get_the_same_row(line: Deployment) -> None:
    ids = queue(line, 60)

    def worker() -> list[int]:
        mine: list[int] = []
        while rows := claim(line, 7, admitted=False):
            assert len(rows) <= 7
            mine += [row.id for row in rows]
        return mine

    claimed = together(worker, worker, worker, worker)
    assert sorted(id for one in claimed for id in one) == ids


def test_answers_come_before_all_and_broadcasts_last(line: Deployment) -> None:
    number = line.phone(language="en")
    purposes = [*reversed(Purpose), *Purpose]
    ids = {line.queue(number, purpose=purpose): purpose for purpose in purposes}
    later = line.queue(number, purpose=Purpose.ANSWER, due=line.time.now + timedelta(minutes=1))
    taken = [ids[row.id] for _ in range(4) for row in claim(line, 3, admitted=False)]
    assert taken == [purpose for purpose in Purpose for _ in range(2)]
    assert state(line, later)[0] == "queued"


def test_a_claim_walks_along_the_index_of_what_waits(line: Deployment) -> None:
    # The literal state is what lets the databases use an index of the queued rows only.
    inner = "SELECT id FROM outbox WHERE state = 'queued' AND purpose = 'answer' AND due_at <= '2026-01-01'"
    assert sms_outbox.IS_QUEUED.compile(dialect=line.engine.dialect).string == "outbox.state = 'queued'"
    told = plan_of(line, f"{inner} ORDER BY due_at, id LIMIT 5")
    assert "ix_outbox_queued" in told
    assert "sort" not in told.lower()
    assert "TEMP" not in told


def test_a_due_thing_is_queued_once(line: Deployment) -> None:
    number = line.phone(language="en")
    first = line.queue(number, purpose=Purpose.REMINDER, key="meeting 7, evening")
    assert line.queue(number, purpose=Purpose.REMINDER, key="meeting 7, evening") == first
    assert line.queue(number, purpose=Purpose.REMINDER, key="meeting 7, two hours") != first
    assert line.one("SELECT count(*) FROM outbox") == 2


def test_a_message_is_handed_over_with_its_text_and_its_callback(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line, text="តម្លៃ <9,500>")
    assert send(line, carrier.url) == 1
    (form,) = carrier.calls
    assert form["Body"] == "តម្លៃ <9,500>"
    assert form["From"] == line.settings.sms_from
    assert form["StatusCallback"] == f"{line.settings.public_url}/sms/status/{id}?attempt=1"
    assert state(line, id) == ("sent", "", 1)
    assert line.one("SELECT sid FROM outbox WHERE id = :id", id=id) == f"SM{1:032d}"
    assert send(line, carrier.url) == 0


def test_hundreds_go_out_in_one_job(line: Deployment, carrier: FakeCarrier) -> None:
    ids = [line.queue() for _ in range(300)]
    called: list[str] = []
    sending = line.sending(carrier.url, quiet_hours=None)
    assert not sending.send_due(lambda: called.append("more"))
    assert called == ["more"]  # another worker is called as soon as a claim came back full
    assert sorted(int(form["StatusCallback"].split("/")[-1].split("?")[0]) for form in carrier.calls) == ids
    assert line.one("SELECT count(*) FROM outbox WHERE state = 'sent' AND attempts = 1") == 300


def test_too_many_requests_are_repeated_later_until_the_message_expires(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(429, 20429)
    for attempt, wait in enumerate(REST_LADDER, 1):
        send(line, carrier.url)
        assert state(line, id) == ("queued", "20429", attempt)
        line.time.passes(seconds=wait.total_seconds() - 1)
        assert send(line, carrier.url) == 0
        assert len(carrier.calls) == attempt
        line.time.passes(seconds=2)
    send(line, carrier.url)
    assert state(line, id) == ("queued", "20429", 5)
    line.time.passes(days=7)
    sms_outbox.sweep(line.engine, line.time.now)
    assert state(line, id)[0] == "expired"


def test_the_carrier_says_when_to_come_again(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)

    def busy(form: dict[str, str], number: int) -> Response | None:
        response = refusal(429, 20429)
        response.headers["Retry-After"] = "90"
        return response if number == 1 else None

    carrier.answer = busy
    send(line, carrier.url)
    line.time.passes(seconds=89)
    assert send(line, carrier.url) == 0
    line.time.passes(seconds=2)
    assert send(line, carrier.url) == 1
    assert state(line, id)[0] == "sent"


@pytest.mark.parametrize("code", [21211, 21610, 21614, 21635])
def test_a_refusal_is_final(line: Deployment, carrier: FakeCarrier, code: int) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(400, code)
    send(line, carrier.url)
    assert state(line, id) == ("failed", str(code), 1)
    line.time.passes(hours=1)
    send(line, carrier.url)
    assert len(carrier.calls) == 1


def test_refused_credentials_lose_nothing(line: Deployment, carrier: FakeCarrier) -> None:
    ids = queue(line, 2)
    carrier.answer = lambda form, number: refusal(401, 20003) if number <= 2 else None
    send(line, carrier.url)
    assert {state(line, id)[:2] for id in ids} == {("queued", "20003")}
    assert line.one("SELECT name FROM alarm") == "carrier 20003"
    line.time.passes(seconds=6)
    assert send(line, carrier.url) == 2


@pytest.mark.parametrize("code", [30001, 30003, 30008, 30036])
def test_a_delivery_error_is_tried_again_by_the_slow_ladder(line: Deployment, carrier: FakeCarrier, code: int) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: refusal(400, code)
    for attempt, wait in enumerate(DELIVERY_LADDER, 1):
        send(line, carrier.url)
        assert state(line, id) == ("queued", str(code), attempt)
        line.time.passes(seconds=wait.total_seconds() - 1)
        send(line, carrier.url)
        assert len(carrier.calls) == attempt
        line.time.passes(seconds=2)
    send(line, carrier.url)
    assert state(line, id) == ("failed", str(code), 4)


def test_a_refusal_in_words_of_somebody_between_is_a_refusal(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    carrier.answer = lambda form, number: Response("<html>no</html>", 404)
    send(line, carrier.url)
    assert state(line, id)[0] == "failed"


def test_one_strange_answer_does_not_stop_the_others(line: Deployment, carrier: FakeCarrier) -> None:
    ids = queue(line, 3)
    carrier.answer = lambda form, number: Response("<html>", 201) if number == 1 else None
    assert send(line, carrier.url) == 2
    assert sorted(state(line, id)[0] for id in ids) == ["sending", "sent", "sent"]


def test_a_carrier_nobody_reaches_is_tried_again(line: Deployment) -> None:
    (id,) = queue(line)
    send(line, "http://127.0.0.1:9")
    assert state(line, id)[0] == "queued"


def test_what_was_claimed_and_never_handed_over_goes_back_whole(line: Deployment, carrier: FakeCarrier) -> None:
    (id,) = queue(line)
    (row,) = claim(line)
    write(line, row, None)
    assert state(line, id) == ("queued", "", 0)
    assert send(line, carrier.url) == 1


def test_only_the_holder_of_the_token_writes_back(line: Deployment) -> None:
    (id,) = queue(line)
    (row,) = claim(line)
    write(line, replace(row, token="another"), SendResult(Result.REFUSED, error="21211"))
    assert state(line, id)[0] == "sending"


def test_an_answer_is_worth_ten_minutes_and_what_was_asked_for_a_week(line: Deployment, carrier: FakeCarrier) -> None:
    answer, own = line.queue(purpose=Purpose.ANSWER), line.queue(purpose=Purpose.OWN)
    line.time.passes(minutes=10, seconds=1)
    assert send(line, carrier.url) == 1
    assert (state(line, answer)[0], state(line, own)[0]) == ("expired", "sent")
    late = line.queue(purpose=Purpose.OWN)
    line.time.passes(days=7, seconds=1)
    assert not sms_outbox.sweep(line.engine, line.time.now)
    assert state(line, late)[0] == "expired"


def test_the_states_only_move_forward() -> None:
    final = set(OutState) - set(steps.STEPS)
    assert final == {"delivered", "undelivered", "failed", "expired", "cancelled", "skipped"}
    assert OutState.UNKNOWN not in may_come_from(OutState.SENDING)
    assert OutState.UNKNOWN not in may_come_from(OutState.QUEUED)


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
    for words in ("asdf qwer", "zzz", "xxx yyy"):
        line.sms(number, words)
    line.confirmed(number, "not me, this number is new")
    assert send(line, carrier.url) == 0
    assert state(line, id)[0] == "cancelled"
    reasons = line.rows("SELECT reason, state FROM inbox_item WHERE contact_id = :c ORDER BY id", c=contact)
    assert [tuple(row) for row in reasons] == [("missed", "closed"), ("not_me", "open")]


@pytest.mark.parametrize("seconds", [60.0, -1.0])
def test_many_expire_in_slices_and_what_is_left_at_the_next_tick(
    line: Deployment, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    for name, value in (("SLICE", 2), ("SLICE_SQLITE", 2), ("REST_SQLITE", 0), ("LASTS_A_TICK", seconds)):
        monkeypatch.setattr(sms_outbox, name, value)
    queue(line, 5)
    line.time.passes(days=8)
    number = line.phone(language="en")
    fresh = line.queue(number)
    after = []
    for _ in range(3):
        said = statements(line, lambda: sms_outbox.sweep(line.engine, line.time.now))
        expired = int(line.one("SELECT count(*) FROM outbox WHERE state = 'expired'"))
        after.append((updates(said), expired))
        assert "ix_outbox_expires_at" in plan_of(line, *said[0])
    assert after == ([(3, 5), (0, 5), (0, 5)] if seconds > 0 else [(1, 2), (1, 4), (1, 5)])
    assert state(line, fresh)[0] == "queued"


def test_texts_are_forgotten_by_an_index_of_those_there_are_in_slices(
    line: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SLICE", 2), ("SLICE_SQLITE", 2), ("REST_SQLITE", 0)):
        monkeypatch.setattr(sms_outbox, name, value)
    queue(line, 5, "my words")
    line.time.passes(days=2)
    (kept,) = queue(line, 1, "my words")

    def forget() -> list[Statement]:
        until = line.time.now - timedelta(days=1)
        return statements(line, lambda: sms_outbox.forget(line.engine, line.vault, until))

    said = forget()
    assert updates(said) == 3
    assert all("ix_outbox_created_at" in plan_of(line, *one) for one in said)
    texts = {id: line.vault.open(bytes(text)) for id, text in line.rows("SELECT id, text FROM outbox")}
    assert sorted(texts.values()) == ["", "", "", "", "", "my words"]
    assert texts[kept] == "my words"
    assert updates(forget()) == 0


def test_what_the_carrier_tells_no_more_of_is_neither_counted_nor_looked_at(line: Deployment) -> None:
    (asked,) = queue(line)
    names = ", ".join(column.name for column in table(Outbound).columns if column.name != "id")
    with line.engine.begin() as connection:
        connection.execute(update(table(Outbound)).values(state="sent"))
        for _ in range(11):  # doubled each time
            connection.exec_driver_sql(f"INSERT INTO outbox ({names}) SELECT {names} FROM outbox")
        mine = update(table(Outbound)).where(table(Outbound).c.id == asked)
        connection.execute(mine.values(leased_until=line.time.now))
    if line.engine.dialect.name == "postgresql":
        with line.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE outbox")

    def count() -> None:
        with reading(line.engine) as connection:
            assert sms_outbox.counts(connection) == {"queued": 0, "held": 0, "sending": 0, "sent": 1, "unknown": 0}

    waiting, sent = statements(line, count)
    assert "ix_outbox_leased_until" in plan_of(line, *sent)
    assert "ix_outbox_" in plan_of(line, *waiting)
