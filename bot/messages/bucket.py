"""The pace of a channel: a token bucket in Redis that all workers share, each its own while Redis is away.

Slots are handed out ahead of time, a number at once: a worker asks once for many messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

TRUSTS_AGAIN = 5.0  # seconds for which a Redis that failed is not asked
# The next free slot is kept in microseconds of the server's own clock. Returns how many slots fit, and the
# microseconds until the first.
TAKE = """
local told = redis.call('TIME')
local now = told[1] * 1000000 + told[2]
local gap, count, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local fit = math.min(count, math.floor((now + most - free) / gap) + 1)
if fit < 1 then return {0, 0} end
redis.call('SET', KEYS[1], string.format('%.0f', free + fit * gap), 'EX', 600)
return {fit, free - now}
"""
RETURN = """
local free = redis.call('GET', KEYS[1])
if free then redis.call('SET', KEYS[1], string.format('%.0f', free - ARGV[1]), 'EX', 600) end
"""


@dataclass(frozen=True, slots=True)
class Slots:
    """When one may begin: `count` times, the first `wait` seconds from now, then one every `gap` seconds."""

    count: int
    wait: float
    gap: float


class Bucket:
    """The slots of one channel, `per_second` of them. Never raises."""

    def __init__(self, redis: Redis, channel: str, per_second: float, monotonic: Callable[[], float] = time.monotonic):
        self._redis = redis
        self._key = f"phsar:pace:{channel}"
        self.per_second = per_second
        self._gap = 1 / per_second
        self._monotonic = monotonic
        self._free = 0.0  # our own pace
        self._asks_after = 0.0

    def take(self, count: int, most: float) -> Slots:
        """Up to `count` slots that begin within `most` seconds."""
        if self._monotonic() >= self._asks_after:
            try:
                gap = max(1, int(self._gap * 1e6))
                fit, wait = self._redis.eval(TAKE, 1, self._key, gap, count, int(max(most, 0.0) * 1e6))
                return Slots(int(fit), int(wait) / 1e6, self._gap)
            except RedisError as error:
                self._asks_after = self._monotonic() + TRUSTS_AGAIN
                log.warning("pace without redis", error=type(error).__name__)
        now = self._monotonic()
        free = max(self._free, now)
        fit = max(0, min(count, int((now + most - free) / self._gap) + 1)) if most >= free - now else 0
        self._free = free + fit * self._gap
        return Slots(fit, free - now, self._gap)

    def give_back(self, count: int) -> None:
        """Slots that were not needed after all."""
        if self._monotonic() < self._asks_after:
            self._free -= count * self._gap
            return
        try:
            self._redis.eval(RETURN, 1, self._key, count * max(1, int(self._gap * 1e6)))
        except RedisError:
            self._asks_after = self._monotonic() + TRUSTS_AGAIN
