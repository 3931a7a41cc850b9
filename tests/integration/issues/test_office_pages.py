"""What an office's page shows and takes: its own list, the most urgent first, and every answer with a clear outcome."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.db import table
from bot.issues.models import Issue, Office
from bot.issues.office import queue
from flows import codes
from tests.fakes.issues import Village
from tests.fakes.offices import Chief, seen


@pytest.fixture
def chief(place: Village) -> Chief:
    return Chief.of(place, "commune")


def told(chief: Chief, words: str = "the well smells", **more: object) -> int:
    """Somebody tells of something; its id."""
    _, issue = chief.place.tell(chief.place.person(), words, **more)
    return issue


def test_the_list_shows_what_is_late_new_and_reopened_in_this_order(chief: Chief) -> None:
    plain, back, new, late = (told(chief, f"number {number}") for number in range(4))
    for issue in (plain, back, late):
        chief.send(issue, "read")
    chief.alter(back, state="reopened")
    chief.alter(late, ack_due_at=chief.place.now - timedelta(days=3))
    assert chief.listed() == [chief.code(issue) for issue in (late, new, back, plain)]
    assert chief.listed("show=overdue") == [chief.code(late)]
    assert chief.listed("show=new") == [chief.code(new)]
    page = chief.read()
    for part in ("Chrey Vien office", "to do 4", "over the term 1", "not read yet 1", "▼ 3 days over its term"):
        assert part in page
    for part in (
        "water and environment",
        "Chrey Vien, Prey Chhor, Kampong Cham",
        "number 3",
        "fewer than 10 people",
        "2 days left",
    ):
        assert part in page


def test_an_empty_list_says_what_will_stand_there(chief: Chief) -> None:
    assert "Nothing is left to do." in chief.read()
    for group in queue.GROUPS:
        assert chief.listed(f"show={group}") == []
    assert "លោកអ្នក" in chief.read(query="lang=km")


def test_a_product_stands_beside_its_kind(place: Village) -> None:
    vets = Chief.of(place, "vets")
    told(vets, "pigs die", category="animal_disease", commodity="pig_live", place="03")
    assert "animal disease · live pig" in vets.read()


def test_what_is_solved_waits_and_then_is_closed(chief: Chief) -> None:
    person = chief.place.person()
    _, issue = chief.place.tell(person)
    chief.send(issue, "resolve", words="a new pump")
    assert chief.listed() == []
    assert chief.listed("show=waits") == [chief.code(issue)]
    assert "the people can say until 14/12/2026" in chief.read(query="lang=en&show=waits")
    assert "the people can say until" in chief.read(f"/{chief.code(issue)}")
    chief.place.judge(person, issue, solved=True)
    assert chief.listed("show=waits") == []
    assert chief.listed("show=closed") == [chief.code(issue)]


@pytest.mark.parametrize("group", ["", "closed"])
def test_every_issue_stands_on_one_page_of_a_long_list(chief: Chief, group: str) -> None:
    state = "confirmed" if group else "sent"
    now = chief.place.now
    row = {"category": "water", "place": "031303", "district": "0313", "province": "03", "state": state, "voices": 1}
    row |= {"office_id": chief.place.offices["commune"], "folded": chief.place.vault.seal(""), "office_at": now}
    row |= {"created_at": now, "changed_at": now, "commodity": "", "about_office": False, "by_group": False}
    row |= {"hidden": False, "ack_due_at": now + timedelta(days=2)}
    rows = [
        {**row, "code": codes.made(number), "overdue": 0, "seen_at": now if number % 3 else None}
        for number in range(100, 150)
    ]
    with chief.place.turn() as connection:
        connection.execute(insert(table(Issue)), rows)
    found: list[str] = []
    query = f"show={group}"
    for _ in range(3):
        found += chief.listed(query)
        text = chief.get(query=f"lang=en&{query}").text
        query = text.partition('rel="next" href="')[2].partition('"')[0].partition("?")[2].replace("&amp;", "&")
    assert len(found) == len(set(found)) == 50
    assert query == ""


def test_what_offices_below_leave_undone_is_read_and_not_answered(place: Village) -> None:
    chief, commune = Chief.of(place, "district"), Chief.of(place, "commune")
    ministry = Chief.of(place, "ministry")
    issue = told(chief)
    code = chief.code(issue)
    assert chief.get(f"/{code}").status_code == 404
    chief.alter(issue, overdue=1, ack_due_at=place.now - timedelta(days=1))
    assert chief.listed() == []
    assert chief.listed("show=below") == [code]
    assert ministry.listed("show=below") == []
    assert "late at offices below 1" in chief.read()
    page = chief.read(f"/{code}")
    assert "so yours can read it" in page
    assert "Chrey Vien office" in page
    assert "<textarea" not in chief.get(f"/{code}").text
    assert "no longer" in seen(chief.send(issue, "answer", words="we see to it"))
    assert place.issue(issue).seen_at is None
    assert place.entries(issue) == ["report"]
    chief.alter(issue, overdue=3)
    assert ministry.listed("show=below") == [code]
    assert commune.listed("show=below") == []


def test_the_page_of_an_issue_tells_all(chief: Chief) -> None:
    person = chief.place.person()
    _, issue = chief.place.tell(person, "the well smells")
    chief.place.join(chief.place.person(), issue, "ours as well")
    chief.send(issue, "ask", words="which well?")
    chief.place.more(person, issue, "the one at the school")
    page = chief.read(f"/{chief.code(issue)}")
    parts = (
        "the well smells",
        "Raised by SMS or telephone",
        "Somebody who has this problem too adds ours as well",
        "Chrey Vien office asks the people behind it which well?",
        "The people behind it reply the one at the school",
    )
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "fewer than 10 people" in page
    assert chief.place.issue(issue).seen_at is not None
    assert chief.read(f"/{codes.shown(chief.code(issue))}") == page


def test_words_that_staff_still_look_at_are_not_shown(chief: Chief) -> None:
    issue = told(chief)
    with chief.place.turn() as connection:
        connection.exec_driver_sql("UPDATE issue_entry SET office_may = FALSE")
    assert "smells" not in chief.read()
    page = chief.read(f"/{chief.code(issue)}")
    assert "smells" not in page
    assert "The staff of Phsar still look at the words." in page


def test_a_long_history_is_shown_from_its_end(chief: Chief) -> None:
    issue = told(chief)
    for number in range(queue.MOST_LINES):
        chief.place.join(chief.place.person(), issue, f"voice {number}.")
    page = chief.read(f"/{chief.code(issue)}")
    assert "voice 0." in page
    assert "Raised by SMS" not in page
    assert "All that happened before" in page
    assert "Raised by SMS" in chief.read(f"/{chief.code(issue)}", "lang=en&history=all")


def test_an_office_does_everything_there_is_to_do(chief: Chief) -> None:
    issue = told(chief)
    assert "you have it and work on it" in chief.sends(issue, "acknowledge")
    assert "sent already" in chief.sends(issue, "acknowledge")
    assert "It goes out in 10 minutes" in chief.sends(issue, "ask", words="which well?")
    assert "It goes out in 10 minutes" in chief.sends(issue, "answer", words="we come on Friday")
    assert "sent already" in chief.sends(issue, "answer", words="  we come on Friday ")
    assert "It goes out in 10 minutes" in chief.sends(issue, "resolve", words="a new pump")
    assert "sent already" in chief.sends(issue, "resolve", words="a new pump")
    late = chief.send(issue, "answer", words="more words")
    assert late.status_code == 409
    assert "Nothing was sent: it is closed" in seen(late)
    assert "What you wrote was not sent: more words" in seen(late)
    assert chief.place.entries(issue) == ["report", "acknowledged", "question", "answer", "resolved"]
    (row,) = chief.place.rows("SELECT DISTINCT official_id FROM issue_entry WHERE official_id IS NOT NULL")
    assert row.official_id == chief.official
    assert any("we come on Friday" in words for words in chief.place.queued())


def test_who_takes_it_up_after_another_has_answered_is_not_told_that_it_is_closed(chief: Chief) -> None:
    issue = told(chief)
    chief.sends(issue, "answer", words="we come on Friday")
    assert "sent already" in chief.sends(issue, "acknowledge")
    chief.sends(issue, "resolve", words="a new pump")
    assert "Nothing was sent: it is closed" in chief.sends(issue, "acknowledge")
    assert chief.place.entries(issue) == ["report", "answer", "resolved"]


@pytest.mark.parametrize(
    ("action", "form", "fault"),
    [
        ("answer", {"words": "  "}, "Please write a few words."),
        ("resolve", {}, "Please write a few words."),
        ("ask", {"words": "w" * 161}, "This is too long: 160 characters at most."),
        ("transfer", {"words": "not ours"}, "Please choose an office."),
        ("transfer", {"words": "not ours", "to": "99999"}, "Please choose an office."),
        ("transfer", {"words": "w" * 161, "to": "0"}, "This is too long"),
    ],
)
def test_what_cannot_be_taken_is_shown_again_with_its_fault(
    chief: Chief, action: str, form: dict[str, str], fault: str
) -> None:
    issue = told(chief)
    answer = chief.send(issue, action, **form)
    assert answer.status_code == 422
    assert fault in seen(answer)
    assert len(re.findall(r'aria-invalid="true"[^>]* autofocus', answer.text)) == 1
    assert f">{form.get('words', '')}</textarea>" in answer.text
    assert chief.place.entries(issue) == ["report"]
    assert chief.client.get(f"{chief.path}/{chief.code(issue)}/{action}").status_code == 303


def test_it_is_passed_on_to_an_office_near_or_to_staff(place: Village) -> None:
    chief, above = Chief.of(place, "commune"), Chief.of(place, "district")
    issue, other = told(chief), told(chief, "another well")
    page = chief.get(f"/{chief.code(issue)}").text
    assert "Prey Chhor office" in page
    assert ">Ministry<" not in page
    assert "passed on" in chief.sends(issue, "transfer", to=str(place.offices["district"]), words="not our road")
    assert chief.get(f"/{chief.code(issue)}").status_code == 404
    again = chief.sends(issue, "transfer", to=str(place.offices["district"]), words="not our road")
    assert "sent already" in again
    assert place.entries(issue) == ["report", "transferred"]
    place.now += timedelta(hours=2)
    late = chief.send(issue, "transfer", to=str(place.offices["district"]), words="not our road")
    assert "no longer" in seen(late)
    assert "What you wrote was not sent: not our road" in seen(late)
    assert "no longer" in chief.sends(issue, "acknowledge")
    assert "not our road" in above.read(f"/{chief.code(issue)}")
    assert "passed on" in chief.sends(other, "transfer", to="0")
    assert place.issue(other).office_id is None


def test_what_is_not_this_offices_is_as_unknown_as_what_does_not_exist(place: Village) -> None:
    chief, other = Chief.of(place, "commune"), Chief.of(place, "vets")
    issue = told(other, "pigs die", category="animal_disease", place="03")
    pages = [chief.get(f"/{code}") for code in (chief.code(issue), codes.made(777), "1", "x" * 40)]
    assert {page.status_code for page in pages} == {404}
    assert len({seen(page) for page in pages}) == 1
    assert "not with your office" in seen(pages[0])
    assert "no longer" in seen(chief.send(issue, "answer", words="mine"))
    assert chief.client.post(f"{chief.path}/{codes.made(777)}/answer").status_code == 303
    assert chief.client.post(f"{chief.path}/{chief.code(issue)}/eat").status_code == 404
    assert place.entries(issue) == ["report"]


def test_a_merged_issue_leads_to_the_other(chief: Chief) -> None:
    one, other = told(chief), told(chief, "the same well")
    chief.alter(one, state="merged", merged_into=other)
    page = chief.read(f"/{chief.code(one)}")
    assert f"{codes.shown(chief.code(one))} is the same problem" in page
    assert "It goes out in 10 minutes" in chief.sends(one, "answer", words="we come")
    assert chief.place.entries(other)[-1] == "answer"


@pytest.mark.parametrize("query", ["show=nonsense", "after=x", "after=1-", "show=closed&after=0-0"])
def test_a_list_there_is_not_is_a_polite_page(chief: Chief, query: str) -> None:
    answer = chief.get(query=query)
    assert answer.status_code == 404
    assert 'lang="km"' in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_program_that_opens_links_has_read_nothing(chief: Chief, method: str) -> None:
    issue = told(chief)
    for address in (chief.path, f"{chief.path}/{chief.code(issue)}", f"{chief.path}/{chief.code(issue)}/read"):
        assert chief.client.open(address, method=method).status_code in (200, 303)
    assert chief.place.issue(issue).seen_at is None
    assert "Mark as read" in chief.read(f"/{chief.code(issue)}")
    assert "Mark as read" not in chief.sends(issue, "read")
    assert chief.place.issue(issue).seen_at is not None


def test_what_was_written_waits_on_the_page_and_is_sent_or_taken_back(chief: Chief) -> None:
    issue = told(chief)
    assert chief.propose(issue, "answer", words="we come on Friday").status_code == 303
    page = chief.read(f"/{chief.code(issue)}")
    for part in ("Your answer goes out at 10:10", "we come on Friday", "Send it now", "Take it back"):
        assert part in page
    assert chief.place.entries(issue) == ["report"]
    assert "It is taken back" in chief.sends(issue, "undo", pending="1")
    assert "sent already" in chief.sends(issue, "send", pending="1")
    assert "goes out at" not in chief.read(f"/{chief.code(issue)}")
    chief.propose(issue, "answer", words="we come on Friday")
    answer = chief.propose(issue, "send", pending="2")
    assert "It is on its way" in seen(chief.client.get(answer.headers["Location"]))
    assert chief.place.entries(issue) == ["report", "answer"]
    for nonsense in ("", "x", "9" * 30, "²"):
        assert chief.propose(issue, "undo", pending=nonsense).status_code in (303, 409)


def test_what_another_office_wrote_is_not_let_go_from_here(place: Village) -> None:
    chief, other = Chief.of(place, "commune"), Chief.of(place, "vets")
    issue, theirs = told(chief), told(other, "pigs die", category="animal_disease", place="03")
    chief.propose(issue, "answer", words="we come on Friday")
    for action in ("send", "undo"):
        other.propose(theirs, action, pending="1")
    assert place.entries(issue) == ["report"]
    assert "we come on Friday" in chief.read(f"/{chief.code(issue)}")


def test_a_reopened_problem_says_so_and_what_was_added(chief: Chief) -> None:
    person = chief.place.person()
    _, issue = chief.place.tell(person)
    chief.send(issue, "resolve", words="a new pump")
    chief.place.judge(person, issue, solved=False)
    assert "The people say that it is not solved." in chief.read(f"/{chief.code(issue)}")
    chief.place.more(person, issue, "the new pump is broken too")
    assert "They add: the new pump is broken too" in chief.read(f"/{chief.code(issue)}")
    first = chief.get(f"/{chief.code(issue)}").text.partition("<form class")[2][:200]
    assert "acknowledge" in first


def test_what_is_answered_is_not_first_of_all_solved(chief: Chief) -> None:
    issue = told(chief)
    chief.send(issue, "answer", words="we come on Friday")
    first = chief.get(f"/{chief.code(issue)}").text.partition("<form class")[2][:200]
    assert "/answer" in first


def test_a_hall_does_not_pass_on_to_another_province(place: Village) -> None:
    with place.turn() as connection:
        values = {"code": "pp", "name_km": "x", "name_en": "Phnom Penh hall", "level": "province", "place": "12"}
        values |= {"parent_id": place.offices["ministry"], "created_at": place.now}
        connection.execute(insert(table(Office)).values(values))
    hall = Chief.of(place, "province")
    issue = told(hall, place="03")
    page = hall.get(f"/{hall.code(issue)}").text
    assert "Phnom Penh hall" not in page
    assert ">Ministry<" in page
