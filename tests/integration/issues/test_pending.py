"""What officials write waits: it goes out once, when it is confirmed or its time has come, and not once taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db import table, writing
from bot.issues.handling import Actor
from bot.issues.models import By, IssueState, PendingAct
from bot.issues.office import officials, pending
from bot.issues.office.pending import LettingGo
from tests.fakes.issues import Village


def proposes(place: Village, issue: int, action: str = "answer", words: str = "we come on friday", to: int = 0) -> str:
    """Whoever answers for the commune wants this."""
    by = Actor(By.OFFICE, place.offices["commune"], 1, place.now)
    with place.turn() as connection:
        return pending.propose(connection, place.deps, issue, by, action, words, to or None)


def ticks(place: Village, minutes: int) -> None:
    """So much later the clock comes by."""
    place.now += timedelta(minutes=minutes)
    LettingGo(place.engine, place.deps)(place.now)


@pytest.fixture
def issue(place: Village) -> int:
    """A problem at the commune, which has an official."""
    place.official("commune", "+85512555101")
    _, issue = place.tell(place.person())
    return issue


def test_it_goes_out_after_ten_minutes_and_once(place: Village, issue: int) -> None:
    assert proposes(place, issue) == "accepted"
    ticks(place, 9)
    assert place.entries(issue) == ["report"]
    ticks(place, 1)
    ticks(place, 1)
    assert place.entries(issue) == ["report", "answer"]
    assert place.issue(issue).state == IssueState.ANSWERED


def test_a_clock_that_slept_lets_it_go_when_it_wakes(place: Village, issue: int) -> None:
    proposes(place, issue)
    ticks(place, 60 * 24 * 3)
    assert place.entries(issue) == ["report", "answer"]


def test_confirmed_it_goes_at_once_and_not_again(place: Village, issue: int) -> None:
    proposes(place, issue)
    with place.turn() as connection:
        assert pending.confirm(connection, place.deps, issue, 1, place.now) == "accepted"
        assert pending.confirm(connection, place.deps, issue, 1, place.now) == "twice"
    ticks(place, 20)
    assert place.entries(issue) == ["report", "answer"]


def test_taken_back_nobody_reads_it(place: Village, issue: int) -> None:
    proposes(place, issue)
    with place.turn() as connection:
        (waits,) = pending.of_issue(connection, place.vault, issue, place.offices["commune"])
        assert pending.undo(connection, waits.id, place.offices["district"]) == "gone"  # another office's
        assert pending.undo(connection, waits.id, place.offices["commune"]) == "accepted"
        assert pending.confirm(connection, place.deps, issue, 1, place.now) == "twice"
    ticks(place, 20)
    assert place.entries(issue) == ["report"]


def test_the_same_words_wait_once(place: Village, issue: int) -> None:
    assert [proposes(place, issue), proposes(place, issue)] == ["accepted", "twice"]
    assert proposes(place, issue, words="on saturday") == "accepted"


@pytest.mark.parametrize(
    ("action", "words", "said"),
    [("answer", "", "empty"), ("done", "x" * 161, "too_long"), ("transfer", "x" * 161, "too_long")],
)
def test_what_cannot_go_out_does_not_wait(place: Village, issue: int, action: str, words: str, said: str) -> None:
    assert proposes(place, issue, action, words) == said
    assert place.rows("SELECT * FROM issue_pending") == []


def test_the_official_hears_what_could_not_go_out(place: Village, issue: int) -> None:
    proposes(place, issue, "done", "the pump is new")
    proposes(place, issue, "answer", "we came")
    ticks(place, 10)
    assert place.issue(issue).state == IssueState.RESOLVED
    states = [row.state for row in place.rows("SELECT state FROM issue_pending ORDER BY id")]
    assert states == ["sent", "failed"]
    assert sum("was not sent" in text for text in place.queued()) == 1


def test_what_somebody_wrote_ends_with_their_office(place: Village, issue: int) -> None:
    proposes(place, issue)
    with writing(place.engine) as connection:
        officials.remove(connection, 1, place.now)
    ticks(place, 20)
    assert place.entries(issue) == ["report"]


def test_what_is_long_past_is_forgotten(place: Village, issue: int) -> None:
    proposes(place, issue)
    ticks(place, 10)
    ticks(place, 60 * 25)
    assert place.rows("SELECT * FROM issue_pending") == []


def test_one_that_fails_stops_no_other(place: Village, issue: int) -> None:
    proposes(place, issue, words="unreadable")
    proposes(place, issue, words="we come")
    with place.turn() as connection:
        connection.execute(update(table(PendingAct)).where(PendingAct.id == 1).values(words=b"x"))
    ticks(place, 10)
    assert place.entries(issue) == ["report", "answer"]
    assert [row.state for row in place.rows("SELECT state FROM issue_pending ORDER BY id")] == ["failed", "sent"]
