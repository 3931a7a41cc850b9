"""Puts the simulator together.

The only place where its parts are wired. Starts its status reports, and nothing before it is asked to.
"""

from __future__ import annotations

from flask import Flask, Response

from bot.simulator.carrier import Poster
from bot.simulator.line import Line
from bot.simulator.page import create_page
from bot.simulator.rest import create_rest
from bot.simulator.settings import SimulatorSettings
from bot.simulator.status import StatusReports
from bot.simulator.store import Store

# The page needs nothing but itself, and nobody else's page may frame it.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LARGEST_FORM = 256 * 1024  # bytes; 1,600 characters percent-encoded are far less


def create_simulator(settings: SimulatorSettings) -> Flask:
    """The simulator as a WSGI application, its status reports already running.

    `app.extensions["status_reports"]` and `["store"]` are there to be stopped and closed.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    store = Store(settings.data)
    poster = Poster(settings)
    reports = StatusReports(settings, store, poster)
    app.register_blueprint(create_rest(settings, store, reports))
    app.register_blueprint(create_page(settings, store, Line(settings, store, poster, reports)))
    app.extensions["store"] = store
    app.extensions["status_reports"] = reports

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if response.mimetype in ("text/html", "application/json"):
            response.headers["Cache-Control"] = "no-store"
        return response

    reports.start()
    return app
