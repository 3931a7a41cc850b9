"""Groups: founding, inviting by number, joining, leaving, who leads next, and words to all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.meetings import groups
from flows.meetings import notices as meeting_notices
from tests.fakes.groups import RICE, SUNDAY, Room, local

INVITED = meeting_notices.invited(RICE)


def states(room: Room, group: int) -> dict[int, tuple[str, str]]:
    rows = room.rows("SELECT contact_id, role, state FROM member WHERE group_id = :g", g=group)
    return {row.contact_id: (row.role, row.state) for row in rows}


def ledger(room: Room, contact: int) -> list[tuple[bool, str]]:
    rows = room.rows("SELECT given, what FROM consent WHERE contact_id = :c ORDER BY id", c=contact)
    return [(bool(row.given), row.what) for row in rows]


def test_three_groups_may_be_founded_by_one_person(room: Room) -> None:
    founder = room.person()

    def make(name: str) -> str:
        with room.turn() as connection:
            return groups.make(connection, room.telling, name, room.by(founder, name))

    assert [make(name) for name in ("  Rice \n farmers", "Pigs", "Hens", "Ducks")] == ["accepted"] * 3 + ["full"]
    led = room.facts(founder).groups()
    assert (led[-1].name.km, led[-1].role, led[-1].members) == ("Rice farmers", "leader", 1)
    assert ledger(room, founder) == [(True, f"group:{group.id}") for group in reversed(led)]


def test_who_leaves_what_they_founded_founds_no_more_and_invites_no_more(room: Room) -> None:
    founder = room.person()
    listed = room.group(founder, name="Ducks")  # by a list of staff's
    outcomes = []
    for number in range(4):
        room.now += timedelta(minutes=1)
        with room.turn() as connection:
            outcomes.append(groups.make(connection, room.telling, f"Rice {number}", room.by(founder)))
        group = room.rows("SELECT max(id) FROM working_group")[0][0]
        numbers = [f"+85512200{20 * number + one:03}" for one in range(20)]
        outcomes.append(room.invite(group, founder, *numbers))
        room.leave(group, founder)
    assert outcomes == ["accepted"] * 4 + ["accepted", "full", "full", "gone"]
    assert room.invite(listed, founder, *(f"+85512201{one:03}" for one in range(11))) == "full"
    assert room.invite(listed, founder, *(f"+85512201{one:03}" for one in range(10))) == "accepted"
    room.now += timedelta(days=1)
    assert room.invite(listed, founder, "+85512202001") == "accepted"


def test_one_phone_written_five_ways_is_invited_once_and_agrees_to_nothing_else(room: Room) -> None:
    leader = room.person()
    group = room.group(leader)
    written = ("012 000 999", "+85512000999", "0085512000999", "០១២ ០០០ ៩៩៩", "012-000-999")
    assert room.invite(group, leader, *written) == "accepted"
    ((invited, said),) = room.sent().items()
    assert (said, ledger(room, invited)) == ([room.telling.notices.text((INVITED,), "km")], [])
    assert states(room, group)[invited] == ("member", "invited")
    (question,) = room.facts(invited).questions()
    assert (question.kind, question.group.name.km, question.group.role) == ("invitation", "Rice", "member")
    assert room.facts(invited).groups() == ()
    assert room.invite(group, leader, "012000999") == "accepted"
    assert room.sent() == {}


@pytest.mark.parametrize(
    ("numbers", "outcome"),
    [
        (("012 000 801", "hello"), "some_bad"),
        (("023 880 880", "+66812345678", "1234", ""), "none"),
        (tuple(f"012 001 {number:03}" for number in range(51)), "full"),
        (tuple(f"012 001 {number:03}" for number in range(50)), "accepted"),
    ],
)
def test_only_mobile_numbers_are_invited_fifty_a_day(one_room: Room, numbers: tuple[str, ...], outcome: str) -> None:
    leader = one_room.person()
    group = one_room.group(leader)
    assert one_room.invite(group, leader, *numbers) == outcome
    asked = {"some_bad": 1, "none": 0, "full": 0, "accepted": 50}[outcome]
    assert len(one_room.queued()) == asked
    assert len(one_room.rows("SELECT 1 FROM contact")) == 1 + asked
    if outcome == "accepted":
        assert one_room.invite(group, leader, "012 001 900") == "full"
        one_room.now += timedelta(days=1)
        assert one_room.invite(group, leader, "012 001 900") == "accepted"


def test_confirming_makes_a_member_even_after_a_stop(room: Room) -> None:
    leader, invited = room.person(), room.person("+85512000801")
    group = room.group(leader)
    room.stops(invited)
    room.now += timedelta(minutes=1)
    room.invite(group, leader, "012000801")
    assert room.sent() == {}
    assert room.rows("SELECT error FROM outbox")[0].error == "stopped"
    room.now += timedelta(minutes=1)
    assert room.reply(group, invited, joins=True) == "accepted"
    assert ledger(room, invited) == [(False, "all"), (True, f"group:{group}")]
    (mine,) = room.facts(invited).groups()
    assert (mine.role, mine.members, mine.invited) == ("member", 2, 0)
    room.now += timedelta(minutes=1)
    room.arrange(group, leader, local(25, 14))
    assert list(room.sent()) == [invited]
    room.now += timedelta(minutes=1)
    room.stops(invited)
    room.write(group, leader, "hello")
    assert room.sent() == {}


@pytest.mark.parametrize("joins", [True, False])
def test_who_answers_an_invitation_before_it_left_is_not_sent_it(room: Room, joins: bool) -> None:
    leader = room.person()
    invited, other = room.person("+85512000801"), room.person("+85512000802")
    group = room.group(leader)
    room.invite(group, leader, "012000801", "012000802")
    assert room.reply(group, invited, joins=joins) == "accepted"
    assert list(room.sent()) == [other]


def test_an_invitation_can_be_answered_for_two_weeks_and_otherwise(room: Room) -> None:
    leader, invited = room.person(), room.person("+85512000801")
    group = room.group(leader)
    assert room.reply(group, invited, joins=True) == "gone"
    room.invite(group, leader, "012000801")
    room.sent()
    assert room.reply(group, invited, joins=False) == "accepted"
    assert states(room, group)[invited] == ("member", "declined")
    assert room.reply(group, invited, joins=True) == "accepted"
    assert room.reply(group, invited, joins=False) == "accepted"
    assert states(room, group)[invited] == ("member", "left")
    room.now += timedelta(days=14)
    assert room.reply(group, invited, joins=True) == "gone"
    assert room.invite(group, leader, "012000801") == "accepted"
    assert room.sent() == {}
    room.now += timedelta(days=16)
    room.invite(group, leader, "012000801")
    assert room.sent() == {invited: [room.said(INVITED)]}
    assert room.reply(group, invited, joins=True) == "accepted"


def test_who_left_after_a_stop_is_not_written_to_again(room: Room) -> None:
    leader, invited = room.person(), room.person("+85512000801")
    group = room.group(leader)
    room.invite(group, leader, "012000801")
    room.sent()
    room.now += timedelta(minutes=1)
    room.stops(invited)
    room.now += timedelta(minutes=1)
    room.reply(group, invited, joins=True)
    room.leave(group, invited)
    room.now += timedelta(days=29)
    assert room.invite(group, leader, "012000801") == "accepted"
    assert states(room, group)[invited] == ("member", "left")
    room.now += timedelta(days=11)
    assert room.invite(group, leader, "012000801") == "accepted"
    assert room.sent() == {}
    assert {row.error for row in room.rows("SELECT error FROM outbox WHERE state = 'skipped'")} == {"stopped"}


def test_who_leaves_hears_no_more_and_is_counted_no_more(room: Room) -> None:
    leader, member, other = room.person(), room.person(), room.person()
    group = room.group(leader, member, other)
    room.arrange(group, leader, local(25, 14))
    room.say(room.meeting(group), member, "yes")
    room.leave(group, member)
    assert room.queued(member) == []
    assert room.facts(member).questions() == ()
    assert room.facts(member).upcoming() == ()
    (seen,) = room.facts(leader).upcoming()
    assert (seen.yes, seen.unanswered) == (0, 1)
    assert ledger(room, member) == [(False, f"group:{group}")]
    room.leave(group, member)
    assert ledger(room, member) == [(False, f"group:{group}")]


def test_a_group_goes_to_its_deputy_then_to_who_is_in_it_longest(room: Room) -> None:
    leader, deputy, second, third = (room.person() for _ in range(4))
    group = room.group(leader, second, third, deputy=deputy)
    heard = room.said(meeting_notices.leads_now(RICE))
    for gone, heir in ((leader, deputy), (deputy, second), (second, third)):
        room.now += timedelta(minutes=1)
        room.leave(group, gone)
        assert states(room, group)[heir] == ("leader", "confirmed")
        assert room.sent() == {heir: [heard]}
    room.leave(group, third)
    assert {state for _, state in states(room, group).values()} == {"left"}
    assert room.sent() == {}


def test_a_leader_writes_twice_a_day_in_three_parts_at_most(room: Room) -> None:
    leader, deputy, member = room.person(), room.person(), room.person()
    group = room.group(leader, member, deputy=deputy)
    assert room.facts(leader).writes_left(group) == 2
    assert room.write(group, leader, "Seed has\narrived") == "accepted"
    assert room.write(group, deputy, "word " * 200) == "accepted"
    assert room.facts(deputy).writes_left(group) == 0
    assert room.write(group, leader, "more") == "full"
    sent = room.sent()
    assert sent[deputy] == ["Rice: Seed has arrived"]
    assert [len(words) <= 459 for words in sent[member]] == [True, True]
    room.now += timedelta(days=1)
    assert room.write(group, leader, "more") == "accepted"


def test_a_number_that_changed_hands_belongs_nowhere(room: Room) -> None:
    leader, member = room.person(), room.person()
    rice, pigs = room.group(leader, member), room.group(room.person(), leader, name="Pigs")
    room.arrange(rice, leader, local(25, 14))
    room.sent()
    with room.turn() as connection:
        groups.disown(connection, room.telling, room.by(leader, "NOT ME"))
    assert states(room, rice)[leader][1] == states(room, pigs)[leader][1] == "left"
    assert states(room, rice)[member] == ("leader", "confirmed")
    assert (room.facts(leader).groups(), room.facts(leader).questions()) == ((), ())
    room.now = SUNDAY + timedelta(minutes=5)
    assert room.invite(rice, member, "012 000 100") == "accepted"
    assert list(room.sent()) == [member]


def test_who_prefers_calls_is_rung_with_an_invitation(one_room: Room) -> None:
    leader, invited = one_room.person(), one_room.person("+85512000801", reach="voice")
    group = one_room.group(leader)
    one_room.invite(group, leader, "012 000 801")
    assert one_room.queued(invited) == []
    ((opens, data),) = one_room.rows("SELECT opens, data FROM call WHERE contact_id = :c", c=invited)
    assert (opens, data) == ("reply.invitation", f'{{"group": {group}}}')


def test_an_invitation_names_who_invites(room: Room) -> None:
    leader = room.person(name=room.vault.seal("Sok Leader"))
    group = room.group(leader)
    room.invite(group, leader, "012 345 678")
    (said,) = [words for sent in room.sent().values() for words in sent]
    assert "Sok Leader" in said
    assert "សេវាផ្សារ" in said


def test_a_leader_takes_a_member_out_who_is_told_once_and_hears_no_more(room: Room) -> None:
    leader, deputy = room.person(), room.person("+85512000803")
    member, other = room.person("+85512000801"), room.person("+85512000802")
    group = room.group(leader, member, other, deputy=deputy)
    room.arrange(group, leader, local(25, 14))
    assert [one.digits for one in room.facts(leader).members(group)] == ["801", "802"]
    assert room.facts(member).members(group) == ()

    def remove(who: int, by: int) -> str:
        with room.turn() as connection:
            return groups.remove(connection, room.telling, group, who, room.by(by))

    room.sent()
    assert [remove(other, member), remove(leader, deputy), remove(deputy, leader)] == ["gone"] * 3
    assert [remove(member, deputy), remove(member, deputy)] == ["accepted", "gone"]
    assert room.sent() == {member: [room.telling.notices.text((meeting_notices.removed(RICE),), "en")]}
    assert states(room, group)[member] == ("member", "left")
    assert ledger(room, member)[-1] == (False, f"group:{group}")
    assert room.facts(member).questions() == ()
    assert room.facts(member).groups() == ()
