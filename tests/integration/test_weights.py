"""Weights that are made of what was taught: used only where nothing gets worse; and a line that has none.

One database: nothing here depends on which it is, and to learn takes long.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.db import make_engine, reading, writing
from bot.language.intents.learned.examples import read_examples
from bot.language.words.lexicon import Lexicon
from bot.teaching import retraining, service
from flows.heard import Intent
from tests.conftest import ENVIRON

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LEXICON = Lexicon.load()
# Enough of the release's examples to learn from within seconds, and some of the judges'.
OWN = [example for n, example in enumerate(read_examples()) if n % 6 == 0]


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


def test_new_weights_are_used_where_nothing_gets_worse(engine: Engine) -> None:
    with writing(engine) as connection:
        service.teach_example(connection, "tlai chrouk kroy nis na", "", "price", "test", NOW)
    outcome = retraining.retrain(engine, LEXICON, NOW, OWN)
    assert outcome.adopted, outcome.why
    with reading(engine) as connection:
        version = service.version(connection)
        scorer = service.scorer(connection, version.weights)
    assert scorer is not None
    assert Intent.STOP in scorer.labels


def test_a_thousand_examples_of_one_label_by_mistake_are_refused(engine: Engine) -> None:
    with reading(engine) as connection:
        before = service.version(connection).weights
    mistaken = [example.text for example in OWN if example.label == "stop"] * 4
    with writing(engine) as connection:
        for number, text in enumerate([*mistaken, *(example.text for example in OWN[:1200])]):
            service.teach_example(connection, f"{text} {number}", "", "thanks", "test", NOW)
    outcome = retraining.retrain(engine, LEXICON, NOW, OWN)
    assert not outcome.adopted
    assert outcome.why.startswith("refused: ")
    with reading(engine) as connection:
        assert service.version(connection).weights == before
        ids = [row.id for row in service.page(connection, None, 5000)]
    with writing(engine) as connection:
        service.undo(connection, ids, NOW)
    with reading(engine) as connection:
        assert service.examples(connection) == []


@pytest.mark.parametrize("weights", [None, b"", b"no weights"])
def test_without_weights_the_line_starts_asks_back_and_says_so(
    weights: bytes | None, tmp_path: Path, sqlite_url: str, redis_url: str
) -> None:
    for part in ("bot", "flows", "locales"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "weights.bin"))
    shutil.copy(ROOT / "wsgi.py", tmp_path)
    if weights is not None:
        (tmp_path / "bot/language/data/weights.bin").write_bytes(weights)
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url, "PATH": os.environ["PATH"]}
    asked = ("STOP", "តម្លៃជ្រូក", "the road to our village is broken and nobody comes")
    done = subprocess.run(
        [sys.executable, "-c", UNLEARNED, *asked], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
    )
    stop, price, told, ready = done.stdout.splitlines()
    assert stop == "stop True"
    assert price.startswith("price")
    assert told.endswith("False")
    assert "weights: data/weights.bin" in ready


UNLEARNED = """
import sys
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked
for text in sys.argv[1:]:
    heard = understand(text, Asked(), Lexicon.load())
    print(heard.intent, heard.confidence >= SURE)
from wsgi import app
print(" ".join(app.test_client().get("/readyz").text.split()))
"""
