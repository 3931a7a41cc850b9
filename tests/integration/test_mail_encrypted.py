"""What reaches a mail server on another machine that offers no TLS, or whose offer somebody took out: nothing."""

from __future__ import annotations

from contextlib import closing

from bot.messages.mail.sending import Fate, MailHeaders, MailResult, Post, letter
from tests.conftest import SPELT_OTHERWISE
from tests.fakes.deployment import START
from tests.fakes.mail import mail_server

SAMPLE = "sample@office.example.org"


def test_no_password_and_no_mail_goes_unencrypted_to_another_machine() -> None:
    message = letter(MailHeaders("phsar.example.org"), SAMPLE, "hello", START, "mail.1.1")
    message.set_content("hello")
    with mail_server() as box:
        elsewhere = box.url.replace("smtp://127.0.0.1", f"smtp://somebody:sample@{SPELT_OTHERWISE}")
        box.wants_login = True
        with closing(Post(elsewhere)) as post:
            assert post.hand_over(message, SAMPLE) == MailResult(Fate.AWAY, "NotEncryptedError")
        assert (box.connections, box.logins, box.mails) == (1, 0, [])


def test_mail_goes_unencrypted_where_the_setting_says_so() -> None:
    message = letter(MailHeaders("phsar.example.org"), SAMPLE, "hello", START, "mail.1.1")
    message.set_content("hello")
    with mail_server() as box:
        allowed = box.url.replace("smtp://127.0.0.1", f"smtp+plain://{SPELT_OTHERWISE}")
        with closing(Post(allowed)) as post:
            assert post.hand_over(message, SAMPLE).fate is Fate.TAKEN
        assert box.to == [SAMPLE]
