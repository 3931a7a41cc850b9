"""Raising an issue: whose it is, who may read it when, what is masked, and that each person counts once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.issues.models import By, EntryKind, IssueEntry, Public
from bot.issues.staff import service as staff_service
from bot.issues.staff.service import Staff
from tests.fakes.issues import PLACE, Village


def office_of(place: Village, issue: int) -> str:
    held = place.issue(issue).office_id
    return next((code for code, id in place.offices.items() if id == held), "")


@pytest.mark.parametrize(
    ("report", "office", "outcome"),
    [
        ({"category": "water"}, "commune", "accepted"),
        ({"category": "water", "place": "031309"}, "district", "accepted"),
        ({"category": "water", "place": "0305"}, "province", "accepted"),
        ({"category": "animal_disease", "place": "0305"}, "vets", "accepted"),
        ({"category": "water", "place": "02"}, "ministry", "accepted"),
        ({"category": "water", "about_office": True}, "district", "accepted"),
        ({"category": "water", "place": "03", "about_office": True}, "ministry", "accepted"),
        ({"category": "water", "place": "02", "about_office": True}, "", "staff"),
        ({"category": "unofficial_fee"}, "district", "held"),
        ({"category": "unofficial_fee", "place": "0305"}, "ministry", "held"),
    ],
)
def test_an_issue_goes_to_the_office_of_the_smallest_place_or_above_it(
    place: Village, report: dict[str, object], office: str, outcome: str
) -> None:
    said, issue = place.tell(place.person(), **report)
    assert (said, office_of(place, issue)) == (outcome, office)


def test_the_office_sees_it_at_once_and_has_two_working_days(place: Village) -> None:
    _, issue = place.tell(place.person())
    row = place.issue(issue)
    assert row.office_at is not None
    ((ack, solve),) = place.rows(
        "SELECT (ack_due_at - office_at), (solve_due_at - office_at) FROM issue"
        if place.engine.dialect.name == "postgresql"
        else "SELECT julianday(ack_due_at) - julianday(office_at), julianday(solve_due_at) - julianday(office_at)"
        " FROM issue"
    )
    days = ack.total_seconds() / 86_400 if isinstance(ack, timedelta) else ack
    assert days == pytest.approx(2 + 7 / 24)  # Monday ten o'clock to Wednesday five
    weeks = solve.total_seconds() / 86_400 if isinstance(solve, timedelta) else solve
    assert weeks == pytest.approx(28 + 7 / 24)  # twenty working days


def test_words_of_a_sensitive_category_spoken_ones_and_abuse_wait_for_staff(place: Village) -> None:
    somebody = place.person()
    for report in (
        {"category": "unofficial_fee", "words": "they ask 20000 riel"},
        {"words": "", "recording": "https://carrier.example/recordings/1"},
        {"words": "i will kill the chief"},
    ):
        said, issue = place.tell(somebody, **report)
        assert said == "held"
        assert place.issue(issue).office_at is None
        (entry,) = place.rows("SELECT office_may, public FROM issue_entry WHERE issue_id = :i", i=issue)
        assert (bool(entry.office_may), entry.public) == (False, Public.WAITING)
        assert place.issue(issue).code
    assert bool(place.issue(issue).hidden)  # the last was abuse
    assert place.rows("SELECT contact_id FROM recording") == [(None,)]


def test_numbers_and_the_writers_own_name_are_masked_before_anything_is_kept(place: Village) -> None:
    somebody = place.person(name=place.vault.seal("Sok Visal"))
    _, issue = place.tell(somebody, "Sok Visal says call 012 345 678, the pump cost 1200000 riel")
    (entry,) = place.rows("SELECT text FROM issue_entry WHERE issue_id = :i", i=issue)
    words = place.vault.open(bytes(entry.text))
    assert "345" not in words
    assert "Sok" not in words
    assert "1200000 riel" in words


def test_what_may_be_somebodys_name_waits_for_staff(place: Village) -> None:
    said, issue = place.tell(place.person(), "មេក្រុមគ្រ៊ីនកាត់លុយអ្នកភូមិ")
    assert said == "held"
    assert place.issue(issue).office_at is None


def test_a_number_told_in_two_messages_is_masked_in_both(place: Village) -> None:
    somebody = place.person()
    _, issue = place.tell(somebody, "លេខខ្ញុំ 012 345")
    place.more(somebody, issue, "678 ជាលេខនៅសល់")
    words = " ".join(place.vault.open(bytes(row.text)) for row in place.rows("SELECT text FROM issue_entry"))
    assert not any(digit in words for digit in "123456789")


def test_five_a_day_and_none_more(place: Village) -> None:
    somebody = place.person()
    assert [place.tell(somebody)[0] for _ in range(6)] == ["accepted"] * 5 + ["full"]
    assert place.rows("SELECT count(*) FROM issue")[0][0] == 5
    place.now += timedelta(days=1)
    assert place.tell(somebody)[0] == "accepted"


def test_each_person_counts_once_and_hears_of_it(place: Village) -> None:
    first, second = place.person(), place.person()
    _, issue = place.tell(first)
    assert place.join(second, issue, "mine smells too") == "accepted"
    assert place.join(second, issue) == "already"
    assert place.join(first, issue) == "already"
    assert place.issue(issue).voices == 2
    assert place.entries(issue) == [EntryKind.REPORT, EntryKind.MORE]
    place.does("commune", "answer", issue, "we clean it")
    assert sorted(place.sent()) == [first]
    with place.turn() as connection:
        entry = connection.execute(select(IssueEntry.id).order_by(IssueEntry.id.desc()).limit(1)).scalar_one()
        staff_service.clear(connection, place.deps, entry, Staff("tester", place.now))
    assert sorted(place.sent()) == [second]  # once everybody may read it


def test_a_group_raises_it_counted_by_its_members_who_hear_the_answers(place: Village) -> None:
    leader, member, both = place.person(), place.person(), place.person()
    group = place.group(leader, member, both)
    _, issue = place.tell(leader, group=group, members=(leader, member, both))
    assert place.issue(issue).voices == 3
    assert bool(place.issue(issue).by_group)
    assert place.join(both, issue) == "already"
    place.does("commune", "acknowledge", issue)
    assert sorted(place.sent()) == [leader]
    place.does("commune", "answer", issue, "we clean it")
    assert sorted(place.sent()) == [leader, member, both]


def test_a_place_counts_its_people_once(place: Village) -> None:
    people = [place.person() for _ in range(3)]
    _, issue = place.tell(people[0])
    place.tell(people[0])
    for one in people[1:]:
        place.join(one, issue)
    counted = {row.place: row.people for row in place.rows("SELECT place, people FROM issue_place")}
    assert counted == {PLACE[:4]: 1, PLACE: 1}
    near, far = place.person(place=PLACE[:4] + "09"), place.person(place="1201")  # as they told themselves
    for one in (near, far):
        place.join(one, issue)
    counted = {row.place: row.people for row in place.rows("SELECT place, people FROM issue_place")}
    assert counted == {PLACE[:4]: 2, PLACE: 1}


def test_who_is_behind_it_adds_words_and_answers_what_the_office_asks(place: Village) -> None:
    reporter, official = place.person(), place.official("commune")[1]
    _, issue = place.tell(reporter)
    assert place.more(place.person(), issue, "not mine") == "gone"
    assert place.more(reporter, issue, "since Monday, ring 012345678") == "accepted"
    assert place.does("commune", "ask", issue, "which well?") == "accepted"
    place.sent()
    assert place.known_to(reporter).questions()[0].kind == "asked"
    assert place.more(reporter, issue, "the one at the school") == "replied"
    assert place.entries(issue) == [EntryKind.REPORT, EntryKind.MORE, EntryKind.QUESTION, EntryKind.REPLY]
    assert [text for texts in place.sent().values() for text in texts] == [
        f"{place.known_to(reporter).mine()[0].code[:3]}-{place.issue(issue).code[3:]}: the people answer: "
        "the one at the school"
    ]
    assert official
    assert place.known_to(reporter).questions() == ()


def test_release_starts_the_clock_and_tells_who_raised_it(place: Village) -> None:
    reporter = place.person()
    _, issue = place.tell(reporter, category="unofficial_fee", words="they ask for money")
    place.now += timedelta(days=3)
    assert place.release(issue)
    assert not place.release(issue)
    row = place.issue(issue)
    assert row.office_at is not None
    assert row.ack_due_at is not None
    assert list(place.sent()) == [reporter]


def test_where_who_raised_it_has_left_nobody_judges_it(place: Village) -> None:
    from bot.issues import raising

    first, second = place.person(), place.person()
    _, issue = place.tell(first)
    place.join(second, issue)
    with place.turn() as connection:
        raising.disown(connection, place.vault, first, place.now)
    assert place.known_to(first).mine() == ()
    assert place.known_to(second).mine()[0].mine == "joined"
    place.does("commune", "resolve", issue, "a new pump")
    assert place.sent() == {}
    assert place.judge(first, issue, solved=True) == "gone"
    assert place.judge(second, issue, solved=True) == "gone"
    assert place.issue(issue).voices == 2
    place.ticks((place.now + timedelta(days=15)).replace(tzinfo=None))
    assert place.issue(issue).state == "unconfirmed"
    ((said,),) = place.sent().values()
    assert "nobody said whether it is solved" in said


def test_a_held_problem_is_an_unknown_number_to_strangers(place: Village) -> None:
    stranger, friend = place.person(), place.person()
    _, held = place.tell(place.person(), category="unofficial_fee", words="they ask for money")
    code = place.issue(held).code
    assert place.known_to(stranger).with_code(code) is None
    assert place.join(stranger, held) == "gone"
    assert place.issue(held).voices == 1
    assert place.release(held)
    assert place.known_to(stranger).with_code(code) is not None
    assert place.join(friend, held) == "accepted"


def test_who_only_joined_reads_what_everybody_reads(place: Village) -> None:
    reporter, joined, stranger = place.person(), place.person(), place.person()
    _, issue = place.tell(reporter)
    place.join(joined, issue)
    place.does("commune", "acknowledge", issue)
    texts = place.sent()
    assert "Chrey Vien office" in texts[reporter][0]
    assert "the office in charge" in texts[joined][0]
    place.does("commune", "answer", issue, "we come")
    code = place.issue(issue).code
    seen = [place.known_to(one).with_code(code) for one in (joined, stranger, reporter)]
    assert [(one.place, one.words) for one in seen if one] == [("03", ""), ("03", ""), (PLACE, "we come")]
    assert seen[0] is not None
    assert seen[1] is not None
    assert seen[0].office == seen[1].office


@pytest.mark.parametrize("as_whom", ["reporter", "joined", "stranger"])
def test_nothing_that_others_read_moves_with_who_says_me_too(place: Village, as_whom: str) -> None:
    people = {name: place.person() for name in ("reporter", "joined", "stranger", "asks")}
    _, issue = place.tell(people["reporter"])
    place.join(people["joined"], issue)
    official = place.official("commune")[1]

    def read() -> list[object]:
        code = place.issue(issue).code
        row = place.issue(issue)
        known = [place.known_to(one).with_code(code) for one in (people["asks"], official)]
        return [*known, row.voices_told, row.changed_at]

    before = read()
    place.now += timedelta(hours=1)
    place.join(people[as_whom], issue)
    place.more(people[as_whom], issue, "the same today")
    assert read() == before


def test_nothing_of_the_open_side_leads_to_a_person(place: Village) -> None:
    columns = {
        name
        for table in ("issue", "issue_entry", "issue_review", "issue_figure", "issue_place", "digest", "office")
        for name in place.columns(table)
    }
    assert not {name for name in columns if "contact" in name or "phone" in name or "voice_" in name}
    place.tell(place.person())
    assert {row.by for row in place.rows("SELECT by FROM issue_entry")} == {By.VOICE}
