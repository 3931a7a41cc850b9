"""What processes keep in memory of prices: markets, commodities, the lexicon that knows the markets' names.

Owns when it is read anew: a process looks every few seconds whether the counter in SQL was raised, so that an
import made elsewhere is understood everywhere within half a minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from bot.db import reading, table
from bot.language.intents.learned.released import released
from bot.language.intents.learned.scorer import Scorer
from bot.language.words.lexicon import Lexicon, MarketName
from bot.prices.models import Change, Commodity, Market
from bot.prices.reference import neighbours
from bot.teaching import service as teaching

LOOK_EVERY = 10.0  # seconds
MOST_ORDERS = 512  # places for which the order of markets is kept at a time


@dataclass(frozen=True, slots=True)
class Good:
    """A commodity's rules: usual unit, plausible range in riel per that unit, how fast its price ages."""

    unit: str
    low: int
    high: int
    perishable: bool
    rank: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a market is, and whether it is quoted when nothing nearer is known."""

    place: str
    reference: bool


@dataclass(frozen=True, slots=True)
class Known:
    """One consistent look at the reference data. Shared by threads, never changed."""

    version: int
    lexicon: Lexicon
    scorer: Scorer | None = None  # what weighs messages; None: only what is certain is understood
    taught: teaching.Version = teaching.NOTHING
    markets: Mapping[str, Place] = field(default_factory=dict)
    goods: Mapping[str, Good] = field(default_factory=dict)
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict)  # filled as places are asked for

    def nearest(self, place: str) -> tuple[str, ...]:
        """All market ids, nearest first: same commune, district, province, provinces next door, reference."""
        if (order := self._near.get(place)) is None:
            doors = neighbours().get(place[:2], ())
            distance = {code: rank for rank, code in enumerate(doors)}

            def far(id: str) -> tuple[int, int, bool, str]:
                market = self.markets[id]
                shared = _shared(place, market.place)
                return (-shared, distance.get(market.place[:2], 99), not market.reference, id)

            if len(self._near) >= MOST_ORDERS:
                self._near.clear()
            order = self._near[place] = tuple(sorted(self.markets, key=far))
        return order

    def inside(self, market: str, place: str) -> bool:
        """Whether a market lies in a place."""
        return market in self.markets and self.markets[market].place.startswith(place)


def _shared(one: str, other: str) -> int:
    """How many levels (province, district, commune, village) two codes share."""
    level = 0
    while level < 4 and one[: 2 * level + 2] == other[: 2 * level + 2] and len(one) >= 2 * level + 2:
        level += 1
    return level


def _scorer(connection: Connection, taught: teaching.Version, known: Known | None) -> Scorer | None:
    """The newest weights that were adopted, else those of the release; not loaded again where they are the same."""
    if known is not None and known.taught.weights == taught.weights:
        return known.scorer
    return (teaching.scorer(connection, taught.weights) if taught.weights else None) or released()


class Knowledge:
    """Holds the newest Known and looks for a newer one now and then."""

    def __init__(self, engine: Engine, lexicon: Lexicon, monotonic: Callable[[], float] = time.monotonic):
        self._engine = engine
        self._lexicon = lexicon
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._looked = 0.0

    def lexicon_or_bare(self) -> Lexicon:
        """The lexicon with the markets' names; without them while there is no database."""
        return self.known_or_bare().lexicon

    def known_or_bare(self) -> Known:
        """What is known; without markets and without what was taught while there is no database."""
        try:
            return self.now()
        except SQLAlchemyError:
            return Known(0, self._lexicon, released())

    def now(self) -> Known:
        """The reference data, at most LOOK_EVERY seconds behind. Raises the database's error at the start."""
        known = self._known
        if known is not None and self._monotonic() - self._looked < LOOK_EVERY:
            return known
        if known is not None and self._lock.locked():
            return known  # another thread is looking
        with self._lock:
            if self._known is None or self._monotonic() - self._looked >= LOOK_EVERY:
                self._known = self._newest(self._known)
                self._looked = self._monotonic()
            return self._known

    def _newest(self, known: Known | None) -> Known:
        with reading(self._engine) as connection:
            version = connection.execute(select(Change.version).where(Change.subject == "markets")).scalar_one_or_none()
            taught = teaching.version(connection)
            if known is not None and (known.version, known.taught) == (version or 0, taught):
                return known
            return self._load(connection, version or 0, taught, known)

    def _load(self, connection: Connection, version: int, taught: teaching.Version, known: Known | None) -> Known:
        markets = connection.execute(select(table(Market))).all()
        names = [MarketName(row.id, row.name_km, row.name_en, row.place) for row in markets]
        goods = {
            row.id: Good(row.unit, row.low, row.high, row.perishable, row.rank)
            for row in connection.execute(select(table(Commodity)))
        }
        return Known(
            version=version,
            lexicon=self._lexicon.with_markets(names, teaching.spellings(connection)),
            scorer=_scorer(connection, taught, known),
            taught=taught,
            markets={row.id: Place(row.place, row.reference) for row in markets},
            goods=goods,
        )
