"""Staff accounts: passwords, second factors, links, sessions, lock-outs, the chain of the log; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Engine, delete, update

from bot.db import make_engine, table, writing
from bot.users import audit, passwords, service, signing_in
from bot.users.models import AuditLine
from bot.users.rights import Role
from bot.users.service import NewUser
from bot.vault import Vault

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PASSWORD = "seven quiet oxen"
HOME = "192.0.2.7"
VAULT = Vault("another secret for tests only")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def added(engine: Engine, login: str = "sok@example.org", password: str = PASSWORD) -> int:
    with writing(engine) as connection:
        id = service.add(connection, VAULT, NewUser(login, Role.OPERATOR, password=password), NOW)
    assert id is not None
    return id


def tried(
    engine: Engine, password: str = PASSWORD, login: str = "sok@example.org", at: datetime = NOW, address: str = HOME
) -> tuple[str, str]:
    with writing(engine) as connection:
        return signing_in.sign_in(connection, VAULT, login, password, address, at)


def test_a_user_signs_in_until_the_session_ends(engine: Engine) -> None:
    id = added(engine)
    assert tried(engine, "seven quiet oxes") == ("wrong", "")
    assert tried(engine, login="nobody@example.org") == ("wrong", "")
    outcome, token = tried(engine, login="  Sok@Example.ORG ")
    assert outcome == "done"
    with writing(engine) as connection:
        session = signing_in.find(connection, VAULT, token, NOW)
        assert session is not None
        assert (session.user, session.role, session.complete) == (id, Role.OPERATOR, True)
        assert signing_in.find(connection, VAULT, token + "x", NOW) is None
        assert signing_in.find(connection, VAULT, token, NOW + signing_in.IDLE + timedelta(minutes=1)) is None
        late = NOW + signing_in.LONGEST + timedelta(minutes=1)
        signing_in.seen(connection, VAULT, token, late)
        assert signing_in.find(connection, VAULT, token, late) is None
        signing_in.sign_out(connection, VAULT, token)
        assert signing_in.find(connection, VAULT, token, NOW) is None


def test_a_telephone_number_is_a_name_too(engine: Engine) -> None:
    name = service.read_login("012 000 003")
    assert name.startswith("+855")
    added(engine, name)
    assert tried(engine, login="+855 12 000 003")[0] == "done"
    assert service.read_login("no name") == ""


def test_who_fails_often_is_locked_out_for_a_while(engine: Engine) -> None:
    added(engine)
    for _ in range(signing_in.MOST_FAILURES):
        assert tried(engine, "not my password")[0] == "wrong"
    assert tried(engine)[0] == "locked"
    assert tried(engine, address="198.51.100.9")[0] == "locked"  # from wherever
    later = NOW + signing_in.LOCKED_FOR + timedelta(seconds=1)
    assert tried(engine, at=later)[0] == "done"


def test_an_address_that_fails_often_is_locked_out_whomever_it_tries(engine: Engine) -> None:
    added(engine)
    with writing(engine) as connection:
        for _ in range(signing_in.MOST_FROM_ADDRESS):
            signing_in._fail(connection, VAULT, None, HOME, NOW)
    assert tried(engine)[0] == "locked"
    assert tried(engine, address="198.51.100.9")[0] == "done"
    assert tried(engine, at=NOW + signing_in.LOCKED_FOR + timedelta(seconds=1))[0] == "done"


def test_the_second_factor_takes_each_code_once_and_a_recovery_code_once(engine: Engine) -> None:
    id = added(engine)
    _, token = tried(engine)
    with writing(engine) as connection:
        secret = signing_in.begin_factor(connection, VAULT, token)
        assert signing_in.begin_factor(connection, VAULT, token) == secret
        assert service.confirm_factor(connection, VAULT, id, secret, "12345", NOW) == []
        codes = service.confirm_factor(connection, VAULT, id, secret, pyotp.TOTP(secret).at(NOW), NOW)
        assert len(set(codes)) == passwords.CODES
    later = NOW + timedelta(minutes=2)
    code = pyotp.TOTP(secret).at(later)
    for given, outcome in ((code, "done"), (code, "wrong"), (codes[0].upper(), "done"), (codes[0], "wrong")):
        first, half = tried(engine, at=later)
        assert first == "factor"
        with writing(engine) as connection:
            session = signing_in.find(connection, VAULT, half, later)
            assert session is not None
            assert not session.complete
            assert signing_in.second_factor(connection, VAULT, session, given, HOME, later)[0] == outcome


def test_codes_that_do_not_fit_lock_out_as_passwords_do(engine: Engine) -> None:
    id = added(engine)
    _, token = tried(engine)
    with writing(engine) as connection:
        secret = signing_in.begin_factor(connection, VAULT, token)
        service.confirm_factor(connection, VAULT, id, secret, pyotp.TOTP(secret).at(NOW), NOW)
    for _ in range(signing_in.MOST_FAILURES):
        _, half = tried(engine)
        with writing(engine) as connection:
            session = signing_in.find(connection, VAULT, half, NOW)
            assert session is not None
            assert signing_in.second_factor(connection, VAULT, session, "000000x", HOME, NOW)[0] == "wrong"
    assert tried(engine)[0] == "locked"


def test_an_invitation_is_used_once_and_ends(engine: Engine) -> None:
    id = added(engine, password="")
    assert tried(engine, "")[0] == "wrong"
    with writing(engine) as connection:
        old = service.new_link(connection, VAULT, id, NOW)
        token = service.new_link(connection, VAULT, id, NOW)
        assert service.use_link(connection, VAULT, old, PASSWORD, NOW) == "gone"
        assert service.of_link(connection, VAULT, token, NOW + service.LINK_LASTS) is None
        assert service.use_link(connection, VAULT, token, "short", NOW) == "short"
        assert service.use_link(connection, VAULT, token, "aaaaaaaaaaaaaa", NOW) == "plain"
        assert service.use_link(connection, VAULT, token, PASSWORD, NOW) == "done"
        assert service.use_link(connection, VAULT, token, PASSWORD, NOW) == "gone"
    assert tried(engine)[0] == "done"


def test_disabling_and_resetting_end_every_session(engine: Engine) -> None:
    id = added(engine)
    _, token = tried(engine)
    with writing(engine) as connection:
        service.disable(connection, VAULT, id, NOW)
        assert signing_in.find(connection, VAULT, token, NOW) is None
    assert tried(engine)[0] == "wrong"
    with writing(engine) as connection:
        link = service.reset(connection, VAULT, id, NOW)
    assert tried(engine)[0] == "wrong"
    with writing(engine) as connection:
        assert service.use_link(connection, VAULT, link, "eight quiet oxen", NOW) == "done"
    _, token = tried(engine, "eight quiet oxen")
    with writing(engine) as connection:
        assert service.change_password(connection, VAULT, id, "wrong", PASSWORD, NOW) == "wrong"
        assert service.change_password(connection, VAULT, id, "eight quiet oxen", PASSWORD, NOW) == "done"
        assert signing_in.find(connection, VAULT, token, NOW) is None


def test_the_log_shows_where_it_was_changed(engine: Engine) -> None:
    lines = table(AuditLine)
    id = added(engine)
    with writing(engine) as connection:
        for number in range(5):
            audit.write(connection, VAULT, NOW, id, "price.reject", f"price:{number}", reason="too high " * 100)
        assert audit.first_broken(connection, VAULT) is None
        found = audit.page(connection, VAULT, audit.Wanted(subject="price:3"))
        assert [(line.user, line.action) for line in found] == [(id, "price.reject")]
        assert len(found[0].reason) == audit.LONGEST_REASON
        assert [line.id for line in audit.export(connection, VAULT, audit.Wanted())] == [6, 5, 4, 3, 2, 1]
    for spoils, broken in (
        (update(lines).where(lines.c.id == 4).values(subject="price:9"), 4),
        (delete(lines).where(lines.c.id == 2), 2),
    ):
        with writing(engine) as connection:
            connection.execute(spoils)
            assert audit.first_broken(connection, VAULT) == broken
