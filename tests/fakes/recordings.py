"""Recordings as studios and phones make them: a tone between silences, in any format, made by the real encoders."""

from __future__ import annotations

import io
import math
from array import array

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

CODECS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "m4a": "aac", "ogg": "libopus", "webm": "libopus", "flac": "flac"}
CONTAINERS = {"m4a": "ipod"}
SPAN = 1024  # samples a frame


def tone(rate: int, seconds: float, loud: float = 0.3, hertz: float = 440.0) -> array[int]:
    """A sine, cut off flat where it is louder than full scale."""
    step = 2 * math.pi * hertz / rate
    return array(
        "h", [max(-32767, min(32767, int(32767 * loud * math.sin(step * i)))) for i in range(int(rate * seconds))]
    )


def silence(rate: int, seconds: float) -> array[int]:
    return array("h", bytes(2 * int(rate * seconds)))


def encoded(samples: array[int], ending: str = "wav", rate: int = 44100, channels: int = 2) -> bytes:
    """The file a recorder would write of these samples, the same in each channel."""
    out = io.BytesIO()
    layout = "mono" if channels == 1 else "stereo"
    with av.open(out, "w", format=CONTAINERS.get(ending, ending)) as container:
        stream = container.add_stream(CODECS[ending], rate=rate, layout=layout)
        for start in range(0, len(samples), SPAN):
            piece = samples[start : start + SPAN]
            both = array("h", [sample for sample in piece for _ in range(channels)])
            frame = AudioFrame("s16", layout, len(piece))
            frame.planes[0].update(both.tobytes())
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def spoken(seconds: float = 0.5, ending: str = "wav", rate: int = 44100, loud: float = 0.3, channels: int = 2) -> bytes:
    """Something said, half a second of silence before it and a second behind."""
    samples = silence(rate, 0.5) + tone(rate, seconds, loud) + silence(rate, 1.0)
    return encoded(samples, ending, rate, channels)


def film() -> bytes:
    """A video without sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for number in range(5):
            frame = VideoFrame(32, 32, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def of_unknown_codec() -> bytes:
    """A WAV file that names a codec nobody has heard of."""
    data = bytearray(spoken())
    at = data.index(b"fmt ") + 8
    data[at : at + 2] = b"\x99\x99"
    return bytes(data)
