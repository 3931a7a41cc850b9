"""Planning: in slices that survive a crash and a second planner, beside the sending, for whom the segment names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import insert, select

from bot.broadcasts import planning
from bot.broadcasts.planning import Planner
from bot.broadcasts.segments import SegmentError
from bot.contacts.models import Contact, Subscription
from bot.db import reading, table, writing
from bot.meetings.models import Group, Member
from bot.messages import jobs
from bot.messages.models import Message
from bot.messages.sms.broadcast_text import Texts
from bot.prices.models import PriceAlert
from bot.radio.models import Airing, Episode, Station
from tests.fakes.broadcasts import create, fates, person, plan, segments, state, tagged
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment, together


@pytest.fixture(autouse=True)
def _nobody_yet(line: Deployment) -> Iterator[None]:
    before = line.time.now
    emptied = ("outbox", "call", "alarm", "broadcast", "contact_tag", "member", "working_group", "subscription")
    with line.engine.begin() as connection:
        for name in (*emptied, "price_alert", "airing", "episode", "station"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    yield
    line.time.now = before


def everybody_once(line: Deployment, people: int) -> None:
    assert line.one("SELECT count(*) FROM outbox") == people
    assert line.one("SELECT count(DISTINCT contact_id) FROM outbox") == people
    assert line.rows("SELECT looked_at, planned, state FROM broadcast") == [(people, people, "sending")]


def test_a_crash_in_the_middle_goes_on_where_it_stopped(line: Deployment) -> None:
    for _ in range(10):
        person(line, True)
    create(line)
    plan(line, size=3, most=1)
    with suppress(InterruptedError), writing(line.engine) as connection:
        assert planning.plan_slice(connection, segments(line), line.time.now, 3) == 3
        raise InterruptedError
    assert line.rows("SELECT looked_at, planned, state FROM broadcast") == [(3, 3, "planning")]
    assert plan(line, size=3) == 3
    everybody_once(line, 10)


def test_planning_again_adds_nobody_twice(line: Deployment) -> None:
    for _ in range(4):
        person(line, True)
    id = create(line)
    plan(line)
    with line.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE broadcast SET state = 'scheduled', planned_to = 0, looked_at = 0, planned = 0"
        )
    plan(line, size=2)
    assert line.rows("SELECT planned, state FROM broadcast") == [(0, "sending")]
    assert fates(line, id) == {"queued": 4}


def test_two_planners_and_a_sender_at_once(line: Deployment) -> None:
    for _ in range(30):
        person(line, True)
    create(line)

    def planner() -> None:
        while state(line, int(line.one("SELECT id FROM broadcast"))) != "sending":
            plan(line, size=4, most=2)

    with fake_carrier() as carrier:
        together(planner, planner, lambda: line.sending(carrier.url, quiet_hours=None).send_due())
        line.sending(carrier.url, quiet_hours=None).send_due()
        assert len({kept.form["To"] for kept in carrier.taken}) == len(carrier.taken) == 30
    everybody_once(line, 30)


def test_who_has_not_agreed_gets_no_row(line: Deployment) -> None:
    person(line), person(line, True, False)
    agreed = person(line, False, True)
    create(line)
    plan(line, size=2)
    assert line.rows("SELECT looked_at, planned FROM broadcast") == [(3, 1)]
    assert line.rows("SELECT contact_id, text FROM outbox") == [(line.contact(agreed), None)]


def test_a_planner_plans_while_messages_are_sent(line: Deployment) -> None:
    for _ in range(5):
        person(line, True)
    id = create(line)
    told: list[int] = []
    planner = Planner(line.engine, segments(line), line.time, lambda: told.append(1))
    with fake_carrier() as carrier:
        sending = line.sending(carrier.url, quiet_hours=None)
        while planner.plan_beside(sending.send_due):
            pass
        sending.send_due()
    assert fates(line, id) == {"sent": 5}
    assert told == [1]
    assert planner.plan_beside(lambda: True)  # nothing to plan: it only sends
    assert not planner.plan_beside(lambda: False)


def test_a_planner_stops_when_it_is_told_to(line: Deployment) -> None:
    person(line, True)
    id = create(line)
    stop = threading.Event()
    stop.set()
    assert Planner(line.engine, segments(line), line.time).plan_due(stop)
    assert state(line, id) == "scheduled"


def test_the_clock_has_it_planned_when_it_is_due_and_not_before(line: Deployment, redis: Redis) -> None:
    person(line, True)
    create(line, due=line.time.now + timedelta(hours=1))
    clock = line.clock(redis)
    clock.tick()
    assert not jobs.queue_of(redis).get_jobs()
    assert plan(line) == 0
    line.time.passes(hours=1, seconds=1)
    clock.tick()
    assert [job.func_name for job in jobs.queue_of(redis).get_jobs()] == [jobs.SEND]
    assert plan(line) == 1


def test_what_nobody_planned_in_time_is_dropped_and_told(line: Deployment) -> None:
    person(line, True)
    id, begun = create(line), create(line)
    with line.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE broadcast SET state = 'planning' WHERE id = {begun}")
    line.time.passes(hours=25)
    assert plan(line) == 2
    assert (state(line, id), state(line, begun)) == ("cancelled", "sending")
    assert line.one("SELECT count(*) FROM outbox") == 0
    assert line.rows("SELECT detail FROM alarm ORDER BY name") == [
        (f"broadcast {id} expired: nobody was there to plan it",),
        (f"broadcast {begun} expired: not all of it was planned",),
    ]


def test_a_segment_that_is_gone_pauses_its_broadcast_and_keeps_no_other_waiting(line: Deployment) -> None:
    number = person(line, True)
    id = create(line, "tag:gone")
    other = create(line)
    assert plan(line) == 2
    assert (state(line, id), state(line, other)) == ("paused", "sending")
    assert "tag:gone is not known" in str(line.one("SELECT detail FROM alarm"))
    tagged(line, number, "gone")


def test_a_recorded_message_is_planned_as_calls(line: Deployment) -> None:
    number = person(line, True)
    id = create(line, texts=Texts(""), sounds=(("announcement.1", b"x"), ("", b"")))
    plan(line)
    rows = line.rows(
        "SELECT contact_id, direction, purpose, unique_key, about, opens, data, state, step, attempts FROM call"
    )
    key = f"broadcast:{id}:{line.contact(number):019d}"
    data = f'{{"broadcast": {id}}}'
    told = ("out", "broadcast", key, f"broadcast:{id}", "announcement.play", data, "queued", 0, 0)
    assert rows == [(line.contact(number), *told)]
    assert line.one("SELECT count(*) FROM outbox") == 0


# --- Segments ------------------------------------------------------------------------------------------


def named(line: Deployment, segment: str) -> set[int]:
    """Who is in a segment."""
    with reading(line.engine) as connection:
        condition = segments(line).condition(connection, segment, line.time.now)
        return set(connection.execute(select(table(Contact).c.id).where(condition)).scalars())


def test_segments_of_people(line: Deployment) -> None:
    here, there = person(line, tag="pigs", place="0305"), person(line, tag="pigs", place="14")
    eggs = person(line, tag="eggs", place="030501")
    with writing(line.engine) as connection:
        since = {"name": "radio", "since": line.time.now}
        connection.execute(insert(table(Subscription)).values(contact_id=line.contact(eggs), **since))
    ours = {line.contact(number) for number in (here, there, eggs)}
    who = {name: line.contact(number) for name, number in (("here", here), ("there", there), ("eggs", eggs))}
    assert named(line, "all") >= ours
    assert named(line, "tag:pigs") == {who["here"], who["there"]}
    assert named(line, "tag:pigs+place:03") == {who["here"]}
    assert named(line, " place:0305 + tag:eggs") == {who["eggs"]}
    assert named(line, "subscription:radio") == {who["eggs"]}
    assert named(line, "subscription:weekly") == set()


def test_a_segment_by_language_is_who_would_read_it(line: Deployment) -> None:
    chose = {
        "km": person(line, language="km", script="km"),
        "latn": person(line, language="km", script="latn"),
        "en": person(line, language="en"),
    }
    never, writes = person(line), person(line)
    line.sms(writes, "trey kompong cham thlai ponman")
    with line.engine.begin() as connection:  # nobody's run is opened for it
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        which = f"WHERE contact_id = {line.contact(writes)}"
        connection.exec_driver_sql(f"UPDATE run SET body = {mark} {which}", (b"\x01 of another key",))
    found = {language: named(line, f"tag:t+language:{language}") for language in ("km", "latn", "en")}
    assert found["en"] == {line.contact(chose["en"])}
    assert found["latn"] == {line.contact(chose["latn"]), line.contact(writes)}
    assert found["km"] == {line.contact(chose["km"]), line.contact(never)}


def test_segments_of_subjects(line: Deployment) -> None:
    member, invited, listener, far = (line.contact(person(line, place=place)) for place in ("03", "03", "0305", "14"))
    asked, asked_long_ago, alerted = (line.contact(person(line)) for _ in range(3))
    now = line.time.now
    with writing(line.engine) as connection:

        def add(model: type, *rows: dict[str, object]) -> None:
            connection.execute(insert(table(model)), list(rows))

        add(Group, {"id": 7, "code": "kc", "name_km": "", "name_en": "", "created_at": now})
        add(Group, {"id": 8, "code": "7", "name_km": "", "name_en": "", "created_at": now})
        for contact, is_in, group in ((member, "confirmed", 7), (invited, "invited", 7), (far, "confirmed", 8)):
            add(Member, {"group_id": group, "contact_id": contact, "state": is_in, "since": now})
        add(Station, {"id": "kc", "name_km": "", "name_en": "", "places": "03 12"})
        add(Station, {"id": "all", "name_km": "", "name_en": "", "places": ""})
        add(Episode, {"number": 4, "title_km": ""}, {"number": 5, "title_km": ""})
        airing = {"airs_at": now, "minutes": 30, "changed_at": now}
        add(Airing, {"episode": 4, "station_id": "kc", **airing}, {"episode": 4, "station_id": "all", **airing})
        for contact in (listener, far):
            add(Subscription, {"contact_id": contact, "name": "radio", "since": now})
        add(PriceAlert, {"contact_id": alerted, "commodity": "pig_live", "place": "", "told_as": "", "since": now})
        for contact, days in ((asked, 89), (asked_long_ago, 91)):
            at = now - timedelta(days=days)
            columns = "sid, contact_id, channel, at, text, intent, commodity, parts"
            given = (f"SM{contact}", contact, "sms", at, b"", "price", "pig_live", 1)
            values = dict(zip(columns.split(", "), given, strict=True))
            connection.execute(insert(table(Message)).values(values))
        connection.exec_driver_sql("UPDATE airing SET state = 'cancelled' WHERE station_id = 'all'")
    assert named(line, "group:kc") == {member}
    assert named(line, "group:7") == {far}  # the code of a list before the number
    assert named(line, "station:kc+tag:t") == {member, invited, listener, asked, asked_long_ago, alerted}
    assert named(line, "station:all+subscription:radio") == {listener, far}
    assert named(line, "episode:4") == {listener}
    assert named(line, "episode:5") == set()
    assert named(line, "commodity:pig_live") == {asked, alerted}


@pytest.mark.parametrize(
    ("segment", "told"),
    [
        ("", "'' is no part of a segment; known: all, commodity:"),
        ("tag", "'tag' is no part"),
        ("tag:", "'tag:' is no part"),
        ("all+", "'' is no part"),
        ("colour:red", "'colour:red' is no part"),
        ("tag:nobody", "tag:nobody is not known"),
        ("tag:x' OR '1'='1", "is not known"),
        ("place:99", "place:99 is no official code"),
        ("place:3%", "is no official code"),
        ("place:០៣", "is no official code"),
        ("group:9" + "9" * 40, "is not known; there is none yet"),
        ("station:none", "station:none is not known"),
        ("episode:-1", "episode:-1 is not known"),
        ("commodity:moonstone", "commodity:moonstone is not known; known: "),
        ("subscription:tv", "known: radio, weekly"),
        ("language:fr", "known: en, km, latn"),
    ],
)
def test_a_bad_segment_names_the_part_and_what_is_known(line: Deployment, segment: str, told: str) -> None:
    with pytest.raises(SegmentError) as raised:
        named(line, segment)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
