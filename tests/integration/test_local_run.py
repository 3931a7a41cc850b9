"""`make run` as a person meets it: it comes up, survives a killed worker, and leaves nothing behind."""

import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import requests

from bot.config import load_settings
from bot.vault import Vault
from tests.browser.pictures import draw
from tests.docs.blocks import PAGES, RUNNING, blocks, commands

ROOT = Path(__file__).resolve().parents[2]


def free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class LocalRun:
    """A running `python -m bot.local`, its output kept in a file."""

    def __init__(self, data: Path, port: int, log: Path):
        self.port = port
        self._log = log
        # An address that would be reached if the local run took the environment's database.
        environ = {**os.environ, "PORT": str(port), "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
        environ |= {"REDIS_URL": "", "SECRET_KEY": "of another deployment", "DATA_KEY": "of another deployment"}
        command = [sys.executable, "-m", "bot.local", "--data", str(data)]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def output(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str, seconds: float = 60) -> None:
        give_up = time.monotonic() + seconds
        while words not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < give_up, f"{words!r} did not come:\n{self.output}"
            time.sleep(0.1)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words: str) -> psutil.Process:
        (found,) = [child for child in self.children() if words in self._command(child)]
        return found

    @staticmethod
    def _command(child: psutil.Process) -> str:
        try:
            return " ".join(child.cmdline())
        except psutil.Error:  # it ended while we looked
            return ""


def curl(command: str) -> requests.Response:
    """What `curl -X METHOD -d NAME=VALUE … URL` does."""
    program, *words, url = shlex.split(command)
    options = list(zip(words[::2], words[1::2], strict=True))
    assert program == "curl"
    assert {option for option, _ in options} <= {"-d", "-X"}
    data = dict(value.split("=", 1) for option, value in options if option == "-d")
    method = dict(options).get("-X", "POST" if data else "GET")
    return requests.request(method, url, data=data, timeout=10)


@pytest.fixture
def local_run(tmp_path: Path) -> Iterator[LocalRun]:
    run = LocalRun(tmp_path / "a folder", free_ports(), tmp_path / "output")
    yield run
    if run.process.poll() is None:
        run.process.send_signal(signal.SIGTERM)
    run.process.wait(40)


def test_it_comes_up_mends_itself_and_leaves_nothing_behind(local_run: LocalRun, tmp_path: Path) -> None:
    local_run.wait_for("ready")
    web = f"http://127.0.0.1:{local_run.port}"
    assert requests.get(f"{web}/", timeout=10).status_code == 200
    assert requests.get(f"http://127.0.0.1:{local_run.port + 1}/", timeout=10).status_code == 200
    # What it prints can be used as it stands: the page of an official, and no alarm about what is only a sample.
    (page,) = re.findall(rf"an official's page  (http://127.0.0.1:{local_run.port}/o/\S+)", local_run.output)
    assert requests.get(page, timeout=10).status_code == 200
    assert '"event": "alarm"' not in local_run.output
    data = tmp_path / "a folder"
    assert f"PORT={local_run.port}\n" in (data / "settings").read_text()
    assert (data / "phsar.sqlite").exists()
    assert (data / "redis" / "appendonlydir").is_dir()
    assert (data / "secret").stat().st_mode & 0o077 == 0
    # Sealed with a key of its own, which the next run has whatever the environment says then.
    with closing(sqlite3.connect(data / "phsar.sqlite")) as connection:
        (sealed,) = connection.execute("SELECT address FROM contact LIMIT 1").fetchone()
    assert Vault(load_settings({}, data).data_key).open(sealed).startswith("+855")

    played = [one for page in PAGES for block in blocks(page) if block.info == RUNNING for one in commands(block)]
    for shown in played:
        answer = curl(shown.command.replace(":8001", f":{local_run.port + 1}").replace(":8000", f":{local_run.port}"))
        assert answer.ok, f"{shown.command}: {answer.text}"
    assert len(played) >= 4
    with ThreadPoolExecutor(
        1
    ) as elsewhere:  # a thread has one Playwright, and this one may have that of the page tests
        drawn = elsewhere.submit(draw, local_run.port, tmp_path).result()
    assert [path.name for path in drawn] == ["phone.png", "board.png"]

    for process in ("worker.py", "valkey-server"):
        before = local_run.child(process)
        before.send_signal(signal.SIGKILL)
        local_run.wait_for(f"{'redis' if process == 'valkey-server' else 'worker'} ended (exit code -9)")
        give_up = time.monotonic() + 20
        while not requests.get(f"{web}/readyz", timeout=10).ok:
            assert time.monotonic() < give_up
            time.sleep(0.1)
    assert local_run.child("worker.py").pid

    second = subprocess.run(
        [sys.executable, "-m", "bot.local", "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, "PORT": str(local_run.port)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert re.fullmatch(rf"phsar: port {local_run.port} \(web\) is taken; .*\n", second.stderr)

    children = local_run.children()
    local_run.process.send_signal(signal.SIGINT)
    assert local_run.process.wait(40) == 0, local_run.output
    assert [child for child in children if child.is_running()] == []
    assert "Traceback" not in local_run.output
    assert not (data / "settings").exists()


def test_a_folder_in_use_is_said_to_be_in_use(local_run: LocalRun, tmp_path: Path) -> None:
    local_run.wait_for("preparing")
    second = LocalRun(tmp_path / "a folder", free_ports(), tmp_path / "second")
    assert second.process.wait(30) == 1
    assert "is in use by another `make run`" in second.output


def test_senseless_settings_are_one_line_each(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.local", "--data", str(tmp_path / "data")],
        cwd=ROOT,
        env={**os.environ, "PORT": "eight", "TIMEZONE": "Moon/Base"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["PORT", "TIMEZONE"]
