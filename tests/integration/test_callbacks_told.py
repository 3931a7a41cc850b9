"""What the carrier tells of our calls, in any order, late, twice, about nothing or forged; a state never goes back."""

from __future__ import annotations

import itertools

import pytest
import requests
from flask import Response

from bot.db import writing
from bot.messages.calls import answered as answered_calls
from bot.messages.calls.callbacks import RingDecision
from tests.fakes.callers import answered_by, call, calls_back, known, place, ring, rings, told, unknown
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment, together

pytestmark = pytest.mark.usefixtures("no_calls")


def test_a_fetch_settles_what_was_unknown(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = unknown(line, carrier)
    assert answered_by(line, id, "CAsomething") == "open"
    assert call(line, id)[:2] == ("open", "")
    assert line.one("SELECT sid FROM call WHERE id = :id", id=id) == "CAsomething"


@pytest.mark.parametrize(("status", "becomes"), [("completed", "ended"), ("failed", "failed"), ("busy", "queued")])
def test_a_callback_settles_what_was_unknown(line: Deployment, carrier: FakeCarrier, status: str, becomes: str) -> None:
    _, id = unknown(line, carrier)
    told(line, carrier, status)
    assert call(line, id)[0] == becomes


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled", "in-progress"])
def test_a_callback_or_a_fetch_may_be_quicker_than_the_carriers_answer(
    line: Deployment, carrier: FakeCarrier, status: str
) -> None:
    _, id = rings(line)
    seen = []

    def answer(form: dict[str, str], _count: int) -> Response | None:
        if status == "in-progress":
            answered_by(line, id, f"CA{1:032d}")
        told(line, carrier, status, CallDuration="70")
        seen.append(call(line, id))
        return None

    carrier.rings = answer
    place(line, carrier.url)
    states = {"completed": "ended", "busy": "queued", "no-answer": "queued", "in-progress": "open"}
    assert seen[0][0] == states.get(status, "failed")
    assert call(line, id) == seen[0]  # the late answer changes nothing
    assert line.one("SELECT sid FROM call WHERE id = :id", id=id) == f"CA{1:032d}"


def test_a_late_callback_about_an_earlier_dial_changes_nothing(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    told(line, carrier, "no-answer")
    told(line, carrier, "no-answer")  # doubled
    assert call(line, id) == ("queued", "no_answer", 1, 0)  # nobody spoke: no minute was used
    line.time.passes(minutes=16)
    carrier.rings = lambda form, count: told(line, carrier, "no-answer", 0) and None  # hours late, as we dial
    place(line, carrier.url)
    assert call(line, id) == ("dialling", "", 2, 1)
    told(line, carrier, "completed", 0, CallDuration="600")
    assert call(line, id) == ("dialling", "", 2, 1)
    told(line, carrier, "completed", 1, CallDuration="10")
    assert call(line, id) == ("ended", "", 2, 1)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["completed", "no-answer", "busy", "failed"], 3))[::2], ids=" ".join
)
def test_what_ended_stays_ended(line: Deployment, carrier: FakeCarrier, order: tuple[str, ...]) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    assert answered_by(line, id, f"CA{1:032d}") == "open"
    for status in ("ringing", *order, "in-progress", "queued", "", *order):
        assert told(line, carrier, status) == 204
    assert call(line, id)[0] == "ended"


def test_a_later_word_on_the_length_may_only_add(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    for duration, spent in (("", 1), ("130", 3), ("5", 3), ("", 3)):
        told(line, carrier, "completed", CallDuration=duration)
        assert call(line, id) == ("ended", "", 1, spent)


def test_who_was_spoken_to_meanwhile_is_not_dialled_again(line: Deployment, carrier: FakeCarrier) -> None:
    number, id = unknown(line, carrier)
    line.time.passes(minutes=11)
    assert ring(line, number) is RingDecision.CALL_BACK
    told(line, carrier, "no-answer")  # late, about the first
    assert call(line, id)[::3] == ("no_answer", 0)
    assert [state for state, _, _ in calls_back(line, number)] == ["no_answer", "queued"]


def test_a_callback_and_many_rings_at_once_are_one_call(line: Deployment, carrier: FakeCarrier) -> None:
    for dial in range(5):
        number, id = rings(line)
        place(line, carrier.url)
        line.time.passes(minutes=1)
        together(
            lambda dial=dial: told(line, carrier, "no-answer", dial),
            *[lambda number=number: ring(line, number)] * 3,
        )
        state, _, attempts, _ = call(line, id)
        # Either they rang while our call still counted as ringing, or they were answered and it is cancelled.
        assert (state, attempts) in (("queued", 1), ("cancelled", 1))
        assert len(calls_back(line, number)) == 1


def test_callbacks_about_nothing(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    before = call(line, id)
    for other in (0, 999_999_999, 2**62, 2**63, 10**30):
        assert line.post(f"/voice/status/{other}", {"CallSid": "CA9", "CallStatus": "completed"}).status == 204
    for status in ("", "nonsense", "x" * 2000, "initiated", "ringing", "answered"):
        assert told(line, carrier, status) == 204
    for path in ("-1", "abc", "1.5", "%27"):
        assert line.post(f"/voice/status/{path}", {"CallStatus": "completed"}).status == 404
    assert line.post(f"/voice/status/{id}", {}).status == 204
    assert line.post("/voice/status", {}).status == 204
    assert line.post("/voice/status", {"CallStatus": "completed"}).status == 204
    for sid in ("CAnever", "x" * 5000, "CA\x00", "ស"):
        assert line.post("/voice/status", {"CallSid": sid, "CallStatus": "completed"}).status == 204
        ok = line.post(f"/voice/status/{id}?attempt=99", {"CallSid": sid, "CallStatus": "completed"})
        assert ok.status == 204
    assert line.post(f"/voice/status/{id}?attempt=1&attempt=x", {"CallSid": "CAx", "CallStatus": "busy"}).status == 204
    assert call(line, id) == before


def test_a_code_with_a_nul_is_no_fault(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    assert told(line, carrier, "failed", ErrorCode="30\x0005") == 204
    assert call(line, id)[:2] == ("failed", "failed")


def test_a_forged_callback_is_refused(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = rings(line)
    place(line, carrier.url)
    form = {"CallSid": "CA1", "CallStatus": "completed"}
    for url in (f"{line.url}/voice/status/{id}", f"{line.url}/voice/status"):
        assert requests.post(url, form, timeout=10).status_code == 403
        assert requests.post(url, form, headers={"X-Twilio-Signature": "nonsense"}, timeout=10).status_code == 403
    assert line.post(f"/voice/status/{id}?attempt=1", form, signed_over="/voice/status/1").status == 403
    assert call(line, id)[0] == "dialling"


def test_a_call_that_came_in_ends_by_its_sid(line: Deployment) -> None:
    number = known(line)
    contact = line.contact(number)
    with writing(line.engine) as connection:
        for sid in ("CAin1", "CAin2"):
            answered_calls.open_in(connection, sid, contact, line.time())
    for status in ("ringing", "in-progress", "completed", "completed", "busy"):
        assert line.post("/voice/status", {"CallSid": "CAin1", "CallStatus": status}).status == 204
    rows = line.rows("SELECT sid, state FROM call ORDER BY id")
    assert [tuple(row) for row in rows] == [("CAin1", "ended"), ("CAin2", "open")]
