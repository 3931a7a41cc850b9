"""The command line of broadcasts. Asks no question; says first what would happen, and then does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, Row

from bot.audio.intake import Intake, keep
from bot.audio.store import Clips, digest
from bot.broadcasts import service as broadcasts
from bot.broadcasts import trial
from bot.broadcasts.drafts import DraftError, checked_texts, due_at
from bot.broadcasts.forecasts import Forecast, forecast
from bot.broadcasts.segments import SegmentError, Segments
from bot.broadcasts.service import BroadcastError, Draft
from bot.config import Settings
from bot.contacts.phone import read_address
from bot.db import reading, writing
from bot.language.saying.clips import Take
from bot.language.text.sms_parts import Dear
from bot.messages.commands import ID, wake_workers
from bot.messages.models import BroadcastState
from bot.messages.sms.admission import Rules
from bot.messages.sms.broadcast_text import Texts
from bot.vault import Vault

MOST_SIGNS = 5  # named of those that make a text dear
MOST_HOURS = 168  # for which a broadcast may be sent
SOUND = click.Path(exists=True, dir_okay=False, path_type=Path)
OPTIONS = (
    click.option("--to", "segment", required=True, help="whom: tag:pigs+place:03; flask broadcast segments lists all"),
    click.option("--text-km", default="", help="the words in Khmer; everybody without words of their own gets them"),
    click.option("--text-latn", default="", help="for who reads Khmer in Latin letters"),
    click.option("--text-en", default="", help="for who chose English"),
    click.option("--audio-km", type=SOUND, help="instead of words: a recording, by a call"),
    click.option("--audio-en", type=SOUND, help="the recording in English"),
    click.option("--at", help="local time: '2026-11-25 14:00', or 14:00 today, else tomorrow"),
    click.option("--now", "at_once", is_flag=True, help="at once, but for quiet hours"),
    click.option(
        "--expires", type=click.IntRange(1, MOST_HOURS), default=24, show_default=True, help="hours after that"
    ),
)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """What `create` and `forecast` both take."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


class _Desk:
    """What the commands share: the settings, and how a broadcast is read from the options."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        vault: Vault,
        segments: Callable[[], Segments],
        settings: Settings,
        now: Callable[[], datetime],
    ):
        self.engine, self.vault, self.segments, self.settings, self.now = engine, vault, segments, settings, now

    def draft(self, given: dict[str, Any], *, kept: bool) -> Draft:
        """The broadcast that the options describe; its recordings are put into the store when it is kept."""
        at, now = given["at"], self.now()
        if at and given["at_once"]:
            raise click.UsageError("--at and --now exclude each other")
        texts, clips = Texts(""), ("", "")
        try:
            if given["audio_km"] or given["audio_en"]:
                if any(given[name] for name in ("text_km", "text_latn", "text_en")):
                    raise click.UsageError("--text and --audio are two broadcasts: give one or the other")
                if given["audio_km"] is None:
                    raise click.UsageError("--audio-km is missing: everybody who did not choose English hears it")
                clips = self._clips(given, kept)
            else:
                texts = checked_texts(given["text_km"], given["text_latn"], given["text_en"])
            due = due_at(at, now, self.settings.timezone) if at else now
        except DraftError as error:
            raise click.ClickException(str(error)) from error
        expires = due + timedelta(hours=given["expires"])
        return Draft(given["segment"].strip(), texts, due, expires, bool(at or given["at_once"]), clips)

    def _clips(self, given: dict[str, Any], kept: bool) -> tuple[str, str]:
        from bot.audio.studio import StudioError, prepare  # loads a decoder, which most commands do not need

        names = []
        for voice in ("km", "en"):
            path = given[f"audio_{voice}"]
            if path is None:
                names.append("")
                continue
            try:
                sound = prepare(path)
            except StudioError as error:
                raise click.ClickException(f"--audio-{voice} {path.name}: {error}") from error
            names.append(f"announcement.{digest(sound.bytes)}")
            if kept:
                keep(Intake({(names[-1], Take.END): sound.bytes}, (), ()), Clips(self.settings.audio_dir), voice)
        return names[0], names[1]

    def forecast(self, draft: Draft) -> Forecast:
        """What it would do."""
        settings = self.settings
        rules = Rules(settings.quiet_hours, settings.timezone)
        pace = settings.calls_per_second if draft.channel == "voice" else settings.sms_per_second
        try:
            with reading(self.engine()) as connection:
                return forecast(connection, self.vault, self.segments(), draft, rules, pace, self.now())
        except SegmentError as error:
            raise click.ClickException(f"--to: {error}") from error

    def time(self, at: datetime) -> str:
        """Local, as staff read it."""
        return f"{at.astimezone(self.settings.timezone):%d/%m %H:%M}"

    def tell(self, draft: Draft, told: Forecast) -> None:
        """Print a forecast."""
        skipped = ", ".join(f"{why} {count:,}" for why, count in sorted(told.skipped.items(), key=lambda one: -one[1]))
        kind = "calls" if draft.channel == "voice" else "SMS"
        lines = [
            ("segment", draft.segment),
            ("people", f"{told.people:,}"),
            ("skipped", f"{sum(told.skipped.values()):,}" + (f": {skipped}" if skipped else "")),
            ("sent", f"{told.messages:,} {kind}"),
        ]
        if draft.channel == "sms":
            for name, count in told.sent.items():
                size = told.parts[name]
                lines.append((f"  {name}", f"{count:,} × {size} part{'s' if size > 1 else ''} = {count * size:,}"))
                if name in told.dear:
                    lines.append(("", _saving(told.dear[name])))
            cost = self.settings.sms_part_cost
            money = (
                "unknown: SMS_PART_COST is not set"
                if cost is None
                else f"{told.all_parts * cost:,.2f} at {cost} a part"
            )
            lines += [("parts", f"{told.all_parts:,}"), ("money", money)]
        else:
            lines.append(
                ("minutes", f"at least {told.messages:,}; {self.settings.call_spend_day:,} a day (CALL_SPEND_DAY)")
            )
        if told.begins is None:
            lines.append(("leaves", "nothing of it before it expires"))
        else:
            ends = told.ends or draft.expires
            minutes = max(1, round((ends - told.begins).total_seconds() / 60))
            lines.append(("leaves", f"{self.time(told.begins)} to {self.time(ends)}, about {minutes:,} min"))
        if told.ahead:
            lines.append(("ahead", f"{told.ahead:,} other messages wait"))
        lines.append(("expires", self.time(draft.expires)))
        for name, value in lines:
            click.echo(f"{name:8}  {value}")


def _saving(dear: Dear) -> str:
    """What makes a text dear, and what would be cheaper."""
    less = f"{dear.parts} part{'s' if dear.parts > 1 else ''}"
    if not dear.signs:
        return f"{dear.over} letter{'s' if dear.over > 1 else ''} fewer make it {less}"
    signs = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in dear.signs[:MOST_SIGNS])
    return f"dear because of {signs}: a part holds 70 letters and not 160; without, {less}"


def broadcast_commands(
    engine: Callable[[], Engine],
    vault: Vault,
    segments: Callable[[], Segments],
    settings: Settings,
    now: Callable[[], datetime],
) -> click.Group:
    """flask broadcast create|forecast|segments|test|list|show|pause|resume|cancel."""
    desk = _Desk(engine, vault, segments, settings, now)
    group = click.Group("broadcast", help="One message to many: forecast, create, test, show, pause, resume, cancel.")

    @group.command("create")
    @with_options
    def create(**given: Any) -> None:
        """Make a broadcast. Prints the forecast, then its id alone on the last line.

        Without --at or --now it is kept paused: flask broadcast resume ID starts it.
        """
        told = desk.forecast(desk.draft(given, kept=False))
        draft = desk.draft(given, kept=True)
        desk.tell(draft, told)
        with writing(engine()) as connection:
            id = broadcasts.create(connection, draft, now())
        if not draft.starts:
            click.echo(f"kept paused; start it: flask broadcast resume {id}")
        elif given["at_once"]:
            wake_workers(settings)
        click.echo(id)

    @group.command("forecast")
    @with_options
    def show_forecast(**given: Any) -> None:
        """What a broadcast would do: people, who is skipped and why, parts, money, when. Keeps nothing."""
        draft = desk.draft(given, kept=False)
        desk.tell(draft, desk.forecast(draft))

    @group.command("segments")
    def show_segments() -> None:
        """What --to takes."""
        for name in ["all", *(f"{kind}:…" for kind in sorted(segments().kinds))]:
            click.echo(name)
        click.echo("joined with +: who is in all of them")

    _add_looking(group, desk)
    _add_steering(group, desk)
    return group


def _add_looking(group: click.Group, desk: _Desk) -> None:
    @group.command("list")
    @click.option("--before", type=ID, help="only broadcasts before this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_list(before: int | None, size: int) -> None:
        """A line a broadcast, newest first: id, when, state, messages, to whom."""
        with reading(desk.engine()) as connection:
            rows = broadcasts.page(connection, before, size)
        for row in rows:
            count = f"{row.planned:,} {'calls' if row.channel == 'voice' else 'SMS'}"
            click.echo(f"{row.id:6}  {desk.time(row.due_at)}  {row.state:9}  {count:>12}  {row.segment}")
        if not rows:
            click.echo("no broadcasts" + (f" before {before}" if before else ""))
        elif len(rows) == size:
            click.echo(f"more: flask broadcast list --before {rows[-1].id}")

    @group.command("show")
    @click.argument("id", type=ID)
    @click.option("--json", "as_json", is_flag=True, help="one JSON object")
    def show(id: int, as_json: bool) -> None:
        """One broadcast: its state, how far it is, what became of its messages."""
        try:
            with reading(desk.engine()) as connection:
                row = broadcasts.find(connection, id)
                told = _told(row, *broadcasts.counts(connection, row), desk)
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        for name, value in told.items():
            if isinstance(value, dict):
                value = ", ".join(f"{one} {count:,}" for one, count in value.items() if count) or "-"
            click.echo(f"{name:10}  {value}")


def _told(row: Row[Any], states: dict[str, int], errors: dict[str, int], desk: _Desk) -> dict[str, Any]:
    """What `show` says."""
    zone = desk.settings.timezone
    times = {
        name: getattr(row, name).astimezone(zone).isoformat(timespec="seconds") for name in ("due_at", "expires_at")
    }
    waiting = states["queued"] + states["held"] + states.get("sending", 0) + states.get("dialling", 0)
    finished = sum(states.values()) - waiting
    over = row.state in (BroadcastState.SENDING, BroadcastState.DONE, BroadcastState.CANCELLED)
    progress = finished / row.planned if row.planned else float(over)
    return {
        "id": row.id,
        "state": row.state,
        "segment": row.segment,
        "channel": row.channel,
        "people": row.looked_at,
        "no_consent": row.looked_at - row.planned,
        "planned": row.planned,
        "progress": round(progress, 4),
        "counts": states,
        "errors": errors,
        **times,
        "created_at": row.created_at.astimezone(zone).isoformat(timespec="seconds"),
        "changed_at": row.changed_at.astimezone(zone).isoformat(timespec="seconds"),
    }


def _add_steering(group: click.Group, desk: _Desk) -> None:
    @group.command("test")
    @click.argument("id", type=ID)
    @click.option("--to", "number", required=True, help="your own number")
    def test(id: int, number: str) -> None:
        """Send it to one number at once, marked [test]; counts nowhere."""
        address = read_address(number)
        try:
            with writing(desk.engine()) as connection:
                row = broadcasts.find(connection, id)
                trial.send(connection, desk.vault, row, address, desk.now())
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        wake_workers(desk.settings, calls=row.channel == "voice")
        click.echo(f"a test of broadcast {id} is in the outbox")

    steps = {
        "pause": (broadcasts.pause, "Stop it at once; what a worker has in hand still goes."),
        "resume": (broadcasts.resume, "Go on where it stopped, or start what was kept."),
        "cancel": (broadcasts.cancel, "Send nothing of it any more. There is no way back."),
    }
    for name, (step, meaning) in steps.items():
        _add_step(group, desk, name, step, meaning)


def _add_step(
    group: click.Group, desk: _Desk, name: str, step: Callable[[Engine, int, datetime], None], meaning: str
) -> None:
    @group.command(name, help=meaning)
    @click.argument("id", type=ID)
    def run(id: int) -> None:
        engine = desk.engine()
        try:
            step(engine, id, desk.now())
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        if step is broadcasts.resume:
            wake_workers(desk.settings)
        with reading(engine) as connection:
            row = broadcasts.find(connection, id)
        click.echo(f"broadcast {id} is {row.state}")
