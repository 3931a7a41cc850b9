"""The page of one private recording: a signed link that ends by itself leads to the sound, and to nothing else."""

from __future__ import annotations

import io

import structlog
from flask import Blueprint, Response, send_file
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.db import reading
from bot.messages.inbound import recordings
from bot.messages.inbound.recordings import LinkError, Links
from bot.vault import Vault, VaultError

log = structlog.get_logger()

# Nobody keeps it, finds it, or learns its address from the next page.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
}


def recording_page(engine: Engine, vault: Vault, links: Links) -> Blueprint:
    """The blueprint of GET /recordings/<token>."""
    pages = Blueprint("recordings", __name__)

    @pages.get("/recordings/<token>")
    def hear(token: str) -> Response:
        try:
            id = links.read(token)
        except LinkError as error:
            if error.expired:
                return _plain("this link has ended; for another one: flask inbox show ID\n", 410)
            return _plain("there is nothing under this address\n", 404)
        try:
            with reading(engine) as connection:
                wav = recordings.sound(connection, vault, id)
        except (DBAPIError, VaultError) as error:
            log.error("recording not served", id=id, error=type(error).__name__)
            return _plain("not now; please try again a little later\n", 503)
        if wav is None:
            return _plain("there is nothing under this address\n", 404)
        response = send_file(
            io.BytesIO(wav), mimetype="audio/wav", download_name=f"recording-{id}.wav", conditional=True, etag=False
        )
        response.headers.update(HEADERS)
        return response

    return pages


def _plain(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8", headers=HEADERS)
