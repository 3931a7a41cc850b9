"""No gateway for spam: whom strangers can make the line write to, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import table
from bot.meetings import groups, limits
from bot.meetings.models import Group
from bot.messages.models import Alarm
from tests.fakes.groups import Room

LURE = "អ្នកឈ្នះលុយ ទូរស័ព្ទ 012 345 678 evil.kh"


def founds(room: Room, who: int, name: str = "Pigs") -> str:
    with room.turn() as connection:
        return groups.make(connection, room.telling, name, room.by(who))


def test_a_stranger_founds_a_group_after_some_days(room: Room) -> None:
    stranger = room.person(may_found=False)
    assert founds(room, stranger) == "new"
    room.now += limits.FOUNDS_AFTER
    assert founds(room, stranger) == "accepted"


def test_whom_staff_know_founds_one_at_once(room: Room) -> None:
    assert founds(room, room.person(may_found=True)) == "accepted"


def test_the_name_of_a_group_lures_nobody(room: Room) -> None:
    assert founds(room, room.person(), LURE) == "accepted"
    with room.turn() as connection:
        name = connection.execute(select(table(Group).c.name_km)).scalar_one()
    assert "012" not in name
    assert "evil" not in name
    assert name.startswith("អ្នកឈ្នះលុយ")


def test_one_open_invitation_a_person_whoever_invites(room: Room) -> None:
    victim = room.person("+85512000801")
    for count in range(5):
        leader = room.person()
        assert room.invite(room.group(leader), leader, "012000801") == "accepted"
        assert list(room.sent()) == ([victim] if count == 0 else [])


def test_few_invitations_a_month_reach_a_person_who_declines(room: Room) -> None:
    victim, reached = room.person("+85512000801"), 0
    for _ in range(8):
        leader = room.person()
        group = room.group(leader)
        room.invite(group, leader, "012000801")
        if room.sent():
            reached += 1
            room.reply(group, victim, joins=False)
    assert reached == limits.INVITED_A_MONTH
    room.now += timedelta(days=31)
    leader = room.person()
    room.invite(room.group(leader), leader, "012000801")
    assert list(room.sent()) == [victim]


@pytest.mark.parametrize("most", [0, 5])
def test_a_day_has_a_ceiling_for_all_leaders_together_and_staff_are_told(room: Room, most: int) -> None:
    room.telling = replace(room.telling, most_a_day=most)
    sent = 0
    for count in range(6):
        leader = room.person()
        numbers = [f"0120{count}10{number:02}" for number in range(2)]
        said = room.invite(room.group(leader), leader, *numbers)
        assert said in ("accepted", "full")
        sent += len(room.sent())
    assert sent == most // 2 * 2
    with room.turn() as connection:
        assert "unasked messages" in connection.execute(select(table(Alarm).c.name)).scalars().all()
