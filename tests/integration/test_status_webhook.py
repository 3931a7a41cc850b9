"""Status callbacks as carriers send them: late, early, twice, in any order, about anything, or forged."""

from __future__ import annotations

import itertools

import pytest
import requests

from bot.channels.carrier import Result, SendResult
from bot.db import writing
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from bot.messages.sms.outbox import ClaimedMessage
from bot.messages.sms.settling import SendOutcome, write_back
from tests.fakes.deployment import Deployment


def claimed(line: Deployment, purpose: Purpose = Purpose.OWN) -> ClaimedMessage:
    """A row of the outbox in a worker's hands."""
    id = line.queue(purpose=purpose)
    with writing(line.engine) as connection:
        rows = sms_outbox.claim(connection, line.vault, line.time.now, size=100)
        admitted = admit(connection, Rules(None, line.settings.timezone), rows, line.time.now)
    return {row.id: row for row in admitted}[id]


def write(line: Deployment, row: ClaimedMessage, handed: SendResult) -> None:
    with writing(line.engine) as connection:
        write_back(connection, line.vault, [SendOutcome(row, handed)], line.time.now)


def sent(line: Deployment, purpose: Purpose = Purpose.OWN) -> int:
    row = claimed(line, purpose)
    write(line, row, SendResult(Result.TAKEN, "SM1"))
    return row.id


def told(line: Deployment, id: int | str, status: str, **more: str) -> int:
    return line.post(f"/sms/status/{id}", {"MessageSid": "SM1", "MessageStatus": status, **more}).status


def state(line: Deployment, id: int) -> tuple[str, str]:
    ((state, error),) = line.rows("SELECT state, error FROM outbox WHERE id = :id", id=id)
    return state, error


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered", "delivered"], 4))[::3])
def test_any_order_ends_delivered(line: Deployment, order: tuple[str, ...]) -> None:
    id = sent(line)
    for status in order:
        assert told(line, id, status) == 204
    assert state(line, id)[0] == "delivered"


@pytest.mark.parametrize("final", ["delivered", "undelivered", "failed"])
def test_a_final_state_never_changes_and_its_code_stays(line: Deployment, final: str) -> None:
    id = sent(line)
    told(line, id, final, ErrorCode="30005")
    for status in ("sent", "delivered", "undelivered", "failed", "queued", "accepted", "read", ""):
        told(line, id, status)
        told(line, id, status, ErrorCode="")
    assert state(line, id) == (final, "30005")


@pytest.mark.parametrize("status", ["delivered", "undelivered", "failed", "sent"])
def test_a_callback_may_be_quicker_than_the_carriers_answer(line: Deployment, status: str) -> None:
    row = claimed(line)
    id = row.id
    assert told(line, id, status, MessageSid="", ErrorCode="30005") == 204
    write(line, row, SendResult(Result.TAKEN, "SM77"))
    assert state(line, id)[0] == status
    assert line.one("SELECT sid FROM outbox WHERE id = :id", id=id) == "SM77"


@pytest.mark.parametrize("status", ["delivered", "undelivered", "failed", "sent"])
def test_a_callback_settles_what_was_unknown(line: Deployment, status: str) -> None:
    id = claimed(line).id
    with line.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE outbox SET state = 'unknown' WHERE id = {id}")
    told(line, id, status)
    assert state(line, id)[0] == status


def test_a_callback_about_nothing_changes_nothing(line: Deployment) -> None:
    id = sent(line)
    for other in (0, 999_999_999, 2**62, 2**63, 10**30):
        assert told(line, other, "delivered") == 204
    for status in ("", "nonsense", "DELIVERED\x00", "x" * 2000):
        assert told(line, id, status, ErrorCode="y" * 2000) == 204
    for path in ("-1", "abc", "1.5", "%27", ""):
        assert told(line, path, "delivered") == 404
    assert line.post(f"/sms/status/{id}", {}).status == 204
    assert state(line, id) == ("sent", "")


def test_a_nul_in_a_code_is_no_fault(line: Deployment) -> None:
    id = sent(line)
    assert told(line, id, "failed", ErrorCode="30\x0005") in (204, 503)


def test_a_forged_callback_is_refused(line: Deployment) -> None:
    id = sent(line)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    url = f"{line.url}/sms/status/{id}"
    assert requests.post(url, form, timeout=10).status_code == 403
    assert requests.post(url, form, headers={"X-Twilio-Signature": "nonsense"}, timeout=10).status_code == 403
    # a signature for one message is none for another
    assert line.post(f"/sms/status/{id}", form, signed_over="/sms/status/1").status == 403
    assert state(line, id)[0] == "sent"
