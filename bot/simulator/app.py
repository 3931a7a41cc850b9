"""Puts the simulator together.

The only place where its parts are wired. Starts its threads, and nothing before it is asked to.
"""

from __future__ import annotations

from flask import Flask, Response

from bot.simulator.calls.records import Records
from bot.simulator.calls.rest import create_call_rest
from bot.simulator.calls.switchboard import Switchboard
from bot.simulator.carrier.agenda import Agenda
from bot.simulator.carrier.door import Door
from bot.simulator.carrier.profile import Poster
from bot.simulator.carrier.reports import Reporter
from bot.simulator.carrier.trouble import Channel, Troubles
from bot.simulator.carrier.webhooks import Webhooks
from bot.simulator.messages.line import Line
from bot.simulator.messages.rest import create_rest
from bot.simulator.messages.status import StatusReports
from bot.simulator.pages.call import create_call_page
from bot.simulator.pages.overview import create_overview
from bot.simulator.pages.phone import create_page
from bot.simulator.pages.trouble import create_trouble_rest
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Store

# The page needs nothing but itself, and nobody else's page may frame it.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LARGEST_FORM = 256 * 1024  # bytes; 1,600 characters percent-encoded are far less


def create_simulator(settings: SimulatorSettings) -> Flask:
    """The simulator as a WSGI application, its agenda already running.

    `app.extensions["agenda"]` and `["store"]` are there to be stopped and closed.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    store = Store(settings.data)
    poster = Poster(settings)
    agenda = Agenda()
    troubles = Troubles()
    door = Door(troubles)
    reporter = Reporter(poster, agenda, troubles)
    reports = StatusReports(settings, store, reporter, agenda, troubles)
    records = Records(store)
    documents = Webhooks(poster, troubles, Channel.CALLS)
    switchboard = Switchboard(settings, store, records, reporter, documents, agenda, troubles)
    line = Line(settings, store, Webhooks(poster, troubles, Channel.SMS), reports)
    app.register_blueprint(create_rest(settings, store, reports, door))
    app.register_blueprint(create_call_rest(settings, store, records, switchboard, door))
    app.register_blueprint(create_page(settings, store, line, switchboard, troubles))
    app.register_blueprint(create_call_page(store, switchboard, poster))
    app.register_blueprint(create_overview(settings, store, troubles))
    app.register_blueprint(create_trouble_rest(troubles))
    app.extensions["store"] = store
    app.extensions["agenda"] = agenda

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if response.mimetype in ("text/html", "application/json"):
            response.headers["Cache-Control"] = "no-store"
        return response

    reports.start()
    switchboard.start()
    agenda.start()
    return app
