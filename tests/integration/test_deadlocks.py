"""Who would wait for one another on PostgreSQL: locks are taken in one order, and a turn that loses is taken again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.contacts import imports
from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.db import writing
from bot.meetings import groups
from bot.messages import questions
from tests.fakes.deployment import Deployment, together
from tests.fakes.groups import ZONE, Room, gathered, local

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
PATIENCE = 10  # seconds


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Groups on a fresh database."""
    with gathered(database_url) as room:
        yield room


def until_somebody_waits(row: Any) -> None:
    """Return when a transaction waits for another; `row` says how many do."""
    end = time.monotonic() + PATIENCE
    while not row():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("line", ["postgresql"], indirect=True)
def test_a_turn_that_lost_a_deadlock_is_answered_all_the_same(line: Deployment) -> None:
    number = line.phone(language="en")
    contact = line.contact(number)
    with line.engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE consent IN ACCESS EXCLUSIVE MODE"))
        said: list[Any] = []
        turn = threading.Thread(target=lambda: said.append(line.sms(number, "STOP")))
        turn.start()
        until_somebody_waits(lambda: line.one(WAITING))
        contacts.lock(other, [contact])
    turn.join()
    assert [bool(row.given) for row in line.rows("SELECT given FROM consent WHERE contact_id = :c", c=contact)] == [0]
    assert "START" in said[0].text
    assert line.one("SELECT count(*) FROM message WHERE contact_id = :c", c=contact) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_leaves_while_they_are_reminded_leaves(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, member = room.person(), room.person()
    group = room.group(leader, member)
    room.arrange(group, leader, local(25, 14))
    meeting = room.meeting(group)
    room.say(meeting, member, "yes")
    closed, locked = threading.Event(), threading.Event()

    def slow(*args: Any) -> None:
        questions.close_questions(*args)
        closed.set()
        locked.wait(0.5)  # as long as nobody holds the meeting, the clock takes it

    monkeypatch.setattr(groups, "close_questions", slow)

    def reminded() -> None:
        closed.wait(PATIENCE)
        with writing(room.engine) as connection:
            found = room.telling.gathering(connection, meeting, lock=True)
            assert found is not None
            locked.set()
            room.reminders._remind(connection, found, local(24, 18).replace(tzinfo=ZONE))

    together(lambda: room.leave(group, member), reminded)
    ((state,),) = room.rows("SELECT state FROM member WHERE contact_id = :c", c=member)
    assert state == "left"
    assert room.rows("SELECT reminded FROM meeting")[0].reminded == "evening"
    assert room.queued(member) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_list_waits_for_nobody_who_waits_for_it(room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    people = [room.person("+85512000771"), room.person("+85512000772")]
    path = tmp_path / "list.csv"
    path.write_text("phone,name\n012000772,Sok\n012000771,Som\n")
    begun = threading.Event()
    difference = imports._difference

    def slow(*args: Any) -> Any:
        if begun.is_set():
            return difference(*args)
        begun.set()
        change = difference(*args)
        until_somebody_waits(lambda: room.rows(WAITING)[0][0])
        return change

    def looked_at() -> int:
        begun.wait(PATIENCE)
        with writing(room.engine) as connection:
            contacts.lock(connection, people)
        return len(room.rows("SELECT 1 FROM contact WHERE name IS NOT NULL"))

    monkeypatch.setattr(imports, "_difference", slow)

    def imported() -> int:
        return imports.import_contacts(room.engine, room.vault, path, room.now).changed

    assert together(imported, looked_at) == [2, 2]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_stop_said_while_a_list_is_read_stands(room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    person = room.person("+85512000771")
    path = tmp_path / "list.csv"
    path.write_text("phone,consent_on,consent_proof\n012000771,2026-11-01,paper 7\n")
    stored = imports._stored
    stops = threading.Thread(target=lambda: stopped(room, person))

    def slow(*args: Any) -> Any:
        found = stored(*args)
        if stops.ident is None:
            stops.start()
            stops.join(0.5)
        return found

    monkeypatch.setattr(imports, "_stored", slow)
    imports.import_contacts(room.engine, room.vault, path, room.now)
    stops.join()
    with room.turn() as connection:
        assert not contacts.consents(connection, person)


def stopped(room: Room, person: int) -> None:
    """Somebody says STOP as a turn does: they are locked first."""
    with room.turn() as connection:
        contacts.lock(connection, [person])
        contacts.record_consent(
            connection, room.vault, person, room.now, Decision(given=False, channel="sms", words="STOP", proof="SM0")
        )
