"""A Redis that answers but takes no writes is as good as away: whoever works with it waits, and goes on by itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from redis import Redis
from redis.exceptions import ResponseError

from bot.app import utc_now
from bot.config import load_settings
from bot.messages import jobs
from tests.conftest import ENVIRON
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.line import until
from tests.integration.test_worker import Worker, worker


def sends(line: Deployment, redis: Redis, working: Worker) -> None:
    """The worker sends what waits, and ends when told to."""
    until(lambda: line.clock(redis).tick() and sent(line) == 1, within=60)
    working.process.terminate()
    assert working.process.wait(20) == 0


REFUSALS = ["OOM", "READONLY", "NOREPLICAS", "MISCONF"]


@contextmanager
def refusing(redis: Redis, how: str) -> Iterator[None]:
    """A real server that takes no writes, in one of the ways a server may."""
    settings = {
        "OOM": {"maxmemory": "1", "maxmemory-policy": "noeviction"},
        "NOREPLICAS": {"min-replicas-to-write": "1"},
        "MISCONF": {"save": "3600 1", "stop-writes-on-bgsave-error": "yes"},
        "READONLY": {},
    }[how]
    before = {name: redis.config_get(name)[name] for name in settings}
    for name, value in settings.items():
        redis.config_set(name, value)
    if how == "READONLY":
        redis.replicaof("127.0.0.1", "1")
    folder = redis.config_get("dir")["dir"]
    in_the_way = Path(folder) / redis.config_get("dbfilename")["dbfilename"]
    if how == "MISCONF":
        in_the_way.unlink(missing_ok=True)
        (in_the_way / "x").mkdir(parents=True)
        redis.bgsave()
        until(lambda: redis.info("persistence")["rdb_last_bgsave_status"] == "err")
    try:
        with pytest.raises(ResponseError):
            redis.set("probe", "1")
        yield
    finally:
        if how == "READONLY":
            redis.replicaof("NO", "ONE")
        for name, value in before.items():
            redis.config_set(name, value)
        if how == "MISCONF":
            shutil.rmtree(in_the_way)
            redis.bgsave()
            until(lambda: redis.info("persistence")["rdb_last_bgsave_status"] == "ok")
        redis.set("probe", "1")


@pytest.fixture
def environ(sqlite_url: str, redis: Redis, redis_url: str) -> dict[str, str]:
    """What the worker's process is told, but for the carrier."""
    return {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url, "QUIET_HOURS": "off"}


def sent(line: Deployment) -> int:
    return int(line.one("SELECT count(*) FROM outbox WHERE state = 'sent'"))


@pytest.mark.parametrize("how", REFUSALS)
def test_a_worker_that_is_started_waits_and_goes_on(
    environ: dict[str, str], redis: Redis, tmp_path: Path, how: str
) -> None:
    with fake_carrier() as carrier, deployed(load_settings(environ, tmp_path), begins=utc_now()) as line:
        environ["TWILIO_API_URL"] = carrier.url
        line.queue()
        with ExitStack() as processes:
            with refusing(redis, how):
                working, told = (processes.enter_context(worker(environ, tmp_path / name)) for name in ("log", "told"))
                until(
                    lambda: all("takes no writes" in (tmp_path / name).read_text() for name in ("log", "told")),
                    within=40,
                )
                told.process.terminate()
                assert told.process.wait(20) == 0, "while it waits it ends when told to"
            sends(line, redis, working)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_worker_at_work_waits_and_goes_on(environ: dict[str, str], redis: Redis, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with fake_carrier() as carrier, deployed(load_settings(environ, tmp_path), begins=utc_now()) as line:
        environ["TWILIO_API_URL"] = carrier.url
        with worker(environ, log) as working:
            until(lambda: bool(redis.get("phsar:beat:worker")))
            with refusing(redis, "READONLY"):
                line.queue()
                until(lambda: "redis takes no writes" in log.read_text(), within=60)
                assert working.process.poll() is None
            sends(line, redis, working)
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("how", REFUSALS)
def test_the_clock_goes_on_and_the_line_is_not_ready(
    environ: dict[str, str], redis: Redis, tmp_path: Path, how: str
) -> None:
    with deployed(load_settings(environ, tmp_path)) as line:
        line.queue()
        clock = line.clock(redis)
        with refusing(redis, how):
            assert clock.tick()
            answer = requests.get(f"{line.url}/readyz", timeout=15)
            assert (answer.status_code, "redis: takes no writes" in answer.text) == (503, True)
            assert line.sms("+85512000077", "help").text, "who writes is answered"
        assert requests.get(f"{line.url}/readyz", timeout=15).status_code == 200
        time.sleep(jobs.AWAY_FOR)
        assert clock.tick()
        assert jobs.queue_of(redis).count == 1
