"""An answer in the webhook's reply that does not arrive is in a list, with the carrier's code and what it means."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.fakes.deployment import Deployment


def told_at(line: Deployment, sid: str, number: str) -> str:
    """Where the carrier is to tell what becomes of the answer, by either of its names for that."""
    answer = line.post("/sms", {"MessageSid": sid, "From": number, "Body": "help"})
    message = ElementTree.fromstring(answer.body).find("Message")
    assert message is not None
    assert message.text
    assert message.get("action") == message.get("statusCallback")
    return str(message.get("action")).removeprefix(line.settings.public_url)


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_an_answer_that_does_not_arrive_is_listed_once(line: Deployment, status: str) -> None:
    number = line.phone(language="en")
    path = told_at(line, f"SM{status}", number)
    for _ in range(2):
        assert line.post(path, {"MessageSid": "SMx", "MessageStatus": status, "ErrorCode": "30003"}).status == 204
    listed = line.app.test_cli_runner().invoke(args=["outbox", "list", "--state", status]).output
    (entry,) = (one for one in listed.splitlines() if f"contact {line.contact(number)} " in one)
    assert "answer" in entry
    assert "30003 (the phone is off or out of reach)" in entry


def test_what_arrives_or_is_nobodys_is_not_listed(line: Deployment) -> None:
    number = line.phone(language="en")
    path = told_at(line, "SMfine", number)
    before = line.one("SELECT count(*) FROM outbox")
    for status in ("sent", "delivered", "queued", ""):
        assert line.post(path, {"MessageSid": "SMx", "MessageStatus": status}).status == 204
    assert line.post("/sms/status/answer/SMnone", {"MessageStatus": "undelivered"}).status == 204
    assert line.one("SELECT count(*) FROM outbox") == before
