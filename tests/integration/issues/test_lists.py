"""Lists of offices, categories and holidays: checked row by row, all or nothing, safe to repeat, nobody told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.csvfile import ImportOutcome
from bot.db import table, writing
from bot.issues.calendar import load_calendar
from bot.issues.lists import reference
from bot.issues.lists.categories import import_categories, import_holidays
from bot.issues.lists.offices import import_offices
from bot.issues.models import Official, Reached
from tests.fakes.groups import ZONE
from tests.fakes.issues import CATEGORIES, Village

HEADER = "id,name_km,name_en,level,place,categories,parent,official,phone,email\n"
HALL = "hall,សាលាខេត្ត,Hall,province,03,,,Sample A,012 000 701,a@office.example\n"
OFFERED = [row[0] for row in CATEGORIES]
TOWN = "town,សាលាស្រុក,Town,district,0313,water|road,hall,Sample B,012000702,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where lists lie."""
    return tmp_path


def offices(place: Village, folder: Path, *lines: str) -> ImportOutcome:
    path = folder / "offices.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return import_offices(place.engine, place.vault, path, place.now)


def faults(outcome: ImportOutcome) -> list[str]:
    return [str(fault) for fault in outcome.faults]


def test_offices_and_officials_are_added_once_and_nobody_is_told(place: Village, folder: Path) -> None:
    second = "hall,,,,,,,Sample C,012 000 703,\n"
    assert offices(place, folder, TOWN, HALL, second) == ImportOutcome(added=5)
    assert offices(place, folder, TOWN, HALL, second).unchanged == 5
    rows = place.rows("SELECT o.code, p.code FROM office o JOIN office p ON p.id = o.parent_id WHERE o.code = 'town'")
    assert rows == [("town", "hall")]
    states = place.rows("SELECT phone, mail FROM official ORDER BY id")
    assert states == [("listed", ""), ("listed", "listed"), ("listed", "")]
    assert place.rows("SELECT count(*) FROM outbox")[0][0] == 0
    assert place.rows("SELECT count(*) FROM mail")[0][0] == 0
    _, issue = place.tell(place.person(), place="031399", category="licence")
    assert place.issue(issue).office_id != place.rows("SELECT id FROM office WHERE code = 'town'")[0][0]


def test_whoever_confirmed_stays_so_but_a_new_number_has_confirmed_nothing(place: Village, folder: Path) -> None:
    offices(place, folder, HALL)
    with writing(place.engine) as connection:
        connection.execute(update(table(Official)).values(phone=Reached.CONFIRMED, mail=Reached.CONFIRMED))
    assert offices(place, folder, HALL).unchanged == 2
    assert place.rows("SELECT phone, mail, serial FROM official") == [("confirmed", "confirmed", 0)]
    moved = HALL.replace("012 000 701", "012 000 799")
    assert offices(place, folder, moved).changed == 1
    assert place.rows("SELECT phone, mail, serial FROM official") == [("listed", "confirmed", 1)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (HALL.replace("province,03", "province,0305"), "line 2, place: does not fit"),
        (HALL.replace("province", "county"), "line 2, level: this is not known; use commune"),
        (HALL.replace("province,03", "province,99"), "line 2, place: this is no official code"),
        (HALL.replace("012 000 701", "1294"), "line 2, phone: is not one whole mobile number of Cambodia"),
        (HALL.replace("a@office.example", "nobody"), "line 2, email: is no e-mail address"),
        (HALL.replace("012 000 701,a@office.example", ","), "line 2, phone: is empty and so is email"),
        (HALL.replace("Sample A", ""), "line 2, official: is empty"),
        (HALL.replace("03,,,", "03,nonsense,,"), "line 2, categories: one is not known"),
        (HALL.replace("03,,,", "03,,nowhere,"), "line 2, parent: is no office of this list"),
        (HALL.replace("03,,,", "03,,commune,"), "line 2, parent: is no office of a higher level"),
        (HALL.replace("សាលាខេត្ត", ""), "line 2, name_km: is empty"),
        (HALL.replace("hall,", "The Hall,"), "line 2, id: is no id"),
        (HALL + HALL.replace("Hall", "Other"), "line 3, name_en: contradicts an earlier line"),
    ],
)
def test_a_fault_names_line_field_and_remedy_and_nothing_is_kept(
    one_place: Village, folder: Path, line: str, told: str
) -> None:
    before = one_place.rows("SELECT count(*) FROM office")
    outcome = offices(one_place, folder, line)
    assert any(one.startswith(told) for one in faults(outcome)), faults(outcome)
    secrets = ("000 70", "1294", "Sample", "office.example")
    assert not any(secret in one for one in faults(outcome) for secret in secrets)
    assert one_place.rows("SELECT count(*) FROM office") == before


def test_categories_are_changed_and_added_with_all_their_names(place: Village, folder: Path) -> None:
    path = folder / "categories.csv"
    path.write_text("id,name_km,name_latn,name_en,sensitive,days,rank\nroad,,,,1,40,1\nland,ដីធ្លី,dey,land,0,10,9\n")
    assert import_categories(place.engine, path) == ImportOutcome(added=1, changed=1)
    assert import_categories(place.engine, path).unchanged == 2
    labels = {one.id: one.label for one in place.known_to(None).categories()}
    assert getattr(labels["land"], "latn", "") == "dey"
    path.write_text("id,rank\nnew_one,1\n")
    assert [fault.field for fault in import_categories(place.engine, path).faults] == [
        "name_en",
        "name_km",
        "name_latn",
    ]
    path.write_text("id,days\nroad,many\n")
    assert faults(import_categories(place.engine, path)) == [
        "line 2, days: 'many' does not fit; write a whole number from 1 to 250"
    ]


@pytest.mark.parametrize(
    ("list_", "told"),
    [
        ("id,name_km,name_latn,name_en\nland,,dey,land\n", "line 2, name_km: is empty; a category of your own"),
        ("id,days\nroad,\n", "line 2, days: is empty; write a whole number from 1 to 250"),
        ("id,days\nroad,2.5\n", "line 2, days: '2.5' does not fit; write a whole number"),
        ("id,days\nRoad!,3\n", "line 2, id: is no id"),
        ("id,sensitive\nroad,yes\n", "line 2, sensitive: 'yes' is neither 1 nor 0"),
        ("id,rank\nroad,1\nroad,2\n", "line 3, id: contradicts line 2"),
        ("id,rank\n" + "".join(f"{id},0\n" for id in (*OFFERED, "land")), "file, rank: no category would be offered"),
    ],
)
def test_a_fault_of_a_list_of_categories_names_its_remedy_and_keeps_nothing(
    one_place: Village, folder: Path, list_: str, told: str
) -> None:
    path = folder / "categories.csv"
    path.write_text("id,name_km,name_latn,name_en\nland,ដីធ្លី,dey,land\n")
    import_categories(one_place.engine, path)
    before = one_place.rows("SELECT * FROM issue_category ORDER BY id")
    path.write_text(list_)
    outcome = import_categories(one_place.engine, path)
    assert any(one.startswith(told) for one in faults(outcome)), faults(outcome)
    assert one_place.rows("SELECT * FROM issue_category ORDER BY id") == before


def test_numbers_of_a_list_may_be_khmer_digits(one_place: Village, folder: Path) -> None:
    path = folder / "categories.csv"
    path.write_text("id,days,rank\nroad,៤០,៣\n")
    assert import_categories(one_place.engine, path) == ImportOutcome(changed=1)
    assert one_place.rows("SELECT days, rank FROM issue_category WHERE id = 'road'") == [(40, 3)]


def test_a_category_of_rank_zero_is_offered_no_more(place: Village, folder: Path) -> None:
    path = folder / "categories.csv"
    path.write_text("id,rank\nroad,0\n")
    import_categories(place.engine, path)
    assert "road" not in {one.id for one in place.known_to(None).categories()}


def test_holidays_replace_those_of_their_years(place: Village, folder: Path) -> None:
    path = folder / "holidays.csv"
    path.write_text("day,name_km,name_en\n2027-05-20,វិសាខបូជា,Visak Bochea\n2027-04-14,ចូលឆ្នាំ,New Year\n")
    assert import_holidays(place.engine, path) == ImportOutcome(added=2)
    path.write_text("day,name_km\n2027-05-21,វិសាខបូជា\n2027-04-14,ចូលឆ្នាំ\n")
    outcome = import_holidays(place.engine, path)
    assert (outcome.added, outcome.changed, len(outcome.notes)) == (1, 1, 1)
    path.write_text("day,name_km\n2027-13-01,x\n")
    assert import_holidays(place.engine, path).faults


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("13.1.2027,x", "line 2, day: '13.1.2027' is no day; write year-month-day, such as 2027-01-07"),
        ("2207-01-07,x", "line 2, day: '2207-01-07' is no day of this century"),
        ("2027-01-07,", "line 2, name_km: is empty"),
        ("2027-01-07,x\n2027-01-07,y", "line 3, day: contradicts line 2"),
    ],
)
def test_a_fault_of_a_list_of_holidays_names_its_remedy(one_place: Village, folder: Path, line: str, told: str) -> None:
    path = folder / "holidays.csv"
    path.write_text(f"day,name_km\n{line}\n")
    outcome = import_holidays(one_place.engine, path)
    assert any(one.startswith(told) for one in faults(outcome)), faults(outcome)
    assert one_place.rows("SELECT count(*) FROM holiday") == [(0,)]


def test_a_release_brings_the_holidays_of_both_years_and_leaves_a_year_that_staff_listed(place: Village) -> None:
    with writing(place.engine) as connection:
        connection.execute(text("INSERT INTO holiday (day, name_km, name_en) VALUES ('2027-01-02', 'x', 'x')"))
        reference.load_reference(connection)
        calendar = load_calendar(connection, ZONE)
    closed = calendar.holidays
    assert {day for day in closed if day.year == 2027} == {date(2027, 1, 2)}
    moved = ("2026-05-01", "2026-05-05", "2026-10-11", "2026-11-24")  # with the moon
    assert {date.fromisoformat(day) for day in moved} <= closed
    assert len([day for day in closed if day.year == 2026]) == 21


def test_a_release_adds_what_is_missing_and_overwrites_nothing(place: Village) -> None:
    with writing(place.engine) as connection:
        connection.execute(text("UPDATE issue_category SET days = 99 WHERE id = 'road'"))
        for _ in range(2):
            reference.load_reference(connection)
    assert place.rows("SELECT days FROM issue_category WHERE id = 'road'") == [(99,)]
    assert place.rows("SELECT count(*) FROM issue_category") == [(9,)]
    assert place.rows("SELECT count(*) FROM holiday")[0][0] > 40
