"""The store of clips, on real folders that change while it runs."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import wave
from pathlib import Path

import pytest

from bot.audio.store import Clips, digest, file_name
from bot.audio.wav import RATE, WavError, is_clipped, read_wav, write_wav
from bot.language.saying.clips import Clip, Take
from tests.fakes.recordings import tone

FOUR = Clip("n.4", "បួន", "four", (Take.MID, Take.END), 0.5)
KILO = Clip("u.kg", "គីឡូ", "kilo", (Take.END,), 0.6)


def add(folder: Path, id: str, take: Take, voice: str = "km", loud: float = 0.3) -> str:
    data = write_wav(tone(RATE, 0.1, loud).tobytes())
    place = folder / voice / "audio"
    place.mkdir(parents=True, exist_ok=True)
    name = file_name(id, take, data)
    (place / name).write_bytes(data)
    return name


def test_a_file_is_named_for_what_it_holds(tmp_path: Path) -> None:
    name = add(tmp_path, "c.pig_live", Take.MID)
    data = (tmp_path / "km" / "audio" / name).read_bytes()
    assert name == f"c.pig_live.mid.{hashlib.sha256(data).hexdigest()[:12]}.wav"


def test_a_clip_is_found_in_its_voice_only(tmp_path: Path) -> None:
    name = add(tmp_path, "n.4", Take.MID)
    clips = Clips(tmp_path)
    assert clips.file("km", "n.4", Take.MID) == name
    assert clips.file("en", "n.4", Take.MID) is None
    assert clips.file("fr", "n.4", Take.MID) is None
    assert clips.file("km", "n.5", Take.MID) is None


def test_the_other_take_stands_in(tmp_path: Path) -> None:
    name = add(tmp_path, "n.4", Take.MID)
    clips = Clips(tmp_path)
    assert clips.file("km", "n.4", Take.END) == name
    assert clips.missing("km", [FOUR, KILO]) == [(FOUR, Take.END), (KILO, Take.END)]
    end = add(tmp_path, "u.kg", Take.END)
    assert Clips(tmp_path).file("km", "u.kg", Take.MID) == end


def test_no_folder_is_no_clips(tmp_path: Path) -> None:
    clips = Clips(tmp_path / "nowhere", every=0)
    assert clips.file("km", "n.4", Take.MID) is None
    assert clips.read("km", "n.4.mid.0123456789ab.wav") is None
    assert clips.missing("km", [KILO]) == [(KILO, Take.END)]
    name = add(tmp_path / "nowhere", "n.4", Take.MID)
    assert clips.file("km", "n.4", Take.MID) == name


def test_what_is_no_clip_is_passed_over(tmp_path: Path) -> None:
    place = tmp_path / "km" / "audio"
    (place / "n.4.mid.0123456789ab.wav").mkdir(parents=True)
    for name in ("n.4.mid.wav", ".n.4.mid.0123456789ab.wav.77", "n.4.mid.0123456789AB.wav", "notes.txt"):
        (place / name).write_text("x")
    assert Clips(tmp_path).files("km") == {}


def test_a_running_process_learns_of_new_clips(tmp_path: Path) -> None:
    clips = Clips(tmp_path, every=0.05)
    names = []
    for number in range(3):
        names.append(add(tmp_path, f"n.{number}", Take.MID))
        time.sleep(0.06)
        assert [clips.file("km", f"n.{one}", Take.MID) for one in range(number + 1)] == names


def test_it_does_not_look_each_time(tmp_path: Path) -> None:
    clips = Clips(tmp_path, every=3600)
    name = add(tmp_path, "n.4", Take.MID)
    assert clips.file("km", "n.4", Take.MID) is None
    clips.look()
    assert clips.file("km", "n.4", Take.MID) == name


def test_the_newer_of_two_recordings_stands(tmp_path: Path) -> None:
    old, new = add(tmp_path, "n.4", Take.MID, loud=0.1), add(tmp_path, "n.4", Take.MID, loud=0.2)
    place = tmp_path / "km" / "audio"
    for newer, older in ((new, old), (old, new)):
        os.utime(place / newer, (2_000_000_000, 2_000_000_000))
        os.utime(place / older, (1_000_000_000, 1_000_000_000))
        clips = Clips(tmp_path)
        assert clips.file("km", "n.4", Take.MID) == newer
        assert clips.read("km", older) == (older, (place / older).read_bytes())


def test_a_call_under_way_hears_the_new_recording_of_a_replaced_one(tmp_path: Path) -> None:
    old = add(tmp_path, "n.4", Take.MID, loud=0.1)
    clips = Clips(tmp_path, every=3600)
    new = add(tmp_path, "n.4", Take.MID, loud=0.2)
    place = tmp_path / "km" / "audio"
    (place / old).unlink()
    assert clips.file("km", "n.4", Take.MID) == old  # not looked at since
    assert clips.read("km", old) == (new, (place / new).read_bytes())
    assert clips.read("km", new) == (new, (place / new).read_bytes())


def test_a_file_another_process_announced_is_found_at_once(tmp_path: Path) -> None:
    clips = Clips(tmp_path, every=3600)
    name = add(tmp_path, "n.4", Take.MID)
    found = clips.read("km", name)
    assert found is not None
    assert found[0] == name


def test_asking_costs_microseconds(tmp_path: Path) -> None:
    for number in range(300):
        add(tmp_path, f"n.{number}", Take.MID)
    clips = Clips(tmp_path)
    begun = time.process_time()
    for _ in range(20):
        for number in range(500):
            clips.file("km", f"n.{number}", Take.END)
    assert (time.process_time() - begun) / 10_000 < 20e-6


def test_threads_share_it_while_the_folder_changes(tmp_path: Path) -> None:
    add(tmp_path, "n.0", Take.MID)
    clips = Clips(tmp_path, every=0)
    faults: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            if clips.file("km", "n.0", Take.END) is None:
                faults.append("n.0 was gone for a moment")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 60):
        add(tmp_path, f"n.{number}", Take.MID)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert clips.file("km", "n.59", Take.MID)


@pytest.mark.parametrize(("name", "seconds"), [("tone", 0.6)])
def test_the_sounds_of_the_line_ship_with_it(tmp_path: Path, name: str, seconds: float) -> None:
    clips = Clips(tmp_path)
    file = clips.line_sound(name)
    data = clips.line_bytes(file)
    assert data is not None
    assert file == f"{name}.{digest(data)}.wav"
    wav = read_wav(data)
    assert wav.seconds == pytest.approx(seconds)
    assert not wav.clipped
    assert any(data[44:]) == (name == "tone")


def test_there_are_no_other_sounds(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    with pytest.raises(KeyError):
        clips.line_sound("fanfare")
    assert clips.line_bytes("tone.wav") is None
    assert clips.line_bytes("../wav.py") is None


def test_a_wav_of_another_shape_is_told(tmp_path: Path) -> None:
    path = tmp_path / "music.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(400))
    with pytest.raises(WavError, match="44100 Hz, 2 channel"):
        read_wav(path.read_bytes())
    for data in (b"", b"text", write_wav(b""), write_wav(tone(RATE, 0.1).tobytes())[:30]):
        with pytest.raises(WavError):
            read_wav(data)


def test_flat_tops_are_clipping_in_any_channel_and_touching_the_top_is_not() -> None:
    quiet, flat = tone(8000, 0.1), tone(8000, 0.1, loud=1.5)
    assert is_clipped(flat.tobytes(), 1)
    assert not is_clipped(tone(8000, 0.1, loud=1.0).tobytes(), 1)
    both = quiet[:0]
    for one, other in zip(quiet, flat, strict=True):
        both.extend((one, other))
    assert is_clipped(both.tobytes(), 2)
    assert not is_clipped(quiet.tobytes(), 1)
    assert not is_clipped(b"", 1)
    assert read_wav(write_wav(quiet.tobytes(), clipped=True)).clipped
