"""Stations and episodes from lists: all or nothing, safe to repeat, a clear word for every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.csvfile import ImportOutcome
from bot.db import reading
from bot.radio.facts import ProgrammeFacts
from bot.radio.imports import import_episodes, import_stations
from tests.fakes.airwaves import ZONE, Airwaves, at

HEAD = "number,title_km,station,airs_at,minutes"


def episodes(air: Airwaves, text: str) -> ImportOutcome:
    path = air.folder / "episodes.csv"
    path.write_text(text, encoding="utf-8")
    return import_episodes(air.engine, path, ZONE, air.now)


def stations(air: Airwaves, text: str) -> ImportOutcome:
    path = air.folder / "stations.csv"
    path.write_text(text, encoding="utf-8")
    return import_stations(air.engine, air.vault, path, air.now)


def counts(outcome: ImportOutcome) -> tuple[int, int, int]:
    assert not outcome.faults, outcome.faults
    return outcome.added, outcome.changed, outcome.unchanged


def test_a_list_of_episodes_may_come_again_and_again(air: Airwaves) -> None:
    listed = f"{HEAD},summary_km\n5,ជ្រូក,river,2026-11-22 18:00,,\n៥,,Lake,២០២៦-១១-២៣T09:00,45,ចាក់វ៉ាក់សាំង\n"
    faulty = episodes(air, listed)
    assert [str(fault) for fault in faulty.faults] == ["line 3, title_km: is empty; fill it in"]
    assert not air.rows("SELECT id FROM airing")
    listed = listed.replace("៥,,", "៥,ជ្រូក,")
    assert counts(episodes(air, listed)) == (2, 0, 0)
    assert counts(episodes(air, listed)) == (0, 0, 2)
    (text,) = air.rows("SELECT title_km, title_en, summary_km FROM episode")
    assert tuple(text) == ("ជ្រូក", "", "ចាក់វ៉ាក់សាំង")
    assert counts(episodes(air, f"{HEAD}\n5,ជ្រូក,lake,2026-11-23 10:00,45\n")) == (0, 1, 0)
    assert len(air.rows("SELECT id FROM airing WHERE state = 'planned'")) == 2, "what a list leaves out stays"
    assert air.rows("SELECT summary_km FROM episode")[0][0], "a column that is not there says nothing"


def test_a_cancelled_airing_stays_cancelled_until_it_has_another_time(air: Airwaves) -> None:
    listed = f"{HEAD}\n5,ជ្រូក,river,2026-11-22 18:00,30\n"
    episodes(air, listed)
    air.cancel(air.rows("SELECT id FROM airing")[0].id)
    again = episodes(air, listed)
    assert (counts(again), len(again.notes)) == ((0, 0, 1), 1)
    assert counts(episodes(air, listed.replace("18:00", "18:30"))) == (0, 1, 0)
    assert air.rows("SELECT state FROM airing")[0].state == "planned"


def test_an_airing_that_is_over_gets_a_note_when_it_is_new(one_air: Airwaves) -> None:
    listed = f"{HEAD}\n5,ជ្រូក,river,2026-11-21 18:00,30\n6,ជ្រូក,river,2026-11-22 18:00,30\n"
    first, again = episodes(one_air, listed), episodes(one_air, listed)
    assert [(note.line, note.field) for note in first.notes] == [(2, "airs_at")]
    assert (counts(first), counts(again), again.notes) == ((2, 0, 0), (0, 0, 2), ())


FAULTS = {
    "x,ជ្រូក,river,2026-11-22 18:00,": "number: 'x' is no number from 1 to 1000000",
    "0,ជ្រូក,river,2026-11-22 18:00,": "number: '0' is no number",
    "5,,river,2026-11-22 18:00,": "title_km: is empty",
    f"5,{'ជ' * 81},river,2026-11-22 18:00,": "title_km: is longer than 80",
    "5,ជ្រូក,rivr,2026-11-22 18:00,": "station: 'rivr' is not known; did you mean river?",
    "5,ជ្រូក,,2026-11-22 18:00,": "station: is empty; import it first",
    "5,ជ្រូក,river,,": "airs_at: is empty; write local time such as 2026-11-22 18:00",
    "5,ជ្រូក,river,22/11/2026 18:00,": "airs_at: '22/11/2026 18:00' is no day and hour",
    "5,ជ្រូក,river,2026-02-30 18:00,": "airs_at: '2026-02-30 18:00' is no day and hour",
    "5,ជ្រូក,river,2026-11-22 18:00+07:00,": "airs_at: '2026-11-22 18:00+07:00' is no day and hour",
    "5,ជ្រូក,river,2099-11-22 18:00,": "airs_at: '2099-11-22 18:00' is too long ago or more than a year ahead",
    "5,ជ្រូក,river,2026-11-22 18:00,0": "minutes: '0' is no number from 1 to 600",
    "5,ជ្រូក,river,2026-11-22 18:00,9999999999999": "minutes: '9999999999999' is no number",
    "5,ជ្រូក,river": "has 3 cells",
}


@pytest.mark.parametrize("row", FAULTS)
def test_a_fault_is_named_with_its_remedy_and_nothing_is_written(one_air: Airwaves, row: str) -> None:
    outcome = episodes(one_air, f"{HEAD}\n6,ស្រូវ,lake,2026-11-23 18:00,30\n{row}\n")
    assert [FAULTS[row] in str(fault) and str(fault).startswith("line 3") for fault in outcome.faults] == [True]
    assert not one_air.rows("SELECT number FROM episode")


def test_lines_that_contradict_each_other_are_told(one_air: Airwaves) -> None:
    rows = (
        "5,ជ្រូក,river,2026-11-22 18:00,30,short",
        "5,ជ្រូក,river,2026-11-22 18:00,30,short",  # the same twice says nothing new
        "5,ជ្រូក,river,2026-11-22 19:00,30,",
        "5,ស្រូវ,lake,2026-11-22 19:00,30,other",
        "6,ស្រូវ,lake,2026-11-22 19:00,30," + "ក" * 202,
    )
    outcome = episodes(one_air, "\n".join((f"{HEAD},reminder_km", *rows)))
    told = [(fault.line, fault.field) for fault in outcome.faults]
    assert told == [(4, "airs_at"), (5, "reminder_km"), (5, "title_km"), (6, "reminder_km")]
    assert "needs more than 3 SMS" in str(outcome.faults[-1])


def test_stations_are_heard_where_their_places_are(air: Airwaves) -> None:
    listed = "id,name_km,name_en,places,studio_number\nhill,ភ្នំ,Hill FM,0201 1,023 000 100\n"
    assert counts(stations(air, listed)) == (1, 0, 0)
    assert counts(stations(air, listed)) == (0, 0, 1)
    assert counts(stations(air, "id,name_km,name_en\nhill,ភ្នំ,Hill 99\n")) == (0, 1, 0)
    (row,) = air.rows("SELECT name_en, places, studio_number FROM station WHERE id = 'hill'")
    assert (row.name_en, row.places, air.vault.open(bytes(row.studio_number))) == ("Hill 99", "01 0201", "+85523000100")
    episodes(air, f"{HEAD}\n5,ជ្រូក,hill,2026-11-22 18:00,30\n5,ជ្រូក,lake,2026-11-22 20:00,30\n")
    with reading(air.engine) as connection:
        programme = ProgrammeFacts(connection, at(22, 10), ZONE)
        heard = {place: programme.next_airing(place) for place in ("020105", "0202", "01", "")}
        assert {place: one and one.at.hour for place, one in heard.items()} == {
            "020105": 18,
            "0202": 20,
            "01": 18,
            "": 18,
        }
        assert ProgrammeFacts(connection, at(22, 20), ZONE).next_airing("01") is None


def test_a_station_that_cannot_be_is_told_without_its_number(one_air: Airwaves) -> None:
    rows = "h i,ភ្នំ,Hill,,\nhill,,Hill,0399 99,\nhill2,ភ្នំ,Hill,,call me\nhill3,ភ្នំ,Hill,,\nhill3,ភ្នំ,Hill 2,,"
    outcome = stations(one_air, f"id,name_km,name_en,places,studio_number\n{rows}\n")
    told = [(fault.line, fault.field) for fault in outcome.faults]
    assert told == [(2, "id"), (3, "name_km"), (3, "places"), (3, "places"), (4, "studio_number"), (6, "id")]
    assert "call me" not in "".join(map(str, outcome.faults))


def test_what_is_no_list_is_told(one_air: Airwaves, tmp_path: Path) -> None:
    assert "must name the columns" in str(episodes(one_air, "a,b\n1,2\n").faults[0])
    assert "is not UTF-8" in str(import_episodes(one_air.engine, _latin(tmp_path), ZONE, one_air.now).faults[0])


def _latin(folder: Path) -> Path:
    path = folder / "latin.csv"
    path.write_bytes(b"number\n\xe9\n")
    return path
