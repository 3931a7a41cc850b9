"""Where the carrier fetches what it plays: `/audio/<voice>/<file>` and `/audio/line/<file>`.

Public, without signature or cookie: the same words every caller hears. Knows exactly the files of the store, and the
recordings of broadcasts that are kept elsewhere. No recording of a caller is ever served here.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.http import parse_range_header

from bot.audio.store import Clips, announced_in
from bot.language.saying.speaking import SPOKEN

YEAR = 365 * 24 * 3600  # seconds


def audio_files(clips: Clips, announced: Callable[[str], bytes | None]) -> Blueprint:
    """The pages of the clips. `announced` gives a recording of a broadcast by its clip."""
    pages = Blueprint("audio", __name__)

    @pages.get("/audio/line/<name>")
    def line(name: str) -> Response:
        data = clips.line_bytes(name)
        if data is None:
            return _nothing()
        return _sound(name, data, lasting=True)

    @pages.get("/audio/<voice>/<name>")
    def clip(voice: str, name: str) -> Response:
        found = clips.read(voice, name)
        if found is None and voice in SPOKEN and (recording := announced_in(name)) is not None:
            data = announced(recording)
            found = None if data is None else (name, data)
        if found is None:
            return _nothing()
        current, data = found
        return _sound(current, data, lasting=current == name)

    return pages


def _nothing() -> Response:
    """No page for people, and nothing to keep: the clip may be recorded tomorrow."""
    return Response("no such clip\n", 404, {"Cache-Control": "no-store"}, mimetype="text/plain")


def _sound(name: str, data: bytes, lasting: bool) -> Response:
    response = Response(data, mimetype="audio/wav")
    response.set_etag(name.removesuffix(".wav"))
    response.headers["X-Content-Type-Options"] = "nosniff"
    cache = response.cache_control
    if lasting:
        cache.public, cache.max_age, cache.immutable = True, YEAR, True
    else:
        # The address is that of an older recording: nobody may keep the new one under it.
        cache.no_store = True
    asked = parse_range_header(request.headers.get("Range"))
    environ = dict(request.environ)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        # What is no range, or more than one, may be answered with the whole.
        environ.pop("HTTP_RANGE", None)
    response.make_conditional(environ, accept_ranges=True, complete_length=len(data))
    return response
