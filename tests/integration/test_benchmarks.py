"""Every benchmark once at tiny sizes: none can rot unseen. Nothing is judged by a clock."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import PARTS, Bench, opened
from bench.sizes import TINY


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    # Not in a folder of pytest's: the database server runs as a user of its own, who may not enter those.
    with tempfile.TemporaryDirectory(prefix="phsar-bench-") as folder, opened(Path(folder), TINY) as opened_bench:
        yield opened_bench


@pytest.mark.parametrize("part", PARTS)
def test_each_benchmark_still_measures_what_its_name_says(bench: Bench, part: str) -> None:
    measured = list(PARTS[part](bench))
    assert measured
    for one in measured:
        assert math.isfinite(one.value)
        assert one.ok or one.bound > 0, f"{one}: a count that has to be nothing"
