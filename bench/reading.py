"""Understanding alone: how long the reading of one message takes."""

from __future__ import annotations

import statistics
import time

from bench.result import Measured
from bench.sizes import Sizes
from bench.turns import messages
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked

AT_MOST = 1000.0  # microseconds
# Sixteen hundred characters: a story, no words at all, one syllable over and over, one name over and over.
LONGEST = ("ខ្ញុំមានជ្រូកច្រើន ឈ្មួញមិនទិញទេ " * 60, "zxqw vbnm qwrt plkj " * 90, "កូ" * 800, "prasac " * 230)
LONGEST_AT_MOST = 50_000.0  # microseconds


def measure(sizes: Sizes) -> Measured:
    """The median over all messages, each read several times between the others."""
    lexicon, texts = Lexicon.load(), messages()
    took: list[list[float]] = [[] for _ in texts]
    for _ in range(sizes.readings):
        for which, text in enumerate(texts):
            begun = time.perf_counter()
            understand(text, Asked(), lexicon)
            took[which].append(time.perf_counter() - begun)
    each = [statistics.median(times) * 1e6 for times in took]
    return Measured(f"understanding one message, median of {len(texts)}", statistics.median(each), AT_MOST, "us")


def longest(sizes: Sizes) -> Measured:
    """The slowest of the longest messages, each at its best of several times: nobody may keep the line busy."""
    lexicon = Lexicon.load()

    def seconds(text: str) -> float:
        begun = time.perf_counter()
        understand(text, Asked(), lexicon)
        return time.perf_counter() - begun

    worst = max(min(seconds(text[:1600]) for _ in range(sizes.readings)) for text in LONGEST)
    return Measured("understanding the longest message, the slowest of four", worst * 1e6, LONGEST_AT_MOST, "us")
