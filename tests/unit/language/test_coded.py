"""A code with what goes with it: read from any spelling, the words behind it kept as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.language.intents.understand import answering, understand
from bot.language.slots.codes import acted
from bot.language.words.lexicon import Lexicon
from flows import codes
from flows.heard import SURE, Asked, Heard, Intent, Kind, Option
from tests.unit.language.examples import examples

LEXICON = Lexicon.load()
VALID = codes.made(123456)
VALID_SHOWN = codes.shown(VALID)
FALSE = "1234567"
OPEN = (Kind.CHOOSE, Kind.CONFIRM, Kind.RSVP, Kind.POLL, Kind.RESOLVED, Kind.PLACE, Kind.COMMODITY, Kind.CODE)
KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def read(text: str, kind: Kind | None = None) -> Heard:
    options = (Option("a", ""), Option("b", "")) if kind in (Kind.CHOOSE, Kind.POLL) else ()
    return understand(text, Asked(kind, options), LEXICON)


@pytest.mark.parametrize(
    "text",
    [
        "123-4567",
        "1234567",
        "123 4567",
        "123 - 4567",
        "123.4567",
        "123/4567",
        "១២៣-៤៥៦៧",
        "១២៣៤៥៦៧",
        "lek 123-4567",
        "lek 1234567",
        "leik: 123 4567",
        "code 123-4567",
        "No. 123-4567",
        "#123-4567",
        "លេខបញ្ហា 123-4567",
        "លេខ១២៣-៤៥៦៧",
        "បញ្ហា លេខ 123-4567",
        "problem 123-4567",
        "123-4567?",
        "123-4567 ។",
    ],
)
def test_a_code_alone(text: str) -> None:
    heard = read(text)
    assert (heard.intent, heard.slots.code) == (Intent.ISSUE_STATUS, FALSE)
    assert (heard.slots.words, heard.slots.action) == (None, None)
    assert heard.confidence >= SURE


@pytest.mark.parametrize(
    ("text", "action", "words"),
    [
        ("123-4567 ពេទ្យសត្វនឹងទៅថ្ងៃពុធ", None, "ពេទ្យសត្វនឹងទៅថ្ងៃពុធ"),
        (
            "123-4567: vet will come wednesday, price of pigs is 9500",
            None,
            "vet will come wednesday, price of pigs is 9500",
        ),
        ("123-4567 ឈប់ទារលុយហើយ", None, "ឈប់ទារលុយហើយ"),
        ("123-4567 STOP", None, "STOP"),
        ("123-4567 ឈប់", None, "ឈប់"),
        ("123-4567 help", None, "help"),
        ("lek 123-4567 តម្លៃជ្រូក 9500 កំពង់ចាម 22/11", None, "តម្លៃជ្រូក 9500 កំពង់ចាម 22/11"),
        ("123-4567 ជ្រូក ៣ក្បាលងាប់", None, "ជ្រូក ៣ក្បាលងាប់"),
        ("123-4567 meeting on friday at 8", None, "meeting on friday at 8"),
        ("១២៣-៤៥៦៧៖ យើងបានជួសជុលស្ពានហើយ", None, "យើងបានជួសជុលស្ពានហើយ"),
        ("123-4567 បានទទួល", "received", None),
        ("123-4567 បានទទួលហើយ ហើយយើងនឹងទៅ", "received", "ហើយយើងនឹងទៅ"),
        ("123-4567 បានទទួលហើយយើងនឹងទៅមើល", "received", "យើងនឹងទៅមើល"),
        ("123-4567 ban totuol haey", "received", None),
        ("123-4567 OK", "received", None),
        ("123-4567 ok, we will look tomorrow", "received", "we will look tomorrow"),
        ("123-4567 Recieved", "received", None),
        ("123-4567 got it", "received", None),
        ("123-4567 ចប់", "done", None),
        ("123-4567 ចប់ហើយ", "done", None),
        ("123-4567 រួចហើយ។ ផ្លូវបានជួសជុល", "done", "ផ្លូវបានជួសជុល"),
        ("123-4567 ដោះស្រាយរួច ដោយក្រុមការងារស្រុក", "done", "ដោយក្រុមការងារស្រុក"),
        ("123-4567 daoh sray haey", "done", None),
        ("123-4567 chob haey", "done", None),
        ("123-4567 DONE new pump is in", "done", "new pump is in"),
        ("123-4567 fixed", "done", None),
        ("1234567 done", "done", None),
        ("123-4567 សួរ នៅភូមិណា", "ask", "នៅភូមិណា"),
        ("123-4567 ? តើប៉ុន្មានក្បាល", "ask", "តើប៉ុន្មានក្បាល"),
        ("123-4567 ask which village", "ask", "which village"),
        ("123-4567 suor phum na", "ask", "phum na"),
        ("123-4567 ផ្ទេរ", "transfer", None),
        ("123-4567 ផ្ទេរទៅសាលាខេត្ត", "transfer", "ទៅសាលាខេត្ត"),
        ("123-4567 មិនមែនការងារយើងទេ", "transfer", None),
        ("123-4567 not ours, province please", "transfer", "province please"),
        ("123-4567 pnter", "transfer", None),
        # What only begins like one of these, or may be its opposite, is words.
        ("123-4567 រួចពីការងារ យើងនឹងទៅ", None, "រួចពីការងារ យើងនឹងទៅ"),
        ("123-4567 ទទួលខុសត្រូវដោយស្រុក", None, "ទទួលខុសត្រូវដោយស្រុក"),
        ("123-4567 ចប់ហើយឬនៅ", None, "ចប់ហើយឬនៅ"),
        ("123-4567 done?", None, "done?"),
        ("123-4567 មិនទាន់ចប់", None, "មិនទាន់ចប់"),
        ("123-4567 not fixed", None, "not fixed"),
        ("123-4567 chob tear luy haey", None, "chob tear luy haey"),
        ("123-4567 okra seeds come", None, "okra seeds come"),
    ],
)
def test_what_goes_with_a_code(text: str, action: str | None, words: str | None) -> None:
    for kind in (None, *OPEN):
        slots = read(text, kind).slots
        assert (slots.code, slots.action, slots.words) == (FALSE, action, words), kind
        assert read(text, kind).intent is Intent.ISSUE_STATUS


@pytest.mark.parametrize(
    "text",
    [
        "1200000 រៀល គោមួយក្បាល",
        "ជ្រូក 1234567",
        "500-1000 រៀល ត្រី",
        "1500000 គោ បាត់ដំបង",
        "គោ 1500000 កំពង់ចាម",
        "012-3456 78",
        "097 123 4567",
        "012 345 678",
        "1,234,567",
        "12-34567",
        "ក្បឿង 450-1200",
    ],
)
def test_what_looks_like_a_code_and_is_none(text: str) -> None:
    assert read(text).intent is not Intent.ISSUE_STATUS


def test_seven_digits_in_one_with_words_need_a_check_digit_or_a_word_for_them() -> None:
    assert read(f"{VALID} the vet comes").slots.words == "the vet comes"
    assert read("1234567 the vet comes").slots.words is None
    assert read("លេខ 1234567 ពេទ្យនឹងមក").slots.words == "ពេទ្យនឹងមក"


def test_a_right_code_anywhere_is_asked_about() -> None:
    for text in (f"how is {VALID_SHOWN}?", f"ជ្រូកឈឺ {VALID_SHOWN} យ៉ាងម៉េចហើយ"):
        for kind in (None, Kind.CONFIRM, Kind.CHOOSE):
            heard = read(text, kind)
            assert (heard.intent, heard.slots.code) == (Intent.ISSUE_STATUS, VALID), (text, kind)


def test_stop_before_a_code_is_stop() -> None:
    assert read(f"STOP {VALID_SHOWN}").intent is Intent.STOP


def test_where_figures_are_asked_for_seven_digits_are_a_figure() -> None:
    assert read("1234567", Kind.AMOUNT).intent is Intent.REPORT
    assert read(VALID, Kind.PHONES).intent is not Intent.ISSUE_STATUS
    assert read(f"{VALID_SHOWN} ពេទ្យសត្វនឹងទៅ", Kind.AMOUNT).slots.words == "ពេទ្យសត្វនឹងទៅ"


def test_where_words_are_asked_for_they_are_for_the_problem_whose_code_stands_before_them() -> None:
    heard = read(f"{VALID_SHOWN} ពេទ្យសត្វនឹងទៅ", Kind.WORDS)
    assert (heard.intent, heard.slots.code, heard.slots.words) == (Intent.ISSUE_STATUS, VALID, "ពេទ្យសត្វនឹងទៅ")
    assert read(f"{VALID_SHOWN} done", Kind.WORDS).slots.action == "done"
    for text in ("123-4568 is what he said", f"the pump of {VALID_SHOWN} again", f"{VALID} riel was asked"):
        assert read(text, Kind.WORDS).intent is Intent.WORDS, text


def test_a_code_answers_no_question_we_sent() -> None:
    for text in (f"{VALID_SHOWN} បាទ មក", f"me too {VALID_SHOWN}"):
        assert answering(text, LEXICON, ("rsvp",)).slots.code == VALID


@pytest.mark.parametrize(
    ("text", "intent"),
    examples(__file__, "which_code"),
)
def test_which_code(text: str, intent: Intent) -> None:
    heard = read(text, Kind.CODE)
    assert heard.intent is intent
    assert heard.slots.code == (FALSE if intent is Intent.ISSUE_STATUS else None)


@given(
    st.integers(0, 999_999),
    st.sampled_from(["", "-", " ", ".", " - ", "–"]),
    st.booleans(),
    st.sampled_from(["", "lek ", "លេខ ", "problem ", " "]),
    st.sampled_from(["", "we will come", "ពេទ្យនឹងទៅ", "STOP", "ជ្រូក 9500 កំពង់ចាម", "stop asking money 20000 riel"]),
)
def test_every_code_is_read_back_with_its_words(number: int, sign: str, khmer: bool, lead: str, words: str) -> None:
    code = codes.made(number)
    shown = f"{code[:3]}{sign}{code[3:]}"
    heard = read(f"{lead}{shown.translate(KHMER) if khmer else shown} {words}")
    assert heard.intent is Intent.ISSUE_STATUS
    assert (heard.slots.code, heard.slots.words) == (code, words or None)


@given(st.text(max_size=60))
def test_any_words_behind_a_code_stay_as_they_are(words: str) -> None:
    assume(any(letter.isalpha() for letter in words))
    assume(not words.lstrip()[:1].isdigit())
    heard = read(f"{VALID_SHOWN} . {words}")
    assume(heard.intent is not Intent.ISSUE_JOIN)
    assert heard.intent is Intent.ISSUE_STATUS
    kept = heard.slots.words or ""
    assert words.rstrip().endswith(kept)
    assert heard.slots.action or kept


@given(st.text(alphabet="0123456789០១២៣ -–.,abក​ពទេ", max_size=30), st.sampled_from([None, *Kind]))
def test_nothing_with_digits_raises(text: str, kind: Kind | None) -> None:
    heard = read(text, kind)
    assert heard.slots.code is None or (len(heard.slots.code) == codes.LENGTH and heard.slots.code.isdigit())


@given(st.sampled_from(["received", "ចប់ហើយ", "សួរ", "not ours"]), st.text(alphabet="abc កខគ។​", max_size=20))
def test_what_an_action_leaves_is_the_end_of_what_was_typed(action: str, words: str) -> None:
    typed = f"{action}, {words}"
    _, rest = acted(typed)
    assert typed.endswith(rest)


@pytest.mark.parametrize(
    ("typed", "action", "words"),
    [
        ("ASK 576-9433 which road?", "ask", "which road?"),
        ("please ask 576-9433: which road", "ask", "which road"),
        ("សួរ 900-0058 ឡឥដ្ឋនៅភូមិណា?", "ask", "ឡឥដ្ឋនៅភូមិណា?"),
        ("សូមសួរ ៩០០-០០៥៨ ឡឥដ្ឋនៅភូមិណា", "ask", "ឡឥដ្ឋនៅភូមិណា"),
        ("suor lek 900-0058 phum na", "ask", "phum na"),
        ("done 576-9433 repaired", "done", "repaired"),
        ("Solved problem 576 9433, pump fixed", "done", "pump fixed"),
        ("ចប់ 900-0001", "done", None),
        ("ដោះស្រាយហើយ បញ្ហាលេខ 9000001 ដូរអណ្ដូងថ្មី", "done", "ដូរអណ្ដូងថ្មី"),
        ("chob haey 900-0001 tver ruoch", "done", "tver ruoch"),
        ("ផ្ទេរ 900-0001", "transfer", None),
        ("pass on 900-0001", "transfer", None),
        ("បានទទួល 900-0001", "received", None),
        ("undo 900-0001", "undo", None),
        ("900-0001 មិនផ្ញើ", "undo", None),
    ],
)
@pytest.mark.parametrize("kind", [None, Kind.CHOOSE, Kind.WORDS])
def test_what_was_done_may_stand_before_the_code(typed: str, action: str, words: str | None, kind: Kind | None) -> None:
    heard = read(typed, kind)
    if kind is Kind.WORDS and "-" not in typed and " 9433" not in typed:
        assert heard.intent is Intent.WORDS  # where words were asked for, a number in one piece may be anything
        return
    assert (heard.intent, heard.slots.action, heard.slots.words) == (Intent.ISSUE_STATUS, action, words)


@pytest.mark.parametrize("typed", ["ask about 576-9433", "solved the riddle of 576-9433", "done 500-6000 riel/kg pig"])
def test_more_than_the_action_before_a_code_is_no_action(typed: str) -> None:
    assert read(typed, None).slots.action is None


@pytest.mark.parametrize("typed", ["UNDO", "undo!", "មិនផ្ញើ", "មិនផ្ញើទេ", "សូមកុំទាន់ផ្ញើ", "min phnher", "Do not send"])
@pytest.mark.parametrize("kind", [None, *Kind])
def test_undo_needs_no_code(typed: str, kind: Kind | None) -> None:
    said = (Intent.OFFICE_UNDO, Intent.NO) if kind in (Kind.CHOOSE, Kind.CONFIRM) else (Intent.OFFICE_UNDO,)
    assert read(typed, kind).intent in said


@pytest.mark.parametrize("typed", ["LINK", "link please", "តំណ", "សុំតំណ", "tomnor", "tomnor bong", "Send me the link"])
@pytest.mark.parametrize("kind", [None, *Kind])
def test_a_link_is_asked_for_in_three_scripts(typed: str, kind: Kind | None) -> None:
    assert read(typed, kind).intent is Intent.OFFICE_LINK


@pytest.mark.parametrize("typed", ["កុំផ្ញើមក", "stop sending", "do not send me messages", "កុំផ្ញើសារមកទៀត"])
def test_who_wants_nothing_sent_any_more_takes_nothing_back(typed: str) -> None:
    assert read(typed, None).intent is Intent.STOP
