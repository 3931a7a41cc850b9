"""What comes back from the studio: a folder of recordings becomes files of the store, all of them or none.

Owns how recordings are named and what is wrong with one; how they are decoded is the studio's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.audio.store import FILE, Clips, file_name
from bot.audio.wav import Wav, read_wav
from bot.language.saying.clips import Clip, Take

SOUNDS = frozenset((".wav", ".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".flac", ".webm", ".aif", ".aiff"))
LITTER = frozenset(("thumbs.db", "desktop.ini"))  # what computers leave in folders; so are names with a dot in front
LONGEST = 8.0  # seconds anybody listens to one clip
SPARE = 1.0  # seconds a clip may last beyond half as much again as its target


@dataclass(frozen=True, slots=True)
class Intake:
    """What a folder holds: the WAV file of each clip and take; what is wrong; what somebody should hear again."""

    files: Mapping[tuple[str, Take], bytes]
    faults: Sequence[str]
    notes: Sequence[str]


def flaws(clip: Clip, wav: Wav) -> list[str]:
    """Why a recording that plays should be made again."""
    found = []
    if wav.seconds > LONGEST:
        found.append(f"too long: {wav.seconds:.1f} s, nobody listens to more than {LONGEST:.0f}")
    elif wav.seconds > 1.5 * clip.seconds + SPARE:
        found.append(f"too long: {wav.seconds:.1f} s for {clip.seconds:.1f}")
    if wav.clipped:
        found.append("clipped: record it again with less gain")
    return found


def read_folder(folder: Path, clips: Sequence[Clip]) -> Intake:
    """Every recording of a folder, named `<id>.<take>.<ending>`, or `<id>.<ending>` for all takes of the clip."""
    from bot.audio.studio import StudioError, prepare  # the web process knows this command line, but no decoder

    known = {clip.id: clip for clip in clips}
    files: dict[tuple[str, Take], bytes] = {}
    origin: dict[tuple[str, Take], str] = {}
    faults: list[str] = []
    notes: list[str] = []
    paths = [path for path in sorted(folder.iterdir()) if not _is_litter(path.name)]
    for path in paths:
        claim = _claim(path, known)
        if isinstance(claim, str):
            faults.append(f"{path.name}: {claim}")
            continue
        clip, takes = claim
        twice = {origin[clip.id, take] for take in takes if (clip.id, take) in origin}
        if twice:
            faults.append(f"{path.name}: is the same take as {', '.join(sorted(twice))}; keep one of them")
            continue
        origin.update({(clip.id, take): path.name for take in takes})
        try:
            prepared = prepare(path)
        except StudioError as error:
            faults.append(f"{path.name}: {error}")
            continue
        files.update({(clip.id, take): prepared.bytes for take in takes})
        notes += [f"{path.name}: {flaw}" for flaw in flaws(clip, read_wav(prepared.bytes))]
    if not paths:
        faults.append(f"{folder.name}: holds no recordings; name them as in the column file of: flask prompts sheet")
    return Intake(files, faults, notes)


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER


def _claim(path: Path, known: Mapping[str, Clip]) -> tuple[Clip, Sequence[Take]] | str:
    """The clip and the takes a file is of, or what is wrong with its name."""
    if path.is_dir():
        return "is a folder; import it by itself"
    ending = path.suffix.lower()
    if ending not in SOUNDS:
        return "is no recording by its name; end it in .wav, .mp3 or .m4a, or take it out"
    stem = path.name[: -len(ending)]
    if clip := _called(stem, known):
        return clip, clip.takes
    id, _, last = stem.rpartition(".")
    take = last.lower()
    if take in list(Take) and (clip := _called(id, known)):
        if Take(take) in clip.takes:
            return clip, [Take(take)]
        return f"has a take nobody needs; {clip.id} is wanted as {' and '.join(clip.takes)}"
    near = get_close_matches(stem, [f"{clip.id}.{take}" for clip in known.values() for take in clip.takes], n=1)
    return f"is no clip; did you mean {near[0]}?" if near else "is no clip; see the names in: flask prompts sheet"


def _called(id: str, known: Mapping[str, Clip]) -> Clip | None:
    """The clip of this id; small and capital letters are often changed on the way."""
    if id in known:
        return known[id]
    alike = [clip for one, clip in known.items() if one.lower() == id.lower()]
    return alike[0] if len(alike) == 1 else None


def keep(intake: Intake, clips: Clips, voice: str) -> tuple[int, int, int]:
    """Put the files in place: how many are new, changed and unchanged. Raises OSError, and then few or none are.

    A file appears under its name only when it is whole. What it replaces goes when all are in place, so that no
    call finds a gap.
    """
    folder = clips.folder(voice)
    folder.mkdir(parents=True, exist_ok=True)
    clips.look()
    before = clips.files(voice)
    added = changed = 0
    waiting: list[tuple[Path, Path]] = []
    names = {key: file_name(*key, data) for key, data in intake.files.items()}
    try:
        for key, data in intake.files.items():
            place = folder / names[key]
            if _holds(place, data):
                continue
            added, changed = (added, changed + 1) if key in before else (added + 1, changed)
            draft = folder / f".{names[key]}.{os.getpid()}"
            waiting.append((draft, place))
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for draft, place in waiting:
            draft.replace(place)
    finally:
        for draft, _ in waiting:
            draft.unlink(missing_ok=True)
    for path in list(folder.iterdir()):
        match = FILE.fullmatch(path.name)
        if match and names.get((match[1], Take(match[2])), path.name) != path.name:
            path.unlink(missing_ok=True)
    clips.look()
    return added, changed, len(names) - added - changed


def _holds(place: Path, data: bytes) -> bool:
    try:
        return place.read_bytes() == data
    except FileNotFoundError:
        return False
