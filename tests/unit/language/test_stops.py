"""Who is to stop what: a reason is no object, another's stopping is no STOP, a denied stop never is one."""

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

# fmt: off
REASONS = [
    "ឈប់ផ្ញើមកទៀត ខ្ញុំលក់មាន់អស់ហើយ", "សូមឈប់ផ្ញើសារ ខ្ញុំឈប់ចិញ្ចឹមជ្រូកហើយ",
    "ខ្ញុំអត់មានស្រូវលក់ទៀតទេ កុំផ្ញើមកទៀត",
    "ខ្ញុំលក់គោអស់ហើយ សូមឈប់ផ្ញើមក", "ជ្រូកខ្ញុំស្លាប់អស់ហើយ ឈប់ផ្ញើមកទៀត",
    "ឈប់ ខ្ញុំលក់ជ្រូកអស់ហើយ", "ឈប់ផ្ញើ តម្លៃជ្រូកថោកណាស់",
    "តម្លៃជ្រូកមិនត្រូវទេ ឈប់ផ្ញើមកទៀត", "ឈ្មួញឈប់ទិញស្រូវ កុំផ្ញើមកទៀត",
    "លុបលេខខ្ញុំចេញ ខ្ញុំមិនមែនអ្នកធ្វើស្រូវទេ",
    "ខ្ញុំនៅកំពង់ចាម ឈប់លក់អង្ករហើយ ឈប់ផ្ញើមក",
    "ខ្ញុំមិនចង់ទទួលសារទៀតទេ ព្រោះខ្ញុំលក់ជ្រូកអស់", "តម្លៃប៉ុន្មាន? អត់ដឹងទេ ឈប់ផ្ញើ",
    "អ្នកដែលចុះឈ្មោះស្លាប់ហើយ សូមឈប់ផ្ញើ", "ស្រូវអស់ពីស្រែហើយ សូមឈប់ផ្ញើមក",
    "កុំផ្ងើសារទិញលក់ជ្រូកមកទៀត ខ្ញុំអត់ត្រូវការ",
    "ឈប់ផ្ញើមកទៀត ជ្រូកខ្ញុំស្លាប់អស់ហើយ មិនចាំបាច់ទេ", "ឪពុកខ្ញុំស្លាប់ហើយ កុំផ្ញើមកលេខគាត់ទៀត",
    "chhob pnher mok tiet khnhom luok chrouk os haey", "kom pnher mok tiet, khnhom ot mean srov te",
    "khnhom ot mean moan luok tiet te chhob pnher", "tlai chrouk thaok nas chhob pnher mok",
    "som lub lek khnhom chenh khnhom ot luok chrouk te",
    "chob pnhaer bong, nov kampot ot mean mrech te",
    "bong chhob pnher mok tirt knhom kmean chrouk te", "khnhom luok srov os hery som chhob pnher",
    "stop sending, i sold all my pigs",
    "please stop sending me messages I have no more rice to sell",
    "i dont grow cassava anymore, stop texting me", "no more sms please, I sold my cows already",
    "the pig price is too low, stop messaging me",
    "i don't want any more messages, my chickens died",
    "stop pleese sending sms, no pigs here in takeo",
    "my father died, please stop sending to this number",
    "I have no pigs. Stop.", "sold my rice, stop", "unsubscribe, i am not a rice farmer",
]
OBJECTS = [
    "ឈប់ផ្ញើតម្លៃជ្រូក", "ឈប់ផ្ញើតម្លៃជ្រូកមកខ្ញុំទៀត", "កុំផ្ញើតម្លៃស្រូវមកទៀត",
    "ឈប់ជូនដំណឹងតម្លៃមាន់", "ឈប់ផ្ញើឲ្យខ្ញុំតម្លៃជ្រូក",
    "មិនចង់ទទួលតម្លៃជ្រូកទៀតទេ", "តម្លៃជ្រូក ឈប់ផ្ញើមកទៀត",
    "ឈប់ផ្ញើតម្លៃជ្រូក ខ្ញុំលក់អស់ហើយ", "ឈប់ជូនដំណឹង", "ឈប់ផ្ញើតម្លៃស្រូវកំពង់ធំ",
    "មិនបាច់ផ្ញើតម្លៃជ្រូកទៀតទេ", "មិនចង់ដឹងតម្លៃជ្រូកទៀតទេ", "chhob pnher tlai chrouk",
    "kom pnher tlai srov mok tiet",
    "kom pnher tlai moan nov takeo mok tiet", "chhob pnher domlai moan mok khnhom",
    "stop sending me pig prices",
    "stop pig price alerts", "no more pig alerts please", "stop sending messages about pigs",
    "stop alerts",
    "stop sending pig prices, i sold them all", "stop duck", "stop sending me the daily pig price",
    "stop the rice price", "cancel my pig price alert", "turn off rice alerts",
    "stop all pig messages",
]
DENIED = [
    "សូមកុំឈប់ផ្ញើ", "កុំអាលឈប់ផ្ញើ", "ខ្ញុំមិនចង់ឈប់ទេ", "កុំឈប់ផ្ញើតម្លៃជ្រូក",
    "កុំឈប់វិទ្យុ", "kom chhob", "kom al chhob",
    "kum chhup pnher na bong", "khnhom min chong chhob te", "don't stop", "dont ever stop sending",
    "i dont want to stop", "don't stop sending pig prices", "please never stop this service",
    "i will never stop", "don't stop the radio",
]
THANKED = [
    "thanks, please do not stop sending", "អរគុណ កុំឈប់ផ្ញើណា",
    "orkun bong, kom chhob pnher", "orkun kom chob pnhe na",
    "very good never stop, thank you", "អរគុណច្រើន កុំទាន់ឈប់", "អរគុណ កុំឈប់ជួយខ្ញុំ",
    "thanks for the prices, dont stop",
]
ACCUSING = [
    "why dont you stop sending", "you never stop sending!!", "ហេតុអីមិនឈប់ផ្ញើ",
    "don't want, stop", "អត់ត្រូវការ ឈប់ផ្ញើ",
    "អត់ចង់ទេ ឈប់ទៅ", "ot jong te chhob pnher", "not interested stop", "dont send. stop",
    "កុំផ្ញើ ឈប់!", "kom pnher chhob",
    "kom pnher tiet, chhob haey", "កុំ! ឈប់ផ្ញើ", "stop me from getting this, no more sms",
    "how do i stop this",
    "how can i stop these messages?", "តើធ្វើម៉េចទើបឈប់ផ្ញើ", "can you not send me anymore",
    "phsar chhob pnher mok",
    "ផ្សារ ឈប់ផ្ញើមក", "stop wasting my time", "អ្នកណាហ្នឹង? ឈប់ផ្ញើមក",
    "take my name off your list", "take me off",
]
NEEDLESS = [
    "មិនចាំបាច់ផ្ញើសារមកទេ", "អត់បាច់ផ្ញើមកទៀតទេ ខ្ញុំលែងលក់មាន់",
    "ot bach phner mk te bong", "mun bach pnhe sar tiet",
    "no need to send me messages", "please don't need to send sms", "chhob rumkhan khnhom",
    "kom khal mok tiet",
]
OTHERS = [
    "ភ្លៀងឈប់ហើយ", "ខ្យល់ឈប់ហើយ", "គាត់ឈប់ធ្វើការហើយ", "ទឹកឈប់ហូរ", "ឡានឈប់នៅផ្លូវ",
    "ឈ្មួញឈប់មកហើយ", "ជ្រូកខ្ញុំឈប់ស៊ី", "មេឃឈប់ភ្លៀងហើយ",
    "តម្លៃឈប់ចុះហើយឬនៅ", "ខ្ញុំឈប់ធ្វើស្រែហើយ", "ខ្ញុំឈប់ដាំស្រូវហើយ", "ប៉ូលីសឈប់ឡានខ្ញុំ",
    "ផ្សារឈប់លក់ម៉ោងប៉ុន្មាន", "ហេតុអីឈប់ផ្ញើតម្លៃ",
    "plieng chhob haey", "chhmuonh chhob mok tinh", "chrouk chhob si bay",
    "khnhom chhob chenhchem chrouk haey",
    "hetey ban chea chhob pnher", "the traders stopped coming", "the bus does not stop here",
    "my son stopped school",
    "rain not stop yet", "my pigs stop eating", "it stopped raining",
    "when does the market stop", "non stop rain",
    "why did you stop sending", "why no message, did you stop?", "traders stop buying cassava",
]
AGAIN = [
    "កាលពីមុនខ្ញុំឈប់ ឥឡូវចង់ទទួលសារវិញ", "មុននេះខ្ញុំបានឈប់ ឥឡូវសូមផ្ញើមកវិញ",
    "ខ្ញុំច្រឡំផ្ញើឈប់ សូមផ្ញើមកវិញ", "ឈប់ពីខែមុន ឥឡូវចង់ចុះឈ្មោះវិញ",
    "សូមផ្ញើមកវិញ ខ្ញុំច្រឡំចុចឈប់", "សូមបើកសារវិញ ខ្ញុំច្រឡំឈប់",
    "ខ្ញុំធ្លាប់ឈប់ ឥឡូវចង់បានសារវិញ", "mun khnhom chhob, elov chong ban sar vinh",
    "khnhom chrolom pnher chhob, som pnher mok vinh",
    "kal pi mun chhob haey, ilov jong totuol vinh",
    "som chab pderm vinh, mun nis chrolom chhob",
    "i stopped before but now i want to receive again",
    "I sent stop by mistake, please start again", "last month i stopped, now want messages again",
    "before i unsubscribed, now please subscribe me again", "i stop before, can i start again",
    "restart please, stop was a mistake", "please resume, i pressed stop by mistake",
    "subscribe", "subscribe me", "i want to subscribe",
]
NOT_AGAIN = [
    "i started again but now i want to stop", "ឈប់ផ្ញើមក ខ្ញុំមិនចង់ទទួលទៀតទេ",
    "stop now before I start to get angry",
    "stop sending me again and again", "I told you stop last week, why you send again",
    "stop, dont start again",
    "i said stop before, now you send again", "កាលពីមុនខ្ញុំប្រាប់ឲ្យឈប់ ឥឡូវនៅតែផ្ញើមកទៀត",
    "ខ្ញុំឈប់ហើយ ម៉េចផ្ញើមកទៀត",
    "i registered by mistake, stop", "ខ្ញុំចុះឈ្មោះច្រឡំ សូមឈប់",
    "khnhom choh chhmuoh chrolom, chhob", "start? no, stop",
    "ធ្លាប់ចុះឈ្មោះហើយ ឥឡូវសុំឈប់", "i registered last month but now please stop",
]
# fmt: on
SMALLER = {Intent.STOP, Intent.ALERT_STOP, Intent.RADIO_STOP, Intent.START}


def _missed(lexicon: Lexicon, texts: list[str], wanted: Intent, asked: Asked | None = None) -> list[str]:
    return [text for text in texts if understand(text, asked or Asked(), lexicon).intent is not wanted]


@pytest.mark.parametrize("texts", [REASONS, ACCUSING, NEEDLESS, NOT_AGAIN])
def test_a_stop_with_a_reason_or_a_reproach_is_a_stop(texts: list[str], lexicon: Lexicon) -> None:
    assert _missed(lexicon, texts, Intent.STOP) == []


@pytest.mark.parametrize("kind", [Kind.CHOOSE, Kind.RSVP, Kind.POLL, Kind.CONFIRM, Kind.RESOLVED, Kind.PLACE])
def test_a_stop_with_a_reason_is_a_stop_whatever_was_asked(kind: Kind, lexicon: Lexicon) -> None:
    assert _missed(lexicon, REASONS + NEEDLESS, Intent.STOP, Asked(kind)) == []


def test_only_what_is_to_be_stopped_makes_it_smaller(lexicon: Lexicon) -> None:
    assert _missed(lexicon, OBJECTS, Intent.ALERT_STOP) == []


@pytest.mark.parametrize("texts", [DENIED, THANKED, OTHERS])
def test_a_denied_stop_and_anothers_stop_are_none(texts: list[str], lexicon: Lexicon) -> None:
    assert [text for text in texts if understand(text, Asked(), lexicon).intent in SMALLER] == []


def test_thanks_with_a_denied_stop_are_thanks(lexicon: Lexicon) -> None:
    assert _missed(lexicon, THANKED, Intent.THANKS) == []


def test_a_stop_taken_back_is_a_start(lexicon: Lexicon) -> None:
    assert _missed(lexicon, AGAIN, Intent.START) == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ភ្លៀងឈប់ហើយ ខ្ញុំទៅ", Intent.YES), ("ភ្លៀងឈប់ធ្លាក់ហើយ ខ្ញុំនឹងមក", Intent.YES),
        ("the rain stopped, I am coming", Intent.YES), ("pleang chhob haey khnhom mok", Intent.YES),
        ("ប្រពន្ធខ្ញុំឈប់ឈឺហើយ ខ្ញុំមក", Intent.YES),
        ("work stopped so i can come", Intent.YES), ("ថ្ងៃនេះខ្ញុំឈប់សម្រាក ទៅបាន", Intent.YES),
        ("storm stop, coming now", Intent.YES), ("ភ្លៀងអត់ឈប់ទេ ខ្ញុំអត់ទៅទេ", Intent.NO),
        ("plieng min toan chhob ot tov te", Intent.NO),
        ("if rain stops I come", Intent.UNCLEAR), ("ខ្ញុំមិនទៅប្រជុំទេ ឈប់ផ្ញើសារ", Intent.STOP),
        ("i am not coming, stop sending me messages", Intent.STOP), ("2 ឈប់ផ្ញើ", Intent.STOP),
    ],
)  # fmt: skip
def test_an_invitation_is_answered_whatever_the_rain_does(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.RSVP), lexicon).intent is intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ស្អែកមានប្រជុំឬអត់", Intent.MEETING_WHEN),
        ("thngai nis mean prachum ot", Intent.MEETING_WHEN),
        ("saek mean brachum ot bong", Intent.MEETING_WHEN),
        ("ថ្ងៃអាទិត្យមានប្រជុំអត់បង", Intent.MEETING_WHEN),
        ("ស្អែកម៉ោង៩មានប្រជុំអត់", Intent.MEETING_WHEN),
        ("is there a meeting tomorrow", Intent.MEETING_WHEN),
        ("any meeting on sunday?", Intent.MEETING_WHEN),
        ("do we have a meeting today", Intent.MEETING_WHEN),
        ("ស្អែកមានប្រជុំ", Intent.MEETING_NEW_ASK_TIME),
        ("ស្អែកប្រជុំម៉ោង៩ព្រឹក", Intent.MEETING_NEW),
        ("ទឹកឈប់ហូរ៥ថ្ងៃហើយ", Intent.ISSUE_NEW), ("teuk chhob hor 2 thngai haey", Intent.ISSUE_NEW),
        ("ban tlai haey orkun", Intent.THANKS), ("ទទួលបានតម្លៃហើយ អរគុណច្រើន", Intent.THANKS),
    ],
)  # fmt: skip
def test_whether_there_is_one_is_a_question(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is intent


@pytest.mark.parametrize(
    ("text", "commodity"), [("ke tea luy pel deuk chrouk", "pig_live"), ("police tea luy deuk moan", "chicken")]
)
def test_a_guess_beside_an_exact_name_is_no_rival(text: str, commodity: str, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.commodity) == (Intent.ISSUE_NEW, commodity)


@pytest.mark.parametrize("text", ["កុំឈប់", "kom chhob"])
def test_a_denied_stop_does_not_end_free_words(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.WORDS), lexicon).intent is Intent.WORDS
