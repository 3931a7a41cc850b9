"""SECURITY.md: every line of its table names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELD_BY = re.findall(r"\| (tests/[^ |]+) \|$", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_table_has_lines() -> None:
    rows = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(HELD_BY) == len(rows) - 1  # but for its head


@pytest.mark.parametrize("named", HELD_BY)
def test_every_line_is_held_by_a_test(named: str) -> None:
    path, _, function = named.partition("::")
    assert (ROOT / path).is_file()
    if path.endswith(".py"):
        found = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        assert function in {node.name for node in found if isinstance(node, ast.FunctionDef)}
