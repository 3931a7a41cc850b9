"""Lists of operators, judged row by row: what each row says, which say the same twice, and what is wrong.

Knows no subject; what a row must be is the judge's that it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.csvfile import Fault, Row

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Judged(Generic[Content]):
    """What a list says. `rows`: each usable row with its line; `repeated`: lines that only repeat another one."""

    rows: Sequence[tuple[int, Content]]
    repeated: set[int]
    faults: list[Fault]

    @property
    def kept(self) -> dict[int, Content]:
        """The rows by line, each said once."""
        return {line: said for line, said in self.rows if line not in self.repeated}


def judge_rows(
    rows: Sequence[Row],
    judge: Callable[[Row], Content | None],
    about: Callable[[Content], tuple[str, ...]],
    named: str,
    content: Callable[[Content], object] | None = None,
) -> Judged[Content]:
    """Judge each row; `judge` notes faults in it and gives None where it is not usable.

    Two rows `about` the same must have the same `content` (none given: all of it), or the field `named` is at fault.
    """
    read = [(row.line, judge(row)) for row in rows]
    found = [(line, said) for line, said in read if said is not None]
    faults = [fault for row in rows for fault in row.faults]
    repeated, contradictions = merge_repeats(
        ((line, about(said), content(said) if content else said) for line, said in found), named
    )
    return Judged(found, repeated, faults + contradictions)


def merge_repeats(rows: Iterable[tuple[int, tuple[str, ...], object]], named: str) -> tuple[set[int], list[Fault]]:
    """Find rows that say the same thing twice: (line, what the row is about, all it says) each.

    Gives the lines to leave out because an earlier one is identical, and a fault for each that contradicts
    an earlier one about the same, told of the field `named`.
    """
    first: dict[tuple[str, ...], tuple[int, object]] = {}
    same: set[int] = set()
    faults = []
    for line, about, says in rows:
        earlier, said = first.setdefault(about, (line, says))
        if earlier == line:
            continue
        if said == says:
            same.add(line)
        else:
            faults.append(Fault(line, named, f"contradicts line {earlier}; keep one of the two"))
    return same, faults
