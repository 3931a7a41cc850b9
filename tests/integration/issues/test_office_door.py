"""Who may come in by which link, what everybody else sees, and that a link stays between Phsar and its official."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.db import make_engine
from bot.issues.models import Reached
from bot.issues.office import officials
from tests.fakes.issues import Village, village
from tests.fakes.offices import LINKS, Chief, office_app, seen

ADDRESS = "chief@office.example"
PRIVATE = re.compile(r"\b(issue_voice|issue_place_person|issue_tally|message|run|consent|contact_tag|member|contact)\b")


@pytest.fixture
def chief(place: Village) -> Chief:
    return Chief.of(place, "commune")


def mail_path(chief: Chief) -> str:
    """The way from an e-mail to its page."""
    place = chief.place
    mine = place.vault.look_up(ADDRESS)
    chief.set(mail=Reached.ASKED, mail_to=place.vault.seal(ADDRESS), mail_hash=mine)
    return LINKS.to_mail(chief.official, 0, mine, place.now).removeprefix("https://phsar.example.org")


def test_a_link_that_ended_offers_a_new_one_and_says_no_number(chief: Chief) -> None:
    _, issue = chief.place.tell(chief.place.person())
    chief.place.now += timedelta(days=8)
    for more in ("", f"/{chief.code(issue)}"):
        page = chief.get(more)
        assert page.status_code == 410
        assert "This link has ended" in seen(page)
        assert f'action="{chief.path}/link?lang=en"' in page.text
    said = []
    for _ in range(4):
        answer = chief.client.post(f"{chief.path}/link?lang=en")
        assert answer.status_code == 303
        page = chief.client.get(answer.headers["Location"])
        assert page.status_code == 410
        said.append(seen(page))
    assert ["is on its way to you" in one for one in said] == [True, True, True, False]
    assert "there can be 3 a day" in said[-1]
    assert not any(re.search(r"\+?855", one) for one in said)
    sent = [words for words in chief.place.queued(chief.contact) if "/o/" in words]
    new = sent[-1].split("https://phsar.example.org")[1].split()[0]
    assert chief.client.get(new).status_code == 200
    assert chief.client.get(f"{chief.path}/link").status_code == 303


def test_what_was_written_under_a_link_that_ended_is_not_lost(chief: Chief) -> None:
    _, issue = chief.place.tell(chief.place.person())
    chief.place.now += timedelta(days=8)
    answer = chief.send(issue, "answer", words="we come <b>Friday</b>")
    assert answer.status_code == 410
    assert "What you wrote was not sent: we come <b>Friday</b>" in seen(answer)
    assert "<b>Friday" not in answer.text


@pytest.mark.parametrize(
    "values", [{"serial": 1}, {"phone": Reached.DECLINED}, {"phone": Reached.ASKED}, {"phone": Reached.NONE}]
)
def test_nobody_else_comes_in(chief: Chief, values: dict[str, Any]) -> None:
    _, issue = chief.place.tell(chief.place.person())
    chief.set(**values)
    for answer in (chief.get(), chief.get(f"/{chief.code(issue)}"), chief.send(issue, "answer", words="no")):
        assert answer.status_code == 404
        assert "There is nothing under this address" in seen(answer)
    assert chief.place.entries(issue) == ["report"]
    assert chief.place.issue(issue).seen_at is None


def test_who_was_removed_has_no_page_and_gets_no_link(chief: Chief) -> None:
    with chief.place.turn() as connection:
        officials.remove(connection, chief.official, chief.place.now)
    chief.place.now += timedelta(days=8)
    for answer in (chief.get(), chief.client.post(f"{chief.path}/link")):
        assert answer.status_code == 404
    assert chief.place.queued(chief.contact) == []


@pytest.mark.parametrize("token", ["x", "A" * 22, "mail", "é" * 22, "A" * 3000])
def test_nonsense_is_a_page_that_says_so(chief: Chief, token: str) -> None:
    for path in (f"/o/{token}", f"/o/{token}/0000013", f"/o/mail/{token}"):
        assert chief.client.get(path).status_code == 404
    for path in (f"/o/{token}/link", f"/o/{token}/0000013/answer", f"/o/mail/{token}"):
        assert chief.client.post(path).status_code == 404


def test_an_e_mail_is_confirmed_by_a_button_and_not_by_opening_it(chief: Chief) -> None:
    path = mail_path(chief)
    asked = chief.client.get(f"{path}?lang=en")
    assert "Are you of Chrey Vien office?" in seen(asked)
    assert ADDRESS not in asked.text
    (row,) = chief.place.rows("SELECT mail FROM official")
    assert row.mail == Reached.ASKED
    thanks = chief.client.post(f"{path}?lang=km")
    assert thanks.status_code == 200
    assert "សូមអរគុណ" in seen(thanks)
    (row,) = chief.place.rows("SELECT mail FROM official")
    assert row.mail == Reached.CONFIRMED
    chief.set(phone=Reached.NONE)
    assert chief.get().status_code == 200


def test_a_link_to_an_e_mail_ends_with_its_time_its_address_and_its_official(chief: Chief) -> None:
    path = mail_path(chief)
    chief.set(mail_hash="another")
    assert chief.client.post(path).status_code == 404
    path = mail_path(chief)
    chief.place.now += timedelta(days=15)
    ended = chief.client.get(f"{path}?lang=en")
    assert ended.status_code == 410
    assert "It led here for 14 days" in seen(ended)
    assert "<form" not in ended.text
    assert chief.client.post(path).status_code == 410
    (row,) = chief.place.rows("SELECT mail FROM official")
    assert row.mail == Reached.ASKED


def test_nobody_keeps_finds_or_passes_on_a_page(chief: Chief) -> None:
    _, issue = chief.place.tell(chief.place.person())
    answers = [chief.get(), chief.get(f"/{chief.code(issue)}"), chief.get("/1"), chief.client.get("/o/x")]
    answers += [chief.send(issue, "acknowledge"), chief.send(issue, "answer"), chief.client.get(mail_path(chief))]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404, 303, 422, 200]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in answer.headers
        if answer.status_code != 303:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "https://" not in answer.text


@contextmanager
def statements(chief: Chief) -> Iterator[list[str]]:
    said: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(chief.place.engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(chief.place.engine, "before_cursor_execute", heard)


def test_no_page_asks_who_is_behind_an_issue(chief: Chief) -> None:
    _, issue = chief.place.tell(chief.place.person())
    with statements(chief) as asked:
        for path in ("", f"/{chief.code(issue)}", "/1"):
            chief.get(path)
        for group in ("overdue", "new", "waits", "closed", "below"):
            chief.get(query=f"show={group}")
        assert chief.send(issue, "answer").status_code == 422
    assert len(asked) > 20
    assert [one for one in asked if PRIVATE.search(one)] == []


def test_no_log_says_a_link(chief: Chief) -> None:
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", 1)
    known, chief.place.engine = chief.place.engine, away
    client = office_app(chief.place).test_client()
    chief.place.engine = known
    with capture_logs() as logged:
        answers = [client.get(chief.path), client.post(f"{chief.path}/link"), client.post(f"{chief.path}/0/answer")]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert {line["event"] for line in logged} == {"office_page_without_database"}
    assert chief.token not in str(logged)


def test_a_database_that_is_away_loses_nothing_that_was_written(sqlite_url: str) -> None:
    with village(sqlite_url) as place:
        chief = Chief.of(place, "commune")
        place.engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", 1)
        client = office_app(place).test_client()
        answer = client.post(f"{chief.path}/0000013/transfer?lang=en", data={"words": "not ours", "to": "4"})
    assert answer.status_code == 503
    assert "It could not be sent right now" in seen(answer)
    assert 'name="to" value="4"' in answer.text
    assert ">not ours</textarea>" in answer.text
    assert f'action="{chief.path}/0000013/transfer"' in answer.text
