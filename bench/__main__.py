"""The benchmarks in one run: prints what was measured with its bound; ends with 1 when one is not kept."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import FrameType

from bench import calls, digests, growth, issue_data, planning, process, reading, releases, sending, soak, turns
from bench.environment import Databases, postgresql, sqlite
from bench.load import Client, client
from bench.result import Measured
from bench.sizes import FULL, TINY, Sizes


@dataclass(frozen=True, slots=True)
class Bench:
    """What the benchmarks share while they run, one after the other: two at once would disturb each other."""

    files: Databases
    server: Databases
    client: Client
    folder: Path
    sizes: Sizes

    @property
    def both(self) -> tuple[Databases, Databases]:
        """SQLite and PostgreSQL."""
        return self.files, self.server


PARTS: dict[str, Callable[[Bench], Iterable[Measured]]] = {
    "process": lambda b: process.measure(b.files, b.client, b.folder, b.sizes),
    "reading": lambda b: (reading.measure(b.sizes), reading.longest(b.sizes)),
    "turns": lambda b: (turns.measure(kind, b.client, b.folder, b.sizes) for kind in b.both),
    "calls": lambda b: chain.from_iterable(calls.measure(kind, b.client, b.folder, b.sizes) for kind in b.both),
    "sending": lambda b: chain.from_iterable(sending.measure(kind, b.folder, b.sizes) for kind in b.both),
    "planning": lambda b: chain.from_iterable(planning.measure(kind, b.folder, b.sizes) for kind in b.both),
    "issues": lambda b: issue_data.measure(b.server, b.folder, b.sizes),
    "digests": lambda b: digests.measure(b.server, b.folder, b.sizes),
    "releases": lambda b: chain.from_iterable(releases.measure(kind, b.folder, b.sizes) for kind in b.both),
    "soak": lambda b: chain.from_iterable(soak.measure(kind, b.folder, b.sizes) for kind in b.both),
    "growth": lambda b: (growth.measure(kind, b.folder, b.sizes) for kind in b.both),
}


@contextmanager
def opened(folder: Path, sizes: Sizes) -> Iterator[Bench]:
    """Databases and a client for the benchmarks; all of it ends with the context."""
    with client() as plays, sqlite(folder) as files, postgresql(folder) as server:
        yield Bench(files, server, plays, folder, sizes)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Measure, print, judge. At tiny sizes only what was measured is said, and nothing is judged."""
    asks = argparse.ArgumentParser(prog="bench", description=__doc__)
    asks.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    asks.add_argument("--tiny", action="store_true", help="show that each still runs; no bound is judged")
    asked = asks.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        asks.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, _stop)
    begun = time.monotonic()
    kept = True
    with tempfile.TemporaryDirectory(prefix="phsar-bench-") as folder:
        try:
            with opened(Path(folder), TINY if asked.tiny else FULL) as bench:
                for part in asked.parts or PARTS:
                    for measured in PARTS[part](bench):
                        kept = kept and (measured.ok or asked.tiny)
                        print(measured, flush=True)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 130
    print(f"{'all bounds kept' if kept else 'not every bound is kept'}, {time.monotonic() - begun:.0f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
