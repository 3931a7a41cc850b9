"""A reader of the simulator's page without a screen: fetches it and presses its buttons over HTTP."""

from __future__ import annotations

import html
from pathlib import Path

import requests

from bot.simulator.settings import SimulatorSettings

FARMER = "+85512000001"
ROOT = Path(__file__).parents[2]


class Browser:
    """What a person at the page can do, without a script running."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.url = settings.api_url
        self.session = requests.Session()
        self.session.trust_env = False

    def see(self, path: str = "/?phone=1") -> str:
        answer = self.session.get(self.url + path, timeout=10)
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def do(self, path: str, **form: str) -> str:
        answer = self.session.post(self.url + path, data=form, timeout=10)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def text(self, body: str, phone: int = 1) -> str:
        return self.do(f"/phones/{phone}/messages", body=body)
