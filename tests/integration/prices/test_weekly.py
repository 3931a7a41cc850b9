"""The prices of the week: to whom, when, which, and in how many parts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

from bot.db import table, writing
from bot.language.text.sms_parts import parts
from bot.messages.models import Message
from bot.prices.interest import Interests
from bot.prices.notices.weekly import week_of
from tests.fakes.airwaves import ZONE
from tests.fakes.deployment import together
from tests.fakes.stall import Stall


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of November 2026; the 28th is a Saturday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def subscribes(stall: Stall, *people: str) -> None:
    for one in people:
        stall.say(one, "weekly")


def week(stall: Stall) -> None:
    """Four goods and how they stood a week ago."""
    stall.now = at(21, 12)
    for usual, good in ((9500, "pig_live"), (1000, "rice_paddy"), (14000, "chicken")):
        stall.price(usual, commodity=good)
    stall.price(800, commodity="cassava", market="prey_veng")
    stall.now = at(28, 6)
    for usual, good in ((9800, "pig_live"), (950, "rice_paddy"), (14000, "chicken")):
        stall.price(usual, commodity=good)
    stall.price(600, commodity="cassava", market="prey_veng")


def asked_in(stall: Stall, province: str, *goods: str) -> None:
    """What a province asks about, the first most."""
    number = stall.person(place=province)
    yesterday = stall.now - timedelta(days=1)
    with writing(stall.engine) as connection:
        who = connection.execute(select(stall._id(number))).scalar_one()
    rows = [
        {
            "sid": f"asked-{province}-{n}-{time}",
            "contact_id": who,
            "channel": "sms",
            "at": yesterday,
            "text": b"",
            "intent": "price",
            "commodity": id,
            "parts": 1,
        }
        for n, id in enumerate(goods)
        for time in range(9 - n)
    ]
    with writing(stall.engine) as connection:
        connection.execute(insert(table(Message)), rows)


def test_it_comes_on_saturday_morning_once_and_not_to_who_came_later(stall: Stall) -> None:
    sok, late = stall.person(), stall.person()
    subscribes(stall, sok)
    week(stall)
    asked_in(stall, "03", "pig_live", "rice_paddy", "chicken", "cassava", "beef")
    stall.now = at(28, 7, 29)
    assert stall.sent() == {}
    stall.now = at(28, 7, 30)
    told = (
        "Prices of the week, wholesale Kg Cham 28/11: Live pig 9,800 riel/kg rising. Paddy rice 950 riel/kg falling. "
        "Chicken 14,000 riel/kg steady. Cassava 600 riel/kg wholesale P.Veng 28/11 falling. To end: STOP WEEKLY"
    )
    subscribes(stall, late)
    assert stall.sent() == {sok: [told]}
    stall.now = at(29, 12)
    assert stall.sent() == {}
    assert stall.rows("SELECT unique_key, about FROM outbox")[0].unique_key.startswith("weekly:2026-W48:")
    stall.now = at(30, 9)
    stall.price(9900)
    stall.now = at(28, 9) + timedelta(days=7)
    stall.price(9900)
    assert set(stall.sent()) == {sok, late}


def test_each_gets_what_they_follow_and_ask_about(stall: Stall) -> None:
    follows, asks, khmer = stall.person(), stall.person(), stall.person(language="km", script="km")
    subscribes(stall, follows, asks, khmer)
    week(stall)
    stall.say(follows, "alert chicken")
    stall.say(follows, "price of paddy rice")
    for words in ("pig price", "pig price", "cassava price"):
        stall.say(asks, words)
    asked_in(stall, "03", "pig_live", "rice_paddy", "chicken", "cassava")
    stall.now = at(28, 8)
    sent = {number: texts[0] for number, texts in stall.sent().items()}
    assert "Chicken 14,000" in sent[follows]
    assert sent[follows].index("Chicken") < sent[follows].index("Paddy rice")
    assert "Live pig" not in sent[follows]
    assert sent[asks].index("Live pig") < sent[asks].index("Cassava")
    assert sent[khmer].startswith("តម្លៃលក់ដុំ កំពង់ចាម 28/11៖ ជ្រូករស់ 9,800៛/គក ឡើង។")
    assert all(parts(text).parts <= 2 for text in sent.values())


def test_a_clock_that_slept_sends_it_until_sunday_evening(stall: Stall) -> None:
    subscribes(stall, stall.person())
    week(stall)
    asked_in(stall, "03", "pig_live")
    stall.now = at(29, 20)
    assert stall.sent() == {}
    stall.now = at(29, 19, 59)
    assert len(stall.sent()) == 1


@pytest.mark.parametrize(
    ("now", "open"),
    [(at(27, 8), False), (at(28, 7, 29), False), (at(28, 7, 30), True), (at(29, 19, 59), True), (at(29, 20), False)],
)
def test_its_time(now: datetime, open: bool) -> None:
    assert (week_of(now) is not None) is open


def test_who_stops_or_leaves_before_it_is_sent_gets_nothing(stall: Stall) -> None:
    stops, leaves, stays, silent = (stall.person() for _ in range(4))
    subscribes(stall, stops, leaves, stays, silent)
    week(stall)
    asked_in(stall, "03", "pig_live")
    stall.say(silent, "STOP")
    stall.now = at(28, 7, 30)
    assert [about for about, _ in stall.plan()] == ["weekly"] * 3
    stall.say(stops, "STOP")
    assert stall.say(leaves, "STOP WEEKLY") == "Done. We send you no more prices of the week."
    assert set(stall.send()) == {stays}


def test_where_nothing_is_known_nothing_is_sent(stall: Stall) -> None:
    subscribes(stall, stall.person(), stall.person(place="2201"))
    stall.now = at(28, 8)
    assert stall.sent() == {}


def test_two_clocks_plan_many_people_once(stall: Stall) -> None:
    people = [stall.person() for _ in range(40)]
    subscribes(stall, *people)
    week(stall)
    asked_in(stall, "03", "pig_live")
    stall.now = at(28, 7, 30)
    together(stall.tick, stall.tick)
    assert len(stall.send()) == 40
    assert len(stall.rows("SELECT id FROM outbox")) == 40


def test_clocks_that_count_at_once_count_the_same(stall: Stall) -> None:
    asked_in(stall, "03", "pig_live", "rice_paddy")
    tomorrow = stall.now + timedelta(days=1)
    for _ in range(3):  # the first finds no rows, the others those of the day before
        together(*(partial(Interests(stall.engine, ZONE), tomorrow) for _ in range(5)))
        counted = stall.rows("SELECT commodity, asked FROM interest ORDER BY asked")
        assert [tuple(row) for row in counted] == [("rice_paddy", 8), ("pig_live", 9)]


def test_who_prefers_calls_hears_each_price_and_ends_it_by_key(stall: Stall) -> None:
    sok = stall.person(reach="voice")
    subscribes(stall, sok)
    week(stall)
    asked_in(stall, "03", "pig_live", "rice_paddy")
    stall.now = at(28, 7, 30)
    assert stall.sent() == {}
    told, again, ended = stall.picks_up(sok, "1", "2")
    assert told[1] == "These are the prices of the week."
    assert [text.partition(" wholesale")[0] for text in told if "Kg Cham" in text] == ["live pig", "paddy rice"]
    assert again == told[1:]
    assert ended[:2] == ["Done.", "We send you no more prices of the week."]
    assert stall.rows("SELECT * FROM subscription") == []
