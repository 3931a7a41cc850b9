"""Reminders, counts, the question how it was, and series, as the clock does them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.meetings import arranging
from bot.meetings.models import Reminded
from bot.messages import alarms
from flows.meetings import notices as meeting_notices
from flows.meetings.known import Meeting
from tests.fakes.groups import RICE, ZONE, Room, local

TWO = meeting_notices.asked(RICE, local(25, 14), "pagoda")
COMES = meeting_notices.reminded(RICE, local(25, 14), "pagoda")


def counted(room: Room, yes: int, no: int, late: int, silent: int) -> str:
    answers = {"yes": yes, "no": no, "late": late, "": silent}
    return room.said(meeting_notices.counted(RICE, local(25, 14), answers))


def test_who_has_not_said_no_is_reminded_the_evening_before_and_two_hours_before(room: Room) -> None:
    leader, comes, stays, silent = (room.person() for _ in range(4))
    group = room.group(leader, comes, stays, silent)
    room.arrange(group, leader, local(25, 14))
    room.sent()
    room.say(room.meeting(group), comes, "yes")
    room.say(room.meeting(group), stays, "no")
    room.tick(local(22, 11))
    assert room.sent() == {leader: [counted(room, 1, 1, 0, 1)]}
    room.tick(local(24, 17, 59))
    assert room.sent() == {}
    for _ in range(2):
        room.tick(local(24, 18, 0))
    assert room.sent() == {leader: [room.said(COMES)], comes: [room.said(COMES)], silent: [room.said(TWO)]}
    room.tick(local(25, 11, 59))
    assert room.sent() == {}
    for _ in range(2):
        room.tick(local(25, 12, 0))
    assert room.sent() == {leader: [counted(room, 1, 1, 0, 1)], comes: [room.said(COMES)], silent: [room.said(TWO)]}


def test_who_prefers_it_is_rung_and_who_joins_late_gets_what_is_left(room: Room) -> None:
    leader, rung, late = room.person(), room.person(reach="voice"), room.person("+85512000801")
    group = room.group(leader, rung)
    room.arrange(group, leader, local(25, 14))
    room.invite(group, leader, "012000801")
    room.reply(group, late, joins=True)
    assert room.facts(late).questions()[0].kind == "invitation"
    room.sent()
    room.tick(local(24, 18))
    assert sorted(room.sent()) == [leader, late]
    assert [question.kind for question in room.facts(late).questions()] == ["rsvp", "invitation"]
    rung_for = room.rows("SELECT opens FROM call WHERE contact_id = :c", c=rung)
    assert [row.opens for row in rung_for] == ["reply.rsvp"] * 2


@pytest.mark.parametrize(
    ("starts", "known", "reminded", "now", "phase"),
    [
        # The clock slept: what is still to come is told, once.
        (local(25, 14), local(20, 9), "", local(24, 23), ("evening", True)),
        (local(25, 14), local(20, 9), "", local(25, 13, 50), ("soon", True)),
        (local(25, 8), local(20, 9), "", local(24, 21), ("evening", False)),  # both would be sent at seven
        # Arranged shortly before one is due.
        (local(25, 14), local(24, 17, 31), "", local(24, 18), ("evening", False)),
        (local(25, 14), local(24, 17, 30), "", local(24, 18), ("evening", True)),
        (local(25, 14), local(24, 19), "", local(24, 19), ("evening", False)),
        (local(25, 14), local(25, 11, 31), "evening", local(25, 12), ("soon", False)),
        (local(25, 14), local(25, 13), "", local(25, 13), ("soon", False)),
        (local(25, 8), local(24, 22), "evening", local(25, 7), ("soon", False)),  # told at once, at seven
        # The next of a series was not told of at once.
        (local(25, 14), None, "", local(24, 18), ("evening", True)),
        (local(25, 14), local(20, 9), "", local(24, 17), None),
        (local(25, 14), local(20, 9), "evening", local(25, 11), None),
    ],
)
def test_of_reminders_that_come_together_one_is_told(
    one_room: Room,
    starts: datetime,
    known: datetime | None,
    reminded: str,
    now: datetime,
    phase: tuple[str, bool] | None,
) -> None:
    starts, now = starts.replace(tzinfo=ZONE), now.replace(tzinfo=ZONE)
    known = known.replace(tzinfo=ZONE) if known else None
    assert one_room.reminders.phase(starts, known, Reminded(reminded), now) == phase


def test_a_reminder_of_an_early_meeting_comes_by_day_and_one_that_began_gets_none(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 8))
    room.sent()
    room.tick(local(24, 18, 30))
    assert room.now.hour < 19
    assert set(room.sent()) == {leader, member}
    room.tick(local(25, 6))
    assert room.sent() == {}
    room.now = room.now.replace(hour=7)
    assert set(room.sent()) == {leader, member}
    room.arrange(group, leader, local(26, 14))
    room.tick(local(26, 14))
    assert member not in room.sent()


def test_who_stops_between_planning_and_sending_gets_nothing(room: Room) -> None:
    leader, member, other = room.person(), room.person(), room.person()
    group = room.group(leader, member, other)
    room.arrange(group, leader, local(25, 14))
    room.stops(member)
    assert list(room.sent()) == [other]
    room.tick(local(24, 18))
    room.stops(other)
    assert list(room.sent()) == [leader]
    assert {row.error for row in room.rows("SELECT error FROM outbox WHERE state = 'skipped'")} == {"stopped"}


def test_no_count_leaves_while_an_earlier_one_may_still_leave_after_it(room: Room) -> None:
    leader, one, two = (room.person() for _ in range(3))
    group = room.group(leader, one, two)
    room.arrange(group, leader, local(25, 14))
    room.sent()
    meeting = room.meeting(group)
    room.say(meeting, one, "yes")
    room.tick()
    room.now += timedelta(minutes=11)
    room.say(meeting, two, "late")
    assert room.sent()[leader] == [counted(room, 1, 0, 0, 1)]  # a worker has it in its hands, and is slow
    room.tick()
    assert room.sent() == {}
    room.now += timedelta(seconds=31)
    room.tick()
    assert room.sent()[leader] == [counted(room, 1, 0, 1, 0)]


def test_the_count_is_told_when_it_changes_and_at_most_every_ten_minutes(room: Room) -> None:
    leader, deputy, one, two = (room.person() for _ in range(4))
    group = room.group(leader, one, two, deputy=deputy)
    room.arrange(group, leader, local(25, 14))
    room.sent()
    meeting = room.meeting(group)
    room.say(meeting, one, "yes")
    room.tick()
    both = [counted(room, 1, 0, 0, 2)]
    assert room.sent() == {leader: both, deputy: both}
    room.say(meeting, two, "late")
    room.now += timedelta(minutes=9)
    room.tick()
    assert room.sent() == {}
    room.now += timedelta(minutes=1)
    room.tick()
    assert room.sent()[leader] == [counted(room, 1, 0, 1, 1)]
    room.say(meeting, two, "no")
    room.say(meeting, two, "late")
    room.now += timedelta(minutes=20)
    room.tick()
    assert room.sent() == {}
    room.say(meeting, two, "no")
    room.tick(local(22, 22))
    assert room.queued() == []
    room.tick(local(23, 7))
    assert room.sent()[leader] == [counted(room, 1, 1, 0, 1)]


def test_the_leader_is_asked_once_how_it_was(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    for starts in (local(25, 14), local(26, 18)):
        room.arrange(group, leader, starts)
    room.sent()
    asked = [room.said(meeting_notices.ask_report(RICE))]
    room.tick(local(25, 16, 59))
    assert room.sent() == {}
    for _ in range(2):
        room.tick(local(25, 17))
    assert room.sent() == {leader: asked}
    for minute in (0, 30):
        room.tick(local(26, 21, minute))
        assert room.queued() == []
    room.tick(local(27, 7, 30))
    assert room.sent() == {leader: asked}


def coming(room: Room, contact: int) -> Meeting:
    (meeting,) = room.facts(contact).upcoming()
    return meeting


def test_a_series_goes_on_where_it_was_though_one_was_moved_and_one_cancelled(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14), repeats="weekly")
    assert room.sent() == {member: [room.said(meeting_notices.arranged(RICE, local(25, 14), "pagoda", "weekly"))]}
    assert room.move(room.meeting(group), leader, local(24, 15)) == "accepted"
    room.sent()
    for _ in range(2):
        room.tick(local(24, 15))
    second = coming(room, member)
    assert (second.starts, second.where, second.repeats) == (local(2, 14, month=12), "pagoda", "weekly")
    assert room.sent() == {}
    assert room.cancel(second.id, leader) == "accepted"
    assert room.sent() == {member: [room.said(meeting_notices.cancelled(RICE, second.starts, series=False))]}
    room.tick(local(2, 14, month=12))
    assert coming(room, member).starts == local(9, 14, month=12)
    room.tick(local(8, 18, month=12))
    assert set(room.sent()) == {leader, member}
    assert [question.kind for question in room.facts(member).questions()] == ["rsvp"]
    room.tick(local(27, 9, month=12))  # the clock slept: the third and fourth were not held by us
    assert coming(room, member).starts == local(30, 14, month=12)
    assert room.cancel(coming(room, member).id, leader, series=True) == "accepted"
    room.tick(datetime(2027, 1, 10, 9))
    assert room.facts(member).upcoming() == ()


def test_one_of_a_series_that_moves_past_the_next_leaves_the_turns_between(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(23, 14), repeats="weekly")
    first = room.meeting(group)
    assert room.move(first, leader, local(7, 14, month=12)) == "accepted"
    assert [one.starts for one in room.facts(member).upcoming()] == [local(30, 14), local(7, 14, month=12)]
    room.sent()
    room.tick(local(29, 18))
    asked = meeting_notices.asked(RICE, local(30, 14), "pagoda")
    assert room.sent()[member] == [room.said(asked)]
    room.tick(local(30, 14))  # the turn of the seventh is the one that was moved there
    coming = [one.starts for one in room.facts(member).upcoming()]
    assert coming == [local(7, 14, month=12), local(14, 14, month=12)]
    room.tick(local(7, 14, month=12))
    assert [one.starts for one in room.facts(member).upcoming()] == [local(14, 14, month=12)]


@pytest.mark.parametrize("to", [local(29, 9), local(30, 13, 45), local(30, 14)])
def test_one_of_a_series_that_moves_to_the_next_is_the_next(one_room: Room, to: datetime) -> None:
    leader = one_room.person()
    group = one_room.group(leader)
    one_room.arrange(group, leader, local(23, 14), repeats="weekly")
    one_room.move(one_room.meeting(group), leader, to)
    one_room.tick(to)
    after = local(30, 14) if to.day == 29 else local(7, 14, month=12)
    assert [one.starts for one in one_room.facts(leader).upcoming()] == [after]


def test_a_series_can_be_ended_when_one_of_it_was_cancelled(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14), repeats="weekly")
    assert room.cancel(room.meeting(group), leader) == "accepted"
    following = coming(room, leader)
    assert (following.starts, following.repeats) == (local(2, 14, month=12), "weekly")
    room.sent()
    assert room.cancel(following.id, leader, series=True) == "accepted"
    assert room.sent() == {member: [room.said(meeting_notices.cancelled(RICE, following.starts, series=True))]}
    room.tick(local(9, 15, month=12))
    assert room.facts(leader).upcoming() == ()


def test_five_thousand_members_are_told_and_reminded_in_bulk(room: Room) -> None:
    leader = room.person()
    members = room.people(5000)
    group = room.group(leader, *members)
    room.arrange(group, leader, local(25, 14))
    assert len(room.queued()) == 5000
    (seen,) = room.facts(members[0]).upcoming()
    assert (seen.unanswered, seen.group.members) == (5000, 5001)
    room.tick(local(24, 18))
    assert len(room.rows("SELECT 1 FROM outbox")) == 10_001
    assert len(room.rows("SELECT 1 FROM open_question WHERE kind = 'rsvp'")) == 5001


def test_where_it_was_and_what_was_decided_are_forgotten_and_the_counts_stay(room: Room) -> None:
    leader = room.person()
    group = room.group(leader, room.person())
    room.arrange(group, leader, local(25, 14))
    room.tick(local(25, 18))
    room.report(room.meeting(group), leader, came=2)
    for until, kept in ((local(25, 13), ("pagoda", True)), (local(25, 15), ("", False))):
        with room.turn() as connection:
            arranging.forget(connection, room.vault, until.replace(tzinfo=ZONE))
        ((place, decided, came),) = room.rows("SELECT place, decided, came FROM meeting")
        assert (room.vault.open(bytes(place)), decided is not None, came) == (*kept, 2)


def test_a_meeting_that_cannot_be_opened_stops_no_other(room: Room) -> None:
    leader, member, other = room.person(), room.person(), room.person()
    damaged, sound = room.group(leader, member), room.group(leader, other, name="Pigs")
    room.arrange(damaged, leader, local(25, 13))
    room.arrange(sound, leader, local(25, 14))
    room.sent()
    with room.turn() as connection:
        connection.execute(text("UPDATE meeting SET place = :p WHERE group_id = :g"), {"p": b"\0\1\2\3", "g": damaged})
    for _ in range(2):
        room.tick(local(24, 18))
    assert set(room.sent()) == {leader, other}
    assert [row.name for row in room.rows("SELECT name FROM alarm")] == ["meeting"]
    with room.turn() as connection:
        ((_, detail),) = alarms.take(connection, room.now)
    assert detail.startswith(f"meeting {room.rows('SELECT min(id) FROM meeting')[0][0]} ")
    room.tick(local(24, 18, 30))
    with room.turn() as connection:
        assert alarms.take(connection, room.now) == []
