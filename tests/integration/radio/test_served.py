"""The radio on the served line: from the word of a listener to what the carrier is handed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from bot.radio.imports import import_episodes, import_stations
from tests.fakes.airwaves import ZONE, at
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment

REMINDER = "River FM 6 pm: Pigs that pay, Success Starts with You! To end: STOP RADIO"


@pytest.fixture(autouse=True)
def _programme(line: Deployment, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name_km,name_en,places\nriver,ទន្លេ,River FM,03\n", encoding="utf-8")
    assert not import_stations(line.engine, line.vault, path, line.time.now).faults
    row = "5,ជ្រូក,Pigs that pay,river,2026-11-22 18:00,Vaccinate pigs in time."
    path.write_text(f"number,title_km,title_en,station,airs_at,summary_en\n{row}\n", encoding="utf-8")
    assert not import_episodes(line.engine, path, ZONE, line.time.now).faults


def test_listeners_get_it_once_at_its_time(line: Deployment, redis: Redis) -> None:
    stays, leaves, stops, far = (line.phone(language="en", place=place) for place in ("0305", "0305", "0305", "0201"))
    for number in (stays, leaves, stops, far):
        line.sms(number, "RADIO")
    clocks = line.clock(redis, "one"), line.clock(redis, "two")
    with fake_carrier() as carrier:
        carrier.now = lambda: line.time.now

        def passes_until(when: timedelta) -> list[tuple[str, str]]:
            line.time.now = at(22, 0) + when
            for clock in clocks:
                clock.tick()
            before = len(carrier.taken)
            line.sending(carrier.url).send_due()
            return sorted((kept.form["To"], kept.form["Body"]) for kept in carrier.taken[before:])

        assert passes_until(timedelta(hours=16)) == []
        assert line.sms(leaves, "STOP RADIO").text == "Done. We tell you no more of the radio. To return: RADIO"
        line.sms(stops, "STOP")
        assert passes_until(timedelta(hours=17, minutes=30)) == [(stays, REMINDER)]
        assert passes_until(timedelta(hours=17, minutes=45)) == []
        line.sms(stops, "RADIO")
        summary = "Vaccinate pigs in time."
        assert passes_until(timedelta(hours=18, minutes=30)) == sorted([(stays, summary), (stops, summary)])
        assert passes_until(timedelta(hours=19)) == []
    states = line.rows("SELECT contact_id, unique_key, state FROM outbox WHERE contact_id = :c", c=line.contact(leaves))
    assert [(row.unique_key, row.state) for row in states] == [(None, "cancelled")]
