"""flask issues and flask offices as an operator uses them: every page, every remedy, and nobody's number."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from bot.db import writing
from bot.issues import demo
from tests.fakes.deployment import Deployment


@pytest.fixture(scope="module")
def told(line: Deployment) -> Deployment:
    """A line with the sample offices and issues."""
    phsar = line.app.extensions["phsar"]
    demo.load_issues(line.engine, phsar.notices, line.settings.timezone, line.time.now)
    return line


def run(line: Deployment, *words: str) -> tuple[int, str]:
    done = line.app.test_cli_runner().invoke(args=list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert not re.search(r"\+?855\d{8}|\b0\d{8}\b", done.output), "a number"
    return done.exit_code, done.output


def fine(line: Deployment, *words: str) -> str:
    code, said = run(line, *words)
    assert code == 0, said
    return said


def test_lists_are_paged_and_filtered(told: Deployment) -> None:
    first = fine(told, "issues", "list", "--size", "5").splitlines()
    assert len(first) == 6
    last = first[-1].rpartition(" ")[2]
    second = fine(told, "issues", "list", "--size", "5", "--before", last)
    assert not set(second.splitlines()) & set(first)
    assert "water" in fine(told, "issues", "list", "--category", "water")
    assert "road" not in fine(told, "issues", "list", "--category", "water")
    for place in ("03", "0313", "031303"):
        assert "031303" in fine(told, "issues", "list", "--place", place)
    assert "confirmed" in fine(told, "issues", "list", "--state", "confirmed")
    assert fine(told, "issues", "list", "--office", "nowhere") == "none\n"
    assert run(told, "issues", "list", "--state", "nonsense")[0] == 2


def test_what_waits_is_cleared_logged_and_taken_back(told: Deployment) -> None:
    waiting = fine(told, "issues", "waiting", "--size", "200")
    entry = next(row.split()[0] for row in waiting.splitlines() if "unofficial_fee" in row)
    code = next(row.split()[1] for row in waiting.splitlines() if "unofficial_fee" in row)
    assert "not yet for the office" in fine(told, "issues", "show", code)
    assert fine(told, "issues", "clear", entry, "--by", "tester") == "done\n"
    assert "changed" in run(told, "issues", "clear", entry)[1]
    log = fine(told, "issues", "log", code)
    assert "clear of entry" in log
    assert "tester" in log
    assert fine(told, "issues", "revert", log.split()[0]) == "done\n"
    assert "(reverted)" in fine(told, "issues", "log", code)
    assert "--office-only" in run(told, "issues", "reword", entry, "other words")[1]
    assert fine(told, "issues", "clear", entry, "--office-only") == "done\n"
    assert fine(told, "issues", "reword", entry, "other words") == "done\n"
    assert "the public reads: other words" in fine(told, "issues", "show", code)
    cleared = fine(told, "issues", "log", code).splitlines()[-2].split()[0]
    assert "take that back first" in run(told, "issues", "revert", cleared)[1]
    assert fine(told, "issues", "hide", entry) == "done\n"
    assert entry not in [row.split()[0] for row in fine(told, "issues", "waiting", "--size", "200").splitlines()]


def test_issues_are_routed_merged_and_rejected(told: Deployment) -> None:
    codes = re.findall(r"\d{3}-\d{4}", fine(told, "issues", "list", "--category", "water", "--state", "open"))
    assert fine(told, "issues", "merge", codes[0], codes[1]) == "done\n"
    assert run(told, "issues", "merge", codes[0], codes[1])[0] == 1
    assert f"merged {codes[1]}" in fine(told, "issues", "show", codes[0])
    other = re.findall(r"\d{3}-\d{4}", fine(told, "issues", "list", "--category", "road", "--state", "open"))[0]
    assert fine(told, "issues", "route", other, "demo_hall_12") == "done\n"
    assert "demo_hall_12" in fine(told, "issues", "show", other)
    assert fine(told, "issues", "reject", other, "it is repaired already") == "done\n"
    assert "no office acts" not in fine(told, "issues", "stuck")


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("issues", "show", "123-4567"), "flask issues list"),
        (("issues", "route", "900-0001", "nowhere"), "flask offices list"),
        (("issues", "clear", "999999"), "no such entry"),
        (("issues", "listen", "1"), "flask issues waiting"),
        (("issues", "revert", "999999"), "no such entry"),
        (("offices", "show", "nowhere"), "flask offices list"),
        (("offices", "remove", "999999"), "flask offices show"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_remedy(told: Deployment, words: Sequence[str], remedy: str) -> None:
    code, said = run(told, *words)
    assert code == 1
    assert remedy in said
    assert len(said.strip().splitlines()) == 1


def test_offices_are_listed_shown_asked_and_officials_removed(told: Deployment) -> None:
    first = fine(told, "offices", "list", "--size", "3")
    assert "more: flask offices list --after" in first
    assert "Kampong Cham hall" in fine(told, "offices", "list")
    shown = fine(told, "offices", "show", "demo_hall_03")
    assert "answers for: everything" in shown
    assert "asked by SMS: 0, by e-mail: 0" in fine(told, "offices", "invite")
    with writing(told.engine) as connection:
        connection.exec_driver_sql("UPDATE official SET phone = 'listed' WHERE phone = 'confirmed'")
    assert "asked by SMS: 1" in fine(told, "offices", "invite", "demo_hall_03")
    official = re.findall(r"official (\d+):", shown)[0]
    assert fine(told, "offices", "remove", official) == "removed\n"
    assert ", removed" in fine(told, "offices", "show", "demo_hall_03")


def test_sample_data_can_be_loaded_again(told: Deployment) -> None:
    before = told.rows("SELECT count(*) FROM issue")
    demo.load_issues(told.engine, told.app.extensions["phsar"].notices, told.settings.timezone, told.time.now)
    assert told.rows("SELECT count(*) FROM issue") == before
