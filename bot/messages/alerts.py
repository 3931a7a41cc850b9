"""Tells staff of trouble: by SMS through the outbox, by e-mail through the mail server of the settings."""

from __future__ import annotations

import secrets
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, select

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import table, writing
from bot.messages import alarms
from bot.messages.mail import sending as mail_sending
from bot.messages.mail.sending import MailHeaders
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.vault import Vault

log = structlog.get_logger()

MAIL_AGAIN = timedelta(minutes=5)  # when the mail server did not take it
SMS_LASTS = timedelta(hours=24)
_contact = table(Contact)


class Herald:
    """Tells those in `alert_to`: numbers by the outbox, addresses by `smtp_url`. Never raises for a mail server."""

    def __init__(self, engine: Engine, vault: Vault, alert_to: Sequence[str], smtp_url: str, head: MailHeaders):
        self._engine = engine
        self._vault = vault
        self._phones = [to for to in alert_to if "@" not in to]
        self._mail = [to for to in alert_to if "@" in to]
        self._smtp_url = smtp_url
        self._head = head

    def tell(self, now: datetime) -> None:
        """Tell what is to be told."""
        with writing(self._engine) as connection:
            sounded = alarms.take(connection, now)
            for _, detail in sounded:
                for phone in self._phones:
                    words = f"Phsar, to staff: {detail}"
                    contact = self._contact(connection, phone, now)
                    expires = now + SMS_LASTS
                    sms_outbox.queue(
                        connection, self._vault, Outgoing(contact, words, Purpose.ANSWER, expires=expires), now
                    )
        for name, detail in sounded:
            log.error("alarm", alarm=name, detail=detail)
            if self._mail and not self._mailed(detail, now):
                # Who was told by SMS is told again with it.
                with writing(self._engine) as connection:
                    alarms.again(connection, name, MAIL_AGAIN, now)

    def _contact(self, connection: Connection, phone: str, now: datetime) -> int:
        address = read_address(phone)
        contacts.add(connection, self._vault, address, now)
        known = select(_contact.c.id).where(_contact.c.address_hash == self._vault.look_up(address.value))
        return int(connection.execute(known).scalar_one())

    def _mailed(self, detail: str, now: datetime) -> bool:
        name = f"alarm.{secrets.token_hex(8)}"
        message = mail_sending.letter(self._head, ", ".join(self._mail), f"Phsar: {detail}", now, name)
        message.set_content(f"{detail}\n\nSeen at {now:%Y-%m-%d %H:%M} UTC by the line at {self._head.host}.\n")
        try:
            with mail_sending.session(self._smtp_url) as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            log.error("alarm not mailed", error=type(error).__name__)
            return False
        return True
