"""The studio, with real recordings of every format and with everything that is none."""

from __future__ import annotations

import math
import time
import wave
from array import array
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio.studio import OnlySilenceError, Prepared, StudioError, prepare, re_encode
from bot.audio.wav import RATE, read_wav, write_wav
from tests.fakes.recordings import CODECS, encoded, film, of_unknown_codec, silence, spoken, tone

FULL = 32767


def prepared(tmp_path: Path, data: bytes, most_seconds: float = 60.0) -> Prepared:
    path = tmp_path / "recording"
    path.write_bytes(data)
    return prepare(path, most_seconds)


def samples_of(data: bytes) -> array[int]:
    with wave.open(BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return array("h", file.readframes(file.getnframes()))


def decibels(samples: array[int]) -> float:
    return 20 * math.log10(math.sqrt(sum(one * one for one in samples) / len(samples)) / FULL)


def hertz(samples: array[int]) -> float:
    crossings = sum(1 for one, following in pairwise(samples) if one < 0 <= following)
    return crossings * RATE / len(samples)


@pytest.mark.parametrize("ending", sorted(CODECS))
@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (16000, 1)])
def test_every_format_becomes_one_shape(tmp_path: Path, ending: str, rate: int, channels: int) -> None:
    done = prepared(tmp_path, spoken(0.5, ending, rate, channels=channels))
    samples = samples_of(done.bytes)
    assert done.seconds == pytest.approx(0.62, abs=0.05)  # the word, and 60 ms on either side
    assert done.seconds == pytest.approx(len(samples) / RATE)
    middle = samples[RATE // 5 : 2 * RATE // 5]
    assert decibels(middle) == pytest.approx(-20, abs=0.5)
    assert hertz(middle) == pytest.approx(440, abs=8)
    assert not done.clipped
    assert read_wav(done.bytes).seconds == done.seconds


@pytest.mark.parametrize("loud", [0.02, 0.1, 0.9])
def test_all_clips_are_equally_loud(tmp_path: Path, loud: float) -> None:
    samples = samples_of(prepared(tmp_path, spoken(0.5, loud=loud)).bytes)
    assert decibels(samples[RATE // 5 : 2 * RATE // 5]) == pytest.approx(-20, abs=0.5)


def test_a_single_peak_is_limited_and_changes_nothing_around_it(tmp_path: Path) -> None:
    rate = 44100
    said = tone(rate, 1.0, loud=0.02)
    said[rate // 2 : rate // 2 + 40] = array("h", [16000] * 40)
    done = prepared(tmp_path, encoded(silence(rate, 0.3) + said + silence(rate, 0.3)))
    assert done.peak <= -0.9
    samples = samples_of(done.bytes)
    before, after = samples[RATE // 5 : 2 * RATE // 5], samples[-2 * RATE // 5 : -RATE // 5]
    assert decibels(before) == pytest.approx(decibels(after), abs=0.3)


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    data = spoken(0.4, "mp3")
    assert prepared(tmp_path, data) == prepared(tmp_path, data)


def test_a_click_before_the_word_is_cut_off(tmp_path: Path) -> None:
    rate = 44100
    click = array("h", [20000, -20000] * 100)
    data = encoded(silence(rate, 0.3) + click + silence(rate, 1.0) + tone(rate, 0.5) + silence(rate, 0.5))
    assert prepared(tmp_path, data).seconds == pytest.approx(0.62, abs=0.05)


def test_a_pause_within_stays(tmp_path: Path) -> None:
    rate = 44100
    data = encoded(tone(rate, 0.3) + silence(rate, 0.4) + tone(rate, 0.3, loud=0.05) + silence(rate, 1.0))
    assert prepared(tmp_path, data).seconds == pytest.approx(1.06, abs=0.05)


def test_noise_of_the_room_does_not_pass_for_speech(tmp_path: Path) -> None:
    rate = 44100
    noise = array("h", [((i * 7919) % 101) - 50 for i in range(3 * rate)])
    for i, sample in enumerate(tone(rate, 0.5)):
        noise[rate + i] += sample
    assert prepared(tmp_path, encoded(noise)).seconds == pytest.approx(0.62, abs=0.05)


def test_direct_current_does_not_pass_for_speech(tmp_path: Path) -> None:
    rate = 44100
    samples = silence(rate, 1.0) + tone(rate, 0.5) + silence(rate, 1.0)
    data = encoded(array("h", [sample + 3000 for sample in samples]))
    assert prepared(tmp_path, data).seconds == pytest.approx(0.62, abs=0.25)  # less what the step itself rings
    assert sum(samples_of(prepared(tmp_path, data).bytes)) / RATE < 100


@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_clipped_recording_stays_known_as_one(tmp_path: Path, rate: int) -> None:
    done = prepared(tmp_path, spoken(0.5, rate=rate, loud=1.6))
    assert done.clipped
    assert read_wav(done.bytes).clipped
    assert done.peak < -1
    samples_of(done.bytes)  # and other programs read it still
    assert not prepared(tmp_path, spoken(0.5, rate=rate, loud=0.97)).clipped


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty (0 bytes)"),
        (b"Dear studio, here are the recordings.\n" * 200, "is no sound file"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/hostname\n#EXT-X-ENDLIST\n", "is no sound file"),
        (bytes(20_000), "is no sound file"),
        (of_unknown_codec(), "codec nobody here knows"),
        (film(), "has no sound in it"),
        (encoded(silence(44100, 2.0)), "is only silence"),
        (encoded(tone(44100, 1.0, loud=0.001)), "is only silence"),
        (encoded(silence(44100, 1.0) + array("h", [20000] * 300) + silence(44100, 1.0)), "is only silence"),
        (write_wav(b""), "has no sound in it"),
        (spoken(0.5, "flac")[:-3000], "is damaged"),
    ],
    ids=["empty", "text", "playlist", "zeros", "codec", "film", "silence", "murmur", "click", "nothing", "damaged"],
)
def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(StudioError) as told:
        prepared(tmp_path, data)
    assert said in str(told.value)
    assert "\n" not in str(told.value)
    assert "; " in str(told.value), "says what to do"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="cannot be read"):
        prepare(tmp_path / "nowhere.wav")


def test_two_hours_are_refused_without_being_decoded(tmp_path: Path) -> None:
    size = 2 * 3600 * 2 * RATE
    head = bytearray(write_wav(tone(RATE, 61.0).tobytes()))
    head[4:8], head[40:44] = (size + 36).to_bytes(4, "little"), size.to_bytes(4, "little")
    path = tmp_path / "long.wav"
    path.write_bytes(head)
    with path.open("r+b") as file:
        file.truncate(size + 44)  # the rest takes no room on the disk
    begun = time.process_time()
    with pytest.raises(StudioError, match="is 2:00:00 long; cut it to at most 60 s"):
        prepare(path)
    assert time.process_time() - begun < 2


def test_the_limit_counts_what_is_decoded_not_what_a_header_says(tmp_path: Path) -> None:
    data = bytearray(encoded(tone(8000, 3.0), rate=8000, channels=1))
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"  # as a recorder leaves it that does not know how long it will be
    assert prepared(tmp_path, bytes(data), 4.0).seconds == pytest.approx(3.0, abs=0.1)
    with pytest.raises(StudioError, match="2 s"):
        prepared(tmp_path, bytes(data), 2.0)


def test_a_callers_recording_is_kept_whole() -> None:
    done = re_encode(spoken(2.0, "mp3", rate=16000, loud=0.05, channels=1), 120.0)
    assert done.seconds == pytest.approx(3.5, abs=0.15)
    samples = samples_of(done.bytes)
    assert decibels(samples[RATE : 2 * RATE]) == pytest.approx(-20, abs=0.5)


def test_of_a_damaged_callers_recording_the_good_part_is_kept() -> None:
    whole = bytearray(spoken(2.0, "flac", rate=16000, channels=1))
    done = re_encode(bytes(whole[: len(whole) * 3 // 4]), 120.0)
    assert 1.0 < done.seconds < 3.5


@pytest.mark.parametrize("data", [b"", b"<html>Not found</html>" * 50, of_unknown_codec(), film()])
def test_a_callers_recording_that_is_none_is_told(data: bytes) -> None:
    with pytest.raises(StudioError):
        re_encode(data, 120.0)


def test_a_silent_and_an_endless_call_are_told_apart() -> None:
    with pytest.raises(OnlySilenceError):
        re_encode(encoded(silence(8000, 5.0), rate=8000, channels=1), 120.0)
    with pytest.raises(StudioError, match="cut it to at most 4 s") as told:
        re_encode(encoded(tone(8000, 5.0), rate=8000, channels=1), 4.0)
    assert not isinstance(told.value, OnlySilenceError)


WHOLE = {ending: spoken(0.3, ending, 16000, channels=1) for ending in sorted(CODECS)}


@settings(max_examples=60, deadline=None)
@given(
    ending=st.sampled_from(sorted(CODECS)),
    bites=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=20),
    left=st.floats(0.01, 1),
)
def test_whatever_arrives_is_a_recording_or_an_error_of_one_line(
    ending: str, bites: list[tuple[float, int]], left: float
) -> None:
    data = bytearray(WHOLE[ending])
    for place, value in bites:
        data[int(place * place * len(data))] = value  # more of them in the head
    try:
        done = re_encode(bytes(data[: int(left * len(data)) + 1]), 60.0)
    except StudioError as error:
        said = str(error)
    else:
        assert read_wav(done.bytes).seconds == done.seconds <= 60
        said = "a recording"
    assert len(said.splitlines()) == 1
