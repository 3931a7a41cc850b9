"""Every route and every role: what each may open, that nobody else gets in, and that no route was left unclassified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.console.access import SIGNED_IN
from bot.db import writing
from bot.users import service, signing_in
from bot.users.rights import RIGHTS, Right, Role
from bot.users.service import NewUser

PASSWORD = "seven quiet oxen"


@pytest.fixture
def client_of(app: Flask) -> Callable[[Role], FlaskClient]:
    """A browser in which somebody of a role is signed in."""
    phsar = app.extensions["phsar"]

    def sign_in(role: Role) -> FlaskClient:
        now: datetime = phsar.clock()
        with writing(phsar.engine) as connection:
            new = NewUser(f"{role}@example.org", role, password=PASSWORD)
            service.add(connection, phsar.vault, new, now)
            _, token = signing_in.sign_in(connection, phsar.vault, new.login, PASSWORD, "192.0.2.1", now)
        client = app.test_client()
        client.set_cookie(SIGNED_IN, token, domain="localhost", path="/console", secure=False)
        return client

    return sign_in


def pages(app: Flask) -> list[tuple[str, str, Right | None]]:
    rights = app.blueprints["console"].rights  # type: ignore[attr-defined]
    return [
        (
            next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            rule.rule.replace("<token>", "x"),
            rights[rule.endpoint],
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
    ]


def test_every_route_under_the_console_names_its_right(app: Flask) -> None:
    staff = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/console")}
    assert staff == set(app.blueprints["console"].rights)  # type: ignore[attr-defined]
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()} - staff:
        assert endpoint.partition(".")[0] != "console"


def test_a_role_opens_what_its_rights_say_and_nothing_else(
    app: Flask, client_of: Callable[[Role], FlaskClient]
) -> None:
    assert set(RIGHTS) == set(Role)
    for role in Role:
        client = client_of(role)
        for method, path, right in pages(app):
            if right is None or path == "/console/sign-out":
                continue
            status = client.open(path, method=method).status_code
            if right in RIGHTS[role]:
                assert status in (200, 303, 422), (role, method, path)
            else:
                assert status == 403, (role, method, path)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_nothing_written_is_lost(app: Flask) -> None:
    client = app.test_client()
    for method, path, right in pages(app):
        if right is None:
            continue
        words = "words that must not be lost in any case"
        answer = client.open(path, method=method, data={"words": words} if method == "POST" else None)
        if method == "GET":
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/console/sign-in")
        else:
            assert answer.status_code == 401
            assert words in answer.text


def test_what_another_site_sends_is_refused(app: Flask, client_of: Callable[[Role], FlaskClient]) -> None:
    client = client_of(Role.ADMINISTRATOR)
    for method, path, _ in pages(app):
        if method == "POST":
            assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
            assert client.post(path, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert client.get("/console").status_code == 200


def test_a_half_way_session_opens_nothing(app: Flask) -> None:
    phsar = app.extensions["phsar"]
    with writing(phsar.engine) as connection:
        id = service.add(
            connection, phsar.vault, NewUser("a@example.org", Role.ADMINISTRATOR, password=PASSWORD), phsar.clock()
        )
        assert id is not None
        token = signing_in._open(connection, phsar.vault, id, phsar.clock(), complete=False)
    client = app.test_client()
    client.set_cookie(SIGNED_IN, token, domain="localhost", path="/console", secure=False)
    assert client.get("/console").status_code == 303


def test_pages_run_no_foreign_script_and_are_kept_by_nobody(
    app: Flask, client_of: Callable[[Role], FlaskClient]
) -> None:
    answer = client_of(Role.ADMINISTRATOR).get("/console?lang=en")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "http" not in answer.text.replace("http-equiv", "")
    assert len(answer.data) < 100_000
