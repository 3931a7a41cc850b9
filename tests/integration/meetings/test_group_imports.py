"""Groups from lists: who leads belongs, who is only listed is asked when their leader first calls, nobody twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from bot.config import Settings
from bot.csvfile import ImportOutcome
from bot.meetings.imports import import_groups
from flows.meetings import notices as meeting_notices
from flows.prompts import Titled
from tests.fakes.groups import Room, local

HEADER = "id,name_km,name_en,kind,place,phone,role\n"
LED = "rice,ក្រុមស្រូវ,Rice group,rice,0305,012 000 801,leader\n"
RICE = Titled("ក្រុមស្រូវ", "Rice group")

Import = Callable[..., ImportOutcome]


@pytest.fixture
def groups(room: Room, tmp_path: Path) -> Import:
    return importing(room, tmp_path)


@pytest.fixture
def one_import(one_room: Room, tmp_path: Path) -> Import:
    return importing(one_room, tmp_path)


def importing(room: Room, folder: Path) -> Import:
    def run(*lines: str, header: str = HEADER) -> ImportOutcome:
        path = folder / "groups.csv"
        path.write_text(header + "".join(lines), encoding="utf-8")
        return import_groups(room.engine, room.vault, path, room.now)

    return run


def done(outcome: ImportOutcome) -> tuple[int, int, int]:
    assert outcome.faults == ()
    return outcome.added, outcome.changed, outcome.unchanged


def member(room: Room, number: str) -> tuple[str, str]:
    who = "contact_id = (SELECT id FROM contact WHERE address_hash = :h)"
    ((role, state),) = room.rows(f"SELECT role, state FROM member WHERE {who}", h=room.vault.look_up(number))
    return role, state


def test_leaders_belong_and_members_are_asked_with_the_first_meeting(room: Room, groups: Import) -> None:
    lines = (LED, "rice,,,,,012 000 802,deputy\n", "RICE,,,,,+855 12 000 803,\n")
    assert done(groups(*lines)) == (3, 0, 0)
    assert done(groups(*lines)) == (0, 0, 3)
    assert room.queued() == []
    assert member(room, "+85512000801") == ("leader", "confirmed")
    assert member(room, "+85512000802") == ("deputy", "confirmed")
    assert member(room, "+85512000803") == ("member", "invited")
    leader, deputy, listed = (room.person(f"+8551200080{number}") for number in (1, 2, 3))
    (group,) = room.facts(leader).groups()
    assert (group.name, group.members, group.invited) == (RICE, 2, 1)
    for day in (25, 26):
        room.arrange(group.id, leader, local(day, 14))
    sent = room.sent()
    assert sent[listed] == [room.said(meeting_notices.invited(RICE))]
    assert len(sent[deputy]) == 2
    room.reply(group.id, listed, joins=True)
    room.tick(local(24, 18))
    assert len(room.sent()[listed]) == 1


def test_one_phone_written_five_ways_is_one_member(room: Room, groups: Import) -> None:
    written = ("012 000 803", "+855 12 000 803", "0085512000803", "012-000-803", "០១២០០០៨០៣")
    assert done(groups(LED, *(f"rice,,,,,{number},member\n" for number in written))) == (2, 0, 0)
    assert len(room.rows("SELECT 1 FROM contact")) == 2


def test_a_list_brings_nobody_back_and_changes_roles(room: Room, groups: Import) -> None:
    lines = (LED, "rice,,,,,012 000 802,deputy\n", "rice,,,,,012 000 803,member\n")
    groups(*lines)
    leader, deputy, listed = (room.person(f"+8551200080{number}") for number in (1, 2, 3))
    (group,) = room.facts(leader).groups()
    room.arrange(group.id, leader, local(25, 14))
    room.reply(group.id, listed, joins=False)
    room.leave(group.id, deputy)
    outcome = groups(*lines)
    assert done(outcome) == (0, 0, 3)
    assert [note.line for note in outcome.notes] == [3, 4]
    assert member(room, "+85512000803") == ("member", "declined")
    changed = ("rice,,Rice farmers,,,012 000 804,leader\n", "rice,,,,,012 000 801,deputy\n")
    assert done(groups(*changed)) == (1, 1, 0)
    assert member(room, "+85512000801") == ("deputy", "confirmed")
    assert member(room, "+85512000804") == ("leader", "confirmed")
    assert room.facts(leader).groups()[0].name.en == "Rice farmers"
    assert done(groups("rice,,,,,012 000 805,leader\n")) == (1, 0, 0)
    assert member(room, "+85512000804") == ("member", "confirmed")


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (("a b,x,,,,012 000 801,leader\n",), ["line 2, id: is no id"]),
        (("rice,x,,,,hello,leader\n",), ["line 2, phone: is not one whole telephone number"]),
        (("rice,x,,,,12594010.0,leader\n",), ["line 2, phone: is not one whole telephone number"]),
        (("rice,x,,,,023 430 000,leader\n",), ["line 2, phone: is a landline"]),
        (("rice,????,,,,012 000 801,leader\n",), ["line 2, name_km: has lost its letters"]),
        (
            ("rice,,,,,012 000 801,member\n", "rice,,,,,012 000 80,member\n"),
            ["line 2, name_km: is empty", "line 2, role: the new group", "line 3, phone: is not one whole"],
        ),
        (("rice,x,,,,012 000 801,boss\n",), ["line 2, role: this is not known; use "]),
        (("rice,x,,,99,012 000 801,leader\n",), ["line 2, place: this is no official code"]),
        (("rice,,,,,012 000 801,leader\n",), ["line 2, name_km: is empty"]),
        (("rice,x,,,,012 000 801,member\n",), ["line 2, role: the new group has no leader"]),
        ((LED, "rice,,,,,012 000 802,leader\n"), ["line 3, role: line 2 names the leader"]),
        ((LED, "rice,,,,,012000801,member\n"), ["line 3, role: contradicts line 2"]),
        ((LED, "rice,y,,,,012 000 802,\n"), ["line 3, name_km: contradicts an earlier line"]),
    ],
)
def test_a_faulty_list_changes_nothing_and_says_why(
    one_room: Room, one_import: Import, lines: tuple[str, ...], faults: list[str]
) -> None:
    outcome = one_import(*lines, "pigs,ជ្រូក,Pigs,,,012 000 900,leader\n")
    said = [str(fault) for fault in outcome.faults]
    assert [told[: len(fault)] for told, fault in zip(said, faults, strict=True)] == faults
    assert not any("000" in one for one in said)
    assert one_room.rows("SELECT 1 FROM working_group") == []
    assert one_room.rows("SELECT 1 FROM contact") == []


def test_five_thousand_members_are_imported(room: Room, groups: Import) -> None:
    lines = [f"rice,,,,,012 1{number:05},member\n" for number in range(5000)]
    assert done(groups(LED, *lines)) == (5001, 0, 0)
    assert done(groups(LED, *lines)) == (0, 0, 5001)


def test_staff_import_and_see_groups(app_of: Callable[[Settings], Flask], settings: Settings, tmp_path: Path) -> None:
    run = app_of(replace(settings, carrier="simulator")).test_cli_runner().invoke
    path = tmp_path / "groups.csv"
    path.write_text(HEADER + LED + "rice,,,,,012 000 802,member\n", encoding="utf-8")
    assert run(args=["groups", "list"]).output.startswith("no group")
    assert run(args=["import", "groups", str(path)]).output == "groups.csv: 2 added, 0 changed, 0 unchanged\n"
    listed = run(args=["groups", "list"]).output
    assert "1 members      1 invited" in listed
    assert "ក្រុមស្រូវ  Rice group  rice" in listed
    shown = run(args=["groups", "show", listed.split()[0]]).output
    assert "leader  confirmed" in shown
    assert "+855" not in shown
    assert "+85512000802" in run(args=["groups", "show", listed.split()[0], "--numbers"]).output
    assert "there is no group 99" in run(args=["groups", "show", "99"]).output
    path.write_text(HEADER + "rice,,,,,nobody,member\n", encoding="utf-8")
    refused = run(args=["import", "groups", str(path)])
    assert refused.exit_code == 1
    assert "line 2, phone" in refused.output
    assert "nothing was imported" in refused.output
