"""A refusal is a STOP however its words are misspelt; words that only resemble one are none."""

import time

import pytest

from bot.language.intents.understand import understand
from bot.language.slurred import held, whole_clause
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import read
from flows.heard import Asked, Intent, Kind

# fmt: off
REFUSALS = [
    # Romanised: a stop word or "do not", and a sending that is clipped, glued or another verb.
    "chop pher sa mok knhom tiet", "chup fher saar tiet", "job banhjoun sah phong", "jub phaer sah na bong",
    "chhub phaer sa bong", "job fher mor knhom teat", "chhobpher sar mok tiet", "chhuoppnhae bong", "jopbonchoun mok",
    "kom fher mok", "kum pher mok knhom", "kum bonchun mok teat", "kuom phaer sar na bong", "gom phenher mesej phong",
    "khom pheu sar", "km banhjun sar mok", "koum nher sar mok", "chob pher sar prachum",
    # Refused, not needed, no longer.
    "ort jang to tuol message tiet tey", "ott jang totuol sms tt", "at trovkar mesej nis teat te",
    "aut trouv kar sar neng tei", "mun chorng bann sah tey", "laeng to tuol sar hz", "lieng trov kar mesej hz",
    "men jong ban sar te",
    # Struck off the list.
    "dork chhmuos jenh pi bonhchi", "dauk chmors anh jenh", "toch lek khnhom", "yok lek khnhom chenh",
    "luob lekh yerng", "kom rorm khan anh", "komm rmkhan mok khnhom", "kom khol mok", "kuom tourosap mok",
    # Something else is said beside it.
    "chop pher sa mok knhom ot luok chrouk te", "khnhom luok os hz chop pher sa mok",
    "chub phaer sa mok pheasa anglais knhom ot jes", "chrouk slab os hz, kom fher mok tt",
    # Khmer with vowels, signs and subscripts lost or wrong.
    "កុផ្ញើសារមកទៀត", "កុះផ្ញើមកទៀត", "កូំបញ្ជូនសារមកខ្ញុំ", "កំបញ្ជូនសារមកខ្ញុំ", "កុំបញ្ជូនសរមកខ្ញុំ", "អត់ចង់បានសរទេ",
    "អត់ត្រូវការសរទេ", "អត់ត្រូវកាសារទេ", "អត់តូវការសារទេ", "មិនចងទទួលសារទៀតទេ", "លងចង់ទទួលសារ", "បញប់ការផ្ញើសារ",
    "ដកលខខ្ញុះ", "ដកឈ្មះខ្ញុះចេញ", "កុខលមកទៀត", "កំផ្ញសារមកទៀត",
    # English.
    "dont wnt ths msgs", "i dont wnt ths", "delet my number", "del my number", "rmv me", "rmv my numebr",
    "erase my number", "take me of the list", "take my num off", "tek me off ur list", "no msg pls", "no moe sms",
    "opt me out", "uinubscribe me", "do not contsct me", "leave me alnoe", "not inerested", "sto calling me",
    "do not send me anything", "do not sond me anything", "cancel my registeration", "stop meeting sms",
    "dont txt me agan",
]
NONE = [
    "kom chob pher", "kom chob pher sar mok khnhom", "kom plech pher sar mok khnhom", "kom lub lek khnhom",
    "កុំលុបលេខខ្ញុំ", "កុំដកឈ្មោះខ្ញុំ", "do not take me off the list", "do not stop", "dont stop sms",
    "please do not unsubscribe me", "i do not want to unsubscribe", "why dont send me sms", "did you stop sending",
    "pher sar mok khnhom tiet", "send me messages again please", "i want to receive messages", "no sms today",
    "no message received", "can you send me messages", "មានចង់បានសារ", "ខ្ញុំចង់ទទួលសារ", "អត់ទទួលបានសារ", "មិនបានសារ",
    "ក្រុមផ្ញើសារមក", "កំពង់ផែ", "កំពង់ស្ពឺ", "គោពេញ", "ផ្ញើសារមកខ្ញុំ", "មុនផ្ញើសារ", "ដកលុយខ្ញុំ", "លក់លេខ",
    "kompong phnher", "kom pong", "kampong phaer", "dok luy", "lek toch", "shop it", "want it", "dont forget me",
    "stop work", "i do not like this price", "ot ban totuol sar te", "men jong ban sar", "phiasa khmer", "kom luok",
    "stop pig alerts", "chob prachum", "lub prachum pher sar tov samachik", "stop radio", "kom pnher aksor khmer",
]
# fmt: on


@pytest.mark.parametrize("text", REFUSALS)
def test_a_misspelt_refusal_is_a_stop(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.STOP


@pytest.mark.parametrize("text", NONE)
def test_what_only_resembles_one_is_none(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP


def test_the_radio_alone_is_refused(lexicon: Lexicon) -> None:
    assert understand("ខ្ញុំសុំឈប់ទទួលសារពីវិទ្យុ", Asked(), lexicon).intent is Intent.RADIO_STOP


def test_a_question_is_answered_before_a_word_is_guessed_at(lexicon: Lexicon) -> None:
    assert understand("not interested", Asked(Kind.RSVP), lexicon).intent is Intent.NO
    assert understand("chop pher sa mok knhom tiet", Asked(Kind.RSVP), lexicon).intent is Intent.STOP


@pytest.mark.parametrize(
    "text", ["ខុំ" * 15 + "ង", "nhom " * 15 + "x", "kom pher " + "tei te tt " * 4 + "x", "k" + "o" * 1500, "ត" * 16 + "ង"]
)
def test_no_text_is_weighed_for_long(text: str, lexicon: Lexicon) -> None:
    reading = read(text, lexicon)
    start = time.process_time()
    assert not whole_clause(reading)
    assert not held(reading)
    assert time.process_time() - start < 0.05
