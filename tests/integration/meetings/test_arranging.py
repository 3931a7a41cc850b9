"""Meetings as leaders arrange, move and cancel them, and as members answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flows.meetings import notices as meeting_notices
from flows.prompts import Titled
from tests.fakes.deployment import together
from tests.fakes.groups import RICE, SUNDAY, Room, local

ASKED = meeting_notices.asked(RICE, local(25, 14), "pagoda")


def test_everybody_but_who_arranged_it_is_told_once_and_asked(room: Room) -> None:
    leader, member, rung = room.person(), room.person(), room.person(reach="voice")
    group = room.group(leader, member, rung)
    assert room.arrange(group, leader, local(25, 14)) == "accepted"
    assert room.sent() == {member: [room.said(ASKED)]}
    ((opens, data),) = room.rows("SELECT opens, data FROM call WHERE contact_id = :c", c=rung)
    assert (opens, data) == ("reply.rsvp", f'{{"meeting": {room.meeting(group)}}}')
    assert room.facts(leader).questions() == ()
    (question,) = room.facts(member).questions()
    assert question.meeting is not None
    assert (question.kind, question.meeting.starts, question.meeting.where) == ("rsvp", local(25, 14), "pagoda")


@pytest.mark.parametrize(
    ("starts", "outcome"),
    [(local(22, 9), "past"), (local(22, 10), "past"), (datetime(2099, 1, 1, 8), "too_far"), (local(23, 8), "accepted")],
)
def test_a_time_that_cannot_be_is_refused(one_room: Room, starts: datetime, outcome: str) -> None:
    leader = one_room.person()
    group = one_room.group(leader)
    assert one_room.facts(leader).fault(group, starts) == ("" if outcome == "accepted" else outcome)
    assert one_room.arrange(group, leader, starts) == outcome


def test_of_many_in_a_minute_ten_stand_and_none_within_half_an_hour_of_another(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    outcomes = [room.arrange(group, leader, local(24, 6) + timedelta(hours=number)) for number in range(10)]
    assert outcomes == ["accepted"] * 10
    assert room.arrange(group, leader, local(27, 6)) == "full"
    room.now += timedelta(days=1)
    assert room.arrange(group, leader, local(24, 6, 30)) == "same"
    assert room.arrange(group, leader, local(27, 6)) == "accepted"
    assert len(room.facts(member).upcoming()) == 10
    assert len(room.facts(member).questions()) == 9


def test_two_leaders_at_once_arrange_one_meeting(room: Room) -> None:
    leader, deputy, member = room.person(), room.person(), room.person()
    group = room.group(leader, member, deputy=deputy)
    outcomes = together(
        *(lambda one=one: room.arrange(group, one, local(25, 14)) for one in (leader, deputy, leader, deputy))
    )
    assert sorted(outcomes) == ["accepted", "same", "same", "same"]
    assert room.sent()[member] == [room.said(ASKED)]


def test_only_who_leads_may_change_anything(one_room: Room) -> None:
    leader, member = one_room.person(), one_room.person()
    group = one_room.group(leader, member)
    assert one_room.arrange(group, member, local(25, 14)) == "gone"
    one_room.arrange(group, leader, local(25, 14))
    meeting = one_room.meeting(group)
    assert one_room.move(meeting, member, local(26, 14)) == "gone"
    assert one_room.cancel(meeting, member) == "gone"
    assert one_room.write(group, member, "hello") == "gone"
    assert one_room.invite(group, member, "012 000 150") == "gone"
    one_room.now += timedelta(days=4)
    assert one_room.report(meeting, member) == "gone"


def test_an_answer_may_be_changed_and_counts_until_it_has_begun(room: Room) -> None:
    leader, member, other = room.person(), room.person(), room.person()
    group = room.group(leader, member, other)
    room.arrange(group, leader, local(25, 14))
    meeting = room.meeting(group)
    assert room.say(meeting, member, "yes") == "accepted"
    assert room.say(meeting, member, "late") == "accepted"
    (seen,) = room.facts(member).upcoming()
    assert (seen.yes, seen.no, seen.late, seen.unanswered, seen.mine) == (0, 0, 1, 1, "late")
    assert room.say(meeting, room.person(), "yes") == "gone"
    room.now = SUNDAY.replace(day=25, hour=14, minute=29)
    assert room.say(meeting, other, "no") == "accepted"
    room.now += timedelta(minutes=2)
    assert room.say(meeting, member, "yes") == "gone"
    assert room.facts(member).questions() == ()


def test_a_member_of_two_groups_has_two_questions_the_newest_first(room: Room) -> None:
    member, one, other = room.person(), room.person(), room.person()
    rice, pigs = room.group(one, member), room.group(other, member, name="Pigs")
    room.arrange(rice, one, local(25, 14))
    room.now += timedelta(minutes=1)
    room.arrange(pigs, other, local(25, 14))
    assert [question.group.name.km for question in room.facts(member).questions()] == ["Pigs", "Rice"]
    room.say(room.meeting(pigs), member, "yes")
    asked = room.facts(member).questions()
    assert [(question.group.name.km, question.answer) for question in asked] == [("Rice", ""), ("Pigs", "yes")]


def test_a_meeting_that_moves_is_told_at_its_new_time_and_asked_anew(room: Room) -> None:
    leader, member, rung = room.person(), room.person(), room.person(reach="voice")
    group = room.group(leader, member, rung)
    room.arrange(group, leader, local(25, 14))
    meeting = room.meeting(group)
    room.say(meeting, member, "yes")
    assert room.move(meeting, leader, local(21, 14)) == "past"
    assert room.move(meeting, leader, local(26, 9), "school") == "accepted"
    assert room.sent() == {member: [room.said(meeting_notices.moved(RICE, local(26, 9), "school"))]}
    calls = room.rows("SELECT state FROM call WHERE contact_id = :c ORDER BY id", c=rung)
    assert [row.state for row in calls] == ["cancelled", "queued"]
    (question,) = room.facts(member).questions()
    assert question.answer == ""
    assert question.meeting is not None
    assert question.meeting.unanswered == 2
    assert room.move(meeting, leader, local(26, 9), "temple") == "accepted"
    assert room.sent() == {member: [room.said(meeting_notices.moved(RICE, local(26, 9), "temple"))]}


def test_a_meeting_moves_five_times(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14))
    meeting = room.meeting(group)
    assert [room.move(meeting, leader, local(26, hour)) for hour in range(8, 14)] == ["accepted"] * 5 + ["full"]
    assert room.facts(member).upcoming()[0].starts == local(26, 12)
    assert room.cancel(meeting, leader) == "accepted"


def test_nothing_is_arranged_at_night_of_which_nobody_would_hear(room: Room) -> None:
    leader, member, alone = room.person(), room.person(), room.person()
    group = room.group(leader, member)
    room.now = SUNDAY.replace(hour=20, minute=30)
    assert room.arrange(group, leader, local(23, 6)) == "night"
    assert (room.facts(member).upcoming(), room.queued()) == ((), [])
    assert room.arrange(room.group(alone), alone, local(23, 6)) == "accepted"
    assert room.arrange(group, leader, local(23, 8)) == "accepted"
    assert room.move(room.meeting(group), leader, local(23, 7)) == "night"
    room.now = SUNDAY.replace(day=23, hour=7)
    assert list(room.sent()) == [member]


def test_a_leader_learns_that_members_hear_too_late_of_what_changes_at_night(room: Room) -> None:
    leader, member = room.person(), room.person()
    group, other = room.group(leader, member), room.group(leader, member, name="Pigs")
    room.arrange(group, leader, local(23, 6, 30))
    room.arrange(other, leader, local(23, 6, 30))
    room.sent()
    room.now = SUNDAY.replace(hour=20, minute=5)
    assert room.cancel(room.meeting(group), leader) == "unheard"
    assert room.move(room.meeting(other), leader, local(23, 14)) == "unheard"
    assert room.move(room.meeting(other), leader, local(23, 15)) == "accepted"
    assert room.sent() == {}
    room.now = SUNDAY.replace(day=23, hour=7)
    cancelled = room.said(meeting_notices.cancelled(RICE, local(23, 6, 30), series=False))
    moved = room.said(meeting_notices.moved(Titled("Pigs"), local(23, 15), "pagoda"))
    assert room.sent() == {member: [cancelled, moved]}


def test_a_cancelled_meeting_is_told_to_whoever_heard_of_it(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14))
    room.sent()
    assert room.cancel(room.meeting(group), leader) == "accepted"
    assert room.sent() == {member: [room.said(meeting_notices.cancelled(RICE, local(25, 14), series=False))]}
    assert room.facts(member).questions() == ()
    assert room.facts(member).upcoming() == ()
    assert room.cancel(room.meeting(group), leader) == "gone"
    room.arrange(group, leader, local(25, 14))
    room.cancel(room.meeting(group), leader)  # before anything was sent
    assert room.sent() == {}


def test_what_was_decided_is_told_once_in_three_parts_at_most(room: Room) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14))
    room.sent()
    meeting = room.meeting(group)
    assert room.report(meeting, leader) == "gone"
    room.now = SUNDAY.replace(day=25, hour=17)
    assert [one.id for one in room.facts(leader).to_report()] == [meeting]
    assert room.report(meeting, leader, 12, "ស្រូវ" * 100) == "accepted"
    assert room.report(meeting, leader, 13, "again") == "gone"
    ((said,),) = room.sent().values()
    assert said.startswith("Rice, meeting ")
    assert "ស្រូវស្រូវ" in said
    assert said.endswith("…")
    assert 150 < len(said) <= 201
    assert room.facts(leader).to_report() == ()
    ((came, decided),) = room.rows("SELECT came, decided FROM meeting")
    assert came == 12
    assert "ស្រូវ" not in str(bytes(decided))
