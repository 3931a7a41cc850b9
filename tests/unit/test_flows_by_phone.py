"""Wherever keys and spoken words lead, a caller only hears what is there to be heard, in menus a keypad can play."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intents.keypad import pressed
from bot.language.saying.catalogue import load_catalogue
from bot.language.words.lexicon import Lexicon
from flows.engine import HOME, Run
from flows.events import Draft
from flows.facts import Can, Facts, LastReport, Person, Verdict, Wanted
from flows.heard import Heard, Intent, Slots
from flows.issues.joining import ALREADY
from flows.prompts import Prompt, numbered
from flows.proof import Proof
from flows.registry import REGISTRY
from tests.fakes.gatherings import FISH, PIGS, RICE, FewGatherings
from tests.fakes.prices import FewPrices
from tests.fakes.problems import FewProblems, issue

LEXICON = Lexicon.load()
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SPOKEN = load_catalogue("km", "voice").keys() & load_catalogue("en", "voice").keys()
CALLED = Heard("", Intent.CALLED)
USUAL = Decimal(9500)
LAST = LastReport(7, Draft("good1", "market03", "wholesale", "kg", "khr", USUAL, USUAL, USUAL, TODAY))

people = st.builds(
    Person,
    language=st.sampled_from(["", "km", "en"]),
    place=st.sampled_from(["", "0305"]),
    may_report=st.booleans(),
    known=st.booleans(),
    textable=st.booleans(),
)
worlds = st.builds(
    FewPrices,
    st.just(TODAY),
    st.sampled_from([Verdict(), Verdict("implausible", Decimal(950)), Verdict("inconsistent")]),
    st.sampled_from([None, LAST]),
)
slots = st.builds(
    Slots,
    commodity=st.sampled_from([None, "good1", "good2", "good3", "good4"]),
    place=st.sampled_from([None, "02", "0203"]),
    usual=st.sampled_from([None, USUAL]),
    day=st.sampled_from([None, "today", "tomorrow", "next_fri", "1mon", "31", "30/2", "20/11", "25/12/2099"]),
    time=st.sampled_from([None, "07:00", "14:30"]),
    hour=st.sampled_from([None, "07:00", "12:00"]),
    repeats=st.sampled_from([None, "weekly", "by_date", "by_weekday"]),
    where=st.sampled_from([None, "wat"]),
    group=st.sampled_from([None, "pigs"]),
    numbers=st.sampled_from([None, ("012000100",)]),
    count=st.sampled_from([None, 12]),
    words=st.sampled_from([None, "to sell together"]),
)
words = st.builds(
    Heard,
    text=st.just("spoken"),
    intent=st.sampled_from([intent for intent in Intent if intent is not Intent.AGAIN]),
    confidence=st.sampled_from([0.5, 0.95]),
    slots=slots,
)
keys = st.sampled_from(
    [
        "",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "*",
        "01",
        "14",
        "31",
        "9500",
        "AB",
        issue(1).code,
        issue(90).code,
        "1234567",
    ]
)
gatherings = st.builds(
    FewGatherings,
    st.just(NOW),
    st.sampled_from([(), (PIGS,), (RICE,), (PIGS, RICE, FISH)]),
    asked=st.booleans(),
    left=st.sampled_from([0, 2]),
)


@dataclass(frozen=True)
class FewWishes:
    """What somebody wants to be sent, as a conversation asks for it."""

    wants: Wanted

    def wanted(self) -> Wanted:
        return self.wants


wishes = st.builds(
    FewWishes,
    st.builds(
        Wanted,
        names=st.sampled_from([frozenset(), frozenset({"radio"}), frozenset({"radio", "weekly"})]),
        alerts=st.sampled_from([(), ("good1",), tuple(f"good{number}" for number in range(1, 11))]),
    ),
)
problems = st.builds(
    FewProblems,
    st.just(NOW),
    st.sampled_from([(), ("sent",), ("resolved", "acknowledged"), ("answered", "reopened", "confirmed")]),
    st.sampled_from([(), ("sent",), ("acknowledged", "resolved")]),
    asked=st.booleans(),
    may=st.booleans(),
    alike=st.booleans(),
)
CALLS = (
    Run(),
    Run("reply.rsvp", {"meeting": 10}),
    Run("reply.invitation", {"group": 2}),
    Run("alert.told", {"commodity": "good1", "place": "0305"}),
    Run("weekly.told", {"goods": ["good1", "good2", "good3", "good4"], "place": ""}),
)


def check(prompt: Prompt) -> None:
    for one in (prompt, *prompt.by_outcome.values()):
        assert one.id in SPOKEN, f"{one.id!r} is written only"


@settings(max_examples=300, deadline=None)
@given(
    people,
    worlds,
    gatherings,
    wishes,
    problems,
    st.booleans(),
    st.booleans(),
    st.sampled_from(CALLS),
    st.lists(keys | words, max_size=15),
)
def test_only_what_can_be_heard_is_said(
    person: Person,
    prices: FewPrices,
    gathered: FewGatherings,
    wanting: FewWishes,
    told: FewProblems,
    record: bool,
    name: bool,
    begin: Run,
    heard: list[str | Heard],
) -> None:
    can = Can(type=False, record=record, name=name)
    facts = Facts(person, prices, TODAY, can, gathered, wanting, problems=told, proof=Proof.HELD)
    step = REGISTRY.step(begin, CALLED, facts, NOW) if begin.at == HOME else REGISTRY.resume(begin, facts, NOW)
    for one in heard:
        for prompt in step.prompts:
            check(prompt)
        if step.closes:
            assert step.run.at == HOME
            return
        assert step.question is not None, f"nothing is asked at {step.run.at}"
        offered = [key for key, _ in numbered(step.question.choices)]
        assert len(offered) <= 4
        assert len(set(offered)) == len(offered)
        assert set(offered) <= set(range(1, 9))
        said = pressed(one, REGISTRY.asked(step.run), LEXICON) if isinstance(one, str) else one
        if said.intent is not Intent.AGAIN:
            step = REGISTRY.step(Run.load(step.run.dump()), said, facts, NOW)


@settings(max_examples=100, deadline=None)
@given(people, worlds, gatherings, wishes, problems, st.lists(keys, max_size=12))
def test_who_is_cut_off_anywhere_goes_on(
    person: Person,
    prices: FewPrices,
    gathered: FewGatherings,
    wanting: FewWishes,
    told: FewProblems,
    pressing: list[str],
) -> None:
    can = Can(type=False, record=True, name=False)
    facts = Facts(person, prices, TODAY, can, gathered, wanting, problems=told, proof=Proof.HELD)
    step = REGISTRY.step(Run(), CALLED, facts, NOW)
    for one in pressing:
        if not step.closes:
            step = REGISTRY.step(step.run, pressed(one, REGISTRY.asked(step.run), LEXICON), facts, NOW)
    resumed = REGISTRY.resume(step.run, facts, NOW)
    assert resumed.question is not None
    for prompt in resumed.prompts:
        check(prompt)


def test_who_says_me_too_of_their_own_problem_hears_that_they_are_counted() -> None:
    """Their words are added in writing only."""
    told = FewProblems(NOW, ("sent",), (), asked=False, may=False, alike=False)
    prices, can = FewPrices(TODAY, Verdict(), None), Can(type=False)
    facts = Facts(Person("km", known=True), prices, TODAY, can, problems=told, proof=Proof.HELD)
    step = REGISTRY.step(Run(), Heard("", Intent.CALLED), facts, NOW)
    step = REGISTRY.step(step.run, Heard("", Intent.ISSUE_STATUS), facts, NOW)
    step = REGISTRY.step(step.run, Heard("", Intent.ISSUE_JOIN, slots=Slots(words="to sell together")), facts, NOW)
    assert ALREADY in [prompt.id for prompt in step.prompts]
    for prompt in step.prompts:
        check(prompt)


def test_every_product_and_province_is_reached_page_by_page() -> None:
    person = Person("km", place="0305", known=True)
    facts = Facts(person, FewPrices(TODAY, Verdict(), None), TODAY, Can(type=False), proof=Proof.SHOWN)
    for way, wanted in ((["1"], {f"good{n}" for n in range(1, 12)}), (["6", "2"], {f"{n:02}" for n in range(1, 26)})):
        step = REGISTRY.step(Run(), Heard("", Intent.CALLED), facts, NOW)
        for key in way:
            step = REGISTRY.step(step.run, pressed(key, REGISTRY.asked(step.run), LEXICON), facts, NOW)
        seen: set[str] = set()
        for _ in range(9):
            seen |= {option.value for option in step.run.options}
            step = REGISTRY.step(step.run, pressed("4", REGISTRY.asked(step.run), LEXICON), facts, NOW)
        if way == ["1"]:  # the goods beyond the first nine stand under their groups
            assert {f"group/{group}" for group in facts.prices.groups()} <= seen
            while "group/crops" not in (values := [option.value for option in step.run.options]):
                step = REGISTRY.step(step.run, pressed("4", REGISTRY.asked(step.run), LEXICON), facts, NOW)
            key = str(values.index("group/crops") + 1)
            step = REGISTRY.step(step.run, pressed(key, REGISTRY.asked(step.run), LEXICON), facts, NOW)
            for _ in range(3):
                seen |= {option.value for option in step.run.options}
                step = REGISTRY.step(step.run, pressed("4", REGISTRY.asked(step.run), LEXICON), facts, NOW)
        assert wanted <= seen


FULL = Slots("good1", "0203", usual=USUAL, day="today", time="07:00", where="wat", group="pigs", count=12, words="x")


def test_every_wish_that_is_spoken_is_answered_aloud() -> None:
    facts = Facts(
        Person("en", place="0305", may_report=True, known=True),
        FewPrices(TODAY, Verdict(), LAST),
        TODAY,
        Can(type=False),
        FewGatherings(NOW, (PIGS, RICE)),
        FewWishes(Wanted(names=frozenset({"radio"}), alerts=("good1",))),
        problems=FewProblems(NOW, ("sent",), ()),
        proof=Proof.HELD,
    )
    called = REGISTRY.step(Run(), CALLED, facts, NOW).run
    for intent in set(Intent) - {Intent.AGAIN}:
        for slots in (Slots(), FULL, Slots(day="today", count=12)):
            for prompt in REGISTRY.step(called, Heard("spoken", intent, 0.95, slots), facts, NOW).prompts:
                check(prompt)
