"""The web process as the Procfile starts it: raw queries, a start without a database, and what its log holds."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import requests
from twilio.request_validator import RequestValidator

from bot.config import load_settings
from bot.db import make_engine, writing
from bot.prices.reference import load_reference
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.line import until
from tests.fakes.web_process import web

PIG = "តម្លៃជ្រូក"


def at(line: Deployment, url: str) -> Deployment:
    """The same line, served elsewhere."""
    return replace(line, url=url)


def test_the_log_of_a_day_holds_ids_and_no_words(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url}
    log = tmp_path / "log"
    with deployed(load_settings(environ, tmp_path)) as line, web(environ, log) as url:
        served, number = at(line, url), line.phone(may_report=True, place="0305")
        words = ("my secret neighbour", "ជ្រូក 9600 កំពង់ចាម", "ខុស 9311", "STOP", "<b>", "\x00\x1b[31m", "a" * 1600)
        said = [served.sms(number, text).text for text in words]
        assert "9,311" in said[2]
        requests.post(f"{url}/sms", {"From": number, "Body": "forged secret"}, timeout=10)
        served.post("/sms/status/1", {"MessageStatus": "failed", "To": number, "ErrorCode": "30005"})
        _raw_khmer_query(served)
        _a_lost_database(served)
    logged = log.read_text()
    assert logged.count('"event": "turn"') == len(words) + 1
    assert '"event": "turn failed"' in logged
    for private in (number.removeprefix("+"), "secret", "neighbour", "9311", "9,311", "ជ្រូក", "aaaa", "Traceback"):
        assert private not in logged
    assert not re.search(r"\+?855\d{6}", logged)


def _raw_khmer_query(line: Deployment) -> None:
    """Some senders leave the letters of a query as they are."""
    form = {"MessageSid": "SMraw", "From": line.phone(), "Body": "help"}
    signature = RequestValidator(line.settings.auth_token).compute_signature(
        f"{line.settings.public_url}/sms?តម្លៃ=ជ្រូក", form
    )
    body = requests.Request("POST", "http://x", data=form).prepare().body
    assert isinstance(body, str)
    head = (
        "POST /sms?តម្លៃ=ជ្រូក HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-Twilio-Signature: {signature}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(line.url.rpartition(":")[2]))) as wire:
        wire.settimeout(10)
        wire.sendall(head.encode() + body.encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 200 ")


def _a_lost_database(line: Deployment) -> None:
    engine = make_engine(line.settings.database_url)
    with writing(engine):
        assert line.sms(line.phone(), PIG).text.startswith("សុំទោស")
    engine.dispose()


def test_it_starts_without_a_database_and_is_well_once_there_is_one(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    file, away = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "away"
    file.rename(away)
    file.mkdir()
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url}
    with web(environ, tmp_path / "log") as url:
        assert requests.get(f"{url}/readyz", timeout=10).status_code == 503
        file.rmdir()
        away.rename(file)
        until(lambda: requests.get(f"{url}/readyz", timeout=10).status_code == 200, within=10)
        engine = make_engine(sqlite_url)
        with writing(engine) as connection:
            load_reference(connection)
        engine.dispose()
        settings = load_settings(environ, tmp_path)
        form = {"MessageSid": "SMfirst", "From": "+85512000077", "Body": PIG}
        signature = RequestValidator(settings.auth_token).compute_signature(f"{settings.public_url}/sms", form)
        answer = requests.post(f"{url}/sms", form, headers={"X-Twilio-Signature": signature}, timeout=10)
        assert "<Message" in answer.text


def test_counters_of_ended_servers_are_cleared_and_a_named_folder_is_used(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url, "TMPDIR": str(tmp_path)}
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine, foreign, odd = (tmp_path / f"phsar-counters-{os.getuid()}-{end}" for end in (ended.pid, os.getpid(), "x"))
    for folder in (mine, foreign, odd):
        folder.mkdir()
        (folder / "counter_1.db").touch()
    with web(environ, tmp_path / "log"):
        folders = {path.name for path in tmp_path.glob("phsar-counters-*")}
        assert mine.name not in folders
        assert {foreign.name, odd.name} < folders
        assert len(folders) == 3  # the third is the running server's

    named = tmp_path / "named" / "by the operator"
    with web({**environ, "PROMETHEUS_MULTIPROC_DIR": str(named)}, tmp_path / "log") as url:
        requests.post(f"{url}/sms", {"From": "+85512000077", "Body": "forged"}, timeout=10)
        assert 'phsar_sms_requests_total{end="forged"} 1.0' in requests.get(f"{url}/metrics", timeout=10).text
        assert list(named.glob("counter_*.db"))
