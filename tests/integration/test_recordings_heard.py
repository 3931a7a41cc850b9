"""Messages left by phone are heard by private links that end, and forgotten in time."""

from __future__ import annotations

import io
import re
import wave

import pytest
import requests
from flask import Response
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from redis import Redis

from bot.messages.inbound.recordings import LINK_LASTS, Links
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment
from tests.fakes.messages_left import NAMES, SPEECH, fetch, has, left, run, source, state, stored

pytestmark = pytest.mark.usefixtures("no_recordings")


def test_it_is_forgotten_after_ninety_days_here_and_there(line: Deployment, carrier: FakeCarrier, redis: Redis) -> None:
    carrier.hears = has(SPEECH)
    item, kept = left(line, carrier.recording(next(NAMES)))
    fetch(line, carrier.url)
    carrier.hears = lambda method, name: Response(b"no sound") if method == "GET" else Response(status=500)
    _, lost = left(line, carrier.recording(next(NAMES)))
    fetch(line, carrier.url)
    link = line.settings.public_url
    shown = run(line, "inbox", "show", str(item))
    token = re.search(rf"{re.escape(link)}/recordings/(\S+)", shown)
    assert token
    line.time.passes(days=89)
    line.clock(redis, "recordings").tick()
    assert [state(line, id)[0] for id in (kept, lost)] == ["stored", "lost"]
    line.time.passes(days=2)
    line.clock(redis, "recordings").tick()
    assert [state(line, id)[0] for id in (kept, lost)] == ["forgotten", "forgotten"]
    assert line.one("SELECT count(*) FROM recording WHERE audio IS NOT NULL") == 0
    assert requests.get(f"{line.url}/recordings/{token[1]}", timeout=10).status_code == 404
    assert f"recording {kept}: 2 s, forgotten after 90 days" in run(line, "inbox", "show", str(item))
    asked = len(carrier.asked)
    carrier.hears = has(SPEECH)
    fetch(line, carrier.url)
    assert [method for method, _, _ in carrier.asked[asked:]] == ["DELETE"]  # of the one that was no use
    assert source(line, lost) == ""
    fetch(line, carrier.url)
    assert len(carrier.asked) == asked + 1
    line.time.passes(days=-91)


def test_the_inbox_shows_length_and_a_private_link(line: Deployment, carrier: FakeCarrier) -> None:
    item, id = stored(line, carrier)
    shown = run(line, "inbox", "show", str(item))
    found = re.search(
        rf"^recording {id}: 2 s, {re.escape(line.settings.public_url)}(/recordings/\S+) \(for 24 hours\)$", shown, re.M
    )
    assert found, shown
    listed = run(line, "inbox", "list", "--after", str(item - 1))
    assert re.search(rf"^ +{item} .* message +♪", listed, re.M)
    answer = requests.get(line.url + found[1], timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getnframes() == 16_000
    part = requests.get(line.url + found[1], headers={"Range": "bytes=4-11"}, timeout=10)
    assert part.status_code == 206
    assert part.content == answer.content[4:12]
    assert part.headers["Cache-Control"] == "no-store"
    beyond = requests.get(line.url + found[1], headers={"Range": "bytes=99999999-"}, timeout=10)
    assert beyond.status_code == 416
    assert requests.head(line.url + found[1], timeout=10).content == b""


def test_other_links_lead_nowhere(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = stored(line, carrier)
    _, waiting = left(line, carrier.recording(next(NAMES)))
    secret = line.settings.secret_key
    links = Links(secret, "")
    right = links.to(id)
    for path in (
        right[:-1],
        right + "x",
        links.to(waiting),
        links.to(999_999),
        links.to(2**70),
        Links("another secret", "").to(id),
        "/recordings/" + URLSafeTimedSerializer(secret, salt="another").dumps(id),
        *(
            "/recordings/" + URLSafeTimedSerializer(secret, salt="phsar/recording").dumps(word)
            for word in ("1", [id], True, None)
        ),
        f"/recordings/{id}",
        "/recordings/%00",
        "/recordings/..%2f",
    ):
        answer = requests.get(line.url + path, timeout=10)
        assert answer.status_code == 404, path
    assert requests.get(line.url + right, timeout=10).status_code == 200


def test_a_link_ends(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = stored(line, carrier)

    def signed(seconds_ago: int) -> str:
        class Earlier(TimestampSigner):
            def get_timestamp(self) -> int:
                return super().get_timestamp() - seconds_ago

        return URLSafeTimedSerializer(line.settings.secret_key, salt="phsar/recording", signer=Earlier).dumps(id)

    for seconds_ago, status in ((LINK_LASTS - 60, 200), (LINK_LASTS + 60, 410)):
        assert requests.get(f"{line.url}/recordings/{signed(seconds_ago)}", timeout=10).status_code == status


def test_a_recording_of_another_key_is_not_served_and_is_no_fault(line: Deployment, carrier: FakeCarrier) -> None:
    _, id = stored(line, carrier)
    kind = "BYTEA" if line.engine.dialect.name == "postgresql" else "BLOB"
    with line.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE recording SET audio = CAST('damaged' AS {kind}) WHERE id = {id}")
    link = Links(line.settings.secret_key, line.url).to(id)
    assert requests.get(link, timeout=10).status_code == 503
