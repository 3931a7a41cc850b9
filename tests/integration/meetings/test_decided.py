"""What conversations decide about groups reaches the room, and nobody on the line holds up a leader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.handlers.every import handlers
from bot.issues.office.links import Links
from bot.messages.inbound import received
from bot.turn import Handler, Moment
from flows import events
from flows.events import Event
from flows.meetings import events as meeting_events
from tests.fakes.groups import ZONE, Room, local

Decide = Callable[[int, Event], str | None]


@pytest.fixture
def decide(room: Room) -> Decide:
    """Hand an event of somebody's to its handler."""
    known: Any = handlers(room.vault, room.telling.notices, ZONE, Links("secret", "https://phsar.example.org"))
    nothing: Any = None

    def run(contact: int, event: Event) -> str | None:
        handler: Handler = known[type(event)]
        with room.turn() as connection:
            who = (connection, contact, room.now, room.now.date(), "SM1", "sms")
            return handler(event, Moment(*who, prices=nothing, written=nothing))

    return run


def test_a_group_meets(room: Room, decide: Decide) -> None:
    leader, member = room.person(), room.person("+85512000801")
    assert decide(leader, meeting_events.GroupMade("Rice")) == "accepted"
    (group,) = room.facts(leader).groups()
    assert decide(leader, meeting_events.MembersInvited(group.id, ("012 000 801",))) == "accepted"
    assert decide(member, meeting_events.InvitationAnswered(group.id, joins=True, words="1")) == "accepted"
    assert decide(leader, meeting_events.MeetingArranged(group.id, local(25, 14), "pagoda", "weekly")) == "accepted"
    meeting = room.meeting(group.id)
    assert decide(member, meeting_events.MeetingAnswered(meeting, "late")) == "accepted"
    assert decide(leader, meeting_events.MeetingMoved(meeting, local(25, 15), "")) == "accepted"
    assert decide(leader, meeting_events.GroupWritten(group.id, "Bring seed")) == "accepted"
    assert "Rice: Bring seed" in room.queued(member)
    room.tick(local(25, 18))
    assert decide(leader, meeting_events.MeetingReported(meeting, 2, "we sell")) == "accepted"
    assert decide(leader, meeting_events.MeetingCancelled(room.meeting(group.id), series=True)) == "accepted"
    decide(member, events.ReachChosen("voice"))
    assert room.rows("SELECT reach FROM contact WHERE id = :c", c=member)[0].reach == "voice"
    decide(member, meeting_events.GroupLeft(group.id, "LEAVE"))
    assert room.facts(member).groups() == ()


def test_who_is_no_longer_at_the_number_is_in_no_group(room: Room, decide: Decide) -> None:
    leader, member = room.person(), room.person(reach="voice")
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14))
    decide(member, events.NumberDisowned("wrong number"))
    assert room.facts(member).groups() == ()
    assert room.facts(member).questions() == ()
    assert {row.state for row in room.rows("SELECT state FROM call")} == {"cancelled"}
    assert room.rows("SELECT reach FROM contact WHERE id = :c", c=member)[0].reach == "sms"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_member_on_the_line_holds_up_nobody(room: Room) -> None:
    leader, member = room.person(), room.person("+85512000801")
    group = room.group(leader, member)
    with room.turn() as connection:
        received.lock(connection, room.vault.look_up("+85512000801"))
        assert room.arrange(group, leader, local(25, 14)) == "accepted"


def test_whether_a_question_is_open_is_read_with_the_person(room: Room) -> None:
    leader, member = room.person(), room.person("+85512000801")
    room.arrange(room.group(leader, member), leader, local(25, 14))

    def asked() -> bool:
        with room.turn() as connection:
            row = received.load(connection, room.vault.look_up("+85512000801"), "sms", "SM9", room.now)
            assert row is not None
            return bool(row.asked)

    assert asked()
    room.tick(local(25, 14, 31))
    assert not asked()
