"""The rule of what a number is worth: every decision and every state has its place in it, and nothing slips by."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest

from bot.contacts.confirming import read_digits
from flows import events, trust
from flows.engine import Ask, Do
from flows.events import Event
from flows.facts import Can, Facts, Person, Verdict
from flows.issues import events as issue_events
from flows.issues.events import IssueAddedTo, IssueJudged
from flows.line.home import WAYS
from flows.proof import Proof
from flows.registry import REGISTRY
from tests.fakes.gatherings import PIGS, FewGatherings
from tests.fakes.prices import FewPrices
from tests.fakes.problems import FewProblems

NOW = datetime.fromisoformat("2026-11-22T03:00:00+00:00")


def facts(proof: Proof, *, proven: bool = False) -> Facts:
    """Somebody who has a group, problems and an office."""
    return Facts(
        Person("km", place="031303", known=True, textable=True),
        FewPrices(NOW.date(), Verdict(), None),
        NOW.date(),
        can=Can(type=False, record=True),
        gatherings=FewGatherings(NOW, (PIGS,), asked=True, left=2),
        problems=FewProblems(NOW, ("resolved",), ("sent",), asked=True),
        proof=proof,
        proven=lambda: proven,
    )


def test_every_decision_has_its_place_in_the_rule() -> None:
    assert set(trust.DECISIONS) == set(get_args(events.Event))


def test_every_room_of_the_rule_is_one() -> None:
    flows = {flow.name for flow in REGISTRY.flows}
    assert set(trust.ROOMS) <= flows | set(REGISTRY.states)


def test_a_decision_nobody_thought_of_needs_the_most() -> None:
    assert trust.decision(object(), facts(Proof.WRITTEN)) is Proof.HELD  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["received", "answer", "done", "ask", "transfer"])
@pytest.mark.parametrize("proven", [False, True])
def test_what_an_official_does_is_confirmed(action: str, proven: bool) -> None:
    event = issue_events.IssueHandled(1, 1, 1, action)
    needs = trust.decision(event, facts(Proof.WRITTEN, proven=proven))
    assert (needs is Proof.HELD) == (not proven or action in ("done", "transfer"))


@pytest.mark.parametrize("event", [IssueJudged(1, solved=True), IssueJudged(1, solved=False), IssueAddedTo(1, "words")])
def test_nothing_shows_whose_problem_it_is_because_a_number_said_so(event: Event) -> None:
    assert trust.decision(event, facts(Proof.WRITTEN)) is Proof.HELD


def test_nothing_of_their_own_is_among_the_facts_of_a_number_that_is_shown() -> None:
    told = facts(Proof.SHOWN).tellable()
    assert not told.gatherings.groups()
    assert not told.questions()
    assert not told.wishes.wanted().names
    assert (told.problems.mine(), told.problems.desk(), told.problems.on_desk()) == ((), (), ())
    assert told.person.place == "03"
    known = facts(Proof.HELD)
    assert known.tellable() is known


@pytest.mark.parametrize("name", sorted(WAYS.values()))
def test_home_leads_nobody_past_the_rule(name: str) -> None:
    assert isinstance(REGISTRY.states[name], Ask | Do)
    if trust.room(name) > Proof.SHOWN:
        assert not trust.resumable(name, Proof.SHOWN)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4821", "4821"),
        (" ៤៨២១ ", "4821"),
        ("48 21", "4821"),
        ("4821.", "4821"),
        ("00123458", "00123458"),
        ("482", ""),
        ("48211", ""),
        ("pig 4821", ""),
        ("٤٨٢١", ""),
        ("", ""),
    ],
)
def test_digits_are_read_as_people_send_them(text: str, digits: str) -> None:
    assert read_digits(text) == digits
