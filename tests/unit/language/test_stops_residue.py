"""What no other rule wanted and refuses messages is a STOP; who misses them, or means another thing, stays."""

import time

import pytest

from bot.language import residue
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import read
from flows.heard import Asked, Intent, Kind

# fmt: off
REFUSALS = [
    "អត់ត្រូវការសាពីផ្សារទៀតទេ អគុន", "khnhom min trov ka sar pi phsar teat te",
    "som chak chenh pi phsar, leng yok sms", "សុំចាកចេញពីសេវាផ្ញើសារនេះជារៀងរហូត", "kompnhersamoktiet",
    "អត់ត្រូវកាសាអីទាំងអស់", "សូមចាកចេញពីបញ្ជី", "ខ្ញុំចង់ចេញពីសេវាកម្មផ្សារហើយ", "ចាកចេញពីការទទួលសារ",
    "សូមបញ្ចប់ការផ្ញើសារមកលេខខ្ញុំ", "មិនព្រមទទួលសារទេ", "ខ្ញុំបដិសេធសារទាំងអស់", "លែងប្រើផ្សារហើយ",
    "សុំកុំផ្ញើដំណឹងមកលេខនេះ", "កុំមេសេជមកទៀត", "ឈផ់ផ្ញើសារមក", "ខ្ញុំមិនចាប់អារម្មណ៍សារនេះទេ",
    "ខ្ញុំមិនដែលចុះឈ្មោះទេ ដកចេញ", "ខ្ញុំគ្មានសេចក្តីត្រូវការសេវានេះទៀតទេ", "ចង់ឈប់ធ្វើសមាជិកផ្សារ",
    "ខ្ញុំដកការយល់ព្រម", "ខ្ជិលអានសារហើយ", "សូមកុំ", "សុំបិទ", "អរគុណ ប៉ុន្តែខ្ញុំមិនត្រូវការទេ",
    "មិនចង់ដឹងតម្លៃទៀតទេ", "at trov ka tt te", "som chakchenh pi phsar", "jak jenh pi list",
    "som jenh pi phsar hz", "som bos bong kar chos chmous", "ottrovkasarte", "otjongbansartiette",
    "lublekkhnhom", "chakchenhpiphsar", "somchobpnhersa", "minbachpnhermok", "min trouv karsar te",
    "ko pnher mk tit", "sob pnher sar mok", "leng brer phsar hz", "min totuol sar tiet te",
    "lup tinnoney khnhom", "som dok khlun pi phsar", "ot jong deng te",
    "orkun bong pontae khnhom ot trov ka te", "dontsendmesms", "please no message more",
    "i want leave this service", "close my account", "i refuse your sms", "no thank you, not interesting",
    "get out my phone", "i do not wish to hear from you", "messages not needed", "i revoke consent",
    "kindly desist", "stope",
]
NONE = [
    "plov chop", "ke chob pnher sar mok", "hetey chob pnher sar mok", "ហេតុអ្វីលែងផ្ញើសារមកខ្ញុំ",
    "ម៉េចក៏ឈប់ផ្ញើសារមក", "hetey leng pnher sar mok", "why did you stop sending messages",
    "why no more messages", "leng khernh sms mok", "លែងឃើញសារមក", "khnhom ot ban sar te", "អត់មានសារមកទេ",
    "kom plich pnher sar", "កុំផ្ញើជាភាសាអង់គ្លេស", "khnhom min trov ka ji te", "khnhom trov ka sar tlai srov",
    "min yol sar nis te", "chhmuonh min yok te", "chhmuonh ot yok tov tiet te", "kom khoeng", "kom tov",
    "kom lub lek khnhom", "leave from phsar at what time", "khnhom chenh pi phsar tov pteah", "phsar bit hz",
    "rong masin chhop totuol srov", "អ្នកទិញបដិសេធ", "i dont want this price", "i dont want to sell",
    "network no service", "sevea ot laor", "sms ot chenh", "i cant read this message", "អត់អីទេ អរគុណ",
    "min trov te tlai 1300", "ot pnher ban te", "trov ka sms bronhab",
]
# fmt: on


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_left_over_is_a_stop(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.STOP


@pytest.mark.parametrize("text", NONE)
def test_what_refuses_no_message_is_none(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP


@pytest.mark.parametrize("text", ["សុំចាកចេញពីក្រុម", "chak chenh pi krom", "som chenh pi krom srov", "leave group"])
def test_a_group_is_left_alone(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.GROUP_LEAVE


def test_what_answers_a_question_is_not_read_so_loosely(lexicon: Lexicon) -> None:
    assert understand("ot trov ka te", Asked(Kind.RSVP), lexicon).intent is Intent.NO


@pytest.mark.parametrize("text", ["kom pnher sar mok te " * 70, "កុំផ្ញើសារ" * 150, "tet" * 13 + "x", "km kg " * 250])
def test_no_text_is_weighed_for_long(text: str, lexicon: Lexicon) -> None:
    reading = read(text[:1600], lexicon)
    start = time.process_time()
    residue.refused(reading)
    assert time.process_time() - start < 0.05
