"""Serves the simulator on its own address.

A thread for each request, since a text waits for the line's answer. Logs no request: addresses may
carry numbers.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.simulator.settings import SimulatorSettings


class _Handler(WSGIRequestHandler):
    timeout = 30  # seconds a silent connection may hold its thread

    def log_request(self, *_: Any) -> None:
        pass


def bind(app: Flask, settings: SimulatorSettings) -> BaseWSGIServer:
    """A server that holds the simulator's address but does not serve yet; raises OSError when taken."""
    return make_server(settings.host, settings.port, app, threaded=True, request_handler=_Handler)
