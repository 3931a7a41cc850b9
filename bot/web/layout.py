"""The frame of every page: templates and style sheet, security headers, how long a page may be kept.

Knows no subject. A room extends web/base.html and answers through `page`.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound

from bot.web.languages import COOKIE, KEPT_FOR, Words, asked_language, choose_language, load_words
from flows.prompts import N_

STATIC = Path(__file__).parent / "static"
FONT = "noto-sans-khmer.woff2"  # SIL Open Font License: its text lies beside it
# Pages load our style sheet and icon, run no script, and nobody may frame them.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NOT_FOUND = N_("There is nothing under this address")
NO_SUCH_PAGE = N_("Please check the address, or begin with today's prices.")
A_YEAR = 365 * 24 * 3600  # seconds


def page_frame() -> Blueprint:
    """The blueprint that gives every page its templates and assets, and unknown addresses a page.

    The files are read once, here.
    """
    frame = Blueprint("web", __name__, template_folder="templates")
    files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}
    # A style sheet names the font as it lies beside it; each has an address of its own, kept for a year.
    font = f"../{hashlib.sha256(files[FONT]).hexdigest()[:10]}/{FONT}".encode()
    files = {name: body.replace(FONT.encode(), font) if name.endswith(".css") else body for name, body in files.items()}
    versions = {name: hashlib.sha256(body).hexdigest()[:10] for name, body in files.items()}

    def asset(name: str) -> str:
        return url_for("web.serve_asset", version=versions[name], name=name)

    @frame.app_context_processor
    def give_assets() -> dict[str, object]:
        return {"asset": asset}

    @frame.get("/assets/<version>/<name>")
    def serve_asset(version: str, name: str) -> Response:
        if name not in files:
            abort(404)
        response = Response(files[name], mimetype="font/woff2" if name == FONT else mimetypes.guess_type(name)[0])
        # A page kept from another release asks for another version: it gets this one, not for long.
        fresh = version == versions[name]
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if fresh else "public, max-age=60"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    words = load_words()

    @frame.app_errorhandler(404)
    def tell_unknown(_error: NotFound) -> Response:
        return notice(words[choose_language(request)], 404, NOT_FOUND, NO_SUCH_PAGE)

    return frame


def page(html: str, words: Words, status: int = 200, keep: int = 60) -> Response:
    """A page as an answer. `keep`: seconds for which browsers and caches may show it again."""
    response = Response(html, status, mimetype="text/html", headers=HEADERS)
    response.headers["Content-Language"] = words.language
    response.vary.update(["Cookie"])
    if asked_language(request):
        safe = bool(current_app.config.get("PREFERRED_URL_SCHEME") == "https")
        response.set_cookie(COOKIE, words.language, max_age=KEPT_FOR, samesite="Lax", httponly=True, secure=safe)
        response.headers["Cache-Control"] = f"private, max-age={keep}"
    else:
        response.headers["Cache-Control"] = f"public, max-age={keep}" if keep else "no-store"
    if status == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


def notice(words: Words, status: int, heading: str, text: str) -> Response:
    """A short page that says why there is no other, with a way home. Heading and text are sentences."""
    html = render_template("web/notice.html", _=words, heading=words(heading), text=words(text))
    response = page(html, words, status, keep=0)
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response
