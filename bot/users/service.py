"""Staff accounts: add, disable, reset, passwords, second factors. Each act is a line of the audit log.

Owns who may sign in; signing in itself is users.signing_in. Links and codes are told once and kept as hashes.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.contacts.phone import read_number
from bot.db import table
from bot.users import audit, passwords
from bot.users.models import RecoveryCode, StaffLink, StaffSession, StaffUser
from bot.users.rights import Role
from bot.vault import Vault

LINK_LASTS = timedelta(days=3)
LONGEST_LOGIN = 254
_MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
_user, _link, _session, _code = table(StaffUser), table(StaffLink), table(StaffSession), table(RecoveryCode)


@dataclass(frozen=True, slots=True)
class User:
    """A user as others read them."""

    id: int
    login: str
    role: Role
    station: str
    disabled: bool
    invited: bool  # and has chosen no password yet
    second_factor: bool


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who is to be added. `password` may be empty: then they are invited. `station` is the id of a producer's."""

    login: str
    role: Role
    station: str = ""
    password: str = ""


def read_login(written: str) -> str:
    """An e-mail address or a telephone number as it is kept; empty where it is neither."""
    written = written.strip()
    if "@" in written:
        return written.lower() if _MAIL.fullmatch(written) and len(written) <= LONGEST_LOGIN else ""
    number = read_number(written)
    return number.value if number is not None else ""


def add(connection: Connection, vault: Vault, new: NewUser, now: datetime, by: int | None = None) -> int | None:
    """Add a user. Returns the id; None: somebody signs in by that name already."""
    if find(connection, vault, new.login) is not None:
        return None
    values = {
        "login_hash": _hash(vault, new.login),
        "login": vault.seal(new.login),
        "role": new.role,
        "station": new.station,
        "password": passwords.hashed(new.password) if new.password else "",
        "last_step": 0,
        "failures": 0,
        "created_at": now,
    }
    id = int(connection.execute(insert(_user).values(values).returning(_user.c.id)).scalar_one())
    audit.write(connection, vault, now, by, "user.add", f"user:{id}", reason=new.role)
    return id


def find(connection: Connection, vault: Vault, login: str) -> User | None:
    """The user who signs in by this name, as `read_login` gives it."""
    row = connection.execute(select(_user).where(_user.c.login_hash == _hash(vault, login))).one_or_none()
    return None if row is None else _read(row, vault)


def show(connection: Connection, vault: Vault, id: int) -> User | None:
    """A user by id."""
    row = connection.execute(select(_user).where(_user.c.id == id)).one_or_none()
    return None if row is None else _read(row, vault)


def listed(connection: Connection, vault: Vault, after: int = 0, size: int = 50) -> list[User]:
    """Up to `size` users, oldest first, behind the user `after`."""
    rows = connection.execute(select(_user).where(_user.c.id > after).order_by(_user.c.id).limit(size))
    return [_read(row, vault) for row in rows]


def disable(connection: Connection, vault: Vault, id: int, now: datetime, by: int | None = None) -> None:
    """Nobody signs in as this user any more, and whoever is signed in is not."""
    connection.execute(update(_user).where(_user.c.id == id).values(disabled_at=now))
    connection.execute(delete(_link).where(_link.c.user_id == id))
    end_sessions(connection, id)
    audit.write(connection, vault, now, by, "user.disable", f"user:{id}")


def reset(connection: Connection, vault: Vault, id: int, now: datetime, by: int | None = None) -> str:
    """Take the password and the second factor away, end all sessions, and let a disabled user in again.

    Returns the token of a link with which a new password is chosen.
    """
    gone = {"password": "", "secret": None, "disabled_at": None, "failures": 0, "locked_until": None}
    connection.execute(update(_user).where(_user.c.id == id).values(gone))
    connection.execute(delete(_code).where(_code.c.user_id == id))
    end_sessions(connection, id)
    audit.write(connection, vault, now, by, "user.reset", f"user:{id}")
    return new_link(connection, vault, id, now)


def new_link(connection: Connection, vault: Vault, id: int, now: datetime) -> str:
    """The token of a link that lasts LINK_LASTS; earlier ones end."""
    token = secrets.token_urlsafe(24)
    connection.execute(delete(_link).where(_link.c.user_id == id))
    values = {"token_hash": vault.look_up(f"link {token}"), "user_id": id, "expires_at": now + LINK_LASTS}
    connection.execute(insert(_link).values(values))
    return token


def of_link(connection: Connection, vault: Vault, token: str, now: datetime) -> User | None:
    """Whose link this is; None where it was used or has ended."""
    mine = (_link.c.token_hash == vault.look_up(f"link {token}"), _link.c.expires_at > now)
    row = connection.execute(select(_user).join(_link, _link.c.user_id == _user.c.id).where(*mine)).one_or_none()
    return None if row is None or row.disabled_at else _read(row, vault)


def use_link(connection: Connection, vault: Vault, token: str, password: str, now: datetime) -> str:
    """Choose the password a link is for. Returns done, gone, or the password's fault."""
    user = of_link(connection, vault, token, now)
    if user is None:
        return "gone"
    if fault := passwords.fault(password, user.login):
        return fault
    taken = connection.execute(delete(_link).where(_link.c.token_hash == vault.look_up(f"link {token}")))
    if not taken.rowcount:  # the same link, opened twice
        return "gone"
    _choose(connection, user.id, password)
    audit.write(connection, vault, now, user.id, "user.password", f"user:{user.id}")
    return "done"


def change_password(connection: Connection, vault: Vault, id: int, old: str, new: str, now: datetime) -> str:
    """Change one's own password; every session ends. Returns done, wrong, or the new password's fault."""
    row = connection.execute(select(_user).where(_user.c.id == id)).one()
    if not passwords.fits(row.password, old):
        return "wrong"
    if fault := passwords.fault(new, vault.open(row.login)):
        return fault
    _choose(connection, id, new)
    audit.write(connection, vault, now, id, "user.password", f"user:{id}")
    return "done"


def confirm_factor(connection: Connection, vault: Vault, id: int, secret: str, code: str, now: datetime) -> list[str]:
    """Keep a second factor that its first code proves. Returns the recovery codes; none: the code did not fit."""
    step = passwords.fitting_step(secret, code, now)
    if step is None:
        return []
    connection.execute(update(_user).where(_user.c.id == id).values(secret=vault.seal(secret), last_step=step))
    connection.execute(delete(_code).where(_code.c.user_id == id))
    codes = passwords.new_codes()
    rows = [{"user_id": id, "code_hash": code_hash(vault, id, one)} for one in codes]
    connection.execute(insert(_code), rows)
    audit.write(connection, vault, now, id, "user.factor", f"user:{id}")
    return codes


def code_hash(vault: Vault, id: int, code: str) -> str:
    """A recovery code as it is kept; how it is written does not matter."""
    return vault.look_up(f"recovery {id} {''.join(letter for letter in code.lower() if letter.isalnum())}")


def end_sessions(connection: Connection, id: int) -> None:
    """Whoever is signed in as this user is not any more."""
    connection.execute(delete(_session).where(_session.c.user_id == id))


def _choose(connection: Connection, id: int, password: str) -> None:
    free = {"password": passwords.hashed(password), "failures": 0, "locked_until": None}
    connection.execute(update(_user).where(_user.c.id == id).values(free))
    end_sessions(connection, id)


def _hash(vault: Vault, login: str) -> str:
    return vault.look_up(f"user {login}")


def _read(row: Row[Any], vault: Vault) -> User:
    return User(
        row.id,
        vault.open(row.login),
        Role(row.role),
        row.station,
        disabled=row.disabled_at is not None,
        invited=not row.password,
        second_factor=row.secret is not None,
    )
