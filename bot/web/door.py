"""The door of the web process: takes a request in whole, under a deadline and a size, before it holds a thread.

Owns what stands between granian (its RSGI interface) and the WSGI application. A body that comes slowly, or never,
costs a connection for some seconds and nobody a thread. It reads no form and decides nothing about a request.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 64 * 1024  # of a body; 1,600 letters of Khmer are 15 kB in a form
READ_WITHIN = 5.0  # seconds for a whole body
THREADS = 4  # of a worker: one that waits for a slow database leaves others for the rest
SIGNATURE = "x-twilio-signature"
BODILESS = ("GET", "HEAD", "OPTIONS")
Headers = list[tuple[str, str]]
TEXT: Headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]


class Scope(Protocol):
    """What is known of a request before its body."""

    http_version: str
    client: str
    server: str
    scheme: str
    method: str
    path: str  # still with its percent signs
    query_string: str
    headers: Any  # pairs by items(), one by get()


class Wire(Protocol):
    """The request's body, and the way to answer."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body in pieces."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""


class TooLargeError(Exception):
    """A body is longer than anybody needs."""


class Door:
    """A WSGI application as granian serves it. `signed`: paths where a post without the carrier's signature is lost.

    Of such a post, and of any on a path below, not a byte of the body is read: the application refuses it without.
    """

    def __init__(self, application: WSGIApplication, signed: tuple[str, ...] = ()):
        self._application = application
        self._signed = signed
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __rsgi__(self, scope: Scope, wire: Wire) -> None:
        """Serve one request."""
        try:
            body = b"" if self._is_unread(scope) else await _body(scope, wire)
        except TimeoutError:
            wire.response_bytes(408, [*TEXT, ("connection", "close")], b"the request came too slowly\n")
            return
        except TooLargeError:
            wire.response_bytes(413, [*TEXT, ("connection", "close")], b"the request is too large\n")
            return
        except RuntimeError:
            return  # whoever it was hung up in the middle
        environ = _environ(scope, body)
        loop = asyncio.get_running_loop()
        status, headers, page = await loop.run_in_executor(self._threads, self._answered, environ)
        wire.response_bytes(status, headers, page)

    def _is_unread(self, scope: Scope) -> bool:
        if scope.method in BODILESS:
            return True
        mine = any(scope.path == path or scope.path.startswith(f"{path}/") for path in self._signed)
        return mine and not scope.headers.get(SIGNATURE)

    def _answered(self, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        begun: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, _error: object = None) -> Any:
            begun.append((status, headers))

        start_response: StartResponse = start
        pieces: Iterable[bytes] = self._application(environ, start_response)
        try:
            page = b"".join(pieces)
        finally:
            if (close := getattr(pieces, "close", None)) is not None:
                close()
        status, headers = begun[-1]
        return int(status[:3]), headers, page


async def _body(scope: Scope, wire: Wire) -> bytes:
    """The whole body. Raises TimeoutError, TooLargeError."""
    length = scope.headers.get("content-length") or ""
    async with asyncio.timeout(READ_WITHIN):
        if length.isascii() and length.isdigit():
            if int(length[:12]) > MOST_BYTES:
                raise TooLargeError
            return await wire() if length != "0" else b""
        pieces, size = [], 0
        async for piece in wire:
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLargeError
            pieces.append(piece)
    return b"".join(pieces)


def _environ(scope: Scope, body: bytes) -> WSGIEnvironment:
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": _bytes_as_latin_1(scope.query_string),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
            if key in environ:
                value = f"{environ[key]},{value}"
        environ[key] = _bytes_as_latin_1(value)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _bytes_as_latin_1(text: str) -> str:
    """Bytes as WSGI hands them over. Some senders leave the letters of a query as they are."""
    return text if text.isascii() else text.encode().decode("latin-1")
