"""What staff do with issues: words cleared, recordings written down, issues routed and merged; each can be reverted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.issues import reviewing
from bot.issues.models import IssueState, Public
from bot.issues.reviewing import Staff
from tests.fakes.issues import Village


def staff(place: Village) -> Staff:
    return Staff("somebody of the staff", place.now)


def first(place: Village, issue: int) -> int:
    """The entry of the report itself."""
    return int(place.rows("SELECT min(id) FROM issue_entry WHERE issue_id = :i", i=issue)[0][0])


def entry(place: Village, id: int) -> tuple[bool, str]:
    ((may, public),) = place.rows("SELECT office_may, public FROM issue_entry WHERE id = :i", i=id)
    return bool(may), public


def last_log(place: Village) -> int:
    return int(place.rows("SELECT max(id) FROM issue_review")[0][0])


def test_clearing_the_words_lets_the_office_see_the_issue_and_can_be_taken_back(place: Village) -> None:
    reporter = place.person()
    _, issue = place.tell(reporter, category="unofficial_fee", words="they ask for money")
    with place.turn() as connection:
        (one,) = reviewing.waiting(connection, place.means)
        assert (one.words, one.office_may) == ("they ask for money", False)
        assert reviewing.clear(connection, place.means, one.id, staff(place), office=True, public=False) == "done"
        assert reviewing.clear(connection, place.means, one.id, staff(place), office=True, public=False) == "same"
        assert [again.office_may for again in reviewing.waiting(connection, place.means)] == [True]
        assert reviewing.clear(connection, place.means, one.id, staff(place), office=True, public=True) == "done"
        assert reviewing.waiting(connection, place.means) == []
    assert place.issue(issue).ack_due_at is not None
    assert list(place.sent()) == [reporter]
    assert entry(place, one.id) == (True, Public.SHOWN)
    last = last_log(place)
    with place.turn() as connection:
        assert reviewing.revert(connection, place.means, last, staff(place)) == "done"
        assert reviewing.revert(connection, place.means, last, staff(place)) == "same"
    assert entry(place, one.id) == (True, Public.WAITING)


def test_a_recording_is_written_down_masked_before_the_office_sees_it(place: Village) -> None:
    _, issue = place.tell(place.person(), "", recording="https://carrier.example/1")
    id = first(place, issue)
    with place.turn() as connection:
        assert reviewing.clear(connection, place.means, id, staff(place), office=True, public=True) == "empty"
        assert reviewing.write_down(connection, place.means, id, " ", staff(place)) == "empty"
        words = "the pump is broken, ring 012 345 678"
        assert reviewing.write_down(connection, place.means, id, words, staff(place)) == "done"
    assert entry(place, id) == (True, Public.WAITING)
    ((sealed,),) = place.rows("SELECT text FROM issue_entry WHERE id = :i", i=id)
    assert "345" not in place.vault.open(bytes(sealed))
    assert place.issue(issue).office_at is not None


def test_the_public_reads_what_staff_reworded_and_nothing_that_is_hidden(place: Village) -> None:
    _, issue = place.tell(place.person(), "the chief's cousin smells of the well")
    id = first(place, issue)
    with place.turn() as connection:
        assert reviewing.reword(connection, place.means, id, "the well smells", staff(place)) == "done"
    ((shown,),) = place.rows("SELECT public_text FROM issue_entry WHERE id = :i", i=id)
    assert place.vault.open(bytes(shown)) == "the well smells"
    assert entry(place, id) == (True, Public.SHOWN)
    with place.turn() as connection:
        assert reviewing.hide(connection, place.means, id, staff(place)) == "done"
        assert reviewing.hide(connection, place.means, id, staff(place)) == "same"
    assert entry(place, id) == (True, Public.HIDDEN)


def test_a_reply_that_was_held_reaches_the_officials_once_it_is_cleared(place: Village) -> None:
    reporter, official = place.person(), place.official("district")[1]
    _, issue = place.tell(reporter, category="unofficial_fee", words="they ask for money")
    place.release(issue)
    place.does("district", "ask", issue, "where?")
    place.sent()
    assert place.more(reporter, issue, "at the bridge") == "held"
    assert place.sent() == {}
    with place.turn() as connection:
        (reply,) = [one for one in reviewing.waiting(connection, place.means) if one.kind == "reply"]
        reviewing.clear(connection, place.means, reply.id, staff(place), office=True, public=False)
    assert "at the bridge" in place.sent()[official][0]


def test_staff_find_an_office_and_its_terms_begin(place: Village) -> None:
    reporter = place.person()
    said, issue = place.tell(reporter, place="02", about_office=True)
    assert said == "staff"
    with place.turn() as connection:
        assert reviewing.route(connection, place.means, issue, place.offices["province"], staff(place)) == "done"
        assert reviewing.route(connection, place.means, issue, place.offices["province"], staff(place)) == "same"
        assert reviewing.route(connection, place.means, 10_000, place.offices["province"], staff(place)) == "gone"
    assert place.issue(issue).ack_due_at is not None
    assert "Kampong Cham hall" in place.sent()[reporter][0]
    with place.turn() as connection:
        assert reviewing.revert(connection, place.means, last_log(place), staff(place)) == "done"
    assert (place.issue(issue).office_id, place.issue(issue).office_at) == (None, None)


def test_two_that_are_one_go_on_with_each_person_once_and_can_be_parted(place: Village) -> None:
    ann, bob, both = place.person(), place.person(), place.person()
    _, one = place.tell(ann)
    _, other = place.tell(bob)
    place.join(both, one)
    place.join(both, other)
    with place.turn() as connection:
        assert reviewing.merge(connection, place.means, one, one, staff(place)) == "closed"
        assert reviewing.merge(connection, place.means, one, other, staff(place)) == "done"
        assert reviewing.merge(connection, place.means, one, other, staff(place)) == "closed"
    assert place.issue(one).state == IssueState.MERGED
    assert place.issue(other).voices == 3
    assert sorted(place.sent()) == [ann, both]
    facts = place.known_to(ann)
    assert facts.with_code(place.issue(one).code).id == other  # type: ignore[union-attr]
    assert [issue.id for issue in facts.mine()] == [other]
    place.does("commune", "answer", other, "we come")
    assert sorted(place.sent()) == [ann, bob, both]
    late = place.person()
    place.join(late, other)
    with place.turn() as connection:
        assert reviewing.revert(connection, place.means, last_log(place), staff(place)) == "done"
    assert (place.issue(one).voices, place.issue(other).voices) == (2, 3)
    assert [issue.id for issue in place.known_to(ann).mine()] == [one]
    place.does("commune", "answer", one, "we come here too")
    assert sorted(place.sent()) == [ann, both]
    assert not place.rows("SELECT 1 FROM issue_review WHERE before IS NULL")


@pytest.mark.parametrize("why", ["", "no office can answer this"])
def test_what_is_no_issue_is_rejected_with_a_reason_and_comes_back(place: Village, why: str) -> None:
    reporter = place.person()
    _, issue = place.tell(reporter)
    with place.turn() as connection:
        said = reviewing.reject(connection, place.means, issue, why, staff(place))
    assert said == ("done" if why else "empty")
    if not why:
        return
    assert why in place.sent()[reporter][0]
    place.now += timedelta(days=10)
    place.ticks()
    assert place.sent() == {}
    with place.turn() as connection:
        assert reviewing.reject(connection, place.means, issue, why, staff(place)) == "closed"
        assert reviewing.revert(connection, place.means, last_log(place), staff(place)) == "done"
    assert (place.issue(issue).state, bool(place.issue(issue).hidden)) == (IssueState.SENT, False)


def test_the_log_says_who_did_what(place: Village) -> None:
    _, issue = place.tell(place.person())
    with place.turn() as connection:
        reviewing.hide(connection, place.means, first(place, issue), staff(place))
    last = last_log(place)
    with place.turn() as connection:
        reviewing.revert(connection, place.means, last, staff(place))
        lines = reviewing.log(connection, issue)
    assert [(line.action, line.by) for line in lines] == [
        ("hide", "somebody of the staff"),
        ("revert", "somebody of the staff"),
    ]
    assert lines[0].reverted_at is not None
