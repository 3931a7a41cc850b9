"""The telephone on the page: ringing the line, being rung, the keypad, and what a caller can say.

Owns the addresses of the keypad and of the sounds. The words stand in the templates, in Khmer and English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.simulator.calls import sounds
from bot.simulator.calls.call import Call
from bot.simulator.calls.switchboard import Switchboard
from bot.simulator.carrier.profile import Poster
from bot.simulator.store import Phone, Store
from bot.web.origin import refuse_strangers

_MOST_KEYS = 40  # pressed in one go
_LONGEST_WORDS = 400  # characters said in one go
_OUTCOMES = ("completed", "busy", "no-answer", "failed")


def create_call_page(store: Store, switchboard: Switchboard, poster: Poster) -> Blueprint:
    """The blueprint of the telephone over one switchboard."""
    page = Blueprint("calls", __name__)
    page.before_request(refuse_strangers)
    doings = _doings(switchboard)

    def found(phone_id: int) -> Phone:
        phone = store.phone(phone_id)
        if phone is None:
            abort(404)
        return phone

    @page.post("/phones/<int:phone_id>/call")
    def ring(phone_id: int) -> AnyResponse:
        switchboard.ring(found(phone_id), withheld=request.form.get("withheld") == "1")
        return redirect(url_for("page.show", phone=phone_id), 303)

    @page.post("/phones/<int:phone_id>/call/<what>")
    def do(phone_id: int, what: str) -> AnyResponse:
        """One thing a person does with the call at hand; what comes too late has no effect."""
        call = switchboard.now(found(phone_id).id)
        doing = doings.get(what)
        if doing is None or call is None:
            abort(404)
        doing(call)
        return redirect(url_for("page.show", phone=phone_id), 303)

    @page.post("/phones/<int:phone_id>/call/recording")
    def record(phone_id: int) -> AnyResponse:
        request.max_content_length = sounds.LARGEST
        call = switchboard.now(found(phone_id).id)
        if call is None:
            abort(404)
        given = request.files.get("sound")
        sound = sounds.sample() if given is None else given.read()
        if not sounds.is_wav(sound):
            abort(400)
        switchboard.leave(call, sound, "hangup" if request.form.get("end") == "hangup" else "")
        return redirect(url_for("page.show", phone=phone_id), 303)

    @page.get("/calls/<sid>/sounds/<int:number>")
    def sound(sid: str, number: int) -> Response:
        """A sound that a document of this call named, fetched for the page from the line."""
        call = switchboard.call(sid)
        url = None if call is None else switchboard.play(call, number)
        if url is None:
            abort(404)
        answer = poster.listen(url)
        if answer.fault or answer.code != 200 or not answer.content_type.startswith("audio/"):
            abort(404)
        response = Response(answer.body, content_type=answer.content_type)
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    return page


def _doings(switchboard: Switchboard) -> Mapping[str, Callable[[Call], object]]:
    """What the buttons do."""

    def say(call: Call) -> None:
        words = request.form.get("words", "")[:_LONGEST_WORDS]
        call.say(words, 0.3 if request.form.get("badly") == "1" else 0.9)

    def connected(call: Call) -> None:
        status = request.form.get("status", "")
        if status not in _OUTCOMES:
            abort(400)
        call.connected(status)

    return {
        "answer": switchboard.answer,
        "decline": lambda call: call.hang_up(),
        "hang-up": lambda call: call.hang_up(),
        "press": lambda call: call.press(request.form.get("keys", "")[:_MOST_KEYS]),
        "time-over": switchboard.time_over,
        "go-on": lambda call: call.go_on(),
        "say": say,
        "connected": connected,
        "again": lambda call: call.again(request.form.get("number", -1, type=int)),
    }
