"""What is called off while it is in somebody's hands: it may still arrive, but it never goes out again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.channels.carrier import Result, SendResult
from bot.contacts import service as contacts
from bot.contacts.phone import read_address
from bot.db import writing
from bot.messages import cancellations, notices
from bot.messages.calls import admission as call_admission
from bot.messages.calls import callbacks
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.callbacks import RingDecision
from bot.messages.calls.models import CallState
from bot.messages.models import OutState
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms import settling
from bot.messages.sms.admission import Rules, admit
from tests.fakes.airwaves import Airwaves, on_air
from tests.fakes.groups import QUIET, ZONE, Room, gathered, local

LIMITS = call_admission.Limits(Rules(QUIET, ZONE), 1000)
BUSY_CARRIER = SendResult(Result.LATER, error="20429")
PHONE_OFF = "30008"


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Groups on a fresh database."""
    with gathered(database_url) as room:
        yield room


@pytest.fixture
def air(database_url: str, tmp_path: Path) -> Iterator[Airwaves]:
    """A radio programme on a fresh database."""
    with on_air(database_url, tmp_path) as air:
        yield air


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return local(day, hour, minute).replace(tzinfo=ZONE)


def meeting(room: Room, reach: str = "sms") -> tuple[int, int, int, int]:
    """A meeting tomorrow at two: the leader, a member, the group and the meeting."""
    leader, member = room.person(), room.person("+85512000777", reach=reach)
    group = room.group(leader, member)
    room.arrange(group, leader, local(23, 14))
    return leader, member, group, room.meeting(group)


def does_not_arrive(engine: Engine, room: Room | Airwaves, now: datetime) -> None:
    """The carrier had taken what was sent last, and says that the phone is off."""
    with writing(engine) as connection:
        id = connection.execute(text("SELECT max(id) FROM outbox WHERE state = 'sending'")).scalar_one()
        taken = "UPDATE outbox SET state = 'sent', sid = 'S1', token = NULL, leased_until = NULL WHERE id = :id"
        connection.execute(text(taken), {"id": id})
        said = settling.MessageReport(id, OutState.UNDELIVERED, 1, "S1", PHONE_OFF)
        assert settling.note_status(connection, room.vault, said, now)


def dial(room: Room) -> call_outbox.ClaimedCall | None:
    """A worker places the call that is due, if the rules let it."""
    with room.turn() as connection:
        claimed = call_outbox.claim(connection, room.vault, room.now)
        return claimed if claimed and call_admission.admit(connection, LIMITS, claimed, room.now) else None


def rang(room: Room, claimed: call_outbox.ClaimedCall | None, state: CallState = CallState.NO_ANSWER) -> None:
    assert claimed is not None
    room.now += timedelta(seconds=30)
    with room.turn() as connection:
        said = call_outbox.CallReport(claimed.id, state, attempt=claimed.attempts)
        call_outbox.note_status(connection, said, room.now, LIMITS.midnight(room.now))


def test_a_cancelled_meeting_is_not_told_again_to_a_phone_that_was_off(room: Room) -> None:
    leader, member, _, id = meeting(room)
    assert len(room.sent()[member]) == 1
    with room.turn() as connection:
        connection.execute(text("UPDATE outbox SET state = 'sent', sid = 'S1', token = NULL"))
    room.cancel(id, leader)
    (told,) = room.sent()[member]
    assert "cancelled" in told
    with room.turn() as connection:
        said = settling.MessageReport(1, OutState.UNDELIVERED, 1, "S1", PHONE_OFF)
        settling.note_status(connection, room.vault, said, room.now)
    room.now += timedelta(minutes=6)
    assert room.sent() == {}
    assert room.rows("SELECT state FROM outbox WHERE id = 1")[0].state == "cancelled"


def test_a_time_that_no_longer_holds_is_not_told_by_a_carrier_that_was_busy(room: Room) -> None:
    leader, member, _, id = meeting(room)
    with room.turn() as connection:
        (row,) = sms_outbox.claim(connection, room.vault, room.now, 9)
    room.move(id, leader, local(24, 9))
    with room.turn() as connection:
        settling.write_back(connection, room.vault, [settling.SendOutcome(row, BUSY_CARRIER)], room.now)
    room.now += timedelta(minutes=10)
    (told,) = room.sent()[member]
    assert "Tuesday" in told


def test_who_left_is_not_told_again(room: Room) -> None:
    _, member, group, _ = meeting(room)
    room.sent()
    room.leave(group, member)
    room.sent()
    with room.turn() as connection:
        connection.execute(text("UPDATE outbox SET state = 'sent', sid = 'S1' WHERE id = 1"))
        said = settling.MessageReport(1, OutState.UNDELIVERED, 1, "S1", PHONE_OFF)
        settling.note_status(connection, room.vault, said, room.now)
    room.now += timedelta(minutes=6)
    assert room.sent() == {}


def test_who_left_the_programme_is_not_told_again(air: Airwaves) -> None:
    listener = air.listener()
    air.airs("river", at(22, 18))
    assert listener in air.sent(at(22, 17, 31))
    air.leave(listener)
    does_not_arrive(air.engine, air, at(22, 17, 32))
    assert air.sent(at(22, 17, 45)) == {}


def test_an_airing_that_moved_is_told_anew_to_a_phone_that_was_off(air: Airwaves) -> None:
    listener = air.listener()
    air.airs("river", at(22, 18))
    assert listener in air.sent(at(22, 17, 31))
    air.now = at(22, 17, 32)
    air.airs("river", at(22, 19))
    does_not_arrive(air.engine, air, at(22, 17, 33))
    air.sent(at(22, 17, 45))
    told = [words for minute in range(46, 59) for words in air.sent(at(22, 17, minute)).get(listener, [])]
    told += air.sent(at(22, 18, 31)).get(listener, [])
    assert len(told) == 1
    assert "7 pm" in told[0]


def test_a_call_that_rang_in_vain_is_not_repeated_nor_written_once_it_is_called_off(room: Room) -> None:
    leader, member, _, id = meeting(room, "voice")
    ringing = dial(room)
    room.cancel(id, leader)
    room.now += timedelta(minutes=1)
    rang(room, ringing)
    (told,) = room.sent()[member]
    assert "cancelled" in told
    room.now += timedelta(minutes=20)
    assert dial(room) is None
    assert room.rows("SELECT state FROM call")[0].state == "cancelled"
    assert room.sent() == {}


def test_a_call_that_does_not_come_through_is_not_written_once_it_is_called_off(room: Room) -> None:
    _, member, group, _ = meeting(room, "voice")
    ringing = dial(room)
    room.leave(group, member)
    room.sent()
    rang(room, ringing, CallState.FAILED)
    assert room.sent() == {}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_called_off_during_the_claim_that_puts_it_off_till_morning_stays_off(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.now = at(22, 20, 30)
    room.arrange(group, leader, local(23, 14))
    with writing(room.engine) as connection:
        claimed = sms_outbox.claim(connection, room.vault, room.now, 9)
        room.cancel(room.meeting(group), leader)
        assert admit(connection, Rules(QUIET, ZONE), claimed, room.now) == []
    room.now = at(23, 7, 1)
    assert all("cancelled" in words for words in room.sent().get(member, []))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_is_just_being_told_of_a_meeting_is_told_that_it_is_cancelled(room: Room) -> None:
    leader, member, _, id = meeting(room)
    with writing(room.engine) as connection:
        claimed = sms_outbox.claim(connection, room.vault, room.now, 9)
        room.cancel(id, leader)
        assert [row.contact for row in admit(connection, Rules(QUIET, ZONE), claimed, room.now)] == [member]
    (told,) = room.sent()[member]
    assert "cancelled" in told


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_new_owner_of_a_number_gets_nothing_that_was_just_being_claimed(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.now = at(22, 20, 30)
    room.arrange(group, leader, local(23, 14))
    with writing(room.engine) as connection:
        claimed = sms_outbox.claim(connection, room.vault, room.now, 9)
        with room.turn() as other:
            contacts.lock(other, [member])
            sms_outbox.cancel(other, member, room.now)
        admit(connection, Rules(QUIET, ZONE), claimed, room.now)
    room.now = at(23, 7, 1)
    assert room.sent() == {}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_just_being_written_instead_of_a_call_is_called_off_with_it(room: Room) -> None:
    _, _, _, id = meeting(room, "voice")
    ringing = dial(room)
    assert ringing is not None
    with writing(room.engine) as connection:
        failed = call_outbox.CallReport(ringing.id, CallState.FAILED, attempt=1)
        call_outbox.note_status(connection, failed, room.now, LIMITS.midnight(room.now))
        with room.turn() as other:
            notices.call_off(other, f"meeting:{id}", room.now)
    assert room.sent() == {}
    assert [row.state for row in room.rows("SELECT state FROM outbox")] == ["cancelled"]


def test_notes_are_kept_as_long_as_anything_can_come_back(room: Room) -> None:
    leader, _, _, id = meeting(room)
    room.sent()
    room.cancel(id, leader)
    for days, left in ((89, 1), (91, 0)):
        with room.turn() as connection:
            cancellations.forget(connection, room.now + timedelta(days=days))
        assert room.rows("SELECT count(*) FROM called_off")[0][0] == left


def test_a_reminder_they_ring_about_is_a_reminder_again_once_it_was_dialled(room: Room) -> None:
    number = "+85512000777"
    leader, member = room.person(), room.person(number, reach="voice")
    group = room.group(leader, member)
    room.now = at(22, 19, 50)
    room.arrange(group, leader, local(23, 14))
    rang(room, dial(room))
    room.now = at(22, 19, 56)
    with room.turn() as connection:
        midnight = LIMITS.midnight(room.now)
        said = callbacks.rung(
            connection, member, read_address(number), "CA1", room.now, midnight, callbacks.Budget(100)
        )
    assert said is RingDecision.WAITING
    rang(room, dial(room), CallState.BUSY)
    room.now = at(22, 20, 12)
    assert dial(room) is None  # it is night
    assert room.rows("SELECT purpose, state FROM call WHERE direction = 'out'") == [("reminder", "queued")]
    room.stops(member)
    room.now = at(23, 7, 1)
    assert dial(room) is None
    assert room.rows("SELECT state, error FROM call WHERE direction = 'out'") == [("skipped", "stopped")]


def test_a_call_nobody_placed_for_long_is_no_answer_any_more(room: Room) -> None:
    _, member, _, _ = meeting(room, "voice")
    room.now = at(22, 19, 40)
    rang(room, dial(room))
    with room.turn() as connection:
        midnight = LIMITS.midnight(room.now)
        callbacks.rung(
            connection, member, read_address("+85512000777"), "CA1", room.now, midnight, callbacks.Budget(100)
        )
    room.now = at(22, 22)
    assert dial(room) is None


def sweep(room: Room, later: timedelta) -> None:
    room.now += later
    with room.turn() as connection:
        call_outbox.sweep(connection, room.now)


def test_a_call_of_which_nobody_hears_is_written_after_a_while_and_never_rung_again(room: Room) -> None:
    _, member, _, _ = meeting(room, "voice")
    lost = dial(room)
    sweep(room, timedelta(minutes=1))
    assert room.rows("SELECT state, error FROM call") == [("unknown", "lease")]
    assert room.sent() == {}
    for _ in range(2):
        sweep(room, timedelta(minutes=10))
    assert len(room.sent()[member]) == 1
    rang(room, lost)
    room.now += timedelta(minutes=20)
    assert dial(room) is None
    assert room.sent() == {}


def test_a_call_that_has_no_turn_in_time_is_written(room: Room) -> None:
    leader, member = room.person(), room.person(reach="voice")
    group = room.group(leader, member)
    room.arrange(group, leader, local(22, 12))
    sweep(room, timedelta(minutes=114))
    assert room.sent() == {}
    sweep(room, timedelta(minutes=2))
    assert len(room.sent()[member]) == 1
    assert room.rows("SELECT state, error, text FROM call") == [("expired", "no turn", None)]
    sweep(room, timedelta(minutes=2))
    assert room.sent() == {}


def test_what_was_called_off_is_not_written_when_its_call_has_no_turn(room: Room) -> None:
    leader, member = room.person(), room.person(reach="voice")
    group = room.group(leader, member)
    room.arrange(group, leader, local(22, 12))
    ringing = dial(room)
    room.leave(group, member)
    rang(room, ringing)
    sweep(room, timedelta(minutes=116))
    assert room.sent() == {}
