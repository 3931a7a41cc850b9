"""Asking a worker for something while Redis is ill: whoever waits on the line does not notice."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from bot.app import connect_redis
from bot.messages import jobs
from bot.messages.calls import sending as call_sending


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_redis_that_hangs_is_waited_for_once(hanging: str, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = connect_redis(hanging)
    assert not jobs.wake(redis)
    begun = time.monotonic()
    for _ in range(10):
        assert not jobs.wake(redis)
        assert not call_sending.wake_calls(redis)
        assert not call_sending.wake_recordings(redis)
    assert time.monotonic() - begun < 0.2
    monkeypatch.setattr(jobs, "AWAY_FOR", 0.0)
    other = connect_redis(hanging)
    assert not jobs.wake(other)  # another client knows nothing of it
    assert time.monotonic() - begun > 1.0
    redis.close()
    other.close()


def test_a_redis_that_is_back_is_asked_again(redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AWAY_FOR", 0.1)
    away = Redis.from_url("redis://127.0.0.1:9/0")
    assert not jobs.wake(away)
    away.connection_pool = redis.connection_pool
    assert not jobs.wake(away)
    time.sleep(0.15)
    assert jobs.wake(away)
    assert jobs.queue_of(redis).count == 1
