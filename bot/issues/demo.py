"""Sample offices, officials and issues to try with: invented from end to end, with a history of some weeks.

Can be loaded again and again; nobody is sent anything of what is past. Never for a real line.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select, update

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import table, writing
from bot.issues import handling, history, limits, raising
from bot.issues.due import Terms
from bot.issues.facts import midnight
from bot.issues.handling import Actor
from bot.issues.lists.offices import import_offices
from bot.issues.lists.reference import load_reference
from bot.issues.models import By, Issue, IssueEntry, Office, Official, Public, Reached
from bot.issues.notifications import IssueDeps, call_off
from bot.messages import alarms
from bot.messages.notices import Notices
from flows import codes

_DATA = Path(__file__).parent / "data"
FIRST_CODE = 900_000
_issue, _entry, _office = table(Issue), table(IssueEntry), table(Office)
_official, _contact = table(Official), table(Contact)


def load_issues(engine: Engine, notices: Notices, zone: ZoneInfo, now: datetime) -> None:
    """Load the sample offices, whose officials have all said that they are, and issues up to now."""
    with writing(engine) as connection:
        load_reference(connection)
    import_offices(engine, notices.vault, _DATA / "demo_offices.csv", now)
    with writing(engine) as connection:
        of_demo = _official.c.office_id.in_(select(_office.c.id).where(_office.c.code.startswith("demo_")))
        for name, at in (("phone", "phone_at"), ("mail", "mail_at")):
            listed = update(_official).where(of_demo, _official.c[name] == Reached.LISTED)
            connection.execute(listed.values({name: Reached.CONFIRMED, at: now}))
        there = select(_issue.c.id).where(_issue.c.code == codes.made(FIRST_CODE))
        if connection.execute(there).one_or_none() is not None:
            return
        deps = IssueDeps(notices, zone)
        with (_DATA / "demo_issues.csv").open(encoding="utf-8", newline="") as file:
            rows = sorted(enumerate(csv.DictReader(file)), key=lambda one: -int(one[1]["days"]))
        for number, row in rows:  # the oldest first, as they would have come
            _load(connection, deps, FIRST_CODE + number, row, now - timedelta(days=int(row["days"])))
    # The clock would do this at its first tick, and tell everybody of what is invented.
    Terms(engine, deps)(now)
    with writing(engine) as connection:
        for number, _ in rows:
            issue = history.with_code(connection, codes.made(FIRST_CODE + number))
            assert issue is not None
            call_off(connection, deps.vault, issue.id, now)
        alarms.withdraw(connection, "issues stuck")


def _load(connection: Connection, deps: IssueDeps, number: int, row: dict[str, str], at: datetime) -> None:
    """One sample issue with all that became of it."""
    first = number - FIRST_CODE
    people = [_person(connection, deps, one, at) for one in range(first, first + int(row["people"]))]
    report = raising.ReportedIssue(
        codes.made(number), row["category"], row["place"], row["commodity"], about_office=False, words=row["words"]
    )
    raising.raise_(connection, deps, report, _word(deps, people[0], at))
    issue = history.with_code(connection, report.code)
    assert issue is not None
    if row["steps"]:
        connection.execute(update(_entry).where(_entry.c.issue_id == issue.id).values(office_may=True))
        raising.release(connection, deps, issue.id, at + timedelta(hours=2))
    for one in people[1:]:
        raising.join(connection, deps, issue.id, _word(deps, one, at + timedelta(hours=3)))
    for step, said in enumerate(filter(None, row["steps"].split(";")), 1):
        _step(connection, deps, issue.id, people[0], said, at + timedelta(days=step))
    shown = (_entry.c.issue_id == issue.id, _entry.c.public == Public.WAITING, _entry.c.office_may)
    connection.execute(update(_entry).where(*shown).values(public=Public.SHOWN))
    call_off(connection, deps.vault, issue.id, at)


def _step(connection: Connection, deps: IssueDeps, issue: int, reporter: int, said: str, at: datetime) -> None:
    action, _, words = said.partition(":")
    office = connection.execute(select(_issue.c.office_id).where(_issue.c.id == issue)).scalar_one()
    by = Actor(By.OFFICE, office, None, at)
    match action:
        case "cleared":  # staff have read the words, nothing more
            return
        case "received":
            handling.acknowledge(connection, deps, issue, by)
        case "answer":
            handling.answer(connection, deps, issue, by, words)
        case "done":
            handling.resolve(connection, deps, issue, by, words)
        case _:
            raising.judge(connection, deps, issue, _word(deps, reporter, at), solved=action == "solved")


def _word(deps: IssueDeps, contact: int, at: datetime) -> limits.Author:
    return limits.Author(contact, at, midnight(at, deps.zone))


def _person(connection: Connection, deps: IssueDeps, number: int, at: datetime) -> int:
    """An invented person."""
    address = read_address(f"+855120002{number:02}")
    contacts.add(connection, deps.vault, address, at)
    known: Any = select(_contact.c.id).where(_contact.c.address_hash == deps.vault.look_up(address.value))
    return int(connection.execute(known).scalar_one())
