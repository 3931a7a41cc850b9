"""Characters that XML cannot hold, dashes of all kinds: from the door to every look at what was written."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.db import table, writing
from bot.issues.models import IssueEntry
from bot.messages.models import InboxItem
from tests.fakes.deployment import Deployment

ODD = "\x1b]0;owned\x07 the bri\x1bdge fell \uffff\u202e"


@pytest.mark.parametrize(
    "words", ["The bri\x1bdge fell down", "NEW GROUP Pig\uffffFarmers", "582-9183 we\x0bcome", "ជ្រូក\x00"]
)
def test_every_answer_is_a_document(line: Deployment, words: str) -> None:
    assert line.sms(line.phone(), words).messages is not None


def test_words_are_kept_without_what_nobody_wrote(line: Deployment) -> None:
    number = line.phone()
    for words in ("hgf\x1bjk", "zxq\x02wv", "qgf\ufffejk"):
        assert line.sms(number, words).text
    shown = line.app.test_cli_runner().invoke(args=["inbox", "list"]).stdout
    assert "qgfjk" in shown


def test_what_was_kept_before_is_shown_escaped(line: Deployment) -> None:
    number = line.phone()
    for _ in range(3):
        line.sms(number, "qwrtz pfghk")
    with writing(line.engine) as connection:
        connection.execute(
            update(table(InboxItem)).values(words=line.vault.seal(f"one\n     2  04/12 10:00  fake\n{ODD}"))
        )
        connection.execute(update(table(IssueEntry)).values(text=line.vault.seal(ODD)))
    runner = line.app.test_cli_runner()
    id = line.one("SELECT max(id) FROM inbox_item")
    for args in (["inbox", "list"], ["inbox", "show", str(id)]):
        shown = runner.invoke(args=args).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "fake" in shown
        assert not [printed for printed in shown.splitlines() if printed.startswith("     2  04/12")]
