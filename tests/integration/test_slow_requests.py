"""Requests that come slowly, never, or too long: they hold no thread, and nobody else waits for them."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest
import requests

from bot.web import door
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment
from tests.fakes.web_process import web

# What the server does does not depend on the database.
pytestmark = pytest.mark.parametrize("line", ["sqlite"], indirect=True, scope="module")

IDLE = 50
SIGNED = "X-Twilio-Signature: x\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def served(line: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("slow")
    environ = {**ENVIRON, "DATABASE_URL": line.settings.database_url, "REDIS_URL": line.settings.redis_url}
    with web(environ, folder / "log") as url:
        yield replace(line, url=url)
    log = (folder / "log").read_text()
    assert "exception" not in log, log


def opened(stack: ExitStack, line: Deployment, head: str, body: bytes = b"From=1") -> socket.socket:
    """A connection on which a request has begun."""
    wire = stack.enter_context(socket.create_connection(("127.0.0.1", int(line.url.rpartition(":")[2])), timeout=20))
    wire.sendall(f"{head}Host: x\r\n\r\n".encode() + body)
    return wire


def served_meanwhile(line: Deployment, wires: Sequence[socket.socket]) -> bool:
    """Whether a page and a signed message are answered while all of these still wait."""
    assert requests.get(f"{line.url}/healthz", timeout=10).text == "ok\n"
    assert line.sms(line.phone(), "តម្លៃជ្រូក").text
    return not select.select(wires, [], [], 0)[0]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/sms", SIGNED + FORM + "Content-Length: 5000\r\n"),
        ("/voice", SIGNED + FORM + "Content-Length: 5000\r\n"),
        ("/sms/status/1", SIGNED + FORM + "Transfer-Encoding: chunked\r\n"),
        ("/o/AAAAAAAAAAAAAAAAAAAAAA/123-4566/answer", FORM + "Content-Length: 5000\r\n"),
        ("/nowhere", FORM + "Content-Length: 5000\r\n"),
    ],
)
def test_fifty_bodies_that_never_come_keep_nobody_waiting(served: Deployment, path: str, headers: str) -> None:
    with ExitStack() as stack:
        body = b"6\r\nFrom=1\r\n" if "chunked" in headers else b"From=1"
        wires = [opened(stack, served, f"POST {path} HTTP/1.1\r\n{headers}", body) for _ in range(IDLE)]
        assert served_meanwhile(served, wires)


def test_fifty_bodies_that_drip_are_cut_off_as_a_whole(served: Deployment) -> None:
    with ExitStack() as stack:
        head = f"POST /sms HTTP/1.1\r\n{SIGNED}{FORM}Content-Length: 5000\r\n"
        wires = [opened(stack, served, head) for _ in range(IDLE)]
        for _ in range(4):
            for wire in wires:
                wire.sendall(b"a")
            assert served_meanwhile(served, wires)
        assert all(wire.recv(12) == b"HTTP/1.1 408" for wire in wires)  # each is let go of after its time


@pytest.mark.parametrize("path", ["/sms", "/voice", "/voice/2", "/sms/status/1", "/voice/status"])
def test_of_a_post_without_a_signature_no_byte_is_waited_for(served: Deployment, path: str) -> None:
    with ExitStack() as stack:
        wire = opened(stack, served, f"POST {path} HTTP/1.1\r\n{FORM}Content-Length: 5000\r\n", b"")
        wire.settimeout(door.READ_WITHIN / 2)
        assert wire.recv(12) == b"HTTP/1.1 403"


@pytest.mark.parametrize(
    "length", ["Content-Length: 70000", "Content-Length: 9999999999999999", "Transfer-Encoding: chunked"]
)
def test_a_body_too_long_is_refused_unread(served: Deployment, length: str) -> None:
    with ExitStack() as stack:
        piece = b"11171\r\n" + b"a" * 0x11171 + b"\r\n" if "chunked" in length else b"a"
        wire = opened(stack, served, f"POST /sms HTTP/1.1\r\n{SIGNED}{FORM}{length}\r\n", piece)
        wire.settimeout(door.READ_WITHIN / 2)
        assert wire.recv(12) == b"HTTP/1.1 413"


def test_who_hangs_up_in_the_middle_leaves_nothing_behind(served: Deployment) -> None:
    for _ in range(IDLE):
        with ExitStack() as stack:
            opened(stack, served, f"POST /sms HTTP/1.1\r\n{SIGNED}{FORM}Content-Length: 5000\r\n")
    assert served_meanwhile(served, [])


def test_odd_bytes_in_paths_queries_and_headers_are_answered(served: Deployment) -> None:
    for odd in (
        b"GET /\xff%ff%00 HTTP/1.1\r\n",
        b"GET /?lang=\xe1\x9e\x80%e1 HTTP/1.1\r\n",
        b"HEAD / HTTP/1.1\r\nX-Odd: \xff\xe1\r\n",
    ):
        with socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), timeout=20) as wire:
            wire.sendall(odd + b"Host: x\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
        assert answer[:10] in (b"HTTP/1.1 2", b"HTTP/1.1 4")
        if odd.startswith(b"HEAD"):
            assert answer.endswith(b"\r\n\r\n")
            assert b"content-length: 0" not in answer


def test_many_bytes_come_whole(served: Deployment) -> None:
    said = served.sms(served.phone(), "ក" * 1600, Padding="x" * 20_000)
    assert said.status == 200
    for coding in ("identity", "gzip"):
        page = requests.get(f"{served.url}/", headers={"Accept-Encoding": coding}, stream=True, timeout=10)
        assert int(page.headers["Content-Length"]) == len(page.raw.read(decode_content=False)) > 0
