"""The studio: whatever a recorder or a carrier hands over becomes a file as the line plays it.

The only module that knows PyAV. Runs in commands and workers, never in the web process: what is decoded here
came from elsewhere. Keeps nothing; a recording it cannot use is a StudioError of one line.
"""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.filter import Graph

from bot.audio.wav import FULL, RATE, is_clipped, write_wav

MOST_SECONDS = 60.0  # of a recording of the studio, before trimming
# What may be opened. Playlists and other formats that make the decoder open further files stay out.
FORMATS = "wav,w64,mp3,mov,aac,amr,ogg,flac,matroska,aiff,caf"
MOST_CHANNELS = 8
LEAST_RATE, MOST_RATE = 4000, 200_000  # samples a second

WINDOW = RATE // 100  # samples: the level is looked at every 10 ms
SILENT = -55.0  # dB below full scale: nobody spoke louder than this
QUIET = 35.0  # dB below the speech lie its pauses
NOISE = 8.0  # dB above the room's noise begins what somebody says
WORD = 5  # windows: nothing anybody says is shorter
RUN = 3  # windows in a row: a click of a mouse is shorter
KEPT = 6  # windows of silence left before and behind the sound

LOUDNESS = -20.0  # dB below full scale, root mean square of what is speech
CEILING = -1.0  # dB below full scale, of the peaks
MOST_GAIN = 35.0  # dB: more would lift the noise of the room only
LIMITED = 6.0  # dB the limiter may take off single peaks; beyond that a clip stays quieter, not distorted
FADE = 0.005  # seconds, so that cuts do not click


class StudioError(ValueError):
    """A recording that cannot be used; the message is one line, what is wrong and what to do."""


class OnlySilenceError(StudioError):
    """A sound recording in which nothing is heard."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording as the line plays it: a WAV file of 8 kHz, mono, 16 bit.

    `peak` is its highest peak in dB below full scale; `clipped` says that what came in was cut off there.
    """

    bytes: bytes
    seconds: float
    peak: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class _Sound:
    samples: array[float]  # RATE a second, 1.0 is full scale
    clipped: bool


def prepare(path: Path, most_seconds: float = MOST_SECONDS) -> Prepared:
    """A studio's recording of one clip: silence trimmed at both ends, loudness evened. Raises StudioError."""
    try:
        with path.open("rb") as file:
            sound = _decode(file, most_seconds, forgiving=False)
    except OSError as error:
        raise StudioError(f"cannot be read ({error.strerror}); check its name and place") from error
    levels = _levels(sound.samples)
    first, last = _spoken(levels)
    start = max(0, first - KEPT) * WINDOW
    end = min(len(sound.samples), (last + 1 + KEPT) * WINDOW)
    return _even(_Sound(sound.samples[start:end], sound.clipped), levels)


def re_encode(data: bytes, most_seconds: float) -> Prepared:
    """A caller's recording, whole, its loudness evened. What of it is damaged is left out. Raises StudioError."""
    sound = _decode(io.BytesIO(data), most_seconds, forgiving=True)
    levels = _levels(sound.samples)
    _spoken(levels)
    return _even(sound, levels)


def _decode(file: BinaryIO, most_seconds: float, forgiving: bool) -> _Sound:
    if not file.read(1):
        raise StudioError("is empty (0 bytes); export it again")
    file.seek(0)
    try:
        with av.open(file, "r", options={"format_whitelist": FORMATS}, metadata_errors="replace") as container:
            return _read(container, most_seconds, forgiving)
    except FFmpegError as error:
        raise StudioError("is no sound file, or only a part of one; export it as WAV, MP3 or M4A") from error


def _read(container: InputContainer, most_seconds: float, forgiving: bool) -> _Sound:
    if not container.streams.audio:
        raise StudioError("has no sound in it; export the sound as WAV, MP3 or M4A")
    stream = container.streams.audio[0]
    # PyAV has no context where FFmpeg knows no decoder, whatever its types say.
    if getattr(stream, "codec_context", None) is None:
        raise StudioError("has a codec nobody here knows; export it as WAV, MP3 or M4A")
    if not LEAST_RATE <= stream.rate <= MOST_RATE or not 1 <= stream.channels <= MOST_CHANNELS:
        raise StudioError(
            f"has {stream.rate} samples a second in {stream.channels} channel(s); "
            f"export it with 8,000 to 48,000 in one or two"
        )
    # Clipping shows before the channels are mixed and the rate changes, so it is looked for there.
    as_it_is = _Chain(("aformat", "sample_fmts=s16"))
    # Without hum and direct current, which would pass for sound.
    on_the_line = _Chain(
        ("aresample", str(RATE)), ("aformat", "sample_fmts=flt:channel_layouts=mono"), ("highpass", "f=80")
    )
    samples, clipped = array("f"), False
    for frame in _frames(container, stream, forgiving):
        for exact in as_it_is.through(frame):
            clipped = clipped or is_clipped(exact, stream.channels)
        for piece in on_the_line.through(frame):
            samples.frombytes(piece)
        # Lengths in headers are often wrong: what was decoded is counted, and no more than this is.
        if len(samples) > most_seconds * RATE:
            raise StudioError(_too_long(container, most_seconds))
    if not samples:
        raise StudioError("has no sound in it; export it again")
    return _Sound(samples, clipped)


def _frames(container: InputContainer, stream: AudioStream, forgiving: bool) -> Iterator[AudioFrame | None]:
    """The frames of the sound; None behind the last one, for what the filters still hold."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                yield None
                return
            for frame in packet.decode():
                assert isinstance(frame, AudioFrame)
                yield frame
        except FFmpegError as error:
            if not forgiving:
                raise StudioError("is damaged; export it again") from error


def _too_long(container: InputContainer, most_seconds: float) -> str:
    told = (container.duration or 0) / av.time_base
    if told <= most_seconds:
        return f"is longer than {most_seconds:.0f} s; cut it"
    minutes, seconds = divmod(round(told), 60)
    return f"is {minutes // 60}:{minutes % 60:02}:{seconds:02} long; cut it to at most {most_seconds:.0f} s"


class _Chain:
    """Filters of FFmpeg in a row, made for the first frame that comes."""

    def __init__(self, *filters: tuple[str, str]) -> None:
        self._filters = filters
        self._graph: Graph | None = None

    def through(self, frame: AudioFrame | None) -> Iterator[bytes]:
        """What comes out, channels taking turns, when a frame is put in; None for the rest."""
        if self._graph is None:
            if frame is None:
                return
            self._graph = self._made_for(frame)
        self._graph.push(frame)
        while True:
            try:
                out = self._graph.pull()
            except (BlockingIOError, EOFError):  # nothing more before the next frame, or at all
                return
            assert isinstance(out, AudioFrame)
            size = out.samples * out.layout.nb_channels * out.format.bytes
            yield bytes(out.planes[0])[:size]

    def _made_for(self, frame: AudioFrame) -> Graph:
        graph = Graph()
        source = graph.add_abuffer(sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name)
        nodes = [graph.add(name, options) for name, options in self._filters]
        graph.link_nodes(source, *nodes, graph.add("abuffersink")).configure()
        return graph


def _levels(samples: array[float]) -> list[float]:
    """The level of each window, dB below full scale."""
    levels = []
    for start in range(0, len(samples), WINDOW):
        window = samples[start : start + WINDOW]
        levels.append(_decibels(math.sqrt(sum(map(mul, window, window)) / len(window))))
    return levels


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 1e-9))


def _heard(levels: list[float]) -> float:
    """The level from which on it is speech. Raises OnlySilenceError."""
    ranked = sorted(levels)
    loud, noise = ranked[max(0, len(ranked) - WORD)], ranked[len(ranked) // 20]
    if loud < SILENT:
        raise OnlySilenceError("is only silence; record it again")
    # In a recording cut close there is no noise to measure, only soft speech.
    return max(loud - QUIET, min(noise + NOISE, loud - QUIET / 2))


def _spoken(levels: list[float]) -> tuple[int, int]:
    """The first and the last window in which somebody speaks. Raises OnlySilenceError."""
    heard = _heard(levels)
    runs = [
        start for start in range(len(levels) - RUN + 1) if all(level >= heard for level in levels[start : start + RUN])
    ]
    if not runs:
        raise OnlySilenceError("is only silence and a click; record it again")
    return runs[0], runs[-1] + RUN - 1


def _even(sound: _Sound, levels: list[float]) -> Prepared:
    """As loud as all the others.

    One gain for the whole recording, by the level of its speech alone: the usual meters of loudness look at
    0.4 s and more, and many a clip is one short word. Only single peaks are limited, so nothing pumps.
    """
    heard = _heard(levels)
    powers = [10 ** (level / 10) for level in levels if level >= heard]
    level = 10 * math.log10(sum(powers) / len(powers))
    peak = _decibels(max(max(sound.samples), -min(sound.samples)))
    gain = min(LOUDNESS - level, MOST_GAIN, CEILING + LIMITED - peak)
    seconds = len(sound.samples) / RATE
    chain = _Chain(
        ("volume", f"{gain:.2f}dB"),
        ("alimiter", f"limit={10 ** (CEILING / 20):.4f}:attack=2:release=30:level=false:latency=true"),
        ("afade", f"type=in:duration={FADE}"),
        ("afade", f"type=out:start_time={max(0.0, seconds - FADE):.6f}:duration={FADE}"),
        ("aformat", "sample_fmts=s16"),
    )
    frame = AudioFrame("flt", "mono", len(sound.samples))
    frame.sample_rate, frame.pts = RATE, 0
    frame.planes[0].update(sound.samples.tobytes())
    samples = b"".join([*chain.through(frame), *chain.through(None)])
    heights = array("h", samples)
    peak = _decibels(max(max(heights), -min(heights)) / FULL)
    return Prepared(write_wav(samples, sound.clipped), len(heights) / RATE, peak, sound.clipped)
