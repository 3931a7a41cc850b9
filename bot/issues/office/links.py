"""Links of officials: to their office's problems, and to say that an e-mail address is theirs. Each ends by itself.

Owns how a link is made and read. Only whoever was sent one can have it, and it ends with the serial it was made for.

A token is 16 bytes in 22 letters, short enough for an SMS: the official's id (4), the day on which it ends (2), and the
beginning of a keyed hash over both and what only the official's row tells (10, so 80 bits). It is read in two steps:
whose it says it is, and then, with that row, whether that is so.
"""

from __future__ import annotations

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import UTC, datetime, timedelta

LASTS, MAIL_LASTS = timedelta(days=7), timedelta(days=14)
LETTERS = 22
_HEAD, _SERIAL = struct.Struct(">IH"), struct.Struct(">q")
_MAC = 16 - _HEAD.size  # bytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LinkError(Exception):
    """A link that leads nowhere. `expired`: it did once."""

    def __init__(self, *, expired: bool):
        super().__init__("the link has ended" if expired else "there is no such link")
        self.expired = expired


class Links:
    """Signs and reads the links of officials."""

    def __init__(self, secret_key: str, public_url: str):
        key = secret_key.encode()
        self._page_key = hmac.digest(key, b"phsar/office link", "sha256")
        self._mail_key = hmac.digest(key, b"phsar/office mail", "sha256")
        self._address = public_url.rstrip("/")

    def to(self, official: int, serial: int, now: datetime) -> str:
        """The address of the office's page, for LASTS."""
        return f"{self._address}/o/{_signed(self._page_key, official, serial, '', now + LASTS)}"

    def to_mail(self, official: int, serial: int, mail_hash: str, now: datetime) -> str:
        """The address on which an official says that an e-mail address is theirs, for MAIL_LASTS.

        `mail_hash` is the row's: a link to one address says nothing of another.
        """
        return f"{self._address}/o/mail/{_signed(self._mail_key, official, serial, mail_hash, now + MAIL_LASTS)}"

    def official(self, token: str) -> int:
        """Whose link it says it is; nothing is proven yet. Raises LinkError for what is no token."""
        return _parts(token)[0]

    def check(self, token: str, serial: int, now: datetime) -> None:
        """Whether a link to a page is genuine and lasts. Raises LinkError."""
        _check(self._page_key, token, serial, "", now)

    def check_mail(self, token: str, serial: int, mail_hash: str, now: datetime) -> None:
        """The same for the link in an e-mail."""
        _check(self._mail_key, token, serial, mail_hash, now)


def _signed(key: bytes, official: int, serial: int, more: str, until: datetime) -> str:
    head = _HEAD.pack(official, _day(until))
    return urlsafe_b64encode(head + _mac(key, head, serial, more)).decode().rstrip("=")


def _check(key: bytes, token: str, serial: int, more: str, now: datetime) -> None:
    official, day, mac = _parts(token)
    if not hmac.compare_digest(mac, _mac(key, _HEAD.pack(official, day), serial, more)):
        raise LinkError(expired=False)
    if _day(now) > day:
        raise LinkError(expired=True)


def _parts(token: str) -> tuple[int, int, bytes]:
    try:
        raw = urlsafe_b64decode(f"{token}==".encode("ascii"))
    except (UnicodeEncodeError, Error):
        raise LinkError(expired=False) from None
    # The last letter has bits to spare, and other alphabets are read as well: only one spelling is the link.
    if len(token) != LETTERS or urlsafe_b64encode(raw).decode() != f"{token}==":
        raise LinkError(expired=False)
    official, day = _HEAD.unpack_from(raw)
    return official, day, raw[-_MAC:]


def _mac(key: bytes, head: bytes, serial: int, more: str) -> bytes:
    return hmac.digest(key, head + _SERIAL.pack(serial) + more.encode(), "sha256")[:_MAC]


def _day(at: datetime) -> int:
    return (at.astimezone(UTC) - _EPOCH).days
