"""A carrier that answers as a test wants: for everything the simulator, which is a good carrier, never does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

Answer = Callable[[dict[str, str], int], Response | None]


@dataclass
class FakeCarrier:
    """Keeps what it is given. `answer` gets the form and the number of the message or call, from 1.

    `hears` answers a request for a recording by its name; `asked` has each with the user it came from.
    """

    url: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    dialled: list[dict[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    answer: Answer = lambda form, number: None
    rings: Answer = lambda form, number: None
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

        @app.post("/2010-04-01/Accounts/<account>/Messages.json")
        def create(account: str) -> tuple[Response, int]:
            return taken(request.form.to_dict(), self.calls, self.answer, "SM")

        @app.post("/2010-04-01/Accounts/<account>/Calls.json")
        def dial(account: str) -> tuple[Response, int]:
            return taken(request.form.to_dict(), self.dialled, self.rings, "CA")

        @app.route("/2010-04-01/Accounts/<account>/Recordings/<name>", methods=["GET", "DELETE"])
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


def refusal(status: int, code: int) -> Response:
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
