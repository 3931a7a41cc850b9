"""What staff teach: masked, checked, logged, taken back; and weights that are only used where nothing gets worse."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.db import reading, writing
from bot.language.intents.learned.examples import read_examples
from bot.language.words.lexicon import Lexicon
from bot.teaching import retraining, service
from tests.fakes.deployment import Deployment

ROOT = Path(__file__).resolve().parents[2]

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LEXICON = Lexicon.load()


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


def test_training_is_due_once_something_was_taught(line: Deployment) -> None:
    with writing(line.engine) as connection:
        service.teach_example(connection, "tlai ko thngai nih na bong", "", "price", "test", NOW)
    assert retraining.is_due(line.engine, NOW)


def test_an_example_of_the_release_is_one_that_can_be_taught(line: Deployment) -> None:
    example = read_examples()[0]
    with writing(line.engine) as connection:
        assert service.teach_example(connection, example.text, example.asked, example.label, "test", NOW) > 0
