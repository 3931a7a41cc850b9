"""A carrier that answers as a test wants: for everything the simulator, which is a good carrier, never does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

ACCOUNT = "/2010-04-01/Accounts/<account>"
Answer = Callable[[dict[str, str], int], Response | None]


@dataclass
class Kept:
    """A message the carrier took."""

    sid: str
    form: dict[str, str]
    at: datetime
    status: str = "queued"
    error: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            **{name.lower(): self.form[name] for name in ("To", "From", "Body")},
            "status": self.status,
            "error_code": self.error,
            "date_created": format_datetime(self.at),
        }


@dataclass
class FakeCarrier:
    """Keeps what it is given. `answer` gets the form and the number of the message or call, from 1.

    What `answer` refuses was not taken; what `after` answers in the carrier's place, or is slow about, was. `taken`
    are the messages of the carrier's own list, which `lists` may answer instead; `now` is its clock.
    `hears` answers a request for a recording by its name; `asked` has each with the user it came from.
    """

    url: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    dialled: list[dict[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    answer: Answer = lambda form, number: None
    rings: Answer = lambda form, number: None
    after: Answer = lambda form, number: None
    lists: Callable[[], Response | None] = lambda: None
    taken: list[Kept] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    hears: Callable[[str, str], Response] = lambda method, name: Response(status=404)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("fake carrier")

        def taken(form: dict[str, str], kept: list[dict[str, str]], says: Answer, kind: str) -> tuple[Response, int]:
            with self._lock:
                kept.append(form)
                number = len(kept)
            if (refused := says(form, number)) is not None:
                return refused, refused.status_code
            return jsonify(sid=f"{kind}{number:032d}", status="queued"), 201

        @app.post(f"{ACCOUNT}/Messages.json")
        def create(account: str) -> tuple[Response, int]:
            form = request.form.to_dict()
            with self._lock:
                self.calls.append(form)
                number = len(self.calls)
            if (refused := self.answer(form, number)) is not None:
                return refused, refused.status_code
            kept = Kept(f"SM{number:032d}", form, self.now())
            with self._lock:
                self.taken.append(kept)
            if (instead := self.after(form, number)) is not None:
                return instead, instead.status_code
            return jsonify(kept.as_json()), 201

        @app.get(f"{ACCOUNT}/Messages.json")
        def index(account: str) -> Response:
            if (instead := self.lists()) is not None:
                return instead
            # Like Somleng: filters are taken and ignored, newest first, and pages are small.
            page, size = int(request.args.get("Page", 0)), min(int(request.args.get("PageSize", 50)), 20)
            newest = self.taken[::-1][page * size :]
            more = f"{request.path}?Page={page + 1}&PageSize={size}" if len(newest) > size else None
            return jsonify(messages=[kept.as_json() for kept in newest[:size]], next_page_uri=more)

        @app.get(f"{ACCOUNT}/Messages/<sid>.json")
        def message(account: str, sid: str) -> Response:
            with self._lock:
                self.asked.append(("GET", sid, None))
            found = [kept for kept in self.taken if kept.sid == sid]
            return jsonify(found[0].as_json()) if found else refusal(404, 20404)

        @app.post(f"{ACCOUNT}/Calls.json")
        def dial(account: str) -> tuple[Response, int]:
            return taken(request.form.to_dict(), self.dialled, self.rings, "CA")

        @app.route(f"{ACCOUNT}/Recordings/<name>", methods=["GET", "DELETE"])
        @app.route("/elsewhere/<name>", methods=["GET", "DELETE"])
        def recording(name: str, account: str = "") -> Response:
            user = request.authorization.username if request.authorization else None
            with self._lock:
                self.asked.append((request.method, request.path, user))
            return self.hears(request.method, name)

        return app

    def recording(self, name: str, account: str = "AC00000000000000000000000000000001") -> str:
        """The address of a recording, as a webhook tells it."""
        return f"{self.url}/2010-04-01/Accounts/{account}/Recordings/{name}"


def refusal(status: int, code: int | str) -> Response:
    """How Twilio says no."""
    response: Response = jsonify(code=code, message="no", status=status)
    response.status_code = status
    return response


@contextlib.contextmanager
def fake_carrier() -> Iterator[FakeCarrier]:
    """Serve a carrier until the end."""
    carrier = FakeCarrier()
    server = make_server("127.0.0.1", 0, carrier.app(), threaded=True)
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
