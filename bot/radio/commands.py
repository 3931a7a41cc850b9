"""The command line of the radio programme: what is planned, one episode, and an airing that is called off."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import Connection, Engine, select

from bot.config import Settings
from bot.db import reading, table, writing
from bot.messages.calls.models import Call
from bot.messages.models import Outbound
from bot.radio.facts import AIRINGS, cancel, local
from bot.radio.models import Airing, AiringState, Episode

ID = click.IntRange(1, 2**62)  # what the databases take
PAST = timedelta(days=7)  # airings that are over and still listed
_airing, _episode = table(Airing), table(Episode)


def episode_commands(engine: Callable[[], Engine], settings: Settings, now: Callable[[], datetime]) -> click.Group:
    """flask episodes list|show|cancel."""
    group = click.Group("episodes", help="Radio episodes: list airings, show one episode, cancel an airing.")
    zone = settings.timezone

    @group.command("list")
    @click.option("--size", type=click.IntRange(1, 1000), default=50)
    def show_list(size: int) -> None:
        """A line an airing, the earliest first: those of the last week and all to come."""
        recent = AIRINGS.where(_airing.c.airs_at > now() - PAST).order_by(_airing.c.airs_at, _airing.c.id)
        with reading(engine()) as connection:
            rows = connection.execute(recent.limit(size)).all()
        for row in rows:
            at = local(row.airs_at, zone)
            title = row.title_en or row.title_km
            click.echo(f"{row.id}\t{at:%Y-%m-%d %H:%M}\t{row.station_id}\tepisode {row.episode}\t{row.state}\t{title}")

    @group.command("show")
    @click.argument("number", type=ID)
    @click.option("--json", "as_json", is_flag=True)
    def show(number: int, as_json: bool) -> None:
        """An episode, its airings, and what became of their messages, by phase and state."""
        with reading(engine()) as connection:
            told = _shown(connection, number)
        if told is None:
            raise click.ClickException(f"there is no episode {number}; see: flask episodes list")
        for airing in told["airings"]:
            airing["airs_at"] = f"{local(airing['airs_at'], zone):%Y-%m-%d %H:%M}"
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        click.echo(f"episode {number}: {told['title_en'] or told['title_km']}")
        for airing in told["airings"]:
            sent = ", ".join(f"{what} {count}" for what, count in airing["messages"].items()) or "nothing yet"
            where = f"{airing['airs_at']}, {airing['minutes']} min, {airing['station']}, {airing['state']}"
            click.echo(f"airing {airing['id']}: {where}; {sent}")

    @group.command("cancel")
    @click.argument("airing", type=ID)
    def call_off(airing: int) -> None:
        """Call AIRING (an id of the list) off, and what waits of it; who hears another one is told of that."""
        with writing(engine()) as connection:
            was = cancel(connection, airing, now())
        if not was:
            raise click.ClickException(f"there is no airing {airing}; see: flask episodes list")
        again = " before" if was == AiringState.CANCELLED else ""
        click.echo(f"airing {airing} was cancelled{again}")

    return group


def _shown(connection: Connection, number: int) -> dict[str, Any] | None:
    row = connection.execute(select(_episode).where(_episode.c.number == number)).mappings().one_or_none()
    if row is None:
        return None
    airings = connection.execute(AIRINGS.where(_airing.c.episode == number).order_by(_airing.c.airs_at)).all()
    return {
        **row,
        "airings": [
            {
                "id": airing.id,
                "station": airing.station_id,
                "airs_at": airing.airs_at,
                "minutes": airing.minutes,
                "state": airing.state,
                "messages": messages_of(connection, airing.id),
            }
            for airing in airings
        ],
    }


def messages_of(connection: Connection, airing: int) -> dict[str, int]:
    """How many messages and calls of an airing are in which state: `reminder sent`. What was taken back is one."""
    counts: Counter[str] = Counter()
    for rows in (table(Outbound), table(Call)):
        about = select(rows.c.unique_key, rows.c.state).where(rows.c.about == f"airing:{airing}")
        for key, state in connection.execute(about):
            counts[f"{key.split(':')[2]} {state}" if key else f"taken back {state}"] += 1
    return dict(sorted(counts.items()))
