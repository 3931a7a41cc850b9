"""Nobody is exposed: marked words in every field about a reporter, looked for wherever officials and the public look.

Every page and link that can be reached, every interface, e-mail, message to an official and log line is read; and no
statement that any of them runs names a table in which people and issues meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from sqlalchemy import event, insert, text, update

from bot.contacts.models import Consent, Contact, ContactTag
from bot.db import table, writing
from bot.due_tasks import due_tasks
from bot.issues.digest.service import Digests
from bot.issues.models import Official, Reached
from bot.issues.office.links import Links
from bot.meetings.models import Group, Member, Membership
from tests.fakes import issues
from tests.fakes.deployment import Deployment
from tests.fakes.digits import digits_in

# What is known of the reporter, each with a mark of its own. The place is one where nothing was reported.
NAME, TAG, GROUP, WORDS = "Markname Xyz", "marktag", "Markgroup", "markconsent"
NUMBER, HOME = "+85512987654", "171001"
MARKS = ("Markname", "Xyz", "marktag", "Markgroup", "markconsent", "987654", "987 654", "85512987", HOME)
PRIVATE = re.compile(r"\b(issue_voice|issue_place_person|issue_tally|message|run|consent|contact_tag|member)\b")
LINK = re.compile(r"""(?:href|action|src)="([^"]+)\"""")
MOST = 400  # pages


@pytest.fixture(scope="module")
def told(line: Deployment) -> Deployment:
    """Two people have told of problems, an office has asked, answered and resolved; the clock has done its tasks."""
    with writing(line.engine) as connection:
        offices = issues.found(connection, line.time.now)
    for number, marked in ((NUMBER, True), ("+85512100900", False)):
        line.sms(number, "hello")
        with writing(line.engine) as connection:
            mine = Contact.address_hash == line.vault.look_up(number)
            values = {"language": "en", "script": "", "place": HOME if marked else "0313"}
            connection.execute(update(table(Contact)).where(mine).values(values))
    with writing(line.engine) as connection:
        contact = line.contact(NUMBER)
        connection.execute(
            update(table(Contact)).where(Contact.id == contact).values(name=line.vault.seal(NAME), sex="f")
        )
        connection.execute(insert(table(ContactTag)).values(contact_id=contact, tag=TAG))
        consent = {"contact_id": contact, "given": True, "what": "all", "channel": "sms", "proof": WORDS}
        connection.execute(insert(table(Consent)).values(**consent, words=line.vault.seal(WORDS), at=line.time.now))
        group = {"name_km": GROUP, "name_en": GROUP, "kind": TAG, "place": HOME, "written": 0}
        new = insert(table(Group)).values(**group, created_at=line.time.now).returning(Group.id)
        member = {"group_id": connection.execute(new).scalar_one(), "contact_id": contact, "role": "leader"}
        connection.execute(insert(table(Member)).values(**member, state=Membership.CONFIRMED, since=line.time.now))
    official(line, offices["commune"])
    raised(line)
    return line


def official(line: Deployment, office: int) -> str:
    """Somebody who has confirmed that they are of an office; their number."""
    number = line.phone(language="en")
    values = {"office_id": office, "contact_id": line.contact(number), "name": line.vault.seal("Sample official")}
    values |= {"phone": Reached.CONFIRMED, "phone_at": line.time.now, "mail": Reached.CONFIRMED, "serial": 0}
    values |= {"mail_to": line.vault.seal("sample@office.example"), "mail_at": line.time.now}
    values |= {"mail_hash": line.vault.look_up("sample@office.example"), "created_at": line.time.now}
    with writing(line.engine) as connection:
        connection.execute(insert(table(Official)).values(values))
    return number


def raised(line: Deployment) -> None:
    """The story, by SMS from first to last."""
    said = [
        line.sms(NUMBER, words).text
        for words in (
            "the well in our village smells, nobody comes",
            "1",
            "Chrey Vien, Prey Chhor",
            f"it smells since May, {NAME} ring {NUMBER} or 012 987 654",
            "1",
        )
    ]
    found = re.search(r"\d{3}-\d{4}", said[-1])
    assert found, said
    code = found[0]
    line.sms("+85512100900", f"me too {code}")
    (number,) = [
        row.address for row in line.rows("SELECT c.address FROM official o JOIN contact c ON c.id = contact_id")
    ]
    chief = line.vault.open(bytes(number))
    assert "smells" in line.sms(chief, code).text
    for words in ("ask which well?", "we come on Friday", "done a new pump"):
        answer = line.sms(chief, f"{code} {words}")
        if "to confirm" in answer.text:
            answer = line.sms(chief, digits_in(answer.text))
        assert "1 Send now" in answer.text
        assert "Thank you" in line.sms(chief, "1").text
        if words.startswith("ask"):
            line.confirmed(NUMBER, f"{code} the one at the school, says {NAME}, {NUMBER}")
    assert "not solved" in line.confirmed(NUMBER, "2").text
    with writing(line.engine) as connection:
        connection.execute(text("UPDATE issue_entry SET public = 'shown' WHERE public = 'waiting'"))


@contextmanager
def statements(line: Deployment) -> Iterator[list[str]]:
    """What the served application asks its database."""
    said: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine = line.app.extensions["phsar"].engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", heard)


def crawl(line: Deployment, *begin: str) -> dict[str, str]:
    """Every page that links lead to from here, by its address; with its headers."""
    found: dict[str, str] = {}
    waiting = [f"{path}?lang={language}" for path in begin for language in ("km", "en")]
    while waiting and len(found) < MOST:
        path = waiting.pop()
        if path in found or path.startswith("/assets/"):
            continue
        answer = requests.get(line.url + path, timeout=15, allow_redirects=False)
        assert answer.status_code < 500, path
        found[path] = f"{answer.headers} {answer.text}"
        for link in [*LINK.findall(answer.text.replace("&amp;", "&")), answer.headers.get("Location", "")]:
            there = urlsplit(urljoin(f"{line.settings.public_url}{path}", link))
            ours = (urlsplit(line.settings.public_url).netloc, urlsplit(line.url).netloc)
            if link and there.scheme in ("http", "https") and there.netloc in ours:
                waiting.append(there.path + (f"?{there.query}" if there.query else ""))
    return found


def assert_unmarked(where: str, said: str) -> None:
    found = [mark for mark in MARKS if mark.lower() in said.lower()]
    assert not found, f"{where} shows {found}"


def test_no_public_page_or_interface_shows_a_mark_or_asks_for_people(told: Deployment) -> None:
    interfaces = [
        f"/open311/v2/{name}.{form}" for name in ("services", "requests", "discovery") for form in ("json", "xml")
    ]
    with statements(told) as asked:
        pages = crawl(told, "/", "/issues", *interfaces)
    assert len(pages) > 20
    assert any("smells" in page for page in pages.values())
    for path, page in pages.items():
        assert_unmarked(path, page)
    assert [one for one in asked if PRIVATE.search(one)] == []


def test_no_officials_page_shows_a_mark_or_asks_for_people(told: Deployment) -> None:
    (row,) = told.rows("SELECT id, serial FROM official")
    link = Links(told.settings.secret_key, "").to(row.id, row.serial, told.time.now)
    with statements(told) as asked:
        pages = crawl(told, link, f"{link}/0000000")
    assert any("the one at the school" in page for page in pages.values())
    for path, page in pages.items():
        assert_unmarked(path, page)
    assert [one for one in asked if PRIVATE.search(one)] == []


def test_no_message_to_an_official_shows_a_mark(told: Deployment) -> None:
    officials = {row.contact_id for row in told.rows("SELECT contact_id FROM official")}
    sent = told.rows("SELECT contact_id, text FROM outbox")
    answered = told.rows("SELECT contact_id, answer FROM message")
    read = [told.vault.open(bytes(row[1])) for row in (*sent, *answered) if row.contact_id in officials and row[1]]
    assert len(read) > 4
    for words in read:
        assert_unmarked("a message", words)


def test_no_digest_shows_a_mark_or_asks_for_people(told: Deployment) -> None:
    phsar = told.app.extensions["phsar"]
    morning = told.time.now.replace(hour=0, minute=30) + timedelta(days=4)  # half past seven, after the water festival
    settings = replace(phsar.settings, smtp_url="smtp://127.0.0.1:9")
    digests = next(task for task in due_tasks(replace(phsar.deps, settings=settings)) if isinstance(task, Digests))
    with statements(told) as asked:
        digests(morning)
    mails = told.rows("SELECT subject, text, html FROM mail")
    assert mails, "the office has much to read"
    for sealed in (part for mail in mails for part in mail):
        assert_unmarked("an e-mail", told.vault.open(bytes(sealed)))
    (sms,) = told.rows(f"SELECT text FROM outbox WHERE created_at >= '{morning:%Y-%m-%d %H:%M}'")
    assert_unmarked("a digest", told.vault.open(bytes(sms.text)))
    assert [one for one in asked if "issue" in one and PRIVATE.search(one)] == []  # but the reader's own language


def test_no_list_of_staff_shows_a_mark(told: Deployment) -> None:
    code = told.one("SELECT code FROM issue")
    runner = told.app.test_cli_runner()
    for words in (
        "issues list",
        "issues stuck",
        "issues waiting",
        f"issues log {code}",
        f"issues show {code}",
        "offices list",
        "offices show commune",
        "digest list",
        "digest show commune",
    ):
        done = runner.invoke(args=words.split())
        assert done.exit_code == 0, (words, done.output)
        assert_unmarked(words, done.output)


def test_what_is_kept_for_offices_holds_no_mark(told: Deployment) -> None:
    rows = told.rows("SELECT text, public_text FROM issue_entry")
    words = [told.vault.open(bytes(sealed)) for row in rows for sealed in row if sealed]
    assert any("smells" in one for one in words)
    for one in words:
        assert_unmarked("an entry", one)


def test_no_log_line_shows_a_mark(told: Deployment, capfd: pytest.CaptureFixture[str]) -> None:
    raised_again = told.sms(NUMBER, f"{NAME} {NUMBER} {WORDS}").status
    crawl(told, "/issues")
    said = capfd.readouterr()
    assert raised_again == 200
    assert_unmarked("the log", said.out + said.err)
