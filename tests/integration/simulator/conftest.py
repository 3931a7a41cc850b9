"""What the simulator's tests stand on: a line that answers as the test says, the simulator beside it, its users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.simulator.settings import SimulatorSettings
from tests.fakes.browser import Browser
from tests.fakes.line import ACCOUNT, TOKEN, FakeLine, fake_line, running_simulator


@pytest.fixture
def line() -> Iterator[FakeLine]:
    with fake_line() as line:
        yield line


@pytest.fixture
def simulator(line: FakeLine, tmp_path: Path) -> Iterator[SimulatorSettings]:
    with running_simulator(tmp_path / "simulator.sqlite", line.url) as settings:
        yield settings


@pytest.fixture
def browser(simulator: SimulatorSettings) -> Iterator[Browser]:
    browser = Browser(simulator)
    yield browser
    browser.session.close()


@pytest.fixture
def client(simulator: SimulatorSettings) -> Client:
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = simulator.api_url
    return client
