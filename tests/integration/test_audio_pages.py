"""The clips over HTTP: caching, ranges, and nothing but clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.audio.store import Clips, file_name
from bot.audio.views import audio_files
from bot.audio.wav import RATE, write_wav
from bot.language.saying.clips import Take
from tests.fakes.recordings import tone

DATA = write_wav(tone(RATE, 0.5).tobytes())
NAME = file_name("n.4", Take.MID, DATA)
FOREVER = {"public", "max-age=31536000", "immutable"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "km" / "audio"
    place.mkdir(parents=True)
    (place / NAME).write_bytes(DATA)
    (place / "secret.txt").write_text("not for everyone")
    (tmp_path / "km" / "messages.wav").write_bytes(DATA)
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[FlaskClient]:
    app = Flask("clips")
    app.register_blueprint(audio_files(Clips(folder, every=0), lambda name: None))
    with app.test_client() as client:
        yield client


def test_a_clip_is_served_for_a_year(client: FlaskClient) -> None:
    answer = client.get(f"/audio/km/{NAME}")
    assert answer.status_code == 200
    assert answer.data == DATA
    assert answer.content_type == "audio/wav"
    assert set(answer.headers["Cache-Control"].split(", ")) == FOREVER
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.get_etag()[0]
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers


def test_the_sounds_of_the_line_are_served_alike(client: FlaskClient, folder: Path) -> None:
    clips = Clips(folder)
    for sound in ("tone",):
        name = clips.line_sound(sound)
        answer = client.get(f"/audio/line/{name}")
        assert answer.data == clips.line_bytes(name)
        assert answer.content_type == "audio/wav"
        assert set(answer.headers["Cache-Control"].split(", ")) == FOREVER
    assert client.get("/audio/line/tone.wav").status_code == 404
    assert client.get("/audio/line/tone.000000000000.wav").status_code == 404


def test_head_tells_the_length_without_the_sound(client: FlaskClient) -> None:
    answer = client.head(f"/audio/km/{NAME}")
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(DATA))
    assert answer.content_type == "audio/wav"


def test_who_has_it_is_not_sent_it_again(client: FlaskClient) -> None:
    tag = client.get(f"/audio/km/{NAME}").headers["ETag"]
    answer = client.get(f"/audio/km/{NAME}", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.data == b""
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/audio/km/{NAME}", headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-99", 0, 99), ("44-", 44, len(DATA) - 1), ("-10", len(DATA) - 10, len(DATA) - 1), ("100-999999", 100, None)],
)
def test_a_range_is_served(client: FlaskClient, asked: str, first: int, last: int | None) -> None:
    last = len(DATA) - 1 if last is None else last
    answer = client.get(f"/audio/km/{NAME}", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert answer.data == DATA[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert answer.headers["Content-Length"] == str(last + 1 - first)


def test_a_range_behind_the_end_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"/audio/km/{NAME}", headers={"Range": f"bytes={len(DATA)}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"
    assert "immutable" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=a-b", "bytes=0-1,5-9", "seconds=0-1", "bytes", "bytes=", "="])
def test_what_is_no_range_gets_the_whole(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/audio/km/{NAME}", headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.data == DATA


def test_a_range_of_what_changed_gets_the_whole(client: FlaskClient) -> None:
    answer = client.get(f"/audio/km/{NAME}", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert answer.status_code == 200
    assert answer.data == DATA


@pytest.mark.parametrize(
    "path",
    [
        "/audio/km/n.4.mid.wav",
        "/audio/km/n.5.mid.0123456789ab.wav",
        "/audio/en/" + NAME,
        "/audio/fr/" + NAME,
        "/audio/km_Latn/" + NAME,
        "/audio/km/" + NAME.upper(),
        "/audio/km/" + NAME + "%00",
        "/audio/km/" + NAME + "%0a",
        "/audio/km/secret.txt",
        "/audio/km/",
        "/audio/km",
        "/audio/",
        "/audio/km/..%2fmessages.wav",
        "/audio/km/%2e%2e/messages.wav",
        "/audio/../km/messages.wav",
        "/audio/km/%252e%252e%252fmessages.wav",
        "/audio/%2e%2e/km/audio/" + NAME,
        "/audio/line/..%2fwav.py",
        "/audio/line/" + NAME,
        "/audio/km/" + "a" * 5000,
        "/audio/km/ក.mid.0123456789ab.wav",
    ],
)
def test_nothing_else_is_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/audio/km/../messages.wav", "/audio/km/../audio/secret.txt", "/audio/line/../../wav.py"]
)
def test_a_path_no_client_has_tidied_up_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_only_for_reading(client: FlaskClient, method: str) -> None:
    assert client.open(f"/audio/km/{NAME}", method=method).status_code == 405


def test_a_replaced_clip_plays_the_new_one_and_nobody_keeps_it(client: FlaskClient, folder: Path) -> None:
    new = write_wav(tone(RATE, 0.3).tobytes())
    place = folder / "km" / "audio"
    (place / file_name("n.4", Take.MID, new)).write_bytes(new)
    (place / NAME).unlink()
    answer = client.get(f"/audio/km/{NAME}")
    assert answer.data == new
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_today_may_be_there_tomorrow(client: FlaskClient) -> None:
    answer = client.get("/audio/km/n.5.mid.0123456789ab.wav")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type.startswith("text/plain")
