"""Meetings that were held without us: kept once a day, within two weeks, by who leads, and told to the members."""

from __future__ import annotations

from datetime import date, timedelta

from bot.meetings import held
from flows.meetings.events import MeetingHeld
from tests.fakes.groups import Room

SATURDAY = date(2026, 11, 21)


def hold(room: Room, group: int, by: int, day: date = SATURDAY, decided: str = "we sell together") -> str:
    with room.turn() as connection:
        return held.hold(connection, room.telling, MeetingHeld(group, day, 10, decided), room.by(by))


def test_it_is_kept_with_its_count_and_told_to_everybody_else_once(room: Room) -> None:
    leader, member, stranger = room.person(), room.person("+85512000801"), room.person("+85512000802")
    group = room.group(leader, member)
    assert hold(room, group, stranger) == "gone"
    assert hold(room, group, member) == "gone"
    assert hold(room, group, leader) == "accepted"
    assert hold(room, group, leader, decided="something else") == "same"
    (row,) = room.rows("SELECT came, state, decided FROM meeting WHERE group_id = :g", g=group)
    assert (row.came, row.state, room.vault.open(row.decided)) == (10, "reported", "we sell together")
    ((told, words),) = room.sent().items()
    assert told == member
    assert "we sell together" in str(words)
    assert room.facts(leader).to_report() == ()


def test_only_the_last_two_weeks_and_ten_meetings_a_day(room: Room) -> None:
    leader = room.person()
    group = room.group(leader, room.person("+85512000801"))
    today = room.now.date()
    assert hold(room, group, leader, today + timedelta(days=1)) == "old"
    assert hold(room, group, leader, today - timedelta(days=16)) == "old"
    days = [today - timedelta(days=back) for back in range(11)]
    assert [hold(room, group, leader, day) for day in days] == ["accepted"] * 10 + ["full"]
