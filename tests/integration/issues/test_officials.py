"""Officials: asked once whether they are of an office, told nothing before that, and gone with all their links."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy import update

from bot.db import table
from bot.issues.models import Official, Reached
from bot.issues.office import officials
from bot.issues.office.links import LinkError, Links
from tests.fakes.issues import Village

LINKS = Links("a secret for tests only", "https://phsar.example.org")
ADDRESS = "chief@office.example"


def invite(place: Village, office: str = "") -> tuple[int, int]:
    with place.turn() as connection:
        return officials.invite(connection, place.deps, LINKS, place.offices[office] if office else None, place.now)


def answer(place: Village, official: int, contact: int, *, yes: bool) -> str:
    with place.turn() as connection:
        return officials.answer(connection, official, contact, yes, place.now)


def link(place: Village, official: int) -> bool:
    with place.turn() as connection:
        return officials.new_link(connection, place.deps, LINKS, official, place.now)


def remove(place: Village, official: int) -> None:
    with place.turn() as connection:
        officials.remove(connection, official, place.now)


def with_mail(place: Village, official: int, state: str = Reached.LISTED) -> None:
    values = {"mail": state, "mail_to": place.vault.seal(ADDRESS), "mail_hash": place.vault.look_up(ADDRESS)}
    with place.turn() as connection:
        connection.execute(update(table(Official)).where(Official.id == official).values(values))


def set_phone(place: Village, official: int, state: str) -> None:
    with place.turn() as connection:
        connection.execute(update(table(Official)).where(Official.id == official).values(phone=state))


def row(place: Village, official: int) -> tuple[str, str, int]:
    (found,) = place.rows("SELECT phone, mail, serial FROM official WHERE id = :i", i=official)
    return found.phone, found.mail, found.serial


def letters(place: Village, state: str = "queued") -> list[str]:
    rows = place.rows("SELECT text FROM mail WHERE state = :s ORDER BY id", s=state)
    return [place.vault.open(bytes(one.text)) for one in rows]


def open_questions(place: Village, contact: int) -> int:
    rows = place.rows("SELECT until FROM open_question WHERE contact_id = :c", c=contact)
    return sum(str(one.until)[:19] > str(place.now.astimezone(UTC))[:19] for one in rows)


def test_who_is_listed_is_asked_once_and_told_nothing_before(place: Village) -> None:
    official, contact = place.official("commune", confirmed=False)
    place.tell(place.person())
    assert place.queued(contact) == []
    assert invite(place) == (1, 0)
    (asked,) = place.queued(contact)
    assert "are you of Chrey Vien office?" in asked
    assert row(place, official)[0] == Reached.ASKED
    assert invite(place) == (0, 0)
    assert open_questions(place, contact) == 1
    assert answer(place, official, contact, yes=True) == "accepted"
    assert row(place, official)[0] == Reached.CONFIRMED
    place.now += timedelta(days=30)
    assert invite(place) == (0, 0)


def test_who_says_nothing_for_two_weeks_may_be_asked_again(place: Village) -> None:
    _, contact = place.official("commune", confirmed=False)
    invite(place)
    place.now += timedelta(days=14)
    assert invite(place) == (1, 0)
    assert len(place.queued(contact)) == 2
    assert open_questions(place, contact) == 1


def test_who_says_no_is_never_asked_again(place: Village) -> None:
    official, contact = place.official("commune", confirmed=False)
    invite(place)
    answer(place, official, contact, yes=False)
    place.now += timedelta(days=30)
    assert invite(place) == (0, 0)
    assert not link(place, official)


def test_who_changes_their_mind_has_no_link_left(place: Village) -> None:
    official, contact = place.official("commune")
    with_mail(place, official, Reached.CONFIRMED)
    answer(place, official, contact, yes=False)
    answer(place, official, contact, yes=False)
    assert row(place, official) == (Reached.DECLINED, Reached.CONFIRMED, 1)
    answer(place, official, contact, yes=True)
    assert row(place, official)[2] == 1


def test_those_of_one_office_can_be_asked_alone(place: Village) -> None:
    place.official("commune", confirmed=False)
    place.official("district", confirmed=False)
    assert invite(place, "district") == (1, 0)
    assert invite(place) == (1, 0)


def test_an_address_is_confirmed_on_a_page_of_its_own(place: Village) -> None:
    official, contact = place.official("commune")
    with_mail(place, official)
    assert invite(place) == (0, 1)
    assert invite(place) == (0, 0)
    (letter,) = letters(place)
    assert letter.index("សាលាឃុំជ្រៃវៀន") < letter.index("Chrey Vien office")
    assert place.queued(contact) == []
    (token,) = set(re.findall(r"https://phsar\.example\.org/o/mail/(\S+)", letter))
    assert LINKS.official(token) == official
    LINKS.check_mail(token, 0, place.vault.look_up(ADDRESS), place.now)
    with place.turn() as connection:
        assert officials.confirm_mail(connection, official, place.now) == "accepted"
    assert row(place, official)[1] == Reached.CONFIRMED


def test_no_address_no_confirmation(place: Village) -> None:
    official, _ = place.official("commune")
    with place.turn() as connection:
        assert officials.confirm_mail(connection, official, place.now) == "gone"
        assert officials.confirm_mail(connection, official + 1, place.now) == "gone"


def test_a_new_link_comes_by_sms_three_times_a_day_at_night_too(place: Village) -> None:
    official, contact = place.official("commune")
    with_mail(place, official, Reached.CONFIRMED)
    place.now = place.now.replace(hour=22)
    assert [link(place, official) for _ in range(5)] == [True] * 3 + [False] * 2
    sent = place.sent()[contact]
    assert len(sent) == 3
    token = sent[0].split("/o/")[1].split()[0]
    assert LINKS.official(token) == official
    LINKS.check(token, 0, place.now)
    place.now += timedelta(hours=3)  # after midnight
    assert link(place, official)
    assert letters(place) == []


def test_who_has_only_e_mail_gets_it_there(place: Village) -> None:
    official, contact = place.official("commune")
    set_phone(place, official, Reached.NONE)
    assert not link(place, official)
    with_mail(place, official, Reached.CONFIRMED)
    answers = []
    for _ in range(4):
        place.now += timedelta(minutes=1)
        answers.append(link(place, official))
    assert answers == [True, True, True, False]
    assert place.queued(contact) == []
    assert all("/o/" in letter for letter in letters(place))
    place.now += timedelta(days=1)
    assert link(place, official)


def test_who_is_removed_is_asked_nothing_and_their_links_end(place: Village) -> None:
    official, contact = place.official("commune", confirmed=False)
    with_mail(place, official)
    invite(place)
    remove(place, official)
    assert row(place, official)[2] == 1
    remove(place, official)
    assert row(place, official)[2] == 1
    assert place.queued(contact) == []
    assert letters(place) == []
    assert len(letters(place, "cancelled")) == 1
    assert open_questions(place, contact) == 0
    assert answer(place, official, contact, yes=True) == "gone"
    assert not link(place, official)
    place.now += timedelta(days=20)
    assert invite(place) == (0, 0)


def test_a_number_that_changed_hands_is_no_officials(place: Village) -> None:
    official, contact = place.official("commune")
    link(place, official)
    token = place.queued(contact)[0].split("/o/")[1].split()[0]
    with place.turn() as connection:
        officials.disown(connection, contact, place.now)
    phone, _, serial = row(place, official)
    assert (phone, serial) == (Reached.DECLINED, 1)
    with pytest.raises(LinkError):
        LINKS.check(token, serial, place.now)
    assert place.queued(contact) == []
    asked, their = place.official("district", confirmed=False)
    invite(place)
    with place.turn() as connection:
        officials.disown(connection, their, place.now)
    assert open_questions(place, their) == 0
    assert row(place, asked)[0] == Reached.DECLINED
