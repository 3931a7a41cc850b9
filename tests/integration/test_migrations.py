"""Migrations: numbered one behind the other, they make the tables the code expects, and two at once do no harm."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from bot import migrations
from bot.config import ROOT
from bot.db import Base, make_engine
from tests.conftest import DATABASES, ENVIRON, _named, _on_server


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database nobody has migrated, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server, name = request.getfixturevalue("postgres_url"), f"phsar_empty_{uuid.uuid4().hex}"
    _on_server(server, f"CREATE DATABASE {name}")
    yield _named(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def test_they_are_numbered_one_behind_the_other() -> None:
    files = sorted(path.name for path in (migrations.HERE / "versions").glob("*.py"))
    scripts = {script.revision: script for script in ScriptDirectory(str(migrations.HERE)).walk_revisions()}
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [name.partition("_")[0] for name in files] == numbers == sorted(scripts)
    assert [scripts[number].down_revision for number in numbers] == [None, *numbers[:-1]]
    assert migrations.newest() == numbers[-1]


def test_an_empty_database_gets_the_tables_the_code_expects_and_loses_them(empty_url: str) -> None:
    engine = make_engine(empty_url)
    try:
        assert migrations.current(engine) is None
        migrations.upgrade(engine)
        assert migrations.current(engine) == migrations.newest()
        migrations.upgrade(engine)  # again: nothing to do
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        _downgrade(engine)
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    finally:
        engine.dispose()


def _downgrade(engine: Engine) -> None:
    from alembic import command

    command.downgrade(migrations.config_for(engine), "base")


def test_two_releases_at_once_do_no_harm(empty_url: str, redis_url: str) -> None:
    environ = {**ENVIRON, "PATH": os.environ["PATH"], "DATABASE_URL": empty_url, "REDIS_URL": redis_url}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "release"]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    for process in started:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
        assert "Traceback" not in said
