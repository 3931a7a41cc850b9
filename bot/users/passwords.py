"""Passwords and second factors: how a password is hashed, what a good one is, which codes fit.

Knows no table.
"""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from markupsafe import Markup

SHORTEST, LONGEST = 12, 200  # letters
LEAST_KINDS = 5  # of different letters
STEP = 30  # seconds of a code
CODES = 8  # for who lost the telephone
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
# OWASP's second profile: some hundredths of a second, and 19 MiB for each that signs in at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# What a user nobody knows is checked against: it takes as long.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$fz+EB5ihgYkLFRBrhBREvg$GAVfFWWBmUZkts6/rL9YRPdUaqboyWpXhIfreeia2qE"


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether this is the password; takes its time also where there is none."""
    try:
        return _hasher.verify(kept or NOBODY, password[:LONGEST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def fault(password: str, login: str) -> str:
    """Why a password is not good enough: short, long, plain; empty where it is."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    name = login.partition("@")[0].lower()
    plain = password.lower()
    named = len(name) >= 4 and name in plain and len(plain) - len(name) < SHORTEST
    return "plain" if named or len(set(plain)) < LEAST_KINDS else ""


def new_secret() -> str:
    """A new second factor's secret."""
    return pyotp.random_base32()


def fitting_step(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is, one before or after the present one too; None: it fits none."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdecimal() and len(code) == 6):
        return None
    totp, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    near = (step, step - 1, step + 1)
    return next((one for one in near if secrets.compare_digest(totp.generate_otp(one), code)), None)


def picture(secret: str, login: str) -> Markup:
    """The square an app on a telephone reads a secret from, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Phsar")
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704  drawn here, from dots


def new_codes() -> list[str]:
    """Recovery codes."""
    return ["-".join(_letters(5) for _ in range(2)) for _ in range(CODES)]


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
