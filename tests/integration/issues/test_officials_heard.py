"""An office of which nobody has confirmed gets nothing silently; what an office said stays its own."""

from __future__ import annotations

import pytest

from bot.db import reading
from bot.issues.handling import Actor
from bot.issues.models import By
from bot.issues.office import pending
from bot.issues.staff import listing
from tests.fakes.groups import ZONE
from tests.fakes.issues import Village


def stuck(place: Village) -> dict[int, str]:
    """What staff find among what is stuck, and why."""
    with reading(place.engine) as connection:
        return {row.id: listing.why_stuck(row) for row in listing.stuck(connection, ZONE, place.now)}


def test_a_problem_goes_to_the_nearest_office_above_that_hears_it(place: Village) -> None:
    place.official("commune", confirmed=False)
    place.official("province")
    _, issue = place.tell(place.person())
    row = place.issue(issue)
    assert (row.office_id, row.meant_for_id) == (place.offices["province"], place.offices["commune"])
    facts = place.known_to(place.person())
    named = facts.office_for("water", "031303", about_office=False)
    assert named is not None
    assert named.en == "Kampong Cham hall"
    assert stuck(place)[issue].startswith("meant for commune, of which nobody has confirmed")
    place.official("commune")
    assert stuck(place) == {}


def test_where_nobody_at_all_has_confirmed_it_stays_and_is_stuck(place: Village) -> None:
    _, issue = place.tell(place.person())
    assert place.issue(issue).office_id == place.offices["commune"]
    assert "nobody of the office has confirmed" in stuck(place)[issue]


def test_passed_on_to_an_office_that_does_not_hear_it_goes_above_it(place: Village) -> None:
    for office in ("commune", "ministry"):
        place.official(office)
    _, issue = place.tell(place.person())
    facts = place.known_to(None)
    to = facts.passed_to(place.offices["district"])
    assert to is not None
    assert to.en == "Ministry"
    assert place.does("commune", "transfer", issue, place.offices["district"]) == "accepted"
    row = place.issue(issue)
    assert (row.office_id, row.meant_for_id) == (place.offices["ministry"], place.offices["district"])
    assert issue in stuck(place)


def test_what_would_come_back_stays_and_staff_see_for_whom_it_is(place: Village) -> None:
    place.official("district")
    _, issue = place.tell(place.person(), place="0313")
    by = Actor(By.OFFICE, place.offices["district"], 1, place.now)
    with place.turn() as connection:
        said = pending.propose(connection, place.deps, issue, by, "transfer", "", place.offices["commune"])
    assert said == "nobody"
    assert place.issue(issue).office_id == place.offices["district"]
    assert stuck(place)[issue].startswith("meant for commune")


@pytest.mark.parametrize("action", ["answer", "resolve", "ask"])
def test_what_an_office_said_stays_its_own_when_it_passes_the_problem_on(place: Village, action: str) -> None:
    for office in ("commune", "district"):
        place.official(office)
    person = place.person()
    _, issue = place.tell(person)
    place.does("commune", action, issue, "we look at it on friday")
    if action != "resolve":
        place.does("commune", "transfer", issue, place.offices["district"])
    known = place.known_to(person).with_code(place.issue(issue).code)
    assert known is not None
    assert known.words == "we look at it on friday"
    said_by = known.said_by or known.office
    assert said_by is not None
    assert said_by.en == "Chrey Vien office"
