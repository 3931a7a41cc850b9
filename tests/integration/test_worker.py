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
from flask import Response
from redis import Redis

from bot.app import utc_now
from bot.config import ROOT, load_settings
from bot.messages import jobs
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
    return {**ENVIRON, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "QUIET_HOURS": "off"}


def states(line: Deployment) -> list[str]:
    return [row[0] for row in line.rows("SELECT state FROM outbox ORDER BY id")]


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
        with deployed(settings, port, begins=utc_now()) as line, worker(environ, tmp_path / "log") as working:
            number = line.phone()
            for words in ("asdf qwer", "zzz", "xxx yyy"):
                line.sms(number, words)
            item = str(line.one("SELECT max(id) FROM inbox_item"))
            done = line.app.test_cli_runner().invoke(args=["inbox", "answer", item, "សូមហៅពេទ្យសត្វ"])
            assert done.exit_code == 0, done.output
            until(lambda: states(line) == ["delivered"], within=40)
            assert line.one("SELECT sid FROM outbox")
            until(lambda: bool(redis.get("phsar:beat:worker")))
            said = working.log.read_text()
    assert '"taken": 1' in said
    assert "ពេទ្យ" not in said
    assert number.removeprefix("+") not in said


@pytest.mark.parametrize("accepted", [True, False])
def test_a_worker_killed_in_the_middle_of_a_batch_neither_forgets_nor_repeats(
    environ: dict[str, str], redis: Redis, tmp_path: Path, accepted: bool
) -> None:
    with fake_carrier() as carrier, deployed(load_settings(environ, tmp_path), begins=utc_now()) as line:
        environ |= {"TWILIO_API_URL": carrier.url, "SMS_PER_SECOND": "1000"}

        # From the tenth on nobody is answered: the carrier has taken those messages, or has not.
        def stall(form: dict[str, str], number: int) -> Response | None:
            if number < 10:
                return None
            time.sleep(20)
            return Response(status=500)

        if accepted:
            carrier.after = stall
        else:
            carrier.answer = stall
        for number in range(150):
            line.queue(words=f"a secret answer {number}")
        with worker(environ, tmp_path / "log") as working:
            jobs.wake(redis)
            until(lambda: len(carrier.calls) >= 40, within=40)
            time.sleep(0.3)  # the first answers are written
            working.process.kill()
            working.process.wait()
        redis.flushall()  # the queue is lost as well
        assert states(line).count("sending") >= 60
        carrier.after = carrier.answer = lambda form, number: None
        line.time.now = datetime.now(UTC)
        clock = line.clock(redis)
        assert clock.tick()
        line.settle(carrier.url)
        assert states(line).count("sending") >= 60  # no lease is over: nobody touches them
        for _ in range(8):
            line.time.passes(seconds=30)
            clock.tick()
            line.settle(carrier.url)
            line.sending(carrier.url, quiet_hours=None).send_due()
        assert set(states(line)) == {"sent"}
        assert sorted(kept.form["To"] for kept in carrier.taken) == sorted({kept.form["To"] for kept in carrier.taken})
        assert len(carrier.taken) == 150
        # The carrier tells late what became of one it had.
        form = carrier.taken[20].form
        path = form["StatusCallback"].removeprefix(line.settings.public_url)
        line.post(path, {"MessageSid": carrier.taken[20].sid, "MessageStatus": "delivered"})
        assert states(line).count("delivered") == 1


def test_two_workers_share_the_work_and_the_pace(environ: dict[str, str], redis: Redis, tmp_path: Path) -> None:
    with fake_carrier() as carrier, deployed(load_settings(environ, tmp_path), begins=utc_now()) as line:
        environ |= {"TWILIO_API_URL": carrier.url, "SMS_PER_SECOND": "20"}
        for _ in range(80):
            line.queue()
        with worker(environ, tmp_path / "one"), worker(environ, tmp_path / "two"):
            jobs.wake(redis)
            until(lambda: len(carrier.taken) == 80 and set(states(line)) == {"sent"}, within=60)
        # The first wait for connections to be made, and come together then.
        took = (carrier.taken[-1].at - carrier.taken[20].at).total_seconds()
        assert len({kept.form["To"] for kept in carrier.taken}) == 80
        assert took >= 2.5  # 59 more at 20 a second, however many workers


def test_a_worker_without_redis_says_so_and_ends(environ: dict[str, str], tmp_path: Path) -> None:
    environ["REDIS_URL"] = f"unix://{tmp_path}/nobody.sock"
    with worker(environ, tmp_path / "log") as working:
        assert working.process.wait(40) == 1
    (said,) = working.log.read_text().splitlines()
    assert said.startswith("REDIS_URL: ")
