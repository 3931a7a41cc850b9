"""flask prompts, from the recording sheet to the files the line plays, with real recordings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from bot.audio.commands import prompt_commands
from bot.audio.store import Clips, file_name
from bot.audio.wav import read_wav, write_wav
from bot.config import Settings
from bot.language.saying.clips import Clip, Take
from tests.fakes.recordings import encoded, film, silence, spoken, tone

BOTH = (Take.MID, Take.END)
CLIPS = {
    "km": [
        Clip("n.4", "បួន", "four", BOTH, 0.5),
        Clip("u.kg", "គីឡូក្រាម", "kilogram", (Take.END,), 0.8),
        Clip("p.03", "ខេត្តកំពង់ចាម", 'Kampong Cham, "the province"', BOTH, 1.2),
    ],
    "en": [Clip("n.4", "four", "four", BOTH, 0.5)],
}
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "voices"


@pytest.fixture
def run(folder: Path) -> Run:
    group: click.Group = prompt_commands(CLIPS.__getitem__, folder)
    runner = CliRunner()
    return lambda *args: runner.invoke(group, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def studio(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    made: list[Path] = []

    def deliver(files: Mapping[str, bytes]) -> Path:
        place = tmp_path / f"delivery{len(made)}"
        made.append(place)
        place.mkdir()
        for name, data in files.items():
            (place / name).write_bytes(data)
        return place

    return deliver


Studio = Callable[[Mapping[str, bytes]], Path]
WHOLE = {
    "n.4.mid.wav": spoken(0.5),
    "n.4.end.mp3": spoken(0.5, "mp3"),
    "U.KG.M4A": spoken(0.6, "m4a", 48000),
    "p.03.ogg": spoken(1.0, "ogg", 16000, channels=1),
}


def kept(folder: Path, voice: str = "km") -> list[str]:
    place = folder / voice / "audio"
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def clips_in(names: list[str]) -> list[str]:
    return [name.rsplit(".", 2)[0] for name in names]


def test_the_sheet_has_a_row_for_each_take(run: Run, tmp_path: Path) -> None:
    done = run("sheet")
    assert done.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert [row["file"] for row in rows] == ["n.4.mid", "n.4.end", "u.kg.end", "p.03.mid", "p.03.end"]
    assert rows[3] == {
        "id": "p.03",
        "take": "mid",
        "text": "ខេត្តកំពង់ចាម",
        "english": 'Kampong Cham, "the province"',
        "seconds": "1.2",
        "file": "p.03.mid",
    }
    assert [row["text"] for row in csv.DictReader(io.StringIO(run("sheet", "--voice", "en").output))] == ["four"] * 2


def test_a_sheet_in_a_file_opens_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "sheet.csv"
    assert run("sheet", "--out", out).output == "sheet.csv: 5 to record\n"
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,take,text,english,seconds,file\r\n")
    assert "ខេត្តកំពង់ចាម" in out.read_text(encoding="utf-8-sig")
    failed = run("sheet", "--out", tmp_path / "nowhere" / "sheet.csv")
    assert failed.exit_code == 1
    assert "cannot be written" in failed.output


def test_what_the_studio_delivers_is_played_on_the_line(run: Run, studio: Studio, folder: Path) -> None:
    done = run("import", studio(WHOLE))
    assert done.output == "delivery0: 5 added, 0 changed, 0 unchanged\n"
    assert done.exit_code == 0
    names = kept(folder)
    assert clips_in(names) == ["n.4.end", "n.4.mid", "p.03.end", "p.03.mid", "u.kg.end"]
    clips = Clips(folder)
    for clip in CLIPS["km"]:
        for take in clip.takes:
            name = clips.file("km", clip.id, take)
            assert name in names
            found = clips.read("km", name)
            assert found is not None
            assert file_name(clip.id, take, found[1]) == name
            assert 0.5 < read_wav(found[1]).seconds < 1.3
    assert run("check", "--voice", "km").exit_code == 0
    assert run("sheet", "--missing").output == "id,take,text,english,seconds,file\n"


def test_importing_again_changes_nothing(run: Run, studio: Studio, folder: Path) -> None:
    delivery = studio(WHOLE)
    run("import", delivery)
    before = {name: (folder / "km" / "audio" / name).stat().st_mtime_ns for name in kept(folder)}
    assert run("import", delivery).output == "delivery0: 0 added, 0 changed, 5 unchanged\n"
    assert {name: (folder / "km" / "audio" / name).stat().st_mtime_ns for name in kept(folder)} == before


def test_a_better_recording_replaces_its_own_take_only(run: Run, studio: Studio, folder: Path) -> None:
    run("import", studio(WHOLE))
    before = kept(folder)
    done = run("import", studio({"n.4.mid.flac": spoken(0.4, "flac")}))
    assert done.output == "delivery1: 0 added, 1 changed, 0 unchanged\n"
    after = kept(folder)
    assert clips_in(after) == clips_in(before)
    assert [name for name in after if name not in before] == [name for name in after if name.startswith("n.4.mid.")]


def test_a_name_of_a_clip_alone_is_of_all_its_takes(run: Run, studio: Studio, folder: Path) -> None:
    assert "3 added" in run("import", studio({"n.4.wav": spoken(), "u.kg.wav": spoken()})).output
    assert clips_in(kept(folder)) == ["n.4.end", "n.4.mid", "u.kg.end"]


def test_markets_may_have_capitals_in_their_ids(tmp_path: Path, studio: Studio) -> None:
    market = Clip("m.KPC-2", "ផ្សារថ្មី", "New Market", (Take.END,), 1.0)
    group = prompt_commands(lambda _voice: [market], tmp_path / "voices")
    for name in ("m.KPC-2.end.wav", "M.kpc-2.END.WAV"):
        done = CliRunner().invoke(group, ["import", str(studio({name: spoken()}))])
        assert done.exit_code == 0, done.output
    file = Clips(tmp_path / "voices").file("km", "m.KPC-2", Take.END)
    assert file is not None
    assert file.startswith("m.KPC-2.end.")


def test_voices_are_kept_apart(run: Run, studio: Studio, folder: Path) -> None:
    assert "2 added" in run("import", "--voice", "en", studio({"n.4.wav": spoken()})).output
    assert kept(folder) == []
    assert clips_in(kept(folder, "en")) == ["n.4.end", "n.4.mid"]
    assert run("import", "--voice", "en", studio({"u.kg.wav": spoken()})).exit_code == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("p.03.mid.wav", b"", "is empty (0 bytes)"),
        ("p.03.mid.wav", b"this is text\n" * 99, "is no sound file"),
        ("p.03.mid.wav", encoded(silence(44100, 1.0)), "is only silence"),
        ("p.03.mid.mp4", film(), "has no sound in it"),
        ("p.03.mid.mp3", encoded(tone(8000, 61.0), "mp3", 8000, 1), "cut it to at most 60 s"),
        ("p.3.mid.wav", spoken(), "did you mean p.03.mid?"),
        ("song.wav", spoken(), "is no clip; see the names in: flask prompts sheet"),
        ("u.kg.mid.wav", spoken(), "has a take nobody needs; u.kg is wanted as end"),
        ("n.4.mid.mp3", spoken(0.5, "mp3"), "is the same take as"),
        ("n.4.m4a", spoken(0.5, "m4a"), "is the same take as"),
        ("sheet.csv", b"id,take", "is no recording by its name"),
        ("p.03.mid", spoken(), "is no recording by its name"),
    ],
)
def test_one_bad_file_stops_the_import(
    run: Run, studio: Studio, folder: Path, name: str, data: bytes, said: str
) -> None:
    done = run("import", studio({"n.4.mid.wav": spoken(), "n.4.end.wav": spoken(), name: data}))
    assert done.exit_code == 1
    assert said in done.output
    assert "nothing was imported" in done.output
    assert kept(folder) == []


def test_every_fault_is_told_at_once(run: Run, studio: Studio, folder: Path) -> None:
    done = run("import", studio({"n.4.mid.wav": b"", "u.kg.wav": b"text" * 99, "x.wav": spoken()}))
    assert [line.partition(":")[0] for line in done.output.splitlines()] == [
        "n.4.mid.wav",
        "u.kg.wav",
        "x.wav",
        "delivery0",
    ]
    assert done.output.endswith("delivery0: 3 faults; nothing was imported\n")


def test_a_folder_within_and_an_empty_one_are_faults(run: Run, studio: Studio) -> None:
    delivery = studio({".DS_Store": b"x", "Thumbs.db": b"x", "._n.4.mid.wav": b"x"})
    assert "holds no recordings" in run("import", delivery).output
    (delivery / "day 2").mkdir()
    assert "day 2: is a folder; import it by itself" in run("import", delivery).output


def test_litter_is_passed_over(run: Run, studio: Studio, folder: Path) -> None:
    assert run("import", studio({".DS_Store": b"x", "n.4.mid.wav": spoken()})).exit_code == 0
    assert len(kept(folder)) == 1


def test_a_folder_that_cannot_be_written_is_told(run: Run, studio: Studio, folder: Path) -> None:
    folder.mkdir()
    (folder / "km").write_text("in the way")
    done = run("import", studio({"n.4.mid.wav": spoken()}))
    assert done.exit_code == 1
    assert "see to AUDIO_DIR" in done.output


def test_an_import_that_cannot_finish_leaves_what_was_there(run: Run, studio: Studio, folder: Path) -> None:
    run("import", studio({"p.03.mid.wav": spoken()}))
    before = kept(folder)
    blocked = next(iter(before)).replace("p.03.mid", "n.4.mid")
    delivery = studio({"n.4.mid.wav": spoken(), "p.03.mid.wav": spoken(0.4)})
    (folder / "km" / "audio" / blocked).mkdir()  # the place of one of the two files is taken
    done = run("import", delivery)
    assert done.exit_code == 1
    assert set(before) <= set(kept(folder))
    assert not [name for name in kept(folder) if name.startswith(".")]


def test_the_check_names_everything_that_is_not_good(run: Run, studio: Studio, folder: Path) -> None:
    files = {"n.4.mid.wav": spoken(2.5), "n.4.end.wav": spoken(0.5, loud=1.8), "p.03.mid.wav": spoken(8.5)}
    done = run("import", studio(files))
    assert done.exit_code == 0
    assert "note: n.4.mid.wav: too long: 2.6 s for 0.5" in done.output
    assert "note: n.4.end.wav: clipped" in done.output
    place = folder / "km" / "audio"
    (place / file_name("p.03", Take.END, b"")).write_bytes(b"text")
    (place / "n.9.mid.0123456789ab.wav").write_bytes(b"of no clip")
    done = run("check", "--voice", "km")
    assert done.exit_code == 1
    assert [line[:30] for line in done.output.splitlines()] == [
        "km n.4.mid too long: 2.6 s for",
        "km n.4.end clipped: record it ",
        "km u.kg.end missing: គីឡូក្រាម",
        "km p.03.mid too long: 8.6 s, n",
        "km p.03.end unusable: is no WA",
        "km: 5 to record, 0 good, 1 mis",
    ]
    assert "1 missing, 2 too long, 1 clipped, 1 unusable; 1 file(s) of no clip" in done.output


def test_a_file_changed_by_hand_is_noticed(run: Run, studio: Studio, folder: Path) -> None:
    run("import", "--voice", "en", studio({"n.4.wav": spoken()}))
    assert run("check", "--voice", "en").exit_code == 0
    path = folder / "en" / "audio" / kept(folder, "en")[0]
    path.write_bytes(write_wav(tone(8000, 0.5).tobytes()))
    done = run("check", "--voice", "en")
    assert done.exit_code == 1
    assert "not what its name says" in done.output


def test_the_line_itself_knows_what_is_to_be_recorded(
    app_of: Callable[[Settings], Flask], settings: Settings, studio: Studio, tmp_path: Path
) -> None:
    market = {"id": "Upper-1", "name_km": "ផ្សារលើ", "name_en": "Upper", "place": "0305"}
    list = tmp_path / "markets.csv"
    list.write_text(f"{','.join(market)}\n{','.join(market.values())}\n")
    line = app_of(replace(settings, audio_dir=tmp_path / "voices"))
    run = line.test_cli_runner()
    for command in (["release"], ["import", "markets", str(list)]):
        assert run.invoke(args=command).exit_code == 0
    rows = [*csv.DictReader(io.StringIO(run.invoke(args=["prompts", "sheet"]).output))]
    assert len(rows) > 500
    assert {"m.Upper-1.mid", "m.Upper-1.end", "n.4.mid", "c.pig_live.end"} <= {row["file"] for row in rows}
    delivery = studio({"m.Upper-1.wav": spoken(1.0), "c.pig_live.mp3": spoken(1.0, "mp3")})
    done = run.invoke(args=["prompts", "import", str(delivery)])
    assert done.output == "delivery0: 4 added, 0 changed, 0 unchanged\n"
    checked = run.invoke(args=["prompts", "check", "--voice", "km"])
    assert checked.exit_code == 1
    assert f"{len(rows)} to record, 4 good, {len(rows) - 4} missing" in checked.output
    name = line.extensions["phsar"].recorded.file("km", "m.Upper-1", Take.END) or kept(tmp_path / "voices")[-1]
    assert line.test_client().get(f"/audio/km/{name}").status_code == 200


def test_without_the_markets_nothing_is_called_no_clip(
    app_of: Callable[[Settings], Flask], settings: Settings, tmp_path: Path
) -> None:
    line = app_of(replace(settings, database_url=f"sqlite:///{tmp_path}/empty.sqlite"))
    done = line.test_cli_runner().invoke(args=["prompts", "sheet"])
    assert done.exit_code == 1
    assert "flask release" in done.output


def test_without_any_recording_the_check_lists_all_voices(run: Run) -> None:
    done = run("check")
    assert done.exit_code == 1
    assert "km: 5 to record, 0 good, 5 missing" in done.output
    assert "en: 2 to record, 0 good, 2 missing" in done.output
