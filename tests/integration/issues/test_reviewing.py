"""What staff do with issues: words cleared, recordings written down, issues routed and merged; each can be reverted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.db import writing
from bot.issues import visibility
from bot.issues.models import Holiday, IssueState, Public
from bot.issues.staff import listing
from bot.issues.staff import service as staff_service
from bot.issues.staff.service import Staff
from tests.fakes.groups import ZONE
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
        (one,) = staff_service.waiting(connection, place.deps)
        assert (one.words, one.office_may) == ("they ask for money", False)
        assert staff_service.clear(connection, place.deps, one.id, staff(place), office=True, public=False) == "done"
        assert staff_service.clear(connection, place.deps, one.id, staff(place), office=True, public=False) == "same"
        assert [again.office_may for again in staff_service.waiting(connection, place.deps)] == [True]
        assert staff_service.clear(connection, place.deps, one.id, staff(place), office=True, public=True) == "done"
        assert staff_service.waiting(connection, place.deps) == []
    assert place.issue(issue).ack_due_at is not None
    assert list(place.sent()) == [reporter]
    assert entry(place, one.id) == (True, Public.SHOWN)
    last = last_log(place)
    with place.turn() as connection:
        assert staff_service.revert(connection, place.deps, last, staff(place)) == "done"
        assert staff_service.revert(connection, place.deps, last, staff(place)) == "same"
    assert entry(place, one.id) == (True, Public.WAITING)


def test_a_recording_is_written_down_masked_before_the_office_sees_it(place: Village) -> None:
    _, issue = place.tell(place.person(), "", recording="https://carrier.example/1")
    id = first(place, issue)
    with place.turn() as connection:
        assert staff_service.clear(connection, place.deps, id, staff(place), office=True, public=True) == "empty"
        assert staff_service.write_down(connection, place.deps, id, " ", staff(place)) == "empty"
        words = "the pump is broken, ring 012 345 678"
        assert staff_service.write_down(connection, place.deps, id, words, staff(place)) == "done"
    assert entry(place, id) == (True, Public.WAITING)
    ((sealed,),) = place.rows("SELECT text FROM issue_entry WHERE id = :i", i=id)
    assert "345" not in place.vault.open(bytes(sealed))
    assert place.issue(issue).office_at is not None


def test_the_public_reads_what_staff_reworded_and_nothing_that_is_hidden(place: Village) -> None:
    _, issue = place.tell(place.person(), "the chief's cousin smells of the well")
    id = first(place, issue)
    with place.turn() as connection:
        assert staff_service.reword(connection, place.deps, id, "the well smells", staff(place)) == "done"
    ((shown,),) = place.rows("SELECT public_text FROM issue_entry WHERE id = :i", i=id)
    assert place.vault.open(bytes(shown)) == "the well smells"
    assert entry(place, id) == (True, Public.SHOWN)
    with place.turn() as connection:
        assert staff_service.hide(connection, place.deps, id, staff(place)) == "done"
        assert staff_service.hide(connection, place.deps, id, staff(place)) == "same"
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
        (reply,) = [one for one in staff_service.waiting(connection, place.deps) if one.kind == "reply"]
        staff_service.clear(connection, place.deps, reply.id, staff(place), office=True, public=False)
    assert "at the bridge" in place.sent()[official][0]


def test_staff_find_an_office_and_its_terms_begin(place: Village) -> None:
    reporter = place.person()
    said, issue = place.tell(reporter, place="02", about_office=True)
    assert said == "staff"
    with place.turn() as connection:
        assert staff_service.route(connection, place.deps, issue, place.offices["province"], staff(place)) == "done"
        assert staff_service.route(connection, place.deps, issue, place.offices["province"], staff(place)) == "same"
        assert staff_service.route(connection, place.deps, 10_000, place.offices["province"], staff(place)) == "gone"
    assert place.issue(issue).ack_due_at is not None
    assert "Kampong Cham hall" in place.sent()[reporter][0]
    with place.turn() as connection:
        assert staff_service.revert(connection, place.deps, last_log(place), staff(place)) == "done"
    assert (place.issue(issue).office_id, place.issue(issue).office_at) == (None, None)


def test_two_that_are_one_go_on_with_each_person_once_and_can_be_parted(place: Village) -> None:
    ann, bob, both = place.person(), place.person(), place.person()
    _, one = place.tell(ann)
    _, other = place.tell(bob)
    place.join(both, one)
    place.join(both, other)
    with place.turn() as connection:
        assert staff_service.merge(connection, place.deps, one, one, staff(place)) == "closed"
        assert staff_service.merge(connection, place.deps, one, other, staff(place)) == "done"
        assert staff_service.merge(connection, place.deps, one, other, staff(place)) == "closed"
    assert place.issue(one).state == IssueState.MERGED
    assert place.issue(other).voices == 3
    assert sorted(place.sent()) == [ann, both]
    facts = place.known_to(ann)
    assert facts.with_code(place.issue(one).code).id == other  # type: ignore[union-attr]
    assert [issue.id for issue in facts.mine()] == [other]
    place.does("commune", "acknowledge", other)
    assert sorted(place.sent()) == [ann, bob, both]
    late = place.person()
    place.join(late, other)
    with place.turn() as connection:
        assert staff_service.revert(connection, place.deps, last_log(place), staff(place)) == "done"
    assert (place.issue(one).voices, place.issue(other).voices) == (2, 3)
    assert [issue.id for issue in place.known_to(ann).mine()] == [one]
    place.does("commune", "acknowledge", one)
    assert sorted(place.sent()) == [ann, both]
    assert not place.rows("SELECT 1 FROM issue_review WHERE before IS NULL")


@pytest.mark.parametrize("why", ["", "no office can answer this"])
def test_what_is_no_issue_is_rejected_with_a_reason_and_comes_back(place: Village, why: str) -> None:
    reporter = place.person()
    _, issue = place.tell(reporter)
    with place.turn() as connection:
        said = staff_service.reject(connection, place.deps, issue, why, staff(place))
    assert said == ("done" if why else "empty")
    if not why:
        return
    assert why in place.sent()[reporter][0]
    place.now += timedelta(days=10)
    place.ticks()
    assert place.sent() == {}
    with place.turn() as connection:
        assert staff_service.reject(connection, place.deps, issue, why, staff(place)) == "closed"
        assert staff_service.revert(connection, place.deps, last_log(place), staff(place)) == "done"
    assert (place.issue(issue).state, bool(place.issue(issue).hidden)) == (IssueState.SENT, False)


def does(place: Village, action: str, *arguments: object, **more: object) -> str:
    """Somebody of the staff acts."""
    with place.turn() as connection:
        said: str = getattr(staff_service, action)(connection, place.deps, *arguments, staff(place), **more)
        return said


def waits(place: Village) -> list[int]:
    with place.turn() as connection:
        return [one.id for one in staff_service.waiting(connection, place.deps)]


def whole(place: Village, issue: int) -> dict[str, object]:
    """All of an issue and who may read its report, without what any change changes."""
    row = {**place.issue(issue)._mapping, "folded": None, "changed_at": None}
    entries = place.rows("SELECT office_may, public FROM issue_entry WHERE id = :i", i=first(place, issue))
    return {**row, "report": entries}


def test_what_a_clearing_began_ends_with_it_unless_the_office_has_acted(place: Village) -> None:
    _, issue = place.tell(place.person(), category="unofficial_fee", words="they ask for money")
    before = whole(place, issue)
    assert does(place, "clear", first(place, issue)) == "done"
    place.now += timedelta(days=1)
    assert does(place, "revert", last_log(place)) == "done"
    assert whole(place, issue) == before
    assert does(place, "clear", first(place, issue)) == "done"
    assert place.does("district", "acknowledge", issue) == "accepted"
    assert does(place, "revert", last_log(place)) == "done"
    assert entry(place, first(place, issue)) == (False, Public.WAITING)
    assert place.issue(issue).state == IssueState.ACKNOWLEDGED
    assert place.issue(issue).office_at is not None


def test_abuse_is_kept_back_until_its_words_are_cleared_and_again_once_that_is_taken_back(place: Village) -> None:
    _, issue = place.tell(place.person(), words="the chief is a dog, I will kill him")
    assert place.issue(issue).hidden
    place.release(issue)
    place.does("commune", "answer", issue, "please stay calm")
    assert does(place, "clear", max(waits(place))) == "done"
    assert place.issue(issue).hidden
    assert does(place, "clear", first(place, issue)) == "done"
    assert not place.issue(issue).hidden
    assert does(place, "revert", last_log(place)) == "done"
    assert place.issue(issue).hidden


def test_words_that_are_hidden_wait_no_more_and_no_office_reads_them(place: Village) -> None:
    _, issue = place.tell(place.person(), words="the chief is a dog, I will kill him")
    assert does(place, "hide", first(place, issue)) == "done"
    assert waits(place) == []
    assert entry(place, first(place, issue)) == (False, Public.HIDDEN)
    place.now += timedelta(days=2)
    place.ticks()
    assert ("issues waiting",) not in place.rows("SELECT name FROM alarm")
    assert does(place, "revert", last_log(place)) == "done"
    assert waits(place) == [first(place, issue)]


def test_what_was_done_last_is_taken_back_first(place: Village) -> None:
    _, issue = place.tell(place.person(), category="unofficial_fee", words="they ask for money")
    id = first(place, issue)
    does(place, "clear", id)
    cleared = last_log(place)
    does(place, "hide", id)
    hidden = last_log(place)
    assert does(place, "revert", cleared) == "later"
    assert does(place, "revert", hidden) == "done"
    assert does(place, "revert", last_log(place)) == "closed"
    assert does(place, "route", issue, place.offices["province"]) == "done"
    routed = last_log(place)
    assert does(place, "revert", cleared) == "later"
    assert does(place, "revert", routed) == "done"
    assert does(place, "revert", cleared) == "done"
    assert entry(place, id) == (False, Public.WAITING)
    assert does(place, "revert", 10_000) == "gone"


def test_a_routing_is_not_taken_back_from_an_office_that_has_acted(place: Village) -> None:
    _, issue = place.tell(place.person())
    before = whole(place, issue)
    does(place, "route", issue, place.offices["province"])
    routed = last_log(place)
    assert place.does("province", "acknowledge", issue) == "accepted"
    assert does(place, "revert", routed) == "closed"
    assert does(place, "route", issue, place.offices["commune"]) == "done"
    assert does(place, "route", issue, 10_000) == "gone"
    _, other = place.tell(place.person())
    before = whole(place, other)
    does(place, "route", other, place.offices["province"])
    assert does(place, "revert", last_log(place)) == "done"
    assert whole(place, other) == before


@pytest.mark.parametrize("end", ["reject", "merge"])
def test_an_issue_that_ended_by_mistake_is_as_it_was_and_whoever_heard_of_it_hears_that_it_goes_on(
    place: Village, end: str
) -> None:
    reporter, official = place.person(), place.official("commune")[1]
    _, other = place.tell(place.person())
    _, issue = place.tell(reporter, "a well that smells")
    place.does("commune", "resolve", issue, "a new pump")
    place.sent()
    before = whole(place, issue)
    assert does(place, end, issue, "no issue" if end == "reject" else other) == "done"
    assert place.judge(reporter, issue, solved=True) == "gone"
    assert place.known_to(reporter).questions() == ()
    place.sent()
    assert does(place, "revert", last_log(place)) == "done"
    assert whole(place, issue) == before
    assert "Is it solved? 1 yes 2 no" in place.sent()[reporter][0]
    assert [one.kind for one in place.known_to(reporter).questions()] == ["resolved"]
    assert place.judge(reporter, issue, solved=False) == "accepted"
    assert official in place.sent()
    assert does(place, end, issue, "no issue" if end == "reject" else other) == "done"
    place.sent()
    assert does(place, "revert", last_log(place)) == "done"
    assert "now goes to Chrey Vien office" in place.sent()[reporter][0]
    with place.turn() as connection:
        lines = visibility.history(connection, place.vault, issue, public=False)
        of_other = visibility.history(connection, place.vault, other, public=True)
    assert "merged" not in {line.kind for line in (*lines, *of_other)}


def test_words_of_what_is_rejected_wait_for_nobody(place: Village) -> None:
    _, issue = place.tell(place.person())
    before = waits(place)
    assert does(place, "reject", issue, "this is no problem") == "done"
    assert waits(place) == []
    assert does(place, "route", issue, place.offices["province"]) == "closed"
    assert does(place, "revert", last_log(place)) == "done"
    assert waits(place) == before


def test_parting_waits_until_the_other_one_is_its_own_again(place: Village) -> None:
    one, two, three = (place.tell(place.person())[1] for _ in range(3))
    assert does(place, "merge", one, two) == "done"
    first_merge = last_log(place)
    assert does(place, "merge", two, three) == "done"
    assert place.issue(three).voices == 3
    assert does(place, "revert", first_merge) == "closed"
    assert does(place, "revert", last_log(place)) == "done"
    assert does(place, "revert", first_merge) == "done"
    assert [place.issue(id).voices for id in (one, two, three)] == [1, 1, 1]


def test_what_was_written_down_is_found_by_whoever_has_the_same_and_is_corrected_unseen(place: Village) -> None:
    _, issue = place.tell(place.person(), "", recording="https://carrier.example/1")
    id = first(place, issue)
    assert does(place, "reword", id, "better") == "empty"
    assert does(place, "write_down", id, "the bridge to the school fell into the river") == "done"
    written = last_log(place)
    known = place.known_to(place.person())
    assert known.similar("water", "0313", "bridge to the school fell in the river") == ()  # not before all may read it
    assert does(place, "reword", id, "a bridge fell") == "done"
    likely = place.known_to(place.person()).similar("water", "0313", "a bridge fell")
    assert [one.id for one in likely] == [issue]
    assert does(place, "write_down", id, "the bridge at the school fell") == "done"
    assert entry(place, id) == (True, Public.WAITING)
    ((public_text,),) = place.rows("SELECT public_text FROM issue_entry WHERE id = :i", i=id)
    assert public_text is None
    assert does(place, "write_down", id, "the bridge at the school fell") == "same"
    assert does(place, "revert", last_log(place)) == "done"
    ((public_text,),) = place.rows("SELECT public_text FROM issue_entry WHERE id = :i", i=id)
    assert place.vault.open(bytes(public_text)) == "a bridge fell"
    assert does(place, "revert", last_log(place) - 2) == "done"
    assert does(place, "revert", written) == "done"
    assert place.issue(issue).office_at is None
    assert place.vault.open(bytes(place.issue(issue).folded)) == ""


def test_words_no_office_may_read_are_not_reworded_for_everybody(place: Village) -> None:
    _, issue = place.tell(place.person(), category="unofficial_fee", words="they ask for money")
    id = first(place, issue)
    assert does(place, "reword", id, "money is asked for") == "held"
    assert entry(place, id) == (False, Public.WAITING)
    assert does(place, "clear", id, office=True, public=False) == "done"
    assert does(place, "reword", id, "money is asked for, 012 345 678") == "done"
    ((shown,),) = place.rows("SELECT public_text FROM issue_entry WHERE id = :i", i=id)
    assert "345" not in place.vault.open(bytes(shown))
    assert does(place, "revert", last_log(place)) == "done"
    assert entry(place, id) == (True, Public.WAITING)


def test_what_staff_have_held_for_two_working_days_is_stuck(place: Village) -> None:
    place.now = place.now.replace(day=27)  # a Friday
    place.official("district")
    _, held = place.tell(place.person(), category="unofficial_fee", words="they ask for money")
    _, nobodys = place.tell(place.person(), place="02", about_office=True)
    with writing(place.engine) as connection:
        connection.execute(insert(Holiday).values(day=place.now.date() + timedelta(days=3), name_km="x", name_en="x"))

    def stuck(days: int, hour: int) -> list[tuple[int, str]]:
        now = (place.now + timedelta(days=days)).replace(hour=hour)
        with place.turn() as connection:
            return [(row.id, listing.why_stuck(row)) for row in listing.stuck(connection, ZONE, now)]

    assert stuck(5, 16) == [(nobodys, "no office")]
    assert stuck(5, 18) == [(held, "held by staff"), (nobodys, "no office")]
    assert does(place, "clear", first(place, held)) == "done"
    assert stuck(9, 18) == [(nobodys, "no office")]
    place.now = place.now.replace(month=12, day=31)
    place.ticks()
    assert (held, "nobody answers") in stuck(0, 18)


def test_the_log_says_who_did_what(place: Village) -> None:
    _, issue = place.tell(place.person())
    with place.turn() as connection:
        staff_service.hide(connection, place.deps, first(place, issue), staff(place))
    last = last_log(place)
    with place.turn() as connection:
        staff_service.revert(connection, place.deps, last, staff(place))
        lines = staff_service.log(connection, issue)
    assert [(line.action, line.by) for line in lines] == [
        ("hide", "somebody of the staff"),
        ("revert", "somebody of the staff"),
    ]
    assert lines[0].reverted_at is not None
