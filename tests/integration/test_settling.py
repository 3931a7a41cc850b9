"""What nobody told: lost messages are found in the carrier's list or sent again, silent ones are asked after."""

from __future__ import annotations

import pytest
from flask import Response

from bot.db import writing
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from tests.fakes.carrier import FakeCarrier, Kept
from tests.fakes.deployment import Deployment

STRANGE = [Response("oops", 500), Response("{}", 502), Response("<html>", 201), Response("[1]", 201)]


pytestmark = pytest.mark.usefixtures("empty_outbox")


def send(line: Deployment, carrier: FakeCarrier) -> None:
    line.sending(carrier.url, quiet_hours=None).send_due()


def state(line: Deployment, id: int) -> tuple[str, str]:
    ((state, error),) = line.rows("SELECT state, error FROM outbox WHERE id = :id", id=id)
    return state, error


def claim(line: Deployment) -> None:
    """A worker takes all that is due, and dies."""
    with writing(line.engine) as connection:
        rows = sms_outbox.claim(connection, line.vault, line.time.now, 100)
        admit(connection, Rules(None, line.settings.timezone), rows, line.time.now)


def told(line: Deployment, carrier: FakeCarrier, status: str, number: int = -1, **more: str) -> None:
    """The carrier's callback about a message it was given."""
    path = carrier.calls[number]["StatusCallback"].removeprefix(line.settings.public_url)
    sid = f"SM{(number if number > 0 else len(carrier.calls)):032d}"
    assert line.post(path, {"MessageSid": sid, "MessageStatus": status, **more}).status == 204


@pytest.mark.parametrize("answer", STRANGE)
def test_what_the_carrier_took_is_found_and_not_sent_again(
    line: Deployment, carrier: FakeCarrier, answer: Response
) -> None:
    id = line.queue()
    carrier.after = lambda form, number: answer
    send(line, carrier)
    assert state(line, id)[0] == "sending"
    line.settle(carrier.url)
    assert state(line, id)[0] == "sending"  # a moment is given to the callback
    line.time.passes(seconds=6)
    line.settle(carrier.url)
    assert state(line, id) == ("sent", "")
    assert line.one("SELECT sid FROM outbox WHERE id = :id", id=id) == carrier.taken[0].sid
    line.time.passes(hours=1)
    send(line, carrier)
    assert len(carrier.calls) == 1


@pytest.mark.parametrize("answer", STRANGE)
def test_what_it_did_not_take_is_sent_again_after_a_minute(
    line: Deployment, carrier: FakeCarrier, answer: Response
) -> None:
    id = line.queue()
    carrier.answer = lambda form, number: answer if number == 1 else None
    send(line, carrier)
    for _ in range(5):
        line.time.passes(seconds=11)
        line.settle(carrier.url)
        send(line, carrier)
        assert state(line, id)[0] == "sending"
    line.time.passes(seconds=11)
    line.settle(carrier.url)
    assert state(line, id)[0] == "queued"
    line.time.passes(seconds=6)
    send(line, carrier)
    assert state(line, id) == ("sent", "")
    assert len(carrier.taken) == 1


def test_an_early_callback_settles_it(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    carrier.after = lambda form, number: Response("oops", 500)
    send(line, carrier)
    told(line, carrier, "delivered")
    assert state(line, id)[0] == "delivered"
    line.time.passes(minutes=5)
    carrier.lists = lambda: Response("never asked", 500)
    line.settle(carrier.url)
    send(line, carrier)
    assert state(line, id)[0] == "delivered"
    assert len(carrier.calls) == 1


def test_a_callback_settles_even_what_was_not_found(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    carrier.answer = lambda form, number: Response("oops", 500)
    send(line, carrier)
    line.time.passes(seconds=61)
    line.settle(carrier.url)
    assert state(line, id)[0] == "queued"
    told(line, carrier, "sent")  # it had it after all: its list lagged behind
    line.time.passes(seconds=30)
    send(line, carrier)
    assert state(line, id)[0] == "sent"
    assert len(carrier.calls) == 1


def test_while_the_list_cannot_be_read_nothing_is_sent_again(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    carrier.after = lambda form, number: Response("oops", 500)
    for number in range(45):  # so that the list has pages
        carrier.taken.append(Kept(f"X{number}", {"To": "+1", "From": "+2", "Body": ""}, line.time.now))
    send(line, carrier)
    asked: list[int] = []

    def breaks() -> Response | None:
        asked.append(1)
        return Response("oops", 500) if len(asked) % 2 == 0 else None

    carrier.lists = breaks
    for _ in range(20):
        line.time.passes(seconds=30)
        line.settle(carrier.url)
        send(line, carrier)
        assert state(line, id)[0] == "sending"
    carrier.lists = lambda: None
    line.time.passes(seconds=61)
    line.settle(carrier.url)
    assert state(line, id) == ("sent", "")
    assert len(carrier.calls) == 1


def test_two_equal_candidates_are_shown_to_staff_and_never_repeated(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    carrier.after = lambda form, number: Response("oops", 500)
    send(line, carrier)
    carrier.taken.append(Kept("another", dict(carrier.taken[0].form), line.time.now))
    line.time.passes(seconds=6)
    line.settle(carrier.url)
    assert state(line, id) == ("unknown", "two alike")
    line.time.passes(hours=3)
    line.settle(carrier.url)
    send(line, carrier)
    assert len(carrier.calls) == 1
    said = line.app.test_cli_runner().invoke(args=["outbox", "list", "--state", "unknown"]).output
    assert "two alike" in said


def test_a_message_is_not_taken_for_another(line: Deployment, carrier: FakeCarrier) -> None:
    """The same words to the same phone: sent before, to somebody else, by somebody else, or long ago."""
    number = line.phone(language="en")
    before = line.queue(number)
    send(line, carrier)
    assert state(line, before)[0] == "sent"
    id = line.queue(number)
    carrier.answer = lambda form, number: Response("oops", 500)
    send(line, carrier)
    form = carrier.calls[-1]
    for change in ({"To": "+85512999999"}, {"Body": "hello!"}, {"From": "+85510999999"}):
        carrier.taken.append(Kept(f"X{change}", {**form, **change}, line.time.now))
    line.time.passes(seconds=61)
    line.settle(carrier.url)
    assert state(line, id)[0] == "queued"


def test_two_lost_ones_alike_find_one_each(line: Deployment, carrier: FakeCarrier) -> None:
    number = line.phone(language="en")
    first = line.queue(number)
    carrier.after = lambda form, number: Response("oops", 500)
    send(line, carrier)
    line.time.passes(minutes=5)
    line.settle(carrier.url)
    second = line.queue(number)
    send(line, carrier)
    line.time.passes(seconds=6)
    line.settle(carrier.url)
    assert [state(line, id)[0] for id in (first, second)] == ["sent", "sent"]
    assert len(set(line.rows("SELECT sid FROM outbox"))) == 2


def test_a_lease_that_ends_is_reconciled_and_its_holder_writes_no_more(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    claim(line)
    line.time.passes(seconds=29)
    line.settle(carrier.url)
    assert state(line, id)[0] == "sending"
    line.time.passes(seconds=32)
    line.settle(carrier.url)
    assert state(line, id)[0] == "queued"
    line.time.passes(seconds=6)
    send(line, carrier)
    assert state(line, id)[0] == "sent"
    assert len(carrier.calls) == 1


@pytest.mark.parametrize(
    ("status", "error", "becomes"),
    [("delivered", None, "delivered"), ("undelivered", 30005, "undelivered"), ("canceled", None, "failed")],
)
def test_who_is_silent_for_ten_minutes_is_asked(
    line: Deployment, carrier: FakeCarrier, status: str, error: int | None, becomes: str
) -> None:
    id = line.queue()
    send(line, carrier)
    line.time.passes(minutes=9)
    line.settle(carrier.url)
    assert carrier.asked == []
    line.time.passes(minutes=2)
    line.settle(carrier.url)
    line.settle(carrier.url)
    assert [sid for _, sid, _ in carrier.asked] == [carrier.taken[0].sid]
    assert state(line, id)[0] == "sent"
    carrier.taken[0].status, carrier.taken[0].error = status, error
    line.time.passes(minutes=21)
    line.settle(carrier.url)
    assert state(line, id) == (becomes, str(error or ""))
    line.time.passes(days=2)
    line.settle(carrier.url)
    assert len(carrier.asked) == 2


def test_a_carrier_that_never_tells_is_left_alone_after_a_day(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    send(line, carrier)
    for _ in range(24 * 6):
        line.time.passes(minutes=20)
        line.settle(carrier.url)
    assert 5 < len(carrier.asked) < 12
    assert state(line, id)[0] == "sent"
    assert line.one("SELECT count(*) FROM outbox WHERE leased_until IS NOT NULL") == 0


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_a_delivery_error_by_callback_climbs_the_slow_ladder(
    line: Deployment, carrier: FakeCarrier, status: str
) -> None:
    id = line.queue()
    for number, minutes in enumerate((5, 30, 180), 1):
        send(line, carrier)
        assert len(carrier.calls) == number
        for _ in range(3):  # told again and again: once is enough
            told(line, carrier, status, ErrorCode="30003")
        assert state(line, id) == ("queued", "30003")
        line.time.passes(minutes=minutes, seconds=-5)
        send(line, carrier)
        assert len(carrier.calls) == number
        line.time.passes(seconds=10)
    send(line, carrier)
    told(line, carrier, "delivered", number=1)  # late news of the first try change nothing
    assert state(line, id)[0] == "sent"
    told(line, carrier, status, ErrorCode="30003")
    assert state(line, id) == (status, "30003")
    line.time.passes(days=1)
    send(line, carrier)
    assert len(carrier.calls) == 4


def test_what_arrives_after_all_is_not_sent_again_and_its_error_is_cleared(
    line: Deployment, carrier: FakeCarrier
) -> None:
    id = line.queue()
    send(line, carrier)
    told(line, carrier, "undelivered", ErrorCode="30003")
    assert state(line, id) == ("queued", "30003")
    told(line, carrier, "sent")  # nothing new
    assert state(line, id) == ("queued", "30003")
    told(line, carrier, "delivered")
    assert state(line, id) == ("delivered", "")
    line.time.passes(minutes=6)
    send(line, carrier)
    assert len(carrier.calls) == 1


@pytest.mark.parametrize("code", ["30002", "30034", "30037"])
def test_what_failed_by_our_account_is_sent_once_that_is_put_right(
    line: Deployment, carrier: FakeCarrier, code: str
) -> None:
    id = line.queue()
    for _ in range(6):
        send(line, carrier)
        told(line, carrier, "failed", ErrorCode=code)
        assert state(line, id) == ("queued", code)
        line.time.passes(minutes=11)
    assert line.one("SELECT count(*) FROM alarm WHERE name = :name", name=f"carrier {code}") == 1
    send(line, carrier)
    told(line, carrier, "delivered")
    assert state(line, id) == ("delivered", "")


def test_a_carrier_that_lists_our_number_without_its_plus_sends_nothing_twice(
    line: Deployment, carrier: FakeCarrier
) -> None:
    id = line.queue()
    carrier.after = lambda form, number: Response("oops", 500)
    send(line, carrier)
    carrier.taken[0].form["From"] = carrier.taken[0].form["From"].removeprefix("+")
    carrier.taken[0].form["To"] = carrier.taken[0].form["To"].removeprefix("+")
    line.time.passes(seconds=90)
    line.settle(carrier.url)
    assert state(line, id)[0] == "sent"


def test_nothing_is_tried_again_after_it_has_expired(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue(purpose=Purpose.ANSWER)
    send(line, carrier)
    line.time.passes(minutes=6)
    told(line, carrier, "undelivered", ErrorCode="30003")
    assert state(line, id) == ("undelivered", "30003")


def test_a_stop_or_trouble_told_by_callback_has_its_consequences(line: Deployment, carrier: FakeCarrier) -> None:
    id = line.queue()
    send(line, carrier)
    told(line, carrier, "failed", ErrorCode="21610")
    contact = line.one("SELECT contact_id FROM outbox WHERE id = :id", id=id)
    assert not line.one("SELECT given FROM consent WHERE contact_id = :c", c=contact)
    line.queue()
    send(line, carrier)
    told(line, carrier, "undelivered", ErrorCode="30007")
    assert line.one("SELECT name FROM alarm") == "carrier 30007"
