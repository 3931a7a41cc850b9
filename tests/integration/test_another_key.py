"""With another DATA_KEY nothing starts: everybody would be kept twice, beside what nobody can open any more."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.app import create_app
from bot.config import ROOT
from bot.contacts.sealed import is_of_another_key
from bot.vault import Vault
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment

REFUSAL = "DATA_KEY is not the one the data was sealed with"


@pytest.fixture
def environ(line: Deployment) -> dict[str, str]:
    """Of a process whose key was lost and made anew."""
    line.phone(language="en")
    told = {"DATABASE_URL": line.settings.database_url, "REDIS_URL": line.settings.redis_url}
    return {**ENVIRON, **told, "DATA_KEY": "a key that was made anew", "PATH": os.environ["PATH"]}


@pytest.mark.parametrize("process", [["worker.py"], ["-c", "import wsgi"], ["-m", "flask", "--app", "wsgi", "clock"]])
def test_no_process_starts(environ: dict[str, str], process: list[str]) -> None:
    run = [sys.executable, *process]
    done = subprocess.run(run, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, REFUSAL in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr


@pytest.mark.parametrize("command", [["release"], ["demo", "--yes"], ["inbox", "list"]])
def test_no_command_writes_or_reads(line: Deployment, command: list[str]) -> None:
    line.phone(language="en")
    before = line.one("SELECT count(*) FROM contact")
    app = create_app(replace(line.settings, data_key="a key that was made anew"))
    done = app.test_cli_runner().invoke(args=command)
    app.extensions["phsar"].engine.dispose()
    app.extensions["phsar"].redis.close()
    assert (done.exit_code, REFUSAL in done.output) == (1, True), done.output
    assert line.one("SELECT count(*) FROM contact") == before


def test_one_damaged_row_is_no_other_key(line: Deployment) -> None:
    for _ in range(3):
        line.phone(language="en")
    first = line.one("SELECT min(id) FROM contact")
    whole = line.one("SELECT address FROM contact WHERE id = :id", id=first)
    with line.engine.begin() as connection:
        connection.execute(text("UPDATE contact SET address = :a WHERE id = :id"), {"a": b"\x01damaged", "id": first})
    try:
        assert not is_of_another_key(line.engine, line.vault)
        assert is_of_another_key(line.engine, Vault("a key that was made anew"))
    finally:
        with line.engine.begin() as connection:
            connection.execute(text("UPDATE contact SET address = :a WHERE id = :id"), {"a": whole, "id": first})
