"""Which clause of a refusal says what is to stop: a reason is none, and words that only look like a stop."""

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

# fmt: off
EVERYTHING = [
    "job bong",
    "កុំផ្ញើសារមកខ្ញុំទៀត ខ្ញុំចេញពីក្រុមយូរហើយ",
    "កុំផ្ញើសារមកទៀត ខ្ញុំចាកចេញពីក្រុមតាំងពីឆ្នាំមុន",
    "ខ្ញុំចេញពីក្រុមយូរហើយ កុំផ្ញើសារមកទៀត",
    "ខ្ញុំឈប់ធ្វើសមាជិកហើយ សូមឈប់ផ្ញើសារមកខ្ញុំ",
    "កុំផ្ញើសារមកទៀត ខ្ញុំលែងចិញ្ចឹមជ្រូកហើយ",
    "កុំទាក់ទងមកទៀត ខ្ញុំលែងនៅក្នុងក្រុមហើយ",
    "សូមឈប់ផ្ញើសារ វិទ្យុចាប់មិនដល់ភូមិខ្ញុំទេ",
    "កុំផ្ញើសារមកខ្ញុំទៀត នៅទីនេះស្តាប់វិទ្យុមិនបានទេ",
    "កុំតេមកខ្ញុំទៀត ខ្ញុំឈប់លក់ត្រីហើយ",
    "កុំផ្ញើសារមកទៀត ខ្ញុំរើទៅនៅថៃហើយ ចេញពីក្រុមហើយ",
    "មិនបាច់ផ្ញើសារមកទៀតទេ ខ្ញុំលែងទៅប្រជុំហើយ",
    "ខ្ញុំមិនចង់ទទួលសារទៀតទេ ខ្ញុំចេញពីសមាគមហើយ",
    "មិនត្រូវការតម្លៃជ្រូកទេ សូមឈប់ផ្ញើមក",
    "ប្រាប់ថាស្ប៉ាម ឈប់ផ្ញើ",
    "ក្រុមខ្ញុំរលាយហើយ កុំផ្ញើសារមកទៀត",
    "កុំផ្ញើសារមកខ្ញុំទៀត ក្រុមរលាយហើយ",
    "kom pnher sar mok khnhom tiet khnhom chenh pi krom yu haey",
    "khnhom chenh pi krom haey kom pnher sar mok tiet",
    "som chhob pnher sar, khnhom chak chenh pi krom yu hz",
    "kom pnher sar mok tiet, vityu chab ot dol phum khnhom te",
    "chhob pnher sar mok, stap vityu ot ban te",
    "kom tel mok khnhom tiet khnhom lerng luok trey haey",
    "kom pnher mok tiet khnhom ot nov krom te",
    "kom pnher sar mok khnhom tiet, khnhom leng chenhchem chrouk haey",
    "min bach pnher sar te khnhom chenh krom haey",
    "chob pnher sar bong, knhom tov nov thai haey chenh pi krom haey",
    "khnhom ot chong ban sar tiet te khnhom chenh pi krom haey",
    "don't contact me any more, I don't sell fish now",
    "do not contact me again, I no longer come to meetings",
    "ot trov kar tlai chrouk te, som chhob pnher",
    "spam!",
    "chob",
    "chhop",
    "kom pnher sar mok tiet krom khnhom roleay haey",
    "don't send me messages any more, I left the group long ago",
    "I left the group last year, please stop sending me messages",
    "do not send me any more messages, I quit the group",
    "please stop texting me, the radio does not reach us",
    "stop sending me messages, we can't hear the radio here",
    "dont text me anymore, I moved away and left the group",
    "no more messages please, I have no pigs any more",
    "stop messaging me I am not in the group anymore",
    "I don't want messages any more, the radio is broken",
    "don't call me again, my group is finished",
    "don't need pig price, please stop sending",
    "dont need rice price. stop sending me",
    "i dont need the pig price anymore, stop messages",
    "reported as spam",
    "i will report this as spam",
    "i reported you as spam",
    "marked as spam",
    "this is spam",
    "is this spam? stop",
    "chop",
    "remove my number",
    "remove my name please",
    "delete my number and my reports",
    "stop messages, the group is closed",
    "stop sending messages the group is closed",
    "don't send me prices any more, i left the group and i have no pigs",
    "dont send anymore sms, radio not working here",
]
SMALLER = {
    Intent.GROUP_LEAVE: [
        "ខ្ញុំចង់ចេញពីក្រុម",
        "កុំផ្ញើសារក្រុមមកខ្ញុំទៀត",
        "ឈប់ផ្ញើសារក្រុម",
        "khnhom chong chenh pi krom",
        "kom pnher sar krom mok tiet",
        "don't send me group messages",
        "stop sending me messages from the group",
        "stop group messages",
        "no more group messages please",
        "leave the group",
        "don't send me any more group messages",
    ],
    Intent.ALERT_STOP: [
        "កុំផ្ញើតម្លៃជ្រូកមកទៀត ខ្ញុំចេញពីក្រុមហើយ",
        "stop the pig price alert",
        "don't send me pig price messages",
        "don't need pig price, stop the pig alert",
        "i don't need the pig price any more",
    ],
    Intent.RADIO_STOP: [
        "ឈប់ផ្ញើវិទ្យុមកខ្ញុំ",
        "កុំផ្ញើសារវិទ្យុមកទៀត",
        "kom pnher vityu mok tiet",
        "stop sending me radio messages",
        "don't send me the radio any more",
    ],
}
NONE = [
    "លុបរបាយការណ៍របស់ខ្ញុំ",
    "តើនេះជាស្ប៉ាមទេ?",
    "lub robaykar robos khnhom",
    "nis spam men te?",
    "job",
    "jobs",
    "any job in phnom penh",
    "i need a job",
    "shop price",
    "price in shop",
    "shop",
    "pork chop",
    "remove my report",
    "delete my report",
    "please remove my last report",
    "delete my price report",
    "is this spam?",
    "is this spam",
    "is it spam or real",
    "are you spam?",
    "spam or not?",
]
# fmt: on


@pytest.mark.parametrize("kind", [None, Kind.RSVP, Kind.CONFIRM, Kind.CHOOSE])
def test_a_refusal_of_messages_is_a_stop_whatever_the_reason(kind: Kind | None, lexicon: Lexicon) -> None:
    read = {text: understand(text, Asked(kind), lexicon).intent for text in EVERYTHING}
    assert {text: intent for text, intent in read.items() if intent is not Intent.STOP} == {}


@pytest.mark.parametrize("kind", [None, Kind.RSVP, Kind.CONFIRM])
def test_what_is_itself_refused_is_the_smaller_stop(kind: Kind | None, lexicon: Lexicon) -> None:
    read = {text: understand(text, Asked(kind), lexicon).intent for texts in SMALLER.values() for text in texts}
    assert read == {text: intent for intent, texts in SMALLER.items() for text in texts}


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_stop_is_none(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP
