"""The public pages of issues over issues that lie in the tables, without anything else of the line."""

from __future__ import annotations

import html
import re
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from bot.issues.board.open311 import Endpoint, open311
from bot.issues.board.views import issue_pages
from bot.language.words.lexicon import Lexicon
from bot.web.layout import page_frame
from tests.fakes.raised import NOW, Raised

ZONE = ZoneInfo("Asia/Phnom_Penh")


class World:
    """Issues, and the pages that show them."""

    def __init__(self, raised: Raised, client: FlaskClient):
        self.raised = raised
        self.client = client

    def html(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, address
        return response.text

    def read(self, address: str = "/issues?lang=en") -> str:
        """What a reader sees and hears of a page."""
        return words(self.html(address))

    def listed(self, address: str) -> list[str]:
        """The numbers of the problems in the list of a board, in its order."""
        return re.findall(r'<h3><a href="/issues/(\d{7})', self.html(address))


def words(page: str) -> str:
    """What is read of a page, without its head and foot of links."""
    text = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    return re.sub(r"\s+", " ", html.unescape(text)).replace("\N{NO-BREAK SPACE}", " ")


def app_on(raised: Raised, lexicon: Lexicon) -> Flask:
    """The pages and the interface for programs."""
    app = Flask("bot", static_folder=None)
    app.register_blueprint(page_frame())
    reads = (raised.engine, raised.vault, lexicon, ZONE)
    app.register_blueprint(issue_pages(*reads, "+85510000000", lambda: NOW))
    endpoint = Endpoint("https://phsar.example.org", "+85510000000", test=True)
    app.register_blueprint(open311(*reads, endpoint, lambda: NOW))
    return app


def pages_on(raised: Raised, lexicon: Lexicon) -> FlaskClient:
    """A reader and a program at once."""
    return app_on(raised, lexicon).test_client()
