"""The daily digest: at which hour, to whom, what it counts, and that it is one for an office and a day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.db import table, writing
from bot.issues.models import Office, Official
from bot.language.saying.catalogue import VOICES
from bot.language.text.sms_parts import parts
from flows.issues.digest_notices import Counted, told
from flows.prompts import Titled
from tests.fakes.deployment import together
from tests.fakes.digests import FRIDAY, MONDAY, TUESDAY, Mornings, at, days
from tests.fakes.issues import Village

THURSDAY = FRIDAY - days(1)
LONG_AGO = days(10)


@pytest.fixture
def mornings(place: Village) -> Mornings:
    """Offices without anybody yet, on a Monday at half past seven."""
    return Mornings(place)


@pytest.fixture
def official(mornings: Mornings) -> int:
    """Somebody of the commune's office."""
    return mornings.official()


def link(text: str) -> str:
    return text.rpartition(" See: ")[2]


def counts(texts: list[str]) -> str:
    """What one message says before its link."""
    (text,) = texts
    assert parts(text).parts <= 2
    return text.rpartition(" See: ")[0]


def test_each_count_is_told_and_what_is_zero_is_left_out(mornings: Mornings, official: int) -> None:
    mornings.issue(ago=days(1), seen_at=at(MONDAY))
    mornings.issue(ago=days(3))
    mornings.issue(ago=LONG_AGO)
    late = mornings.issue(ago=LONG_AGO, seen_at=at(MONDAY), overdue=1)
    mornings.issue(ago=LONG_AGO, seen_at=at(MONDAY), state="reopened")
    most = mornings.issue(ago=LONG_AGO, seen_at=at(MONDAY), state="answered", voices=13)
    mornings.issue(ago=LONG_AGO, seen_at=at(MONDAY), state="acknowledged", voices=3)
    mornings.issue(ago=LONG_AGO, state="confirmed", closed_at=at(MONDAY) - days(1))
    mornings.issue(ago=LONG_AGO, state="confirmed", closed_at=at(MONDAY) - days(9))
    assert counts(mornings.comes(MONDAY)[official]) == (
        f"Chrey Vien office, problems today: 2 new. 2 unread. 1 overdue ({mornings.code(late)}). 1 reopened. "
        f"{mornings.code(most)}: at least 10 people. 1 solved, say the people."
    )
    ((office, day, figures),) = mornings.told()
    assert (office, day) == (mornings.place.offices["commune"], "2026-11-30")
    kept = json.loads(figures)
    assert {kept[name] for name in ("new", "unread")} == {2}
    assert (kept["open"], kept["voices"]) == (7, 13)


def test_the_longest_overdue_is_named_by_its_code(mornings: Mornings, official: int) -> None:
    mornings.issue(ago=days(20), seen_at=at(MONDAY), overdue=1)
    worst = mornings.issue(ago=days(12), seen_at=at(MONDAY), overdue=3)
    said = counts(mornings.comes(TUESDAY)[official])
    assert said == f"Chrey Vien office, problems today: 2 overdue, longest {mornings.code(worst)}."


def test_what_staff_hold_or_has_ended_does_not_exist_for_an_office(mornings: Mornings, official: int) -> None:
    for columns in (
        {"office_at": None},
        {"state": "merged"},
        {"state": "rejected"},
        {"ago": LONG_AGO, "state": "resolved", "overdue": 2, "voices": 9},
        {"ago": LONG_AGO, "state": "unconfirmed", "closed_at": at(MONDAY)},
        {"ago": LONG_AGO, "acknowledged_at": at(MONDAY), "state": "acknowledged"},
    ):
        mornings.issue(**columns)
    mornings.issue("district")
    assert mornings.comes(TUESDAY) == {}
    assert [figures for _, _, figures in mornings.told()] == ["{}"]


def test_nothing_to_report_is_said_on_mondays_only(mornings: Mornings, official: int) -> None:
    assert counts(mornings.comes(MONDAY)[official]) == "Phsar: nothing new about problems of Chrey Vien office."
    assert mornings.comes(TUESDAY) == {}
    joined = mornings.issue(ago=LONG_AGO, seen_at=at(TUESDAY), voices=20)
    assert mornings.comes(FRIDAY) == {}
    assert (
        counts(mornings.comes(MONDAY + days(7))[official])
        == f"Chrey Vien office, problems today: {mornings.code(joined)}: at least 20 people."
    )
    mornings.holiday(MONDAY + days(14))
    assert mornings.comes(MONDAY + days(14)) == {}
    assert mornings.comes(TUESDAY + days(14)) == {}


def test_it_is_new_once_and_on_the_first_day_a_week_back(mornings: Mornings, official: int) -> None:
    mornings.issue(ago=days(6.9), seen_at=at(MONDAY))
    mornings.issue(ago=days(7.1), seen_at=at(MONDAY))
    assert counts(mornings.comes(MONDAY)[official]) == "Chrey Vien office, problems today: 1 new."
    mornings.place.now = at(MONDAY, 12)
    mornings.issue(ago=days(0), seen_at=at(MONDAY, 13))
    assert counts(mornings.comes(TUESDAY)[official]) == "Chrey Vien office, problems today: 1 new."
    assert mornings.comes(TUESDAY + days(1)) == {}


def test_one_for_an_office_and_a_day_however_often_the_clock_runs(mornings: Mornings, official: int) -> None:
    mornings.issue()
    assert list(mornings.comes(MONDAY)) == [official]
    mornings.issue()
    for minute in (30, 31, 59):
        assert mornings.comes(MONDAY, 8, minute) == {}
    assert len(mornings.told()) == 1


def test_two_clocks_at_once_tell_once(mornings: Mornings, official: int) -> None:
    mornings.issue()
    mornings.official("district", mail="sample@office.example")
    mornings.issue("district")
    mornings.place.now = at(MONDAY)
    together(*[lambda: mornings.task(at(MONDAY))] * 4)
    assert {contact: len(texts) for contact, texts in mornings.place.sent().items()}[official] == 1
    assert len(mornings.place.rows("SELECT id FROM mail")) == 1
    assert len(mornings.told()) == 2


def test_only_from_half_past_seven_to_five_on_working_days(mornings: Mornings, official: int) -> None:
    mornings.issue(ago=days(0.1))
    mornings.holiday(TUESDAY)
    for day, hour, minute in (
        (MONDAY, 7, 29),
        (MONDAY, 17, 0),
        (MONDAY, 23, 0),
        (TUESDAY, 7, 30),
        (FRIDAY + days(1), 7, 30),
        (FRIDAY + days(2), 9, 0),
    ):
        assert mornings.comes(day, hour, minute) == {}
    assert mornings.told() == []
    assert list(mornings.comes(THURSDAY, 16, 59)) == [official]  # the clock had slept


def test_a_message_that_waits_is_of_no_use_in_the_evening(mornings: Mornings, official: int) -> None:
    mornings.issue()
    mornings.place.now = at(MONDAY)
    mornings.task(mornings.place.now)
    (row,) = mornings.place.rows("SELECT expires_at, purpose, about, unique_key FROM outbox")
    office = mornings.place.offices["commune"]
    assert (row.purpose, row.about) == ("own", f"office:{office}")
    assert row.unique_key == f"digest:{office}:2026-11-30:{official}"
    expires = datetime.fromisoformat(str(row.expires_at)) if isinstance(row.expires_at, str) else row.expires_at
    assert expires.replace(tzinfo=expires.tzinfo or UTC) == at(MONDAY, 20, 0)


def test_only_who_has_confirmed_is_told_and_who_stopped_later_is_not(mornings: Mornings) -> None:
    mornings.issue()
    mornings.official(phone=False)
    mornings.official("district", mail="sample@office.example", phone=False)
    mornings.issue("district")
    assert mornings.comes(MONDAY) == {}
    assert [office for office, _, _ in mornings.told()] == [mornings.place.offices["district"]]
    some, gone, stopped = (mornings.official() for _ in range(3))
    mornings.place.now += timedelta(minutes=1)
    mornings.place.stops(stopped)
    with writing(mornings.place.engine) as connection:
        left = update(table(Official)).where(Official.contact_id == gone)
        connection.execute(left.values(removed_at=at(MONDAY)))
    assert list(mornings.comes(TUESDAY)) == [some]


def test_who_stopped_before_they_said_that_they_are_of_the_office_is_told(mornings: Mornings) -> None:
    official = mornings.official()
    mornings.place.stops(official)
    with writing(mornings.place.engine) as connection:
        connection.execute(update(table(Official)).values(phone_at=at(MONDAY) + timedelta(hours=1)))
    mornings.issue()
    assert list(mornings.comes(MONDAY, 10)) == [official]


def test_without_a_mail_server_who_has_only_mail_is_not_told(place: Village) -> None:
    mornings = Mornings(place, mails=False)
    mornings.official(mail="sample@office.example", phone=False)
    official = mornings.official("district", mail="other@office.example")
    mornings.issue()
    mornings.issue("district")
    assert list(mornings.comes(MONDAY)) == [official]
    assert place.rows("SELECT id FROM mail") == []


def test_an_office_that_fails_stops_nobody_and_staff_are_told(mornings: Mornings, official: int) -> None:
    broken = mornings.official("province", mail="sample@office.example")
    others = [mornings.official(office) for office in ("vets", "district")]
    with writing(mornings.place.engine) as connection:
        bad = update(table(Official)).where(Official.contact_id == broken)
        connection.execute(bad.values(mail_to=b"sealed with another key"))
    for office in ("province", "vets", "district", "commune"):
        mornings.issue(office)
    assert sorted(mornings.comes(MONDAY)) == sorted([official, *others])
    assert mornings.place.offices["province"] not in [office for office, _, _ in mornings.told()]
    (alarm,) = mornings.place.rows("SELECT name, detail FROM alarm")
    assert (
        alarm.detail == f"the digest of office {mornings.place.offices['province']} cannot be made; see the clock's log"
    )
    with writing(mornings.place.engine) as connection:
        mended = mornings.place.vault.seal("sample@office.example")
        connection.execute(bad.values(mail_to=mended))
    assert list(mornings.comes(MONDAY, 8)) == [broken]


def test_what_an_office_leaves_undone_goes_up_a_step_at_a_time(mornings: Mornings) -> None:
    people = {office: mornings.official(office) for office in ("commune", "district", "province", "ministry")}
    for overdue in (1, 2, 3):
        mornings.issue("commune", ago=LONG_AGO, seen_at=at(MONDAY), overdue=overdue)
    mornings.issue("vets", ago=LONG_AGO, seen_at=at(MONDAY), overdue=1)
    mornings.issue("commune", ago=LONG_AGO, seen_at=at(MONDAY), overdue=3, state="resolved")
    mornings.issue("commune", seen_at=at(MONDAY), overdue=3, office_at=None)
    said = mornings.comes(TUESDAY)
    assert counts(said[people["commune"]]).startswith("Chrey Vien office, problems today: 3 overdue, longest")
    assert counts(said[people["district"]]) == "Prey Chhor office, problems today: 3 overdue at offices below."
    assert counts(said[people["province"]]) == "Kampong Cham hall, problems today: 2 overdue at offices below."
    assert counts(said[people["ministry"]]) == (
        "Ministry, problems today: 2 overdue at offices below. In the provinces 0 new, 4 overdue."
    )


def test_a_ministry_sums_all_below_it_by_province_as_well_as_its_own(mornings: Mornings) -> None:
    minister = mornings.official("ministry")
    for office, columns in (
        ("commune", {"place": "031303", "ago": days(1)}),
        ("district", {"place": "031304", "ago": days(3)}),
        ("province", {"place": "0305", "ago": LONG_AGO, "seen_at": at(MONDAY), "state": "reopened"}),
        ("vets", {"place": "1201", "ago": LONG_AGO, "state": "confirmed", "closed_at": at(MONDAY) - days(1)}),
        ("commune", {"place": "0404", "ago": LONG_AGO, "seen_at": at(MONDAY), "state": "acknowledged"}),
        ("ministry", {"place": "0201", "ago": days(1), "seen_at": at(MONDAY)}),
    ):
        mornings.issue(office, **columns)
    assert counts(mornings.comes(MONDAY)[minister]) == (
        "Ministry, problems today: 1 new. In the provinces 2 new, 0 overdue."
    )
    kept = json.loads(mornings.told()[0][2])
    assert kept["provinces"] == {"03": {"new": 2, "unread": 1, "reopened": 1}, "12": {"confirmed": 1}}


def test_a_list_of_offices_with_a_circle_in_it_ends(mornings: Mornings) -> None:
    minister = mornings.official("ministry")
    with writing(mornings.place.engine) as connection:
        round_about = update(table(Office)).where(Office.id == mornings.place.offices["ministry"])
        connection.execute(round_about.values(parent_id=mornings.place.offices["commune"]))
    mornings.issue("commune", ago=LONG_AGO, seen_at=at(MONDAY), overdue=3)
    said = counts(mornings.comes(TUESDAY)[minister])
    assert said == "Ministry, problems today: 1 overdue at offices below. In the provinces 0 new, 1 overdue."


def test_what_was_passed_on_is_new_to_its_office_and_unread_two_days_later(mornings: Mornings) -> None:
    official = mornings.official("district")
    issue = mornings.issue("commune", ago=days(20), seen_at=at(MONDAY) - days(19))
    mornings.comes(MONDAY)
    mornings.place.now = at(MONDAY, 10)
    assert mornings.place.does("commune", "transfer", issue, mornings.place.offices["district"]) == "accepted"
    mornings.place.sent()
    assert counts(mornings.comes(TUESDAY)[official]) == "Prey Chhor office, problems today: 1 new."
    assert mornings.comes(TUESDAY + days(1)) == {}
    assert counts(mornings.comes(THURSDAY)[official]) == "Prey Chhor office, problems today: 1 unread."


def test_each_official_gets_a_link_of_their_own_that_is_theirs(mornings: Mornings) -> None:
    people = [mornings.official() for _ in range(2)]
    mornings.issue()
    said = mornings.comes(MONDAY)
    tokens = {contact: link(said[contact][0]).rpartition("/o/")[2] for contact in people}
    assert len(set(tokens.values())) == 2
    for contact, token in tokens.items():
        with mornings.place.turn() as connection:
            (row,) = connection.execute(select(table(Official)).where(Official.contact_id == contact)).all()
        assert mornings.links.official(token) == row.id
        mornings.links.check(token, row.serial, at(MONDAY) + days(6))


def test_each_reads_it_in_their_own_language(mornings: Mornings) -> None:
    khmer = mornings.official(language="km", script="km")
    latin = mornings.official(language="km", script="latn")
    mornings.issue()
    said = mornings.comes(MONDAY)
    assert said[khmer][0].startswith("សាលាឃុំជ្រៃវៀន៖ ថ្មី 1។ សូមមើល៖ https://phsar.example.org/o/")
    assert said[latin][0].startswith("Chrey Vien office: Thmey 1. Som merl: https://phsar.example.org/o/")


MUCH = 200_000
LARGEST = Counted(
    new=MUCH, unread=MUCH, overdue=MUCH, code="9999999", reopened=MUCH, below=MUCH, provinces=(MUCH, MUCH),
    joined="9999999", voices=MUCH, confirmed=MUCH,
)  # fmt: skip
OFFICE = Titled("សាលាឃុំជ្រៃវៀន", "Chrey Vien office")
SHORT, LONG = "https://phsar.example.org", "https://the-phone-line-of-rural-business.ministry.gov.example.kh"


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("url", [SHORT, LONG])
@pytest.mark.parametrize(
    "counted", [LARGEST, Counted(), Counted(overdue=MUCH, code="9999999", joined="1", voices=MUCH)]
)
def test_two_parts_at_most_in_every_language_with_a_link(
    one_place: Village, voice: str, url: str, counted: Counted
) -> None:
    address = f"{url}/o/{'W' * 22}"
    texts = [one_place.telling.notices.text(prompts, voice) for prompts in told(counted, OFFICE, address)]
    fits = [text for text in texts if parts(text).parts <= 2]
    assert fits
    assert fits[0].endswith(address)
    if counted.overdue:
        assert str(MUCH) in fits[0]
    sizes = [parts(text).units for text in texts]
    assert sizes == sorted(sizes, reverse=True)


def test_an_ordinary_digest_is_told_whole_in_khmer(one_place: Village) -> None:
    counted = Counted(new=4, unread=2, overdue=1, code="1234567", reopened=1)
    text = one_place.telling.notices.text(next(told(counted, OFFICE, f"{SHORT}/o/{'W' * 22}")), "km")
    assert text == (f"សាលាឃុំជ្រៃវៀន៖ ថ្មី 4។ មិនទាន់អាន 2។ ហួសពេល 1 (123-4567)។ លើកឡើងវិញ 1។ សូមមើល៖ {SHORT}/o/{'W' * 22}")
    assert parts(text).parts == 2
