"""Which issues are offered as likely the same: by category, place, time and words, and never what staff keep back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.db import reading as looking
from bot.db import table
from bot.issues import limits
from bot.issues.board.similar import MOST, similar
from bot.issues.models import IssueEntry, IssueState
from bot.language.text.likeness import folded
from tests.fakes.issues import Village
from tests.fakes.raised import Raised

WELL = "the well at the school smells bad"


@pytest.fixture
def raised(place: Village) -> Raised:
    """Issues without anybody behind them, where enough people are known for their places to be named."""
    made = Raised(place.engine, place.vault, place.now)
    made.people(p0313=9, p031303=9, p031309=9, p0301=9)
    return made


def like(place: Village, words: str = WELL, where: str = "031303", category: str = "water") -> list[int]:
    with looking(place.engine) as connection:
        return [row.id for row in similar(connection, place.vault, category, where, words, place.now)]


def tell(raised: Raised, place: Village, words: str = WELL, where: str = "031303", **columns: Any) -> int:
    sealed = place.vault.seal(folded(words))
    values = {"office_id": place.offices["commune"], "place": where, "folded": sealed, **columns}
    return raised.issue(words, **values)


def test_alike_words_in_the_same_district_are_offered_and_the_same_commune_first(
    place: Village, raised: Raised
) -> None:
    far = tell(raised, place, where="031309")
    near = tell(raised, place)
    tell(raised, place, where="0301")
    assert like(place) == [near, far]
    assert like(place, where="0313") == [near, far]
    assert like(place, where="0301") != [near, far]


def test_other_words_are_not_offered_and_none_at_all_are_where_the_commune_is_the_same(
    place: Village, raised: Raised
) -> None:
    well = tell(raised, place)
    assert like(place, "the pond of the tile works has turned black") == []
    assert like(place, "") == [well]
    assert like(place, "", where="0313") == []


def test_a_category_is_of_its_own(place: Village, raised: Raised) -> None:
    tell(raised, place)
    assert like(place, category="road") == []


def test_what_is_long_ago_kept_back_or_closed_is_not_offered(place: Village, raised: Raised) -> None:
    tell(raised, place, ago=timedelta(days=91))
    tell(raised, place, hidden=True)
    tell(raised, place, office_at=None)
    for state in (IssueState.CONFIRMED, IssueState.UNCONFIRMED, IssueState.REJECTED, IssueState.MERGED):
        tell(raised, place, state=state)
    assert like(place) == []
    solved = tell(raised, place, state=IssueState.RESOLVED)
    assert like(place) == [solved]


def test_three_are_offered_those_of_most_people_first_and_none_twice(place: Village, raised: Raised) -> None:
    ids = [tell(raised, place, voices=voices) for voices in (1, 7, 3, 5)]
    assert like(place) == [ids[1], ids[3], ids[2]]
    assert MOST == 3
    with looking(place.engine) as connection:
        rest = similar(connection, place.vault, "water", "031303", WELL, place.now, without=(ids[1], ids[3]))
    assert [row.id for row in rest] == [ids[2], ids[0]]


@pytest.mark.parametrize("public", ["waiting", "hidden"])
def test_words_that_nobody_may_read_are_not_compared(place: Village, raised: Raised, public: str) -> None:
    tell(raised, place, public=public)
    for words in (WELL, "the well", "school", "smells bad"):
        assert like(place, words, where="0313") == []
    # In the same commune it is offered whatever is said, as it stands on the board.
    assert like(place, WELL) == like(place, "another thing altogether") != []


def test_what_staff_reworded_is_compared_as_all_read_it(place: Village, raised: Raised) -> None:
    issue = tell(raised, place, "sokha says the fence at the mill is gone")
    with place.turn() as connection:
        reworded = update(table(IssueEntry)).values(public_text=place.vault.seal("a fence was taken away"))
        connection.execute(reworded)
    assert like(place, "sokha mill gone", where="0313") == []
    assert like(place, "a fence was taken away", where="0313") == [issue]


def test_a_commune_that_is_not_shown_is_not_found_out(place: Village, raised: Raised) -> None:
    raised.people(p0313=4, p031303=4, p031309=4)
    issue = tell(raised, place, "road market")
    answers = [like(place, "road market", where=where) for where in ("031303", "031309", "031311", "0305", "03")]
    assert answers == [[issue]] * 5  # it is shown in the province, and likely everywhere in it or nowhere
    assert [like(place, "", where=where) for where in ("031303", "031309")] == [[], []]


def test_one_person_looks_a_few_times_a_day(place: Village, raised: Raised) -> None:
    tell(raised, place)
    person = place.person()
    looks = []
    for _ in range(10):
        looks.append(len(place.known_to(person).similar("water", "031303", WELL)))
        with place.turn() as connection:
            limits.sought(connection, place.word(person))
    assert looks == [1] * limits.MOST_SEEKS_A_DAY + [0] * (10 - limits.MOST_SEEKS_A_DAY)
    place.now += timedelta(days=1)
    assert len(place.known_to(person).similar("water", "031303", WELL)) == 1
    assert place.known_to(None).similar("water", "031303", WELL) == ()
