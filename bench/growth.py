"""What a turn costs when the tables have grown: a million reports and 300,000 people against next to nothing.

Both databases quote the same prices to the same people; only history and the number of others differ.
"""

from __future__ import annotations

import gc
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Engine, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from bench.environment import Databases, settings_for
from bench.result import Measured
from bench.sizes import History, Sizes
from bench.turns import KNOWN, acquaint, messages, number
from bot.app import Phsar, build
from bot.config import Settings
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import Base, make_engine, table, writing
from bot.logs import silence
from bot.messages.models import Message, SavedRun
from bot.prices import demo
from bot.prices.imports import import_markets
from bot.prices.models import LatestPrice, Price, PriceReport
from bot.turn import Inbound

AT_MOST = 1.2
SMALL = History(days=2, reporters=1, people=300, messages=300)
GOODS = 42

# The same sentences for both databases: numbers is a table of 0, 1, 2 …
_KEYS = f"""SELECT commodity.id AS commodity, market.id AS market, commodity.unit AS unit,
  (commodity.low + commodity.high) / 2 AS usual FROM commodity CROSS JOIN market WHERE commodity.rank <= {GOODS}"""
# What stands in each table: a column and how it is worked out, then where from. Columns that are not named get what the
# model gives them, so a new one with a default needs nothing here.
_FILL: tuple[tuple[type[Base], dict[str, str], str], ...] = (
    (
        Contact,
        {"address_hash": "{random_hex}", "address": "{random_bytes}", "created_at": "'2026-01-01'"},
        "FROM numbers WHERE n < :people",
    ),
    (
        PriceReport,
        {
            **dict.fromkeys(("commodity", "market", "unit"), ""),
            "level": "'wholesale'",
            "grade": "''",
            "currency": "'khr'",
            "observed_on": "{day}",
            **dict.fromkeys(("low", "high", "usual"), "usual"),
            "state": "'accepted'",
            "source": "'list'",
            "created_at": "'2026-01-01'",
            "contact_id": "1 + (days.n * 5 + reporters.n) % :people",
        },
        f"FROM numbers days CROSS JOIN numbers reporters CROSS JOIN ({_KEYS}) AS keys "
        "WHERE days.n < :days AND reporters.n < :reporters",
    ),
    (
        Price,
        {
            **dict.fromkeys(("commodity", "market", "unit"), ""),
            "level": "'wholesale'",
            "grade": "''",
            "currency": "'khr'",
            "observed_on": "{day}",
            "reporters": ":reporters",
            **dict.fromkeys(("low", "high", "usual"), "usual"),
        },
        f"FROM numbers days CROSS JOIN ({_KEYS}) AS keys WHERE days.n < :days",
    ),
    (
        LatestPrice,
        {
            **dict.fromkeys(("commodity", "market", "unit"), ""),
            "level": "'wholesale'",
            "grade": "''",
            "currency": "'khr'",
            "observed_on": "{day}",
            "reporters": "1",
            **dict.fromkeys(("low", "high", "usual", "before"), "usual"),
        },
        f"FROM numbers days CROSS JOIN ({_KEYS}) AS keys WHERE days.n = 0",
    ),
    (
        Message,
        {
            "sid": "{random_hex}",
            "contact_id": "1 + n % :people",
            "channel": "'sms'",
            "at": "'2026-01-01'",
            "text": "{random_bytes}",
            "answer": "{random_bytes}",
            "intent": "'price'",
            "commodity": "'pig_live'",
            "parts": "1",
        },
        "FROM numbers WHERE n < :messages",
    ),
    (
        SavedRun,
        {
            "contact_id": "1 + n",
            "channel": "'sms'",
            "body": "{random_bytes}",
            **dict.fromkeys(("saved_at", "burst_from"), "'2026-01-01'"),
            "burst_count": "1",
            "same_hash": "''",
            "same_count": "1",
        },
        "FROM numbers WHERE n < :people",
    ),
)
_WORDS = {
    "sqlite": {
        "random_hex": "lower(hex(randomblob(16)))",
        "random_bytes": "randomblob(60)",
        "day": "date(:today, '-' || days.n || ' days')",
    },
    "postgresql": {
        "random_hex": "md5(random()::text || n)",
        "random_bytes": "decode(md5(random()::text) || md5(n::text), 'hex')",
        "day": "(CAST(:today AS date) - days.n)",
    },
}
_NUMBERS = {
    "sqlite": """CREATE TEMP TABLE numbers AS WITH RECURSIVE up(n) AS
  (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < :last) SELECT n FROM up""",
    "postgresql": "CREATE TEMP TABLE numbers AS SELECT n FROM generate_series(0, :last) AS n",
}


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Measured:
    """The cost of a turn in the large database as a multiple of that in the small one, message by message."""
    silence()
    small, large = (_grown(settings_for(databases.fresh(), folder), size) for size in (SMALL, sizes.grown))
    took: dict[bool, list[float]] = {False: [], True: []}
    chance, texts = Random(7), messages("price")
    ratios = []
    gc.collect()
    for which in range(sizes.growth_warm + sizes.growth_turns):
        words, sender = chance.choice(texts), read_address(number(chance.randrange(KNOWN)))
        for is_large in (False, True) if which % 2 else (True, False):
            phsar = large if is_large else small
            begun = time.perf_counter()
            phsar.conversation.turn(Inbound(f"growth-{which}", "sms", sender, words))
            took[is_large].append(time.perf_counter() - begun)
        if which == sizes.growth_warm - 1 or len(took[True]) == sizes.growth_block:
            if which >= sizes.growth_warm:
                ratios.append(statistics.median(took[True]) / statistics.median(took[False]))
            took = {False: [], True: []}
    for phsar in (small, large):
        phsar.engine.dispose()
    much, little = (f"{_reports(size):,} reports, {size.people:,} people" for size in (sizes.grown, SMALL))
    name = f"turn with {much} against {little}, {databases.kind}"
    return Measured(name, statistics.median(ratios), AT_MOST, "x")


def _grown(settings: Settings, size: History) -> Phsar:
    engine = make_engine(settings.database_url, patience=300)
    import_markets(engine, Path(demo.__file__).parent / "data" / "demo_markets.csv")
    _fill(engine, size, datetime.now(UTC).astimezone(settings.timezone).date().isoformat())
    phsar = build(settings)
    acquaint(engine, phsar.vault, datetime.now(UTC))
    engine.dispose()
    return phsar


def _fill(engine: Engine, size: History, today: str) -> None:
    dialect = engine.dialect.name
    tables = [table(model) for model, _, _ in _FILL]
    indexes = [index for filled in tables for index in filled.indexes]
    values = {**{name: getattr(size, name) for name in History.__slots__}, "today": today}
    values["last"] = max(size.people, size.messages, size.days)
    with engine.connect() as connection:
        _trust(connection, dialect)
        with connection.begin():
            for index in indexes:  # made anew at the end, which is much quicker
                index.drop(connection)
            _run(connection, _NUMBERS[dialect], values)
            for statement in map(_insert, *zip(*_FILL, strict=True)):
                _run(connection, statement.format(**_WORDS[dialect]), values)
            for index in indexes:
                index.create(connection)
            _run(connection, "DROP TABLE numbers", {})
        connection.invalidate()  # with what it was told to trust
    if dialect == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    # A checkpoint now, lest it falls into the first turns.
    with writing(engine) as connection:
        connection.execute(text("SELECT 1"))


def _insert(model: type[Base], columns: dict[str, str], source: str) -> str:
    """One INSERT of many rows; "" stands for a column of the source that has the same name."""
    given = {name: worked_out or name for name, worked_out in columns.items()}
    for column in table(model).columns:
        if column.name not in given and isinstance(column.default, ScalarElementColumnDefault):
            given[column.name] = f"'{column.default.arg}'"
    names, values = ", ".join(given), ", ".join(given.values())
    return f"INSERT INTO {table(model).name} ({names}) SELECT {values} {source}"


def _reports(size: History) -> int:
    """Reports there are, each key being one of a commodity and a market."""
    return 504 * size.days * size.reporters


def _run(connection: Connection, statement: str, values: dict[str, object]) -> None:
    wanted = text(statement)
    names = set(wanted._bindparams)
    connection.execute(wanted, {name: value for name, value in values.items() if name in names})


def _trust(connection: Connection, dialect: str) -> None:
    """Do not check each generated row's references, where we may say so."""
    if dialect == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        return
    allowed = connection.execute(text("SELECT usesuper FROM pg_user WHERE usename = current_user")).scalar()
    if allowed:
        connection.execute(text("SET session_replication_role = replica"))
    connection.commit()
