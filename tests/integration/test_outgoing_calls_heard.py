"""What is heard in a call that tells something: who rings, what for, and how to hear it again, ask, or have it end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.audio.store import SHIPPED, file_name
from bot.db import writing
from bot.language.saying.clips import Take
from bot.messages.calls import outbox as call_outbox
from tests.fakes.callers import call, place, told
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment
from tests.fakes.ringing import HEARD_AT, SAYS, also, texts
from tests.fakes.rung import WORDS, Picked, agrees, broadcast, listener, picks_up, to_announce, to_ring

SOUND = (SHIPPED / "tone.wav").read_bytes()
GREETS = "Hello from Phsar."
WAITS = "We have a message for you."
OFFER = f"{GREETS} {WAITS} To hear it, press one"


@pytest.fixture
def speaking(line: Deployment, serve: Callable[[Any], str], tmp_path: Path, redis: Redis) -> Iterator[Deployment]:
    """A line with a recorded message in Khmer and one in both languages."""
    for voice, name in (("km", "broadcast-1"), ("km", "broadcast-2"), ("en", "broadcast-2")):
        folder = tmp_path / "voices" / voice / "audio"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file_name(name, Take.END, SOUND)).write_bytes(SOUND)
    with line.engine.begin() as connection:
        for name in ("outbox", "call", "called_off", "message", "breaker", "broadcast"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    with also(line, serve, tmp_path, SAY_VOICE=SAYS, AUDIO_DIR=str(tmp_path / "voices")) as line:
        yield line


def announced(line: Deployment, carrier: FakeCarrier, language: str = "en", **audio: str) -> Picked:
    """Somebody picks up who is to hear a broadcast."""
    to_announce(line, listener(line, True, language=language), broadcast(line, **{"audio_km": "broadcast-1", **audio}))
    place(line, carrier.url)
    return picks_up(line, carrier, len(carrier.dialled) - 1)


def last(line: Deployment, column: str) -> Any:
    return line.one(f"SELECT {column} FROM call ORDER BY id DESC LIMIT 1")


def test_a_call_says_who_rings_and_begins_where_it_should(speaking: Deployment, carrier: FakeCarrier) -> None:
    line, number = speaking, listener(speaking)
    id = to_ring(line, number)
    place(line, carrier.url)
    picked = picks_up(line, carrier)
    assert picked.now.said[0] == GREETS
    assert "No more messages, press one" in picked.now.text
    assert picks_up(line, carrier).now.body == picked.now.body  # fetched twice
    assert call(line, id)[0] == "open"
    picked.press("1")
    assert line.one("SELECT given FROM consent ORDER BY id DESC LIMIT 1") in (0, False)
    assert told(line, carrier, "completed", CallDuration="61") == 204
    assert call(line, id) == ("ended", "", 1, 2)


@pytest.mark.parametrize("hears", ["a machine", "nobody", "a machine to its end", "a machine that nobody ends"])
def test_a_call_that_reached_nobody_is_written_once(speaking: Deployment, carrier: FakeCarrier, hears: str) -> None:
    line, number = speaking, listener(speaking)
    id = to_ring(line, number)
    place(line, carrier.url)
    if hears != "nobody":
        picked = picks_up(line, carrier)
        while picked.now.goes and hears != "a machine that nobody ends":
            picked.send(AnsweredBy="machine_start")
            if hears == "a machine":
                break
    if hears == "a machine that nobody ends":
        line.time.passes(hours=3)
        with writing(line.engine) as connection:
            call_outbox.sweep(connection, line.time())
    for _ in range(2):
        told(line, carrier, "completed", CallDuration="20")
    assert texts(line, number) == [WORDS]
    assert call(line, id)[:2] == ("ended", "no document" if hears == "nobody" else "no key")


@pytest.mark.parametrize("key", ["1", "2", "7", "9", "0", "*"])
def test_who_presses_any_key_has_heard_it(speaking: Deployment, carrier: FakeCarrier, key: str) -> None:
    line, number = speaking, listener(speaking)
    id = to_ring(line, number)
    place(line, carrier.url)
    picks_up(line, carrier).press(key)
    told(line, carrier, "completed", CallDuration="20")
    assert texts(line, number) == []
    assert call(line, id)[:2] == ("ended", "")


@pytest.mark.parametrize("why", ["stopped", "too late"])
def test_it_is_written_within_the_same_rules(speaking: Deployment, carrier: FakeCarrier, why: str) -> None:
    line, number = speaking, listener(speaking)
    to_ring(line, number, expires=line.time.now + timedelta(hours=1))
    place(line, carrier.url)
    picks_up(line, carrier)
    line.time.passes(hours=2 if why == "too late" else 0, minutes=1)
    if why == "stopped":
        agrees(line, number, False)
    told(line, carrier, "completed", CallDuration="20")
    line.sending(carrier.url, quiet_hours=None).send_due()
    assert carrier.calls == []


@pytest.mark.parametrize(("opens", "data"), [("gone.away", "{}"), ("price.where", '{"maybe": 7}'), ("reply.rsvp", "[")])
def test_what_this_release_does_not_know_is_home_with_an_apology(
    speaking: Deployment, carrier: FakeCarrier, opens: str, data: str
) -> None:
    id = to_ring(speaking, listener(speaking))
    with speaking.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE call SET opens = '{opens}', data = '{data}' WHERE id = {id}")
    place(speaking, carrier.url)
    now = picks_up(speaking, carrier).now
    assert now.goes
    if opens == "reply.rsvp":  # its data is nothing that can be read: what it is about is over
        assert now.said[0] == GREETS
    else:
        assert now.said[0] == "Sorry, we begin again."


def test_a_recording_is_played_to_who_presses_a_key(speaking: Deployment, carrier: FakeCarrier) -> None:
    picked = announced(speaking, carrier)
    assert picked.now.text == f"{OFFER} No more messages, press eight"
    assert picked.now.plays == ()
    heard = picked.press("1")
    assert heard.plays == ("broadcast-1.end",)
    assert "/audio/km/" in heard.body  # English was not recorded
    again = "To hear it again, press one To ask us about it, press two No more messages, press eight"
    assert heard.text.endswith(again)
    assert picked.press("1").plays == ("broadcast-1.end",)
    bye = picked.press("")
    assert (bye.asks, bye.plays) == ("Hangup", ())
    assert last(speaking, "state") == "ended"


def test_everybody_hears_their_language(speaking: Deployment, carrier: FakeCarrier) -> None:
    both = {"audio_km": "broadcast-2", "audio_en": "broadcast-2"}
    assert "/audio/en/broadcast-2" in announced(speaking, carrier, **both).press("1").body
    assert "/audio/km/broadcast-2" in announced(speaking, carrier, "km", **both).press("1").body


def test_a_machine_hears_nothing_of_it_and_does_not_keep_the_line(speaking: Deployment, carrier: FakeCarrier) -> None:
    picked = announced(speaking, carrier)
    assert WAITS in picked.press("").text
    assert picked.press("").asks == "Hangup"
    assert last(speaking, "step") == 2


def test_a_question_goes_to_staff_who_read_what_it_is_about(speaking: Deployment, carrier: FakeCarrier) -> None:
    picked = announced(speaking, carrier)
    assert picked.press("1", "2").asks == "Record"
    ended = picked.send(RecordingUrl=f"{HEARD_AT}RE1", RecordingDuration="5")
    assert ended.asks == "Hangup"
    said = speaking.app.test_cli_runner().invoke(args=["inbox", "list", "--size", "200"]).output
    assert f"♪ broadcast {speaking.one('SELECT id FROM broadcast')}" in said.splitlines()[-1]


def test_it_ends_by_key_when_that_is_confirmed(speaking: Deployment, carrier: FakeCarrier) -> None:
    line = speaking
    picked = announced(line, carrier)
    contact = last(line, "contact_id")

    def agrees() -> bool:
        newest = "SELECT given FROM consent WHERE contact_id = :c ORDER BY id DESC LIMIT 1"
        return bool(line.one(newest, c=contact))

    assert WAITS in picked.press("8", "2").text
    assert agrees()
    picked.press("1", "8", "1")
    assert not agrees()


def test_a_recording_that_was_taken_away_leaves_the_usual_menu(speaking: Deployment, carrier: FakeCarrier) -> None:
    picked = announced(speaking, carrier, audio_km="")
    assert picked.now.said[0] == GREETS
    assert WAITS not in picked.now.text
    assert picked.now.goes
    gone = announced(speaking, carrier, audio_km="never-recorded").press("1")
    assert gone.plays[0] == "tone"


def test_who_rings_back_soon_hears_the_rest(speaking: Deployment, carrier: FakeCarrier) -> None:
    picked = announced(speaking, carrier)
    picked.press("1")
    told(speaking, carrier, "completed", CallDuration="9")
    number = carrier.dialled[0]["To"]
    about = {"CallSid": "CAagain", "From": number, "To": "+85510000000", "Direction": "inbound"}
    assert "To hear it again, press one" in speaking.post("/voice", about).body
