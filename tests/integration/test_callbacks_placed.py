"""Calls we place: what every answer of a carrier makes of them, and how often a phone is dialled."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Response

from bot.db import writing
from bot.messages.calls import minutes, steps
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.callbacks import RingDecision
from bot.messages.calls.models import CallState
from tests.fakes.callers import answered_by, call, calls_back, day_began, place, ring, rings, told
from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment, together

pytestmark = pytest.mark.usefixtures("no_calls")


@pytest.mark.parametrize("kind", ["somleng", "twilio", "simulator"])
def test_a_call_is_handed_over_with_what_every_carrier_knows(line: Deployment, carrier: FakeCarrier, kind: str) -> None:
    number, id = rings(line)
    place(line, carrier.url, kind)
    (form,) = carrier.dialled
    public = line.settings.public_url
    assert form == {
        "To": number,
        "From": line.settings.voice_from,
        "Url": f"{public}/voice/back/{id}",
        "Method": "POST",
        "StatusCallback": f"{public}/voice/status/{id}?attempt=1",
        "StatusCallbackMethod": "POST",
        **({"Timeout": "30", "TimeLimit": "660"} if kind == "twilio" else {}),
    }
    assert call(line, id) == ("dialling", "", 1, 1)
    place(line, carrier.url)
    assert len(carrier.dialled) == 1


def test_no_session_is_held_while_the_carrier_is_asked(line: Deployment, carrier: FakeCarrier) -> None:
    number, _ = rings(line)

    def answer(form: dict[str, str], _count: int) -> Response | None:
        # Whoever writes now would wait for ever: on SQLite there is one writer.
        assert ring(line, number) is RingDecision.WAITING
        with writing(line.engine) as connection:
            assert call_outbox.claim(connection, line.vault, line.time()) is None
        return None

    carrier.rings = answer
    place(line, carrier.url)
    assert calls_back(line, number) == [("dialling", 1, 1)]


def test_two_workers_never_dial_the_same_call(line: Deployment, carrier: FakeCarrier) -> None:
    numbers = [rings(line)[0] for _ in range(12)]
    together(*[lambda: place(line, carrier.url)] * 4)
    assert sorted(form["To"] for form in carrier.dialled) == sorted(numbers)


def test_a_whole_call(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    sid = line.one("SELECT sid FROM call WHERE id = :id", id=id)
    assert sid == f"CA{1:032d}"
    assert answered_by(line, id, sid) == "open"
    assert answered_by(line, id, sid) == "open"  # fetched again
    assert answered_by(line, id, "CAanother") is None
    assert told(line, carrier, "completed", CallDuration="121") == 204
    assert call(line, id) == ("ended", "", 1, 3)
    assert answered_by(line, id, sid) is None
    with writing(line.engine) as connection:
        assert minutes.spent(connection, day_began(line), line.time()) == 3


@pytest.mark.parametrize("duration", ["", "0", "59", "60", "x", "-5", "1e9", "9" * 40, "٣"])
def test_begun_minutes_are_at_least_one(line: Deployment, carrier: FakeCarrier, duration: str) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    assert told(line, carrier, "completed", CallDuration=duration) == 204
    assert call(line, id) == ("ended", "", 1, 1)


def test_too_many_requests_are_repeated_later_and_are_no_attempts(line: Deployment, carrier: FakeCarrier) -> None:
    number, id = rings(line)
    carrier.rings = lambda form, count: refusal(429, 20429)
    for _ in range(6):
        place(line, carrier.url)
        assert call(line, id) == ("queued", "20429", 0, 1)
        asked = len(carrier.dialled)
        place(line, carrier.url)
        assert len(carrier.dialled) == asked  # it is left alone for a while
        assert ring(line, number) is RingDecision.WAITING
        line.time.passes(minutes=11)
    carrier.rings = lambda form, count: None
    place(line, carrier.url)
    assert call(line, id) == ("dialling", "", 1, 1)


def test_one_throttled_call_stops_the_job(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(3):
        rings(line)
    carrier.rings = lambda form, count: refusal(429, 20429)
    place(line, carrier.url)
    assert len(carrier.dialled) == 1


def test_a_carrier_nobody_reaches_is_tried_again_until_it_is_too_late(line: Deployment) -> None:
    _, id = rings(line)
    place(line, "http://127.0.0.1:9")
    assert call(line, id)[::2] == ("queued", 0)
    line.time.passes(hours=2)
    place(line, "http://127.0.0.1:9")
    with writing(line.engine) as connection:
        assert call_outbox.sweep(connection, line.time()) == 0
    assert call(line, id)[::3] == ("expired", 0)


@pytest.mark.parametrize("code", [21211, 21215, 21216, 13227])
def test_a_refusal_is_final(line: Deployment, carrier: FakeCarrier, code: int) -> None:
    number, id = rings(line)
    carrier.rings = lambda form, count: refusal(400, code)
    place(line, carrier.url)
    assert call(line, id) == ("failed", str(code), 1, 0)
    assert ring(line, number) is RingDecision.ANSWER  # they hear us after all


@pytest.mark.parametrize(
    "answer", [Response("oops", 500), Response("{}", 502), Response("<html>", 201), Response("[1]", 201)]
)
def test_what_the_carrier_may_dial_is_unknown_and_not_dialled_again(
    line: Deployment, carrier: FakeCarrier, answer: Response
) -> None:
    number, id = rings(line)
    carrier.rings = lambda form, count: answer
    place(line, carrier.url)
    assert call(line, id)[0] == "unknown"
    assert ring(line, number) is RingDecision.ANSWER
    line.time.passes(hours=1)
    place(line, carrier.url)
    assert len(carrier.dialled) == 1


def test_no_answer_is_dialled_three_times_a_quarter_of_an_hour_apart(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    for attempt in (1, 2):
        place(line, carrier.url)
        told(line, carrier, "no-answer", attempt - 1)
        assert call(line, id) == ("queued", "no_answer", attempt, 0)  # what nobody answered holds no minute
        line.time.passes(minutes=14)
        place(line, carrier.url)
        assert len(carrier.dialled) == attempt
        line.time.passes(minutes=2)
    place(line, carrier.url)
    told(line, carrier, "busy", 2)
    assert call(line, id) == ("busy", "busy", 3, 0)
    line.time.passes(hours=1)
    place(line, carrier.url)
    assert len(carrier.dialled) == 3


def test_a_lost_lease_is_unknown_and_the_slow_holder_adds_the_sid_only(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    with writing(line.engine) as connection:
        claimed = call_outbox.claim(connection, line.vault, line.time())
        assert claimed is not None
        call_outbox.sweep(connection, line.time() + timedelta(seconds=25))
    assert call(line, id)[0] == "dialling"
    line.time.passes(seconds=31)
    with writing(line.engine) as connection:
        assert call_outbox.sweep(connection, line.time()) == 0
    assert call(line, id)[:2] == ("unknown", "lease")
    place(line, carrier.url)
    assert carrier.dialled == []
    with writing(line.engine) as connection:
        call_outbox.settle(connection, claimed, CallState.DIALLING, line.time(), sid="CAslow")
        call_outbox.settle(connection, replace(claimed, token="x"), CallState.FAILED, line.time(), sid="CAother")
    assert call(line, id)[:2] == ("unknown", "lease")
    assert line.one("SELECT sid FROM call WHERE id = :id", id=id) == "CAslow"


def test_a_call_without_news_is_unknown_and_a_forgotten_open_one_ends(line: Deployment, carrier: FakeCarrier) -> None:
    _, silent = rings(line)
    _, open_ = rings(line)
    place(line, carrier.url)
    answered_by(line, open_, f"CA{2:032d}")
    line.time.passes(minutes=3)
    with writing(line.engine) as connection:
        connection.exec_driver_sql("UPDATE call SET saved_at = changed_at, step = 7 WHERE state = 'open'")
        call_outbox.sweep(connection, line.time())
    assert call(line, silent)[0] == "dialling"
    line.time.passes(minutes=8)
    with writing(line.engine) as connection:
        call_outbox.sweep(connection, line.time())
    assert call(line, silent)[:2] == ("unknown", "no news")
    assert call(line, open_)[0] == "open"
    line.time.passes(hours=2)
    with writing(line.engine) as connection:
        call_outbox.sweep(connection, line.time())
    assert call(line, open_) == ("ended", "", 1, 1)
    told(line, carrier, "completed", 1, CallDuration="400")  # the carrier knows better, if late
    assert call(line, open_) == ("ended", "", 1, 7)


def test_an_address_that_does_not_open_keeps_nobody_waiting(line: Deployment, carrier: FakeCarrier) -> None:
    damaged, one = rings(line)
    sound, _ = rings(line)
    with line.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE contact SET address = CAST('damaged' AS {'BYTEA' if 'post' in str(line.engine.url) else 'BLOB'}) "
            f"WHERE id = {line.contact(damaged)}"
        )
    place(line, carrier.url)
    assert call(line, one)[:2] == ("failed", "unreadable")
    assert [form["To"] for form in carrier.dialled] == [sound]


def test_the_states_only_move_forward() -> None:
    final = set(CallState) - set(steps.STEPS)
    assert final == {"refused", "ended", "no_answer", "busy", "failed", "expired", "cancelled", "skipped"}
    assert CallState.UNKNOWN not in steps.may_come_from(CallState.DIALLING)
    assert steps.STEPS[CallState.OPEN] == (CallState.ENDED,)


def run(line: Deployment, *words: str) -> tuple[int, str]:
    done = line.app.test_cli_runner().invoke(args=list(words))
    return done.exit_code, done.output


def test_calls_are_listed_by_ids_and_without_numbers(line: Deployment, carrier: FakeCarrier) -> None:
    number, id = rings(line)
    carrier.rings = lambda form, count: refusal(400, 21215)
    place(line, carrier.url)
    _, second = rings(line)
    code, said = run(line, "calls", "list")
    assert code == 0, said
    assert number.removeprefix("+") not in said
    assert re.search(rf"^ +{id} .* back +failed +contact {line.contact(number)}  1 try, 0 min  21215$", said, re.M)
    assert re.search(rf"^ +{second} .* back +queued ", said, re.M)
    assert len(said.splitlines()) == 4
    code, said = run(line, "calls", "list", "--size", "3")
    more = re.search(r"^more: flask (calls list --before \d+)$", said, re.M)
    assert more
    assert len(run(line, *more[1].split())[1].splitlines()) == 1
    assert len(run(line, "calls", "list", "--state", "refused")[1].splitlines()) == 2
    assert run(line, "calls", "list", "--state", "open") == (0, "no calls open\n")
    code, said = run(line, "calls", "show")
    assert code == 0
    assert re.search(r"^queued +1$", said, re.M)
    assert re.search(r"^minutes +\d+ of 600 today$", said, re.M)


def test_only_a_call_we_placed_can_last_too_long(line: Deployment) -> None:
    now = line.time.now
    assert not minutes.is_too_long(None, now)
    assert not minutes.is_too_long(now - timedelta(minutes=9, seconds=59), now)
    assert minutes.is_too_long(now - timedelta(minutes=10), now)


def test_an_open_call_counts_by_its_age_and_what_exceeds_is_not_placed(line: Deployment, carrier: FakeCarrier) -> None:
    number, id = rings(line)
    place(line, carrier.url)
    assert answered_by(line, id, f"CA{1:032d}") == "open"
    second, _ = rings(line)
    line.time.passes(minutes=4, seconds=10)
    with writing(line.engine) as connection:
        assert minutes.spent(connection, day_began(line), line.time()) == 6
    place(line, carrier.url, most_minutes=5)
    assert calls_back(line, second) == [("expired", 0, 0)]
    assert len(carrier.dialled) == 1
    assert ring(line, second, most_minutes=5) is RingDecision.ANSWER
    line.time.passes(minutes=60)  # nobody told us that they hung up: more than the longest it cannot be
    with writing(line.engine) as connection:
        assert minutes.spent(connection, day_began(line), line.time()) == 10
    assert told(line, carrier, "completed", CallDuration="61") == 204
    assert calls_back(line, number) == [("ended", 1, 2)]
    line.time.passes(minutes=-65)


def test_the_pace_includes_what_the_carrier_takes(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(4):
        rings(line)
    dialled = []

    def slowly(form: dict[str, str], _count: int) -> Response | None:
        dialled.append(time.monotonic())
        time.sleep(0.2)
        return None

    carrier.rings = slowly
    assert not place(line, carrier.url, per_second=4)
    gaps = [later - earlier for earlier, later in itertools.pairwise(dialled)]
    assert all(0.2 < gap < 0.4 for gap in gaps), gaps


def test_a_job_is_short_so_that_messages_go_out_between(line: Deployment, carrier: FakeCarrier) -> None:
    for _ in range(6):
        rings(line)
    begun = time.monotonic()
    assert place(line, carrier.url, per_second=1)  # more is due
    assert time.monotonic() - begun < 5
    assert 2 <= len(carrier.dialled) <= 3
