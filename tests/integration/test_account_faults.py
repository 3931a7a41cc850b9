"""What a carrier refuses because of our account is kept and told; what it refuses for one number is explained."""

from __future__ import annotations

import pytest

from tests.fakes.carrier import FakeCarrier, refusal
from tests.fakes.deployment import Deployment

pytestmark = pytest.mark.usefixtures("empty_outbox")


def queue(line: Deployment, count: int) -> list[int]:
    number = line.phone(language="en")
    return [line.queue(number, "hello") for _ in range(count)]


def send(line: Deployment, carrier: FakeCarrier) -> None:
    line.sending(carrier.url, quiet_hours=None).send_due()


def state(line: Deployment, id: int) -> tuple[str, str]:
    ((state, error),) = line.rows("SELECT state, error FROM outbox WHERE id = :id", id=id)
    return state, error


@pytest.mark.parametrize(
    ("status", "code"),
    [(422, code) for code in ("S1004", "S1005", "S1006", "S1008", "30037", "30002", "21703", "21704")]
    + [(400, code) for code in (21606, 21210, 21408, 30034, 21608)],
)
def test_what_is_ours_to_put_right_is_told_and_nothing_is_thrown_away(
    line: Deployment, carrier: FakeCarrier, status: int, code: str | int
) -> None:
    ids = queue(line, 15)
    carrier.answer = lambda form, number: refusal(status, code)
    send(line, carrier)
    assert {state(line, id)[0] for id in ids} == {"queued"}
    told = dict(map(tuple, line.rows("SELECT name, detail FROM alarm WHERE raised_at IS NOT NULL")))
    assert str(code) in told[f"carrier {code}"]
    assert "nothing is lost" in told["sms breaker"]
    carrier.answer = lambda form, number: None
    for _ in range(4):
        line.time.passes(minutes=2)
        send(line, carrier)
    assert {state(line, id)[0] for id in ids} == {"sent"}


@pytest.mark.parametrize("code", [21612, 20422])
def test_what_this_number_cannot_get_fails_and_staff_are_told_why(
    line: Deployment, carrier: FakeCarrier, code: int
) -> None:
    first, second = queue(line, 2)
    carrier.answer = lambda form, number: refusal(422, code) if number == 1 else None
    send(line, carrier)
    assert {state(line, id) for id in (first, second)} == {("failed", str(code)), ("sent", "")}
    ((name, detail),) = line.rows("SELECT name, detail FROM alarm WHERE raised_at IS NOT NULL")
    assert name == f"carrier {code}"
    assert f"{code} (" in detail
