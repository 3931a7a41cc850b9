"""The telephone in the terminal: against a line that answers as the test says, and against the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from bot.config import Settings, load_settings
from bot.db import reading, writing
from bot.language.saying.catalogue import load_catalogue
from bot.messages.calls.models import Call, CallState
from bot.prices.reference import load_reference
from bot.simulator.calls import sounds
from bot.simulator.calls.records import Records
from bot.simulator.calls.terminal import ring
from bot.simulator.carrier.profile import Profile
from bot.simulator.store import Store
from tests.conftest import ENVIRON
from tests.fakes.line import ACCOUNT, TOKEN, FakeLine

FARMER = "+85512000001"
MENU = """<Gather numDigits="2" finishOnKey="#" actionOnEmptyResult="true" action="{url}/voice/1">
  <Play>{url}/audio/line/tone.abc.wav</Play>
  <Play>{url}/audio/km/mo.10.mid.abc.wav</Play><Play>{url}/audio/km/mo.11.end.abc.wav</Play>
  <Say language="en-US">Now.</Say></Gather>"""


@pytest.fixture
def line(tmp_path: Path) -> FakeLine:
    line = FakeLine("https://phsar.example.org")
    line.sounds = {"/audio/line/tone.abc.wav": sounds.silence(1)}
    return line


class Caller:
    """Rings a line and keeps what the terminal shows."""

    def __init__(self, line: FakeLine, settings: Settings, data: Path) -> None:
        self.app = line.app()
        self.settings = replace(settings, account_sid=ACCOUNT, auth_token=TOKEN, carrier="simulator", call_back=False)
        self.data = data
        self.said: list[str] = []
        self.went_well = True

    def ring(self, *keys: str, profile: Profile = Profile.TWILIO) -> list[str]:
        self.said = []
        self.went_well = ring(self.app, self.settings, FARMER, keys, profile, self.data, self.said.append)
        return self.said


@pytest.fixture
def caller(line: FakeLine, sqlite_url: str, tmp_path: Path) -> Caller:
    settings = load_settings({**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": "unix:///nowhere"}, tmp_path)
    return Caller(line, settings, tmp_path / "simulator.sqlite")


def test_what_is_heard_and_pressed_is_printed(line: FakeLine, caller: Caller) -> None:
    line.say(voice=MENU, voice_1='<Say language="en-US">9,500 riel.</Say><Hangup/>')
    line.sounds["/audio/km/mo.10.mid.abc.wav"] = sounds.silence(1)
    assert caller.ring("12") == [
        "< ♪",
        "< ខែតុលា ខែវិច្ឆិកា [no such sound]",  # a sentence a line; the second clip has no file
        "< Now.",
        "> 12",
        "< 9,500 riel.",
        "(completed, 1 s)",
    ]
    assert caller.went_well
    assert [(one.path, one.signed) for one in line.heard] == [
        ("/voice", True),
        ("/voice/1", True),
        ("/voice/status", True),
    ]
    assert line.heard[1].form["Digits"] == "12"
    assert line.call_statuses() == ["completed"]


def test_an_empty_answer_waits_and_too_few_keys_are_taken(line: FakeLine, caller: Caller) -> None:
    line.say(voice=MENU, voice_1=MENU)
    caller.ring("", "1", "123", profile=Profile.SOMLENG)
    assert [one.form.get("Digits") for one in line.calls()] == [None, None, "1", "12"]
    assert "  (nobody listens to 3)" in caller.said
    assert line.call_statuses() == ["completed"]  # hung up when there was nothing more to press


def test_words_and_hanging_up(line: FakeLine, caller: Caller) -> None:
    line.say(voice='<Gather input="dtmf speech" action="{url}/voice/1"/>', voice_1="<Gather/>")
    assert caller.ring("s pigs", "h") == ["> “pigs”", "(completed, 1 s)"]
    assert line.calls()[1].form["SpeechResult"] == "pigs"


@pytest.mark.parametrize("profile", list(Profile))
def test_a_recording_lies_where_the_simulator_serves_it(
    line: FakeLine, caller: Caller, tmp_path: Path, profile: Profile
) -> None:
    line.say(voice='<Record action="{url}/voice/1"/>', voice_1='<Record action="{url}/voice/2"/>', voice_2="<Hangup/>")
    (tmp_path / "left.wav").write_bytes(b"no sound at all")
    caller.ring("r", f"r {tmp_path}/nowhere.wav", f"r {tmp_path}/left.wav", profile=profile)
    assert caller.said[0] == "> (recorded, 2 s)"
    store = Store(caller.data)
    kept = [Records(store).recording(one.form["RecordingUrl"].rpartition("/")[2]) for one in line.calls()[1:]]
    store.close()
    assert [one and one.sound for one in kept] == [sounds.sample(), None, b"no sound at all"][::2]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("<Pause/>", "! this carrier ends the call at <Pause>"),
        ("<Redirect>https://elsewhere.example/</Redirect>", "! the address is not the line's"),
        ("<Say>", "! no valid TwiML:"),
    ],
)
def test_a_fault_is_told_and_is_no_success(line: FakeLine, caller: Caller, document: str, words: str) -> None:
    line.say(voice=document)
    caller.ring(profile=Profile.SOMLENG)
    assert any(said.startswith(words) for said in caller.said)
    assert not caller.went_well


def test_a_line_that_goes_on_for_ever_is_left(line: FakeLine, caller: Caller) -> None:
    line.say(voice="<Say>please hold</Say><Redirect>{url}/voice</Redirect>")
    assert caller.ring()[-1].startswith("(completed")


# The real line


@pytest.fixture
def speaking(app_of: Callable[[Settings], Flask], settings: Settings) -> tuple[Flask, Engine]:
    """The line with a carrier's voice that knows Khmer."""
    app = app_of(replace(settings, say_voice="Azure.km-KH-PisethNeural"))
    engine = app.extensions["phsar"].engine
    with writing(engine) as connection:
        load_reference(connection)
    return app, engine


def test_the_real_line_answers_in_its_own_words(speaking: tuple[Flask, Engine]) -> None:
    app, engine = speaking
    done = app.test_cli_runner().invoke(args=["call", "--profile", "somleng", "--as", "012 000 009", "1", "", "9", "h"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    heard = [line.removeprefix("< ") for line in lines if line.startswith("< ")]
    assert not any("[" in line for line in heard)  # every sound is there, every voice right
    assert heard[0] in load_catalogue("km", "voice").values()
    assert [line for line in lines if line.startswith("> ")] == ["> 1", "> (nothing)", "> 9"]
    assert lines[-1].startswith("(completed")
    with reading(engine) as connection:
        (state,) = connection.execute(select(Call.state)).scalars()
    assert state == CallState.ENDED


def test_an_unusable_number_is_refused(speaking: tuple[Flask, Engine]) -> None:
    app, _ = speaking
    done = app.test_cli_runner().invoke(args=["call", "--as", "12x"])
    assert done.exit_code == 2
    assert "no number a phone could have" in done.output
    assert "KEYS" in app.test_cli_runner().invoke(args=["call", "--help"]).output
