"""A process of the local run: started, started again when it ends, its lines printed under its name.

Knows nothing of what the processes do.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping

from bot.config import ROOT

STOP_WITHIN = 15.0  # seconds for a child to put its work down
STARTS, WITHIN = 3, 30.0  # a child that ends this often within so many seconds will not come up
PR_SET_PDEATHSIG = 1


class LocalRunError(Exception):
    """The local run cannot go on; the message is one line for the person who started it."""


class Child:
    """One process of the service: started in a session of its own, its lines printed under its name."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str]):
        self.name = name
        self._command = command
        self._env = env
        self._starts: deque[float] = deque(maxlen=STARTS)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        self._starts.append(time.monotonic())
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        threading.Thread(target=self._print_lines, args=(self._process,), daemon=True).start()

    def ended(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll() if self._process else None

    def start_again(self) -> None:
        """Start it after it ended. Raises LocalRunError when it keeps ending."""
        code = self.ended()
        if len(self._starts) == STARTS and time.monotonic() - self._starts[0] < WITHIN:
            raise LocalRunError(f"{self.name} ended {STARTS} times in a row (exit code {code}); see above")
        say(f"{self.name} ended (exit code {code}); starting it again")
        self.start()

    def ask_to_end(self) -> None:
        """Ask it to put its work down and end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def see_it_end(self) -> None:
        """Wait for it to end, and insist when it does not."""
        if self._process is None:
            return
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not end within {STOP_WITHIN:.0f} s and is killed")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # whatever it left behind
        self._process.wait()

    def _print_lines(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            say(line.rstrip(), self.name)


def say(line: str, name: str = "phsar") -> None:
    """Print one line under the name of who says it."""
    sys.stdout.write(f"{name:9} | {line}\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    # Killed outright, the local run cannot stop its children: let Linux do it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
