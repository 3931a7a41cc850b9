"""Whatever is written at whatever moment: a run is saved, answered in few parts, and goes on from there."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intents.understand import answering, understand
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.wording import Wording
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon
from flows.engine import Run
from flows.facts import Facts, Person, Verdict
from flows.heard import Option
from flows.meetings.events import InvitationAnswered, MeetingAnswered
from flows.proof import Proof
from flows.registry import REGISTRY
from tests.fakes.gatherings import FISH, PIGS, RICE, FewGatherings
from tests.fakes.prices import FewPrices
from tests.fakes.problems import FewProblems, issue

LEXICON = Lexicon.load()
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CATALOGUES = {voice: load_catalogue(voice) for voice in VOICES}
HERE = Run()
MOST_PARTS = 4  # of three meetings told at once; every sentence alone has at most three
MESSAGES = (
    "1",
    "2",
    "3",
    "4",
    "0",
    "9",
    "១",
    "២",
    "បាទ",
    "ចាស",
    "ទេ",
    "yes",
    "no",
    "ok",
    "late",
    "mok",
    "ot mok te",
    "ខ្ញុំមិនទៅទេ",
    "ប្រហែល",
    "ប្រជុំ",
    "ប្រជុំ ស្អែក 2 រសៀល វត្តព្រៃឈរ",
    "meeting 25/11 14:00 pagoda",
    "prachum saek 7 wat",
    "ប្រជុំម្សិលមិញ",
    "ប្រជុំ 30/2",
    "meeting 25/12/2099 8 am",
    "meeting first monday of each month 8 am",
    "ប្រជុំរៀងរាល់ថ្ងៃចន្ទ",
    "ស្អែក 2 រសៀល",
    "25",
    "8",
    "ព្រឹក",
    "ប្ដូរប្រជុំទៅថ្ងៃពុធម៉ោង៩ព្រឹក",
    "move meeting",
    "លុបប្រជុំ",
    "ប្រជុំពេលណា",
    "អ្នកណាមក",
    "វត្ត",
    "សាលាឃុំ",
    "today 7 am",
    "20/11",
    "12 came, decided to sell together",
    "មក 12 នាក់",
    "12",
    "x" * 300,
    "បង្កើតក្រុម",
    "new group Pigs",
    "អញ្ជើញ 012 000 101 011 222 333",
    "invite",
    "012 000 101",
    "ក្រុមខ្ញុំ",
    "ចាកចេញពីក្រុម",
    "ចូលក្រុម",
    "ប្រាប់ក្រុម ស្អែកយកថង់មក",
    "tell group",
    "ហៅប្រាប់",
    "by sms",
    "STOP",
    "HELP",
    "តម្លៃជ្រូក",
    "pig",
    "ជ្រូក 9500 កំពង់ចាម",
    "អរគុណ",
    "បញ្ហា",
    "គេទារលុយពេលដឹកជ្រូក",
    "pigs are dying in our village, nobody comes",
    "ទឹកអណ្ដូងមិនស្អាត ផឹកមិនបាន កូនក្មេងឈឺពោះច្រើននាក់ សូមជួយមើលផង",
    "ព្រៃឈរ",
    "ស្រុកកំពង់សៀម កំពង់ចាម",
    f"{issue(1).code}",
    f"{issue(50).code} យើងនឹងទៅថ្ងៃពុធ",
    f"{issue(50).code} ចប់ បានជួសជុលហើយ",
    f"{issue(51).code}",
    f"me too {issue(90).code}",
    "123-4567",
    "ខ្ញុំដែរ",
    "ហើយ",
    "នៅទេ",
    "?",
    "",
)
worlds = st.builds(
    FewGatherings,
    st.just(NOW),
    st.sampled_from([(), (PIGS,), (RICE,), (PIGS, RICE, FISH)]),
    asked=st.booleans(),
    left=st.sampled_from([0, 2]),
)


problems = st.builds(
    FewProblems,
    st.just(NOW),
    st.sampled_from([(), ("sent",), ("resolved", "acknowledged"), ("answered", "reopened", "confirmed")]),
    st.sampled_from([(), ("sent",), ("acknowledged", "resolved"), ("reopened",) * 5]),
    asked=st.booleans(),
    may=st.booleans(),
    alike=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(
    worlds,
    problems,
    st.sampled_from(["", "0313", "031303"]),
    st.sampled_from(VOICES),
    st.lists(st.sampled_from(MESSAGES) | st.text(max_size=20), max_size=12),
)
def test_every_message_is_answered_wherever_somebody_stands(
    gathered: FewGatherings, told: FewProblems, place: str, voice: str, messages: list[str]
) -> None:
    person, prices = Person(known=True, place=place), FewPrices(TODAY, Verdict(), None)
    facts = Facts(person, prices, TODAY, gatherings=gathered, problems=told, proof=Proof.HELD)
    wording = Wording(voice, CATALOGUES[voice], LEXICON)
    run = Run()
    for text in messages:
        heard = understand(text, REGISTRY.asked(run), LEXICON)
        kinds = {question.kind for question in facts.questions()}
        aside = answering(text, LEXICON, kinds) if kinds else None
        step = REGISTRY.step(run, heard, facts, NOW, aside)
        said = wording.text(step.prompts)
        assert said
        assert "{" not in said or any("{" in one for one in messages)  # a name may have one
        assert parts(said).parts <= MOST_PARTS, said
        choices = step.question.choices if step.question else ()
        assert len(choices) <= (9 if step.run.at == "issue.category" else 5)
        worded = zip(choices, wording.choices(choices), strict=True)
        run = Run.load(step.run.dump())
        run = Run(run.at, run.data, run.memory, run.misses, tuple(Option(one.value, words) for one, words in worded))


def answered(text: str, run: Run = HERE) -> tuple[Run, tuple[object, ...]]:
    """A message while one meeting (10) and one invitation (to group 2) are open."""
    gathered = FewGatherings(NOW, (PIGS,))
    facts = Facts(Person(known=True), FewPrices(TODAY, Verdict(), None), TODAY, gatherings=gathered)
    step = REGISTRY.step(run, understand(text, REGISTRY.asked(run), LEXICON), facts, NOW, answering(text, LEXICON))
    return step.run, step.events


def test_late_fits_only_the_meeting_yes_fits_both() -> None:
    assert answered("mok yeut")[1] == (MeetingAnswered(10, "late"),)
    assert answered("1")[0].at == "reply.which"


def test_the_question_at_hand_is_answered_first_and_stays_open_beside_another() -> None:
    choosing = Run("price.which", {"maybe": ["good1", "good2"]}, options=(Option("good1", "ក"), Option("good2", "ខ")))
    run, events = answered("1", choosing)
    assert (run.at, events) == ("home.menu", ())
    run, events = answered("យឺត", choosing)
    assert (run.at, run.data, events) == (choosing.at, choosing.data, (MeetingAnswered(10, "late"),))


def test_commands_and_prices_are_never_an_answer() -> None:
    for text in ("STOP", "HELP", "0", "តម្លៃជ្រូក", "ជ្រូក", "ជ្រូក 9500 កំពង់ចាម", "បង្កើតក្រុម ស្រូវ", "អរគុណ"):
        assert not [one for one in answered(text)[1] if isinstance(one, MeetingAnswered | InvitationAnswered)], text
