"""`flask broadcast` asks no question, says first what would happen, and refuses in one line what it cannot use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from click.testing import Result

from bot.app import create_app
from bot.audio.store import announcement_file
from bot.broadcasts.drafts import DraftError, due_at
from bot.config import load_settings
from bot.db import writing
from bot.messages.models import OutState
from bot.messages.sms import outbox as sms_outbox
from tests.conftest import ENVIRON
from tests.fakes.broadcasts import EN, KM, LATN, person, plan, tagged
from tests.fakes.carrier import fake_carrier
from tests.fakes.deployment import Deployment, deployed
from tests.fakes.recordings import spoken

ZONE = ZoneInfo("Asia/Phnom_Penh")
KEYS = [
    "id",
    "state",
    "segment",
    "channel",
    "people",
    "no_consent",
    "planned",
    "progress",
    "counts",
    "errors",
    "replies",
]
TIMES = ["due_at", "expires_at", "created_at", "changed_at"]
WORDS = ("--text-km", KM, "--text-latn", LATN, "--text-en", EN)


@pytest.fixture
def line(sqlite_url: str, redis: Any, redis_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """A line on SQLite whose clock shows the time that commands see."""
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url, "AUDIO_DIR": str(tmp_path / "audio")}
    with deployed(load_settings(environ, tmp_path)) as line:
        line.time.now = datetime.now(UTC)
        yield line


def run(line: Deployment, *words: str) -> Result:
    return line.app.test_cli_runner().invoke(args=["broadcast", *words])


def create(line: Deployment, *words: str) -> int:
    """Make a broadcast; the last line of what is printed is its id and nothing else."""
    done = run(line, "create", *words)
    assert done.exit_code == 0, done.output
    return int(done.stdout.splitlines()[-1])


def shown(line: Deployment, id: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(line, "show", str(id), "--json").stdout)
    return found


def test_a_broadcast_from_the_forecast_to_its_counts(line: Deployment) -> None:
    for language in ("km", "km", "en"):
        person(line, True, language=language)
    person(line)
    done = run(line, "create", "--to", "tag:t", *WORDS, "--now", "--expires", "168")
    assert done.exit_code == 0
    told = dict(one.split(maxsplit=1) for one in done.stdout.splitlines()[:-1])
    assert told["people"] == "4"
    assert told["skipped"] == "1: no consent 1"
    assert told["sent"] == "3 SMS"
    assert (told["km"], told["en"]) == ("2 × 1 part = 2", "1 × 1 part = 1")
    assert told["parts"] == "3"
    assert told["money"] == "unknown: SMS_PART_COST is not set"
    id = int(done.stdout.splitlines()[-1])
    before = shown(line, id)
    assert list(before) == [*KEYS, *TIMES]
    assert (before["state"], before["planned"], before["progress"]) == ("scheduled", 0, 0.0)
    line.time.now = datetime.now(UTC)
    plan(line)
    with fake_carrier() as carrier:
        line.sending(carrier.url, quiet_hours=None).send_due()
    after = shown(line, id)
    assert (after["people"], after["no_consent"], after["planned"], after["progress"]) == (4, 1, 3, 1.0)
    assert after["counts"] == {str(state): 3 * (state is OutState.SENT) for state in OutState}
    assert after["errors"] == {}
    assert datetime.fromisoformat(after["due_at"]).utcoffset() == timedelta(hours=7)
    listed = run(line, "list").stdout
    assert f"{id}" in listed
    assert "3 SMS  tag:t" in listed
    assert "sent 3" in run(line, "show", str(id)).stdout


def test_what_parts_cost(line: Deployment) -> None:
    person(line, True)
    app = create_app(replace(line.settings, sms_part_cost=Decimal("0.045")))
    long = KM * 7
    done = app.test_cli_runner().invoke(args=["broadcast", "forecast", "--to", "tag:t", "--text-km", long])
    app.extensions["phsar"].engine.dispose()
    app.extensions["phsar"].redis.close()
    assert "1 × 2 parts = 2" in done.stdout
    assert "0.09 at 0.045 a part" in done.stdout
    assert line.one("SELECT count(*) FROM broadcast") == 0


def test_without_a_time_it_waits_for_resume(line: Deployment) -> None:
    person(line, True)
    done = run(line, "create", "--to", "all", "--text-km", KM)
    id = int(done.stdout.splitlines()[-1])
    assert f"flask broadcast resume {id}" in done.stdout
    assert shown(line, id)["state"] == "paused"
    assert run(line, "resume", str(id)).stdout == f"broadcast {id} is scheduled\n"
    assert run(line, "pause", str(id)).stdout == f"broadcast {id} is paused\n"
    assert run(line, "cancel", str(id)).stdout == f"broadcast {id} is cancelled\n"
    done = run(line, "resume", str(id))
    assert (done.exit_code, done.stderr) == (1, f"Error: broadcast {id} is cancelled: it cannot be resumed\n")


def test_the_outbox_shows_what_waits(line: Deployment) -> None:
    for _ in range(2):
        person(line, True)
    line.queue()
    id = create(line, "--to", "tag:t", "--text-km", KM, "--now")
    line.time.now = datetime.now(UTC)
    plan(line)
    runner = line.app.test_cli_runner()
    assert "queued     3  (own 1, broadcast 2)" in runner.invoke(args=["outbox"]).stdout
    run(line, "pause", str(id))
    assert "held       2  (broadcast 2)" in runner.invoke(args=["outbox", "show"]).stdout
    assert f"broadcast broadcast:{id}" in runner.invoke(args=["outbox", "list", "--state", "held"]).stdout


def test_a_test_goes_to_oneself_at_once_and_counts_nowhere(line: Deployment) -> None:
    number = person(line, False, language="en")  # who said STOP may still try what they wrote
    id = create(line, "--to", "tag:t", *WORDS)
    assert run(line, "test", str(id), "--to", "0" + number.removeprefix("+855")).exit_code == 0
    with writing(line.engine) as connection:
        ((row),) = sms_outbox.claim(connection, line.vault, datetime.now(UTC), 10)
    assert (row.to, row.text, str(row.purpose)) == (number, f"[test] Phsar: {EN}\nTo stop: STOP", "answer")
    assert shown(line, id)["counts"]["sending"] == 0
    for wrong in ("023 219 876", "1234", "anonymous"):
        done = run(line, "test", str(id), "--to", wrong)
        assert "is no mobile phone" in done.stderr
    assert (
        run(line, "test", "99", "--to", number).stderr == "Error: there is no broadcast 99; see: flask broadcast list\n"
    )


def test_a_recorded_message_is_kept_in_the_store(line: Deployment, tmp_path: Path) -> None:
    number = person(line, True)
    sound = tmp_path / "news.mp3"
    sound.write_bytes(spoken(ending="mp3"))
    id = create(line, "--to", "tag:t", "--audio-km", str(sound), "--now")
    name = str(line.one("SELECT audio_km FROM broadcast"))
    served = requests.get(f"{line.url}/audio/km/{announcement_file(name)}", timeout=10)
    assert (served.status_code, served.content[:4], served.headers["Content-Type"]) == (200, b"RIFF", "audio/wav")
    assert (
        requests.get(f"{line.url}/audio/km/announcement.{'0' * 12}.end.{'0' * 12}.wav", timeout=10).status_code == 404
    )
    line.time.now = datetime.now(UTC)
    plan(line)
    assert line.rows("SELECT contact_id, opens FROM call") == [(line.contact(number), "announcement.play")]
    assert shown(line, id)["counts"]["queued"] == 1
    assert run(line, "test", str(id), "--to", number).exit_code == 0
    ((data, opens),) = line.rows("SELECT data, opens FROM call WHERE purpose = 'answer' AND about = ''")
    assert (json.loads(data), opens) == ({"km": name, "en": ""}, "announcement.play")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--text-km", KM), "Missing option '--to'"),
        (("--to", "tag:gone", "--text-km", KM), "--to: tag:gone is not known; known: t"),
        (("--to", "all"), "--text-km is missing"),
        (("--to", "all", "--text-en", EN), "--text-km is missing"),
        (("--to", "all", "--text-km", " \u200b\u200d "), "--text-km is missing"),
        (("--to", "all", "--text-km", KM * 18), "takes 4 SMS parts"),
        (("--to", "all", "--text-km", KM, "--text-en", "x" * 460), "--text-en takes 4 SMS parts (460 GSM-7 units)"),
        (("--to", "all", "--text-km", "a\x07b"), "cannot be sent (U+0007 at character 2)"),
        (("--to", "all", "--text-km", "a\udc80"), "cannot be sent (U+DC80 at character 2)"),
        (("--to", "all", "--text-km", KM, "--at", "soon"), "--at 'soon' is no time"),
        (("--to", "all", "--text-km", KM, "--at", "24:00"), "on no calendar or clock"),
        (("--to", "all", "--text-km", KM, "--at", "2099-02-30 10:00"), "on no calendar or clock"),
        (("--to", "all", "--text-km", KM, "--at", "2020-01-01 10:00"), "is past"),
        (("--to", "all", "--text-km", KM, "--at", "2099-01-01 10:00"), "more than a year away"),
        (("--to", "all", "--text-km", KM, "--at", "10:00", "--now"), "exclude each other"),
        (("--to", "all", "--text-km", KM, "--expires", "0"), "0 is not in the range"),
        (("--to", "all", "--text-km", KM, "--audio-km", __file__), "give one or the other"),
        (("--to", "all", "--audio-en", __file__), "--audio-km is missing"),
        (("--to", "all", "--audio-km", __file__), "--audio-km test_broadcast_commands.py: "),
        (("--to", "all", "--audio-km", "nowhere.wav"), "does not exist"),
    ],
)
def test_bad_input_is_refused_in_one_line_and_keeps_nothing(
    line: Deployment, words: tuple[str, ...], told: str
) -> None:
    tagged(line, line.phone(language="km"), "t")
    done = run(line, "create", *words)
    assert done.exit_code in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert line.one("SELECT count(*) FROM broadcast") == 0


@pytest.mark.parametrize(
    ("at", "local"),
    [
        ("2026-11-25 14:00", "2026-11-25 14:00"),
        ("2026-11-25T09:05", "2026-11-25 09:05"),
        ("14:00", "2026-11-22 14:00"),
        ("9:30", "2026-11-23 09:30"),
        ("10:00", "2026-11-23 10:00"),
        ("2026-11-22 10:00", ""),
        ("2026-11-22", ""),
        ("14", ""),
        ("14:61", ""),
        ("tomorrow", ""),
    ],
)
def test_when_it_is_to_go(at: str, local: str) -> None:
    now = datetime(2026, 11, 22, 10, 0, tzinfo=ZONE)
    if local:
        assert due_at(at, now, ZONE) == datetime.strptime(local, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        return
    with pytest.raises(DraftError):
        due_at(at, now, ZONE)


def test_the_forecast_says_what_makes_a_text_dear(line: Deployment) -> None:
    person(line, True, language="en")
    english = (
        "Meeting about the pig price at the market hall on Saturday, don’t miss it: bring your notebook and the list"
    )
    told = run(line, "forecast", "--to", "tag:t", "--text-km", KM, "--text-en", english).stdout
    assert "× 1 part = " in told.partition("\n  en")[2].splitlines()[0]
    assert "dear" not in told
    told = run(line, "forecast", "--to", "tag:t", "--text-km", KM, "--text-en", f"{english} ł").stdout
    assert "dear because of ł (U+0142): a part holds 70 letters and not 160; without, 1 part" in told


def test_segments_say_what_stands_behind_each_kind(line: Deployment) -> None:
    person(line, True)
    said = run(line, "segments").output
    assert "tag:…             t (1)" in said
    assert "language:…        km, latn, en" in said
    assert "pig_live" in said
    assert "episode:…         none yet" in said


def test_a_broadcast_may_leave_so_long_before_an_airing(line: Deployment, tmp_path: Path) -> None:
    tomorrow = (line.time.now + timedelta(days=1)).astimezone(ZONE)
    for name, rows in (
        ("stations", "id,name_km,name_en\nriver,ទន្លេ,River FM\n"),
        ("episodes", f"number,title_km,station,airs_at\n7,ជ្រូក,river,{tomorrow:%Y-%m-%d} 18:00\n"),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_text(rows, encoding="utf-8")
        done = line.app.test_cli_runner().invoke(args=["import", name, str(path)])
        assert done.exit_code == 0, done.output
    id = create(line, "--to", "all", "--text-km", KM, "--at", "1h before episode 7")
    assert shown(line, id)["due_at"].startswith(f"{tomorrow:%Y-%m-%d}T17:00")
    refused = run(line, "create", "--to", "all", "--text-km", KM, "--at", "30 minutes before episode 8")
    assert (refused.exit_code, "episode 8 has no airing to come" in refused.output) == (1, True)
    assert "is past" in run(line, "create", "--to", "all", "--text-km", KM, "--at", "99 hours before episode 7").output


def test_the_forecast_warns_of_whose_phone_shows_no_khmer(line: Deployment) -> None:
    person(line, True, script="latn")
    told = run(line, "forecast", "--to", "tag:t", "--text-km", KM)
    assert "warning   1 read Latin letters and get Khmer ones: add --text-latn" in told.output
    assert "warning" not in run(line, "forecast", "--to", "tag:t", "--text-km", KM, "--text-latn", LATN).output
