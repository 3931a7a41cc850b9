"""What staff teach: masked, checked, logged, taken back; and weights that are only used where nothing gets worse."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.db import reading, writing
from bot.language.intents.learned.examples import Example, read_examples
from bot.language.words.lexicon import Lexicon
from bot.teaching import retraining, service
from flows.heard import Intent
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment

ROOT = Path(__file__).resolve().parents[2]

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LEXICON = Lexicon.load()
# Enough of the release's examples to learn from within seconds, and some of the judges'.
OWN = [example for n, example in enumerate(read_examples()) if n % 6 == 0]


def run(line: Deployment, *words: str) -> tuple[int, str]:
    done = line.app.test_cli_runner().invoke(args=["teach", *words])
    return done.exit_code, done.output


@pytest.fixture(autouse=True)
def nothing_taught(line: Deployment) -> None:
    with writing(line.engine) as connection:
        ids = [row.id for row in service.page(connection, None, 200)]
        service.undo(connection, ids, NOW)


def test_an_example_is_masked_logged_and_taken_back(line: Deployment) -> None:
    code, said = run(line, "example", "tel mok 012 000 045 tha tlai chrouk", "--label", "price")
    assert code == 0
    assert "012" not in said
    id = said.split(":")[0]
    _, log = run(line, "log")
    assert re.search(rf"^ +{id} .*price +tel mok ••• tha tlai chrouk$", log, re.MULTILINE)
    assert run(line, "export")[1].splitlines()[1:] == ["tel mok ••• tha tlai chrouk,,price,,"]
    assert run(line, "undo", id)[0] == 0
    assert "undone" in run(line, "log")[1]
    assert run(line, "export")[1].splitlines()[1:] == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("example", "pig", "--label", "prise"), "intent “prise” is no label"),
        (("example", " ", "--label", "price"), "text is empty"),
        (("example", "pig", "--label", "price", "--asked", "why"), "asked “why” is no kind"),
        (("spelling", "jruukk", "--is", "commodity:dragon"), "is no word of the vocabulary"),
        (("spelling", "pig", "--is", "commodity:cattle"), "means commodity:pig_live already"),
        (("spelling", "012000046", "--is", "commodity:cattle"), "is no spelling of a word"),
    ],
)
def test_what_cannot_be_taught_says_why(line: Deployment, words: tuple[str, ...], fault: str) -> None:
    code, said = run(line, *words)
    assert (code, fault in said) == (2, True), said


def test_a_spelling_is_understood_until_it_is_taken_back(line: Deployment) -> None:
    word = "qolvraxi"
    code, said = run(line, "spelling", word, "--is", "commodity:pig_live")
    assert code == 0
    with reading(line.engine) as connection:
        taught = service.spellings(connection)
        assert service.version(connection) != service.NOTHING
    assert LEXICON.with_markets((), taught).find(word)[0].id == "pig_live"
    run(line, "undo", said.split(":")[0])
    with reading(line.engine) as connection:
        assert service.spellings(connection) == []


def test_new_weights_are_used_where_nothing_gets_worse(line: Deployment) -> None:
    with writing(line.engine) as connection:
        service.teach_example(connection, "tlai chrouk kroy nis na", "", "price", "test", NOW)
    outcome = retraining.retrain(line.engine, LEXICON, NOW, OWN)
    assert outcome.adopted, outcome.why
    with reading(line.engine) as connection:
        version = service.version(connection)
        scorer = service.scorer(connection, version.weights)
    assert scorer is not None
    assert Intent.STOP in scorer.labels


def test_a_thousand_examples_of_one_label_by_mistake_are_refused(line: Deployment) -> None:
    with reading(line.engine) as connection:
        before = service.version(connection).weights
    mistaken = [example.text for example in OWN if example.label == "stop"] * 4
    with writing(line.engine) as connection:
        for number, text in enumerate([*mistaken, *(example.text for example in OWN[:1200])]):
            service.teach_example(connection, f"{text} {number}", "", "thanks", "test", NOW)
    outcome = retraining.retrain(line.engine, LEXICON, NOW, OWN)
    assert not outcome.adopted
    assert outcome.why.startswith("refused: ")
    with reading(line.engine) as connection:
        assert service.version(connection).weights == before
        ids = [row.id for row in service.page(connection, None, 5000)]
    with writing(line.engine) as connection:
        service.undo(connection, ids, NOW)
    with reading(line.engine) as connection:
        assert service.examples(connection) == []


def test_training_is_due_once_something_was_taught(line: Deployment) -> None:
    with writing(line.engine) as connection:
        service.teach_example(connection, "tlai ko thngai nih na bong", "", "price", "test", NOW)
    assert retraining.is_due(line.engine, NOW)


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


def test_an_example_of_the_release_is_one_that_can_be_taught(line: Deployment) -> None:
    example: Example = OWN[0]
    with writing(line.engine) as connection:
        assert service.teach_example(connection, example.text, example.asked, example.label, "test", NOW) > 0
