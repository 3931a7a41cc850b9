"""flask digest as an operator uses it: what would be told, what was, and no link that leads anywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.db import table, writing
from bot.due_tasks import due_tasks
from bot.issues import demo
from bot.issues.digest.service import Digests
from bot.issues.models import Official, Reached
from tests.fakes.deployment import Deployment

THURSDAY = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)  # half past seven in Phnom Penh


@pytest.fixture(scope="module")
def told(line: Deployment) -> Deployment:
    """A line with the sample offices and issues, whose officials were told on a Thursday."""
    deps = line.app.extensions["phsar"].deps
    demo.load_issues(line.engine, deps.notices, line.settings.timezone, line.time.now)
    with writing(line.engine) as connection:
        confirmed = update(table(Official)).where(Official.contact_id.is_not(None))
        connection.execute(confirmed.values(phone=Reached.CONFIRMED, phone_at=line.time.now))
    (digests,) = (task for task in due_tasks(deps) if isinstance(task, Digests))
    digests(THURSDAY)
    return line


def run(line: Deployment, *words: str) -> tuple[int, str]:
    done = line.app.test_cli_runner().invoke(args=["digest", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert not re.search(r"\+?855\d{8}|\b0\d{8}\b|@", done.output), "a number or an address"
    assert not re.search(r"/o/[\w-]+", done.output), "a link"
    return done.exit_code, done.output


def test_what_was_told_is_listed_by_day(told: Deployment) -> None:
    code, said = run(told, "list", "--day", "2026-11-26")
    offices = [row.split()[1] for row in said.splitlines()]
    assert (code, offices) == (0, sorted(offices))
    assert len(offices) > 1
    assert said.startswith("07:30  ")
    assert re.search(r"new \d+", said)
    first = run(told, "list", "--day", "2026-11-26", "--size", "1")[1]
    assert first.splitlines()[1] == f"more: flask digest list --day 2026-11-26 --after {offices[0]}"
    second = run(told, "list", "--day", "2026-11-26", "--size", "1", "--after", offices[0])[1]
    assert second.split()[1] == offices[1]
    assert run(told, "list", "--day", "2026-11-22")[1] == "no office was told of anything on 2026-11-22\n"
    assert run(told, "list")[0] == 0
    assert run(told, "show", offices[0], "--day", "2026-11-22")[1] == "it was told nothing on 2026-11-22\n"
    assert run(told, "show", offices[0], "--day", "2026-11-26")[1] in said.replace(f"07:30  {offices[0]}  ", "")


def test_what_would_be_told_now_is_shown_in_every_language_and_as_mail(told: Deployment) -> None:
    office = run(told, "list", "--day", "2026-11-26")[1].split()[1]
    code, said = run(told, "show", office)
    assert code == 0
    for voice in ("km", "km_Latn", "en"):
        assert re.search(
            rf"^SMS {voice}, [12] part\(s\):\n.*https://phsar\.example\.org/o/\.{{22}}$", said, re.MULTILINE
        )
    assert "E-mail: Problems of " in said
    assert "All open problems:" in said
    assert "បញ្ហាទាំងអស់" in run(told, "show", office, "--language", "km")[1]
    assert run(told, "show", "nowhere")[0] == 1
    assert run(told, "show", office, "--day", "someday")[0] == 2
    assert told.rows("SELECT day FROM digest WHERE day <> '2026-11-26'") == []
