"""What people answer to a broadcast is kept with it and counted; who answers is thanked, not told to try again."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import insert

from bot.db import table, writing
from bot.messages.models import Outbound, OutState, Purpose
from tests.fakes.deployment import Deployment
from tests.fakes.rung import broadcast

THANKS = "Thank you. We have received your answer."


def had(line: Deployment, number: str, id: int) -> None:
    """The broadcast has reached them."""
    now = line.time.now
    row = {"contact_id": line.contact(number), "purpose": Purpose.BROADCAST, "about": f"broadcast:{id}"}
    row |= {"state": OutState.DELIVERED, "due_at": now, "expires_at": now + timedelta(days=1), "tried_at": now}
    row |= {"attempts": 1, "rounds": 0, "error": "", "created_at": now, "changed_at": now}
    with writing(line.engine) as connection:
        connection.execute(insert(table(Outbound)).values(row))


def commanded(line: Deployment, *words: str) -> str:
    return line.app.test_cli_runner().invoke(args=["broadcast", *words]).output


def test_a_reply_is_kept_with_its_broadcast(line: Deployment) -> None:
    first, second = broadcast(line), broadcast(line)
    number = line.phone(language="en")
    had(line, number, first)
    line.time.passes(hours=1)
    had(line, number, second)
    line.time.passes(hours=20)
    assert line.sms(number, "Zzyx qwrt blorg").text == THANKS
    assert json.loads(commanded(line, "show", str(second), "--json"))["replies"] == 1
    assert json.loads(commanded(line, "show", str(first), "--json"))["replies"] == 0
    listed = commanded(line, "replies", str(second))
    assert "Zzyx qwrt blorg" in listed
    item = listed.split()[0]
    done = line.app.test_cli_runner().invoke(args=["inbox", "answer", item, "Thank you"])
    assert done.exit_code == 0, done.output
    assert "answered" in commanded(line, "replies", str(second))
    assert commanded(line, "replies", str(first)) == "no replies\n"


def test_what_is_understood_is_no_reply_and_days_later_nothing_is(line: Deployment) -> None:
    id, number = broadcast(line), line.phone(language="en")
    had(line, number, id)
    line.time.passes(minutes=5)
    assert THANKS not in line.sms(number, "HELP").text
    line.time.passes(days=3)
    assert THANKS not in line.sms(number, "Zzyx qwrt blorg").text
    assert json.loads(commanded(line, "show", str(id), "--json"))["replies"] == 0
    other = line.phone(language="en")
    assert THANKS not in line.sms(other, "Zzyx qwrt blorg").text
