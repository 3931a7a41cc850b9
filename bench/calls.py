"""The line by voice: what a key costs beside a text, and how long callers wait when a hundred are on the line.

Both over HTTP against the Procfile's own server. All clips are recorded: the documents are as long as they get.
"""

from __future__ import annotations

import math
import statistics
from pathlib import Path

from bench import pace
from bench.callers import acquaint_callers, documents, goes_on, prices_told, quoted_codes, recorded, wandering
from bench.environment import Databases, serving, settings_for
from bench.load import Client
from bench.result import Measured
from bench.sizes import Sizes
from bench.turns import populate, requests

WARM = 3  # rounds that do not count
AT_MOST = 1.2
WAIT_AT_MOST = 150.0  # milliseconds, for 99 of 100 documents
PATIENCE = 15.0  # seconds; a carrier gives up then


def measure(databases: Databases, client: Client, folder: Path, sizes: Sizes) -> list[Measured]:
    """Cost and wait on one kind of database."""
    return [_cost(databases, client, folder, sizes), *_waits(databases, client, folder, sizes)]


def _cost(databases: Databases, client: Client, folder: Path, sizes: Sizes) -> Measured:
    """A key in a call that goes on (prices, commodity) as a multiple of a price question by SMS; the ring is apart.

    One server and one database for both, turn and turn about, so that what else the machine does falls on both.
    """
    settings, calls_a_round, rounds = settings_for(databases.fresh(), folder), sizes.calls, WARM + sizes.call_rounds
    populate(settings)
    acquaint_callers(settings, rounds * calls_a_round)
    wares, ratios = quoted_codes(settings), []
    with serving("wsgi:door", recorded(settings, folder), folder) as server:
        for turn in range(rounds):
            ringing = range(turn * calls_a_round, (turn + 1) * calls_a_round)
            calls = [documents(settings, which, ("1", wares[which % len(wares)])) for which in ringing]
            texts = requests(settings, 2 * calls_a_round, 1 + turn)

            def by_text(texts: list[bytes] = texts) -> float:
                return _played(client, server.port, texts)

            def by_key(calls: list[list[bytes]] = calls) -> float:
                _ring, *keys = (
                    _played(client, server.port, list(step), goes_on(number))
                    for number, step in enumerate(zip(*calls, strict=True))
                )
                return sum(keys)

            if turn % 2:
                text, key = by_text(), by_key()
            else:
                key, text = by_key(), by_text()
            if turn >= WARM:
                ratios.append(key / text)
    if prices_told(settings) != rounds * calls_a_round:
        raise SystemExit("not every caller heard a price: what was measured is not the service")
    name = f"a key in a call already begun against an SMS, {databases.kind}"
    return Measured(name, statistics.median(ratios), AT_MOST, "x")


def _waits(databases: Databases, client: Client, folder: Path, sizes: Sizes) -> list[Measured]:
    """What callers wait for a document, from the key to the last byte, and how many documents did not come."""
    settings = settings_for(databases.fresh(), folder)
    populate(settings)
    acquaint_callers(settings, sizes.calls_at_once)
    at_once, every = sizes.calls_at_once, sizes.key_every
    wares, keys = quoted_codes(settings), round(sizes.call_lasts / every)
    calls = [
        [
            pace.Fetch(which * every / at_once + step * every, request, goes_on(step))
            for step, request in enumerate(documents(settings, which, wandering(wares, which, keys)))
        ]
        for which in range(at_once)
    ]
    with serving("wsgi:door", recorded(settings, folder), folder, alone=False) as server:
        for warm in range(WARM):
            _played(client, server.port, requests(settings, 2 * sizes.calls, warm))
        played = client.run(sizes.call_lasts + 2 * PATIENCE, pace.play, server.port, calls, PATIENCE)
    if not played.failed and prices_told(settings) < at_once * keys / 4:
        raise SystemExit("callers heard few prices: what was measured is not the service")
    name = f"{at_once} calls, a key every {every:g} s"
    waits = sorted(played.waits) or [math.inf]
    return [
        Measured(f"{name}, 99th percentile, {databases.kind}", _share(waits, 0.99) * 1000, WAIT_AT_MOST, "ms"),
        Measured(f"{name}, documents that did not come, {databases.kind}", played.failed, 0),
    ]


def _share(ordered: list[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]


def _played(client: Client, port: int, batch: list[bytes], shows: bytes | None = None) -> float:
    """Seconds a batch took; ends the benchmarks when one was not answered as it should be."""
    played = client.play(port, batch) if shows is None else client.play(port, batch, shows)
    if played.failed:
        raise SystemExit(f"{played.failed} requests were not answered: what was measured is not the service")
    return played.seconds
