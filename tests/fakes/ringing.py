"""A telephone that rings the line by voice: fetches documents as a carrier does and presses keys.

Each document is checked against what both carriers can run before a test looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree import ElementTree

from sqlalchemy import insert

from bot.app import create_app
from bot.config import load_settings
from bot.db import table, writing
from bot.language.saying.script import Script
from bot.messages.calls.models import Call as Placed
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment, Said

RUNS = {"Play", "Say", "Gather", "Record", "Dial", "Redirect", "Reject", "Hangup"}
SAYS = "Azure.km-KH-PisethNeural"
KHMER = frozenset({("km-KH", SAYS)})
ENGLISH = frozenset({("en-US", "")})
MENU = "Prices, press one Problems, press two Settings, press six Leave a message, press seven"
HOME_MENU = f"Hello from Phsar. {MENU}"
HEARD_AT = "http://127.0.0.1:9/2010-04-01/Accounts/AC1/Recordings/"


@dataclass(frozen=True)
class Document:
    """A voice document: what is heard, and where the call goes on."""

    body: str
    said: tuple[str, ...]  # what the carrier's voice says
    plays: tuple[str, ...]  # names of sounds, without the hash
    voices: frozenset[tuple[str, str]]  # the languages and voices of what is said
    goes: str  # the path of the next fetch; empty when the call ends
    waits: Mapping[str, str] = field(default_factory=dict)  # attributes of Gather or Record
    asks: str = ""  # Gather, Record, Hangup or Reject

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(self.said)

    @property
    def step(self) -> int:
        """The number of the next fetch."""
        return int(self.goes.rpartition("/")[2])


def read(answer: Said, public_url: str) -> Document:
    """The document of an answer; fails for one that a carrier could not run to its end."""
    assert answer.status == 200, (answer.status, answer.body)
    root = ElementTree.fromstring(answer.body)
    assert root.tag == "Response"
    verbs = list(root)
    everything = [verb for verb in root.iter() if verb is not root]
    assert {verb.tag for verb in everything} <= RUNS, answer.body
    for verb in everything:
        assert verb.tag == "Gather" or not list(verb)
        if verb.tag == "Gather":
            assert {inner.tag for inner in verb} <= {"Play", "Say"}
        for url in (verb.get("action"), verb.text if verb.tag in ("Play", "Redirect") else None):
            assert url is None or url.startswith(public_url + "/"), answer.body
    last = verbs[-1]
    goes, asks, waits = "", last.tag, {}
    if last.tag == "Redirect":
        # What asks something is followed by the way on when nothing is answered.
        asking = verbs[-2]
        asks, waits = asking.tag, dict(asking.attrib)
        assert asks in ("Gather", "Record")
        assert asking.get("action") == last.text
        assert (asking.get("method"), last.get("method")) == ("POST", "POST")
        assert asks == "Record" or asking.get("actionOnEmptyResult") == "true"
        goes = urlsplit(str(last.text)).path
    else:
        assert last.tag in ("Hangup", "Reject")
    said = tuple(verb.text or "" for verb in everything if verb.tag == "Say")
    assert all(text.strip() for text in said)
    plays = tuple(_sound(verb.text or "") for verb in everything if verb.tag == "Play")
    voices = frozenset((verb.get("language", ""), verb.get("voice", "")) for verb in everything if verb.tag == "Say")
    return Document(answer.body, said, plays, voices, goes, waits, asks)


def _sound(url: str) -> str:
    """The name of a sound, without the hash of its content."""
    return url.rpartition("/")[2].rsplit(".", 2)[0]


@dataclass
class Call:
    """A call that somebody makes to the line; `back`: we rang them, so that it is sure whose number it is."""

    line: Deployment
    number: str
    sid: str = field(default_factory=lambda: f"CA{uuid4().hex}")
    back: bool = False
    now: Document = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.fetch(f"/voice/back/{self._placed()}" if self.back else "/voice")

    def _placed(self) -> int:
        """The row of a call that we have just placed."""
        values = {"direction": "back", "purpose": "answer", "state": "dialling", "rings_as": "", "about": "", "step": 0}
        values |= {"opens": "", "data": "", "attempts": 1, "minutes": 1, "error": "", "created_at": self.line.time.now}
        values |= {"changed_at": self.line.time.now, "contact_id": self.line.contact(self.number)}
        with writing(self.line.engine) as connection:
            return int(connection.execute(insert(table(Placed)).values(values).returning(Placed.id)).scalar_one())

    def post(self, path: str, **form: str) -> Said:
        """A fetch of this call, as it is answered."""
        about = {"CallSid": self.sid, "From": self.number, "To": "+85510000000", "Direction": "inbound"}
        if self.back:
            about |= {"From": "+85510000000", "To": self.number, "Direction": "outbound-api"}
        return self.line.post(path, {**about, **form})

    def fetch(self, path: str, **form: str) -> Document:
        """A fetch of this call; the call stays where it is."""
        document = read(self.post(path, **form), self.line.settings.public_url)
        begins = path == "/voice" or path.startswith("/voice/back/")
        assert not document.goes or begins or document.step <= int(path.rpartition("/")[2]) + 1
        return document

    def press(self, *keys: str) -> Document:
        """Press keys, one answer after the other; an empty one lets the time pass."""
        for answer in keys:
            assert self.now.goes, "the call is over"
            step = self.now.step
            self.now = self.fetch(self.now.goes, **({"Digits": answer} if answer else {}))
            assert not self.now.goes or self.now.step == step + 1
        return self.now

    def send(self, **form: str) -> Document:
        """Answer a step with something else than keys."""
        self.now = self.fetch(self.now.goes, **form)
        return self.now

    def row(self) -> Any:
        """How the line keeps this call."""
        (row,) = self.line.rows("SELECT * FROM call WHERE sid = :sid", sid=self.sid)
        return row

    def messages(self) -> list[tuple[str, str, str]]:
        """Sid, intent and commodity of each step that was kept."""
        rows = self.line.rows(
            "SELECT sid, intent, commodity FROM message WHERE sid LIKE :s ORDER BY id", s=f"{self.sid}/%"
        )
        return [tuple(row) for row in rows]

    def script(self, step: int) -> Script:
        """What the line keeps of its answer to a step."""
        sealed = self.line.one("SELECT answer FROM message WHERE sid = :sid", sid=f"{self.sid}/{step}")
        return Script.load(self.line.vault.open(sealed))


def ring(line: Deployment, *keys: str, back: bool = False, **about: Any) -> Call:
    """A call of an English speaker in Kampong Cham, as far as these keys lead."""
    call = Call(line, line.phone(**{"place": "0305", "language": "en", **about}), back=back)
    call.press(*keys)
    return call


def texts(line: Deployment, number: str) -> list[str]:
    """What lies in the outbox for a number, oldest first."""
    rows = line.rows("SELECT text FROM outbox WHERE contact_id = :id ORDER BY id", id=line.contact(number))
    return [line.vault.open(row.text) for row in rows]


@contextmanager
def also(line: Deployment, serve: Any, folder: Path, **environ: str) -> Iterator[Deployment]:
    """The same database and clock behind a web process with other settings."""
    given = {"DATABASE_URL": line.settings.database_url, "REDIS_URL": line.settings.redis_url}
    said_by = {"say_voice": environ.pop("SAY_VOICE", "")}  # a voice of a carrier to come: none is known yet
    settings = replace(load_settings({**ENVIRON, **given, **environ}, folder), **said_by)
    app = create_app(settings, line.time)
    try:
        yield replace(line, settings=settings, app=app, url=serve(app))
    finally:
        app.extensions["phsar"].engine.dispose()
        app.extensions["phsar"].redis.close()
