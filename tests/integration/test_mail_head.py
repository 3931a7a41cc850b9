"""Whom e-mail comes from, who is answered, and how who is written to ends it."""

from __future__ import annotations

from bot.db import writing
from bot.messages.mail import outbox
from bot.messages.mail.sending import MailHeaders, Mailing
from tests.fakes.deployment import Deployment
from tests.fakes.mail import mail_server


def test_a_mail_comes_from_whom_the_settings_name_and_says_how_to_end_it(line: Deployment) -> None:
    head = MailHeaders(
        "phsar.example", "Phsar <phsar@office.example>", "help@office.example", "mailto:help@office.example"
    )
    mail = outbox.OutgoingMail("a@office.example", "x", "x", "<p>x</p>", key="head:1")
    with writing(line.engine) as connection:
        outbox.queue(connection, line.vault, mail, line.time.now)
    with mail_server() as box:
        assert not Mailing(line.engine, line.vault, box.url, head, line.time).send_due()
    ((_, message),) = box.mails
    assert {name: message[name] for name in ("From", "Reply-To", "List-Unsubscribe")} == {
        "From": "Phsar <phsar@office.example>",
        "Reply-To": "help@office.example",
        "List-Unsubscribe": "<mailto:help@office.example>",
    }
