"""What may be sent when: consent, quiet hours, caps and expiry, all looked at when a message is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import QuietHours
from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.db import writing
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from tests.fakes.deployment import Deployment, together

NIGHT = QuietHours(time(20), time(7))
UNASKED = [purpose for purpose in Purpose if purpose is not Purpose.ANSWER]


@pytest.fixture(autouse=True)
def _empty_outbox(line: Deployment) -> Iterator[None]:
    before = line.time.now
    with line.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
    yield
    line.time.now = before


def person(line: Deployment, *said: bool) -> str:
    """Somebody who said yes or no, one after the other."""
    number = line.phone(language="en")
    for given in said:
        agrees(line, number, given)
    return number


def agrees(line: Deployment, number: str, given: bool) -> None:
    with writing(line.engine) as connection:
        told = {"given": given, "channel": "sms", "words": "", "proof": ""}
        contacts.record_consent(connection, line.vault, line.contact(number), line.time.now, Decision(**told))


def take(line: Deployment, quiet: QuietHours | None = None) -> list[int]:
    """Claim what is due and ask whether it may be sent; the ids of what may."""
    with writing(line.engine) as connection:
        rows = sms_outbox.claim(connection, line.vault, line.time.now, 100)
        return [row.id for row in admit(connection, Rules(quiet, line.settings.timezone), rows, line.time.now)]


def fate(line: Deployment, id: int) -> tuple[str, str]:
    ((state, error),) = line.rows("SELECT state, error FROM outbox WHERE id = :id", id=id)
    return state, error


@pytest.mark.parametrize(
    ("purpose", "said", "goes"),
    [
        (Purpose.ANSWER, [], True),
        (Purpose.ANSWER, [False], True),  # a STOP does not silence a direct answer
        *((purpose, [], True) for purpose in (Purpose.OWN, Purpose.REMINDER, Purpose.SUBSCRIPTION)),
        *((purpose, [True, False], False) for purpose in UNASKED),
        *((purpose, [False, True], True) for purpose in UNASKED),
        (Purpose.BROADCAST, [], False),
    ],
)
def test_the_newest_word_counts(line: Deployment, purpose: Purpose, said: list[bool], goes: bool) -> None:
    id = line.queue(person(line, *said), purpose=purpose)
    assert take(line) == ([id] if goes else [])
    reason = "no consent" if purpose is Purpose.BROADCAST else "stopped"
    assert fate(line, id) == (("sending", "") if goes else ("skipped", reason))


def test_only_a_stop_after_the_question_silences_what_was_asked_for(line: Deployment) -> None:
    number = person(line, False)
    line.time.passes(minutes=1)
    asked = line.time.now
    id = line.queue(number, asked=asked)
    assert take(line) == [id]
    line.time.passes(minutes=1)
    agrees(line, number, False)
    assert take(line) == []
    again = line.queue(number, asked=asked)
    assert take(line) == []
    assert fate(line, again) == ("skipped", "stopped")


def test_a_stop_by_sms_between_planning_and_sending_counts(line: Deployment) -> None:
    number = person(line, True)
    id = line.queue(number, purpose=Purpose.BROADCAST)
    line.sms(number, "STOP")
    assert take(line) == []
    assert fate(line, id) == ("skipped", "no consent")


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("19:59", None),
        ("20:00", "tomorrow 07:00"),
        ("23:59", "tomorrow 07:00"),
        ("00:00", "today 07:00"),
        ("06:59", "today 07:00"),
        ("07:00", None),
    ],
)
def test_the_night_has_a_begin_and_an_end(local: str, ends: str | None) -> None:
    zone = ZoneInfo("Asia/Phnom_Penh")
    now = datetime.combine(datetime(2026, 11, 22).date(), time.fromisoformat(local), zone)
    days = {"today": 0, "tomorrow": 1}
    expected = datetime(2026, 11, 22 + days[ends.split()[0]], 7, tzinfo=zone) if ends else None
    assert NIGHT.end_after(now) == expected
    noon = QuietHours(time(11), time(13)).end_after(now.replace(hour=12))
    assert noon == now.replace(hour=13, minute=0)


def test_nobody_is_woken_and_nothing_is_forgotten(line: Deployment) -> None:
    line.time.now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 21:00 in Phnom Penh
    number = person(line, True)
    ids = {purpose: line.queue(number, purpose=purpose) for purpose in Purpose}
    assert take(line, NIGHT) == [ids[Purpose.ANSWER]]
    assert {fate(line, ids[purpose]) for purpose in UNASKED} == {("queued", "")}
    assert line.one("SELECT max(attempts) FROM outbox WHERE purpose <> 'answer'") == 0
    line.time.passes(hours=9, minutes=59)
    assert take(line, NIGHT) == []
    line.time.passes(minutes=2)
    assert take(line, NIGHT) == [ids[purpose] for purpose in UNASKED]


def test_what_is_over_before_the_morning_is_skipped(line: Deployment) -> None:
    line.time.now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    meeting = line.time.now + timedelta(hours=10)
    id = line.queue(purpose=Purpose.REMINDER, expires=meeting)
    assert take(line, NIGHT) == []
    assert fate(line, id) == ("skipped", "quiet hours")


def test_what_came_too_late_expires(line: Deployment) -> None:
    id = line.queue(purpose=Purpose.REMINDER, expires=line.time.now + timedelta(hours=1))
    line.time.passes(hours=1, seconds=1)
    assert take(line) == []
    assert fate(line, id) == ("expired", "")


def test_one_broadcast_a_day_and_three_a_week(line: Deployment) -> None:
    number = person(line, True)
    went = []
    for _ in range(9):
        ids = [line.queue(number, purpose=Purpose.BROADCAST) for _ in range(2)]
        taken = take(line)
        went.append(len(taken))
        reasons = {fate(line, id)[1] for id in ids if id not in taken}
        assert reasons == ({"one a day"} if taken else {"three a week"})
        line.time.passes(days=1)
    assert went == [1, 1, 1, 0, 0, 0, 0, 1, 1]
    other = line.queue(number, purpose=Purpose.SUBSCRIPTION)
    assert take(line) == [other]  # only broadcasts count, and are counted


def test_a_broadcast_that_never_left_takes_nobodys_place(line: Deployment) -> None:
    number = person(line, True)
    first = line.queue(number, purpose=Purpose.BROADCAST)
    assert take(line) == [first]
    with line.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'failed'")
    second = line.queue(number, purpose=Purpose.BROADCAST)
    assert take(line) == [second]


def test_two_workers_give_a_person_one_broadcast(line: Deployment) -> None:
    numbers = [person(line, True) for _ in range(10)]
    for number in numbers:
        for _ in range(2):
            line.queue(number, purpose=Purpose.BROADCAST)

    def worker() -> list[int]:
        taken: list[int] = []
        for _ in range(7):
            with writing(line.engine) as connection:
                rows = sms_outbox.claim(connection, line.vault, line.time.now, 3)
                taken += [row.id for row in admit(connection, Rules(None, line.settings.timezone), rows, line.time.now)]
        return taken

    together(worker, worker, worker)
    assert line.one("SELECT count(*) FROM outbox WHERE state = 'sending'") == 10
    assert line.one("SELECT count(DISTINCT contact_id) FROM outbox WHERE state = 'sending'") == 10
    assert line.one("SELECT count(*) FROM outbox WHERE error = 'one a day'") == 10


def test_the_reason_is_shown(line: Deployment) -> None:
    id = line.queue(person(line), purpose=Purpose.BROADCAST)
    take(line)
    said = line.app.test_cli_runner().invoke(args=["outbox", "list", "--state", "skipped"]).output
    assert f"{id}" in said
    assert "broadcast  0 tries  no consent" in said
