"""The command line of the clips: the recording sheet, what comes back from the studio, what is still to be done."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bot.audio.intake import flaws, keep, read_folder
from bot.audio.store import Clips, file_name
from bot.audio.wav import WavError, read_wav
from bot.language.saying.clips import Clip, Take
from bot.language.saying.speaking import SPOKEN

COLUMNS = ("id", "take", "text", "english", "seconds", "file")
DIR = click.Path(exists=True, file_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
WHOSE = click.option("--voice", type=click.Choice(SPOKEN), default=SPOKEN[0], show_default=True, help="whose clips")


def prompt_commands(clips_of: Callable[[str], Sequence[Clip]], folder: Path) -> click.Group:
    """flask prompts sheet|import|check. `clips_of` gives all clips of a voice; in `folder` lie the voices."""
    group = click.Group("prompts", help="Recorded clips: the sheet for the studio, import, check.")

    @group.command("sheet")
    @WHOSE
    @click.option("--missing", is_flag=True, help="only what is not recorded yet")
    @click.option("--out", type=OUT, help="a file; otherwise it is printed")
    def sheet(voice: str, missing: bool, out: Path | None) -> None:
        """The recording sheet, CSV: id,take,text,english,seconds,file. The studio saves each as FILE.wav."""
        clips = clips_of(voice)
        wanted = [(clip, take) for clip in clips for take in clip.takes]
        if missing:
            wanted = Clips(folder).missing(voice, clips)
        text = _sheet(wanted)
        if out is None:
            click.echo(text, nl=False)
            return
        try:
            # Spreadsheets read Khmer only behind this mark.
            out.write_text(text, encoding="utf-8-sig", newline="\r\n")
        except OSError as error:
            raise click.ClickException(f"{out.name} cannot be written ({error.strerror})") from error
        click.echo(f"{out.name}: {len(wanted)} to record")

    @group.command("import")
    @WHOSE
    @click.argument("directory", metavar="DIR", type=DIR)
    def import_(voice: str, directory: Path) -> None:
        """Recordings of a folder: checked one by one, all or nothing, safe to repeat.

        WAV, MP3, M4A and others, of any rate, named <id>.<take> as on the sheet, or <id> for both takes.
        """
        intake = read_folder(directory, clips_of(voice))
        for fault in intake.faults:
            click.echo(fault, err=True)
        if intake.faults:
            click.echo(f"{directory.name}: {len(intake.faults)} faults; nothing was imported", err=True)
            sys.exit(1)
        try:
            added, changed, unchanged = keep(intake, Clips(folder), voice)
        except OSError as error:
            raise click.ClickException(
                f"the clips cannot be written ({error.strerror}): see to AUDIO_DIR and import again"
            ) from error
        for note in intake.notes:
            click.echo(f"note: {note}")
        click.echo(f"{directory.name}: {added} added, {changed} changed, {unchanged} unchanged")

    @group.command("check")
    @click.option("--voice", type=click.Choice(SPOKEN), help="only this voice; otherwise all")
    def check(voice: str | None) -> None:
        """What is missing, too long or clipped. Exits 1 if anything is."""
        store = Clips(folder)
        fine = [_check(store, one, clips_of(one)) for one in ([voice] if voice else SPOKEN)]
        sys.exit(0 if all(fine) else 1)

    return group


def _sheet(wanted: Sequence[tuple[Clip, Take]]) -> str:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for clip, take in wanted:
        rows.writerow((clip.id, take, clip.text, clip.english, f"{clip.seconds:.1f}", f"{clip.id}.{take}"))
    return file.getvalue()


def _check(store: Clips, voice: str, clips: Sequence[Clip]) -> bool:
    """Print a line for each flaw and the counts; whether all is well."""
    counts: Counter[str] = Counter()
    wanted = [(clip, take) for clip in clips for take in clip.takes]
    for clip, take in wanted:
        found = _found(store, voice, clip, take)
        counts.update(flaw.partition(":")[0] for flaw in found)
        counts["good"] += not found
        for flaw in found:
            click.echo(f"{voice} {clip.id}.{take} {flaw}")
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("good", "missing", "too long", "clipped", "unusable"))
    strays = len(store.files(voice).keys() - {(clip.id, take) for clip, take in wanted})
    click.echo(f"{voice}: {len(wanted)} to record, {told}" + (f"; {strays} file(s) of no clip" if strays else ""))
    return counts["good"] == len(wanted)


def _found(store: Clips, voice: str, clip: Clip, take: Take) -> list[str]:
    name = store.files(voice).get((clip.id, take))
    if name is None:
        return [f"missing: {clip.text}"]
    try:
        data = (store.folder(voice) / name).read_bytes()
        wav = read_wav(data)
    except (OSError, WavError) as error:
        return [f"unusable: {error.strerror if isinstance(error, OSError) else error}; import it again"]
    if file_name(clip.id, take, data) != name:
        return ["unusable: not what its name says; import it again"]
    return flaws(clip, wav)
