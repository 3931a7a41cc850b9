"""Every Khmer word is data: none stands in code, where whoever reads Khmer cannot mend it."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[3] / "bot" / "language"
ALLOWED = {"text/fold.py"}  # the letters themselves
FILES = sorted(path for path in ROOM.rglob("*.py") if path.relative_to(ROOM).as_posix() not in ALLOWED)
MOST_LINES = 350


def docstrings(tree: ast.AST) -> set[tuple[int, int]]:
    """Where the docstrings of a file begin."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add((first.lineno, first.col_offset))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOM).as_posix())
def test_no_khmer_letter_in_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    told = docstrings(ast.parse(text))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT) and token.start not in told:
            assert not any("\u1780" <= letter <= "\u17ff" for letter in token.string), token.line
    assert len(text.splitlines()) <= MOST_LINES
