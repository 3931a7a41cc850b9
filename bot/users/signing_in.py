"""Signing in: a password, then the second factor where there is one; sessions, and how often somebody may fail.

Owns sessions and lock-outs. What it answers does not tell whether a user exists.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, insert, select, update

from bot.db import table
from bot.upsert import insert_new
from bot.users import audit, passwords, service
from bot.users.models import FailedAddress, RecoveryCode, StaffSession, StaffUser
from bot.users.rights import Right, Role, may
from bot.vault import Vault

MOST_FAILURES = 6  # in a row, of one user
MOST_FROM_ADDRESS = 40  # within LOCKED_FOR; a whole office may share one
LOCKED_FOR = timedelta(minutes=15)
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)  # a session ends by itself
HALF_WAY = timedelta(minutes=10)  # between password and second factor
SEEN_EVERY = timedelta(minutes=10)
_user, _session, _code, _failed = table(StaffUser), table(StaffSession), table(RecoveryCode), table(FailedAddress)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, in one browser. Not `complete`: the second factor is still to come."""

    token: str
    user: int
    login: str
    role: Role
    station: str
    complete: bool
    second_factor: bool
    stale: bool  # its last sign of life is to be written down

    def may(self, right: Right) -> bool:
        """Whether they have a right."""
        return may(self.role, right)


def sign_in(
    connection: Connection, vault: Vault, login: str, password: str, address: str, now: datetime
) -> tuple[str, str]:
    """Try a password. Returns the outcome (done, factor, wrong, locked) and a new session's token.

    Commit it whatever the outcome is: failures are counted.
    """
    if _address_locked(connection, vault, address, now):
        return "locked", ""
    known = vault.look_up(f"user {service.read_login(login)}")
    # On PostgreSQL those who guess at one user wait for each other, and are counted.
    row = connection.execute(select(_user).where(_user.c.login_hash == known).with_for_update()).one_or_none()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return "locked", ""
    fits = passwords.fits("" if row is None else row.password, password)
    if row is None or not fits or row.disabled_at is not None:
        _fail(connection, vault, None if row is None else row.id, address, now)
        return "wrong", ""
    if row.secret is not None:  # failures stand until the second factor fits as well
        return "factor", _open(connection, vault, row.id, now, complete=False)
    return "done", _let_in(connection, vault, row.id, now)


def second_factor(
    connection: Connection, vault: Vault, session: Session, code: str, address: str, now: datetime
) -> tuple[str, str]:
    """Try a code of the second factor, or a recovery code. Outcomes as `sign_in`; the half-way session ends."""
    row = connection.execute(select(_user).where(_user.c.id == session.user).with_for_update()).one()
    locked = row.locked_until is not None and row.locked_until > now
    if locked or _address_locked(connection, vault, address, now):
        return "locked", ""
    step = passwords.fitting_step(vault.open(row.secret), code, now) if row.secret is not None else None
    if step is not None and step > row.last_step:
        connection.execute(update(_user).where(_user.c.id == row.id).values(last_step=step))
    elif not _recovered(connection, vault, row.id, code, now):
        _fail(connection, vault, row.id, address, now)
        return "wrong", ""
    sign_out(connection, vault, session.token)
    return "done", _let_in(connection, vault, row.id, now)


def find(connection: Connection, vault: Vault, token: str, now: datetime) -> Session | None:
    """The session of a token that has not ended."""
    if not token:
        return None
    live = (_session.c.token_hash == _hash(vault, token), _session.c.expires_at > now, _user.c.disabled_at.is_(None))
    columns = (_user, _session.c.complete, _session.c.seen_at)
    row = connection.execute(
        select(*columns).join(_session, _session.c.user_id == _user.c.id).where(*live)
    ).one_or_none()
    if row is None or row.seen_at < now - IDLE:
        return None
    return Session(
        token,
        row.id,
        vault.open(row.login),
        Role(row.role),
        row.station,
        complete=row.complete,
        second_factor=row.secret is not None,
        stale=row.seen_at < now - SEEN_EVERY,
    )


def seen(connection: Connection, vault: Vault, token: str, now: datetime) -> None:
    """Write down a sign of life."""
    connection.execute(update(_session).where(_session.c.token_hash == _hash(vault, token)).values(seen_at=now))


def sign_out(connection: Connection, vault: Vault, token: str) -> None:
    """End a session."""
    connection.execute(delete(_session).where(_session.c.token_hash == _hash(vault, token)))


def begin_factor(connection: Connection, vault: Vault, token: str) -> str:
    """The secret of a second factor that this session sets up: the same until it is confirmed."""
    mine = _session.c.token_hash == _hash(vault, token)
    pending = connection.execute(select(_session.c.pending).where(mine)).scalar_one_or_none()
    if pending is not None:
        return vault.open(pending)
    secret = passwords.new_secret()
    connection.execute(update(_session).where(mine).values(pending=vault.seal(secret)))
    return secret


def end_factor(connection: Connection, vault: Vault, token: str) -> None:
    """The second factor is kept: this session sets none up any more."""
    connection.execute(update(_session).where(_session.c.token_hash == _hash(vault, token)).values(pending=None))


def forget(connection: Connection, now: datetime) -> None:
    """Delete the sessions that have ended and failures nobody counts any more."""
    connection.execute(delete(_session).where(_session.c.expires_at < now))
    connection.execute(delete(_failed).where(_failed.c.since < now - LOCKED_FOR))


def _let_in(connection: Connection, vault: Vault, user: int, now: datetime) -> str:
    connection.execute(update(_user).where(_user.c.id == user).values(failures=0, locked_until=None))
    forget(connection, now)
    audit.write(connection, vault, now, user, "sign.in", f"user:{user}")
    return _open(connection, vault, user, now, complete=True)


def _open(connection: Connection, vault: Vault, user: int, now: datetime, *, complete: bool) -> str:
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": _hash(vault, token),
        "user_id": user,
        "complete": complete,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + (LONGEST if complete else HALF_WAY),
    }
    connection.execute(insert(_session).values(values))
    return token


def _recovered(connection: Connection, vault: Vault, user: int, code: str, now: datetime) -> bool:
    mine = (_code.c.user_id == user, _code.c.code_hash == service.code_hash(vault, user, code))
    if not connection.execute(delete(_code).where(*mine)).rowcount:
        return False
    audit.write(connection, vault, now, user, "sign.recovery", f"user:{user}")
    return True


def _fail(connection: Connection, vault: Vault, user: int | None, address: str, now: datetime) -> None:
    """Count a failure of a user and of a network address; the user is locked after MOST_FAILURES."""
    if user is not None:
        locks = _user.c.failures + 1 >= MOST_FAILURES
        counted = {
            "failures": case((locks, 0), else_=_user.c.failures + 1),
            "locked_until": case((locks, now + LOCKED_FOR), else_=None),
        }
        locked = connection.execute(
            update(_user).where(_user.c.id == user).values(counted).returning(_user.c.locked_until)
        ).scalar_one()
        if locked is not None:
            audit.write(connection, vault, now, None, "sign.locked", f"user:{user}")
    known = vault.look_up(f"address {address}")
    connection.execute(insert_new(connection, FailedAddress), {"address_hash": known, "failures": 0, "since": now})
    old = _failed.c.since < now - LOCKED_FOR
    counts = {
        "failures": case((old, 1), else_=_failed.c.failures + 1),
        "since": case((old, now), else_=_failed.c.since),
    }
    connection.execute(update(_failed).where(_failed.c.address_hash == known).values(counts))


def _address_locked(connection: Connection, vault: Vault, address: str, now: datetime) -> bool:
    recent = (_failed.c.address_hash == vault.look_up(f"address {address}"), _failed.c.since >= now - LOCKED_FOR)
    failures = connection.execute(select(_failed.c.failures).where(*recent)).scalar_one_or_none()
    return failures is not None and failures >= MOST_FROM_ADDRESS


def _hash(vault: Vault, token: str) -> str:
    return vault.look_up(f"session {token}")
