"""Markets and prices from lists: all rows or none, the same file twice changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from bot.csvfile import ImportOutcome
from bot.db import make_engine, reading, table, writing
from bot.prices.demo import load_demo
from bot.prices.imports import LONGEST_GRADE, LONGEST_NAME, import_markets, import_prices
from bot.prices.models import Change, LatestPrice, Market, PriceReport, ReportState
from bot.prices.reference import commodities, load_reference
from bot.vault import Vault

TODAY = date(2026, 11, 20)
BUSY = 20  # seconds on a busy machine
NOW = datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=7)))
MARKETS = "id,name_km,name_en,place,reference\nupper,ផ្សារលើ,Upper,0305,\nlower,ផ្សារក្រោម,Lower,12,1\n"
HEADER = "observed_on,commodity,grade,market,level,unit,currency,low,high,usual,source\n"
PIG = "2026-11-20,pig_live,,upper,wholesale,kg,khr,9300,9700,9500,office\n"

Import = Callable[[str], ImportOutcome]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    with writing(engine) as connection:
        load_reference(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def markets(engine: Engine, tmp_path: Path) -> Import:
    def run(content: str) -> ImportOutcome:
        path = tmp_path / "markets.csv"
        path.write_text(content, encoding="utf-8")
        return import_markets(engine, path)

    return run


@pytest.fixture
def prices(engine: Engine, tmp_path: Path, markets: Import) -> Import:
    assert markets(MARKETS).faults == ()

    def run(content: str) -> ImportOutcome:
        path = tmp_path / "prices.csv"
        path.write_text(content, encoding="utf-8")
        return import_prices(engine, path, TODAY, NOW)

    return run


def all_of(engine: Engine, *columns: Any) -> list[Any]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def said(outcome: ImportOutcome) -> list[str]:
    return [str(fault) for fault in outcome.faults]


def test_markets_are_added_changed_and_left(engine: Engine, markets: Import) -> None:
    assert markets(MARKETS) == ImportOutcome(added=2)
    assert markets(MARKETS) == ImportOutcome(unchanged=2)
    assert all_of(engine, Change.subject, Change.version) == [("markets", 2)]  # the first were the commodities
    assert markets("place,name_en,name_km,id\n1201,Low,ផ្សារក្រោម,lower\n") == ImportOutcome(changed=1)
    assert all_of(engine, Change.version) == [(3,)]
    lower = select(table(Market)).where(Market.id == "lower")
    with reading(engine) as connection:  # what the file does not say stays
        assert tuple(connection.execute(lower).one()) == ("lower", "ផ្សារក្រោម", "Low", "1201", True)


def test_faults_of_markets(engine: Engine, markets: Import) -> None:
    outcome = markets(
        "id,name_km,name_en,place,reference\n"
        "upper,ផ្សារលើ,Upper,0305,\n"
        "a b,,X,Kampong Cham,maybe\n"
        "upper,ផ្សារលើ,Upper,0305,0\n"
        "upper,ផ្សារលើ,Other,0305,\n"
    )
    assert said(outcome) == [
        "line 3, id: use letters a to z, digits, - and _ only, such as phsar_leu",
        "line 3, name_km: is empty; fill it in",
        "line 3, place: 'Kampong Cham' is no official code of a place; write 2, 4, 6 or 8 digits such as 0305",
        "line 3, reference: 'maybe' is neither 1 nor 0; write 1 for yes",
        "line 5, id: contradicts line 2; keep one of the two",
    ]
    assert all_of(engine, Market.id) == []
    assert all_of(engine, Change.version) == [(1,)]


def test_names_and_grades_are_short_enough_for_an_answer(prices: Import, markets: Import) -> None:
    name, grade = "ក" * (LONGEST_NAME + 1), "x" * (LONGEST_GRADE + 1)
    faults = said(markets(f"id,name_km,name_en,place\nupper,{name},{name},0305\n"))
    faults += said(prices(HEADER + PIG.replace("pig_live,,", f"pig_live,{grade},")))
    assert faults == [
        "line 2, name_en: is longer than 40 characters; shorten it",
        "line 2, name_km: is longer than 40 characters; shorten it",
        "line 2, grade: is longer than 20 characters; shorten it",
    ]


def test_prices_are_quoted_at_once(engine: Engine, prices: Import) -> None:
    assert prices(HEADER + PIG) == ImportOutcome(added=1)
    assert prices(HEADER + PIG) == ImportOutcome(unchanged=1)
    latest = table(LatestPrice)
    with reading(engine) as connection:
        assert [tuple(row) for row in connection.execute(select(latest))] == [
            ("pig_live", "upper", "wholesale", "", "kg", "khr", TODAY, 9300, 9700, 9500, 1, None)
        ]


def test_the_same_source_replaces_its_price(engine: Engine, prices: Import) -> None:
    other = PIG.replace("office", "trader").replace("9500", "9700")
    assert prices(HEADER + PIG + other) == ImportOutcome(added=2)
    assert prices(HEADER + PIG.replace("9500", "9600") + other) == ImportOutcome(changed=1, unchanged=1)
    assert sorted(all_of(engine, PriceReport.source, PriceReport.usual, PriceReport.state)) == [
        ("office", 9500, ReportState.SUPERSEDED),
        ("office", 9600, ReportState.ACCEPTED),
        ("trader", 9700, ReportState.ACCEPTED),
    ]
    assert all_of(engine, LatestPrice.usual, LatestPrice.reporters) == [(9650, 2)]


def test_what_staff_held_stays_held(engine: Engine, prices: Import) -> None:
    prices(HEADER + PIG)
    with writing(engine) as connection:
        connection.execute(update(table(PriceReport)).values(state=ReportState.HELD))
    outcome = prices(HEADER + PIG)
    assert (outcome.added, outcome.changed, outcome.unchanged, len(outcome.notes)) == (0, 0, 1, 1)
    assert all_of(engine, PriceReport.state) == [(ReportState.HELD,)]


def test_as_a_spreadsheet_writes_it(engine: Engine, prices: Import) -> None:
    outcome = prices(
        "\ufeffusual,unit,level,market,commodity,observed_on\r\n"
        '"៩,៥០០",KG,Wholesale,upper,pig_live,២០២៦-១១-១៩\r\n\r\n'
        "1.100.000,tonne,wholesale,lower,rice_paddy,2026-11-20\r\n"
        "66000,hap,farmgate,lower,rice_paddy,2026-11-20\r\n"
        "50000,bag,wholesale,lower,rice_paddy,2026-11-20\r\n"
        "1100001,tonne,retail,lower,rice_paddy,2026-11-20\r\n"
        '"៩,៥០០",kg,wholesale,upper,pig_live,2026-11-19\r\n'
    )
    assert outcome == ImportOutcome(added=5)
    report = PriceReport
    columns = (report.commodity, report.level, report.unit, report.usual, report.low, report.currency)
    assert sorted(all_of(engine, *columns)) == [
        ("pig_live", "wholesale", "kg", 9500, 9500, "khr"),
        ("rice_paddy", "farmgate", "kg", 1100, 1100, "khr"),
        ("rice_paddy", "retail", "tonne", 1100001, 1100001, "khr"),  # no whole riel a kilogram
        ("rice_paddy", "wholesale", "bag", 50000, 50000, "khr"),
        ("rice_paddy", "wholesale", "kg", 1100, 1100, "khr"),
    ]


def test_other_currencies_are_kept_in_their_smallest_unit(engine: Engine, prices: Import) -> None:
    assert prices(HEADER + PIG.replace("khr,9300,9700,9500", 'USD,"2,25",2.5,2.4')) == ImportOutcome(added=1)
    assert all_of(engine, LatestPrice.low, LatestPrice.high, LatestPrice.usual) == [(225, 250, 240)]


def test_implausible_prices_are_held_and_listed(engine: Engine, prices: Import) -> None:
    outcome = prices(HEADER + PIG + PIG.replace("upper", "lower").replace("9700", "97000"))
    assert outcome.added == 2
    assert [str(note) for note in outcome.notes] == [
        "line 3, usual: pig_live is outside 6000 to 15000 riel a kg; held until staff release it: flask prices list"
    ]
    assert sorted(all_of(engine, PriceReport.state, PriceReport.reason)) == [("accepted", ""), ("held", "implausible")]
    assert len(all_of(engine, LatestPrice.usual)) == 1


@pytest.mark.parametrize(
    ("commodity", "usual", "unit", "state"),
    [
        ("chicken", 194_500, "kg", "held"),
        ("chicken", 194_500, "head", "held"),
        ("chicken", 45_000, "head", "accepted"),
        ("rice_paddy", 1_100, "tonne", "held"),
        ("rice_paddy", 66_000, "bag", "accepted"),
        ("rice_paddy", 1_100, "head", "held"),
        ("pig_live", 9, "kg", "held"),
        ("pig_live", 1_000_000, "head", "accepted"),
        ("egg_duck", 5_500, "ten", "accepted"),
        ("cooking_oil", 28_000, "litre5", "accepted"),
        ("labour_day", 30_000, "person", "accepted"),
        ("diesel", 4_200, "metre", "held"),
    ],
)
def test_a_price_by_a_unit_that_cannot_be_meant_is_held(
    engine: Engine, prices: Import, commodity: str, usual: int, unit: str, state: str
) -> None:
    prices(f"observed_on,commodity,market,level,unit,usual\n{TODAY},{commodity},upper,retail,{unit},{usual}\n")
    assert all_of(engine, PriceReport.state) == [(state,)]


def test_every_fault_is_named_and_nothing_is_written(engine: Engine, prices: Import) -> None:
    outcome = prices(
        HEADER
        + PIG
        + PIG.replace("pig_live", "pig_liv").replace("upper", "midle")
        + PIG.replace("9300", "12o0").replace("kg", "kilogramme")
        + PIG.replace("9300", "9600")
        + PIG.replace("2026-11-20", "2026-11-21").replace("office", "x" * 81)
        + PIG.replace("9500", "9500.5")
        + PIG.replace("9500", "9501")
        + PIG.replace("9300", "9,300")
        + PIG.replace("khr", "eur").replace("wholesale", "")
    )
    assert [" ".join(line.split()[:3]) for line in said(outcome)] == [
        "line 3, commodity:",
        "line 3, market:",
        "line 4, low:",
        "line 4, unit:",
        "line 5, usual:",
        "line 6, observed_on:",
        "line 6, source:",
        "line 7, usual:",
        "line 8, usual:",
        "line 9: has",
        "line 10, currency:",
        "line 10, level:",
    ]
    assert "did you mean pig_live" in said(outcome)[0]
    assert "contradicts line 2" in said(outcome)[8]
    assert all_of(engine, PriceReport.id) == all_of(engine, LatestPrice.usual) == []


def test_a_market_in_other_capitals_is_found(engine: Engine, prices: Import) -> None:
    assert prices(HEADER + PIG.replace("upper", "Upper")) == ImportOutcome(added=1)
    assert all_of(engine, PriceReport.market) == [("upper",)]


def test_a_long_list_takes_seconds(prices: Import) -> None:
    lines = [
        f"{TODAY - timedelta(back)},{rule.id},,{market},retail,{rule.unit},khr,{rule.low},{rule.high},{rule.low},x\n"
        for rule in commodities()[:103]
        for market in ("upper", "lower")
        for back in range(20)
    ]
    start = time.monotonic()
    assert prices(HEADER + "".join(lines)) == ImportOutcome(added=4_120)
    assert time.monotonic() - start < BUSY
    assert prices(HEADER + "".join(lines)) == ImportOutcome(unchanged=4_120)


def test_sample_data_can_be_loaded_again_and_later(engine: Engine) -> None:
    vault = Vault("a key for tests only")
    first = load_demo(engine, vault, TODAY, NOW)
    assert (first.changed, first.unchanged, first.faults) == (0, 0, ())
    assert load_demo(engine, vault, TODAY, NOW) == ImportOutcome(unchanged=first.added)
    later = load_demo(engine, vault, TODAY + timedelta(2), NOW + timedelta(2))
    assert later.faults == ()
    assert later.changed == 0
    assert 0 < later.added < first.added / 4
    with reading(engine) as connection:
        goods, places, fresh = connection.execute(
            text(
                "SELECT count(DISTINCT commodity), count(DISTINCT market), count(*) FROM latest_price "
                "WHERE observed_on = (SELECT max(observed_on) FROM latest_price)"
            )
        ).one()
        days = connection.execute(
            text("SELECT market FROM price GROUP BY market HAVING count(DISTINCT observed_on) >= 14")
        ).all()
    assert goods >= 45
    assert places >= 10
    assert fresh > 400
    assert len(days) >= 6
