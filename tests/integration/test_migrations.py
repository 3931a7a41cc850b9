"""Migrations: numbered one behind the other, they make the tables the code expects, and two at once do no harm."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

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


def _downgrade(engine: Engine, revision: str = "base") -> None:
    command.downgrade(migrations.config_for(engine), revision)


# Bodies of runs as they lay in SQL before they were sealed, and how their people write.
PLAIN = (
    ('{"v":1,"at":"home","data":{},"memory":{"script":"latn"},"misses":0,"options":[]}', "latn"),
    ('{"v":1,"at":"home","data":{"words":"\\"script\\":\\"en\\""},"memory":{},"misses":0,"options":[]}', ""),
    ('{"v":1,"at":"home","data":{},"memory":{"told":"\\u0000 ជ្រូក","script":"en"},"misses":0,"options":[]}', "en"),
    ("{ cut off", ""),
    ("", ""),
)
DAY = "2026-11-22 00:00:00+00:00"
SEALED = b"\x01\x00\xff of whatever key"
NOBODY = {"language": "", "script": "", "sex": "", "place": "", "may_report": False, "reach": "sms", "created_at": DAY}
COUNTED = {"saved_at": DAY, "burst_from": DAY, "burst_count": 1, "same_hash": "", "same_count": 1}
RANG = {"direction": "in", "state": "ended", "step": 1, "attempts": 0, "minutes": 0, "error": ""}
RANG |= {"created_at": DAY, "changed_at": DAY}


def test_runs_from_before_they_were_sealed_are_kept_and_sealed_ones_lost_on_the_way_back(empty_url: str) -> None:
    engine = make_engine(empty_url)
    try:
        migrations.upgrade(engine, "0004")
        with engine.begin() as connection:
            for number, (body, _) in enumerate(PLAIN, 1):
                _insert(connection, "contact", id=number, address_hash=f"h{number}", address=b"\x01", **NOBODY)
                _insert(connection, "run", contact_id=number, channel="sms", body=body, **COUNTED)
                _insert(connection, "call", id=number, body=body or None, **RANG)
        migrations.upgrade(engine)
        bodies = [body.encode() for body, _ in PLAIN]
        assert _kept(engine, "SELECT body FROM run ORDER BY contact_id") == bodies
        assert _kept(engine, "SELECT hint FROM run ORDER BY contact_id") == [hint for _, hint in PLAIN]
        assert _kept(engine, "SELECT body FROM call ORDER BY id") == [body or None for body in bodies]
        with engine.begin() as connection:
            for table in ("run", "call"):
                connection.execute(text(f"UPDATE {table} SET body = :b WHERE body = :w"), {"b": SEALED, "w": bodies[0]})
        _downgrade(engine, "0004")
        plain = [body for body, _ in PLAIN[1:-1]]
        assert _kept(engine, "SELECT body FROM run ORDER BY contact_id") == plain
        assert _kept(engine, "SELECT body FROM call ORDER BY id") == [None, *plain, None]
    finally:
        engine.dispose()


def _insert(connection: Connection, table: str, **values: object) -> None:
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"), values)


def _kept(engine: Engine, statement: str) -> list[object]:
    with engine.connect() as connection:
        found = connection.execute(text(statement)).scalars().all()
    return [bytes(one) if isinstance(one, memoryview) else one for one in found]


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
