"""A web process: how soon it answers, what it keeps in memory, what it has no business to import."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from bench.environment import ROOT, Databases, environ_for, memory_of, serving, settings_for
from bench.load import Client
from bench.result import Measured
from bench.sizes import Sizes
from bench.turns import populate, requests

SECONDS, MEGABYTES = 1.5, 120.0
NOT_SERVED = ("twilio.rest", "rq", "alembic", "bot.simulator")


def measure(databases: Databases, client: Client, folder: Path, sizes: Sizes) -> list[Measured]:
    """The medians of a few starts, each with some turns."""
    settings = settings_for(databases.fresh(), folder)
    populate(settings)
    environ = environ_for(settings.database_url, folder)
    seconds, memory = [], []
    for start in range(sizes.starts):
        with serving("wsgi:door", environ, folder) as server:
            seconds.append(server.started)
            if client.play(server.port, requests(settings, sizes.start_turns, 100 + start)).failed:
                raise SystemExit("requests were not answered: what was measured is not the service")
            memory.append(memory_of(server.worker))
    return [
        Measured("web process, start to first answer", statistics.median(seconds), SECONDS, "s"),
        Measured(f"web process, memory after {sizes.start_turns} turns", statistics.median(memory), MEGABYTES, "MB"),
        Measured(f"web process, modules of {', '.join(NOT_SERVED)}", _unwanted(environ), 0),
    ]


def _unwanted(environ: dict[str, str]) -> int:
    code = f"import sys, wsgi; print(sum(name in sys.modules for name in {NOT_SERVED}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])
