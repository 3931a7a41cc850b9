"""The one shape of sound on the line: WAV, 8 kHz, mono, 16 bit, and what can be read off such a file.

Needs the standard library only, so the web process may use it; decoding anything else is the studio's.
"""

from __future__ import annotations

import io
import struct
import wave
from array import array
from dataclasses import dataclass

RATE = 8000  # samples a second
FULL = 32767
# At full scale a wave is cut off flat: so many samples in a row are no chance.
FLAT = 3
AT_THE_TOP = FULL - 8
_MARK = b"clipped\0"  # of even length, as chunks are


class WavError(ValueError):
    """Not a file as the line plays them; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Wav:
    """What a file of the line is: its length in seconds, and whether its recording was cut off at full scale."""

    seconds: float
    clipped: bool


def write_wav(samples: bytes, clipped: bool = False) -> bytes:
    """A WAV file of 16-bit little-endian samples.

    Making a clip quieter hides that its recording was clipped, so a comment behind the sound keeps it; players
    pass over it.
    """
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples)
    data = file.getvalue()
    if not clipped:
        return data
    comment = b"INFO" + struct.pack("<4sI", b"ICMT", len(_MARK)) + _MARK
    data += struct.pack("<4sI", b"LIST", len(comment)) + comment
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def read_wav(data: bytes) -> Wav:
    """What the file is. Raises WavError."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            samples = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise WavError("is no WAV file") from error
    if shape != (RATE, 1, 2):
        raise WavError(f"is {shape[0]} Hz, {shape[1]} channel(s), {8 * shape[2]} bit, not 8000 Hz mono 16 bit")
    if not samples:
        raise WavError("has no sound in it")
    return Wav(len(samples) / 2 / RATE, data.endswith(_MARK) or is_clipped(samples, 1))


def is_clipped(samples: bytes, channels: int) -> bool:
    """Whether 16-bit samples, the channels taking turns, lie flat at full scale somewhere."""
    every = array("h", samples[: len(samples) // 2 * 2])
    for channel in range(channels):
        one = every[channel::channels]
        # Most sound never touches the top: two quick looks spare the slow one.
        if not one or (max(one) < AT_THE_TOP and min(one) > -AT_THE_TOP):
            continue
        run, side = 0, 0
        for sample in one:
            now = 1 if sample >= AT_THE_TOP else -1 if sample <= -AT_THE_TOP else 0
            run = run + 1 if now and now == side else abs(now)
            side = now
            if run >= FLAT:
                return True
    return False
