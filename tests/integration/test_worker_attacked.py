"""Attacks on the parts beside the line: the queue, the clock's lead, the webhooks' fields, mail, counters, files."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from redis import Redis
from rq import Queue
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.clock import LEADER
from bot.config import load_settings
from bot.db import make_engine, reading
from bot.messages import jobs
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment
from tests.fakes.line import until
from tests.integration.test_worker import environ, worker  # noqa: F401


def test_a_foreign_job_is_refused_and_the_worker_lives_on(
    environ: dict[str, str],  # noqa: F811
    redis: Redis,
    tmp_path: Path,
) -> None:
    proof = tmp_path / "owned"
    pickled = Queue(jobs.QUEUE, connection=redis)
    pickled.enqueue("os.system", f"touch {proof}")
    jobs.queue_of(redis).enqueue("os.system", f"touch {proof}")
    jobs.queue_of(redis).enqueue("worker.send_due", on_success=None, args=("more",))
    jobs.announce(redis, jobs.SEND)
    with worker(environ, tmp_path / "log") as running:
        until(lambda: jobs.queue_of(redis).count == 0, within=30)
        until(lambda: running.log.read_text().count("foreign job refused") >= 3, within=10)
        assert running.process.poll() is None
    assert not proof.exists()


def test_a_lead_without_an_end_is_not_believed(line: Deployment, redis: Redis) -> None:
    redis.set(LEADER, "x")
    assert line.clock(redis).tick()
    assert 0 < int(redis.ttl(LEADER)) <= 60
    redis.delete(LEADER)


@pytest.mark.parametrize(
    "fields",
    [
        [("From", "+85512000901"), ("From", "+85512000902")],
        [("From", "+85512000901"), ("AccountSid", "AC" + "9" * 32)],
        [("From", "+85512000901"), ("AccountSid", ENVIRON["TWILIO_ACCOUNT_SID"]), ("AccountSid", "")],
    ],
)
def test_repeated_fields_and_foreign_accounts_are_refused(line: Deployment, fields: list[tuple[str, str]]) -> None:
    form = [("MessageSid", "SM" + "1" * 32), ("Body", "help"), *fields]
    url = f"{line.settings.public_url}/sms"
    signed = RequestValidator(line.settings.auth_token).compute_signature(url, MultiDict(form))
    headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(f"{line.url}/sms", urlencode(form), headers=headers, timeout=10).status_code == 403


def test_counters_are_not_public(line: Deployment) -> None:
    assert requests.get(f"{line.url}/metrics", timeout=10).status_code == 200
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert requests.get(f"{line.url}/metrics", headers=elsewhere, timeout=10).status_code == 404


def test_the_databases_file_is_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "phsar.sqlite"
    before = os.umask(0o022)
    try:
        engine = make_engine(f"sqlite:///{path}")
        with reading(engine):
            pass
        engine.dispose()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_kept_of_a_local_run_is_for_its_user_alone(tmp_path: Path) -> None:
    load_settings({}, tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
