"""Sending e-mail: the way to the mail server of the settings, what a mail looks like, the job of a worker.

No session is held while the mail server is spoken to. Addresses and words are never logged: of a refusal its code.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import Engine

from bot.config import Settings
from bot.db import reading, writing
from bot.environment.strength import is_here
from bot.messages import alarms, breaker
from bot.messages.breaker import MAIL, Gate
from bot.messages.mail import outbox as mail_outbox
from bot.vault import Vault

log = structlog.get_logger()

PATIENCE = 10.0  # seconds for each word of the server
JOB_LASTS = 3.0  # seconds; the messages behind a job wait for it, and go before the next
CLOSES, TOO_LARGE = 421, 552  # the server hangs up; the sender may send, but not as much
_ENHANCED = re.compile(rb"\A([245]\.\d{1,3}\.\d{1,3})(?:\s|\Z)")


class Fate(StrEnum):
    """What the server said of a mail."""

    TAKEN = "taken"
    REFUSED = "refused"  # for good
    LATER = "later"
    AWAY = "away"  # it serves nobody; or it hung up, and nobody knows whether it took the mail


@dataclass(frozen=True, slots=True)
class MailResult:
    """What became of a mail that was handed over, and the code that tells why."""

    fate: Fate
    error: str = ""


class NotEncryptedError(smtplib.SMTPException):
    """A server on another machine offers no TLS: neither the password nor a mail goes to it."""


def connect(url: str) -> smtplib.SMTP:
    """Reach smtp://user:password@host:port, or smtps://. Encrypted, but on this machine or by smtp+plain://.

    Raises OSError and smtplib.SMTPException.
    """
    parts = urlsplit(url)
    host, trusted = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=trusted)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    try:
        server.ehlo()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=trusted)
        elif parts.scheme == "smtp" and not is_here(host):
            # Somebody on the way may have taken the offer out; what waits goes when it is back.
            raise NotEncryptedError
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


@contextmanager
def session(url: str) -> Iterator[smtplib.SMTP]:
    """The same until the end. What was taken stays taken, however the server says good-bye."""
    server = connect(url)
    try:
        yield server
    finally:
        _leave(server)


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """What stands above every mail of the line at `host`; what is empty is left out, but for the sender."""

    host: str
    sender: str = ""
    reply_to: str = ""
    unsubscribe: str = ""  # mailto: or https:

    @classmethod
    def of(cls, settings: Settings) -> MailHeaders:
        """The one the settings ask for."""
        host = urlsplit(settings.public_url).hostname or "localhost"
        return cls(host, settings.mail_from, settings.mail_reply_to, settings.mail_unsubscribe)


def letter(head: MailHeaders, to: str, subject: str, at: datetime, name: str) -> EmailMessage:
    """A mail of the line without its words yet. Its `name` makes it known again when it comes twice.

    Raises ValueError for what is no address.
    """
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = head.sender or f"phsar@{head.host}"
    message["To"] = to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@{head.host}>"
    message["Auto-Submitted"] = "auto-generated"
    if head.reply_to:
        message["Reply-To"] = head.reply_to
    return message


class Post:
    """A way to the mail server that is opened for the first mail and serves those after it."""

    def __init__(self, url: str):
        self._url = url
        self._server: smtplib.SMTP | None = None

    def close(self) -> None:
        """Say good-bye."""
        if self._server is not None:
            _leave(self._server)
        self._server = None

    def hand_over(self, message: EmailMessage, to: str) -> MailResult:
        """Hand a mail to the server; never raises for what the server does."""
        try:
            if self._server is None:
                self._server = connect(self._url)
            self._server.send_message(message, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            handed = _judged(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            handed = _judged(error.smtp_code, error.smtp_error)
        except smtplib.SMTPSenderRefused as error:
            code, told = error.smtp_code, error.smtp_error
            handed = _judged(code, told) if code == TOO_LARGE else MailResult(Fate.AWAY, _code(code, told))
        except smtplib.SMTPNotSupportedError:
            handed = MailResult(Fate.REFUSED, "address")  # in letters the server does not know
        except smtplib.SMTPResponseException as error:
            handed = MailResult(Fate.AWAY, _code(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            handed = MailResult(Fate.AWAY, type(error).__name__)
        else:
            return MailResult(Fate.TAKEN)
        if handed.fate is Fate.AWAY:
            self.close()
        return handed


def _judged(code: int, told: bytes | str) -> MailResult:
    if code == CLOSES:
        return MailResult(Fate.AWAY, _code(code, told))
    return MailResult(Fate.REFUSED if code >= 500 else Fate.LATER, _code(code, told))


def _code(code: int, told: bytes | str) -> str:
    """A reply's code, with the finer one it may begin with: 550 5.1.1. The rest may name somebody."""
    finer = _ENHANCED.match(told.encode(errors="replace") if isinstance(told, str) else told)
    return f"{code} {finer[1].decode()}" if finer else str(code)


@dataclass(frozen=True, slots=True)
class Mailing:
    """All that it takes to send mail. `smtp_url` empty: what is queued waits, and expires."""

    engine: Engine
    vault: Vault
    smtp_url: str
    head: MailHeaders
    clock: Callable[[], datetime]

    def send_due(self) -> bool:
        """Hand over what is due for JOB_LASTS, while the server serves. Returns whether more may be due.

        One mail is claimed at a time: a worker killed at any point leaves at most one of which nobody knows whether
        the server has it. It is sent again under the same name.
        """
        if not self.smtp_url:
            return False
        until = time.monotonic() + JOB_LASTS
        with closing(Post(self.smtp_url)) as post:
            while time.monotonic() < until:
                with reading(self.engine) as connection:
                    if not mail_outbox.is_due(connection, self.clock()):
                        return False
                gate = breaker.ask(self.engine, MAIL, self.clock())
                if gate is Gate.OPEN or not self._send_next(post) or gate is Gate.HALF_OPEN:
                    return gate is Gate.HALF_OPEN
        return True

    def _send_next(self, post: Post) -> bool:
        """Send the mail that is due longest. False when nothing is due, or the server serves nobody."""
        with writing(self.engine) as connection:
            claimed = mail_outbox.claim(connection, self.vault, self.clock())
        if claimed is None:
            return False
        handed = self._hand_over(post, claimed)
        with writing(self.engine) as connection:
            now = self.clock()
            if handed.fate is Fate.TAKEN:
                mail_outbox.sent(connection, claimed, now)
            elif handed.fate is Fate.REFUSED:
                mail_outbox.refused(connection, claimed, handed.error, now)
                told = f"an e-mail about {claimed.about or 'nothing known'} was refused for good ({handed.error})"
                alarms.sound(connection, "mail refused", told, now)
            else:
                mail_outbox.try_later(connection, claimed, handed.error, now)
            served = handed.fate is not Fate.AWAY
            breaker.note(connection, MAIL, served, int(not served), handed.error, now)
        log.info("mail", id=claimed.id, fate=str(handed.fate), error=handed.error, tries=claimed.attempts)
        return served

    def _hand_over(self, post: Post, claimed: mail_outbox.ClaimedMail) -> MailResult:
        name = f"mail.{claimed.id}.{int(claimed.created_at.timestamp())}"
        try:
            message = letter(self.head, claimed.to, claimed.subject, claimed.created_at, name)
        except ValueError:
            return MailResult(Fate.REFUSED, "address")
        if self.head.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.head.unsubscribe}>"
        message.set_content(claimed.text)
        if claimed.html is not None:
            message.add_alternative(claimed.html, subtype="html")
        return post.hand_over(message, claimed.to)
