"""The benchmarks in one run: prints what was measured with its bound; ends with 1 when one is not kept."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from bench import calls, digests, growth, issue_data, planning, process, reading, sending, turns
from bench.environment import postgresql, sqlite
from bench.load import client
from bench.result import Measured


def measurements(folder: Path) -> Iterator[Measured]:
    """Everything, one after the other: two at once would disturb each other."""
    with ExitStack() as stack:
        plays = stack.enter_context(client())
        files, server = stack.enter_context(sqlite(folder)), stack.enter_context(postgresql(folder))
        yield from process.measure(files, plays, folder)
        yield reading.measure()
        yield reading.longest()
        for databases in (files, server):
            yield turns.measure(databases, plays, folder)
            yield from calls.measure(databases, plays, folder)
        for databases in (files, server):
            yield from sending.measure(databases, folder)
        for databases in (files, server):
            yield from planning.measure(databases, folder)
        yield from issue_data.measure(server, folder)
        yield from digests.measure(server, folder)
        for databases in (files, server):
            yield growth.measure(databases, folder)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Measure, print, judge."""
    signal.signal(signal.SIGTERM, _stop)
    begun = time.monotonic()
    kept = True
    with tempfile.TemporaryDirectory(prefix="phsar-bench-") as folder:
        try:
            for measured in measurements(Path(folder)):
                kept = kept and measured.ok
                print(measured, flush=True)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 130
    print(f"{'all bounds kept' if kept else 'not every bound is kept'}, {time.monotonic() - begun:.0f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
