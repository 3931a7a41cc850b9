"""What a turn costs when the tables have grown: a million reports and 300,000 people against next to nothing.

Both databases quote the same prices to the same people; only history and the number of others differ.
"""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Engine, text

from bench.environment import Databases, settings_for
from bench.result import Measured
from bench.turns import KNOWN, acquaint, messages, number
from bot.app import Phsar, build
from bot.config import Settings
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.conversation import Inbound
from bot.db import make_engine, table, writing
from bot.logs import silence
from bot.messages.models import Message, SavedRun
from bot.prices import demo
from bot.prices.imports import import_markets
from bot.prices.models import LatestPrice, Price, PriceReport

AT_MOST = 1.2
WARM, TURNS, BLOCK = 100, 900, 30


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: 504 keys, each quoted on `days` days from `reporters` reports; people and their messages."""

    days: int
    reporters: int
    people: int
    messages: int


SMALL = Size(days=2, reporters=1, people=300, messages=300)
LARGE = Size(days=400, reporters=5, people=300_000, messages=300_000)
GOODS = 42

# The same sentences for both databases: numbers is a table of 0, 1, 2 …
_KEYS = f"""SELECT commodity.id AS commodity, market.id AS market, commodity.unit AS unit,
  (commodity.low + commodity.high) / 2 AS usual FROM commodity CROSS JOIN market WHERE commodity.rank <= {GOODS}"""
_FILL = {
    "contact": """INSERT INTO contact (address_hash, address, language, script, sex, place, may_report, created_at)
  SELECT {random_hex}, {random_bytes}, '', '', '', '', {false}, '2026-01-01' FROM numbers WHERE n < :people""",
    "price_report": f"""INSERT INTO price_report (commodity, grade, market, level, unit, currency, observed_on,
    low, high, usual, state, reason, source, contact_id, created_at)
  SELECT commodity, '', market, 'wholesale', unit, 'khr', {{day}}, usual, usual, usual, 'accepted', '', 'list',
    1 + (days.n * 5 + reporters.n) % :people, '2026-01-01'
  FROM numbers days CROSS JOIN numbers reporters CROSS JOIN ({_KEYS}) AS keys
  WHERE days.n < :days AND reporters.n < :reporters""",
    "price": f"""INSERT INTO price (commodity, market, level, grade, unit, currency, observed_on, low, high, usual,
    reporters)
  SELECT commodity, market, 'wholesale', '', unit, 'khr', {{day}}, usual, usual, usual, :reporters
  FROM numbers days CROSS JOIN ({_KEYS}) AS keys WHERE days.n < :days""",
    "latest_price": f"""INSERT INTO latest_price (commodity, market, level, grade, unit, currency, observed_on, low,
    high, usual, reporters, before)
  SELECT commodity, market, 'wholesale', '', unit, 'khr', {{day}}, usual, usual, usual, 1, usual
  FROM numbers days CROSS JOIN ({_KEYS}) AS keys WHERE days.n = 0""",
    "message": """INSERT INTO message (sid, contact_id, channel, at, text, answer, intent, commodity, parts)
  SELECT {random_hex}, 1 + n % :people, 'sms', '2026-01-01', {random_bytes}, {random_bytes}, 'price', 'pig_live', 1
  FROM numbers WHERE n < :messages""",
    "run": """INSERT INTO run (contact_id, channel, body, saved_at, burst_from, burst_count, same_hash, same_count)
  SELECT 1 + n, 'sms', '{empty_run}', '2026-01-01', '2026-01-01', 1, '', 1 FROM numbers WHERE n < :people""",
}
_RUN = '{{"v"\\:1,"at"\\:"home.menu","data"\\:{{}},"memory"\\:{{}},"misses"\\:0,"options"\\:[]}}'
_WORDS = {
    "sqlite": {
        "random_hex": "lower(hex(randomblob(16)))",
        "random_bytes": "randomblob(60)",
        "day": "date(:today, '-' || days.n || ' days')",
        "false": "0",
    },
    "postgresql": {
        "random_hex": "md5(random()::text || n)",
        "random_bytes": "decode(md5(random()::text) || md5(n::text), 'hex')",
        "day": "(CAST(:today AS date) - days.n)",
        "false": "false",
    },
}
_NUMBERS = {
    "sqlite": """CREATE TEMP TABLE numbers AS WITH RECURSIVE up(n) AS
  (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < :last) SELECT n FROM up""",
    "postgresql": "CREATE TEMP TABLE numbers AS SELECT n FROM generate_series(0, :last) AS n",
}


def measure(databases: Databases, folder: Path) -> Measured:
    """The cost of a turn in the large database as a multiple of that in the small one, message by message."""
    silence()
    small, large = (_grown(settings_for(databases.fresh(), folder), size) for size in (SMALL, LARGE))
    took: dict[bool, list[float]] = {False: [], True: []}
    chance, texts = Random(7), messages("price")
    ratios = []
    gc.collect()
    for which in range(WARM + TURNS):
        words, sender = chance.choice(texts), read_address(number(chance.randrange(KNOWN)))
        for is_large in (False, True) if which % 2 else (True, False):
            phsar = large if is_large else small
            begun = time.perf_counter()
            phsar.conversation.turn(Inbound(f"growth-{which}", "sms", sender, words))
            took[is_large].append(time.perf_counter() - begun)
        if which == WARM - 1 or len(took[True]) == BLOCK:
            if which >= WARM:
                ratios.append(statistics.median(took[True]) / statistics.median(took[False]))
            took = {False: [], True: []}
    for phsar in (small, large):
        phsar.engine.dispose()
    name = f"turn with 1,000,000 reports, 300,000 people against 1,000, 300, {databases.kind}"
    return Measured(name, statistics.median(ratios), AT_MOST, "x")


def _grown(settings: Settings, size: Size) -> Phsar:
    engine = make_engine(settings.database_url, patience=300)
    import_markets(engine, Path(demo.__file__).parent / "data" / "demo_markets.csv")
    _fill(engine, size, datetime.now(UTC).astimezone(settings.timezone).date().isoformat())
    phsar = build(settings)
    acquaint(engine, phsar.vault, datetime.now(UTC))
    engine.dispose()
    return phsar


def _fill(engine: Engine, size: Size, today: str) -> None:
    dialect = engine.dialect.name
    tables = [table(model) for model in (Contact, PriceReport, Price, LatestPrice, Message, SavedRun)]
    indexes = [index for filled in tables for index in filled.indexes]
    values = {**{name: getattr(size, name) for name in Size.__slots__}, "today": today}
    values["last"] = max(size.people, size.messages, size.days)
    with engine.connect() as connection:
        _trust(connection, dialect)
        with connection.begin():
            for index in indexes:  # made anew at the end, which is much quicker
                index.drop(connection)
            _run(connection, _NUMBERS[dialect], values)
            for statement in _FILL.values():
                _run(connection, statement.format(**_WORDS[dialect], empty_run=_RUN.format()), values)
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
