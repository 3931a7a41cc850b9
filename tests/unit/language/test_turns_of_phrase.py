"""What a message means beside an open question: wrong figures, options inside wishes, bare prices, questions."""

from decimal import Decimal

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent, Kind, Option
from tests.unit.language.meant import is_heard

GOODS = (Option("duck", "duck"), Option("buffalo", "buffalo"), Option("maize", "maize"))
KHMER_GOODS = (Option("duck", "ទា"), Option("buffalo", "ក្របី"), Option("maize", "ពោត"))
IS_IT = (Option("right", "ត្រឹមត្រូវ"), Option("meant", "1,050៛"), Option("other", "តម្លៃផ្សេង"))


@pytest.mark.parametrize("text", ["លេខខុស", "ខុសលេខហើយ", "wrong number", "khos lek haey", "ច្រឡំលេខ"])
def test_a_wrong_number_after_a_price_is_a_wrong_figure(text: str, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(Kind.AMOUNT), lexicon)
    assert (heard.intent, heard.slots.usual) == (Intent.CORRECT, None)
    assert understand(text, Asked(), lexicon).intent is Intent.NOT_ME


@pytest.mark.parametrize("text", ["មិនមែនលេខខ្ញុំ", "លេខខុស ខ្ញុំទើបទិញស៊ីម", "not my number", "new owner", "ច្រឡំមនុស្ស"])
def test_another_owner_stays_another_owner(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.AMOUNT), lexicon).intent is Intent.NOT_ME


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my ducks are dead", Intent.ISSUE_NEW), ("problem buffalo", Intent.ISSUE_NEW), ("radio duck", Intent.RADIO),
        ("duck meeting tomorrow 9am", Intent.MEETING_NEW), ("duck please", Intent.CHOICE), ("buffalos", Intent.CHOICE),
    ],
)  # fmt: skip
def test_a_wish_with_an_option_in_it_is_no_choice(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.CHOOSE, GOODS), lexicon).intent is intent


@pytest.mark.parametrize("text", ["ជំងឺសត្វ", "animal disease please"])
def test_an_option_may_be_a_problem(text: str, lexicon: Lexicon) -> None:
    offered = (Option("animal_disease", "animal disease"), Option("animal", "ជំងឺសត្វ"), Option("road", "road"))
    assert understand(text, Asked(Kind.CHOOSE, offered), lexicon).intent is Intent.CHOICE


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ខ្ញុំមិនដែលចុះឈ្មោះទេ", Intent.NOT_ME), ("i didn't register", Intent.NOT_ME),
        ("កុំចុះឈ្មោះខ្ញុំ", Intent.STOP), ("ខ្ញុំមិនចង់ចុះឈ្មោះ", Intent.STOP), ("i can't register", Intent.HELP),
        ("ខ្ញុំចង់ចុះឈ្មោះ", Intent.START), ("please register me", Intent.START),
    ],
)  # fmt: skip
def test_a_refused_start_is_no_start(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is intent


@pytest.mark.parametrize(
    ("text", "intent", "usual"),
    [
        ("1150", Intent.REPORT, "1150"), ("10,500", Intent.REPORT, "10500"), ("១១៥០", Intent.REPORT, "1150"),
        ("1.25$", Intent.REPORT, "1.25"), ("ទេ 1150", Intent.CORRECT, "1150"), ("មិនមែនទេ 1150", Intent.CORRECT, "1150"),
        ("ខុស 1150", Intent.CORRECT, "1150"), ("1050", Intent.CHOICE, None), ("2", Intent.CHOICE, None),
        ("7", Intent.UNCLEAR, None), ("15", Intent.UNCLEAR, None),
    ],
)  # fmt: skip
def test_a_price_where_a_number_was_asked(text: str, intent: Intent, usual: str | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(Kind.CHOOSE, IS_IT), lexicon)
    assert (heard.intent, heard.slots.commodity) == (intent, None)
    assert heard.slots.usual == (Decimal(usual) if usual else None)


@pytest.mark.parametrize("kind", [None, Kind.AMOUNT])
@pytest.mark.parametrize("text", ["ត្រី 11500", "fish 11500"])
def test_a_report_of_many_kinds_asks_which(text: str, kind: Kind | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(kind), lexicon)
    assert (heard.intent, heard.slots.commodity, heard.slots.usual) == (Intent.REPORT, None, Decimal(11500))
    assert heard.confidence < SURE
    assert "fish_pra" in {m.value for m in heard.maybe}


def test_a_choice_keeps_what_was_said_beside_it(lexicon: Lexicon) -> None:
    slots = understand("ពោត កំពត លក់ដុំ", Asked(Kind.CHOOSE, KHMER_GOODS), lexicon).slots
    assert (slots.choice, slots.place, slots.level) == (3, "07", "wholesale")
    places = (Option("07", "កំពត"), Option("21", "តាកែវ"))
    slots = understand("កំពត បាទ", Asked(Kind.CHOOSE, places), lexicon).slots
    assert (slots.choice, slots.place) == (1, None)


@pytest.mark.parametrize("text", ["ឈប់! ទា", "STOP STOP please"])
def test_stop_before_other_words_is_stop(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.STOP


@pytest.mark.parametrize(
    ("text", "intent"), [("STOP radio", Intent.RADIO_STOP), ("stop sending duck prices", Intent.ALERT_STOP)]
)
def test_a_smaller_stop_stays_smaller(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is intent


@pytest.mark.parametrize("text", ["ទា 8500 មែនទេ", "8500?", "តើ 8500 ត្រូវទេ"])
def test_a_question_is_not_written_down(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.AMOUNT), lexicon).confidence < SURE


@pytest.mark.parametrize(
    ("text", "script"), [("ok", ""), ("Yes!", ""), ("no", ""), ("hi", ""), ("ok bart", "latn"), ("yes please", "en")]
)
def test_words_everybody_types_show_no_script(text: str, script: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).script == script


@pytest.mark.parametrize(
    "text",
    ["ចង់និយាយជាមួយបុគ្គលិក", "please call me", "តេមកខ្ញុំផង", "អ្នកណាហ្នឹង", "who is this?", "a real person please"],
)
def test_a_person_is_asked_for(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.HELP


@pytest.mark.parametrize("text", ["fuck", "fuck you"])
def test_abuse_is_no_district(text: str, lexicon: Lexicon) -> None:
    assert is_heard(understand(text, Asked(), lexicon), Intent.UNCLEAR)
