"""Reminders half an hour before an airing, new times, summaries: as the clock plans and a worker sends them."""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import event, update

from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.db import Base, table, writing
from bot.messages.calls.models import Call
from bot.messages.models import Outbound, Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.radio.phases import AGAIN_AFTER
from tests.fakes.airwaves import Airwaves, at
from tests.fakes.deployment import together

RIVER = "River FM 6 pm: Pigs that pay, Success Starts with You! To end: STOP RADIO"
LAKE = "Lake FM 7 pm: Pigs that pay, Success Starts with You! To end: STOP RADIO"


def test_listeners_of_its_region_are_reminded_half_an_hour_before_and_get_the_summary_after(air: Airwaves) -> None:
    near, far, nowhere = air.listener("030501"), air.listener("0401"), air.listener("")
    air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    assert air.sent(at(22, 14, 59)) == {}
    assert air.due() == {}, "nothing is planned so long before"
    assert air.sent(at(22, 17, 29)) == {}
    assert air.due() == {one: [(at(22, 17, 30), RIVER)] for one in (near, nowhere)}
    assert air.sent(at(22, 17, 30)) == {near: [RIVER], nowhere: [RIVER]}
    assert air.sent(at(22, 18, 29)) == {}
    late = air.listener()
    assert far not in air.sent(at(22, 18, 30)) | air.due()
    texts = [
        air.vault.open(bytes(row.text)) for row in air.rows("SELECT text FROM outbox WHERE contact_id = :c", c=near)
    ]
    assert texts == [RIVER, "Vaccinate in time."]
    assert late not in air.due(), "who was not there yet when it ended hears of the next one"
    for _ in range(2):
        assert air.sent(at(22, 18, 40)) == {}


def test_a_listener_of_two_stations_hears_once_of_the_earliest(air: Airwaves) -> None:
    both, one = air.listener("03"), air.listener("0401")
    air.airs("lake", at(22, 19), summary_en="Vaccinate in time.")
    air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    air.tick(at(22, 16, 30))
    assert air.due() == {both: [(at(22, 17, 30), RIVER)], one: [(at(22, 18, 30), LAKE)]}
    assert air.sent(at(22, 17, 30)) == {both: [RIVER]}
    assert air.sent(at(22, 18, 30)) == {one: [LAKE], both: ["Vaccinate in time."]}
    assert air.sent(at(22, 19, 30)) == {one: ["Vaccinate in time."]}


def test_who_comes_leaves_or_moves_after_planning_is_treated_as_they_are(air: Airwaves) -> None:
    leaves, moves = air.listener(), air.listener()
    air.airs("river", at(22, 18))
    air.airs("lake", at(22, 19))
    air.tick(at(22, 16))
    new = air.listener()
    air.leave(leaves)
    air.moves_to(moves, "0401")
    air.tick(at(22, 16, 0))
    assert list(air.due()) == [new]
    air.tick(at(22, 16, 4))
    assert air.due() == {new: [(at(22, 17, 30), RIVER)], moves: [(at(22, 18, 30), LAKE)]}
    air.now = at(22, 17)
    air.subscribe(leaves)
    assert sorted(air.sent(at(22, 17, 30))) == [leaves, new]
    air.now = at(22, 17, 40)
    told = air.listener()
    assert told not in air.sent(), "they were told of it when they subscribed"


def test_a_stop_holds_it_back_and_a_subscription_after_it_does_not(air: Airwaves) -> None:
    stops, returns = air.listener(), air.listener()
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    with writing(air.engine) as connection:
        for who in (stops, returns):
            said = {"given": False, "channel": "sms", "words": "STOP", "proof": "SM2"}
            contacts.record_consent(connection, air.vault, who, air.now, Decision(**said))  # type: ignore[arg-type]
    air.now = at(22, 16, 1)
    air.subscribe(returns)
    assert air.sent(at(22, 17, 30)) == {returns: [RIVER]}


def test_an_airing_that_moves_takes_what_waits_with_it_and_tells_who_was_reminded(air: Airwaves) -> None:
    first = air.listener()
    air.airs("river", at(22, 18))
    assert air.sent(at(22, 17, 30)) == {first: [RIVER]}
    second = air.listener()
    air.airs("river", at(22, 19))
    later = RIVER.replace("6 pm", "7 pm")
    assert air.sent(at(22, 17, 31)) == {first: ["New time: Pigs that pay, River FM Sunday 22/11 7 pm."]}
    assert air.due() == {second: [(at(22, 18, 30), later)]}
    air.airs("river", at(22, 19, 10))
    assert air.sent(at(22, 17, 32)) == {}, "ten minutes are no news to who was told"
    assert air.due() == {second: [(at(22, 18, 40), RIVER.replace("6 pm", "7:10 pm"))]}
    air.airs("river", at(22, 18))
    air.now = at(22, 17, 33)
    assert air.sent() == {
        first: ["New time: Pigs that pay, River FM Sunday 22/11 6 pm."],
        second: [RIVER],
    }
    assert air.sent(at(22, 17, 45)) == {}


def test_what_waits_goes_along_to_another_day(air: Airwaves) -> None:
    who = air.listener()
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    assert list(air.due()) == [who]
    air.airs("river", at(24, 18))
    assert air.sent(at(22, 17, 30)) == {}
    assert air.sent(at(24, 17, 30)) == {who: [RIVER]}


def test_one_that_is_cancelled_calls_off_the_rest_and_leaves_its_listeners_to_the_next(air: Airwaves) -> None:
    both, one = air.listener("03"), air.listener("0305")
    first = air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    air.airs("lake", at(22, 19), summary_en="Vaccinate in time.")
    air.tick(at(22, 16))
    assert air.cancel(first) == "planned"
    assert air.cancel(first) == "cancelled"
    assert air.due() == {}
    assert air.sent(at(22, 17, 30)) == {}
    assert air.sent(at(22, 18, 30)) == {both: [LAKE], one: [LAKE]}
    air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    assert air.rows("SELECT state FROM airing WHERE id = :i", i=first)[0].state == "cancelled"
    assert air.sent(at(22, 19, 30)) == {both: ["Vaccinate in time."], one: ["Vaccinate in time."]}


def test_nobody_is_woken_for_an_airing_at_dawn_but_hears_of_the_one_by_day(air: Airwaves) -> None:
    both, one = air.listener("03"), air.listener("0401")
    air.airs("river", at(23, 6), summary_en="Vaccinate in time.")
    air.airs("lake", at(23, 9), summary_en="Vaccinate in time.")
    assert air.sent(at(23, 5, 30)) == {}
    assert air.sent(at(23, 6, 45)) == {}
    assert air.sent(at(23, 7)) == {both: ["Vaccinate in time."]}
    assert sorted(air.sent(at(23, 8, 30))) == [both, one]


def test_a_clock_that_slept_reminds_of_nothing_that_began_and_sums_up_within_a_day(air: Airwaves) -> None:
    who = air.listener()
    air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    assert air.sent(at(22, 18, 1)) == {}
    assert air.sent(at(23, 12)) == {who: ["Vaccinate in time."]}
    air.airs("river", at(23, 13), number=6, summary_en="Sell together.")
    assert air.sent(at(24, 13, 31)) == {}, "after a day it is no news"


def test_two_clocks_tell_once_and_an_idle_one_looks_without_writing(air: Airwaves) -> None:
    who = air.listener()
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    other = air.another_clock()
    other(air.now)
    air.tick()
    assert [len(texts) for texts in air.due().values()] == [1]
    assert air.sent(at(22, 17, 30)) == {who: [RIVER]}


def test_who_prefers_calls_is_rung_and_who_reads_khmer_reads_khmer(air: Airwaves) -> None:
    rung, khmer, latin = (
        air.listener(reach="voice"),
        air.listener(language="km"),
        air.listener(script="latn", language=""),
    )
    air.airs("river", at(22, 18), reminder_km="យប់នេះ៖ ជ្រូក។", reminder_en="")
    air.tick(at(22, 16))
    assert {who: text for who, ((_, text),) in air.due().items()} == dict.fromkeys((khmer, latin), "យប់នេះ៖ ជ្រូក។")
    (call,) = air.rows("SELECT contact_id, opens, data, about, state FROM call")
    assert (call.contact_id, call.opens, call.state) == (rung, "radio.reminder", "queued")
    air.leave(rung)
    assert air.rows("SELECT state FROM call")[0].state == "cancelled"


def test_who_was_rung_is_rung_with_the_new_time(air: Airwaves) -> None:
    air.listener(reach="voice")
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    with writing(air.engine) as connection:
        connection.execute(update(table(Call)).values(state="ended"))
    air.airs("river", at(22, 19))
    air.tick()
    rows = air.rows("SELECT state, opens, unique_key FROM call ORDER BY id")
    assert [(row.state, row.opens) for row in rows] == [("ended", "radio.reminder"), ("queued", "radio.reminder")]
    assert ":moved:" in rows[1].unique_key
    assert not air.rows("SELECT id FROM outbox")


def _becomes(air: Airwaves, model: type[Base], state: str) -> None:
    with writing(air.engine) as connection:
        connection.execute(update(table(model)).values(state=state))


@pytest.mark.parametrize("state", ["expired", "failed", "skipped", "undelivered"])
def test_whose_reminder_never_arrived_is_reminded_of_the_new_time(air: Airwaves, state: str) -> None:
    who = air.listener()
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    _becomes(air, Outbound, state)
    air.now = at(22, 17, 40)
    air.airs("river", at(23, 18))
    assert air.sent() == {}
    assert air.sent(at(23, 17, 30)) == {who: [RIVER]}
    air.airs("river", at(23, 18), reminder_en="Tonight: pigs.")
    assert air.sent() == {}, "this one was sent"


def test_who_was_rung_in_vain_is_rung_for_the_new_time_unless_they_read_it(air: Airwaves) -> None:
    rung, reads = air.listener(reach="voice"), air.listener(reach="voice")
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    _becomes(air, Call, "no_answer")
    keys = {row.contact_id: row.unique_key for row in air.rows("SELECT contact_id, unique_key FROM call")}
    with writing(air.engine) as connection:
        for who, state in ((rung, "cancelled"), (reads, "sent")):
            said = Outgoing(who, "words", Purpose.SUBSCRIPTION, key=f"{keys[who]}:sms", about="airing:1")
            id = sms_outbox.queue(connection, air.vault, said, air.now)
            connection.execute(update(table(Outbound)).where(table(Outbound).c.id == id).values(state=state))
    assert air.rows("SELECT id FROM airing")[0].id == 1
    air.airs("river", at(23, 18))
    air.tick(at(23, 16))
    queued = air.rows("SELECT contact_id, unique_key FROM call WHERE state = 'queued' ORDER BY id")
    assert [row.contact_id for row in queued if ":reminder:" in row.unique_key] == [rung]


def test_many_are_planned_in_slices(air: Airwaves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.radio.phases.SLICE", 3)
    people = sorted(air.listener() for _ in range(7))
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    assert sorted(air.due()) == people
    air.airs("river", at(22, 18, 40))
    air.tick()
    assert {texts[0][0] for texts in air.due().values()} == {at(22, 18, 10)}
    assert all(len(texts) == 1 for texts in air.due().values())


def test_a_list_that_comes_while_the_clock_plans_is_what_counts(air: Airwaves) -> None:
    people = sorted(air.listener() for _ in range(30))
    air.airs("river", at(22, 18))
    air.now = at(22, 16)
    for minute in (10, 20, 30):
        together(
            lambda: air.phases(air.now),
            partial(air.airs, "river", at(22, 18, minute)),
            lambda: air.another_clock()(air.now),
        )
        air.tick()
        assert {who: [due for due, _ in texts] for who, texts in air.due().items()} == {
            who: [at(22, 17, 30) + timedelta(minutes=minute)] for who in people
        }


def test_what_does_not_fit_into_a_tick_is_told_in_the_next(air: Airwaves, monkeypatch: pytest.MonkeyPatch) -> None:
    who = air.listener()
    air.airs("river", at(22, 18))
    monkeypatch.setattr("bot.radio.phases.LASTS", -1.0)
    air.tick(at(22, 16))
    assert air.due() == {}
    monkeypatch.undo()
    air.tick()
    assert list(air.due()) == [who]


def test_every_station_has_its_turn_and_who_comes_later_is_told_however_little_a_tick_can_do(
    air: Airwaves, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = itertools.count()
    monkeypatch.setattr("bot.radio.phases.time", SimpleNamespace(monotonic=lambda: float(next(steps))))
    monkeypatch.setattr("bot.radio.phases.SLICE", 2)
    monkeypatch.setattr("bot.radio.phases.AHEAD", 4)
    provinces = ("01", "02", "04")
    air.stations(*({"id": f"s{code}", "name_km": "ក", "name_en": f"S {code}", "places": code} for code in provinces))
    people = {code: [air.listener(f"{code}01") for _ in range(6)] for code in provinces}
    for code in provinces:
        air.airs(f"s{code}", at(22, 18))
    air.tick(at(22, 16))
    air.tick()
    assert [min(len(air.due().keys() & set(people[code])), 1) for code in provinces] == [1, 1, 1]
    for _ in range(5):
        air.tick()
    assert sorted(air.due()) == sorted(itertools.chain.from_iterable(people.values()))
    for code in reversed(provinces):
        new = air.listener(f"{code}02")
        air.tick()
        assert new in air.due()
    air.moves_to(new, "04")
    air.now += AGAIN_AFTER
    for _ in range(8):
        air.tick()
    assert new in air.due()


def test_what_was_walked_to_its_end_is_left_alone_until_something_changes(air: Airwaves) -> None:
    who = air.listener()
    air.airs("river", at(22, 18))
    air.tick(at(22, 16))
    air.tick(at(22, 16, 2))
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(air.engine, "before_cursor_execute", note)
    air.tick()
    event.remove(air.engine, "before_cursor_execute", note)
    assert len(said) == 3, "what is near, its airings, and who subscribed lately"
    assert not [one for one in said if "unique_key" in one or "contact JOIN" in one]
    assert list(air.due()) == [who]


def test_whether_people_were_told_is_looked_up_by_their_keys(air: Airwaves) -> None:
    explain = "EXPLAIN QUERY PLAN" if air.engine.dialect.name == "sqlite" else "EXPLAIN"
    with air.engine.connect() as connection:
        if air.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        asked = "SELECT unique_key FROM outbox WHERE unique_key IN ('episode:5:reminder:1', 'episode:5:reminder:2')"
        plan = connection.exec_driver_sql(f"{explain} {asked}").all()
    assert "ix_outbox_unique_key" in " ".join(str(word) for row in plan for word in row)


def test_the_words_of_staff_are_sent_as_they_are_now(one_air: Airwaves) -> None:
    who = one_air.listener()
    one_air.airs("river", at(22, 18), reminder_en="Tonight: {pigs} 100%.")
    one_air.tick(at(22, 16))
    one_air.airs("river", at(22, 18), reminder_en="Tonight: pigs.")
    assert one_air.sent(at(22, 17, 30)) == {who: ["Tonight: pigs."]}


def test_a_station_heard_elsewhere_is_planned_anew(one_air: Airwaves) -> None:
    east, west = one_air.listener("0305"), one_air.listener("0201")
    one_air.airs("river", at(22, 18))
    one_air.tick(at(22, 16))
    assert list(one_air.due()) == [east]
    one_air.stations({"id": "river", "name_km": "ទន្លេ", "name_en": "River FM", "places": "02"})
    one_air.tick()
    assert list(one_air.due()) == [west]
