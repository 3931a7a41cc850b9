"""A thief's look: whole database, Redis, spool and log after marked problems, every two columns laid side by side.

No value and no time that a problem has is also one of its people's, outside the one room where they meet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text, update

from bot.contacts.models import Contact
from bot.db import reading, table, writing
from bot.issues.models import Official, Reached
from bot.issues.staff.hiding import hide_old
from bot.messages.models import OpenQuestion, Outbound
from flows.heard import Intent
from flows.issues.facts import about_problems
from flows.registry import REGISTRY
from tests.fakes import issues
from tests.fakes.deployment import Deployment
from tests.fakes.digits import digits_in

PEOPLE = 6
MEET = {"issue_voice", "issue_place_person", "issue_tally"}  # issues.people owns them
OPEN = {"issue", "issue_entry", "issue_pending", "issue_review", "recording", "digest"}
TOO_COMMON = 3  # a value that more problems have leads to none of them


@pytest.fixture(scope="module")
def line_with(line: Deployment) -> tuple[Deployment, dict[str, str]]:
    """Some people have told of problems and joined others'; an office has answered. The code of each by its number."""
    with writing(line.engine) as connection:
        offices = issues.found(connection, line.time.now)
    chief = line.phone(language="en")
    values = {"office_id": offices["commune"], "contact_id": line.contact(chief), "name": line.vault.seal("Sample")}
    values |= {"phone": Reached.CONFIRMED, "phone_at": line.time.now, "serial": 0, "created_at": line.time.now}
    with writing(line.engine) as connection:
        connection.execute(insert(table(Official)).values(values))
    raised: dict[str, str] = {}
    numbers = [line.phone(language="en", place="031303") for _ in range(PEOPLE)]
    for number in reversed(numbers):  # contacts and problems are not in the same order
        line.time.passes(minutes=17, seconds=13)
        for words in ("the well in our village smells", "1", "1", f"nobody comes to number {len(raised)}", "1"):
            answer = line.sms(number, words).text
            line.time.passes(seconds=41)
        if "one of these" in answer:
            answer = line.sms(number, "2").text
            answer = line.sms(number, "1").text
        found = re.search(r"\d{3}-\d{4}", answer)
        assert found, answer
        raised[number] = found[0]
    for number, code in zip(numbers, [raised[numbers[-1]], *[raised[one] for one in numbers[:-1]]], strict=True):
        line.time.passes(minutes=3)
        line.sms(number, f"me too {code}")
    for code in sorted(raised.values()):  # in another order than they came
        line.time.passes(minutes=7)
        for words in ("which one is it?", "we come on friday", "done a new pump"):
            answer = line.sms(chief, f"{code} {words}").text
            if "to confirm" in answer:
                answer = line.sms(chief, digits_in(answer)).text
            line.sms(chief, "1")
    for number in numbers[:2]:
        line.time.passes(minutes=5)
        line.sms(number, "2")
        line.sms(number, f"{raised[number]} it still smells")
    return line, raised


def columns(line: Deployment) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Every column of every table with its rows."""
    with reading(line.engine) as connection:
        for name in inspect(line.engine).get_table_names():
            rows = [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            for column in rows[0] if rows else ():
                yield name, column, rows


def owners(line: Deployment) -> tuple[dict[int, int], dict[int, str]]:
    """Who raised each issue, as only the room of people knows; and the code of each."""
    rows = line.rows("SELECT issue_id, contact_id FROM issue_voice WHERE via = 'reporter'")
    codes = {row.id: row.code for row in line.rows("SELECT id, code FROM issue")}
    return {row.issue_id: row.contact_id for row in rows}, codes


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else str(value) if isinstance(value, datetime) else value


def test_no_two_columns_meet(line_with: tuple[Deployment, dict[str, str]]) -> None:
    line, _ = line_with
    raised_by, _codes = owners(line)
    assert len(raised_by) == PEOPLE
    of_issues: dict[tuple[str, str], dict[Any, set[int]]] = {}
    of_people: dict[tuple[str, str], dict[Any, set[int]]] = {}
    for name, column, rows in columns(line):
        if name in MEET:
            continue
        for row in rows:
            issue = row.get("issue_id") if name != "issue" else row["id"]
            contact = row.get("contact_id") if name != "contact" else row["id"]
            value = plain(row[column])
            if value in (None, "", b"", 0, 1, True, False):
                continue
            if name in OPEN and issue is not None:
                of_issues.setdefault((name, column), defaultdict(set))[value].add(issue)
            elif contact is not None and name not in OPEN and column != "id":  # that a row is the third is nobody's
                of_people.setdefault((name, column), defaultdict(set))[value].add(contact)
    assert of_issues
    assert of_people
    for issue_column, there in of_issues.items():
        for person_column, here in of_people.items():
            joined = {
                (issue, contact)
                for value in there.keys() & here.keys()
                if len(there[value]) <= TOO_COMMON and len(here[value]) <= TOO_COMMON
                for issue in there[value]
                for contact in here[value]
            }
            hits = {pair for pair in joined if raised_by[pair[0]] == pair[1]}
            # Of two small counts some are the same by chance: never those of half the people.
            counts = all(isinstance(value, int) and value < 1000 for value in there.keys() & here.keys())
            assert len(hits) <= (PEOPLE // 2 if counts else 0), (issue_column, person_column, hits)


def test_no_key_or_subject_names_a_problem(line_with: tuple[Deployment, dict[str, str]]) -> None:
    line, raised = line_with
    digits = {code.replace("-", "") for code in raised.values()}
    for name, column, rows in columns(line):
        if name in MEET | OPEN:
            continue
        for row in rows:
            said = str(plain(row[column]))
            assert not re.search(r"\bissue:\d", said), (name, column, said)
            assert not any(code in said for code in digits), (name, column)
    questions = line.rows("SELECT subject FROM open_question WHERE kind IN ('resolved', 'asked')")
    assert questions
    assert min(row.subject for row in questions) >= 1 << 60


def test_copies_of_one_notice_do_not_show_that_they_are_one(line_with: tuple[Deployment, dict[str, str]]) -> None:
    line, _ = line_with
    rows = line.rows("SELECT text, about, unique_key FROM outbox WHERE purpose = 'own'")
    assert len(rows) > PEOPLE
    for column in ("text", "unique_key"):
        values = [bytes(getattr(row, column)) if column == "text" else getattr(row, column) for row in rows]
        assert len(set(values)) == len(values)


def test_a_turn_about_a_problem_is_logged_without_whose_it_is() -> None:
    rooms = [name for name in REGISTRY.states if name.partition(".")[0] in ("issue", "joining", "follow", "desk")]
    assert len(rooms) > 30
    assert all(about_problems(name, Intent.CHOICE) for name in rooms)
    for intent in (Intent.ISSUE_NEW, Intent.ISSUE_STATUS, Intent.ISSUE_JOIN):
        assert about_problems("home.menu", intent)
    assert not about_problems("home.menu", Intent.PRICE)


def test_redis_and_what_is_kept_of_turns_lead_nowhere(line_with: tuple[Deployment, dict[str, str]]) -> None:
    line, raised = line_with
    intents = line.rows("SELECT DISTINCT intent FROM message WHERE contact_id IS NOT NULL")
    assert not any(row.intent.startswith("issue") for row in intents)
    redis = line.app.extensions["phsar"].redis
    kept = repr([(key, redis.dump(key)) for key in redis.scan_iter("*")])
    for one in raised.values():
        assert one not in kept
        assert one.replace("-", "") not in kept


def test_who_is_behind_it_needs_a_reason_and_is_logged(line_with: tuple[Deployment, dict[str, str]]) -> None:
    line, raised = line_with
    number, code = next(iter(raised.items()))
    runner = line.app.test_cli_runner()
    assert runner.invoke(args=["issues", "who", code]).exit_code != 0
    assert runner.invoke(args=["issues", "who", code, "--reason", "x", "--by", "tester"]).exit_code != 0
    assert "who" not in runner.invoke(args=["issues", "log", code]).output
    reason = "a threat against the reporter was told to us"
    done = runner.invoke(args=["issues", "who", code, "--reason", reason, "--by", "tester"])
    assert done.exit_code == 0, done.output
    assert number in done.output
    listed = runner.invoke(args=["issues", "log", code]).output
    assert f"who by tester: {reason}" in listed
    (review,) = re.findall(r"^ *(\d+) .* who by", listed, re.MULTILINE)
    assert runner.invoke(args=["issues", "revert", review, "--by", "tester"]).exit_code != 0


def test_what_an_earlier_release_wrote_is_hidden_and_still_answered(line: Deployment) -> None:
    number = line.phone(language="en", place="031303")
    contact, now = line.contact(number), datetime(2026, 11, 30, 3, tzinfo=UTC)
    out, question = table(Outbound), table(OpenQuestion)
    row = {"contact_id": contact, "purpose": "own", "unique_key": f"issue:7:9:people:{contact}", "about": "issue:7"}
    row |= {"text": line.vault.seal("x"), "state": "queued", "attempts": 0, "rounds": 0, "error": ""}
    row |= {"due_at": now, "expires_at": now + timedelta(days=7), "created_at": now, "changed_at": now}
    with writing(line.engine) as connection:
        connection.execute(insert(out).values(row))
        asked = {"contact_id": contact, "kind": "resolved", "subject": 7, "answer": "", "asked_at": now, "until": now}
        connection.execute(insert(question).values(asked))
        connection.execute(update(table(Contact)).where(Contact.id == contact).values(language="en"))
    with writing(line.engine) as connection:
        assert hide_old(connection, line.vault) >= 2
    with writing(line.engine) as connection:
        assert hide_old(connection, line.vault) == 0
        old = select(out.c.about, out.c.unique_key).where(out.c.contact_id == contact, out.c.purpose == "own")
        assert all(re.fullmatch("[0-9a-f]{32}", one) for kept in connection.execute(old) for one in kept)
