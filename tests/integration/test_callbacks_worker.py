"""A missed call from end to end: the webhook, a worker process, the carrier; and what is left when one of them dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from bot.config import load_settings
from bot.db import writing
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls import sending as call_sending
from bot.messages.calls.models import CallState
from bot.messages.inbound import recordings
from tests.conftest import ENVIRON
from tests.fakes.callers import answered_by, call, calls_back, known
from tests.fakes.carrier import FakeCarrier, fake_carrier
from tests.fakes.deployment import Deployment, deployed, together
from tests.fakes.line import until
from tests.fakes.messages_left import SPEECH, has, source, state
from tests.integration.test_worker import worker


@pytest.fixture
def carrier() -> Iterator[FakeCarrier]:
    """A carrier that does what the test says."""
    with fake_carrier() as carrier:
        yield carrier


@pytest.fixture
def environ(database_url: str, redis: Redis, redis_url: str, carrier: FakeCarrier) -> dict[str, str]:
    """What the processes are told."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "TWILIO_API_URL": carrier.url, "CALL_BACK": "on"}
    return {**ENVIRON, **given}


@pytest.fixture
def own_line(environ: dict[str, str], tmp_path: Path) -> Iterator[Deployment]:
    """A line that calls back."""
    with deployed(load_settings(environ, tmp_path)) as line:
        line.time.now = datetime.now(UTC)
        yield line


def beep(line: Deployment, number: str, sid: str) -> str:
    """Somebody rings; what they get."""
    said = line.post("/voice", {"CallSid": sid, "From": number, "Direction": "inbound"})
    assert said.status == 200
    return "refused" if "<Reject" in said.body else "answered"


def test_a_missed_call_is_called_back(
    own_line: Deployment, environ: dict[str, str], carrier: FakeCarrier, tmp_path: Path
) -> None:
    line = own_line
    number = known(line)
    with worker(environ, tmp_path / "log") as working:
        assert beep(line, number, "CAbeep") == "refused"
        until(lambda: len(carrier.dialled) == 1, within=40)
        (form,) = carrier.dialled
        until(lambda: bool(line.one("SELECT sid FROM call WHERE direction = 'back'")))
        sid = f"CA{1:032d}"
        ringing = {"CallSid": sid, "To": number, "From": line.settings.voice_from, "Direction": "outbound-api"}
        first = line.post(urlsplit(form["Url"]).path, ringing)
        assert first.status == 200
        assert "<Gather" in first.body
        assert line.post(urlsplit(form["Url"]).path, ringing).body == first.body  # fetched twice
        assert calls_back(line, number) == [("open", 1, 1)]
        path = form["StatusCallback"].removeprefix(line.settings.public_url)
        assert line.post(path, {**ringing, "CallStatus": "completed", "CallDuration": "75"}).status == 204
        assert calls_back(line, number) == [("ended", 1, 2)]
        said = working.log.read_text()
    assert form["To"] == number
    assert '"state": "dialling"' in said
    assert number.removeprefix("+") not in said


def test_a_message_left_is_fetched_by_a_worker(
    own_line: Deployment, environ: dict[str, str], carrier: FakeCarrier, redis: Redis, tmp_path: Path
) -> None:
    line = own_line
    carrier.hears = has(SPEECH)
    with writing(line.engine) as connection:
        recordings.add(connection, line.vault, carrier.recording("RE1"), None, None, line.time.now)
    id = line.one("SELECT id FROM recording")
    with worker(environ, tmp_path / "log") as working:
        call_sending.wake_recordings(redis)
        until(lambda: source(line, id) == "", within=40)
        assert "Recordings" not in working.log.read_text()
    assert state(line, id) == ("stored", "", 2)


def test_a_worker_killed_while_it_dials_dials_nobody_twice(
    own_line: Deployment, environ: dict[str, str], carrier: FakeCarrier, redis: Redis, tmp_path: Path
) -> None:
    line = own_line
    first, second = known(line), known(line)
    carrier.rings = lambda form, count: time.sleep(30) if count == 1 else None
    with worker(environ, tmp_path / "log") as working:
        beep(line, first, "CAfirst")
        until(lambda: len(carrier.dialled) == 1, within=40)
        working.process.kill()
        working.process.wait()
    beep(line, second, "CAsecond")
    ((id,),) = line.rows("SELECT id FROM call WHERE state = 'dialling'")
    redis.flushall()  # the queue is lost as well
    line.time.now = datetime.now(UTC)
    clock = line.clock(redis)
    assert clock.tick()
    assert call(line, id)[0] == "dialling"  # the lease is not over: nobody touches it
    line.time.passes(seconds=31)
    clock.tick()
    assert call(line, id)[:2] == ("unknown", "lease")
    with worker(environ, tmp_path / "log 2"):
        until(lambda: len(carrier.dialled) == 2, within=40)
    assert calls_back(line, second) == [("dialling", 1, 1)]
    assert [form["To"] for form in carrier.dialled] == [first, second]
    assert answered_by(line, id, f"CA{1:032d}") == "open"  # the carrier had it, and the phone was picked up


def test_everything_about_one_phone_at_once(own_line: Deployment, carrier: FakeCarrier) -> None:
    """Rings, the same ring, the carrier's fetches and callbacks, a worker and the clock, all at the same moment."""
    line = own_line
    for turn in range(6):
        number = known(line)
        assert beep(line, number, f"CA{turn}first") == "refused"
        id = int(line.one("SELECT max(id) FROM call WHERE direction = 'back'"))
        sid, there = f"CA{turn}back", {"CallSid": f"CA{turn}back", "To": number, "Direction": "outbound-api"}

        def fetched(path: str, there: dict[str, str] = there) -> int:
            return line.post(path, there).status

        def told(id: int = id, there: dict[str, str] = there) -> int:
            form = {**there, "CallStatus": "completed", "CallDuration": "61"}
            return line.post(f"/voice/status/{id}?attempt=1", form).status

        def rang(sid: str, number: str = number) -> int:
            beep(line, number, sid)
            return 200

        def dialled(sid: str = sid) -> int:
            with writing(line.engine) as connection:
                claimed = call_outbox.claim(connection, line.vault, line.time())
            if claimed is not None:
                with writing(line.engine) as connection:
                    call_outbox.settle(connection, claimed, CallState.DIALLING, line.time(), sid=sid)
            return 200

        dialled()
        statuses = together(
            lambda: fetched(f"/voice/back/{id}"),  # noqa: B023  all end within this turn of the loop
            lambda: fetched(f"/voice/back/{id}"),  # noqa: B023
            lambda: fetched("/voice/1"),
            lambda: fetched("/voice/1"),
            lambda: rang(f"CA{turn}second"),  # noqa: B023
            lambda: rang(f"CA{turn}second"),  # noqa: B023
            lambda: rang(f"CA{turn}third"),  # noqa: B023
            told,
            dialled,
        )
        assert set(statuses) <= {200, 204}
        told()
        assert len(calls_back(line, number)) == 1
        assert calls_back(line, number)[0] == ("ended", 1, 2)
    errors = line.rows("SELECT state, count(*) FROM call GROUP BY state")
    assert "unknown" not in {row[0] for row in errors}
