"""What callers hear: recorded clips where they are, the carrier's voice, a tone and an SMS; and words spoken to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import requests

from bot.audio.store import SHIPPED, file_name
from bot.language.saying.clips import Take
from bot.language.saying.script import Script
from tests.fakes.deployment import Deployment
from tests.fakes.ringing import ENGLISH, KHMER, SAYS, Call, Document, also, texts

Also = Callable[..., AbstractContextManager[Deployment]]
SOUND = (SHIPPED / "tone.wav").read_bytes()
HINT = "សួរតម្លៃ ផ្ញើ៖ ជ្រូក កំពង់ចាម"


@pytest.fixture
def with_settings(quoted: Deployment, serve: Callable[[Any], str], tmp_path: Path) -> Also:
    """The line with other settings."""
    return partial(also, quoted, serve, tmp_path)


def keys_to_a_price(line: Deployment, **about: Any) -> Call:
    """A call of somebody known, after two keys."""
    call = Call(line, line.phone(**{"place": "0305", "language": "km", **about}))
    call.press("1", "1")
    return call


def record(folder: Path, voice: str, clips: Iterable[tuple[str, Take]]) -> None:
    """Put recordings into a voice's folder."""
    (folder / voice / "audio").mkdir(parents=True, exist_ok=True)
    for number, (id, take) in enumerate(clips):
        data = SOUND + bytes(number % 256)  # each its own file
        (folder / voice / "audio" / file_name(id, take, data)).write_bytes(data)


def clips_of(script: Script) -> list[tuple[str, Take]]:
    """All clips of a script."""
    return [clip for sentence in script.sentences for clip in sentence.clips]


def urls(document: Document) -> list[str]:
    """The addresses of what is played."""
    return [verb.text or "" for verb in ElementTree.fromstring(document.body).iter("Play")]


# --- What is missing -----------------------------------------------------------------------------------


def test_without_clips_and_voice_a_tone_is_heard_and_the_answer_is_written(with_settings: Also) -> None:
    with with_settings() as line:
        number = line.phone(place="0305", language="km")
        call = Call(line, number)
        assert call.now.said == ()
        assert list(call.now.plays) == ["tone"]  # one, however much is missing
        assert [HINT in message for message in texts(line, number)] == [True]
        call.press("1")
        assert list(call.now.plays) == ["tone"]
        assert len(texts(line, number)) == 1  # how to ask is written once
        call.press("1")
        (_, price) = texts(line, number)
        assert price.startswith("ជ្រូករស់ 9,500៛/គក លក់ដុំ កំពង់ចាម")
        goes = call.now.goes
        call.press("9")
        call.fetch("/voice/2", Digits="1")
        call.fetch(goes, Digits="9")
        assert len(texts(line, number)) == 2  # said again is not written again
        call.press("1")
        assert call.now.asks == "Gather"
        again = Call(line, number)
        assert again.now.plays == ("tone",)
        assert sum(HINT in message for message in texts(line, number)) == 1


@pytest.mark.parametrize(
    ("about", "expected"),
    [({"script": "latn"}, "Chrouk ruos 9,500r/kg"), ({}, "ជ្រូករស់ 9,500៛/គក")],
)
def test_what_is_written_instead_is_in_the_letters_of_the_person(
    with_settings: Also, about: dict[str, Any], expected: str
) -> None:
    with with_settings() as line:
        call = keys_to_a_price(line, **about)
        assert texts(line, call.number)[-1].startswith(expected)


def test_who_wrote_in_latin_letters_gets_them_by_voice_too(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS) as line:
        number = line.phone(place="0305", language="km")
        line.sms(number, "tlai chrouk kg cham")
        line.time.passes(hours=1)
        call = Call(line, number)
        assert call.now.voices == KHMER
        call.press("1", "01", "2")
        assert texts(line, number)[-1].startswith("Chrouk ruos 9,500r/kg")
        line.time.passes(hours=-1)


@pytest.mark.parametrize("sender", ["ANONYMOUS", "+85523430009"])
def test_who_cannot_read_messages_hears_at_least_a_tone(with_settings: Also, sender: str) -> None:
    with with_settings() as line:
        before = line.one("SELECT count(*) FROM outbox")
        call = Call(line, sender)
        for keys in ("1", "1", "1", "9", "0", "*"):
            assert "tone" in call.now.plays
            call.press(keys)
        assert line.one("SELECT count(*) FROM outbox") == before


def test_the_carriers_khmer_voice_says_what_is_missing(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS) as line:
        call = keys_to_a_price(line)
        assert call.now.voices == KHMER
        assert call.now.plays == ()
        assert "ប្រាំបួន ពាន់ ប្រាំរយ រៀល" in call.now.text
        assert texts(line, call.number) == []


@pytest.mark.parametrize("voice", ["", SAYS])
def test_english_is_never_read_by_the_khmer_voice_nor_khmer_by_the_english(with_settings: Also, voice: str) -> None:
    with with_settings(SAY_VOICE=voice) as line:
        call = keys_to_a_price(line, language="en")
        assert call.now.voices == ENGLISH
        assert call.now.plays == ()
        assert texts(line, call.number) == []
        assert call.now.text.isascii()
        khmer = keys_to_a_price(line)
        assert khmer.now.voices <= KHMER


# --- What is recorded ----------------------------------------------------------------------------------


def test_recorded_clips_are_played_in_the_order_of_the_sentence(with_settings: Also, tmp_path: Path) -> None:
    with with_settings(SAY_VOICE=SAYS) as line:
        call = keys_to_a_price(line)
        script = call.script(2)
        record(tmp_path / "voices", "km", clips_of(script))
    with with_settings(SAY_VOICE=SAYS, AUDIO_DIR=str(tmp_path / "voices")) as line:
        again = Call(line, line.phone(place="0305", language="km"))
        assert again.now.voices == KHMER  # its sentences are not recorded
        price = again.press("1", "1")
        assert price.said == ()
        assert price.plays == tuple(f"{id}.{take}" for id, take in clips_of(script))
        for url in urls(price):
            assert url.startswith(f"{line.settings.public_url}/audio/km/")
            heard = requests.get(line.url + urlsplit(url).path, timeout=10)
            assert (heard.status_code, heard.content[:4]) == (200, b"RIFF")
            assert "immutable" in heard.headers["Cache-Control"]


def test_the_last_clip_of_a_sentence_falls(with_settings: Also) -> None:
    with with_settings() as line:
        for sentence in keys_to_a_price(line).script(2).sentences:
            takes = [take for _, take in sentence.clips]
            assert takes == [Take.MID] * (len(takes) - 1) + [Take.END]


def test_a_sentence_with_one_clip_missing_is_not_played_in_part(with_settings: Also, tmp_path: Path) -> None:
    with with_settings(SAY_VOICE=SAYS) as line:
        script = keys_to_a_price(line).script(2)
        first, *others = script.sentences
        kept = [clip for sentence in others for clip in sentence.clips]
        record(tmp_path / "voices", "km", [clip for clip in kept if clip[0] != first.clips[0][0]])
    with with_settings(SAY_VOICE=SAYS, AUDIO_DIR=str(tmp_path / "voices")) as line:
        price = keys_to_a_price(line).now
        assert price.said[0] == first.text
        assert len(price.plays) >= len(others)
    with with_settings(AUDIO_DIR=str(tmp_path / "voices")) as line:
        call = keys_to_a_price(line)
        assert call.now.plays[0] == "tone"
        assert call.now.plays.count("tone") == 1
        assert call.now.said == ()
        assert "9,500" in texts(line, call.number)[-1]


def test_english_clips_are_played_to_who_chose_english(with_settings: Also, tmp_path: Path) -> None:
    with with_settings() as line:
        script = keys_to_a_price(line, language="en").script(2)
        record(tmp_path / "voices", "en", clips_of(script))
    with with_settings(AUDIO_DIR=str(tmp_path / "voices")) as line:
        price = keys_to_a_price(line, language="en").now
        assert price.said == ()
        assert {urlsplit(url).path.split("/")[2] for url in urls(price)} == {"en"}


# --- Words spoken to the line --------------------------------------------------------------------------


def test_where_the_carrier_understands_speech_choices_may_be_spoken(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS, CARRIER="twilio", SPEECH="on") as line:
        call = Call(line, line.phone(place="0305", language="km"))
        call.press("1")
        assert call.now.waits["input"] == "dtmf speech"
        assert call.now.waits["language"] == "km-KH"
        hints = call.now.waits["hints"].split(",")
        assert "ជ្រូករស់" in hints
        assert "កូនជ្រូក" in hints
        price = call.send(SpeechResult="ជ្រូករស់", Confidence="0.93")
        assert "ប្រាំបួន ពាន់ ប្រាំរយ រៀល" in price.text
        assert call.messages()[-1][1:] == ("price", "pig_live")
        english = Call(line, line.phone(place="0305", language="en"))
        english.press("1")
        assert english.now.waits["language"] == "en-US"
        assert "nine thousand five hundred" in english.send(SpeechResult="live pig", Confidence="0.8").text


@pytest.mark.parametrize("confidence", ["0.2", "0", "", "nan", "-1", "x", "1e999"])
def test_words_the_carrier_doubts_are_asked_for_by_key(with_settings: Also, confidence: str) -> None:
    with with_settings(SAY_VOICE=SAYS, CARRIER="twilio", SPEECH="on") as line:
        call = Call(line, line.phone(place="0305", language="en"))
        question = call.press("1").said
        asked = call.send(SpeechResult="live pig", Confidence=confidence)
        assert asked.said == ("Sorry, we did not understand.", "Please press a key.", *question)


def test_words_nobody_understands_lead_to_a_message_that_a_person_hears(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS, CARRIER="twilio", SPEECH="on") as line:
        call = Call(line, line.phone(place="0305", language="en"))
        call.press("1")
        for _ in range(3):
            call.send(SpeechResult="zebra crossing umbrella", Confidence="0.9")
        assert call.now.asks == "Record"


def test_free_words_are_recorded_not_written_down(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS, CARRIER="twilio", SPEECH="on") as line:
        call = Call(line, line.phone(place="0305", language="en"))
        call.press("7")
        assert call.now.asks == "Record"
        price = Call(line, line.phone(place="0305", language="en", may_report=True))
        price.press("5", "01")
        assert price.now.waits["input"] == "dtmf"  # a price is keyed


def test_stop_may_be_spoken_where_speech_is_understood(with_settings: Also) -> None:
    with with_settings(SAY_VOICE=SAYS, CARRIER="twilio", SPEECH="on") as line:
        call = Call(line, line.phone(place="0305", language="en"))
        call.send(SpeechResult="stop", Confidence="0.95")
        ledger = "SELECT given, channel FROM consent WHERE contact_id = :c"
        assert [tuple(row) for row in line.rows(ledger, c=line.contact(call.number))] == [(False, "voice")]


@pytest.mark.parametrize(
    "settings",
    [{"CARRIER": "somleng", "SPEECH": "on"}, {"CARRIER": "somleng"}, {"CARRIER": "twilio"}],
)
def test_elsewhere_speech_is_never_asked_for(with_settings: Also, settings: dict[str, str]) -> None:
    with with_settings(SAY_VOICE=SAYS, **settings) as line:
        call = Call(line, line.phone(place="0305", language="en"))
        question = call.press("1")
        assert question.waits["input"] == "dtmf"
        assert not {"hints", "language", "speechTimeout"} & set(question.waits)
        assert call.send(SpeechResult="live pig", Confidence="0.99").said == question.said
