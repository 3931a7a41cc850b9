"""What a row of a broadcast says: the broadcast's words, chosen when it is sent, in the person's language and script.

Owns what becomes of a row whose broadcast may not go out now: it is held or cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.contacts.phone import AddressKind, kind_of
from bot.db import table
from bot.language.saying.wording import voice_of
from bot.messages.models import Broadcast, BroadcastState, OutState
from bot.messages.recipients import READS_AS, WITH_RUN

ABOUT = "broadcast:"
TEXTABLE = (AddressKind.MOBILE, AddressKind.FOREIGN)
NO_MOBILE = "no mobile"
_broadcast = table(Broadcast)


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a broadcast. Latin script and English fall back to Khmer."""

    km: str
    latn: str = ""
    en: str = ""

    def in_voice(self, voice: str) -> str:
        """The words for a folder of locales/."""
        return {"km_Latn": self.latn, "en": self.en}.get(voice, "") or self.km

    @property
    def all(self) -> tuple[str, ...]:
        """Every text there is, each once."""
        return tuple(dict.fromkeys(text for text in (self.km, self.latn, self.en) if text))


@dataclass(frozen=True, slots=True)
class Turned:
    """Why a row is not sent: the state it goes to instead, with an error or none."""

    state: OutState
    error: str = ""


UNREADABLE = Turned(OutState.FAILED, "unreadable")
_NOT_NOW = {
    BroadcastState.PAUSED: Turned(OutState.HELD),
    BroadcastState.CANCELLED: Turned(OutState.CANCELLED),
}


def about(broadcast: int) -> str:
    """What the rows of a broadcast are about."""
    return f"{ABOUT}{broadcast}"


def broadcast_of(about: str) -> int:
    """The broadcast a row is about; 0 for none."""
    number = about.removeprefix(ABOUT)
    return int(number) if about.startswith(ABOUT) and number.isdigit() else 0


def is_textable(address: str) -> bool:
    """Whether an SMS reaches an address: a landline and a short code get none."""
    return kind_of(address) in TEXTABLE


def words(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, str | Turned]:
    """What each of these rows (id, contact_id, about) says, or why it is not sent. By its id."""
    ids = {broadcast_of(row.about) for row in rows}
    found = {
        row.id: (_NOT_NOW.get(BroadcastState(row.state)), Texts(row.text_km, row.text_latn, row.text_en))
        for row in connection.execute(select(_broadcast).where(_broadcast.c.id.in_(ids)))
    }
    contact = WITH_RUN.left
    people = select(contact.c.id, *READS_AS).select_from(WITH_RUN)
    voices = {
        row.id: voice_of(row.language, row.script, row.hint or "")
        for row in connection.execute(people.where(contact.c.id.in_({row.contact_id for row in rows})))
    }
    said: dict[int, str | Turned] = {}
    for row in rows:
        turned, texts = found.get(broadcast_of(row.about), (UNREADABLE, Texts("")))
        said[row.id] = turned or texts.in_voice(voices.get(row.contact_id, "km"))
    return said


def candidates(connection: Connection, abouts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Every text the rows about a broadcast may have been sent with: who reads it may have chosen another since."""
    ids = {broadcast_of(about) for about in abouts}
    columns = (_broadcast.c.id, _broadcast.c.text_km, _broadcast.c.text_latn, _broadcast.c.text_en)
    rows = connection.execute(select(*columns).where(_broadcast.c.id.in_(ids)))
    return {about(row.id): Texts(row.text_km, row.text_latn, row.text_en).all for row in rows}
