"""What the commands of broadcasts share: how one is read from the options, and how its forecast is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from bot.audio.store import announcement
from bot.broadcasts.drafts import DraftError, checked_texts, due_at
from bot.broadcasts.forecasts import Forecast, forecast
from bot.broadcasts.segments import SegmentError, Segments
from bot.broadcasts.service import Draft, Sounded
from bot.broadcasts.signing import signed
from bot.config import Settings
from bot.db import reading
from bot.language.saying.catalogue import VOICES
from bot.language.text.sms_parts import Dear
from bot.messages.sms.admission import Rules
from bot.messages.sms.broadcast_text import Texts
from bot.vault import Vault

MOST_SIGNS = 5  # named of those that make a text dear
MOST_HOURS = 168  # for which a broadcast may be sent
SOUND = click.Path(exists=True, dir_okay=False, path_type=Path)
BEFORE = re.compile(
    r"(?P<many>[0-9]{1,3}) ?(?P<unit>h|hours?|m|min|minutes?) before episode (?P<number>[0-9]{1,7})", re.IGNORECASE
)
OPTIONS = (
    click.option("--to", "segment", required=True, help="whom: tag:pigs+place:03; flask broadcast segments lists all"),
    click.option("--text-km", default="", help="the words in Khmer; everybody without words of their own gets them"),
    click.option("--text-latn", default="", help="for who reads Khmer in Latin letters"),
    click.option("--text-en", default="", help="for who chose English"),
    click.option("--audio-km", type=SOUND, help="instead of words: a recording, by a call"),
    click.option("--audio-en", type=SOUND, help="the recording in English"),
    click.option(
        "--at", help="local time: '2026-11-25 14:00', or 14:00 today, else tomorrow; or '1h before episode 12'"
    ),
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


class BroadcastDesk:
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

    def draft(self, given: dict[str, Any]) -> Draft:
        """The broadcast that the options describe."""
        at, now = given["at"], self.now()
        if at and given["at_once"]:
            raise click.UsageError("--at and --now exclude each other")
        texts, sounded = Texts(""), (("", b""), ("", b""))
        try:
            if given["audio_km"] or given["audio_en"]:
                if any(given[name] for name in ("text_km", "text_latn", "text_en")):
                    raise click.UsageError("--text and --audio are two broadcasts: give one or the other")
                if given["audio_km"] is None:
                    raise click.UsageError("--audio-km is missing: everybody who did not choose English hears it")
                sounded = self._sounds(given)
            else:
                texts = self._signed(given)
            due = self._due(at, now) if at else now
        except DraftError as error:
            raise click.ClickException(str(error)) from error
        expires = due + timedelta(hours=given["expires"])
        return Draft(given["segment"].strip(), texts, due, expires, bool(at or given["at_once"]), sounded)

    def _signed(self, given: dict[str, Any]) -> Texts:
        """The words with who sends them and how to end it; a name as sender hears no answer."""
        two_way = not re.search("[A-Za-z]", self.settings.sms_from)
        ends = "" if two_way else self.settings.voice_from
        given_texts = checked_texts(given["text_km"], given["text_latn"], given["text_en"])
        each = zip(VOICES, (given_texts.km, given_texts.latn, given_texts.en), strict=True)
        return checked_texts(*(signed(text, voice, ends, two_way=two_way) for voice, text in each))

    def _due(self, at: str, now: datetime) -> datetime:
        """When it leaves: a time, or so long before an airing."""
        found = BEFORE.fullmatch(at.strip())
        if found is None:
            return due_at(at, now, self.settings.timezone)
        with reading(self.engine()) as connection:
            airs = self.segments().airs(connection, int(found["number"]), now)
        if airs is None:
            raise DraftError(f"--at {at.strip()[:40]!r}: episode {found['number']} has no airing to come")
        due = airs - timedelta(**{"hours" if found["unit"].startswith("h") else "minutes": int(found["many"])})
        if due <= now:
            raise DraftError(f"--at {at.strip()} is past: that airing is at {self.time(airs)}; or use --now")
        return due

    def _sounds(self, given: dict[str, Any]) -> tuple[Sounded, Sounded]:
        from bot.audio.studio import StudioError, prepare  # loads a decoder, which most commands do not need

        found: list[Sounded] = []
        for voice in ("km", "en"):
            path = given[f"audio_{voice}"]
            if path is None:
                found.append(("", b""))
                continue
            try:
                sound = prepare(path)
            except StudioError as error:
                raise click.ClickException(f"--audio-{voice} {path.name}: {error}") from error
            found.append((announcement(sound.bytes), sound.bytes))
        return found[0], found[1]

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
        if told.unread:
            lines.append(("warning", f"{told.unread:,} read Latin letters and get Khmer ones: add --text-latn"))
        for name, value in lines:
            click.echo(f"{name:8}  {value}")


def _saving(dear: Dear) -> str:
    """What makes a text dear, and what would be cheaper."""
    less = f"{dear.parts} part{'s' if dear.parts > 1 else ''}"
    if not dear.signs:
        return f"{dear.over} letter{'s' if dear.over > 1 else ''} fewer make it {less}"
    signs = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in dear.signs[:MOST_SIGNS])
    return f"dear because of {signs}: a part holds 70 letters and not 160; without, {less}"
