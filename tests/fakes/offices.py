"""The pages of officials on a village: somebody of an office with a link, who reads and sends forms."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from bot.db import table
from bot.issues.models import Issue, Official
from bot.issues.office import pending
from bot.issues.office.links import Links
from bot.issues.office.views import office_pages
from bot.language.words.lexicon import Lexicon
from bot.web.layout import page_frame
from tests.fakes.issues import Village

LINKS = Links("a secret for tests only", "https://phsar.example.org")


def office_app(place: Village) -> Flask:
    """The pages, on the village's clock."""
    app = Flask("bot", static_folder=None)
    app.register_blueprint(page_frame())
    app.register_blueprint(office_pages(place.engine, place.deps, Lexicon.load(), LINKS, lambda: place.now))
    return app


@dataclass
class Chief:
    """Somebody of an office, and their link."""

    place: Village
    client: FlaskClient
    official: int
    contact: int
    path: str
    office: int

    @classmethod
    def of(cls, place: Village, office: str) -> Chief:
        """A confirmed official of an office."""
        official, contact = place.official(office)
        path = LINKS.to(official, 0, place.now).removeprefix("https://phsar.example.org")
        return cls(place, office_app(place).test_client(), official, contact, path, place.offices[office])

    @property
    def token(self) -> str:
        """What is secret of the link."""
        return self.path.removeprefix("/o/")

    def get(self, more: str = "", query: str = "lang=en") -> TestResponse:
        """A page."""
        return self.client.get(f"{self.path}{more}?{query}")

    def read(self, more: str = "", query: str = "lang=en") -> str:
        """What is read of a page."""
        answer = self.get(more, query)
        assert answer.status_code == 200
        return seen(answer)

    def listed(self, query: str = "") -> list[str]:
        """The codes in a list, in its order."""
        answer = self.get(query=f"lang=en&{query}")
        assert answer.status_code == 200
        return re.findall(r'<h2><a href="/o/[^/"]+/(\d{7})', answer.text)

    def send(self, issue: int, action: str, **form: str) -> TestResponse:
        """A form; what it makes wait is let go at once."""
        answer = self.propose(issue, action, **form)
        with self.place.turn() as connection:
            goes_on = self.place.issue(issue).merged_into or issue
            for one in pending.of_issue(connection, self.place.vault, goes_on, self.office):
                pending.let_go(connection, self.place.deps, one.id, self.place.now)
        return answer

    def propose(self, issue: int, action: str, **form: str) -> TestResponse:
        """A form, whose words wait to go out."""
        return self.client.post(f"{self.path}/{self.code(issue)}/{action}?lang=en", data=form)

    def sends(self, issue: int, action: str, **form: str) -> str:
        """What the page says that follows a form that was taken."""
        answer = self.send(issue, action, **form)
        assert answer.status_code == 303
        return seen(self.client.get(answer.headers["Location"]))

    def code(self, issue: int) -> str:
        """The number of an issue."""
        return str(self.place.issue(issue).code)

    def set(self, **values: object) -> None:
        """Change their row."""
        with self.place.turn() as connection:
            connection.execute(update(table(Official)).where(Official.id == self.official).values(values))

    def alter(self, issue: int, **values: object) -> None:
        """Change an issue's row."""
        with self.place.turn() as connection:
            connection.execute(update(table(Issue)).where(Issue.id == issue).values(values))


def seen(answer: TestResponse) -> str:
    """What is read of a page, without its head."""
    text = re.sub(r"<[^>]+>", " ", answer.text.partition('<main id="content">')[2])
    return re.sub(r"\s+", " ", html.unescape(text)).replace("\N{NO-BREAK SPACE}", " ")
