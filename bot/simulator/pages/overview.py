"""The page of all phones: what arrives anywhere, what trouble the carrier is in, and the panel that makes it.

Owns the addresses under /overview. The words stand in the templates, in Khmer and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.simulator.carrier.trouble import (
    CODES,
    WAITS,
    Channel,
    Trouble,
    TroubleError,
    TroubleKind,
    Troubles,
    read_trouble,
)
from bot.simulator.pages.arrivals import Page, arrivals
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Store
from bot.web.origin import refuse_strangers

_FIELDS = ("trouble", "channel", "phone", "amount", "measure", "seconds", "seed")


def create_overview(settings: SimulatorSettings, store: Store, troubles: Troubles) -> Blueprint:
    """The blueprint of the overview over one store and the carrier's troubles."""
    page = Blueprint("overview", __name__, url_prefix="/overview")
    page.before_request(refuse_strangers)

    def listed() -> Page:
        try:
            return arrivals(store, request.args.get("after", ""))
        except ValueError:
            abort(404)

    def troubled() -> list[object]:
        return [standing for standing in troubles.now() if standing.on]

    @page.get("")
    def show() -> str:
        return render_template(
            "overview.html",
            settings=settings,
            page=listed(),
            after=request.args.get("after", ""),
            troubles=troubled(),
            fault=_fault(troubles),
            given=request.args,
            kinds=list(TroubleKind),
            channels=list(Channel),
            codes=CODES,
            waits=WAITS,
        )

    @page.get("/live")
    def live() -> str:
        """What changes by itself: the list and the troubles."""
        after = request.args.get("after", "")
        return render_template("overview_live.html", settings=settings, page=listed(), after=after, troubles=troubled())

    @page.post("/trouble")
    def begin() -> Response:
        form = {name: request.form.get(name, "")[:40] for name in _FIELDS}
        try:
            troubles.begin(_read(form))
        except TroubleError:
            kept = {name: value for name, value in form.items() if value}
            return redirect(f"{url_for('overview.show')}?{urlencode(kept | {'fault': '1'})}#panel", 303)
        return redirect(url_for("overview.show"), 303)

    @page.post("/trouble/<int:id>/end")
    def end(id: int) -> Response:
        troubles.end(id)  # one that is over already is as good
        return redirect(url_for("overview.show"), 303)

    @page.post("/well")
    def well() -> Response:
        troubles.end()
        return redirect(url_for("overview.show"), 303)

    return page


def _read(form: Mapping[str, str]) -> Trouble:
    """A trouble as the panel writes it: the code behind the kind, the amount with its measure."""
    kind, _, code = form.get("trouble", "").partition(" ")
    measure = "next" if form.get("measure") == "next" else "chance"
    given = {name: form.get(name, "") for name in ("channel", "phone", "seconds", "seed")}
    return read_trouble(given | {"trouble": kind, "code": code, measure: form.get("amount", "")})


def _fault(troubles: Troubles) -> TroubleError | None:
    """What is wrong with the panel's values, which came back in the address."""
    if "fault" not in request.args:
        return None
    try:
        _read(request.args)
        return TroubleError("many", f"There are {len(troubles.now())} troubles already: end some first.")
    except TroubleError as error:
        return error
