"""The command line when something is wrong: one line that names the remedy, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.config import Settings, load_settings
from bot.db import table, writing
from bot.messages.inbound import inbox
from bot.prices.models import Market
from bot.vault import Vault
from tests.conftest import ENVIRON

COMMANDS = (
    ("inbox", "list"),
    ("inbox", "show", "1"),
    ("inbox", "answer", "1", "yes"),
    ("inbox", "close", "1"),
    ("prices", "list"),
    ("prices", "release", "1"),
    ("outbox", "show"),
    ("chat", "help"),
)


def run(app: Flask, words: Sequence[str]) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture(params=["no folder", "no server", "not migrated"])
def broken(
    request: pytest.FixtureRequest, app_of: Callable[[Settings], Flask], redis_url: str, tmp_path: Path
) -> Flask:
    """A line whose database cannot be used, and why."""
    url = {
        "no folder": f"sqlite:///{tmp_path}/nowhere/phsar.sqlite",
        "no server": "postgresql://nobody@127.0.0.1:9/none",
        "not migrated": f"sqlite:///{tmp_path}/empty.sqlite",
    }[request.param]
    return app_of(load_settings({**ENVIRON, "DATABASE_URL": url, "REDIS_URL": redis_url}, tmp_path))


def test_a_database_that_cannot_be_used_is_one_line(broken: Flask, tmp_path: Path) -> None:
    list = tmp_path / "markets.csv"
    list.write_text("id,name_km,name_en,place\nupper,ផ្សារលើ,Upper,0305\n")
    migrates = "empty" in broken.extensions["phsar"].settings.database_url
    for words in (
        *COMMANDS,
        ("import", "markets", str(list)),
        *([] if migrates else [("release",), ("demo", "--yes")]),
    ):
        code, said = run(broken, words)
        assert code == 1, words
        assert "flask release" in said, words
        assert len(said.splitlines()) == 1, said


@pytest.mark.parametrize(
    "words",
    [
        ("inbox", "show", "9" * 20),
        ("inbox", "show", "0"),
        ("inbox", "list", "--after", "9" * 20),
        ("prices", "list", "--before", "9" * 24),
        ("prices", "reject", "1", "9" * 20),
    ],
)
def test_an_id_no_database_takes_is_refused(app: Flask, words: Sequence[str]) -> None:
    code, said = run(app, words)
    assert code == 2
    assert "is not in the range" in said


def test_a_text_sealed_with_another_key_is_one_line(app: Flask) -> None:
    phsar = app.extensions["phsar"]
    with writing(phsar.engine) as connection:
        inbox.add(connection, Vault("another key than theirs"), None, "missed", "words", phsar.clock())
    code, said = run(app, ("inbox", "list"))
    assert code == 1
    assert said.count("\n") == 1
    assert "DATA_KEY" in said


def test_a_real_line_gets_sample_data_only_when_it_is_meant(app: Flask) -> None:
    engine = app.extensions["phsar"].engine
    code, said = run(app, ("demo",))
    assert code == 1
    assert "CARRIER=somleng" in said
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM market").scalar_one() == 0
    assert run(app, ("demo", "--yes")) == (0, "sample data loaded\n")


def test_an_error_does_not_repeat_what_was_to_be_written(app: Flask) -> None:
    market = {"id": "upper", "name_km": "a secret", "name_en": "a secret", "place": "03", "reference": False}

    def add() -> None:
        with writing(app.extensions["phsar"].engine) as connection:
            connection.execute(insert(table(Market)), [market])

    add()
    with pytest.raises(IntegrityError) as refused:
        add()
    assert "secret" not in str(refused.value)
