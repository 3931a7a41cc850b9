"""Tables of staff: users, their sessions, links and recovery codes, failed sign-ins, and the audit log.

Passwords are argon2 hashes; tokens and codes are kept as keyed hashes only; names of users are sealed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class StaffUser(Base):
    """Somebody who may sign in. `login` is an e-mail address or a telephone number; `station` is of producers."""

    __tablename__ = "staff_user"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login_hash: Mapped[str] = mapped_column(String(32), unique=True)
    login: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    role: Mapped[str] = mapped_column(String(16))
    station: Mapped[str] = mapped_column(String(40), default="")
    password: Mapped[str] = mapped_column(Text, default="")  # argon2; empty: invited, none chosen yet
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; of the second factor, once it is confirmed
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the newest code used: none counts twice
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)  # in a row
    locked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffSession(Base):
    """One browser that signed in. Not `complete`: the password was right, the second factor is still asked for."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_user_id", "user_id"), Index("ix_staff_session_expires_at", "expires_at"))

    token_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    complete: Mapped[bool]
    pending: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: a second factor that is being set up
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffLink(Base):
    """An invitation or a reset: whoever opens it chooses a password, once."""

    __tablename__ = "staff_link"
    __table_args__ = (Index("ix_staff_link_user_id", "user_id"),)

    token_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class RecoveryCode(Base):
    """A code for who lost the telephone of their second factor; it is deleted when it is used."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(32), primary_key=True)


class FailedAddress(Base):
    """Failed sign-ins from one network address, which is kept as a keyed hash."""

    __tablename__ = "failed_address"
    __table_args__ = (Index("ix_failed_address_since", "since"),)

    address_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(UtcTime)


class AuditLine(Base):
    """One act. Lines are only added; each holds a keyed hash over itself and the line before."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_user_id_id", "user_id", "id"),
        Index("ix_audit_action_id", "action", "id"),
        Index("ix_audit_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # without gaps
    at: Mapped[datetime] = mapped_column(UtcTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))  # empty: the command line
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(48), default="")  # price:12, contact:7; names nobody
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: why, in the user's words
    chain: Mapped[str] = mapped_column(String(32))
