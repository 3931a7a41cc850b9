"""The line as its carrier sees it: a little server that hears webhooks, and a simulator to send them.

For tests of the simulator only: the real line is tested with the real application.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from werkzeug.serving import BaseWSGIServer, make_server

from bot.simulator.app import create_simulator
from bot.simulator.server import bind
from bot.simulator.settings import SimulatorSettings

ACCOUNT, TOKEN, LINE = "AC" + "0" * 32, "an invented token", "+85510000000"


@dataclass
class Heard:
    """One webhook: its path, its form and whether its signature was right."""

    path: str
    form: dict[str, str]
    signed: bool


@dataclass
class FakeLine:
    """Keeps what it hears; answers with whatever the test put in `answer`, `document` and `status_code`.

    `document` is asked for the documents of a call, by path and form; `sounds` are the files it serves.
    """

    url: str
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[dict[str, str]], Response] = lambda form: Response("<Response/>")
    document: Callable[[str, dict[str, str]], Response] = lambda path, form: Response("<Response/>")
    sounds: dict[str, bytes] = field(default_factory=dict)
    status_code: Callable[[dict[str, str]], int] = lambda form: 204

    def texts(self) -> list[dict[str, str]]:
        return [one.form for one in self.heard if one.path == "/sms"]

    def statuses(self) -> list[str]:
        return [one.form["MessageStatus"] for one in self.heard if one.path.startswith("/sms/status/")]

    def calls(self) -> list[Heard]:
        """The documents of calls that were asked for."""
        return [one for one in self.heard if one.path.startswith("/voice") and one.path != "/voice/status"]

    def call_statuses(self, path: str = "/voice/status") -> list[str]:
        return [one.form["CallStatus"] for one in self.heard if one.path == path]

    def say(self, **documents: str) -> None:
        """Answer calls by these verbs: `voice` at /voice, `voice_1` at /voice/1 and so on; {url} is the line's own."""

        def answer(path: str, form: dict[str, str]) -> Response:
            verbs = documents[path.strip("/").replace("/", "_")].replace("{url}", self.url)
            return Response(f"<Response>{verbs}</Response>", mimetype="text/xml")

        self.document = answer

    def app(self) -> Flask:
        app = Flask("fake line")
        validator = RequestValidator(TOKEN)

        @app.post("/<path:path>")
        def hear(path: str) -> Response:
            form = request.form.to_dict()
            query = request.query_string.decode()
            url = f"{self.url}/{path}" + (f"?{query}" if query else "")
            signed = validator.validate(url, form, request.headers.get("X-Twilio-Signature", ""))
            self.heard.append(Heard(f"/{path}", form, signed))
            if path.startswith("voice") and not path.startswith("voice/status"):
                return self.document(f"/{path}", form)
            return self.answer(form) if path == "sms" else Response(status=self.status_code(form))

        @app.get("/<path:path>")
        def serve(path: str) -> Response:
            sound = self.sounds.get(f"/{path}")
            return Response(status=404) if sound is None else Response(sound, content_type="audio/wav")

        return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def fake_line() -> Iterator[FakeLine]:
    port = free_port()
    line = FakeLine(f"http://127.0.0.1:{port}")
    with serving(make_server("127.0.0.1", port, line.app(), threaded=True)):
        yield line


@contextlib.contextmanager
def running_simulator(data: Path, public_url: str, answer_within: float = 5.0) -> Iterator[SimulatorSettings]:
    """A simulator on a port of its own, with short pauses; ends with its threads."""
    settings = SimulatorSettings(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        sms_from=LINE,
        api_url=f"http://127.0.0.1:{free_port()}",
        public_url=public_url,
        data=data,
        answer_within=answer_within,
        status_pause=0.02,
        recording_pause=0.3,
        ring_seconds=30,
    )
    app = create_simulator(settings)
    try:
        with serving(bind(app, settings)):
            yield settings
    finally:
        app.extensions["agenda"].stop()
        app.extensions["store"].close()


def until(true: Callable[[], bool], within: float = 5.0) -> None:
    """Wait until something is so; fails after so many seconds."""
    give_up = time.monotonic() + within
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)
