"""E-mail on its way out: one row, one mail; servers that are away, refuse or hang up; what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import requests
from redis import Redis
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.db import reading, table, writing
from bot.messages import jobs
from bot.messages.mail import outbox
from bot.messages.mail.sending import Fate, MailHeaders, Mailing, MailResult, Post, letter
from bot.messages.models import Mail
from tests.conftest import ENVIRON
from tests.fakes.deployment import START, Deployment, together
from tests.fakes.line import until
from tests.fakes.mail import Mailbox, mail_server
from tests.integration.test_worker import worker

NOBODY = "smtp://127.0.0.1:9"
HOST = "phsar.example.org"
SAMPLE, OTHER = "sample@office.example.org", "other@office.example.org"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mail_server() as box:
        yield box


@pytest.fixture(autouse=True)
def _nothing_waits(line: Deployment) -> Iterator[None]:
    before = line.time.now
    with line.engine.begin() as connection:
        for name in ("mail", "breaker", "alarm"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    yield
    line.time.now = before


def queue(line: Deployment, key: str = "digest:1", to: str = SAMPLE, **more: object) -> None:
    with writing(line.engine) as connection:
        words = ("បញ្ហា ថ្ងៃនេះ", "បញ្ហាថ្មី 4\n", "<p>បញ្ហាថ្មី 4</p>")
        mail = outbox.OutgoingMail(to, *words, **{"key": key, "about": "office:1", **more})  # type: ignore[arg-type]
        outbox.queue(connection, line.vault, mail, line.time.now)


def send(line: Deployment, url: str) -> bool:
    return Mailing(line.engine, line.vault, url, MailHeaders(HOST), line.time).send_due()


def rows(line: Deployment) -> list[tuple[str, int, str]]:
    found = line.rows("SELECT state, attempts, error FROM mail ORDER BY id")
    return [(row.state, row.attempts, row.error) for row in found]


def states(line: Deployment) -> list[str]:
    return [state for state, _, _ in rows(line)]


def test_a_mail_says_both_in_text_and_in_html_and_that_no_person_sent_it(line: Deployment, box: Mailbox) -> None:
    queue(line)
    assert not send(line, box.url)
    ((to, message),) = box.mails
    assert to == [SAMPLE]
    assert (message["To"], message["From"], message["Subject"]) == (SAMPLE, f"phsar@{HOST}", "បញ្ហា ថ្ងៃនេះ")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.replace(tzinfo=None) == line.time.now.replace(microsecond=0, tzinfo=None)
    assert message.get_content_type() == "multipart/alternative"
    said = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
    assert said == {"text/plain": "បញ្ហាថ្មី 4\n", "text/html": "<p>បញ្ហាថ្មី 4</p>\n"}
    assert rows(line) == [("sent", 1, "")]


def test_queued_again_it_is_one_mail_and_plain_without_html(line: Deployment, box: Mailbox) -> None:
    for words in ("first", "second"):
        with writing(line.engine) as connection:
            mail = outbox.OutgoingMail(SAMPLE, words, words, None, key="digest:1")
            outbox.queue(connection, line.vault, mail, line.time.now)
    send(line, box.url)
    queue(line)
    send(line, box.url)
    ((_, message),) = box.mails
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "first\n"


def test_one_connection_serves_many(line: Deployment, box: Mailbox) -> None:
    for number in range(20):
        queue(line, f"digest:{number}", f"sample-{number}@office.example.org")
    while send(line, box.url):
        pass
    assert box.to == [f"sample-{number}@office.example.org" for number in range(20)]
    assert box.connections <= 2
    assert len({message["Message-ID"] for _, message in box.mails}) == 20


def test_several_workers_send_each_once(line: Deployment, box: Mailbox) -> None:
    for number in range(40):
        queue(line, f"digest:{number}", f"sample-{number}@office.example.org")
    together(*[lambda: send(line, box.url)] * 4)
    while send(line, box.url):
        pass
    assert sorted(box.to) == sorted({f"sample-{number}@office.example.org" for number in range(40)})
    assert set(states(line)) == {"sent"}


def test_what_is_due_later_waits_and_what_is_about_it_is_called_off(line: Deployment, box: Mailbox) -> None:
    queue(line, "digest:1", due=line.time.now.replace(hour=9))
    queue(line, "digest:2", OTHER, about="office:2")
    send(line, box.url)
    assert box.to == [OTHER]
    with writing(line.engine) as connection:
        assert outbox.cancel(connection, "office:1", line.time.now) == 1
    line.time.passes(days=1)
    send(line, box.url)
    assert states(line) == ["cancelled", "sent"]
    assert box.to == [OTHER]


def test_who_is_killed_with_a_mail_in_hand_leaves_it_to_the_next(line: Deployment, box: Mailbox) -> None:
    queue(line)
    with writing(line.engine) as connection:
        held = outbox.claim(connection, line.vault, line.time.now)
    assert held is not None
    send(line, box.url)
    assert box.mails == []  # the lease is not over
    line.time.passes(minutes=3, seconds=1)
    send(line, box.url)
    assert box.to == [SAMPLE]
    with writing(line.engine) as connection:  # it was not killed after all, and is late
        assert not outbox.sent(connection, held, line.time.now)
        assert not outbox.try_later(connection, held, "late", line.time.now)
    line.time.passes(days=1)
    send(line, box.url)
    assert rows(line) == [("sent", 2, "")]
    assert box.to == [SAMPLE]


def test_a_mail_that_was_called_off_in_somebodys_hands_is_not_tried_again(line: Deployment, box: Mailbox) -> None:
    queue(line)
    queue(line, "digest:2", OTHER)
    with writing(line.engine) as connection:
        first, second = (outbox.claim(connection, line.vault, line.time.now) for _ in range(2))
        assert first is not None
        assert second is not None
        assert outbox.claim(connection, line.vault, line.time.now) is None
    with writing(line.engine) as connection:
        assert outbox.cancel(connection, "office:1", line.time.now) == 2
        assert outbox.sent(connection, first, line.time.now)
        assert not outbox.try_later(connection, second, "451", line.time.now)
    line.time.passes(days=1)
    send(line, box.url)
    assert states(line) == ["sent", "cancelled"]
    assert box.mails == []


def test_a_server_that_is_down_for_a_day_loses_nothing(line: Deployment, redis: Redis, box: Mailbox) -> None:
    for number in range(8):
        queue(line, f"digest:{number}", f"sample-{number}@office.example.org")
    box.away = True
    clock = line.clock(redis)
    for _ in range(24 * 6):
        assert clock.tick()
        send(line, NOBODY if line.time.now.hour % 2 else box.url)
        line.time.passes(minutes=10)
    assert set(states(line)) == {"queued"}
    assert line.one("SELECT count(*) FROM alarm WHERE name = 'mail breaker'") == 1
    assert "the mail server serves nobody" in line.one("SELECT detail FROM alarm WHERE name = 'mail breaker'")
    # Each climbs the ladder, and not much more than the probes are tried.
    assert 24 * 6 - 10 <= line.one("SELECT sum(attempts) FROM mail") <= 24 * 6 + 10
    metrics = requests.get(f"{line.url}/metrics", timeout=5).text
    assert 'phsar_mail{state="queued"} 8.0' in metrics
    waited = float(metrics.split("\nphsar_mail_oldest_due_seconds ")[1].split()[0])
    assert waited >= 24 * 3600
    assert 'phsar_breaker_open{channel="mail"} 1.0' in metrics
    box.away = False
    for _ in range(8):
        line.time.passes(minutes=10)
        while send(line, box.url):
            pass
    assert sorted(box.to) == [f"sample-{number}@office.example.org" for number in range(8)]
    assert set(states(line)) == {"sent"}


def test_the_ladder_ends_when_it_is_too_late(line: Deployment, box: Mailbox, redis: Redis) -> None:
    queue(line)
    box.refuses = True
    tried = []
    begun = line.time.now
    clock = line.clock(redis)
    while states(line) == ["queued"]:
        before = line.one("SELECT attempts FROM mail")
        send(line, box.url)
        if line.one("SELECT attempts FROM mail") > before:
            tried.append(round((line.time.now - begun).total_seconds() / 60))
        line.time.passes(minutes=1)
        if len(tried) > 8:
            line.time.passes(days=2, hours=23)
            clock.tick()
    assert tried[:6] == [0, 1, 6, 21, 81, 141]
    assert states(line) == ["expired"]
    assert box.mails == []


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ({"unknown": {SAMPLE: f"550 5.1.1 <{SAMPLE}>: nobody"}}, "550 5.1.1"),
        ({"unknown": {SAMPLE: "553 nobody"}}, "553"),
        ({"at_end": f"554 5.7.1 {SAMPLE} wants none"}, "554 5.7.1"),
    ],
)
def test_what_is_refused_for_good_fails_with_its_code_and_the_next_is_sent(
    line: Deployment, box: Mailbox, trouble: dict[str, object], code: str
) -> None:
    queue(line)
    for name, value in trouble.items():
        setattr(box, name, value)
    with capture_logs() as logged:
        send(line, box.url)
    assert rows(line) == [("failed", 1, code)]
    assert line.one("SELECT detail FROM alarm") == f"an e-mail about office:1 was refused for good ({code})"
    assert SAMPLE not in str(logged)
    assert "sample" not in str(logged)
    box.at_end = ""
    queue(line, "digest:2", OTHER)
    line.time.passes(days=1)
    send(line, box.url)
    assert states(line) == ["failed", "sent"]
    assert box.to == [OTHER]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ({"refuses": True}, "451"),
        ({"unknown": {SAMPLE: "450 4.2.1 busy"}}, "450 4.2.1"),
        ({"at_end": "452 4.3.1 full"}, "452 4.3.1"),
        ({"closes": 1}, "421"),
        ({"away": True}, "SMTPServerDisconnected"),
        ({"wants_login": True}, "535 5.7.8"),
    ],
)
def test_what_may_pass_is_tried_again(line: Deployment, box: Mailbox, trouble: dict[str, object], error: str) -> None:
    queue(line)
    url = box.url.replace("//", "//phsar:wrong@") if "wants_login" in trouble else box.url
    for name, value in trouble.items():
        setattr(box, name, value)
    assert not send(line, url)
    assert rows(line) == [("queued", 1, error)]
    for name in trouble:
        setattr(box, name, type(getattr(box, name))())
    assert not send(line, box.url)
    assert box.mails == []  # not at once
    line.time.passes(minutes=1)
    send(line, box.url)
    assert (rows(line), box.to) == ([("sent", 2, "")], [SAMPLE])


def test_a_server_that_takes_a_mail_and_says_nothing_gets_it_again_under_the_same_name(
    line: Deployment, box: Mailbox
) -> None:
    queue(line)
    box.drops = 1
    send(line, box.url)
    assert states(line) == ["queued"]
    line.time.passes(minutes=1)
    send(line, box.url)
    assert states(line) == ["sent"]
    (first, second) = (message for _, message in box.mails)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert str(first["Message-ID"]).endswith(f"@{HOST}>")


@pytest.mark.parametrize("to", ["nobody\nBcc: all@example.org", "nobody", "ផ្សារ@office.example.org"])
def test_what_is_no_address_fails_and_harms_nobody(line: Deployment, box: Mailbox, to: str) -> None:
    box.unknown["nobody"] = "501 what"
    queue(line, "digest:1", to)
    queue(line, "digest:2", OTHER)
    send(line, box.url)
    assert states(line) == ["failed", "sent"]
    assert box.to == [OTHER]


def test_a_mail_that_does_not_open_fails_and_harms_nobody(line: Deployment, box: Mailbox) -> None:
    queue(line)
    with line.engine.begin() as connection:
        connection.execute(update(table(Mail)).values(subject=b"no sealed value"))
    queue(line, "digest:2", OTHER)
    send(line, box.url)
    assert rows(line) == [("failed", 0, "unreadable"), ("sent", 1, "")]


def test_without_a_mail_server_mails_wait_and_expire(line: Deployment, redis: Redis) -> None:
    queue(line)
    assert not send(line, "")
    assert states(line) == ["queued"]
    line.time.passes(days=3, seconds=1)
    line.clock(redis).tick()
    assert states(line) == ["expired"]


def test_a_lost_queue_is_filled_again_and_idle_clocks_ask_for_nothing(line: Deployment, redis: Redis) -> None:
    def asked() -> list[str]:
        return [job.func_name for job in jobs.queue_of(redis).get_jobs()]

    clock = line.clock(redis)
    clock.tick()
    assert jobs.SEND_MAIL not in asked()
    queue(line)
    clock.tick()
    clock.tick()
    assert asked().count(jobs.SEND_MAIL) == 1
    redis.flushdb()
    clock.tick()
    assert asked().count(jobs.SEND_MAIL) == 1


def test_addresses_and_words_are_forgotten_after_a_year_and_states_stay(line: Deployment, redis: Redis) -> None:
    queue(line)
    line.time.passes(days=2)
    queue(line, "digest:2", OTHER)
    line.time.passes(days=364)
    redis.delete("phsar:clock")
    line.clock(redis).tick()
    sealed = line.rows('SELECT "to", subject, text, html, state FROM mail ORDER BY id')
    opened = [[None if one is None else line.vault.open(bytes(one)) for one in row[:4]] for row in sealed]
    assert opened[0] == ["", "", "", None]
    assert opened[1][0] == OTHER
    assert [row.state for row in sealed] == ["expired", "expired"]
    before = [bytes(row.to) for row in sealed]
    line.time.passes(hours=2)
    line.clock(redis).tick()
    assert [bytes(row.to) for row in line.rows('SELECT "to" FROM mail ORDER BY id')] == before


def test_nothing_of_a_mail_is_stored_open(line: Deployment) -> None:
    queue(line)
    (row,) = line.rows("SELECT * FROM mail")
    stored = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row)
    assert SAMPLE.encode() not in stored
    assert "បញ្ហា".encode() not in stored


def test_a_slow_server_holds_no_lock(line: Deployment, box: Mailbox) -> None:
    queue(line)
    seen: list[str] = []

    class Slow(Post):
        def hand_over(self, message: EmailMessage, to: str) -> MailResult:
            with reading(line.engine) as connection:
                seen.extend(connection.exec_driver_sql("SELECT state FROM mail").scalars())
            with writing(line.engine) as connection:
                connection.exec_driver_sql("UPDATE mail SET error = 'x'")
            return super().hand_over(message, to)

    with closing(Slow(box.url)) as post:
        assert Mailing(line.engine, line.vault, box.url, MailHeaders(HOST), line.time)._send_next(post)
    assert seen == ["sending"]
    assert rows(line) == [("sent", 1, "")]


def test_a_connection_that_was_cut_is_opened_anew(box: Mailbox) -> None:
    def hand_over() -> Fate:
        message = letter(MailHeaders(HOST), SAMPLE, "hello", START, "mail.1.1")
        message.set_content("hello")
        return post.hand_over(message, SAMPLE).fate

    with closing(Post(box.url)) as post:
        assert hand_over() is Fate.TAKEN
        box.closes = 1
        assert [hand_over(), hand_over()] == [Fate.AWAY, Fate.TAKEN]
    assert box.connections == 2


def test_a_worker_sends_what_is_due_and_logs_no_address(
    line: Deployment, redis: Redis, box: Mailbox, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environ = {**ENVIRON, "DATABASE_URL": line.settings.database_url, "REDIS_URL": redis_url, "SMTP_URL": box.url}
    line.time.now = datetime.now(UTC)
    queue(line)
    log = tmp_path_factory.mktemp("worker") / "log"
    with worker(environ, log):
        line.clock(redis).tick()
        until(lambda: states(line) == ["sent"], within=40)
    assert box.to == [SAMPLE]
    said = log.read_text()
    assert '"fate": "taken"' in said
    assert "sample@" not in said
