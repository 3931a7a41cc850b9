"""What offices do with issues, step by step, and who hears of it; what the clock does when they do not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.db import writing
from bot.issues.models import IssueState
from tests.fakes.groups import local
from tests.fakes.issues import ZONE, Village


@pytest.fixture
def told(place: Village) -> tuple[int, int]:
    """Somebody, and the issue they raised."""
    reporter = place.person()
    return reporter, place.tell(reporter)[1]


def state(place: Village, issue: int) -> str:
    return str(place.issue(issue).state)


def test_from_sent_to_confirmed_everybody_hears_every_change(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    other = place.person()
    place.join(other, issue)
    place.now += timedelta(hours=3)
    assert place.does("commune", "acknowledge", issue) == "accepted"
    assert sorted(place.sent()) == [reporter, other]
    assert place.issue(issue).ack_minutes == 180
    assert place.does("commune", "answer", issue, "we come on Friday") == "accepted"
    answers = place.sent()
    assert "we come on Friday" in answers[reporter][0]
    assert other not in answers  # who joined reads what everybody may read: staff look at it first
    place.now += timedelta(hours=21)
    assert place.does("commune", "resolve", issue, "a new pump") == "accepted"
    asked = place.sent()
    assert "Is it solved? 1 yes 2 no" in asked[reporter][0]
    assert other not in asked
    assert place.issue(issue).solve_minutes == 24 * 60
    assert place.known_to(reporter).questions()[0].kind == "resolved"
    assert place.known_to(other).questions() == ()
    assert place.judge(other, issue, solved=True) == "gone"
    assert place.judge(reporter, issue, solved=True) == "accepted"
    assert list(place.sent()) == [other]
    assert state(place, issue) == IssueState.CONFIRMED
    assert place.does("commune", "answer", issue, "again") == "closed"
    assert place.entries(issue) == ["report", "acknowledged", "answer", "resolved", "confirmed"]


def test_an_answer_alone_acknowledges_and_the_same_twice_is_once(place: Village, told: tuple[int, int]) -> None:
    _, issue = told
    assert place.does("commune", "answer", issue, "we  come on\nFriday") == "accepted"
    assert place.does("commune", "answer", issue, "we come on Friday") == "twice"
    assert place.issue(issue).acknowledged_at is not None
    assert place.does("commune", "answer", issue, "or on Monday") == "accepted"
    assert place.does("commune", "answer", issue, "we come on Friday") == "twice"
    place.now += timedelta(hours=2)
    assert place.does("commune", "answer", issue, "we come on Friday") == "accepted"
    assert place.does("commune", "acknowledge", issue) == "twice"


def test_what_was_not_solved_can_be_solved_in_the_same_words_at_once(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    assert place.does("commune", "resolve", issue, "a new pump") == "accepted"
    assert place.judge(reporter, issue, solved=False) == "accepted"
    assert place.does("commune", "resolve", issue, "a new pump") == "accepted"


@pytest.mark.parametrize("action", ["answer", "resolve", "ask"])
def test_what_cannot_be_said_changes_nothing(place: Village, told: tuple[int, int], action: str) -> None:
    _, issue = told
    assert place.does("commune", action, issue, "  ") == "empty"
    assert place.does("commune", action, issue, "a" * 161) == "too_long"
    assert place.does("district", action, issue, "not ours") == "gone"
    assert place.does("commune", action, 10_000, "none") == "gone"
    assert place.entries(issue) == ["report"]
    assert place.sent() == {}


def test_an_office_does_not_act_on_what_staff_still_look_at(place: Village) -> None:
    _, issue = place.tell(place.person(), category="unofficial_fee", words="they take money")
    assert place.does("district", "answer", issue, "who?") == "gone"
    place.release(issue)
    assert place.does("district", "answer", issue, "we look into it") == "accepted"


def test_an_office_it_was_passed_on_to_may_say_that_it_has_it(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    assert place.does("commune", "answer", issue, "in the plan of next year") == "accepted"
    assert place.does("commune", "acknowledge", issue) == "twice"
    assert place.does("commune", "transfer", issue, place.offices["district"]) == "accepted"
    place.sent()
    assert place.does("district", "acknowledge", issue) == "accepted"
    assert list(place.sent()) == [reporter]
    assert state(place, issue) == IssueState.ANSWERED
    assert place.does("district", "acknowledge", issue) == "twice"
    assert place.entries(issue)[-2:] == ["transferred", "acknowledged"]


def test_a_transfer_keeps_code_and_terms_and_tells_both_sides(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    official = place.official("district")[1]
    before = place.issue(issue)
    place.now += timedelta(hours=1)
    assert (
        place.does("commune", "transfer", issue, place.offices["district"], "the pump is the district's") == "accepted"
    )
    after = place.issue(issue)
    assert (after.code, after.ack_due_at, after.state) == (before.code, before.ack_due_at, before.state)
    assert after.office_id == place.offices["district"]
    sent = place.sent()
    assert "now goes to Prey Chhor office" in sent[reporter][0]
    assert "passed to your office" in sent[official][0]
    assert place.does("commune", "answer", issue, "still here") == "gone"
    assert place.does("district", "transfer", issue, 10_000) == "gone"


def test_an_issue_passed_round_ends_with_staff(place: Village, told: tuple[int, int]) -> None:
    _, issue = told
    offices = ["commune", "district"]
    for turn in range(6):
        here, there = offices[turn % 2], offices[(turn + 1) % 2]
        assert place.does(here, "transfer", issue, place.offices[there]) == "accepted"
    assert place.does("commune", "transfer", issue, place.offices["district"]) == "accepted"
    assert place.issue(issue).office_id is None


def test_who_says_it_is_not_solved_has_the_office_told_and_new_terms(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    official = place.official("commune")[1]
    place.does("commune", "resolve", issue, "done")
    place.sent()
    place.now += timedelta(days=3)
    assert place.judge(reporter, issue, solved=False) == "accepted"
    row = place.issue(issue)
    assert (row.state, row.closed_at) == (IssueState.REOPENED, None)
    assert "not solved" in place.sent()[official][0]
    assert place.known_to(reporter).questions()[0].answer == "no"
    assert place.judge(reporter, issue, solved=True) == "accepted"  # a mind may change
    assert state(place, issue) == IssueState.CONFIRMED
    assert place.judge(reporter, issue, solved=False) == "accepted"
    place.does("commune", "resolve", issue, "now it is")
    assert state(place, issue) == IssueState.RESOLVED
    assert place.known_to(reporter).questions()[0].answer == ""


def test_two_weeks_of_silence_close_it_as_neither(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    place.does("commune", "resolve", issue, "done")
    place.sent()
    place.now += timedelta(days=13, hours=23)
    place.ticks()
    assert state(place, issue) == IssueState.RESOLVED
    place.now += timedelta(hours=2)
    for _ in range(2):
        place.ticks()
    assert state(place, issue) == IssueState.UNCONFIRMED
    assert len(place.sent()[reporter]) == 1
    assert place.judge(reporter, issue, solved=True) == "gone"
    assert place.more(reporter, issue, "it smells") == "closed"
    assert place.known_to(reporter).questions() == ()


def test_what_is_not_acknowledged_goes_up_at_once_and_after_one_and_two_weeks(
    place: Village, told: tuple[int, int]
) -> None:
    reporter, issue = told
    district, province, ministry = (place.official(code)[1] for code in ("district", "province", "ministry"))
    place.ticks(local(2, 16, 59, month=12))
    assert place.sent() == {}
    for _ in range(2):
        place.ticks(local(2, 17, 0, month=12))
    assert {reporter, district} == set(place.sent())
    place.ticks(local(9, 16, month=12))
    assert place.sent() == {}
    place.ticks(local(9, 17, month=12))
    assert {reporter, district, province} == set(place.sent())
    place.ticks(local(16, 17, month=12))
    assert {reporter, district, province, ministry} == set(place.sent())
    place.ticks(datetime(2027, 1, 20, 9))
    assert place.sent() == {}
    assert place.entries(issue) == ["report", "overdue", "overdue", "overdue"]
    assert ("issues stuck",) in place.rows("SELECT name FROM alarm")


def test_an_acknowledgement_ends_that_and_the_term_to_resolve_begins_to_count(
    place: Village, told: tuple[int, int]
) -> None:
    reporter, issue = told
    place.ticks(local(2, 17, month=12))
    place.sent()
    place.does("commune", "acknowledge", issue)
    place.sent()
    place.ticks(local(28, 16, month=12))
    assert place.sent() == {}
    place.ticks(local(28, 17, 1, month=12))  # twenty working days after the thirtieth of November
    assert reporter in place.sent()
    assert place.issue(issue).overdue == 1


def test_a_clock_that_slept_takes_two_steps_at_once_and_tells_once(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    province = place.official("province")[1]
    place.ticks(local(10, 12, month=12))
    sent = place.sent()
    assert {reporter, province} == set(sent)
    assert len(sent[reporter]) == 1
    assert place.issue(issue).overdue == 2


def test_holidays_and_weekends_are_no_working_days(place: Village) -> None:
    with writing(place.engine) as connection:
        for day in ("2026-12-01", "2026-12-03"):
            holiday = "INSERT INTO holiday (day, name_km, name_en) VALUES (:d, '', '')"
            connection.execute(text(holiday), {"d": datetime.fromisoformat(day).date()})
    _, issue = place.tell(place.person())
    place.ticks(local(4, 16, 59, month=12))
    assert place.issue(issue).overdue == 0
    place.ticks(local(4, 17, month=12))
    assert place.issue(issue).overdue == 1


def test_a_stop_after_it_was_raised_holds_the_news_back_but_one_before_does_not(place: Village) -> None:
    stopped_before, stops_after = place.person(), place.person()
    place.stops(stopped_before)
    place.now += timedelta(minutes=1)
    issues = [place.tell(one)[1] for one in (stopped_before, stops_after)]
    place.now += timedelta(minutes=1)
    place.stops(stops_after)
    for issue in issues:
        place.does("commune", "answer", issue, "we come")
    assert list(place.sent()) == [stopped_before]


def test_a_broken_issue_stops_no_other_and_staff_are_told(place: Village, told: tuple[int, int]) -> None:
    _, broken = told
    fine = place.tell(place.person())[1]
    with writing(place.engine) as connection:
        connection.execute(text("UPDATE issue SET state = 'resolved', next_at = created_at"))
        connection.execute(text("UPDATE issue SET state = 'nonsense' WHERE id = :i"), {"i": broken})
    place.now += timedelta(days=20)
    place.ticks()
    assert state(place, fine) == IssueState.UNCONFIRMED
    assert place.issue(broken).next_at is None


def test_at_night_news_waits_for_the_morning(place: Village, told: tuple[int, int]) -> None:
    reporter, issue = told
    place.now = datetime(2026, 11, 30, 22, tzinfo=ZONE)
    place.does("commune", "answer", issue, "tomorrow")
    assert place.sent() == {}
    place.now = datetime(2026, 12, 1, 7, 1, tzinfo=ZONE)
    assert list(place.sent()) == [reporter]


def test_words_that_nobody_looked_at_for_a_day_are_told_to_staff(place: Village) -> None:
    place.tell(place.person())
    place.ticks()
    assert place.rows("SELECT name FROM alarm") == []
    place.now += timedelta(days=1)
    place.ticks()
    assert ("issues waiting",) in place.rows("SELECT name FROM alarm")
