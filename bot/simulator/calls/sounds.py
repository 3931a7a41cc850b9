"""The sounds a caller can leave: the sample, the silence, and how long a recording is.

Owns no file: what is here is made by arithmetic. Eight thousand samples a second, one channel, 16 bits.
"""

from __future__ import annotations

import io
import math
import struct
import wave

RATE = 8000  # samples a second, as telephones have it
LARGEST = 4 * 1024 * 1024  # bytes of one recording: two minutes are half of that


def sample(seconds: float = 2.0) -> bytes:
    """A WAV that stands for a voice: a hum that rises and falls, with pauses as between words."""
    frames = []
    for number in range(round(seconds * RATE)):
        at = number / RATE
        loud = max(0.0, math.sin(2 * math.pi * 2.5 * at))
        pitch = 140 * at + 6 * math.sin(2 * math.pi * 1.1 * at)
        tone = sum(math.sin(2 * math.pi * pitch * part) / part for part in (1, 2, 3, 5))
        frames.append(round(9000 * loud * tone / 2))
    return _wav(frames)


def silence(seconds: int) -> bytes:
    """A WAV of nothing."""
    return _wav([0] * seconds * RATE)


def seconds_of(sound: bytes) -> int:
    """The length a carrier would tell, at least 1; of what is no WAV, 1."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            return max(1, int(file.getnframes()) // int(file.getframerate()))
    except (wave.Error, EOFError, ZeroDivisionError):
        return 1


def is_wav(sound: bytes) -> bool:
    """Whether it is a WAV that can be played."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            return int(file.getnframes()) > 0
    except (wave.Error, EOFError):
        return False


def _wav(frames: list[int]) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(frames)}h", *frames))
    return held.getvalue()
