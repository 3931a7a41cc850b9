"""Who rings in the benchmarks: people the line knows, a studio's clips for every sentence, the keys they press.

The clips are empty files: which there are decides what a document says, nobody listens to them here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from sqlalchemy import func, select, update
from twilio.request_validator import RequestValidator

from bench.environment import environ_for
from bench.turns import signed
from bot.audio.store import file_name
from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import make_engine, reading, table, writing
from bot.language.intents.keypad import codes
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.speaking import SPOKEN, clips
from bot.language.words.lexicon import Lexicon
from bot.messages.models import Message
from bot.prices.knowledge import Knowledge
from bot.prices.models import LatestPrice
from bot.vault import Vault

PLACE = "03"  # where they all live


def acquaint_callers(settings: Settings, count: int) -> None:
    """Add people who chose language and place before: they hear the menu at once."""
    engine, vault, now = make_engine(settings.database_url), Vault(settings.data_key), datetime.now(UTC)
    hashes = []
    with writing(engine) as connection:
        for which in range(count):
            address = read_address(caller(which))
            contacts.add(connection, vault, address, now)
            hashes.append(vault.look_up(address.value))
        known = update(table(Contact)).where(table(Contact).c.address_hash.in_(hashes))
        connection.execute(known.values(language="km", script="km", place=PLACE))
    engine.dispose()


def caller(which: int) -> str:
    """An invented number."""
    return f"+85512{800_000 + which}"


def recorded(settings: Settings, folder: Path) -> dict[str, str]:
    """The environment of a line whose every clip is recorded."""
    engine = make_engine(settings.database_url)
    lexicon = Knowledge(engine, Lexicon.load()).now().lexicon
    engine.dispose()
    audio = folder / f"audio-{Path(settings.database_url).stem}"
    for voice in SPOKEN:
        shelf = audio / voice / "audio"
        shelf.mkdir(parents=True, exist_ok=True)
        for clip in clips(voice, load_catalogue(voice, "voice"), lexicon):
            for take in clip.takes:
                (shelf / file_name(clip.id, take, b"")).touch()
    return {**environ_for(settings.database_url, folder), "AUDIO_DIR": str(audio)}


def quoted_codes(settings: Settings) -> list[str]:
    """The two keys of each commodity that has a price."""
    engine = make_engine(settings.database_url)
    with reading(engine) as connection:
        quoted = set(connection.execute(select(LatestPrice.commodity)).scalars())
    engine.dispose()
    return [code for code, commodity in codes().items() if commodity in quoted]


def prices_told(settings: Settings) -> int:
    """How many prices were heard in calls."""
    engine = make_engine(settings.database_url)
    heard = select(func.count()).where(Message.channel == "voice", Message.intent == "price", Message.commodity != "")
    with reading(engine) as connection:
        told: int = connection.execute(heard).scalar_one()
    engine.dispose()
    return told


def documents(settings: Settings, which: int, keys: Sequence[str]) -> list[bytes]:
    """The requests of one call, ready for the wire: the ring, then each of the keys."""
    validator, sid = RequestValidator(settings.auth_token), f"CA{which:032x}"
    form = {
        **{f"{whose}{part}": "" for whose in ("From", "To") for part in ("City", "State", "Zip")},
        "FromCountry": "KH",
        "ToCountry": "KH",
        "AccountSid": settings.account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": caller(which),
        "To": settings.sms_from,
    }
    made = [signed(settings, validator, "/voice", form)]
    for step, pressed in enumerate(keys, 1):
        key = {**form, "CallStatus": "in-progress", "Digits": pressed, "msg": "Gather End"}
        made.append(signed(settings, validator, f"/voice/{step}", key))
    return made


def goes_on(step: int) -> bytes:
    """What every document of a call that goes on shows: the address where the next key is sent."""
    return f'/voice/{step + 1}"'.encode()


def wandering(codes: Sequence[str], start: int, count: int) -> list[str]:
    """The keys of somebody who asks about one thing after the other: prices, other markets, other places."""
    wares = cycle([*codes[start % len(codes) :], *codes[: start % len(codes)]])

    def keys() -> Iterator[str]:
        while True:
            yield from ("1", next(wares), "1", "3", next(wares), "4", "02", "9", "*")

    return [key for key, _ in zip(keys(), range(count), strict=False)]
