"""Every command of the README and the pages of docs/ does what they say; `--update` writes what is printed today.

The clock stands still at a Wednesday morning, and the sample data is of that day.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import click
import pytest
from flask import Flask

from bot.app import create_app
from bot.config import load_settings
from tests.docs.blocks import (
    PAGES,
    ROOT,
    RUNNING,
    SHOWN,
    blocks,
    commands,
    inline_commands,
    name,
    prints,
    renewed,
)

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 10:00 in Phnom Penh
FLASK = ".venv/bin/flask "
# Drawings, files and code: looked at by tests of their own.
OTHERS = {"mermaid", "text", "csv", "python", "po"}
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _app(url: str, redis_url: str, var: Path) -> Flask:
    environ = {"CARRIER": "simulator", "DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET_KEY": "of the docs' tests"}
    return create_app(load_settings(environ, var), lambda: NOW)


@pytest.fixture(scope="module")
def sample_data(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, redis_url: str) -> Path:
    """A database with the sample data of that morning, to copy."""
    folder = tmp_path_factory.mktemp("docs")
    path = folder / "sample.sqlite"
    copyfile(sqlite_template, path)
    app = _app(f"sqlite:///{path}", redis_url, folder / "var")
    for command in ("release", "demo"):
        _run(app, command)
    _close(app)
    return path


@pytest.fixture
def sample_line(sample_data: Path, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A line with the sample data, as a reader has it after `make run`."""
    copyfile(sample_data, tmp_path / "phsar.sqlite")
    app = _app(f"sqlite:///{tmp_path}/phsar.sqlite", redis_url, tmp_path / "var")
    monkeypatch.chdir(ROOT)
    yield app
    _close(app)


def _close(app: Flask) -> None:
    app.extensions["phsar"].engine.dispose()
    app.extensions["phsar"].redis.close()


def _run(app: Flask, command: str) -> str:
    done = app.test_cli_runner().invoke(args=shlex.split(command))
    assert done.exit_code == 0, f"{command}: {done.output}{done.exception!r}"
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_print_what_the_page_shows(page: Path, sample_line: Flask, request: pytest.FixtureRequest) -> None:
    text = page.read_text(encoding="utf-8")
    bodies, wrong = [], []
    for block in blocks(page):
        if block.info != "console":
            continue
        today = []
        for shown in commands(block):
            assert shown.command.startswith(FLASK), f"{shown.command}: say why it is not run, as {SHOWN!r}"
            output = _run(sample_line, shown.command.removeprefix(FLASK))
            today.append(renewed(shown, output))
            if not prints(shown, output):
                wrong.append(f"{shown.command} prints\n{output}")
        bodies.append(
            (block, "".join(f"{line}\n" for one in today for line in (*one.above, f"$ {one.command}", *one.lines)))
        )
    if request.config.getoption("--update"):
        for block, body in reversed(bodies):
            text = text[: block.start] + body + text[block.end :]
        page.write_text(text, encoding="utf-8")
        return
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks(page):
        assert block.info in {"console", RUNNING, *OTHERS} or len(block.info) > len(SHOWN) + 10, block
        assert block.info in OTHERS or commands(block), "a console block has a command"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_sentences_exist(page: Path, sample_line: Flask) -> None:
    for words in inline_commands(page, "flask"):
        command: click.Command = sample_line.cli
        parts = shlex.split(words)[1:]
        while isinstance(command, click.Group) and parts and not parts[0].startswith("-"):
            context = click.Context(command)
            inner = command.get_command(context, parts.pop(0))
            assert inner is not None, f"{name(page)}: `{words}`"
            command = inner
        options = {option for parameter in command.params for option in parameter.opts}
        assert {part for part in parts if part.startswith("--")} <= options | {"--help"}, f"{name(page)}: `{words}`"
    for words in inline_commands(page, "make"):
        assert words.split()[1] in TARGETS, f"{name(page)}: `{words}`"
