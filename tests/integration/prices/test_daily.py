"""The quoted prices follow from the accepted reports, whatever the order and the number of changes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from bot.contacts.models import Contact
from bot.db import make_engine, reading, table, writing
from bot.prices.daily import Key, refresh
from bot.prices.models import Change, Commodity, LatestPrice, Market, Price, PriceReport, ReportState
from bot.prices.reference import commodities, load_markets, load_reference, neighbours

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PIG = Key("pig_live", "upper", "wholesale", "", "kg", "khr")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    with writing(engine) as connection:
        load_reference(connection)
        connection.execute(
            insert(Market),
            [
                {"id": name, "name_km": "ផ្សារ", "name_en": name, "place": "0305", "reference": False}
                for name in ("upper", "lower")
            ],
        )
        connection.execute(
            insert(Contact),
            [{"id": number, "address_hash": str(number), "address": b"", "created_at": NOW} for number in (1, 2)],
        )
    yield engine
    engine.dispose()


def report(key: Key, day: date, usual: int, **more: Any) -> dict[str, Any]:
    row = {"low": usual, "high": usual, "state": ReportState.ACCEPTED, "source": "list", "contact_id": None}
    return {**key._asdict(), "observed_on": day, "usual": usual, "reason": "", "created_at": NOW} | row | more


def add(connection: Connection, *reports: dict[str, Any]) -> None:
    connection.execute(insert(PriceReport), list(reports))


def latest(engine: Engine) -> list[Any]:
    table = LatestPrice.__table__.c
    with reading(engine) as connection:
        return list(connection.execute(select(table.observed_on, table.usual, table.before)))


def test_a_day_is_made_of_its_accepted_reports(engine: Engine) -> None:
    with writing(engine) as connection:
        add(
            connection,
            report(PIG, DAY, 9500, low=9300, high=9700),
            report(PIG, DAY, 9601, source="", contact_id=1),
            report(PIG, DAY, 9700, high=9900, source="", contact_id=1),
            report(PIG, DAY, 9600, source="", contact_id=2),
            report(PIG, DAY, 99000, state=ReportState.HELD),
            report(PIG._replace(grade="a"), DAY, 100),
            report(PIG, DAY - timedelta(1), 100),
        )
        refresh(connection, [(PIG, DAY)])
        rows = connection.execute(select(*Price.__table__.columns)).all()
    assert rows == [(*PIG[:6], DAY, 9300, 9900, 9601, 3)]  # 9600.5 is rounded up
    assert latest(engine) == [(DAY, 9601, None)]


def test_no_accepted_report_left_no_price_left(engine: Engine) -> None:
    yesterday = DAY - timedelta(1)
    with writing(engine) as connection:
        add(connection, report(PIG, DAY, 9500), report(PIG, yesterday, 9000))
        refresh(connection, [(PIG, DAY), (PIG, yesterday)])
    assert latest(engine) == [(DAY, 9500, 9000)]
    for day, left in ((DAY, [(yesterday, 9000, None)]), (yesterday, [])):
        with writing(engine) as connection:
            held = update(PriceReport).where(PriceReport.observed_on == day).values(state=ReportState.HELD)
            connection.execute(held)
            refresh(connection, [(PIG, day)])
        assert latest(engine) == left
    with reading(engine) as connection:
        assert connection.execute(select(Price.usual)).all() == []


@pytest.mark.parametrize(("back", "before"), [(1, 9000), (14, 9000), (15, None)])
def test_before_is_at_most_two_weeks_older(engine: Engine, back: int, before: int | None) -> None:
    earlier = DAY - timedelta(back)
    with writing(engine) as connection:
        add(connection, report(PIG, DAY, 9500), report(PIG, earlier, 9000))
        refresh(connection, [(PIG, earlier), (PIG, DAY)])
    assert latest(engine) == [(DAY, 9500, before)]


def test_an_older_day_reported_late_does_not_become_the_newest(engine: Engine) -> None:
    with writing(engine) as connection:
        add(connection, report(PIG, DAY, 9500))
        refresh(connection, [(PIG, DAY)])
        add(connection, report(PIG, DAY - timedelta(2), 9100))
        refresh(connection, [(PIG, DAY - timedelta(2))])
    assert latest(engine) == [(DAY, 9500, 9100)]


def test_many_at_once_as_one_by_one(engine: Engine) -> None:
    draw = random.Random(1)
    keys = [PIG, PIG._replace(market="lower"), PIG._replace(level="retail"), PIG._replace(grade="a")]
    reports = [
        report(draw.choice(keys), DAY - timedelta(draw.randrange(20)), draw.randrange(8000, 12000), source=str(i))
        for i in range(200)
    ]
    days = [(Key(*(row[name] for name in Key._fields)), row["observed_on"]) for row in reports]
    results = []
    for portions in ([days], [[day] for day in days]):
        with writing(engine) as connection:
            connection.execute(PriceReport.__table__.delete())  # type: ignore[attr-defined]
            refresh(connection, days)
            assert connection.execute(select(LatestPrice.usual)).all() == []
            add(connection, *reports)
            for portion in portions:
                refresh(connection, portion)
            tables = (Price.__table__, LatestPrice.__table__)
            results.append([set(connection.execute(select(*table.columns)).all()) for table in tables])
    assert results[0] == results[1]
    assert len(results[0][1]) == len(keys)


def test_a_large_list_takes_seconds(engine: Engine) -> None:
    goods = [rule.id for rule in commodities()][:50]
    days = [
        (Key(good, market, level, "", "kg", "khr"), DAY - timedelta(back))
        for good in goods
        for market in ("upper", "lower")
        for level in ("wholesale", "retail")
        for back in range(50)
    ]
    with writing(engine) as connection:
        add(connection, *(report(key, day, 9500) for key, day in days))
        start = time.monotonic()
        refresh(connection, days)
        took = time.monotonic() - start
        assert len(connection.execute(select(Price.usual)).all()) == 10_000
    assert took < 20  # on a busy machine


def test_two_reporters_at_once_are_both_counted(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return  # one writer at a time: there is no at once
    import threading

    def second() -> None:
        with writing(engine) as connection:
            add(connection, report(PIG, DAY, 9700, source="second"))
            refresh(connection, [(PIG, DAY)])

    with writing(engine) as connection:
        add(connection, report(PIG, DAY, 9500, source="first"))
        refresh(connection, [(PIG, DAY)])
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert latest(engine) == [(DAY, 9600, None)]


def test_reference_data_can_be_loaded_again(engine: Engine) -> None:
    def loaded() -> tuple[int, int]:
        with writing(engine) as connection:
            load_reference(connection)
            goods = connection.execute(select(func.count()).select_from(Commodity)).scalar_one()
            return goods, connection.execute(select(Change.version)).scalar_one()

    first = loaded()
    assert first[0] == len(commodities())
    assert loaded() == first  # nothing changed, nobody reads it anew


def test_reference_data_is_sensible() -> None:
    rules = commodities()
    assert [rule.rank for rule in rules] == list(range(1, len(rules) + 1))
    assert all(0 < rule.low < rule.high for rule in rules)
    assert rules[0].id == "pig_live"
    near = neighbours()
    assert sorted(near) == [f"{code:02}" for code in range(1, 26)]
    assert all(code in near[other] for code, others in near.items() for other in others)


def test_the_markets_of_the_release_leave_what_an_operator_imported(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(table(Market)).values(id="suong", name_km="ផ្សារសួងថ្មី", name_en="Suong", place="2506", reference=True)
        )
        load_markets(connection)
    with reading(engine) as connection:
        rows = connection.execute(select(Market.id, Market.name_km, Market.reference)).all()
        version = connection.execute(select(Change.version)).scalar_one()
    assert len(rows) == 2 + 76  # two are of these tests
    assert ("suong", "ផ្សារសួងថ្មី", True) in [tuple(row) for row in rows]
    with writing(engine) as connection:
        load_markets(connection)
        assert connection.execute(select(Change.version)).scalar_one() == version
