"""The worker as a process of its own: it sends through the carrier, and whatever kills it, SQL tells the truth."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from bot.config import ROOT, load_settings
from bot.db import writing
from bot.messages import jobs, outbox
from tests.conftest import ENVIRON
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.line import ACCOUNT, LINE, TOKEN, free_port, running_simulator, until


@dataclass
class Worker:
    """A worker process; its output is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def worker(environ: dict[str, str], log: Path) -> Iterator[Worker]:
    """`python worker.py` until the end."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "worker.py"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environ},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Worker(process, log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def environ(database_url: str, redis: Redis, redis_url: str) -> dict[str, str]:
    """What the worker's process is told, but for the carrier."""
    return {**ENVIRON, "DATABASE_URL": database_url, "REDIS_URL": redis_url}


def states(line: Deployment) -> list[str]:
    return [row[0] for row in line.rows("SELECT state FROM outbox ORDER BY id")]


def queue(line: Deployment, count: int) -> None:
    contact = line.contact(line.phone(language="en"))
    with writing(line.engine) as connection:
        for _ in range(count):
            outbox.queue(connection, line.vault, contact, "a secret answer", line.time.now)


def test_an_answer_of_staff_reaches_the_phone_and_its_delivery_comes_back(
    environ: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    port = free_port()
    with running_simulator(tmp_path / "simulator.sqlite", f"http://127.0.0.1:{port}") as simulator:
        environ |= {
            "CARRIER": "simulator",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": simulator.api_url,
            "SMS_FROM": LINE,
        }
        settings = load_settings(environ, tmp_path)
        with deployed(settings, port) as line, worker(environ, tmp_path / "log") as working:
            number = line.phone()
            line.sms(number, "ជ្រូកងាប់ច្រើនណាស់")
            item = str(line.one("SELECT max(id) FROM inbox_item"))
            done = line.app.test_cli_runner().invoke(args=["inbox", "answer", item, "សូមហៅពេទ្យសត្វ"])
            assert done.exit_code == 0, done.output
            until(lambda: states(line) == ["delivered"], within=40)
            assert line.one("SELECT sid FROM outbox")
            until(lambda: bool(redis.get("phsar:beat:worker")))
            said = working.log.read_text()
    assert '"state": "sent"' in said
    assert "ពេទ្យ" not in said
    assert number.removeprefix("+") not in said


def test_a_killed_worker_leaves_the_truth_in_sql(environ: dict[str, str], redis: Redis, tmp_path: Path) -> None:
    with fake_carrier() as carrier:
        environ["TWILIO_API_URL"] = carrier.url
        carrier.answer = lambda form, number: time.sleep(30) if number == 2 else None
        with deployed(load_settings(environ, tmp_path)) as line:
            queue(line, 3)
            with worker(environ, tmp_path / "log") as working:
                jobs.wake(redis)
                until(lambda: len(carrier.calls) == 2, within=40)
                working.process.kill()
                working.process.wait()
            assert states(line) == ["sent", "sending", "queued"]
            redis.flushall()  # the queue is lost as well
            line.time.now = datetime.now(UTC)
            clock = line.clock(redis)
            assert clock.tick()
            assert states(line)[1] == "sending"  # the lease is not over: nobody touches it
            line.time.passes(seconds=31)
            clock.tick()
            assert states(line)[1] == "unknown"
            with worker(environ, tmp_path / "log 2"):
                until(lambda: states(line)[2] == "sent", within=40)
            assert states(line) == ["sent", "unknown", "sent"]
            assert len(carrier.calls) == 3  # nothing was sent twice
            # The carrier tells late what became of the message it had.
            path = carrier.calls[1]["StatusCallback"].removeprefix(line.settings.public_url)
            line.post(path, {"MessageSid": "SM2", "MessageStatus": "delivered"})
            assert states(line) == ["sent", "delivered", "sent"]


def test_a_worker_without_redis_says_so_and_ends(environ: dict[str, str], tmp_path: Path) -> None:
    environ["REDIS_URL"] = f"unix://{tmp_path}/nobody.sock"
    with worker(environ, tmp_path / "log") as working:
        assert working.process.wait(40) == 1
    (said,) = working.log.read_text().splitlines()
    assert said.startswith("REDIS_URL: ")
