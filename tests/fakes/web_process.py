"""The web process as the Procfile starts it, for tests of what only the real server shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bot.config import ROOT
from tests.fakes.line import free_port, until


@contextmanager
def web(environ: dict[str, str], log: Path) -> Iterator[str]:
    """Granian with the Procfile's line, until the end; gives the base URL."""
    port = free_port()
    (command,) = re.findall(r"^web: granian (.*)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    words = command.replace("$PORT", str(port)).replace("0.0.0.0", "127.0.0.1").split()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *words],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environ, "PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"

    def lives() -> bool:
        try:
            return requests.get(f"{url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            assert process.poll() is None, log.read_text()
            return False

    try:
        until(lives, within=60)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(3)  # a worker that was still starting hears nothing
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
