"""Messages left by phone: fetched with patience, kept sealed, deleted at the provider."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Response
from redis import Redis

from bot.channels.carrier import MOST_BYTES
from bot.db import writing
from bot.messages import jobs
from bot.messages.inbound import recordings
from tests.fakes.carrier import FakeCarrier, fake_carrier
from tests.fakes.deployment import Deployment, together
from tests.fakes.messages_left import NAMES, SPEECH, fetch, has, left, run, source, state
from tests.fakes.recordings import encoded, silence, tone

pytestmark = pytest.mark.usefixtures("no_recordings")


def test_a_recording_is_fetched_kept_sealed_and_deleted_there(line: Deployment, carrier: FakeCarrier) -> None:
    name = next(NAMES)
    _, id = left(line, carrier.recording(name))
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    path = carrier.recording(name).removeprefix(carrier.url)
    account = line.settings.account_sid
    assert carrier.asked == [("GET", path, account), ("DELETE", f"{path}.json", account)]
    assert state(line, id) == ("stored", "", 2)
    assert source(line, id) == ""
    kept = bytes(line.one("SELECT audio FROM recording WHERE id = :id", id=id))
    assert b"RIFF" not in kept
    with wave.open(io.BytesIO(line.vault.open_bytes(kept))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() == 16_000
    line.time.passes(hours=1)
    fetch(line, carrier.url)
    assert len(carrier.asked) == 2  # it is done


def test_told_twice_or_five_times_at_once_it_is_one(line: Deployment, carrier: FakeCarrier) -> None:
    url = carrier.recording(next(NAMES))

    def tell() -> None:
        with writing(line.engine) as connection:
            recordings.add(connection, line.vault, url, None, None, line.time())

    together(*[tell] * 5)
    tell()
    assert line.one("SELECT count(*) FROM recording") == 1


def test_it_is_asked_for_again_and_again_for_a_day(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    for asked, wait in enumerate((10, 30, 120, 600, 3600, 3600), 1):
        fetch(line, carrier.url)
        assert state(line, id) == ("waiting", "404", 0)
        line.time.passes(seconds=wait - 1)
        fetch(line, carrier.url)
        assert len(carrier.asked) == asked
        line.time.passes(seconds=2)
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert state(line, id) == ("stored", "", 2)


def test_what_never_comes_is_lost_and_the_inbox_says_so(line: Deployment, carrier: FakeCarrier) -> None:
    item, id = left(line, carrier.recording(next(NAMES)))
    fetch(line, carrier.url)
    line.time.passes(hours=25)  # a worker that was away for a day asks more than once
    for tries in range(2, 8):
        fetch(line, carrier.url)
        assert state(line, id)[0] == "waiting"
        assert f"recording {id}: not here yet, {tries} tries (404)" in run(line, "inbox", "show", str(item))
        line.time.passes(hours=1)
    fetch(line, carrier.url)
    assert state(line, id)[:2] == ("lost", "404")
    assert f"recording {id}: lost: the carrier never had it (404)" in run(line, "inbox", "show", str(item))
    line.time.passes(days=3)
    asked = len(carrier.asked)
    fetch(line, carrier.url)
    assert len(carrier.asked) == asked


def test_a_worker_that_was_away_for_a_week_still_asks_once(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(SPEECH)
    line.time.passes(days=7)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "stored"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_carrier_that_is_ill_is_asked_again_for_days(line: Deployment, carrier: FakeCarrier, status: int) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = lambda method, name: Response(status=status)
    for _ in range(60):
        fetch(line, carrier.url)
        assert state(line, id) == ("waiting", str(status), 0)
        line.time.passes(hours=1)
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "stored"


def test_a_carrier_nobody_reaches_is_asked_again(line: Deployment) -> None:
    base = "http://127.0.0.1:9"
    _, id = left(line, f"{base}/2010-04-01/Accounts/AC1/Recordings/RE1")
    fetch(line, base)
    assert state(line, id)[0] == "waiting"


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"this is a text, and no sound at all", b"RIFF\xff\xff\xff\xffWAVE", b"<html>", bytes(100_000)],
    ids=["nothing", "a byte", "text", "a header", "a page", "zeros"],
)
def test_what_is_no_sound_is_lost_and_the_item_stays(line: Deployment, carrier: FakeCarrier, data: bytes) -> None:
    item, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(data)
    fetch(line, carrier.url)
    assert state(line, id) == ("lost", "no sound", 0)
    assert "lost: what the carrier had is no sound" in run(line, "inbox", "show", str(item))
    assert line.one("SELECT state FROM inbox_item WHERE id = :id", id=item) == "open"
    assert [method for method, _, _ in carrier.asked] == ["GET", "DELETE"]  # the carrier need not keep it either
    assert source(line, id) == ""


def test_what_is_lost_is_deleted_in_the_end(line: Deployment, carrier: FakeCarrier) -> None:
    item, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = lambda method, name: Response(b"no sound") if method == "GET" else Response(status=500)
    fetch(line, carrier.url)
    assert state(line, id) == ("lost", "no sound", 0)
    assert source(line, id)
    line.time.passes(minutes=1)
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert [method for method, _, _ in carrier.asked] == ["GET", "DELETE", "DELETE"]
    assert source(line, id) == ""
    assert "lost: what the carrier had is no sound" in run(line, "inbox", "show", str(item))


def test_a_silence_is_nothing_to_listen_to(line: Deployment, carrier: FakeCarrier) -> None:
    item, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(encoded(silence(8000, 3.0), "wav", 8000, 1))
    fetch(line, carrier.url)
    assert state(line, id) == ("lost", "silence", 0)
    assert source(line, id) == ""
    shown = run(line, "inbox", "show", str(item))
    assert f"item {item}, closed" in shown
    assert "note: nothing was said" in shown


def test_a_silence_closes_no_item_with_something_to_hear(line: Deployment, carrier: FakeCarrier) -> None:
    item, _ = left(line, carrier.recording(next(NAMES)))
    with writing(line.engine) as connection:
        recordings.add(connection, line.vault, carrier.recording(next(NAMES)), None, item, line.time())
    carrier.hears = has(encoded(silence(8000, 3.0), "wav", 8000, 1))
    fetch(line, carrier.url)
    assert f"item {item}, open" in run(line, "inbox", "show", str(item))


@pytest.mark.parametrize("ending", ["mp3", "m4a", "ogg"])
def test_any_format_becomes_a_wav(line: Deployment, carrier: FakeCarrier, ending: str) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(encoded(tone(48000, 3.0), ending, 48000, 2))
    fetch(line, carrier.url)
    assert state(line, id)[0] == "stored"


def test_what_was_cut_short_is_kept_as_far_as_it_goes(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(SPEECH[: len(SPEECH) // 2])
    fetch(line, carrier.url)
    assert state(line, id) == ("stored", "", 1)


def test_two_hours_are_not_read(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    given = 0

    def endless(method: str, _name: str) -> Response:
        def body() -> Iterator[bytes]:
            nonlocal given
            for _ in range(2 * 3600 * 16):  # two hours in pieces of 1,000 bytes
                given += 1000
                yield bytes(1000)

        return Response(body(), mimetype="audio/wav")

    carrier.hears = endless
    fetch(line, carrier.url)
    assert state(line, id)[:2] == ("lost", "too large")
    assert given < 4 * MOST_BYTES  # the rest is not even read


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example.org/2010-04-01/Accounts/AC1/Recordings/RE1",
        "{base}@evil.example.org/2010-04-01/Accounts/AC1/Recordings/RE1",
        "{base}\\@evil.example.org/Recordings/RE1",
        "{base}0/Recordings/RE1",
        "file:///etc/passwd/Recordings/RE1",
        "ftp://127.0.0.1/Recordings/RE1",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1",
        "{base}/2010-04-01/Accounts/AC1.json",
        "http://[/Recordings/",
        "http://127.0.0.1:99999999/Recordings/RE1",
        "Recordings",
        "",
        "\x00/Recordings/",
    ],
)
def test_nobody_but_the_carrier_is_asked(line: Deployment, carrier: FakeCarrier, url: str) -> None:
    _, id = left(line, url.format(base=carrier.url))
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert state(line, id)[:2] == ("lost", "elsewhere")
    assert carrier.asked == []


def test_an_address_is_written_by_us(line: Deployment, carrier: FakeCarrier) -> None:
    """Whatever stands before the carrier's host in it."""
    name = next(NAMES)
    _, id = left(line, carrier.recording(name).replace("://", "://somebody:secret@") + ".mp3?a=b#c")
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "stored"
    path = carrier.recording(name).removeprefix(carrier.url)
    assert [(method, asked) for method, asked, _ in carrier.asked] == [
        ("GET", f"{path}.mp3"),
        ("DELETE", f"{path}.json"),
    ]
    assert {user for _, _, user in carrier.asked} == {line.settings.account_sid}


def test_a_redirect_is_followed_without_credentials(line: Deployment, carrier: FakeCarrier) -> None:
    with fake_carrier() as store:
        store.hears = has(SPEECH)
        target = f"{store.url}/elsewhere/raw.wav?signature=x"
        carrier.hears = lambda method, name: Response(
            status=404 if method == "DELETE" else 302, headers={"Location": target}
        )
        _, id = left(line, carrier.recording(next(NAMES)))
        fetch(line, carrier.url)
        assert state(line, id)[0] == "stored"
        assert store.asked == [("GET", "/elsewhere/raw.wav", None)]  # no credentials, and nothing is deleted there
    assert source(line, id) == ""  # 404 to a deletion: there is nothing any more


@pytest.mark.parametrize(
    "target", ["{self}", "ftp://127.0.0.1/x", "file:///etc/passwd", "//[", "http://127.0.0.1:9/x", ""]
)
def test_a_redirect_that_leads_nowhere_is_asked_again(line: Deployment, carrier: FakeCarrier, target: str) -> None:
    url = carrier.recording(next(NAMES))
    carrier.hears = lambda method, name: Response(status=302, headers={"Location": target.format(self=url)})
    _, id = left(line, url)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "waiting"
    assert len(carrier.asked) <= 4


def test_what_cannot_be_deleted_is_tried_again_and_not_fetched_again(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = lambda method, name: Response(SPEECH) if method == "GET" else Response(status=500)
    fetch(line, carrier.url)
    assert state(line, id) == ("stored", "500", 2)
    assert source(line, id)
    line.time.passes(seconds=11)
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert [method for method, _, _ in carrier.asked] == ["GET", "DELETE", "DELETE"]
    assert state(line, id) == ("stored", "", 2)
    assert source(line, id) == ""


def test_two_workers_never_fetch_the_same(line: Deployment, carrier: FakeCarrier) -> None:
    carrier.hears = has(SPEECH)
    ids = [left(line, carrier.recording(next(NAMES)))[1] for _ in range(8)]
    together(*[lambda: fetch(line, carrier.url)] * 3)
    assert sorted(method for method, _, _ in carrier.asked) == ["DELETE"] * 8 + ["GET"] * 8
    assert {state(line, id)[0] for id in ids} == {"stored"}


def test_a_worker_that_dies_leaves_the_recording_to_another(line: Deployment, carrier: FakeCarrier) -> None:
    class Killed(BaseException):
        pass

    def dies(_data: bytes) -> tuple[bytes, float]:
        raise Killed

    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(SPEECH)
    with pytest.raises(Killed):
        fetch(line, carrier.url, made=dies)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "waiting"  # the lease is not over
    line.time.passes(minutes=3)
    fetch(line, carrier.url)
    assert state(line, id)[0] == "stored"


def test_a_recording_that_ends_every_worker_is_given_up(line: Deployment, carrier: FakeCarrier) -> None:
    def fails(_data: bytes) -> tuple[bytes, float]:
        raise RuntimeError("a decoder gone wrong")

    _, id = left(line, carrier.recording(next(NAMES)))
    carrier.hears = has(SPEECH)
    for _ in range(recordings.MOST_TRIES):
        with pytest.raises(RuntimeError):
            fetch(line, carrier.url, made=fails)
        line.time.passes(minutes=3)
    fetch(line, carrier.url, made=fails)
    assert state(line, id)[:2] == ("lost", "given up")
    assert source(line, id) == ""  # nobody keeps what nobody can hear


def test_only_the_holder_of_the_lease_writes_back(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = left(line, carrier.recording(next(NAMES)))
    with writing(line.engine) as connection:
        claimed = recordings.claim(connection, line.vault, line.time())
        assert claimed is not None
        other = replace(claimed, token="another")
        assert recordings.store(connection, line.vault, other, SPEECH, 2.0, line.time()) is None
        recordings.lose(connection, other, "x", line.time())
        recordings.deleted(connection, line.vault, other, line.time())
    assert state(line, id) == ("waiting", "", 0)


def test_the_clock_asks_for_what_is_due(line: Deployment, carrier: FakeCarrier, redis: Redis) -> None:
    left(line, carrier.recording(next(NAMES)))
    line.clock(redis, "due").tick()
    queue = jobs.queue_of(redis)
    assert "worker.fetch_recordings" in [job.func_name for job in queue.jobs]
