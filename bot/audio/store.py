"""Which clips are there: the files of each voice, by clip and take, and the sounds that ship with the project.

Asked on every turn of a call, so it answers from memory and looks at the folders now and then. Decodes nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.language.saying.clips import Clip, Take
from bot.language.saying.speaking import SPOKEN

LOOK_EVERY = 10.0  # seconds between two looks at the folders
# A folder changed so lately may change again within the same tick of its clock.
UNSETTLED = 2.0  # seconds
FILE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\.(mid|end)\.([0-9a-f]{12})\.wav")
# A recording of a broadcast: kept in the database, and named by what it is.
_ANNOUNCED = re.compile(r"announcement\.([0-9a-f]{12})")
_ANNOUNCED_FILE = re.compile(r"(announcement\.([0-9a-f]{12}))\.end\.\2\.wav")
SHIPPED = Path(__file__).with_name("static")


def digest(data: bytes) -> str:
    """What of a file's content stands in its name: a changed clip has a new address."""
    return hashlib.sha256(data).hexdigest()[:12]


def file_name(id: str, take: Take, data: bytes) -> str:
    """The name a clip is kept and served under."""
    return f"{id}.{take}.{digest(data)}.wav"


def announcement(data: bytes) -> str:
    """The clip a recording of a broadcast is known as."""
    return f"announcement.{digest(data)}"


def is_announcement(id: str) -> bool:
    """Whether a clip is a recording of a broadcast."""
    return _ANNOUNCED.fullmatch(id) is not None


def announcement_file(id: str) -> str | None:
    """The file of a broadcast's recording, whoever keeps it; None for any other clip."""
    match = _ANNOUNCED.fullmatch(id)
    return f"{id}.{Take.END}.{match[1]}.wav" if match else None


def announced_in(name: str) -> str | None:
    """The recording of a broadcast that a file is of; None for any other file."""
    match = _ANNOUNCED_FILE.fullmatch(name)
    return match[1] if match else None


@dataclass(frozen=True, slots=True)
class _Shelf:
    """One voice's folder as it was seen. The folder's time is 0 while it may change unnoticed."""

    changed: int
    files: Mapping[tuple[str, str], str]
    names: frozenset[str]


_BARE = _Shelf(-1, {}, frozenset())


class Clips:
    """The recorded clips in `<folder>/<voice>/audio/`. One for a process; threads may share it."""

    def __init__(self, folder: Path, every: float = LOOK_EVERY) -> None:
        self._folder = folder
        self._every = every
        self._looking = threading.Lock()
        self._shelves = dict.fromkeys(SPOKEN, _BARE)
        self._line: dict[str, str] = {}
        self._shipped: dict[str, bytes] = {}
        for path in sorted(SHIPPED.glob("*.wav")):
            data = path.read_bytes()
            name = f"{path.stem}.{digest(data)}.wav"
            self._line[path.stem] = name
            self._shipped[name] = data
        self.look()

    def file(self, voice: str, id: str, take: Take) -> str | None:
        """The name of the clip's file, of the other take where this one is missing; None without either."""
        files = self._shelf(voice).files
        return files.get((id, take)) or files.get((id, Take.MID if take == Take.END else Take.END))

    def missing(self, voice: str, clips: Iterable[Clip]) -> list[tuple[Clip, Take]]:
        """The takes nobody has recorded, whether or not the other take stands in for them."""
        files = self._shelf(voice).files
        return [(clip, take) for clip in clips for take in clip.takes if (clip.id, take) not in files]

    def files(self, voice: str) -> Mapping[tuple[str, str], str]:
        """The file of each clip and take that is there."""
        return self._shelf(voice).files

    def line_sound(self, name: str) -> str:
        """The file of a sound that ships: the tone. Raises KeyError."""
        return self._line[name]

    def line_bytes(self, name: str) -> bytes | None:
        """The content of a shipped sound's file; None where there is no such file."""
        return self._shipped.get(name)

    def read(self, voice: str, name: str) -> tuple[str, bytes] | None:
        """The content of a clip's file and the name it stands under now; None where there is no such clip.

        A call under way may ask for a file that was replaced a moment ago: it hears the new one.
        """
        match = FILE.fullmatch(name)
        if match is None or voice not in self._shelves:
            return None
        if name not in self._shelf(voice).names:
            self.look()  # another process may know it already
        for _ in range(2):
            shelf = self._shelves[voice]
            current = name if name in shelf.names else shelf.files.get((match[1], match[2]))
            if current is None:
                return None
            try:
                return current, (self.folder(voice) / current).read_bytes()
            except OSError:
                self.look()
        return None

    def folder(self, voice: str) -> Path:
        """Where a voice's files are kept."""
        return self._folder / voice / "audio"

    def look(self) -> None:
        """Look at the folders now; cheap where nothing changed."""
        with self._looking:
            self._looked = time.monotonic()
            for voice in SPOKEN:
                self._shelves[voice] = _seen(self.folder(voice), self._shelves[voice])

    def _shelf(self, voice: str) -> _Shelf:
        # While one thread looks, the others answer from what was seen before.
        if time.monotonic() - self._looked >= self._every and not self._looking.locked():
            self.look()
        return self._shelves.get(voice, _BARE)


def _seen(folder: Path, before: _Shelf) -> _Shelf:
    try:
        changed = folder.stat().st_mtime_ns
        if changed == before.changed:
            return before
        with os.scandir(folder) as entries:
            found = [
                (entry.stat().st_mtime_ns, entry.name, match)
                for entry in entries
                if (match := FILE.fullmatch(entry.name)) and entry.is_file()
            ]
    except FileNotFoundError:
        return _BARE
    except OSError:
        return before
    # Of two recordings of one take the newer stands: the older is about to be removed.
    files = {(match[1], match[2]): name for _, name, match in sorted(found, key=lambda one: one[:2])}
    settled = time.time_ns() - changed > UNSETTLED * 1e9
    return _Shelf(changed if settled else 0, files, frozenset(name for _, name, _ in found))
