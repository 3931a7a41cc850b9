"""Understanding alone: how long the reading of one message takes."""

from __future__ import annotations

import statistics
import time

from bench.measured import Measured
from bench.turns import messages
from bot.language.lexicon import Lexicon
from bot.language.understanding import understand
from flows.heard import Asked

AT_MOST = 1000.0  # microseconds
PASSES = 5


def measure() -> Measured:
    """The median over all messages, each read several times between the others."""
    lexicon, texts = Lexicon.load(), messages()
    took: list[list[float]] = [[] for _ in texts]
    for _ in range(PASSES):
        for which, text in enumerate(texts):
            begun = time.perf_counter()
            understand(text, Asked(), lexicon)
            took[which].append(time.perf_counter() - begun)
    each = [statistics.median(times) * 1e6 for times in took]
    return Measured(f"understanding one message, median of {len(texts)}", statistics.median(each), AT_MOST, "us")
