"""Who may press the buttons of the page: the page itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, request


def refuse_strangers() -> None:
    """A page from elsewhere, open in the same browser, may not text or ring in somebody's name."""
    if request.method not in ("GET", "HEAD") and not _same_origin():
        abort(403)


def _same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
