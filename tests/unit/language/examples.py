"""The tables of examples of the tests of understanding, which a Khmer reader mends: data/examples/NAME.csv.

NAME is that of test_NAME.py. Columns: case (the test that reads the row), text, intent, slots (name=value, with
semicolons between them).
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from flows.heard import Intent, Slots


def examples(test_file: str, case: str, *, slots: bool = False) -> list[tuple[Any, ...]]:
    """The rows of one test: text and intent, with the slots if they are wanted. Fails where there are none."""
    name = Path(test_file).stem.removeprefix("test_")
    path = Path(__file__).parent / "data" / "examples" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"] == case]
    assert rows, f"{path.name} has no row of {case}"
    return [(row["text"], Intent(row["intent"]), *((read_slots(row["slots"]),) if slots else ())) for row in rows]


def read_slots(written: str) -> Slots:
    """Slots as a table has them."""
    found: dict[str, Any] = dict(part.split("=", 1) for part in written.split(";") if part)
    if "count" in found:
        found["count"] = int(found["count"])
    if "numbers" in found:
        found["numbers"] = tuple(found["numbers"].split())
    return Slots(**found)
