"""docs/lists.md names every column of every list that can be imported, and its samples can be, on both databases."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.docs.blocks import ROOT, blocks, commands

PAGE = ROOT / "docs/lists.md"
SAMPLES = ROOT / "docs/samples"
# A column with what stands in it; several may share a line of the table.
_COLUMN = re.compile(r"(\*\*)?`([a-z_]+)`(?:\*\*)?")


def _documented(kind: str) -> dict[str, bool]:
    """The columns of a list's table, and whether each has to be there."""
    part = PAGE.read_text(encoding="utf-8").partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]*`[^|]*) \|", part, re.MULTILINE)
    return {name: bool(bold) for cell in cells for bold, name in _COLUMN.findall(cell)}


def _kinds(app: Flask) -> list[str]:
    group = app.cli.commands["import"]
    assert isinstance(group, click.Group)
    return sorted(group.commands)


def test_every_list_has_its_columns_and_its_sample(app: Flask, tmp_path: Path) -> None:
    kinds = _kinds(app)
    assert sorted(path.stem for path in SAMPLES.glob("*.csv")) == kinds
    run = app.test_cli_runner()
    for kind in kinds:
        columns = _documented(kind)
        with (SAMPLES / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == list(columns), f"docs/lists.md, {kind}"
        # The import knows exactly these: it says which are missing, and takes none beside them.
        wrong = tmp_path / f"{kind}.csv"
        wrong.write_text("nonsense\n1\n", encoding="utf-8")
        missing = run.invoke(args=["import", kind, str(wrong)]).output
        assert {name for name, needed in columns.items() if needed} <= set(re.findall(r"\w+", missing)), missing
        wrong.write_text(",".join([*columns, "nonsense"]) + "\n", encoding="utf-8")
        assert "nonsense" in run.invoke(args=["import", kind, str(wrong)]).output


def test_the_samples_are_imported_once_and_change_nothing_the_second_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    run = app.test_cli_runner()
    assert run.invoke(args=["release"]).exit_code == 0
    imports = [one.command for block in blocks(PAGE) if block.info == "console" for one in commands(block)]
    imports = [command.partition(" ")[2] for command in imports]
    assert {f"import {kind} docs/samples/{kind}.csv" for kind in _kinds(app)} == set(imports)
    for again in (False, True):
        for command in imports:
            done = run.invoke(args=shlex.split(command))
            assert done.exit_code == 0, f"{command}: {done.output}"
            assert ("0 added, 0 changed" in done.output) == again, f"{command}: {done.output}"
