"""Lists of offices that come again: who keeps what they confirmed, whose address is new, who is not on them now."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.csvfile import ImportOutcome
from bot.db import writing
from bot.issues.lists.offices import import_offices
from bot.issues.office import officials
from bot.issues.office.links import Links
from tests.fakes.issues import Village

HALL = "hall,សាលាខេត្ត,Hall,province,03,water|road,,Sample A,012 000 701,a@office.example"
B = "hall,,,,,,,Sample B,012 000 702,b@office.example"
SECRETS = ("000 70", "00070", "Sample", "office.example")
LINKS = Links("a secret for tests only", "https://phsar.example")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where lists lie."""
    return tmp_path


def offices(place: Village, folder: Path, *lines: str) -> ImportOutcome:
    path = folder / "offices.csv"
    header = "id,name_km,name_en,level,place,categories,parent,official,phone,email"
    path.write_text("\n".join((header, *lines)), encoding="utf-8")
    outcome = import_offices(place.engine, place.vault, path, place.now)
    told = [str(one) for one in (*outcome.faults, *outcome.notes)]
    assert not any(secret in one for one in told for secret in SECRETS), told
    return outcome


def told(outcome: ImportOutcome) -> list[str]:
    return [str(one) for one in (*outcome.faults, *outcome.notes)]


def states(place: Village) -> list[tuple[str, str, str, int]]:
    """Of each official who is there: name, states of telephone and e-mail, serial."""
    rows = place.rows("SELECT name, phone, mail, serial FROM official WHERE removed_at IS NULL ORDER BY id")
    return [(place.vault.open(bytes(row.name)), row.phone, row.mail, row.serial) for row in rows]


def confirm(place: Village) -> None:
    """Everybody says that they are of their office."""
    with writing(place.engine) as connection:
        connection.execute(text("UPDATE official SET phone = 'confirmed' WHERE phone <> ''"))
        connection.execute(text("UPDATE official SET mail = 'confirmed' WHERE mail <> ''"))


def invite(place: Village) -> tuple[int, int]:
    with place.turn() as connection:
        return officials.invite(connection, place.deps, LINKS, None, place.now)


def remove(place: Village, name: str) -> int:
    rows = place.rows("SELECT id, name FROM official")
    (id,) = (row.id for row in rows if place.vault.open(bytes(row.name)) == name)
    with place.turn() as connection:
        officials.remove(connection, id, place.now)
    return int(id)


def test_two_who_change_telephones_have_confirmed_neither(place: Village, folder: Path) -> None:
    offices(place, folder, HALL, B)
    confirm(place)
    swapped = (HALL.replace("701", "702"), B.replace("702", "701"))
    assert offices(place, folder, *swapped).changed == 2
    assert states(place) == [("Sample A", "listed", "confirmed", 1), ("Sample B", "listed", "confirmed", 1)]
    assert offices(place, folder, *swapped) == ImportOutcome(unchanged=3)


def test_a_telephone_that_somebody_else_has_now_is_theirs_alone(place: Village, folder: Path) -> None:
    offices(place, folder, HALL, B)
    confirm(place)
    given = (HALL.replace("012 000 701", ""), B.replace("702", "701"))
    assert offices(place, folder, *given).changed == 2
    assert states(place) == [("Sample A", "", "confirmed", 1), ("Sample B", "listed", "confirmed", 1)]
    assert offices(place, folder, *given).unchanged == 3


def test_a_name_that_is_spelt_otherwise_is_the_same_official(place: Village, folder: Path) -> None:
    offices(place, folder, HALL)
    confirm(place)
    spelt = HALL.replace("Sample A", "Sample  Aa")
    assert offices(place, folder, spelt) == ImportOutcome(changed=1, unchanged=1)
    assert states(place) == [("Sample Aa", "confirmed", "confirmed", 0)]


def test_who_is_not_listed_any_more_stays_and_staff_are_told_how_to_take_them_off(place: Village, folder: Path) -> None:
    offices(place, folder, HALL, B)
    confirm(place)
    outcome = offices(place, folder, HALL)
    assert len(states(place)) == 2
    (note,) = told(outcome)
    assert note.startswith("line 2, official: official 2 of this office is not on the list and stays")
    assert note.endswith("flask offices remove 2")
    assert told(offices(place, folder, "hall,,New hall,,,,,,,")) != []
    path = folder / "names.csv"
    path.write_text("id,name_en\nhall,Hall again\n")
    assert import_offices(place.engine, place.vault, path, place.now).notes == ()


def test_the_number_of_somebody_not_on_the_list_is_not_given_away(place: Village, folder: Path) -> None:
    offices(place, folder, HALL, B)
    taken = HALL.replace("Sample A", "Sample C").replace("a@", "c@").replace("701", "702")
    outcome = offices(place, folder, taken)
    assert outcome.faults[0].field == "phone"
    assert "flask offices remove 2, then import again" in str(outcome.faults[0])
    assert len(states(place)) == 2
    remove(place, "Sample B")
    assert offices(place, folder, taken).added == 1
    assert ("Sample C", "listed", "listed", 0) in states(place)


def test_who_was_removed_and_is_listed_again_has_to_say_again_that_they_are(place: Village, folder: Path) -> None:
    offices(place, folder, HALL)
    confirm(place)
    remove(place, "Sample A")
    only_by_telephone = HALL.replace("a@office.example", "")
    assert offices(place, folder, only_by_telephone).changed == 1
    assert states(place) == [("Sample A", "listed", "", 2)]
    assert invite(place) == (1, 0)


def test_who_declined_is_not_asked_again_by_a_list_alone(place: Village, folder: Path) -> None:
    offices(place, folder, HALL)
    with writing(place.engine) as connection:
        connection.execute(text("UPDATE official SET phone = 'declined'"))
    outcome = offices(place, folder, HALL)
    assert [note.field for note in outcome.notes] == ["phone"]
    assert "flask offices remove 1, then import again" in str(outcome.notes[0])
    assert states(place)[0][1] == "declined"
    remove(place, "Sample A")
    assert offices(place, folder, HALL).notes == ()
    assert states(place) == [("Sample A", "listed", "listed", 2)]


def test_what_was_asked_of_an_old_address_is_not_its_to_answer_and_is_asked_of_the_new_one(
    place: Village, folder: Path
) -> None:
    offices(place, folder, HALL)
    assert invite(place) == (1, 1)
    (old,) = place.rows("SELECT contact_id FROM official")[0]
    offices(place, folder, HALL.replace("701", "709"))
    with place.turn() as connection:
        assert officials.answer(connection, 1, old, True, place.now) == "gone"
    assert place.known_to(old).questions() == ()
    assert place.sent() == {}
    assert {row.state for row in place.rows("SELECT state FROM mail")} == {"cancelled"}
    assert states(place) == [("Sample A", "listed", "listed", 1)]
    assert invite(place) == (1, 1)
    assert [row.state for row in place.rows("SELECT state FROM mail ORDER BY id")] == ["cancelled", "queued"]
    offices(place, folder, HALL.replace("701", "709").replace("a@", "aa@"))
    assert states(place) == [("Sample A", "asked", "listed", 2)]
    new = place.rows("SELECT contact_id FROM official")[0][0]
    assert len(place.known_to(new).questions()) == 1


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((HALL, HALL.replace("701", "709")), "line 3, official: line 2 names the same official with another address"),
        ((HALL, B.replace("702", "701")), "line 3, phone: line 2 has it for another official"),
        ((HALL, B.replace("b@", "A@")), "line 3, email: line 2 has it for another official"),
        ((HALL.replace("a@office.example", "a@office"),), "line 2, email: is no e-mail address"),
        ((HALL.replace("a@office.example", "a@ofﬁce.example"),), "line 2, email: is no e-mail address"),
        ((HALL.replace("012 000 701", "023 430 000"),), "line 2, phone: is not one whole mobile number"),
        ((HALL.replace("012 000 701", "12000701.0"),), "line 2, phone: is not one whole mobile number"),
    ],
)
def test_who_is_named_in_two_ways_is_a_fault(
    one_place: Village, folder: Path, lines: tuple[str, ...], fault: str
) -> None:
    outcome = offices(one_place, folder, *lines)
    assert any(one.startswith(fault) for one in told(outcome)), told(outcome)
    assert one_place.rows("SELECT count(*) FROM official") == [(0,)]


def test_all_that_is_wrong_with_a_list_is_told_in_the_first_round(one_place: Village, folder: Path) -> None:
    wrong = HALL.replace("012 000 701", "012 000 70")
    below = ("farm,ស្រុក,,district,0305,,nowhere,,,", "fish,ស្រុក,,district,0305,,hall,,,")
    faults = told(offices(one_place, folder, wrong, *below))
    assert [fault.split(":")[0] for fault in faults] == ["line 2, phone", "line 3, parent"]


def test_the_same_line_twice_is_one_official_and_one_number_may_serve_two_offices(place: Village, folder: Path) -> None:
    town = "town,សាលាស្រុក,Town,district,0313,,hall,Sample A,012 000 701,"
    assert offices(place, folder, HALL, HALL, town) == ImportOutcome(added=4)
    assert offices(place, folder, HALL, HALL, town) == ImportOutcome(unchanged=4)


def test_what_a_full_line_leaves_empty_is_none_and_no_categories_are_all(place: Village, folder: Path) -> None:
    town = "town,សាលាស្រុក,Town,district,0313,road,hall,,,"
    offices(place, folder, HALL, town)
    of_town = "SELECT category FROM office_category JOIN office o ON o.id = office_id WHERE o.code = 'town'"
    assert offices(place, folder, "town,,,,,,,Sample C,012 000 703,") == ImportOutcome(added=1, unchanged=1)
    assert place.rows(of_town) == [("road",)]
    bare = "town,សាលាស្រុក,,district,0313,,,,,"
    assert offices(place, folder, bare).changed == 1
    assert place.rows(of_town) == []
    assert place.rows("SELECT parent_id, name_en FROM office WHERE code = 'town'") == [(None, "")]
    assert offices(place, folder, bare).unchanged == 1


def test_no_office_comes_to_stand_above_itself(place: Village, folder: Path) -> None:
    offices(place, folder, HALL, "town,សាលាស្រុក,Town,district,0313,,hall,,,")
    lower = HALL.replace("province,03,water|road,", "commune,031303,water|road,town")
    outcome = offices(place, folder, lower)
    assert any(one.startswith("line 2, level: offices below it are not on this list") for one in told(outcome))
    assert place.rows("SELECT level FROM office WHERE code = 'hall'") == [("province",)]
    both = offices(place, folder, lower, "town,សាលាស្រុក,Town,district,0313,,,,,")
    assert both.faults == ()
