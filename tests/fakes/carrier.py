"""A carrier that answers as a test wants: for everything the simulator, which is a good carrier, never does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server


@dataclass
class FakeCarrier:
    """Keeps what it is given. `answer` gets the form and the number of the call, from 1."""

    url: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[dict[str, str], int], Response | None] = lambda form, number: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("fake carrier")

        @app.post("/2010-04-01/Accounts/<account>/Messages.json")
        def create(account: str) -> tuple[Response, int] | Response:
            form = request.form.to_dict()
            with self._lock:
                self.calls.append(form)
                number = len(self.calls)
            if (refused := self.answer(form, number)) is not None:
                return refused
            return jsonify(sid=f"SM{number:032d}", status="queued"), 201

        return app


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
