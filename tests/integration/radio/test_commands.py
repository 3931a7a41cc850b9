"""flask import stations|episodes, flask episodes, and the samples, as an operator meets them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, select

from bot.broadcasts.segments import SegmentError
from bot.contacts.models import Contact
from bot.db import reading, table
from bot.radio.commands import messages_of
from bot.radio.demo import load_radio
from bot.radio.segments import in_region, listeners
from tests.fakes.airwaves import ZONE, Airwaves, at


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.output


def test_an_operator_imports_lists_shows_and_cancels(app: Flask, tmp_path: Path) -> None:
    stations, episodes = tmp_path / "stations.csv", tmp_path / "episodes.csv"
    stations.write_text("id,name_km,name_en,places\nriver,ទន្លេ,River FM,03\n", encoding="utf-8")
    airs_at = (datetime.now(UTC) + timedelta(days=2)).astimezone(ZoneInfo("Asia/Phnom_Penh"))
    row = f"5,ជ្រូក,river,{airs_at:%Y-%m-%d} 18:00"
    episodes.write_text(f"number,title_km,station,airs_at\n{row}\n", encoding="utf-8")
    assert run(app, "import", "episodes", str(episodes))[0] == 1
    assert run(app, "import", "stations", str(stations)) == (0, "stations.csv: 1 added, 0 changed, 0 unchanged\n")
    assert run(app, "import", "episodes", str(episodes)) == (0, "episodes.csv: 1 added, 0 changed, 0 unchanged\n")
    code, listed = run(app, "episodes", "list")
    assert (code, listed) == (0, f"1\t{airs_at:%Y-%m-%d} 18:00\triver\tepisode 5\tplanned\tជ្រូក\n")
    assert run(app, "episodes", "show", "6")[0] == 1
    assert run(app, "episodes", "cancel", "2")[0] == 1
    assert run(app, "episodes", "cancel", "1") == (0, "airing 1 was cancelled\n")
    told = json.loads(run(app, "episodes", "show", "5", "--json")[1])
    assert [(airing["state"], airing["messages"]) for airing in told["airings"]] == [("cancelled", {})]


def test_what_became_of_an_episode_is_counted(one_air: Airwaves) -> None:
    for _ in range(2):
        one_air.listener()
    id = one_air.airs("river", at(22, 18), summary_en="Vaccinate in time.")
    one_air.sent(at(22, 17, 30))
    one_air.listener()
    one_air.tick(at(22, 18, 30))
    with reading(one_air.engine) as connection:
        assert messages_of(connection, id) == {"reminder sending": 2, "summary queued": 3}


def test_the_samples_come_again_without_harm(one_air: Airwaves) -> None:
    done = [load_radio(one_air.engine, one_air.vault, ZONE, when) for when in (at(22, 10), at(22, 11), at(29, 10))]
    assert [outcome.faults for outcome in done] == [(), (), ()]
    assert [(outcome.added, outcome.changed) for outcome in done] == [(10, 0), (0, 0), (2, 0)]
    ahead = one_air.rows("SELECT max(airs_at) AS last FROM airing")[0].last
    assert str(ahead) > "2026-12-19", "there is always one to come"


def test_a_broadcast_reaches_the_listeners_of_an_episode(air: Airwaves) -> None:
    near, nowhere = air.listener("030501"), air.listener("")
    air.listener("0401")
    air.airs("river", at(22, 18))
    with reading(air.engine) as connection:

        def found(which: ColumnElement[bool]) -> set[int]:
            return set(connection.execute(select(table(Contact).c.id).where(which)).scalars())

        assert found(listeners(connection, "5", air.now)) == {near, nowhere}
        assert found(in_region(connection, "river", air.now)) == {near}
        with pytest.raises(SegmentError, match="known: 5"):
            listeners(connection, "6", air.now)
