"""How every answer of the web process travels: encrypted once the line is, and the public pages compressed.

Nothing private is compressed: its size would tell of a secret in it to whoever can put words beside it.
"""

from __future__ import annotations

from flask import Flask, Response
from flask_compress import Compress

A_YEAR = 365 * 24 * 3600  # seconds
# No text/xml: that is what carriers are answered, in few bytes and at once.
COMPRESSED = ["text/html", "text/css", "image/svg+xml", "application/json", "application/xml", "text/csv"]


def deliver(app: Flask, public_url: str) -> None:
    """Have all answers of an application travel so; it is reached at `public_url`."""
    app.config |= {"COMPRESS_REGISTER": False, "COMPRESS_MIMETYPES": COMPRESSED, "COMPRESS_ALGORITHM": ["br", "gzip"]}
    app.config |= {"COMPRESS_MIN_SIZE": 1_000}
    compress = Compress(app)
    encrypted = public_url.startswith("https://")
    if encrypted:
        app.config["PREFERRED_URL_SCHEME"] = "https"

    @app.after_request
    def travel(response: Response) -> Response:
        if encrypted:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        if not response.cache_control.public:
            return response
        found: Response = compress.after_request(response)
        return found
