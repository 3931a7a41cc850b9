"""How the simulator reads voice documents: what is resolved, what each carrier takes, what neither does."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping

import pytest

from bot.simulator.calls import sounds
from bot.simulator.calls.call import Call
from bot.simulator.calls.course import INBOUND, CourseEntry, Ends, Mark, State
from bot.simulator.calls.documents import (
    Dial,
    DocumentError,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Refused,
    Reject,
    Say,
    Verb,
    read_document,
)
from bot.simulator.calls.spoken import turns, words_of
from bot.simulator.carrier.profile import Answer, Profile

URL = "https://phsar.example.org/voice/3?x=1"


def read(verbs: str, profile: Profile = Profile.SOMLENG) -> list[Verb]:
    return read_document(f"<Response>{verbs}</Response>".encode(), URL, profile)


@pytest.mark.parametrize("profile", list(Profile))
def test_what_both_carriers_take(profile: Profile) -> None:
    verbs = read(
        '<Play>/audio/a.wav</Play><Say language="km-KH" voice="V"> ថ្លៃ\n ជ្រូក </Say>'
        '<Gather numDigits="2" timeout="6" actionOnEmptyResult="true" action="4"><Play>b.wav</Play></Gather>'
        '<Record action="/voice/4" maxLength="120" timeout="5" finishOnKey="#" playBeep="true"/>'
        "<Dial><Number>+85512000004</Number><Sip>sip:a@example.org</Sip></Dial>"
        '<Redirect>../voice/4</Redirect><Reject reason="busy"/><Reject/><Hangup/>',
        profile,
    )
    base = "https://phsar.example.org"
    assert verbs == [
        Play(f"{base}/audio/a.wav"),
        Say("ថ្លៃ ជ្រូក", "km-KH", "V"),
        Gather(f"{base}/voice/4", (Play(f"{base}/voice/b.wav"),), True, False, 2, "#", 6, True, ""),
        Record(f"{base}/voice/4", 120, 5, "#", True),
        Dial(("+85512000004", "sip:a@example.org"), None),
        Redirect(f"{base}/voice/4"),
        Reject(True),
        Reject(False),
        Hangup(),
    ]


def test_a_gather_without_an_address_comes_back_to_its_document() -> None:
    (gather,) = read("<Gather/>")
    assert isinstance(gather, Gather)
    assert (gather.action, gather.most, gather.finish, gather.timeout, gather.even_empty) == (URL, None, "#", 5, False)


def test_only_twilio_pauses_and_listens() -> None:
    verbs = '<Pause length="3"/><Gather input="speech"/>'
    pause, gather = read(verbs, Profile.TWILIO)
    assert pause == Pause(3)
    assert isinstance(gather, Gather)
    assert (gather.keys, gather.speech) == (False, True)
    assert read(verbs) == [Refused("call_verb", "<Pause>"), Refused("speech", '<Gather input="speech">')]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (b"", "bad_xml"),
        (b"<Response>", "bad_xml"),
        (b"<html/>", "bad_xml"),
        (b'<!doctype x [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>', "bad_xml"),
        (b"\xff\xfe", "bad_xml"),
        (b"<Response>" + b" " * 65_536 + b"</Response>", "too_large"),
    ],
)
def test_what_is_no_document(document: bytes, fault: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(document, URL, Profile.TWILIO)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    "verb",
    [
        '<Gather timeout="-1"/>',
        '<Gather timeout="1e3"/>',
        '<Gather numDigits="0"/>',
        '<Gather input=""/>',
        '<Gather method="GET"/>',
        '<Record maxLength="999999999"/>',
        '<Record finishOnKey="any"/>',
        "<Redirect>http://[/</Redirect>",
        "<Play>http://127.0.0.1:99999/</Play>",
        "<Dial/>",
    ],
)
def test_a_senseless_attribute_is_refused_in_its_place(verb: str) -> None:
    hello, refused = read(f'<Say language="en-US">hello</Say>{verb}')
    assert isinstance(hello, Say)
    assert isinstance(refused, Refused)
    assert refused.fault == "attribute"


class Script:
    """A line that answers each post with the next of these documents."""

    def __init__(self, *verbs: str) -> None:
        self.documents = [f"<Response>{verb}</Response>".encode() for verb in verbs]
        self.forms: list[dict[str, str]] = []

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        self.forms.append(dict(form))
        return Answer(200, self.documents.pop(0))


def call(line: Script, profile: Profile = Profile.TWILIO) -> Call:
    made = Call(Ends("CA1", "AC1", profile, "+85512000001", "+85510000000", INBOUND), line)
    made.begin(URL)
    return made


def test_prompts_are_over_before_the_call_goes_on() -> None:
    line = Script("<Play>a.wav</Play><Redirect/>", "<Say>bye</Say>")
    made = call(line)
    assert (made.state, len(line.forms)) == (State.SPEAKING, 1)
    assert made.press("1") == "1"
    made.go_on()
    assert (made.state, len(line.forms)) == (State.SPEAKING, 2)
    made.go_on()
    assert (made.state, made.status) == (State.ENDED, "completed")


def test_each_change_of_status_is_told_once() -> None:
    told: list[str] = []
    line = Script("<Gather/>", "<Gather/>")
    ends = Ends("CA1", "AC1", Profile.TWILIO, "+85512000001", "+85510000000", INBOUND)
    made = Call(ends, line, lambda call: told.append(call.status))
    made.begin(URL)
    made.press("1#")
    made.hang_up()
    made.hang_up()
    made.end("failed")
    assert told == ["in-progress", "completed"]
    assert [form["CallStatus"] for form in line.forms] == ["ringing", "in-progress"]


def test_a_call_is_shown_turn_by_turn() -> None:
    entries = [
        CourseEntry(Mark.PLAYED, 1, "http://127.0.0.1/audio/line/tone.0123456789ab.wav"),
        CourseEntry(Mark.SAID, 1, "Press 1.", "en-US"),
        CourseEntry(Mark.NOTHING, 1, ""),
        CourseEntry(Mark.SAID, 1, "Press 1, please.", "en-US"),
        CourseEntry(Mark.KEYS, 1, "1"),
        CourseEntry(Mark.SAID, 2, "Thank you.", "en-US"),
    ]
    shown = [(turn.step, [one.text for one in turn.heard], len(turn.done)) for turn in turns(entries)]
    assert shown == [(1, ["♪", "Press 1."], 1), (1, ["Press 1, please."], 1), (2, ["Thank you."], 0)]
    assert turns(entries)[0].heard[1].language == "en"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/audio/km/mo.10.mid.0123456789ab.wav", ("ខែតុលា", "km")),
        ("/audio/en/mo.10.end.0123456789ab.wav", ("October", "en")),
        ("/audio/km/m.unknown.end.0123456789ab.wav", ("m.unknown", "km")),
        ("/audio/line/tone.0123456789ab.wav", ("♪", "")),
        ("/elsewhere/a.wav", ("a.wav", "")),
    ],
)
def test_a_sound_is_shown_in_its_words(path: str, words: tuple[str, str]) -> None:
    assert words_of(f"http://127.0.0.1:8000{path}") == words


def test_the_sample_is_a_sound() -> None:
    with wave.open(io.BytesIO(sounds.sample())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert max(file.readframes(8000)) > 0
    assert sounds.seconds_of(sounds.sample(3.0)) == 3
    assert sounds.seconds_of(sounds.silence(5)) == 5
    assert sounds.seconds_of(b"no sound") == 1
    assert not sounds.is_wav(b"RIFF")
    assert not sounds.is_wav(sounds.silence(0))
