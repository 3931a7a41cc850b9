"""Trouble by REST, for drills and tests: POST /trouble begins one, GET shows them, DELETE ends them.

Owns the addresses and the JSON. Nobody signs in: the simulator is only on this machine.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from bot.simulator.carrier.trouble import TroubleError, Troubles, read_trouble
from bot.web.origin import refuse_strangers


def create_trouble_rest(troubles: Troubles) -> Blueprint:
    """The blueprint of /trouble."""
    rest = Blueprint("trouble", __name__, url_prefix="/trouble")
    rest.before_request(refuse_strangers)

    @rest.errorhandler(TroubleError)
    def refuse(error: TroubleError) -> tuple[Response, int]:
        return jsonify(error=error.line, field=error.field), 400

    @rest.get("")
    def show() -> dict[str, Any]:
        standing = troubles.now()
        return {"well": not any(one.on for one in standing), "troubles": [one.as_json() for one in standing]}

    @rest.post("")
    def begin() -> tuple[Response, int]:
        given = request.get_json(silent=True) if request.is_json else request.form.to_dict()
        if not isinstance(given, dict):
            raise TroubleError("trouble", 'The body must be a form or a JSON object such as {"trouble": "throttle"}.')
        return jsonify(troubles.begin(read_trouble(given)).as_json()), 201

    @rest.delete("")
    def all_well() -> dict[str, Any]:
        troubles.end()
        return show()

    @rest.delete("/<int:id>")
    def end(id: int) -> dict[str, Any]:
        if not troubles.end(id):
            abort(404)
        return show()

    return rest
