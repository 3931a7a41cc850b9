"""Reads the pages: their fenced blocks, and the commands in them with what they print.

A block `console` has commands behind `$ ` and what each prints below it; a line `…` stands for any lines, and a line
behind `# ` says what the next command is for. A block `console on a running line` is played against `make run`; one
`console not run: WHY` is only shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RUNNING, SHOWN = "console on a running line", "console not run: "
REST = "…"
_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run: numbers of problems, how long something took, private links.
_VOLATILE = re.compile(r"\b\d{3}-\d{4}\b|\b\d+(?:\.\d+)? s\b|/[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page, and where its body stands in the text."""

    info: str
    body: str
    start: int
    end: int


@dataclass(slots=True)
class Shown:
    """A command of a page, what is said above it, and the lines printed under it."""

    command: str
    lines: list[str]
    above: list[str] = field(default_factory=list)


def name(page: Path) -> str:
    """A page as one says it: docs/prices.md."""
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["info"], one["body"], one.start("body"), one.end("body")) for one in found]


def commands(block: Block) -> list[Shown]:
    """The commands of a console block. Raises AssertionError where lines stand before any."""
    found: list[Shown] = []
    above: list[str] = []
    for line in block.body.splitlines():
        if line.startswith("# "):
            above.append(line)
        elif line.startswith("$ "):
            found.append(Shown(line.removeprefix("$ "), [], above))
            above = []
        else:
            assert found, f"{line!r} stands before any command"
            found[-1].lines.append(line)
    return found


def prints(shown: Shown, output: str) -> bool:
    """Whether a command printed what the page shows. A page that shows nothing says nothing of it."""
    return not shown.lines or _follow(_steady(shown.lines), _steady(output.splitlines()))


def renewed(shown: Shown, output: str) -> Shown:
    """The command with what it prints today; where the page leaves out the rest, as many lines as before."""
    lines = [line.rstrip() for line in output.splitlines()]
    if shown.lines and REST in shown.lines:
        kept = shown.lines.index(REST)
        lines = [*lines[:kept], REST] if len(lines) > kept else lines
    return Shown(shown.command, lines if shown.lines else [], shown.above)


def _steady(lines: list[str]) -> list[str]:
    return [_VOLATILE.sub("#", line.rstrip()) for line in lines]


def _follow(expected: list[str], printed: list[str]) -> bool:
    if REST not in expected:
        return expected == printed
    before, after = expected[: expected.index(REST)], expected[expected.index(REST) + 1 :]
    return printed[: len(before)] == before and (not after or printed[-len(after) :] == after)


def inline_commands(page: Path, program: str) -> Iterator[str]:
    """What stands in backticks and begins with a program."""
    yield from re.findall(rf"`({program} [^`]+)`", prose(page))
