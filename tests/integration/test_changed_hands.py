"""A number that changed hands: what its former owner asked and where they stopped is nobody's, on every channel."""

from __future__ import annotations

from tests.fakes.deployment import Deployment
from tests.fakes.ringing import Call, ring


def offered(line: Deployment, number: str) -> str:
    """What somebody is offered first who rings, says no more than they have to, and asks for prices."""
    call = Call(line, number)
    assert not any("Welcome back" in said or "មកវិញ" in said for said in call.now.said)
    call.press("2", "03", "1")
    assert "press one" in call.now.text
    return call.now.text


def test_who_disowns_by_sms_does_not_go_on_with_a_call(phones: Deployment) -> None:
    call = ring(phones, "1", "03")
    assert "pork meat" in call.now.text
    phones.confirmed(call.number, "wrong number, not me")
    assert call.press("1").asks == "Hangup"  # the owner's own call as well
    assert "pork meat, press one" not in offered(phones, call.number)


def test_who_disowns_by_key_is_not_offered_what_was_asked_by_sms(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    phones.sms(number, "price of paddy rice")
    asked = Call(phones, number)
    assert "paddy rice, press one" in asked.press("1").text
    call = Call(phones, number, back=True)
    call.press("*", "6", "3", "3", "1")
    rights = phones.rows("SELECT language, place FROM contact WHERE id = :c", c=phones.contact(number))
    assert [tuple(row) for row in rights] == [("", "")]
    assert phones.one("SELECT count(*) FROM run WHERE contact_id = :c", c=phones.contact(number)) == 0
    assert asked.row().body is None
    assert asked.press("1").asks == "Hangup"
    phones.time.passes(minutes=11)
    assert "paddy rice, press one" not in offered(phones, number)
    phones.time.passes(minutes=-11)
